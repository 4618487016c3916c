"""Receipts: in any order, any number of times, for whoever they are."""

import random

import pytest

from rundruf.core.consent import Action
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows import receipts
from rundruf.flows.receipts import place_of
from rundruf.messengers.contract import Receipt, ReceiptStatus
from tests.support.people import wrote
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
