"""One time on the wall for everybody: which moment that is, in every zone and when clocks change."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from rundruf.core.local_time import first, last, local_at, local_time_of, moment

BERLIN = "Europe/Berlin"


def utc(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Pacific/Kiritimati", "2026-12-24T04:00Z", id="first of all"),
        pytest.param("Asia/Kolkata", "2026-12-24T12:30Z", id="half an hour"),
        pytest.param("Europe/Berlin", "2026-12-24T17:00Z", id="winter time"),
        pytest.param("America/New_York", "2026-12-24T23:00Z", id="over the ocean"),
        pytest.param("Etc/GMT+12", "2026-12-25T06:00Z", id="last of all"),
        pytest.param("", "2026-12-24T17:00Z", id="unknown: the business's"),
        pytest.param("Europe/Atlantis", "2026-12-24T17:00Z", id="no zone: the business's"),
    ],
)
def test_six_in_the_evening_is_another_moment_in_each_zone(zone: str, expected: str) -> None:
    assert utc(moment("2026-12-24T18:00", zone, BERLIN)) == expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param("2026-03-29T02:30", "2026-03-29T01:30Z", id="left out in spring: half past three"),
        pytest.param("2026-10-25T02:30", "2026-10-25T00:30Z", id="twice in autumn: the first time"),
    ],
)
def test_a_time_that_clocks_leave_out_or_repeat_comes_once(local: str, expected: str) -> None:
    assert utc(moment(local, BERLIN, "UTC")) == expected


@pytest.mark.parametrize("local", ["2026-03-29T02:30", "2026-07-01T00:00", "2027-01-01T12:00"])
def test_no_zone_is_earlier_than_the_first_or_later_than_the_last(local: str) -> None:
    moments = [moment(local, zone, "UTC") for zone in available_timezones()]
    assert first(local) == min(moments)
    assert last(local) == max(moments)


def test_a_slot_where_it_is_first_tells_the_time_on_the_wall() -> None:
    assert local_at(first("2026-12-24T18:00")) == "2026-12-24T18:00"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "18:00",
        "2026-12-24",
        "2026-12-24T18:00Z",
        "2026-12-24T18:00+01:00",
        "2026-02-30T18:00",
        "2026-12-24T24:01",
    ],
)
def test_what_is_no_time_on_the_wall_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"zone|such day"):
        local_time_of(wrong)


def test_seconds_are_left_out() -> None:
    assert local_time_of("2026-12-24T18:00:00") == local_time_of("2026-12-24T18:00") == "2026-12-24T18:00"
