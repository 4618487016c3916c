"""What a messenger's folder tells the contract suite: real payloads, and what must come of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rundruf.core.account import Account
from rundruf.core.message import Message
from rundruf.core.outcome import Outcome
from rundruf.messengers.contract import Answer, Call, Delivery, Event, Reading, Reply


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook body and the reading it must give."""

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
    """A delivery and the calls it must become: method, URL and the JSON of the body."""

    fact: str
    delivery: Delivery
    calls: tuple[tuple[str, str, Mapping[str, object]], ...]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One messenger.

    ``account`` holds two valid values of the credential ``secret``; ``call`` makes a genuine call out of
    a body and a secret, with its proof in the header or query value ``proof``; ``signs_body`` tells
    whether the proof covers the body. A messenger that is polled leaves ``call`` empty. ``unreadable``
    are genuine bodies that say nothing. ``ids`` maps what people write to the canonical id, None where
    it is no id; ``links`` code and language to the entry link; ``credentials`` each name to good and bad
    values. The first of ``sent`` is a text without template that makes one call.
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
    taps: tuple[tuple[Event, tuple[str, str, Mapping[str, object]] | None], ...]
    secret: str = ""
    proof: str = ""
    signs_body: bool = True
    call: Callable[[bytes, str], Call] | None = None
    handshakes: tuple[tuple[str, Call, Reply | None], ...] = ()
