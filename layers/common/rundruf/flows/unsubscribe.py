"""Signed link -> page -> button: leaving without login, script or question.

A link in a message may be passed on, so whoever holds it can take away and pause, and nothing else. What
needs the person themselves goes through their chat (``wishing``): a new topic by the opt-in question, the
data behind a link of its own that holds for a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rundruf.core import tokens
from rundruf.core.consent import Consent, confirmation
from rundruf.core.contact import Contact, contact_id
from rundruf.core.ledger import Entry
from rundruf.core.tokens import BadToken, Purpose, Token
from rundruf.flows import wishing
from rundruf.flows.leave_page import TopicChoice, View
from rundruf.flows.leaving import Leaving, await_claims, leave, pause, unpause
from rundruf.flows.services import Services
from rundruf.messengers import messenger

PATIENCE = 8_000
DAY = 24 * 3600 * 1000
PAUSE = 30 * DAY
SOURCE = "page"


class Act(StrEnum):
    """What a form asks for."""

    LEAVE = "leave"  # all marketing
    EVERYTHING = "everything"  # service messages too
    SAVE = "save"  # exactly the chosen topics
    PAUSE = "pause"
    RESUME = "resume"
    LINK = "link"  # to the person's data, into their chat
    VIEW = "view"
    PAGE = "page"
    JSON = "json"
    DELETE = "delete"


PROVEN = (Act.VIEW, Act.PAGE, Act.JSON, Act.DELETE)


@dataclass(frozen=True, slots=True)
class Choice:
    """An act, and for ``save`` the topics to have."""

    act: Act = Act.LEAVE
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose link this is; ``contact`` is None once erased. ``proven``: the link was sent to their own chat
    within a day; ``expired``: longer ago, which makes it a link to leave like any other."""

    id: str
    contact: Contact | None
    proven: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The page's state after an act, and what became of topics that were chosen anew."""

    state: str
    asked: tuple[str, ...] = ()
    chance: str = ""


def visitor(token: str, services: Services) -> Visitor:
    """Raises BadToken."""
    keys = services.keys()
    try:
        read, proven, data = tokens.read(keys, token, Purpose.LEAVE), False, False
    except BadToken:
        read = tokens.read(keys, token, Purpose.DATA)
        proven, data = _fresh(token, read, services), True
    id = contact_id(read.contact)
    return Visitor(id, services.contacts.get(id), proven, expired=data and not proven)


def act(found: Visitor, choice: Choice, services: Services) -> Done:
    """Do what the form asks for; repeating it changes nothing more.

    An act that needs proof gives the link that proves it instead. Raises Unfinished when a message that was
    claimed before is still on its way.
    """
    contact = found.contact
    if contact is None:
        return Done("gone")
    if choice.act is Act.LINK or (choice.act in PROVEN and not found.proven):
        return Done("linked" if wishing.link(contact, services) is wishing.Chance.ASKED else "shut")
    if choice.act is Act.SAVE:
        return _save(contact, choice.keep, services)
    if choice.act is Act.PAUSE:
        return _pause(contact, services)
    if choice.act is Act.RESUME:
        unpause(contact.id, SOURCE, "", services)
        return Done("resumed")
    everything = choice.act in (Act.EVERYTHING, Act.DELETE)
    _leave(contact, everything, services)
    if choice.act is Act.DELETE:
        wishing.forget(contact, services)
        return Done("deleted")
    return Done("ended" if everything else "left")


def view(found: Visitor, done: Done | None, language: str, services: Services) -> View:
    """What the page shows of this person now."""
    contact = found.contact
    if contact is None:
        return View("")
    entries, _ = services.contacts.ledger(contact.id)
    since, consent, known = joined(entries), contact.consent, services.catalogue.topics()
    waiting = confirmation(consent, services.now())
    return View(
        messenger(contact.identity.messenger).title,
        topics=[
            TopicChoice(
                one.id,
                one.title(language),
                one.id in consent.topics,
                since.get(one.id, 0),
                one.id in waiting,
            )
            for one in known.values()
        ],
        service=consent.service,
        paused_until=consent.paused_until if consent.paused(services.now()) else 0,
        kinds=_kinds(contact),
        entries=len(entries),
        proven=found.proven,
        expired=found.expired,
        asked=[known[one].title(language) for one in done.asked if one in known] if done else (),
        chance=done.chance if done else "",
        zone=services.settings.zone,
    )


def joined(entries: Iterable[Entry]) -> dict[str, int]:
    """Since when (ms) a person has had each of their topics."""
    since: dict[str, int] = {}
    consent = Consent()
    for entry in entries:
        consent = consent.after(entry.fact)
        since = {one: since.get(one, entry.fact.at) for one in consent.topics}
    return since


def _fresh(token: str, read: Token, services: Services) -> bool:
    """A key that was replaced may be in strange hands: what it signed proves nothing."""
    keys = services.keys()
    try:
        tokens.read_fresh(keys, token, Purpose.DATA, services.now())
    except BadToken:
        return False
    return read.key == keys.current


def _leave(contact: Contact, everything: bool, services: Services) -> None:
    """Leave all marketing; who has left already leaves no further entry."""
    held = contact.consent
    if held.topics or held.asked or not held.stopped_at or (everything and held.service):
        leave(contact.id, Leaving(services.now(), SOURCE, everything=everything), services, PATIENCE)
    else:
        await_claims(contact, services, PATIENCE)


def _save(contact: Contact, keep: frozenset[str], services: Services) -> Done:
    for topic in sorted(contact.consent.topics - keep):
        leave(contact.id, Leaving(services.now(), SOURCE, topic=topic), services, PATIENCE)
    await_claims(contact, services, PATIENCE)
    wanted = tuple(sorted(keep & set(services.catalogue.topics()) - contact.consent.topics))
    if not wanted:
        return Done("saved")
    left = services.contacts.get(contact.id) or contact
    return Done("saved", wanted, wishing.join(left, wanted, services).value)


def _pause(contact: Contact, services: Services) -> Done:
    """A pause that has hardly begun stays as it is."""
    until = services.now() + PAUSE
    if contact.consent.paused_until < until - DAY:
        pause(contact.id, until, SOURCE, "", services, PATIENCE)
    else:
        await_claims(contact, services, PATIENCE)
    return Done("paused")


def _kinds(contact: Contact) -> list[str]:
    held = {
        "name": contact.name,
        "language": contact.language,
        "zone": contact.zone,
        "tags": contact.tags,
        "attributes": contact.attributes,
        "person": contact.person,
    }
    return [name for name, value in held.items() if value]
