"""`rundruf prices`: what messengers charge, as a table of your own."""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse

app = typer.Typer(name="prices", no_args_is_help=True, help="What messengers charge, as you tell it.")

COLUMNS = ("messenger", "account", "kind", "country", "amount", "currency", "since", "until", "source")
NEEDED = ("messenger", "amount", "currency", "since")

File = Annotated[
    Path,
    typer.Argument(help="CSV with a header or JSON; - for stdin.", metavar="FILE", allow_dash=True),
]


@app.command("list", epilog=show.examples("rundruf prices list", "rundruf prices list --csv > prices.csv"))
@connected
def every(
    client: Client,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, as `set` takes it.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """The whole price table."""
    told = client.get("v1", "prices")
    if as_json:
        show.data(told)
        return
    if as_csv:
        sys.stdout.write(_csv(told["prices"]))
        return
    rows = ([one[name] or "" for name in COLUMNS] for one in told["prices"])
    show.table(COLUMNS, rows, "No prices yet; `rundruf prices set FILE` tells them.")


@app.command("set", epilog=show.examples("rundruf prices set prices.csv", "rundruf prices set prices.json"))
@connected
def put(client: Client, file: File, as_json: show.AsJson = False) -> None:
    """Replace the whole price table with what a file says.

    Columns of a CSV: messenger, account, kind, country, amount, currency, since, until, source; those that
    are empty mean all accounts, marketing, all countries, until further notice.
    """
    told = client.put("v1", "prices", body={"prices": _rows(_read(file))})
    if as_json:
        show.data(told)
    else:
        show.done(f"Rows of the price table: {len(told['prices'])}")


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadUse(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadUse(f"{file} is not UTF-8.") from None


def _rows(text: str) -> Any:
    """The rows as the API takes them; raises BadUse for what is neither JSON nor such a CSV."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except ValueError as error:
            raise BadUse(f"The file is not JSON: {error}.") from None
        return found.get("prices") if isinstance(found, dict) else found
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in names]
    if unknown or missing:
        said = f"unknown {', '.join(unknown)}" if unknown else f"missing {', '.join(missing)}"
        raise BadUse(f"Columns of the CSV: {said}. They are {', '.join(COLUMNS)}.")
    reader.fieldnames = names
    try:
        return [_row(one, reader.line_num) for one in reader]
    except csv.Error as error:
        raise BadUse(f"Line {reader.line_num} of the CSV cannot be read: {error}.") from None


def _delimiter(text: str) -> str:
    """Spreadsheets in German write semicolons."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _row(cells: dict[Any, Any], line: int) -> dict[str, str]:
    if None in cells or None in cells.values():
        raise BadUse(f"Line {line} of the CSV has not as many columns as its header.")
    return {name: value.strip() for name, value in cells.items() if value.strip()}


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: one[name] or "" for name in COLUMNS} for one in rows)
    return out.getvalue()
