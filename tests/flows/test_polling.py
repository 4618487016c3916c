"""Messengers without webhooks: events are durable before they are acknowledged, and one reads at a time."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from rundruf.aws.polls import TablePolls
from rundruf.core.account import Account
from rundruf.core.consent import Consent
from rundruf.flows import polling
from rundruf.flows.polling import LEASE, Run
from rundruf.flows.services import InboxItem, Unfinished
from rundruf.messengers.contract import Answer, Failure, Request
from tests.support.pager import ACCOUNT, PAGER, registered, said
from tests.support.stack import Stack, template
from tests.support.world import World

TOKEN = "poll-token-1"
RUN = 55_000
FAR = 80_000.0
OTHER = Account("pager", "second", "second", credentials={"app_secret": ("second-secret",)})


@dataclass
class Inbox:
    """The messenger's side: events in order, dropped once their number is acknowledged; time passes."""

    world: World
    events: list[dict[str, Any]] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    page: int = 2
    instead: dict[int, Answer] = field(default_factory=dict)

    def __call__(self, _number: int, request: Request) -> Answer:
        if "/poll" not in request.url:
            return said(token=TOKEN, seconds=7200)
        cursor, wait = re.findall(r"cursor=(\d*)&wait=(\d+)", request.url)[0]
        self.cursors.append(cursor)
        self.waits.append(int(wait))
        if (answer := self.instead.get(len(self.cursors))) is not None:
            return answer
        found = [one for one in self.events if int(one["id"]) > int(cursor or 0)][: self.page]
        if not found:
            self.world.at += int(wait) * 1000
        return said(events=found, cursor=str(found[-1]["id"]) if found else cursor)

    def say(self, text: str, person: str = "4711", **more: Any) -> None:
        number = len(self.events) + 1
        self.events.append({"id": number, "from": person, "text": text, **more})


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, replace(PAGER, keys=None))
    made = World(stack)
    made.accounts.put(ACCOUNT)
    return made


@pytest.fixture
def inbox(world: World) -> Inbox:
    made = Inbox(world)
    world.messengers.script = made
    return made


def poll(world: World, wait: int = 20, left: float = FAR) -> Run:
    """One run; time passes while messengers wait, and a minute until the next."""
    begun = world.at
    done = polling.poll(world.services, wait, RUN, lambda: left - (world.at - begun))
    assert world.at - begun <= RUN
    world.at = begun + 60_000
    return done


def texts(world: World) -> list[str]:
    return [item.event.text for item in world.queues.items]


def test_what_people_said_is_queued_and_then_acknowledged(world: World, inbox: Inbox) -> None:
    for number in range(5):
        inbox.say(f"text {number}")
    done = poll(world)
    assert texts(world) == [f"text {number}" for number in range(5)]
    assert inbox.cursors[:4] == ["", "2", "4", "5"]
    assert (done.accounts, done.events, done.dropped, done.trouble) == (1, 5, 0, {})


def test_the_next_run_goes_on_where_the_last_one_ended(world: World, inbox: Inbox) -> None:
    inbox.say("one")
    poll(world)
    inbox.say("two")
    poll(world)
    assert texts(world) == ["one", "two"]
    assert "" not in inbox.cursors[1:]


def test_polls_wait_as_told_and_end_in_time(world: World, inbox: Inbox) -> None:
    poll(world)
    assert inbox.waits == [20, 20, 10]
    inbox.waits.clear()
    poll(world, left=20_000)
    assert inbox.waits == [10]


def test_a_messenger_that_never_waits_is_asked_once_a_second(world: World, inbox: Inbox) -> None:
    inbox.instead = dict.fromkeys(range(1, 1000), said(events=[], cursor=""))
    poll(world)
    assert 45 <= len(inbox.cursors) <= 55


def test_a_stop_ends_consent_before_it_is_acknowledged(world: World, inbox: Inbox) -> None:
    held = world.person(4711, messenger="pager")
    inbox.say("STOP")
    kept = world.services.polls.move
    seen: list[Consent] = []

    class Watched(TablePolls):
        def move(self, key: str, owner: str, before: str, cursor: str) -> bool:
            found = world.contacts.get(held.id)
            assert found is not None
            seen.append(found.consent)
            return kept(key, owner, before, cursor)

    object.__setattr__(world.services, "polls", Watched(world.contacts.table))
    poll(world)
    assert [one.topics for one in seen] == [frozenset()]
    assert [item.applied for item in world.queues.items] == ["stop"]


def test_what_could_not_be_queued_comes_again(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.say("keep me")
    queue, broken = world.queues.inbox, [True, True]

    def once_down(items: list[InboxItem]) -> None:
        if broken:
            broken.pop()
            raise ConnectionError("the queue is away")
        queue(items)

    monkeypatch.setattr(world.queues, "inbox", once_down)
    done = poll(world)
    assert texts(world) == ["keep me"]
    assert inbox.cursors[:4] == ["", "", "", "1"]
    assert done.trouble == {}


def test_a_worker_that_dies_before_the_cursor_moves_loses_nothing(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> bool:
        raise Killed

    inbox.say("one")
    with monkeypatch.context() as patch:
        patch.setattr(TablePolls, "move", die)
        patch.setattr(TablePolls, "release", lambda *_: None)
        with pytest.raises(Killed):
            polling.poll(world.services, 20, RUN, lambda: FAR)
    assert texts(world) == ["one"]
    assert poll(world).accounts == 0
    world.at += LEASE
    poll(world)
    assert [item.event.id for item in world.queues.items] == ["1", "1"]


def test_an_event_that_cannot_be_read_does_not_block_the_next(world: World, inbox: Inbox) -> None:
    lines: list[tuple[str, Any]] = []
    object.__setattr__(world.services, "log", lambda what, **facts: lines.append((what, facts)))
    inbox.events.append({"id": 1, "strange": True})
    inbox.say("after it")
    poll(world)
    assert texts(world) == ["after it"]
    assert ("webhook parked", {"messenger": "pager", "kinds": {"broken": 1}}) in lines


def test_an_event_that_breaks_our_code_is_dropped_and_told_of(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rundruf.flows import receiving

    sound = receiving.at_once

    def picky(account: str, event: Any, services: Any) -> InboxItem:
        if event.text == "poison":
            raise ValueError("secret text")
        return sound(account, event, services)

    monkeypatch.setattr(receiving, "at_once", picky)
    lines: list[str] = []
    object.__setattr__(world.services, "log", lambda what, **facts: lines.append(f"{what} {facts}"))
    for text in ("before", "poison", "after"):
        inbox.say(text)
    done = poll(world)
    assert texts(world) == ["before", "after"]
    assert (done.dropped, done.trouble) == (1, {})
    assert "secret text" not in str(lines)


def test_a_stop_that_is_not_booked_is_not_acknowledged(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rundruf.flows import receiving

    def never(*_: object) -> InboxItem:
        raise Unfinished("claims live")

    monkeypatch.setattr(receiving, "at_once", never)
    inbox.say("STOP")
    done = poll(world)
    assert set(inbox.cursors) == {""}
    assert done.trouble == {"pager/main": "Unfinished"}
    assert len(inbox.cursors) < 12


def test_a_refused_token_is_told_and_asked_for_no_more_in_this_run(world: World, inbox: Inbox) -> None:
    inbox.instead = dict.fromkeys(range(1, 1000), said(401))
    done = poll(world)
    assert (done.trouble, len(inbox.cursors)) == ({"pager/main": "401"}, 1)
    poll(world)
    assert len(inbox.cursors) == 2


@pytest.mark.parametrize(
    "answer", [said(503), Answer(0, failure=Failure.AMBIGUOUS), Answer(200, body=b"<html>")]
)
def test_trouble_is_met_with_longer_and_longer_pauses(world: World, inbox: Inbox, answer: Answer) -> None:
    inbox.instead = dict.fromkeys(range(1, 1000), answer)
    done = poll(world)
    assert list(done.trouble) == ["pager/main"]
    assert len(inbox.cursors) == 6


def test_what_was_said_during_trouble_is_heard_after_it(world: World, inbox: Inbox) -> None:
    inbox.instead = {1: said(502), 2: Answer(0, failure=Failure.NOT_SENT)}
    inbox.say("one")
    done = poll(world)
    assert (texts(world), done.trouble) == (["one"], {})


def test_one_worker_reads_an_account_at_a_time(world: World, inbox: Inbox) -> None:
    second: list[Run] = []

    def meanwhile(number: int, request: Request) -> Answer:
        world.messengers.script = inbox
        second.append(polling.poll(world.services, 20, RUN, lambda: FAR))
        return inbox(number, request)

    world.messengers.script = meanwhile
    inbox.say("one")
    assert poll(world).accounts == 1
    assert [(one.accounts, one.polls) for one in second] == [(0, 0)]
    assert texts(world) == ["one"]


def test_a_cursor_that_somebody_moved_is_left_alone(world: World, inbox: Inbox) -> None:
    polls = world.services.polls
    assert polls.lease("k", "a", 0, 10) == ""
    assert polls.move("k", "a", "", "5")
    assert not polls.move("k", "a", "", "6")
    assert not polls.move("k", "b", "5", "6")
    assert polls.lease("k", "b", 5, 15) is None
    assert polls.lease("k", "b", 10, 20) == "5"
    assert not polls.move("k", "a", "5", "6")
    assert not polls.move("k", "b", "4", "6")
    polls.release("k", "a")
    assert polls.lease("k", "c", 11, 21) is None
    polls.release("k", "b")
    assert polls.lease("k", "c", 11, 21) == "5"


def test_the_lease_outlives_the_function() -> None:
    assert template().properties("PollFunction")["Timeout"] * 1000 < LEASE


def test_other_credentials_begin_anew(world: World, inbox: Inbox) -> None:
    inbox.say("one")
    poll(world)
    world.accounts.put(replace(ACCOUNT, base_url="https://other.example"))
    inbox.cursors.clear()
    poll(world)
    assert inbox.cursors[0] == ""


def test_one_accounts_trouble_leaves_the_others_alone(world: World, inbox: Inbox) -> None:
    world.accounts.put(OTHER)

    def half(number: int, request: Request) -> Answer:
        if b"second-secret" in request.body:
            return said(401)
        return inbox(number, request)

    world.messengers.script = half
    inbox.say("one")
    done = poll(world)
    assert (texts(world), done.accounts) == (["one"], 2)
    assert done.trouble == {"pager/second": "http_401"}


def test_several_accounts_are_read_side_by_side(world: World, inbox: Inbox) -> None:
    world.accounts.put(OTHER)
    inbox.say("one")
    poll(world)
    assert sorted({item.account for item in world.queues.items}) == ["pager/main", "pager/second"]
    assert max(inbox.waits) == polling.SEVERAL_WAIT


def test_without_such_accounts_nothing_is_asked(world: World, inbox: Inbox) -> None:
    world.accounts.delete(ACCOUNT.id)
    assert poll(world) == Run()
    assert world.messengers.requests == []


def test_no_line_names_a_token_or_a_text(world: World, inbox: Inbox) -> None:
    lines: list[str] = []
    object.__setattr__(world.services, "log", lambda what, **facts: lines.append(f"{what} {facts}"))
    inbox.say("private words")
    inbox.instead = {2: said(503), 3: Answer(0, failure=Failure.AMBIGUOUS), 4: said(401, token=TOKEN)}
    done = poll(world)
    told = f"{lines} {done} {json.dumps([one['pk']['S'] for one in world.stack.items()])}"
    assert done.trouble
    for secret in (TOKEN, ACCOUNT.secret("app_secret"), "private words"):
        assert secret not in told
