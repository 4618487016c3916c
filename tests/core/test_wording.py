"""What people read about their consent says everything the law wants, and nothing that promotes."""

import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256

import pytest

from rundruf.core import wording
from rundruf.core.wording import LANGUAGES, Business, Wording, language_of

BUSINESS = Business(
    "Muster-Bäckerei", "https://muster.example/impressum", "https://muster.example/datenschutz"
)
TOPICS = ("Rezepte", "Angebote")
LEAVE_URL = "https://go.example/u/1-abc-def"
STOP_ALL = {"de": "STOPP ALLES", "en": "STOP ALL"}


def lines(language: str) -> list[str]:
    since = wording.day(date(2026, 11, 21), language)
    return [wording.topic_line(one, since, "chat", language) for one in TOPICS]


def held(language: str) -> str:
    return wording.held_of(("id", "name", "language", "more", "proof"), "WhatsApp", language)


TEXTS: dict[str, Callable[[str], Wording]] = {
    "opt_in": lambda language: wording.opt_in(BUSINESS, TOPICS, language),
    "confirmed": lambda language: wording.confirmed(BUSINESS, TOPICS, language),
    "declined": lambda language: wording.declined(BUSINESS, language),
    "stopped_all": lambda language: wording.stopped(BUSINESS, None, language),
    "stopped_topics": lambda language: wording.stopped(BUSINESS, TOPICS, language),
    "stopped_everything": lambda language: wording.stopped(BUSINESS, None, language, service_too=True),
    "already_stopped": lambda language: wording.already_stopped(BUSINESS, language),
    "started_again": lambda language: wording.started_again(BUSINESS, TOPICS, language),
    "info": lambda language: wording.info(BUSINESS, lines(language), held(language), language, "31 Dec 2026"),
    "info_none": lambda language: wording.info(BUSINESS, (), held(language), language),
    "unsure": lambda language: wording.unsure(BUSINESS, language),
    "kept": lambda language: wording.kept(BUSINESS, TOPICS, language),
    "paused": lambda language: wording.paused(BUSINESS, "31 Dec 2026", language),
    "resumed": lambda language: wording.resumed(BUSINESS, TOPICS, language),
    "erase_question": lambda language: wording.erase_question(BUSINESS, language),
    "erased": lambda language: wording.erased(BUSINESS, language),
    "help": lambda language: wording.help_text(BUSINESS, language),
    "data_link": lambda language: wording.data_link(BUSINESS, LEAVE_URL, language),
    "expired_code": lambda language: wording.expired_code(BUSINESS, language),
    "unknown_text": lambda language: wording.unknown_text(BUSINESS, language),
    "greeting": lambda language: wording.greeting(BUSINESS, language),
}
EVERY = pytest.mark.parametrize(("name", "language"), [(name, one) for name in TEXTS for one in LANGUAGES])


@EVERY
def test_every_text_names_the_business_and_itself(name: str, language: str) -> None:
    text = TEXTS[name](language)
    assert (text.id, text.language) == (name, language)
    assert BUSINESS.name in text.text
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", text.version)
    assert text.hash == sha256(text.text.encode()).hexdigest()


@EVERY
def test_every_text_fits_into_one_message_and_leaves_nothing_unfilled(name: str, language: str) -> None:
    text = TEXTS[name](language).text
    assert len(text) <= 800
    assert not re.search(r"[{}]|\bNone\b|  ", text)


@EVERY
def test_no_text_promotes(name: str, language: str) -> None:
    words = "rabatt|gutschein|jetzt kaufen|sparen|exklusiv|gratis|discount|coupon|exclusive"
    promotion = rf"{words}|\bsave\b|\bfree\b|%|!"
    assert not re.search(promotion, TEXTS[name](language).text.lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_opt_in_question_says_who_what_how_to_leave_and_where_to_read_more(language: str) -> None:
    text = wording.opt_in(BUSINESS, TOPICS, language).text
    for part in (BUSINESS.name, *TOPICS, BUSINESS.imprint_url, BUSINESS.privacy_url, "STOP"):
        assert part in text
    assert wording.yes_label(language) in text
    assert wording.no_label(language) in text
    assert re.search("Werbung|advertising", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_is_short_and_names_sender_and_both_ways_out(language: str) -> None:
    text = wording.footer(BUSINESS, LEAVE_URL, language)
    assert text.startswith(BUSINESS.name)
    assert text.endswith(LEAVE_URL)
    assert "STOP" in text
    assert len(text) - len(BUSINESS.name) - len(LEAVE_URL) <= 32


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_confirmed_stop_says_what_ended_and_how_to_end_service_messages(language: str) -> None:
    one = wording.stopped(BUSINESS, ["Rezepte"], language).text
    assert "Rezepte" in one
    for text in (one, wording.stopped(BUSINESS, None, language).text):
        assert STOP_ALL[language] in text
    assert STOP_ALL[language] not in wording.stopped(BUSINESS, None, language, service_too=True).text


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, None), ("", "Paused at present"), ("31 Dec 2026", "Paused until 31 Dec 2026")],
)
def test_an_overview_tells_of_a_pause(until: str | None, expected: str | None) -> None:
    text = wording.info(BUSINESS, lines("en"), held("en"), "en", until).text
    assert expected in text if expected else "Paused" not in text


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("chat", "de", "Rezepte: seit 21.11.2026, durch Ihr Ja in diesem Chat"),
        ("chat", "en", "Rezepte: since 21 Nov 2026, by your yes in this chat"),
        ("form at the counter", "en", "Rezepte: since 21 Nov 2026, source: form at the counter"),
    ],
)
def test_an_overview_says_since_when_and_by_what(source: str, language: str, expected: str) -> None:
    day = wording.day(date(2026, 11, 21), language)
    assert wording.topic_line("Rezepte", day, source, language) == expected


def test_topics_are_listed_as_people_would() -> None:
    assert "zu „A“." in wording.started_again(BUSINESS, ["A"], "de").text
    assert "zu „A“ und „B“ hier" not in wording.started_again(BUSINESS, ["A", "B"], "de").text
    assert "zu „A“ und „B“." in wording.started_again(BUSINESS, ["A", "B"], "de").text
    assert "about “A”, “B” and “C” here" in wording.started_again(BUSINESS, ["A", "B", "C"], "en").text


def test_names_are_never_read_as_templates() -> None:
    odd = Business("{privacy} {0.__class__} %s", "https://i.example", "https://p.example")
    text = wording.opt_in(odd, ["{business}", "{x!r}"], "en").text
    assert "{privacy} {0.__class__} %s" in text
    assert "“{business}” and “{x!r}”" in text


def test_the_hash_changes_with_topics_and_language() -> None:
    hashes = {
        wording.opt_in(BUSINESS, ["A"], "de").hash,
        wording.opt_in(BUSINESS, ["B"], "de").hash,
        wording.opt_in(BUSINESS, ["A"], "en").hash,
    }
    assert len(hashes) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_button_labels_fit_every_messenger(language: str) -> None:
    for label in wording._LABELS[language_of(language, "en")]:
        assert 0 < len(label) <= 20


@pytest.mark.parametrize("missing", ["name", "imprint_url", "privacy_url"])
def test_a_business_without_imprint_data_is_refused_by_name(missing: str) -> None:
    data = {"name": "A", "imprint_url": "https://i.example", "privacy_url": "https://p.example"}
    with pytest.raises(ValueError, match=missing):
        Business(**{**data, missing: " "})


@pytest.mark.parametrize(
    ("tag", "default", "expected"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("de_CH", "en", "de"),
        ("DE", "en", "de"),
        ("en-GB", "de", "en"),
        ("fr", "de", "de"),
        ("", "de", "de"),
        ("fr", "it", "en"),
        ("deu", "en", "en"),
        ("den", "en", "en"),
    ],
)
def test_a_language_tag_becomes_a_language_we_have(tag: str, default: str, expected: str) -> None:
    assert language_of(tag, default) == expected


def test_both_languages_have_the_same_texts() -> None:
    assert {one: sorted(wording._TEXTS[one]) for one in LANGUAGES} == dict.fromkeys(
        LANGUAGES, sorted([*TEXTS, "footer", "common_footer"])
    )


def test_a_changed_text_has_a_new_version() -> None:
    """When this fails, give the changed text today's date as version and enter the new digest here."""
    now = {
        f"{language}/{name}@{version}": sha256(text.encode()).hexdigest()[:12]
        for language, texts in wording._TEXTS.items()
        for name, (version, text) in texts.items()
    }
    assert now == PUBLISHED


PUBLISHED = {
    "de/opt_in@2026-11-23": "cd761ef732a7",
    "de/confirmed@2026-11-23": "2156f96e6ac5",
    "de/declined@2026-11-23": "ab6f83f27a63",
    "de/stopped_all@2026-11-23": "9e68884cf24f",
    "de/stopped_topics@2026-11-23": "8644359679dc",
    "de/stopped_everything@2026-11-23": "b0d3667515de",
    "de/already_stopped@2026-11-23": "4cf17ac3055f",
    "de/started_again@2026-11-23": "686e54481112",
    "de/info@2026-11-23": "71d0d89ff04d",
    "de/info_none@2026-11-23": "fbc3c2dff0e5",
    "de/help@2026-11-23": "e2a4c9a31b02",
    "de/data_link@2026-11-23": "7e9167bebdab",
    "de/expired_code@2026-11-23": "7e33eb0f5216",
    "de/unknown_text@2026-11-23": "661d7645f4f0",
    "de/footer@2026-11-23": "f69fc98e31b1",
    "de/greeting@2026-11-23": "83ae9e5ffeac",
    "de/common_footer@2026-11-23": "2400abec5159",
    "en/greeting@2026-11-23": "04dc531f8fd6",
    "en/common_footer@2026-11-23": "e975409dab24",
    "en/opt_in@2026-11-23": "bc7ce68e7a62",
    "en/confirmed@2026-11-23": "686422ea6b3a",
    "en/declined@2026-11-23": "d8dc95e99ad4",
    "en/stopped_all@2026-11-23": "ec930bf32fd9",
    "en/stopped_topics@2026-11-23": "6df2c0737add",
    "en/stopped_everything@2026-11-23": "5f43ac3aa028",
    "en/already_stopped@2026-11-23": "fb9026f332bc",
    "en/started_again@2026-11-23": "4d3d0f3fbad4",
    "en/info@2026-11-23": "8078f10c9d9d",
    "en/info_none@2026-11-23": "e3eb505f92dc",
    "en/help@2026-11-23": "7ee7db313476",
    "en/data_link@2026-11-23": "095d79dab7b1",
    "en/expired_code@2026-11-23": "921130cbddb4",
    "en/unknown_text@2026-11-23": "c4e34ccea899",
    "en/footer@2026-11-23": "691ea80133c3",
    "de/unsure@2026-11-23": "2469151ed2bc",
    "de/kept@2026-11-23": "a300c15bf7bf",
    "de/paused@2026-11-23": "e229dcd0e1e4",
    "de/resumed@2026-11-23": "8fc699c8e3ec",
    "de/erase_question@2026-11-23": "bc9a6edc3d35",
    "de/erased@2026-11-23": "0297bbd7dfbf",
    "en/unsure@2026-11-23": "dde964d2e5af",
    "en/kept@2026-11-23": "b8a16bd5db09",
    "en/paused@2026-11-23": "d1586204d0f9",
    "en/resumed@2026-11-23": "c1e251b1aeb7",
    "en/erase_question@2026-11-23": "98f66321992a",
    "en/erased@2026-11-23": "a449b9b65022",
}
