"""AWS in this process: one DynamoDB table, queues and parameters, as far as our stores use them.

It understands the expressions that ``rundruf.aws.table`` builds and refuses all else loudly. It answers some
fifty times faster than moto; tests/stateful/test_memory.py holds it to what moto and the engine answer.
"""

import json
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from rundruf.aws.calls import AwsError
from rundruf.flows.services import Steps

Typed = dict[str, Any]  # an item in DynamoDB's own shape
TABLE = "memory"
TRANSACTION = 100
REMEMBERED = 600_000  # ms for which a transaction's token makes its repetition harmless
CONDITION = "ConditionalCheckFailedException"


@dataclass
class Letter:
    """A message in a queue; ``visible`` is when it may be received, in ms."""

    queue: str
    body: str
    group: str
    sent: int
    visible: int
    number: int
    received: int = 0


@dataclass
class Memory:
    """An Aws without a network; queues are called by name where AWS wants a URL."""

    now: Callable[[], int]
    projected: frozenset[str] = frozenset()
    tree: dict[str, dict[str, Typed]] = field(default_factory=lambda: defaultdict(dict))
    index: dict[str, dict[tuple[str, str], Typed]] = field(default_factory=lambda: defaultdict(dict))
    letters: list[Letter] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, int] = field(default_factory=dict)
    _deduplicated: dict[str, int] = field(default_factory=dict)
    writes: int = 0
    _numbers: int = 0

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        known = _DOORS.get((service, operation))
        if known is None:
            raise AwsError("UnknownOperationException", {})
        return known(self, body)

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        return [self._told(service, operation, body) for body in bodies]

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        yield from ()
        return self._told(service, operation, json.loads(body) if isinstance(body, bytes) else body)

    def _told(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any] | AwsError:
        try:
            return self.call(service, operation, body)
        except AwsError as error:
            return error

    def item(self, place: tuple[str, str]) -> Typed | None:
        """What stands at a key; it is never changed, but replaced."""
        pk, sk = place
        return self.tree[pk].get(sk)

    def items(self) -> Iterator[Typed]:
        """Everything in the table."""
        return (item for part in self.tree.values() for item in part.values())

    def get_item(self, body: Mapping[str, Any]) -> dict[str, Any]:
        found = self.item(_key(body["Key"]))
        return {"Item": dict(found)} if found else {}

    def put_item(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self._checked(body)
        self._put(body)
        return {}

    def update_item(self, body: Mapping[str, Any]) -> dict[str, Any]:
        old = self._checked(body) or {}
        touched = self._update(body)
        match body.get("ReturnValues", "NONE"):
            case "ALL_NEW":
                return {"Attributes": dict(self.item(_key(body["Key"])) or {})}
            case "UPDATED_OLD":
                return {"Attributes": {name: old[name] for name in touched if name in old}}
        return {}

    def delete_item(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self._checked(body)
        self._delete(body)
        return {}

    def _put(self, body: Mapping[str, Any]) -> None:
        self._keep(dict(body["Item"]))

    def _update(self, body: Mapping[str, Any]) -> list[str]:
        new, touched = _updated(self.item(_key(body["Key"])) or dict(body["Key"]), body)
        self._keep(new)
        return touched

    def _delete(self, body: Mapping[str, Any]) -> None:
        pk, sk = _key(body["Key"])
        self._unindexed(pk, sk, self.tree[pk].pop(sk, None))
        self.writes += 1

    def _keep(self, item: Typed) -> None:
        pk, sk = _key(item)
        self._unindexed(pk, sk, self.tree[pk].get(sk))
        self.tree[pk][sk] = item
        if "gpk" in item:
            self.index[item["gpk"]["S"]][pk, sk] = item
        self.writes += 1

    def _unindexed(self, pk: str, sk: str, item: Typed | None) -> None:
        if item and "gpk" in item:
            self.index[item["gpk"]["S"]].pop((pk, sk), None)

    def _checked(self, body: Mapping[str, Any]) -> Typed | None:
        """What stands there; raises AwsError where the condition does not hold."""
        old = self.item(_place(body))
        if _holds(old or {}, body):
            return old
        wanted = body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise AwsError(CONDITION, {"Item": dict(old)} if wanted and old else {})

    def transact(self, body: Mapping[str, Any]) -> dict[str, Any]:
        token, steps = body.get("ClientRequestToken", ""), [_only(one) for one in body["TransactItems"]]
        places = [_place(asked) for _, asked in steps]
        if len(set(places)) < len(places) or not 0 < len(places) <= TRANSACTION:
            raise AwsError("ValidationException", {})
        if token and self.now() - self._tokens.get(token, -REMEMBERED) < REMEMBERED:
            return {}
        told = [
            _holds(self.item(place) or {}, asked) for place, (_, asked) in zip(places, steps, strict=True)
        ]
        if not all(told):
            reasons = [{"Code": "None" if one else "ConditionalCheckFailed"} for one in told]
            raise AwsError("TransactionCanceledException", {"CancellationReasons": reasons})
        for kind, asked in steps:
            _STEPS[kind](self, asked)
        if token:
            self._tokens[token] = self.now()
        return {}

    def query(self, body: Mapping[str, Any]) -> dict[str, Any]:
        sort, condition = "gsk" if body.get("IndexName") else "sk", body["KeyConditionExpression"]
        wanted, values = _compiled(condition), body["ExpressionAttributeValues"]
        partition = values[condition.split()[2]]["S"]
        whole = self.index[partition].values() if sort == "gsk" else self.tree[partition].values()
        names = body.get("ExpressionAttributeNames", {})
        found = [item for item in whole if sort in item and wanted(Here(item, names, values))]
        found.sort(key=lambda item: item[sort]["S"], reverse=not body.get("ScanIndexForward", True))
        limit = body.get("Limit") or len(found)
        kept = _compiled(body["FilterExpression"]) if "FilterExpression" in body else lambda _: True
        shown, page = self._shown(body, sort), found[:limit]
        told: dict[str, Any] = {"Items": [shown(one) for one in page if kept(Here(one, names, values))]}
        if len(found) > limit:
            told["LastEvaluatedKey"] = {name: found[limit - 1][name] for name in ("pk", "sk", sort)}
        return told

    def _shown(self, body: Mapping[str, Any], sort: str) -> Callable[[Typed], Typed]:
        """What a query shows of an item: of an index only what is projected into it."""
        fields = self.projected if sort == "gsk" else frozenset[str]()
        asked = body.get("ProjectionExpression", "")
        if asked:
            names = frozenset(body["ExpressionAttributeNames"][one.strip()] for one in asked.split(","))
            fields = fields & names if fields else names
        return lambda item: {name: item[name] for name in item if not fields or name in fields}

    def scan(self, body: Mapping[str, Any]) -> dict[str, Any]:
        names = body["ExpressionAttributeNames"]
        fields = [names[one.strip()] for one in body["ProjectionExpression"].split(",")]
        return {"Items": [{name: item[name] for name in fields if name in item} for item in self.items()]}

    def batch_get(self, body: Mapping[str, Any]) -> dict[str, Any]:
        ((table, asked),) = body["RequestItems"].items()
        found = (self.item(_key(key)) for key in asked["Keys"])
        return {"Responses": {table: [dict(item) for item in found if item]}, "UnprocessedKeys": {}}

    def batch_write(self, body: Mapping[str, Any]) -> dict[str, Any]:
        ((_, asked),) = body["RequestItems"].items()
        for one in asked:
            self._put(one["PutRequest"])
        return {"UnprocessedItems": {}}

    def send_messages(self, body: Mapping[str, Any]) -> dict[str, Any]:
        now, entries = self.now(), body["Entries"]
        if not 0 < len(entries) <= 10 or len({entry["Id"] for entry in entries}) < len(entries):
            raise AwsError("AWS.SimpleQueueService.BadBatch", {})
        for entry in entries:
            same = entry.get("MessageDeduplicationId", "")
            if same and now - self._deduplicated.get(same, -300_000) < 300_000:
                continue
            self._deduplicated[same] = now
            visible = now + 1000 * entry.get("DelaySeconds", 0)
            self._numbers += 1
            group = entry.get("MessageGroupId", "")
            self.letters.append(
                Letter(body["QueueUrl"], entry["MessageBody"], group, now, visible, self._numbers)
            )
        return {"Successful": [{"Id": entry["Id"]} for entry in entries], "Failed": []}

    def get_parameter(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body["Name"] not in self.parameters:
            raise AwsError("ParameterNotFound", {})
        return {"Parameter": {"Value": self.parameters[body["Name"]]}}

    def put_parameter(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.parameters[body["Name"]] = body["Value"]
        return {}


_DOORS: Mapping[tuple[str, str], Callable[[Memory, Mapping[str, Any]], dict[str, Any]]] = {
    ("dynamodb", "GetItem"): Memory.get_item,
    ("dynamodb", "PutItem"): Memory.put_item,
    ("dynamodb", "UpdateItem"): Memory.update_item,
    ("dynamodb", "DeleteItem"): Memory.delete_item,
    ("dynamodb", "TransactWriteItems"): Memory.transact,
    ("dynamodb", "Query"): Memory.query,
    ("dynamodb", "Scan"): Memory.scan,
    ("dynamodb", "BatchGetItem"): Memory.batch_get,
    ("dynamodb", "BatchWriteItem"): Memory.batch_write,
    ("sqs", "SendMessageBatch"): Memory.send_messages,
    ("ssm", "GetParameter"): Memory.get_parameter,
    ("ssm", "PutParameter"): Memory.put_parameter,
}
_STEPS: Mapping[str, Callable[[Memory, Mapping[str, Any]], object]] = {
    "Put": Memory._put,
    "Update": Memory._update,
    "Delete": Memory._delete,
    "ConditionCheck": lambda _memory, _asked: None,  # all conditions were looked at before
}


def _only(step: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    ((kind, asked),) = step.items()
    return kind, asked


def _place(asked: Mapping[str, Any]) -> tuple[str, str]:
    return _key(asked.get("Key") or asked["Item"])


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


# Expressions: read once into functions of an item, its names and its values.


@dataclass(frozen=True, slots=True)
class Here:
    """What an expression is asked of."""

    item: Typed
    names: Mapping[str, str]
    values: Mapping[str, Any]

    def operand(self, word: str) -> Any:
        """The typed value behind a word; None for a missing attribute."""
        return self.values[word] if word.startswith(":") else self.item.get(self.name(word))

    def name(self, word: str) -> str:
        if not word.startswith("#") and word not in ("pk", "sk", "gpk", "gsk"):
            raise AwsError("ValidationException", {"word": word})
        return self.names[word] if word.startswith("#") else word


Test = Callable[[Here], bool]
_TOKEN = re.compile(r"[#:]?\w+|<=|>=|<>|[=<>(),]|\S")
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _holds(item: Typed, body: Mapping[str, Any]) -> bool:
    """Whether the request's condition holds; raises AwsError where names or values do not fit the text."""
    condition = body.get("ConditionExpression", "")
    names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
    words = _words(f"{condition} {body.get('UpdateExpression', '')}")
    if words != {*names, *values}:
        raise AwsError("ValidationException", {"words": sorted(words ^ {*names, *values})})
    return not condition or _compiled(condition)(Here(item, names, values))


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[#:]\w+", text))


@cache
def _compiled(text: str) -> Test:
    tokens = _TOKEN.findall(text)
    test = _any(tokens)
    if tokens:
        raise AwsError("ValidationException", {"rest": tokens})
    return test


def _any(tokens: list[str]) -> Test:
    tests = [_all(tokens)]
    while _took(tokens, "OR"):
        tests.append(_all(tokens))
    return lambda here: any(test(here) for test in tests)


def _all(tokens: list[str]) -> Test:
    tests = [_one(tokens)]
    while _took(tokens, "AND"):
        tests.append(_one(tokens))
    return lambda here: all(test(here) for test in tests)


def _one(tokens: list[str]) -> Test:
    if _took(tokens, "NOT"):
        test = _one(tokens)
        return lambda here: not test(here)
    if _took(tokens, "("):
        test = _any(tokens)
        _expect(tokens, ")")
        return test
    word = tokens.pop(0)
    if word in _FUNCTIONS:
        return _called(word, tokens)
    if _took(tokens, "IN"):
        choices = _listed(tokens)
        return lambda here: here.operand(word) in [here.operand(one) for one in choices]
    sign, other = tokens.pop(0), tokens.pop(0)
    if sign not in _COMPARED:
        raise AwsError("ValidationException", {"sign": sign})
    return lambda here: _compare(sign, here.operand(word), here.operand(other))


def _called(function: str, tokens: list[str]) -> Test:
    first, *others = _listed(tokens)
    return lambda here: _FUNCTIONS[function](here.operand(first), *[here.operand(one) for one in others])


def _listed(tokens: list[str]) -> list[str]:
    _expect(tokens, "(")
    found = [tokens.pop(0)]
    while _took(tokens, ","):
        found.append(tokens.pop(0))
    _expect(tokens, ")")
    return found


def _took(tokens: list[str], word: str) -> bool:
    if tokens and tokens[0] == word:
        tokens.pop(0)
        return True
    return False


def _expect(tokens: list[str], word: str) -> None:
    if not _took(tokens, word):
        raise AwsError("ValidationException", {"expected": word})


def _compare(sign: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return sign == "<>" and left is not right
    ((kind, one),), ((other_kind, other),) = left.items(), right.items()
    if kind != other_kind:
        return sign == "<>"
    if kind == "N":
        return _COMPARED[sign](float(one), float(other))
    return _COMPARED[sign](one, other)


def _contains(held: Any, sought: Any) -> bool:
    if held is None:
        return False
    ((kind, content),), ((sought_kind, wanted),) = held.items(), sought.items()
    return kind in (sought_kind, f"{sought_kind}S") and wanted in content


def _begins(held: Any, prefix: Any) -> bool:
    return held is not None and "S" in held and str(held["S"]).startswith(prefix["S"])


_FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    "attribute_exists": lambda held: held is not None,
    "attribute_not_exists": lambda held: held is None,
    "contains": _contains,
    "begins_with": _begins,
}


def _updated(old: Typed, body: Mapping[str, Any]) -> tuple[Typed, list[str]]:
    """The item after its update expression, and the attributes that it names."""
    here = Here(old, body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {}))
    new, touched = dict(old), list[str]()
    for clause, word, rest in _changes(body["UpdateExpression"]):
        name = here.name(word)
        touched.append(name)
        if clause == "SET":
            new[name] = _set(here, rest)
        elif clause == "REMOVE":
            new.pop(name, None)
        else:
            new[name] = _added(old.get(name), here.operand(rest))
    if len(set(touched)) < len(touched) or {"pk", "sk"} & set(touched):
        raise AwsError("ValidationException", {"paths": touched})
    return new, touched


@cache
def _changes(text: str) -> Sequence[tuple[str, str, str]]:
    """(clause, attribute, the rest) of every part of an update expression."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    _, *found = re.split(r"(?:^|\s)(SET|REMOVE|ADD)\s", text)
    for clause, parts in zip(found[::2], found[1::2], strict=True):
        for part in re.split(r",(?![^(]*\))", parts):
            word, _, rest = part.strip().partition(" ")
            yield clause, word, rest.strip().removeprefix("= ")


_MAYBE = re.compile(r"if_not_exists\(([#:]?\w+), ([#:]?\w+)\)").fullmatch


def _set(here: Here, rest: str) -> Any:
    maybe = _MAYBE(rest)
    if maybe:
        return here.operand(maybe[1]) or here.operand(maybe[2])
    first, plus, second = rest.partition(" + ")
    held = here.operand(first)
    if held is None:
        raise AwsError("ValidationException", {"missing": first})
    return _added(held, here.operand(second)) if plus else held


def _added(held: Any, more: Any) -> Any:
    ((kind, value),) = more.items()
    if held is None:
        return more
    if kind not in held:
        raise AwsError("ValidationException", {"kind": kind})
    return {kind: _sum(held["N"], value)} if kind == "N" else {kind: sorted({*held[kind], *value})}


def _sum(one: str, other: str) -> str:
    return format((Decimal(one) + Decimal(other)).normalize(), "f")
