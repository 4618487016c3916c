"""Section C: after the yes to a STOP nothing more leaves, at whatever moment it comes."""

import asyncio
import random
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rundruf.core.consent import Action
from tests.drill.conftest import Open
from tests.drill.counts import COUNTS
from tests.drill.messenger import Arrival, Saying
from tests.drill.place import Place, promise, until
from tests.drill.proxy import Call, Fault, Told, down, table
from tests.drill.stops import Leavers

pytestmark = pytest.mark.drill
WAYS = ("keyword", "block", "page")
HOOKS_PATIENCE = 1.5
SLOWEST = 10  # times what is usual in the same run


def sending(place: Place, people: int) -> list[str]:
    """A chunk that waits to be sent."""
    place.sender()
    users = place.people(people)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    place.source.settle()
    return users


def calls_of_a_sender(place: Place) -> int:
    """How many calls to AWS a sender of so few makes."""
    sending(place, 3)
    before = len(place.proxy.calls)
    place.source.drain()
    return len(place.proxy.calls) - before


def stop_at(place: Place, leavers: Leavers, user: str, how: str, call: int, after: bool) -> None:
    """The sender stands still at its n-th call until the door has answered."""
    first = len(place.proxy.calls) + call

    def chosen(one: Call) -> bool:
        return one.number == first

    def asked() -> None:
        leavers.noted(user, leavers.asks(user, how))

    def before(_: Call) -> Awaitable[object] | None:
        return None if after else asyncio.get_running_loop().run_in_executor(None, asked)

    async def held(_: Call, told: Told) -> Told:
        if after:
            await asyncio.get_running_loop().run_in_executor(None, asked)
        return told

    place.proxy.faults.append(Fault(chosen, before, held))


@pytest.mark.parametrize(("how", "each"), [("keyword", 1), ("block", 3), ("page", 3)])
def test_c1_a_stop_at_every_call_of_the_sender(opened: Open, how: str, each: int) -> None:
    calls = calls_of_a_sender(opened())
    promise(calls >= 8, "a sender calls", calls=calls)
    for call in range(0, calls, each):
        for after in (False, True):
            place = opened()
            (user, *_) = sending(place, 3)
            leavers = Leavers(place)
            stop_at(place, leavers, user, how, call, after)
            place.source.drain()
            leavers.leaves(user, how)
            COUNTS.add("interleavings")
            leavers.judged()
            place.verdict(audience=3)
            place.messenger.stop()


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("wait", [0.5, 4.0])
def test_c1_a_stop_while_the_message_is_at_the_messenger(place: Place, how: str, wait: float) -> None:
    """The yes comes when the messenger has answered, or not yet."""
    (user, *_) = sending(place, 3)
    leavers = Leavers(place)
    place.messenger.script = lambda _: Saying(wait=wait)
    job = place.source.deliver(place.source.take("send"))
    promise(until(lambda: user in place.messenger.accepted()), "it is on its way")
    arrival = next(one for one in place.messenger.log if user in one.people)
    leavers.leaves(user, how)
    job.wait()
    promise(arrival.replied is not None and leavers.yes[user] >= arrival.replied, "the yes waits for the end")
    place.source.drain()
    leavers.judged()
    place.verdict(audience=3)


def test_c1_stops_at_random_moments_of_a_broadcast(place: Place, dice: random.Random) -> None:
    stops, people, senders = 200, 1_280, 5
    place.sender()
    users = place.people(people)
    slowness = random.Random(dice.random())

    def script(_: Arrival) -> Saying:
        slow = slowness.random() < 0.01
        return Saying(wait=slowness.uniform(0.5, 5.0) if slow else slowness.uniform(0, 0.3))

    place.messenger.script = script
    leavers = Leavers(place)
    place.broadcast()
    with ThreadPoolExecutor(6) as pool:
        chosen = dice.sample(users, stops)
        waiting = [
            pool.submit(
                leavers.leaves, user, WAYS[at % 10] if at % 10 < 3 else "keyword", dice.uniform(0, 0.5)
            )
            for at, user in enumerate(chosen)
        ]
        place.source.drain(workers=senders)
        for one in waiting:
            one.result()
    place.source.drain(workers=senders)
    leavers.judged()
    promise(len(leavers.yes) == stops, "everybody got a yes")
    took = sorted(leavers.took)
    usual, slowest = took[len(took) // 2], took[int(len(took) * 0.99)]
    COUNTS.most("STOP answered, p99 s", round(slowest, 2))
    soon = HOOKS_PATIENCE + SLOWEST * usual
    promise(slowest <= soon, "a STOP is answered soon", p99=slowest, usual=usual)
    verdict = place.verdict()
    promise(people - stops <= verdict.figures.audience <= people, "who left early is out")
    promise(verdict.figures.skipped["consent"] > 0, "some left in time", figures=verdict.figures)


def test_c3_while_the_table_is_down_nobody_gets_a_yes_and_nobody_a_message(place: Place) -> None:
    users = sending(place, 128)
    place.messenger.script = lambda _: Saying(wait=0.2)
    leavers = Leavers(place)
    job = place.source.deliver(place.source.take("send"))
    promise(until(lambda: len(place.messenger.log) >= 40), "it is sending")
    for proxy in (place.proxy, place.hooks):
        proxy.faults.append(down(table))
    job.wait()
    arrived = len(place.messenger.log)
    sent = place.messenger.accepted()
    chosen = [user for user in users if user not in sent][-5:]
    for user in chosen:
        promise(not leavers.noted(user, leavers.asks(user)), "no yes while nothing can be kept")
    promise(len(place.messenger.log) == arrived, "no send while claims fail")
    for proxy in (place.proxy, place.hooks):
        proxy.faults.clear()
    for user in chosen:
        leavers.leaves(user)
    place.source.drain()
    leavers.judged()
    verdict = place.verdict(audience=128, kills=1)
    promise(not set(chosen) & set(verdict.accepted), "revoked before the first send after recovery")


def test_c4_stop_and_start_in_any_order_end_as_the_messengers_time_says(
    place: Place, dice: random.Random
) -> None:
    """STOP and START, repeated and reordered: the messenger's last word counts, a tie is STOP."""
    place.sender()
    users = place.people(12)
    place.clock.passes(10)
    now = place.clock.now() // 1000 * 1000
    for at, user in enumerate(users):
        start_at, stop_at_ = (now, now) if at % 3 == 0 else (now - 4_000, now)
        said = [("START", start_at, 100 + at), ("STOP", stop_at_, 200 + at)] * 2
        dice.shuffle(said)
        for text, when, number in said:
            place.says(user, text, number, at=when).wait()
    place.source.drain()
    for user in users:
        promise(not place.contact(user).consent.topics, "stopped")
        entries, _ = place.contacts.ledger(place.contact(user).id)
        stops = [one for one in entries if one.fact.action is Action.WITHDRAWN]
        promise(len(stops) <= 1, "once in the ledger", stops=len(stops))
    said_again = place.messenger.accepted()
    promise(max(said_again.values()) <= 2, "one confirmation", most=max(said_again.values()))


def test_c10_three_broadcasts_at_once_and_one_a_day(opened: Open) -> None:
    place = opened(cap=24)
    place.sender()
    place.people(100)
    for name in ("b1", "b2", "b3"):
        place.broadcast(name)
    place.source.drain(workers=6)
    verdicts = [place.verdict(name, audience=100) for name in ("b1", "b2", "b3")]
    assert set(place.messenger.accepted().values()) == {1}
    assert sum(one.figures.sent for one in verdicts) == 100
    assert sum(one.figures.skipped["cap"] for one in verdicts) == 200
