"""Chunk -> lease -> window -> claim -> messenger -> outcome: still permitted? keep what became of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rundruf.core import pace, placeholders, policy
from rundruf.core.broadcast import ACTIVE, Broadcast
from rundruf.core.budget import Budget
from rundruf.core.chunk import (
    GUARD,
    LEASE,
    REQUEST_TIMEOUT,
    RETRIES,
    Chunk,
    Mark,
    Progress,
    mark_of,
    marked,
)
from rundruf.core.contact import Contact
from rundruf.core.message import Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.split import messages
from rundruf.core.stopping import USED_UP, Stop, Why, trips
from rundruf.flows.attempt import (
    Run,
    Trouble,
    Version,
    close,
    end,
    ended,
    give_back,
    halted,
    kept,
    may_go_on,
    open_window,
    recovered,
    release,
    renew,
    troubled,
)
from rundruf.flows.claiming import caps, dispatcher, lapsed, named, prepared, trouble_of, wish
from rundruf.flows.clicking import counted
from rundruf.flows.dispatch import Dispatch
from rundruf.flows.gathering import gather
from rundruf.flows.leaving import refused
from rundruf.flows.personalise import Personaliser
from rundruf.flows.quieting import settle_down
from rundruf.flows.renewing import Refused, armed
from rundruf.flows.repeating import sorted_out
from rundruf.flows.second import left
from rundruf.flows.services import ClaimResult, Noted, SendTask, Services, Steps, TooSoon, Unfinished
from rundruf.flows.settling import settle
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Messenger, Notice


def send(task: SendTask, services: Services, time_left: Callable[[], float]) -> None:
    """Send what is left of a chunk, as far as consent, pace and time (``time_left`` in ms) allow.

    Safe to be called again at any time: what was sent is never sent again, what cannot be known is
    marked unknown. The chunk of a paused or ended broadcast, or of a stopped account, is left as it is;
    resuming queues it again.
    """
    owner, now = services.random(4).hex(), services.now()
    found = services.broadcasts.get(task.broadcast)
    chunk = services.broadcasts.chunk(task.broadcast, task.chunk)
    if found is None or chunk is None or not (may_go_on(found, task) or _expired(found, now)):
        return
    if found.local_time and _parked(task, found, services, now):
        return
    progress = services.broadcasts.lease(task.broadcast, task.chunk, owner, now, now + LEASE)
    if progress is None:
        services.queues.send([task], delay=(LEASE + GUARD) / 1000)
        return
    if progress.done:
        settle(task.broadcast, services)
        return
    progress = replace(progress, owner=owner)
    if _expired(found, now):
        close(task, found, ended(recovered(chunk, progress, services), Mark.EXPIRED), services)
        return
    if progress.quiet_until > now:
        return _rests(task, progress, services, now)
    run = _run(task, found, chunk, progress, services, now)
    if run is None or not _ready(run):
        return
    try:
        if not sorted_out(run, time_left):
            return
        settle_down(run)
        if found.budget and not _covered(run, found.budget):
            return
        if run.messenger.rules.gather > 1:
            gather(run, time_left)
        else:
            _windows(run, time_left)
    except Exception:
        kept(run)
        raise


def _covered(run: Run, budget: Budget) -> bool:
    """Whether there is money for what is left of the chunk; what knows prices is loaded only here."""
    from rundruf.flows.budgeting import covered

    return covered(run, budget)


def _parked(task: SendTask, found: Broadcast, services: Services, now: int) -> bool:
    """Whether nobody's time has come in this chunk, which is put back without a write: it may be a day."""
    progress = services.broadcasts.progress(task.broadcast, task.chunk)
    if progress is None or progress.quiet_until <= now or _expired(found, now):
        return False
    _later(task, progress, services, now)
    return True


def _rests(task: SendTask, progress: Progress, services: Services, now: int) -> None:
    """Nobody's quiet time in this chunk has ended yet."""
    services.broadcasts.write(task.broadcast, task.chunk, replace(progress, lease_until=0))
    _later(task, progress, services, now)


def _later(task: SendTask, progress: Progress, services: Services, now: int) -> None:
    wait = (progress.quiet_until - now) / 1000
    services.queues.send([task], delay=min(wait, pace.LONGEST_WAIT))


def _expired(found: Broadcast, now: int) -> bool:
    """Whether nobody is sent to any more, whatever else the broadcast or the account waits for."""
    return found.state in ACTIVE and found.expired(now)


def _run(
    task: SendTask, found: Broadcast, chunk: Chunk, progress: Progress, services: Services, now: int
) -> Run | None:
    """The attempt, or None for an account that does not exist any more."""
    try:
        account = services.accounts.get(task.account)
    except LookupError:
        halted(task, found, Stop(Why.ACCOUNT, "no_account", now), now, services)
        return None
    speaks = messenger(account.messenger)
    if speaks.batch and not speaks.batch.allowed(account):
        speaks = replace(speaks, batch=None)
    versions = _versions(found, speaks, services)
    written = (message for one in versions.values() for message in one.messages)
    return Run(
        task,
        found,
        chunk,
        account,
        speaks,
        versions,
        Personaliser(),
        progress.owner,
        progress,
        services,
        speaks.batch is not None and (speaks.rules.gather > 1 or not any(map(placeholders.used, written))),
        since=now,
        caps=caps(found.topic, services),
        over=_over(found, chunk, services) if found.late_of else frozenset(),
    )


def _over(found: Broadcast, chunk: Chunk, services: Services) -> frozenset[str]:
    """Whose claims of the issue came to nothing; what that takes is loaded for late issues only."""
    from rundruf.flows.late import passed_over

    return passed_over(found, chunk.recipients, services)


def _versions(found: Broadcast, speaks: Messenger, services: Services) -> dict[str, Version]:
    """What people get, by the part of the audience that they are in."""
    made = {}
    for part in found.split.parts() if found.split else ("",):
        message = found.message_of(part)
        if message:
            sent, links = counted(found, policy.advertised(message, speaks.rules), services, part)
            made[part] = Version(sent.versions(), links)
    return made


def _ready(run: Run) -> bool:
    """Whether the account can be used: nothing said against it or the template, and a token at hand.

    What every message needs is fetched now: should it fail, then before anybody is claimed.
    """
    services = run.services
    services.keys()
    services.public_url()
    for noted in services.catalogue.notices(run.task.account):
        reason = objection(noted, run.broadcast)
        if reason:
            services.catalogue.heeded(run.task.account, noted.notice, run.broadcast.id)
            troubled(run, Trouble(stop=reason, why=Why.NOTICE))
            return False
    try:
        run.account = armed(run.account, run.messenger, services)
    except Refused as problem:
        troubled(run, Trouble(stop=problem.code, why=Why.TOKEN))
        return False
    except Unfinished:
        give_back(run, pace.SHORTEST_WAIT)
        return False
    return True


def objection(noted: Noted, found: Broadcast) -> str:
    """Why this notice stops the broadcast, as a reason to show; "" if it does not.

    Each notice stops a broadcast once: whoever resumes it knows, and not every trouble is ever called off.
    """
    notice = noted.notice
    about = f"template {notice.template}" if notice.template else ""
    every = (version for _, message in messages(found.message, found.split) for version in message.versions())
    if found.id in noted.heeded or not any(_concerns(notice, one.template) for one in every):
        return ""
    if notice.trouble:
        return f"{about} {notice.trouble}".strip()
    changed = notice.category and noted.category_at > found.created
    return f"{about} category is now {notice.category}" if changed else ""


def _concerns(notice: Notice, template: Template | None) -> bool:
    """Whether a notice is about this template, in this language, or about all there is."""
    name, language = (template.name, template.language) if template else ("", "")
    return notice.template in ("", name) and notice.language in ("", language)


def _windows(run: Run, time_left: Callable[[], float]) -> None:
    services, last, met = run.services, -1, Trouble()
    while window := run.progress.next_window(last, run.width, run.asleep):
        if time_left() < REQUEST_TIMEOUT + GUARD + pace.HORIZON:
            return give_back(run, 0)
        calls = run.calls(window)
        slots = services.pacer.reserve(run.task.account, calls, run.rate, services.now())
        if isinstance(slots, int):
            return give_back(run, slots / 1000)
        services.sleep(max(0.0, slots.start - services.now()) / 1000)
        run.since = services.now()
        current = services.broadcasts.get(run.task.broadcast)
        if current is None or not may_go_on(current, run.task):
            return release(run)
        if current.expired(services.now()):
            run.progress = ended(run.progress, Mark.EXPIRED)
            break
        if run.broadcast.fallback_of:
            window = _still_missing(run, window)
            if not window:
                continue
        admitted, counted_at = _admitted(run, len(window)), services.now()
        if admitted is None:
            return give_back(run, pace.SHORTEST_WAIT)
        if not admitted:
            return troubled(run, Trouble(stop=USED_UP))
        window = window[:admitted]
        again = {index for index in window if run.progress.marks[index] == Mark.RETRY}
        open_window(run, window)
        trouble = _window(run, window, again, slots.spacing)
        _dismissed(run, window, counted_at)
        last, met = _last(run, window, trouble), _both(met, trouble)
        if trouble.token:
            trouble = renew(run, trouble)
        elif not trouble.stop and trips(run.asked, run.broken):
            trouble = _tripped(run, trouble)
        if trouble.stop or trouble.hold is not None:
            return troubled(run, trouble)
    end(run, met.personal, met.wait, met.gap)


def _still_missing(run: Run, window: Sequence[int]) -> tuple[int, ...]:
    """Those of a fallback's window whom the first broadcast has still not reached."""
    run.progress = left(run.broadcast, run.chunk, run.progress, window, run.services)
    return tuple(index for index in window if not Mark(run.progress.marks[index]).final)


def _last(run: Run, window: Sequence[int], trouble: Trouble) -> int:
    """After whom the next window begins: anew with this one's people where some were not sent to for the sake
    of another, who is settled now.
    """
    settled = any(Mark(run.progress.marks[index]).final for index in window)
    return window[0] - 1 if trouble.spoiled and settled else window[-1]


def _both(met: Trouble, trouble: Trouble) -> Trouble:
    """What concerns single people, of all windows so far."""
    return Trouble(
        personal=met.personal or trouble.personal,
        spoiled=met.spoiled or trouble.spoiled,
        wait=max(met.wait, trouble.wait),
        gap=max(met.gap, trouble.gap),
    )


def _admitted(run: Run, people: int) -> int | None:
    """For how many of a window the account's own limit of a day has room; None: ask again in a moment."""
    limit = run.account.daily_limit
    if limit is None:
        return people
    return run.services.pacer.admit(run.task.account, people, limit, run.services.now())


def _dismissed(run: Run, window: Sequence[int], counted_at: int) -> None:
    """Who was let in and not written to does not count."""
    if run.account.daily_limit is not None:
        needless = sum(run.progress.marks[index] not in (Mark.SENT, Mark.UNKNOWN) for index in window)
        if needless:
            run.services.pacer.dismiss(run.task.account, needless, counted_at)


def _tripped(run: Run, trouble: Trouble) -> Trouble:
    """Too much fails. What was definitely not sent makes the account wait, longer each time, before it stops.

    Unknown or refused messages are lost with each further try, so they stop it at once.
    """
    if 2 * run.again > run.broken and run.progress.attempts < RETRIES:
        attempts = run.progress.attempts + 1
        run.progress = replace(run.progress, attempts=attempts)
        return replace(trouble, hold=max(trouble.hold or 0.0, pace.backoff(attempts)))
    return replace(trouble, stop=f"{run.broken}/{run.asked}", why=Why.ERRORS)


def _counted(run: Run, outcomes: Iterable[Outcome]) -> None:
    """What failed for no reason that lies in the person."""
    for outcome in outcomes:
        again = outcome.kind is OutcomeKind.RETRY and not outcome.account_wide and outcome.retry_after is None
        run.asked += 1
        run.again += again
        run.broken += again or outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.BAD)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one person; ``outcome`` where the messenger was asked, ``gap`` (seconds) where they are
    left in peace because they have just been written to.
    """

    mark: Mark
    contact: str = ""
    outcome: Outcome | None = None
    gap: float = 0


def _window(run: Run, window: Sequence[int], again: set[int], spacing: float) -> Trouble:
    """Claim and send one window, note what became of each; what it says about the account."""
    told = _together(run, window, again) if run.common else _each(run, window, again, spacing)
    marks = marked(run.progress.marks, {index: one.mark for index, one in told.items()})
    run.progress = replace(run.progress, marks=marks, window=(), opened_at=0)
    for one in told.values():
        if one.outcome:
            refused(one.contact, one.outcome, run.messenger.rules, run.services)
    lapsed(run, {index: one.mark for index, one in told.items()})
    outcomes = {index: one.outcome for index, one in told.items() if one.outcome}
    named(run, outcomes)
    _counted(run, outcomes.values())
    trouble = trouble_of(outcomes.values())
    trouble.gap = max((one.gap for one in told.values()), default=0)
    return trouble


def _each(run: Run, window: Sequence[int], again: set[int], spacing: float) -> dict[int, Told]:
    """Everybody on their own: claimed, and sent to as soon as their claim stands."""
    dispatch = dispatcher(run, spacing)
    works = [_person(run, index, index in again, dispatch) for index in window]
    told = run.services.http.run(works, spacing, REQUEST_TIMEOUT)
    return dict(zip(window, told, strict=True))


def _person(run: Run, index: int, again: bool, dispatch: Dispatch) -> Steps[Told]:
    services = run.services
    began, now = services.ticks(), services.now()
    result = yield from services.contacts.claiming(wish(run, index, again, now))
    found = prepared(run, index, result, now)
    if isinstance(found, Mark):
        return _untold(run, result, found)
    if services.ticks() - began > GUARD:
        return Told(Mark.RETRY)
    contact, delivery = found
    (outcome,) = yield from dispatch.carried(dispatch.alone(index, delivery))
    return Told(mark_of(outcome), contact.id, outcome)


def _untold(run: Run, result: ClaimResult, mark: Mark) -> Told:
    """Somebody who is not written to now; after the messenger's gap they are."""
    return Told(mark, gap=run.messenger.rules.pair_gap if isinstance(result, TooSoon) else 0)


def _together(run: Run, window: Sequence[int], again: set[int]) -> dict[int, Told]:
    """Claims first, then as few calls as possible, since people share them."""
    services = run.services
    began, now = services.ticks(), services.now()
    results = services.contacts.claim([wish(run, index, index in again, now) for index in window])
    told, ready = dict[int, Told](), dict[int, tuple[Contact, Delivery]]()
    for index, result in zip(window, results, strict=True):
        found = prepared(run, index, result, now)
        if isinstance(found, Mark):
            told[index] = _untold(run, result, found)
        else:
            ready[index] = found
    if services.ticks() - began > GUARD:
        return told | dict.fromkeys(ready, Told(Mark.RETRY))
    outcomes = dispatcher(run, 0).outcomes({index: delivery for index, (_, delivery) in ready.items()})
    return told | {
        index: Told(mark_of(outcome), ready[index][0].id, outcome) for index, outcome in outcomes.items()
    }
