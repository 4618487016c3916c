"""A6, A7: planners that die, tables that fail them, ticks that come twice."""

import os
import random

import pytest

from rundruf.core.audience import Audience
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import Message
from rundruf.core.newsletter import Newsletter
from rundruf.flows.leaving import Leaving, leave
from tests.drill.conftest import Open
from tests.drill.counts import COUNTS, SEED
from tests.drill.crashes import killed_after, killed_before
from tests.drill.place import NEWS, Place, promise
from tests.drill.proxy import of, refused_once
from tests.drill.workers import Job

pytestmark = pytest.mark.drill
PEOPLE, PAGES = 320, 20
PLANNED = 2 * PAGES + 2
PAGE_SEVEN = 13  # the planner writes chunks and queues them in turn
POINTS = sorted(
    {
        0,
        1,
        PAGE_SEVEN,
        PAGE_SEVEN + 1,
        PLANNED - 2,
        PLANNED - 1,
        *random.Random(SEED).sample(range(2, PLANNED - 2), int(os.environ.get("DRILL_POINTS", "12")) // 2),
    }
)
WRITES = of("TransactWriteItems", "SendMessageBatch", "UpdateItem")


def planning(opened: Open) -> tuple[Place, list[str]]:
    """A broadcast of twenty small chunks that is to be planned."""
    place = opened(plants=("small_chunks",))
    place.sender()
    people = place.people(PEOPLE)
    place.broadcast()
    return place, people


@pytest.mark.parametrize("carried_out", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("write", POINTS)
def test_a6_a_killed_planner_goes_on_at_a_page(opened: Open, write: int, carried_out: bool) -> None:
    place, _ = planning(opened)
    jobs: list[Job] = []
    kill = killed_after if carried_out else killed_before
    place.proxy.faults.append(kill(WRITES, lambda: jobs[0], skip=write))
    COUNTS.add("crash points")
    jobs.append(place.source.deliver(place.source.take("plan")))
    jobs[0].wait()
    place.source.drain(workers=2)
    verdict = place.verdict(audience=PEOPLE)
    assert verdict.figures.sent == PEOPLE
    found = place.broadcasts.get("b1")
    assert found is not None
    assert found.chunks >= PAGES


@pytest.mark.parametrize("query", [0, 3, 7])
def test_a6_a_table_that_fails_the_planner_costs_nobody(opened: Open, query: int) -> None:
    place, _ = planning(opened)
    fault = refused_once(of("Query"), skip=query, times=6)
    place.proxy.faults.append(fault)
    place.source.drain(workers=2)
    promise(fault.fired == 6, "the table failed")
    assert place.verdict(audience=PEOPLE).figures.sent == PEOPLE


def test_a6_who_comes_or_goes_while_it_is_planned_is_out_or_skipped(opened: Open) -> None:
    place, people = planning(opened)
    jobs: list[Job] = []
    place.proxy.faults.append(killed_after(WRITES, lambda: jobs[0], skip=PAGE_SEVEN))
    jobs.append(place.source.deliver(place.source.take("plan")))
    jobs[0].wait()
    place.clock.passes(5)
    late = [joined(place, 900_000 + number) for number in range(5)]
    gone, erased = people[::40], people[1::40]
    for user in gone:
        leave(place.contact(user).id, Leaving(place.clock.now(), "test"), place.services)
    for user in erased:
        place.contacts.erase(place.contact(user).id)
    place.source.drain(workers=2)
    verdict = place.verdict()
    promise(not set(late) & set(verdict.accepted), "who joins later is out")
    promise(not {*gone, *erased} & set(verdict.accepted), "who left is left alone")
    assert verdict.figures.sent == PEOPLE - len(gone) - len(erased)


def joined(place: Place, number: int) -> str:
    """Somebody who joins just now."""
    identity = Identity("telegram", "main", str(number))
    contact = Contact(place.contacts.id_of(identity), identity, Consent())
    place.contacts.enter(contact, [Fact(Action.IMPORTED, place.clock.now(), (NEWS,), source="desk")])
    return str(number)


def test_a7_two_ticks_at_once_and_one_ten_minutes_later_make_one_issue(place: Place) -> None:
    place.sender()
    place.people(20)
    at = place.clock.now() + 1_000
    place.catalogue.add_newsletter(
        Newsletter("n1", "Weekly", NEWS, Audience(), Message("Hello from n1"), at=at, next_at=at)
    )
    place.clock.passes(2)
    ticks = [place.tick() for _ in range(3)]
    for tick in ticks:
        tick.wait()
    place.source.drain(workers=3)
    place.clock.passes(600)
    place.tick().wait()
    place.source.drain(workers=3)
    made = place.broadcasts.page("", 10)[0]
    assert len(made) == 1
    assert set(place.messenger.accepted().values()) == {1}
    assert len(place.messenger.accepted()) == 20
