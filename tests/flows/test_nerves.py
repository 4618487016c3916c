"""Not getting on nerves: caps and consent that lapsed, in whole broadcasts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import State
from rundruf.core.caps import caps_of
from rundruf.core.consent import Action, Fact
from rundruf.core.quiet import quiet_of
from rundruf.core.topic import Topic
from rundruf.flows.forecast import forecast
from rundruf.flows.leaving import pause
from rundruf.flows.watching import look
from rundruf.messengers.contract import Answer, Failure
from tests.support.people import DAY, HOUR
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, World, accepted


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def obeying(world: World, **settings: Any) -> World:
    world.services = replace(world.services, settings=replace(world.services.settings, **settings))
    return world


def test_of_three_broadcasts_at_once_a_cap_of_one_lets_each_person_get_one(world: World) -> None:
    obeying(world, caps=caps_of({"day": 1})).people(40)
    for name in ("b1", "b2", "b3"):
        world.broadcast(name=name)
    world.drain()
    told = [world.figures(name) for name in ("b1", "b2", "b3")]
    assert sum(each.sent for each in told) == 40
    assert sum(each.skipped["cap"] for each in told) == 80
    assert len(set(world.messengers.sent_to())) == 40
    world.at += DAY
    world.broadcast(name="b4")
    world.drain()
    assert world.figures("b4").sent == 40


def test_a_topics_cap_counts_that_topic_only(world: World) -> None:
    world.catalogue.put_topic(Topic("news", {"en": "News"}, caps=caps_of({"week": 1})))
    world.person(1, "news", "recipes")
    for name, topic in (("b1", "news"), ("b2", "recipes"), ("b3", "recipes"), ("b4", "news")):
        world.broadcast(name=name, topic=topic)
        world.drain()
    assert [world.figures(name).sent for name in ("b1", "b2", "b3")] == [1, 1, 1]
    assert world.figures("b4").skipped == {"cap": 1}


def test_a_message_that_was_definitely_not_sent_is_tried_again_under_its_own_place(world: World) -> None:
    obeying(world, caps=caps_of({"day": 1})).person(1)
    lost = Answer(0, failure=Failure.NOT_SENT)
    world.messengers.script = lambda number, _: accepted(number) if number else lost
    world.broadcast()
    world.drain()
    assert len(world.messengers.requests) == 2
    assert world.figures().sent == 1


def test_an_unused_consent_lapses_once_and_is_entered(world: World) -> None:
    obeying(world, lapse=365 * DAY)
    anna, ben = world.person(1, "news", "recipes"), world.person(2)
    world.at += 200 * DAY
    world.broadcast(name="b1", topic="news")
    world.drain()
    world.at += 200 * DAY
    carla = world.person(3)
    used = world.contacts.get(anna.id)
    assert used is not None
    assert used.consent.last_used_at
    world.at += 170 * DAY
    for name in ("b2", "b3"):
        world.broadcast(name=name)
        world.drain()
    assert world.figures("b2").skipped == {"lapsed": 3}
    assert world.figures("b3").audience == 0
    for one in (anna, ben, carla):
        entries, _ = world.contacts.ledger(one.id)
        assert [entry.fact.action for entry in entries] == [Action.IMPORTED, Action.LAPSED]
    assert entries[-1].fact.topics == ("news",)
    assert world.held("1").consent.lapsed == ("news", "recipes")


def test_a_consent_that_is_used_does_not_lapse(world: World) -> None:
    obeying(world, lapse=365 * DAY).person(1)
    for number in range(4):
        world.at += 363 * DAY
        world.broadcast(name=f"b{number}")
        world.drain()
        assert world.figures(f"b{number}").sent == 1


BERLIN = quiet_of("22:00", "08:00", "", "Europe/Berlin")


def at_night(world: World) -> World:
    """Eleven in the evening in Berlin, five in the afternoon in New York."""
    world.at = int(datetime(2026, 10, 24, 21, tzinfo=UTC).timestamp() * 1000)
    return obeying(world, quiet=BERLIN)


def test_whoever_has_quiet_time_gets_it_in_the_morning(world: World) -> None:
    at_night(world).person(1)
    world.person(2, zone="America/New_York")
    world.person(3, zone="Europe/Atlantis")
    began = world.at
    world.broadcast()
    world.plan()
    world.send_one()
    assert world.messengers.sent_to() == ["2"]
    figures = world.figures()
    assert (figures.sent, figures.pending, figures.quiet) == (1, 2, 2)
    assert figures.quiet_until == began + 10 * HOUR, "the night in which the clock goes back is longer"
    assert world.queues.delays[-1] == 900
    while world.queues.sends:
        world.at += 900_000
        world.send_one()
        if world.at < began + 10 * HOUR:
            assert world.messengers.sent_to() == ["2"]
    assert sorted(world.messengers.sent_to()) == ["1", "2", "3"]
    assert world.state() is State.FINISHED
    assert world.at < began + 10 * HOUR + 1_800_000


def test_whoever_waits_takes_no_place_under_a_cap_and_is_not_read_again(world: World) -> None:
    anna = obeying(at_night(world), caps=caps_of({"day": 1})).person(1)
    world.broadcast()
    world.plan()
    world.send_one()
    assert not world.held("1").claims
    world.contacts.unreachable(anna.id, "gone")
    before = world.broadcasts.progress("b1", "0-0")
    world.send_one()
    after = world.broadcasts.progress("b1", "0-0")
    assert before is not None
    assert after == replace(before, owner=after.owner if after else "")


def test_quiet_hours_that_begin_under_way_hold_up_everybody_left(world: World) -> None:
    at_night(world).people(40)
    world.at -= HOUR + 500

    def slowly(number: int, _: object) -> Answer:
        world.at += 20
        return accepted(number)

    world.messengers.script = slowly
    world.broadcast()
    world.plan()
    world.send_one()
    early = len(world.messengers.requests)
    assert 0 < early < 40
    world.at += 5_000
    world.send_one()
    assert len(world.messengers.requests) == early
    assert world.figures().pending == 40 - early
    while world.queues.sends:
        world.at += 900_000
        world.send_one()
    assert world.figures().sent == 40
    assert len(set(world.messengers.sent_to())) == 40


def test_a_broadcast_that_expires_at_night_ends_then(world: World) -> None:
    at_night(world).person(1)
    world.broadcast(expires_at=world.at + 2 * HOUR)
    world.plan()
    while world.queues.sends:
        world.at += 900_000
        world.send_one()
    assert world.figures().expired == 1
    assert world.state() is State.FINISHED


def test_a_night_is_no_standstill(world: World) -> None:
    at_night(world).person(1)
    world.broadcast()
    world.plan()
    world.send_one()
    for _ in range(4):
        world.at += 1_000_000
        look("b1", world.services)
    found = world.broadcasts.get("b1")
    assert found is not None
    assert not found.stalled


def test_without_quiet_times_nobody_is_read_beforehand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.person(1)
    monkeypatch.delattr(type(world.contacts), "known")
    world.broadcast()
    world.drain()
    assert world.figures().sent == 1


def test_a_forecast_tells_who_would_wait_and_who_would_not_get_it(world: World) -> None:
    at_night(world).person(1)
    world.person(2, zone="America/New_York")
    world.person(3, zone="Asia/Tokyo")
    told = forecast(Audience(), "news", TELEGRAM, world.services)
    assert (told.people, told.quiet, told.skipped) == (3, 2, {})
    assert told.quiet_until == world.at + 10 * HOUR
    teams = Account("teams", "main", "bot")
    world.accounts.put(teams)
    world.person(4, messenger="teams")
    assert forecast(Audience(), "news", teams, world.services).skipped == {"advertising": 1}
    icq = Account("icq", "main", "bot")
    assert forecast(Audience(), "news", icq, world.services).people == 0


def test_a_forecast_tells_who_pauses_stopped_in_the_messenger_or_cannot_be_reached(world: World) -> None:
    people = world.people(5)
    pause(people[0].id, world.at + HOUR, "chat", "", world.services)
    pause(people[1].id, world.at + 1, "chat", "", world.services)
    fact = Fact(Action.PLATFORM_STOP, world.at, source="messenger")
    world.contacts.enter(world.held("1002"), [fact])
    world.contacts.unreachable(people[3].id, "gone")
    world.at += 60_000
    told = forecast(Audience(), "news", TELEGRAM, world.services)
    assert (told.people, told.skipped) == (5, {"paused": 1, "platform_stop": 1, "unreachable": 1})
    world.broadcast()
    world.drain()
    assert world.figures().skipped == told.skipped


def test_a_forecast_of_named_people_knows_their_zones(world: World) -> None:
    people = [at_night(world).person(1), world.person(2, zone="America/New_York")]
    named = Audience(contacts=tuple(one.id for one in people))
    told = forecast(named, "news", TELEGRAM, world.services)
    assert (told.people, told.quiet) == (2, 1)


def test_without_quiet_times_a_forecast_counts(world: World) -> None:
    world.people(3)
    told = forecast(Audience(), "news", TELEGRAM, world.services)
    assert (told.people, told.quiet, told.quiet_until) == (3, 0, 0)
