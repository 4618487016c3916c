"""Message -> as one person gets it; reply -> the person who wrote."""

from dataclasses import replace

from rundruf.core import policy, wording
from rundruf.core.contact import Contact
from rundruf.core.message import Button, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.wording import Wording
from rundruf.flows.personalise import Personaliser
from rundruf.flows.services import Services, Settings, Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery

TRIES = 3


def outgoing(
    message: Message,
    contact: Contact,
    settings: Settings,
    leave_url: str,
    personaliser: Personaliser,
) -> Message:
    """The message with this person's values, the sender's name and the ways to leave.

    Raises MissingValue for a placeholder that has neither value nor default for this person.
    """
    values = contact.values() | {"business": settings.business.name, "leave_url": leave_url}
    mine = personaliser.personalise(message, values)
    language = wording.language_of(contact.language, settings.language)
    footer = wording.footer(settings.business, leave_url, language)
    return replace(mine, text=f"{mine.text}\n\n{footer}") if mine.text else mine


def reply(contact: Contact, text: Wording, services: Services, buttons: tuple[Button, ...] = ()) -> Outcome:
    """Answer somebody who wrote; a definite "not now" is tried again, then raises Unfinished.

    An answer that may have arrived is not repeated.
    """
    account = services.accounts.get(contact.identity.account_id)
    speaks = messenger(account.messenger)
    opened = policy.window_open(contact, speaks.rules, services.now())
    delivery = Delivery(
        f"reply:{services.random(6).hex()}",
        contact.identity.user_id,
        Message(text=text.text, buttons=buttons),
        opened,
    )
    if not opened:
        return Outcome(OutcomeKind.WINDOW)
    rate = account.rate or speaks.rules.rate
    services.pacer.reserve(contact.identity.account_id, 1, rate, services.now())
    (request,) = speaks.build(delivery, account)
    for attempt in range(TRIES):
        (answer,) = services.http.window([request])
        outcome = speaks.interpret(answer)
        if outcome.kind is not OutcomeKind.RETRY:
            return outcome
        services.sleep(min(2.0, outcome.retry_after or 0.2 * 2**attempt))
    raise Unfinished("reply")
