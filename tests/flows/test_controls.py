"""A broadcast under control: accounts stop alone, canary, resuming, expiring; nobody twice, nobody lost."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any

import pytest

from rundruf.core import canary, stopping
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, Scope, State, Wish
from rundruf.core.canary import Canary, Trial, Tried
from rundruf.core.chunk import RETRIES, WINDOW, Mark
from rundruf.core.message import Message, MessageKind, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.report import Receipts
from rundruf.core.stopping import Why
from rundruf.flows import planning, sending
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.newsletter import tick
from rundruf.flows.services import SendTask
from rundruf.messengers.contract import Answer, Failure, Notice, Request
from tests.support.pager import PAGER, registered, said
from tests.support.people import HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, World, accepted

TEMPLATE = Message("Hello", template=Template("autumn", "de"))
MINUTE = 60_000
Script = Callable[[int, Request], Answer]


class Killed(BaseException):
    """The worker's death: nothing catches it."""


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def held(world: World, name: str = "b1") -> Broadcast:
    found = world.broadcasts.get(name)
    assert found is not None
    return found


def resume(world: World) -> None:
    assert planning.wish("b1", Wish.RESUME, world.services)


def refusing(account: str, status: int = 401) -> Script:
    """This messenger refuses its account, the other accepts."""
    host = {"telegram": "api.telegram.org", "whatsapp": "graph.facebook.com"}[account]
    body = {"ok": False, "error_code": status, "description": "Unauthorized", "error": {"code": 190}}

    def script(number: int, request: Request) -> Answer:
        return Answer(status, body=json.dumps(body).encode()) if host in request.url else accepted(number)

    return script


def two_accounts(world: World, count: int = 20) -> None:
    """So many people on Telegram and as many on WhatsApp."""
    world.people(count)
    for number in range(count):
        world.person(491700000000 + number, messenger="whatsapp")


def everybody_once(world: World) -> None:
    assert max(Counter(world.messengers.sent_to()).values()) == 1


class TestBreaker:
    def test_a_refused_account_stops_alone_and_the_other_goes_on(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.plan()
        while len(world.queues.sends) > 1:
            world.send_one()
        found = held(world)
        assert (found.state, sorted(found.stopped)) == (State.SENDING, ["telegram/main"])
        assert found.reason == ""
        world.drain()
        assert world.figures().sent == 20
        assert world.figures().pending == 20

    def test_it_pauses_as_a_whole_once_nobody_else_has_work(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.drain()
        found = held(world)
        assert found.state is State.PAUSED
        assert found.reason.startswith("telegram/main: ")

    def test_the_order_in_which_accounts_end_and_stop_does_not_matter(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("whatsapp", 403)
        world.broadcast(message=TEMPLATE)
        world.drain()
        assert (held(world).state, sorted(held(world).stopped)) == (State.PAUSED, ["whatsapp/main"])
        assert world.figures().sent == 20

    def test_resuming_sends_the_rest_to_nobody_twice(self, world: World) -> None:
        two_accounts(world, 40)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.drain()
        refused = len([one for one in world.messengers.requests if "telegram" in one.url])
        assert refused <= WINDOW
        world.messengers.script = lambda number, _: accepted(number)
        world.messengers.requests.clear()
        resume(world)
        world.drain()
        everybody_once(world)
        assert (world.figures().sent, held(world).state) == (80, State.FINISHED)
        assert not held(world).stopped

    def test_an_account_can_go_on_while_the_others_are_sending(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.plan()
        world.send_one()
        assert sorted(held(world).stopped) == ["telegram/main"]
        world.messengers.script = lambda number, _: accepted(number)
        resume(world)
        world.drain()
        assert (world.figures().sent, held(world).state) == (40, State.FINISHED)

    def test_it_trips_again_when_nothing_was_mended(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.drain()
        for _ in range(3):
            resume(world)
            world.drain()
            assert held(world).state is State.PAUSED
        assert world.figures().pending == 20
        world.messengers.script = lambda number, _: accepted(number)
        resume(world)
        world.drain()
        assert (world.figures().sent, world.figures().failed.total()) == (40, 0)

    def test_a_late_refusal_from_before_the_resuming_stops_nothing(self, world: World) -> None:
        """Another worker's call was on its way when somebody mended the token and resumed."""
        world.people(WINDOW + 4)
        world.broadcast()
        world.plan()

        def script(number: int, request: Request) -> Answer:
            if number == 0:
                planning.wish("b1", Wish.PAUSE, world.services)
                world.at += 1_000
                resume(world)
                world.at += 1_000
            return refusing("telegram")(number, request) if number < WINDOW else accepted(number)

        world.messengers.script = script
        world.send_one()
        assert not held(world).stopped
        world.drain()
        assert (world.figures().sent, held(world).state) == (WINDOW + 4, State.FINISHED)

    def test_a_broadcast_that_waits_stops_its_planner(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(planning, "SIZE", 4)
        monkeypatch.setattr(planning, "CHUNKS_A_COMMIT", 1)
        world.people(18)
        world.messengers.script = refusing("telegram")
        world.broadcast(audience=Audience(messengers=("telegram",)))
        world.plan(time_left=1_000)
        world.send_one()
        assert held(world).state is State.PAUSED
        world.drain()
        assert not held(world).planned
        world.messengers.script = lambda number, _: accepted(number)
        resume(world)
        world.drain()
        assert (world.figures().sent, held(world).state) == (18, State.FINISHED)

    def test_a_notice_stops_only_the_account_it_is_about(self, world: World) -> None:
        two_accounts(world)
        world.catalogue.note("whatsapp/main", Notice(NOW + 1, trouble="is disabled"))
        world.broadcast(message=TEMPLATE)
        world.drain()
        assert held(world).stopped["whatsapp/main"].why is Why.NOTICE
        assert world.figures().sent == 20

    def test_an_account_that_was_removed_stops_and_comes_back(self, world: World) -> None:
        world.people(3)
        world.broadcast()
        world.plan()
        world.accounts.delete("telegram/main")
        world.drain()
        assert held(world).stopped["telegram/main"].why is Why.ACCOUNT
        assert held(world).state is State.PAUSED
        world.accounts.put(TELEGRAM)
        resume(world)
        world.at += MINUTE
        world.drain()
        assert world.figures().sent == 3

    @pytest.mark.parametrize("dies_at", range(7))
    def test_a_worker_that_dies_while_it_stops_an_account_leaves_nothing_lying(
        self, world: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
    ) -> None:
        """Killed before each write to the store; what is left is seen by the next look."""
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.plan()
        task = world.queues.sends[0]
        real, calls = world.broadcasts.table.aws.call, iter(range(100))

        def dying(service: str, operation: str, body: object) -> object:
            if operation != "GetItem" and next(calls) == dies_at:
                raise Killed
            return real(service, operation, body)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(world.broadcasts.table.aws, "call", dying)
            try:
                world.send_one()
            except Killed:
                world.queues.sends.append(task)
        world.at += MINUTE
        world.drain()
        world.at += 10 * MINUTE
        tick(world.services)
        world.drain()
        assert (held(world).state, world.figures().sent) == (State.PAUSED, 20)
        world.messengers.script = lambda number, _: accepted(number)
        world.at += MINUTE
        resume(world)
        world.drain()
        figures = world.figures()
        assert (held(world).state, figures.pending, figures.failed.total()) == (State.FINISHED, 0, 0)
        assert figures.unknown <= WINDOW

    def test_counts_that_do_not_add_up_are_counted_anew(self, world: World) -> None:
        """As an older release leaves them: planned or closed without counts of each account."""
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE)
        world.plan()
        from rundruf.aws import keys
        from rundruf.aws.table import Change

        world.broadcasts.table.update(keys.broadcast("b1"), Change().set(counts=None))
        assert held(world).with_work() is None
        world.drain()
        assert held(world).state is State.PAUSED


class TestErrors:
    """When half of what is sent fails (of a hundred; here of twenty) the account stops, too."""

    def pager(self, world: World, monkeypatch: pytest.MonkeyPatch, kind: OutcomeKind, share: float) -> None:
        def interpret(answer: Answer) -> Outcome:
            broken = answer.status != 200
            return Outcome(kind, "broken") if broken else Outcome(OutcomeKind.OK)

        monkeypatch.setattr(stopping, "LEAST", 20)
        registered(monkeypatch, replace(PAGER, token=None, interpret=interpret))
        world.accounts.put(Account("pager", "main", "x", credentials={"access_token": ("t",)}))
        for number in range(60):
            world.person(5000 + number, messenger="pager")
        world.messengers.script = lambda number, _: said(500 if number % 5 < share * 5 else 200)

    @pytest.mark.parametrize("kind", [OutcomeKind.UNKNOWN, OutcomeKind.BAD])
    def test_what_cannot_be_tried_again_stops_it_at_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch, kind: OutcomeKind
    ) -> None:
        self.pager(world, monkeypatch, kind, 0.6)
        world.broadcast()
        world.drain()
        found = held(world)
        assert (found.state, found.stopped["pager/main"].why) == (State.PAUSED, Why.ERRORS)
        assert 20 <= len(world.messengers.requests) < 20 + WINDOW
        world.messengers.script = lambda number, _: said(200)
        resume(world)
        world.drain()
        figures = world.figures()
        assert held(world).state is State.FINISHED
        assert figures.sent + figures.unknown + figures.failed["bad"] == 60

    def test_less_than_half_goes_on(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pager(world, monkeypatch, OutcomeKind.UNKNOWN, 0.4)
        world.broadcast()
        world.drain()
        assert held(world).state is State.FINISHED

    def test_what_was_not_sent_makes_the_account_wait_and_nobody_has_to_help(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A messenger that is down for a minute."""
        self.pager(world, monkeypatch, OutcomeKind.RETRY, 1.0)
        until = world.at + 30_000
        world.messengers.script = lambda *_: said(500 if world.at < until else 200)
        world.broadcast()
        world.drain()
        assert (held(world).state, world.figures().sent) == (State.FINISHED, 60)

    def test_a_messenger_that_stays_down_stops_the_account_and_fails_nobody(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.pager(world, monkeypatch, OutcomeKind.RETRY, 1.0)
        world.broadcast()
        world.plan()
        while world.queues.sends:
            world.at += 10 * MINUTE
            world.send_one()
        found = held(world)
        assert (found.state, found.stopped["pager/main"].why) == (State.PAUSED, Why.ERRORS)
        assert world.figures().pending == 60
        assert len(world.messengers.requests) == (RETRIES + 1) * ceil(stopping.LEAST / WINDOW) * WINDOW
        world.messengers.script = lambda *_: said(200)
        resume(world)
        world.drain()
        assert world.figures().sent == 60


def test_half_of_a_hundred_is_too_much() -> None:
    assert not stopping.trips(99, 99)
    assert not stopping.trips(100, 49)
    assert stopping.trips(100, 50)


@pytest.mark.parametrize("why", Why)
def test_every_stop_is_explained_in_both_languages(why: Why) -> None:
    told = stopping.sentence(stopping.Stop(why, "190", NOW), "WhatsApp")
    assert set(told) == {"de", "en"}
    assert not any("{" in one for one in told.values())


def test_a_chunk_of_a_stopped_account_is_let_go_of(world: World) -> None:
    two_accounts(world)
    world.messengers.script = refusing("telegram")
    world.broadcast(message=TEMPLATE)
    world.plan()
    task = world.queues.sends[0]
    world.send_one()
    count = len(world.messengers.requests)
    sending.send(task, world.services, lambda: 1e7)
    assert len(world.messengers.requests) == count
    assert task not in world.queues.sends


SOON = Canary(size=10, wait=MINUTE)


def trying(world: World, people: int = 40, canary: Canary = SOON, **more: Any) -> None:
    """Started and planned, with small chunks behind the canary's."""
    world.people(people)
    world.broadcast(canary=canary, **more)
    world.plan()


def blocked(share: int) -> Script:
    """Every so many people have blocked the bot."""
    body = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    no = Answer(403, body=json.dumps(body).encode())
    return lambda number, _: no if number % share == 0 else accepted(number)


class TestCanary:
    def test_the_first_chunk_goes_alone_and_the_rest_after_a_while(self, world: World) -> None:
        trying(world)
        assert [task.chunk for task in world.queues.sends] == ["0-0"]
        assert held(world).state is State.CANARY
        world.send_one()
        assert len(world.messengers.requests) == 10
        assert (world.queues.plans, world.queues.waits) == (["b1"], [60])
        found = held(world)
        assert (found.state, found.settles) == (State.CANARY, world.at + MINUTE)
        world.at += MINUTE
        world.plan()
        assert held(world).state is State.SENDING
        world.drain()
        everybody_once(world)
        assert (world.figures().sent, held(world).state) == (40, State.FINISHED)
        assert held(world).tried == Tried(asked=10)

    def test_nothing_goes_early(self, world: World) -> None:
        trying(world)
        world.send_one()
        world.at += MINUTE - 1
        for _ in range(3):
            world.plan()
            tick(world.services)
        assert (len(world.messengers.requests), world.queues.sends) == (10, [])
        assert len(world.queues.plans) == 1

    def test_a_chunk_that_comes_by_mistake_waits(self, world: World) -> None:
        trying(world)
        sending.send(SendTask("b1", "0-1", "telegram/main"), world.services, lambda: 1e7)
        assert world.messengers.requests == []

    def test_too_many_blocks_stop_the_rest_with_numbers(self, world: World) -> None:
        trying(world)
        world.messengers.script = blocked(4)
        world.drain()
        found = held(world)
        assert (found.state, found.trial) == (State.PAUSED, Trial.FAILED)
        assert found.reason == "canary: blocked 3 of 10 (limit 2.0%)"
        assert found.tried == Tried(asked=10, blocked=3)
        assert world.figures().pending == 30

    def test_resuming_after_that_sends_to_the_others(self, world: World) -> None:
        trying(world)
        world.messengers.script = blocked(4)
        world.drain()
        world.messengers.script = lambda number, _: accepted(number)
        resume(world)
        world.drain()
        everybody_once(world)
        assert (held(world).state, held(world).trial) == (State.FINISHED, Trial.OVERRULED)
        assert world.figures().sent == 37

    def test_people_who_leave_while_it_settles_count(self, world: World) -> None:
        trying(world)
        world.send_one()
        for number in world.messengers.sent_to()[:2]:
            leave(world.held(number).id, Leaving(world.now(), "test"), world.services)
        world.drain()
        assert held(world).reason == "canary: left 2 of 10 (limit 2.0%)"

    def test_receipts_that_come_while_it_settles_count(self, world: World) -> None:
        trying(world)
        world.send_one()
        world.broadcasts.report("b1", "0-0", Receipts(failed={"bad": frozenset({0, 1})}))
        world.drain()
        assert held(world).reason == "canary: failed 2 of 10 (limit 10.0%)"

    def test_what_is_within_the_limits_passes(self, world: World) -> None:
        trying(world, canary=replace(SOON, blocked=0.3, left=1.0))
        world.messengers.script = blocked(4)
        world.drain()
        assert (held(world).trial, held(world).state) == (Trial.PASSED, State.FINISHED)

    def test_somebody_skipped_says_nothing_against_it(self, world: World) -> None:
        people = world.people(40)
        world.broadcast(canary=SOON)
        world.plan()
        for one in people:
            leave(one.id, Leaving(world.now(), "test"), world.services)
        world.drain()
        assert (held(world).trial, held(world).tried) == (Trial.PASSED, Tried())

    def test_a_small_audience_goes_without(self, world: World) -> None:
        trying(world, canary=Canary(above=40))
        assert held(world).state is State.SENDING
        world.drain()
        assert (world.figures().sent, held(world).trial) == (40, Trial.NONE)

    def test_one_chunk_alone_is_the_whole_broadcast(self, world: World) -> None:
        trying(world, people=10)
        world.drain()
        assert (held(world).state, held(world).trial) == (State.FINISHED, Trial.NONE)

    def test_whether_it_is_large_is_known_only_at_the_end(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Commit by commit; nothing is queued before it is known what may be."""
        monkeypatch.setattr(planning, "SIZE", 4)
        monkeypatch.setattr(planning, "CHUNKS_A_COMMIT", 1)
        world.people(18)
        for name, above, queued in (("b1", 18, 5), ("b2", 10, 1)):
            world.broadcast(name=name, canary=Canary(above=above))
            world.plan(time_left=1_000)
            assert world.queues.sends == []
            while world.queues.plans:
                world.plan(time_left=1_000)
            assert len({task.chunk for task in world.queues.sends}) == queued
            world.queues.sends.clear()

    @pytest.mark.parametrize("account", ["whatsapp", "telegram"])
    def test_an_account_that_is_refused_pauses_it(self, world: World, account: str) -> None:
        two_accounts(world)
        world.messengers.script = refusing(account)
        world.broadcast(message=TEMPLATE, canary=SOON)
        world.drain()
        assert held(world).state is State.PAUSED
        assert world.figures().sent == (20 if account == "whatsapp" else 0)
        world.messengers.script = lambda number, _: accepted(number)
        resume(world)
        world.drain()
        assert (held(world).state, world.figures().sent) == (State.FINISHED, 40)
        assert held(world).trial is Trial.PASSED

    @pytest.mark.parametrize("settling", [False, True])
    def test_pause_and_resume_while_it_is_tried(self, world: World, settling: bool) -> None:
        trying(world)
        if settling:
            world.send_one()
        assert planning.wish("b1", Wish.PAUSE, world.services)
        world.at += 5 * MINUTE
        world.drain()
        tick(world.services)
        assert len(world.messengers.requests) == (10 if settling else 0)
        resume(world)
        world.drain()
        everybody_once(world)
        assert (held(world).trial, held(world).state) == (Trial.PASSED, State.FINISHED)

    def test_cancel_while_it_is_tried(self, world: World) -> None:
        trying(world)
        world.send_one()
        assert planning.wish("b1", Wish.CANCEL, world.services)
        world.drain()
        tick(world.services)
        world.drain()
        assert (len(world.messengers.requests), world.state()) == (10, State.CANCELLED)
        assert world.figures().skipped == {"cancelled": 30}

    def test_the_reminder_decides_when_the_message_was_lost(self, world: World) -> None:
        trying(world)
        world.send_one()
        world.queues.plans.clear()
        world.queues.waits.clear()
        world.at += MINUTE
        tick(world.services)
        world.drain()
        assert world.figures().sent == 40

    @pytest.mark.parametrize("dies_at", range(14))
    def test_whoever_dies_while_it_is_tried_loses_and_doubles_nobody(
        self, world: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
    ) -> None:
        """Killed before the k-th write to table or queue; then only the tick and the queue help."""
        world.people(24)
        world.broadcast(canary=replace(SOON, failed=1.0))
        world.plan()
        calls, alive = iter(range(1000)), [True]
        real = world.broadcasts.table.aws.call

        def step() -> None:
            if next(calls) == dies_at and alive[0]:
                alive[0] = False
                raise Killed

        def call(service: str, operation: str, body: object) -> object:
            if operation != "GetItem":
                step()
            return real(service, operation, body)  # type: ignore[arg-type]

        real_plan = world.queues.plan

        def plan(broadcast: str, delay: float = 0) -> None:
            step()
            real_plan(broadcast, delay)

        monkeypatch.setattr(world.broadcasts.table.aws, "call", call)
        monkeypatch.setattr(world.queues, "plan", plan)
        for _ in range(60):
            tasks = list(world.queues.sends)
            try:
                world.drain(1)
            except AssertionError:
                continue
            except Killed:
                world.queues.sends += [one for one in tasks if one not in world.queues.sends]
                world.at += MINUTE
                continue
            world.at += MINUTE
            tick(world.services)
            if world.state() is State.FINISHED:
                break
        everybody_once(world)
        figures = world.figures()
        assert world.state() is State.FINISHED
        assert figures.sent + figures.unknown == 24
        assert figures.unknown <= WINDOW


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        pytest.param(Tried(asked=100, failed=10, blocked=2, left=2), [], id="at the limits"),
        pytest.param(Tried(asked=100, failed=11), ["failed"], id="failed"),
        pytest.param(Tried(asked=100, blocked=3), ["blocked"], id="blocked"),
        pytest.param(Tried(asked=100, left=3), ["left"], id="left"),
        pytest.param(Tried(asked=100, failed=11, blocked=3, left=3), ["failed", "blocked", "left"], id="all"),
        pytest.param(Tried(), [], id="nobody"),
    ],
)
def test_limits_of_the_canary(tried: Tried, expected: list[str]) -> None:
    assert [what for what, _, _ in canary.objections(Canary(), tried)] == expected
    told = canary.sentence(Canary(), tried)
    assert set(told) == ({"de", "en"} if expected else set())


def test_the_canary_counts_each_person_once() -> None:
    marks = bytes([Mark.SENT] * 6 + [Mark.FAILED_WITHDRAW, Mark.FAILED_BAD, Mark.UNKNOWN, Mark.SKIPPED_CAP])
    told = Receipts(left=frozenset({0, 6}), failed={"withdraw": frozenset({1})}, delivered=frozenset({2}))
    assert canary.counted(marks, told) == Tried(asked=9, failed=2, blocked=2, left=1)


def again(world: World, scope: Scope) -> Broadcast | None:
    return planning.wish("b1", Wish.RESUME, world.services, scope)


def answers(*statuses: int) -> Script:
    """These statuses in turn, in Telegram's words, then only yes."""

    def script(number: int, request: Request) -> Answer:
        status = statuses[number] if number < len(statuses) else 200
        if status == 200:
            return accepted(number)
        if not status:
            return Answer(0, failure=Failure.AMBIGUOUS)
        body = {"ok": False, "error_code": status, "description": "Bad Request: message is too long"}
        return Answer(status, body=json.dumps(body).encode())

    return script


class TestResumingForSome:
    def test_who_failed_for_a_passing_reason_is_sent_to_again(self, world: World) -> None:
        world.people(6)
        world.messengers.script = answers(400, 200, 400)
        world.broadcast()
        world.drain()
        assert (world.figures().sent, world.figures().failed) == (4, {"bad": 2})
        assert held(world).finished
        world.messengers.requests.clear()
        world.messengers.script = lambda number, _: accepted(number)
        moved = again(world, Scope.FAILED)
        assert moved
        assert (moved.state, moved.finished) == (State.PLANNING, 0)
        world.drain()
        assert (len(world.messengers.requests), world.figures().sent) == (2, 6)
        assert (held(world).state, held(world).freeing) == (State.FINISHED, None)

    def test_who_is_gone_or_left_is_not(self, world: World) -> None:
        world.people(3)
        world.messengers.script = blocked(1)
        world.broadcast()
        world.drain()
        assert again(world, Scope.FAILED)
        world.drain()
        assert (len(world.messengers.requests), world.state()) == (3, State.FINISHED)

    def test_who_left_since_is_skipped_at_the_claim(self, world: World) -> None:
        people = world.people(2)
        world.messengers.script = answers(400, 400)
        world.broadcast()
        world.drain()
        leave(people[0].id, Leaving(world.now(), "test"), world.services)
        again(world, Scope.FAILED)
        world.drain()
        assert (world.figures().sent, world.figures().skipped) == (1, {"consent": 1})

    def test_who_was_accepted_and_failed_later_is_not(self, world: World) -> None:
        """The message could still arrive, and its receipts could not be told from those of another."""
        world.people(2)
        world.broadcast()
        world.drain()
        world.broadcasts.report("b1", "0-0", Receipts(failed={"retry": frozenset({0})}))
        assert again(world, Scope.FAILED)
        world.drain()
        assert len(world.messengers.requests) == 2
        assert world.figures().failed == {"retry": 1}

    def test_unknown_people_only_when_they_are_meant(self, world: World) -> None:
        world.people(3)
        world.messengers.script = answers(0, 400)
        world.broadcast()
        world.drain()
        again(world, Scope.FAILED)
        world.drain()
        assert (world.figures().sent, world.figures().unknown) == (2, 1)
        assert again(world, Scope.UNKNOWN)
        world.drain()
        assert (world.figures().sent, world.figures().unknown) == (3, 0)

    def test_unknown_people_of_whom_was_heard_are_left_alone(self, world: World) -> None:
        world.people(2)
        world.messengers.script = answers(0, 0)
        world.broadcast()
        world.drain()
        world.broadcasts.report("b1", "0-0", Receipts(delivered=frozenset({1})))
        again(world, Scope.UNKNOWN)
        world.drain()
        assert len(world.messengers.requests) == 3
        assert world.figures().sent == 2

    def test_nobody_to_free_ends_as_it_was(self, world: World) -> None:
        world.people(2)
        world.broadcast()
        world.drain()
        assert again(world, Scope.FAILED)
        world.drain()
        assert (world.state(), len(world.messengers.requests)) == (State.FINISHED, 2)

    def test_asked_twice_at_once_it_happens_once(self, world: World) -> None:
        world.people(4)
        world.messengers.script = answers(400, 400)
        world.broadcast()
        world.drain()
        assert again(world, Scope.FAILED)
        again(world, Scope.FAILED)
        world.queues.plans *= 2
        world.queues.waits *= 2
        world.drain()
        assert (len(world.messengers.requests), world.figures().sent) == (6, 4)
        assert held(world).done == held(world).chunks == 1

    def test_a_paused_one_frees_what_failed_in_open_chunks(self, world: World) -> None:
        world.people(40)
        world.broadcast()
        world.plan()

        def script(number: int, request: Request) -> Answer:
            if number == WINDOW - 1:
                planning.wish("b1", Wish.PAUSE, world.services)
            return answers(400)(number, request)

        world.messengers.script = script
        world.drain()
        assert (world.figures().failed, world.figures().pending) == ({"bad": 1}, 40 - WINDOW)
        again(world, Scope.FAILED)
        world.drain()
        assert (world.figures().sent, world.state()) == (40, State.FINISHED)

    def test_a_chunk_in_work_is_freed_when_its_worker_is_done(self, world: World) -> None:
        world.people(WINDOW + 4)
        world.broadcast()
        world.plan()
        tried: list[Scope | None] = []

        def script(number: int, request: Request) -> Answer:
            if number == WINDOW + 1:
                assert again(world, Scope.FAILED)
                world.plan()
                tried.append(held(world).freeing)
            return answers(400)(number, request)

        world.messengers.script = script
        world.send_one()
        assert (tried, held(world).freeing) == ([Scope.FAILED], Scope.FAILED)
        world.drain()
        assert (world.figures().sent, world.state()) == (WINDOW + 4, State.FINISHED)

    def test_an_expired_one_cannot(self, world: World) -> None:
        world.people(2)
        world.messengers.script = answers(400)
        world.broadcast(expires_at=NOW + 10 * MINUTE)
        world.drain()
        world.at += 20 * MINUTE
        assert again(world, Scope.FAILED) is None

    def test_neither_can_a_cancelled_one_or_a_draft(self, world: World) -> None:
        world.people(2)
        world.broadcast()
        planning.wish("b1", Wish.CANCEL, world.services)
        assert again(world, Scope.FAILED) is None

    @pytest.mark.parametrize("dies_at", range(10))
    def test_a_planner_that_dies_while_it_frees_goes_on(
        self, world: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
    ) -> None:
        monkeypatch.setattr(planning, "SIZE", 4)
        world.people(12)
        world.messengers.script = answers(400, 200, 200, 200, 400, 400)
        world.broadcast()
        world.drain()
        assert world.figures().failed == {"bad": 3}
        real, calls = world.broadcasts.table.aws.call, iter(range(1000))

        def dying(service: str, operation: str, body: object) -> object:
            if operation not in ("GetItem", "BatchGetItem") and next(calls) == dies_at:
                raise Killed
            return real(service, operation, body)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(world.broadcasts.table.aws, "call", dying)
            try:
                again(world, Scope.FAILED)
                world.drain()
            except Killed:
                pass
        world.at += MINUTE
        if not world.state().ended:
            planning.plan("b1", world.services, lambda: 1e7)
        for _ in range(8):
            world.at += 6 * MINUTE
            tick(world.services)
            world.drain()
        figures = world.figures()
        assert world.state() is State.FINISHED
        assert figures.sent + figures.unknown + figures.failed["bad"] == 12
        reached = Counter(world.messengers.sent_to())
        assert max(reached.values()) <= 2
        assert len(world.messengers.requests) <= 15
        assert held(world).done == held(world).chunks == sum(held(world).ends)


class TestTime:
    def test_a_broadcast_expires_while_it_is_paused(self, world: World) -> None:
        world.people(5)
        world.broadcast(expires_at=NOW + HOUR)
        world.plan()
        planning.wish("b1", Wish.PAUSE, world.services)
        world.drain()
        world.at += HOUR
        tick(world.services)
        world.drain()
        assert (world.state(), world.figures().expired) == (State.FINISHED, 5)
        assert world.messengers.requests == []

    def test_it_expires_while_its_account_is_stopped(self, world: World) -> None:
        two_accounts(world)
        world.messengers.script = refusing("telegram")
        world.broadcast(message=TEMPLATE, expires_at=NOW + HOUR)
        world.drain()
        count = len(world.messengers.requests)
        world.at += HOUR
        tick(world.services)
        world.drain()
        figures = world.figures()
        assert (world.state(), figures.sent, figures.expired) == (State.FINISHED, 20, 20)
        assert len(world.messengers.requests) == count

    @pytest.mark.parametrize("settling", [False, True])
    def test_it_expires_during_the_canary(self, world: World, settling: bool) -> None:
        trying(world, expires_at=NOW + 30_000)
        if settling:
            world.send_one()
        world.at = NOW + 30_000
        tick(world.services)
        world.drain()
        figures = world.figures()
        assert (world.state(), figures.expired) == (State.FINISHED, 30 if settling else 40)
        assert len(world.messengers.requests) == (10 if settling else 0)

    def test_it_expires_between_two_windows(self, world: World) -> None:
        world.people(WINDOW + 4)
        world.broadcast(expires_at=NOW + HOUR)
        world.plan()

        def script(number: int, request: Request) -> Answer:
            if number == WINDOW - 1:
                world.at = NOW + HOUR
            return accepted(number)

        world.messengers.script = script
        world.send_one()
        assert (world.figures().sent, world.figures().expired, world.state()) == (WINDOW, 4, State.FINISHED)

    def test_the_last_moment_is_over(self, world: World) -> None:
        world.people(1)
        world.broadcast(expires_at=NOW + HOUR)
        world.plan()
        world.at = NOW + HOUR - 1
        world.send_one()
        assert world.figures().sent == 1

    def test_one_that_expired_needs_neither_token_nor_account(self, world: World) -> None:
        world.people(2)
        world.broadcast(expires_at=NOW + HOUR)
        world.plan()
        world.accounts.delete("telegram/main")
        world.at += HOUR
        world.drain()
        assert (world.state(), world.figures().expired) == (State.FINISHED, 2)

    def scheduled(self, world: World) -> None:
        world.people(3)
        made = Broadcast(
            "b1", "b1", MessageKind.MARKETING, "news", Audience(), Message("Hello"), State.SCHEDULED, NOW,
            send_at=NOW + HOUR,
        )  # fmt: skip
        world.broadcasts.create(made)
        world.catalogue.remind(made.send_at, "broadcast", "b1")

    def test_a_scheduled_one_starts_at_its_time_and_not_before(self, world: World) -> None:
        self.scheduled(world)
        world.at = NOW + HOUR - 1
        tick(world.services)
        assert world.state() is State.SCHEDULED
        world.at = NOW + HOUR
        tick(world.services)
        tick(world.services)
        world.drain()
        assert world.figures().sent == 3

    def test_one_whose_time_passed_while_it_was_paused_starts_when_resumed(self, world: World) -> None:
        self.scheduled(world)
        planning.wish("b1", Wish.PAUSE, world.services)
        world.at = NOW + 2 * HOUR
        tick(world.services)
        assert world.state() is State.PAUSED
        resume(world)
        assert world.state() is State.SCHEDULED
        tick(world.services)
        world.drain()
        assert world.figures().sent == 3

    def test_one_paused_and_resumed_before_its_time_keeps_it(self, world: World) -> None:
        self.scheduled(world)
        planning.wish("b1", Wish.PAUSE, world.services)
        resume(world)
        tick(world.services)
        assert world.state() is State.SCHEDULED
        world.at = NOW + HOUR
        tick(world.services)
        world.drain()
        assert world.figures().sent == 3

    def test_one_cancelled_before_its_time_never_starts(self, world: World) -> None:
        self.scheduled(world)
        planning.wish("b1", Wish.CANCEL, world.services)
        world.at = NOW + HOUR
        tick(world.services)
        world.drain()
        assert (world.state(), world.messengers.requests) == (State.CANCELLED, [])

    def test_the_tick_that_was_down_for_two_hours_starts_it_late(self, world: World) -> None:
        self.scheduled(world)
        world.at = NOW + 3 * HOUR
        tick(world.services)
        world.drain()
        assert world.figures().sent == 3


class TestStalled:
    def test_a_chunk_whose_message_was_lost_is_queued_again(self, world: World) -> None:
        world.people(3)
        world.broadcast()
        world.plan()
        world.queues.sends.clear()
        said_so: list[str] = []
        services = replace(world.services, log=lambda what, **_: said_so.append(what))
        for minute in range(31):
            world.at = NOW + minute * MINUTE
            tick(services)
            if minute < 25:
                assert not held(world).stalled
        assert said_so == ["broadcast stalled"]
        assert held(world).stalled
        world.drain()
        assert (world.figures().sent, world.state()) == (3, State.FINISHED)
        assert not held(world).stalled

    def test_one_that_moves_is_not_stalled(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(planning, "SIZE", 1)
        world.people(8)
        world.broadcast()
        world.plan()
        for minute in range(0, 80, 5):
            world.at = NOW + minute * MINUTE
            tick(world.services)
            if minute % 10 == 0:
                world.send_one()
            assert not held(world).stalled
        assert world.state() is State.FINISHED

    def test_one_that_waits_for_somebody_is_not_stalled(self, world: World) -> None:
        world.people(3)
        world.broadcast()
        world.plan()
        world.queues.sends.clear()
        planning.wish("b1", Wish.PAUSE, world.services)
        for minute in range(0, 60, 5):
            world.at = NOW + minute * MINUTE
            tick(world.services)
        assert not held(world).stalled
        resume(world)
        world.queues.plans.clear()
        world.queues.waits.clear()
        world.at += 6 * MINUTE
        tick(world.services)
        assert not held(world).stalled
        assert world.queues.plans == ["b1"]
        world.drain()
        assert world.figures().sent == 3
