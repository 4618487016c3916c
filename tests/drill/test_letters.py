"""A9, A11, H4: what cannot be done comes to a named end, and dead letters can be sent again at any age."""

import json

import pytest

from rundruf.core.broadcast import State
from tests.drill.conftest import Open
from tests.drill.crashes import dies_at
from tests.drill.place import Place, promise
from tests.drill.proxy import denied, table

pytestmark = pytest.mark.drill
CHUNK = 256
HOUR = 3600


def test_a9_a_message_that_cannot_be_made_for_one_fails_for_that_one_only(opened: Open) -> None:
    place = opened(plants=("poisoned",))
    place.sender()
    people = place.people(CHUNK)
    place.given = {"person": people[100]}
    place.broadcast()
    place.source.drain()
    verdict = place.verdict(audience=CHUNK)
    assert verdict.figures.sent == CHUNK - 1
    assert verdict.figures.failed.total() == 1
    assert people[100] not in verdict.accepted


@pytest.mark.parametrize("hours", [1, 25])
def test_a9_a_dead_letter_sent_again_completes_the_broadcast(place: Place, hours: int) -> None:
    """A chunk dies half-way, then is denied the table five times; its letter comes again as a new message."""
    place.sender()
    people = place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    dies_at(place, 100)
    place.proxy.faults.append(denied(table))
    place.source.quiet()
    promise(len(place.source.dead) == 1, "the chunk is a dead letter", dead=len(place.source.dead))
    promise(place.state() is not State.FINISHED, "a stalled broadcast is not finished")
    place.proxy.faults.clear()
    place.clock.passes(hours * HOUR)
    letter = place.source.dead.pop()
    place.source.put(letter.queue, letter.body, place.clock.now(), letter.group)
    place.source.drain()
    verdict = place.verdict(audience=len(people), kills=1)
    assert verdict.figures.sent + verdict.figures.unknown == CHUNK


def test_a11_a_message_of_a_later_release_is_given_back(place: Place) -> None:
    body = json.dumps({"broadcast": "b1", "chunk": "0-0", "account": "telegram/main", "schema": 9})
    answer = place.begin("send", place.records(body)).wait()
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m0"]


def test_h4_a_chunk_that_nobody_ever_began_is_sent_when_its_letter_comes_again(place: Place) -> None:
    """Throttled invocations count as received: five of them make a dead letter of a healthy chunk."""
    place.sender()
    place.people(CHUNK)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    letter = place.source.take("send")
    place.clock.passes(5 * 180)
    place.source.quiet()
    promise(place.state() is not State.FINISHED, "not finished without its chunk")
    place.source.put("send", letter.body, place.clock.now())
    place.source.drain()
    assert place.verdict(audience=CHUNK).figures.sent == CHUNK
