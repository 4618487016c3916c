"""The phones' page in a real browser, on the running suite: what a newcomer does first."""

import os
import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from sandbox.registry import kinds

pytestmark = pytest.mark.browser

SOON = 20_000
ASKED = re.compile("Möchten Sie|Would you like")
SAVED = re.compile("gespeichert|saved|stored|recorded")
PHONES = ("whatsapp", "telegram")
JOINED = (*PHONES, "messenger", "instagram")


def phone(page: Page, messenger: str) -> Locator:
    return page.locator(f"section.column.{messenger}")


def bubble(page: Page, messenger: str, text: re.Pattern[str]) -> Locator:
    return phone(page, messenger).locator("article.bubble:not(.mine)", has_text=text).last


def joined(page: Page, messenger: str, link: str) -> None:
    """Open the entry link and tap yes."""
    asked = phone(page, messenger).locator("article.bubble:not(.mine)", has_text=ASKED)
    saved = phone(page, messenger).locator("article.bubble:not(.mine)", has_text=SAVED)
    page.wait_for_timeout(1_100)  # messengers tell whole seconds, and in the same second a STOP wins
    page.locator("#link").fill(link)
    page.locator("#opener button").click()
    expect(asked).to_have_count(1, timeout=SOON)
    asked.last.get_by_role("button").first.click()
    expect(saved).to_have_count(1, timeout=SOON)


def broadcast() -> None:
    """The marketer's part, through the API."""
    text = (
        "Hallo {{ name | default('Gast') }} 🍂 unsere Kürbissuppe ist wieder da, mit Brot aus dem Holzofen."
    )
    picture = {
        "kind": "image",
        "url": f"{os.environ['SANDBOX_URL']}/pictures/soup.jpg",
        "alt": "Eine Schale Kürbissuppe",
    }
    buttons = [{"label": "Rezept", "reply": "REZEPT"}, {"label": "Tisch reservieren", "reply": "TISCH"}]
    answer = requests.post(
        f"{os.environ['RUNDRUF_URL']}/v1/broadcasts",
        json={
            "name": "Autumn",
            "topic": "news",
            "audience": {"messengers": list(PHONES)},
            "message": {"text": text, "media": [picture], "buttons": buttons},
        },
        headers={"Authorization": f"Bearer {os.environ['RUNDRUF_API_KEY']}"},
        timeout=40,
    )
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("messenger", JOINED)
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


def test_every_messenger_has_a_phone_that_writes(page: Page) -> None:
    expect(page.locator("[data-show]")).to_have_count(len(kinds()))
    for kind in kinds().values():
        page.locator(f"[data-show={kind.name}]").click()
        expect(page.locator("section.column:visible")).to_have_count(2)
        one = phone(page, kind.name)
        expect(one.locator(".chathead h2")).to_have_text("Café Morgenrot")
        if kind.phone.start:
            one.locator(".closed button").click()
        expect(one.locator("input.say")).to_be_visible(timeout=SOON)
        one.locator("input.say").fill("Hallo")
        one.locator("button.send").click()
        expect(one.locator("article.bubble.mine", has_text="Hallo").last).to_be_visible(timeout=SOON)


def test_a_message_is_taken_back(page: Page) -> None:
    page.locator("[data-show=instagram]").click()
    one = phone(page, "instagram")
    one.locator("input.say").fill("Ups")
    one.locator("button.send").click()
    said = one.locator("article.bubble.mine").last
    expect(said).to_contain_text("Ups")
    said.hover()
    said.get_by_role("button", name="Unsend").click()
    expect(said).to_contain_text("Message unsent")


def test_the_choice_of_phones_is_remembered(page: Page) -> None:
    page.locator("[data-show=viber]").click()
    expect(phone(page, "viber")).to_be_visible()
    page.reload()
    expect(phone(page, "viber")).to_be_visible()
    expect(page.locator("section.column:visible")).to_have_count(2)


def test_a_narrow_window_shows_one_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("section.column:visible")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_broadcast_with_picture_and_buttons_arrives(
    page: Page, links: dict[str, str], pictures: Path | None
) -> None:
    for messenger in PHONES:
        joined(page, messenger, links[messenger])
    broadcast()
    for messenger in PHONES:
        soup = bubble(page, messenger, re.compile("Kürbissuppe"))
        expect(soup.locator("img")).to_be_visible(timeout=SOON)
        expect(soup).to_contain_text("STOP")
        expect(soup.get_by_role("button", name="Rezept")).to_be_visible()
    bubble(page, "whatsapp", re.compile("Kürbissuppe")).get_by_role("button", name="Rezept").click()
    expect(phone(page, "whatsapp").locator("article.bubble.mine", has_text="Rezept").last).to_be_visible()
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / "phones.png")
    for messenger in PHONES:
        expect(phone(page, messenger).locator("div.phone")).to_be_visible()
