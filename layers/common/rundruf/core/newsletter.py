"""A newsletter: a message that goes out again and again, or once, at its time."""

from dataclasses import dataclass
from enum import StrEnum

from rundruf.core.audience import Audience
from rundruf.core.message import Message

HOUR = 3600 * 1000
GRACE = 24 * HOUR
LATE = 5 * 60 * 1000  # what a slot may be late by without being a missed one


class Missed(StrEnum):
    """What becomes of slots at which nothing could be started, in an outage for instance."""

    SEND_LATEST = "send_latest"  # the latest of them goes out, within the newsletter's time of grace
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Schedule:
    """``cron`` (five fields) or ``rrule`` (RFC 5545) in the IANA zone ``zone``, or ``at`` (ms) for once.

    ``starts`` is where a rule begins, as time on the zone's clocks ("2026-11-02T09:00"); "" takes the start
    of the day on which the newsletter was made.
    """

    cron: str = ""
    zone: str = "UTC"
    at: int = 0
    rrule: str = ""
    starts: str = ""


@dataclass(frozen=True, slots=True)
class Newsletter:
    """The fields of a ``Schedule``, and ``next_at`` (ms), the slot that comes next; 0: none is left.

    ``grace`` (ms) is how late a missed slot may still go out.
    """

    id: str
    name: str
    topic: str
    audience: Audience
    message: Message
    cron: str = ""
    zone: str = "UTC"
    at: int = 0
    next_at: int = 0
    paused: bool = False
    created: int = 0
    language: str = "de"
    rrule: str = ""
    starts: str = ""
    missed: Missed = Missed.SEND_LATEST
    grace: int = GRACE

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.cron, self.zone, self.at, self.rrule, self.starts)

    @property
    def tolerance(self) -> int:
        """How many ms after its time a slot may still go out."""
        return LATE if self.missed is Missed.SKIP else max(LATE, self.grace)
