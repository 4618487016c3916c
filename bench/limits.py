"""The whole sender against a hard limit: how much of it workers use together, and how often they are refused.

    python bench/limits.py         prints a table and writes it into bench/RESULTS.md

Workers take chunks from one queue and send them by the real flow (lease, pace, claims, calls, journal) over
the real stores on a table in memory, to a messenger that takes R calls in any second and refuses each that is
one too many. Time is simulated, so that the figures do not depend on the machine: each worker is a thread,
one of them runs at a time, and whoever waits hands over to the one whose time comes next. bench/saturation.py
measures the pacing alone in real time.
"""

import json
import random
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import KEYS, QUEUES, services  # noqa: E402
from bench.mock import CONTACT  # noqa: E402
from bench.paper import BEGIN  # noqa: E402
from bench.results import write  # noqa: E402
from rundruf.aws import keys  # noqa: E402
from rundruf.aws.broadcasts import TableBroadcasts  # noqa: E402
from rundruf.aws.calls import AwsError  # noqa: E402
from rundruf.aws.catalogue import TableCatalogue  # noqa: E402
from rundruf.aws.contacts import TableContacts  # noqa: E402
from rundruf.aws.pacer import TablePacer  # noqa: E402
from rundruf.aws.queues import SqsQueues, send_task  # noqa: E402
from rundruf.aws.table import Table  # noqa: E402
from rundruf.core.audience import Audience  # noqa: E402
from rundruf.core.broadcast import Broadcast, Cursor, State  # noqa: E402
from rundruf.core.chunk import SIZE, WINDOW, Chunk  # noqa: E402
from rundruf.core.contact import contact_id  # noqa: E402
from rundruf.core.message import Message, MessageKind  # noqa: E402
from rundruf.flows.sending import send  # noqa: E402
from rundruf.flows.services import SendTask, Services, Steps, T  # noqa: E402
from rundruf.messengers import messenger  # noqa: E402
from rundruf.messengers.contract import Answer, Request  # noqa: E402
from tests.support.memory import TABLE, Letter, Memory  # noqa: E402

RATES = (30, 80, 500)
GROUPED = ("line", "viber")
WORKERS = (1, 4, 16)
SECONDS = 20  # of the limit's work; 2 where a call carries many people
GROUPED_SECONDS = 2
AWS, WAY = 4.0, 2.0  # ms for a call of AWS, and at most on the way to a messenger and back
THINKS = (0.0, 150.0)  # ms that a messenger takes to answer
HANDED = 15.0  # ms until a message of a queue has come to a worker
SEED = 4
REMARK = (
    "A worker opens its next window when the last one is over, so one alone is bound by its windows' round",
    "trips: W people, or one call to a group, in a window's spacing, four calls of AWS and an answer. The",
    "template gives the sender 20 workers.",
)
OK = {
    "telegram": {"ok": True, "result": {"message_id": 41, "date": 1, "chat": {"id": 1}}},
    "line": {},
    "viber": {"status": 0, "status_message": "ok", "message_token": 1, "failed_list": []},
}
NO = {
    "telegram": (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 1}}),
    "line": (429, {"message": "The API rate limit has been exceeded."}),
    "viber": (200, {"status": 12, "status_message": "tooManyRequests"}),
}


class Time:
    """A clock that all workers share; only one of them runs at a time."""

    def __init__(self) -> None:
        self.at = float(BEGIN)
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._number = 0
        self.over = threading.Event()

    def now(self) -> int:
        return int(self.at)

    def add(self, worker: Callable[[], None]) -> threading.Thread:
        turn = self._queued(self.at)
        thread = threading.Thread(target=self._worked, args=(turn, worker))
        thread.start()
        return thread

    def begin(self) -> None:
        self._next()
        self.over.wait()

    def wait(self, ms: float) -> None:
        until = self.at + max(0.0, ms)
        if not self._waiting or until < self._waiting[0][0]:
            self.at = until
            return
        turn = self._queued(until)
        self._next()
        turn.wait()

    def _queued(self, until: float) -> threading.Event:
        turn, self._number = threading.Event(), self._number + 1
        heappush(self._waiting, (until, self._number, turn))
        return turn

    def _worked(self, turn: threading.Event, worker: Callable[[], None]) -> None:
        turn.wait()
        try:
            worker()
        finally:
            self._next()

    def _next(self) -> None:
        if self._waiting:
            self.at, _, turn = heappop(self._waiting)
            turn.set()
        else:
            self.over.set()


class Slow(Memory):
    """The table and queues in memory; each call takes its time."""

    time: Time

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.time.wait(AWS)
        return super().call(service, operation, body)

    def steps(self, service: str, operation: str, body: Mapping[str, Any] | bytes) -> Steps[Any]:
        yield AWS
        asked = json.loads(body) if isinstance(body, bytes) else body
        return self._answered(service, operation, asked)

    def calls(self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        self.time.wait(AWS)
        return [self._answered(service, operation, body) for body in bodies]

    def _answered(self, service: str, operation: str, body: Mapping[str, Any]) -> Any:
        try:
            return Memory.call(self, service, operation, body)
        except AwsError as error:
            return error


@dataclass
class Limited:
    """A messenger that takes ``rate`` calls in any second; what it took, and how many calls it refused."""

    name: str
    rate: float
    thinks: float
    chance: random.Random
    recent: deque[float] = field(default_factory=deque)
    taken: list[float] = field(default_factory=list)
    refused: int = 0

    def answer(self, now: float) -> Answer:
        while self.recent and self.recent[0] <= now - 1000:
            self.recent.popleft()
        if len(self.recent) >= self.rate:
            self.refused += 1
            status, body = NO[self.name]
            return Answer(status, {}, json.dumps(body).encode())
        self.recent.append(now)
        self.taken.append(now)
        return Answer(200, {}, json.dumps(OK[self.name]).encode())


@dataclass
class Net:
    """An Http of one worker in simulated time."""

    time: Time
    limited: Limited

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        return self.run([_one(request) for request in requests], spacing, timeout)

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        """Each conversation goes on when its answer or the end of its pause is due."""
        began, number = self.time.at, len(works)
        due: list[tuple[float, int, int, Answer | None, bool]] = []
        for work in range(len(works)):
            heappush(due, (began + work * spacing, work, work, None, False))
        found: dict[int, T] = {}
        while due:
            at, _, work, told, arrives = heappop(due)
            self.time.wait(at - self.time.at)
            number += 1
            if arrives:
                back = self.time.at + self.limited.thinks + self.limited.chance.uniform(0, WAY)
                heappush(due, (back, number, work, self.limited.answer(self.time.at), False))
                continue
            try:
                wish = works[work].send(told)
            except StopIteration as end:
                found[work] = end.value
                continue
            sent = isinstance(wish, Request)
            took = self.limited.chance.uniform(0, WAY) if isinstance(wish, Request) else wish
            heappush(due, (self.time.at + took, number, work, None, sent))
        return [found[work] for work in range(len(works))]


def _one(request: Request) -> Steps[Answer]:
    answer = yield request
    assert answer is not None
    return answer


def business(memory: Slow, time: Time, limited: Limited) -> Services:
    """One worker's services over the shared table and queues."""
    table = Table(memory, TABLE)
    return services(
        Net(time, limited),
        "http://limited",
        rate=limited.rate,
        clock=time.now,
        tick=lambda: time.at,
        sleep=lambda seconds: time.wait(seconds * 1000),
        contacts=TableContacts(table, lambda: KEYS, time.now),
        broadcasts=TableBroadcasts(table, time.now),
        catalogue=TableCatalogue(table, time.now),
        pacer=TablePacer(table),
        queues=SqsQueues(memory, QUEUES),
    )


def audience(memory: Slow, name: str, people: int, given: Services) -> None:
    """A planned broadcast to so many people, its chunks queued."""
    ids = [contact_id(number.to_bytes(16, "big")) for number in range(people)]
    for number, one in enumerate(ids):
        user = f"U{number:032x}" if name == "line" else str(10_000_000 + number)
        place = {each: {"S": value} for each, value in keys.contact(one).items()}
        item = place | CONTACT | {"m": {"S": name}, "u": {"S": user}, "gsk": {"S": one}, "claim1": {"S": "-"}}
        memory._keep(item | {"claim0": {"S": "-"}, "lhash": {"S": "0" * 64}})
    account = f"{name}/main"
    parts = [tuple(ids[at : at + SIZE]) for at in range(0, people, SIZE)]
    made = Broadcast(
        id="b1",
        name="b1",
        kind=MessageKind.MARKETING,
        topic="news",
        audience=Audience(),
        message=Message("Soup today"),
        state=State.SENDING,
        created=BEGIN,
        started=BEGIN,
        accounts=(account,),
        planned=True,
        chunks=len(parts),
        people=people,
        counts=(len(parts),),
    )
    given.broadcasts.create(made)
    for number, part in enumerate(parts):
        cursor = Cursor(chunks=number + 1, version=number + 1)
        given.broadcasts.commit("b1", cursor, [Chunk("b1", f"0-{number}", account, part)])
    given.queues.send([SendTask("b1", f"0-{number}", account) for number in range(len(parts))])


def worker(memory: Slow, time: Time, given: Services, busy: list[int]) -> None:
    """Chunk by chunk, until the queue is empty and nobody is at work."""
    while True:
        found = _received(memory, time)
        if found is None:
            if not busy[0] and not memory.letters:
                return
            time.wait(25)
            continue
        busy[0] += 1
        time.wait(HANDED)
        send(send_task(found.body), given, lambda: 80_000.0)
        busy[0] -= 1


def _received(memory: Slow, time: Time) -> Letter | None:
    for at, letter in enumerate(memory.letters):
        if letter.queue == QUEUES["send"] and letter.visible <= time.at:
            return memory.letters.pop(at)
    return None


def measured(name: str, rate: float, people: int, workers: int, thinks: float) -> tuple[float, float]:
    """Shares of the rate that was used and of the calls that were refused."""
    time = Time()
    memory = Slow(time.now)
    memory.time = time
    limited = Limited(name, rate, thinks, random.Random(SEED))
    audience(memory, name, people, business(memory, time, limited))
    busy = [0]
    threads = [
        time.add(lambda: worker(memory, time, business(memory, time, limited), busy)) for _ in range(workers)
    ]
    time.begin()
    for thread in threads:
        thread.join()
    times = limited.taken
    used = (len(times) - 1) / (times[-1] - times[0]) * 1000 / rate
    return used, limited.refused / (len(times) + limited.refused)


def main(arguments: list[str]) -> None:
    lines = [
        f"Simulated time: {AWS:.0f} ms for a call of AWS; windows of {WINDOW}.",
        "",
        "| limit | workers | used, answers at once | refused | used, answers after 150 ms | refused |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    cases = [("telegram", float(rate), rate * SECONDS, f"{rate} messages a second") for rate in RATES]
    for name in GROUPED:
        rules = messenger(name).rules
        people = int(rules.group_rate * rules.group * GROUPED_SECONDS)
        title = f"{name}: {rules.group_rate:g} calls a second, up to {rules.group} people each"
        cases.append((name, rules.group_rate, people, title))
    for name, rate, people, title in cases:
        for workers in WORKERS:
            told = [measured(name, rate, people, workers, thinks) for thinks in THINKS]
            shown = " | ".join(f"{used * 100:.1f} % | {refused * 100:.2f} %" for used, refused in told)
            lines.append(f"| {title} | {workers} | {shown} |")
            print(lines[-1], flush=True)
    lines += ["", *REMARK]
    if "--dry" not in arguments:
        write("limits", "The whole sender against a hard limit", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
