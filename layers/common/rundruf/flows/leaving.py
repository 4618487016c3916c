"""STOP -> revoke -> look for a live claim -> wait or say "not yet": after our yes nothing more leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rundruf.core import policy, tokens
from rundruf.core.chunk import GATHERING
from rundruf.core.consent import CLOCKS_DIFFER, Action, Fact, withdrawal
from rundruf.core.contact import Claim, Contact
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.report import Receipts, hour_of
from rundruf.core.rules import Rules
from rundruf.core.summing import group_of
from rundruf.flows.services import Changed, Services, Unfinished

LEFT = (Action.WITHDRAWN, Action.BLOCKED, Action.OBJECTED)
PATIENCE = 1_500
POLL = 0.05
ATTRIBUTED = 72 * 3600 * 1000
TRIES = 8
DATA_FOR = 24 * 3600  # s for which a link to somebody's data holds


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a person wants to end: one topic, or (None) all; ``everything`` ends service messages too."""

    at: int
    source: str
    reference: str = ""
    topic: str | None = None
    everything: bool = False
    action: Action = Action.WITHDRAWN


def leave_url(contact: str, services: Services) -> str:
    """The link in a message behind which this person leaves or chooses topics."""
    token = tokens.sign_for(services.keys(), tokens.Purpose.LEAVE, contact)
    return f"{services.public_url()}/u/{token}"


def data_url(contact: str, services: Services) -> str:
    """The link behind which this person reads what we hold about them; it holds for a day."""
    until = str(services.now() // 1000 + DATA_FOR)
    token = tokens.sign_for(services.keys(), tokens.Purpose.DATA, contact, until)
    return f"{services.public_url()}/u/{token}"


def leave(contact: str, wish: Leaving, services: Services, patience: int = PATIENCE) -> Contact | None:
    """End consent, and return only when nothing more can leave for this person.

    None for a contact we do not have. Raises Unfinished when a message whose claim came before the STOP is
    still on its way after ``patience`` ms: the revocation is durable, only the yes has to wait.
    """
    left = note(contact, services, lambda held: _withdrawn(held, wish))
    if left is None:
        return None
    await_claims(left, services, patience)
    return left


def forget(contact: str, wish: Leaving, services: Services, patience: int = PATIENCE) -> bool:
    """Leave, and remove all that is known of the person; False when there was nothing to remove.

    Somebody who joins again meanwhile has to leave again first, since a message may be on its way to them.
    Raises Unfinished as ``leave`` does.
    """
    for _ in range(TRIES):
        leave(contact, wish, services, patience)
        try:
            return services.contacts.erase(contact, joined=False)
        except Changed:
            wish = replace(wish, at=services.now())
    raise Unfinished("erasure")


def pause(
    contact: str,
    until: int,
    source: str,
    reference: str,
    services: Services,
    patience: int = PATIENCE,
    at: int = 0,
) -> Contact | None:
    """No marketing until then (ms, ``FOREVER``: without an end), true once this returns, as with ``leave``.

    ``at`` (ms) is when the person said so, 0 means now; an older word than the last pause changes nothing.
    """
    said = at or services.now()
    message = (reference,) if source == "keyword" else ()
    fact = Fact(Action.PAUSED, said, source=source, reference=reference, message_ids=message, until=until)
    paused = note(contact, services, lambda held: fact if said > held.consent.paused_at else None)
    if paused is None:
        return None
    await_claims(paused, services, patience)
    return paused


def unpause(contact: str, source: str, reference: str, services: Services, at: int = 0) -> Contact | None:
    """The pause is over now, if there is one that is older than ``at`` (ms; 0 means now)."""
    said = at or services.now()
    fact = Fact(Action.RESUMED, said, source=source, reference=reference)

    def over(held: Contact) -> Fact | None:
        return fact if held.consent.paused(said) and said >= held.consent.paused_at else None

    return note(contact, services, over)


def object_to(
    contact: str,
    at: int,
    source: str,
    reference: str,
    services: Services,
    patience: int = PATIENCE,
) -> Contact | None:
    """An objection to direct marketing (GDPR 21(2)): every topic ends, and no import brings the person back.

    In the same order as ``leave``, with the same answer.
    """

    def objection(held: Contact) -> Fact | None:
        if held.consent.objected or at < held.consent.granted_at - CLOCKS_DIFFER:
            return None
        topics = tuple(sorted(held.consent.topics | set(held.consent.asked)))
        return Fact(Action.OBJECTED, at, topics, source=source, reference=reference)

    objected = note(contact, services, objection)
    if objected is None:
        return None
    await_claims(objected, services, patience)
    return objected


def lapse(contact: str, services: Services) -> None:
    """Enter that a consent has lapsed: every topic ends. It is no STOP: the person may be asked again."""
    after = services.settings.lapse

    def unused(held: Contact) -> Fact | None:
        now = services.now()
        if not held.consent.topics or not policy.lapsed(held.consent, after, now):
            return None
        return Fact(Action.LAPSED, now, tuple(sorted(held.consent.topics)), source="unused")

    note(contact, services, unused)


def note(contact: str, services: Services, fact: Callable[[Contact], Fact | None]) -> Contact | None:
    """Enter what ``fact`` makes of the contact as it is now, however often others change it meanwhile."""
    for _ in range(TRIES):
        held = services.contacts.get(contact)
        if held is None:
            return None
        what = fact(held)
        if what is None:
            return held
        try:
            entered = services.contacts.enter(held, [what])
        except Changed:
            continue
        if what.action in LEFT:
            attribute(held, services, "blocked" if what.action is Action.BLOCKED else "left")
        return services.contacts.get(contact) or entered
    raise Unfinished("consent")


def refused(contact: str, outcome: Outcome, rules: Rules, services: Services) -> None:
    """What a messenger's refusal says about the person outlives the message it was said of."""
    if outcome.kind is OutcomeKind.GONE:
        services.contacts.unreachable(contact, outcome.code or "gone")
    if outcome.kind is OutcomeKind.WITHDRAW:
        platform = outcome.code in rules.platform_stop_codes
        now = services.now()
        note(contact, services, lambda held: _lost(held, outcome.code, now, platform=platform))


def _lost(held: Contact, code: str, now: int, *, platform: bool) -> Fact | None:
    if platform:
        stop = Fact(Action.PLATFORM_STOP, now, source="messenger", reference=code)
        return None if held.consent.platform_stop else stop
    topics = tuple(sorted(held.consent.topics | set(held.consent.asked)))
    if not topics and not held.consent.service:
        return None
    return Fact(Action.BLOCKED, now, topics, source="messenger", reference=code)


def attribute(contact: Contact, services: Services, what: str = "replied") -> None:
    """Count what a person did for the last broadcast they got, if that was within three days.

    ``what`` is replied, left or blocked.
    """
    if not contact.claims or services.now() - contact.claims[0].at > ATTRIBUTED:
        return
    claim = contact.claims[0]
    told = Receipts.of(hour_of(services.now()), **{what: frozenset({claim.index})})
    services.broadcasts.report(claim.broadcast, claim.chunk, told)
    services.broadcasts.touched(claim.broadcast, group_of(claim.chunk))


def _withdrawn(held: Contact, wish: Leaving) -> Fact | None:
    fact = withdrawal(held.consent, wish.topic, wish.everything, wish.at)
    if fact is None:
        return None
    return Fact(
        wish.action,
        fact.at,
        fact.topics,
        everything=fact.everything,
        source=wish.source,
        reference=wish.reference,
        message_ids=(wish.reference,) if wish.reference else (),
    )


def await_claims(contact: Contact, services: Services, patience: int = PATIENCE) -> None:
    """Return once no earlier claim can still be sending; raises Unfinished after ``patience`` ms."""
    began = services.ticks()
    for claim in contact.claims:
        while _live(claim, services):
            if services.ticks() - began >= patience:
                raise Unfinished("a message is still on its way")
            services.sleep(POLL)


def _live(claim: Claim, services: Services) -> bool:
    """Whether the attempt that made this claim may still be sending."""
    if services.now() >= claim.at + GATHERING:
        return False
    progress = services.broadcasts.progress(claim.broadcast, claim.chunk)
    if progress is None or claim.index not in progress.window:
        return False
    return services.now() < max(claim.at, progress.opened_at) + progress.lease
