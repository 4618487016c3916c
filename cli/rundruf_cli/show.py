"""What commands print: tables and JSON on stdout, everything said to a person on stderr."""

import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress
    from rich.table import Table
    from rich.text import Text

    from rundruf_cli.failures import Failure


class Language(StrEnum):
    """What a page can be written in."""

    DE = "de"
    EN = "en"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="File to write, for you only.", dir_okay=False, show_default=False),
]
PaperLanguage = Annotated[
    Language | None,
    typer.Option("--language", help="Of the page; else the person's own.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

Command = TypeVar("Command", bound=Callable[..., None])

PIPED_WIDTH = 200
BETWEEN = 3
COMMAND = "rundruf "
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STATES = {
    "draft": "dim",
    "scheduled": "blue",
    "planning": "cyan",
    "canary": "blue",
    "comparing": "blue",
    "sending": "cyan",
    "paused": "yellow",
    "finished": "green",
    "cancelled": "magenta",
    "failed": "red",
}


def examples(*lines: str) -> str:
    """The end of a command's help: one example a line."""
    shown = [line.replace("[", r"\[") for line in lines]
    return "\n".join(["[bold]Examples[/]", *(f"[dim]$[/] [cyan]{line}[/]" for line in shown)])


def flowing(text: str | None) -> str:
    """Help whose paragraphs are as wide as the terminal; typer keeps the line ends of all but the first."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(one.replace("\n", " ") for one in paragraphs)


def reflowed(command: Command) -> Command:
    """The command with flowing help."""
    command.__doc__ = flowing(command.__doc__)
    return command


def out() -> "Console":
    """Where tables go; as wide as they need when nobody looks."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


def err() -> "Console":
    """Where words to a person go."""
    from rich.console import Console

    width = None if sys.stderr.isatty() else PIPED_WIDTH
    return Console(stderr=True, width=width, highlight=False, emoji=False, markup=False)


def plain(text: object) -> str:
    """Text from outside without what a terminal would obey: escape sequences, direction marks."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def data(value: object) -> None:
    """JSON for scripts, indented."""
    print(_json(value, indent=2))


def pretty(value: object) -> str:
    """JSON for a file, indented."""
    return _json(value, indent=2)


def write(text: str, out: Path | None) -> None:
    """Into a file that only the user can read, or to stdout; raises Refused."""
    from rundruf_cli.failures import Refused

    if out is None:
        sys.stdout.write(plain(text) if sys.stdout.isatty() else text)
        return
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            out.chmod(0o600)
            file.write(text)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    done(f"Written to {out}")


def line(value: object) -> None:
    """JSON for scripts, in one line, at once."""
    print(_json(value, indent=None), flush=True)


def _json(value: object, indent: int | None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return re.sub(r"[\x7f-\x9f\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def near(path: Path) -> str:
    """A path as seen from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def note(text: str, style: str = "") -> None:
    """A word to the person."""
    _say(text, style)


def _say(said: str, style: str = "", mark: tuple[str, str] = ("", "")) -> None:
    """A line for a person behind a ``mark`` (text and its style).

    On a terminal it ends lines between words. What may be copied, a command or a long path, stays whole.
    """
    import textwrap

    from rich.text import Text

    console, whole = err(), mark[0] + plain(said)
    if console.is_terminal and COMMAND not in whole:
        indent = " " * (len(whole) - len(whole.lstrip()))
        lines = textwrap.wrap(
            whole,
            console.width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        whole = "\n".join(lines)
    text = Text(whole, style=style)
    text.stylize(mark[1], 0, len(mark[0]))
    console.print(text, soft_wrap=True)


def done(text: str) -> None:
    _say(text, mark=("✓ ", "green"))


def failure(failed: "Failure") -> None:
    """An error, in words."""
    _say(failed.text, mark=("Error: ", "bold red"))
    for detail in failed.details:
        _say(f"  {detail}")


def ask(question: str, yes: bool) -> None:
    """Go on only if the person agrees; raises BadUse where nobody can be asked."""
    from rundruf_cli.failures import BadUse

    if yes:
        return
    if not sys.stdin.isatty():
        raise BadUse(f"{question} Say --yes to do it without being asked.")
    typer.confirm(question, abort=True, err=True)


def secret(question: str) -> str:
    """Ask without echo; from a pipe, the next line. Raises BadUse for an empty answer."""
    from rundruf_cli.failures import BadUse

    if sys.stdin.isatty():
        from getpass import getpass

        answer = getpass(f"{question}: ")
    else:
        answer = sys.stdin.readline()
    if not answer.strip():
        raise BadUse(f"{question}: nothing was given.")
    return answer.strip()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Rows under headings, ``#`` before those of numbers; ``empty`` is said where there are no rows.

    On a terminal too narrow for whole words each row is shown as a list of its cells.
    """
    shown = list(rows)
    if not shown:
        note(empty, "dim")
        return
    out().print(fitting(columns, shown))


def fitting(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> "Table":
    """A table, or a list where the terminal is too narrow for whole words."""
    shown = [[cell(one) for one in row] for row in rows]
    longest = _longest([columns, *shown])
    if sum(longest) + BETWEEN * (len(columns) - 1) > out().width:
        return _listed(columns, shown)
    made = grid(columns)
    for column, width in zip(made.columns, longest, strict=True):
        column.min_width = width
    for row in shown:
        made.add_row(*row)
    return made


def _longest(rows: Iterable[Sequence["RenderableType"]]) -> list[int]:
    """The width of the longest word of each column."""
    from rich.cells import cell_len

    widths = [[max(map(cell_len, str(one).split()), default=0) for one in row] for row in rows]
    return [max(column) for column in zip(*widths, strict=True)]


def _listed(columns: Sequence[str], rows: Sequence[Sequence["RenderableType"]]) -> "Table":
    """A name and a value a line, with a blank line between rows."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for place, row in enumerate(rows):
        if place:
            made.add_row()
        for name, one in zip(columns, row, strict=True):
            if str(one):
                made.add_row(name.removeprefix("#"), one)
    return made


def blank() -> None:
    """An empty line between two tables."""
    print()


def grid(columns: Sequence[str]) -> "Table":
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    for name in columns:
        number = name.startswith("#")
        made.add_column(name.removeprefix("#"), justify="right" if number else "left", overflow="fold")
    return made


def pairs(rows: Mapping[str, object]) -> None:
    """Names and values; empty values are left out."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in rows.items():
        if value not in ("", None, [], {}):
            made.add_row(name, cell(value))
    out().print(made)


def progress() -> "Progress":
    """A bar with counts, time left and a few words; nothing where nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=err(),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Something moves on a terminal while an answer takes its time."""
    console = err()
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def cell(value: object) -> "RenderableType":
    """One value as text."""
    from rich.text import Text

    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple | set | frozenset):
        return plain(", ".join(str(one) for one in value))
    if isinstance(value, dict):
        return plain(", ".join(f"{name}={one}" for name, one in value.items()))
    return "" if value is None else plain(value)


def state(name: str) -> "Text":
    """A broadcast's state in its colour."""
    from rich.text import Text

    return Text(plain(name), style=STATES.get(name, ""))


def when(told: Any) -> str:
    """A moment (RFC 3339, or ms) in this computer's zone; "" for none."""
    if not told:
        return ""
    try:
        at = (
            datetime.fromtimestamp(told / 1000)
            if isinstance(told, int)
            else datetime.fromisoformat(str(told))
        )
    except ValueError:
        return plain(told)
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
