"""Import of contacts as CSV or JSON lines: nothing without a source of consent."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.bodies import UNFIT, storable
from rundruf.api.context import Context
from rundruf.api.document import CSV_OR_JSONL
from rundruf.api.models import ImportLine, ImportOut
from rundruf.api.problems import Problem
from rundruf.flows.importing import (
    CONTACTS,
    MOST_ROWS,
    BadFile,
    BadRow,
    Columns,
    Known,
    Row,
    Told,
    checked,
    csv_rows,
    jsonl_rows,
    store,
    tied,
)

CSV = ("text/csv",)
Offset = Annotated[
    int,
    Query(ge=0, le=10**9, description="For a file sent in parts: how many of its lines come before these"),
]
JSONL = ("application/x-ndjson", "application/jsonl", "application/json-lines")


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.post(
        "/v1/contacts/import",
        tags=["contacts"],
        summary="Import contacts from CSV or JSON lines",
        openapi_extensions=CSV_OR_JSONL,
    )
    def imported(line_offset: Offset = 0) -> ImportOut:
        """Body: text/csv with a header, or application/x-ndjson with the same names; at most 5 MB.

        Columns: messenger, account, user_id, name, language, zone, tags, topics, consent_source, consent_at,
        consent_wording, person, attr.<name>; several values in a cell are separated by ";". Each line is
        taken wholly or refused with its reason; who left, objected, was erased or is on the suppression list
        is told as suppressed. Lines with the same person (your own customer id) are one human.
        """
        context.may("contacts")
        return take(rows_of(context, offset=line_offset), context)


def take(found: Iterator[tuple[int, dict[str, str]]], context: Context) -> ImportOut:
    """Check all lines first, then store the good ones."""
    known = Known(frozenset(context.wiring.accounts.ids()), context.services.catalogue.topics())
    rows: list[Row] = []
    told: list[Told] = []
    try:
        for line, cells in found:
            if len(rows) + len(told) >= MOST_ROWS:
                raise Problem(
                    "too-large", f"More than {MOST_ROWS} lines; send the file in parts. Nothing was imported."
                )
            try:
                check_text(cells)
                rows.append(checked(line, cells, known, context.now()))
            except BadRow as bad:
                told.append(Told(line, "refused", field=bad.field, detail=bad.detail))
    except BadFile as bad:
        raise Problem("invalid", f"{bad.detail} Nothing was imported.", [(bad.field, bad.detail)]) from None
    except RecursionError:
        raise Problem("bad-request", "A line is nested too deeply. Nothing was imported.") from None
    names = {name for row in rows for name in row.profile.attributes or ()}
    context.wiring.catalogue.add_attributes(frozenset(names))
    stored = store(rows, context.wiring.contacts, context.wiring.suppressions)
    told += tied(rows, stored, context.services.persons)
    return _out(told)


def check_text(cells: Mapping[str, str]) -> None:
    """Raises BadRow for what JSON can say but neither table nor messenger can hold."""
    for name, value in cells.items():
        if not storable(name):
            raise BadRow("row", UNFIT)
        if not storable(value):
            raise BadRow(name, UNFIT)


def rows_of(
    context: Context, columns: Columns = CONTACTS, offset: int = 0
) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines and cells of the body as its content type says; raises Problem, and BadFile while it is read."""
    kind = (context.app.current_event.headers or {}).get("content-type", "").partition(";")[0].strip().lower()
    if kind in CSV:
        return ((line + offset, cells) for line, cells in csv_rows(context.body_text(), columns))
    if kind in JSONL:
        return ((line + offset, cells) for line, cells in jsonl_rows(context.body_text()))
    raise Problem("unsupported-media-type", "Send text/csv or application/x-ndjson.")


def _out(told: list[Told]) -> ImportOut:
    lines = sorted(told, key=lambda one: one.line)
    counts = {
        result: sum(one.result == result for one in lines)
        for result in ("imported", "updated", "refused", "suppressed")
    }
    return ImportOut(
        **counts,
        lines=[
            ImportLine.model_validate(
                {
                    "line": one.line,
                    "result": one.result,
                    "contact": one.contact,
                    "field": one.field,
                    "detail": one.detail,
                }
            )
            for one in lines
        ],
    )
