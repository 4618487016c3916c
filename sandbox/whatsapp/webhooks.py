"""What Meta sends to a business: people's messages, and receipts in batches."""

import asyncio
import hmac
import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.behaviour import Behaviour
from sandbox.hooks import Hook, Hooks
from sandbox.times import now_ms
from sandbox.whatsapp.config import WhatsAppAccount
from sandbox.whatsapp.errors import Refused
from sandbox.world import Person

GATHER_SECONDS = 0.05
SPLIT_FROM = 4

Status = dict[str, Any]


def signed(account: WhatsAppAccount, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers; the bytes are escaped as Meta's are, so that only a hash of the raw body fits."""
    body = json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
    key = account.app_secret.encode()
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, "sha1").hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, "sha256").hexdigest(),
    }


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


def inbound(account: WhatsAppAccount, person: Person, message: dict[str, Any]) -> dict[str, Any]:
    """The notification of one message of a person; ``message`` has its id, type and content."""
    sender = (
        {"from_user_id": person.alias}
        if person.hidden
        else {"from": person.user, "from_user_id": person.alias}
    )
    full = {**sender, **message, "timestamp": str(now_ms() // 1000)}
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


def status(sent: Sent, name: str, problem: Refused | None = None) -> Status:
    told: Status = {"id": sent.message_id, "status": name}
    if not sent.by_alias:
        told["recipient_id"] = sent.person.user
    if sent.by_alias or problem is None:
        told["recipient_user_id"] = sent.person.alias
    if sent.delivery:
        told["biz_opaque_callback_data"] = sent.delivery
    if problem is not None:
        told["errors"] = [problem.error()]
    return told


def priced(sent: Sent, told: Status) -> Status:
    """The status with the price of the message; it comes with ``sent`` and with one of delivered and read."""
    told["pricing"] = {
        "billable": not sent.free,
        "pricing_model": "PMP",
        "type": "free_customer_service" if sent.free else "regular",
        "category": sent.category,
    }
    return told


def course(sent: Sent, behaviour: Behaviour, problem: Refused | None) -> list[tuple[float, Status]]:
    """What will become of a message: (seconds from now, status), drawn from the account's shares."""
    if problem is not None:
        late = _seconds(behaviour.sent_ms)
        return [(late, priced(sent, status(sent, "sent"))), (late + 0.1, status(sent, "failed", problem))]
    steps = [(_seconds(behaviour.sent_ms), priced(sent, status(sent, "sent")))]
    if not _drawn(behaviour.delivered_share):
        return steps
    read = _drawn(behaviour.read_share)
    if read and _drawn(behaviour.open_chat_share):
        # The chat was open: Meta sends no "delivered" then.
        return [*steps, (_seconds(behaviour.delivered_ms), priced(sent, status(sent, "read")))]
    steps.append((_seconds(behaviour.delivered_ms), priced(sent, status(sent, "delivered"))))
    if read:
        steps.append((_seconds(behaviour.read_ms), status(sent, "read")))
    if behaviour.reorder_receipts:
        times = [seconds for seconds, _ in steps]
        steps = [(seconds, told) for seconds, (_, told) in zip(reversed(times), steps, strict=True)]
    return steps


def _seconds(span: tuple[int, int]) -> float:
    return random.uniform(*span) / 1000


def _drawn(share: float) -> bool:
    return random.random() < share


class Receipts:
    """The receipts of one account: each waits for its time, then leaves together with others.

    ``done(status)`` is told of each one that the business acknowledged.
    """

    def __init__(
        self, account: WhatsAppAccount, behaviour: Behaviour, hooks: Hooks, done: Callable[[Status], None]
    ) -> None:
        self.account = account
        self.behaviour = behaviour
        self.hooks = hooks
        self.done = done
        self.pending: dict[int, Status] = {}
        self._numbers = itertools.count()
        self._box: list[tuple[int, Status]] = []
        self._flush: asyncio.TimerHandle | None = None

    def plan(self, steps: list[tuple[float, Status]]) -> None:
        loop = asyncio.get_running_loop()
        for seconds, told in steps:
            number = next(self._numbers)
            self.pending[number] = told
            loop.call_later(seconds, self._due, number)

    def forget(self) -> None:
        self.pending.clear()
        self._box.clear()

    def _due(self, number: int) -> None:
        told = self.pending.get(number)
        if told is None:
            return
        told.setdefault("timestamp", str(now_ms() // 1000))
        self._box.append((number, told))
        if len(self._box) >= self.behaviour.receipt_batch:
            self._send()
        elif self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._send)

    def _send(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        box, self._box = self._box, []
        if not box:
            return
        if self.behaviour.reorder_receipts:
            random.shuffle(box)
        self._post(box)
        if self.behaviour.duplicate_receipts:
            self._post(box)

    def _post(self, box: list[tuple[int, Status]]) -> None:
        statuses = [told for _, told in box]
        # Meta may put several changes in one body; a reader that takes only the first loses half of this.
        middle = len(statuses) // 2 if len(statuses) >= SPLIT_FROM else 0
        parts = [part for part in (statuses[:middle], statuses[middle:]) if part]
        body, headers = signed(
            self.account, envelope(self.account, "messages", *({"statuses": one} for one in parts))
        )
        future = self.hooks.post(
            Hook(
                messenger="whatsapp",
                account=self.account.account,
                body=body,
                headers=headers,
                kinds=tuple(sorted({f"status.{told['status']}" for told in statuses})),
                ids=tuple(told["id"] for told in statuses),
            )
        )
        future.add_done_callback(lambda ended: self._ended(box, ended))

    def _ended(self, box: list[tuple[int, Status]], ended: "asyncio.Future[bool]") -> None:
        if ended.cancelled():
            return
        for number, told in box:
            if self.pending.pop(number, None) is not None and ended.result():
                self.done(told)
