"""Pacing: a moment lost is made good, and yet no second ever sees more than the messenger allows."""

from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.pace import LATENESS, Slots, slots, spacing


def test_what_is_due_later_starts_then() -> None:
    assert slots(1_030, 1_000, 16, 12.5) == Slots(1_030, 12.5)


def test_who_comes_late_starts_at_once_and_catches_up_within_the_window() -> None:
    found = slots(1_000, 1_008, 16, 2.0)
    assert found.start == 1_008
    assert found.start + 16 * found.spacing == 1_000 + 16 * 2.0


def test_more_lateness_than_a_window_lasts_is_no_negative_spacing() -> None:
    assert slots(1_000, 1_020, 1, 5.0) == Slots(1_020, 0.0)


@given(
    rate=st.integers(10, 1_000),
    count=st.integers(1, 64),
    pauses=st.lists(st.floats(0, 3 * LATENESS), min_size=1, max_size=60),
)
def test_no_second_has_more_calls_than_the_rate(rate: int, count: int, pauses: list[float]) -> None:
    gap, now, due = spacing(rate), 0.0, 0.0
    times: list[float] = []
    for pause in pauses:
        found = slots(due, now, count, gap) if due >= now - LATENESS else Slots(now, gap)
        due = (due if due >= now - LATENESS else now) + gap * count
        times += [found.start + number * found.spacing for number in range(count)]
        now = times[-1] + pause
    for at, first in enumerate(times):
        within = sum(1 for time in times[at:] if time < first + 1_000)
        assert within <= rate
