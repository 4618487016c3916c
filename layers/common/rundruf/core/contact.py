"""A contact: one identity (messenger, account, user id) and what we may do with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rundruf.core import base32
from rundruf.core.audience import DAY, Candidate, Facts
from rundruf.core.consent import Consent
from rundruf.core.ledger import EMPTY, Head

SHARDS = 8
CLAIMS_KEPT = 4
NO_CLAIM = "-"
LONGEST_PERSON = 64  # characters of the business's own id of a human
SPREAD = 60_000  # ms within which a write that was begun is made, or never
_CONTACT_ID = re.compile("[0-9a-v]{26}").fullmatch


def contact_id(raw: bytes) -> str:
    """The readable form (26 characters) of a contact's 16 bytes."""
    return base32.encoded(raw, base32.HEX)


def contact_bytes(text: str) -> bytes:
    """The 16 bytes behind a contact id; raises ValueError where it is none."""
    number = int(text, 32) if _CONTACT_ID(text) else 1
    if number & 3:  # 26 letters of five bits are two more than 16 bytes have
        raise ValueError("not a contact id")
    return (number >> 2).to_bytes(16, "big")


def shard_of(contact: str) -> int:
    """Which of the ``SHARDS`` partitions of the audience index holds this contact."""
    return contact_bytes(contact)[0] % SHARDS


@dataclass(frozen=True, slots=True)
class Identity:
    messenger: str
    account: str
    user_id: str = field(repr=False)

    @property
    def account_id(self) -> str:
        return f"{self.messenger}/{self.account}"


@dataclass(frozen=True, slots=True)
class Claim:
    """The durable mark "this attempt is about to send this broadcast to this person"; ``at`` in ms."""

    broadcast: str
    chunk: str
    index: int
    attempt: str
    at: int

    def __str__(self) -> str:
        return f"{self.broadcast}:{self.chunk}:{self.index}:{self.attempt}:{self.at}"

    @classmethod
    def parse(cls, text: str) -> "Claim":
        broadcast, chunk, index, attempt, at = text.split(":")
        return cls(broadcast, chunk, int(index), attempt, int(at))

    @property
    def delivery(self) -> str:
        """The id that a messenger echoes: which recipient of which chunk."""
        return f"{self.broadcast}:{self.chunk}:{self.index}"


@dataclass(frozen=True, slots=True)
class Contact:
    """What the table holds about one identity; times in ms since 1970.

    ``joined`` is the latest grant, ``seen`` when the person last wrote (opens the reply window),
    ``unreachable`` why the messenger says this person cannot be reached ("" if they can), ``claims`` the
    latest four, newest first, ``head`` where the ledger ends; ``stored`` is False for a contact that exists
    only here; ``window_until`` is when a short window of free replies ends, ``conversation`` what the
    messenger said of how to reach the person, ``created`` since when this contact is there. ``person`` is
    the business's own id of the human behind it, ``tie`` the keyed hash under which the identities of one
    human stand together, ``tied`` since when.
    """

    id: str
    identity: Identity
    consent: Consent
    name: str = ""
    language: str = ""
    zone: str = ""
    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    joined: int = 0
    seen: int = 0
    unreachable: str = ""
    claims: tuple[Claim, ...] = ()
    head: Head = EMPTY
    stored: bool = False
    window_until: int = 0
    conversation: str = field(default="", repr=False)
    created: int = 0
    person: str = field(default="", repr=False)
    tie: str = ""
    tied: int = 0

    def candidate(self) -> Candidate:
        """This contact as an audience looks at it."""
        facts = Facts(
            self.identity.account_id,
            self.language,
            self.zone,
            self.tags,
            self.attributes,
            self.joined,
            self.seen - self.seen % DAY,
            paused=self.consent.paused_until,
            stopped=self.consent.platform_stop,
            unreachable=bool(self.unreachable),
            user=self.identity.user_id,
        )
        return Candidate(self.id, self.consent.topics, self.tags, self.attributes, self.language, facts)

    def tied_before(self, at: int) -> bool:
        """Whether the business had said by then (ms) which human this is, and everybody could know it."""
        return bool(self.tie) and self.tied <= at - SPREAD

    def values(self) -> dict[str, str]:
        """What placeholders of a message may use."""
        return {**self.attributes, "name": self.name, "language": self.language}
