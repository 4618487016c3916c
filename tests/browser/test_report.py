"""The page of a report in a real browser: WCAG AA by axe, nothing to scroll sideways, nothing blocked."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from rundruf.core.wording import LANGUAGES
from tests.browser.evaluated import page
from tests.browser.test_pages import Reader

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("newsletter", [False, True], ids=["broadcast", "newsletter"])
def test_everybody_can_read_the_report(
    browser: Browser, language: str, newsletter: bool, pictures: Path | None
) -> None:
    for scheme in ("light", "dark"):
        for width in (360, 1440):
            reader = Reader(browser, scheme, width)
            reader.open(page(language, newsletter))
            assert reader.faults() == [], (scheme, width)
            reader.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert reader.faults() == [], (scheme, width, "open")
            if pictures and (language, newsletter, scheme, width) == ("en", False, "light", 1440):
                reader.page.screenshot(path=pictures / "report.png")
            reader.context.close()


def test_the_report_prints_without_what_is_folded(browser: Browser) -> None:
    reader = Reader(browser, "light", 800)
    reader.open(page("en"))
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("details").first.is_visible()
    assert reader.page.locator(".tiles li").first.is_visible()
    reader.context.close()
