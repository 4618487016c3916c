"""A text is shown behind a consent only where it is, to the last byte, the one that was sent."""

from dataclasses import replace

import pytest

from rundruf.core import wording
from rundruf.core.consent import Action, Fact, WordingRef
from rundruf.core.ledger import EMPTY, Entry, Head, append
from rundruf.core.proving import texts
from rundruf.core.topic import Topic
from rundruf.core.wording import Business

BUSINESS = Business("Muster-Bäckerei", "https://muster.example/imprint", "https://muster.example/privacy")
TOPICS = {
    "news": Topic("news", {"de": "Neues", "en": "News"}),
    "recipes": Topic("recipes", {"de": "Rezepte", "en": "Recipes"}),
}
ASKED = wording.opt_in(BUSINESS, ["Rezepte", "Neues"], "de")
REF = WordingRef(ASKED.id, ASKED.version, ASKED.language, ASKED.hash)


def entries(*facts: Fact) -> list[Entry]:
    head, chain = EMPTY, []
    for fact in facts:
        chain.append(append(head, fact, "telegram", "main", fact.at))
        head = Head(chain[-1].number, chain[-1].hash)
    return chain


def asked(ref: WordingRef = REF, topics: tuple[str, ...] = ("recipes", "news")) -> Fact:
    return Fact(Action.ASKED, 1, topics, wording=ref)


def test_the_text_that_was_sent_is_shown() -> None:
    assert texts(entries(asked()), BUSINESS, TOPICS) == {REF: ASKED.text}


def test_a_confirmation_of_fewer_topics_shows_the_text_of_its_question() -> None:
    confirmed = Fact(Action.CONFIRMED, 2, ("recipes",), wording=REF)
    assert texts(entries(confirmed, asked()), BUSINESS, TOPICS) == {REF: ASKED.text}


@pytest.mark.parametrize(
    "ref",
    [
        replace(REF, version="2025-01-01"),
        replace(REF, language="en"),
        replace(REF, id="confirmed"),
        replace(REF, id="nothing_of_ours"),
        replace(REF, id="footer"),
        replace(REF, hash="0" * 64),
        WordingRef("paper form", "", "", ""),
    ],
    ids=["version", "language", "id", "foreign", "needs more", "hash", "elsewhere"],
)
def test_a_reference_that_differs_in_anything_shows_no_text(ref: WordingRef) -> None:
    assert texts(entries(asked(ref)), BUSINESS, TOPICS) == {ref: None}


@pytest.mark.parametrize(
    ("business", "topics"),
    [
        (replace(BUSINESS, name="Muster-Backstube"), TOPICS),
        (replace(BUSINESS, privacy_url="https://muster.example/data"), TOPICS),
        (BUSINESS, TOPICS | {"news": Topic("news", {"de": "Aktuelles"})}),
        (BUSINESS, {}),
    ],
    ids=["name", "privacy", "topic renamed", "topic gone"],
)
def test_a_text_that_would_be_another_today_is_not_shown(
    business: Business, topics: dict[str, Topic]
) -> None:
    assert texts(entries(asked()), business, topics) == {REF: None}


def test_topics_in_another_order_are_another_text() -> None:
    assert texts(entries(asked(topics=("news", "recipes"))), BUSINESS, TOPICS) == {REF: None}


def test_entries_without_wording_name_none() -> None:
    assert texts(entries(Fact(Action.WITHDRAWN, 1, ("news",))), BUSINESS, TOPICS) == {}
