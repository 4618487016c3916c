"""A window that a dead worker left open -> its calls again under their keys -> what became of everybody.

A messenger with retry keys takes a call that it is told twice for one, so nobody there has to stay unknown.
A call is made again only as it was: should somebody in it have left since, it is not, and they are unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rundruf.core import pace
from rundruf.core.chunk import GUARD, REQUEST_TIMEOUT, Mark, left_open, mark_of, marked
from rundruf.core.contact import Contact
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.attempt import Run, Trouble, give_back, recovered, renew, troubled, write
from rundruf.flows.claiming import dispatcher, prepared, trouble_of, wish
from rundruf.messengers.contract import Delivery

KEYS_KNOWN = 20 * 3600 * 1000  # ms; LINE knows a key for 24 hours
_NOT_NOW = (OutcomeKind.RETRY, OutcomeKind.TOKEN, OutcomeKind.PAUSE)
_ABOUT_THE_PERSON = (OutcomeKind.GONE, OutcomeKind.WITHDRAW)


def sorted_out(run: Run, time_left: Callable[[], float]) -> bool:
    """Whether a window that was left open is closed and the rest may go on; else the chunk was given back."""
    progress, services = run.progress, run.services
    if not progress.window:
        return True
    rules = run.messenger.rules
    fresh = services.now() - progress.opened_at < KEYS_KNOWN
    if not (rules.retry_key and fresh) or rules.gather > 1:
        run.progress = recovered(run.chunk, progress, services)
        return True
    if time_left() < REQUEST_TIMEOUT + GUARD + pace.HORIZON:
        give_back(run, 0)
        return False
    return _asked_again(run)


def _asked_again(run: Run) -> bool:
    services, window = run.services, run.progress.window
    slots = services.pacer.reserve(run.task.account, run.calls(window), run.rate, services.now())
    if isinstance(slots, int):
        give_back(run, slots / 1000)
        return False
    services.sleep(max(0.0, slots.start - services.now()) / 1000)
    began, now = services.ticks(), services.now()
    run.progress = replace(run.progress, lease_until=now + run.progress.lease + pace.HORIZON)
    write(run)
    known = services.contacts.known([run.chunk.recipients[at] for at in window])
    marks = _left(run, known)
    claimed = [index for index in window if marks[index] is Mark.UNKNOWN]
    results = services.contacts.claim([wish(run, index, True, now) for index in claimed])
    found = {index: prepared(run, index, result, now) for index, result in zip(claimed, results, strict=True)}
    deliveries = {index: one[1] for index, one in found.items() if not isinstance(one, Mark)}
    if run.common and (len(deliveries) < len(claimed) or not _claimed_all(run, claimed, known)):
        deliveries = {}
    if services.ticks() - began > GUARD:
        give_back(run, pace.SHORTEST_WAIT)
        return False
    return _noted(run, marks, _outcomes(run, deliveries, slots.spacing))


def _claimed_all(run: Run, indices: Iterable[int], known: Mapping[str, Contact]) -> bool:
    """Whether it is certain that all were claimed, and so were in the calls that may have been made."""
    people = [known.get(run.chunk.recipients[at]) for at in indices]
    mine = run.chunk.broadcast
    return all(one and any(claim.broadcast == mine for claim in one.claims) for one in people)


def _left(run: Run, known: Mapping[str, Contact]) -> dict[int, Mark]:
    """What everybody in the window is, if nothing more can be learned."""
    recipients, progress = run.chunk.recipients, run.progress
    return {
        at: left_open(known.get(recipients[at]), run.chunk.broadcast, progress.opened_at)
        for at in progress.window
    }


def _outcomes(run: Run, deliveries: Mapping[int, Delivery], spacing: float) -> dict[int, Outcome]:
    dispatch = dispatcher(run, spacing)
    if run.common:
        return dispatch.outcomes(deliveries)
    works = [dispatch.carried(dispatch.alone(index, one)) for index, one in deliveries.items()]
    told = run.services.http.run(works, spacing, REQUEST_TIMEOUT)
    return {index: outcomes[0] for index, outcomes in zip(deliveries, told, strict=True)}


def _noted(run: Run, marks: Mapping[int, Mark], outcomes: Mapping[int, Outcome]) -> bool:
    """Book what was learned; for whom the messenger has no answer now, the window stays open."""
    changes = dict(marks)
    for index, outcome in outcomes.items():
        if outcome.accepted or outcome.kind in _ABOUT_THE_PERSON:
            changes[index] = mark_of(outcome)
        elif outcome.spoiled:
            changes[index] = Mark.RETRY  # their call was refused: it was never taken
    waiting = tuple(at for at, one in outcomes.items() if one.kind in _NOT_NOW and not one.spoiled)
    for index in waiting:
        changes[index] = Mark.PENDING
    run.progress = replace(
        run.progress,
        marks=marked(run.progress.marks, changes),
        window=waiting,
        opened_at=run.progress.opened_at if waiting else 0,
    )
    if not waiting:
        return True
    trouble = trouble_of(outcomes.values())
    if trouble.token:
        trouble = renew(run, trouble)
    troubled(run, trouble if trouble.stop or trouble.hold is not None else Trouble(hold=pace.SHORTEST_WAIT))
    return False
