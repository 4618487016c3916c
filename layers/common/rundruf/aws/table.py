"""The table, in DynamoDB's own request shapes, with plain Python values in and out."""

import os
import random
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rundruf.aws.calls import Aws, AwsError
from rundruf.aws.keys import Key
from rundruf.flows.services import Steps

Item = dict[str, Any]
Typed = Mapping[str, Mapping[str, Any]]
CONDITION = "ConditionalCheckFailedException"
CONFLICTS = ("TransactionConflictException", "TransactionInProgressException")
TRIES = 5
BATCH_TRIES = 8
TURNS = 5
FIRST_WAIT = 0.02


class Refused(Exception):
    """A condition did not hold; ``item`` is what stands there (None: nothing)."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition")
        self.item = item


class Table:
    """One table; raises Refused for conditions, AwsError for everything else."""

    def __init__(self, aws: Aws, name: str) -> None:
        self.aws, self.name = aws, name

    def get(self, key: Key) -> Item | None:
        """Strongly consistent; None where there is nothing."""
        found = self._call("GetItem", TableName=self.name, Key=packed(key), ConsistentRead=True)
        item = found.get("Item")
        return unpacked(item) if item else None

    def put(self, key: Key, item: Item, condition: str = "", values: Item | None = None) -> None:
        self._written("PutItem", Item=packed({**key, **item}), **_conditions(condition, values))

    def update(self, key: Key, change: "Change", returned: str = "ALL_NEW") -> Item:
        """The item as ``returned`` says, after an update whose condition held."""
        answer = self._written("UpdateItem", Key=packed(key), ReturnValues=returned, **change.parameters())
        return unpacked(answer.get("Attributes", {}))

    def updates(self, wanted: Sequence[tuple[Key, "Change"]]) -> list[Item | Refused | AwsError]:
        """Several updates side by side; each gives the new item or why there is none."""
        bodies = [self.update_body(key, change) for key, change in wanted]
        return [updated(told) for told in self.aws.calls("dynamodb", "UpdateItem", bodies)]

    def update_body(self, key: Key, change: "Change") -> dict[str, Any]:
        """An UpdateItem that gives the new item, or the old one where its condition did not hold."""
        return self.written(Key=packed(key), ReturnValues="ALL_NEW", **change.parameters())

    def updating(self, body: Mapping[str, Any] | bytes) -> "Steps[Item | Refused | AwsError]":
        """One update as part of a conversation over an Http; ``body`` is that of an update, or its JSON."""
        told = yield from self.aws.steps("dynamodb", "UpdateItem", body)
        return updated(told)

    def delete(self, key: Key, condition: str = "", values: Item | None = None) -> None:
        self._written("DeleteItem", Key=packed(key), **_conditions(condition, values))

    def query(
        self,
        partition: str,
        after: str = "",
        until: str = "",
        prefix: str = "",
        limit: int = 0,
        backwards: bool = False,
    ) -> tuple[list[Item], str]:
        """One page in key order, and the sort key to go on after ("" at the end)."""
        condition, values = "pk = :p", {":p": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :b)", values | {":b": prefix}
        elif until:
            condition, values = f"{condition} AND sk <= :b", values | {":b": until}
        elif after:
            sign = "<" if backwards else ">"
            condition, values = f"{condition} AND sk {sign} :b", values | {":b": after}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": packed(values),
            "ScanIndexForward": not backwards,
            "ConsistentRead": True,
        }
        if limit:
            request["Limit"] = limit
        answer = self._call("Query", **request)
        last = answer.get("LastEvaluatedKey", {}).get("sk", {}).get("S", "")
        return [unpacked(item) for item in answer["Items"]], last

    def index(
        self,
        name: str,
        partition: str,
        fields: Iterable[str],
        after: str = "",
        limit: int = 0,
        only: str = "",
        given: Mapping[str, Any] = MappingProxyType({}),
    ) -> tuple[list[Typed], str]:
        """One page of an index in key order with these fields only, and the sort key to go on after.

        Eventually consistent; items are left in DynamoDB's own form, since a page may hold thousands.
        DynamoDB leaves out what the condition ``only`` (``:name`` stands for given values) does not hold for.
        """
        values = {":p": partition} | ({":b": after} if after else {})
        values |= {f":{each}": value for each, value in given.items()}
        names = {f"#{field}": field for field in fields}
        request: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": name,
            "KeyConditionExpression": f"gpk = :p{' AND gsk > :b' if after else ''}",
            "ExpressionAttributeValues": packed(values),
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names | {word: word[1:] for word in _names_in(only)},
        }
        if only:
            request["FilterExpression"] = only
        if limit:
            request["Limit"] = limit
        answer = self._call("Query", **request)
        return answer["Items"], answer.get("LastEvaluatedKey", {}).get("gsk", {}).get("S", "")

    def all(self, partition: str, prefix: str = "") -> list[Item]:
        """A whole small partition in key order."""
        found, last = self.query(partition, prefix=prefix)
        while last:
            more, last = self.query(partition, after=last)
            found += [item for item in more if item["sk"].startswith(prefix)]
            if more and not more[-1]["sk"].startswith(prefix):
                break
        return found

    def scan(self, fields: Iterable[str], after: Key | None = None) -> tuple[list[Item], Key | None]:
        """One page (1 MB) of the whole table with these fields only, and the key to go on after."""
        names = {f"#{field}": field for field in fields}
        request: dict[str, Any] = {
            "TableName": self.name,
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
        if after:
            request["ExclusiveStartKey"] = packed(after)
        answer = self._call("Scan", **request)
        last = answer.get("LastEvaluatedKey")
        return [unpacked(item) for item in answer["Items"]], unpacked(last) if last else None

    def many(self, keys: Sequence[Key]) -> Iterator[Item]:
        """Items by key in any order, strongly consistent; missing ones are left out."""
        for start in range(0, len(keys), 100):
            asked: Any = {
                self.name: {
                    "Keys": [packed(key) for key in keys[start : start + 100]],
                    "ConsistentRead": True,
                }
            }
            while asked:
                answer = self._call("BatchGetItem", RequestItems=asked)
                yield from (unpacked(item) for item in answer["Responses"].get(self.name, []))
                asked = answer.get("UnprocessedKeys") or None

    def put_many(self, items: Iterable[Item]) -> None:
        """Plain puts, 25 a call; each is done or not, whatever becomes of the others."""
        waiting = list(items)
        for start in range(0, len(waiting), 25):
            asked: Any = {
                self.name: [{"PutRequest": {"Item": packed(item)}} for item in waiting[start : start + 25]]
            }
            for attempt in range(BATCH_TRIES):
                asked = self._call("BatchWriteItem", RequestItems=asked).get("UnprocessedItems")
                if not asked:
                    break
                time.sleep(FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    def transact(self, steps: Iterable[dict[str, Any]]) -> None:
        """All steps or none; raises Refused if a condition did not hold."""
        wanted, token = list(steps), os.urandom(18).hex()
        for attempt in range(TRIES):
            try:
                self._call("TransactWriteItems", TransactItems=wanted, ClientRequestToken=token)
                return
            except AwsError as error:
                reasons = error.body.get("CancellationReasons", [])
                codes = {reason.get("Code") for reason in reasons}
                if "ConditionalCheckFailed" in codes:
                    raise Refused(None) from None
                if "TransactionConflict" not in codes or attempt == TRIES - 1:
                    raise

    def transact_in_turn(self, steps: Iterable[dict[str, Any]]) -> None:
        """As ``transact``, for an item that many workers change: who meets another waits a moment."""
        wanted = list(steps)
        for attempt in range(TURNS):
            try:
                return self.transact(wanted)
            except AwsError as error:
                reasons = error.body.get("CancellationReasons", [])
                if attempt == TURNS - 1 or "TransactionConflict" not in {one.get("Code") for one in reasons}:
                    raise
                time.sleep(FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    def step_put(self, key: Key, item: Item, condition: str = "") -> dict[str, Any]:
        return {
            "Put": {"TableName": self.name, "Item": packed({**key, **item}), **_conditions(condition, None)}
        }

    def step_check(self, key: Key, condition: str) -> dict[str, Any]:
        """A condition on an item that the transaction does not change."""
        asked = {"TableName": self.name, "Key": packed(key), **_conditions(condition, None)}
        return {"ConditionCheck": asked}

    def step_update(self, key: Key, change: "Change") -> dict[str, Any]:
        return {"Update": {"TableName": self.name, "Key": packed(key), **change.parameters()}}

    def _written(self, operation: str, **parameters: Any) -> dict[str, Any]:
        body = self.written(**parameters)
        for attempt in range(TRIES):
            try:
                return self.aws.call("dynamodb", operation, body)
            except AwsError as error:
                if error.code == CONDITION:
                    raise refused(error) from None
                if error.code not in CONFLICTS or attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def written(self, **parameters: Any) -> dict[str, Any]:
        """The body of a single write; a refused one tells what stands there."""
        if "ConditionExpression" in parameters:
            parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {"TableName": self.name, **parameters}

    def _call(self, operation: str, **body: Any) -> dict[str, Any]:
        return self.aws.call("dynamodb", operation, body)


def updated(told: dict[str, Any] | AwsError) -> Item | Refused | AwsError:
    """What an UpdateItem came to."""
    if not isinstance(told, AwsError):
        return unpacked(told.get("Attributes", {}))
    return refused(told) if told.code == CONDITION else told


def refused(error: AwsError) -> Refused:
    old = error.body.get("Item")
    return Refused(unpacked(old) if old else None)


class Change:
    """An update expression built attribute by attribute: set, remove, add, and when."""

    def __init__(self) -> None:
        self._set: list[str] = []
        self._remove: list[str] = []
        self._add: list[str] = []
        self._when: list[str] = []
        self._names: dict[str, str] = {}
        self._values: Item = {}
        self._wanted: Item = {}

    def set(self, **values: Any) -> "Change":
        """Set attributes; None and empty sets remove them."""
        for name, value in values.items():
            self._wanted[name] = value
            if value is None or (isinstance(value, set | frozenset) and not value):
                self._remove.append(self.name(name))
            else:
                self._set.append(f"{self.name(name)} = {self.value(value)}")
        return self

    def move(self, to: str, source: str) -> "Change":
        """Set an attribute to what another one was before this update."""
        self._set.append(f"{self.name(to)} = {self.name(source)}")
        return self

    def shift(self, to: str, source: str) -> "Change":
        """As ``move``, where the other one may be missing: then it is 0."""
        self._values[":zero"] = 0
        self._set.append(f"{self.name(to)} = if_not_exists({self.name(source)}, :zero)")
        return self

    def increase(self, name: str, by: float) -> "Change":
        self._set.append(f"{self.name(name)} = {self.name(name)} + {self.value(by)}")
        return self

    def add(self, **values: Any) -> "Change":
        """Add to a number, or elements to a set; empty sets add nothing."""
        for name, value in values.items():
            if not isinstance(value, set | frozenset) or value:
                self._add.append(f"{self.name(name)} {self.value(value)}")
        return self

    def when(self, condition: str, **values: Any) -> "Change":
        """A condition; ``#name`` stands for attribute names and ``:name`` for the given values."""
        for name, value in values.items():
            self._values[f":{name}"] = value
        self._names |= {word: word[1:] for word in _names_in(condition)}
        self._when.append(f"({condition})")
        return self

    def name(self, attribute: str) -> str:
        self._names[f"#{attribute}"] = attribute
        return f"#{attribute}"

    def value(self, value: Any) -> str:
        label = f":v{len(self._values)}"
        self._values[label] = value
        return label

    def made(self, item: Item | None) -> bool:
        """Whether an item is as ``set`` wants it: a refused update was ours, and only its answer was lost."""
        held = item or {}
        return bool(self._wanted) and all(
            held.get(name) == (value or None if isinstance(value, set | frozenset) else value)
            for name, value in self._wanted.items()
        )

    @property
    def empty(self) -> bool:
        return not (self._set or self._remove or self._add)

    def parameters(self) -> dict[str, Any]:
        """What UpdateItem and a transaction's Update take."""
        clauses = (("SET", self._set), ("REMOVE", self._remove), ("ADD", self._add))
        parameters: dict[str, Any] = {
            "UpdateExpression": " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses if parts)
        }
        if self._when:
            parameters["ConditionExpression"] = " AND ".join(self._when)
        if self._names:
            parameters["ExpressionAttributeNames"] = self._names
        if self._values:
            parameters["ExpressionAttributeValues"] = packed(self._values)
        return parameters


def _names_in(condition: str) -> list[str]:
    """Every ``#name`` of a condition."""
    words = condition.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return [word for word in words if word.startswith("#")]


def _conditions(condition: str, values: Item | None) -> dict[str, Any]:
    parameters: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
    names = {word: word[1:] for word in _names_in(condition)}
    if names:
        parameters["ExpressionAttributeNames"] = names
    if values:
        parameters["ExpressionAttributeValues"] = packed(values)
    return parameters


def packed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values in DynamoDB's typed form; None and empty sets are left out."""
    return {
        name: _packed(value)
        for name, value in item.items()
        if value is not None and not (isinstance(value, set | frozenset) and not value)
    }


def _packed(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, set | frozenset):
        if all(isinstance(one, int) for one in value):
            return {"NS": [str(one) for one in sorted(value)]}
        return {"SS": sorted(value)}
    if isinstance(value, Mapping):
        return {"M": packed(value)}
    return {"L": [_packed(one) for one in value]}


def unpacked(item: Mapping[str, Any]) -> Item:
    """Plain values out of DynamoDB's typed form; whole numbers as int, sets as frozenset."""
    return {
        name: value if kind in _PLAIN else _READ[kind](value)
        for name, typed in item.items()
        for kind, value in typed.items()
    }


def _unpacked(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    return value if kind in _PLAIN else _READ[kind](value)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


_PLAIN = frozenset({"S", "BOOL"})
_READ: Mapping[str, Callable[[Any], Any]] = {
    "N": _number,
    "B": lambda value: b64decode(value) if isinstance(value, str) else bytes(value),
    "SS": frozenset,
    "NS": lambda value: frozenset(map(_number, value)),
    "M": unpacked,
    "L": lambda value: [_unpacked(one) for one in value],
    "NULL": lambda _: None,
}
