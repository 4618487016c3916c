"""Entry point -> question -> yes -> confirmed: consent given twice, proved by the ledger."""

from rundruf.core import wording
from rundruf.core.consent import Action, Fact, WordingRef, confirmation, may_ask
from rundruf.core.contact import Contact
from rundruf.core.message import Button
from rundruf.core.topic import EntryPoint
from rundruf.core.wording import PAYLOAD_NO, PAYLOAD_YES, Wording
from rundruf.flows.services import Profile, Services
from rundruf.flows.writing import reply
from rundruf.messengers.contract import Event


def enter_by(point: EntryPoint, contact: Contact, event: Event, services: Services) -> None:
    """Somebody came through an entry point: take over its tags, ask for its topics."""
    profile = Profile(
        language=contact.language or point.language,
        tags=contact.tags | point.tags if point.tags else None,
    )
    ask(contact, point.topics, "entry_point", point.code, event, services, profile)


def ask(
    contact: Contact,
    topics: tuple[str, ...],
    source: str,
    reference: str,
    event: Event,
    services: Services,
    profile: Profile | None = None,
) -> None:
    """Put the opt-in question, at most once in 24 hours for the same topics, and enter that it was put."""
    now = services.now()
    language = _language(contact, services, profile)
    wanted = tuple(one for one in topics if one not in contact.consent.topics)
    if not wanted:
        reply(
            contact,
            wording.confirmed(services.settings.business, _titles(topics, language, services), language),
            services,
        )
        return
    if event.at <= contact.consent.stopped_at or not may_ask(contact.consent, wanted, now):
        return
    text = wording.opt_in(services.settings.business, _titles(wanted, language, services), language)
    outcome = reply(contact, text, services, yes_or_no(language))
    if not outcome.accepted:
        return
    fact = Fact(
        Action.ASKED,
        at=event.at,
        topics=wanted,
        source=source,
        reference=reference,
        wording=ref(text),
        message_ids=(outcome.message_id,) if outcome.message_id else (),
    )
    services.contacts.enter(contact, [fact], profile)


def say_yes(contact: Contact, event: Event, services: Services) -> bool:
    """Confirm what was asked; False when nothing open was asked."""
    topics = confirmation(contact.consent, event.at)
    if not topics:
        return False
    fact = Fact(
        Action.CONFIRMED,
        at=event.at,
        topics=topics,
        source="chat",
        reference=event.id,
        wording=contact.consent.asked_wording,
        message_ids=(event.message_id,) if event.message_id else (),
    )
    services.contacts.enter(contact, [fact])
    language = _language(contact, services)
    reply(
        contact,
        wording.confirmed(services.settings.business, _titles(topics, language, services), language),
        services,
    )
    return True


def say_no(contact: Contact, event: Event, services: Services) -> bool:
    """Drop the open question; False when there was none."""
    if not contact.consent.asked:
        return False
    fact = Fact(Action.DECLINED, event.at, contact.consent.asked, source="chat", reference=event.id)
    services.contacts.enter(contact, [fact])
    language = _language(contact, services)
    reply(contact, wording.declined(services.settings.business, language), services)
    return True


def yes_or_no(language: str) -> tuple[Button, ...]:
    """The two answers to the question, as buttons."""
    return (
        Button(wording.yes_label(language), reply=PAYLOAD_YES),
        Button(wording.no_label(language), reply=PAYLOAD_NO),
    )


def ref(text: Wording) -> WordingRef:
    return WordingRef(text.id, text.version, text.language, text.hash)


def _titles(topics: tuple[str, ...], language: str, services: Services) -> list[str]:
    known = services.catalogue.topics()
    return [known[one].title(language) if one in known else one for one in topics]


def _language(contact: Contact, services: Services, profile: Profile | None = None) -> str:
    tag = (profile and profile.language) or contact.language
    return wording.language_of(tag, services.settings.language)
