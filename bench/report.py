"""A report of a million people: how many calls, how much CPU, and what it reads.

    python bench/report.py       prints a table and writes it into bench/RESULTS.md

The broadcast has 3,907 chunks of 256 people, with three receipts a person over two days. Calls are counted on
paper (bench/paper.py); the CPU is that of the question alone, the stand-in's own is taken off.
"""

import random
import sys
import time
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import services  # noqa: E402
from bench.counting import Counting  # noqa: E402
from bench.paper import BEGIN, Paper  # noqa: E402
from bench.results import write  # noqa: E402
from bench.stand import machine  # noqa: E402
from rundruf.aws.table import packed  # noqa: E402
from rundruf.core.audience import Audience  # noqa: E402
from rundruf.core.broadcast import Broadcast, State  # noqa: E402
from rundruf.core.chunk import SIZE, Mark  # noqa: E402
from rundruf.core.message import Message, MessageKind  # noqa: E402
from rundruf.core.summing import GROUP  # noqa: E402
from rundruf.flows.evaluating import evaluation  # noqa: E402

PEOPLE = 1_000_000
CHUNKS = -(-PEOPLE // SIZE)
GROUPS = -(-CHUNKS // GROUP)
HOURS = 48
ACCOUNT = "whatsapp/main"
FOUND = Broadcast(
    id="0c3k9f1aq8b7d2e1",
    name="Autumn",
    kind=MessageKind.MARKETING,
    topic="news",
    audience=Audience(),
    message=Message("See https://shop.example"),
    state=State.FINISHED,
    created=BEGIN,
    started=BEGIN,
    accounts=(ACCOUNT,),
    planned=True,
    chunks=CHUNKS,
    people=PEOPLE,
    done=CHUNKS,
)


class Stored:
    """What stands in the table, in DynamoDB's own form; every chunk has what one of a few samples has."""

    def __init__(self) -> None:
        chance = random.Random(1)
        self.progress = _typed(_progress())
        self.samples = [_typed(_receipts(chance)) for _ in range(16)]
        self.groups: dict[str, dict[str, Any]] = {}
        self.spent = 0.0

    def __call__(self, operation: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        began = time.process_time()
        told = self._told(operation, asked)
        self.spent += time.process_time() - began
        return told

    def _told(self, operation: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        if operation == "BatchGetItem":
            ((name, wanted),) = asked["RequestItems"].items()
            return {"Responses": {name: [self._item(key) for key in wanted["Keys"]]}}
        if operation == "Query":
            partition = asked["ExpressionAttributeValues"][":p"]["S"]
            return {"Items": self._partition(partition)}
        if operation == "UpdateItem":
            return self._kept(asked)
        return None

    def _item(self, key: dict[str, Any]) -> dict[str, Any]:
        held = self.progress
        if key["sk"]["S"] == "receipts":
            held = self.samples[int(key["pk"]["S"].rpartition("-")[2]) % len(self.samples)]
        return {**key, **held}

    def _partition(self, partition: str) -> list[dict[str, Any]]:
        kind = partition.partition("#")[0]
        if kind == "sum":
            return list(self.groups.values())
        if kind == "link":
            return [{"pk": {"S": partition}, "sk": {"S": "abcdefgh"}, "url": {"S": "https://shop.example"}}]
        return [
            {
                "pk": {"S": partition},
                "sk": {"S": f"{shard:02}"},
                **{f"abcdefgh_{BEGIN // 3_600_000 + hour}": {"N": "40"} for hour in range(HOURS)},
            }
            for shard in range(16)
        ]

    def _kept(self, asked: dict[str, Any]) -> dict[str, Any]:
        key, names = asked["Key"], asked["ExpressionAttributeNames"]
        values = asked["ExpressionAttributeValues"]
        clause = asked["UpdateExpression"].partition(" ADD ")[0].removeprefix("SET ")
        told = {names[one.split(" = ")[0]]: values[one.split(" = ")[1]] for one in clause.split(", ")}
        held = self.groups.setdefault(key["sk"]["S"], {**key, "touched": {"N": "0"}})
        held.update(told)
        return {}

    def touch(self, count: int) -> None:
        """Something is told of so many groups."""
        for one in list(self.groups.values())[:count]:
            one["touched"] = {"N": str(int(one["touched"]["N"]) + 1)}


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    typed = packed(item)
    return {
        name: {"B": b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in typed.items()
    }


def _progress() -> dict[str, Any]:
    marks = bytes([Mark.SENT] * 247 + [Mark.FAILED_GONE] * 5 + [Mark.SKIPPED_CONSENT] * 3 + [Mark.UNKNOWN])
    return {
        "account": ACCOUNT,
        "marks": marks,
        "window": b"",
        "opened_at": BEGIN,
        "owner": "0a1b2c3d",
        "lease_until": 0,
        "attempts": 0,
        "done": True,
        "ended": BEGIN,
    }


def _receipts(chance: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = {"sent": frozenset(range(247))}
    for name, share in (("delivered", 0.95), ("read", 0.6), ("replied", 0.03)):
        for index in range(247):
            if chance.random() < share:
                hour = BEGIN // 3_600_000 + min(HOURS - 1, int(chance.expovariate(0.5)))
                told.setdefault(f"{name}_{hour}", set()).add(index)
    return told


def asked(stored: Stored) -> tuple[dict[str, int], float, float]:
    """The calls of one question, its CPU seconds, and the read units."""
    paper = Paper(told=stored)
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    given = replace(given, now=lambda: BEGIN + 86_400_000)
    stored.spent = 0.0
    began = time.process_time()
    told = evaluation(FOUND, given)
    spent = time.process_time() - began - stored.spent
    assert told.figures.balanced
    assert told.figures.audience == CHUNKS * SIZE
    return dict(counting.bill.calls), spent, counting.bill.units["read"]


def main(arguments: list[str]) -> None:
    lines = [
        f"{machine()} {PEOPLE:,} people, {CHUNKS:,} chunks in {GROUPS} groups, three receipts a person.",
        "",
        "| question | reads | writes | read units | CPU s |",
        "|---|---:|---:|---:|---:|",
    ]
    stored = Stored()
    cases = {
        "the first ever": 0,
        "nothing told since": 0,
        "8 groups told of": 8,
        "all groups told of": GROUPS,
    }
    for name, touched in cases.items():
        stored.touch(touched)
        calls, spent, units = asked(stored)
        reads = sum(count for operation, count in calls.items() if operation in ("Query", "BatchGetItem"))
        lines.append(f"| {name} | {reads} | {calls.get('UpdateItem', 0)} | {units:,.0f} | {spent:.2f} |")
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("report", "Report", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
