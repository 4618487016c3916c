"""Newsletters: each slot once, whatever fires; time zones are ours to compute."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from rundruf.core.audience import Audience
from rundruf.core.broadcast import State
from rundruf.core.message import Message
from rundruf.core.newsletter import Missed, Newsletter, Schedule
from rundruf.flows.newsletter import tick
from rundruf.flows.slots import following, next_slot, slots
from tests.support.people import DAY, HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import World

ONCE = Newsletter("n1", "Weekly", "news", Audience(), Message("Soup"), at=NOW + HOUR, next_at=NOW + HOUR)
MINUTE = 60_000


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    made.people(3)
    return made


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def utc(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")


def test_nothing_goes_out_before_its_time(world: World) -> None:
    world.catalogue.add_newsletter(ONCE)
    assert tick(world.services) == 0
    world.at = NOW + HOUR
    assert tick(world.services) == 1
    world.drain()
    assert len(world.messengers.requests) == 3


@pytest.mark.parametrize("minutes", [0, 1, 10])
def test_fired_again_is_still_once(world: World, minutes: int) -> None:
    world.catalogue.add_newsletter(ONCE)
    world.at = NOW + HOUR
    tick(world.services)
    world.at += minutes * MINUTE
    tick(world.services)
    world.drain()
    assert max(Counter(world.messengers.sent_to()).values()) == 1


class Killed(BaseException):
    """The function's death."""


@pytest.mark.parametrize("step", ["create", "aim", "plan", "advance"])
def test_a_tick_that_dies_anywhere_is_made_good_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    world.catalogue.add_newsletter(ONCE)
    world.at = NOW + HOUR
    owner = {
        "create": world.broadcasts,
        "aim": world.broadcasts,
        "plan": world.queues,
        "advance": world.catalogue,
    }[step]

    def dying(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, step, dying)
        with pytest.raises(Killed):
            tick(world.services)
    world.at += MINUTE
    tick(world.services)
    world.drain()
    assert Counter(world.messengers.sent_to()) == Counter({"1000": 1, "1001": 1, "1002": 1})
    world.at += MINUTE
    assert tick(world.services) == 0


def test_one_that_fails_does_not_keep_the_others_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.catalogue.add_newsletter(replace(ONCE, id="n0"))
    world.catalogue.add_newsletter(ONCE)
    real = world.catalogue.newsletter

    def failing(newsletter: str) -> Newsletter | None:
        if newsletter == "n0":
            raise ConnectionError
        return real(newsletter)

    monkeypatch.setattr(world.catalogue, "newsletter", failing)
    world.at = NOW + HOUR
    with pytest.raises(ConnectionError):
        tick(world.services)
    world.drain()
    assert len(world.messengers.requests) == 3


def test_missed_slots_are_made_up_for_once(world: World) -> None:
    hourly = replace(ONCE, at=0, cron="0 * * * *", next_at=ms("2026-06-01T10:00+00:00"))
    world.catalogue.add_newsletter(hourly)
    world.at = ms("2026-06-01T13:20+00:00")
    assert tick(world.services) == 1
    assert tick(world.services) == 0
    moved = world.catalogue.newsletter("n1")
    assert moved is not None
    assert utc(moved.next_at) == "2026-06-01T14:00Z"


HOURLY = replace(ONCE, at=0, cron="0 * * * *", next_at=ms("2026-06-01T10:00+00:00"))
UP_AGAIN = ms("2026-06-01T13:20+00:00")


@pytest.mark.parametrize(
    ("newsletter", "sent"),
    [
        pytest.param(HOURLY, ["2026-06-01T13:00Z"], id="latest"),
        pytest.param(replace(HOURLY, grace=30 * MINUTE), ["2026-06-01T13:00Z"], id="latest, just in time"),
        pytest.param(replace(HOURLY, grace=10 * MINUTE), [], id="latest too late"),
        pytest.param(replace(HOURLY, missed=Missed.SKIP), [], id="skipped"),
        pytest.param(
            replace(HOURLY, missed=Missed.SKIP, next_at=UP_AGAIN - MINUTE), ["2026-06-01T13:19Z"], id="late"
        ),
        pytest.param(replace(HOURLY, cron="", at=HOURLY.next_at), ["2026-06-01T10:00Z"], id="once"),
        pytest.param(replace(HOURLY, cron="", at=HOURLY.next_at, missed=Missed.SKIP), [], id="once, skipped"),
    ],
)
def test_missed_slots_follow_the_rule(world: World, newsletter: Newsletter, sent: list[str]) -> None:
    world.catalogue.add_newsletter(newsletter)
    world.at = UP_AGAIN
    for _ in range(3):
        tick(world.services)
    world.drain()
    assert [utc(one.slot) for one in world.broadcasts.page("", 10)[0]] == sent
    moved = world.catalogue.newsletter("n1")
    assert moved is not None
    assert utc(moved.next_at) == ("2026-06-01T14:00Z" if newsletter.cron else "1970-01-01T00:00Z")


def test_an_outage_does_not_swallow_the_issue_that_was_begun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died between storing the issue and starting it, and comes back when another slot has come."""
    world.catalogue.add_newsletter(HOURLY)
    world.at = HOURLY.next_at
    with monkeypatch.context() as patched:
        patched.setattr(world.broadcasts, "aim", _dying)
        with pytest.raises(Killed):
            tick(world.services)
    world.at += 90 * MINUTE
    assert [tick(world.services) for _ in range(3)] == [1, 1, 0]
    world.drain()
    begun = world.broadcasts.page("", 10)[0]
    assert [(utc(one.slot), one.state) for one in begun] == [
        ("2026-06-01T11:00Z", State.FINISHED),
        ("2026-06-01T10:00Z", State.FINISHED),
    ]


def _dying(*_: object, **__: object) -> None:
    raise Killed


def test_a_paused_newsletter_stays_still(world: World) -> None:
    world.catalogue.add_newsletter(ONCE)
    world.catalogue.pause(ONCE, True, ONCE.next_at)
    world.at = NOW + DAY
    assert tick(world.services) == 0
    world.drain()
    assert world.messengers.requests == []


def test_a_scheduled_broadcast_starts_at_its_time(world: World) -> None:
    world.broadcast(send_at=NOW + HOUR)
    world.queues.plans.clear()
    world.broadcasts.move("b1", State.SCHEDULED, (State.PLANNING,))
    world.catalogue.remind(NOW + HOUR, "broadcast", "b1")
    assert tick(world.services) == 0
    world.at = NOW + HOUR
    assert tick(world.services) == 1
    world.drain()
    assert world.state() is State.FINISHED


def test_a_broadcast_whose_last_worker_died_is_still_finished(world: World) -> None:
    """Killed between the last chunk's end and the word *finished*."""
    world.broadcast()
    world.plan()
    world.send_one()
    world.broadcasts.move("b1", State.SENDING, (State.FINISHED,))
    world.at += 6 * MINUTE
    tick(world.services)
    assert world.state() is State.FINISHED


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param(
            "0 9 * * 1",
            "Europe/Berlin",
            "2026-10-19T10:00+02:00",
            "2026-10-26T08:00Z",
            id="over the end of summer time",
        ),
        pytest.param(
            "0 9 * * 1", "Europe/Berlin", "2027-03-22T10:00+01:00", "2027-03-29T07:00Z", id="over its begin"
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00+02:00",
            "2026-10-25T00:30Z",
            id="the hour that comes twice: first",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-25T02:30+02:00",
            "2026-10-26T01:30Z",
            id="and then not again",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2027-03-27T12:00+01:00",
            "2027-03-28T01:00Z",
            id="the hour that is left out",
        ),
        pytest.param(
            "0 9 * * *", "Asia/Tokyo", "2026-06-01T00:00+00:00", "2026-06-02T00:00Z", id="another zone"
        ),
    ],
)
def test_slots_follow_the_clock_on_the_wall(cron: str, zone: str, after: str, expected: str) -> None:
    assert utc(next_slot(cron, zone, ms(after))) == expected


@pytest.mark.parametrize("cron", ["", "61 * * * *", "* * *", "0 0 31 2 *", "nonsense"])
def test_a_cron_that_is_none_is_a_value_error(cron: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        next_slot(cron, "UTC", NOW)


def coming(rule: str, after: str, count: int = 3, starts: str = "", zone: str = "Europe/Berlin") -> list[str]:
    schedule = Schedule(rrule=rule, zone=zone, starts=starts)
    return [utc(one) for one in islice(slots(schedule, ms(after), ms(after)), count)]


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        pytest.param(
            "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9",
            "2026-10-19T10:00+02:00",
            ["2026-10-26T08:00Z", "2026-11-02T08:00Z", "2026-11-09T08:00Z"],
            id="over the end of summer time",
        ),
        pytest.param(
            "FREQ=DAILY;BYHOUR=2;BYMINUTE=30",
            "2026-10-24T12:00+02:00",
            ["2026-10-25T00:30Z", "2026-10-26T01:30Z", "2026-10-27T01:30Z"],
            id="the hour that comes twice: first, and then not again",
        ),
        pytest.param(
            "FREQ=DAILY;BYHOUR=2;BYMINUTE=30",
            "2027-03-27T12:00+01:00",
            ["2027-03-28T01:30Z", "2027-03-29T00:30Z", "2027-03-30T00:30Z"],
            id="the hour that is left out: moved on, and once",
        ),
        pytest.param(
            "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30",
            "2027-03-27T23:00+01:00",
            ["2027-03-28T01:00Z", "2027-03-28T01:30Z", "2027-03-29T00:00Z"],
            id="two times that fall together are one slot",
        ),
        pytest.param(
            "RRULE:freq=monthly;byday=-1FR;byhour=18",
            "2026-11-01T12:00+00:00",
            ["2026-11-27T17:00Z", "2026-12-25T17:00Z", "2027-01-29T17:00Z"],
            id="the last Friday of the month",
        ),
        pytest.param(
            "FREQ=DAILY;BYHOUR=9;UNTIL=20261102T080000Z",
            "2026-10-31T12:00+00:00",
            ["2026-11-01T08:00Z", "2026-11-02T08:00Z"],
            id="to its end",
        ),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=9",
            "2026-11-01T12:00+00:00",
            ["2028-02-29T08:00Z", "2032-02-29T08:00Z", "2036-02-29T08:00Z"],
            id="leap days",
        ),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=9", "2026-11-01T12:00+00:00", [], id="never"
        ),
    ],
)
def test_rules_follow_the_clock_on_the_wall(rule: str, after: str, expected: list[str]) -> None:
    assert coming(rule, after) == expected


def test_a_rule_begins_where_it_starts() -> None:
    every_second = "FREQ=WEEKLY;INTERVAL=2;COUNT=3"
    assert coming(every_second, "2026-10-12T00:00+00:00", 9, "2026-10-12T09:00") == [
        "2026-10-12T07:00Z",
        "2026-10-26T08:00Z",
        "2026-11-09T08:00Z",
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("nonsense", "RFC 5545"),
        ("FREQ=SECONDLY", "FREQ"),
        ("FREQ=MINUTELY;INTERVAL=5", "FREQ"),
        ("FREQ=DAILY", "at what hour"),
        ("FREQ=DAILY;BYHOUR=25", "RFC 5545"),
        ("FREQ=DAILY;BYHOUR=9;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=0", "COUNT"),
        ("FREQ=DAILY;BYHOUR=9;BYHOUR=10", "twice"),
        ("FREQ=YEARLY;BYEASTER=0;BYHOUR=9", "BYEASTER"),
        ("FREQ=DAILY;BYHOUR=9;UNTIL=2026", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX;BYHOUR=9", "RFC 5545"),
    ],
)
def test_a_rule_that_is_none_is_a_value_error(rule: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        coming(rule, "2026-11-01T12:00+00:00")


@pytest.mark.parametrize(("cron", "rrule"), [("30 2 * * *", ""), ("", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30")])
@pytest.mark.parametrize("day", ["2026-10-20", "2027-03-23"])
def test_over_a_change_of_the_clock_there_is_one_issue_a_day(
    world: World, cron: str, rrule: str, day: str
) -> None:
    begin = ms(f"{day}T00:00+00:00")
    made = replace(ONCE, at=0, zone="Europe/Berlin", created=begin, cron=cron, rrule=rrule)
    made = replace(made, next_at=following(made, begin))
    world.catalogue.add_newsletter(made)
    for step in range(10 * 6):
        world.at = begin + step * 4 * HOUR
        tick(world.services)
    issues = world.broadcasts.page("", 50)[0]
    days = Counter(datetime.fromtimestamp(one.slot / 1000, UTC).date() for one in issues)
    assert len(days) == 10
    assert set(days.values()) == {1}
