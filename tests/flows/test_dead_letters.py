"""Dead letters: what was given up goes back through the same gate, however late, and nobody gets it twice."""

import json
from collections import Counter
from typing import Any

import pytest

from rundruf.aws.boto import Boto
from rundruf.aws.dead_letters import SqsDeadLetters
from rundruf.aws.queues import planned_broadcast, send_task
from rundruf.aws.settings import Environment
from rundruf.core.broadcast import State, Wish
from rundruf.core.chunk import LEASE, WINDOW
from rundruf.flows import dead_letters, planning, sending
from rundruf.flows.dead_letters import Fate, Judged
from rundruf.messengers.contract import Answer, Request
from tests.support.people import HOUR
from tests.support.stack import Stack
from tests.support.world import World, accepted


class Killed(BaseException):
    """The worker's death: nothing catches it."""


class Office:
    """A world, and its dead-letter queues in moto."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.world = stack, World(stack)
        environment = Environment(stack.environment("api"))
        self.post = SqsDeadLetters(Boto(stack.client), environment.queues(), environment.dead_letters())

    def dies(self, queue: str, body: Any, **more: str) -> None:
        """A message that came to the dead letters."""
        text = body if isinstance(body, str) else json.dumps(body)
        url = self.stack.dead_letters(queue)
        self.stack.client("sqs").send_message(QueueUrl=url, MessageBody=text, **more)

    def gives_up(self) -> None:
        """Every chunk that waits to be sent is given up."""
        for task in self.world.queues.sends:
            body = {"broadcast": task.broadcast, "chunk": task.chunk, "account": task.account}
            self.dies("send", body)
        self.world.queues.sends.clear()

    def look(self, *queues: str, most: int = 50) -> list[Judged]:
        found, _ = dead_letters.letters(self.post, self.world.services, queues or self.post.queues(), most)
        return found

    def redrive(self, *queues: str, most: int = 50, chosen: frozenset[str] = frozenset()) -> list[Judged]:
        names = queues or self.post.queues()
        found, _ = dead_letters.redrive(self.post, self.world.services, names, most, chosen)
        return found

    def works(self) -> None:
        """What was sent back is worked through."""
        for body in self.stack.messages("plan"):
            planning.plan(planned_broadcast(json.dumps(body)), self.world.services, lambda: 1e7)
        self.world.queues.sends += [send_task(json.dumps(body)) for body in self.stack.messages("send")]
        self.world.drain()


@pytest.fixture
def office(stack: Stack) -> Office:
    return Office(stack)


def fates(found: list[Judged]) -> list[tuple[str, Fate, str]]:
    return sorted((one.letter.queue, one.fate, one.reason) for one in found)


def test_nothing_lies_there(office: Office) -> None:
    assert office.look() == office.redrive() == []


@pytest.mark.parametrize("hours", [1, 25, 24 * 13])
def test_a_chunk_that_never_began_is_sent_however_late(office: Office, hours: int) -> None:
    world = office.world
    world.people(5)
    world.broadcast()
    world.plan()
    office.gives_up()
    world.at += hours * HOUR
    assert fates(office.look()) == [("send", Fate.AGAIN, "never_started")]
    assert fates(office.redrive()) == [("send", Fate.AGAIN, "never_started")]
    assert office.look() == []
    office.works()
    assert (world.figures().sent, world.state()) == (5, State.FINISHED)


def test_one_that_was_under_way_goes_on_and_nobody_gets_it_twice(office: Office) -> None:
    world = office.world
    world.people(40)
    world.broadcast()
    world.plan()
    task = world.queues.sends[0]

    def dying(number: int, _: Request) -> Answer:
        if number == 20:
            raise Killed
        return accepted(number)

    world.messengers.script = dying
    with pytest.raises(Killed):
        world.send_one()
    world.queues.sends = [task]
    office.gives_up()
    world.at += 25 * HOUR + LEASE
    world.messengers.script = lambda number, _: accepted(number)
    assert fates(office.redrive()) == [("send", Fate.AGAIN, "under_way")]
    office.works()
    figures = world.figures()
    assert max(Counter(world.messengers.sent_to()).values()) == 1
    assert figures.sent + figures.unknown == 40
    assert 0 < figures.unknown <= WINDOW
    assert world.state() is State.FINISHED


def test_what_is_done_cancelled_or_unknown_is_thrown_away(office: Office) -> None:
    world = office.world
    world.people(2)
    for name in ("done", "cancelled"):
        world.broadcast(name=name)
        world.plan()
    tasks = list(world.queues.sends)
    planning.wish("cancelled", Wish.CANCEL, world.services)
    world.drain()
    world.queues.sends = tasks
    office.gives_up()
    office.dies("send", {"broadcast": "nobody", "chunk": "0-0", "account": "telegram/main"})
    office.dies("plan", {"broadcast": "cancelled"})
    expected = [
        ("plan", Fate.OVER, "ended"),
        *[("send", Fate.OVER, "ended")] * 2,
        ("send", Fate.OVER, "gone"),
    ]
    assert fates(office.look()) == expected
    assert fates(office.redrive()) == expected
    assert office.stack.messages("send") == []
    assert office.look() == []


def test_what_waits_for_somebody_is_queued_by_resuming(office: Office) -> None:
    world = office.world
    world.people(2)
    world.broadcast()
    world.plan()
    office.gives_up()
    planning.wish("b1", Wish.PAUSE, world.services)
    assert fates(office.redrive()) == [("send", Fate.OVER, "waits")]
    planning.wish("b1", Wish.RESUME, world.services)
    world.drain()
    assert world.figures().sent == 2


def test_a_plan_that_failed_is_made_after_all(office: Office) -> None:
    world = office.world
    world.people(3)
    world.broadcast()
    world.queues.plans.clear()
    office.dies("plan", {"broadcast": "b1"})
    assert fates(office.redrive("plan")) == [("plan", Fate.AGAIN, "plan")]
    office.works()
    assert world.figures().sent == 3


def test_people_and_receipts_go_back_in_order(office: Office) -> None:
    world = office.world
    events = [world.says("1", text) for text in ("one", "two", "three")]
    from rundruf.aws.queues import _inbox_entry

    for event in events:
        entry = _inbox_entry(event)
        office.dies(
            "inbox",
            entry["MessageBody"],
            MessageGroupId=entry["MessageGroupId"],
            MessageDeduplicationId=entry["MessageDeduplicationId"],
        )
    office.dies("receipts", {"account": "telegram/main", "receipts": []})
    assert fates(office.look()) == [
        *[("inbox", Fate.AGAIN, "inbox")] * 3,
        ("receipts", Fate.AGAIN, "receipts"),
    ]
    assert len(office.redrive()) == 4
    assert [body["event"]["text"] for body in office.stack.messages("inbox")] == ["one", "two", "three"]
    assert len(office.stack.messages("receipts")) == 1


def test_what_is_none_of_ours_is_left_to_a_person(office: Office) -> None:
    for queue in ("send", "plan", "receipts"):
        office.dies(queue, "hello {")
    office.dies("send", {"chunk": 3})
    office.dies("archive", {"requestContext": {}})
    office.dies("tick", {"any": "thing"})
    found = office.look()
    assert Counter(one.fate for one in found) == {Fate.KEPT: 5, Fate.OVER: 1}
    assert fates(office.redrive()) == [("tick", Fate.OVER, "tick")]
    assert len(office.look()) == 5


def test_only_what_was_chosen_goes_back(office: Office) -> None:
    world = office.world
    world.people(2)
    for name in ("b1", "b2"):
        world.broadcast(name=name)
        world.plan()
    office.gives_up()
    wanted = next(one for one in office.look() if one.letter.task and one.letter.task.broadcast == "b2")
    assert [one.letter.id for one in office.redrive(chosen=frozenset({wanted.letter.id}))] == [
        wanted.letter.id
    ]
    office.works()
    assert (world.figures("b1").pending, world.figures("b2").sent) == (2, 2)
    assert len(office.look()) == 1


def test_there_may_be_more_than_are_shown(office: Office) -> None:
    for _ in range(12):
        office.dies("tick", {})
    found, more = dead_letters.letters(office.post, office.world.services, ["tick"], 11)
    assert (len(found), more) == (11, True)
    found, more = dead_letters.letters(office.post, office.world.services, ["tick"], 12)
    assert (len(found), more) == (12, False)
    assert len(office.redrive(most=5)) == 5
    assert len(office.look()) == 7


def test_a_crash_between_sending_back_and_removing_makes_two_of_it_and_no_harm(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = office.world
    world.people(3)
    world.broadcast()
    world.plan()
    office.gives_up()
    with monkeypatch.context() as patch:
        patch.setattr(office.post, "remove", lambda _: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            office.redrive()
    office.works()
    assert world.figures().sent == 3
    sending.send(
        send_task(json.dumps({"broadcast": "b1", "chunk": "0-0", "account": "telegram/main"})),
        world.services,
        lambda: 1e7,
    )
    assert len(world.messengers.requests) == 3


def test_no_letter_shows_what_somebody_wrote(office: Office) -> None:
    from rundruf.aws.queues import _inbox_entry

    entry = _inbox_entry(office.world.says("4917123", "my secret"))
    office.dies("inbox", entry["MessageBody"], MessageGroupId="g", MessageDeduplicationId="d")
    (found,) = office.look()
    assert "secret" not in repr(found)


@pytest.mark.parametrize("reason", dead_letters._SENTENCES)
def test_every_reason_is_explained_in_both_languages(reason: str) -> None:
    assert set(dead_letters.sentence(reason)) == {"de", "en"}
