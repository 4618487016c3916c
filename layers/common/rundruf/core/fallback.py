"""Fallback: whom a broadcast did not reach where it went first, and who may get it on another messenger."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from rundruf.core.chunk import Mark
from rundruf.core.outcome import OutcomeKind
from rundruf.core.report import Receipts, final_mark

HOUR = 3_600_000
LONGEST = 168  # hours; a week later it is another message
MOST = 5  # accounts to fall back to
_TIMED = 9  # characters of an id that are its time


class When(StrEnum):
    """What has to have become of the first message."""

    UNDELIVERED = "undelivered"  # accepted, and no receipt says that it arrived
    FAILED = "failed"  # refused, though not by the person
    UNKNOWN = "unknown"  # nobody knows; it may arrive twice


USUAL = (When.UNDELIVERED, When.FAILED)


@dataclass(frozen=True, slots=True)
class Fallback:
    """To which accounts ("messenger/name", the best first), how long after the end, and in which cases."""

    after_hours: int
    to: tuple[str, ...]
    when: tuple[When, ...] = USUAL

    @property
    def after(self) -> int:
        """How long after the broadcast's end, in ms."""
        return self.after_hours * HOUR


@dataclass(frozen=True, slots=True)
class Turn:
    """Which identity (contact id) of a person a broadcast is for, and which one its fallback is for."""

    first: str
    second: str = ""


def fallback_id(broadcast: str) -> str:
    """The id of the broadcast that a broadcast's fallback is: the same however often it is due."""
    tail = hashlib.sha256(f"fallback:{broadcast}".encode()).hexdigest()[:7]
    return broadcast[:_TIMED] + tail


def missed(index: int, mark: Mark, told: Receipts, reported: Collection[str], when: Collection[When]) -> bool:
    """Whether the person at this place of a chunk falls back, by what is known of the first message.

    ``reported`` are the receipts that the messenger gives. Where it gives none of delivery, "no receipt" says
    nothing; and who blocked us or unsubscribed has refused more than this messenger.
    """
    group, reason = final_mark(index, mark, told)
    if group == "sent":
        return When.UNDELIVERED in when and "delivered" in reported and index not in told.arrived
    if group == "failed":
        return When.FAILED in when and reason != OutcomeKind.WITHDRAW.value
    return group == "unknown" and When.UNKNOWN in when and index not in told.arrived
