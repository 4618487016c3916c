"""A broadcast that is not settled -> does it move? -> what got lost on the way is queued again."""

from rundruf.core.broadcast import ACTIVE, Broadcast, State
from rundruf.core.chunk import Mark
from rundruf.flows.deciding import due
from rundruf.flows.fallback import due_at
from rundruf.flows.planning import LOOK_AGAIN, start
from rundruf.flows.services import Services
from rundruf.flows.settling import settle
from rundruf.flows.summing import added

STALLED = 20 * 60 * 1000  # more than the longest wait that a messenger is granted
AT_ONCE = 100
ALL_OF_IT = 20_000.0  # ms for adding up what a large broadcast came to, so that its report need not


def look(broadcast: str, services: Services) -> None:
    """Whatever a crash, a lost message or dead letters left lying goes on; repeated until it has ended.

    A broadcast that has made no progress for 20 minutes is called stalled, and its open chunks are queued
    again: each is safe to come twice.
    """
    found = settle(broadcast, services)
    if found is None or not found.started:
        return
    if found.state.ended:
        added(found, services, ALL_OF_IT)
        if found.fallback and due_at(found):
            services.catalogue.remind(due_at(found), "fallback", broadcast)
        return
    if found.state is State.PLANNING and not found.planned:
        start(broadcast, services)
        return
    services.catalogue.remind(services.now() + LOOK_AGAIN, "unsettled", broadcast)
    if found.state not in ACTIVE:
        return
    if found.requeue or found.freeing or due(found, services.now()):
        services.queues.plan(broadcast)
    moved, resting = progress(found, services)
    resting = resting or (found.may_compare() and found.done >= found.tested)
    if moved != found.seen or not found.seen_at or resting:
        services.broadcasts.looked(broadcast, moved, stalled=0)
    elif services.now() - found.seen_at >= STALLED:
        since = found.stalled or found.seen_at
        services.broadcasts.looked(broadcast, moved, stalled=since, requeue=True)
        services.queues.plan(broadcast)
        services.log("broadcast stalled", broadcast=broadcast, minutes=(services.now() - since) // 60_000)


def progress(found: Broadcast, services: Services) -> tuple[int, bool]:
    """A number that grows as long as anything moves: people with an outcome; and whether some rest."""
    count, resting = 0, False
    for start_at in range(0, found.chunks, AT_ONCE):
        ids = [f"0-{number}" for number in range(start_at, min(start_at + AT_ONCE, found.chunks))]
        for _, one in services.broadcasts.progresses(found.id, ids).values():
            count += sum(Mark(mark).final for mark in one.marks)
            resting = resting or one.quiet_until > services.now()
    return count, resting
