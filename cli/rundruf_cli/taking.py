"""A file of contacts -> parts -> what became of each line, kept where it is known so that it can go on."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from rundruf_cli import importing, show
from rundruf_cli.api import Client
from rundruf_cli.failures import Failure, Refused, Stopped
from rundruf_cli.resuming import Begun, Mark, cut, keep, tail

PATIENCE = 120.0
REFUSED_KEPT = 1_000
COUNTS = ("imported", "updated", "refused", "suppressed")


@dataclass
class Tally:
    """What became of the lines; ``next_line`` is where the part under way begins, 0 once all are done."""

    total: int = 0
    imported: int = 0
    updated: int = 0
    refused: int = 0
    suppressed: int = 0
    next_line: int = 0
    kept: list[importing.Refusal] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTS}

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    @property
    def left_out(self) -> int:
        return self.refused + self.suppressed

    def add(self, told: Mapping[str, Any], refused: list[importing.Refusal]) -> None:
        self.imported += told["imported"]
        self.updated += told["updated"]
        self.refused += told["refused"]
        self.suppressed += told["suppressed"]
        self.kept += refused[: REFUSED_KEPT - len(self.kept)]


class Import:
    """One run over a file: begun anew, at a line, or where an earlier run stopped.

    ``errors`` is the file of refused lines, that of the earlier run where none is named.
    """

    def __init__(
        self, client: Client, file: Path, source: importing.Source, errors: Path | None, from_line: int | None
    ) -> None:
        self._client, self._source = client, source
        self._mark: Mark | None = Mark(file, client.url, source.kind)
        begun = self._mark.read() if from_line is None else None
        if from_line is None and self._mark.other():
            show.note(f"{file} is not what it was when its import stopped: it begins anew.", "yellow")
        self.errors = errors or (Path(begun.errors) if begun and begun.errors else None)
        self._goes_on = begun is not None or (from_line or 1) > 1
        self._first = begun.next_line if begun else from_line or 1
        self.tally = Tally()
        if begun:
            self.tally.add(begun.counts, [])
        self.tally.total = self.tally.done + importing.count(source, self._first)
        if begun:
            if self.errors == Path(begun.errors):
                cut(self.errors, begun)
            show.note(f"Going on at line {begun.next_line}; {self.tally.done:,} lines were done before.")

    def run(self) -> None:
        """Send all parts; raises Stopped and Failure with where to go on."""
        try:
            self._send()
        except KeyboardInterrupt:
            raise Stopped(self._where(), self._onwards()) from None
        except Failure as failed:
            failed.details = (
                *failed.details,
                *([self._where(), *self._onwards()] if self.tally.done else ()),
            )
            raise

    def _send(self) -> None:
        tally = self.tally
        with _error_file(self.errors, self._goes_on) as refused_file, show.progress() as progress:
            task = progress.add_task("", total=tally.total, completed=tally.done)
            for part in importing.parts(self._source, self._first):
                tally.next_line = part.first_line
                if tally.done:
                    self._keep(refused_file)
                told = self._client.upload(
                    "v1", "contacts", "import",
                    content=part.content, kind=self._source.kind, patience=PATIENCE, line_offset=part.offset,
                )  # fmt: skip
                refused = importing.refusals(part, told)
                if refused_file and refused:
                    refused_file.write(self._source.refused(refused, heading=refused_file.tell() == 0))
                    refused_file.flush()
                tally.add(told, [refusal for _, refusal in refused])
                said = f"{tally.imported:,} new · {tally.updated:,} updated · {tally.left_out:,} left out"
                progress.update(task, completed=tally.done, description=said)
            tally.next_line = 0
        if self._mark:
            self._mark.remove()

    def _keep(self, refused_file: IO[str] | None) -> None:
        """Write the mark; where that cannot be done, ``--from-line`` is the way on."""
        if self._mark is None:
            return
        size = os.fstat(refused_file.fileno()).st_size if refused_file else 0
        errors = self.errors.absolute() if self.errors else None
        begun = Begun(
            self.tally.next_line,
            self.tally.counts,
            str(errors or ""),
            size,
            tail(errors, size) if errors else "",
        )
        if not keep(self._mark, begun):
            self._mark = None

    def _where(self) -> str:
        if not self.tally.done:
            return "Stopped before any line was done."
        return f"Stopped after {self.tally.done:,} of {self.tally.total:,} lines."

    def _onwards(self) -> list[str]:
        if not self.tally.done:
            return []
        line = self.tally.next_line
        if self._mark is None:
            return [f"All before line {line} is done. Go on with --from-line {line}"]
        return [
            f"All before line {line} is done. The same command goes on there.",
            f"({self._mark.place.name} remembers it; --again begins at the first line.)",
        ]


@contextmanager
def _error_file(path: Path | None, goes_on: bool) -> Iterator[IO[str] | None]:
    """The file of refused lines, for the user only; continued if an import goes on, gone if it is empty."""
    if path is None:
        yield None
        return
    mode = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if goes_on else os.O_TRUNC)
    try:
        handle = os.open(path, mode, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "a" if goes_on else "w", encoding="utf-8", newline="") as file:
        file.seek(0, os.SEEK_END)
        yield file
        empty = file.tell() == 0
    if empty:
        path.unlink()
