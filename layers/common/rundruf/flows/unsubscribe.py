"""Signed link -> page -> button: leaving without login, script or question."""

from dataclasses import dataclass

from rundruf.core import tokens
from rundruf.core.contact import Contact, contact_id
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.services import Services

PATIENCE = 8_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form asked for: leave all marketing, keep just the topics in ``keep``, or (``everything``)
    end service messages too."""

    leave_all: bool = True
    everything: bool = False
    keep: frozenset[str] = frozenset()


def person(token: str, services: Services) -> Contact | None:
    """Whose link this is; None when the contact is erased. Raises BadToken."""
    read = tokens.read(services.keys(), token, tokens.Purpose.LEAVE)
    return services.contacts.get(contact_id(read.contact))


def act(token: str, choice: Choice, services: Services) -> Contact | None:
    """Leave; repeating it changes nothing more. A link can take topics away, never grant them.

    Raises BadToken, and Unfinished when a message that was claimed before is still on its way.
    """
    contact = person(token, services)
    if contact is None:
        return None
    now = services.now()
    if choice.leave_all:
        return leave(contact.id, Leaving(now, "page", everything=choice.everything), services, PATIENCE)
    left: Contact | None = contact
    for topic in sorted(contact.consent.topics - choice.keep):
        left = leave(contact.id, Leaving(now, "page", topic=topic), services, PATIENCE)
    return left
