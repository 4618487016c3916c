"""Figures of a broadcast; audience = sent + failed + skipped + unknown + expired + pending, always."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rundruf.core.chunk import Mark

HOUR = 3_600_000
TIMED = ("delivered", "read", "replied", "left", "blocked", "clicked")


def hour_of(at: int) -> int:
    """The hour of a moment (ms), in hours since 1970."""
    return at // HOUR


@dataclass(frozen=True, slots=True)
class Receipts:
    """What messengers and people told about a chunk, as sets of recipient indices; ``failed`` by class.

    ``hours`` says in which hours (since 1970) something was told of whom, the first of them counts;
    ``loose`` are those of whom only "everything up to then" was told, which proves no single message.
    """

    sent: frozenset[int] = frozenset()
    delivered: frozenset[int] = frozenset()
    read: frozenset[int] = frozenset()
    replied: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    failed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    blocked: frozenset[int] = frozenset()
    clicked: frozenset[int] = frozenset()
    loose: frozenset[int] = frozenset()
    hours: Mapping[str, Mapping[int, frozenset[int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, hour: int, **told: frozenset[int]) -> "Receipts":
        """What was told in one hour; each of ``told`` is one of ``TIMED``."""
        return cls(**told, hours={name: {hour: indices} for name, indices in told.items()})  # type: ignore[arg-type]

    def among(self, places: Sequence[int]) -> "Receipts":
        """What was told of these indices alone, which are counted anew from 0."""
        anew = {index: number for number, index in enumerate(places)}

        def kept(them: frozenset[int]) -> frozenset[int]:
            return frozenset(anew[index] for index in them if index in anew)

        failed = {kind: kept(them) for kind, them in self.failed.items()}
        plain: dict[str, Any] = {name: kept(getattr(self, name)) for name in ("sent", "loose", *TIMED)}
        return Receipts(**plain, failed=failed)

    @property
    def arrived(self) -> frozenset[int]:
        """Read implies delivered: some messengers skip the latter when the chat is open."""
        return self.delivered | self.read

    @property
    def proved(self) -> frozenset[int]:
        """Of whom it was told that this very message was accepted or arrived."""
        return self.sent | (self.arrived - self.loose)


COUNTS = (
    "audience",
    "sent",
    "delivered",
    "read",
    "unknown",
    "expired",
    "pending",
    "replied",
    "left",
    "blocked",
    "clickers",
    "quiet",
)


@dataclass(slots=True)
class Figures:
    """Counts of people; ``failed`` by outcome class, ``skipped`` by reason.

    ``quiet`` of those ``pending`` have quiet time or wait for the broadcast's time on their own clock, the
    first of them until ``quiet_until`` (ms).
    ``clickers`` are those who clicked and agreed to be counted by name.
    """

    audience: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    unknown: int = 0
    expired: int = 0
    pending: int = 0
    replied: int = 0
    left: int = 0
    quiet: int = 0
    quiet_until: int = 0
    blocked: int = 0
    clickers: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def balanced(self) -> bool:
        settled = self.sent + self.unknown + self.expired + self.pending
        return self.audience == settled + self.failed.total() + self.skipped.total()

    def add(self, other: "Figures") -> None:
        """Count the other figures in."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        ends = [one for one in (self.quiet_until, other.quiet_until) if one]
        self.quiet_until = min(ends, default=0)
        self.failed.update(other.failed)
        self.skipped.update(other.skipped)


def final_mark(index: int, mark: Mark, receipts: Receipts) -> tuple[str, str]:
    """One recipient's figure and reason, once the messenger's own reports are taken in.

    A report about this very message settles an unknown one; a later refusal turns an accepted one into a
    failure, unless it had arrived. Reports never lower a state.
    """
    group, reason = mark.group, mark.reason
    if group not in ("sent", "unknown"):
        return group, reason
    loose = group == "unknown" and index in receipts.loose
    if index in receipts.arrived and not loose:
        return "sent", ""
    for kind, indices in receipts.failed.items():
        if index in indices:
            return "failed", kind
    if index in receipts.sent:
        return "sent", ""
    return group, reason


def tally(marks: bytes, receipts: Receipts) -> Figures:
    """The figures of one chunk; only of whom something else was told is looked at one by one."""
    figures = Figures(audience=len(marks))
    for number, count in Counter(marks).items():
        _book(figures, _GROUPS[number], count)
    settled = _settled(marks, receipts)
    for at, final in settled.items():
        _book(figures, _GROUPS[marks[at]], -1)
        _book(figures, final, 1)
    sent = _sent(marks, settled)
    figures.delivered = _among(receipts.arrived, sent)
    figures.read = _among(receipts.read, sent)
    figures.replied, figures.left = len(receipts.replied), len(receipts.left)
    figures.blocked = len(_turned_away(marks, receipts))
    figures.clickers = len(receipts.clicked)
    figures.quiet = marks.count(Mark.QUIET) + marks.count(Mark.LATER)
    return figures


def timeline(marks: bytes, receipts: Receipts) -> Counter[tuple[str, int]]:
    """People of one chunk by what they did and in which hour (since 1970) they did it first."""
    counted: Counter[tuple[str, int]] = Counter()
    sent = _sent(marks, _settled(marks, receipts))
    told = {name: list(receipts.hours.get(name, {}).items()) for name in TIMED}
    told["delivered"] += told["read"]
    for name, hours in told.items():
        seen: set[int] = set()
        for hour, them in sorted(hours, key=lambda one: one[0]):
            fresh = them - seen
            seen |= fresh
            if name in ("delivered", "read"):
                number = _among(fresh, sent)
            else:
                number = len(fresh & _turned_away(marks, receipts) if name == "blocked" else fresh)
            if number:
                counted[name, hour] += number
    return counted


def _book(figures: Figures, final: tuple[str, str], count: int) -> None:
    group, reason = final
    if group in ("failed", "skipped"):
        getattr(figures, group)[reason] += count
    else:
        setattr(figures, group, getattr(figures, group) + count)


def _settled(marks: bytes, receipts: Receipts) -> dict[int, tuple[str, str]]:
    """What became of those whose mark may not be the last word, by index."""
    size = len(marks)
    doubtful = {at for at in receipts.proved if at < size and marks[at] == Mark.UNKNOWN}
    doubtful.update(at for them in receipts.failed.values() for at in them if at < size)
    return {at: final_mark(at, Mark(marks[at]), receipts) for at in doubtful}


def _sent(marks: bytes, settled: Mapping[int, tuple[str, str]]) -> bytes:
    """The marks, in which exactly those who count as sent are ``Mark.SENT``."""
    if not settled:
        return marks
    changed = bytearray(marks)
    for at, (group, _) in settled.items():
        changed[at] = Mark.SENT if group == "sent" else Mark.FAILED_BAD
    return bytes(changed)


def _among(them: Iterable[int], marks: bytes) -> int:
    """How many of these people are sent."""
    size = len(marks)
    return bytes([marks[at] for at in them if at < size]).count(Mark.SENT)


def _turned_away(marks: bytes, receipts: Receipts) -> frozenset[int]:
    """Who blocked us after this message; who had blocked us before is a failure."""
    before = receipts.failed.get("withdraw", frozenset())
    later = receipts.blocked - before
    return frozenset(at for at in later if at < len(marks) and marks[at] != Mark.FAILED_WITHDRAW)


_GROUPS = {mark.value: (mark.group, mark.reason) for mark in Mark}


def total(parts: Iterable[Figures]) -> Figures:
    """All parts in one."""
    whole = Figures()
    for part in parts:
        whole.add(part)
    return whole
