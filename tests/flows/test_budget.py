"""A broadcast with a budget never spends more, whatever crashes, and goes on with a larger one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rundruf.core.broadcast import Scope, State, Wish
from rundruf.core.budget import Budget, hold_of, text_of
from rundruf.core.message import Message, Template
from rundruf.core.price import Price
from rundruf.core.stopping import Why
from rundruf.flows import planning, sending
from rundruf.flows.services import Changed
from rundruf.messengers.contract import Answer, Failure
from tests.support.people import DAY
from tests.support.world import World, accepted

TEMPLATE = Message("Hello", template=Template("autumn", "de"))
GERMAN, AUSTRIAN = 4915100000000, 4366400000000
SINCE = date(2020, 1, 1)
LOST = Answer(0, failure=Failure.AMBIGUOUS)
REFUSED = Answer(400, body=b'{"error": {"code": 131026}}')


def priced(world: World, *rows: Price) -> World:
    world.services = replace(world.services, prices=lambda: rows)
    return world


def price(amount: str, **more: Any) -> Price:
    return Price("whatsapp", "marketing", Decimal(amount), more.pop("currency", "EUR"), SINCE, **more)


@pytest.fixture
def world() -> World:
    """Ten cents a message."""
    return priced(World(None), price("0.10"))


def people(world: World, count: int, first: int = GERMAN) -> None:
    for number in range(count):
        world.person(first + number, messenger="whatsapp")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of ten people, so that few make many."""
    monkeypatch.setattr(planning, "SIZE", 10)
    monkeypatch.setattr(planning, "chunk_size", lambda _: 10)


def begun(world: World, amount: str = "5.00", **more: Any) -> None:
    budget = Budget(amount, "EUR", more.pop("unpriced", False))
    world.broadcast(message=more.pop("message", TEMPLATE), budget=budget, **more)


def held(world: World) -> str:
    return text_of(world.broadcasts.held("b1"))


def stopped(world: World) -> tuple[str, str]:
    found = world.broadcasts.get("b1")
    assert found is not None
    stop = found.stopped["whatsapp/main"]
    assert stop.why is Why.BUDGET
    return found.reason, stop.code


def resumed(world: World, amount: str, scope: Scope = Scope.PENDING) -> None:
    world.broadcasts.set_budget("b1", Budget(amount, "EUR"))
    planning.wish("b1", Wish.RESUME, world.services, scope)
    world.drain()


def test_what_costs_exactly_its_budget_goes_to_everybody(world: World, small: None) -> None:
    people(world, 30)
    begun(world, "3.00")
    world.drain()
    assert (world.figures().sent, world.state(), held(world)) == (30, State.FINISHED, "3.00")


def test_it_stops_before_more_is_spent_and_goes_on_with_a_larger_budget(world: World, small: None) -> None:
    people(world, 45)
    begun(world, "2.90")
    world.drain()
    assert (world.figures().sent, held(world)) == (20, "2.00")
    assert world.state() is State.PAUSED
    assert stopped(world) == ("whatsapp/main: budget", "budget")
    resumed(world, "2.95")
    assert (world.figures().sent, world.state()) == (20, State.PAUSED)
    resumed(world, "4.50")
    assert (world.figures().sent, world.state(), held(world)) == (45, State.FINISHED, "4.50")
    assert set(Counter(world.messengers.sent_to()).values()) == {1}


def test_messengers_that_cost_nothing_go_on(world: World, small: None) -> None:
    free = replace(price("0", currency="USD"), messenger="telegram")
    priced(world, price("0.10"), free)
    people(world, 20)
    world.people(20)
    begun(world, "1.00")
    world.drain()
    assert (world.figures().sent, world.state()) == (30, State.PAUSED)
    assert stopped(world)[0] == "whatsapp/main: budget"


def test_the_log_tells_of_it_for_the_alarm(world: World, small: None) -> None:
    lines: list[tuple[str, dict[str, Any]]] = []
    world.services = replace(world.services, log=lambda told, **more: lines.append((told, more)))
    people(world, 20)
    begun(world, "1.00")
    world.drain()
    told = {"broadcast": "b1", "account": "whatsapp/main", "why": "budget", "code": "budget"}
    assert ("account stopped", told) in lines


def test_only_what_was_sent_or_may_have_been_counts_in_the_end(world: World, small: None) -> None:
    people(world, 10)
    answers: dict[int, Callable[[int], Answer]] = {0: lambda _: LOST, 1: lambda _: REFUSED}
    world.messengers.script = lambda number, _: answers.get(number, accepted)(number)
    begun(world, "1.00")
    world.drain()
    figures = world.figures()
    assert (figures.sent, figures.unknown, figures.failed.total()) == (8, 1, 1)
    assert held(world) == "0.90"


def test_a_price_counts_by_country_and_by_messages(world: World, small: None) -> None:
    priced(world, price("0.10"), price("0.25", country="43"))
    people(world, 5)
    people(world, 5, AUSTRIAN)
    begun(world, "1.74")
    world.drain()
    assert (world.figures().sent, world.state()) == (0, State.PAUSED)
    resumed(world, "1.75")
    assert (world.figures().sent, held(world)) == (10, "1.75")


def test_a_person_without_a_price_stops_it_unless_that_was_allowed(world: World, small: None) -> None:
    priced(world, price("0.10", country="49"), price("0.10", country="43", currency="USD"))
    people(world, 2)
    people(world, 1, AUSTRIAN)
    begun(world)
    world.drain()
    assert (world.figures().sent, stopped(world)[1]) == (0, "no price")
    world.broadcasts.set_budget("b1", Budget("5.00", "EUR", unpriced=True))
    planning.wish("b1", Wish.RESUME, world.services)
    world.drain()
    assert (world.figures().sent, held(world)) == (3, "0.20")


class Killed(BaseException):
    """The worker's death."""


@pytest.mark.parametrize("step", ["keep_hold", "write", "close", "claim"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_worker_that_dies_anywhere_spends_no_more_and_repeats_nothing(
    world: World, small: None, monkeypatch: pytest.MonkeyPatch, step: str, when: str, nth: int
) -> None:
    people(world, 30)
    begun(world, "2.00")
    world.plan()
    owner: Any = world.contacts if step == "claim" else world.broadcasts
    real, calls = getattr(owner, "claiming" if step == "claim" else step), 0

    def dying(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            raise Killed
        told = real(*args, **more)
        if calls == nth:
            raise Killed
        return told

    task = world.queues.sends[0]
    with monkeypatch.context() as patched:
        patched.setattr(owner, "claiming" if step == "claim" else step, dying)
        try:
            while world.queues.sends:
                task = world.queues.sends[0]
                world.at += 1000
                world.send_one()
        except Killed:
            world.queues.sends.append(task)
    world.at += 60_000
    world.drain()
    figures = world.figures()
    assert figures.sent + figures.unknown <= 20
    assert len(world.messengers.requests) <= 20
    assert set(Counter(world.messengers.sent_to()).values()) == {1}
    assert Decimal(held(world)) <= 2
    assert Decimal(held(world)) >= Decimal(len(world.messengers.requests)) / 10
    resumed(world, "9.00")
    assert world.state() is State.FINISHED
    figures = world.figures()
    assert Decimal(held(world)) == Decimal(figures.sent + figures.unknown) / 10
    assert max(Counter(world.messengers.sent_to()).values()) == 1


def test_a_chunk_that_waits_for_days_counts_at_the_days_price(world: World, small: None) -> None:
    people(world, 10)
    begun(world, "1.00")
    world.plan()
    planning.wish("b1", Wish.PAUSE, world.services)
    priced(world, price("0.30"))
    world.at += DAY
    resumed(world, "1.00")
    assert (world.figures().sent, stopped(world)[1]) == (0, "budget")
    resumed(world, "3.00")
    assert (world.figures().sent, held(world)) == (10, "3.00")


def test_what_was_sent_keeps_its_price(world: World) -> None:
    people(world, 30)
    begun(world, "100.00")
    world.plan()
    left = iter([90_000.0, 0.0])
    sending.send(world.queues.sends.pop(0), world.services, lambda: next(left))
    assert (world.figures().sent, held(world)) == (20, "3.00")
    priced(world, price("0.30"))
    world.at += DAY
    world.drain()
    assert (world.figures().sent, held(world)) == (30, "5.00")


def test_two_workers_cannot_hold_more_than_there_is(world: World, small: None) -> None:
    """The second one comes while the first has held, and sent nothing yet."""
    people(world, 20)
    begun(world, "1.90")
    world.plan()
    first, second = world.queues.sends
    world.queues.sends = [first]

    def meanwhile(number: int, _: object) -> Answer:
        if not number:
            sending.send(second, world.services, lambda: 90_000.0)
        return accepted(number)

    world.messengers.script = meanwhile
    world.send_one()
    world.drain()
    assert len(world.messengers.requests) == 10
    assert held(world) == "1.00"


def test_a_hold_that_somebody_else_changed_is_not_kept(world: World) -> None:
    mine, theirs = hold_of("2026-11-23", (7,), bytes(1)), hold_of("2026-11-23", (9,), bytes(1))
    assert world.broadcasts.keep_hold("b1", "b1", "0-0", mine, None, 7)
    with pytest.raises(Changed):
        world.broadcasts.keep_hold("b1", "b1", "0-0", theirs, None)
    assert not world.broadcasts.keep_hold("b1", "b1", "0-0", theirs, mine, 8)
    assert (world.broadcasts.hold("b1", "0-0"), world.broadcasts.held("b1")) == (mine, 7)
    assert world.broadcasts.keep_hold("b1", "b1", "0-0", theirs, mine, 9)
    assert world.broadcasts.held("b1") == 9


def test_a_translation_counts_by_its_own_length(world: World, small: None) -> None:
    """A long text is two messages; free text, since a template is one."""
    long = Message("word and " * 600, language="en")
    message = Message("Hallo", language="de", translations=(long,))
    priced(world, replace(price("0.10"), messenger="telegram"))
    world.person(1, language="de")
    world.person(2, language="en-GB")
    world.person(3)
    begun(world, "0.39", message=message)
    world.drain()
    assert world.figures().sent == 0
    resumed(world, "0.40")
    assert (world.figures().sent, held(world)) == (3, "0.40")


def test_a_fallback_spends_from_what_the_first_one_left(world: World) -> None:
    people(world, 4)
    begun(world, "0.70")
    world.drain()
    first = world.broadcasts.get("b1")
    assert first is not None
    purse = replace(first, id="b2", fallback_of="b1").purse
    four = hold_of("2026-11-23", (100_000_000,) * 4, bytes(4))
    assert not world.broadcasts.keep_hold(purse, "b2", "0-0", four, None, 700_000_000)
    assert world.broadcasts.keep_hold(purse, "b2", "0-0", four, None, 800_000_000)
    assert held(world) == "0.80"


def test_without_a_budget_nothing_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people(world, 3)
    for name in ("hold", "keep_hold", "held"):
        monkeypatch.delattr(type(world.broadcasts), name)
    world.broadcast(message=TEMPLATE)
    world.drain()
    assert world.figures().sent == 3
