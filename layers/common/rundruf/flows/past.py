"""What people did with an earlier broadcast, read alongside the audience index in constant memory.

The planner made that broadcast's chunks in the order of the same index, so both are walked once. Where part
of its audience waited for the winner of variants, that was in two rounds, which are walked side by side.
"""

from collections.abc import Collection

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.chunk import Chunk, Mark, Progress, chunk_id, fresh
from rundruf.core.contact import shard_of
from rundruf.core.report import Receipts
from rundruf.core.segment import Did
from rundruf.flows.reporting import line
from rundruf.flows.services import Services

AT_ONCE = 16  # chunks in memory
HAD = "had"  # got it, may have got it, or still will

Place = tuple[int, str]


def place(contact: str) -> Place:
    """Where a contact stands in its account's part of the index."""
    return shard_of(contact), contact


class Past:
    """The part of one account in one broadcast; people are asked about in the index's order, each once."""

    def __init__(self, found: Broadcast, account: str, services: Services) -> None:
        self.broadcast = found.id
        self._rounds = [_Round(found, account, one, services) for one in _ranges(found, account, services)]

    def did(self, contact: str) -> Collection[str]:
        """What this person did, as words of ``Did``, and ``HAD``; nothing for somebody who was not in it."""
        told = [one.did(contact) for one in self._rounds]
        return next((one for one in told if one), ())


class _Round:
    """Chunks of one account that were made in the index's order."""

    def __init__(self, found: Broadcast, account: str, numbers: range, services: Services) -> None:
        self.broadcast = found.id
        self._found, self._account, self._services = found, account, services
        self._next, self._end = numbers.start, numbers.stop
        counted = found.planned and sum(found.counts) == found.chunks
        twice = found.split is not None and found.split.rounds > 1 and not counted
        self._ordered = not (found.audience.contacts or found.fallback_of or twice)
        self._held: dict[str, frozenset[str]] = {}
        self._last: Place = (-1, "")
        self._sought = False

    def did(self, contact: str) -> Collection[str]:
        """What this person did, as words of ``Did``, and ``HAD``; nothing for somebody who was not in it."""
        here = place(contact)
        if not self._sought:
            self._sought = True
            self._seek(here)
        while self._next < self._end and (not self._ordered or self._last < here):
            self._read()
        return self._held.get(contact, ())

    def _seek(self, here: Place) -> None:
        """Leave out the chunks before this place: a planner may begin in the middle."""
        low, high = self._next, self._end
        while self._ordered and high - low > AT_ONCE:
            middle = (low + high) // 2
            chunk = self._services.broadcasts.chunk(self.broadcast, chunk_id(middle))
            if chunk is None or chunk.account != self._account:
                return  # an older release's; read from the start
            if place(chunk.recipients[0]) <= here:
                low = middle
            else:
                high = middle
        self._next = low

    def _read(self) -> None:
        broadcasts = self._services.broadcasts
        if self._ordered:
            self._held = {}
        ids = [chunk_id(number) for number in range(self._next, min(self._next + AT_ONCE, self._end))]
        self._next += len(ids)
        chunks = {one.id: one for one in broadcasts.chunks(self.broadcast, ids)}
        progresses, receipts = (
            broadcasts.progresses(self.broadcast, ids),
            broadcasts.receipts(self.broadcast, ids),
        )
        for one in ids:
            chunk = chunks.get(one)
            if chunk is None or chunk.account != self._account:
                continue
            _, progress = progresses.get(one, ("", fresh(len(chunk.recipients))))
            told = receipts.get(one, Receipts())
            for index, contact in enumerate(chunk.recipients):
                self._held[contact] = self._of(chunk, index, progress, told)
            self._last = max(self._last, place(chunk.recipients[-1]))

    def _of(self, chunk: Chunk, index: int, progress: Progress, told: Receipts) -> frozenset[str]:
        known = line(self._found, chunk, index, progress, told)
        said = (
            (Did.GOT, known.outcome == "sent"),
            (Did.DELIVERED, known.delivered),
            (Did.READ, known.read),
            (Did.REPLIED, index in told.replied),
            (Did.LEFT, index in told.left),
        )
        has = {HAD} if had(self._found, index, progress, told) else set()
        return frozenset(did.value for did, true in said if true) | has


def had(found: Broadcast, index: int, progress: Progress, told: Receipts) -> bool:
    """Whether it cannot be ruled out that somebody has this broadcast, or gets it yet.

    What was accepted and reported as failed later may still arrive.
    """
    mark = Mark(progress.marks[index])
    if mark in (Mark.SENT, Mark.UNKNOWN) or index in told.sent.union(told.arrived, *told.failed.values()):
        return True
    if mark.final:
        return False
    return found.state is not State.CANCELLED or index in progress.window


def _ranges(found: Broadcast, account: str, services: Services) -> list[range]:
    """The numbers of the account's chunks by round; of all where an older release did not count them."""
    chunks = found.chunks if found.planned else services.broadcasts.cursor(found.id).chunks
    if account not in found.accounts:
        return []
    if not found.planned or sum(found.counts) != chunks:
        return [range(chunks)]
    tests = found.tests if found.tested else found.counts
    later = [count - first for count, first in zip(found.counts, tests, strict=True)]
    number, rounds = found.number(account), ((0, tests), (sum(tests), later))
    begins = [(begin + sum(counts[:number]), counts[number]) for begin, counts in rounds]
    return [range(begin, begin + count) for begin, count in begins if count]
