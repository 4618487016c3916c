"""Where an import stopped: a small file beside the imported one, so that the same command goes on there."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from rundruf_cli.failures import Failure, Stopped

TAIL = 4096


@dataclass(frozen=True, slots=True)
class Begun:
    """What is done: all lines before ``next_line``, with what became of them; ``errors`` is the file of
    refused lines ("" for none), ``size`` its bytes and ``tail`` the hash of its last TAIL bytes then."""

    next_line: int
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: str = ""
    size: int = 0
    tail: str = ""


class Mark:
    """The file that says where an import of ``file`` into the suite at ``url`` stopped.

    It counts only for a file of the same bytes and format. Writing it raises OSError.
    """

    def __init__(self, file: Path, url: str, kind: str) -> None:
        short = sha256(url.encode()).hexdigest()[:8]
        self.place = file.with_name(f"{file.name}.{short}.part")
        with file.open("rb") as read:
            digest = file_digest(read, "sha256").hexdigest()
        self._of = {"sha256": digest, "url": url, "format": kind}

    def read(self) -> "Begun | None":
        """Where it stopped; None where nothing is known, or not of this file."""
        told = self._stored()
        try:
            return Begun(**told["begun"]) if told.get("of") == self._of else None
        except (KeyError, TypeError):
            return None

    def other(self) -> bool:
        """Whether a mark is there that is of the file as it was before."""
        return bool(self._stored()) and self.read() is None

    def write(self, begun: Begun) -> None:
        """Beside and then into place, so that a crash leaves the mark before."""
        fresh = self.place.with_name(f"{self.place.name}.{os.getpid()}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump({"of": self._of, "begun": asdict(begun)}, out)
            fresh.replace(self.place)
        finally:
            fresh.unlink(missing_ok=True)

    def remove(self) -> None:
        self.place.unlink(missing_ok=True)

    def _stored(self) -> dict[str, Any]:
        try:
            told = json.loads(self.place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def keep(mark: Mark, begun: Begun) -> bool:
    """Write the mark; False where that cannot be done."""
    try:
        mark.write(begun)
    except OSError:
        return False
    return True


@contextmanager
def resumable(mark: Mark) -> Iterator[None]:
    """Says on Ctrl-C and failures that the same command goes on, as far as there is a mark."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("Stopped.", _onwards(mark)) from None
    except Failure as failed:
        failed.details = (*failed.details, *_onwards(mark))
        raise


def _onwards(mark: Mark) -> list[str]:
    begun = mark.read()
    return [f"All before line {begun.next_line} is done. The same command goes on there."] if begun else []


def cut(path: Path, begun: Begun) -> None:
    """Take from a file of refused lines what came after the mark, unless somebody has changed the file."""
    if path.is_file() and path.stat().st_size > begun.size and tail(path, begun.size) == begun.tail:
        os.truncate(path, begun.size)


def tail(path: Path, size: int) -> str:
    """The hash of the last TAIL bytes before ``size``."""
    with path.open("rb") as file:
        file.seek(max(0, size - TAIL))
        return sha256(file.read(min(TAIL, size))).hexdigest()
