"""Figures balance whatever the messengers report, in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.chunk import Mark
from rundruf.core.report import Figures, Receipts, tally, total

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
