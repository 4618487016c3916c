"""Import of contacts as CSV or JSON lines: nothing without a source of consent."""

from collections.abc import Iterator, Mapping

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from rundruf.api.bodies import UNFIT, storable
from rundruf.api.context import Context
from rundruf.api.document import CSV_OR_JSONL
from rundruf.api.models import ImportLine, ImportOut
from rundruf.api.problems import Problem
from rundruf.flows.importing import (
    MOST_ROWS,
    BadFile,
    BadRow,
    Known,
    Row,
    Told,
    checked,
    csv_rows,
    jsonl_rows,
    store,
)

CSV = ("text/csv",)
JSONL = ("application/x-ndjson", "application/jsonl", "application/json-lines")


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.post(
        "/v1/contacts/import",
        tags=["contacts"],
        summary="Import contacts from CSV or JSON lines",
        openapi_extensions=CSV_OR_JSONL,
    )
    def imported() -> ImportOut:
        """Body: text/csv with a header, or application/x-ndjson with the same names; at most 5 MB.

        Columns: messenger, account, user_id, name, language, zone, tags, topics, consent_source, consent_at,
        consent_wording, attr.<name>; several values in a cell are separated by ";". Each line is taken wholly
        or refused with its reason.
        """
        context.may("contacts")
        return take(_rows(context), context)


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
                _check_text(cells)
                rows.append(checked(line, cells, known, context.now()))
            except BadRow as bad:
                told.append(Told(line, "refused", field=bad.field, detail=bad.detail))
    except BadFile as bad:
        raise Problem("invalid", f"{bad.detail} Nothing was imported.", [(bad.field, bad.detail)]) from None
    except RecursionError:
        raise Problem("bad-request", "A line is nested too deeply. Nothing was imported.") from None
    names = {name for row in rows for name in row.profile.attributes or ()}
    context.wiring.catalogue.add_attributes(frozenset(names))
    told += store(rows, context.wiring.contacts)
    return _out(told)


def _check_text(cells: Mapping[str, str]) -> None:
    """Raises BadRow for what JSON can say but neither table nor messenger can hold."""
    for name, value in cells.items():
        if not storable(name):
            raise BadRow("row", UNFIT)
        if not storable(value):
            raise BadRow(name, UNFIT)


def _rows(context: Context) -> Iterator[tuple[int, dict[str, str]]]:
    kind = (context.app.current_event.headers or {}).get("content-type", "").partition(";")[0].strip().lower()
    if kind in CSV:
        return csv_rows(context.body_text())
    if kind in JSONL:
        return jsonl_rows(context.body_text())
    raise Problem("unsupported-media-type", "Send text/csv or application/x-ndjson.")


def _out(told: list[Told]) -> ImportOut:
    lines = sorted(told, key=lambda one: one.line)
    counts = {
        result: sum(one.result == result for one in lines) for result in ("imported", "updated", "refused")
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
