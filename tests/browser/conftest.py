"""A real Chromium on the running local suite; `make test-browser` starts both."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.template import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(
            "No Chromium here. On Debian and Ubuntu: apt install chromium; elsewhere install Chrome or "
            "Chromium and name the program in CHROMIUM.",
            pytrace=False,
        )
    return str(found)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The phones in English, without earlier chats, wide enough for both; a script error fails the test."""
    cleared = requests.post(f"{os.environ['SANDBOX_URL']}/api/reset", json={}, timeout=40)
    cleared.raise_for_status()
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light"
    )
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(f"{os.environ['SANDBOX_URL']}/?lang=en")
    yield opened
    context.close()
    assert problems == []


@pytest.fixture(scope="session")
def links() -> dict[str, str]:
    """The demo's entry links of the table card, by messenger."""
    answer = requests.get(
        f"{os.environ['RUNDRUF_URL']}/v1/entry-points",
        headers={"Authorization": f"Bearer {os.environ['RUNDRUF_API_KEY']}"},
        timeout=40,
    )
    answer.raise_for_status()
    return {
        each["messenger"]: each["link"]
        for each in answer.json()["entry_points"]
        if each["name"] == "Table card"
    }


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go; None unless they are asked for."""
    wanted = os.environ.get("SCREENSHOTS")
    return (ROOT / wanted) if wanted else None
