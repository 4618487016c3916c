"""The drill's own exam: known mistakes, planted into its workers, which it has to catch.

One test for each mistake; what it runs is the case that must fail.
"""

import asyncio
from collections.abc import Callable

import pytest

from rundruf.core.chunk import WINDOW
from rundruf.flows.leaving import Leaving, leave
from tests.drill.conftest import Open
from tests.drill.counts import COUNTS
from tests.drill.crashes import crash, killed_after
from tests.drill.messenger import Saying
from tests.drill.place import Place, Violation, promise, until
from tests.drill.proxy import Call, Fault, Told, of
from tests.drill.stops import Leavers
from tests.drill.workers import Job

CROWD = 48


def planned(opened: Open, *plants: str) -> tuple[Place, list[str]]:
    """A chunk that waits to be sent by faulty workers."""
    place = opened(plants=plants)
    place.sender()
    users = place.people(CROWD)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    place.source.settle()
    return place, users


def caught(case: Callable[[], object]) -> str:
    """Which promise the case found broken."""
    before = COUNTS.saved()
    with pytest.raises(Violation) as found:
        case()
    COUNTS.restore(before)
    COUNTS.add("planted faults caught")
    return str(found.value)


def test_marks_before_sending_lose_people(opened: Open) -> None:
    def case() -> None:
        place, _ = planned(opened, "marks_before_sending")
        crash(place, 20, answered=False, audience=CROWD)
        place.verdict(audience=CROWD, kills=1)

    assert "sent means accepted" in caught(case)


@pytest.mark.drill
def test_marks_after_the_chunk_send_twice(opened: Open) -> None:
    def case() -> None:
        place, _ = planned(opened, "marks_after_the_chunk")
        crash(place, 20, answered=True, audience=CROWD)
        place.verdict(audience=CROWD, kills=1)

    assert "nobody twice" in caught(case)


@pytest.mark.drill
def test_consent_asked_only_at_planning_reaches_who_left(opened: Open) -> None:
    def case() -> None:
        place, users = planned(opened, "consent_only_at_planning")
        leavers = Leavers(place)
        leavers.leaves(users[7])
        place.source.drain()
        leavers.judged()

    assert "nothing after the yes" in caught(case)


@pytest.mark.drill
def test_consent_asked_only_at_planning_is_seen_without_a_webhook_too(opened: Open) -> None:
    def case() -> None:
        place, users = planned(opened, "consent_only_at_planning")
        leave(place.contact(users[3]).id, Leaving(place.clock.now(), "test"), place.services)
        place.source.drain()
        verdict = place.verdict(audience=CROWD)
        promise(users[3] not in verdict.accepted, "who left is left alone")

    assert "who left is left alone" in caught(case)


@pytest.mark.drill
def test_a_cursor_before_the_queue_leaves_people_waiting(opened: Open) -> None:
    def case() -> None:
        place = opened(plants=("small_chunks", "cursor_before_queue"))
        place.sender()
        place.people(CROWD)
        place.broadcast()
        jobs: list[Job] = []
        place.proxy.faults.append(killed_after(of("TransactWriteItems"), lambda: jobs[0], skip=1))
        jobs.append(place.source.deliver(place.source.take("plan")))
        jobs[0].wait()
        place.source.drain()
        place.verdict(audience=CROWD)

    assert "nobody is left pending" in caught(case)


def test_a_yes_before_looking_lets_a_message_arrive_after_it(opened: Open) -> None:
    """The sender has claimed and stands still before it sends; the STOP must not be answered meanwhile."""

    def case() -> None:
        place, _ = planned(opened, "stop_without_looking")
        leavers = Leavers(place)
        place.messenger.script = lambda _: Saying(wait=0.2)
        held = after_claims(place, 1.0)
        job = place.source.deliver(place.source.take("send"))
        promise(until(lambda: bool(held)), "somebody is claimed")
        leavers.leaves(held[0])
        job.wait()
        place.source.drain()
        leavers.judged()

    assert "nothing after the yes" in caught(case)


def after_claims(place: Place, seconds: float) -> list[str]:
    """Hold the answer to every claim for a while; gives the user ids that were claimed, as they are."""
    claimed: list[str] = []
    known = {place.contacts.id_of(one): one.user_id for one in place.identities}

    async def held(call: Call, told: Told) -> Told:
        claimed.append(known[call.body["Key"]["pk"]["S"].partition("#")[2]])
        await asyncio.sleep(seconds)
        return told

    def claim(call: Call) -> bool:
        return call.operation == "UpdateItem" and "claim0" in call.site

    place.proxy.faults.append(Fault(claim, after=held, times=WINDOW))
    return claimed
