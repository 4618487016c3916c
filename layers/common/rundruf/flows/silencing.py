"""A platform's own stop and resume of marketing: the later one holds, in whatever order they come."""

from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact
from rundruf.flows.leaving import note
from rundruf.flows.services import Services
from rundruf.messengers.contract import Event


def stopped(contact: str, event: Event, services: Services) -> Contact | None:
    """The person turned our marketing off in the messenger's settings; at equal times this holds."""

    def fact(held: Contact) -> Fact | None:
        newest = _newest(contact, services)
        if newest[Action.PLATFORM_RESUME] > event.at:
            return None
        known = held.consent.platform_stop and newest[Action.PLATFORM_STOP] >= event.at
        return None if known else _fact(Action.PLATFORM_STOP, event)

    return note(contact, services, fact)


def resumed(contact: str, event: Event, services: Services) -> Contact | None:
    """The person turned it on again."""

    def fact(held: Contact) -> Fact | None:
        if not held.consent.platform_stop or _newest(contact, services)[Action.PLATFORM_STOP] >= event.at:
            return None
        return _fact(Action.PLATFORM_RESUME, event)

    return note(contact, services, fact)


def _fact(action: Action, event: Event) -> Fact:
    return Fact(action, event.at, source="messenger", reference=event.id)


def _newest(contact: str, services: Services) -> dict[Action, int]:
    """When the person last did either, by the messenger's clock (ms; 0 for never)."""
    newest = {Action.PLATFORM_STOP: 0, Action.PLATFORM_RESUME: 0}
    entries, _ = services.contacts.ledger(contact)
    for entry in entries:
        if entry.fact.action in newest:
            newest[entry.fact.action] = max(newest[entry.fact.action], entry.fact.at)
    return newest
