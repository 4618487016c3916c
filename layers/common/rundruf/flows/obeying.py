"""Commands in the chat -> what they say is done, and one short answer.

Nothing is started here: an answer goes to somebody who has just written, in the messenger's window.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from rundruf.core import wording
from rundruf.core.consent import ANSWER_WITHIN, FOREVER, Action, Fact
from rundruf.core.contact import Contact
from rundruf.core.keywords import Command, CommandKind
from rundruf.core.message import Button
from rundruf.core.wording import PAYLOAD_ERASE, PAYLOAD_KEEP, PAYLOAD_STOP
from rundruf.flows.joining import ask, say_no, say_yes
from rundruf.flows.leaving import LEFT, Leaving, data_url, leave, pause, unpause
from rundruf.flows.pausing import UNSURE, facts
from rundruf.flows.services import Services
from rundruf.flows.understanding import DELETE
from rundruf.flows.writing import reply
from rundruf.messengers import messenger
from rundruf.messengers.contract import Event


def obey(command: Command, contact: Contact, event: Event, services: Services) -> None:
    """Do what a command that ends nothing asks for."""
    match command.kind:
        case CommandKind.YES:
            _yes(contact, event, services)
        case CommandKind.NO:
            _no(contact, event, services)
        case CommandKind.KEEP:
            keep(contact, event, services)
        case CommandKind.ERASE:
            _erase(contact, event, services)
        case CommandKind.START:
            _start(command.topic, contact, event, services)
        case CommandKind.INFO:
            reply(contact, _overview(contact, services), services)
        case CommandKind.DATA:
            link = data_url(contact.id, services)
            text = wording.data_link(services.settings.business, link, _language(contact, services))
            reply(contact, text, services)
        case CommandKind.PAUSE:
            confirm_pause(contact, services)
        case CommandKind.HELP:
            text = wording.help_text(services.settings.business, _language(contact, services))
            reply(contact, text, services)


def _yes(contact: Contact, event: Event, services: Services) -> None:
    """The answer to whatever was asked last: to leave, to be erased, or to join."""
    joining = bool(contact.consent.asked) and contact.consent.asked_at >= contact.consent.paused_at
    if not joining and in_doubt(contact, services):
        leave(contact.id, Leaving(event.at, "keyword", event.id), services)
        language = _language(contact, services)
        text = wording.stopped(services.settings.business, None, language)
        reply(contact, text, services, always=True)
    elif not contact.consent.asked and _wants_erasure(contact, event, services):
        _erase(contact, event, services)
    else:
        say_yes(contact, event, services)


def _no(contact: Contact, event: Event, services: Services) -> None:
    joining = bool(contact.consent.asked) and contact.consent.asked_at >= contact.consent.paused_at
    if joining or not keep(contact, event, services):
        say_no(contact, event, services)


def _start(topic: str | None, contact: Contact, event: Event, services: Services) -> None:
    paused = contact.consent.paused(event.at)
    if paused:
        contact = unpause(contact.id, "keyword", event.id, services, at=event.at) or contact
    if paused and contact.consent.topics and (topic is None or topic in contact.consent.topics):
        language = _language(contact, services)
        text = wording.resumed(services.settings.business, titles(contact, language, services), language)
        reply(contact, text, services)
        return
    topics = (topic,) if topic else tuple(services.catalogue.topics())
    ask(contact, topics, "keyword", event.id, event, services)


def ask_whether(contact: Contact, services: Services) -> None:
    """The one question, answered by a tap."""
    language = _language(contact, services)
    buttons = (
        Button(wording.leave_label(language), reply=PAYLOAD_STOP),
        Button(wording.keep_label(language), reply=PAYLOAD_KEEP),
    )
    reply(contact, wording.unsure(services.settings.business, language), services, buttons)


def in_doubt(contact: Contact, services: Services) -> bool:
    """Whether the last thing that changed this consent is our doubt."""
    if contact.consent.paused_until != FOREVER:
        return False
    last = next(reversed(facts(contact, services)), None)
    return last is not None and last.action is Action.PAUSED and last.source == UNSURE


def keep(contact: Contact, event: Event, services: Services) -> bool:
    """Everything as before the doubt, also a pause of the person's own; False if there was no doubt."""
    if not in_doubt(contact, services):
        return False
    own = _own_pause(contact, services)
    unpause(contact.id, UNSURE, event.id, services, at=event.at)
    if own is not None and own.until > services.now():
        pause(contact.id, own.until, own.source, own.reference, services, at=event.at + 1)
    language = _language(contact, services)
    text = wording.kept(services.settings.business, titles(contact, language, services), language)
    reply(contact, text, services)
    return True


def _own_pause(contact: Contact, services: Services) -> Fact | None:
    """The pause that held before our doubt, if the person had asked for one."""
    found = None
    for fact in facts(contact, services):
        if fact.action is Action.PAUSED and fact.source != UNSURE:
            found = fact
        elif fact.action in (Action.RESUMED, Action.CONFIRMED, Action.IMPORTED):
            found = None
    return found


def confirm_pause(contact: Contact, services: Services) -> None:
    """Say until when there is nothing, or that there is nothing anyway."""
    language = _language(contact, services)
    business = services.settings.business
    if not contact.consent.topics:
        reply(contact, wording.declined(business, language), services)
        return
    until = wording.day(_day(contact.consent.paused_until, services), language)
    reply(contact, wording.paused(business, until, language), services)


def titles(contact: Contact, language: str, services: Services) -> list[str]:
    """The names of the person's topics."""
    known = services.catalogue.topics()
    return [known[one].title(language) for one in sorted(contact.consent.topics) if one in known]


def ask_to_erase(contact: Contact, services: Services) -> None:
    """Everything has been stopped; what cannot be undone is asked about once more."""
    language = _language(contact, services)
    button = Button(wording.erase_label(language), reply=PAYLOAD_ERASE)
    reply(contact, wording.erase_question(services.settings.business, language), services, (button,))


def _erase(contact: Contact, event: Event, services: Services) -> None:
    """Say that this is the last message, then erase; an old tap is asked about again."""
    if not _wants_erasure(contact, event, services):
        ask_to_erase(contact, services)
        return
    language = _language(contact, services)
    reply(contact, wording.erased(services.settings.business, language), services)
    services.contacts.erase(contact.id)


def _wants_erasure(contact: Contact, event: Event, services: Services) -> bool:
    """Whether the last thing that changed this consent is that the person wanted to be erased."""
    last = next(reversed(facts(contact, services)), None)
    return last is not None and last.source == DELETE and event.at - last.at < ANSWER_WITHIN


def _overview(contact: Contact, services: Services) -> wording.Wording:
    """What the person gets, since when, by what, and what else is held of them."""
    language = _language(contact, services)
    held, known = contact.consent, services.catalogue.topics()
    lines = [
        wording.topic_line(
            known[topic].title(language) if topic in known else topic,
            wording.day(_day(fact.at, services), language),
            fact.source,
            language,
        )
        for topic, fact in sorted(_grants(contact, services).items())
        if topic in held.topics
    ]
    title = messenger(contact.identity.messenger).title
    until = None
    if held.paused(services.now()):
        ends = held.paused_until != FOREVER
        until = wording.day(_day(held.paused_until, services), language) if ends else ""
    kinds = wording.held_of(_kinds(contact), title, language)
    return wording.info(services.settings.business, lines, kinds, language, until)


def _kinds(contact: Contact) -> list[str]:
    """The kinds of data that we hold about somebody."""
    there = {
        "id": True,
        "name": bool(contact.name),
        "language": bool(contact.language),
        "more": bool(contact.tags or contact.attributes or contact.person),
        "proof": bool(contact.consent.topics or contact.consent.granted_at),
    }
    return [kind for kind, held in there.items() if held]


def _grants(contact: Contact, services: Services) -> dict[str, Fact]:
    """What each topic was joined by."""
    found: dict[str, Fact] = {}
    for fact in facts(contact, services):
        if fact.action in (Action.CONFIRMED, Action.IMPORTED):
            found = dict.fromkeys(fact.topics, fact) | found
        elif fact.action in (*LEFT, Action.LAPSED):
            found = {topic: one for topic, one in found.items() if topic not in fact.topics}
    return found


def _day(at: int, services: Services) -> date:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(services.settings.zone)).date()


def _language(contact: Contact, services: Services) -> str:
    return wording.language_of(contact.language, services.settings.language)
