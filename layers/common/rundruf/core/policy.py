"""May I send? One pure function, asked at the moment of sending, and its reasons."""

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from rundruf.core.consent import Consent
from rundruf.core.contact import Contact
from rundruf.core.message import Message, MessageKind
from rundruf.core.quiet import NEVER, Quiet
from rundruf.core.rules import Advertising, Rules

HOUR = 3600 * 1000


class Refusal(StrEnum):
    """Why a person did not get a message; a marketer meets these words in the report."""

    CONSENT = "consent"  # no consent for this topic (left, never joined, not confirmed)
    ERASED = "erased"  # the contact is gone
    CAP = "cap"  # got marketing too recently
    PLATFORM_STOP = "platform_stop"  # stopped marketing in the messenger itself
    UNREACHABLE = "unreachable"  # the messenger says this person cannot be reached
    WINDOW = "window"  # reply window shut and no template in the message
    ADVERTISING = "advertising"  # this messenger forbids advertising
    RETIRED = "retired"  # this messenger has shut down
    MISSING_VALUE = "missing_value"  # a placeholder without default has no value for this person
    CONTENT = "content"  # this messenger cannot carry the message
    COUNTRY = "country"  # this messenger delivers no marketing to this person's country
    PAUSED = "paused"  # the person wants no marketing for a while
    LAPSED = "lapsed"  # the consent was not used for so long that it has lapsed
    HAD = "had"  # the person has got, or may have got, the issue that a late issue repeats
    HOLDOUT = "holdout"  # drawn by lot to get nothing, for comparison
    QUIET = "quiet"  # it is the person's quiet time; they wait for its end


def window_open(contact: Contact, rules: Rules, now: int) -> bool:
    """Whether the person wrote recently enough for a free-form message; ``now`` in ms."""
    if rules.window_hours is None or contact.window_until > now:
        return True
    return bool(contact.seen) and now - contact.seen < rules.window_hours * HOUR


def lapsed(consent: Consent, lapse: int, now: int) -> bool:
    """Whether this consent was neither given nor used for ``lapse`` ms (0: it never lapses)."""
    return bool(lapse) and max(consent.granted_at, consent.last_used_at) <= now - lapse


def withheld(contact: Contact, topic: str | None, now: int) -> Refusal | None:
    """Why the person themselves wants no marketing of this topic at this time (ms), or None."""
    if topic is None or topic not in contact.consent.topics:
        return Refusal.CONSENT
    if contact.consent.paused(now):
        return Refusal.PAUSED
    return Refusal.PLATFORM_STOP if contact.consent.platform_stop else None


def purpose(kind: MessageKind, message: Message) -> MessageKind:
    """What a message really is: with a block that advertises it is marketing (BGH VI ZR 225/17)."""
    return MessageKind.MARKETING if message.blocks else kind


def refusal(
    contact: Contact,
    kind: MessageKind,
    topic: str | None,
    message: Message,
    rules: Rules,
    now: int,
    live: bool = True,
    barred: str = "",
    quiet: Quiet = NEVER,
    lapse: int = 0,
) -> Refusal | None:
    """The first reason not to send, or None.

    ``now`` is in ms; ``live`` is False for an account on a base_url of its own, where a messenger that has
    shut down lives on; ``barred`` is why the messenger delivers no such message to this person, as a word of
    ``Refusal``; ``quiet`` are the times in which marketing waits, and ``lapse`` (ms, 0: never) is the age at
    which an unused consent has lapsed.

    A message with a block that advertises is marketing, whatever it is sent as. A reply to somebody who wrote
    is refused only where the messenger itself would refuse it.
    """
    kind = purpose(kind, message)
    if live and rules.retired and rules.retired <= datetime.fromtimestamp(now / 1000, UTC).date():
        return Refusal.RETIRED
    if barred:
        return Refusal(barred)
    if contact.unreachable and kind is not MessageKind.REPLY:
        return Refusal.UNREACHABLE
    if kind is MessageKind.MARKETING:
        unwanted = _unwanted(contact, topic, rules, now, quiet, lapse)
        if unwanted:
            return unwanted
    if kind is MessageKind.TRANSACTIONAL and not contact.consent.service:
        return Refusal.CONSENT
    return _shut(contact, kind, message, rules, now)


def _unwanted(
    contact: Contact, topic: str | None, rules: Rules, now: int, quiet: Quiet, lapse: int
) -> Refusal | None:
    """Why this is no marketing, no person or no time for it."""
    if topic is not None and topic in contact.consent.topics and lapsed(contact.consent, lapse, now):
        return Refusal.LAPSED
    unwanted = withheld(contact, topic, now)
    if unwanted:
        return unwanted
    if rules.advertising is Advertising.NEVER:
        return Refusal.ADVERTISING
    return Refusal.QUIET if quiet.until(contact.zone, now) else None


def advertised(message: Message, rules: Rules) -> Message:
    """The message as marketing leaves there: a template counts only where marketing may leave by one."""
    if rules.advertising is Advertising.TEMPLATE:
        return message
    if message.translations:
        others = tuple(advertised(one, rules) for one in message.translations)
        message = replace(message, translations=others)
    if message.template is None or not (message.text or message.media):
        return message
    return replace(message, template=None)


def _shut(contact: Contact, kind: MessageKind, message: Message, rules: Rules, now: int) -> Refusal | None:
    if window_open(contact, rules, now):
        return None
    if kind is MessageKind.MARKETING and rules.advertising is Advertising.BATCH:
        return None
    if kind is MessageKind.MARKETING and rules.advertising is Advertising.WINDOW:
        return Refusal.WINDOW
    if rules.templates and message.template is not None:
        return None
    return Refusal.WINDOW
