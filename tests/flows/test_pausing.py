"""A pause: no marketing until it ends, in the order of a STOP; and the objection, which has no end."""

import pytest

from rundruf.aws.suppressions import TableSuppressions
from rundruf.core.consent import FOREVER, Action
from rundruf.core.contact import Contact, Identity
from rundruf.flows.importing import Row, admit
from rundruf.flows.leaving import object_to, pause, unpause
from rundruf.flows.services import Profile, Unfinished
from rundruf.messengers.contract import Answer
from tests.support.people import DAY, NOW
from tests.support.stack import Stack
from tests.support.world import World, accepted


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def actions(world: World, held: Contact) -> list[Action]:
    return [entry.fact.action for entry in world.contacts.ledger(held.id)[0]]


def test_who_paused_gets_nothing_until_the_pause_ends(world: World) -> None:
    anna = world.person(1)
    paused = pause(anna.id, world.at + 30 * DAY, "keyword", "m1", world.services)
    assert paused is not None
    assert paused.consent.paused(world.at)
    world.broadcast()
    world.drain()
    assert world.figures().skipped == {"paused": 1}
    world.at += 30 * DAY
    world.broadcast(name="b2")
    world.drain()
    assert world.figures("b2").sent == 1


def test_a_pause_without_an_end_ends_by_a_word(world: World) -> None:
    anna = world.person(1)
    pause(anna.id, FOREVER, "page", "", world.services)
    world.at += 1
    unpaused = unpause(anna.id, "page", "", world.services)
    assert unpaused is not None
    assert not unpaused.consent.paused(world.at)
    assert actions(world, anna) == [Action.IMPORTED, Action.PAUSED, Action.RESUMED]


def test_the_same_word_twice_is_one_entry(world: World) -> None:
    anna = world.person(1)
    for _ in range(2):
        pause(anna.id, world.at + DAY, "keyword", "m1", world.services, at=world.at)
    for _ in range(2):
        unpause(anna.id, "keyword", "m2", world.services, at=world.at + 1)
    assert actions(world, anna) == [Action.IMPORTED, Action.PAUSED, Action.RESUMED]


def test_nobody_is_paused_whom_we_do_not_have(world: World) -> None:
    nobody = world.contacts.id_of(Identity("telegram", "main", "9"))
    assert pause(nobody, FOREVER, "page", "", world.services) is None
    assert unpause(nobody, "page", "", world.services) is None
    assert object_to(nobody, NOW, "api", "", world.services) is None


def test_a_pause_waits_for_the_message_on_its_way(world: World) -> None:
    anna = world.person(1)
    told: list[str] = []

    def pausing(number: int, _: object) -> Answer:
        with pytest.raises(Unfinished):
            pause(anna.id, FOREVER, "keyword", "m1", world.services)
        with pytest.raises(Unfinished):
            object_to(anna.id, world.at, "api", "", world.services)
        told.append("503")
        return accepted(number)

    world.messengers.script = pausing
    world.broadcast()
    world.drain()
    assert told == ["503"]
    pause(anna.id, FOREVER, "keyword", "m1", world.services)


def test_an_objection_keeps_every_import_out(world: World) -> None:
    anna = world.person(1, "news", "recipes")
    objected = object_to(anna.id, world.at, "letter", "", world.services)
    assert objected is not None
    assert not objected.consent.topics
    assert objected.consent.objected
    row = Row(2, anna.identity, Profile(), ("news",), "desk", world.at + DAY)
    listed = TableSuppressions(world.contacts.table, world.contacts.secret)
    assert admit(row, world.contacts, listed).result == "suppressed"
    object_to(anna.id, world.at + 1, "letter", "", world.services)
    assert actions(world, anna) == [Action.IMPORTED, Action.OBJECTED]
