"""Inbox -> consent, contact, reply: the slower rest of an event, once and in order."""

from rundruf.core import codes, wording
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.keywords import Command, CommandKind
from rundruf.core.normalise import plain
from rundruf.flows import silencing
from rundruf.flows.guarding import entry_of
from rundruf.flows.joining import ask, enter_by
from rundruf.flows.leaving import attribute, leave, note
from rundruf.flows.obeying import ask_to_erase, ask_whether, obey
from rundruf.flows.pausing import ASK
from rundruf.flows.renewing import Refused, armed
from rundruf.flows.services import Erased, InboxItem, Services
from rundruf.flows.understanding import SPOKEN, STOPPED, command_of, wish_of
from rundruf.flows.wishing import grant
from rundruf.flows.writing import reply
from rundruf.messengers import messenger
from rundruf.messengers.contract import Event, EventKind


def handle(item: InboxItem, services: Services) -> None:
    """The slower rest of an event, once: consent, confirmation, reply.

    Events of one contact come in order. Raises Unfinished when it must come again.
    """
    if not services.gate.open(item.account, item.event.id, services.now()):
        return
    _acknowledge(item, services)
    event = item.event
    if event.kind in SPOKEN:
        _spoken(item, services)
    elif event.kind is EventKind.PLATFORM_RESUME:
        silencing.resumed(item.contact, event, services)
    elif event.kind is EventKind.UNBLOCKED:
        fact = Fact(Action.UNBLOCKED, event.at, source="messenger", reference=event.id)
        note(item.contact, services, lambda held: fact if _let_in_again(held, event) else None)
    elif event.kind is EventKind.MOVED:
        services.contacts.unreachable(item.contact, "moved")
        services.persons.tie(item.contact, "")  # a number changes hands: whose it is nobody has said
    elif event.kind is EventKind.FORGET:
        services.contacts.erase(item.contact)
    elif event.kind is EventKind.WISH:
        grant(item, services)
    services.gate.done(item.account, event.id)


def _let_in_again(held: Contact, event: Event) -> bool:
    """Whether an unblocking is news, and younger than what ended all messages."""
    return not held.consent.service and event.at > held.consent.stopped_at


def _spoken(item: InboxItem, services: Services) -> None:
    event = item.event
    name, _, account = item.account.partition("/")
    identity = Identity(name, account, event.user_id)
    if event.window == 0:
        return None  # nothing may be said in return; a STOP has been heard before this
    try:
        contact = services.contacts.meet(item.contact, identity, event)
    except Erased:
        return None
    if event.aliases:
        services.contacts.find(identity, event.aliases)
    command = command_of(event, services, contact.language)
    wish = wish_of(command, event)
    if not wish and item.applied != STOPPED:
        attribute(contact, services)
    if wish and item.applied != STOPPED:
        leave(contact.id, wish, services)  # a word of a language that the webhook did not know of
    if wish or item.applied == STOPPED:
        return _confirm_stop(contact, event, command, services)
    if item.applied == ASK:
        return ask_whether(contact, services)
    by_code = entry_of((event.code,) if event.code else codes.find(event.text), contact, services)
    if by_code:
        return enter_by(by_code, contact, event, services)
    if command:
        return obey(command, contact, event, services)
    for point in services.catalogue.entry_points() if event.text else ():
        here = (point.messenger, point.account) == (name, account)
        if here and point.keyword and plain(event.text) == plain(point.keyword):
            return enter_by(point, contact, event, services)
    if contact.consent.lapsed:
        ask(contact, contact.consent.lapsed, "lapsed", event.id, event, services)
    return None


def _confirm_stop(contact: Contact, event: Event, command: Command | None, services: Services) -> None:
    """Say once what has ended; the ledger knows what this very message withdrew."""
    if command and command.kind is CommandKind.DELETE:
        return ask_to_erase(contact, services)
    entries, _ = services.contacts.ledger(contact.id)
    mine = [one.fact for one in entries if one.fact.reference == event.id]
    language = wording.language_of(contact.language, services.settings.language)
    business = services.settings.business
    known = services.catalogue.topics()
    only = command.topic if command else None
    titles = [known[only].title(language)] if only and only in known else None
    ended = any(fact.topics or fact.everything for fact in mine)
    if not ended and not (titles and contact.consent.topics):
        reply(contact, wording.already_stopped(business, language), services)
        return None
    text = wording.stopped(business, titles, language, service_too=ended and mine[0].everything)
    reply(contact, text, services, always=ended)
    return None


def _acknowledge(item: InboxItem, services: Services) -> None:
    account = services.accounts.get(item.account)
    speaks = messenger(account.messenger)
    if item.event.kind is not EventKind.BUTTON:
        return
    try:
        request = speaks.acknowledge(item.event, armed(account, speaks, services))
    except Refused:
        return
    if request is not None:
        services.http.window([request])
