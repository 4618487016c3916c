"""A newsletter: a message that goes out again and again, or once, at its time."""

from dataclasses import dataclass
from enum import StrEnum

from rundruf.core.audience import Audience
from rundruf.core.budget import Budget
from rundruf.core.message import Message

HOUR = 3600 * 1000
GRACE = 24 * HOUR
LATE = 5 * 60 * 1000  # what a slot may be late by without being a missed one


class Missed(StrEnum):
    """What becomes of slots at which nothing could be started, in an outage for instance."""

    SEND_LATEST = "send_latest"  # the latest of them goes out, within the newsletter's time of grace
    SKIP = "skip"


class Per(StrEnum):
    """What makes one issue of a feed."""

    SLOT = "slot"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS, Atom or JSON feed; ``items`` is how many of them a slot takes at most."""

    url: str
    items: int = 3
    per: Per = Per.SLOT


@dataclass(frozen=True, slots=True)
class FeedState:
    """How far a feed was read; times in ms. ``seen`` are digests of items, newest first.

    ``trouble`` says in plain English why it cannot be read, since ``trouble_at``; it is asked again at
    ``retry_at``. ``version`` counts the changes.
    """

    etag: str = ""
    modified: str = ""
    seen: bytes = b""
    failures: int = 0
    retry_at: int = 0
    trouble: str = ""
    trouble_at: int = 0
    version: int = 0


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

    ``grace`` (ms) is how late a missed slot may still go out. With a ``feed`` the items go into the message.
    With ``archive`` everybody may read its issues on a public page. ``budget`` is what each issue may cost at
    most. ``made_by`` is the id of the API key that last said what its issues are, ``approved_by`` that of the
    one that approved it, by the hash ``approved``.
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
    feed: Feed | None = None
    archive: bool = False
    budget: Budget | None = None
    made_by: str = ""
    approved_by: str = ""
    approved: str = ""

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.cron, self.zone, self.at, self.rrule, self.starts)

    @property
    def tolerance(self) -> int:
        """How many ms after its time a slot may still go out."""
        return LATE if self.missed is Missed.SKIP else max(LATE, self.grace)
