"""Segments in a broadcast: who is planned, also by what people did with earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.audience import Audience, StoredSegment
from rundruf.core.broadcast import State
from rundruf.core.chunk import Progress
from rundruf.core.report import Receipts
from rundruf.core.segment import BadSegment
from rundruf.flows import past, planning
from rundruf.flows.past import Past
from rundruf.flows.segmenting import frozen
from tests.support.people import DAY
from tests.support.stack import Stack
from tests.support.world import World


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def reached(world: World, where: dict[str, Any], name: str = "b9") -> list[str]:
    """Who gets a broadcast with these conditions."""
    before = len(world.messengers.requests)
    world.broadcast(name=name, audience=Audience(where=where))
    world.drain()
    assert world.state(name) is State.FINISHED
    return sorted(world.messengers.sent_to()[before:])


def test_conditions_choose_who_gets_it(world: World) -> None:
    world.person(1, tags=frozenset({"vegan"}), attributes={"age": "17"}, language="de")
    world.person(2, tags=frozenset({"vegan"}), attributes={"age": "41"}, language="en", zone="Europe/Berlin")
    world.person(3, attributes={"age": "41"})
    assert reached(world, {"all": [{"tags": {"any": ["vegan"]}}, {"attribute": "age", "gte": 18}]}) == ["2"]
    assert reached(world, {"not": {"language": ["de"]}}, "b10") == ["2", "3"]
    assert reached(world, {"zone": ["Europe/Berlin"]}, "b11") == ["2"]
    assert reached(world, {"messenger": ["whatsapp"]}, "b12") == []


def test_when_people_joined_and_were_last_seen_counts(world: World) -> None:
    world.person(1)
    world.person(2)
    world.at += 10 * DAY
    world.queues.items.append(world.says("2", "hello"))
    world.drain()
    assert reached(world, {"joined": {"within_days": 5}}) == []
    assert reached(world, {"joined": {"within_days": 12}}, "b10") == ["1", "2"]
    assert reached(world, {"seen": {"within_days": 2}}, "b11") == ["2"]
    assert reached(world, {"seen": {"never": True}}, "b12") == ["1"]


@pytest.fixture
def earlier(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """50 people who got b1 in chunks of 20; some read it, one replied."""
    monkeypatch.setattr(planning, "SIZE", 20)
    world.people(50)
    world.broadcast(audience=Audience(where={"not": {"tags": {"any": ["late"]}}}))
    world.drain()
    world.broadcasts.report("b1", "0-0", Receipts(delivered=frozenset(range(9)), read=frozenset({3})))
    world.broadcasts.report("b1", "0-2", Receipts(read=frozenset({8}), replied=frozenset({5})))
    return world


def who(world: World, chunk: str, *indices: int) -> list[str]:
    held = world.broadcasts.chunk("b1", chunk)
    assert held is not None
    found = [world.contacts.get(held.recipients[index]) for index in indices]
    return [one.identity.user_id for one in found if one]


def test_what_people_did_with_an_earlier_broadcast_counts(earlier: World) -> None:
    read = sorted([*who(earlier, "0-0", 3), *who(earlier, "0-2", 8)])
    assert reached(earlier, {"past": {"did": "read", "broadcasts": ["b1"]}}) == read
    earlier.person(7)
    assert reached(earlier, {"past": {"did": "got", "broadcasts": ["b1"], "at_most": 0}}, "b10") == ["7"]
    assert reached(earlier, {"past": {"did": "replied", "broadcasts": ["b1"]}}, "b11") == who(
        earlier, "0-2", 5
    )
    delivered = {"past": {"did": "delivered", "broadcasts": ["b1"]}}
    assert (
        len(
            reached(
                earlier, {"all": [delivered, {"not": {"past": delivered["past"] | {"did": "read"}}}]}, "b12"
            )
        )
        == 8
    )
    twice = {"past": {"did": "got", "broadcasts": ["b1", "b9", "b12"], "at_least": 3}}
    assert len(reached(earlier, twice, "b13")) == 0


def test_a_planner_that_goes_on_in_the_middle_reads_on_there(
    earlier: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "AT_ONCE", 1)
    found = earlier.broadcasts.get("b1")
    assert found is not None
    chunks = earlier.broadcasts.chunks("b1", ["0-0", "0-1", "0-2"])
    everybody = sorted((one for chunk in chunks for one in chunk.recipients), key=past.place)
    for begin in (0, 19, 20, 30, 49):
        stream = Past(found, "telegram/main", earlier.services)
        assert all("got" in stream.did(one) for one in everybody[begin:])
    read: list[str] = []
    real = earlier.broadcasts.progresses

    def noted(broadcast: str, ids: Sequence[str]) -> Mapping[str, tuple[str, Progress]]:
        read.extend(ids)
        return real(broadcast, ids)

    monkeypatch.setattr(earlier.broadcasts, "progresses", noted)
    Past(found, "telegram/main", earlier.services).did(everybody[-1])
    assert read == ["0-2"]


def test_people_named_one_by_one_and_other_accounts_are_told_apart(earlier: World) -> None:
    one, two = earlier.person(1), earlier.person(2)
    earlier.broadcast(name="named", audience=Audience(contacts=(two.id, one.id)))
    earlier.drain()
    assert reached(earlier, {"past": {"did": "got", "broadcasts": ["named"]}}) == ["1", "2"]
    found = earlier.broadcasts.get("named")
    assert found is not None
    assert Past(found, "whatsapp/main", earlier.services).did(one.id) == ()


def test_an_older_releases_chunks_are_read_without_their_counts(earlier: World) -> None:
    found = earlier.broadcasts.get("b1")
    assert found is not None
    stream = Past(replace(found, counts=()), "telegram/main", earlier.services)
    chunks = earlier.broadcasts.chunks("b1", ["0-0", "0-1", "0-2"])
    assert all("got" in stream.did(one) for chunk in chunks for one in chunk.recipients)


def test_a_broadcast_keeps_the_conditions_it_was_made_with(world: World) -> None:
    world.catalogue.put_segment(StoredSegment("grown-ups", "Grown-ups", {"attribute": "age", "gte": 18}))
    audience = frozen(Audience(segment="grown-ups", where={"language": ["de"]}), world.services)
    assert audience.where == {"all": [{"attribute": "age", "gte": 18}, {"language": ["de"]}]}
    with pytest.raises(LookupError):
        frozen(Audience(segment="nobody"), world.services)
    with pytest.raises(BadSegment):
        frozen(Audience(where={"past": {"did": "got", "newsletter": "none"}}), world.services)


def test_people_are_counted_before_use_as_long_as_there_is_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.people(30)
    monkeypatch.setattr(planning, "A_LOOK", 10)
    everybody = Audience(where={"not": {"zone": ["UTC"]}})
    assert planning.counted(everybody, "news", "telegram/main", world.services, lambda: True) == (30, True)
    assert planning.counted(everybody, "news", "telegram/main", world.services, lambda: False) == (10, False)
