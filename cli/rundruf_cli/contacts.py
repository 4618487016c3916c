"""`rundruf contacts`: people, and importing them."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from rundruf_cli import exporting, importing, ledger, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Failure, Refused, Stopped
from rundruf_cli.watching import duration
from rundruf_cli.words import contact_id

app = typer.Typer(name="contacts", no_args_is_help=True, help="People, with the proof of their consent.")

PATIENCE = 120.0
REFUSED_SHOWN = 20
REFUSED_KEPT = 1_000


@app.command(
    "list",
    epilog=show.examples("rundruf contacts list --messenger whatsapp", "rundruf contacts list --all --json"),
)
@connected
def every(
    client: Client,
    messenger: Annotated[str | None, typer.Option(help="Only on this messenger.")] = None,
    account: Annotated[str | None, typer.Option(help="Only on accounts of this name.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
    everybody: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """People, page by page."""
    size = 200 if everybody else min(limit, 200)
    found = client.pages("v1", "contacts", of="contacts", messenger=messenger, account=account, limit=size)
    shown = list(found) if everybody else list(islice(found, limit))
    if as_json:
        show.data({"contacts": shown})
        return
    rows = (
        (
            one["id"],
            f"{one['messenger']}/{one['account']}",
            one["user_id"],
            one["name"],
            one["consent"]["topics"],
            one["tags"],
        )
        for one in shown
    )
    show.table(("id", "account", "user", "name", "topics", "tags"), rows, "No contacts.")


@app.command("show", epilog=show.examples("rundruf contacts show whatsapp/main/+4917112345678"))
@connected
def one(client: Client, contact: ledger.Person, as_json: show.AsJson = False) -> None:
    """One person, with the ledger."""
    told = client.get("v1", "contacts", contact_id(client, contact))
    if as_json:
        show.data(told)
        return
    consent = told["consent"]
    show.pairs(
        {
            "id": told["id"],
            "account": f"{told['messenger']}/{told['account']}",
            "user": told["user_id"],
            "name": told["name"],
            "language": told["language"],
            "zone": told["zone"],
            "tags": told["tags"],
            "attributes": told["attributes"],
            "joined": consent["topics"] or "nothing",
            "asked for": consent["asked"],
            "service messages": consent["service"],
            "stopped": show.when(consent["stopped_at"]),
            "first seen": show.when(told["joined"]),
            "last seen": show.when(told["seen"]),
            "not reachable": told["unreachable"],
        }
    )
    show.table(
        ledger.COLUMNS, ledger.rows(told["ledger"] or ()), "The ledger is empty: there never was a consent."
    )


@app.command(
    epilog=show.examples(
        "rundruf contacts export whatsapp/main/+4917112345678 --out anna.json",
        "rundruf contacts export --out people.csv   # everybody",
        "rundruf contacts export ID --html --out anna.html   # for the person to read and print",
    )
)
@connected
def export(
    client: Client,
    contact: Annotated[
        str | None,
        typer.Argument(help="Its id, or messenger/account/user; everybody without.", show_default=False),
    ] = None,
    out: show.Out = None,
    html: Annotated[bool, typer.Option("--html", help="One page to read and print, not JSON.")] = False,
    language: show.PaperLanguage = None,
) -> None:
    """Everything that is stored about one person, as JSON or as a page in the person's language.

    Without a CONTACT: everybody, as CSV or JSON lines that `import` reads back and a spreadsheet may open.
    Broken off, the same command goes on where it stopped. The file is for you only (mode 0600); one person's
    goes to stdout without --out.
    """
    if contact is None:
        if out is None or html:
            raise BadUse("Everybody goes into a file: --out people.csv or people.jsonl.")
        show.done(f"{exporting.export(client, out):,} people written to {out}")
        return
    path = ("v1", "contacts", contact_id(client, contact), "export")
    if html:
        text = client.page(*path, format="html", language=language and language.value)
    else:
        text = show.pretty(client.get(*path)) + "\n"
    show.write(text, out)


@app.command(epilog=show.examples("rundruf contacts erase whatsapp/main/+4917112345678"))
@connected
def erase(client: Client, contact: ledger.Person, yes: show.Yes = False) -> None:
    """Erase a person for good: everything but a keyed hash, so that no import brings them back."""
    found = contact_id(client, contact)
    show.ask(f"Erase the contact {contact} for good?", yes)
    client.delete("v1", "contacts", found)
    show.done(f"{contact} is erased")


@app.command(
    "import",
    epilog=show.examples(
        "rundruf contacts import people.csv --errors refused.csv",
        "rundruf contacts import refused.csv   # corrected; the columns error_… are left out",
        "rundruf contacts import people.jsonl --from-line 12001 --json",
    ),
)
@connected
def imported(
    client: Client,
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with a header, or JSON lines; UTF-8.", exists=True, dir_okay=False, readable=True
        ),
    ],
    errors: Annotated[
        Path | None, typer.Option(help="File for the refused lines, each with its reason.", dir_okay=False)
    ] = None,
    from_line: Annotated[
        int, typer.Option(help="Begin at this line of the file (the header is read anyway).", min=1)
    ] = 1,
    as_format: Annotated[
        importing.Format | None, typer.Option("--format", help="If the file's name does not tell.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Import contacts from CSV or JSON lines of any size; nothing without a source of consent.

    Columns: messenger, account, user_id, name, language, zone, tags, topics, consent_source, consent_at,
    consent_wording and attr.<name>; several values in a cell are separated by ";".

    The file is sent in parts; each line is taken wholly or refused with its reason, under its number in your
    file. Ctrl-C says where it stopped; --from-line goes on there. Importing a line again is harmless.
    Ends with 1 if lines were refused. Suppressed lines are no mistake: these people left, objected, were
    erased or are on the suppression list, and no list brings them back.
    """
    if errors and errors.exists() and errors.samefile(file):
        raise BadUse("--errors must be another file than the imported one.")
    began = time.monotonic()
    source = importing.opened(file, as_format)
    tally = Tally(total=importing.count(source, from_line))
    try:
        _import(client, source, from_line, tally, errors)
    except KeyboardInterrupt:
        raise Stopped(*_where(tally, file)) from None
    except Failure as failed:
        failed.details = (*failed.details, *_where_lines(tally, file))
        raise
    finally:
        _summary(tally, time.monotonic() - began, errors, as_json)
    if tally.refused:
        raise Refused(f"{tally.refused:,} of {tally.total:,} lines were refused.")


@dataclass
class Tally:
    """What became of the lines; ``next_line`` is where the part under way begins, 0 once all are done."""

    total: int
    imported: int = 0
    updated: int = 0
    refused: int = 0
    suppressed: int = 0
    next_line: int = 0
    kept: list[importing.Refusal] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.imported + self.updated + self.refused + self.suppressed

    @property
    def left_out(self) -> int:
        return self.refused + self.suppressed

    def add(self, told: dict[str, Any], refused: list[importing.Refusal]) -> None:
        self.imported += told["imported"]
        self.updated += told["updated"]
        self.refused += told["refused"]
        self.suppressed += told["suppressed"]
        self.kept += refused[: REFUSED_KEPT - len(self.kept)]


def _import(
    client: Client, source: importing.Source, from_line: int, tally: Tally, errors: Path | None
) -> None:
    """Send all parts; ``tally`` says at every moment how far it is."""
    with _error_file(errors, resumed=from_line > 1) as refused_file, show.progress() as progress:
        task = progress.add_task("", total=tally.total)
        for part in importing.parts(source, from_line):
            tally.next_line = part.first_line
            told = client.upload(
                "v1", "contacts", "import",
                content=part.content, kind=source.kind, patience=PATIENCE, line_offset=part.offset,
            )  # fmt: skip
            refused = importing.refusals(part, told)
            if refused_file and refused:
                refused_file.write(source.refused(refused, heading=refused_file.tell() == 0))
                refused_file.flush()
            tally.add(told, [refusal for _, refusal in refused])
            said = f"{tally.imported:,} new · {tally.updated:,} updated · {tally.left_out:,} left out"
            progress.update(task, completed=tally.done, description=said)
        tally.next_line = 0


@contextmanager
def _error_file(path: Path | None, resumed: bool) -> Iterator[IO[str] | None]:
    """The file of refused lines, for the user only; continued if an import goes on, gone if it is empty."""
    if path is None:
        yield None
        return
    mode = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if resumed else os.O_TRUNC)
    try:
        handle = os.open(path, mode, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "a" if resumed else "w", encoding="utf-8", newline="") as file:
        file.seek(0, os.SEEK_END)
        yield file
        empty = file.tell() == 0
    if empty:
        path.unlink()


def _where(tally: Tally, file: Path) -> tuple[str, list[str]]:
    return f"Stopped after {tally.done:,} of {tally.total:,} lines.", _where_lines(tally, file)


def _where_lines(tally: Tally, file: Path) -> list[str]:
    if not tally.next_line:
        return []
    return [
        f"All before line {tally.next_line} is done. Go on with:",
        f"rundruf contacts import {file} --from-line {tally.next_line}",
    ]


def _summary(tally: Tally, seconds: float, errors: Path | None, as_json: bool) -> None:
    if as_json:
        show.data(
            {
                "imported": tally.imported,
                "updated": tally.updated,
                "refused": tally.refused,
                "suppressed": tally.suppressed,
                "lines": [{"line": one.line, "field": one.field, "detail": one.detail} for one in tally.kept],
                "lines_left_off": tally.left_out - len(tally.kept),
                "next_line": tally.next_line or None,
            }
        )
        return
    if tally.kept:
        rows = ((one.line, one.field, one.detail) for one in tally.kept[:REFUSED_SHOWN])
        show.table(("#line", "field", "left out because"), rows, "")
        left = tally.left_out - REFUSED_SHOWN
        if left > 0:
            show.note(f"… and {left:,} more" + ("" if errors else "; --errors FILE writes them all"), "dim")
    counts = [
        tally.imported, tally.updated, tally.refused, tally.suppressed, tally.done, duration(seconds),
    ]  # fmt: skip
    show.table(("#imported", "#updated", "#refused", "#suppressed", "#lines", "#time"), [counts], "")
    if tally.left_out and errors:
        show.note(f"The lines that were left out are in {errors}, with their reasons")
