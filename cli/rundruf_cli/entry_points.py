"""`rundruf entry-points`: links, QR codes and keywords that open the chat."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import completing, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Refused
from rundruf_cli.words import split_account

BORDER, SCALE, ERROR_LEVEL = 4, 8, "m"

app = typer.Typer(name="entry-points", no_args_is_help=True, help="Ways in: links, QR codes, keywords.")


@app.command("list", epilog=show.examples("rundruf entry-points list"))
@connected
def every(client: Client, as_json: show.AsJson = False) -> None:
    """Every way in."""
    told = client.get("v1", "entry-points")
    if as_json:
        show.data(told)
        return
    rows = (
        (one["code"], one["name"], f"{one['messenger']}/{one['account']}", one["topics"], one["link"])
        for one in told["entry_points"]
    )
    show.table(("code", "name", "account", "topics", "link"), rows, "No entry points yet.")


@app.command(
    epilog=show.examples(
        "rundruf entry-points add 'Till receipt' --account whatsapp/main --topic recipes",
        "rundruf entry-points add Window --account telegram/main --topic news --language en --tag shop",
    )
)
@connected
def add(
    client: Client,
    name: Annotated[str, typer.Argument(help="What you call it.", show_default=False)],
    account: Annotated[str, typer.Option(help="Account it opens, like whatsapp/main.", show_default=False)],
    topic: Annotated[
        list[str],
        typer.Option(
            "--topic", help="Topic people are asked to join; several times.", autocompletion=completing.topic
        ),
    ],
    language: Annotated[str, typer.Option(help="Language of the question: de or en.")] = "de",
    keyword: Annotated[str, typer.Option(help="A word people may send instead of the code.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Tag of those who came this way.")] = None,
    page: Annotated[str, typer.Option(help="Name of the joining page it shares with others.")] = "",
    as_json: show.AsJson = False,
) -> None:
    """Make a way in and show its QR code."""
    messenger, own = split_account(account)
    body = {
        "name": name,
        "messenger": messenger,
        "account": own,
        "topics": topic,
        "language": language,
        "keyword": keyword,
        "tags": tag or [],
        "page": page,
    }
    told = client.post("v1", "entry-points", body=body)
    if as_json:
        show.data(told)
        return
    _drawn(told)
    show.done(
        f"Entry point {told['code']}. Save its QR code: rundruf entry-points qr {told['code']} --save qr.svg"
    )


@app.command(
    epilog=show.examples(
        "rundruf entry-points qr K7RW2", "rundruf entry-points qr K7RW2 --save poster.svg --save screen.png"
    )
)
@connected
def qr(
    client: Client,
    code: Annotated[str, typer.Argument(help="The entry point's code.", show_default=False)],
    save: Annotated[
        list[Path] | None,
        typer.Option("--save", help="File to write, ending in .svg or .png; several times.", dir_okay=False),
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Draw a QR code here, and save it as SVG or PNG."""
    for file in save or ():
        if file.suffix.lower() not in (".svg", ".png"):
            raise BadUse(f"{file}: a QR code is saved as .svg or .png")
    told = client.get("v1", "entry-points", code)
    for file in save or ():
        _saved(told["link"], file)
    if as_json:
        show.data({**told, "saved": [str(file) for file in save or ()]})
        return
    _drawn(told)
    for file in save or ():
        show.done(f"Saved {file}")


@app.command(
    epilog=show.examples(
        "rundruf entry-points snippet K7RW2 --out join.html",
        "rundruf entry-points snippet K7RW2 --language en",
    )
)
@connected
def snippet(
    client: Client,
    code: Annotated[str, typer.Argument(help="The entry point's code.", show_default=False)],
    out: show.Out = None,
    language: Annotated[
        show.Language | None,
        typer.Option("--language", help="Of the texts; else the entry point's.", show_default=False),
    ] = None,
) -> None:
    """Write a piece of HTML for your own site: a button and a QR code for each messenger of the page.

    It brings everything along: no script, nothing loaded from elsewhere.
    """
    html = client.page("v1", "entry-points", code, "snippet", language=language and language.value)
    show.write(html, out)


def _saved(link: str, file: Path) -> None:
    made = _code(link)
    try:
        made.save(str(file), kind=file.suffix[1:].lower(), scale=SCALE, border=BORDER)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None


def _drawn(point: dict[str, Any]) -> None:
    from rich.text import Text

    console = show.out()
    coloured = console.is_terminal and not console.no_color
    for line in _lines(point["link"], coloured):
        console.print(Text(line, style="#000000 on #ffffff" if coloured else ""), no_wrap=True, crop=False)
    show.pairs(
        {
            "code": point["code"],
            "name": point["name"],
            "link": point["link"],
            "page": point["page_url"],
            "mind": point.get("hint", ""),
        }
    )


def _lines(link: str, dark_ink: bool) -> Iterator[str]:
    """Two rows of modules in each line of half blocks; without colours the light modules are the ink."""
    rows = [[bool(one) is dark_ink for one in row] for row in _code(link).matrix_iter(border=BORDER // 2)]
    if len(rows) % 2:
        rows.append([not dark_ink] * len(rows[0]))
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield "".join(" ▄▀█"[2 * up + low] for up, low in zip(upper, lower, strict=True))


def _code(link: str) -> Any:
    import segno

    return segno.make(link, micro=False, error=ERROR_LEVEL)
