"""Webhook -> genuine? -> STOP at once -> inbox: what must be true before a messenger gets its 200."""

from dataclasses import replace

from rundruf.core import wording
from rundruf.core.account import Account
from rundruf.core.consent import Action
from rundruf.core.contact import Identity
from rundruf.core.message import Button, Message
from rundruf.core.wording import PAYLOAD_BEGIN
from rundruf.flows import pausing, silencing
from rundruf.flows.leaving import Leaving, await_claims, leave
from rundruf.flows.renewing import with_keys
from rundruf.flows.services import InboxItem, Services, Unfinished
from rundruf.flows.understanding import STOPPED, command_of, wish_of
from rundruf.messengers import messenger
from rundruf.messengers.contract import (
    Call,
    Event,
    EventKind,
    Hostile,
    Messenger,
    Reading,
    Reply,
    StaleKeys,
    Unreadable,
)


def receive(name: str, account_name: str, call: Call, services: Services) -> Reply:
    """Take one webhook call: what ends consent is done before the answer, the rest is durably queued.

    Raises UnknownMessenger or LookupError for a wrong address, NotGenuine, and Unfinished when the
    messenger must deliver again.
    """
    speaks = messenger(name)
    account = services.accounts.get(f"{name}/{account_name}")
    answer = speaks.handshake(call, account)
    if answer is not None:
        return answer
    account = _proved(call, account, speaks, services)
    try:
        reading = speaks.read(call.body, account)
    except Hostile:
        return Reply(400)
    except Unreadable:
        services.log("webhook unreadable", messenger=name)
        reading = Reading()
    taken(reading, account, services)
    greeting = _greeting(reading, services) if speaks.rules.greets else Message()
    return speaks.reply(reading, greeting, account)


def _proved(call: Call, account: Account, speaks: Messenger, services: Services) -> Account:
    """The account with the keys that proved the call; raises NotGenuine.

    A key we do not know may be new: the published ones are fetched again, seldom.
    """
    account = with_keys(account, speaks, services)
    try:
        speaks.verify(call, account)
    except StaleKeys:
        account = with_keys(account, speaks, services, stale=True)
        speaks.verify(call, account)
    return account


def _greeting(reading: Reading, services: Services) -> Message:
    """The first words to somebody who opened the chat; a tap on its button says the entry code, or START."""
    settings = services.settings
    opened = next((event for event in reading.events if event.kind is EventKind.OPENED), None)
    language = wording.language_of(opened.language if opened else "", settings.language)
    begin = Button(wording.begin_label(language), reply=(opened and opened.code) or PAYLOAD_BEGIN)
    return Message(wording.greeting(settings.business, language).text, buttons=(begin,))


def taken(reading: Reading, account: Account, services: Services) -> None:
    """Do what a reading demands at once and queue the rest durably; raises Unfinished to get it again."""
    items, unfinished = [], False
    for event in reading.events:
        try:
            items.append(at_once(account.id, timed(event, services.now()), services))
        except Unfinished:
            unfinished = True
    services.queues.inbox(items)
    services.queues.receipts(account.id, reading.receipts)
    for notice in reading.notices:
        services.catalogue.note(account.id, notice)
    if reading.parked:
        services.log("webhook parked", messenger=account.messenger, kinds=dict(reading.parked))
    if unfinished:
        raise Unfinished(account.id)


def timed(event: Event, now: int) -> Event:
    """The event with a time in whole seconds, as most messengers tell it; some taps come without any."""
    return replace(event, at=(event.at or now) // 1000 * 1000)


def at_once(account_id: str, event: Event, services: Services) -> InboxItem:
    """What must be true before the messenger gets its 200: a STOP in any form has ended consent."""
    name, _, account = account_id.partition("/")
    aliases = (*event.aliases, *messenger(name).spellings(event.user_id))
    contact = services.contacts.find(Identity(name, account, event.user_id), aliases)
    command = command_of(event, services)
    wish = _gone(event) or wish_of(command, event)
    applied = ""
    if wish is not None:
        leave(contact, wish, services)
        applied = STOPPED
    elif command is not None:
        applied = pausing.at_once(command, contact, event, services)
    elif event.kind is EventKind.PLATFORM_STOP:
        silenced = silencing.stopped(contact, event, services)
        if silenced:
            await_claims(silenced, services)
    return InboxItem(account_id, contact, event, applied)


_GONE = (EventKind.BLOCKED, EventKind.FORGET, EventKind.MOVED)


def _gone(event: Event) -> Leaving | None:
    if event.kind in _GONE:
        return Leaving(event.at, "messenger", event.id, everything=True, action=Action.BLOCKED)
    return None
