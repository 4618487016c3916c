"""A wish from the page -> the person's own chat: a question, or the link to their data.

A message with its link may have been passed on, so the page itself never grants anything and shows no data:
what needs proof goes through the chat, which only the person has. It waits in the inbox, in order with what
the person writes.
"""

from collections.abc import Sequence
from enum import StrEnum

from rundruf.core import policy, wording
from rundruf.core.consent import ASK_AGAIN_AFTER
from rundruf.core.contact import Contact
from rundruf.flows.joining import ask
from rundruf.flows.leaving import data_url
from rundruf.flows.services import InboxItem, Services
from rundruf.flows.writing import reply
from rundruf.messengers import messenger
from rundruf.messengers.contract import Event, EventKind

HOUR = 3600 * 1000
JOIN, DATA = "join", "data"


class Chance(StrEnum):
    """What becomes of a wish that needs the chat."""

    ASKED = "asked"  # it goes there now
    OPEN = "open"  # something was asked there within a day, so nothing is asked now
    SHUT = "shut"  # the messenger does not let us write first now


def join(contact: Contact, topics: Sequence[str], services: Services) -> Chance:
    """Have the opt-in question put for these topics, at most one in 24 hours."""
    now = services.now()
    if not _reachable(contact, services):
        return Chance.SHUT
    if now - contact.consent.asked_at < ASK_AGAIN_AFTER:
        return Chance.OPEN
    _queued(contact, f"{JOIN}:{','.join(topics)}", f"{now // HOUR}", services)
    return Chance.ASKED


def link(contact: Contact, services: Services) -> Chance:
    """Have the link to the person's data sent, at most once an hour."""
    if not _reachable(contact, services):
        return Chance.SHUT
    _queued(contact, DATA, f"{services.now() // HOUR}", services)
    return Chance.ASKED


def forget(contact: Contact, services: Services) -> None:
    """Have everything about the person removed, after what is still to be done for them."""
    event = _event(contact, f"page:forget:{services.random(8).hex()}", EventKind.FORGET, "", services)
    services.queues.inbox([InboxItem(contact.identity.account_id, contact.id, event)])


def grant(item: InboxItem, services: Services) -> None:
    """The inbox's part: say in the chat what was asked for on the page."""
    contact = services.contacts.get(item.contact)
    if contact is None:
        return
    wish, _, topics = item.event.payload.partition(":")
    if wish == JOIN:
        ask(contact, tuple(topics.split(",")), "page", item.event.id, item.event, services)
    if wish == DATA:
        language = wording.language_of(contact.language, services.settings.language)
        text = wording.data_link(services.settings.business, data_url(contact.id, services), language)
        reply(contact, text, services)


def _reachable(contact: Contact, services: Services) -> bool:
    rules = messenger(contact.identity.messenger).rules
    return not contact.unreachable and policy.window_open(contact, rules, services.now())


def _queued(contact: Contact, payload: str, slot: str, services: Services) -> None:
    """The same wish in the same slot is granted once."""
    event = _event(contact, f"page:{contact.id}:{slot}:{payload}", EventKind.WISH, payload, services)
    services.queues.inbox([InboxItem(contact.identity.account_id, contact.id, event)])


def _event(contact: Contact, id: str, kind: EventKind, payload: str, services: Services) -> Event:
    """Later than a topic that was left with the same click."""
    at = max(services.now(), contact.consent.stopped_at + 1)
    return Event(id=id, kind=kind, user_id=contact.identity.user_id, at=at, payload=payload)
