"""Section A: workers that die, chunks that come twice, answers that are lost."""

import os
import random
import signal
import time

import pytest

from rundruf.core.chunk import WINDOW
from rundruf.flows.leaving import Leaving, leave
from tests.drill.counts import COUNTS, SEED
from tests.drill.crashes import crash, dies_at
from tests.drill.messenger import Saying
from tests.drill.place import Place, promise, until

pytestmark = pytest.mark.drill
CHUNK = 256
RANDOM_POINTS = int(os.environ.get("DRILL_POINTS", "12"))
NAMED_POINTS = (0, 1, 2, WINDOW - 1, WINDOW, WINDOW + 1, 128, 255, 256)
POINTS = sorted({*NAMED_POINTS, *random.Random(SEED).sample(range(3, 255), RANDOM_POINTS)})


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after the answer"])
@pytest.mark.parametrize("k", POINTS)
def test_a1_a_killed_sender_sends_nobody_twice_and_loses_nobody(place: Place, k: int, answered: bool) -> None:
    place.sender()
    place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    crash(place, k, answered, CHUNK)
    verdict = place.verdict(audience=CHUNK, kills=1)
    assert verdict.figures.sent + verdict.figures.unknown == CHUNK


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after the answer"])
@pytest.mark.parametrize("k", [0, 1, 3, 4])
def test_a1_where_calls_have_keys_a_killed_sender_leaves_nobody_unknown(
    place: Place, k: int, answered: bool
) -> None:
    """Four calls to 64 people each on LINE: what may have arrived is said again under its key."""
    place.sender("line")
    place.people(CHUNK, "line")
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    crash(place, k, answered, 4)
    assert place.verdict(audience=CHUNK).figures.sent == CHUNK
    keys = [one.key for one in place.messenger.log if one.accepted]
    assert len(keys) == len(set(keys))


def test_c2_a_call_that_may_have_arrived_is_not_said_again_once_somebody_in_it_has_left(place: Place) -> None:
    place.sender("line")
    people = place.people(64, "line")
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    dies_at(place, 0)
    place.clock.passes(20)
    leave(place.contact(people[5], "line").id, Leaving(place.clock.now(), "test"), place.services)
    place.source.drain()
    verdict = place.verdict(audience=64, kills=1, width=64)
    assert verdict.figures.unknown == 64
    assert len(place.messenger.log) == 1


@pytest.mark.parametrize("kills", [4])
def test_a1_a_sender_killed_again_and_again_still_comes_to_its_end(
    place: Place, kills: int, dice: random.Random
) -> None:
    place.sender()
    place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    for _ in range(kills):
        COUNTS.add("crash points")
        waits = dice.randrange(10, 50)
        begun = len(place.messenger.log)
        job = place.source.deliver(place.source.take("send"))
        until(lambda: job.over or len(place.messenger.log) >= begun + waits)  # noqa: B023
        job.signal()
        job.wait()
        place.source.settle()
        place.clock.pass_until(place.source.waiting[0].due)
    place.source.drain()
    place.verdict(audience=CHUNK, kills=kills)


def test_a3_a_chunk_given_to_five_workers_at_once_has_one_owner(place: Place) -> None:
    """The workers' clocks differ by two seconds at most, as clocks do."""
    place.sender()
    place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    task = place.source.take("send")
    for skew in (0, -1_000, 1_000, -500, 500):
        place.source.deliver(task, skew)
    place.source.drain(workers=5)
    verdict = place.verdict(audience=CHUNK)
    assert verdict.figures.sent == CHUNK


def test_a4_a_second_delivery_while_the_first_worker_lives_harms_nobody(place: Place) -> None:
    """The messenger takes four seconds for each message, longer than any visibility that was cut short."""
    place.messenger.script = lambda _: Saying(wait=4.0)
    place.sender()
    place.people(3 * WINDOW)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    task = place.source.take("send")
    first = place.source.deliver(task)
    for again in (2.0, 5.0, 9.0):
        until(lambda: first.over, again / 3)
        place.source.deliver(task)
    place.source.drain(workers=5)
    verdict = place.verdict(audience=3 * WINDOW)
    assert verdict.figures.sent == 3 * WINDOW


@pytest.mark.parametrize("stands_still", [13.0])
def test_a4_a_worker_that_stood_still_longer_than_its_lease_sends_nobody_twice(
    place: Place, stands_still: float, dice: random.Random
) -> None:
    """SIGSTOP in the middle of a window; another worker takes over; then SIGCONT."""
    place.messenger.script = lambda _: Saying(wait=dice.uniform(0.05, 0.3))
    place.sender()
    place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    task = place.source.take("send")
    first = place.source.deliver(task)
    promise(until(lambda: len(place.messenger.log) > 40), "it is sending")
    first.signal(signal.SIGSTOP)
    time.sleep(stands_still)
    second = place.source.deliver(task)
    until(lambda: len(place.messenger.log) > 80)
    first.signal(signal.SIGCONT)
    second.wait()
    place.source.drain(workers=2)
    COUNTS.add("workers stopped")
    place.verdict(audience=CHUNK, kills=1)
