"""What a messenger's folder tells the contract suite: real payloads, and what must come of them.

The calls a messenger's functions make are told as (method, URL, content): the content is the JSON of the
body, the fields of a form, or empty where there is no body.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rundruf.core.account import Account
from rundruf.core.message import Message
from rundruf.core.outcome import Outcome
from rundruf.messengers.contract import (
    Answer,
    Call,
    Delivery,
    Event,
    MediaIn,
    Polled,
    Quota,
    Reading,
    Renewed,
    Reply,
)

Sending = tuple[str, str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook body (of a polled messenger: an answer's body) and the reading it must give."""

    fact: str
    body: bytes
    reading: Reading


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the messenger and the outcome it must give."""

    fact: str
    answer: Answer
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Broken:
    """A message the messenger cannot carry: the fields that must be named and what the sentences must say."""

    fact: str
    message: Message
    fields: tuple[str, ...]
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery and the calls it must become; ``account`` where it is not that of the case."""

    fact: str
    delivery: Delivery
    calls: tuple[Sending, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Batched:
    """Deliveries with one message and the calls of the messenger's own batch send."""

    fact: str
    deliveries: tuple[Delivery, ...]
    calls: tuple[Sending, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class BatchAnswered:
    """An answer to a batch call and one outcome for each delivery, in order."""

    fact: str
    answer: Answer
    deliveries: tuple[Delivery, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call for a token or for keys; ``refused`` says that the value held was refused."""

    fact: str
    call: Sending
    refused: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a token or keys are fetched: the calls, what their answers give, and which accounts need none.

    The answers hold at least one good one, refusals, and hostile ones; the suite adds its own.
    """

    asked: tuple[Asked, ...]
    answers: tuple[tuple[str, Answer, Renewed | Outcome], ...]
    needless: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Replied:
    """A reading and a greeting, and the answer the webhook call must get."""

    fact: str
    reading: Reading
    greeting: Message
    reply: Reply


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step of an account's check: its call, and for answers whether all is well and what must be said."""

    name: str
    call: Sending
    answers: tuple[tuple[Answer, bool, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file a person sent, the call for it, and for answers the second call.

    None means that the answer is the file; ``ValueError`` that it is neither file nor address.
    """

    fact: str
    medium: MediaIn
    call: Sending
    located: tuple[tuple[Answer, Sending | type[ValueError] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry code, the call for its link, and for answers the link (``ValueError``: there is none)."""

    code: str
    call: Sending
    links: tuple[tuple[Answer, str | type[ValueError]], ...]


@dataclass(frozen=True, slots=True)
class Polling:
    """A cursor and a waiting time, the call, and what answers bring."""

    fact: str
    cursor: str
    wait: int
    call: Sending
    answers: tuple[tuple[Answer, Polled | Outcome], ...]


@dataclass(frozen=True, slots=True)
class Doubted:
    """A refused delivery, the call that tells why (None: it is clear), and what its answers settle."""

    fact: str
    outcome: Outcome
    delivery: Delivery
    call: Sending | None
    settled: tuple[tuple[Answer, Outcome], ...] = ()


JWT_ATTACKS = (
    "no algorithm",
    "HS256 keyed with the public key",
    "another algorithm in the header",
    "keys of the sender by jku",
    "certificate of the sender by x5u",
    "key in the header",
    "path as key id",
    "key id of another key",
    "other issuer",
    "issuer as a list",
    "other audience",
    "audience as a list",
    "audience as a number",
    "no audience",
    "no issuer",
    "no end",
    "ended 6 minutes ago",
    "begins in 6 minutes",
    "other service URL",
    "no service URL",
    "key does not endorse the channel",
    "two parts",
    "four parts",
    "other scheme",
    "scheme in lower case",
    "two blanks",
    "signature of another token",
)
"""What somebody may try with a JWT; the cases of a messenger with ``keys`` hold one of ``attacks`` under
each of these names. (none, HS256 with a public key, jku/x5u/kid, claims, times, endorsement)"""


@dataclass(frozen=True, slots=True)
class Case:
    """One messenger.

    ``account`` holds two valid values of the credential ``secret``; ``call`` makes a genuine call out of
    a body and a secret, with its proof in the header or query value ``proof``; ``signs_body`` tells
    whether the proof covers the body; ``silent`` that the messenger may accept a message without a word. A
    messenger that is polled leaves ``call`` empty. ``unreadable`` are genuine bodies that say nothing.
    ``ids`` maps what people write to the canonical id, None where
    it is no id; ``links`` code and language to the entry link; ``credentials`` each name to good and bad
    values. The first of ``sent`` is a text without template that makes one call, outside of marketing.

    For proofs of other kinds: ``signers`` are what ``call`` signs with where that is not the credential
    itself (two names of private keys); ``proofs`` are further headers or query values that prove the call;
    ``covered`` are those that the proof covers; ``blanks`` says that the proof leaves blanks and a byte
    order mark around the body out; ``wrap`` makes of a told body what really arrives (encrypted);
    ``genuine`` are further calls that pass, ``attacks`` further ones that are refused, ``stale`` those
    signed with a key we do not hold. ``xml`` says that bodies may be XML.

    Everything below ``polls`` is needed by messengers that have the part of that name, and only by them.
    """

    account: Account
    told: tuple[Told, ...]
    unreadable: tuple[bytes, ...]
    answers: tuple[Answered, ...]
    broken: tuple[Broken, ...]
    fine: tuple[Message, ...]
    sent: tuple[Sent, ...]
    ids: Mapping[str, str | None]
    links: Mapping[tuple[str, str], str]
    credentials: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    taps: tuple[tuple[Event, Sending | None], ...]
    secret: str = ""
    proof: str = ""
    signs_body: bool = True
    silent: bool = False
    call: Callable[[bytes, str], Call] | None = None
    handshakes: tuple[tuple[str, Call, Reply | None], ...] = ()
    signers: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    blanks: bool = False
    wrap: Callable[[bytes], bytes] | None = None
    genuine: tuple[tuple[str, Call], ...] = ()
    attacks: tuple[tuple[str, Call], ...] = ()
    stale: tuple[tuple[str, Call], ...] = ()
    xml: bool = False
    polls: tuple[Polling, ...] = ()
    replies: tuple[Replied, ...] = ()
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    barred: Mapping[tuple[str, bool], str] = field(default_factory=dict)
    steps: tuple[Stepped, ...] = ()
    quotas: tuple[tuple[Account, tuple[Quota, ...]], ...] = ()
    batches: tuple[Batched, ...] = ()
    batch_answers: tuple[BatchAnswered, ...] = ()
    token: Renewal | None = None
    keys: Renewal | None = None
    doubts: tuple[Doubted, ...] = ()
    downloads: tuple[Downloaded, ...] = ()
    made_links: tuple[Linked, ...] = ()


WEBHOOK = "https://api.example.org/webhooks/it/main"
"""The webhook address that ``steps`` of the cases are asked with."""
