"""Everybody -> pages, kept beside the file as they come -> one CSV or JSON lines that `import` reads back."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rundruf.core.cells import guarded
from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.failures import Refused, Stopped

COLUMNS = (
    "messenger", "account", "user_id", "name", "language", "zone", "tags", "topics",
    "consent_source", "consent_at", "consent_wording", "person",
)  # fmt: skip
GRANTS = ("confirmed", "imported")
A_PAGE = 200


def export(client: Client, out: Path) -> int:
    """Write all contacts to ``out`` and say how many; what a broken-off run fetched is not fetched again.

    Raises Refused where nothing can be written there, and what the client raises.
    """
    part = out.with_name(f"{out.name}.part")
    try:
        _fetch(client, part)
        count = _written(part, out)
        part.unlink()
    except KeyboardInterrupt:
        raise Stopped("Stopped. The same command goes on where it was.") from None
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    return count


def _fetch(client: Client, part: Path) -> None:
    """One line for each page: the cursor to go on with, and its people."""
    cursor, done = _so_far(part)
    with _private(part, "a") as file, show.progress() as progress:
        task = progress.add_task("", total=None, completed=done)
        while cursor is not None:
            page = client.get("v1", "contacts", limit=A_PAGE, cursor=cursor or None)
            rows = [_row(one) for one in page["contacts"]]
            cursor = page["cursor"]
            file.write(json.dumps({"cursor": cursor, "people": rows}, ensure_ascii=False) + "\n")
            file.flush()
            progress.update(task, advance=len(rows), description="people")


def _so_far(part: Path) -> tuple[str | None, int]:
    """Where to go on ("": at the beginning, None: all is there) and how many are there; a torn line goes."""
    if not part.exists():
        return "", 0
    cursor: str | None = ""
    done = whole = 0
    with part.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            page = json.loads(line)
            cursor, done, whole = page["cursor"], done + len(page["people"]), whole + len(line)
    os.truncate(part, whole)
    return cursor, done


def _written(part: Path, out: Path) -> int:
    count = 0
    with _private(out, "w") as file:
        if out.suffix.lower() != ".csv":
            for row in _rows(part):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
            return count
        own = sorted({name for row in _rows(part) for name in row if name not in COLUMNS})
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *own])
        for row in _rows(part):
            writer.writerow([guarded(row.get(name, "")) for name in (*COLUMNS, *own)])
            count += 1
    return count


def _rows(part: Path) -> Iterator[dict[str, str]]:
    with part.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield from json.loads(line)["people"]


def _row(one: dict[str, Any]) -> dict[str, str]:
    """A contact under the names that an import reads; the proof is the latest grant of the ledger."""
    row = {name: str(one[name]) for name in COLUMNS[:6]}
    row["person"] = one.get("person", "")
    row |= {"tags": ";".join(one["tags"]), "topics": ";".join(one["consent"]["topics"])}
    entries = [held["entry"] for held in one.get("ledger") or ()]
    granted = [entry for entry in entries if entry["action"] in GRANTS]
    if row["topics"] and granted:
        last = granted[-1]
        row["consent_source"] = last["source"]
        row["consent_at"] = datetime.fromtimestamp(last["at"] / 1000, UTC).isoformat()
        row["consent_wording"] = (last.get("wording") or {}).get("id", "")
    return row | {f"attr.{name}": value for name, value in one["attributes"].items()}


def _private(path: Path, mode: str) -> IO[str]:
    """A file that only the user can read."""
    kind = os.O_APPEND if mode == "a" else os.O_TRUNC
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | kind, 0o600)
    return os.fdopen(handle, mode, encoding="utf-8", newline="")
