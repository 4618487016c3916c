"""Recipients -> claims -> deliveries -> outcomes: who may still be written to, and what became of each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from rundruf.core import pace, policy
from rundruf.core.caps import Caps
from rundruf.core.chunk import Mark, skipped
from rundruf.core.contact import Claim, Contact
from rundruf.core.message import Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.placeholders import BadPlaceholder
from rundruf.core.policy import Refusal
from rundruf.core.rules import Rules
from rundruf.flows.attempt import Run, Trouble
from rundruf.flows.dispatch import Dispatch
from rundruf.flows.leaving import lapse, leave_url
from rundruf.flows.personalise import MissingValue
from rundruf.flows.services import ClaimedEarlier, ClaimResult, ClaimWish, Services, Settings, TooSoon
from rundruf.flows.writing import outgoing
from rundruf.messengers.contract import Delivery


def wish(run: Run, index: int, again: bool, now: int) -> ClaimWish:
    claim = Claim(run.task.broadcast, run.task.chunk, index, run.owner, now)
    rules, settings = run.messenger.rules, run.services.settings
    contact = run.chunk.recipients[index]
    asked = wished(contact, claim, run.broadcast.topic, rules, run.caps, settings, again)
    return replace(asked, over=True) if contact in run.over else asked


def wished(
    contact: str, claim: Claim, topic: str, rules: Rules, caps: Caps, settings: Settings, again: bool = False
) -> ClaimWish:
    """The claim that asks for all that the business, the topic and the messenger want kept."""
    cap = settings.cap or int(rules.pair_gap * 1000)
    before = claim.at - cap if cap else 0
    return ClaimWish(contact, claim, topic, again, before, not settings.cap, caps, settings.lapse)


def caps(topic: str, services: Services) -> Caps:
    """How many messages are too many: of the business for everybody, and of the topic."""
    found = services.catalogue.topics().get(topic)
    return Caps(services.settings.caps, found.caps if found else ())


def permitted(run: Run, index: int, result: ClaimResult, now: int) -> Contact | Mark:
    """The claimed person, or why nothing may be sent."""
    if result is None or isinstance(result, TooSoon):
        return Mark.RETRY
    if isinstance(result, ClaimedEarlier):
        return Mark.UNKNOWN
    if isinstance(result, Refusal):
        return skipped(result)
    found = run.broadcast
    refused = policy.refusal(
        result,
        found.kind,
        found.topic,
        run.message(index),
        run.messenger.rules,
        now,
        not run.account.base_url,
        run.messenger.barred(result.identity.user_id, True),
        run.services.settings.quiet,
    )
    if refused is Refusal.QUIET:
        return Mark.RETRY  # it began while the chunk was under way: claimed, and so claimed again
    return skipped(refused) if refused else result


def lapsed(run: Run, marks: Mapping[int, Mark]) -> None:
    """Enter into the ledger whose consent was found to have lapsed."""
    for index, mark in marks.items():
        if mark is Mark.SKIPPED_LAPSED:
            lapse(run.chunk.recipients[index], run.services)


def prepared(run: Run, index: int, result: ClaimResult, now: int) -> Mark | tuple[Contact, Delivery]:
    """What to send to one claimed person, or why nothing."""
    contact = permitted(run, index, result, now)
    if isinstance(contact, Mark):
        return contact
    message = rendered(run, contact, index)
    if isinstance(message, Mark):
        return message
    return contact, delivery_of(run, index, contact, message, now)


def rendered(run: Run, contact: Contact, index: int) -> Message | Mark:
    """The message as this person gets it, or why the messenger cannot carry it."""
    link = "" if run.common else leave_url(contact.id, run.services)
    try:
        message = _made(run, contact, link, index)
    except MissingValue:
        return skipped(Refusal.MISSING_VALUE)
    except BadPlaceholder:
        return skipped(Refusal.CONTENT)
    except Exception as error:  # one message that cannot be made must not take the window with it
        run.services.log("message not made", error=type(error).__name__)
        return Mark.FAILED_BAD
    return message or skipped(Refusal.CONTENT)


def _made(run: Run, contact: Contact, link: str, index: int) -> Message | None:
    """The message with this person's values; None where the messenger cannot carry it."""
    settings = run.services.settings
    message = outgoing(run.message(index), contact, settings, link, run.personaliser)
    if not run.common:
        message = run.version(index).links.for_person(message, contact, (run.chunk.id, index), run.services)
    return message if _fits(run, message) else None


def _fits(run: Run, message: Message) -> bool:
    """Whether the messenger carries it; what it carries, it carries with a shorter text as well."""
    shape = Message("x" if message.text else "", message.media, message.buttons, message.template)
    length = run.messenger.rules.counted.length(message.text)
    if length <= run.carried.get(shape, -1):
        return True
    if run.messenger.problems(message):
        return False
    run.carried[shape] = length
    return True


def delivery_of(run: Run, index: int, contact: Contact, message: Message, now: int) -> Delivery:
    return Delivery(
        run.chunk.delivery(index),
        contact.identity.user_id,
        message,
        policy.window_open(contact, run.messenger.rules, now),
        marketing=True,
        conversation=contact.conversation,
    )


def dispatcher(run: Run, spacing: float) -> Dispatch:
    """What carries a window's deliveries, from now on."""
    services = run.services
    return Dispatch(
        run.account, run.messenger, services, spacing, services.ticks(), lambda part: _still(run, part)
    )


def named(run: Run, outcomes: Mapping[int, Outcome]) -> None:
    """Keep the ids of messages where receipts will name nothing else."""
    rules = run.messenger.rules
    if rules.receipts and not rules.echoes:
        ids = {index: one.message_id for index, one in outcomes.items() if one.message_id}
        run.services.broadcasts.name(run.task.account, run.task.broadcast, run.task.chunk, ids)


def _still(run: Run, indices: Collection[int]) -> bool:
    """Whether every one of these people agrees even now."""
    ids = [run.chunk.recipients[index] for index in indices]
    known, now = run.services.contacts.known(ids), run.services.now()
    return all(one in known and not policy.withheld(known[one], run.broadcast.topic, now) for one in ids)


def trouble_of(outcomes: Iterable[Outcome]) -> Trouble:
    trouble = Trouble()
    for outcome in outcomes:
        if outcome.kind is OutcomeKind.PAUSE:
            trouble.stop = outcome.code or outcome.kind.value
        elif outcome.kind is OutcomeKind.TOKEN:
            trouble.token = outcome.code or outcome.kind.value
        elif outcome.kind is OutcomeKind.RETRY and outcome.account_wide:
            trouble.hold = max(trouble.hold or 0.0, pace.clamped(outcome.retry_after))
        elif outcome.spoiled:
            trouble.spoiled = True
        elif outcome.kind is OutcomeKind.RETRY:
            trouble.personal = True
            trouble.wait = max(trouble.wait, outcome.retry_after or 0)
    return trouble
