"""What every messenger can do, as values and pure functions: no I/O happens in a messenger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rundruf.core.account import Account
from rundruf.core.message import MediaKind, Message
from rundruf.core.outcome import Outcome
from rundruf.core.rules import Rules


class NotGenuine(Exception):
    """The call does not come from the messenger; carries no reason, since none may be told."""


class StaleKeys(NotGenuine):
    """Signed with a key that is not among the published ones we hold; they may have been renewed."""


class Unreadable(Exception):
    """A genuine call whose content cannot be read; it is acknowledged, counted and parked."""


class Hostile(Unreadable):
    """A genuine call that carries an attack on its reader (a DTD): refused with 400."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call of a messenger to us; header names are in lower case, the body is raw.

    ``at`` is when it came, in ms since 1970.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    at: int = 0


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
    DELETED = "deleted"  # the person took back ``message_id``
    FORGET = "forget"  # the messenger asks on the person's behalf to erase them
    WISH = "wish"  # told by no messenger: asked for on our own page; ``payload`` says what


@dataclass(frozen=True, slots=True)
class MediaIn:
    """A file the person sent; ``id`` is what ``Download.request`` needs.

    That is the messenger's id of the file, and an address only where the messenger has no ids for files.
    """

    kind: MediaKind
    id: str = field(repr=False)
    mime_type: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place the person sent; degrees, north and east positive."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order from the messenger's catalogue; ``price`` as told, never to be trusted."""

    product: str
    quantity: int
    price: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did.

    ``id`` is unique per account (dedupe key); ``at`` is the messenger's time in ms since 1970, 0 where it
    tells none; ``user_id`` is canonical; ``text`` holds text or caption; ``message_id`` is the person's own
    message or, for a tap, a reaction or an edit, the message concerned; ``callback`` is what ``acknowledge``
    needs; ``aliases`` are further ids of the same person (the id that stands in for a phone number);
    ``conversation`` says how to reach the person where the id alone does not, opaque text that is stored with
    the contact and comes back in ``Delivery``; ``window`` is for how many seconds this event lets us reply
    freely, where that is not ``Rules.window_hours``.
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
    place: Place | None = None
    order: tuple[Item, ...] = ()
    conversation: str = ""
    window: int | None = None


class ReceiptStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the messenger says became of a message; ``delivery`` is our own id, echoed ("" if none).

    Without it ``message_id`` names the message; without both it concerns all that the person got before
    ``at``. ``aliases`` are further ids of the person, as in ``Event``.
    """

    delivery: str
    status: ReceiptStatus
    at: int
    user_id: str = ""
    message_id: str = ""
    outcome: Outcome | None = None  # of a failed one
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What the messenger says about the account itself, or about one of its templates.

    ``template`` and ``language`` name a template ("" : the notice is about the account); ``category`` is
    "marketing", "utility" or "authentication" ("" : not told); ``trouble`` is a short word of ours why
    nothing may be sent with it now ("" : all is well).
    """

    at: int
    template: str = ""
    language: str = ""
    category: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one webhook body told; ``parked`` counts what was genuine but not understood, by kind."""

    events: tuple[Event, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    parked: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One rendered message for one person; ``id`` is our delivery id, echoed where possible.

    ``conversation`` is what an event last told under that name.
    """

    id: str
    user_id: str = field(repr=False)
    message: Message
    window_open: bool
    marketing: bool = False
    conversation: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP call to a messenger; its repr hides what may hold secrets or personal data.

    ``within`` is how many ms the call may take (None: as long as there is time); ``keyed`` is False where
    ``Rules.retry_key`` does not hold for this call, though it does for others; ``largest`` is how many bytes
    of an answer are taken.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    keyed: bool = True
    within: float | None = None
    largest: int = 1_000_000


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
class Batch:
    """The messenger's own call that carries one message to many people.

    ``build`` gets deliveries that all have the same message, at most ``Rules.group`` (``Rules.gather``
    where that is larger); ``interpret`` gives one outcome a delivery, in order. Whoever is told RETRY with
    ``retry_after`` 0 is sent to again at once, in a batch without those who are not. An account that may
    not use the call (``allowed``) sends to one person at a time.
    """

    build: Callable[[Sequence[Delivery], Account], tuple[Request, ...]]
    interpret: Callable[[Answer, Sequence[Delivery]], tuple[Outcome, ...]]
    allowed: Callable[[Account], bool] = lambda _account: True


@dataclass(frozen=True, slots=True)
class Renewed:
    """A value fetched from the messenger, good for so many seconds."""

    value: str = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class Renewable:
    """Something short-lived that is fetched once for all workers: an access token, a set of public keys.

    It reaches ``build`` and ``verify`` as the account's credential of that name. ``request`` gets True when
    the value held was refused although it had not run out; ``needed`` says whether this account needs one.
    """

    credential: str
    request: Callable[[Account, bool], Request]
    read: Callable[[Answer], Renewed | Outcome]
    needed: Callable[[Account], bool] = lambda _account: True


@dataclass(frozen=True, slots=True)
class Doubt:
    """A refusal with two meanings: ``ask`` gives the call that tells which (None: this one is clear)."""

    ask: Callable[[Outcome, Delivery, Account], Request | None]
    settle: Callable[[Outcome, Answer], Outcome]


@dataclass(frozen=True, slots=True)
class Told:
    """What a step of an account's check came to; ``detail`` is a sentence in plain English."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """One call that checks or sets up an account: "who_am_i", "set_webhook", "test_webhook" …"""

    name: str
    request: Request
    read: Callable[[Answer], Told]


@dataclass(frozen=True, slots=True)
class Download:
    """How a file that a person sent is fetched; ``located`` gives the second call where the first only
    tells an address, None where the answer is the file itself, and raises ValueError where it is neither.
    """

    request: Callable[[MediaIn, Account], Request]
    located: Callable[[Answer, Account], Request | None] = lambda _answer, _account: None


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Entry links that the messenger makes itself; ``read`` raises ValueError with what went wrong."""

    request: Callable[[Account, str], Request]
    read: Callable[[Answer], str]


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought, and the cursor that acknowledges it."""

    reading: Reading
    cursor: str


@dataclass(frozen=True, slots=True)
class Poll:
    """How events are fetched from a messenger without webhooks; ``request`` gets the cursor ("" at first)
    and how many seconds the messenger may wait for something to happen.
    """

    request: Callable[[Account, str, int], Request]
    read: Callable[[Answer, Account, str], Polled | Outcome]


@dataclass(frozen=True, slots=True)
class Quota:
    """So many batch calls of one account in a "day" or "month" of the zone (IANA name)."""

    calls: int
    per: str
    zone: str


@dataclass(frozen=True, slots=True)
class Left:
    """How many more people an account may write to in the messenger's period; None: as many as it likes."""

    people: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How the messenger is asked what is left of an account's quota; ``read`` gets the answers in the order
    of the requests, and gives None where they do not tell.
    """

    requests: Callable[[Account], tuple[Request, ...]]
    read: Callable[[Sequence[Answer]], Left | None]


Row = tuple[str, int | None]  # what, and how many (None: too few for the messenger to tell)


@dataclass(frozen=True, slots=True)
class Insight:
    """How the messenger is asked what it counted of a broadcast itself.

    ``request`` gets the broadcast's id, when it began and now (ms), and gives None where the account has it
    not counted; ``read`` gives None where the answer tells nothing.
    """

    source: str
    request: Callable[[Account, str, int, int], Request | None]
    read: Callable[[Answer], tuple[Row, ...] | None]


def acknowledged(_reading: Reading, _greeting: Message, _account: Account) -> Reply:
    """The empty 200 that most messengers want."""
    return Reply(200)


@dataclass(frozen=True, slots=True)
class Messenger:
    """A messenger reads like a data sheet.

    ``handshake`` answers a set-up call (or None: not one); ``verify`` raises NotGenuine, looking at raw
    bytes only; ``read`` raises Unreadable; ``canonical`` raises ValueError for an id that cannot be one;
    ``problems`` says what of a message this messenger cannot carry, as (field, what and what to do);
    ``build`` gives the calls for one person in order; ``interpret`` sorts one answer into an outcome;
    ``entry_link`` is the link that opens the chat with an entry code; ``acknowledge`` is the call that
    a button tap wants answered with, where the messenger wants one.

    Most messengers need nothing of the rest. ``reply`` is the answer to a webhook call, with the greeting
    for people who just opened the chat (``Rules.greets``); ``spellings`` are other ways in which the
    messenger may write this id; ``barred`` says for a user id and a marketing message or not why the
    messenger delivers none to this person ("" : it does); ``steps`` check an account and set its webhook,
    whose address they get; ``quotas`` are counted by us, ``allowance`` is asked of the messenger, as
    is what it counted of a broadcast itself (``insight``).
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
    reply: Callable[[Reading, Message, Account], Reply] = acknowledged
    spellings: Callable[[str], tuple[str, ...]] = lambda _user_id: ()
    barred: Callable[[str, bool], str] = lambda _user_id, _marketing: ""
    steps: Callable[[Account, str], tuple[Step, ...]] = lambda _account, _webhook: ()
    quotas: Callable[[Account], tuple[Quota, ...]] = lambda _account: ()
    allowance: Allowance | None = None
    insight: Insight | None = None
    batch: Batch | None = None
    token: Renewable | None = None
    keys: Renewable | None = None
    doubt: Doubt | None = None
    download: Download | None = None
    links: LinkMaker | None = None
    poll: Poll | None = None
