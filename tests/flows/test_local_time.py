"""Broadcasts by local time: everybody at the same time on their own clock, once, and not before."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State, Wish
from rundruf.core.canary import Canary, Trial
from rundruf.core.caps import caps_of
from rundruf.core.local_time import first, last
from rundruf.core.message import Message
from rundruf.core.newsletter import Newsletter
from rundruf.core.quiet import quiet_of
from rundruf.flows import planning
from rundruf.flows.newsletter import tick
from rundruf.flows.reporting import fate
from rundruf.flows.watching import look
from rundruf.flows.waves import waves
from tests.support.people import DAY, HOUR
from tests.support.world import World

EVENING = "2026-10-24T18:00"  # the night after it the clocks of Berlin go back
TOKYO, BERLIN, NEW_YORK = "Asia/Tokyo", "Europe/Berlin", "America/New_York"
QUARTER = 900_000


@pytest.fixture
def world() -> World:
    """At the moment at which it is that evening first, on islands of the Pacific."""
    made = World(None)
    made.at = first(EVENING)
    return made


def three(world: World) -> World:
    for number, zone in enumerate((TOKYO, BERLIN, NEW_YORK), 1):
        world.person(number, zone=zone)
    return world


def utc(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%dT%H:%M")


def begun(world: World, **more: Any) -> Broadcast:
    made = world.broadcast(local_time=EVENING, **more)
    world.plan()
    return made


def until_ended(world: World, name: str = "b1", hours: int = 40) -> dict[str, str]:
    """Who got it when, while the queue's delays pass and the tick comes every hour."""
    came: dict[str, str] = {}
    for _ in range(hours):
        waiting, world.queues.sends = world.queues.sends, []
        for task in waiting:
            world.queues.sends.insert(0, task)
            world.send_one()
        if world.queues.plans:
            world.plan()
        for person in world.messengers.sent_to():
            came.setdefault(person, utc(world.at))
        if world.state(name).ended:
            break
        world.at += HOUR
        tick(world.services)
    return came


def test_everybody_gets_it_at_that_time_on_their_own_clock(world: World) -> None:
    three(world).person(4)
    world.person(5, zone="Europe/Atlantis")
    begun(world)
    came = until_ended(world)
    assert came == {"1": "24T09:00", "2": "24T16:00", "3": "24T22:00", "4": "24T16:00", "5": "24T16:00"}
    assert set(Counter(world.messengers.sent_to()).values()) == {1}
    assert world.state() is State.FINISHED


def test_whoever_waits_is_pending_for_that_reason(world: World) -> None:
    three(world)
    begun(world)
    world.send_one()
    figures = world.figures()
    assert (figures.pending, figures.quiet, figures.quiet_until) == (3, 3, world.at + 5 * HOUR)
    found = world.broadcasts.get("b1")
    assert found is not None
    told = fate(found, world.held("1").id, world.services)
    assert told is not None
    assert (told.outcome, told.reason) == ("pending", "local_time")


def test_whose_time_is_over_at_the_start_gets_it_at_once(world: World) -> None:
    three(world)
    world.at = last(EVENING) - 10 * HOUR
    begun(world)
    came = until_ended(world)
    assert came == {"1": "24T20:00", "2": "24T20:00", "3": "24T22:00"}


def test_a_parked_chunk_costs_no_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    three(world)
    begun(world)
    world.send_one()
    with monkeypatch.context() as patched:
        for write in ("lease", "write", "close"):
            patched.delattr(type(world.broadcasts), write)
        patched.delattr(type(world.contacts), "known")
        for _ in range(3):
            world.at += QUARTER
            world.send_one()
    assert world.queues.delays[-3:] == [900.0] * 3
    assert not world.messengers.requests


def test_whoever_waits_takes_no_place_under_a_cap(world: World) -> None:
    world.services = replace(
        world.services, settings=replace(world.services.settings, caps=caps_of({"day": 1}))
    )
    three(world)
    begun(world)
    world.send_one()
    assert not world.held("3").claims


def test_quiet_hours_hold_on_top(world: World) -> None:
    quiet = quiet_of("17:00", "20:00", "", BERLIN)
    world.services = replace(world.services, settings=replace(world.services.settings, quiet=quiet))
    three(world)
    told = waves(EVENING, {TOKYO: 1, BERLIN: 1, NEW_YORK: 1}, world.services)
    assert [utc(at) for at in told.people] == ["24T11:00", "24T18:00", "25T00:00"]
    assert (told.quiet, told.quiet_until, told.passed) == (3, told.last, 0)
    begun(world)
    assert until_ended(world) == {"1": "24T11:00", "2": "24T18:00", "3": "25T00:00"}


def test_a_crash_between_two_zones_sends_nothing_twice_and_nothing_early(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies when Tokyo has been sent to, before that is written down."""
    three(world)
    begun(world)
    world.send_one()
    world.at += 5 * HOUR

    class Killed(BaseException):
        """The function's death."""

    def dying(*_: object) -> None:
        if world.messengers.requests:
            raise Killed
        real(*_)  # type: ignore[arg-type]

    real = world.broadcasts.write
    task = world.queues.sends[0]
    with monkeypatch.context() as patched:
        patched.setattr(world.broadcasts, "write", dying)
        with pytest.raises(Killed):
            world.send_one()
    world.queues.sends = [task]
    assert world.messengers.sent_to() == ["1"]
    world.at += HOUR
    came = until_ended(world)
    assert Counter(world.messengers.sent_to()) == {"1": 1, "2": 1, "3": 1}
    assert (came["2"][:5], came["3"][:5]) == ("24T16", "24T22")
    assert world.figures().unknown == 1


def test_waiting_for_a_zone_is_no_standstill(world: World) -> None:
    three(world)
    begun(world)
    world.send_one()
    for _ in range(6):
        world.at += QUARTER
        look("b1", world.services)
    found = world.broadcasts.get("b1")
    assert found is not None
    assert not found.stalled


def test_a_pause_holds_over_the_time_and_resuming_sends_at_once(world: World) -> None:
    three(world)
    begun(world)
    world.send_one()
    planning.wish("b1", Wish.PAUSE, world.services)
    world.at += 12 * HOUR
    world.send_one()
    assert not world.messengers.requests
    assert not world.queues.sends
    planning.wish("b1", Wish.RESUME, world.services)
    world.plan()
    world.send_one()
    assert sorted(world.messengers.sent_to()) == ["1", "2"]
    assert world.figures().quiet == 1


def test_cancelling_ends_the_waiting(world: World) -> None:
    three(world)
    begun(world)
    world.send_one()
    planning.wish("b1", Wish.CANCEL, world.services)
    world.at += DAY
    world.send_one()
    assert not world.messengers.requests
    assert world.figures().skipped == {"cancelled": 3}


def test_whose_time_comes_after_the_end_does_not_get_it(world: World) -> None:
    three(world)
    begun(world, expires_at=first(EVENING) + 15 * HOUR)
    assert set(until_ended(world)) == {"1", "2"}
    assert (world.figures().expired, world.state()) == (1, State.FINISHED)


def test_a_canary_decides_with_those_whose_time_has_come(world: World) -> None:
    world.person(1, zone=TOKYO)
    for number in range(2, 6):
        world.person(number, zone=TOKYO)
        world.person(10 + number, zone=NEW_YORK)
    begun(world, canary=Canary(size=5, wait=60_000))
    came = until_ended(world)
    found = world.broadcasts.get("b1")
    assert found is not None
    assert found.trial is Trial.PASSED
    assert {at for person, at in came.items() if int(person) < 10} <= {"24T09:00", "24T10:00", "24T11:00"}
    assert {at for person, at in came.items() if int(person) > 10} == {"24T22:00"}
    assert len(came) == 9


def test_an_issue_of_a_newsletter_goes_by_everybodys_own_clock(world: World) -> None:
    three(world)
    world.at = first(EVENING) - HOUR
    made = Newsletter(
        "n1", "Weekly", "news", Audience(), Message("Soup"), cron="0 18 * * 6", zone="recipient",
        next_at=first(EVENING), created=world.at,
    )  # fmt: skip
    world.catalogue.add_newsletter(made)
    assert tick(world.services) == 0
    world.at = first(EVENING)
    assert tick(world.services) == 1
    world.plan()
    (issue,) = world.broadcasts.issues("n1", 5)
    assert (issue.local_time, issue.name) == (EVENING, "Weekly · 2026-10-24 18:00")
    assert until_ended(world, issue.id) == {"1": "24T09:00", "2": "24T16:00", "3": "24T22:00"}
    held = world.catalogue.newsletter("n1")
    assert held is not None
    assert held.next_at == first("2026-10-31T18:00")
