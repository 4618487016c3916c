"""Consent: the state that a contact's ledger adds up to, and what may be added to it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Action(StrEnum):
    """What a ledger entry says happened."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    PLATFORM_STOP = "platform_stop"
    PLATFORM_RESUME = "platform_resume"
    PAUSED = "paused"  # wants no marketing until a moment; topics stay
    RESUMED = "resumed"  # the pause is over before its time
    LAPSED = "lapsed"  # nobody used it for too long: topics end, but the person may be asked again
    OBJECTED = "objected"  # objected to direct marketing (GDPR 21(2))


@dataclass(frozen=True, slots=True)
class WordingRef:
    """Which text the person saw: id, version, language and the SHA-256 of the text as sent."""

    id: str
    version: str
    language: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a consent, before it is entered into the ledger.

    ``at`` is the messenger's or document's time in ms, ``everything`` a withdrawal that also ends
    service messages, ``source`` where it came from (entry point, keyword, page, import, api, messenger),
    ``reference`` the id there (entry code, import line, event id), ``until`` the end of a pause in ms.
    """

    action: Action
    at: int
    topics: tuple[str, ...] = ()
    everything: bool = False
    source: str = ""
    reference: str = ""
    wording: WordingRef | None = None
    message_ids: tuple[str, ...] = ()
    until: int = 0


FOREVER = 253_402_300_799_000  # the end of a pause without an end: the last second of the year 9999, in ms


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to; always the replay of the ledger, times in ms.

    ``paused_until`` (0: no pause) is when a pause that was said at ``paused_at`` ends. ``lapsed`` are the
    topics that ended unused and about which the person has not been asked again. ``objected`` keeps
    everybody but the person themselves from granting again. ``last_used_at`` is the one thing that the ledger
    does not hold, since that would be an entry a message: the latest claim of a marketing message tells it.
    """

    topics: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    asked_at: int = 0
    granted_at: int = 0
    stopped_at: int = 0
    service: bool = True
    platform_stop: bool = False
    asked_wording: WordingRef | None = field(default=None)
    paused_until: int = 0
    paused_at: int = 0
    lapsed: tuple[str, ...] = ()
    objected: bool = False
    last_used_at: int = field(default=0, compare=False)

    def paused(self, now: int) -> bool:
        """Whether the person wants no marketing at this time (ms)."""
        return self.paused_until > now

    def after(self, fact: Fact) -> "Consent":
        """The state once this fact is entered."""
        match fact.action:
            case Action.ASKED:
                return replace(
                    self, asked=fact.topics, asked_at=fact.at, asked_wording=fact.wording, lapsed=()
                )
            case Action.CONFIRMED | Action.IMPORTED:
                return self._granted(fact)
            case Action.DECLINED:
                return replace(self, asked=(), asked_wording=None)
            case Action.WITHDRAWN | Action.BLOCKED:
                everything = fact.everything or fact.action is Action.BLOCKED
                return replace(
                    self,
                    topics=self.topics - set(fact.topics),
                    asked=_without(self.asked, fact.topics),
                    lapsed=(),
                    stopped_at=max(self.stopped_at, fact.at),
                    service=self.service and not everything,
                )
            case Action.OBJECTED:
                stopped_at = max(self.stopped_at, fact.at)
                return replace(
                    self, topics=frozenset(), asked=(), lapsed=(), stopped_at=stopped_at, objected=True
                )
            case Action.LAPSED:
                ended = self.topics & set(fact.topics)
                return replace(self, topics=self.topics - ended, lapsed=tuple(sorted(ended)))
            case Action.PAUSED:
                return replace(self, paused_until=fact.until, paused_at=max(self.paused_at, fact.at))
            case Action.RESUMED:
                return replace(self, paused_until=0)
            case Action.UNBLOCKED:
                return replace(self, service=True)
            case Action.PLATFORM_STOP:
                return replace(self, platform_stop=True)
            case Action.PLATFORM_RESUME:
                return replace(self, platform_stop=False)

    def _granted(self, fact: Fact) -> "Consent":
        """A grant ends a pause that is older. Who objected comes back by their own word only."""
        if self.objected and fact.action is Action.IMPORTED:
            return self
        return replace(
            self,
            topics=self.topics | set(fact.topics),
            granted_at=max(self.granted_at, fact.at),
            service=True,
            asked=_without(self.asked, fact.topics),
            asked_wording=None,
            paused_until=0 if fact.at > self.paused_at else self.paused_until,
            lapsed=_without(self.lapsed, fact.topics),
            objected=False,
        )


def _without(topics: tuple[str, ...], ended: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in topics if one not in ended)


ASK_AGAIN_AFTER = 24 * 3600 * 1000
CLOCKS_DIFFER = 5_000
ANSWER_WITHIN = 7 * 24 * 3600 * 1000


def may_ask(consent: Consent, topics: tuple[str, ...], now: int) -> bool:
    """Whether the opt-in question may be put: something new in it, and at most once in 24 hours."""
    if set(topics) <= consent.topics:
        return False
    return now - consent.asked_at >= ASK_AGAIN_AFTER or consent.asked != topics


def confirmation(consent: Consent, at: int) -> tuple[str, ...]:
    """The topics that a YES said at this time confirms; none where nothing open was asked.

    A YES that is not newer than the last STOP, or comes a week after the question, confirms nothing.
    """
    if not consent.asked or at <= consent.stopped_at or at - consent.asked_at > ANSWER_WITHIN:
        return ()
    return consent.asked


def withdrawal(consent: Consent, topic: str | None, everything: bool, at: int) -> Fact | None:
    """What a STOP said at this time withdraws, or None when nothing changes.

    Messengers repeat and reorder: the messenger's time decides, and at equal times (within the few seconds
    that clocks differ, since some taps have only our time) the STOP wins. A STOP older than the latest
    consent is one that was already answered. A newer STOP counts even when nothing is held, so that an older
    START that comes late changes nothing.
    """
    if at < consent.granted_at - CLOCKS_DIFFER:
        return None
    held = consent.topics | set(consent.asked)
    topics = tuple(sorted(held if topic is None else held & {topic}))
    nothing_held = not topics and not (everything and consent.service)
    if nothing_held and at <= consent.stopped_at:
        return None
    return Fact(Action.WITHDRAWN, at=at, topics=topics, everything=everything)
