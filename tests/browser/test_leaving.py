"""Leaving with a keyboard alone, on the running suite: from the link in a message to the last word."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Suite
from tests.e2e.test_first_light import ended, join

pytestmark = pytest.mark.browser

LINK = re.compile(r"https?://[^\s]+/u/[a-z0-9-]+")
USER = "7300000088"


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(os.environ["RUNDRUF_URL"], os.environ["RUNDRUF_API_KEY"], os.environ["SANDBOX_URL"])


@pytest.fixture(scope="module")
def link(suite: Suite) -> str:
    """What Erika finds at the end of a message about the news."""
    join(suite, "telegram", USER)
    before = len(suite.said("telegram", USER))
    body = {
        "name": "Keyboard",
        "topic": "news",
        "audience": {"messengers": ["telegram"]},
        "message": {"text": "Neues vom Café"},
    }
    ended(suite, suite.post("/v1/broadcasts", body, status=202)["id"])
    found = LINK.search(str(suite.said("telegram", USER)[before:]))
    assert found is not None
    return found[0]


@pytest.fixture
def reader(browser: Browser, link: str) -> Iterator[Page]:
    """Her page in English, without script: the browser runs none."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, locale="en-GB", java_script_enabled=False
    )
    opened = context.new_page()
    opened.goto(f"{link}?lang=en")
    yield opened
    context.close()


def tab_to(page: Page, value: str) -> None:
    """Press Tab until the control with this value has the focus."""
    wanted = page.locator(f'[value="{value}"]:focus')
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.count():
            return
    pytest.fail(f"no way to {value} by Tab")


def topics(suite: Suite) -> list[str]:
    return list(suite.contact("telegram", USER)["consent"]["topics"])


def test_a_topic_is_left_with_the_space_bar(reader: Page, suite: Suite) -> None:
    assert topics(suite) == ["news", "recipes"]
    tab_to(reader, "recipes")
    reader.keyboard.press("Space")
    tab_to(reader, "save")
    reader.keyboard.press("Enter")
    expect(reader.locator("h1")).to_have_text("Selection saved")
    assert topics(suite) == ["news"]


def test_a_pause_begins_and_ends_with_enter(reader: Page) -> None:
    tab_to(reader, "pause")
    reader.keyboard.press("Enter")
    expect(reader.locator("h1")).to_contain_text("Paused until")
    tab_to(reader, "resume")
    reader.keyboard.press("Enter")
    expect(reader.locator("h1")).to_have_text("The pause has ended")


def test_everything_is_left_with_one_tab_and_enter(reader: Page, suite: Suite) -> None:
    reader.keyboard.press("Tab")
    expect(reader.locator(":focus")).to_have_attribute("value", "leave")
    reader.keyboard.press("Enter")
    expect(reader.locator("h1")).to_have_text("You are unsubscribed")
    assert topics(suite) == []
    reader.reload()
    expect(reader.locator("h1")).to_have_text("You are unsubscribed")
