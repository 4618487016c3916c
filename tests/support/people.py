"""People and things that many tests need, made the short way."""

from dataclasses import replace
from typing import Any

from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity, contact_id
from rundruf.messengers.contract import Event, EventKind

NOW = 1_780_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR

ANNA = Identity("whatsapp", "main", "491700000001")
BEN = Identity("telegram", "main", "4711")


def wrote(identity: Identity, at: int = NOW, **more: Any) -> Event:
    """That this person wrote something."""
    return Event(f"e{at}", EventKind.MESSAGE, identity.user_id, at, **more)


def an_id(number: int) -> str:
    """A contact id; the number decides its shard."""
    return contact_id(number.to_bytes(16, "big"))


def consenting(*topics: str, at: int = NOW - DAY) -> Consent:
    return Consent().after(Fact(Action.IMPORTED, at, topics, source="desk"))


def contact(identity: Identity = ANNA, *topics: str, number: int = 1) -> Contact:
    held = consenting(*topics) if topics else Consent()
    return replace(Contact(an_id(number), identity, held), stored=True)
