"""The dead-letter queues: what lies in them, and back into the queue it came from."""

from collections.abc import Mapping, Sequence
from typing import Any

from rundruf.aws.calls import Aws
from rundruf.aws.queues import inbox_item, planned_broadcast, receipts_in, send_task
from rundruf.flows.dead_letters import Letter

AT_ONCE = 10
HIDDEN = 120  # seconds that a letter is ours alone; longer than a call of the API may take


class SqsDeadLetters:
    """The Post that flows use; ``urls`` and ``dead`` by the queue's name."""

    def __init__(self, aws: Aws, urls: Mapping[str, str], dead: Mapping[str, str]) -> None:
        self.aws, self.urls, self.dead = aws, urls, dead

    def queues(self) -> Sequence[str]:
        return tuple(self.dead)

    def take(self, queue: str, most: int) -> Sequence[Letter]:
        """Oldest first as far as the queue keeps an order; ours for two minutes."""
        found: dict[str, Letter] = {}
        while len(found) < most:
            asked = {
                "QueueUrl": self.dead[queue],
                "MaxNumberOfMessages": min(AT_ONCE, most - len(found)),
                "VisibilityTimeout": HIDDEN,
                "AttributeNames": ["All"],
            }
            told = self.aws.call("sqs", "ReceiveMessage", asked).get("Messages") or []
            found |= {one["MessageId"]: _letter(queue, one) for one in told}
            if not told:
                break
        return list(found.values())

    def put_back(self, letters: Sequence[Letter]) -> None:
        """Visible again at once; the last first, so that those of one group keep their order."""
        for letter in reversed(letters):
            hidden = {"ReceiptHandle": letter.handle, "VisibilityTimeout": 0}
            self.aws.call("sqs", "ChangeMessageVisibility", {"QueueUrl": self.dead[letter.queue], **hidden})

    def send_again(self, letter: Letter) -> None:
        body = {"QueueUrl": self.urls[letter.queue], "MessageBody": letter.body}
        if letter.group:
            body["MessageGroupId"] = letter.group
        if letter.dedupe:
            body["MessageDeduplicationId"] = letter.dedupe
        self.aws.call("sqs", "SendMessage", body)

    def remove(self, letter: Letter) -> None:
        handle = {"QueueUrl": self.dead[letter.queue], "ReceiptHandle": letter.handle}
        self.aws.call("sqs", "DeleteMessage", handle)


def _letter(queue: str, told: Mapping[str, Any]) -> Letter:
    attributes = told.get("Attributes", {})
    known: dict[str, Any] = {}
    try:
        known = _known(queue, told["Body"])
    except (ValueError, KeyError, TypeError, AttributeError):
        known = {"readable": False}
    return Letter(
        queue,
        told["MessageId"],
        int(attributes.get("SentTimestamp", 0)),
        int(attributes.get("ApproximateReceiveCount", 0)),
        body=told["Body"],
        handle=told["ReceiptHandle"],
        group=attributes.get("MessageGroupId", ""),
        dedupe=attributes.get("MessageDeduplicationId", ""),
        **known,
    )


def _known(queue: str, body: str) -> dict[str, Any]:
    """What a message of this queue is about; raises what reading it raises."""
    if queue == "send":
        return {"task": send_task(body)}
    if queue == "plan":
        return {"broadcast": planned_broadcast(body)}
    if queue == "inbox":
        return {"contact": inbox_item(body).contact}
    if queue == "receipts":
        receipts_in(body)
    return {}
