"""An event that comes again, however late and in whatever company, has its effect once."""

import pytest

from rundruf.core.contact import Identity
from rundruf.flows import receiving
from rundruf.messengers.contract import Event, EventKind, Reading
from tests.support.people import DAY, HOUR
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, World

ANNA = "4711"


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def said(world: World, number: int, text: str = "HELP") -> Event:
    return Event(id=f"e{number}", kind=EventKind.MESSAGE, user_id=ANNA, at=world.at, text=text)


def comes(world: World, *events: Event) -> None:
    """One body of the messenger's with these events, and all that follows from it."""
    receiving.taken(Reading(events), TELEGRAM, world.services)
    world.drain()


@pytest.mark.parametrize("later", [1_000, 10 * 60_000, 8 * DAY])
def test_a_replay_has_no_effect(world: World, later: int) -> None:
    first = said(world, 1)
    comes(world, first)
    world.at += later
    comes(world, first)
    assert len(world.messengers.sent_to()) == 1


def test_a_body_with_an_old_and_a_new_event_has_the_effect_of_the_new_one(world: World) -> None:
    """The messenger packs anew what was not answered: known is each event and never a body."""
    first, second, third = (said(world, number) for number in (1, 2, 3))
    comes(world, first, second)
    comes(world, second, third)
    comes(world, third, first)
    assert len(world.messengers.sent_to()) == 3


def test_an_old_stop_that_comes_again_ends_no_newer_consent(world: World) -> None:
    contact = world.contacts.id_of(Identity("telegram", "main", ANNA))
    world.person(int(ANNA))
    stop = said(world, 1, "STOP")
    comes(world, stop)
    world.at += HOUR
    comes(world, said(world, 2, "START"))
    world.at += HOUR
    comes(world, said(world, 3, "YES"))
    held = world.contacts.get(contact)
    comes(world, stop)
    assert held is not None
    assert held.consent.topics
    assert world.contacts.get(contact) == held
