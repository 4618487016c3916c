"""What Meta sends to a business: people's messages, and receipts in batches."""

from dataclasses import dataclass
from typing import Any

from sandbox.behaviour import Behaviour
from sandbox.receipts import Told, drawn, seconds
from sandbox.times import now_ms
from sandbox.whatsapp.config import WhatsAppAccount
from sandbox.whatsapp.errors import Refused
from sandbox.world import Person

SPLIT_FROM = 4


def envelope(account: WhatsAppAccount, field: str, *values: dict[str, Any]) -> dict[str, Any]:
    """One notification with a change for each value."""
    head = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": account.number.removeprefix("+"),
            "phone_number_id": account.phone_number_id,
        },
    }
    changes = [{"value": {**head, **value}, "field": field} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": account.waba_id, "changes": changes}]}


def contact(person: Person) -> dict[str, Any]:
    """The ``contacts`` item of a person; one who hides the number shows only the BSUID."""
    shown: dict[str, Any] = {"profile": {"name": person.name or person.user}, "user_id": person.alias}
    return shown if person.hidden else {**shown, "wa_id": person.user}


def sender(person: Person) -> dict[str, str]:
    """Who a message is from; businesses do not see the number of one who hides it."""
    shown = {"from_user_id": person.alias}
    return shown if person.hidden else {"from": person.user, **shown}


def inbound(account: WhatsAppAccount, person: Person, message: dict[str, Any]) -> dict[str, Any]:
    """The notification of one message of a person; ``message`` has its id, type and content."""
    full = {**sender(person), **message, "timestamp": str(now_ms() // 1000)}
    return envelope(account, "messages", {"contacts": [contact(person)], "messages": [full]})


def preference(account: WhatsAppAccount, person: Person, value: str) -> dict[str, Any]:
    """WhatsApp's own opt-out from marketing: "stop" or "resume"."""
    told: dict[str, Any] = {
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": now_ms() // 1000,
    }
    if not person.hidden:
        told["wa_id"] = person.user
    return envelope(account, "user_preferences", {"contacts": [contact(person)], "user_preferences": [told]})


@dataclass(frozen=True, slots=True)
class Sent:
    """An accepted message, as its receipts need it; ``by_alias`` if it was sent to the BSUID."""

    message_id: str
    person: Person
    by_alias: bool
    delivery: str
    category: str
    free: bool


def status(sent: Sent, name: str, problem: Refused | None = None) -> Told:
    told: Told = {"id": sent.message_id, "status": name}
    if not sent.by_alias:
        told["recipient_id"] = sent.person.user
    if sent.by_alias or problem is None:
        told["recipient_user_id"] = sent.person.alias
    if sent.delivery:
        told["biz_opaque_callback_data"] = sent.delivery
    if problem is not None:
        told["errors"] = [problem.error()]
    return told


def priced(sent: Sent, told: Told) -> Told:
    """The status with the price of the message; it comes with ``sent`` and with one of delivered and read."""
    told["pricing"] = {
        "billable": not sent.free,
        "pricing_model": "PMP",
        "type": "free_customer_service" if sent.free else "regular",
        "category": sent.category,
    }
    return told


def course(sent: Sent, behaviour: Behaviour, problem: Refused | None) -> list[tuple[float, Told]]:
    """What will become of a message: (seconds from now, status), drawn from the account's shares."""
    if problem is not None:
        late = seconds(behaviour.sent_ms)
        return [(late, priced(sent, status(sent, "sent"))), (late + 0.1, status(sent, "failed", problem))]
    steps = [(seconds(behaviour.sent_ms), priced(sent, status(sent, "sent")))]
    if not drawn(behaviour.delivered_share):
        return steps
    read = drawn(behaviour.read_share)
    if read and drawn(behaviour.open_chat_share):
        # The chat was open: Meta sends no "delivered" then.
        return [*steps, (seconds(behaviour.delivered_ms), priced(sent, status(sent, "read")))]
    steps.append((seconds(behaviour.delivered_ms), priced(sent, status(sent, "delivered"))))
    if read:
        steps.append((seconds(behaviour.read_ms), status(sent, "read")))
    if behaviour.reorder_receipts:
        times = [wait for wait, _ in steps]
        steps = [(wait, told) for wait, (_, told) in zip(reversed(times), steps, strict=True)]
    return steps


def bodies(account: WhatsAppAccount, statuses: list[Told]) -> dict[str, Any]:
    """One notification of several receipts.

    Meta may put several changes in one body; a reader that takes only the first loses half of this.
    """
    middle = len(statuses) // 2 if len(statuses) >= SPLIT_FROM else 0
    parts = [part for part in (statuses[:middle], statuses[middle:]) if part]
    return envelope(account, "messages", *({"statuses": one} for one in parts))


def system(
    account: WhatsAppAccount, sender: dict[str, str], message_id: str, told: dict[str, Any]
) -> dict[str, Any]:
    """The notification of something that happened to a person; it has no ``contacts``."""
    message = {"id": message_id, "type": "system", "system": told, "timestamp": str(now_ms() // 1000)}
    return envelope(account, "messages", {"messages": [{**sender, **message}]})


def notice(account: WhatsAppAccount, field: str, value: dict[str, Any]) -> dict[str, Any]:
    """A notification about the business's own account; it has no ``metadata``."""
    change = {"field": field, "value": value}
    entry = {"id": account.waba_id, "time": now_ms() // 1000, "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}
