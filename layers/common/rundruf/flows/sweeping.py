"""Once a day: every item of the table -> its class -> past its time? -> removed and counted.

DynamoDB removes what has expired when it finds the time, usually within days. This proves that it did: what
is older than that is removed here and told, and so is what should have an end and has none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from rundruf.core.retention import DAY, OTHER, class_of

GRACE = 3 * DAY  # seconds that DynamoDB is given to remove what has expired
ROUND = 20 * 3600 * 1000  # ms from the end of one round to the next
LEAVE_OFF = 8_000  # ms before the end of an invocation

Key = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """An item by its key; ``expires`` in seconds since 1970, 0 for none."""

    pk: str
    sk: str
    expires: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Items of one class. ``first`` is the earliest end among them (seconds), ``overdue`` how many were past
    their end by more than the grace, ``removed`` how many of those are gone now, ``endless`` how many have no
    end although their class has one."""

    items: int = 0
    first: int = 0
    overdue: int = 0
    removed: int = 0
    endless: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One round through the table: how far it has come, and what it found; times in ms, 0 for not yet."""

    began: int = 0
    ended: int = 0
    after: Key | None = None
    found: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.found.values())

    @property
    def endless(self) -> int:
        return sum(one.endless for one in self.found.values())


class Sweeping(Protocol):
    def rows(self, after: Key | None) -> tuple[Sequence[Row], Key | None]: ...
    def remove(self, row: Row) -> bool:
        """Whether it was there still, with the same end, and is gone."""

    def looks(self) -> tuple[Look, Look]:
        """The round under way, and the last whole one."""

    def keep(self, now: Look, last: Look, before: Look) -> None:
        """Raises Changed if the round under way is not what it was ``before``."""


def sweep(store: Sweeping, now: Callable[[], int], time_left: Callable[[], float]) -> Look:
    """Go on with the day's round until it ends or time runs short; what is stored says where to go on.

    Safe to stop anywhere and to repeat: a page whose end was not stored is looked at again. Raises Changed
    where somebody else is at it.
    """
    look, last = store.looks()
    if look.ended and now() - look.ended < ROUND:
        return look
    if look.ended or not look.began:
        fresh = Look(began=now())
        store.keep(fresh, last, look)
        look = fresh
    while time_left() > LEAVE_OFF:
        rows, after = store.rows(look.after)
        moved = replace(look, after=after, found=_counted(look.found, rows, store, now() // 1000))
        if after is None:
            moved = replace(moved, ended=now())
            last = moved
        store.keep(moved, last, look)
        look = moved
        if look.ended:
            break
    return look


def _counted(
    found: Mapping[str, Tally], rows: Sequence[Row], store: Sweeping, now: int
) -> Mapping[str, Tally]:
    counted = dict(found)
    for row in rows:
        kind = class_of(row.pk, row.sk)
        name = kind.name if kind else OTHER
        overdue = bool(row.expires) and row.expires + GRACE < now
        before = counted.get(name, Tally())
        ends = [one for one in (before.first, row.expires) if one]
        counted[name] = Tally(
            items=before.items + 1,
            first=min(ends, default=0),
            overdue=before.overdue + overdue,
            removed=before.removed + (overdue and store.remove(row)),
            endless=before.endless + bool(kind and kind.days is not None and not row.expires),
        )
    return counted


def stored(look: Look) -> dict[str, Any]:
    """A look as plain values."""
    found = {
        name: [one.items, one.first, one.overdue, one.removed, one.endless]
        for name, one in look.found.items()
    }
    return {"began": look.began, "ended": look.ended, "after": look.after, "found": found}


def read(given: Mapping[str, Any] | None) -> Look:
    """The look behind ``stored``'s values; an empty one for none."""
    if not given:
        return Look()
    found = {name: Tally(*map(int, numbers)) for name, numbers in given["found"].items()}
    return Look(int(given["began"]), int(given["ended"]), given.get("after"), found)
