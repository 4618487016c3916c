"""What Viber tells a bot: one event a call, signed in the header and in the address."""

import asyncio
import hmac
import itertools
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.hooks import Hook, Hooks
from sandbox.times import now_ms
from sandbox.viber.config import ViberAccount, ViberBehaviour

ALWAYS = frozenset({"message", "subscribed", "unsubscribed"})
TYPES = frozenset({"delivered", "seen", "failed", "conversation_started", "client_status", *ALWAYS})
FAILED = "the message could not be shown on the device"

Event = dict[str, Any]

# Beyond 2**53, so that a reader that goes through floating point is noticed.
tokens = itertools.count((time.time_ns() // 1_000_000 << 21) | 1)


def event(kind: str, token: int, **content: Any) -> Event:
    return {"event": kind, "timestamp": now_ms(), "message_token": token, **content}


def ping() -> Event:
    """The event of set_webhook: time and token have changed places, as they have at Viber."""
    return {"event": "webhook", "timestamp": next(tokens), "message_token": now_ms()}


def signed(account: ViberAccount, told: Event) -> tuple[bytes, dict[str, str], str]:
    """Body, headers and the signature, which the address carries, too."""
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    signature = hmac.new(account.auth_token.encode(), body, "sha256").hexdigest()
    headers = {"Content-Type": "application/json", "X-Viber-Content-Signature": signature}
    return body, headers, signature


def hook(name: str, account: ViberAccount, told: Event, user: str, lane: str) -> Hook:
    body, headers, signature = signed(account, told)
    return Hook(
        messenger=name,
        account=account.account,
        body=body,
        headers=headers,
        kinds=(told["event"],),
        ids=(str(told["message_token"]),),
        user=user,
        lane=lane,
        query={"sig": signature},
        timeout=account.webhook_seconds,
    )


@dataclass(slots=True)
class Receipts:
    """The receipts of one bot: each waits for its time and leaves on its own.

    ``shown(event)`` is told of each one as it leaves. ``seen`` comes once for a reading: what a person got
    before is seen with the newest message.
    """

    name: str
    account: ViberAccount
    behaviour: ViberBehaviour
    hooks: Hooks
    wanted: Callable[[str], bool]
    shown: Callable[[Event], None]
    pending: dict[int, Event] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def sent(self, user: str, token: int) -> None:
        """A message was taken: plans what will be told of it."""
        one, behaviour = {"message_token": token, "user_id": user}, self.behaviour
        if behaviour.late_refusals:
            self.plan(_seconds(behaviour.delivered_ms), {"event": "failed", **one, "desc": FAILED})
            return
        if random.random() >= behaviour.delivered_share:
            return
        times = [_seconds(behaviour.delivered_ms)]
        if random.random() < behaviour.read_share:
            times.append(_seconds(behaviour.read_ms))
        kinds = ["delivered", "seen"][: len(times)]
        for kind, seconds in zip(
            kinds, reversed(times) if behaviour.reorder_receipts else times, strict=True
        ):
            self.plan(seconds, {"event": kind, **one})

    def plan(self, seconds: float, told: Event) -> None:
        number = next(self.numbers)
        self.pending[number] = told
        asyncio.get_running_loop().call_later(seconds, self._due, number)

    def forget(self) -> None:
        self.pending.clear()
        self.newest.clear()

    def _due(self, number: int) -> None:
        told = self.pending.pop(number, None)
        if told is None or (told["event"] == "seen" and self._seen_before(told)):
            return
        self.shown(told)
        if not self.wanted(told["event"]):
            return
        whole = {"event": told["event"], "timestamp": now_ms(), **told}
        for _ in range(2 if self.behaviour.duplicate_receipts else 1):
            self.hooks.post(hook(self.name, self.account, whole, told["user_id"], ""))

    def _seen_before(self, told: Event) -> bool:
        user, token = told["user_id"], told["message_token"]
        if token < self.newest.get(user, 0):
            return True
        self.newest[user] = token
        return False


def _seconds(span: tuple[int, int]) -> float:
    return random.uniform(*span) / 1000
