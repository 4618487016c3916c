"""What a broadcast adds up to: kept by groups of chunks, never behind what was told, always balanced."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.core import summing as core
from rundruf.core.broadcast import Cursor, State
from rundruf.core.chunk import Chunk, Mark, fresh
from rundruf.core.report import Receipts, total
from rundruf.core.summing import KeptSum, Sum, group_of
from rundruf.flows import receipts, summing
from rundruf.flows.reporting import figures
from rundruf.messengers.contract import Receipt, ReceiptStatus
from tests.support.stack import Stack
from tests.support.world import World

ACCOUNT = "whatsapp/main"
CHUNKS = 5


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    """A broadcast of five ended chunks of two people each, two chunks a group."""
    for module in (core, summing):
        monkeypatch.setattr(module, "GROUP", 2)
    made = World(stack)
    made.person(1)
    made.broadcast()
    store = made.broadcasts
    for number in range(CHUNKS):
        people = tuple(
            made.contacts.id_of(replace(made.held("1").identity, user_id=f"{number}-{at}")) for at in (0, 1)
        )
        cursor = Cursor(version=number + 1, chunks=number + 1, counts=(CHUNKS,))
        store.commit("b1", cursor, [Chunk("b1", f"0-{number}", ACCOUNT, people)])
    store.planned("b1", Cursor(chunks=CHUNKS, people=2 * CHUNKS, counts=(CHUNKS,)))
    for number in range(CHUNKS):
        done(made, number, Mark.SENT, Mark.UNKNOWN)
    return made


def done(world: World, number: int, *marks: Mark) -> None:
    store = world.broadcasts
    held = store.lease("b1", f"0-{number}", "me", world.now(), world.now() + 1)
    assert held is not None
    store.close("b1", f"0-{number}", replace(held, marks=bytes(marks), owner="me"))


def tell(world: World, number: int, index: int, status: ReceiptStatus) -> None:
    receipts.take([(ACCOUNT, Receipt(f"b1:0-{number}:{index}", status, world.now()))], world.services)


def added(world: World, budget: float = 600.0) -> summing.Added:
    found = world.broadcasts.get("b1")
    assert found is not None
    return summing.added(found, world.services, budget)


def looks(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many chunks each later read of progress asks for."""
    seen: list[int] = []
    real = TableBroadcasts.progresses

    def counted(store: TableBroadcasts, broadcast: str, chunks: Any) -> Any:
        seen.append(len(chunks))
        return real(store, broadcast, chunks)

    monkeypatch.setattr(TableBroadcasts, "progresses", counted)
    return seen


def test_a_group_is_looked_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = added(world)
    seen = looks(world, monkeypatch)
    assert added(world).sum == first.sum
    assert seen == []


def test_only_the_group_of_which_something_was_told_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(world)
    seen = looks(world, monkeypatch)
    tell(world, 2, 0, ReceiptStatus.READ)
    told = added(world).sum.accounts[ACCOUNT]
    assert (told.read, told.sent, told.unknown) == (1, 5, 5)
    assert seen == [2]


def test_a_receipt_settles_an_unknown_one_in_the_sum_too(world: World) -> None:
    added(world)
    tell(world, 4, 1, ReceiptStatus.DELIVERED)
    told = added(world).sum.accounts[ACCOUNT]
    assert (told.sent, told.unknown, told.delivered) == (6, 4, 1)
    assert told.balanced


def test_what_is_told_while_a_group_is_looked_at_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt that comes after the group's receipts were read, and before their sum is kept."""
    real, late = TableBroadcasts.keep_sum, [1]

    def keep(store: TableBroadcasts, broadcast: str, group: int, held: KeptSum) -> None:
        if late:
            late.pop()
            tell(world, 2 * group, 0, ReceiptStatus.READ)
        real(store, broadcast, group, held)

    monkeypatch.setattr(TableBroadcasts, "keep_sum", keep)
    added(world)
    assert added(world).sum.accounts[ACCOUNT].read == 1


def test_a_chunk_that_is_sent_again_is_looked_at_again(world: World) -> None:
    added(world)
    held = world.broadcasts.progress("b1", "0-3")
    assert held is not None
    assert world.broadcasts.reopen("b1", "0-3", held, bytes([Mark.SENT, Mark.RETRY]), 0)
    told = added(world).sum.accounts[ACCOUNT]
    assert (told.unknown, told.pending) == (4, 1)
    done(world, 3, Mark.SENT, Mark.SENT)
    assert added(world).sum.accounts[ACCOUNT].sent == 6


def test_without_time_the_last_sums_are_told_with_their_moment(world: World) -> None:
    added(world)
    before = world.now()
    world.at += 5_000
    for number in range(CHUNKS):
        tell(world, number, 0, ReceiptStatus.READ)
    stale = added(world, budget=-1)
    assert stale.sum.accounts[ACCOUNT].read == 0
    assert stale.sum.accounts[ACCOUNT].balanced
    assert stale.at == before
    assert added(world).sum.accounts[ACCOUNT].read == CHUNKS


def test_a_cancelled_broadcast_skips_who_was_not_sent_to(world: World) -> None:
    held = world.broadcasts.progress("b1", "0-0")
    assert held is not None
    world.broadcasts.reopen("b1", "0-0", held, bytes([Mark.SENT, Mark.RETRY]), 0)
    world.broadcasts.move("b1", State.CANCELLED, tuple(State))
    found = world.broadcasts.get("b1")
    assert found is not None
    told = total(figures(found, world.services).values())
    assert told.skipped == {"cancelled": 1}
    assert told.balanced


def test_a_sum_is_the_same_after_it_was_stored() -> None:
    made = Sum()
    marks = bytes([Mark.SENT, Mark.FAILED_GONE, Mark.SKIPPED_CAP])
    hours: Mapping[str, Mapping[int, frozenset[int]]] = {"read": {495_000: frozenset({0})}}
    progress = replace(fresh(3), marks=marks, ended=1_790_000_000_000)
    made.take(ACCOUNT, progress, Receipts(read=frozenset({0}), hours=hours))
    assert Sum.read(made.stored()) == made
    assert made.hours == Counter({("sent", 497222): 1, ("read", 495_000): 1, ("delivered", 495_000): 1})


def test_chunks_are_grouped_by_their_number() -> None:
    assert [group_of(f"0-{number}") for number in (0, 63, 64, 3_906)] == [0, 0, 1, 61]
