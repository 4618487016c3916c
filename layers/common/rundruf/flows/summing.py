"""Broadcast -> groups of chunks -> what is known of each, looked at anew only where something was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.chunk import Mark, never_closed
from rundruf.core.report import Figures, Receipts
from rundruf.core.summing import GROUP, KeptSum, Sum
from rundruf.flows.services import Services

BUDGET = 600.0  # ms that a question spends on looking at groups anew, where their last sum is at hand
CANCELLED = Mark.SKIPPED_CANCELLED.reason


@dataclass(frozen=True, slots=True)
class Added:
    """A broadcast's sum; ``at`` (ms) is when the oldest part of it was looked at."""

    sum: Sum
    at: int


def added(found: Broadcast, services: Services, budget: float = BUDGET) -> Added:
    """What a broadcast adds up to by now.

    Groups of which nothing was told since are taken as they were kept. Where there are more of the others
    than there is time for, the rest is as it was at ``Added.at``; each part balances at any time.
    """
    count = chunks(found, services)
    began, oldest = services.ticks(), services.now()
    held = services.broadcasts.sums(found.id) if count > GROUP else {}
    whole = Sum()
    numbers = sorted(range(-(-count // GROUP)), key=lambda number: held.get(number, KeptSum()).at)
    for number in numbers:
        one = held.get(number, KeptSum())
        late = services.ticks() - began > budget
        if one.sum is None or not (one.current or late):
            one = _looked(found, number, count, one, services)
        oldest = oldest if one.current else min(oldest, one.at)
        if one.sum:
            whole.add(one.sum)
    if found.state is State.CANCELLED:
        _cancelled(whole)
    return Added(whole, oldest)


def chunks(found: Broadcast, services: Services) -> int:
    """How many chunks exist by now."""
    return found.chunks if found.planned else services.broadcasts.cursor(found.id).chunks


def _looked(found: Broadcast, number: int, count: int, held: KeptSum, services: Services) -> KeptSum:
    """A group's sum from its chunks; kept if it is one of several.

    What was told of it is counted after it was written, so a sum may hold more than ``seen`` says, but never
    less; then it is looked at once more.
    """
    ids = [f"0-{each}" for each in range(number * GROUP, min((number + 1) * GROUP, count))]
    now, made = services.now(), Sum()
    progresses = services.broadcasts.progresses(found.id, ids)
    begun = [one for one, (_, progress) in progresses.items() if any(progress.marks) or progress.window]
    receipts = services.broadcasts.receipts(found.id, begun) if begun else {}
    drawn = _drawn(found, ids, services) if found.split else {}
    for one, (account, stored) in progresses.items():
        progress = never_closed(stored) if found.state is State.CANCELLED else stored
        made.take(account, progress, receipts.get(one, Receipts()))
        if one in drawn:
            made.take_parts(account, progress, receipts.get(one, Receipts()), drawn[one])
    closed = found.planned and all(progress.done for _, progress in progresses.values())
    looked = KeptSum(held.touched, held.touched, closed, now, made)
    if count > GROUP and (closed or held.at < now - 60_000):
        services.broadcasts.keep_sum(found.id, number, looked)
    return looked


def _drawn(found: Broadcast, ids: Sequence[str], services: Services) -> dict[str, dict[str, list[int]]]:
    """The people (indices) of these chunks by the part of the audience they are in."""
    made: dict[str, dict[str, list[int]]] = {}
    for chunk in services.broadcasts.chunks(found.id, ids):
        places = made.setdefault(chunk.id, {})
        for index, contact in enumerate(chunk.recipients):
            places.setdefault(found.part_of(contact), []).append(index)
    return made


def _cancelled(whole: Sum) -> None:
    """What a cancelled broadcast did not send to counts as skipped."""
    for figures in (whole.accounts, *whole.parts.values(), *whole.languages.values()):
        _skipped(figures.values())


def _skipped(every: Iterable[Figures]) -> None:
    for figures in every:
        if figures.pending:
            figures.skipped[CANCELLED] += figures.pending
            figures.pending = figures.quiet = figures.quiet_until = 0
