"""The ledger: whatever is altered is named, and the state is the replay."""

from dataclasses import replace

import pytest

from rundruf.core.consent import Action, Fact, WordingRef
from rundruf.core.ledger import EMPTY, Entry, Head, append, content, entry_from, first_altered, replay
from tests.support.people import NOW

WORDING = WordingRef("opt-in", "1", "de", "ab" * 32)
FACTS = (
    Fact(Action.ASKED, NOW, ("news", "offers"), source="entry_point", reference="KRTMBXZV", wording=WORDING),
    Fact(
        Action.CONFIRMED,
        NOW + 1,
        ("news", "offers"),
        source="chat",
        reference="wamid.1",
        message_ids=("wamid.1",),
    ),
    Fact(Action.WITHDRAWN, NOW + 2, ("offers",), source="keyword", reference="wamid.2"),
)


def chain() -> tuple[list[Entry], Head]:
    entries: list[Entry] = []
    head = EMPTY
    for fact in FACTS:
        entry = append(head, fact, "whatsapp", "main", NOW + 10)
        entries.append(entry)
        head = Head(entry.number, entry.hash)
    return entries, head


def test_an_untouched_ledger_is_intact() -> None:
    entries, head = chain()
    assert first_altered(entries, head) is None
    assert first_altered([], EMPTY) is None


def test_the_state_is_the_replay() -> None:
    assert replay(chain()[0]).topics == frozenset({"news"})


def test_entries_from_before_pauses_have_the_hashes_they_had() -> None:
    assert [entry.hash[:16] for entry in chain()[0]] == [
        "7cfdbc46c65d3163",
        "3cfdc3bc7e2c0d3b",
        "716872ac3012f8b6",
    ]


def test_the_end_of_a_pause_is_hashed_and_survives_being_stored() -> None:
    fact = Fact(Action.PAUSED, NOW, source="keyword", until=NOW + 30)
    entry = append(EMPTY, fact, "whatsapp", "main", NOW + 10)
    assert entry_from(content(entry), entry.hash) == entry
    assert first_altered([replace(entry, fact=replace(fact, until=NOW + 31))]) == 1


def test_an_entry_survives_being_stored() -> None:
    for entry in chain()[0]:
        assert entry_from(content(entry), entry.hash) == entry


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda entry: replace(entry, fact=replace(entry.fact, topics=("x",))), id="topics"),
        pytest.param(lambda entry: replace(entry, fact=replace(entry.fact, at=entry.fact.at + 1)), id="time"),
        pytest.param(lambda entry: replace(entry, fact=replace(entry.fact, reference="")), id="reference"),
        pytest.param(lambda entry: replace(entry, entered_at=0), id="entered"),
        pytest.param(lambda entry: replace(entry, account="other"), id="account"),
        pytest.param(lambda entry: replace(entry, hash="0" * 64), id="hash"),
    ],
)
def test_an_altered_entry_is_named(number: int, alter) -> None:  # type: ignore[no-untyped-def]
    entries, head = chain()
    entries[number - 1] = alter(entries[number - 1])
    assert first_altered(entries, head) == number


def test_a_rehashed_entry_is_found_by_its_successor() -> None:
    entries, head = chain()
    forged = append(
        Head(1, entries[0].hash), replace(FACTS[1], topics=("all",)), "whatsapp", "main", NOW + 10
    )
    assert first_altered([entries[0], forged, entries[2]], head) == 3


def test_a_removed_entry_is_named() -> None:
    entries, head = chain()
    assert first_altered(entries[1:], head) == 1
    assert first_altered([entries[0], entries[2]], head) == 2
    assert first_altered(entries[:2], head) == 3
