"""Long work on the terminal: how far it is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(whole: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar on stderr that is told how much is done; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from rundruf_cli import show

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=show.err(), transient=True) as bar:
        task = bar.add_task("", total=whole or 1, completed=done)
        yield lambda now: bar.update(task, completed=now)
