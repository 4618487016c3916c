"""A broadcast that the first release planned and began is planned, sent and ended by this one.

What is stored is written out as that release wrote it, and with what a later one might add.
"""

from typing import Any

import pytest

from rundruf.aws.queues import planned_broadcast, send_task
from rundruf.aws.table import packed
from rundruf.core.broadcast import State
from rundruf.core.contact import Contact, contact_bytes, shard_of
from tests.support.people import DAY, NOW
from tests.support.stack import Stack
from tests.support.world import World

LATER: dict[str, Any] = {"later": {"more": [1, "x"]}, "later_still": True}
PLAN = '{"broadcast": "b1"}'
SEND = '{"broadcast": "b1", "chunk": "0-0", "account": "telegram/main"}'
MESSAGE: dict[str, Any] = {"text": "Hello", "media": [], "buttons": [], "template": None}
BROADCAST = {
    "pk": "broadcast",
    "sk": "b1",
    "name": "Autumn",
    "kind": "marketing",
    "topic": "news",
    "audience": {
        "messengers": [],
        "accounts": [],
        "languages": [],
        "tags": {"any": [], "all": [], "none": []},
        "attributes": {},
    },
    "message": MESSAGE,
    "state": "planning",
    "reason": "",
    "created": NOW,
    "language": "en",
    "send_at": 0,
    "expires_at": 0,
    "started": NOW,
    "finished": 0,
    "accounts": ["telegram/main"],
    "planned": False,
    "chunks": 0,
    "people": 0,
    "done": 0,
    "newsletter": "",
    "slot": 0,
}


def begun(last: Contact) -> dict[str, Any]:
    """The planner's cursor after its first chunk, which ends with this person."""
    return {
        "pk": "b#b1",
        "sk": "cursor",
        "account": 0,
        "shard": shard_of(last.id),
        "after": last.id,
        "chunks": 1,
        "people": 2,
        "queued": 0,
        "ended": False,
        "version": 1,
        "expires": NOW // 1000 + DAY,
    }


def chunk(people: list[Contact]) -> list[dict[str, Any]]:
    """The first chunk, of whom the first has been sent to; its worker has died since."""
    here = {"pk": "b#b1#0-0", "expires": NOW // 1000 + DAY}
    recipients = b"".join(contact_bytes(one.id) for one in people)
    progress = {
        "marks": b"\x01" + bytes(len(people) - 1),
        "window": b"",
        "opened_at": 0,
        "owner": "deadbeef",
        "lease_until": NOW - 1,
        "attempts": 0,
        "done": False,
    }
    return [
        here | {"sk": "chunk", "account": "telegram/main", "recipients": recipients},
        here | {"sk": "progress", **progress},
        here | {"sk": "receipts"},
    ]


@pytest.mark.parametrize("more", [{}, LATER], ids=["from an earlier release", "from a later release"])
def test_a_broadcast_under_way_is_ended_by_another_release(stack: Stack, more: dict[str, Any]) -> None:
    world = World(stack)
    everyone = sorted(world.people(5), key=lambda one: (shard_of(one.id), one.id))
    for item in (BROADCAST, begun(everyone[1]), *chunk(everyone[:2])):
        stack.client("dynamodb").put_item(TableName=stack.table, Item=packed(item | more))
    world.queues.sends.append(send_task(SEND))
    world.queues.plans.append(planned_broadcast(PLAN))
    world.queues.waits.append(0)
    world.drain()
    assert sorted(world.messengers.sent_to()) == sorted(one.identity.user_id for one in everyone[1:])
    assert (world.state(), world.figures().sent) == (State.FINISHED, 5)
