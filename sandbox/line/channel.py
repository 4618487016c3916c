"""One channel at work: its tokens, rates, retry keys, quota and reply tokens."""

import base64
import binascii
import hashlib
import hmac
import itertools
import secrets
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.line.config import LineAccount, LineBehaviour
from sandbox.line.errors import ACCEPTED, REPLY, Refused, bad, monthly, too_fast, unauthorized
from sandbox.line.statistics import Statistics
from sandbox.line.webhooks import Outbox
from sandbox.throttle import Throttle
from sandbox.world import Person

KEY_SECONDS = 24 * 3600
REPLY_SECONDS = 60
REPLIES_KEPT = 10_000
HOUR = 3600.0


@dataclass(slots=True)
class Attempt:
    """A retry key that was seen: what it stands for, and once accepted the request id and the answer."""

    digest: str
    at: float
    request_id: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)


def _buckets(rate: float) -> dict[str, Throttle]:
    """The limits of the reference (2026-08-07) by kind of call; those of sends follow the account's rate."""
    return {
        "push": Throttle(rate),
        "reply": Throttle(rate),
        "multicast": Throttle(rate / 10),
        "broadcast": Throttle(60 / HOUR, 60),
        "insight": Throttle(60 / HOUR, 60),
        "endpoint": Throttle(1000 / 60, 1000),
        "test": Throttle(60 / HOUR, 60),
        "loading": Throttle(100),
        "other": Throttle(2000),
    }


@dataclass(slots=True)
class Channel:
    """A channel; ``used`` counts this month's messages, ``content`` maps message ids to pictures sent in."""

    config: LineAccount
    behaviour: LineBehaviour
    outbox: Outbox
    buckets: dict[str, Throttle] = field(default_factory=dict)
    used: int = 0
    keys: dict[str, Attempt] = field(default_factory=dict)
    replies: dict[str, tuple[float, Person]] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(time.time_ns() // 10))

    def __post_init__(self) -> None:
        self.pace()

    def pace(self) -> None:
        """Fresh buckets for the rate that is set now."""
        self.buckets = _buckets(self.behaviour.rate)

    def message_id(self) -> str:
        return str(next(self.numbers))

    def take(self, bucket: str) -> None:
        """Counts a call; raises Refused if there were too many."""
        if not self.buckets[bucket].take():
            raise too_fast()

    # Tokens. A stateless one carries its own end, so that it outlives a restart of the sandbox.

    def issue(self) -> dict[str, Any]:
        """The answer to a request for a stateless token."""
        ends = int(time.time()) + self.config.token_seconds
        content = base64.urlsafe_b64encode(
            f"{self.config.channel_id}.{ends}.{secrets.token_hex(64)}".encode()
        )
        token = f"{content.decode()}.{self._seal(content)}"
        return {"token_type": "Bearer", "access_token": token, "expires_in": self.config.token_seconds - 1}

    def opens(self, token: str) -> bool:
        """True if the token is one of this channel; raises Refused if it has ended."""
        if self.config.access_token and secrets.compare_digest(
            self.config.access_token.encode(), token.encode()
        ):
            return True
        content, _, seal = token.rpartition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(content.encode()).encode()):
            return False
        try:
            ends = int(base64.urlsafe_b64decode(content).split(b".")[1])
        except (binascii.Error, ValueError, IndexError):
            return False
        if ends <= time.time():
            raise unauthorized("access token expired")
        return True

    def _seal(self, content: bytes) -> str:
        return hmac.new(self.config.channel_secret.encode(), content, "sha256").hexdigest()

    # Retry keys.

    def known(self, key: str, kind: str, body: bytes) -> None:
        """Checks a retry key before a send; raises Refused if the send was accepted or is another one.

        LINE says that the body must stay the same, not what it answers otherwise: the fake makes it loud.
        """
        try:
            if str(uuid.UUID(key)) != key.lower():
                raise ValueError
        except ValueError:
            raise bad("The retry key is invalid") from None
        now = time.time()
        digest = hashlib.sha256(kind.encode() + b"\n" + body).hexdigest()
        earlier = self.keys.get(key.lower())
        if earlier is None or earlier.at + KEY_SECONDS < now:
            self.keys[key.lower()] = Attempt(digest, now)
            return
        if earlier.digest != digest:
            raise bad("The retry key belongs to another request")
        if earlier.request_id:
            raise Refused(
                409,
                ACCEPTED,
                headers={"X-Line-Accepted-Request-Id": earlier.request_id},
                more={"sentMessages": earlier.sent} if earlier.sent else None,
            )

    def accepted(self, key: str, request_id: str, sent: list[dict[str, str]]) -> None:
        """The send with this retry key was taken."""
        if key:
            self.keys[key.lower()].request_id = request_id
            self.keys[key.lower()].sent = sent

    # Quota.

    @property
    def quota(self) -> int | None:
        return self.config.quota if self.behaviour.quota is None else self.behaviour.quota

    def spend(self, people: int) -> None:
        """Counts messages that reach somebody; raises Refused if the month's are used up."""
        if self.quota is not None and people and self.used + people > self.quota:
            raise monthly()
        self.used += people

    # Reply tokens: once, and for a minute.

    def replyable(self, person: Person) -> str:
        token = secrets.token_hex(16)
        self.replies[token] = (time.monotonic() + REPLY_SECONDS, person)
        while len(self.replies) > REPLIES_KEPT:
            del self.replies[next(iter(self.replies))]
        return token

    def replied(self, token: str) -> Person:
        """Whom a reply token stands for; it is used up. Raises Refused."""
        until, person = self.replies.pop(token, (0.0, None))
        if person is None or until < time.monotonic():
            raise bad(REPLY)
        return person

    def forget(self) -> None:
        self.used = 0
        self.keys.clear()
        self.replies.clear()
        self.content.clear()
        self.counts.clear()
        self.statistics = Statistics()
        self.outbox.forget()
        self.pace()

    def saved(self) -> dict[str, Any]:
        return {
            "account": self.config.account,
            "used": self.used,
            "keys": {key: asdict(one) for key, one in self.keys.items()},
            "content": self.content,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        self.used = saved["used"]
        self.keys = {key: Attempt(**one) for key, one in saved["keys"].items()}
        self.content = saved["content"]
