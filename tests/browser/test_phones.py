"""The phones' page in a real browser, on the running suite: what a newcomer does first."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

SOON = 20_000
ASKED = re.compile("Möchten Sie|Would you like")
SAVED = re.compile("gespeichert|saved|stored|recorded")
PHONES = ("whatsapp", "telegram")


def phone(page: Page, messenger: str) -> Locator:
    return page.locator("section.column").nth(PHONES.index(messenger))


def bubble(page: Page, messenger: str, text: re.Pattern[str]) -> Locator:
    return phone(page, messenger).locator("article.bubble:not(.mine)", has_text=text).last


def joined(page: Page, messenger: str, link: str) -> None:
    """Open the entry link and tap yes."""
    page.locator("#link").fill(link)
    page.locator("#opener button").click()
    question = bubble(page, messenger, ASKED)
    expect(question).to_be_visible(timeout=SOON)
    question.get_by_role("button").first.click()
    expect(bubble(page, messenger, SAVED)).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("messenger", PHONES)
def test_a_person_joins_by_link_and_leaves_by_word(page: Page, links: dict[str, str], messenger: str) -> None:
    joined(page, messenger, links[messenger])
    one = phone(page, messenger)
    before = one.locator("article.bubble:not(.mine)").count()
    one.locator("input.say").fill("STOP")
    one.locator("button.send").click()
    expect(one.locator("article.bubble.mine", has_text="STOP").last).to_be_visible(timeout=SOON)
    expect(one.locator("article.bubble:not(.mine)")).to_have_count(before + 1, timeout=SOON)


def test_the_page_speaks_german_too(page: Page) -> None:
    page.locator("button[data-language=de]").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("[data-t=addresses]")).not_to_be_empty()


def test_a_narrow_window_shows_one_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("section.column:visible")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_phones_can_be_shown(page: Page, links: dict[str, str], pictures: Path | None) -> None:
    for messenger in PHONES:
        joined(page, messenger, links[messenger])
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / "phones.png")
    for messenger in PHONES:
        expect(phone(page, messenger).locator("div.phone")).to_be_visible()
