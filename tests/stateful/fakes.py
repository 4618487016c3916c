"""Two messengers, what really arrived at them, and the network in between.

``plain`` takes one person a call, knows no keys and tells what became of messages; ``keyed`` takes two people
a call and recognises a repeated one by its key. Both let two messages a second pass.
"""

import heapq
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from itertools import count, pairwise
from typing import Any

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows.services import Steps, T
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Answer,
    Batch,
    Call,
    Delivery,
    Event,
    EventKind,
    Failure,
    Messenger,
    NotGenuine,
    Reading,
    Receipt,
    ReceiptStatus,
    Request,
)
from tests.stateful.stage import Stage
from tests.support import pager

WIDTH = 2
RATE = 2.0
ON_THE_WAY = 50  # ms from us to the messenger
THINKING = 900  # ms until its answer is here
SHARED = replace(
    pager.RULES,
    rate=RATE,
    text_limit=2_000,
    receipts=frozenset({"delivered", "read"}),
    block_signal=True,
    platform_stop_codes=frozenset({"platform_stop"}),
)


class Says(StrEnum):
    """How a messenger answers one call."""

    YES = "yes"
    LOST = "lost"  # taken, but nobody hears of it
    DROPPED = "dropped"  # never got there, but nobody can know
    UNSENT = "unsent"  # no connection
    THROTTLED = "throttled"
    BUSY = "busy"  # not this person now
    GONE = "gone"
    BLOCKED = "blocked"
    PLATFORM_STOP = "platform_stop"
    BAD = "bad"
    PAUSE = "pause"


_KINDS = {
    Says.YES: OutcomeKind.OK,
    Says.THROTTLED: OutcomeKind.RETRY,
    Says.BUSY: OutcomeKind.RETRY,
    Says.GONE: OutcomeKind.GONE,
    Says.BLOCKED: OutcomeKind.WITHDRAW,
    Says.PLATFORM_STOP: OutcomeKind.WITHDRAW,
    Says.BAD: OutcomeKind.BAD,
    Says.PAUSE: OutcomeKind.PAUSE,
}
_ABOUT_ONE = (Says.GONE, Says.BLOCKED, Says.PLATFORM_STOP)
_UNHEARD = (Says.LOST, Says.DROPPED)
_DEFINITE = (*_ABOUT_ONE, Says.BUSY, Says.BAD, Says.PAUSE)  # what a known key is not answered with


def _verify(call: Call, account: Account) -> None:
    if call.headers.get("x-key") not in account.secrets("app_secret"):
        raise NotGenuine


def _read(body: bytes, _account: Account) -> Reading:
    told = json.loads(body)
    return Reading(
        tuple(Event(**one | {"kind": EventKind(one["kind"])}) for one in told.get("events", ())),
        tuple(
            Receipt(one["delivery"], ReceiptStatus(one["status"]), one["at"], one["user_id"])
            for one in told.get("receipts", ())
        ),
    )


def body_of(events: Sequence[Event] = (), receipts: Sequence[Receipt] = ()) -> bytes:
    """What the messenger's webhook carries."""
    names = ("id", "kind", "user_id", "at", "text")
    return json.dumps(
        {
            "events": [{name: getattr(one, name) for name in names} for one in events],
            "receipts": [
                {"delivery": one.delivery, "status": one.status, "at": one.at, "user_id": one.user_id}
                for one in receipts
            ],
        }
    ).encode()


def _call(deliveries: Sequence[Delivery], account: Account) -> Request:
    ids = [one.id for one in deliveries]
    body = {
        "account": account.id,
        "to": [one.user_id for one in deliveries],
        "text": deliveries[0].message.text,
        "deliveries": ids,
        "marketing": deliveries[0].marketing,
    }
    key = sha256("\n".join(ids).encode()).hexdigest()
    return Request("POST", f"{pager.HOST}/send", {"x-retry-key": key}, json.dumps(body).encode())


def _outcome(answer: Answer) -> Outcome:
    if answer.failure is not None:
        return shared.unanswered(answer.failure)
    told = json.loads(answer.body)
    kind = _KINDS.get(told["says"], OutcomeKind.DUP)
    wait = told.get("retry_after")
    return Outcome(kind, told["says"], wait, account_wide=wait is not None)


def _batch_outcomes(answer: Answer, deliveries: Sequence[Delivery]) -> tuple[Outcome, ...]:
    """One refused person spoils the call for all: the others are sent to at once."""
    told = _outcome(answer)
    if told.code not in _ABOUT_ONE:
        return (told,) * len(deliveries)
    return (told, *(Outcome(OutcomeKind.RETRY, "other", retry_after=0.0) for _ in deliveries[1:]))


PLAIN = replace(
    pager.PAGER,
    name="plain",
    title="Plain",
    rules=SHARED,
    verify=_verify,
    read=_read,
    build=lambda delivery, account: (_call([delivery], account),),
    interpret=_outcome,
    token=None,
    keys=None,
    poll=None,
    steps=lambda _account, _webhook: (),
)
KEYED: Messenger = replace(
    PLAIN,
    name="keyed",
    title="Keyed",
    rules=replace(SHARED, group=WIDTH, group_rate=RATE, retry_key=True, receipts=frozenset()),
    batch=Batch(lambda deliveries, account: (_call(deliveries, account),), _batch_outcomes),
)


@dataclass(frozen=True)
class Arrival:
    """One call as the messenger saw it; ``broadcast`` is "" for a reply, ``at`` in ms."""

    at: int
    account: str
    people: tuple[str, ...]
    broadcast: str
    deliveries: tuple[str, ...]
    key: str
    taken: bool
    repeated: bool


@dataclass
class Oracle:
    """What the people and the messengers know, which our tables do not decide.

    ``stops`` are the times (as the person meant them) of everything that ended consent and was answered
    with yes, ``joins`` those of everything that grants it and was begun; ``erased`` is who was ever
    to be erased, and ``gone`` who was and has not come back.
    """

    cap: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stops: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    joins: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    silenced: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    taken: dict[tuple[str, str], int] = field(default_factory=dict)
    unclear: set[tuple[str, str]] = field(default_factory=set)
    told: dict[tuple[str, str], Says] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    scripts: dict[str, list[Says]] = field(default_factory=lambda: defaultdict(list))

    def take(self, request: Request, at: int) -> tuple[Arrival, Says]:
        """A call arrives."""
        body = json.loads(request.body)
        says = self._says(body["account"])
        key = request.headers["x-retry-key"] if body["account"].startswith("keyed/") else ""
        known = self.keys.get(key)
        repeated = known is not None
        if known not in (None, request.body):
            self.wrong.append(f"one key for two calls: {key}")
        if repeated and says in _DEFINITE:
            says = Says.YES
        taken = says in (Says.YES, Says.LOST)
        if key and taken:
            self.keys[key] = request.body
        arrival = Arrival(
            at,
            body["account"],
            tuple(body["to"]),
            body["deliveries"][0].partition(":")[0] if body["marketing"] else "",
            tuple(body["deliveries"]),
            key,
            taken and not repeated,
            repeated,
        )
        if says not in (Says.UNSENT, Says.DROPPED):
            self.arrivals.append(arrival)
            self._judge(arrival)
        return arrival, says

    def _says(self, account: str) -> Says:
        script = self.scripts[account]
        return script.pop(0) if script else Says.YES

    def _judge(self, arrival: Arrival) -> None:
        for person in arrival.people if arrival.broadcast else ():
            if not self.may_get(person) and not arrival.repeated:
                self.wrong.append(f"{arrival.broadcast} came to {person} after the yes to a stop")
            if not arrival.taken:
                continue
            place = (arrival.broadcast, person)
            if place in self.taken:
                self.wrong.append(f"{arrival.broadcast} came to {person} twice")
            self.taken[place] = arrival.at

    def may_get(self, person: str) -> bool:
        """Whether marketing for this person may arrive now."""
        newest = max(self.joins[person], default=-1)
        newer = all(newest > stop for stop in self.stops[person])
        return newest >= 0 and newer and person not in self.gone and person not in self.silenced

    def heard(self, arrival: Arrival, says: Says | None) -> None:
        """What the caller was told of a call; None for nothing."""
        for person in arrival.people if arrival.broadcast else ():
            place = (arrival.broadcast, person)
            if says is None:
                self.unclear.add(place)
            else:
                self.told[place] = says

    def given_up(self, request: Request) -> None:
        """A call that its caller stopped waiting for before it got here."""
        body = json.loads(request.body)
        if body["marketing"]:
            broadcast = body["deliveries"][0].partition(":")[0]
            self.unclear |= {(broadcast, person) for person in body["to"]}

    def sooner_than_capped(self) -> str:
        """Who got marketing twice within the cap, and within how long; a claim may be 12 s old.

        Of people who were erased in between nothing is known, nor may be.
        """
        times: dict[str, list[int]] = defaultdict(list)
        for (_, person), at in self.taken.items():
            if person in self.erased:
                continue
            times[person].append(at)
        for person, each in times.items():
            each.sort()
            for one, other in pairwise(each):
                if other - one < self.cap - 12_000:
                    return f"{person} got two within {other - one} ms"
        return ""

    def faster_than(self, account: str, rate: float, burst: int) -> str:
        """The first stretch with more calls than the rate allows; repetitions of a call do not count."""
        mine = [one for one in self.arrivals if one.account == account and one.broadcast]
        times = [one.at for one in mine if not one.repeated]
        for start, began in enumerate(times):
            for end in range(start + burst, len(times)):
                if end - start + 1 > rate * (times[end] - began) / 1000 + burst:
                    return f"{end - start + 1} calls in {times[end] - began} ms"
        return ""


@dataclass
class Wires:
    """An Http to the two messengers: conversations side by side, in the order of their times."""

    oracle: Oracle
    stage: Stage

    def window(self, requests: Sequence[Request], spacing: float = 0, timeout: float = 8_000) -> list[Answer]:
        return self.run([_one(request) for request in requests], spacing, timeout)

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        return self.window([request])[0]

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = 8_000) -> list[T]:
        clock, began, order = self.stage.clock, self.stage.clock.now(), count()
        waiting: list[tuple[float, int, int, Any]] = [
            (began + number * spacing, next(order), number, None) for number in range(len(works))
        ]
        results: dict[int, T] = {}
        while waiting:
            at, _, number, what = heapq.heappop(waiting)
            clock.passes(at - clock.now())
            self.stage.point()
            if isinstance(what, Request):
                later = self._arrived(what, began, timeout)
                heapq.heappush(waiting, (clock.now() + THINKING, next(order), number, later))
                continue
            try:
                wish = works[number].send(self._back(what, began, timeout))
            except StopIteration as end:
                results[number] = end.value
                continue
            late = isinstance(wish, Request) and clock.now() - began >= timeout
            what = (
                Answer(0, failure=Failure.NOT_SENT) if late else wish if isinstance(wish, Request) else None
            )
            wait = ON_THE_WAY if isinstance(wish, Request) else wish
            heapq.heappush(waiting, (clock.now() + wait, next(order), number, what))
        return [results[number] for number in range(len(works))]

    def _arrived(self, request: Request, began: int, timeout: float) -> "_Coming | Answer":
        """What will come back; a call that is late is given up before it gets there."""
        now = self.stage.clock.now()
        if now - began >= timeout:
            self.oracle.given_up(request)
            return Answer(0, failure=Failure.AMBIGUOUS)
        arrival, says = self.oracle.take(request, now)
        return _Coming(arrival, says, now + (request.within or timeout))

    def _back(self, what: "_Coming | Answer | None", began: int, timeout: float) -> Answer | None:
        if not isinstance(what, _Coming):
            return what
        late = self.stage.clock.now() > min(what.until, began + timeout)
        if late or what.says in _UNHEARD:
            self.oracle.heard(what.arrival, None)
            return Answer(0, failure=Failure.AMBIGUOUS)
        self.oracle.heard(what.arrival, what.says)
        if what.says is Says.UNSENT:
            return Answer(0, failure=Failure.NOT_SENT)
        again = what.arrival.repeated and what.says is Says.YES
        told: dict[str, Any] = {"says": "again" if again else what.says}
        if what.says is Says.THROTTLED:
            told["retry_after"] = 5.0
        return Answer(200, body=json.dumps(told).encode())


@dataclass
class _Coming:
    """An answer on its way to us, which nobody waits for after ``until``."""

    arrival: Arrival
    says: Says
    until: float


def _one(request: Request) -> Steps[Answer]:
    answer = yield request
    if answer is None:
        raise TypeError("a request is given an answer")
    return answer
