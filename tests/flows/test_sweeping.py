"""The daily look at retention: in slices, stoppable anywhere, and what is past its time is gone after it."""

import inspect
from typing import Any

import pytest

from rundruf.aws import keys
from rundruf.aws.sweeper import TableSweeper
from rundruf.aws.table import Change
from rundruf.core.retention import CLASSES, DAY, Keep, class_of
from rundruf.flows.services import Changed
from rundruf.flows.sweeping import GRACE, Key, Look, Row, sweep
from rundruf.messengers.contract import Receipt, ReceiptStatus
from tests.support.people import NOW
from tests.support.stack import Stack
from tests.support.world import WHATSAPP, World, accepted

FAR = 1e9
GIVEN: dict[str, Any] = {"number": 7, "at": 7}


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


class Pages(TableSweeper):
    """Pages of three items, and a count of them."""

    looked = 0

    def rows(self, after: Key | None) -> tuple[list[Row], Key | None]:
        every, _ = super().rows(None)
        every.sort(key=lambda row: (row.pk, row.sk))
        left = [row for row in every if not after or (row.pk, row.sk) > (after["pk"], after["sk"])]
        self.looked += 1
        page = left[:3]
        last: Key | None = {"pk": page[-1].pk, "sk": page[-1].sk} if len(left) > 3 else None
        return page, last


def swept(world: World, times: int = 1000) -> Look:
    turns = iter([FAR] * times + [0.0])
    return sweep(Pages(world.contacts.table), world.now, turns.__next__)


def test_every_kind_of_item_has_its_class() -> None:
    builders = {
        name: made
        for name, made in inspect.getmembers(keys, inspect.isfunction)
        if not name.startswith("_") and made.__annotations__.get("return") is keys.Key
    }
    assert len(builders) > 20
    for name, made in builders.items():
        key = made(*(GIVEN.get(one, "x") for one in inspect.signature(made).parameters))
        assert class_of(key["pk"], key["sk"]), f"keys.{name} needs a class in core/retention.py"
    assert class_of("nothing", "x") is None
    assert len({one.name for one in CLASSES}) == len(CLASSES)


def lived(world: World) -> None:
    """Joined, written to, answered with receipts, left, listed, erased."""
    world.messengers.script = lambda number, _: accepted(number)
    people = [world.person(1000 + one, messenger="whatsapp") for one in range(3)]
    world.person(4711)
    world.broadcast()
    world.plan()
    world.drain()
    named = [f"wamid.{one}" for one in range(4)]
    world.queues.told += [
        (WHATSAPP.id, Receipt("", ReceiptStatus.DELIVERED, world.at, message_id=one)) for one in named
    ]
    world.drain()
    world.services.gate.open("telegram/main", "e1", world.at)
    world.services.gate.done("telegram/main", "e1")
    world.contacts.erase(people[0].id)


def test_what_may_die_has_its_time_after_a_whole_life(world: World) -> None:
    lived(world)
    seen = set()
    for item in world.stack.items():
        kind = class_of(item["pk"]["S"], item["sk"]["S"])
        assert kind, item["pk"]
        seen.add(kind.name)
        if kind.days is not None:
            end = int(item["expires"]["N"])
            assert NOW // 1000 < end <= world.at // 1000 + kind.days * DAY, (kind.name, item["sk"])
    assert {"contact", "ledger", "delivery", "event", "suppression", "settings"} <= seen


def test_a_round_counts_every_class_and_finds_nothing_overdue(world: World) -> None:
    lived(world)
    stored = len(world.stack.items())
    look = swept(world)
    assert look.ended
    assert sum(one.items for one in look.found.values()) in (stored, stored + 1)
    assert (look.overdue, look.endless) == (0, 0)
    assert look.found["contact"].items == 3
    again = swept(world)
    assert again == look, "once a day"
    world.at += 21 * 3600 * 1000
    assert swept(world).began > look.began


def test_what_is_past_its_time_is_removed_and_told(world: World) -> None:
    table, day = world.contacts.table, world.at // 1000
    table.put(keys.event("old"), {"expires": day - GRACE - 1})
    table.put(keys.event("lazy"), {"expires": day - GRACE + 60})
    table.put(keys.event("endless"), {"state": "done"})
    look = swept(world)
    found = look.found["event"]
    assert (found.items, found.overdue, found.removed, found.endless) == (3, 1, 1, 1)
    assert table.get(keys.event("old")) is None
    assert table.get(keys.event("lazy"))


def test_an_item_that_got_a_new_end_meanwhile_is_left(world: World) -> None:
    table, late = world.contacts.table, world.at // 1000 - GRACE - 1
    table.put(keys.event("old"), {"expires": late})
    row = Row("event#old", "event", late)
    table.update(keys.event("old"), Change().set(expires=Keep.EVENT.until(world.at)))
    assert not TableSweeper(table).remove(row)
    assert table.get(keys.event("old"))


def test_a_round_that_is_stopped_goes_on_where_it_was(world: World) -> None:
    lived(world)
    stored = len(world.stack.items())
    rounds = 0
    look = swept(world, times=1)
    while not look.ended:
        rounds += 1
        look = swept(world, times=1)
    assert rounds >= stored // 3 - 1
    assert sum(one.items for one in look.found.values()) == stored + 1


def test_two_at_once_do_not_count_twice(world: World) -> None:
    lived(world)
    store = Pages(world.contacts.table)

    class Slow(Pages):
        def rows(self, after: Key | None) -> tuple[list[Row], Key | None]:
            swept(world, times=1)
            return super().rows(after)

    with pytest.raises(Changed):
        sweep(Slow(world.contacts.table), world.now, lambda: FAR)
    assert store.looks()[0].began
