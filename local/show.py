"""What the person at the terminal sees."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from sandbox.registry import kinds
from sandbox.suite import PHONES

console = Console(highlight=False, soft_wrap=False)


@contextmanager
def step(text: str) -> Iterator[None]:
    """A line per step, with its time once it is done."""
    begun = time.monotonic()
    with console.status(f"{text} …"):
        yield
    console.print(f"[green]✓[/] {text} [dim]{time.monotonic() - begun:.1f} s[/]")


def problem(text: str) -> None:
    console.print(Panel(text, title="Cannot go on", border_style="red", title_align="left"))


def note(text: str) -> None:
    console.print(f"[dim]{text}[/]")


def ready(
    url: str, key: str, sandbox: Mapping[str, str], entries: Sequence[Mapping[str, Any]], data: Path
) -> None:
    """Addresses, the key, ways into the chat, and first commands to try."""
    table = Table.grid(padding=(0, 2))
    table.add_row("API", f"[bold]{url}/v1[/]")
    table.add_row("Its manual", f"{url}/v1/docs")
    if sandbox:
        table.add_row("Phones", f"[bold]{sandbox[PHONES]}[/]  open it in a browser")
        titles = ", ".join(kinds()[name].title for name in sandbox if name != PHONES)
        table.add_row("Messengers", f"{titles}\n[dim]their addresses are on the phones' page[/]")
    table.add_row("API key", f"[bold]{key}[/]")
    table.add_row("Data, logs", str(data))
    console.print(Panel(table, title="Rundruf is running", border_style="green", title_align="left"))
    for title, way in ways(entries):
        console.print(f"[dim]{title}[/]  {way}", soft_wrap=True)
    console.print("\nTry it in another terminal:\n")
    examples = Syntax("", "bash", theme="ansi_dark", background_color="default")
    console.print(
        examples.highlight(_examples(url, key)), soft_wrap=True
    )  # long lines stay whole, to be copied
    console.print("\nCtrl-C stops everything; what happened is kept. --fresh forgets it.")


def ways(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """One entry point of each messenger; where the link cannot carry its code, that is to be typed."""
    for name, kind in kinds().items():
        one = next((each for each in entries if each["messenger"] == name), None)
        if one is not None:
            typed = f"  then write {one['code']}" if one["typed_code"] else ""
            yield f"{one['name']}, {kind.title}", one["link"] + typed


def _examples(url: str, key: str) -> str:
    message = json.dumps({"text": 'Hello {{ name | default("there") }} 👋'}, ensure_ascii=False)
    broadcast = f'{{"name": "Hello", "topic": "news", "message": {message}}}'
    return f"""\
export RUNDRUF_URL={url} RUNDRUF_API_KEY={key}
curl -s $RUNDRUF_URL/v1/contacts -H "Authorization: Bearer $RUNDRUF_API_KEY"
curl -s $RUNDRUF_URL/v1/broadcasts -H "Authorization: Bearer $RUNDRUF_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{broadcast}'"""
