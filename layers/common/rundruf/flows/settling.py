"""What a broadcast's chunks and accounts add up to: trying, sending, waiting as a whole, finished."""

from rundruf.core.broadcast import ACTIVE, Broadcast, State
from rundruf.core.canary import FIRST, USUAL, Trial
from rundruf.core.chunk import Mark
from rundruf.flows.services import Services

NAMED = 5  # accounts that a reason names


def settle(broadcast: str, services: Services) -> Broadcast | None:
    """Into the state that its chunks and accounts make of it; asked after everything that may change that.

    *Finished* once every chunk has come to its end; *paused* once every account that still has work is
    stopped; *canary* while the first chunk decides about the rest, *comparing* while the rest waits for the
    winner of the variants, and *sending* once all may be sent.
    """
    found = services.broadcasts.get(broadcast)
    if found is None or found.state.ended or found.freeing:
        return found
    if found.complete:
        return services.broadcasts.finish(broadcast) or found
    if found.state not in ACTIVE:
        return found
    waiting = _all_stopped(found, services)
    if waiting:
        numbers = [found.number(account) for account in waiting]
        return services.broadcasts.pause_stopped(broadcast, numbers, reason(found, waiting)) or found
    if not found.planned:
        return found
    if found.trial is Trial.RUNNING:
        _settles(found, services)
    if found.may_compare() and not found.compared:
        begun = services.broadcasts.compares(broadcast, services.now())
        if begun:
            _reminded(begun, services)
            found = begun
    to = _as_it_is(found)
    from_here = found.state in (State.PLANNING, State.COMPARING) or to is State.COMPARING
    if from_here and found.state is not to:
        return services.broadcasts.move(broadcast, to, (found.state,)) or found
    return found


def _as_it_is(found: Broadcast) -> State:
    if found.trial is Trial.RUNNING:
        return State.CANARY
    return State.COMPARING if found.comparing else State.SENDING


def _reminded(found: Broadcast, services: Services) -> None:
    """The variants are out: the planner looks at them when their time has come."""
    rule = found.split.rule if found.split else None
    for wait in (rule.after, rule.otherwise) if rule else ():
        if wait:
            services.catalogue.remind(found.compared + wait, "winner", found.id)


def reason(found: Broadcast, accounts: list[str]) -> str:
    """Why these accounts wait, in short."""
    said = [f"{account}: {found.stopped[account].code}" for account in accounts[:NAMED]]
    more = len(accounts) - NAMED
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def account_of_first(found: Broadcast) -> str:
    """The account of the first chunk of a planned broadcast."""
    pairs = zip(found.accounts, found.tests if found.tested else found.counts, strict=False)
    return next((account for account, count in pairs if count), "")


def _all_stopped(found: Broadcast, services: Services) -> list[str]:
    """The accounts that have work and wait, if none of those with work goes on."""
    if not found.stopped:
        return []
    working = _working(found, services)
    return sorted(working) if working and working <= found.stopped.keys() else []


def _working(found: Broadcast, services: Services) -> frozenset[str]:
    if not found.planned:
        return frozenset(found.accounts)
    if found.trial is Trial.RUNNING and not found.done:
        return frozenset({account_of_first(found)})
    counted = found.with_work()
    if counted is not None:
        return counted
    ids = [f"0-{number}" for number in range(found.chunks)]
    known = services.broadcasts.progresses(found.id, ids)
    return frozenset(account for account, progress in known.values() if not progress.done)


def _tried(found: Broadcast, services: Services) -> bool:
    """Whether the first chunk of a broadcast by local time waits, and somebody in it was asked before."""
    progress = services.broadcasts.progress(found.id, FIRST) if found.local_time else None
    return bool(progress and progress.quiet_until and any(Mark(mark).final for mark in progress.marks))


def _settles(found: Broadcast, services: Services) -> None:
    """The first chunk has come to its end, or as far as it can: receipts and people get their time, then
    the planner decides.
    """
    if found.settles or not (found.done or _tried(found, services)):
        return
    wait = (found.canary or USUAL).wait
    at = services.now() + wait
    services.catalogue.remind(at, "canary", found.id)
    if services.broadcasts.settles(found.id, at):
        services.queues.plan(found.id, delay=wait / 1000)
