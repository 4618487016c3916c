"""The drill's first steps, in every run: a crash, a lost answer and a STOP, on the real engine."""

import pytest

from rundruf.core.chunk import WINDOW
from tests.drill.crashes import crash
from tests.drill.messenger import Saying
from tests.drill.place import Place, promise, until
from tests.drill.proxy import aws, lost
from tests.drill.stops import Leavers

CROWD = 40


def planned(place: Place) -> list[str]:
    place.sender()
    users = place.people(CROWD)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    place.source.settle()
    return users


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after the answer"])
def test_a_killed_sender_sends_nobody_twice_and_loses_nobody(place: Place, answered: bool) -> None:
    planned(place)
    crash(place, WINDOW + 4, answered, CROWD)
    place.verdict(audience=CROWD, kills=1)


def test_every_fifth_answer_of_aws_is_lost_and_nobody_notices(place: Place) -> None:
    for number in range(40):
        place.proxy.faults.append(lost(lambda call: call.writes and aws(call), skip=5 * number))
    planned(place)
    place.source.drain()
    assert place.verdict(audience=CROWD).figures.sent == CROWD


def test_nothing_leaves_after_the_yes_to_a_stop(place: Place) -> None:
    users = planned(place)
    place.messenger.script = lambda _: Saying(wait=0.3)
    leavers = Leavers(place)
    job = place.source.deliver(place.source.take("send"))
    promise(until(lambda: len(place.messenger.log) >= WINDOW), "it is sending")
    sent = place.messenger.accepted()
    leavers.leaves(next(user for user in users if user in sent))
    leavers.leaves(next(user for user in reversed(users) if user not in sent))
    job.wait()
    place.source.drain()
    leavers.judged()
    assert place.verdict(audience=CROWD).figures.unknown == 0


def test_a_queue_message_that_comes_twice_harms_nobody(place: Place) -> None:
    planned(place)
    task = place.source.take("send")
    for _ in range(2):
        place.source.deliver(task)
    place.source.drain(workers=2)
    assert place.verdict(audience=CROWD).figures.sent == CROWD
