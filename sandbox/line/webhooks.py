"""What LINE tells a channel: events of several people in one body, signed, and again if asked for."""

import asyncio
import base64
import hmac
import json
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.hooks import Hook, Hooks
from sandbox.line.config import LineAccount, LineBehaviour
from sandbox.times import now_ms
from sandbox.world import Person

GATHER_SECONDS = 0.02
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Event = dict[str, Any]


def ulid(at_ms: int) -> str:
    """The id of an event: 26 characters, those of later events sort behind."""
    number = at_ms << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def event(kind: str, person: Person, **content: Any) -> Event:
    """One event; ``content`` follows the common properties."""
    at_ms = now_ms()
    return {
        "type": kind,
        "mode": "active",
        "timestamp": at_ms,
        "source": {"type": "user", "userId": person.user},
        "webhookEventId": ulid(at_ms),
        "deliveryContext": {"isRedelivery": False},
        **content,
    }


def signed(account: LineAccount, events: list[Event]) -> tuple[bytes, dict[str, str]]:
    """Body and headers; now with escapes and now without, so that only a hash of the raw body fits."""
    told = {"destination": account.bot_user, "events": events}
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=random.random() < 0.5).encode()
    digest = hmac.new(account.channel_secret.encode(), body, "sha256").digest()
    return body, {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "LineBotWebhook/2.0",
        "x-line-signature": base64.b64encode(digest).decode(),
    }


@dataclass(slots=True)
class Waiting:
    """An event on its way; ``done`` tells whether it was acknowledged in the end."""

    event: Event
    user: str
    done: "asyncio.Future[bool]"


@dataclass(slots=True)
class Outbox:
    """The webhooks of one channel: what happens at about the same time leaves in one body.

    Redelivery, where it is switched on, repeats a failed body with the same event ids, ``isRedelivery`` true
    and a signature of its own; number and pauses are LINE's secret, ours are the configuration's.
    """

    name: str
    account: LineAccount
    behaviour: LineBehaviour
    hooks: Hooks
    box: list[Waiting] = field(default_factory=list)
    again: "set[asyncio.TimerHandle]" = field(default_factory=set)

    @property
    def redelivers(self) -> bool:
        switch = self.behaviour.redelivery
        return self.account.redelivery if switch is None else switch

    def add(self, one: Event, user: str) -> "asyncio.Future[bool]":
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if not self.box:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)
        self.box.append(Waiting(one, user, done))
        return done

    def forget(self) -> None:
        self.box.clear()
        for timer in self.again:
            timer.cancel()
        self.again.clear()

    def _flush(self) -> None:
        box, self.box = self.box, []
        if not box:
            return
        if self.behaviour.reorder_events:
            random.shuffle(box)
        self._send(box, 0)
        if self.behaviour.duplicate_events:
            # LINE says that duplicates may come without redelivery, too.
            self._post(box, 0)

    def _send(self, box: list[Waiting], attempt: int) -> None:
        future = self._post(box, attempt)
        future.add_done_callback(lambda ended: self._ended(box, attempt, ended))

    def _post(self, box: list[Waiting], attempt: int) -> "asyncio.Future[bool]":
        context = {"isRedelivery": attempt > 0}
        body, headers = signed(self.account, [{**one.event, "deliveryContext": context} for one in box])
        users = {one.user for one in box}
        user = users.pop() if len(users) == 1 else ""
        messages = tuple(one.event["message"]["id"] for one in box if "message" in one.event)
        return self.hooks.post(
            Hook(
                messenger=self.name,
                account=self.account.account,
                body=body,
                headers=headers,
                kinds=tuple(one.event["type"] for one in box),
                ids=messages,
                user=user,
                lane=f"{self.name}/{self.account.account}/{user}"
                if user and not self.behaviour.reorder_events
                else "",
                any_2xx=True,
                retries=(),
                timeout=self.account.webhook_seconds,
            )
        )

    def _ended(self, box: list[Waiting], attempt: int, ended: "asyncio.Future[bool]") -> None:
        if ended.cancelled():
            return
        pauses = self.hooks.settings.retries
        if ended.result() or not self.redelivers or attempt >= len(pauses):
            for one in box:
                if not one.done.done():
                    one.done.set_result(ended.result())
            return

        def resend() -> None:
            self.again.discard(timer)
            self._send(box, attempt + 1)

        timer = asyncio.get_running_loop().call_later(pauses[attempt], resend)
        self.again.add(timer)
