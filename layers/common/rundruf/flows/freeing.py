"""Resume -> who failed, or is unknown, is free to be sent to again: chunk by chunk, each by a condition."""

from collections.abc import Callable
from dataclasses import replace

from rundruf.core.broadcast import Broadcast, Scope
from rundruf.core.chunk import GUARD, LEASE, Mark, Progress, marked
from rundruf.core.report import Receipts
from rundruf.flows.services import Services

AT_ONCE = 100
MAY_WORK_NOW = frozenset({Mark.FAILED_RETRY, Mark.FAILED_PAUSE, Mark.FAILED_WINDOW, Mark.FAILED_BAD})


def free(found: Broadcast, scope: Scope, services: Services, time_left: Callable[[], float]) -> bool:
    """Whether everybody of this scope is free now; else ask again (what was done stays done).

    A chunk that somebody is sending keeps what it has until then.
    """
    complete = True
    for start in range(0, found.chunks, AT_ONCE):
        if time_left() < 20_000:
            return False
        ids = [f"0-{number}" for number in range(start, min(start + AT_ONCE, found.chunks))]
        receipts = services.broadcasts.receipts(found.id, ids)
        for one, (account, held) in services.broadcasts.progresses(found.id, ids).items():
            again = freed(held, scope, receipts.get(one, Receipts()))
            if again:
                complete &= _written(found, one, account, held, again, services)
    return complete


def freed(held: Progress, scope: Scope, receipts: Receipts) -> dict[int, Mark]:
    """Who is free again, by index.

    Only who was refused at once, or of whom nothing was heard since: a message that was accepted and
    reported as failed later could still arrive, and could not be told from its repetition.
    """
    wanted = MAY_WORK_NOW if scope is Scope.FAILED else {Mark.UNKNOWN}
    heard = receipts.sent.union(receipts.arrived, *receipts.failed.values())
    if scope is Scope.UNKNOWN:
        heard = heard.union(receipts.replied, receipts.left, receipts.blocked, receipts.clicked)
    chosen = (index for index, mark in enumerate(held.marks) if mark in wanted)
    return {index: Mark.RETRY for index in chosen if index not in heard and index not in held.window}


def _written(
    found: Broadcast, chunk: str, account: str, held: Progress, again: dict[int, Mark], services: Services
) -> bool:
    marks = marked(held.marks, again)
    if held.done:
        return services.broadcasts.reopen(found.id, chunk, held, marks, found.number(account))
    owner, now = services.random(4).hex(), services.now()
    leased = services.broadcasts.lease(found.id, chunk, owner, now, now + LEASE + GUARD)
    if leased is None or leased.marks != held.marks or leased.done:
        return False
    freed_now = replace(leased, marks=marks, owner=owner, attempts=0, lease_until=0)
    services.broadcasts.write(found.id, chunk, freed_now)
    return True
