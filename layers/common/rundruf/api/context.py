"""What routes share: who calls, what they may, where a page goes on."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from rundruf.api.bodies import storable
from rundruf.api.problems import Problem
from rundruf.aws import keys
from rundruf.aws.logs import Log, said
from rundruf.aws.table import Refused
from rundruf.aws.wiring import Wiring
from rundruf.core.ids import timed_id
from rundruf.core.retention import Keep
from rundruf.flows.services import Services

LIMIT = 50
MOST = 200
NO_CURSOR = "cursor: this is no cursor of this list; leave it out to begin anew."


class Context:
    """The resolver and the wiring, handed to every route module."""

    def __init__(self, app: APIGatewayHttpResolver, wiring: Wiring, log: Log) -> None:
        self.app, self.wiring, self.log = app, wiring, log
        self.services: Services = wiring.services(wiring.environment.business(), said(log))

    @property
    def caller(self) -> dict[str, str]:
        """What the authorizer says of the key: ``key`` and ``scopes``."""
        authorizer = self.app.current_event.raw_event.get("requestContext", {}).get("authorizer", {})
        return authorizer.get("lambda") or {}

    def may(self, *scopes: str) -> None:
        """One of these scopes or ``admin`` is needed; raises Problem."""
        held = set(self.caller.get("scopes", "").split())
        if not held & {*scopes, "admin"}:
            raise Problem("forbidden", f"This needs an API key with the scope {' or '.join(scopes)}.")

    def time_left(self) -> float:
        """How many ms this call may still take."""
        return float(self.app.lambda_context.get_remaining_time_in_millis())

    def new_id(self) -> str:
        """A new id that sorts by time.

        With an Idempotency-Key it is the one that an earlier try of the same request was given, even if that
        died before it could answer: then the try is finished instead of done twice.
        """
        event = self.app.current_event
        fresh = timed_id(self.now(), self.services.random(4).hex())
        key = (event.headers or {}).get("idempotency-key")
        if key is None:
            return fresh
        told = (self.caller.get("key", ""), event.path, key, event.body or "")
        digest = sha256("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()
        try:
            given = {"id": fresh, "expires": Keep.IDEMPOTENCY.until(self.now())}
            self.wiring.table.put(keys.given_id(digest), given, "attribute_not_exists(pk)")
        except Refused as refused:
            return str(refused.item["id"]) if refused.item else fresh
        return fresh

    def now(self) -> int:
        return self.services.now()

    def body_text(self) -> str:
        """The raw body as text; raises Problem."""
        event = self.app.current_event
        try:
            return event.decoded_body or ""
        except (UnicodeDecodeError, ValueError):
            raise Problem("bad-request", "The body is not UTF-8.") from None


def cursor_out(position: Any) -> str | None:
    """An opaque cursor; None at the end."""
    if position in (None, ""):
        return None
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def cursor_in(cursor: str | None, kind: type) -> Any:
    """The position in a cursor we gave out, or None at the start; raises Problem."""
    if not cursor:
        return None
    try:
        position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError):
        position = None
    if type(position) is not kind or not storable(str(position)):
        raise Problem("bad-request", NO_CURSOR)
    return position
