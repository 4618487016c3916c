"""Not getting on nerves: caps and consent that lapsed, in whole broadcasts."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.caps import caps_of
from rundruf.core.consent import Action
from rundruf.core.topic import Topic
from rundruf.messengers.contract import Answer, Failure
from tests.support.people import DAY
from tests.support.stack import Stack
from tests.support.world import World, accepted


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
