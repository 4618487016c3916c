"""The oracle: every send a messenger was asked for, in the order in which it was decided.

Kept as ready lines of JSON, so that 100,000 entries are given back in a moment.
"""

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict


class Entry(TypedDict):
    """One send as the messenger saw it; times in ms since 1970.

    ``replied_ms`` is None while the answer is under way and for ever if it was lost; ``code`` is 0 when
    accepted, else the messenger's own; ``delivery`` is the sender's opaque id ("" where it gave none);
    ``call`` is the ``n`` of the first entry of the same HTTP call (one to several people has one for each).
    """

    n: int
    messenger: str
    account: str
    user: str
    at_ms: int
    replied_ms: int | None
    accepted: bool
    code: int
    kind: str
    text: str
    delivery: str
    message_id: str
    template: str
    category: str
    lost: bool
    body_sha256: str
    call: int


@dataclass(slots=True)
class Count:
    """Running totals of one account."""

    accepted: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: Counter[int] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        if not entry["accepted"]:
            self.refused[entry["code"]] += 1
            return
        self.accepted += 1
        self.lost += entry["lost"]
        self.kinds[entry["kind"]] += 1
        self.seconds[entry["at_ms"] // 1000] += 1
        self.users.add(entry["user"])

    def told(self) -> dict[str, Any]:
        return {
            "accepted": self.accepted,
            "refused": {str(code): number for code, number in sorted(self.refused.items())},
            "lost": self.lost,
            "users": len(self.users),
            "kinds": dict(self.kinds),
            "peak_per_second": max(self.seconds.values(), default=0),
        }


class Oracle:
    """The log in memory and, with ``path``, as a file of JSON lines that later runs continue."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self.lines: list[bytes | None] = []
        self.counts: dict[str, Count] = {}
        self.receipts: dict[tuple[str, str, str], set[str]] = {}
        self.path = path
        if path is not None:
            self._load(path)
        self._file = path.open("ab", buffering=0) if path is not None else None

    def _load(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return
        lines = (line for line in path.read_bytes().splitlines() if line.endswith(b"}"))
        for line, entry in sorted(
            ((line, json.loads(line)) for line in lines), key=lambda pair: pair[1]["n"]
        ):
            self._keep(entry, line)

    def _keep(self, entry: Entry, line: bytes | None) -> None:
        self.entries.append(entry)
        self.lines.append(line)
        self.counts.setdefault(f"{entry['messenger']}/{entry['account']}", Count()).add(entry)

    def decided(self, body: bytes, **facts: Any) -> Entry:
        """Writes down a send at the moment it was accepted or refused; ``replied`` must follow."""
        number = self.entries[-1]["n"] + 1 if self.entries else 1
        entry: Entry = {
            "n": number,
            "messenger": facts["messenger"],
            "account": facts["account"],
            "user": facts.get("user", ""),
            "at_ms": facts["at_ms"],
            "replied_ms": None,
            "accepted": facts["accepted"],
            "code": facts.get("code", 0),
            "kind": facts.get("kind", ""),
            "text": facts.get("text", ""),
            "delivery": facts.get("delivery", ""),
            "message_id": facts.get("message_id", ""),
            "template": facts.get("template", ""),
            "category": facts.get("category", ""),
            "lost": facts.get("lost", False),
            # Hashed once for a call to thousands.
            "body_sha256": facts.get("body_sha256") or hashlib.sha256(body).hexdigest(),
            "call": facts.get("call", number),
        }
        self._keep(entry, None)
        return entry

    def replied(self, entry: Entry, at_ms: int | None) -> None:
        """Closes an entry: the answer went out at ``at_ms``, or was lost (None)."""
        entry["replied_ms"] = at_ms
        line = _line(entry)
        index = bisect_right(self.entries, entry["n"] - 1, key=lambda one: one["n"])
        if index < len(self.entries) and self.entries[index] is entry:
            self.lines[index] = line
        if self._file is not None:
            self._file.write(line + b"\n")

    def heard(self, messenger: str, user: str, message_id: str, status: str) -> None:
        """The business was told this of a message: "sent", "delivered", "read" or "failed"."""
        self.receipts.setdefault((messenger, user, message_id), set()).add(status)

    def fates(self, since: int = 0, text: str = "") -> dict[str, dict[str, int]]:
        """Of accepted sends after number ``since`` with ``text`` in them, how many the business was told what
        of, by "messenger/account"; who read a message got it, too."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries[bisect_right(self.entries, since, key=lambda one: one["n"]) :]:
            if entry["accepted"] and text in entry["text"]:
                told = self.receipts.get((entry["messenger"], entry["user"], entry["message_id"]), set())
                known = found.setdefault(f"{entry['messenger']}/{entry['account']}", Counter())
                known.update({"accepted", *told, *(("delivered",) if "read" in told else ())})
        return {name: dict(count) for name, count in found.items()}

    def read(
        self, since: int = 0, messenger: str = "", account: str = "", user: str = "", limit: int | None = None
    ) -> bytes:
        """The entries after number ``since`` as a JSON array."""
        start = bisect_right(self.entries, since, key=lambda one: one["n"])
        chosen: list[bytes] = []
        for index in range(start, len(self.entries)):
            entry = self.entries[index]
            if (
                (messenger and entry["messenger"] != messenger)
                or (account and entry["account"] != account)
                or (user and entry["user"] != user)
            ):
                continue
            if len(chosen) == limit:
                break
            chosen.append(self.lines[index] or _line(entry))
        return b"[" + b",\n".join(chosen) + b"]"

    def told(self, messenger: str = "", account: str = "") -> dict[str, Any]:
        """Totals by "messenger/account"."""
        return {
            name: count.told()
            for name, count in self.counts.items()
            if name.startswith(f"{messenger}/" if messenger else "")
            and (not account or name.endswith(f"/{account}"))
        }

    def forget(self) -> None:
        """Empties the log, and the file."""
        self.entries.clear()
        self.lines.clear()
        self.counts.clear()
        self.receipts.clear()
        if self._file is not None:
            self._file.truncate(0)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _line(entry: Entry) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
