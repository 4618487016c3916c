"""Message -> as one person gets it; reply -> the person who wrote."""

from rundruf.core import policy, wording
from rundruf.core.account import Account
from rundruf.core.contact import Contact
from rundruf.core.message import Button, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.wording import Wording
from rundruf.flows.guarding import may_answer
from rundruf.flows.leaving import refused
from rundruf.flows.personalise import Personaliser
from rundruf.flows.renewing import Refused, armed, renewed
from rundruf.flows.services import Services, Settings, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Messenger

TRIES = 3


def outgoing(
    message: Message,
    contact: Contact,
    settings: Settings,
    leave_url: str,
    personaliser: Personaliser,
) -> Message:
    """The message with this person's values, the sender's name and the ways to leave.

    It is in one language by now. The footer is in the person's, where we have it, else in the message's; what
    many people share (``leave_url`` "") says all of it in the message's.

    Raises MissingValue for a placeholder that has neither value nor default for this person.
    """
    values = contact.values() | {"business": settings.business.name, "leave_url": leave_url}
    mine = personaliser.personalise(message, values)
    speaks = contact.language if leave_url or not message.language else ""
    language = wording.language_of(speaks, wording.language_of(message.language, settings.language))
    footer = wording.footer(settings.business, leave_url, language)
    if not mine.text:
        return mine
    return Message(f"{mine.text}\n\n{footer}", mine.media, mine.buttons, mine.template)


HELD_BACK = Outcome(OutcomeKind.PAUSE, "too_many")


def reply(
    contact: Contact,
    text: Wording,
    services: Services,
    buttons: tuple[Button, ...] = (),
    always: bool = False,
) -> Outcome:
    """Answer somebody who wrote; a definite "not now" is tried again, then raises Unfinished.

    An answer that may have arrived is not repeated. Who was answered too often gets no answer, unless it must
    be said ``always``.
    """
    if not always and not may_answer(contact, services):
        return HELD_BACK
    account = services.accounts.get(contact.identity.account_id)
    speaks = messenger(account.messenger)
    opened = policy.window_open(contact, speaks.rules, services.now())
    delivery = Delivery(
        f"reply:{services.random(6).hex()}",
        contact.identity.user_id,
        Message(text=text.text, buttons=buttons),
        opened,
        conversation=contact.conversation,
    )
    if not opened:
        return Outcome(OutcomeKind.WINDOW)
    rate = account.rate or speaks.rules.rate
    services.pacer.reserve(contact.identity.account_id, 1, rate, services.now())
    try:
        outcome = deliver(delivery, armed(account, speaks, services), speaks, services)
    except Refused as problem:
        return Outcome(OutcomeKind.PAUSE, problem.code, account_wide=True)
    refused(contact.id, outcome, speaks.rules, services)
    return outcome


def deliver(delivery: Delivery, account: Account, speaks: Messenger, services: Services) -> Outcome:
    """Send one message outside broadcasts, all its calls in order; the outcome is that of the first.

    A definite "not now" is tried again and a token that ran out is renewed once, then Unfinished is raised.
    """
    first: Outcome | None = None
    try:
        parts = len(speaks.build(delivery, account))
    except ValueError:
        return Outcome(OutcomeKind.BAD, "no_way")
    for part in range(parts):
        outcome, account = _called(delivery, part, account, speaks, services)
        first = first or outcome
        if not outcome.accepted:
            break
    return first or Outcome(OutcomeKind.BAD, "empty")


def _called(
    delivery: Delivery, part: int, account: Account, speaks: Messenger, services: Services
) -> tuple[Outcome, Account]:
    renewals = 1
    for attempt in range(TRIES):
        (answer,) = services.http.window([speaks.build(delivery, account)[part]])
        outcome = _settled(speaks.interpret(answer), delivery, account, speaks, services)
        if outcome.kind is OutcomeKind.TOKEN and renewals:
            renewals -= 1
            fresh = renewed(account, speaks, services)
            if fresh is None:
                return outcome, account
            account = fresh
        elif outcome.kind is OutcomeKind.RETRY:
            services.sleep(min(2.0, outcome.retry_after or 0.2 * 2**attempt))
        else:
            return outcome, account
    raise Unfinished("reply")


def _settled(
    outcome: Outcome, delivery: Delivery, account: Account, speaks: Messenger, services: Services
) -> Outcome:
    """A refusal with two meanings is asked about before anybody's consent ends."""
    doubt = speaks.doubt
    question = doubt.ask(outcome, delivery, account) if doubt else None
    if doubt is None or question is None:
        return outcome
    (answer,) = services.http.window([question])
    return doubt.settle(outcome, answer)
