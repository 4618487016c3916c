"""The queues between the steps: what is put in, and what comes out."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from rundruf.aws.calls import Aws
from rundruf.core.message import MediaKind
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.services import InboxItem, SendTask
from rundruf.messengers.contract import Event, EventKind, Item, MediaIn, Place, Receipt, ReceiptStatus

BATCH = 10
TRIES = 5
LONGEST_DELAY = 900
RECEIPTS_A_MESSAGE = 200


class QueueFull(Exception):
    """A queue did not take everything after several tries."""


class SqsQueues:
    """The Queues that flows use; ``urls`` by name: plan, send, inbox, receipts."""

    def __init__(self, aws: Aws, urls: Mapping[str, str]) -> None:
        self.aws, self.urls = aws, urls

    def plan(self, broadcast: str, delay: float = 0) -> None:
        self._put("plan", [_entry({"broadcast": broadcast}, delay)])

    def send(self, tasks: Sequence[SendTask], delay: float = 0) -> None:
        """One message a chunk, grouped by account so that a slow one does not hold up the others."""
        self._put(
            "send", [_entry(asdict(task), delay) | {"MessageGroupId": _group(task.account)} for task in tasks]
        )

    def inbox(self, items: Sequence[InboxItem]) -> None:
        """In order for each contact; the same event within five minutes is taken once."""
        self._put("inbox", [_inbox_entry(item) for item in items])

    def receipts(self, account: str, receipts: Sequence[Receipt], delay: float = 0) -> None:
        """Grouped: one message holds many receipts of one webhook body."""
        entries = [
            _entry({"account": account, "receipts": [_receipt_out(one) for one in part]}, delay)
            for part in _parts(receipts, RECEIPTS_A_MESSAGE)
        ]
        self._put("receipts", entries)

    def _put(self, queue: str, entries: list[dict[str, Any]]) -> None:
        for part in _parts(entries, BATCH):
            waiting = [entry | {"Id": str(number)} for number, entry in enumerate(part)]
            for attempt in range(TRIES):
                body = {"QueueUrl": self.urls[queue], "Entries": waiting}
                answer = self.aws.call("sqs", "SendMessageBatch", body)
                refused = {one["Id"] for one in answer.get("Failed", [])}
                waiting = [entry for entry in waiting if entry["Id"] in refused]
                if not waiting:
                    break
                time.sleep(0.05 * 2**attempt)
            else:
                raise QueueFull(queue)


def _parts(items: Sequence[Any], size: int) -> list[Any]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _entry(body: Mapping[str, Any], delay: float = 0) -> dict[str, Any]:
    entry: dict[str, Any] = {"MessageBody": json.dumps(body, separators=(",", ":"))}
    if delay > 0:
        entry["DelaySeconds"] = min(LONGEST_DELAY, max(1, round(delay)))
    return entry


def _group(account: str) -> str:
    return account.replace("/", "_")


def _inbox_entry(item: InboxItem) -> dict[str, Any]:
    event = asdict(item.event) | {"kind": item.event.kind.value}
    body = {"account": item.account, "contact": item.contact, "applied": item.applied, "event": event}
    digest = sha256(f"{item.account}\0{item.event.id}".encode()).hexdigest()
    return _entry(body) | {"MessageGroupId": item.contact, "MessageDeduplicationId": digest}


def inbox_item(body: str) -> InboxItem:
    """What ``inbox`` put in; raises ValueError, KeyError, TypeError for anything else."""
    stored = json.loads(body)
    event = stored["event"]
    event["kind"] = EventKind(event["kind"])
    event["aliases"] = tuple(event["aliases"])
    event["media"] = tuple(MediaIn(**one | {"kind": MediaKind(one["kind"])}) for one in event["media"])
    event["place"] = Place(**event["place"]) if event.get("place") else None
    event["order"] = tuple(Item(**one) for one in event.get("order", ()))
    return InboxItem(stored["account"], stored["contact"], Event(**event), stored["applied"])


def send_task(body: str) -> SendTask:
    """What ``send`` put in; raises ValueError, TypeError for anything else."""
    return SendTask(**json.loads(body))


def planned_broadcast(body: str) -> str:
    """What ``plan`` put in; raises ValueError, KeyError for anything else."""
    return str(json.loads(body)["broadcast"])


def _receipt_out(receipt: Receipt) -> dict[str, Any]:
    outcome = receipt.outcome
    return {
        "delivery": receipt.delivery,
        "status": receipt.status.value,
        "at": receipt.at,
        "user_id": receipt.user_id if outcome or not receipt.delivery else "",
        "aliases": list(receipt.aliases) if outcome or not receipt.delivery else [],
        "message_id": "" if receipt.delivery else receipt.message_id,
        "outcome": {"kind": outcome.kind.value, "code": outcome.code} if outcome else None,
    }


def receipts_in(body: str) -> list[tuple[str, Receipt]]:
    """What ``receipts`` put in, as (account id, receipt) pairs; raises ValueError, KeyError."""
    stored = json.loads(body)
    return [
        (
            stored["account"],
            Receipt(
                one["delivery"],
                ReceiptStatus(one["status"]),
                one["at"],
                one["user_id"],
                one.get("message_id", ""),
                outcome=Outcome(OutcomeKind(one["outcome"]["kind"]), one["outcome"]["code"])
                if one["outcome"]
                else None,
                aliases=tuple(one["aliases"]),
            ),
        )
        for one in stored["receipts"]
    ]
