"""Figures of a broadcast; audience = sent + failed + skipped + unknown + expired + pending, always."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rundruf.core.chunk import Mark


@dataclass(frozen=True, slots=True)
class Receipts:
    """What messengers reported about a chunk, as sets of recipient indices; ``failed`` by class."""

    sent: frozenset[int] = frozenset()
    delivered: frozenset[int] = frozenset()
    read: frozenset[int] = frozenset()
    replied: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    failed: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def arrived(self) -> frozenset[int]:
        """Read implies delivered: some messengers skip the latter when the chat is open."""
        return self.delivered | self.read


@dataclass(slots=True)
class Figures:
    """Counts of people; ``failed`` by outcome class, ``skipped`` by reason.

    ``quiet`` of those ``pending`` have quiet time, the first of them until ``quiet_until`` (ms).
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
    failed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def balanced(self) -> bool:
        settled = self.sent + self.unknown + self.expired + self.pending
        return self.audience == settled + self.failed.total() + self.skipped.total()

    def add(self, other: "Figures") -> None:
        """Count the other figures in."""
        for name in (
            "audience",
            "sent",
            "delivered",
            "read",
            "unknown",
            "expired",
            "pending",
            "replied",
            "left",
            "quiet",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        ends = [one for one in (self.quiet_until, other.quiet_until) if one]
        self.quiet_until = min(ends, default=0)
        self.failed.update(other.failed)
        self.skipped.update(other.skipped)


def final_mark(index: int, mark: Mark, receipts: Receipts) -> tuple[str, str]:
    """One recipient's figure and reason, once the messenger's own reports are taken in.

    A report that a message arrived settles an unknown one; a later refusal turns an accepted one into a
    failure, unless it had arrived. Reports never lower a state.
    """
    group, reason = mark.group, mark.reason
    if group not in ("sent", "unknown"):
        return group, reason
    if index in receipts.arrived:
        return "sent", ""
    for kind, indices in receipts.failed.items():
        if index in indices:
            return "failed", kind
    if index in receipts.sent:
        return "sent", ""
    return group, reason


def tally(marks: bytes, receipts: Receipts) -> Figures:
    """The figures of one chunk."""
    figures = Figures(audience=len(marks), replied=len(receipts.replied), left=len(receipts.left))
    for index, mark in enumerate(marks):
        group, reason = final_mark(index, Mark(mark), receipts)
        if group == "failed":
            figures.failed[reason] += 1
        elif group == "skipped":
            figures.skipped[reason] += 1
        else:
            setattr(figures, group, getattr(figures, group) + 1)
            figures.quiet += mark == Mark.QUIET
            if group == "sent":
                figures.delivered += index in receipts.arrived
                figures.read += index in receipts.read
    return figures


def total(parts: Iterable[Figures]) -> Figures:
    """All parts in one."""
    whole = Figures()
    for part in parts:
        whole.add(part)
    return whole
