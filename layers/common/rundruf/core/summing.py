"""What a group of chunks adds up to, so that a report of a million people need not look at each of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rundruf.core.chunk import Progress
from rundruf.core.report import COUNTS, Figures, Receipts, hour_of, tally, timeline

GROUP = 64  # chunks


def group_of(chunk: str) -> int:
    """In which group a chunk (by its id, such as "0-65") is counted."""
    return int(chunk.rpartition("-")[2]) // GROUP


@dataclass(slots=True)
class Sum:
    """Figures by account, and people by what they did and in which hour (since 1970) they did it first.

    "sent" counts for the hour in which their chunk ended. ``parts`` are the figures by part of a split
    audience (see ``core.split``), and by account; ``languages`` by the number of the message's version that
    people got, and by account, where it has translations.
    """

    accounts: dict[str, Figures] = field(default_factory=dict)
    hours: Counter[tuple[str, int]] = field(default_factory=Counter)
    parts: dict[str, dict[str, Figures]] = field(default_factory=dict)
    languages: dict[int, dict[str, Figures]] = field(default_factory=dict)

    def take(self, account: str, progress: Progress, receipts: Receipts) -> None:
        """Count one chunk in."""
        figures = tally(progress.marks, receipts)
        figures.quiet_until = progress.quiet_until if figures.quiet else 0
        self.accounts.setdefault(account, Figures()).add(figures)
        ended = progress.ended or progress.opened_at
        if figures.sent and ended:
            self.hours["sent", hour_of(ended)] += figures.sent
        if receipts.hours:
            self.hours.update(timeline(progress.marks, receipts))
        self._take_languages(account, progress, receipts)

    def _take_languages(self, account: str, progress: Progress, receipts: Receipts) -> None:
        places: dict[int, list[int]] = {}
        for at, number in enumerate(progress.languages):
            places.setdefault(number, []).append(at)
        for number, mine in places.items():
            figures = tally(bytes(progress.marks[at] for at in mine), receipts.among(mine))
            self.languages.setdefault(number, {}).setdefault(account, Figures()).add(figures)

    def take_parts(
        self, account: str, progress: Progress, receipts: Receipts, places: Mapping[str, Sequence[int]]
    ) -> None:
        """Count one chunk in by the parts of the audience that its people (indices) are in."""
        for part, mine in places.items():
            figures = tally(bytes(progress.marks[at] for at in mine), receipts.among(mine))
            self.parts.setdefault(part, {}).setdefault(account, Figures()).add(figures)

    def add(self, other: "Sum") -> None:
        """Count another sum in."""
        for account, figures in other.accounts.items():
            self.accounts.setdefault(account, Figures()).add(figures)
        self.hours.update(other.hours)
        for part, each in other.parts.items():
            for account, figures in each.items():
                self.parts.setdefault(part, {}).setdefault(account, Figures()).add(figures)
        for number, spoken in other.languages.items():
            for account, figures in spoken.items():
                self.languages.setdefault(number, {}).setdefault(account, Figures()).add(figures)

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        hours = {f"{name}_{hour}": count for (name, hour), count in self.hours.items()}
        made: dict[str, Any] = {"accounts": _all_plain(self.accounts), "hours": hours}
        if self.parts:
            made["parts"] = {part: _all_plain(each) for part, each in self.parts.items()}
        if self.languages:
            made["languages"] = {str(number): _all_plain(each) for number, each in self.languages.items()}
        return made

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Sum":
        """What ``stored`` gave."""
        made = cls(_all_read(stored["accounts"]))
        made.parts = {part: _all_read(each) for part, each in stored.get("parts", {}).items()}
        for number, each in stored.get("languages", {}).items():
            made.languages[int(number)] = _all_read(each)
        for named, count in stored["hours"].items():
            name, _, hour = named.partition("_")
            made.hours[name, int(hour)] = count
        return made


def _all_plain(accounts: Mapping[str, Figures]) -> dict[str, Any]:
    return {name: _plain(one) for name, one in accounts.items()}


def _all_read(stored: Mapping[str, Any]) -> dict[str, Figures]:
    made = {}
    for account, told in stored.items():
        counters = {name: Counter(told[name]) for name in ("failed", "skipped")}
        made[account] = Figures(**{**told, **counters})
    return made


def _plain(figures: Figures) -> dict[str, Any]:
    counters = {name: dict(getattr(figures, name)) for name in ("failed", "skipped")}
    return {name: getattr(figures, name) for name in (*COUNTS, "quiet_until")} | counters


@dataclass(frozen=True, slots=True)
class KeptSum:
    """A group's sum as it was kept at ``at`` (ms).

    ``touched`` counts what was told of the group since the broadcast began, ``seen`` how much of that is in
    the sum; ``closed`` says that all its chunks had come to their end.
    """

    touched: int = 0
    seen: int = -1
    closed: bool = False
    at: int = 0
    sum: Sum | None = None

    @property
    def current(self) -> bool:
        """Whether nothing can have changed since."""
        return self.sum is not None and self.closed and self.seen == self.touched
