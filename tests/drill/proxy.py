"""Between worker and engine: answers lost, throttles, partial results, delays, resets; and the queues' time.

A delay that a message asks for is taken out of it and kept in an attribute, so that the drill's clock decides
when it comes (tests/drill/source.py) instead of the engine's.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.drill.clock import Clock
from tests.drill.loop import HOST, LONGEST_HEAD, Asked, Reset, Server, done, read_answer, written

Told = tuple[int, dict[str, str], bytes]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
JSON = {"content-type": "application/x-amz-json-1.0"}
WRITES = (
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
    "BatchWriteItem",
    "SendMessageBatch",
    "SendMessage",
)


@dataclass
class Call:
    """One call of a worker to AWS."""

    number: int
    service: str
    operation: str
    body: dict[str, Any]

    @property
    def writes(self) -> bool:
        return self.operation in WRITES

    @property
    def site(self) -> str:
        """Which place in the code this is, as far as the wire tells: operation, items and shape."""
        if self.service == "sqs":
            return f"{self.operation} {str(self.body.get('QueueUrl', '')).rpartition('-')[2]}"
        steps = self.body.get("TransactItems")
        if steps:
            kinds = [_item(one) for step in steps for one in step.values()]
            return f"{self.operation} {' + '.join(dict.fromkeys(kinds))}"
        return f"{self.operation} {_item(self.body)}"


def _item(asked: dict[str, Any]) -> str:
    key = asked.get("Key") or asked.get("Item") or {}
    kind = f"{key.get('pk', {}).get('S', '').partition('#')[0]}/{key.get('sk', {}).get('S', '')}"
    if kind.startswith(("broadcast/", "due/", "newsletter/", "topic/", "account/")):
        kind = kind.partition("/")[0]
    return f"{kind} {asked.get('UpdateExpression', '')} {asked.get('ConditionExpression', '')}".strip()


Before = Callable[[Call], Told | float | Awaitable[object] | None]
After = Callable[[Call, Told], Told | Awaitable[Told]]


@dataclass
class Fault:
    """What happens to the calls that ``wanted`` picks, after ``skip`` of them, ``times`` often, by chance.

    ``before`` may answer in the engine's place (Told), wait (for seconds or for something) or raise Reset;
    ``after`` sees the answer of a call that was carried out, and may change it or raise Reset: then it is
    lost.
    """

    wanted: Callable[[Call], bool]
    before: Before = lambda _: None
    after: After = lambda _, told: told
    skip: int = 0
    times: int | None = 1
    chance: float = 1.0
    seen: int = 0
    fired: int = 0

    def strikes(self, call: Call, dice: random.Random) -> bool:
        if not self.wanted(call) or (self.times is not None and self.fired >= self.times):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.chance < 1 and dice.random() >= self.chance):
            return False
        self.fired += 1
        return True


class Proxy:
    """Carries calls to the engine; ``faults`` may be changed at any time, ``calls`` is the audit log."""

    def __init__(self, engine: int, clock: Clock, seed: int) -> None:
        self.engine, self.clock, self.dice = engine, clock, random.Random(seed)
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.server = Server(self._answer)
        self.server.start()
        self._stopped = False
        self._idle: list[Connection] = []
        self._all: list[Connection] = []

    @property
    def url(self) -> str:
        return self.server.url

    def stop(self) -> None:
        self.server.stop()
        done(self._closed())

    async def _closed(self) -> None:
        self._stopped = True
        for _, writer in self._all:
            await _ended(writer)

    async def _answer(self, asked: Asked) -> Told:
        service, operation = _target(asked)
        call = Call(len(self.calls), service, operation, json.loads(asked.body or b"{}"))
        self.calls.append(call)
        striking = [fault for fault in self.faults if fault.strikes(call, self.dice)]
        for fault in striking:
            verdict = fault.before(call)
            if isinstance(verdict, float):
                await asyncio.sleep(verdict)
            elif isinstance(verdict, tuple):
                return verdict
            elif verdict is not None:
                await verdict
        told = await self._carried(asked, _timed(call, self.clock.now()))
        for fault in striking:
            verdict = fault.after(call, told)
            told = verdict if isinstance(verdict, tuple) else await verdict
        return told

    async def _carried(self, asked: Asked, body: bytes | None) -> Told:
        if self._stopped:
            raise Reset
        reader, writer = await self._connection()
        writer.write(written(f"{asked.method} {asked.path} HTTP/1.1", asked.headers, body or asked.body))
        await writer.drain()
        told = await read_answer(reader)
        self._idle.append((reader, writer))
        return told

    async def _connection(self) -> Connection:
        while self._idle:
            found = self._idle.pop()
            if not found[0].at_eof():
                return found
            await _ended(found[1])
        made = await asyncio.open_connection(HOST, self.engine, limit=LONGEST_HEAD)
        self._all.append(made)
        return made


async def _ended(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _target(asked: Asked) -> tuple[str, str]:
    prefix, _, operation = asked.headers.get("x-amz-target", "").partition(".")
    services = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}
    return services.get(prefix, prefix.lower()), operation


def _timed(call: Call, now: int) -> bytes | None:
    """The call with its delays turned into an attribute; None where there are none."""
    if call.operation != "SendMessageBatch":
        return None
    entries = []
    for one in call.body["Entries"]:
        due = now + 1000 * int(one.get("DelaySeconds", 0))
        attribute = {"DataType": "Number", "StringValue": str(due)}
        kept = {name: value for name, value in one.items() if name != "DelaySeconds"}
        entries.append(kept | {"MessageAttributes": {"due": attribute}})
    return json.dumps(call.body | {"Entries": entries}).encode()


def error(status: int, code: str) -> Told:
    return status, JSON, json.dumps({"__type": code}).encode()


def of(*operations: str) -> Callable[[Call], bool]:
    return lambda call: call.operation in operations


def aws(call: Call) -> bool:
    """Any call to the table or a queue."""
    return call.service in ("dynamodb", "sqs")


def table(call: Call) -> bool:
    return call.service == "dynamodb"


def lost(wanted: Callable[[Call], bool], skip: int = 0, times: int | None = 1) -> Fault:
    """Carried out, but the answer never comes."""

    def cut(_: Call, __: Told) -> Told:
        raise Reset

    return Fault(wanted, after=cut, skip=skip, times=times)


def throttled(wanted: Callable[[Call], bool], chance: float) -> Fault:
    told = error(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")
    return Fault(wanted, before=lambda _: told, times=None, chance=chance)


def down(wanted: Callable[[Call], bool]) -> Fault:
    told = error(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")
    return Fault(wanted, before=lambda _: told, times=None)


def denied(wanted: Callable[[Call], bool]) -> Fault:
    """A refusal that does not pass by itself."""
    told = error(400, "com.amazonaws.dynamodb.v20120810#AccessDeniedException")
    return Fault(wanted, before=lambda _: told, times=None)


def refused_once(wanted: Callable[[Call], bool], skip: int, times: int) -> Fault:
    """A fault of the service that outlasts our own repetitions."""
    told = error(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")
    return Fault(wanted, before=lambda _: told, skip=skip, times=times)


def slow(wanted: Callable[[Call], bool], mean: float, jitter: float, dice: random.Random) -> Fault:
    return Fault(wanted, before=lambda _: max(0.0, dice.gauss(mean, jitter)), times=None)


@dataclass
class EveryNth:
    """Cuts the connection of every n-th call, before it is carried out and after it in turn."""

    n: int
    count: int = field(default=0)

    def before(self, _: Call) -> None:
        self.count += 1
        if self.count % (2 * self.n) == 0:
            raise Reset

    def after(self, _: Call, told: Told) -> Told:
        if self.count % (2 * self.n) == self.n:
            raise Reset
        return told

    def fault(self, wanted: Callable[[Call], bool]) -> Fault:
        return Fault(wanted, self.before, self.after, times=None)


def failing_entries(share: int) -> Fault:
    """Of each SendMessageBatch every ``share``-th entry is told to have failed, and has."""

    left_out: dict[int, list[str]] = {}

    def before(call: Call) -> None:
        entries = call.body["Entries"]
        left_out[call.number] = [one["Id"] for one in entries[::share]]
        call.body["Entries"] = [one for at, one in enumerate(entries) if at % share]

    def after(call: Call, told: Told) -> Told:
        answer = json.loads(told[2])
        refused = [
            {"Id": one, "Code": "InternalError", "SenderFault": False} for one in left_out[call.number]
        ]
        answer["Failed"] = answer.get("Failed", []) + refused
        return told[0], told[1], json.dumps(answer).encode()

    return Fault(of("SendMessageBatch"), before, after)
