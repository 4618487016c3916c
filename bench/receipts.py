"""Receipts: how many writes and how much CPU it takes to book them, grouped by body and then by chunk.

    python bench/receipts.py       prints a table and writes it into bench/RESULTS.md

Webhook bodies go through the webhook's flow into the queue's messages, and full batches of these through the
flow that books them; calls are counted on paper (bench/paper.py). A broadcast is sent in several chunks at
once, so that a batch holds receipts of all of them.
"""

import hashlib
import hmac
import json
import statistics
import sys
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import APP_SECRET, services  # noqa: E402
from bench.counting import Bill, Counting  # noqa: E402
from bench.paper import BEGIN, Paper  # noqa: E402
from bench.results import write  # noqa: E402
from bench.stand import machine  # noqa: E402
from rundruf.aws.queues import receipts_in  # noqa: E402
from rundruf.core.chunk import SIZE  # noqa: E402
from rundruf.flows.receipts import take  # noqa: E402
from rundruf.flows.receiving import receive  # noqa: E402
from rundruf.messengers.contract import Call  # noqa: E402

BATCH = 1000  # messages, as in template.yaml
STATUSES = ("sent", "delivered", "read")
CASES = [(a_body, chunks) for a_body in (1, 10) for chunks in (1, 4, 20)]
ROUNDS = 5


def status(number: int, chunks: int) -> dict[str, Any]:
    """The receipt of that number: people of so many chunks in turns, three receipts each."""
    person = number // len(STATUSES)
    return {
        "id": f"wamid.{number}",
        "status": STATUSES[number % len(STATUSES)],
        "timestamp": str(BEGIN // 1000),
        "recipient_id": str(4_915_112_000_000 + person),
        "biz_opaque_callback_data": f"b1:0-{person % chunks}:{person // chunks % SIZE}",
    }


def body(each: list[dict[str, Any]]) -> dict[str, Any]:
    """What WhatsApp posts with these receipts."""
    metadata = {"phone_number_id": "106540352242922"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": each}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def signed(told: Mapping[str, Any]) -> Call:
    raw = json.dumps(told).encode()
    digest = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return Call("POST", {"x-hub-signature-256": f"sha256={digest}"}, {}, raw, BEGIN)


def a_webhook(a_body: int) -> tuple[Bill, Paper]:
    """The calls of one webhook call with so many receipts, and the paper it took its time on."""
    paper = Paper()
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    receive("whatsapp", "main", signed(body([status(number, 1) for number in range(a_body)])), given)
    return counting.bill, paper


def messages(a_body: int, chunks: int) -> list[str]:
    """A full batch of what the webhook puts into the queue."""
    seen: list[str] = []

    def kept(operation: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        if operation == "SendMessageBatch":
            seen.extend(entry["MessageBody"] for entry in asked["Entries"])
        return None

    paper, numbers = Paper(told=kept), count()
    given = services(paper, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    while len(seen) < BATCH:
        each = [status(next(numbers), chunks) for _ in range(a_body)]
        receive("whatsapp", "main", signed(body(each)), given)
    return seen


def a_batch(bodies: list[str]) -> tuple[Bill, int, Paper, float]:
    """The calls of booking a batch, its receipts, the paper it took its time on, and its CPU seconds."""
    paper = Paper()
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    began = time.process_time()
    told = [one for each in bodies for one in receipts_in(each)]
    take(told, given)
    return counting.bill, len(told), paper, time.process_time() - began


def main(arguments: list[str]) -> None:
    lines = [
        f"{machine()} Batches of {BATCH} messages.",
        "",
        "| receipts a webhook call | chunks at once | receipts a batch | writes a receipt | CPU ms a 1,000 |",
        "|---:|---:|---:|---:|---:|",
    ]
    for a_body, chunks in CASES:
        bodies = messages(a_body, chunks)
        done = [a_batch(bodies) for _ in range(ROUNDS)]
        bill, told, _, _ = done[0]
        used = statistics.median(seconds for _, _, _, seconds in done) / told * 1e6
        writes = bill.calls["UpdateItem"] / told
        lines.append(f"| {a_body} | {chunks} | {told:,} | {writes:.4f} | {used:.0f} |")
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("receipts", "Receipts", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
