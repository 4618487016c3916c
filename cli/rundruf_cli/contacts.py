"""`rundruf contacts`: people, and importing them."""

import time
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import exporting, importing, ledger, show, taking
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Refused, Stopped
from rundruf_cli.watching import duration
from rundruf_cli.words import contact_id, identity_of, moment, pairs_of, without_empty

app = typer.Typer(name="contacts", no_args_is_help=True, help="People, with the proof of their consent.")

REFUSED_SHOWN = 20


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
            "person": told.get("person"),
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


Named = Annotated[str | None, typer.Option("--name", help="What they are called.")]
Spoken = Annotated[str | None, typer.Option("--language", help="What they speak, like de.")]
Zone = Annotated[str | None, typer.Option("--zone", help="Their time zone, like Europe/Berlin.")]
Attributes = Annotated[
    list[str] | None,
    typer.Option("--attribute", metavar="NAME=VALUE", help="Like city=Köln; several times."),
]
Who = Annotated[
    str | None,
    typer.Option(help="Your own id of the human, like a customer number: contacts with the same are one."),
]


@app.command(
    epilog=show.examples(
        "rundruf contacts add whatsapp/main/+4917112345678 --name Anna --topic recipes "
        "--consent-source 'Form at the till' --consent-at 2026-05-01",
    )
)
@connected
def add(
    client: Client,
    identity: Annotated[
        str, typer.Argument(help="messenger/account/user.", metavar="CONTACT", show_default=False)
    ],
    name: Named = None,
    language: Spoken = None,
    zone: Zone = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; several times.")] = None,
    attribute: Attributes = None,
    person: Who = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="What they agreed to get; several times.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--consent-source", help="Where they agreed, as you can prove it.")
    ] = None,
    at: Annotated[str | None, typer.Option("--consent-at", help="When, like 2026-05-01T12:00.")] = None,
    wording: Annotated[
        str | None, typer.Option("--consent-wording", help="The words they agreed to.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Add one person, or update one.

    Topics need the proof of a consent: --consent-source and --consent-at.
    """
    if topic and not (source and at):
        raise BadUse("--topic needs --consent-source and --consent-at: nobody is written to without proof.")
    messenger, account, user_id = identity_of(identity)
    consent = {"source": source, "at": moment(at, "--consent-at"), "wording": wording}
    body = {
        "messenger": messenger, "account": account, "user_id": user_id,
        "name": name, "language": language, "zone": zone, "tags": tag, "topics": topic, "person": person,
        "attributes": pairs_of(attribute, "--attribute", "city=Köln"),
        "consent": without_empty(consent),
    }  # fmt: skip
    told = client.post("v1", "contacts", body=without_empty(body))
    if as_json:
        show.data(told)
    else:
        show.done(f"Contact {told['id']}, joined: {', '.join(told['consent']['topics']) or 'nothing'}")


@app.command(
    epilog=show.examples(
        "rundruf contacts edit whatsapp/main/+4917112345678 --name 'Anna Müller' --tag vegan",
        "rundruf contacts edit ID --no-tag vegan --attribute city=Bonn --attribute street=",
    )
)
@connected
def edit(
    client: Client,
    contact: ledger.Person,
    name: Named = None,
    language: Spoken = None,
    zone: Zone = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag more; several times.")] = None,
    no_tag: Annotated[list[str] | None, typer.Option("--no-tag", help="A tag less; several times.")] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute",
            metavar="NAME=VALUE",
            help="Like city=Köln; NAME= takes it away; several times.",
        ),
    ] = None,
    person: Who = None,
    as_json: show.AsJson = False,
) -> None:
    """Change what is known of a person. Consent is not changed here; see `rundruf ledger add`."""
    found = contact_id(client, contact)
    body: dict[str, Any] = {
        field: value
        for field, value in (("name", name), ("language", language), ("zone", zone), ("person", person))
        if value is not None
    }
    given = pairs_of(attribute, "--attribute", "city=Köln")
    if tag or no_tag or given:
        now = client.get("v1", "contacts", found)
        if tag or no_tag:
            body["tags"] = sorted({*now["tags"], *(tag or ())} - {*(no_tag or ())})
        if given:
            merged = {**now["attributes"], **given}
            body["attributes"] = {field: value for field, value in merged.items() if value}
    if not body:
        raise BadUse(
            "Say what to change: --name, --language, --zone, --tag, --no-tag, --attribute or --person."
        )
    told = client.patch("v1", "contacts", found, body=body)
    if as_json:
        show.data(told)
    else:
        show.done(f"{contact} is changed: {', '.join(body)}")


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
        "rundruf contacts import people.csv   # again after Ctrl-C: goes on where it stopped",
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
    again: Annotated[
        bool, typer.Option("--again", help="Begin at the first line, even if an import of it was stopped.")
    ] = False,
    from_line: Annotated[
        int | None,
        typer.Option(help="Begin at this line of the file (the header is read anyway).", min=1),
    ] = None,
    as_format: Annotated[
        importing.Format | None, typer.Option("--format", help="If the file's name does not tell.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Import contacts from CSV or JSON lines of any size; nothing without a source of consent.

    Columns: messenger, account, user_id, name, language, zone, tags, topics, consent_source, consent_at,
    consent_wording, person and attr.<name>; several values in a cell are separated by ";".

    The file is sent in parts; each line is taken wholly or refused with its reason, under its number in your
    file. If it is stopped, the same command goes on where it was, as long as the file is the same; a small
    file beside it keeps the place. Importing a line again is harmless.
    Ends with 1 if lines were refused. Suppressed lines are no mistake: these people left, objected, were
    erased or are on the suppression list, and no list brings them back.
    """
    if errors and errors.exists() and errors.samefile(file):
        raise BadUse("--errors must be another file than the imported one.")
    if again and from_line:
        raise BadUse("Choose one of --again and --from-line.")
    began = time.monotonic()
    try:
        source = importing.opened(file, as_format)
        run = taking.Import(client, file, source, errors, 1 if again else from_line)
    except KeyboardInterrupt:
        raise Stopped("Stopped before any line was sent.") from None
    try:
        run.run()
    finally:
        _summary(run.tally, time.monotonic() - began, run.errors, as_json)
    if run.tally.refused:
        were = "was" if run.tally.refused == 1 else "were"
        raise Refused(f"{run.tally.refused:,} of {run.tally.total:,} lines {were} refused.")


def _summary(tally: taking.Tally, seconds: float, errors: Path | None, as_json: bool) -> None:
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
        show.note(f"The lines that were left out are in {show.near(errors)}, with their reasons")
