"""The same stand-in without a network, in a time of its own: what calls cost and how long they take.

Nothing here waits. Each call takes its time on a clock that only this module moves, conversations side by
side, so that the figures are the same on every machine and every run.
"""

import json
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any

from bench.counting import TARGET
from bench.mock import answer
from rundruf.flows.services import Steps, T
from rundruf.messengers.contract import Answer, Request

BEGIN = 1_790_000_000_000
Told = Callable[[str, dict[str, Any]], dict[str, Any] | None]


class Paper:
    """An Http, a clock and a way to sleep; ``told`` may answer an AWS operation, else bench/mock.py does.

    A call to a messenger takes ``messenger`` ms, one to AWS ``aws`` ms.
    """

    def __init__(
        self, messenger: float = 150, aws: float = 5, told: Told = lambda _operation, _asked: None
    ) -> None:
        self.messenger, self.aws, self.told = messenger, aws, told
        self.elapsed = 0.0

    def now(self) -> int:
        return BEGIN + int(self.elapsed)

    def ticks(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds * 1000

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        return self.run([_one(request) for request in requests], spacing, timeout)

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        due: list[tuple[float, int, Answer | None]] = []
        for number in range(len(works)):
            heappush(due, (self.elapsed + number * spacing, number, None))
        found: dict[int, T] = {}
        while due:
            self.elapsed, number, given = heappop(due)
            try:
                wish = works[number].send(given)
            except StopIteration as end:
                found[number] = end.value
                continue
            if isinstance(wish, Request):
                took = self.aws if TARGET in wish.headers else self.messenger
                heappush(due, (self.elapsed + took, number, self._answered(wish)))
            else:
                heappush(due, (self.elapsed + wish, number, None))
        return [found[number] for number in range(len(works))]

    def _answered(self, request: Request) -> Answer:
        target = request.headers.get(TARGET, "").partition(".")[2]
        told = self.told(target, json.loads(request.body)) if target else None
        if told is None:
            told = answer(target or request.url.rpartition("/")[2], request.body, {})
        return Answer(200, {}, json.dumps(told).encode())


def _one(request: Request) -> Steps[Answer]:
    answer = yield request
    assert answer is not None
    return answer
