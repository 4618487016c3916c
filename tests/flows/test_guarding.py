"""Loops and guessing: no answer after too many, no code after too many wrong ones, and STOP always."""

from typing import Any

import pytest

from rundruf.core.consent import Action
from rundruf.core.topic import EntryPoint
from rundruf.core.wording import PAYLOAD_YES
from rundruf.flows import inbound, receiving
from rundruf.flows.guarding import ALL_WRONG_CODES
from rundruf.messengers.contract import EventKind
from tests.support.people import DAY, HOUR
from tests.support.stack import Stack
from tests.support.world import POINT, World

ME, OTHER = "4711", "4712"
WRONG = "BCDFGHJK"


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    logged: list[str] = []
    object.__setattr__(made.services, "log", lambda what, **_: logged.append(what))
    made.logged = logged  # type: ignore[attr-defined]
    return made


def hear(world: World, text: str = "", who: str = ME, **more: Any) -> int:
    """How many messages an event brought forth."""
    before = len(world.messengers.requests)
    item = world.says(who, text, **more)
    inbound.handle(receiving.at_once(item.account, item.event, world.services), world.services)
    return len(world.messengers.requests) - before


def test_a_bot_that_answers_us_gets_ten_answers_a_minute_and_sixty_an_hour(world: World) -> None:
    told = [hear(world, "INFO") for _ in range(40)]
    assert told == [1] * 10 + [0] * 30
    for _ in range(10):
        world.at += 60_000
        told = [hear(world, "INFO") for _ in range(20)]
    assert len(world.messengers.requests) == 60
    assert told == [0] * 20
    assert "replies held back" in world.logged  # type: ignore[attr-defined]
    world.at += HOUR
    assert hear(world, "INFO") == 1


def test_somebody_else_is_answered_meanwhile(world: World) -> None:
    for _ in range(12):
        hear(world, "INFO")
    assert hear(world, "INFO", who=OTHER) == 1


def test_a_stop_is_obeyed_and_confirmed_whatever_went_before(world: World) -> None:
    world.person(int(ME))
    for _ in range(12):
        hear(world, "INFO")
    assert hear(world, "STOP") == 1
    assert not world.held(ME).consent.topics
    assert [hear(world, "STOP") for _ in range(3)] == [0, 0, 0]


def test_after_ten_wrong_codes_a_right_one_says_nothing_either(world: World) -> None:
    world.catalogue.add_entry_point(
        EntryPoint("RRRRRRRR", "Word", "telegram", "main", ("news",), keyword="Suppe")
    )
    assert [hear(world, WRONG) for _ in range(10)] == [0] * 10
    assert hear(world, POINT.code) == 0
    assert hear(world, f"/start {POINT.code}", kind=EventKind.OPENED, code=POINT.code) == 0
    assert hear(world, POINT.code, who=OTHER) == 1, "others may still come in"
    assert hear(world, "Suppe") == 1, "and a word that is no secret works"
    world.at += HOUR
    assert hear(world, f"{POINT.code}") == 0, "the question was put a moment ago"
    world.at += DAY
    assert hear(world, f"{POINT.code}") == 1


def test_guessing_by_many_locks_the_codes_of_the_account(world: World) -> None:
    world.services.guard.count("telegram/main", "codes", world.at, ALL_WRONG_CODES)
    assert hear(world, POINT.code) == 0
    world.at += HOUR
    assert hear(world, POINT.code) == 1


def test_nine_wrong_codes_are_borne_with(world: World) -> None:
    for _ in range(9):
        hear(world, WRONG)
    assert hear(world, POINT.code) == 1


def test_erasing_a_person_forgets_what_they_did_too_often(world: World) -> None:
    hear(world, WRONG)
    contact = world.held(ME)
    assert world.services.guard.times(contact.id, "codes")
    world.contacts.erase(contact.id)
    assert not world.services.guard.times(contact.id, "codes")


def test_a_lapsed_consent_is_asked_for_once_when_the_person_next_writes(world: World) -> None:
    anna = world.person(int(ME), "news", "recipes")
    object.__setattr__(world.services.settings, "lapse", 365 * DAY)
    world.at += 400 * DAY
    world.broadcast()
    world.drain()
    assert world.figures().skipped == {"lapsed": 1}
    world.at += 30 * DAY
    assert not world.messengers.requests, "nobody is asked who does not write"
    assert hear(world, "When do you open?") == 1
    assert "News" in world.messengers.texts(ME)[-1]
    world.at += 10 * DAY
    assert hear(world, "Hello?") == 0
    hear(world, kind=EventKind.BUTTON, payload=PAYLOAD_YES, callback="cb")
    entries, _ = world.contacts.ledger(anna.id)
    assert [one.fact.action for one in entries][:3] == [Action.IMPORTED, Action.LAPSED, Action.ASKED]
