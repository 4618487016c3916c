"""Newsletters: each slot once, whatever fires; time zones are ours to compute."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rundruf.core.audience import Audience
from rundruf.core.broadcast import State
from rundruf.core.message import Message
from rundruf.core.newsletter import Newsletter
from rundruf.flows.newsletter import next_slot, tick
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
