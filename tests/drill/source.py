"""The event source mapping, played by hand: receive, call the door, delete or leave until visible again.

Time is the drill's: when nothing is to be done, the clock jumps to the next delay or visibility that ends.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.drill.counts import COUNTS
from tests.drill.workers import Job

if TYPE_CHECKING:
    from tests.drill.place import Place

DOORS = {"plan": "broadcast", "send": "send", "inbox": "inbox", "receipts": "receipts"}
VISIBILITY = {"plan": 1_800, "send": 180, "inbox": 180, "receipts": 180}
RECEIVES = 5
TICKS = 3
A_LOOK = 6 * 60
NOBODY_WAITS = 0.02


@dataclass(order=True)
class Message:
    """A message that is due (ms) on a queue; ``received`` counts its deliveries."""

    due: int
    number: int
    queue: str = field(compare=False)
    body: str = field(compare=False)
    group: str = field(compare=False, default="")
    received: int = field(compare=False, default=0)


class Source:
    """All queues of a place; ``dead`` are the dead letters."""

    def __init__(self, place: "Place") -> None:
        self.place = place
        self.waiting: list[Message] = []
        self.running: list[tuple[Job, Message]] = []
        self.dead: list[Message] = []
        self.delivered = 0
        self.left = 120_000.0
        self.skew: Callable[[], int] = lambda: 0
        self.started: Callable[[Job, Message], None] = lambda _job, _message: None
        self._numbers = count()

    def pull(self) -> None:
        """Take what is in the engine's queues."""
        sqs = self.place.client("sqs")
        for queue in DOORS:
            url = self.place.made[f"{queue.capitalize()}Queue"]
            while found := sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            ).get("Messages"):
                for one in found:
                    self._keep(queue, one)
                handles = [
                    {"Id": str(at), "ReceiptHandle": one["ReceiptHandle"]} for at, one in enumerate(found)
                ]
                sqs.delete_message_batch(QueueUrl=url, Entries=handles)

    def _keep(self, queue: str, found: dict[str, Any]) -> None:
        attribute = found.get("MessageAttributes", {}).get("due")
        due = int(attribute["StringValue"]) if attribute else self.place.clock.now()
        group = found.get("Attributes", {}).get("MessageGroupId", "")
        self.put(queue, found["Body"], due, group)

    def put(self, queue: str, body: str, due: int = 0, group: str = "", received: int = 0) -> Message:
        made = Message(due, next(self._numbers), queue, body, group, received)
        heapq.heappush(self.waiting, made)
        return made

    def take(self, queue: str) -> Message:
        """The first waiting message of a queue, into the test's own hands."""
        self.pull()
        found = min(one for one in self.waiting if one.queue == queue)
        self.waiting.remove(found)
        heapq.heapify(self.waiting)
        return found

    def deliver(self, message: Message, skew: int = 0) -> Job:
        """One invocation with this message."""
        self.delivered += 1
        event = self.place.records(message.body, group=message.group)
        job = self.place.begin(DOORS[message.queue], event, self.left, skew)
        self.running.append((job, message))
        self.started(job, message)
        return job

    def settle(self) -> None:
        """Book every invocation that has ended."""
        for job, message in [pair for pair in self.running if pair[0].over]:
            self.running.remove((job, message))
            answer = job.answer
            if answer is not None and not answer.get("batchItemFailures"):
                continue
            COUNTS.add("kills" if job.killed else "failed invocations")
            received = message.received + 1
            if received >= RECEIVES:
                self.dead.append(message)
                continue
            due = self.place.clock.now() + 1000 * VISIBILITY[message.queue]
            self.put(message.queue, message.body, due, message.group, received)

    def drain(self, workers: int = 1, most: int = 2_000) -> None:
        """Until all queues are empty and nobody works; that it comes to an end is a promise.

        The minute's tick looks after what has been waiting for long.
        """
        for _ in range(1 + TICKS):
            self.quiet(workers, most)
            if not self.place.unsettled():
                return
            COUNTS.add("ticks needed")
            self.place.clock.passes(A_LOOK)
            self.place.tick().wait()

    def quiet(self, workers: int = 1, most: int = 500) -> None:
        """Until all queues are empty, wherever that leaves the broadcasts."""
        began = self.delivered
        while self.turn(workers):
            if self.delivered - began > most:
                raise AssertionError("the queues never end")

    def turn(self, workers: int = 1) -> bool:
        """One step of ``drain``; False at the end."""
        self.settle()
        self.pull()
        while len(self.running) < workers and (message := self._due()):
            self.deliver(message, self.skew())
        if self.running:
            with self.place.workers.any_ended:
                if not any(job.over for job, _ in self.running):
                    self.place.workers.any_ended.wait(NOBODY_WAITS if len(self.running) < workers else 1)
            return True
        if self.waiting:
            self.place.clock.pass_until(self.waiting[0].due)
        return bool(self.waiting)

    def _due(self) -> Message | None:
        """The next message that may be delivered now; one at a time for each group of the inbox."""
        busy = {message.group for _, message in self.running if message.queue == "inbox"}
        for message in sorted(self.waiting):
            if message.due > self.place.clock.now():
                return None
            if message.queue == "inbox" and message.group in busy:
                continue
            self.waiting.remove(message)
            heapq.heapify(self.waiting)
            return message
        return None
