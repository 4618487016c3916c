"""Conversations over an Http, one after the other, for stand-ins that only know windows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from rundruf.flows.services import Steps, T
from rundruf.messengers.contract import Answer, Request


class Driving(ABC):
    """An Http whose ``run`` asks its ``window`` for each request; pauses pass at once."""

    @abstractmethod
    def window(
        self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000
    ) -> list[Answer]: ...

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        return [self._told(work) for work in works]

    def _told(self, work: Steps[T]) -> T:
        answer: Answer | None = None
        while True:
            try:
                wish = work.send(answer)
            except StopIteration as end:
                told: T = end.value
                return told
            answer = self.window([wish])[0] if isinstance(wish, Request) else None
