"""Suppressions: people who unsubscribed elsewhere, as keyed hashes that no import gets past."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.context import Context
from rundruf.api.imports import Offset, check_text, rows_of
from rundruf.api.models import Model, moment
from rundruf.api.problems import Problem, invalid
from rundruf.aws import keys
from rundruf.core.contact import Identity
from rundruf.core.suppression import ANY_ACCOUNT, Listing, left_all
from rundruf.flows.identifying import contact_of
from rundruf.flows.importing import LIST, MOST_ROWS, BadFile, BadRow
from rundruf.flows.services import Unfinished
from rundruf.flows.suppressing import COLUMNS, LONGEST_REFERENCE, Unwanted, checked, suppress
from rundruf.messengers import UnknownMessenger, messenger

JSON = ("", "application/json")
ROW: dict[str, Any] = {
    "type": "object",
    "required": ["messenger", "account", "user_id"],
    "additionalProperties": False,
    "properties": {
        "messenger": {"type": "string"},
        "account": {"type": "string", "description": f'"{ANY_ACCOUNT}": all accounts of the messenger'},
        "user_id": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
    },
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [ROW, {"type": "array", "items": ROW}]}},
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}
Why = Literal["", "erased", "objected", "listed", "left", "platform_stop"]


class SuppressionLine(Model):
    """A line that was not taken: which field, what is wrong and what to do."""

    line: int
    field: str
    detail: str


class SuppressionsOut(Model):
    """How many people are new on the list, stood there ``already``, whose consent has ``ended`` by this, and
    the lines that were ``refused``."""

    listed: int
    already: int
    ended: int
    refused: int
    lines: list[SuppressionLine]


class SuppressedOut(Model):
    """Whether an import would leave this person out, since when, and why."""

    suppressed: bool
    since: datetime | None
    why: Why
    reference: str = ""


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.post(
        "/v1/suppressions",
        tags=["contacts"],
        summary="Take over who unsubscribed elsewhere",
        openapi_extensions=BODY,
    )
    def listed(
        document: Annotated[
            str, Query(max_length=LONGEST_REFERENCE, description="Name of the list, for the proof")
        ] = LIST,
        line_offset: Offset = 0,
    ) -> SuppressionsOut:
        """Body: one object or a list as JSON, text/csv with a header, or application/x-ndjson; at most 5 MB.

        Columns: messenger, account (``*`` for all accounts of the messenger), user_id, and at (when they
        unsubscribed; else now). Only keyed hashes are kept. Whoever is known loses their consent, with an
        entry in the ledger. Sending it again changes nothing.
        """
        context.may("contacts")
        rows, refused = _read(_rows(context, line_offset), context)
        wiring = context.wiring
        try:
            told = suppress(rows, document, wiring.suppressions, wiring.accounts.ids(), context.services)
        except Unfinished:
            raise Problem(
                "unavailable",
                "All are on the list, but a message is still on its way; send it again in 10 seconds.",
            ) from None
        return SuppressionsOut(
            listed=told.listed,
            already=told.already,
            ended=told.ended,
            refused=len(refused),
            lines=refused,
        )

    @app.get("/v1/suppressions/check", tags=["contacts"], summary="Would an import leave this person out?")
    def check(
        messenger: Annotated[str, Query(max_length=40)],
        account: Annotated[str, Query(max_length=40)],
        user_id: Annotated[str, Query(max_length=200)],
    ) -> SuppressedOut:
        """Because they were erased, objected, are on the list, left everything, or stopped it in the app."""
        context.may("contacts")
        return _standing(_identity(messenger, account, user_id), context)


def _rows(context: Context, offset: int) -> Iterator[tuple[int, dict[str, str]]]:
    kind = (context.app.current_event.headers or {}).get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON:
        return rows_of(context, COLUMNS, offset)
    try:
        body = json.loads(context.body_text())
    except (ValueError, RecursionError):
        raise Problem("bad-request", "The body is not valid JSON. Nothing was taken.") from None
    several = body if isinstance(body, list) else [body]
    return ((number, _cells(one)) for number, one in enumerate(several, 1))


def _cells(row: object) -> dict[str, str]:
    if not isinstance(row, dict):
        return {"": "not a JSON object"}
    return {name or "(no name)": "" if one is None else str(one) for name, one in row.items()}


def _read(
    found: Iterator[tuple[int, Mapping[str, str]]], context: Context
) -> tuple[list[Unwanted], list[SuppressionLine]]:
    """What can be kept, and what cannot with the reason; raises Problem for a file that cannot be read."""
    rows, refused = list[Unwanted](), list[SuppressionLine]()
    accounts = frozenset(context.wiring.accounts.ids())
    try:
        for line, cells in found:
            if len(rows) + len(refused) >= MOST_ROWS:
                raise Problem("too-large", f"More than {MOST_ROWS} lines; send parts. Nothing was taken.")
            try:
                check_text(cells)
                rows.append(checked(line, cells, accounts, context.now()))
            except BadRow as bad:
                refused.append(SuppressionLine(line=line, field=bad.field[:120], detail=bad.detail))
    except BadFile as bad:
        raise Problem("invalid", f"{bad.detail} Nothing was taken.", [(bad.field, bad.detail)]) from None
    except RecursionError:
        raise Problem("bad-request", "A line is nested too deeply. Nothing was taken.") from None
    return rows, refused


def _identity(name: str, account: str, user_id: str) -> Identity:
    try:
        return Identity(name, account, messenger(name).canonical(user_id))
    except UnknownMessenger:
        raise invalid("messenger", f"there is no messenger {name!r}") from None
    except ValueError:
        raise invalid("user_id", f"this is not a user id of {name}") from None


def _standing(identity: Identity, context: Context) -> SuppressedOut:
    wiring = context.wiring
    listing: Listing | None = wiring.suppressions.of([identity]).get(identity)
    contact = contact_of(identity, wiring.contacts)
    held = wiring.contacts.get(contact)
    erased = wiring.table.get(keys.suppression(contact))
    if erased:
        return _suppressed("erased", erased["at"])
    if held and held.consent.objected:
        return _suppressed("objected", held.consent.stopped_at)
    if listing and not (held and listing.lifted(held.consent)):
        return _suppressed("listed", listing.since, listing.reference)
    if held and left_all(held.consent):
        return _suppressed("left", held.consent.stopped_at)
    if held and held.consent.platform_stop:
        return _suppressed("platform_stop", 0)
    return SuppressedOut(suppressed=False, since=None, why="")


def _suppressed(why: Why, since: int, reference: str = "") -> SuppressedOut:
    return SuppressedOut(suppressed=True, since=moment(since), why=why, reference=reference)
