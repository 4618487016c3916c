"""Figures balance whatever the messengers report, in whatever order."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.chunk import Mark
from rundruf.core.report import Figures, Receipts, final_mark, tally, timeline, total

MARKS = st.lists(st.sampled_from(list(Mark)), max_size=64).map(bytes)
PEOPLE = st.frozensets(st.integers(0, 63))
REPORTS = st.builds(
    Receipts,
    sent=PEOPLE,
    delivered=PEOPLE,
    read=PEOPLE,
    replied=PEOPLE,
    left=PEOPLE,
    failed=st.dictionaries(st.sampled_from(["gone", "bad", "window"]), PEOPLE),
)


@given(MARKS, REPORTS)
def test_figures_balance(marks: bytes, receipts: Receipts) -> None:
    figures = tally(marks, receipts)
    assert figures.balanced
    assert figures.audience == len(marks)
    assert figures.read <= figures.delivered <= figures.sent


@given(st.lists(st.tuples(MARKS, REPORTS), max_size=5))
def test_totals_balance(parts: list[tuple[bytes, Receipts]]) -> None:
    assert total(tally(*part) for part in parts).balanced


def told(mark: Mark, receipts: Receipts) -> Figures:
    return tally(bytes([mark]), receipts)


ME = frozenset({0})


def test_read_implies_delivered() -> None:
    figures = told(Mark.SENT, Receipts(read=ME))
    assert (figures.sent, figures.delivered, figures.read) == (1, 1, 1)


def test_a_report_settles_an_unknown() -> None:
    assert told(Mark.UNKNOWN, Receipts()).unknown == 1
    assert told(Mark.UNKNOWN, Receipts(sent=ME)).sent == 1
    assert told(Mark.UNKNOWN, Receipts(failed={"gone": ME})).failed == {"gone": 1}


def test_a_late_failure_does_not_undo_an_arrival() -> None:
    assert told(Mark.SENT, Receipts(failed={"bad": ME})).failed == {"bad": 1}
    assert told(Mark.SENT, Receipts(failed={"bad": ME}, delivered=ME)).sent == 1


def test_a_report_before_our_own_write_counts_nobody_twice() -> None:
    figures = told(Mark.PENDING, Receipts(delivered=ME))
    assert (figures.pending, figures.sent, figures.delivered) == (1, 0, 0)


def test_everything_up_to_then_proves_no_single_message() -> None:
    assert told(Mark.UNKNOWN, Receipts(read=ME, loose=ME)).unknown == 1
    assert told(Mark.UNKNOWN, Receipts(read=ME, loose=ME, sent=ME)).sent == 1
    assert told(Mark.SENT, Receipts(read=ME, loose=ME)).read == 1


def test_blocking_is_counted_apart_from_leaving() -> None:
    figures = told(Mark.SENT, Receipts(blocked=ME))
    assert (figures.blocked, figures.left) == (1, 0)


def test_who_had_blocked_before_is_a_failure_and_nothing_else() -> None:
    assert told(Mark.FAILED_WITHDRAW, Receipts(blocked=ME)).blocked == 0
    assert told(Mark.SENT, Receipts(blocked=ME, failed={"withdraw": ME})).blocked == 0


def test_only_the_first_hour_counts_and_reading_is_arriving() -> None:
    hours = {"delivered": {12: ME}, "read": {11: ME, 13: ME}, "replied": {14: ME}}
    receipts = Receipts(delivered=ME, read=ME, replied=ME, hours=hours)
    assert timeline(bytes([Mark.SENT]), receipts) == {
        ("delivered", 11): 1,
        ("read", 11): 1,
        ("replied", 14): 1,
    }


def test_the_hours_of_a_failure_are_none() -> None:
    receipts = Receipts(read=ME, hours={"read": {11: ME}})
    assert timeline(bytes([Mark.FAILED_GONE]), receipts) == {}


def test_figures_are_the_same_one_by_one() -> None:
    """What is counted in one go against ``final_mark`` of each person, with whatever was told."""
    chance = random.Random(6)
    for _ in range(300):
        marks = bytes(chance.choices(list(Mark), k=20))
        some = [frozenset(chance.sample(range(20), chance.randrange(9))) for _ in range(6)]
        failed = {"gone": some[3], "withdraw": some[4]}
        receipts = Receipts(some[0], some[1], some[2], failed=failed, loose=some[5])
        finals = [final_mark(at, Mark(mark), receipts) for at, mark in enumerate(marks)]
        figures = tally(marks, receipts)
        assert figures.balanced
        counted = Counter(finals)
        assert figures.sent == counted["sent", ""]
        assert figures.unknown == counted["unknown", ""]
        assert figures.failed == {kind: n for (group, kind), n in counted.items() if group == "failed"}
        assert figures.delivered == sum(
            final[0] == "sent" and at in receipts.arrived for at, final in enumerate(finals)
        )
