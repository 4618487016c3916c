"""The page behind a leave link: one clear way out, for everybody, with nothing loaded and nothing run."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from rundruf.core.wording import LANGUAGES, Business
from rundruf.flows.pages import PAGE_HEADERS, Brand, TopicChoice, leave_page, page_headers

BUSINESS = Business(
    "Muster-Bäckerei", "https://muster.example/impressum", "https://muster.example/datenschutz"
)
TOPICS = (
    TopicChoice("recipes", "Rezepte", True),
    TopicChoice("offers", "Angebote", True),
    TopicChoice("bread", "Brot des Tages", False),
)
BRAND = Brand("Muster-Bäckerei", "https://cdn.example/logo.svg", "#b45309")
PATH = "/u/1-abc-def"
STATES = ("choose", "left", "saved", "error")
EVERY = pytest.mark.parametrize(
    ("state", "language"), [(state, one) for state in STATES for one in LANGUAGES]
)
VOID = {"meta", "img", "input", "path", "circle"}


class Page(HTMLParser):
    """The elements of a page, in order; raises ValueError where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        if self._open:
            raise ValueError(f"not closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._open.pop() != tag:
            raise ValueError(f"{tag} closes something else")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "title"):
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page(
    state: str = "choose",
    language: str = "de",
    topics: tuple[TopicChoice, ...] = TOPICS,
    brand: Brand = BRAND,
) -> Page:
    return Page(leave_page(BUSINESS, topics, language, PATH, state, brand))


@EVERY
def test_every_page_is_whole_and_says_its_language(state: str, language: str) -> None:
    found = page(state, language)
    assert found.html.startswith("<!doctype html>")
    assert found.all("html") == [{"lang": language}]
    assert len(found.all("h1")) == len(found.all("main")) == len(found.all("title")) == 1


@EVERY
def test_no_page_runs_scripts_or_loads_anything_but_the_logo(state: str, language: str) -> None:
    found = page(state, language)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "audio", "video", "base"}
    assert [one["src"] for one in found.all("img")] == [BRAND.logo_url]
    assert not re.search(r"url\(|@import|@font-face", found.html)
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


@EVERY
def test_every_page_links_imprint_privacy_and_the_other_languages(state: str, language: str) -> None:
    links = [one["href"] for one in page(state, language).all("a")]
    others = [f"?lang={one}" for one in LANGUAGES if one != language]
    assert links == [BUSINESS.imprint_url, BUSINESS.privacy_url, *others]


@EVERY
def test_every_page_keeps_search_engines_and_referrers_out(state: str, language: str) -> None:
    named = {one.get("name"): one.get("content") for one in page(state, language).all("meta")}
    assert named["robots"] == "noindex, nofollow"
    assert named["referrer"] == "no-referrer"
    assert named["viewport"] == "width=device-width, initial-scale=1"


@EVERY
def test_no_text_is_left_unfilled(state: str, language: str) -> None:
    text = page(state, language).text
    assert not re.search(r"[{}]|None|undefined", text)
    assert BUSINESS.name in text or state == "error"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_thing_to_press_leaves_everything(language: str) -> None:
    found = page("choose", language)
    first, *_ = found.all("button")
    assert (first["name"], first["value"], first["type"], first["class"]) == (
        "action",
        "leave",
        "submit",
        "primary",
    )
    form, *_ = found.all("form")
    assert form["method"] == "post"
    assert form["action"] == f"{PATH}?lang={language}"


def test_topics_can_be_taken_away_but_not_added() -> None:
    boxes = [one for one in page().all("input") if one["type"] == "checkbox"]
    states = [(one["name"], one["value"], "checked" in one, "disabled" in one) for one in boxes]
    assert states == [
        ("topic", "recipes", True, False),
        ("topic", "offers", True, False),
        ("topic", "bread", False, True),
    ]


def test_every_box_is_inside_a_label_and_a_named_group() -> None:
    tags = [tag for tag, _ in page().elements]
    for place, tag in enumerate(tags):
        assert tag != "input" or tags[place - 1] == "label"
    assert tags.index("fieldset") < tags.index("legend") < tags.index("label")


def test_without_topics_everything_can_still_be_left() -> None:
    found = page(topics=())
    assert len(found.all("button")) == 1
    assert not found.all("fieldset")


def test_after_leaving_only_service_messages_are_left_to_end() -> None:
    (button,) = page("left").all("button")
    assert button["value"] == "everything"


def test_after_ending_everything_nothing_is_asked_again() -> None:
    found = page("ended")
    assert not found.all("form")
    assert "START" in found.text


def test_what_stays_is_confirmed() -> None:
    assert "weiterhin Nachrichten zu: Rezepte und Angebote." in page("saved").text
    assert "messages about: Rezepte and Angebote." in page("saved", "en").text


def test_saving_an_empty_selection_is_leaving() -> None:
    none_left = tuple(TopicChoice(one.id, one.name, False) for one in TOPICS)
    assert page("saved", topics=none_left).html == page("left", topics=none_left).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_link_always_shows_the_same_page(language: str) -> None:
    pages = {
        leave_page(BUSINESS, topics, language, path, "error", BRAND)
        for topics in ((), TOPICS)
        for path in (PATH, "/u/other", "/u/<script>")
    }
    assert len(pages) == 1
    assert PATH not in pages.pop()


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(KeyError):
        page("other")


def test_an_unknown_language_is_english() -> None:
    assert page(language="fr").all("html") == [{"lang": "en"}]


def test_names_are_text_and_never_markup() -> None:
    odd = "<script>alert(1)</script>\"'{{7*7}}{x}&"
    html = leave_page(
        Business(odd, "https://i.example/?a=1&b=2", "https://p.example"),
        (TopicChoice('"><b>', odd, True),),
        "en",
        '/u/"><i>',
        "saved",
        Brand(odd, "", ""),
    )
    found = Page(html)
    assert not {"script", "b", "i"} & {tag for tag, _ in found.elements}
    assert odd in found.text
    assert "49" not in found.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//cdn.example/l.png", "logo.png", "https:///x"]
)
def test_a_logo_that_is_no_web_address_is_left_out(url: str) -> None:
    found = page(brand=Brand("Muster", url, ""))
    assert not found.all("img")
    assert "Muster" in found.text
    assert "img-src 'none'" in page_headers(Brand("Muster", url, ""))["content-security-policy"]


@pytest.mark.parametrize("colour", ["", "red", "#12", "}body{display:none", "#fff;--x:y"])
def test_a_colour_that_is_none_is_left_out(colour: str) -> None:
    assert len(page(brand=Brand("Muster", "", colour)).all("style")) == 1


def test_a_brand_colour_is_used_in_light_and_dark() -> None:
    css = list(styles(page().html))[1]
    assert css.count("--brand:#b45309") == 2
    assert "prefers-color-scheme:dark" in css


def styles(html: str) -> Iterator[str]:
    yield from re.findall(r"<style>(.*?)</style>", html, re.DOTALL)


@pytest.mark.parametrize("brand", [BRAND, Brand("Muster"), Brand("Muster", "", "#ffd400")])
def test_the_policy_allows_exactly_the_styles_and_the_logo_of_the_page(brand: Brand) -> None:
    policy = page_headers(brand)["content-security-policy"]
    hashes = [b64encode(sha256(one.encode()).digest()).decode() for one in styles(page(brand=brand).html)]
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert ("https://cdn.example" in policy) == bool(brand.logo_url)


def test_the_headers_keep_the_page_private() -> None:
    assert page_headers(Brand("any")) == PAGE_HEADERS
    assert PAGE_HEADERS["cache-control"] == "no-store"
    assert PAGE_HEADERS["x-robots-tag"] == "noindex, nofollow"
    assert PAGE_HEADERS["referrer-policy"] == "no-referrer"
    assert PAGE_HEADERS["x-content-type-options"] == "nosniff"
    assert PAGE_HEADERS["content-type"] == "text/html; charset=utf-8"
