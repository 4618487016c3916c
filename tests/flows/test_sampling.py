"""Some people looked at whole before a broadcast: what it then comes to for them is what was said."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.audience import Audience
from rundruf.core.caps import caps_of
from rundruf.core.topic import Topic
from rundruf.flows import sampling
from rundruf.flows.sampling import Sample, about, sample
from tests.support.people import DAY, HOUR
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, WHATSAPP, World, accepted


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def foreseen(world: World, account: Any = TELEGRAM) -> Sample:
    found = world.broadcasts.get("b2")
    assert found is not None
    return sample(found, account, world.services)


@pytest.mark.parametrize(
    "settings",
    [{"caps": caps_of({"day": 1})}, {"caps": caps_of({"week": 2, "month": 1})}, {"cap": 2 * DAY}],
    ids=str,
)
def test_a_cap_is_foreseen_for_those_whom_it_then_holds(world: World, settings: dict[str, Any]) -> None:
    world.services = replace(world.services, settings=replace(world.services.settings, **settings))
    world.people(3)
    world.broadcast(name="b1")
    world.drain()
    for number in (4, 5):
        world.person(number)
    world.at += HOUR
    world.broadcast(name="b2")
    assert foreseen(world) == Sample(5, {"cap": 3})
    world.drain()
    assert world.figures("b2").skipped == {"cap": 3}


def test_a_topics_cap_is_foreseen(world: World) -> None:
    world.catalogue.put_topic(Topic("news", {"en": "News"}, caps=caps_of({"week": 1})))
    world.person(1)
    world.broadcast(name="b1")
    world.drain()
    world.broadcast(name="b2")
    assert foreseen(world).refused == {"cap": 1}
    world.at += 8 * DAY
    assert foreseen(world).refused == {}


def test_the_messengers_own_gap_is_waited_for_and_no_reason(world: World) -> None:
    world.messengers.script = lambda number, _: accepted(number)
    world.person(1, messenger="whatsapp")
    world.broadcast(name="b1")
    world.drain()
    world.broadcast(name="b2")
    assert "cap" not in foreseen(world, WHATSAPP).refused


def test_what_will_have_lapsed_is_foreseen_and_entered_by_nobody(world: World) -> None:
    world.services = replace(world.services, settings=replace(world.services.settings, lapse=365 * DAY))
    anna, ben = world.person(1), world.person(2)
    world.at += 200 * DAY
    world.broadcast(name="b1", audience=Audience(contacts=(ben.id,)))
    world.drain()
    world.at += 200 * DAY
    world.broadcast(name="b2")
    assert foreseen(world) == Sample(2, {"lapsed": 1})
    entries, _ = world.contacts.ledger(anna.id)
    assert len(entries) == 1
    world.drain()
    assert world.figures("b2").skipped == {"lapsed": 1}


def test_a_shut_window_is_foreseen(world: World) -> None:
    world.person(4915112345678, messenger="whatsapp")
    world.broadcast(name="b2")
    assert foreseen(world, WHATSAPP) == Sample(1, {"window": 1})
    world.drain()
    assert world.figures("b2").skipped == {"window": 1}


def test_what_the_index_tells_is_not_told_twice(world: World) -> None:
    first, *_ = world.people(2)
    world.contacts.unreachable(first.id, "gone")
    world.broadcast(name="b2")
    assert foreseen(world) == Sample(2, {})


def test_of_many_some_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "SAMPLE", 4)
    world.people(9)
    world.broadcast(name="b2")
    assert foreseen(world).read == 4


def test_a_part_stands_for_its_share() -> None:
    assert [about(0, 0, 0), about(1, 4, 9), about(250, 500, 1_000_000), about(3, 3, 3)] == [0, 2, 500_000, 3]
