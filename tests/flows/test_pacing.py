"""Pace and quotas: nothing early, nobody counted for it, nobody pressed, and known before the start."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from rundruf.aws.pacer import TablePacer
from rundruf.aws.table import Table
from rundruf.core import pace
from rundruf.core.account import Account
from rundruf.core.broadcast import State, Wish
from rundruf.core.message import Message, Template
from rundruf.core.pace import Slots
from rundruf.core.stopping import Why
from rundruf.flows import allowing, planning
from rundruf.flows.allowing import Standing
from rundruf.messengers import messenger
from rundruf.messengers.contract import Answer, Left, Quota, Request
from rundruf.messengers.shared import retry_after
from tests.support.memory import TABLE, Memory
from tests.support.people import DAY, HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import WHATSAPP, World, accepted

TEMPLATE = Message("Hello", template=Template("autumn", "de"))
DATE = "Mon, 23 Nov 2026 09:00:00 GMT"


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


class Counted(Memory):
    """A table that counts what it is asked."""

    asked = 0

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked += 1
        return super().call(service, operation, body)


def test_a_worker_alone_pays_one_write_a_window() -> None:
    memory = Counted(lambda: NOW)
    pacer = TablePacer(Table(memory, TABLE))
    for number in range(4):
        before, at = memory.asked, NOW + 500 * number
        assert pacer.reserve("telegram/main", 20, 1_000, at) == Slots(at, pace.spacing(1_000))
        assert memory.asked - before == (2 if number == 0 else 1)


def test_slots_that_somebody_else_took_meanwhile_are_theirs() -> None:
    table = Table(Memory(lambda: NOW), TABLE)
    mine, theirs = TablePacer(table), TablePacer(table)
    mine.reserve("telegram/main", 20, 100, NOW)
    theirs.reserve("telegram/main", 20, 100, NOW + 1_000)
    taken = mine.reserve("telegram/main", 20, 100, NOW + 1_010)
    assert isinstance(taken, Slots)
    assert taken.start == pytest.approx(NOW + 1_000 + 20 * taken.spacing)


def whatsapps(world: World, count: int) -> None:
    for number in range(count):
        world.person(491700000000 + number, messenger="whatsapp")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, 1, id="missing"),
        pytest.param({"retry-after": ""}, 1, id="empty"),
        pytest.param({"retry-after": "30"}, 30, id="seconds"),
        pytest.param({"Retry-After": "2.5"}, 2.5, id="with a fraction"),
        pytest.param({"retry-after": "0"}, 1, id="zero"),
        pytest.param({"retry-after": "-1"}, 1, id="negative"),
        pytest.param({"retry-after": "NaN"}, 1, id="not a number"),
        pytest.param({"retry-after": "inf"}, 1, id="infinite"),
        pytest.param({"retry-after": "1e9"}, 1, id="written as a power"),
        pytest.param({"retry-after": "1000000000"}, 900, id="thirty years"),
        pytest.param({"retry-after": "9" * 400}, 1, id="endless"),
        pytest.param({"retry-after": "soon"}, 1, id="a word"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 09:01:00 GMT", "date": DATE}, 60, id="a date"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 08:00:00 GMT", "date": DATE}, 1, id="a past date"),
        pytest.param({"retry-after": "Sun, 23 Nov 2036 09:00:00 GMT", "date": DATE}, 900, id="a far date"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 09:01:00 GMT"}, 1, id="a date without another"),
        pytest.param({"retry-after": "Mon, 99 Nov 2026 09:01:00 GMT", "date": DATE}, 1, id="no date"),
    ],
)
def test_every_shape_of_retry_after(headers: dict[str, str], expected: float) -> None:
    assert pace.clamped(retry_after(Answer(429, headers=headers))) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(30, 30, id="seconds"),
        pytest.param("30", 30, id="as text"),
        pytest.param(-1, 1, id="negative"),
        pytest.param(10**9, 900, id="thirty years"),
        pytest.param(1e9, 900, id="the same as a fraction"),
        pytest.param(True, 1, id="a truth"),
        pytest.param(None, 1, id="null"),
        pytest.param([30], 1, id="a list"),
        pytest.param(0, 1, id="zero"),
    ],
)
def test_every_shape_of_telegrams_own(told: object, expected: float) -> None:
    body = {"ok": False, "error_code": 429, "parameters": {"retry_after": told}}
    outcome = messenger("telegram").interpret(Answer(429, body=json.dumps(body).encode()))
    assert outcome.account_wide
    assert pace.clamped(outcome.retry_after) == expected


def busy(seconds: int) -> Answer:
    body = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": seconds},
    }
    return Answer(429, body=json.dumps(body).encode())


def test_a_429_holds_all_workers_and_nothing_goes_early(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SIZE", 8)
    world.people(24)
    world.broadcast()
    world.plan()
    refused_at: list[int] = []

    def script(number: int, _: Request) -> Answer:
        if number < 8:
            refused_at.append(world.at)
            return busy(60)
        assert world.at >= refused_at[-1] + 60_000
        return accepted(number)

    world.messengers.script = script
    world.send_one()
    for _ in range(20):
        world.at += 2_500
        world.send_one()
    assert len(world.messengers.requests) == 8
    assert max(world.queues.delays) == 60
    world.drain()
    assert world.figures().sent == 24
    for chunk in ("0-0", "0-1", "0-2"):
        progress = world.broadcasts.progress("b1", chunk)
        assert progress is not None
        assert progress.attempts == 0


def test_another_accounts_429_slows_nobody_else(world: World) -> None:
    world.people(3)
    whatsapps(world, 3)
    world.messengers.script = lambda number, request: (
        busy(900) if "telegram" in request.url else accepted(number)
    )
    world.broadcast(message=TEMPLATE)
    world.plan()
    began = world.at
    world.send_one()
    world.send_one()
    assert (world.figures().sent, world.at - began < 2_000) == (3, True)


class TestPairs:
    """WhatsApp: one message in six seconds to one person."""

    def test_the_second_message_waits_and_is_nobodys_failure(self, world: World) -> None:
        whatsapps(world, 4)
        for name in ("b1", "b2"):
            world.broadcast(name=name, message=TEMPLATE)
        world.plan()
        world.send_one()
        began = world.at
        world.send_one()
        assert len(world.messengers.requests) == 4
        assert world.queues.delays[-1] == 6
        progress = world.broadcasts.progress("b2", "0-0")
        assert progress is not None
        assert progress.attempts == 0
        world.at = began + 6_001
        world.send_one()
        assert Counter(world.messengers.sent_to()) == Counter({str(491700000000 + n): 2 for n in range(4)})
        assert world.figures("b2").sent == 4

    def test_many_broadcasts_at_once_all_arrive(self, world: World) -> None:
        whatsapps(world, 2)
        names = [f"b{number}" for number in range(1, 6)]
        arrivals: dict[str, list[int]] = {}

        def script(number: int, request: Request) -> Answer:
            arrivals.setdefault(json.loads(request.body)["to"], []).append(world.at)
            return accepted(number)

        world.messengers.script = script
        for name in names:
            world.broadcast(name=name, message=TEMPLATE)
        world.drain()
        assert [world.figures(name).sent for name in names] == [2] * 5
        for moments in arrivals.values():
            assert min(later - sooner for sooner, later in pairwise(moments)) >= 6_000

    def test_a_messenger_without_such_a_limit_does_not_wait(self, world: World) -> None:
        world.people(2)
        for name in ("b1", "b2"):
            world.broadcast(name=name)
        world.plan()
        world.send_one()
        world.send_one()
        assert len(world.messengers.requests) == 4

    def test_the_cap_of_the_business_still_skips(self, stack: Stack) -> None:
        world = World(stack, cap=DAY)
        whatsapps(world, 2)
        for name in ("b1", "b2"):
            world.broadcast(name=name, message=TEMPLATE)
        world.drain()
        assert world.figures("b2").skipped == {"cap": 2}

    def test_what_the_messenger_wants_for_one_person_is_waited_for(self, world: World) -> None:
        whatsapps(world, 1)
        body = {"error": {"code": 131056, "message": "pair rate limit"}}
        world.messengers.script = lambda number, _: (
            accepted(number) if number else Answer(400, body=json.dumps(body).encode())
        )
        world.broadcast(message=TEMPLATE)
        world.plan()
        world.send_one()
        assert world.queues.delays[-1] == 6
        world.drain()
        assert world.figures().sent == 1


class TestDailyLimit:
    """WhatsApp's messaging limit of the portfolio: so many people in any 24 hours."""

    @pytest.fixture
    def tiered(self, world: World) -> Callable[[int], None]:
        def limited(limit: int) -> None:
            credentials = {**WHATSAPP.credentials, "daily_limit": (str(limit),)}
            world.accounts.put(replace(WHATSAPP, credentials=credentials))
            world.accounts.get("whatsapp/main")

        return limited

    def test_the_part_stops_at_the_limit_with_a_reason(
        self, world: World, tiered: Callable[[int], None]
    ) -> None:
        tiered(20)
        whatsapps(world, 30)
        world.people(5)
        world.broadcast(message=TEMPLATE)
        world.drain()
        found = world.broadcasts.get("b1")
        assert found is not None
        assert found.stopped["whatsapp/main"].why is Why.QUOTA
        assert found.state is State.PAUSED
        assert (world.figures().sent, world.figures().pending) == (25, 10)
        planning.wish("b1", Wish.RESUME, world.services)
        world.drain()
        assert world.figures().sent == 25
        world.at += DAY + HOUR
        planning.wish("b1", Wish.RESUME, world.services)
        world.drain()
        assert (world.figures().sent, world.state()) == (35, State.FINISHED)

    def test_who_is_not_written_to_costs_nothing(self, world: World, tiered: Callable[[int], None]) -> None:
        tiered(20)
        whatsapps(world, 18)
        world.broadcast("no template, so nobody")
        world.drain()
        assert world.figures().skipped == {"window": 18}
        assert world.services.pacer.admitted("whatsapp/main", world.at) == 0

    def test_it_is_never_more_in_any_day(self, world: World) -> None:
        pacer, let_in = world.services.pacer, []
        for step in range(200):
            at = NOW + step * 37 * 60_000
            for _ in range(pacer.admit("whatsapp/main", 7, 50, at) or 0):
                let_in.append(at)
            assert sum(moment > at - DAY for moment in let_in) <= 50
        assert len(let_in) > 200

    def test_who_was_dismissed_leaves_room(self, world: World) -> None:
        pacer = world.services.pacer
        assert pacer.admit("whatsapp/main", 16, 20, NOW) == 16
        assert pacer.admit("whatsapp/main", 16, 20, NOW) == 4
        assert pacer.admit("whatsapp/main", 16, 20, NOW) == 0
        pacer.dismiss("whatsapp/main", 5, NOW)
        assert pacer.admitted("whatsapp/main", NOW) == 15
        assert pacer.admit("whatsapp/main", 16, 20, NOW + 1) == 5


class TestStanding:
    LINE = Account(
        "line", "main", "@x", credentials={"channel_secret": ("s" * 32,), "access_token": ("t" * 40,)}
    )

    def line(self, world: World, *answers: Answer) -> Standing | None:
        world.accounts.put(self.LINE)
        world.messengers.script = lambda number, _: answers[number]
        return allowing.standing("line/main", world.services)

    @pytest.mark.parametrize(
        ("quota", "usage", "expected"),
        [
            ({"type": "limited", "value": 1000}, {"totalUsage": 400}, Left(600)),
            ({"type": "limited", "value": 1000}, {"totalUsage": 1200}, Left(0)),
            ({"type": "none"}, {"totalUsage": 400}, Left(None)),
            ({"type": "limited", "value": "many"}, {"totalUsage": 4}, None),
            ({"type": "other"}, {"totalUsage": 4}, None),
            ({}, {}, None),
        ],
    )
    def test_line_is_asked(self, world: World, quota: object, usage: object, expected: Left | None) -> None:
        told = (Answer(200, body=json.dumps(one).encode()) for one in (quota, usage))
        assert self.line(world, *told) == Standing("month", expected)
        assert [one.url.rpartition("/message")[2] for one in world.messengers.requests] == [
            "/quota",
            "/quota/consumption",
        ]

    @pytest.mark.parametrize("status", [401, 429, 500])
    def test_a_messenger_that_does_not_tell_is_unknown(self, world: World, status: int) -> None:
        assert self.line(world, Answer(status), Answer(status)) == Standing("month", None)

    def test_whatsapp_by_the_accounts_setting(self, world: World) -> None:
        assert allowing.standing("whatsapp/main", world.services) == Standing("day", None)
        credentials = {**WHATSAPP.credentials, "daily_limit": ("250",)}
        world.accounts.put(replace(WHATSAPP, credentials=credentials))
        world.services.pacer.admit("whatsapp/main", 16, 250, world.at)
        assert allowing.standing("whatsapp/main", world.services) == Standing("day", Left(234))

    def test_wechat_by_its_calls(self, world: World) -> None:
        wechat = {"app_id": ("wx" + "1" * 16,), "app_secret": ("s" * 32,), "type": ("service",)}
        account = Account("wechat", "main", credentials=wechat)
        world.accounts.put(account)
        (quota,) = messenger("wechat").quotas(account)
        world.services.pacer.spend("wechat/main", quota, world.at)
        expected = Left((quota.calls - 1) * 10_000)
        assert allowing.standing("wechat/main", world.services) == Standing("day", expected)

    def test_viber_cannot_tell_and_telegram_has_none(self, world: World) -> None:
        world.accounts.put(Account("viber", "main", credentials={"auth_token": ("t" * 50,)}))
        assert allowing.standing("viber/main", world.services) == Standing("month", None)
        assert allowing.standing("telegram/main", world.services) is None

    def test_a_warning_only_where_it_is_too_little(self) -> None:
        assert allowing.warning(Standing("day", Left(100)), 100) == {}
        assert allowing.warning(Standing("day", Left(None)), 10**6) == {}
        assert allowing.warning(Standing("day", None), 10**6) == {}
        told = allowing.warning(Standing("day", Left(100)), 130)
        assert "30" in told["de"]
        assert "30" in told["en"]


@pytest.mark.parametrize(("name", "code"), [("line", "monthly_limit"), ("viber", "23"), ("wechat", "45028")])
def test_a_used_up_quota_has_its_own_reason(name: str, code: str) -> None:
    assert code in messenger(name).rules.quota_codes


def test_calls_counted_in_the_messengers_own_day(world: World) -> None:
    quota, pacer = Quota(3, "day", "Asia/Shanghai"), world.services.pacer
    assert [pacer.spend("wechat/main", quota, NOW) for _ in range(4)] == [True, True, True, False]
    assert (pacer.used("wechat/main", quota, NOW), pacer.used("wechat/main", quota, NOW + DAY)) == (3, 0)
