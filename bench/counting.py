"""AWS calls as they leave, counted and weighed: what DynamoDB and SQS will charge for.

``Counting`` stands around any Http and looks at each call to AWS and its answer. Sizes follow AWS's pages
"DynamoDB item sizes and formats" and "Amazon SQS pricing": an item counts its attributes' names and values, a
write a unit for each begun KB (two in a transaction), a strongly consistent read one for each begun 4 KB, an
eventually consistent one half of that, a queue's call one request for each begun 64 KB. A query is charged
for what it looks at; a stand-in that leaves something out tells how much that was ("ScannedBytes").
"""

import json
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rundruf.flows.services import Http, Steps, T
from rundruf.messengers.contract import Answer, Request

WRITE_UNIT, READ_UNIT, QUEUE_UNIT = 1024, 4096, 65_536
TARGET = "x-amz-target"


@dataclass
class Bill:
    """``calls`` by operation, ``units`` of "write", "read" and "queue", bytes both ways, ``sends``."""

    calls: Counter[str] = field(default_factory=Counter)
    units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    out: int = 0
    back: int = 0
    sends: int = 0

    @property
    def aws_calls(self) -> int:
        return self.calls.total()

    def take(self, request: Request, answer: Answer) -> None:
        """Count one call; ``parts`` says which items the units went to."""
        target = request.headers.get(TARGET, "")
        if not target:
            self.sends += 1
            return
        operation = target.partition(".")[2]
        self.calls[operation] += 1
        self.out += len(request.body)
        self.back += len(answer.body)
        asked, told = json.loads(request.body), json.loads(answer.body or b"{}")
        for kind, units, what in charged(operation, asked, told, len(request.body)):
            self.units[kind] += units
            self.parts[f"{kind} {what}"] += units


@dataclass
class Counting:
    """An Http that tells a Bill of what passes."""

    http: Http
    bill: Bill = field(default_factory=Bill)

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        answers = self.http.window(requests, spacing, timeout)
        for request, answer in zip(requests, answers, strict=True):
            self.bill.take(request, answer)
        return answers

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        return self.http.run([self._heard(work) for work in works], spacing, timeout)

    def _heard(self, work: Steps[T]) -> Steps[T]:
        told: Answer | None = None
        while True:
            try:
                wish = work.send(told)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            told = yield wish
            if isinstance(wish, Request) and told is not None:
                self.bill.take(wish, told)


def charged(
    operation: str, asked: Mapping[str, Any], told: Mapping[str, Any], length: int
) -> list[tuple[str, float, str]]:
    """(unit, how many, of what) of one call."""
    match operation:
        case "GetItem":
            units = _begun(size(told.get("Item", {})), READ_UNIT)
            return [("read", units if asked.get("ConsistentRead") else units / 2, _kind(asked["Key"]))]
        case "BatchGetItem":
            found = [item for items in told["Responses"].values() for item in items]
            wanted = [key for one in asked["RequestItems"].values() for key in one["Keys"]]
            missing = len(wanted) - len(found)
            units = sum(_begun(size(item), READ_UNIT) for item in found) + missing
            return [("read", units, _kind(wanted[0]))]
        case "Query":
            read = told.get("ScannedBytes", sum(size(item) for item in told["Items"]))
            units = _begun(read, READ_UNIT)
            what = "index" if "IndexName" in asked else "query"
            return [("read", units if asked.get("ConsistentRead") else units / 2, what)]
        case "UpdateItem":
            return [("write", _begun(_updated(asked, told), WRITE_UNIT), _kind(asked["Key"]))]
        case "PutItem":
            return [("write", _begun(size(asked["Item"]), WRITE_UNIT), _kind(asked["Item"]))]
        case "DeleteItem":
            return [("write", 1, _kind(asked["Key"]))]
        case "TransactWriteItems":
            return [_in_transaction(step) for step in asked["TransactItems"]]
        case "BatchWriteItem":
            puts = [one["PutRequest"]["Item"] for items in asked["RequestItems"].values() for one in items]
            return [("write", _begun(size(item), WRITE_UNIT), _kind(item)) for item in puts]
        case "SendMessageBatch" | "SendMessage":
            return [("queue", _begun(length, QUEUE_UNIT), asked["QueueUrl"].rpartition("/")[2])]
        case _:
            return []


def _in_transaction(step: Mapping[str, Any]) -> tuple[str, float, str]:
    ((_, asked),) = step.items()
    item = asked.get("Item")
    length = size(item) if item else _updated(asked, {})
    return "write", 2 * _begun(length, WRITE_UNIT), _kind(item or asked["Key"])


def _updated(asked: Mapping[str, Any], told: Mapping[str, Any]) -> int:
    """The item after an update: as told, else at least its key and what was set."""
    if asked.get("ReturnValues") == "ALL_NEW" and told.get("Attributes"):
        return size(told["Attributes"])
    names = sum(map(len, asked.get("ExpressionAttributeNames", {}).values()))
    return size(asked["Key"]) + names + sum(map(_length, asked.get("ExpressionAttributeValues", {}).values()))


def _kind(item: Mapping[str, Any]) -> str:
    """What sort of item this is, by its sort key."""
    partition, sort = item["pk"]["S"], item["sk"]["S"]
    return partition if partition in ("broadcast", "account", "due") else str(sort).partition("#")[0]


def _begun(length: float, unit: int) -> int:
    return max(1, -(-int(length) // unit))


def size(item: Mapping[str, Any]) -> int:
    """Bytes of an item as DynamoDB counts them; ``item`` in its typed form."""
    return sum(len(name.encode()) + _length(typed) for name, typed in item.items())


def _length(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(b64decode(value))
        case "SS":
            return sum(len(one.encode()) for one in value)
        case "NS":
            return sum(len(one) // 2 + 2 for one in value)
        case "M":
            return 3 + sum(len(name.encode()) + _length(one) + 1 for name, one in value.items())
        case "L":
            return 3 + sum(_length(one) + 1 for one in value)
        case _:
            return 1
