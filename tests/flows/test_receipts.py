"""Receipts: in any order, any number of times, for whoever they are."""

import itertools
import random
from collections.abc import Sequence

import pytest

from rundruf.core.consent import Action
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows import receipts
from rundruf.flows.receipts import place_of
from rundruf.messengers.contract import Answer, Failure, Receipt, ReceiptStatus
from tests.support.people import HOUR, wrote
from tests.support.stack import Stack
from tests.support.world import World

USERS = ("491700000001", "491700000002", "491700000003")


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    for user in USERS:
        held = made.person(int(user), messenger="whatsapp")
        made.contacts.meet(held.id, held.identity, wrote(held.identity, made.now()))
    made.broadcast()
    made.drain()
    return made


def told(
    index: int, status: ReceiptStatus, outcome: Outcome | None = None, user: str = ""
) -> tuple[str, Receipt]:
    return "whatsapp/main", Receipt(f"b1:0-0:{index}", status, 1, user, outcome=outcome)


def test_repeated_and_reordered_receipts_count_once(world: World) -> None:
    batch = [told(index, status) for index in range(3) for status in list(ReceiptStatus)[:3]] * 3
    random.Random(4).shuffle(batch)
    for one in batch:
        receipts.take([one], world.services)
    figures = world.figures()
    assert (figures.sent, figures.delivered, figures.read) == (3, 3, 3)


RISING = (ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ, ReceiptStatus.FAILED)


@pytest.mark.parametrize("order", list(itertools.permutations(RISING)))
def test_a_state_only_rises_whatever_is_told_in_whichever_order(
    world: World, order: Sequence[ReceiptStatus]
) -> None:
    """Somebody who read a message got it, whatever the messenger says of it later (or said before)."""
    reached = 0
    for status in (one for one in order for _ in range(3)):
        receipts.take([told(0, status, Outcome(OutcomeKind.GONE, "131026"))], world.services)
        figures = world.figures()
        rank = 2 if figures.read else int(bool(figures.delivered))
        assert rank >= reached
        assert not rank or figures.sent == 3
        reached = rank
    assert (figures.sent, figures.delivered, figures.read, figures.failed) == (3, 1, 1, {})


def test_an_unknown_is_settled_by_an_echo_of_it_and_otherwise_stays_unknown(stack: Stack) -> None:
    world = World(stack)
    for user in USERS:
        held = world.person(int(user), messenger="whatsapp")
        world.contacts.meet(held.id, held.identity, wrote(held.identity, world.now()))
    world.messengers.script = lambda *_: Answer(0, failure=Failure.AMBIGUOUS)
    world.broadcast()
    world.drain()
    assert (world.figures().unknown, world.figures().sent) == (3, 0)
    world.at += 23 * HOUR
    receipts.take([told(0, ReceiptStatus.SENT), told(1, ReceiptStatus.READ)], world.services)
    world.at += 2 * HOUR
    figures = world.figures()
    assert (figures.sent, figures.delivered, figures.read, figures.unknown) == (2, 1, 1, 1)
    assert len(world.messengers.requests) == 3  # nobody was written to again


def test_a_batch_writes_each_chunk_once(world: World) -> None:
    assert receipts.take([told(index, ReceiptStatus.READ) for index in range(3)], world.services) == 1


@pytest.mark.parametrize(
    "delivery",
    ["", "reply:abc", "b1", "b1:0-0", "b1:0-0:10000", "b1:0-0:-1", "b1:0-0:x", "b1:0-0:1:2", "b1:0-0:²"],
)
def test_foreign_delivery_ids_are_let_go(world: World, delivery: str) -> None:
    assert place_of(delivery) is None
    receipts.take([("whatsapp/main", Receipt(delivery, ReceiptStatus.READ, 1))], world.services)
    assert world.figures().read == 0


def test_a_late_refusal_counts_as_failed_with_its_class(world: World) -> None:
    gone = Outcome(OutcomeKind.GONE, "131026")
    receipts.take([told(0, ReceiptStatus.FAILED, gone, USERS[0])], world.services)
    figures = world.figures()
    assert (figures.sent, figures.failed) == (2, {"gone": 1})
    assert world.held(USERS[0], "whatsapp").unreachable == "131026"


def test_the_platforms_own_stop_is_kept_apart(world: World) -> None:
    stopped = Outcome(OutcomeKind.WITHDRAW, "131050")
    for _ in range(2):
        receipts.take([told(0, ReceiptStatus.FAILED, stopped, USERS[0])], world.services)
    held = world.held(USERS[0], "whatsapp")
    assert held.consent.platform_stop
    assert held.consent.topics == {"news"}
    entries, _ = world.contacts.ledger(held.id)
    assert [entry.fact.action for entry in entries].count(Action.PLATFORM_STOP) == 1
    world.broadcast(name="b2")
    world.drain()
    assert world.figures("b2").skipped == {"platform_stop": 1}


def test_receipts_of_the_erased_bring_nobody_back(world: World) -> None:
    held = world.held(USERS[0], "whatsapp")
    world.contacts.erase(held.id)
    gone = Outcome(OutcomeKind.GONE, "131026")
    receipts.take(
        [told(0, ReceiptStatus.FAILED, gone, USERS[0]), told(0, ReceiptStatus.READ)], world.services
    )
    assert world.contacts.get(held.id) is None
    assert world.figures().balanced
