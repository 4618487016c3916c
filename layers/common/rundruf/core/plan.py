"""What was said of a broadcast before it started: signed into a token, and kept with the broadcast."""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from rundruf.core.tokens import Keys

if TYPE_CHECKING:
    from rundruf.core.broadcast import Broadcast
    from rundruf.core.newsletter import Newsletter

FRESH = 30 * 60 * 1000  # ms for which a token is valid
LONGEST = 2_000
_LABEL = "preflight"
# What may change without another word of a second key: names, and how far it is.
_NOT_CONTENT = frozenset(
    (
        "id",
        "name",
        "language",
        "created",
        "next_at",
        "paused",
        "archive",
        "made_by",
        "approved_by",
        "approved",
    )
)


class Stale(Exception):
    """This token does not start this broadcast (any more); the message says why."""


@dataclass(frozen=True, slots=True)
class FallbackPlan:
    """How far a fallback was said to reach at most; ``cost`` as in ``Plan``."""

    people: int
    by_account: Mapping[str, int]
    cost: Mapping[str, str]
    unpriced: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a broadcast was said to reach, and at what cost; times in ms.

    ``cost`` is by currency, without the ``unpriced`` people, of whom nobody knows; ``finishes`` is 0 where
    nobody knows. ``content`` is the hash of what was looked at, ``key`` the id of the API key that asked
    ("": nobody did); with ``complete`` False there are at least so many people.
    """

    people: int
    cost: Mapping[str, str]
    unpriced: int
    finishes: int
    at: int
    content: str
    key: str = ""
    complete: bool = True
    fallback: FallbackPlan | None = None


def plan_in(stored: Mapping[str, Any]) -> Plan:
    """A plan from what ``asdict`` makes of one."""
    held = stored.get("fallback")
    return Plan(**{**stored, "fallback": FallbackPlan(**held) if held else None})


def content_of(found: "Broadcast") -> str:
    """A hash of what is sent, to whom and when: it changes with any of that."""
    told = {
        "kind": found.kind,
        "topic": found.topic,
        "audience": asdict(found.audience),
        "message": asdict(found.message),
        "send_at": found.send_at,
        "expires_at": found.expires_at,
        "canary": asdict(found.canary) if found.canary else None,
        "track": found.track,
        "local_time": found.local_time,
        "fallback": asdict(found.fallback) if found.fallback else None,
        "budget": asdict(found.budget) if found.budget else None,
    }
    if found.split:
        told["split"] = asdict(found.split)
    return sha256(json.dumps(told, sort_keys=True, default=sorted).encode()).hexdigest()[:32]


def issues_of(found: "Newsletter", segment: Mapping[str, Any] | None = None) -> str:
    """A hash of what a newsletter's issues are made of, to whom they go and when.

    ``segment`` are the conditions of its stored segment. What is not used does not count, so that a field
    which a release adds changes nothing.
    """
    told = {name: value for name, value in asdict(found).items() if name not in _NOT_CONTENT}
    told["segment"] = segment
    return sha256(json.dumps(_used(told), sort_keys=True, default=sorted).encode()).hexdigest()[:32]


def _used(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: used for name, each in value.items() if (used := _used(each))}
    return [_used(one) for one in value] if isinstance(value, list | tuple) else value


def signed(keys: Keys, broadcast: str, plan: Plan) -> str:
    """The token with which this broadcast may be started as planned."""
    told = json.dumps({**asdict(plan), "broadcast": broadcast}, separators=(",", ":"))
    body = f"{keys.current}.{urlsafe_b64encode(told.encode()).decode().rstrip('=')}"
    return f"{body}.{_mac(keys, keys.current, body)}"


def read(keys: Keys, token: str, found: "Broadcast", now: int) -> Plan:
    """What was planned; raises Stale for a token that is not ours, not of this broadcast or too old."""
    return _fresh(keys, token, found.id, content_of(found), "broadcast", now)


def read_issues(keys: Keys, token: str, newsletter: str, content: str, now: int) -> Plan:
    """The same of a newsletter's next issue, as long as ``content`` is what was looked at."""
    return _fresh(keys, token, newsletter, content, "newsletter", now)


def _fresh(keys: Keys, token: str, id: str, content: str, kind: str, now: int) -> Plan:
    told = _genuine(keys, token)
    if told.pop("broadcast") != id:
        raise Stale(f"this token is of another {kind}")
    plan = plan_in(told)
    if now - plan.at > FRESH:
        raise Stale("this token is more than 30 minutes old")
    if plan.content != content:
        raise Stale(f"the {kind} is not what was looked at any more")
    return plan


def _genuine(keys: Keys, token: str) -> dict[str, Any]:
    body, _, mac = token.rpartition(".")
    key, _, told = body.partition(".")
    if len(token) > LONGEST or not token.isascii() or key not in keys.secrets:
        raise Stale("this is no token of a preflight")
    if not hmac.compare_digest(_mac(keys, key, body), mac):
        raise Stale("this is no token of a preflight")
    try:
        found: dict[str, Any] = json.loads(urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    except (ValueError, binascii.Error):
        raise Stale("this is no token of a preflight") from None
    return found


def _mac(keys: Keys, key: str, body: str) -> str:
    return hmac.digest(keys.derive(_LABEL, key), body.encode(), "sha256").hex()
