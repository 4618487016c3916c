"""What every messenger can do, as values and pure functions: no I/O happens in a messenger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rundruf.core.account import Account
from rundruf.core.message import MediaKind, Message
from rundruf.core.outcome import Outcome
from rundruf.core.rules import Rules


class NotGenuine(Exception):
    """The call does not come from the messenger; carries no reason, since none may be told."""


class Unreadable(Exception):
    """A genuine call whose content cannot be read; it is acknowledged, counted and parked."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call of a messenger to us; header names are in lower case, the body is raw."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer a messenger's call with."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class EventKind(StrEnum):
    MESSAGE = "message"  # text and media
    BUTTON = "button"  # a tap on one of our buttons; ``payload`` is what the button carried
    OPENED = "opened"  # the person opened the chat (with ``code`` when an entry link carried one)
    BLOCKED = "blocked"  # the person blocked or unsubscribed: consent ends
    UNBLOCKED = "unblocked"  # reachable again; no renewed consent
    PLATFORM_STOP = "platform_stop"  # the messenger's own marketing opt-out
    PLATFORM_RESUME = "platform_resume"  # lifts only the former
    MOVED = "moved"  # the person's id changed to ``payload``


@dataclass(frozen=True, slots=True)
class MediaIn:
    """A file the person sent: the messenger's id of it, never a URL."""

    kind: MediaKind
    id: str
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did.

    ``id`` is unique per account (dedupe key); ``at`` is the messenger's time in ms since 1970, 0 where it
    tells none; ``user_id`` is canonical; ``text`` holds text or caption; ``message_id`` is the person's own
    message or, for a tap, a reaction or an edit, the message concerned; ``callback`` is what ``acknowledge``
    needs; ``aliases`` are further ids of the same person (the id that stands in for a phone number).
    """

    id: str
    kind: EventKind
    user_id: str
    at: int
    text: str = ""
    payload: str = ""
    code: str = ""
    name: str = ""
    language: str = ""
    message_id: str = ""
    callback: str = ""
    media: tuple[MediaIn, ...] = ()
    aliases: tuple[str, ...] = ()


class ReceiptStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the messenger says became of a message; ``delivery`` is our own id, echoed ("" if none).

    ``aliases`` are further ids of the person, as in ``Event``.
    """

    delivery: str
    status: ReceiptStatus
    at: int
    user_id: str = ""
    message_id: str = ""
    outcome: Outcome | None = None  # of a failed one
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one webhook body told; ``parked`` counts what was genuine but not understood, by kind."""

    events: tuple[Event, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    parked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One rendered message for one person; ``id`` is our delivery id, echoed where possible."""

    id: str
    user_id: str
    message: Message
    window_open: bool
    marketing: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP call to a messenger; its repr hides what may hold secrets or personal data."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Failure(StrEnum):
    """Why an HTTP call gave no answer."""

    NOT_SENT = "not_sent"  # failed before a byte was written: refused, DNS, TLS
    AMBIGUOUS = "ambiguous"  # it may have arrived


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a ``Request``; with ``failure`` set there was none and ``status`` is 0."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential, named as in the messenger's own console; ``pattern`` is matched in full."""

    name: str
    pattern: str
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Messenger:
    """A messenger reads like a data sheet.

    ``handshake`` answers a set-up call (or None: not one); ``verify`` raises NotGenuine, looking at raw
    bytes only; ``read`` raises Unreadable; ``canonical`` raises ValueError for an id that cannot be one;
    ``problems`` says what of a message this messenger cannot carry, as (field, what and what to do);
    ``build`` gives the calls for one person in order; ``interpret`` sorts one answer into an outcome;
    ``entry_link`` is the link that opens the chat with an entry code; ``acknowledge`` is the call that
    a button tap wants answered with, where the messenger wants one.
    """

    name: str
    title: str
    rules: Rules
    credentials: tuple[Credential, ...]
    host: str
    handshake: Callable[[Call, Account], Reply | None]
    verify: Callable[[Call, Account], None]
    read: Callable[[bytes, Account], Reading]
    canonical: Callable[[str], str]
    problems: Callable[[Message], tuple[tuple[str, str], ...]]
    build: Callable[[Delivery, Account], tuple[Request, ...]]
    interpret: Callable[[Answer], Outcome]
    entry_link: Callable[[Account, str, str], str]  # account, code, language
    acknowledge: Callable[[Event, Account], Request | None]
