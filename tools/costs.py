"""AWS dollars for a million recipients, from calls that are counted while the code runs.

A chunk of 256 is sent, an audience is planned and webhook bodies are taken by the real flows and stores,
against a stand-in without a network (bench/paper.py); bench/counting.py weighs each call as AWS does. Time
passes on paper too: 150 ms for a call to a messenger, 5 ms for one to AWS. List prices of us-east-1 (arm64
Lambda), without free tier, logs and traffic; secondary sources of 2025-07 to 2026-09, to be checked against
AWS's own pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.business import services
from bench.counting import Bill, Counting
from bench.paper import BEGIN, Paper
from bench.plan import Index
from bench.receipts import BATCH, a_batch, a_webhook, messages
from rundruf.core.chunk import SIZE, WINDOW
from rundruf.flows.planning import plan
from rundruf.flows.sending import send
from rundruf.flows.services import SendTask

WRITE, READ = 0.625e-6, 0.125e-6  # DynamoDB on demand
QUEUE, API, INVOKE, GB_SECOND = 0.40e-6, 1.00e-6, 0.20e-6, 13.3334e-6
PEOPLE = 1_000_000
RECEIPTS = 3
PLANNED = 100 * SIZE
# Lambda's poller receives and deletes a batch each time, ten messages a call at most; we pay for both.
POLLED = 2
TEN = 10
CHUNKS_AT_ONCE = 20  # SendConcurrency: a batch holds receipts of all chunks that are being sent
RECEIPTS_ITEM = 2  # write units of a chunk's receipts, on average: up to 2.3 KB of number sets
MEMORY = {"send": 0.25, "broadcast": 0.5, "webhook": 0.25, "receipts": 0.25}  # GB, as in template.yaml
# CPU seconds of an invocation, on a whole core (bench/RESULTS.md); a GB has 0.58 of one.
CPU = {"webhook": 0.0003, "receipts": 0.05, "broadcast": 0.003 * PLANNED / 1000, "send": 0.25 * SIZE / 1000}
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
        Line(f"progress: one write a window of {WINDOW}", chunks * of_units(bill, *progress)),
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
    put, door = a_webhook(a_body)
    answered = lasting("webhook", door)
    booked, told, booker, _ = a_batch(messages(a_body, CHUNKS_AT_ONCE))
    batches = PEOPLE * RECEIPTS / told
    polled = POLLED * BATCH / TEN
    writes = booked.calls["UpdateItem"]
    return [
        *([Line("HTTP API", calls * API)] if api else []),
        Line(f"webhook Lambda of 256 MB, {answered * 1000:.0f} ms", calls * lambda_of("webhook", answered)),
        Line(
            "queue: in, and out in tens",
            calls * of_units(put, "queue receipts") + batches * polled * QUEUE,
        ),
        Line(
            f"booking: {writes / told:.3f} writes a receipt",
            batches * (writes * RECEIPTS_ITEM * WRITE + lambda_of("receipts", lasting("receipts", booker))),
        ),
    ]


def total(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


PARTS: dict[str, Callable[[], list[Line]]] = {
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
