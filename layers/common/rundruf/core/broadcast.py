"""A broadcast: one message for everybody of a topic, and the states it goes through."""

from dataclasses import dataclass, field
from enum import StrEnum

from rundruf.core.audience import Audience
from rundruf.core.message import Message, MessageKind


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (State.FINISHED, State.CANCELLED, State.FAILED)


class Wish(StrEnum):
    """What somebody may ask of a broadcast."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


_ALLOWED = {
    Wish.START: (State.DRAFT, State.SCHEDULED),
    Wish.PAUSE: (State.SCHEDULED, State.PLANNING, State.SENDING),
    Wish.RESUME: (State.PAUSED,),
    Wish.CANCEL: (State.DRAFT, State.SCHEDULED, State.PLANNING, State.SENDING, State.PAUSED),
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

    ``planned`` says that every chunk exists; ``chunks``, ``audience`` and ``done`` count chunks, people and
    finished chunks; ``reason`` tells why it is paused or failed.
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

    @property
    def complete(self) -> bool:
        """Every chunk exists and has come to its end."""
        return self.planned and self.done >= self.chunks


def wished(state: State, wish: Wish) -> State | None:
    """The state this wish leads to, or None where it makes no sense."""
    return _LEADS_TO[wish] if state in _ALLOWED[wish] else None


def sources(wish: Wish) -> tuple[State, ...]:
    """The states from which a wish can be granted."""
    return _ALLOWED[wish]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the planner has come: position in the audience index and chunks made.

    ``after`` is the last contact that went into a chunk, in shard ``shard`` of account number ``account``
    ("" at the shard's start); ``queued`` of the ``chunks`` are known to be in the send queue.
    """

    account: int = 0
    shard: int = 0
    after: str = ""
    chunks: int = 0
    people: int = 0
    queued: int = 0
    ended: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has its time: a scheduled broadcast or a newsletter's slot."""

    at: int
    kind: str
    id: str
    extra: dict[str, str] = field(default_factory=dict)
