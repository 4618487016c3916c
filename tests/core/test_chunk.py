"""Chunks: cut at 256, and what a crash leaves is never guessed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.chunk import SIZE, Mark, Progress, cut, fresh, left_open, mark_of, marked, skipped
from rundruf.core.contact import Claim, contact_bytes, contact_id
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.policy import Refusal
from tests.support.people import ANNA, NOW, an_id, contact


@pytest.mark.parametrize(("people", "full", "left"), [(0, 0, 0), (255, 0, 255), (256, 1, 0), (2000, 7, 208)])
def test_chunks_hold_256_people(people: int, full: int, left: int) -> None:
    chunks, rest = cut([an_id(number) for number in range(people)])
    assert [len(chunk) for chunk in chunks] == [SIZE] * full
    assert len(rest) == left


def test_every_refusal_has_a_mark_and_every_mark_a_group() -> None:
    assert {skipped(refusal).reason for refusal in Refusal} == {refusal.value for refusal in Refusal}
    groups = {"pending", "sent", "unknown", "failed", "skipped", "expired"}
    assert {mark.group for mark in Mark} == groups


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_only_what_was_definitely_not_sent_may_be_tried_again(kind: OutcomeKind) -> None:
    again = kind in (OutcomeKind.RETRY, OutcomeKind.TOKEN, OutcomeKind.PAUSE)
    assert (mark_of(Outcome(kind)) is Mark.RETRY) is again


def test_windows_go_through_everybody_who_is_left() -> None:
    progress = replace(fresh(40), marks=marked(bytes(40), {3: Mark.SENT, 20: Mark.RETRY}))
    first = progress.next_window(-1, 16)
    assert first == tuple(index for index in range(17) if index != 3)
    assert 20 in progress.next_window(first[-1], 16)
    assert Progress(bytes([Mark.SENT, Mark.EXPIRED])).next_window(-1) == ()


def claims(*at: int, broadcast: str = "other") -> tuple[Claim, ...]:
    return tuple(Claim(f"{broadcast}{number}", "0-0", 0, "a", when) for number, when in enumerate(at))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param((), Mark.PENDING, id="never claimed"),
        pytest.param((Claim("b1", "0-0", 0, "a", NOW),), Mark.UNKNOWN, id="claimed by us"),
        pytest.param(
            claims(NOW + 9, NOW + 8, NOW + 7), Mark.PENDING, id="three younger ones: ours would show"
        ),
        pytest.param(
            claims(NOW + 9, NOW + 8, NOW + 7, NOW + 6), Mark.UNKNOWN, id="four younger: pushed out?"
        ),
        pytest.param(
            claims(NOW + 9, NOW + 8, NOW + 7, NOW - 60_000), Mark.PENDING, id="one is older than the window"
        ),
    ],
)
def test_what_an_opened_window_without_outcome_means(held: tuple[Claim, ...], expected: Mark) -> None:
    person = replace(contact(ANNA, "news"), claims=held)
    assert left_open(person, "b1", NOW) is expected


def test_who_was_erased_with_their_window_open_is_unknown() -> None:
    assert left_open(None, "b1", NOW) is Mark.UNKNOWN


def test_who_was_erased_and_is_back_is_unknown_too() -> None:
    person = replace(contact(ANNA, "news"), claims=(), created=NOW + 60_000)
    assert left_open(person, "b1", NOW) is Mark.UNKNOWN


def test_a_claim_survives_being_stored() -> None:
    claim = Claim("b1", "0-3", 255, "ab12", NOW)
    assert Claim.parse(str(claim)) == claim
    assert claim.delivery == "b1:0-3:255"


@given(st.binary(min_size=16, max_size=16))
def test_a_contact_id_has_one_spelling(raw: bytes) -> None:
    text = contact_id(raw)
    assert contact_bytes(text) == raw
    with pytest.raises(ValueError, match=r"."):
        contact_bytes(text.upper() if text.upper() != text else text + "0")
