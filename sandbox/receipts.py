"""Receipts under way: each waits for its time, then leaves together with others."""

import asyncio
import itertools
import random
from collections.abc import Callable
from typing import Any

from sandbox.behaviour import Behaviour, Span

Told = dict[str, Any]


def seconds(span: Span) -> float:
    """A time from a span of milliseconds, in seconds."""
    return random.uniform(*span) / 1000


def drawn(share: float) -> bool:
    """True as often as the share says."""
    return random.random() < share


class Receipts:
    """The receipts of one account, as JSON.

    ``ripe(told)`` fills in what is only known when its time has come; ``send(several)`` posts them in one
    body; ``done(told)`` is told of each one that the business acknowledged.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        send: "Callable[[list[Told]], asyncio.Future[bool]]",
        *,
        ripe: Callable[[Told], None] = lambda told: None,
        done: Callable[[Told], None] = lambda told: None,
    ) -> None:
        self.behaviour = behaviour
        self.ripe = ripe
        self.done = done
        self.pending: dict[int, Told] = {}
        self._send = send
        self._numbers = itertools.count()
        self._box: list[tuple[int, Told]] = []
        self._flush: asyncio.TimerHandle | None = None

    def plan(self, steps: list[tuple[float, Told]]) -> None:
        """Takes (seconds from now, receipt)."""
        loop = asyncio.get_running_loop()
        for wait, told in steps:
            number = next(self._numbers)
            self.pending[number] = told
            loop.call_later(wait, self._due, number)

    def forget(self) -> None:
        self.pending.clear()
        self._box.clear()

    def _due(self, number: int) -> None:
        told = self.pending.get(number)
        if told is None:
            return
        self.ripe(told)
        self._box.append((number, told))
        if len(self._box) >= self.behaviour.receipt_batch:
            self._leave()
        elif self._flush is None:
            wait = self.behaviour.gather_ms / 1000
            self._flush = asyncio.get_running_loop().call_later(wait, self._leave)

    def _leave(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        box, self._box = self._box, []
        if not box:
            return
        if self.behaviour.reorder_receipts:
            random.shuffle(box)
        for _ in range(2 if self.behaviour.duplicate_receipts else 1):
            future = self._send([told for _, told in box])
            future.add_done_callback(lambda ended: self._ended(box, ended))

    def _ended(self, box: list[tuple[int, Told]], ended: "asyncio.Future[bool]") -> None:
        if ended.cancelled():
            return
        for number, told in box:
            if self.pending.pop(number, None) is not None and ended.result():
                self.done(told)
