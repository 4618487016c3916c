"""A broadcast's end -> hours later -> the broadcast that its fallback is; called off with it."""

from dataclasses import dataclass, replace

from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State, Wish
from rundruf.core.chunk import Mark, chunk_id
from rundruf.core.contact import Contact
from rundruf.core.fallback import fallback_id
from rundruf.flows.evaluating import Evaluation, evaluation
from rundruf.flows.planning import start, wish
from rundruf.flows.services import Services
from rundruf.flows.summing import BUDGET, chunks

AT_ONCE = 50


def due_at(found: Broadcast) -> int:
    """When a finished broadcast's fallback begins (ms); 0 where there is none, or it has begun or is off."""
    if found.fallback is None or found.state is not State.FINISHED or found.fell_back or found.fallback_off:
        return 0
    return found.finished + found.fallback.after


def fall_back(broadcast: str, services: Services) -> None:
    """Begin the fallback of a broadcast whose time has come; fired twice is once.

    That it has begun is set down first, and from then on nobody of the first broadcast is sent to again. A
    crash after that leaves the same to be done: the second broadcast's id is derived from the first's.
    """
    found = services.broadcasts.get(broadcast)
    if found is None or found.fallback is None or found.state is not State.FINISHED:
        return
    if not found.fell_back:
        due = due_at(found)
        if not due or found.expired(services.now()):
            return
        if services.now() < due:  # it was resumed and has ended anew
            services.catalogue.remind(due, "fallback", broadcast)
            return
        begun = services.broadcasts.fall_back(broadcast)
        if begun is None:
            return
        found = begun
    made = second_of(found, services.now())
    services.broadcasts.create(made)
    latest = services.broadcasts.get(broadcast)
    if latest is None or latest.fallback_off:
        wish(made.id, Wish.CANCEL, services)
    else:
        start(made.id, services)


def second_of(first: Broadcast, now: int) -> Broadcast:
    """The same content for whoever is left, on the accounts to fall back to in their order."""
    to = first.fallback.to if first.fallback else ()
    return replace(
        first,
        id=fallback_id(first.id),
        name=f"{first.name} · fallback",
        audience=Audience(accounts=to),
        state=State.SCHEDULED,
        created=now,
        reason="",
        send_at=0,
        started=0,
        finished=0,
        accounts=(),
        planned=False,
        chunks=0,
        people=0,
        done=0,
        newsletter="",
        slot=0,
        local_time="",
        planned_for=None,
        fallback=None,
        fallback_of=first.id,
    )


def call_off(broadcast: str, services: Services) -> Broadcast | None:
    """A finished broadcast's fallback does not begin, or is cancelled; None where there is nothing to end."""
    found = services.broadcasts.get(broadcast)
    if found is None or found.fallback is None or found.state is not State.FINISHED:
        return None
    off = services.broadcasts.fall_back_off(broadcast)
    second = services.broadcasts.get(fallback_id(broadcast))
    cancelled = wish(second.id, Wish.CANCEL, services) if second and not second.state.ended else None
    return (off or found) if off or cancelled else None


@dataclass(frozen=True, slots=True)
class Both:
    """How many were sent to there and got the first message after all; fewer were looked at if not
    ``complete``."""

    people: int
    complete: bool


def both(second: Broadcast, services: Services, budget: float = BUDGET) -> Both:
    """Whose first message arrived although the fallback had been sent by then."""
    began, people, count = services.ticks(), 0, chunks(second, services)
    for start_at in range(0, count, AT_ONCE):
        if services.ticks() - began > budget:
            return Both(people, complete=False)
        ids = [chunk_id(number) for number in range(start_at, min(start_at + AT_ONCE, count))]
        progresses = services.broadcasts.progresses(second.id, ids)
        sent = [
            source
            for chunk in services.broadcasts.chunks(second.id, ids)
            for source, mark in zip(chunk.sources, progresses[chunk.id][1].marks, strict=True)
            if mark == Mark.SENT
        ]
        sources = sorted({number for number, _ in sent})
        told = services.broadcasts.receipts(second.fallback_of, [chunk_id(number) for number in sources])
        arrived = {one: receipts.arrived for one, receipts in told.items()}
        people += sum(index in arrived.get(chunk_id(number), ()) for number, index in sent)
    return Both(people, complete=True)


@dataclass(frozen=True, slots=True)
class Second:
    """What came of a fallback so far: the broadcast that it is (None: it has not begun), and its state as
    ``state_of`` says it."""

    state: str
    begins: int
    evaluation: Evaluation | None = None
    both: Both | None = None

    @property
    def broadcast(self) -> Broadcast | None:
        return self.evaluation.broadcasts[0] if self.evaluation else None


def second_told(found: Broadcast, services: Services) -> Second | None:
    """For the report of the first broadcast; None where it has no fallback."""
    if found.fallback is None:
        return None
    begun = begun_as(found, services)
    return Second(
        state_of(found, begun, services.now()),
        found.fell_back or due_at(found),
        evaluation(begun, services) if begun else None,
        both(begun, services) if begun else None,
    )


def begun_as(found: Broadcast, services: Services) -> Broadcast | None:
    """The broadcast that the fallback is, once it has begun."""
    return services.broadcasts.get(fallback_id(found.id)) if found.fell_back else None


def state_of(found: Broadcast, second: Broadcast | None, now: int) -> str:
    """planned, waiting, off or expired; the second broadcast's own state once there is one."""
    if second:
        return second.state.value
    if found.fallback_off or found.state in (State.CANCELLED, State.FAILED):
        return "off"
    if found.state is State.FINISHED:
        return "expired" if found.expired(max(due_at(found), now)) else "waiting"
    return "planned"


def passed_on(found: Broadcast, person: Contact | None, services: Services) -> dict[str, str] | None:
    """For an explanation: on which identities (contact ids) a human got a broadcast, and its fallback.

    None for somebody of whom nobody said who that is, and for a broadcast without a fallback.
    """
    first = found.fallback_of or found.id
    if person is None or not person.tie or not (found.fallback or found.fallback_of):
        return None
    turn = services.persons.turns(first, [person.tie]).get(person.tie)
    if turn is None or person.id not in (turn.first, turn.second):
        return None
    return {
        "broadcast": first,
        "contact": turn.first,
        "fallback_broadcast": fallback_id(first) if turn.second else "",
        "fallback_contact": turn.second,
    }
