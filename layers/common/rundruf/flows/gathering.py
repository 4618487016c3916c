"""A chunk that leaves in one call: claim everybody in peace, then open, look once more, send.

Nothing can leave before the window is opened, so claims of an attempt that died are simply made again, and
those of one whose time ran short hold for the next: 10,000 claims may take more than one invocation. Who
leaves between claim and opening is seen by the last look, and who leaves after it waits for the call's end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rundruf.core import pace, policy
from rundruf.core.chunk import (
    GATHERED_LEASE,
    GATHERING,
    GUARD,
    REQUEST_TIMEOUT,
    SIZE,
    Mark,
    mark_of,
    marked,
    skipped,
)
from rundruf.core.consent import Consent
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message
from rundruf.core.policy import Refusal
from rundruf.core.stopping import USED_UP
from rundruf.flows.attempt import (
    Run,
    Trouble,
    end,
    ended,
    give_back,
    may_go_on,
    open_window,
    release,
    renew,
    troubled,
    write,
)
from rundruf.flows.claiming import (
    delivery_of,
    dispatcher,
    lapsed,
    named,
    permitted,
    rendered,
    trouble_of,
    wish,
)
from rundruf.flows.leaving import refused
from rundruf.flows.second import left
from rundruf.flows.services import ClaimResult
from rundruf.messengers.contract import Quota

A_CLAIMING = 20_000  # ms that claiming one slice may take at worst
LATE = GATHERING * 2 // 3  # age of the oldest claim (ms) from which on the call leaves without who is missing
HOLDS = GATHERING * 4 // 5  # ms for which a claim spares the next attempt another


def gather(run: Run, time_left: Callable[[], float]) -> None:
    """Send what is left of a chunk in one call; all get the same text, so nobody's values are in it."""
    message = rendered(run, _nobody(run), 0)
    if isinstance(message, Mark):
        run.progress = ended(run.progress, message)
        return end(run, personal=False)
    _leave_out(run)
    claimed = _claimed(run, time_left)
    if claimed is None or time_left() < GATHERED_LEASE + pace.HORIZON:
        return give_back(run, pace.SHORTEST_WAIT)
    if not claimed:
        return end(run, personal=False)
    trouble = _called(run, claimed, message)
    if trouble is None:
        return None
    if trouble.token:
        trouble = renew(run, trouble)
    if trouble.stop or trouble.hold is not None:
        return troubled(run, trouble)
    return end(run, trouble.personal, trouble.wait)


def _leave_out(run: Run) -> None:
    """In a fallback: whom the first broadcast has reached by now."""
    if run.broadcast.fallback_of:
        waiting = list(run.progress.leftover())
        for start in range(0, len(waiting), SIZE):
            part = waiting[start : start + SIZE]
            run.progress = left(run.broadcast, run.chunk, run.progress, part, run.services)


def _nobody(run: Run) -> Contact:
    """A reader of whom only the language is known."""
    account = run.account
    identity = Identity(account.messenger, account.name, "")
    return Contact("", identity, Consent(), language=run.broadcast.language)


def _claimed(run: Run, time_left: Callable[[], float]) -> dict[int, Contact] | None:
    """Everybody who may be written to, by index; None when time runs short.

    Whoever an earlier attempt claimed comes first and is only looked at. Should claiming take so long that
    the oldest claims would have to be made again, those who are claimed by then are all: so it ends.
    """
    services, ready, marks = run.services, dict[int, Contact](), run.progress.marks
    waiting = [index for index in run.progress.leftover() if index not in run.asleep]
    waiting.sort(key=lambda index: marks[index] != Mark.RETRY)
    oldest = services.now()
    for start in range(0, len(waiting), SIZE):
        part = waiting[start : start + SIZE]
        late = oldest < services.now() - LATE
        if late and marks[part[0]] != Mark.RETRY:
            return ready
        if time_left() < GATHERED_LEASE + A_CLAIMING:
            return ready if late else None
        found = _slice(run, part)
        oldest = min([oldest, *(_claim_at(run, *one) for one in found.items())])
        ready |= found
    return ready


def _slice(run: Run, part: Sequence[int]) -> dict[int, Contact]:
    """Who of these may be written to; what became of each is written down before the next are claimed."""
    services, now = run.services, run.services.now()
    results = _held(run, [index for index in part if run.progress.marks[index] == Mark.RETRY], now)
    missing = [index for index in part if index not in results]
    claims = services.contacts.claim([wish(run, index, True, now) for index in missing])
    results |= zip(missing, claims, strict=True)
    found = {index: permitted(run, index, result, now) for index, result in results.items()}
    ready = {index: one for index, one in found.items() if isinstance(one, Contact)}
    marks = {index: one if isinstance(one, Mark) else Mark.RETRY for index, one in found.items()}
    lease = services.now() + A_CLAIMING
    run.progress = replace(run.progress, marks=marked(run.progress.marks, marks), lease_until=lease)
    write(run)
    lapsed(run, marks)
    return ready


def _held(run: Run, indices: Sequence[int], now: int) -> dict[int, ClaimResult]:
    """Those whose claim by an earlier attempt still holds."""
    recipients = run.chunk.recipients
    known = run.services.contacts.known([recipients[index] for index in indices]) if indices else {}
    held = {index: known[recipients[index]] for index in indices if recipients[index] in known}
    return {index: one for index, one in held.items() if _claim_at(run, index, one) > now - HOLDS}


def _claim_at(run: Run, index: int, contact: Contact) -> int:
    """When this chunk claimed the person (ms); 0 if nothing is left of it."""
    task = run.task
    mine = (one for one in contact.claims if (one.broadcast, one.chunk) == (task.broadcast, task.chunk))
    return next((one.at for one in mine if one.index == index), 0)


def _called(run: Run, claimed: Mapping[int, Contact], message: Message) -> Trouble | None:
    """The call and what it met; None when the chunk was given back or let go instead."""
    services = run.services
    slots = services.pacer.reserve(run.task.account, 1, run.rate, services.now())
    if isinstance(slots, int):
        give_back(run, slots / 1000)
        return None
    services.sleep(max(0.0, slots.start - services.now()) / 1000)
    current = services.broadcasts.get(run.task.broadcast)
    if current is None or not may_go_on(current, run.task):
        release(run)
        return None
    run.since = services.now()
    if current.expires_at and services.now() >= current.expires_at:
        run.progress = ended(run.progress, Mark.EXPIRED)
        return Trouble()
    quotas = run.messenger.quotas(run.account)
    spent = _spent(run, quotas)
    if spent is None:
        return Trouble(stop=USED_UP)
    open_window(run, tuple(claimed))
    marks, trouble, counted = _window(run, claimed, message)
    if not counted:
        _unspent(run, quotas, spent)
    run.progress = replace(run.progress, marks=marked(run.progress.marks, marks), window=(), opened_at=0)
    return trouble


def _spent(run: Run, quotas: tuple[Quota, ...]) -> int | None:
    """The time under which the call was counted against every quota; None when one is used up."""
    now = run.services.now()
    for number, quota in enumerate(quotas):
        if not run.services.pacer.spend(run.task.account, quota, now):
            _unspent(run, quotas[:number], now)
            return None
    return now


def _unspent(run: Run, quotas: tuple[Quota, ...], now: int) -> None:
    for quota in quotas:
        run.services.pacer.unspend(run.task.account, quota, now)


def _window(
    run: Run, claimed: Mapping[int, Contact], message: Message
) -> tuple[dict[int, Mark], Trouble, bool]:
    """Marks, trouble, and whether the messenger may have counted the call."""
    services, marks = run.services, dict[int, Mark]()
    began, now = services.ticks(), services.now()
    known = services.contacts.known([contact.id for contact in claimed.values()])
    deliveries = {}
    for index, contact in claimed.items():
        held = known.get(contact.id)
        gone = _gone(run, held, now)
        if gone or held is None:
            marks[index] = skipped(gone or Refusal.ERASED)
        elif _claim_at(run, index, held) <= now + GATHERED_LEASE - GATHERING:
            marks[index] = Mark.RETRY  # a STOP would not look for a claim that is gone or so old
        else:
            deliveries[index] = delivery_of(run, index, held, message, now)
    if services.ticks() - began > GATHERED_LEASE - REQUEST_TIMEOUT - GUARD:
        return marks | dict.fromkeys(deliveries, Mark.RETRY), Trouble(), False
    outcomes = dispatcher(run, 0).outcomes(deliveries)
    named(run, outcomes)
    for index, outcome in outcomes.items():
        marks[index] = mark_of(outcome)
        refused(claimed[index].id, outcome, run.messenger.rules, services)
    counted = any(mark in (Mark.SENT, Mark.UNKNOWN) for mark in marks.values())
    return marks, trouble_of(outcomes.values()), counted


def _gone(run: Run, held: Contact | None, now: int) -> Refusal | None:
    """Why somebody who could be claimed may not be written to any more."""
    return Refusal.ERASED if held is None else policy.withheld(held, run.broadcast.topic, now)
