"""A broadcast from start to end: nobody twice, nobody without consent, nothing lost, figures that balance."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.audience import Audience
from rundruf.core.broadcast import State, Wish
from rundruf.core.chunk import LEASE, WINDOW, Mark
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact
from rundruf.core.message import Message, Template
from rundruf.core.report import Receipts
from rundruf.core.tokens import Keys
from rundruf.flows import claiming, planning, sending
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.newsletter import tick
from rundruf.flows.services import ClaimResult, ClaimWish, SendTask, Steps
from rundruf.messengers.contract import Answer, Failure, Request
from tests.support.people import DAY, HOUR, NOW, wrote
from tests.support.stack import Stack
from tests.support.world import World, accepted


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


class Killed(BaseException):
    """The worker's death: nothing catches it."""


def refusal(status: int, text: str, **parameters: int) -> Answer:
    body = {"ok": False, "error_code": status, "description": text, "parameters": parameters}
    return Answer(status, body=json.dumps(body).encode())


def test_everybody_with_consent_gets_it_once(world: World) -> None:
    world.people(20)
    world.person(7, "recipes")
    world.broadcast()
    world.drain()
    assert Counter(world.messengers.sent_to()) == Counter(str(1000 + number) for number in range(20))
    figures = world.figures()
    assert (figures.audience, figures.sent) == (20, 20)
    assert world.state() is State.FINISHED


def test_every_queue_message_may_come_twice(world: World) -> None:
    world.people(20)
    world.broadcast()
    world.queues.plans *= 3
    world.plan()
    world.queues.sends *= 3
    world.drain()
    assert max(Counter(world.messengers.sent_to()).values()) == 1
    assert world.figures().sent == 20


def test_the_message_names_sender_and_way_out(world: World) -> None:
    world.person(1, name="Anna")
    world.broadcast("Hello {{ name | default('there') }}")
    world.drain()
    (text,) = world.messengers.texts("1")
    assert text.startswith("Hello Anna")
    assert "Café Morgenrot" in text
    assert "STOP" in text
    assert "https://r.example/u/" in text


def test_a_missing_value_skips_one_person_and_says_why(world: World) -> None:
    world.person(1, name="Anna")
    world.person(2)
    world.broadcast("Hello {{ name }}")
    world.drain()
    assert world.messengers.sent_to() == ["1"]
    assert world.figures().skipped == {"missing_value": 1}


def test_a_message_that_cannot_be_made_fails_for_one_person_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.people(20)
    world.broadcast()
    real: Callable[..., Message] = vars(claiming)["outgoing"]

    def poisoned(message: Message, contact: Contact, *rest: object) -> Message:
        if contact.identity.user_id == "1007":
            raise RuntimeError("poison")
        return real(message, contact, *rest)

    monkeypatch.setattr(claiming, "outgoing", poisoned)
    world.drain()
    assert "1007" not in world.messengers.sent_to()
    figures = world.figures()
    assert (figures.sent, figures.failed) == (19, {"bad": 1})


def test_without_our_keys_nobody_is_claimed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.people(3)
    world.broadcast()
    world.plan()
    task = world.queues.sends[0]

    def unreadable() -> Keys:
        raise RuntimeError("secret store")

    keyless = replace(world.services, keys=unreadable)
    with pytest.raises(RuntimeError):
        sending.send(task, keyless, lambda: 1e7)
    assert all(not world.held(str(1000 + number)).claims for number in range(3))
    world.at += LEASE + 1_000
    world.drain()
    assert world.figures().sent == 3


def test_who_leaves_after_planning_gets_nothing(world: World) -> None:
    people = world.people(5)
    world.broadcast()
    world.plan()
    leave(people[2].id, Leaving(world.now(), "test"), world.services)
    world.drain()
    assert "1002" not in world.messengers.sent_to()
    figures = world.figures()
    assert (figures.sent, figures.skipped) == (4, {"consent": 1})


def test_who_is_erased_after_planning_is_skipped(world: World) -> None:
    people = world.people(3)
    world.broadcast()
    world.plan()
    world.contacts.erase(people[0].id)
    world.drain()
    assert world.figures().skipped == {"erased": 1}


def test_who_joins_after_the_start_is_out(world: World) -> None:
    world.people(2)
    world.broadcast()
    world.at += 5
    late_identity = replace(world.held("1000").identity, user_id="9")
    late = world.contacts.meet(
        world.contacts.id_of(late_identity), late_identity, wrote(late_identity, world.now())
    )
    world.contacts.enter(late, [Fact(Action.IMPORTED, NOW, ("news",), source="desk")])
    world.drain()
    assert world.figures().audience == 2


def test_a_planner_that_runs_out_of_time_goes_on_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SIZE", 4)
    monkeypatch.setattr(planning, "CHUNKS_A_COMMIT", 1)
    world.people(18)
    world.broadcast()
    rounds = 0
    while world.queues.plans:
        world.plan(time_left=1_000)
        rounds += 1
    assert rounds > 3
    chunks = [world.broadcasts.chunk("b1", f"0-{number}") for number in range(6)]
    assert [len(chunk.recipients) if chunk else 0 for chunk in chunks] == [4, 4, 4, 4, 2, 0]
    recipients = [one for chunk in chunks if chunk for one in chunk.recipients]
    assert len(set(recipients)) == 18


@pytest.mark.parametrize("dies_at", range(6))
def test_a_planner_that_dies_makes_no_chunk_twice_and_loses_none(
    world: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    """Killed at every queue call: after a commit, before its chunks are queued."""
    monkeypatch.setattr(planning, "SIZE", 4)
    monkeypatch.setattr(planning, "CHUNKS_A_COMMIT", 1)
    world.people(18)
    world.broadcast()
    world.queues.plans.clear()
    calls = iter(range(100))
    real = world.queues.send

    def dying(tasks: list[SendTask], delay: float = 0) -> None:
        if next(calls) == dies_at:
            raise Killed
        real(tasks, delay)

    monkeypatch.setattr(world.queues, "send", dying)
    with pytest.raises(Killed):
        planning.plan("b1", world.services, lambda: 1e7)
    planning.plan("b1", world.services, lambda: 1e7)
    world.drain()
    assert Counter(world.messengers.sent_to()) == Counter(str(1000 + number) for number in range(18))
    assert world.state() is State.FINISHED


@pytest.mark.parametrize("dies_at", [0, 1, WINDOW - 1, WINDOW, WINDOW + 1, 31, 39])
@pytest.mark.parametrize("answered", [False, True])
def test_a_sender_that_dies_sends_nobody_twice_and_loses_nobody(
    world: World, dies_at: int, answered: bool
) -> None:
    """Killed at the k-th arrival, before and after the answer; the chunk comes again."""
    world.people(40)
    world.broadcast()
    world.plan()

    def dying(number: int, _: Request) -> Answer:
        if number == dies_at + answered:
            raise Killed
        return accepted(number)

    world.messengers.script = dying
    task = world.queues.sends[0]
    if dies_at + answered < 40:
        with pytest.raises(Killed):
            world.send_one()
    world.messengers.script = lambda number, _: accepted(number)
    world.at += LEASE + 5_000
    world.queues.sends = [task]
    world.drain()
    assert max(Counter(world.messengers.sent_to()).values()) == 1
    figures = world.figures()
    assert figures.pending == 0
    assert figures.unknown <= WINDOW
    assert figures.sent + figures.unknown == 40
    assert len(world.messengers.requests) >= figures.sent
    assert world.state() is State.FINISHED


def test_a_second_broadcast_between_crash_and_recovery_makes_no_duplicate(world: World) -> None:
    """A claims, sends and dies before its outcome is written; B to F claim the same people; A comes again."""
    world.people(10)
    world.broadcast(name="b1")
    world.plan()
    calls = iter(range(1000))
    real = world.broadcasts.write

    def dying(*given: object) -> None:
        if next(calls) == 1:
            raise Killed
        real(*given)  # type: ignore[arg-type]

    world.broadcasts.write = dying  # type: ignore[method-assign, assignment]
    world.broadcasts.close = lambda *_: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    task = world.queues.sends[0]
    with pytest.raises(Killed):
        world.send_one()
    del world.broadcasts.write, world.broadcasts.close
    assert len(world.messengers.requests) == 10
    for name in ("b2", "b3", "b4", "b5", "b6"):
        world.at += 1000
        world.broadcast(name=name)
        world.drain()
    world.at += LEASE + 5_000
    world.queues.sends = [task]
    world.drain()
    assert Counter(world.messengers.sent_to()) == Counter({str(1000 + n): 6 for n in range(10)})
    assert world.figures("b1").unknown == 10
    assert world.figures("b6").sent == 10


def test_a_live_workers_chunk_is_given_back(world: World) -> None:
    world.people(3)
    world.broadcast()
    world.plan()
    world.broadcasts.lease("b1", "0-0", "other", world.now(), world.now() + LEASE)
    task = world.queues.sends[0]
    world.send_one()
    assert world.messengers.requests == []
    assert world.queues.sends == [task]
    assert world.queues.delays[-1] >= LEASE / 1000


def test_what_is_known_is_kept_when_the_table_fails_the_next_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of the window before becomes unknown because the next one could not be opened."""
    world.people(40)
    world.broadcast()
    world.plan()
    task = world.queues.sends[0]
    real, calls = world.services.pacer.reserve, iter(range(10))

    def failing(*given: Any) -> Any:
        if next(calls) == 1:
            raise RuntimeError("table")
        return real(*given)

    monkeypatch.setattr(world.services.pacer, "reserve", failing)
    with pytest.raises(RuntimeError):
        world.send_one()
    assert len(world.messengers.requests) == WINDOW
    world.at += 1_000
    world.queues.sends = [task]
    world.drain()
    assert world.figures().sent == 40


def test_ambiguous_answers_are_unknown_and_never_resent(world: World) -> None:
    world.people(3)
    world.broadcast()
    world.messengers.script = lambda *_: Answer(0, failure=Failure.AMBIGUOUS)
    world.drain()
    assert world.figures().unknown == 3
    assert world.state() is State.FINISHED
    assert len(world.messengers.requests) == 3


def test_what_was_definitely_not_sent_is_tried_again(world: World) -> None:
    world.people(3)
    world.broadcast()
    world.messengers.script = lambda number, _: (
        accepted(number) if number > 4 else Answer(0, failure=Failure.NOT_SENT)
    )
    world.drain()
    assert world.figures().sent == 3
    assert world.queues.delays[-1] > 0


def test_trying_again_ends(world: World) -> None:
    world.people(2)
    world.broadcast()
    world.messengers.script = lambda *_: Answer(0, failure=Failure.NOT_SENT)
    world.drain()
    assert world.figures().failed == {"retry": 2}
    assert world.state() is State.FINISHED


def test_a_429_holds_the_account_and_counts_against_nobody(world: World) -> None:
    world.people(WINDOW + 4)
    world.broadcast()
    busy = refusal(429, "Too Many Requests: retry after 30", retry_after=30)
    world.messengers.script = lambda number, _: busy if number < WINDOW else accepted(number)
    world.plan()
    world.send_one()
    assert len(world.messengers.requests) == WINDOW
    assert world.queues.delays[-1] == 30
    before = world.now()
    world.send_one()
    assert len(world.messengers.requests) == WINDOW
    assert world.now() - before < 1_000
    world.at += 31_000
    world.drain()
    assert world.figures().sent == WINDOW + 4
    progress = world.broadcasts.progress("b1", "0-0")
    assert progress is not None
    assert progress.attempts == 0


def test_a_blocked_bot_ends_consent(world: World) -> None:
    people = world.people(2)
    world.broadcast()
    blocked = refusal(403, "Forbidden: bot was blocked by the user")
    world.messengers.script = lambda number, request: blocked if b"1000" in request.body else accepted(number)
    world.drain()
    assert world.figures().failed == {"withdraw": 1}
    held = world.contacts.get(people[0].id)
    assert held is not None
    assert held.consent.topics == frozenset()
    entries, _ = world.contacts.ledger(people[0].id)
    assert entries[-1].fact.action is Action.BLOCKED


def test_a_deleted_user_is_unreachable_but_keeps_the_history(world: World) -> None:
    people = world.people(1)
    world.broadcast()
    world.messengers.script = lambda *_: refusal(403, "Forbidden: user is deactivated")
    world.drain()
    assert world.figures().failed == {"gone": 1}
    held = world.contacts.get(people[0].id)
    assert held is not None
    assert held.unreachable
    assert held.consent.topics == {"news"}
    world.messengers.script = lambda number, _: accepted(number)
    world.broadcast(name="b2")
    world.drain()
    assert world.figures("b2").skipped == {"unreachable": 1}


def test_a_refused_token_pauses_the_broadcast_and_loses_nobody(world: World) -> None:
    world.people(40)
    world.broadcast()
    world.messengers.script = lambda *_: refusal(401, "Unauthorized")
    world.drain()
    assert world.state() is State.PAUSED
    found = world.broadcasts.get("b1")
    assert found is not None
    assert "telegram/main" in found.reason
    assert len(world.messengers.requests) <= WINDOW
    assert world.figures().pending == 40
    world.messengers.script = lambda number, _: accepted(number)
    planning.wish("b1", Wish.RESUME, world.services)
    world.drain()
    assert world.figures().sent == 40
    assert world.state() is State.FINISHED


def test_pause_resume_and_cancel(world: World) -> None:
    world.people(40)
    world.broadcast()
    world.plan()
    planning.wish("b1", Wish.PAUSE, world.services)
    world.drain()
    assert world.messengers.requests == []
    assert planning.wish("b1", Wish.PAUSE, world.services) is None
    planning.wish("b1", Wish.RESUME, world.services)

    def cancelling(number: int, _: Request) -> Answer:
        if number == 5:
            planning.wish("b1", Wish.CANCEL, world.services)
        return accepted(number)

    world.messengers.script = cancelling
    world.drain()
    assert len(world.messengers.requests) == WINDOW
    assert world.state() is State.CANCELLED
    figures = world.figures()
    assert (figures.sent, figures.skipped, figures.pending) == (WINDOW, {"cancelled": 40 - WINDOW}, 0)
    assert planning.wish("b1", Wish.RESUME, world.services) is None


def test_a_worker_short_of_time_hands_on_without_unknowns(world: World) -> None:
    world.people(20)
    world.broadcast()
    world.plan()
    world.send_one(time_left=5_000)
    assert world.messengers.requests == []
    assert len(world.queues.sends) == 1
    world.drain()
    assert world.figures().sent == 20


def test_an_expired_broadcast_stops(world: World) -> None:
    world.people(3)
    world.broadcast(expires_at=NOW + HOUR)
    world.plan()
    world.at += 2 * HOUR
    world.drain()
    assert world.messengers.requests == []
    assert world.figures().expired == 3
    assert world.state() is State.FINISHED


def test_claims_that_took_too_long_are_not_used(world: World) -> None:
    """A claim's lease must outlive the request: a slow table means no sending, not a late one."""
    world.people(2)
    world.broadcast()
    world.plan()
    real = world.contacts.claiming

    def slow(wish: ClaimWish) -> Steps[ClaimResult]:
        world.at += 3_000
        return (yield from real(wish))

    world.contacts.claiming = slow  # type: ignore[method-assign]
    world.send_one()
    assert world.messengers.requests == []
    del world.contacts.claiming
    world.drain()
    assert world.figures().sent == 2


def test_the_cap_gives_one_broadcast_to_each(stack: Stack) -> None:
    world = World(stack, cap=DAY)
    world.people(6)
    for name in ("b1", "b2", "b3"):
        world.broadcast(name=name)
    world.drain()
    sent = sum(world.figures(name).sent for name in ("b1", "b2", "b3"))
    capped = sum(world.figures(name).skipped["cap"] for name in ("b1", "b2", "b3"))
    assert (sent, capped) == (6, 12)


def test_the_cap_does_not_refuse_the_second_try_of_the_same_message(stack: Stack) -> None:
    world = World(stack, cap=DAY)
    world.people(2)
    world.messengers.script = lambda number, _: (
        refusal(500, "Internal Server Error") if number < 2 else accepted(number)
    )
    world.broadcast()
    world.drain()
    assert world.figures().sent == 2


def test_whatsapp_takes_a_template_outside_the_window_and_text_inside(world: World) -> None:
    world.person(491700000001, messenger="whatsapp")
    world.person(491700000002, messenger="whatsapp")
    inside = world.held("491700000002", "whatsapp")
    world.contacts.meet(inside.id, inside.identity, wrote(inside.identity, world.now()))
    message = Message("Hello", template=Template("autumn", "de"))
    world.broadcast(message=message)
    world.drain()
    kinds = {
        to: body["type"] for to, body in zip(world.messengers.sent_to(), world.messengers.bodies, strict=True)
    }
    assert kinds == {"491700000001": "template", "491700000002": "text"}
    world.broadcast("No template", name="b2")
    world.drain()
    assert world.figures("b2").skipped == {"window": 1}


def test_each_account_has_chunks_of_its_own(world: World) -> None:
    world.people(3)
    world.person(491700000001, messenger="whatsapp")
    world.broadcast(message=Message("Hi", template=Template("autumn", "de")))
    world.plan()
    assert [task.account for task in world.queues.sends] == ["telegram/main", "whatsapp/main"]
    world.drain()
    assert world.figures().sent == 4


def test_an_audience_can_be_narrowed(world: World) -> None:
    world.person(1, tags=frozenset({"vegan"}), language="de", attributes={"city": "Köln"})
    world.person(2, tags=frozenset({"vegan", "press"}), language="de")
    world.person(3, language="en")
    audience = Audience(
        any_tag=frozenset({"vegan"}), no_tag=frozenset({"press"}), attributes={"city": "Köln"}
    )
    world.broadcast(audience=audience)
    world.drain()
    assert world.messengers.sent_to() == ["1"]


def test_named_people_get_a_test_only_with_consent(world: World) -> None:
    people = world.people(4)
    outsider = world.person(7, "recipes")
    named = (people[1].id, people[3].id, outsider.id)
    world.broadcast(audience=Audience(contacts=named))
    world.drain()
    assert sorted(world.messengers.sent_to()) == ["1001", "1003"]
    assert world.figures().audience == 2


def test_nobody_in_the_audience_ends_at_once(world: World) -> None:
    world.broadcast()
    world.drain()
    assert world.state() is State.FINISHED
    assert world.figures().audience == 0


def test_a_receipt_settles_an_unknown(world: World) -> None:
    world.people(1)
    world.broadcast()
    world.messengers.script = lambda *_: Answer(0, failure=Failure.AMBIGUOUS)
    world.drain()
    world.broadcasts.report("b1", "0-0", Receipts(delivered=frozenset({0})))
    figures = world.figures()
    assert (figures.unknown, figures.sent, figures.delivered) == (0, 1, 1)


def test_a_chunk_of_an_unknown_broadcast_is_let_go(world: World) -> None:
    sending.send(SendTask("nobody", "0-0", "telegram/main"), world.services, lambda: 1e7)
    assert world.messengers.requests == []


def test_marks_never_change_their_meaning() -> None:
    assert {mark.name: int(mark) for mark in Mark if mark < 16} == {
        "PENDING": 0, "SENT": 1, "UNKNOWN": 2, "RETRY": 3, "QUIET": 4, "LATER": 5, "FAILED_BAD": 10,
        "FAILED_GONE": 11, "FAILED_WITHDRAW": 12, "FAILED_WINDOW": 13, "FAILED_RETRY": 14, "FAILED_PAUSE": 15,
    }  # fmt: skip


@pytest.mark.parametrize("back", [False, True])
def test_who_is_erased_while_their_message_is_under_way_is_unknown(world: World, back: bool) -> None:
    """Sent; the worker dies, the person is erased and maybe joins again before the chunk returns."""
    (person,) = world.people(1)
    world.broadcast()
    world.plan()
    task = world.queues.sends[0]

    def dying(*_: object) -> Answer:
        raise Killed

    world.messengers.script = dying
    with pytest.raises(Killed):
        world.send_one()
    world.at += LEASE + 5_000
    world.contacts.erase(person.id)
    if back:
        world.newcomers.now = world.now
        world.people(1)
    world.messengers.script = lambda number, _: accepted(number)
    world.queues.sends = [task]
    world.drain()
    assert len(world.messengers.requests) == 1
    assert (world.figures().unknown, world.state()) == (1, State.FINISHED)


def test_a_start_that_dies_before_its_planner_is_called_is_made_good(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started but not queued, and nobody asks again: the minute's tick does."""
    world.people(3)
    monkeypatch.setattr(world.queues, "plan", _killed)
    with pytest.raises(Killed):
        world.broadcast()
    monkeypatch.undo()
    world.at += planning.LOOK_AGAIN
    tick(world.services)
    world.drain()
    assert world.state() is State.FINISHED


def test_a_start_is_watched_before_it_begins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.people(3)
    monkeypatch.setattr(world.catalogue, "remind", _killed)
    with pytest.raises(Killed):
        world.broadcast()
    assert world.state() is State.SCHEDULED


def _killed(*_: object, **__: object) -> None:
    raise Killed
