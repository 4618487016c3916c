"""The page behind a person's link: one clear way out, in every language, nothing loaded, nothing run."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rundruf.core.brand import Brand
from rundruf.core.consent import FOREVER
from rundruf.core.wording import Business
from rundruf.flows import pages
from rundruf.flows.leave_page import NOTICES, TopicChoice, View, leave_page, notice_page, question_page
from rundruf.flows.pages import PAGE_LANGUAGES, TEMPLATES, accepted, page_headers, spoken
from rundruf.flows.unsubscribe import Act
from tests.support.html import Html

BUSINESS = Business(
    "Muster-Bäckerei", "https://muster.example/impressum", "https://muster.example/datenschutz"
)
SINCE = 1_780_000_000_000
TOPICS = (
    TopicChoice("recipes", "Rezepte", True, SINCE),
    TopicChoice("offers", "Angebote", True, SINCE),
    TopicChoice("bread", "Brot des Tages", False, open=True),
    TopicChoice("cake", "Kuchen", False),
)
VIEW = View("WhatsApp", TOPICS, kinds=("name", "tags"), entries=3, zone="Europe/Berlin")
BRAND = Brand("Muster-Bäckerei", "https://cdn.example/logo.svg", "#b45309")
PATH = "/u/1-abc-def"
STATES = ("choose", "left", "ended", "saved", "paused", "resumed", "linked", "shut", "wait")
EVERY = pytest.mark.parametrize(
    ("state", "language"),
    [(state, one) for state in (*STATES, "question", *NOTICES) for one in PAGE_LANGUAGES],
)


def page(state: str = "choose", language: str = "de", view: View = VIEW, brand: Brand = BRAND) -> Html:
    if state in NOTICES:
        return Html(notice_page(BUSINESS, language, state, brand))
    if state == "question":
        return Html(question_page(BUSINESS, view, language, PATH, brand))
    return Html(leave_page(BUSINESS, view, language, PATH, state, brand))


def nothing(view: View = VIEW) -> View:
    return replace(view, topics=[replace(one, granted=False) for one in view.topics])


def said(found: Html) -> str:
    return " ".join(found.text.split())


@EVERY
def test_every_page_is_whole_and_says_its_language(state: str, language: str) -> None:
    found = page(state, language)
    assert found.source.startswith("<!doctype html>")
    assert found.all("html") == [{"lang": language}]
    assert len(found.all("h1")) == len(found.all("main")) == len(found.all("title")) == 1


@EVERY
def test_no_page_runs_scripts_or_loads_anything_but_the_logo(state: str, language: str) -> None:
    found = page(state, language)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "audio", "video", "base"}
    assert [one["src"] for one in found.all("img")] == [BRAND.logo_url]
    assert not re.search(r"url\(|@import|@font-face", found.source)
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


@EVERY
def test_every_page_links_imprint_privacy_and_the_other_languages(state: str, language: str) -> None:
    links = [one["href"] for one in page(state, language).all("a")]
    others = [f"?lang={one}" for one in PAGE_LANGUAGES if one != language]
    assert links[-len(others) - 2 :] == [BUSINESS.imprint_url, BUSINESS.privacy_url, *others]


@EVERY
def test_every_page_keeps_search_engines_and_referrers_out(state: str, language: str) -> None:
    named = {one.get("name"): one.get("content") for one in page(state, language).all("meta")}
    assert named["robots"] == "noindex, nofollow"
    assert named["referrer"] == "no-referrer"
    assert named["viewport"] == "width=device-width, initial-scale=1"


@EVERY
def test_no_text_is_left_unfilled(state: str, language: str) -> None:
    full = replace(VIEW, paused_until=SINCE, proven=True, expired=True, asked=("Kuchen",), chance="asked")
    for view in (VIEW, full, nothing(full)):
        text = page(state, language, view).text
        assert not re.search(r"[{}]|None|undefined", text)
        assert BUSINESS.name in text or state in ("error", "linked", "shut", "wait")


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
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


def test_a_box_is_ticked_only_where_there_is_consent() -> None:
    boxes = [one for one in page().all("input") if one["type"] == "checkbox"]
    assert [(one["name"], one["value"], "checked" in one) for one in boxes] == [
        ("topic", "recipes", True),
        ("topic", "offers", True),
        ("topic", "bread", False),
        ("topic", "cake", False),
    ]


def test_each_topic_tells_how_it_stands() -> None:
    seit = "seit 28. Mai 2026"
    assert page().texts_in("small") == [seit, seit, "wartet auf Ihr JA im Chat", "nicht abonniert"]
    assert page(language="en").texts_in("small")[0] == "since 28 May 2026"


def test_every_box_is_inside_a_label_and_a_named_group() -> None:
    tags = [tag for tag, _ in page().elements]
    for place, tag in enumerate(tags):
        assert tag != "input" or tags[place - 1] == "label"
    assert tags.index("fieldset") < tags.index("legend") < tags.index("label")


def test_every_button_is_an_act_and_every_act_has_its_button() -> None:
    views = (VIEW, nothing(), replace(VIEW, paused_until=SINCE), replace(VIEW, proven=True))
    shown = {one["value"] for view in views for one in page(view=view).all("button")}
    shown |= {one["value"] for one in page("question").all("button")}
    assert shown == set(Act)


def test_without_topics_everything_can_still_be_left() -> None:
    assert not page(view=replace(VIEW, topics=())).all("fieldset")
    assert "everything" in [one["value"] for one in page(view=replace(VIEW, topics=())).all("button")]


def test_data_is_offered_only_behind_a_link_of_the_persons_own() -> None:
    offered = {one["value"] for one in page().all("button")}
    assert not offered & {"view", "page", "json", "delete"}
    assert not [one for one in page().all("a") if "ask=delete" in str(one["href"])]
    own = page(view=replace(VIEW, proven=True))
    assert {one["value"] for one in own.all("button")} >= {"view", "page", "json"}
    assert f"{PATH}?lang=de&ask=delete" in [one["href"] for one in own.all("a")]
    assert "link" not in {one["value"] for one in own.all("button")}


def test_after_ending_everything_service_messages_are_not_offered_again() -> None:
    ended = replace(nothing(), service=False)
    assert "everything" not in {one["value"] for one in page("ended", view=ended).all("button")}
    assert "START" in page("ended", view=ended).text


def test_what_stays_is_confirmed() -> None:
    assert "weiterhin Nachrichten zu: Rezepte und Angebote." in page("saved").text
    assert "messages about: Rezepte and Angebote." in page("saved", "en").text


def test_saving_an_empty_selection_is_leaving() -> None:
    assert page("saved", view=nothing()).source == page("left", view=nothing()).source


def test_who_gets_nothing_is_told_so() -> None:
    assert page(view=nothing()).texts_in("h1") == ["Sie bekommen keine Werbung"]


def test_a_pause_shows_its_end_or_that_it_has_none() -> None:
    assert page("paused", view=replace(VIEW, paused_until=SINCE)).texts_in("h1") == ["Pause bis 28. Mai 2026"]
    endless = replace(VIEW, paused_until=FOREVER)
    assert "Pausiert, bis Sie die Pause beenden." in page(view=endless).text
    assert page("paused", view=endless).source == page("choose", view=endless).source


@pytest.mark.parametrize(
    ("chance", "words"),
    [("asked", "eine Frage in den Chat"), ("open", "24 Stunden"), ("shut", "WhatsApp lässt")],
)
def test_what_became_of_a_new_topic_is_told(chance: str, words: str) -> None:
    text = said(page("saved", view=replace(VIEW, asked=("Kuchen", "Brot"), chance=chance)))
    assert "Zu „Kuchen“ und „Brot“" in text
    assert words in text


def test_what_is_held_is_one_sentence() -> None:
    assert (
        "Gespeichert sind Ihre Kennung bei WhatsApp, Ihr Name, Schlagwörter, dazu 3 Einträge, "
        "die Ihre Einwilligung belegen." in page().text
    )
    bare = replace(VIEW, kinds=(), entries=1)
    assert "Stored are your id on WhatsApp, and one entry that proves" in page(language="en", view=bare).text


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_a_bad_link_shows_nothing_of_itself(language: str) -> None:
    assert PATH not in page("error", language).source


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(KeyError):
        page("other")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        page(language="xx")


NASTY = '"><script>alert(1)</script>'


def nasty_pages() -> Iterator[Html]:
    business = Business(NASTY, f"https://x.example/{NASTY}", f"https://x.example/{NASTY}")
    view = View(
        NASTY,
        (TopicChoice(NASTY, NASTY, True), TopicChoice(NASTY, NASTY, False)),
        asked=(NASTY,),
        chance="open",
    )
    for state in STATES:
        yield Html(
            leave_page(
                business, view, "de", f"/u/{NASTY}", state, Brand(NASTY, f"https://x.example/{NASTY}", NASTY)
            )
        )


def test_whatever_is_shown_is_escaped() -> None:
    for found in nasty_pages():
        assert not found.all("script")
        assert "alert(1)" in found.text


@pytest.mark.parametrize(
    "logo", ["", "javascript:alert(1)", "data:image/png;base64,AAAA", "//cdn.example/x", "logo.png"]
)
def test_a_logo_that_is_no_web_address_is_not_shown(logo: str) -> None:
    found = page(brand=Brand("Muster", logo))
    assert not found.all("img")
    assert "Muster" in found.text
    assert "img-src 'none'" in page_headers(Brand("Muster", logo))["content-security-policy"]


@pytest.mark.parametrize("colour", ["", "red", "#12", "expression(1)", "#fff}body{display:none"])
def test_a_colour_that_is_none_leaves_ours(colour: str) -> None:
    found = page(brand=Brand("Muster", "", colour))
    assert len(found.all("style")) == 1


@pytest.mark.parametrize("brand", [BRAND, Brand("Muster"), Brand("Muster", "", "#000")])
def test_the_headers_allow_exactly_the_pages_own_styles(brand: Brand) -> None:
    found = page(brand=brand)
    styles = re.findall("<style>(.*?)</style>", found.source, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in styles]
    headers = page_headers(brand)
    assert f"style-src {' '.join(hashes)};" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    ("wanted", "default", "expected"),
    [
        (["de_AT"], "en", "de"),
        (["", "en-GB"], "de", "en"),
        (["fr", "de"], "en", "de"),
        (["fr"], "de", "de"),
        (["fr"], "it", "en"),
        ([], "de", "de"),
    ],
)
def test_the_first_language_on_offer_is_spoken(wanted: list[str], default: str, expected: str) -> None:
    assert spoken(wanted, default) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", [""]),
        ("de", ["de"]),
        ("fr;q=0.5, de-DE, en;q=0.9", ["de-DE", "en", "fr"]),
        ("de;q=0, en;q=x, fr", ["fr"]),
        ("a," * 10_000, ["a"] * 10),
    ],
)
def test_what_a_browser_accepts_is_read_by_weight(header: str, expected: list[str]) -> None:
    assert accepted(header) == expected


def shape(text: Any) -> Any:
    """What a file of texts holds, without the texts."""
    if isinstance(text, dict):
        return {name: shape(one) for name, one in text.items()}
    if isinstance(text, list):
        return [shape(one) for one in text]
    return sorted(re.findall(r"{(\w*)}", text))


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    texts, english = (json.loads((TEMPLATES / f"page.{one}.json").read_text()) for one in (language, "en"))
    assert shape(texts) == shape(english)


def test_a_language_more_is_one_file_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in TEMPLATES.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    texts = (TEMPLATES / "page.en.json").read_text().replace('"English"', '"Français"')
    (tmp_path / "page.fr.json").write_text(texts)
    monkeypatch.setattr(pages, "TEMPLATES", tmp_path)
    pages._translations.cache_clear()
    try:
        found = page(language=spoken(["fr-FR"], "de"))
    finally:
        pages._translations.cache_clear()
    assert found.language == "fr"
    assert "Français" in found.text
