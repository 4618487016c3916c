"""Frequency caps: counted in windows that slide, never more than allowed in any of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.caps import DAY, MOST, Cap, caps_of, counts_of, kept, reached
from tests.support.people import NOW


def test_caps_are_written_as_counts() -> None:
    caps = caps_of({"day": 1, "week": 3, "month": 0})
    assert caps == (Cap(1, DAY), Cap(3, 7 * DAY))
    assert counts_of(caps) == {"day": 1, "week": 3}
    assert kept(caps) == 3
    assert kept(()) == 0


@pytest.mark.parametrize("counts", [{"day": -1}, {"week": MOST + 1}, {"year": 1}])
def test_other_counts_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at most 31 a day, week, month"):
        caps_of(counts)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param((), False, id="nothing yet"),
        pytest.param((NOW - 1,), False, id="one of two"),
        pytest.param((NOW - 1, NOW - DAY + 1), True, id="two within a day"),
        pytest.param((NOW - 1, NOW - DAY), False, id="the second one is a day old"),
    ],
)
def test_when_it_would_be_too_many(times: tuple[int, ...], expected: bool) -> None:
    assert reached(times, (Cap(2, DAY),), NOW) is expected


@given(
    st.lists(st.integers(0, 9), max_size=60),
    st.lists(st.builds(Cap, st.integers(1, 4), st.integers(1, 20)), max_size=3),
)
def test_no_window_of_any_period_holds_more_than_its_cap(gaps: list[int], caps: list[Cap]) -> None:
    now, sent = 100, list[int]()
    for gap in gaps:
        now += gap
        if not reached(sent[::-1], caps, now):
            sent.append(now)
    for cap in caps:
        for at in sent:
            assert sum(at <= one < at + cap.period for one in sent) <= cap.most
