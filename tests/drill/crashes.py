"""Workers that die: at the k-th arrival, before and after the answer, or at a call to the table."""

from collections.abc import Callable

from tests.drill.counts import COUNTS
from tests.drill.place import Place
from tests.drill.proxy import Call, Fault, Told
from tests.drill.workers import Job

AFTER_ALL_LEASES = 900


def killed_before(wanted: Callable[[Call], bool], victim: Callable[[], Job], skip: int = 0) -> Fault:
    """SIGKILL as the call comes; it is not carried out."""

    def before(call: Call) -> float:
        del call
        victim().signal()
        return 30.0

    return Fault(wanted, before=before, skip=skip)


def killed_after(wanted: Callable[[Call], bool], victim: Callable[[], Job], skip: int = 0) -> Fault:
    """SIGKILL once the call is carried out; its answer is never read."""

    def after(call: Call, told: Told) -> Told:
        del call
        victim().signal()
        return told

    return Fault(wanted, after=after, skip=skip)


def crash(place: Place, k: int, answered: bool, audience: int) -> None:
    """Kill the sender after k sends: at the next arrival, or once the k-th is answered; let it come again."""
    task = place.source.take("send")
    COUNTS.add("crash points")
    jobs: list[Job] = []

    def victim() -> Job:
        return jobs[0]

    if answered and k:
        place.messenger.after = lambda one: _at(one.number + 1 == k, victim)
    elif answered:
        place.proxy.faults.append(killed_after(_lease, victim))
    elif k < audience:
        place.messenger.before = lambda one: _at(one.number == k, victim)
    else:
        place.proxy.faults.append(killed_before(_close, victim))
    jobs.append(place.source.deliver(task))
    jobs[0].wait()
    place.source.drain()


def dies_at(place: Place, k: int) -> None:
    """Deliver the chunk to a worker that dies at the k-th arrival of this messenger's life."""
    jobs: list[Job] = []
    place.messenger.before = lambda one: _at(one.number == k, lambda: jobs[0])
    jobs.append(place.source.deliver(place.source.take("send")))
    jobs[0].wait()
    place.messenger.before = lambda _: None


def _at(now: bool, victim: Callable[[], Job]) -> None:
    if now:
        victim().signal()


def _lease(call: Call) -> bool:
    return call.operation == "UpdateItem" and call.site.startswith("UpdateItem b/progress")


def _close(call: Call) -> bool:
    return call.operation == "TransactWriteItems" and "b/progress" in call.site
