"""Two stores that are asked the same and must answer the same: the one in memory, and a real one.

Left out on purpose: what answers say besides items and refusals (metadata, capacity); the order within
sets and of a batch, which AWS does not promise; texts of errors; where to go on after a page that is full
with the last item, which AWS may or may not say (whoever asks again is told of an empty page); and, of
UPDATED_OLD, attributes that an update sets to what they were: AWS and the engine tell of each that it names,
moto leaves these out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rundruf.aws.calls import Aws, AwsError
from rundruf.flows.services import Steps
from tests.support.memory import Memory

Told = dict[str, Any] | AwsError


class Drifted(AssertionError):
    """The two answered differently."""


@dataclass
class Twin:
    """The memory, held to what ``real`` answers of its table; queues and parameters are its own."""

    memory: Memory
    real: Aws
    asked: int = 0

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        told = _told(self.memory, service, operation, body)
        if service == "dynamodb":
            self.asked += 1
            other = _told(self.real, service, operation, body)
            one, two = plain(told, body), plain(other, body)
            if _went_on_needlessly(one, two):
                two.pop("next")
            if body.get("ReturnValues") == "UPDATED_OLD":
                self._forget_unchanged(one, two, body)
            if one != two:
                raise Drifted(f"{operation} {body}: {one} in memory, {two} in the other")
        if isinstance(told, AwsError):
            raise told
        return told

    def _forget_unchanged(self, one: dict[str, Any], two: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """Leave out what only the memory tells of, and what the update left as it was."""
        old, told = one.pop("Attributes", {}), two.get("Attributes", {})
        now = _item(self.memory.item((body["Key"]["pk"]["S"], body["Key"]["sk"]["S"])) or {})
        kept = {name: old[name] for name in old if name in told or now.get(name) != old[name]}
        if kept:
            one["Attributes"] = kept

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        return [_told(self, service, operation, body) for body in bodies]

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        yield from ()
        return _told(self, service, operation, json.loads(body) if isinstance(body, bytes) else body)


def _told(aws: Aws, service: str, operation: str, body: Mapping[str, Any]) -> Told:
    try:
        return aws.call(service, operation, body)
    except AwsError as error:
        return error


def plain(told: Told, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of an answer."""
    if isinstance(told, AwsError):
        reasons = [one.get("Code", "None") for one in told.body.get("CancellationReasons", [])]
        return {"error": told.code, "item": _item(told.body.get("Item") or {}), "reasons": reasons}
    found: dict[str, Any] = {}
    for name in ("Item", "Attributes"):
        if told.get(name):
            found[name] = _item(told[name])
    if "Items" in told:
        found["Items"] = [_item(one) for one in told["Items"]]
        last = (told.get("LastEvaluatedKey") or {}).get("gsk" if "IndexName" in body else "sk")
        if last:
            found["next"] = last
    for items in told.get("Responses", {}).values():
        found["Items"] = sorted((_item(one) for one in items), key=repr)
    return found


def _went_on_needlessly(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return "next" in two and "next" not in one


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(item[name]) for name in sorted(item)}


def _value(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return kind, Decimal(value)
        case "SS":
            return kind, sorted(value)
        case "B":
            return kind, bytes(value) if isinstance(value, bytes | bytearray) else value
        case "M":
            return kind, _item(value)
        case "L":
            return kind, [_value(one) for one in value]
    return kind, value
