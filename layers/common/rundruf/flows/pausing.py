"""PAUSE, or words that may mean STOP -> no marketing from now on, before the messenger gets its 200."""

from rundruf.core.consent import ASK_AGAIN_AFTER, FOREVER, Action, Fact
from rundruf.core.contact import Contact
from rundruf.core.keywords import Command, CommandKind
from rundruf.flows.leaving import await_claims, pause
from rundruf.flows.services import Services
from rundruf.messengers.contract import Event

PAUSED = "pause"  # how an InboxItem says that the person asked for a pause,
ASK = "ask"  # or that we have to ask whether they want to leave
UNSURE = "unsure"  # the source of a pause that only lasts until the person has answered
PAUSE_FOR = 30 * 24 * 3600 * 1000


def at_once(command: Command, contact: str, event: Event, services: Services) -> str:
    """What a command pauses before the messenger gets its 200, and what is left to say; "" for nothing.

    Raises Unfinished while a message is still on its way.
    """
    if command.kind is CommandKind.PAUSE:
        pause(contact, event.at + PAUSE_FOR, "keyword", event.id, services, at=event.at)
        return PAUSED
    if command.kind is CommandKind.UNSURE:
        return _suspend(contact, event, services)
    return ""


def _suspend(contact: str, event: Event, services: Services) -> str:
    """No marketing until the person has told us whether they want to leave, if they get any.

    They are asked once in a day: who has just said that all shall stay as it is, is taken at their word.
    """
    held = services.contacts.get(contact)
    if held is None or not held.consent.topics or event.at <= held.consent.stopped_at:
        return ""
    recent = event.at - held.consent.paused_at < ASK_AGAIN_AFTER
    if held.consent.paused_until == FOREVER and recent:
        await_claims(held, services)
        return ASK if held.consent.paused_at == event.at else ""
    if recent and _kept(held, event, services):
        return ""
    pause(contact, FOREVER, UNSURE, event.id, services, at=event.at)
    return ASK


def _kept(held: Contact, event: Event, services: Services) -> bool:
    """Whether the person answered within a day that everything shall stay."""
    return any(
        fact.action is Action.RESUMED and fact.source == UNSURE and event.at - fact.at < ASK_AGAIN_AFTER
        for fact in facts(held, services)
    )


def facts(contact: Contact, services: Services) -> list[Fact]:
    """What the ledger holds, oldest first."""
    entries, _ = services.contacts.ledger(contact.id)
    return [one.fact for one in entries]
