"""AWS dollars for a million recipients, from calls that are counted while the code runs.

A chunk of 256 is sent, an audience is planned and webhook bodies are taken by the real flows and stores,
against a stand-in without a network (bench/paper.py); bench/counting.py weighs each call as AWS does. Time
passes on paper too: 150 ms for a call to a messenger, 5 ms for one to AWS. List prices of us-east-1 (arm64
Lambda), without free tier, logs and traffic; secondary sources of 2025-07 to 2026-09, to be checked against
AWS's own pages.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.business import APP_SECRET, services
from bench.counting import Bill, Counting
from bench.paper import BEGIN, Paper
from bench.plan import Index
from rundruf.aws.queues import receipts_in
from rundruf.core.chunk import SIZE
from rundruf.flows.planning import plan
from rundruf.flows.receipts import take
from rundruf.flows.receiving import receive
from rundruf.flows.sending import send
from rundruf.flows.services import SendTask
from rundruf.messengers.contract import Call

WRITE, READ = 0.625e-6, 0.125e-6  # DynamoDB on demand
QUEUE, API, INVOKE, GB_SECOND = 0.40e-6, 1.00e-6, 0.20e-6, 13.3334e-6
PEOPLE = 1_000_000
RECEIPTS = 3
PLANNED = 100 * SIZE
# Lambda's poller receives and deletes a batch each time, ten messages a call at most; we pay for both.
POLLED = 2
TEN = 10
BATCH = 100
MEMORY = {"send": 0.25, "broadcast": 0.5, "webhook": 0.5, "receipts": 0.25}  # GB, as in template.yaml
# CPU seconds of an invocation, on a whole core (bench/RESULTS.md); a GB has 0.58 of one.
CPU = {"webhook": 0.001, "receipts": 0.01, "broadcast": 0.003 * PLANNED / 1000, "send": 0.2 * SIZE / 1000}
CORES_A_GB = 1024 / 1769


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    dollars: float


def of_units(bill: Bill, *kinds: str) -> float:
    """Dollars of those parts of a bill, such as "write contact"."""
    prices = {"write": WRITE, "read": READ, "queue": QUEUE}
    return sum(prices[kind.partition(" ")[0]] * bill.parts.get(kind, 0) for kind in kinds)


def lasting(door: str, paper: Paper) -> float:
    """Seconds of an invocation: its calls, and its CPU at the share that its memory gives."""
    return paper.elapsed / 1000 + CPU[door] / (MEMORY[door] * CORES_A_GB)


def lambda_of(door: str, seconds: float) -> float:
    return INVOKE + seconds * MEMORY[door] * GB_SECOND


def a_chunk() -> tuple[Bill, float]:
    """The calls of sending one chunk, and how long it takes."""
    paper = Paper()
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    send(SendTask("b1", "0-1", "telegram/main"), given, lambda: 900_000.0)
    return counting.bill, lasting("send", paper)


def a_plan() -> Bill:
    """The calls of planning ``PLANNED`` people."""
    counting = Counting(Index(PLANNED))
    given = services(counting, "http://paper", clock=lambda: BEGIN)
    plan("b1", given, lambda: 900_000.0)
    return counting.bill


def sending() -> list[Line]:
    """The send side, without a limit of the messenger."""
    bill, seconds = a_chunk()
    planned, chunks, plans = a_plan(), PEOPLE / SIZE, PEOPLE / PLANNED
    planner = lambda_of("broadcast", CPU["broadcast"] / (MEMORY["broadcast"] * CORES_A_GB))
    all_of = set(bill.parts)
    claims, progress = {"write contact"}, {"write progress", "write broadcast"}
    queues = of_units(planned, "queue send") * plans + chunks * POLLED * QUEUE
    return [
        Line("claims: one conditional write a person", chunks * of_units(bill, *claims)),
        Line(
            "planning: the index read, chunks and cursor in transactions",
            plans * (_stored(planned) + planner),
        ),
        Line("progress: one write a window of 16", chunks * of_units(bill, *progress)),
        Line(
            "pace and state: a write and a read a window",
            chunks * of_units(bill, *all_of - claims - progress),
        ),
        Line("queues", queues),
        Line(f"Lambda of 256 MB, {seconds:.1f} s a chunk", chunks * lambda_of("send", seconds)),
    ]


def _stored(bill: Bill) -> float:
    return of_units(bill, *(part for part in bill.parts if not part.startswith("queue")))


def receiving(a_body: int, api: bool) -> list[Line]:
    """Three receipts a person, so many in each webhook call; through the HTTP API or a function URL."""
    calls = PEOPLE * RECEIPTS / a_body
    put, answered = a_webhook(a_body)
    booked, told, seconds = a_batch(a_body)
    batches = PEOPLE * RECEIPTS / told
    polled = POLLED * BATCH / TEN
    return [
        *([Line("HTTP API", calls * API)] if api else []),
        Line(f"webhook Lambda of 512 MB, {answered * 1000:.0f} ms", calls * lambda_of("webhook", answered)),
        Line(
            "queue: in, and out in batches of 100",
            calls * of_units(put, "queue receipts") + batches * polled * QUEUE,
        ),
        Line(
            f"booking: {_writes(booked) / told:.3f} writes a receipt",
            batches * (_stored(booked) + lambda_of("receipts", seconds)),
        ),
    ]


def _writes(bill: Bill) -> float:
    return sum(units for part, units in bill.parts.items() if part.startswith("write"))


def a_webhook(a_body: int) -> tuple[Bill, float]:
    """The calls of one webhook call with so many receipts, and how long it takes."""
    paper = Paper()
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    receive("whatsapp", "main", signed(statuses(range(a_body))), given)
    return counting.bill, lasting("webhook", paper)


def a_batch(a_body: int) -> tuple[Bill, int, float]:
    """The calls of booking one full batch of the queue, its receipts, and how long it takes."""
    paper = Paper()
    taken = Counting(paper)
    given = services(taken, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    numbers = count()
    bodies = [statuses([next(numbers) for _ in range(a_body)]) for _ in range(BATCH)]
    told = [one for body in bodies for one in receipts_in(queued(body))]
    take(told, given)
    return taken.bill, len(told), lasting("receipts", paper)


def statuses(numbers: Any) -> dict[str, Any]:
    """A body of WhatsApp with receipts of these recipients, who were sent to in this order."""
    each = [
        {
            "id": f"wamid.{number}",
            "status": ("sent", "delivered", "read")[number % 3],
            "timestamp": "1790000000",
            "recipient_id": str(4915112000000 + number // 3),
            "biz_opaque_callback_data": f"b1:0-{number // 3 // SIZE}:{number // 3 % SIZE}",
        }
        for number in numbers
    ]
    metadata = {"phone_number_id": "106540352242922"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": each}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def signed(body: Mapping[str, Any]) -> Call:
    raw = json.dumps(body).encode()
    digest = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return Call("POST", {"x-hub-signature-256": f"sha256={digest}"}, {}, raw, BEGIN)


def queued(body: Mapping[str, Any]) -> str:
    """What the webhook puts into the queue for a body."""
    seen: list[str] = []

    def kept(operation: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        if operation == "SendMessageBatch":
            seen.extend(entry["MessageBody"] for entry in asked["Entries"])
        return None

    paper = Paper(told=kept)
    given = services(paper, "http://paper", clock=paper.now, tick=paper.ticks)
    receive("whatsapp", "main", signed(body), given)
    (only,) = seen
    return only


def total(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


PARTS = {
    "Sending": sending,
    "Receipts through a function URL, one in each webhook call": lambda: receiving(1, api=False),
    "Receipts through the HTTP API, one in each webhook call": lambda: receiving(1, api=True),
    "Receipts through the HTTP API, two in each webhook call": lambda: receiving(2, api=True),
    "Receipts through the HTTP API, ten in each webhook call": lambda: receiving(10, api=True),
}


def table() -> str:
    """Markdown for the README."""
    rows = ["| for a million recipients | $ |", "|---|---:|"]
    for title, made in PARTS.items():
        lines = made()
        rows.append(f"| **{title}** | **{total(lines):.2f}** |")
        rows += [f"| {line.what} | {line.dollars:.2f} |" for line in lines]
    return "\n".join(rows)
