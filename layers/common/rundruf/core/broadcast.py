"""A broadcast: one message for everybody of a topic, and the states it goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rundruf.core.audience import Audience
from rundruf.core.budget import Budget
from rundruf.core.canary import Canary, Trial, Tried
from rundruf.core.clicks import Track
from rundruf.core.fallback import Fallback
from rundruf.core.ids import late_of
from rundruf.core.message import Message, MessageKind
from rundruf.core.plan import Plan
from rundruf.core.stopping import Stop


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    CANARY = "canary"  # the first chunk goes alone and decides
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (State.FINISHED, State.CANCELLED, State.FAILED)


ACTIVE = (State.PLANNING, State.CANARY, State.SENDING)


class Scope(StrEnum):
    """Whom a resume is for, besides everybody whose turn has not come."""

    PENDING = "pending"
    FAILED = "failed"  # who failed for a reason that may be gone by now
    UNKNOWN = "unknown"  # of whom nobody knows whether the message arrived


class Wish(StrEnum):
    """What somebody may ask of a broadcast."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


_ALLOWED = {
    Wish.START: (State.DRAFT, State.SCHEDULED),
    Wish.PAUSE: (State.SCHEDULED, *ACTIVE),
    Wish.RESUME: (State.PAUSED,),
    Wish.CANCEL: (State.DRAFT, State.SCHEDULED, *ACTIVE, State.PAUSED),
}
_LEADS_TO = {
    Wish.START: State.PLANNING,
    Wish.PAUSE: State.PAUSED,
    Wish.RESUME: State.PLANNING,
    Wish.CANCEL: State.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Times in ms; ``accounts`` are the targets in the order they are planned, fixed at the start.

    ``planned`` says that every chunk exists; ``chunks``, ``people`` and ``done`` count chunks, people and
    finished chunks, ``counts`` and ``ends`` chunks and finished chunks of each account; ``reason`` tells why
    it is paused or failed. ``stopped`` are the accounts whose part waits while the others go on, ``resumed``
    is when somebody last let them go on. ``canary`` (None: there is none) is how the first chunk is tried,
    ``trial`` how far that is, ``settles`` when it is decided and ``tried`` what it came to. While ``freeing``
    is set, the planner makes people of that scope free to be sent to again. ``track`` says how its links are
    counted. ``requeue`` is when somebody
    asked for all open chunks to be queued again (0: that is done), ``requeued`` how many of the chunks were
    looked through since. ``seen`` and ``seen_at`` are the progress at the last look and since when it has
    been that, ``stalled`` since when there is none. ``planned_for`` is what was said of it
    before it started, ``local_time`` ("2026-12-24T18:00"; "": none) the time on each person's own clock at
    which they get it, ``budget`` what it may cost at most, ``made_by`` the id of the API key that made it,
    ``approved_by`` that of the one that approved the content with the hash ``approved``. ``late`` counts the
    late issues made of it; a late issue has 1 once there is a later one.
    ``fallback`` says where people get it whom it does not reach, ``fell_back`` when that began and
    ``fallback_off`` when it was called off; the broadcast that such a fallback is names its first one as
    ``fallback_of``.
    """

    id: str
    name: str
    kind: MessageKind
    topic: str
    audience: Audience
    message: Message
    state: State
    created: int
    language: str = "de"
    reason: str = ""
    send_at: int = 0
    expires_at: int = 0
    started: int = 0
    finished: int = 0
    accounts: tuple[str, ...] = ()
    planned: bool = False
    chunks: int = 0
    people: int = 0
    done: int = 0
    newsletter: str = ""
    slot: int = 0
    counts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    stopped: Mapping[str, Stop] = field(default_factory=dict)
    resumed: int = 0
    canary: Canary | None = None
    trial: Trial = Trial.NONE
    settles: int = 0
    tried: Tried | None = None
    freeing: Scope | None = None
    requeue: int = 0
    requeued: int = 0
    seen: int = 0
    seen_at: int = 0
    stalled: int = 0
    track: Track = Track.ANONYMOUS
    planned_for: Plan | None = None
    made_by: str = ""
    approved_by: str = ""
    approved: str = ""
    local_time: str = ""
    budget: Budget | None = None
    late: int = 0
    fallback: Fallback | None = None
    fallback_of: str = ""
    fell_back: int = 0
    fallback_off: int = 0

    @property
    def purse(self) -> str:
        """Under whose id is counted what of the budget is held: a fallback spends from its first one's."""
        return self.fallback_of or self.id

    @property
    def late_of(self) -> str:
        """The issue whose late issue this is, or ""."""
        return late_of(self.id)

    @property
    def complete(self) -> bool:
        """Every chunk exists and has come to its end."""
        return self.planned and self.done >= self.chunks

    def expired(self, now: int) -> bool:
        """Whether nobody may be sent to any more."""
        return bool(self.expires_at) and now >= self.expires_at

    def number(self, account: str) -> int:
        """The place of an account among the targets; raises ValueError where it is none."""
        return self.accounts.index(account)

    def with_work(self) -> frozenset[str] | None:
        """The accounts that have chunks left, as far as is counted (None: it is not).

        A broadcast that an older release planned, or closed chunks of, has no counts that add up.
        """
        if not self.planned or sum(self.counts) != self.chunks or sum(self.ends) != self.done:
            return None
        each = zip(self.accounts, self.counts, self.ends, strict=False)
        return frozenset(account for account, count, ended in each if count > ended)


def wished(state: State, wish: Wish) -> State | None:
    """The state this wish leads to, or None where it makes no sense."""
    return _LEADS_TO[wish] if state in _ALLOWED[wish] else None


def sources(wish: Wish) -> tuple[State, ...]:
    """The states from which a wish can be granted."""
    return _ALLOWED[wish]


def resumable(found: Broadcast, scope: Scope, now: int) -> tuple[State, ...]:
    """The states from which a broadcast may go on in this scope; none where it may not.

    A broadcast that goes on already may be resumed for the sake of its stopped accounts, and one that has
    finished for those who failed or are unknown, as long as it has not expired and neither a late issue nor
    its fallback has taken them over.
    """
    if scope is not Scope.PENDING and (found.expired(now) or found.late or found.fell_back):
        return ()
    allowed: tuple[State, ...] = (State.PAUSED,)
    if found.stopped:
        allowed += ACTIVE
    if scope is not Scope.PENDING and found.planned:
        allowed += (State.SENDING, State.FINISHED)
    return allowed if found.state in allowed else ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the planner has come: position in the audience index and chunks made.

    ``after`` is the last contact that went into a chunk, in shard ``shard`` of account number ``account``
    ("" at the shard's start); ``queued`` of the ``chunks`` are known to be in the send queue; ``counts`` are
    the chunks of each account.
    """

    account: int = 0
    shard: int = 0
    after: str = ""
    chunks: int = 0
    people: int = 0
    queued: int = 0
    ended: bool = False
    version: int = 0
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has its time: a scheduled broadcast or a newsletter's slot."""

    at: int
    kind: str
    id: str
    extra: dict[str, str] = field(default_factory=dict)
