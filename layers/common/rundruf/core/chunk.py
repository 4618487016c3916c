"""A chunk of a broadcast: 256 recipients in order, and what became of each, one byte a person.

A worker leases the chunk, opens a window of a few recipients (durably, before the first claim), claims
and sends, and closes the window in the same write that opens the next one. Whatever a crash leaves is an
opened window without outcomes, which ``settled`` sorts into unknown and still free.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice

from rundruf.core.contact import CLAIMS_KEPT, Contact
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.policy import Refusal

SIZE = 256
WINDOW = 20
REQUEST_TIMEOUT = 8_000
GUARD = 2_000
LEASE = REQUEST_TIMEOUT + GUARD
GATHERED_LEASE = 30_000
GATHERING = 15 * 60 * 1000  # no claim of a gathered chunk is older when its call leaves
RETRIES = 5
LOCAL_TIME = "local_time"


class Mark(IntEnum):
    """What became of one recipient; the numbers are stored and never change their meaning."""

    PENDING = 0
    SENT = 1
    UNKNOWN = 2
    RETRY = 3  # definitely not sent: may be claimed again
    QUIET = 4  # not claimed yet: it is this person's quiet time
    LATER = 5  # not claimed yet: the broadcast's time has not come on this person's clock
    FAILED_BAD = 10
    FAILED_GONE = 11
    FAILED_WITHDRAW = 12
    FAILED_WINDOW = 13
    FAILED_RETRY = 14
    FAILED_PAUSE = 15
    SKIPPED_CONSENT = 30
    SKIPPED_ERASED = 31
    SKIPPED_CAP = 32
    SKIPPED_PLATFORM_STOP = 33
    SKIPPED_UNREACHABLE = 34
    SKIPPED_WINDOW = 35
    SKIPPED_ADVERTISING = 36
    SKIPPED_RETIRED = 37
    SKIPPED_MISSING_VALUE = 38
    SKIPPED_CONTENT = 39
    SKIPPED_CANCELLED = 40
    SKIPPED_COUNTRY = 41
    SKIPPED_PAUSED = 42
    SKIPPED_LAPSED = 43
    SKIPPED_HAD = 44
    SKIPPED_HOLDOUT = 45
    SKIPPED_ARRIVED = 48
    SKIPPED_ELSEWHERE = 49
    EXPIRED = 60

    @property
    def final(self) -> bool:
        return self not in (Mark.PENDING, Mark.RETRY, Mark.QUIET, Mark.LATER)

    @property
    def group(self) -> str:
        """The figure this counts under: pending, sent, unknown, failed, skipped or expired."""
        if not self.final:
            return "pending"
        return self.name.partition("_")[0].lower()

    @property
    def reason(self) -> str:
        """The class of a failure or the reason of a skip, or why somebody waits; "" for the rest."""
        if self is Mark.QUIET:
            return Refusal.QUIET.value
        if self is Mark.LATER:
            return LOCAL_TIME
        return self.name.partition("_")[2].lower()


_OPEN = frozenset(mark.value for mark in Mark if not mark.final)


def skipped(refusal: Refusal) -> Mark:
    """The mark of a refusal; whoever has quiet time is not skipped, but waits."""
    return Mark.QUIET if refusal is Refusal.QUIET else Mark[f"SKIPPED_{refusal.name}"]


_FAILED = {
    OutcomeKind.BAD: Mark.FAILED_BAD,
    OutcomeKind.GONE: Mark.FAILED_GONE,
    OutcomeKind.WITHDRAW: Mark.FAILED_WITHDRAW,
    OutcomeKind.WINDOW: Mark.FAILED_WINDOW,
}


def mark_of(outcome: Outcome) -> Mark:
    """How a send's outcome is written down; what was definitely not sent may be tried again."""
    if outcome.accepted:
        return Mark.SENT
    if outcome.kind is OutcomeKind.UNKNOWN:
        return Mark.UNKNOWN
    return _FAILED.get(outcome.kind, Mark.RETRY)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The immutable half: who is in it; ``recipients`` are contact ids in order.

    ``languages`` (see ``Progress``) are kept with the progress, for those who plan the chunk.
    In a fallback, ``sources`` are the places that they have in the first broadcast: chunk number and index.
    """

    broadcast: str
    id: str
    account: str
    recipients: tuple[str, ...]
    languages: bytes = b""
    sources: tuple[tuple[int, int], ...] = ()

    def delivery(self, index: int) -> str:
        return f"{self.broadcast}:{self.id}:{index}"


@dataclass(frozen=True, slots=True)
class Progress:
    """The mutable half, at most 1 KB stored; times in ms.

    ``window`` holds the indices opened at ``opened_at`` whose outcomes are not yet known; ``attempts``
    counts how often leftovers were put off for a later try. Before ``quiet_until`` all that are left have
    quiet time, or the broadcast's time has not come for them. ``ended`` is when it came to its end.
    ``languages`` says which of the message's versions each recipient gets, by its number; b"": all get it as
    it was written. It is fixed when the chunk is made, so that a call that is made again after a crash is the
    same call, whatever language people speak by then.
    """

    marks: bytes
    window: tuple[int, ...] = ()
    opened_at: int = 0
    owner: str = ""
    lease_until: int = 0
    attempts: int = 0
    done: bool = False
    quiet_until: int = 0
    ended: int = 0
    languages: bytes = b""

    @property
    def lease(self) -> int:
        """For how long after its opening a window may be sending, in ms."""
        return LEASE if len(self.marks) <= SIZE else GATHERED_LEASE

    def leftover(self) -> Iterator[int]:
        """Indices that still need sending, in order."""
        return (at for at, mark in enumerate(self.marks) if mark in _OPEN)

    def next_window(self, after: int, width: int = WINDOW, without: Container[int] = ()) -> tuple[int, ...]:
        """The next few indices beyond ``after`` that still need sending, but for those ``without``."""
        waiting = (at for at in self.leftover() if at > after and at not in without)
        return tuple(islice(waiting, width))


def chunk_id(number: int) -> str:
    """Derived, so that a planner that runs again makes the same one."""
    return f"0-{number}"


def chunk_number(chunk: str) -> int:
    """Which of a broadcast's chunks this is."""
    return int(chunk.rpartition("-")[2])


def chunk_ids(count: int) -> list[str]:
    return [chunk_id(number) for number in range(count)]


def fresh(size: int) -> Progress:
    return Progress(marks=bytes(size))


def marked(marks: bytes, changes: Mapping[int, Mark]) -> bytes:
    """The marks with these changes."""
    changed = bytearray(marks)
    for index, mark in changes.items():
        changed[index] = mark
    return bytes(changed)


def never_closed(progress: Progress) -> Progress:
    """The progress of a chunk that nobody works on any more: who is in an open window is unknown."""
    doubted = [index for index in progress.window if progress.marks[index] in _OPEN]
    return replace(progress, marks=marked(progress.marks, dict.fromkeys(doubted, Mark.UNKNOWN)))


def left_open(contact: Contact | None, broadcast: str, opened_at: int) -> Mark:
    """What a recipient of an opened window without an outcome is, after its worker died.

    Unknown if this broadcast is among the recent claims, or if all of them are younger than the window's
    opening (this broadcast's may have been pushed out); free to be claimed otherwise. The claims of somebody
    who was erased meanwhile are gone with them, and have not come back with who joined again.
    """
    if contact is None or contact.created > opened_at - GUARD:
        return Mark.UNKNOWN
    if any(claim.broadcast == broadcast for claim in contact.claims):
        return Mark.UNKNOWN
    crowded = len(contact.claims) >= CLAIMS_KEPT and all(
        claim.at > opened_at - GUARD for claim in contact.claims
    )
    return Mark.UNKNOWN if crowded else Mark.PENDING


def cut(recipients: Sequence[str], size: int = SIZE) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Full chunks of recipients, and what is left over."""
    full = len(recipients) - len(recipients) % size
    chunks = [tuple(recipients[at : at + size]) for at in range(0, full, size)]
    return chunks, tuple(recipients[full:])
