"""Section H: AWS throttles, falls silent, is slow, or is away."""

import random

import pytest

from rundruf.core.chunk import WINDOW
from tests.drill.messenger import Saying
from tests.drill.place import Place, promise, until
from tests.drill.proxy import EveryNth, aws, down, slow, table, throttled
from tests.drill.stops import Leavers

pytestmark = pytest.mark.drill
MINUTE = 60_000
PROXIES = ("proxy", "hooks")


def test_h1_three_in_ten_calls_are_throttled(place: Place, dice: random.Random) -> None:
    place.sender()
    people = place.people(1_280)
    for name in PROXIES:
        getattr(place, name).faults.append(throttled(table, 0.3))
    leavers = Leavers(place)
    place.broadcast()
    place.source.drain(workers=4)
    for user in dice.sample(people, 10):
        leavers.leaves(user)
    place.source.drain(workers=4)
    verdict = place.verdict(audience=1_280)
    assert verdict.figures.sent == 1_280
    leavers.judged()
    promise(max(leavers.took) <= 4.0, "the webhook answers soon", took=max(leavers.took))


@pytest.mark.parametrize("what", ["table", "queue", "both"])
def test_h2_a_minute_without_table_or_queue(place: Place, what: str) -> None:
    """In the middle of a window: who was sent to, but could not be noted, may be unknown; nothing else."""
    place.sender()
    place.people(256)
    place.messenger.script = lambda _: Saying(wait=0.1)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    job = place.source.deliver(place.source.take("send"))
    promise(until(lambda: len(place.messenger.log) >= 60), "it is sending")
    wanted = {"table": table, "queue": lambda call: call.service == "sqs", "both": aws}[what]
    place.proxy.faults.append(down(wanted))
    back = place.clock.now() + MINUTE
    if what != "queue":
        job.wait()
    arrived = len(place.messenger.log)
    while place.clock.now() < back and place.source.turn():
        if what != "queue":
            promise(len(place.messenger.log) == arrived, "no send without a claim")
        if not place.source.running and place.source.waiting and place.source.waiting[0].due > back:
            place.clock.pass_until(back)
    place.proxy.faults.clear()
    place.source.drain()
    verdict = place.verdict(audience=256, kills=1)
    assert verdict.figures.sent + verdict.figures.unknown == 256
    if what == "table":
        promise(place.clock.now() - back < 60_000, "soon back to work", after=place.clock.now() - back)


def test_h3_a_slow_aws_that_cuts_every_twentieth_connection(place: Place, dice: random.Random) -> None:
    place.sender()
    place.people(3 * WINDOW)
    place.proxy.faults += [slow(aws, 0.5, 0.17, dice), EveryNth(20).fault(aws)]
    place.broadcast()
    place.source.drain(workers=2)
    verdict = place.verdict(audience=3 * WINDOW)
    assert verdict.figures.sent == 3 * WINDOW


def test_a10_pause_resume_and_cancel_take_hold_within_a_window_of_each_worker(place: Place) -> None:
    senders = 4
    place.sender()
    place.people(2_048)
    place.messenger.script = lambda _: Saying(wait=0.2)
    place.broadcast()

    def reached(count: int) -> None:
        while len(place.messenger.log) < count and place.source.turn(senders):
            pass

    for asked, at, goes_on in (("pause", 300, True), ("cancel", 700, False)):
        reached(at)
        answered = place.flow("wish", "b1", asked)
        answered.wait()
        yes = answered.at
        while place.source.running:
            place.source.turn(senders)
        late = sum(1 for one in place.messenger.log if one.at > yes)
        promise(late <= WINDOW * senders, "what is claimed still leaves, no more", late=late)
        if goes_on:
            while place.source.turn(senders):
                pass
            promise(place.figures().pending > 0, "it stands still")
            promise(place.flow("wish", "b1", "resume").wait(), "it goes on")
    place.source.drain(workers=senders)
    verdict = place.verdict(audience=2_048)
    sent = sum(place.messenger.accepted().values())
    assert verdict.figures.sent == sent
    assert verdict.figures.skipped == {"cancelled": 2_048 - sent}
