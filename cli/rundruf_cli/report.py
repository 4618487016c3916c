"""`rundruf report`: what came of a broadcast or a newsletter, and the list of everybody it went to."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rundruf_cli import completing, growing, show, splitting
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Refused, Stopped

if TYPE_CHECKING:
    from rich.console import RenderableType

FIGURES = ("audience", "sent", "delivered", "read", "clicked", "replied", "left", "blocked")
SUM = ("sent", "failed", "skipped", "unknown", "expired", "pending")
SHARE_OF = {"sent": "audience", "delivered": "base", "read": "base", "replied": "sent", "left": "sent"}
BAR = 24
DAYS = ["%Y-%m-%d"]
SEPARATORS = {"comma": ",", "semicolon": ";"}


class Default(TyperGroup):
    """`report ID` is `report show ID`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = next((one for one in args if not one.startswith("-")), "")
        if first and first not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Default,
    name="report",
    no_args_is_help=True,
    help="What came of a broadcast or a newsletter. `rundruf report ID` shows it.",
)

Id = Annotated[
    str,
    typer.Argument(
        help="The broadcast's id.", metavar="ID", show_default=False, autocompletion=completing.broadcast
    ),
]
Newsletter = Annotated[
    bool, typer.Option("--newsletter", help="ID is a newsletter's: all its issues together.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="File to write, for you only.", dir_okay=False, show_default=False),
]
Semicolon = Annotated[
    bool, typer.Option("--excel", help="For Excel in German: semicolons, and the mark for UTF-8.")
]


@app.command(
    "show",
    epilog=show.examples(
        "rundruf report 0c3k9f1aq8b7d2e1",
        "rundruf report show 0c3k9f1aq8b7d2e1 --json",
        "rundruf report 0c3k9f1aq8b7d2e1 --html --out autumn.html --language de",
        "rundruf report 0c3k9f1aq8b7d2e1 --csv --table hours --excel --out autumn.csv",
        "rundruf report --newsletter 0c3k9f1aq8b7d2e1",
    ),
)
@connected
def one(
    client: Client,
    subject: Id,
    newsletter: Newsletter = False,
    html: Annotated[bool, typer.Option("--html", help="The page to mail, to --out or stdout.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    table: Annotated[str, typer.Option(help="Of --csv: figures, hours, links or reasons.")] = "figures",
    excel: Semicolon = False,
    language: Annotated[
        show.Language | None, typer.Option(help="Of --html; else the business's.", show_default=False)
    ] = None,
    out: show.Out = None,
    as_json: show.AsJson = False,
) -> None:
    """What came of it: figures, messengers, links, and who did not get it and why."""
    if html + csv + as_json > 1:
        raise BadUse("Choose one of --html, --csv and --json.")
    if out and not (html or csv):
        raise BadUse("--out goes with --html or --csv.")
    path = ("v1", "newsletters" if newsletter else "broadcasts", subject, "report")
    if html:
        spoken = language.value if language else None
        show.write(client.page(*path, format="html", language=spoken), out)
    elif csv:
        asked = {"table": table, **_spreadsheet(excel)}
        show.write(client.table(*path, **asked).content.decode("utf-8"), out)
    else:
        told = client.get(*path)
        if as_json:
            show.data(told)
        else:
            show.out().print(view(told))


@app.command(
    epilog=show.examples(
        "rundruf report export 0c3k9f1aq8b7d2e1 --out people.csv",
        "rundruf report export 0c3k9f1aq8b7d2e1 --out people.csv   # again: goes on where it stopped",
    )
)
@connected
def export(
    client: Client,
    broadcast: Id,
    out: Annotated[
        Path, typer.Option("--out", help="File to write, for you only.", dir_okay=False, show_default=False)
    ],
    excel: Semicolon = False,
    again: Annotated[bool, typer.Option("--again", help="Begin anew, whatever is there.")] = False,
) -> None:
    """Everybody a broadcast went to, with outcome and reason, as CSV of any length.

    Shows its progress. If it is stopped, the same command goes on where it was.
    """
    from rundruf_cli.progress import counting

    mark = out.with_name(out.name + ".part")
    of = {"broadcast": broadcast, "excel": excel, "url": client.url}
    begun = {} if again else _begun(mark, of)
    if not begun and out.exists() and not again:
        raise Refused(f"{out} is there already. Choose another file, or --again to write it anew.")
    audience = client.get("v1", "broadcasts", broadcast)["figures"]["audience"]
    cursor, size = begun.get("cursor"), int(begun.get("size", 0))
    people = int(begun.get("people", 0))
    path = ("v1", "broadcasts", broadcast, "recipients")
    try:
        with _opened(out, size) as file, counting(audience, people) as progress:
            while True:
                told = {**of, "cursor": cursor, "size": size, "people": people}
                mark.write_text(json.dumps(told), "utf-8")
                page = client.table(*path, cursor=cursor, **_spreadsheet(excel))
                file.write(page.content)
                file.flush()
                people += page.content.count(b"\r\n") - (cursor is None)
                size += len(page.content)
                progress(people)
                if page.cursor is None:
                    break
                cursor = page.cursor
    except KeyboardInterrupt:
        raise Stopped(f"Stopped after {people:,} people. The same command goes on there.") from None
    mark.unlink(missing_ok=True)
    show.done(f"{people:,} people written to {out}")


@app.command(
    epilog=show.examples(
        "rundruf report growth recipes",
        "rundruf report growth recipes --from 2026-09-01 --until 2026-11-30 --json",
    )
)
@connected
def growth(
    client: Client,
    topic: Annotated[
        str, typer.Argument(help="The topic's id.", show_default=False, autocompletion=completing.topic)
    ],
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="First day; else 90 days ago.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAYS, help="Last day; else today.")] = None,
    as_json: show.AsJson = False,
) -> None:
    """How a topic grows: who joined and left by week and by way in, and how long people stay."""
    days = {"from": from_ and f"{from_:%Y-%m-%d}", "until": until and f"{until:%Y-%m-%d}"}
    asked: dict[str, Any] = {"topic": topic, **days}
    told = client.get("v1", "growth", **asked)
    if as_json:
        show.data(told)
    else:
        growing.tell(told)


def _spreadsheet(excel: bool) -> dict[str, str]:
    return {"separator": ";", "excel": "true"} if excel else {}


def _begun(mark: Path, of: dict[str, Any]) -> dict[str, Any]:
    """Where an export of the same broadcast was stopped; nothing if there is none."""
    try:
        told = json.loads(mark.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    same = isinstance(told, dict) and all(told.get(name) == value for name, value in of.items())
    return told if same else {}


def _opened(out: Path, size: int) -> Any:
    """The file, for its owner only, cut to what is known to be whole."""
    import os

    try:
        handle = os.open(out, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(handle, size)
        os.lseek(handle, size, os.SEEK_SET)
        return os.fdopen(handle, "wb")
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None


def view(told: dict[str, Any]) -> "RenderableType":
    """A report on the terminal."""
    from rich.console import Group
    from rich.text import Text

    figures = told["figures"]
    facts = [told["kind"], show.plain(told["topic"]), told["state"], f"as of {show.when(told['as_of'])}"]
    parts: list[RenderableType] = [
        Text(show.plain(told["name"]), style="bold"),
        Text("  ·  ".join(one for one in facts if one), style="dim"),
        Text(""),
        _figures(told),
        Text(""),
        Text(_sum(figures)),
    ]
    if told["issues"]:
        parts += [Text(""), _issues(told["issues"])]
    concerned = {name: one for name, one in told["by_account"].items() if one["audience"]}
    if len(concerned) > 1:
        parts += [Text(""), _accounts(concerned)]
    if told.get("by_language"):
        parts += [Text(""), _accounts(told["by_language"], "language")]
    parts += splitting.table(told)
    if told["links"]:
        parts += [Text(""), _links(told["links"])]
    reasons = [
        (name, reason, count) for name in ("failed", "skipped") for reason, count in figures[name].items()
    ]
    if reasons:
        rows = sorted(reasons, key=lambda one: -one[2])
        parts += [Text(""), show.fitting(("not sent", "reason", "#people"), rows)]
    return Group(*parts)


def _figures(told: dict[str, Any]) -> "RenderableType":
    figures = told["figures"]
    grid = show.grid(("", "#people", "#share", ""))
    for name in FIGURES:
        count = figures[name]
        base = (
            told["bases"].get(name) if SHARE_OF.get(name) == "base" else figures.get(SHARE_OF.get(name, ""))
        )
        share = count / base if count is not None and base else None
        label = "clicks" if name == "clicked" else name
        unknown = "not counted" if name == "clicked" else "not reported"
        grid.add_row(
            label,
            unknown if count is None else f"{count:,}",
            "" if share is None else f"{share:.1%}",
            "" if share is None else "█" * max(1 if count else 0, round(share * BAR)),
        )
    return grid


def _sum(figures: dict[str, Any]) -> str:
    counts = {
        name: sum(figures[name].values()) if name in ("failed", "skipped") else figures[name] for name in SUM
    }
    shown = " + ".join(f"{count:,} {name}" for name, count in counts.items() if count or name == "sent")
    balanced = "✓" if figures["audience"] == sum(counts.values()) else "these figures do not balance!"
    return f"{figures['audience']:,} = {shown}  {balanced}"


def _accounts(by_account: dict[str, dict[str, Any]], of: str = "account") -> "RenderableType":
    columns = ("audience", "sent", "delivered", "read", "replied", "left", "blocked")
    rows = [
        [account, *("not reported" if figures[name] is None else figures[name] for name in columns)]
        for account, figures in by_account.items()
    ]
    return show.fitting((of, *(f"#{name}" for name in columns)), rows)


def _issues(issues: list[dict[str, Any]]) -> "RenderableType":
    columns = ("sent", "read", "clicked", "left")
    rows = [
        [
            one["name"],
            show.when(one["started"]),
            *("–" if one["figures"][name] is None else one["figures"][name] for name in columns),
        ]
        for one in issues
    ]
    return show.fitting(("issue", "started", *(f"#{name}" for name in columns)), rows)


def _links(links: list[dict[str, Any]]) -> "RenderableType":
    return show.fitting(("link", "#clicks"), [(one["url"], one["clicks"]) for one in links])
