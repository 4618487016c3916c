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
from rundruf.core.split import HOLDOUT, REST, Split
from rundruf.core.stopping import Stop


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    CANARY = "canary"  # the first chunk goes alone and decides
    COMPARING = "comparing"  # the variants are out, and the rest waits for the winner
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (State.FINISHED, State.CANCELLED, State.FAILED)


ACTIVE = (State.PLANNING, State.CANARY, State.COMPARING, State.SENDING)


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

    ``split`` (None: there is none) is how the audience is split into variants and holdout. ``tests``
    counts the chunks of each account that do not wait for the winner; they are on their way since
    ``compared``. ``undecided`` says why there was no ``winner`` at the last look; ``won`` is when there was
    one, ``won_by`` what decided ("rule", "time" or "hand" with the id of an API key), and ``won_on`` the
    figures (how many, of how many) at that time, by variant.
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
    split: Split | None = None
    tests: tuple[int, ...] = ()
    compared: int = 0
    undecided: str = ""
    winner: str = ""
    won: int = 0
    won_by: str = ""
    won_on: Mapping[str, tuple[int, int]] = field(default_factory=dict)

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

    @property
    def tested(self) -> int:
        """How many chunks, the first of all, do not wait for the winner."""
        return sum(self.tests)

    @property
    def comparing(self) -> bool:
        """Whether part of the audience waits for the winner."""
        return bool(self.split and self.split.test) and not self.winner

    def may_compare(self) -> bool:
        """Whether the variants are out, beyond a canary."""
        return self.comparing and self.planned and self.trial not in (Trial.RUNNING, Trial.FAILED)

    def waits(self, number: int) -> bool:
        """Whether the chunk of this number waits for the winner."""
        return self.comparing and self.planned and number >= self.tested

    def message_of(self, part: str) -> Message | None:
        """What people of a part (see ``core.split``) get; None for those who get nothing (yet)."""
        if self.split is None or not self.split.variants:
            return None if part == HOLDOUT else self.message
        wanted = self.winner if part == REST else part
        known = {one.name: one.message or self.message for one in self.split.variants}
        return known.get(wanted)

    def variant_of(self, contact: str) -> str:
        """The part of the audience that decides what a contact gets; "" where all get the same."""
        return self.split.part(contact) if self.split and self.split.variants else ""

    def foreseen(self, part: str) -> str:
        """The variant that people of a part may get; the first stands for a winner that is not known yet."""
        if self.split is None or not self.split.variants:
            return ""
        return (self.winner or self.split.variants[0].name) if part == REST else part

    @property
    def chosen(self) -> Message:
        """The message that stands for all of its variants: the winner, else the first."""
        first = self.split.variants[0].name if self.split and self.split.variants else ""
        return self.message_of(self.winner or first) or self.message

    def part_of(self, contact: str) -> str:
        """The part of the audience that a contact is in; "" where there are no parts."""
        return self.split.part(contact) if self.split else ""

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
    the chunks of each account. Where some wait for a winner, all accounts come twice (``account`` counts on),
    and ``tests`` are the chunks of the first time.
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
    tests: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has its time: a scheduled broadcast or a newsletter's slot."""

    at: int
    kind: str
    id: str
    extra: dict[str, str] = field(default_factory=dict)
