"""Planning: calls, CPU and memory of cutting an audience into chunks, at several sizes.

    python bench/plan.py           prints a table and writes it into bench/RESULTS.md

The real planner on the real stores; the index answers with pages of 1 MB as DynamoDB counts them, whose
making is left out, so that only the planner's own work is in the CPU seconds. Each size runs in a process of
its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import services  # noqa: E402
from bench.counting import TARGET, size  # noqa: E402
from bench.mock import BROADCAST, answer  # noqa: E402
from bench.results import write  # noqa: E402
from bench.stand import machine  # noqa: E402
from rundruf.core.contact import SHARDS, contact_id  # noqa: E402
from rundruf.flows.planning import plan  # noqa: E402
from rundruf.flows.services import Steps, T  # noqa: E402
from rundruf.messengers.contract import Answer, Request  # noqa: E402

SIZES = (100_000, 300_000, 1_000_000)
PAGE = 1_000_000
ROUNDS = 3
NAMES = {"m", "a", "u", "name", "lang", "zone", "topics", "tags", "attrs", "joined", "gpk", "gsk", "pk", "sk"}


class Index:
    """An Http that plays the table: an audience index with so many contacts, and yes to all else."""

    def __init__(self, people: int) -> None:
        self.left = [people // SHARDS + (shard < people % SHARDS) for shard in range(SHARDS)]
        self.calls: Counter[str] = Counter()
        self.bytes = 0
        self.making = 0.0
        self._pages: dict[tuple[int, str], bytes] = {}

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        return [self._answered(request) for request in requests]

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        raise NotImplementedError("a planner holds no conversations")

    def _answered(self, request: Request) -> Answer:
        operation = request.headers[TARGET].partition(".")[2]
        self.calls[operation] += 1
        if operation == "Query" and b'"IndexName"' in request.body:
            told = self._page(json.loads(request.body))
        elif operation == "GetItem" and b'"broadcast"' in request.body:
            told = json.dumps({"Item": json.loads(request.body)["Key"] | PLANNING}).encode()
        elif operation == "GetItem":
            told = b"{}"
        else:
            told = json.dumps(answer(operation, request.body, {})).encode()
        self.bytes += len(told)
        return Answer(200, {}, told)

    def _page(self, asked: dict[str, Any]) -> bytes:
        """The next page of a shard; pages of the same length are the same bytes."""
        shard = int(asked["ExpressionAttributeValues"][":p"]["S"].rpartition("#")[2])
        count = min(self.left[shard], ROWS)
        self.left[shard] -= count
        wanted = asked.get("ProjectionExpression", "")
        more = "more" if self.left[shard] else ""
        known = self._pages.get((count, wanted + more))
        if known is None:
            began = time.process_time()
            given = asked.get("ExpressionAttributeNames", {})
            names = {given[word] for word in wanted.split(", ")} if wanted else NAMES
            items = [{name: row(at)[name] for name in names if name in row(at)} for at in range(count)]
            read = count * size(row(123_456))
            told: dict[str, Any] = {"Items": items, "ScannedCount": ROWS, "ScannedBytes": read}
            if more:
                last = row(count - 1)
                told["LastEvaluatedKey"] = {name: last[name] for name in ("pk", "sk", "gpk", "gsk")}
            known = self._pages[count, wanted + more] = json.dumps(told, ensure_ascii=False).encode()
            self.making += time.process_time() - began
        return known


def row(number: int) -> dict[str, Any]:
    """One contact as the index shows it."""
    contact = contact_id((number * 8).to_bytes(16, "big"))
    return {
        "pk": {"S": f"c#{contact}"},
        "sk": {"S": "contact"},
        "gpk": {"S": "audience#telegram/main#0"},
        "gsk": {"S": contact},
        "m": {"S": "telegram"},
        "a": {"S": "main"},
        "u": {"S": str(4_915_110_000_000 + number)},
        "name": {"S": "Erika Beispiel"},
        "lang": {"S": "de"},
        "zone": {"S": "Europe/Berlin"},
        "topics": {"SS": ["news", "offers"]},
        "tags": {"SS": ["vegan", "regular"]},
        "attrs": {"M": {"city": {"S": "Köln"}, "shop": {"S": "Nord"}}},
        "joined": {"N": "1700000000000"},
    }


ROWS = PAGE // size(row(123_456))
PLANNING = BROADCAST | {
    "state": {"S": "planning"},
    "planned": {"BOOL": False},
    "started": {"N": "1790000000000"},
}


def once(people: int) -> dict[str, Any]:
    """Plan an audience of so many; called in a process of its own."""
    index = Index(people)
    given = services(index, "http://127.0.0.1:1")
    began = time.process_time()
    plan("b1", given, lambda: 900_000.0)
    used = time.process_time() - began - index.making
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": used, "memory": memory, "calls": index.calls, "bytes": index.bytes}


def apart(people: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--once", str(people)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: list[str]) -> None:
    if "--once" in arguments:
        print(json.dumps(once(int(arguments[-1]))))
        return
    rounds = [[apart(people) for people in SIZES] for _ in range(ROUNDS)]
    lines = [
        f"{machine()} Best of {ROUNDS}.",
        "",
        "| contacts | CPU s | CPU s a million | peak MB | index pages | commits | queue calls | MB read |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for at, people in enumerate(SIZES):
        best = min((one[at] for one in rounds), key=lambda told: float(told["cpu"]))
        calls = best["calls"]
        lines.append(
            f"| {people:,} | {best['cpu']:.2f} | {best['cpu'] * 1e6 / people:.2f} | {best['memory']:.0f} "
            f"| {calls['Query']} | {calls['TransactWriteItems']} | {calls['SendMessageBatch']} "
            f"| {best['bytes'] / 1e6:.0f} |"
        )
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("plan", "Planning", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
