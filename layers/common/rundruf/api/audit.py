"""The audit log: who did what through the API, and who looked at people; never what it was about them.

An act is written down before it is done, and its result after: what cannot be written down is not done, and
an entry without a result says that it was begun and nobody knows its end. Looking at people is written down
before the answer is given away. No entry costs a read.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.context import LIMIT, MOST, NO_CURSOR, Context, cursor_in, cursor_out
from rundruf.api.models import Model, Time, milliseconds
from rundruf.api.problems import Problem
from rundruf.aws import keys
from rundruf.aws.logs import described
from rundruf.aws.table import Change, Item
from rundruf.core.ids import timed_id
from rundruf.core.retention import Keep

Answer = dict[str, Any]
# Looking at these tells of people.
READS = (
    "/v1/contacts",
    "/v1/contacts/{contact}",
    "/v1/contacts/{contact}/",
    "/v1/broadcasts/{broadcast}/recipients",
    "/v1/conversations",
    "/v1/explain",
    "/v1/suppressions/check",
    "/v1/audit",
)
CONTACT = re.compile(r"[0-9a-v]{26}")
NAME = re.compile(r"(?=.*[a-z_-])[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
UNSHOWN = "?"
USUAL = timedelta(days=30)
LOOKED_THROUGH = 2_000  # entries that one answer looks through


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody asks for; ``object`` is the id of what it is done to, "" where the path names none."""

    action: str
    object: str
    reads: bool


class Audit:
    """Answers calls, and writes down those that matter."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._routes = [
            (route.method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), path)
            for route in [*context.app._static_routes, *context.app._dynamic_routes]
            if (path := route.openapi_path)
        ]

    def __call__(self, event: Mapping[str, Any], answer: Callable[[], Answer]) -> Answer:
        """What ``answer`` gives; raises what the table raises, before anything was done or given away."""
        act = self._act(event)
        if act is None:
            return answer()
        if act.reads:
            told = answer()
            self._put(event, act, told["statusCode"])
            return told
        key = self._put(event, act)
        told = answer()
        self._end(key, act, told)
        return told

    def _act(self, event: Mapping[str, Any]) -> Act | None:
        method, path = event["requestContext"]["http"]["method"], event["rawPath"]
        found = (
            (template, rule.fullmatch(path)) for known, rule, template in self._routes if known == method
        )
        template, match = next(((one, match) for one, match in found if match), ("", None))
        reads = method in ("GET", "HEAD", "OPTIONS")
        if reads and not template.startswith(READS[2]) and template not in READS:
            return None
        named = match.groupdict() if match else {}
        shown = "/".join(_shown(name, value) for name, value in named.items())
        return Act(f"{method} {template or UNSHOWN}", shown, reads)

    def _put(self, event: Mapping[str, Any], act: Act, status: int | None = None) -> keys.Key:
        now = self.context.now()
        caller = (event["requestContext"].get("authorizer") or {}).get("lambda") or {}
        key = keys.audit(month(now), timed_id(now, os.urandom(4).hex()))
        entry = {
            "at": now,
            "key": caller.get("key", ""),
            "name": caller.get("name", ""),
            "action": act.action,
            "object": act.object,
            "status": status,
            "expires": Keep.AUDIT.until(now),
        }
        self.context.wiring.table.put(key, entry, "attribute_not_exists(pk)")
        return key

    def _end(self, key: keys.Key, act: Act, told: Answer) -> None:
        """The result of an act; that it was begun is written down whatever becomes of this."""
        change = Change().set(status=told["statusCode"])
        if not act.object and told["statusCode"] in (HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
            change.set(object=_made(told))
        try:
            self.context.wiring.table.update(key, change.when("attribute_not_exists(#status)"), "NONE")
        except Exception as error:
            self.context.log.error("audit result not written", extra=described(error))


def _shown(name: str, value: str) -> str:
    """An id of ours as it is; what only looks like one (a phone number, an address) is not written down."""
    known = CONTACT if name == "contact" else NAME
    return value if known.fullmatch(value) else UNSHOWN


def _made(told: Answer) -> str | None:
    """The id of what an answer says was made."""
    try:
        made = json.loads(told.get("body") or "{}")
    except ValueError:
        return None
    found = made.get("id") if isinstance(made, dict) else None
    return found if isinstance(found, str) and NAME.fullmatch(found) else None


def month(at: int) -> str:
    """The part of the log that a moment (ms) belongs to."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m}"


class AuditLine(Model):
    """``result`` is unknown where an act was begun and its end could not be written down."""

    id: str
    at: datetime
    key: str
    name: str
    action: str
    object: str
    status: int | None
    result: Literal["done", "refused", "failed", "unknown"]


class AuditOut(Model):
    entries: list[AuditLine]
    cursor: str | None


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get("/v1/audit", tags=["audit"], summary="Who did what, newest first")
    def every(
        from_: Annotated[Time | None, Query(alias="from", description="30 days before if left out")] = None,
        until: Annotated[Time | None, Query(description="Now if left out")] = None,
        key: Annotated[str, Query(max_length=64, description="Only this key's id")] = "",
        action: Annotated[str, Query(max_length=120, description="Only what begins like this")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
    ) -> AuditOut:
        """Every call that changes something, and every look at people. A page may be empty before the end."""
        context.may("admin")
        last = milliseconds(until) if until else context.now()
        first = milliseconds(from_) if from_ else last - int(USUAL.total_seconds() * 1000)
        begin = _place(cursor_in(cursor, list), last)
        found, place = _found(first, begin, limit, lambda one: _meant(one, key, action), context)
        return AuditOut(entries=[_line(one) for one in found], cursor=cursor_out(place))


def _place(position: list[object] | None, last: int) -> list[str]:
    """Month and sort key before which to look; raises Problem for a position that is not of this list."""
    match position:
        case None:
            return [month(last), timed_id(last + 1, "")]
        case [str(part), str(before)] if re.fullmatch(r"\d{4}-\d{2}", part):
            return [part, before]
    raise Problem("bad-request", NO_CURSOR)


def _found(
    first: int, place: list[str], limit: int, meant: Callable[[Item], bool], context: Context
) -> tuple[list[Item], list[str] | None]:
    found: list[Item] = []
    looked = 0
    part, before = place
    while part >= month(first):
        items, last = context.wiring.table.query(
            f"audit#{part}", after=before, limit=max(limit, LIMIT), backwards=True
        )
        for item in items:
            if item["at"] < first:
                return found, None
            looked += 1
            before = item["sk"]
            if meant(item):
                found.append(item)
            if len(found) == limit or looked >= LOOKED_THROUGH:
                return found, [part, before]
        if not last:
            part, before = _earlier(part), "~"
    return found, None


def _earlier(part: str) -> str:
    """The month before."""
    year, number = map(int, part.split("-"))
    return f"{year - (number == 1):04}-{(number - 2) % 12 + 1:02}"


def _meant(item: Item, key: str, action: str) -> bool:
    return key in ("", item["key"]) and str(item["action"]).startswith(action)


def _line(item: Item) -> AuditLine:
    status = item.get("status")
    return AuditLine(
        id=item["sk"],
        at=datetime.fromtimestamp(item["at"] / 1000, UTC),
        key=item["key"],
        name=item["name"],
        action=item["action"],
        object=item.get("object", ""),
        status=status,
        result=_result(status),
    )


def _result(status: int | None) -> Literal["done", "refused", "failed", "unknown"]:
    if status is None:
        return "unknown"
    if status < HTTPStatus.BAD_REQUEST:
        return "done"
    return "refused" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"
