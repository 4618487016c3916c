"""The page on which people join: what, how, how to leave, and a button and a QR code for each messenger."""

import re
from base64 import b64decode
from html import unescape

import pytest
import segno

from rundruf.core.account import Account
from rundruf.core.brand import Brand
from rundruf.core.topic import EntryPoint, Topic
from rundruf.flows.join_page import Way, join_headers, join_page, snippet, together, ways
from rundruf.flows.pages import PAGE_LANGUAGES
from tests.support.html import Html
from tests.support.stack import Stack
from tests.support.world import BUSINESS, TELEGRAM, WHATSAPP, World

TOPICS = (
    Topic("news", {"de": "Neues", "en": "News"}, {"de": "etwa einmal pro Woche", "en": "about once a week"}),
    Topic("recipes", {"de": "Rezepte", "en": "Recipes"}),
)
WAYS = (
    Way("WhatsApp", "https://wa.me/4930123456?text=KRTMBXZV&x=1"),
    Way("Microsoft Teams", "https://teams.example/l/chat", "KRTMBXZW"),
    Way("WeChat", "http://weixin.example/q/abc", scan=True),
)
BRAND = Brand("Café Morgenrot", "https://cdn.example/logo.svg", "#b45309")
LANGUAGE = pytest.mark.parametrize("language", PAGE_LANGUAGES)


def page(language: str = "en", shown: tuple[Way, ...] = WAYS) -> Html:
    return Html(join_page(TOPICS, shown, language, BUSINESS, BRAND))


@LANGUAGE
def test_the_page_says_who_writes_what_how_often_and_how_it_ends(language: str) -> None:
    text = page(language).text
    assert "Café Morgenrot" in text
    for topic in TOPICS:
        assert topic.title(language) in text
    assert TOPICS[0].often[language] in text
    assert "STOP" in text
    links = [one["href"] for one in page(language).all("a")]
    assert {BUSINESS.privacy_url, BUSINESS.imprint_url} <= set(links)
    assert not re.search(r"[{}]|None|undefined", text)


@LANGUAGE
def test_nothing_is_run_and_nothing_is_loaded_but_the_logo(language: str) -> None:
    found = page(language)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "iframe", "form", "button", "input"}
    assert [one["src"] for one in found.all("img")] == [BRAND.logo_url]
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_each_messenger_has_a_button_unless_it_can_only_be_scanned() -> None:
    buttons = [one["href"] for one in page().all("a") if one.get("class") == "primary"]
    assert buttons == [WAYS[0].link, WAYS[1].link]
    assert page().texts_in("a")[:2] == ["Join with WhatsApp", "Join with Microsoft Teams"]


def test_each_messenger_has_the_qr_code_of_its_link() -> None:
    found = page()
    labels = [one["aria-label"] for one in found.all("div") if one.get("role") == "img"]
    assert labels == [f"QR code for {one.title}" for one in WAYS]
    for way in WAYS:
        path = re.findall(
            r'stroke="#000" d="([^"]+)"', segno.make(way.link, micro=False, error="m").svg_inline(border=4)
        )
        assert path[0] in found.source


def test_a_code_is_shown_only_where_people_type_it() -> None:
    assert page().texts_in("code") == ["KRTMBXZW"]


@LANGUAGE
def test_a_shared_link_shows_what_it_is(language: str) -> None:
    told = {one["property"]: one["content"] for one in page(language).all("meta") if "property" in one}
    assert told["og:site_name"] == "Café Morgenrot"
    assert told["og:image"] == BRAND.logo_url
    assert "Café Morgenrot" in str(told["og:title"])
    assert told["og:locale"] == {"de": "de_DE", "en": "en_GB"}[language]


def test_the_page_may_be_kept_for_some_minutes() -> None:
    headers = join_headers(BRAND)
    assert headers["cache-control"] == "public, max-age=300"
    assert headers["vary"] == "accept-language"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_whatever_is_shown_is_escaped() -> None:
    nasty = '"><script>alert(1)</script>'
    topics = [Topic("x", {"en": nasty}, {"en": nasty})]
    shown = [Way(nasty, f"https://x.example/{nasty}", nasty)]
    for html in (
        join_page(topics, shown, "en", BUSINESS, BRAND),
        snippet(topics, shown, "en", BUSINESS, BRAND),
    ):
        assert not Html(html).all("script")
        assert "alert(1)" in html


@LANGUAGE
def test_a_snippet_brings_everything_along(language: str) -> None:
    found = Html(snippet(TOPICS, WAYS, language, BUSINESS, BRAND))
    (section,) = found.all("section")
    assert section["lang"] == language
    assert section["aria-label"]
    assert {tag for tag, _ in found.elements} <= {"section", "p", "ul", "li", "a", "img", "strong"}
    for picture, way in zip(found.all("img"), WAYS, strict=True):
        assert way.title in str(picture["alt"])
        head, _, data = str(picture["src"]).partition(",")
        assert head == "data:image/svg+xml;base64"
        assert b64decode(data).startswith(b"<?xml")
    assert [one["href"] for one in found.all("a")][:2] == [WAYS[0].link, WAYS[1].link]
    assert not re.search(r"[{}]|None|undefined|url\(", found.source)


@pytest.mark.parametrize("colour", ["", "#fff", "#000", "#ffe000", "#b45309"])
def test_a_snippets_button_can_be_read_in_any_colour(colour: str) -> None:
    from rundruf.core.colour import READABLE, Colour

    html = unescape(snippet(TOPICS, WAYS[:1], "en", BUSINESS, Brand("x", "", colour)))
    found = re.search(r"background:(#\w{6});color:(#\w{6});font-weight", html)
    assert found is not None
    assert Colour.of(found[1]).contrast(Colour.of(found[2])) >= READABLE


def point(code: str, messenger: str, page: str = "", created: int = 0) -> EntryPoint:
    return EntryPoint(code, "Poster", messenger, "main", ("news",), page=page, created=created)


class TestTogether:
    @pytest.fixture
    def world(self, stack: Stack) -> World:
        return World(stack)

    def test_entry_points_of_a_page_are_shown_together_whichever_was_opened(self, world: World) -> None:
        same = [point("KRTMBXZW", "whatsapp", "shop", 1), point("KRTMBXZX", "telegram", "shop", 2)]
        for one in (*same, point("KRTMBXZZ", "telegram", "desk"), point("KRTMBXZC", "telegram")):
            world.catalogue.add_entry_point(one)
        for one in same:
            assert list(together(one, world.catalogue)) == same

    def test_an_entry_point_without_a_page_stands_alone(self, world: World) -> None:
        lonely = [point("KRTMBXZW", "whatsapp"), point("KRTMBXZX", "telegram")]
        for one in lonely:
            world.catalogue.add_entry_point(one)
        assert list(together(lonely[0], world.catalogue)) == [lonely[0]]


def test_what_cannot_be_entered_is_left_out() -> None:
    def settings(account: str) -> Account:
        return {"whatsapp/main": WHATSAPP, "telegram/main": TELEGRAM}[account]

    points = [
        point("KRTMBXZW", "whatsapp"),
        point("KRTMBXZX", "line"),
        point("KRTMBXZC", "fax"),
        point("KRTMBXZD", "telegram"),
    ]
    found = ways(points, settings, "en")
    assert [one.title for one in found] == ["WhatsApp", "Telegram"]
    assert [one.code for one in found] == ["", ""]
    assert "KRTMBXZD" in found[1].link
