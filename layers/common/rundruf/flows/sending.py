"""Chunk -> lease -> window -> claim -> messenger -> outcome: still permitted? keep what became of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rundruf.core import pace, policy
from rundruf.core.account import Account
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.chunk import (
    GUARD,
    LEASE,
    REQUEST_TIMEOUT,
    RETRIES,
    WINDOW,
    Chunk,
    Mark,
    Progress,
    left_open,
    mark_of,
    marked,
    skipped,
)
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Claim, Contact
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.placeholders import BadPlaceholder
from rundruf.core.policy import Refusal
from rundruf.flows.leaving import leave_url, note
from rundruf.flows.personalise import MissingValue, Personaliser
from rundruf.flows.planning import settle
from rundruf.flows.services import ClaimedEarlier, ClaimResult, ClaimWish, SendTask, Services
from rundruf.flows.writing import outgoing
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Messenger, Request

SENDING = (State.PLANNING, State.SENDING)


@dataclass(slots=True)
class Trouble:
    """What a window met that concerns more than one person; ``hold`` in seconds."""

    hold: float | None = None
    stop: str = ""
    personal: bool = False


@dataclass(slots=True)
class Run:
    """One attempt at one chunk."""

    task: SendTask
    broadcast: Broadcast
    chunk: Chunk
    account: Account
    messenger: Messenger
    personaliser: Personaliser
    owner: str
    progress: Progress
    services: Services


def send(task: SendTask, services: Services, time_left: Callable[[], float]) -> None:
    """Send what is left of a chunk, as far as consent, pace and time (``time_left`` in ms) allow.

    Safe to be called again at any time: what was sent is never sent again, what cannot be known is
    marked unknown. A paused or ended broadcast's chunk is left as it is; resuming queues it again.
    """
    found = services.broadcasts.get(task.broadcast)
    chunk = services.broadcasts.chunk(task.broadcast, task.chunk)
    if found is None or chunk is None or found.state not in SENDING:
        return
    owner, now = services.random(4).hex(), services.now()
    progress = services.broadcasts.lease(task.broadcast, task.chunk, owner, now, now + LEASE)
    if progress is None:
        services.queues.send([task], delay=(LEASE + GUARD) / 1000)
        return
    if progress.done:
        settle(task.broadcast, services)
        return
    account = services.accounts.get(task.account)
    run = Run(
        task,
        found,
        chunk,
        account,
        messenger(account.messenger),
        Personaliser(),
        owner,
        recovered(chunk, progress, services),
        services,
    )
    _windows(run, time_left)


def recovered(chunk: Chunk, progress: Progress, services: Services) -> Progress:
    """The progress with the window that a dead worker left open sorted into unknown and still free."""
    if not progress.window:
        return progress
    changes = {
        index: left_open(services.contacts.get(chunk.recipients[index]), chunk.broadcast, progress.opened_at)
        for index in progress.window
    }
    return replace(progress, marks=marked(progress.marks, changes), window=(), opened_at=0)


def _windows(run: Run, time_left: Callable[[], float]) -> None:
    services, last, personal = run.services, -1, False
    rate = run.account.rate or run.messenger.rules.rate
    width = max(1, min(WINDOW, int(rate)))
    while window := run.progress.next_window(last, width):
        if time_left() < REQUEST_TIMEOUT + GUARD + pace.HORIZON:
            return _give_back(run, 0)
        slots = services.pacer.reserve(run.task.account, len(window), rate, services.now())
        if isinstance(slots, int):
            return _give_back(run, slots / 1000)
        services.sleep(max(0.0, slots.start - services.now()) / 1000)
        current = services.broadcasts.get(run.task.broadcast)
        if current is None or current.state not in SENDING:
            return _release(run)
        if current.expires_at and services.now() >= current.expires_at:
            run.progress = _ended(run.progress, Mark.EXPIRED)
            break
        again = {index for index in window if run.progress.marks[index] == Mark.RETRY}
        _open(run, window)
        changes, trouble = _window(run, window, again, slots.spacing)
        run.progress = replace(
            run.progress, marks=marked(run.progress.marks, changes), window=(), opened_at=0
        )
        last, personal = window[-1], personal or trouble.personal
        if trouble.stop or trouble.hold is not None:
            return _troubled(run, trouble)
    _end(run, personal)


def _open(run: Run, window: tuple[int, ...]) -> None:
    """Close the last window and open the next in one write, before anybody in it is claimed."""
    now = run.services.now()
    run.progress = replace(
        run.progress,
        marks=marked(run.progress.marks, dict.fromkeys(window, Mark.PENDING)),
        window=window,
        opened_at=now,
        lease_until=now + LEASE + pace.HORIZON,
    )
    _write(run)


def _window(
    run: Run, window: Sequence[int], again: set[int], spacing: float
) -> tuple[dict[int, Mark], Trouble]:
    """Claim and send one window; what became of each, and what it says about the account."""
    services = run.services
    began, now = services.ticks(), services.now()
    results = services.contacts.claim([_wish(run, index, index in again, now) for index in window])
    marks: dict[int, Mark] = {}
    ready: dict[int, tuple[Contact, tuple[Request, ...]]] = {}
    for index, result in zip(window, results, strict=True):
        prepared = _prepared(run, index, result, now)
        if isinstance(prepared, Mark):
            marks[index] = prepared
        else:
            ready[index] = prepared
    if services.ticks() - began > GUARD:
        return marks | dict.fromkeys(ready, Mark.RETRY), Trouble()
    outcomes = _sent(run, {index: calls for index, (_, calls) in ready.items()}, spacing)
    for index, outcome in outcomes.items():
        marks[index] = mark_of(outcome)
        _remember(run, ready[index][0], outcome)
    return marks, _trouble(outcomes.values())


def _wish(run: Run, index: int, again: bool, now: int) -> ClaimWish:
    claim = Claim(run.task.broadcast, run.task.chunk, index, run.owner, now)
    cap = run.services.settings.cap
    return ClaimWish(run.chunk.recipients[index], claim, run.broadcast.topic, again, now - cap if cap else 0)


def _prepared(
    run: Run, index: int, result: ClaimResult, now: int
) -> Mark | tuple[Contact, tuple[Request, ...]]:
    """The calls for one claimed person, or why there are none."""
    if result is None:
        return Mark.RETRY
    if isinstance(result, ClaimedEarlier):
        return Mark.UNKNOWN
    if isinstance(result, Refusal):
        return skipped(result)
    rules, found, services = run.messenger.rules, run.broadcast, run.services
    refused = policy.refusal(
        result, found.kind, found.topic, found.message, rules, now, not run.account.base_url
    )
    if refused:
        return skipped(refused)
    try:
        message = outgoing(
            found.message, result, services.settings, leave_url(result.id, services), run.personaliser
        )
    except MissingValue:
        return skipped(Refusal.MISSING_VALUE)
    except BadPlaceholder:
        return skipped(Refusal.CONTENT)
    if run.messenger.problems(message):
        return skipped(Refusal.CONTENT)
    opened = policy.window_open(result, rules, now)
    delivery = Delivery(run.chunk.delivery(index), result.identity.user_id, message, opened, marketing=True)
    return result, run.messenger.build(delivery, run.account)


def _sent(run: Run, calls: Mapping[int, tuple[Request, ...]], spacing: float) -> dict[int, Outcome]:
    """One outcome a person: that of the first call; what else a message needs follows an accepted one."""
    outcomes: dict[int, Outcome] = {}
    began = run.services.ticks()
    for part in range(max((len(each) for each in calls.values()), default=0)):
        going = [
            index
            for index, each in calls.items()
            if part < len(each) and (part == 0 or outcomes[index].accepted)
        ]
        timeout = max(0.0, REQUEST_TIMEOUT - (run.services.ticks() - began))
        answers = run.services.http.window([calls[index][part] for index in going], spacing, timeout)
        for index, answer in zip(going, answers, strict=True):
            outcomes.setdefault(index, run.messenger.interpret(answer))
    return outcomes


def _remember(run: Run, contact: Contact, outcome: Outcome) -> None:
    """What a refusal says about the person outlives this broadcast."""
    services = run.services
    if outcome.kind is OutcomeKind.GONE:
        services.contacts.unreachable(contact.id, outcome.code or "gone")
    if outcome.kind is OutcomeKind.WITHDRAW:
        platform = outcome.code in run.messenger.rules.platform_stop_codes
        action = Action.PLATFORM_STOP if platform else Action.BLOCKED
        note(contact.id, services, lambda held: _lost(action, held, services.now(), outcome.code))


def _lost(action: Action, contact: Contact, now: int, code: str) -> Fact:
    topics = () if action is Action.PLATFORM_STOP else tuple(sorted(contact.consent.topics))
    return Fact(action, now, topics, source="messenger", reference=code)


def _trouble(outcomes: Iterable[Outcome]) -> Trouble:
    trouble = Trouble()
    for outcome in outcomes:
        if outcome.kind in (OutcomeKind.PAUSE, OutcomeKind.TOKEN):
            trouble.stop = outcome.code or outcome.kind.value
        elif outcome.kind is OutcomeKind.RETRY and outcome.account_wide:
            trouble.hold = max(trouble.hold or 0.0, pace.clamped(outcome.retry_after))
        elif outcome.kind is OutcomeKind.RETRY:
            trouble.personal = True
    return trouble


def _troubled(run: Run, trouble: Trouble) -> None:
    """The account is in trouble: nobody is lost, the chunk waits or the broadcast is paused."""
    services = run.services
    if trouble.stop:
        services.accounts.forget(run.task.account)
        reason = f"{run.task.account}: {trouble.stop}"
        services.broadcasts.move(run.task.broadcast, State.PAUSED, SENDING, reason=reason)
        return _release(run)
    wait = trouble.hold or pace.SHORTEST_WAIT
    services.pacer.hold(run.task.account, services.now() + int(wait * 1000))
    return _give_back(run, wait)


def _end(run: Run, personal: bool) -> None:
    """The chunk's end, or another try later for those who were definitely not reached."""
    if list(run.progress.leftover()):
        if not personal or run.progress.attempts < RETRIES:
            attempts = run.progress.attempts + 1
            run.progress = replace(run.progress, attempts=attempts)
            return _give_back(run, pace.backoff(attempts))
        run.progress = _ended(run.progress, Mark.FAILED_RETRY)
    run.services.broadcasts.close(run.task.broadcast, run.task.chunk, replace(run.progress, owner=run.owner))
    settle(run.task.broadcast, run.services)
    return None


def _ended(progress: Progress, mark: Mark) -> Progress:
    return replace(progress, marks=marked(progress.marks, dict.fromkeys(progress.leftover(), mark)))


def _release(run: Run) -> None:
    run.progress = replace(run.progress, lease_until=0)
    _write(run)


def _give_back(run: Run, delay: float) -> None:
    """Free the chunk and let it come again after ``delay`` seconds; a worker never sleeps for money."""
    _release(run)
    run.services.queues.send([run.task], delay=min(delay, pace.LONGEST_WAIT))


def _write(run: Run) -> None:
    run.progress = replace(run.progress, owner=run.owner)
    run.services.broadcasts.write(run.task.broadcast, run.task.chunk, run.progress)
