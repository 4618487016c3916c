"""Erasure: nothing is left but keyed hashes, whatever is under way, and nothing that comes late undoes it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.contacts import TableContacts
from rundruf.aws.keys import Key
from rundruf.aws.suppressions import TableSuppressions
from rundruf.aws.table import Table
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message, Template
from rundruf.core.tokens import Keys
from rundruf.flows import importing, inbound, sending
from rundruf.flows.importing import Known
from rundruf.flows.services import SendTask
from rundruf.messengers.contract import Receipt, ReceiptStatus
from tests.support.stack import Stack
from tests.support.traces import traces
from tests.support.world import POINT, WHATSAPP, World, accepted

USER, NAME, CITY, TAG = "491709998887", "Annegret Zwiebelfisch", "Castrop-Rauxel", "regular-zwf"
BY_TEMPLATE = Message(template=Template("autumn", "de"))
ALIAS, WAMID, SAID = "US.hidden9998887", "wamid.zwiebel", "Guten Tag, hier Zwiebelfisch"


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def anna(world: World) -> Contact:
    made = world.person(
        int(USER), "news", "recipes", messenger="whatsapp",
        name=NAME, tags=frozenset({TAG}), attributes={"city": CITY},
    )  # fmt: skip
    world.contacts.find(made.identity, [ALIAS])
    return made


def left(world: World, contact: Contact) -> list[tuple[str, str]]:
    return traces(world.stack.items(), contact.id, USER, NAME, CITY, TAG, ALIAS, WAMID, SAID)


def aliases(world: World, contact: Contact) -> list[str]:
    return [world.contacts.id_of(replace(contact.identity, user_id=one)) for one in (USER, ALIAS)]


def test_the_scan_finds_somebody_who_is_there(world: World) -> None:
    mine = anna(world)
    found = {what for what, _ in left(world, mine)}
    assert {USER, NAME, CITY, TAG, "contact"} <= found


def test_nothing_is_left_of_somebody_who_is_in_every_store(world: World) -> None:
    world.messengers.script = lambda number, _: accepted(number)
    mine = anna(world)
    others = [world.person(491700001000 + one, messenger="whatsapp") for one in range(3)]
    world.broadcast(message=BY_TEMPLATE)
    world.plan()
    world.drain()
    for number in range(4):
        receipt = Receipt("", ReceiptStatus.READ, world.at, message_id=f"wamid.{number}")
        world.queues.told.append((WHATSAPP.id, receipt))
    world.drain()
    assert world.contacts.erase(mine.id)
    assert left(world, mine) == []
    assert world.contacts.erased(aliases(world, mine)) == set(aliases(world, mine))
    assert not world.contacts.erase(mine.id)
    assert world.figures().sent == 4, "what was sent stays counted"
    assert all(world.contacts.get(one.id) for one in others)


def test_a_broadcast_under_way_skips_the_erased_and_balances(world: World) -> None:
    mine = anna(world)
    for one in range(40):
        world.person(491700001000 + one, messenger="whatsapp")
    world.broadcast(message=BY_TEMPLATE)
    world.plan()
    world.contacts.erase(mine.id)
    world.drain()
    figures = world.figures()
    assert (figures.sent, figures.skipped) == (40, {"erased": 1})
    assert not any(USER in to for to in world.messengers.sent_to())
    assert left(world, mine) == []


def test_late_receipts_and_repeated_chunks_bring_nobody_back(world: World) -> None:
    world.messengers.script = lambda number, _: accepted(number)
    mine = anna(world)
    world.broadcast(message=BY_TEMPLATE)
    world.plan()
    tasks: list[SendTask] = list(world.queues.sends)
    world.drain()
    world.contacts.erase(mine.id)
    for status in (ReceiptStatus.DELIVERED, ReceiptStatus.READ, ReceiptStatus.FAILED):
        for wamid in ("wamid.0", "wamid.unknown"):
            told = Receipt("", status, world.at + 1000, USER, message_id=wamid)
            world.queues.told.append((WHATSAPP.id, told))
    world.queues.told.append((WHATSAPP.id, Receipt("", ReceiptStatus.READ, world.at, USER)))
    world.drain()
    for task in tasks:
        sending.send(task, world.services, lambda: 1e9)
    world.drain()
    assert world.contacts.get(mine.id) is None
    assert left(world, mine) == []
    assert len(world.messengers.requests) == 1


def test_what_was_written_before_an_erasure_and_comes_late_brings_nobody_back(world: World) -> None:
    inbound.handle(world.says("9170999888", f"/start {POINT.code}"), world.services)
    mine = world.held("9170999888")
    waiting = [world.says("9170999888", text) for text in (SAID, "yes", "STOP")]
    world.at += 1000
    world.contacts.erase(mine.id)
    world.at += 60_000
    sent = len(world.messengers.requests)
    for item in (*waiting, *waiting):
        inbound.handle(item, world.services)
    assert world.contacts.get(mine.id) is None
    assert traces(world.stack.items(), mine.id, "9170999888", SAID) == []
    assert len(world.messengers.requests) == sent, "nobody answers the erased"


def test_who_writes_again_after_their_erasure_begins_anew(world: World) -> None:
    inbound.handle(world.says("9170999888", f"/start {POINT.code}"), world.services)
    inbound.handle(world.says("9170999888", "yes"), world.services)
    world.contacts.erase(world.held("9170999888").id)
    inbound.handle(world.says("9170999888", f"/start {POINT.code}"), world.services)
    again = world.held("9170999888")
    assert (again.consent.topics, again.consent.asked) == (frozenset(), ("news",))
    assert len(world.contacts.ledger(again.id)[0]) == 1


def test_imports_under_every_spelling_and_alias_bring_nobody_back(world: World) -> None:
    mine = anna(world)
    world.contacts.erase(mine.id)
    known = Known(frozenset(world.accounts.ids()), world.catalogue.topics())
    listed = TableSuppressions(world.contacts.table, world.contacts.secret)
    for number, spelling in enumerate((USER, f"+{USER}", f"00{USER}", "+49 170 999 8887"), 2):
        cells = {
            "messenger": "whatsapp", "account": "main", "user_id": spelling, "topics": "news", "name": NAME,
            "consent_source": "form", "consent_at": "2026-05-28T12:00:00Z",
        }  # fmt: skip
        (told,) = importing.store([importing.checked(number, cells, known, world.at)], world.contacts, listed)
        assert told.result == "suppressed", spelling
    assert left(world, mine) == []


class Cut(Exception):
    """The process died."""


@pytest.mark.parametrize("after", range(4))
def test_an_erasure_that_was_cut_off_can_be_finished(
    world: World, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    mine = anna(world)
    delete = Table.delete
    done: list[Key] = []

    def cutting(held: Table, key: Key, *rest: Any) -> None:
        if len(done) == after:
            raise Cut
        done.append(key)
        delete(held, key, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Table, "delete", cutting)
        with suppress(Cut):
            world.contacts.erase(mine.id)
    assert world.contacts.erased([mine.id])
    world.contacts.erase(mine.id)
    assert left(world, mine) == []


def test_the_hash_that_is_left_needs_the_deployments_key(world: World) -> None:
    mine = anna(world)
    foreign = TableContacts(world.contacts.table, lambda: replace_key(world), world.now)
    assert foreign.id_of(mine.identity) != mine.id
    assert world.contacts.id_of(Identity("whatsapp", "main", USER)) == mine.id


def replace_key(world: World) -> Keys:
    held = world.contacts.secret()
    return replace(held, secrets={**held.secrets, "1": "z" * 64})
