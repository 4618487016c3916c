"""The pages for people in a real browser: WCAG AA by axe, nothing to scroll sideways, nothing blocked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from rundruf.core.brand import Brand
from rundruf.flows.pages import PAGE_LANGUAGES
from tests.browser.shown import BRAND, PAGES, Shown

pytestmark = pytest.mark.browser

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="600"/>'
HERE = "https://pages.example"
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
AXE: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
KEPT = {
    "choose-de-light-320": "page-leave",
    "join-en-light-1280": "page-join",
    "issue-en-light-1280": "page-issue",
}  # pictures of the README


class Reader:
    """A browser that is served one page; ``problems`` are what its console said."""

    def __init__(self, browser: Browser, scheme: str, width: int) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
        )
        self.page: Page = self.context.new_page()
        self.shown: Shown = ("", {})
        self.problems: list[str] = []
        self.page.route(f"{HERE}/**", self._answer)
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, shown: Shown) -> None:
        self.shown, self.problems[:] = shown, []
        self.page.goto(f"{HERE}/u/x")

    def faults(self) -> list[str]:
        """What is wrong with the page that is open."""
        wide = self.page.evaluate(_TOO_WIDE)
        found = [f"{wide} px too wide"] if wide > 0 else []
        found += self.problems
        for one in Axe().run(self.page, options=AXE).response["violations"]:
            places = [" ".join(map(str, node["target"])) for node in one["nodes"]]
            found.append(f"{one['id']}: {places}")
        return found

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith(".svg"):
            return route.fulfill(body=PICTURE, content_type="image/svg+xml")
        html, headers = self.shown
        return route.fulfill(body=html, headers=dict(headers))


@pytest.fixture(scope="module")
def readers(browser: Browser) -> Iterator[dict[tuple[str, int], Reader]]:
    made = {(scheme, width): Reader(browser, scheme, width) for scheme in SCHEMES for width in WIDTHS}
    yield made
    for one in made.values():
        one.context.close()


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(
    readers: dict[tuple[str, int], Reader], name: str, language: str, pictures: Path | None
) -> None:
    for (scheme, width), reader in readers.items():
        reader.open(PAGES[name](language, BRAND))
        assert reader.faults() == [], (scheme, width)
        kept = KEPT.get(f"{name}-{language}-{scheme}-{width}")
        if pictures and kept:
            reader.page.locator(".page").screenshot(path=pictures / f"{kept}.png")


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffe000", "#777777", "#00ffff", "#8b0000", ""])
def test_every_brand_colour_can_be_read(readers: dict[tuple[str, int], Reader], colour: str) -> None:
    brand = Brand("Café Morgenrot", "", colour)
    for (scheme, width), reader in readers.items():
        for name in ("choose", "saved", "join", "snippet"):
            reader.open(PAGES[name]("en", brand))
            assert reader.faults() == [], (name, scheme, width)


def test_a_fault_is_found(readers: dict[tuple[str, int], Reader]) -> None:
    """The check itself: grey on grey, no language, a style that is not allowed, too wide."""
    html, headers = PAGES["choose"]("en", BRAND)
    broken = html.replace('<html lang="en">', "<html>").replace(
        '<p class="lead"', '<p style="color:#eee;min-width:90rem" class="lead"'
    )
    reader = readers["light", 320]
    reader.open((broken, headers))
    found = reader.faults()
    assert any("html-has-lang" in one for one in found)
    assert any("Content Security Policy" in one for one in found), found
    policy = "content-security-policy"
    reader.open((broken, {name: value for name, value in headers.items() if name != policy}))
    found = reader.faults()
    assert any("color-contrast" in one for one in found), found
    assert any("too wide" in one for one in found), found


@pytest.mark.parametrize("name", ["choose", "join", "certificate"])
def test_a_page_prints_without_being_cut(readers: dict[tuple[str, int], Reader], name: str) -> None:
    """A4 is 794 CSS px wide."""
    reader = readers["dark", 1280]
    reader.open(PAGES[name]("de", BRAND))
    reader.page.set_viewport_size({"width": 794, "height": 1123})
    reader.page.emulate_media(media="print")
    try:
        assert reader.page.evaluate("document.documentElement.scrollWidth <= 794")
        back = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert back == "rgb(255, 255, 255)"
    finally:
        reader.page.emulate_media(media="screen")
        reader.page.set_viewport_size({"width": 1280, "height": 800})


def test_every_control_shows_that_it_has_the_focus(readers: dict[tuple[str, int], Reader]) -> None:
    """In the order of the page, by Tab alone."""
    for scheme in SCHEMES:
        reader = readers[scheme, 320]
        for name in ("paused, with proof", "join", "question"):
            reader.open(PAGES[name]("en", BRAND))
            count = reader.page.locator("a, button, input").count()
            tops: list[int] = []
            for _ in range(count):
                reader.page.keyboard.press("Tab")
                shown, top = reader.page.evaluate(_FOCUS)
                assert shown, (name, scheme, len(tops))
                tops.append(top)
            assert len(tops) == count
            assert tops == sorted(tops)


# What sticks out counts also where it is cut off; a table may be scrolled in its own region.
_TOO_WIDE = """() => {
  const all = [...document.querySelectorAll("body *")].filter(one => !one.closest(".scroll *"));
  const right = Math.max(...all.map(one => one.getBoundingClientRect().right));
  return Math.ceil(Math.max(right, document.documentElement.scrollWidth) - innerWidth);
}"""

_FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [at !== document.body && drawn, Math.round(at.getBoundingClientRect().top + scrollY)];
}"""
