"""Quiet times, on the wall clock of each person, also when clocks are changed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.quiet import LONGEST, MINUTE, NEVER, Quiet, quiet_of

NIGHT = quiet_of("22:00", "08:00", "", "Europe/Berlin")
SUNDAYS = quiet_of("22:00", "08:00", "sun,2026-12-25,2026-12-26", "Europe/Berlin")


def ms(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "ends"),
    [
        pytest.param(NIGHT, "Europe/Berlin", "2026-07-01T19:59:59", None, id="a second before ten"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-07-01T20:00", "2026-07-02T06:00", id="ten"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-07-02T05:59:59", "2026-07-02T06:00", id="not eight"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-07-02T06:00", None, id="eight"),
        pytest.param(NIGHT, "", "2026-07-01T20:00", "2026-07-02T06:00", id="business"),
        pytest.param(NIGHT, "Mars/Olympus", "2026-07-01T20:00", "2026-07-02T06:00", id="no zone"),
        pytest.param(NIGHT, "../etc", "2026-07-01T20:00", "2026-07-02T06:00", id="a path"),
        pytest.param(NIGHT, "America/New_York", "2026-07-01T20:00", None, id="afternoon there"),
        pytest.param(NIGHT, "America/New_York", "2026-07-02T06:00", "2026-07-02T12:00", id="night"),
        pytest.param(NIGHT, "Asia/Kathmandu", "2026-07-01T20:00", "2026-07-02T02:15", id="quarters"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-10-24T20:00", "2026-10-25T07:00", id="longer"),
        pytest.param(NIGHT, "Europe/Berlin", "2027-03-27T21:00", "2027-03-28T06:00", id="an hour shorter"),
        pytest.param(SUNDAYS, "Europe/Berlin", "2026-11-21T20:59", None, id="saturday evening"),
        pytest.param(SUNDAYS, "Europe/Berlin", "2026-11-21T21:00", "2026-11-23T07:00", id="to monday"),
        pytest.param(SUNDAYS, "Europe/Berlin", "2026-12-24T23:30", "2026-12-28T07:00", id="christmas"),
        pytest.param(NEVER, "Europe/Berlin", "2026-07-01T20:00", None, id="no quiet times"),
    ],
)  # fmt: skip
def test_when_a_quiet_time_ends(quiet: Quiet, zone: str, now: str, ends: str | None) -> None:
    assert quiet.until(zone, ms(now)) == (ms(ends) if ends else 0)


def test_an_end_in_the_missing_hour_is_when_it_is_left_out() -> None:
    early = quiet_of("22:00", "02:30", "", "Europe/Berlin")
    assert early.until("", ms("2027-03-28T00:10")) == ms("2027-03-28T01:00")


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    early = quiet_of("22:00", "02:30", "", "Europe/Berlin")
    assert early.until("", ms("2026-10-25T00:10")) == ms("2026-10-25T00:30")
    assert early.until("", ms("2026-10-25T00:45")) == 0
    assert early.until("", ms("2026-10-25T01:10")) == ms("2026-10-25T01:30")


@given(
    st.integers(ms("2026-01-01T00:00") // MINUTE, ms("2027-12-31T00:00") // MINUTE),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", ""]),
)
def test_the_end_is_the_first_minute_that_is_not_quiet(minute: int, zone: str) -> None:
    until = SUNDAYS.until(zone, minute * MINUTE)
    if until:
        assert minute * MINUTE < until < (minute + LONGEST) * MINUTE
        assert SUNDAYS.until(zone, until) == 0
        assert SUNDAYS.until(zone, until - 1) == until


@pytest.mark.parametrize(
    ("start", "end", "days", "zone"),
    [
        ("22:00", "", "", "UTC"),
        ("", "08:00", "", "UTC"),
        ("24:00", "08:00", "", "UTC"),
        ("ten", "08:00", "", "UTC"),
        ("22:60", "08:00", "", "UTC"),
        ("", "", "someday", "UTC"),
        ("", "", "2026-13-01", "UTC"),
        ("", "", "mon,tue,wed,thu,fri,sat,sun", "UTC"),
        ("22:00", "08:00", "", "Europe/Atlantis"),
    ],
)
def test_settings_that_make_no_sense_are_refused(start: str, end: str, days: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        quiet_of(start, end, days, zone)


def test_days_are_whole_days_of_the_persons_own() -> None:
    days = quiet_of("", "", "2026-12-25", "UTC")
    assert days.dates == {date(2026, 12, 25)}
    assert days.until("Asia/Tokyo", ms("2026-12-24T15:00")) == ms("2026-12-25T15:00")
