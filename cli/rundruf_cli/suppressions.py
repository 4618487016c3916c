"""`rundruf suppressions`: people who unsubscribed elsewhere, and must not be brought back by a list."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import importing, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import Refused
from rundruf_cli.resuming import Begun, Mark, keep, resumable

app = typer.Typer(
    name="suppressions", no_args_is_help=True, help="Who unsubscribed elsewhere: kept as keyed hashes only."
)

PATIENCE = 60.0
COUNTS = ("listed", "already", "ended", "refused")
WHY = {
    "erased": "They asked to be erased.",
    "objected": "They objected to advertising.",
    "listed": "They are on the suppression list.",
    "left": "They left, and have not come back.",
    "platform_stop": "They stopped marketing in the messenger itself.",
}
Messenger = Annotated[str, typer.Argument(help="Such as whatsapp.", show_default=False)]
Account = Annotated[str, typer.Argument(help='Its name; "*" means all of the messenger.', show_default=False)]
User = Annotated[str, typer.Argument(help="The person's id on it.", metavar="USER_ID", show_default=False)]


@app.command(
    "import",
    epilog=show.examples(
        "rundruf suppressions import unsubscribed.csv", "rundruf suppressions import old.jsonl --json"
    ),
)
@connected
def imported(
    client: Client,
    file: Annotated[
        Path, typer.Argument(help="CSV with a header, or JSON lines.", exists=True, dir_okay=False)
    ],
    document: Annotated[
        str | None, typer.Option(help="Name of the list in the ledger; the file's name if left out.")
    ] = None,
    as_format: Annotated[
        importing.Format | None, typer.Option("--format", help="If the file's name does not tell.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Take over who unsubscribed in another tool. Columns: messenger, account, user_id, and at.

    The account may be "*": all accounts of that messenger. Whoever is known loses their consent at once, with
    an entry in the ledger. Sending a file again changes nothing. If it is stopped, the same command goes on
    where it was. Ends with 1 if lines were refused.
    """
    source = importing.opened(file, as_format)
    mark = Mark(file, client.url, source.kind)
    begun = mark.read() or Begun(1)
    total = {name: begun.counts.get(name, 0) for name in COUNTS}
    refused: list[importing.Refusal] = []
    if begun.next_line > 1:
        show.note(f"Going on at line {begun.next_line}.")
    rows = importing.count(source, begun.next_line)
    with show.progress() as progress, resumable(mark):
        task = progress.add_task("", total=rows)
        for part in importing.parts(source, begun.next_line):
            if part.first_line > begun.next_line:
                keep(mark, Begun(part.first_line, total))
            told = client.upload(
                "v1", "suppressions",
                content=part.content, kind=source.kind, patience=PATIENCE, line_offset=part.offset,
                document=document or file.name,
            )  # fmt: skip
            for name in COUNTS:
                total[name] += told[name]
            refused += _refusals(part, told)
            progress.update(task, advance=len(part.rows), description=f"{total['listed']:,} new")
    mark.remove()
    _said(total, refused, as_json)
    if refused:
        raise Refused(f"{len(refused):,} lines were refused; the others are on the list.")


def _refusals(part: importing.Part, told: dict[str, Any]) -> list[importing.Refusal]:
    lines = ((part.line_of(one["line"]), one) for one in told["lines"])
    return [importing.Refusal(line, one["field"], one["detail"]) for line, one in lines]


def _said(total: dict[str, int], refused: list[importing.Refusal], as_json: bool) -> None:
    if as_json:
        lines = [{"line": one.line, "field": one.field, "detail": one.detail} for one in refused]
        show.data({**total, "lines": lines})
        return
    rows = ((one.line, one.field, one.detail) for one in refused[:20])
    if refused:
        show.table(("#line", "field", "refused because"), rows, "")
    headings = ("#new on the list", "#there already", "#consents ended", "#refused")
    show.table(headings, [[total[name] for name in COUNTS]], "")


@app.command(epilog=show.examples("rundruf suppressions add whatsapp '*' +4917112345678"))
@connected
def add(
    client: Client,
    messenger: Messenger,
    account: Account,
    user_id: User,
    document: Annotated[str, typer.Option(help="What says so: a letter, a ticket.")] = "by hand",
    as_json: show.AsJson = False,
) -> None:
    """Keep one person out from now on, and end what they had agreed to."""
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    body = {"messenger": messenger, "account": account, "user_id": user_id, "at": now}
    told = client.post("v1", "suppressions", body=body, document=document)
    if as_json:
        show.data(told)
    if told["lines"]:
        raise Refused(f"{told['lines'][0]['field']}: {told['lines'][0]['detail']}")
    if not as_json:
        show.done("On the list" + ("; a consent has ended" if told["ended"] else ""))


@app.command(epilog=show.examples("rundruf suppressions check whatsapp main +4917112345678"))
@connected
def check(
    client: Client, messenger: Messenger, account: Account, user_id: User, as_json: show.AsJson = False
) -> None:
    """Would an import leave this person out, and why?"""
    told = client.get("v1", "suppressions", "check", messenger=messenger, account=account, user_id=user_id)
    if as_json:
        show.data(told)
        return
    why = WHY.get(told["why"], told["why"]) if told["suppressed"] else "An import may bring this person in."
    since, said = show.when(told["since"]), told["reference"]
    show.pairs({"suppressed": told["suppressed"], "because": why, "since": since, "document": said})
