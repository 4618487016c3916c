"""The events that wait for a bot to fetch them."""

import asyncio
import contextlib
import itertools
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 10_000
AT_ONCE = 100
LONGEST_POLL = 60.0

Payload = dict[str, Any]


@dataclass(slots=True)
class Waiting:
    """An event; ``done`` turns true once the bot acknowledged it, false if it was dropped."""

    id: int
    type: str
    payload: Payload
    done: "asyncio.Future[bool]"

    def told(self) -> dict[str, Any]:
        return {"eventId": self.id, "type": self.type, "payload": self.payload}


@dataclass(slots=True)
class Mailbox:
    """The events of one bot, oldest first; their ids are greater after every restart."""

    events: deque[Waiting] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(time.time_ns() // 10**6))

    def put(self, kind: str, payload: Payload) -> "asyncio.Future[bool]":
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.events.append(Waiting(next(self.numbers), kind, payload, done))
        while len(self.events) > KEPT:
            _settle(self.events.popleft(), well=False)
        self.news.set()
        return done

    def acknowledge(self, last: int) -> None:
        """Everything up to this id was handled and is forgotten."""
        while self.events and self.events[0].id <= last:
            _settle(self.events.popleft(), well=True)

    async def fetch(self, last: int, seconds: float) -> list[Waiting]:
        """What came after ``last``; waits for it so long."""
        self.acknowledge(last)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(seconds, LONGEST_POLL)
        while not self.events and loop.time() < end:
            self.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), end - loop.time())
        return list(itertools.islice(self.events, AT_ONCE))

    def forget(self) -> None:
        while self.events:
            _settle(self.events.popleft(), well=False)


def muddled(events: list[Waiting], *, twice: bool, shuffled: bool) -> list[Waiting]:
    """The events of one answer as the switches want them."""
    told = [event for event in events for _ in range(2 if twice else 1)]
    if shuffled:
        random.shuffle(told)
    return told


def _settle(event: Waiting, *, well: bool) -> None:
    if not event.done.done():
        event.done.set_result(well)
