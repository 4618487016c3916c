"""Workers that stop where they are told: before and after every call to a store or a messenger.

An act is one piece of work (a chunk, a webhook, a page). It runs until it has passed so many points, stands
still there for as long as others run, goes on, or dies there; only one act runs at any moment.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from threading import Semaphore, Thread
from typing import Any

from rundruf.aws.calls import Aws, AwsError
from rundruf.flows.services import Steps

TO_THE_END = 1_000_000
A_POINT = 2  # ms that pass at each point


class Crash(BaseException):
    """The process is gone: nothing in it catches this."""


class Fault(StrEnum):
    """What may go wrong with one call to AWS."""

    DOWN = "down"  # it fails and changes nothing
    LOST = "lost"  # done, but the answer is lost: the caller's library asks again
    BROKEN = "broken"  # done, but nobody hears of it
    SLOW = "slow"  # done, after fifteen seconds


SLOW = 15_000


@dataclass
class Clock:
    """Milliseconds since 1970."""

    at: int

    def now(self) -> int:
        return self.at

    def ticks(self) -> float:
        return float(self.at)

    def passes(self, ms: float) -> None:
        self.at += max(0, round(ms))


class End(Enum):
    """How an act ended."""

    DONE = "done"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass
class Act:
    """One piece of work on its way; ``about`` says what it is, ``error`` is what it failed with."""

    about: str
    work: Callable[[], object]
    detail: Any = None
    end: End | None = None
    error: Exception | None = None
    left: int = 0
    doomed: bool = False
    fault: Fault | None = None
    thread: Thread | None = None
    go: Semaphore = field(default_factory=lambda: Semaphore(0))
    stood: Semaphore = field(default_factory=lambda: Semaphore(0))

    def play(self) -> None:
        try:
            self.work()
            self.end = End.DONE
        except Crash:
            self.end = End.CRASHED
        except Exception as error:
            self.end, self.error = End.FAILED, error

    def _in_thread(self) -> None:
        self.go.acquire()
        if self.doomed:
            self.end = End.CRASHED
        else:
            self.play()
        self.stood.release()

    def start(self) -> None:
        self.thread = Thread(target=self._in_thread, daemon=True)
        self.thread.start()


@dataclass
class Stage:
    """Where acts run, one at a time."""

    clock: Clock
    playing: list[Act] = field(default_factory=list)
    current: Act | None = None

    def begin(self, about: str, work: Callable[[], object], steps: int, detail: Any = None) -> Act:
        """Start an act and let it run for so many points."""
        act = Act(about, work, detail)
        if steps >= TO_THE_END:
            act.left, self.current = steps, act
            act.play()
            self.current = None
            return act
        self.playing.append(act)
        act.start()
        self.run(act, steps)
        return act

    def run(self, act: Act, steps: int) -> None:
        """Let an act that stands still go on for so many points."""
        act.left, self.current = steps, act
        act.go.release()
        act.stood.acquire()
        self.current = None
        if act.end is not None:
            self.playing.remove(act)

    def crash(self, act: Act) -> None:
        """The process of an act dies where it stands."""
        act.doomed = True
        self.run(act, 1)

    def point(self) -> None:
        """Where an act may stand still, and time passes."""
        act = self.current
        if act is None:
            return
        self.clock.passes(A_POINT)
        act.left -= 1
        if act.left > 0:
            return
        act.stood.release()
        act.go.acquire()
        if act.doomed:
            raise Crash

    def sleep(self, seconds: float) -> None:
        self.clock.passes(seconds * 1000)
        self.point()

    def fault(self) -> Fault | None:
        """What befalls the present call, once."""
        if self.current is None:
            return None
        fault, self.current.fault = self.current.fault, None
        return fault


@dataclass
class Pointed:
    """An Aws with a point before and after every call."""

    aws: Aws
    stage: Stage

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.stage.point()
        fault = self.stage.fault()
        if fault is Fault.DOWN:
            raise AwsError("ThrottlingException", {})
        told = self.aws.call(service, operation, body)
        if fault is Fault.LOST:
            told = self.aws.call(service, operation, body)
        if fault is Fault.SLOW:
            self.stage.clock.passes(SLOW)
        self.stage.point()
        if fault is Fault.BROKEN:
            raise AwsError("http.ambiguous", {})
        return told

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        return [self._told(service, operation, body) for body in bodies]

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        """Others of the same window may come first."""
        yield 0.0
        return self._told(service, operation, json.loads(body) if isinstance(body, bytes) else body)

    def _told(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any] | AwsError:
        try:
            return self.call(service, operation, body)
        except AwsError as error:
            return error
