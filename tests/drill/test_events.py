"""D4, D8: the same event many times at once, doors that die between note and effect, clocks that differ."""

import pytest

from rundruf.core.consent import Action
from rundruf.core.contact import Identity
from rundruf.core.topic import EntryPoint
from tests.drill.crashes import killed_after, killed_before
from tests.drill.place import NEWS, Place, promise
from tests.drill.proxy import Call
from tests.drill.workers import Job

pytestmark = pytest.mark.drill
POINT = EntryPoint("KRTMBXZV", "Poster", "telegram", "main", (NEWS,), language="en")


def said_to(place: Place, user: str) -> int:
    return place.messenger.accepted()[user]


def answered(jobs: list[Job]) -> None:
    for job in jobs:
        answer = job.wait()
        promise(answer["statusCode"] == 200, "an event is taken", status=answer["statusCode"])


def test_d4_the_same_event_five_times_at_once_has_one_effect(place: Place) -> None:
    place.sender()
    (user,) = place.people(1)
    answered([place.says(user, "STOP", 7) for _ in range(5)])
    place.source.pull()
    for message in list(place.source.waiting):
        place.source.put(message.queue, message.body, message.due, message.group)
    place.source.drain(workers=4)
    entries, _ = place.contacts.ledger(place.contact(user).id)
    assert [one.fact.action for one in entries if one.fact.action is Action.WITHDRAWN] == [Action.WITHDRAWN]
    assert said_to(place, user) == 1


def test_d4_five_first_messages_at_once_make_one_contact(place: Place) -> None:
    place.sender()
    place.catalogue.add_entry_point(POINT)
    answered([place.says("4711", "Hello", number + 1) for number in range(4)])
    answered([place.says("4711", f"/start {POINT.code}", 9)])
    place.source.drain(workers=4)
    found = place.contacts.get(place.contacts.id_of(Identity("telegram", "main", "4711")))
    assert found is not None
    assert found.consent.asked == (NEWS,)
    assert said_to(place, "4711") == 1


def gated(call: Call) -> bool:
    return call.operation == "UpdateItem" and call.site.startswith("UpdateItem event")


@pytest.mark.parametrize("carried_out", [False, True], ids=["before the note", "after the note"])
def test_d4_a_door_killed_between_note_and_effect_is_made_good(place: Place, carried_out: bool) -> None:
    place.sender()
    place.catalogue.add_entry_point(POINT)
    answered([place.says("4711", f"/start {POINT.code}", 1)])
    jobs: list[Job] = []
    kill = killed_after if carried_out else killed_before
    place.hooks.faults.append(kill(gated, lambda: jobs[0]))
    jobs.append(place.source.deliver(place.source.take("inbox")))
    jobs[0].wait()
    promise(jobs[0].killed, "the door died")
    place.source.drain()
    assert place.contact("4711").consent.asked == (NEWS,)
    assert said_to(place, "4711") == 1


@pytest.mark.parametrize("skew", [-2_000, -1_000, 1_000, 2_000])
def test_d8_workers_whose_clocks_differ_send_nobody_twice(place: Place, skew: int) -> None:
    """Two workers, one of which lives two seconds in the past or future, and a crash of the first."""
    place.sender()
    place.people(64)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    task = place.source.take("send")
    jobs: list[Job] = []
    place.messenger.before = lambda one: jobs[0].signal() if one.number == 20 else None
    jobs.append(place.source.deliver(task, skew))
    jobs[0].wait()
    place.messenger.before = lambda _: None
    skews = iter([0, skew, 0, -skew] * 100)
    place.source.skew = lambda: next(skews)
    place.source.drain(workers=2)
    place.verdict(audience=64, kills=1)
