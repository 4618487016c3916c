"""Fallback: whom a broadcast did not reach gets it on another messenger, once, with consent there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from rundruf.aws.calls import AwsError
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Scope, State, Wish
from rundruf.core.chunk import LEASE, chunk_id
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.fallback import Fallback, Turn, When, fallback_id
from rundruf.core.message import Message, Template
from rundruf.core.report import Receipts
from rundruf.flows import fallback, planning, second, turns
from rundruf.flows.fallback import both, call_off
from rundruf.flows.leaving import Leaving, forget, leave
from rundruf.flows.newsletter import tick
from rundruf.flows.services import SendTask, TooMany
from rundruf.messengers.contract import Answer, EventKind
from tests.support import world as worlds
from tests.support.memory import TABLE, Memory
from tests.support.people import DAY, HOUR, NOW
from tests.support.world import World, accepted

BOTH = Message("Hello", template=Template("autumn", "de"))
TO_TELEGRAM = Fallback(4, ("telegram/main",))
SECOND = fallback_id("b1")


class Killed(BaseException):
    """The process dies."""


class Mortal:
    """AWS until its k-th call: then the process dies, before the call or just after it."""

    def __init__(self, aws: Any) -> None:
        self.aws, self.calls_left, self.before = aws, -1, True

    def _point(self) -> bool:
        self.calls_left -= 1
        if self.calls_left == 0 and self.before:
            raise Killed
        return self.calls_left == 0

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        last = self._point()
        told: dict[str, Any] = self.aws.call(service, operation, body)
        if last:
            raise Killed
        return told

    def calls(self, service: str, operation: str, bodies: Sequence[Any]) -> list[dict[str, Any] | AwsError]:
        return [self.call_or_error(service, operation, body) for body in bodies]

    def call_or_error(self, service: str, operation: str, body: Any) -> dict[str, Any] | AwsError:
        try:
            return self.call(service, operation, body)
        except AwsError as error:
            return error

    def steps(self, service: str, operation: str, body: Any) -> Any:
        last = self._point()
        told = yield from self.aws.steps(service, operation, body)
        if last:
            raise Killed
        return told


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return made(monkeypatch)


def made(monkeypatch: pytest.MonkeyPatch) -> World:
    """The business on a table in memory, whose calls can be made to be the last."""
    monkeypatch.setattr(worlds, "Boto", Mortal)

    class Stackless:
        client, table = Memory(lambda: NOW), TABLE

    return World(cast(Any, Stackless()))


def aws_of(world: World) -> Mortal:
    return cast(Mortal, world.contacts.table.aws)


def pair(world: World, number: int, *topics: str, first: str = "whatsapp", **profile: Any) -> Contact:
    """One human with WhatsApp (or another first messenger) and Telegram, who joined on both."""
    there = world.person(number, "news", messenger=first, **profile)
    here = world.person(number, *(topics or ("news",)))
    for one in (there, here):
        assert world.services.persons.tie(one.id, f"customer-{number}")
    return there


def sent(world: World, **more: Any) -> None:
    """A broadcast that went to everybody in its audience."""
    world.at += 2 * 60_000  # after it was said who is who
    given: dict[str, Any] = {
        "fallback": TO_TELEGRAM,
        "message": BOTH,
        "audience": Audience(messengers=("whatsapp",)),
    }
    world.broadcast(**given | more)
    world.drain()


def ticked(world: World, hours: float = 0) -> None:
    """The minute's tick, some time later."""
    world.at += round(hours * HOUR)
    tick(world.services)


def fell_back(world: World) -> None:
    ticked(world, 0.2)  # sees the end
    ticked(world, 4)
    world.drain()


def later(world: World) -> list[str]:
    """Who got it on Telegram."""
    return sorted(str(body["chat_id"]) for body in world.messengers.bodies if "chat_id" in body)


def told(world: World, *numbers: int, **more: Any) -> None:
    """A receipt that the message to these people arrived, or something else of the first chunk."""
    wanted = {world.contacts.id_of(Identity("whatsapp", "main", str(one))) for one in numbers}
    if more:
        return world.broadcasts.report("b1", "0-0", Receipts(**more))
    found = world.broadcasts.get("b1")
    assert found is not None
    for chunk in world.broadcasts.chunks("b1", [chunk_id(number) for number in range(found.chunks)]):
        places = frozenset(at for at, one in enumerate(chunk.recipients) if one in wanted)
        world.broadcasts.report("b1", chunk.id, Receipts(delivered=places))
    return None


def test_who_was_not_reached_gets_it_on_their_second_messenger_hours_later(world: World) -> None:
    for number in (31, 32, 33):
        pair(world, number)
    world.person(34, messenger="whatsapp")  # nobody said who that is
    world.person(35)  # joined on Telegram only
    sent(world)
    told(world, 31)
    ticked(world, 0.2)
    ticked(world, 3.5)
    world.drain()
    assert later(world) == []
    ticked(world, 0.6)
    world.drain()
    assert later(world) == ["32", "33"]
    assert world.figures(SECOND).sent == world.figures(SECOND).audience == 2
    assert world.state(SECOND) is State.FINISHED
    found = world.broadcasts.get(SECOND)
    assert found is not None
    assert (found.fallback_of, found.message, found.topic) == ("b1", BOTH, "news")
    assert max(Counter(world.messengers.sent_to()).values()) == 2  # there and here


def test_fired_twice_is_once(world: World) -> None:
    pair(world, 31)
    sent(world)
    fell_back(world)
    for _ in range(3):
        fallback.fall_back("b1", world.services)
        world.services.queues.plan(SECOND)
        world.drain()
        ticked(world, 1)
        world.drain()
    assert later(world) == ["31"]
    assert world.figures(SECOND).audience == 1


def test_consent_does_not_travel(world: World) -> None:
    pair(world, 31, "recipes")
    pair(world, 32)
    leave(world.held("32").id, Leaving(world.at, "keyword"), world.services)
    sent(world)
    fell_back(world)
    assert later(world) == []
    assert world.figures(SECOND).audience == 0
    assert world.state(SECOND) is State.FINISHED


def test_equal_names_and_numbers_make_nobody_one_person(world: World) -> None:
    world.person(31, messenger="whatsapp", name="Anna", attributes={"mail": "a@example.org"})
    world.person(31, name="Anna", attributes={"mail": "a@example.org"})
    sent(world)
    fell_back(world)
    assert later(world) == []


@pytest.mark.parametrize("said", ["left", "blocked", "paused", "erased", "topic"])
def test_who_said_no_on_the_first_messenger_is_left_in_peace_on_the_second(world: World, said: str) -> None:
    there = pair(world, 31)
    sent(world)
    world.at += 1000
    if said == "erased":
        forget(there.id, Leaving(world.at, "page", everything=True), world.services)
    elif said == "paused":
        world.contacts.enter(there_now(world), [Fact(Action.PAUSED, world.at, until=world.at + DAY)])
    elif said == "blocked":
        told(world, failed={"withdraw": frozenset({0})})
    else:
        wish = Leaving(world.at, "keyword", topic="news" if said == "topic" else None)
        leave(there.id, wish, world.services)
    fell_back(world)
    assert later(world) == []


def there_now(world: World, number: int = 31) -> Contact:
    return world.held(str(number), "whatsapp")


def test_where_a_messenger_reports_nothing_silence_is_no_reason(world: World) -> None:
    pair(world, 31)
    sent(
        world,
        audience=Audience(messengers=("telegram",)),
        fallback=Fallback(4, ("whatsapp/main",)),
    )
    fell_back(world)
    assert len(world.messengers.requests) == 1
    assert world.figures(SECOND).audience == 0


def test_a_refusal_by_the_messenger_is_a_reason_where_it_was_asked_for(world: World) -> None:
    for number in (31, 32):
        pair(world, number)
    sent(world)
    told(world, 31)
    told(world, failed={"gone": frozenset({0, 1})})  # of the first it came after the arrival
    fell_back(world)
    assert later(world) == ["32"]


def test_only_what_was_asked_for_is_a_reason(world: World) -> None:
    for number in (31, 32):
        pair(world, number)
    sent(world, fallback=replace(TO_TELEGRAM, when=(When.FAILED,)))
    held = world.broadcasts.chunk("b1", "0-0")
    assert held is not None
    told(world, failed={"gone": frozenset({1})})
    fell_back(world)
    one = world.contacts.get(held.recipients[1])
    assert one is not None
    assert later(world) == [one.identity.user_id]


@pytest.mark.parametrize("when", [(When.UNDELIVERED, When.FAILED), (When.UNKNOWN,)])
def test_unknown_is_not_undelivered_unless_the_business_says_so(world: World, when: tuple[When, ...]) -> None:
    pair(world, 31)
    world.messengers.script = lambda number, _: Answer(500) if number == 0 else accepted(number)
    sent(world, fallback=replace(TO_TELEGRAM, when=when))
    assert world.figures().unknown == 1
    fell_back(world)
    assert later(world) == (["31"] if When.UNKNOWN in when else [])


def test_a_receipt_before_the_claim_cancels_and_one_after_it_is_shown(world: World) -> None:
    for number in range(31, 34):
        pair(world, number)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    world.plan()
    told(world, 31)
    world.drain()
    assert later(world) == ["32", "33"]
    assert world.figures(SECOND).skipped == {"arrived": 1}
    told(world, 32)
    found = world.broadcasts.get(SECOND)
    assert found is not None
    assert (both(found, world.services).people, both(found, world.services).complete) == (1, True)
    assert not both(found, world.services, budget=-1).complete


def test_who_leaves_on_either_messenger_before_the_claim_does_not_get_it(world: World) -> None:
    for number in (31, 32, 33):
        pair(world, number)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    world.plan()
    leave(there_now(world, 31).id, Leaving(world.at, "keyword"), world.services)
    leave(world.held("32").id, Leaving(world.at, "keyword"), world.services)
    world.services.persons.tie(there_now(world, 33).id, "")
    world.drain()
    assert later(world) == []
    assert world.figures(SECOND).skipped == {"elsewhere": 2, "consent": 1}


def test_two_identities_in_the_audience_get_it_once(world: World) -> None:
    for number in range(31, 36):
        pair(world, number)
    world.person(37)
    sent(world, audience=Audience())
    assert Counter(world.messengers.sent_to()) == Counter({str(one): 1 for one in (31, 32, 33, 34, 35, 37)})
    assert later(world) == ["37"]  # Telegram is what is fallen back to, so WhatsApp goes first
    told(world, 31, 32, 33)
    fell_back(world)
    assert later(world) == ["34", "35", "37"]
    first = world.broadcasts.get("b1")
    assert first is not None
    assert turns.left_out_of(first, world.held("31"), world.services)
    assert not turns.left_out_of(first, there_now(world), world.services)


def test_an_identity_that_cannot_be_written_to_leaves_the_turn_to_another(world: World) -> None:
    there = pair(world, 31)
    world.contacts.unreachable(there.id, "gone")
    sent(world, audience=Audience())
    assert later(world) == ["31"]
    fell_back(world)
    assert later(world) == ["31"]
    assert len(world.messengers.requests) == 1


def test_planning_needs_no_credentials(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner's role may not read them."""
    for number in (31, 32):
        pair(world, number)

    def unread(account_id: str) -> Any:
        raise AssertionError(account_id)

    world.at += 2 * 60_000
    world.broadcast(message=BOTH, fallback=TO_TELEGRAM)
    with monkeypatch.context() as planner:
        planner.setattr(world.accounts, "credentials", unread)
        world.plan()
    world.drain()
    ticked(world, 0.2)
    ticked(world, 4)
    with monkeypatch.context() as planner:
        planner.setattr(world.accounts, "credentials", unread)
        world.accounts.__dict__["_kept"].clear()
        world.plan()
    world.drain()
    assert later(world) == ["31", "32"]


def test_without_a_fallback_identities_are_people_of_their_own(world: World) -> None:
    pair(world, 31)
    sent(world, audience=Audience(), fallback=None)
    assert len(world.messengers.requests) == 2
    fell_back(world)
    assert world.broadcasts.get(SECOND) is None


def test_who_was_said_to_be_one_person_after_the_start_is_not(world: World) -> None:
    first, other = world.person(31, messenger="whatsapp"), world.person(31)
    sent(world, audience=Audience())
    for one in (first, other):
        world.services.persons.tie(one.id, "customer-31")
    fell_back(world)
    assert len(world.messengers.requests) == 2


def test_the_first_account_that_fits_is_taken(world: World) -> None:
    other = replace(worlds.TELEGRAM, name="other", credentials=dict(worlds.TELEGRAM.credentials))
    world.accounts.put(other)
    for number in (31, 32):
        pair(world, number)
        identity = Identity("telegram", "other", str(number))
        held = Contact(world.contacts.id_of(identity), identity, Consent())
        fact = Fact(Action.IMPORTED, NOW - DAY, ("news",), source="desk")
        world.newcomers.enter(held, [fact])
        world.services.persons.tie(held.id, f"customer-{number}")
    leave(world.held("32").id, Leaving(world.at, "keyword"), world.services)
    sent(world, fallback=Fallback(4, ("telegram/main", "telegram/other")))
    fell_back(world)
    found = world.broadcasts.get(SECOND)
    assert found is not None
    assert found.accounts == ("telegram/main", "telegram/other")
    chunks = world.broadcasts.chunks(SECOND, [chunk_id(0), chunk_id(1)])
    assert {one.account: len(one.recipients) for one in chunks} == {"telegram/main": 1, "telegram/other": 1}
    assert later(world) == ["31", "32"]


def test_calling_it_off_before_and_while_it_runs(world: World) -> None:
    pair(world, 31)
    sent(world)
    ticked(world, 0.2)
    off = call_off("b1", world.services)
    assert off is not None
    assert off.fallback_off
    world.at += 1
    assert call_off("b1", world.services) is None
    ticked(world, 5)
    world.drain()
    assert world.broadcasts.get(SECOND) is None
    assert later(world) == []


def test_calling_it_off_stops_what_has_begun(world: World) -> None:
    pair(world, 31)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    world.plan()
    assert call_off("b1", world.services)
    world.drain()
    assert world.state(SECOND) is State.CANCELLED
    assert later(world) == []


def test_a_first_broadcast_that_is_paused_or_cancelled_has_no_fallback(world: World) -> None:
    pair(world, 31)
    world.at += 2 * 60_000
    for name in ("b1", "b2"):
        world.broadcast(name=name, message=BOTH, fallback=TO_TELEGRAM)
    planning.wish("b1", Wish.PAUSE, world.services)
    planning.wish("b2", Wish.CANCEL, world.services)
    world.drain()
    for _ in range(3):
        ticked(world, 3)
    world.drain()
    assert world.messengers.requests == []
    assert world.broadcasts.get(SECOND) is None
    assert call_off("b1", world.services) is None


def test_once_it_has_begun_the_first_is_not_sent_again(world: World) -> None:
    """Whoever failed there may have got it here."""
    pair(world, 31)
    world.messengers.script = lambda number, _: Answer(400, body=b"{}")
    sent(world)
    assert world.figures().failed.total() == 1
    world.messengers.script = lambda number, _: accepted(number)
    fell_back(world)
    assert later(world) == ["31"]
    for scope in (Scope.FAILED, Scope.UNKNOWN):
        assert planning.wish("b1", Wish.RESUME, world.services, scope) is None
        held = world.broadcasts.get("b1")
        assert held is not None
        assert world.broadcasts.resume(held, State.PLANNING, (State.FINISHED,), scope) is None


def test_a_broadcast_that_goes_on_again_begins_to_wait_anew(world: World) -> None:
    pair(world, 31)
    world.messengers.script = lambda number, _: Answer(400, body=b"{}")
    sent(world)
    world.messengers.script = lambda number, _: accepted(number)
    ticked(world, 0.2)
    world.at += 3 * HOUR
    assert planning.wish("b1", Wish.RESUME, world.services, Scope.FAILED)
    world.drain()
    assert world.figures().sent == 1
    ticked(world, 1)
    world.drain()
    assert world.broadcasts.get(SECOND) is None
    told(world, 31)
    ticked(world, 0.2)
    ticked(world, 4)
    world.drain()
    assert world.figures(SECOND).audience == 0


def test_an_expired_broadcast_does_not_fall_back(world: World) -> None:
    pair(world, 31)
    sent(world, expires_at=world.at + 3 * HOUR)
    fell_back(world)
    assert world.broadcasts.get(SECOND) is None


def test_the_fallback_is_paused_and_resumed_as_any_broadcast(world: World) -> None:
    pair(world, 31)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    assert planning.wish(SECOND, Wish.PAUSE, world.services)
    world.drain()
    assert later(world) == []
    assert planning.wish(SECOND, Wish.RESUME, world.services)
    world.drain()
    assert later(world) == ["31"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of four people, one of them a commit."""
    monkeypatch.setattr(planning, "SIZE", 4)
    monkeypatch.setattr(planning, "CHUNKS_A_COMMIT", 1)


def test_a_planner_whose_time_is_short_goes_on_where_it_stopped(world: World, small: None) -> None:
    for number in range(31, 61):
        pair(world, number)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    for _ in range(60):
        if not world.queues.plans:
            break
        world.plan(19_000)
    world.drain()
    assert later(world) == [str(number) for number in range(31, 61)]
    assert world.figures(SECOND).sent == 30


def test_what_the_planner_holds_does_not_grow_with_the_audience(
    world: World, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(31, 71):
        pair(world, number)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    most = 0
    real = world.contacts.known

    def counted(contacts: Sequence[str]) -> Mapping[str, Contact]:
        nonlocal most
        most = max(most, len(contacts))
        return real(contacts)

    monkeypatch.setattr(world.contacts, "known", counted)
    world.drain()
    assert most <= 4
    assert world.figures(SECOND).sent == 40


def _told_to_the_end(world: World) -> None:
    """Whatever lies in a queue comes again, and so does the minute."""
    for _ in range(4):
        world.at += LEASE + 5_000
        ticked(world, 0.1)
        world.drain()


def _whole_fallback(world: World) -> None:
    ticked(world, 0.2)
    ticked(world, 4)
    world.plan()
    world.drain()


@pytest.mark.parametrize("before", [True, False], ids=["before a call", "after it"])
def test_a_death_at_any_step_leaves_everybody_once(monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    """Tick, planner and sender die at the k-th call of AWS, for every k; then all comes again."""
    monkeypatch.setattr(planning, "SIZE", 3)
    point, died = 0, True
    while died:
        point += 1
        world = made(monkeypatch)
        for number in range(31, 36):
            pair(world, number)
        sent(world, audience=Audience())
        told(world, 31)
        sends: list[SendTask] = []
        real = world.queues.send

        def kept(tasks: Sequence[SendTask], delay: float = 0) -> None:
            sends.extend(tasks)  # noqa: B023 - of this round
            real(tasks, delay)  # noqa: B023

        monkeypatch.setattr(world.queues, "send", kept)
        aws = aws_of(world)
        aws.calls_left, aws.before, died = point, before, False
        try:
            _whole_fallback(world)
        except Killed:
            died = True
        aws.calls_left = -1
        world.queues.plans = ["b1", SECOND]
        world.queues.waits = [0, 0]
        world.queues.sends = list(dict.fromkeys([*world.queues.sends, *sends]))
        ticked(world, 5)
        _told_to_the_end(world)
        got = Counter(later(world))
        assert max(got.values(), default=0) <= 1, point
        assert "31" not in got, point
        figures = world.figures(SECOND)
        assert (figures.pending, figures.audience) == (0, 4), point
        assert figures.sent + figures.unknown == 4, point
        assert figures.sent <= len(got) <= 4, point
        assert world.state(SECOND) is State.FINISHED, point
    assert point > 25


@pytest.mark.parametrize("before", [True, False], ids=["before a call", "after it"])
def test_a_planner_that_dies_leaves_one_identity_of_everybody(
    monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    monkeypatch.setattr(planning, "SIZE", 3)
    point, died = 0, True
    while died:
        point += 1
        world = made(monkeypatch)
        for number in range(31, 36):
            pair(world, number)
        world.at += 2 * 60_000
        world.broadcast(message=BOTH, fallback=TO_TELEGRAM)
        aws = aws_of(world)
        aws.calls_left, aws.before, died = point, before, False
        try:
            world.plan()
        except Killed:
            died = True
        aws.calls_left = -1
        world.queues.plans, world.queues.waits = ["b1"], [0]
        world.drain()
        assert Counter(world.messengers.sent_to()) == Counter({str(one): 1 for one in range(31, 36)})
        assert world.figures().sent == 5
    assert point > 8


def test_planted_turns_that_are_not_kept_are_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    persons = world.services.persons
    monkeypatch.setattr(persons, "take", lambda broadcast, asked: [True] * len(asked))
    pair(world, 31)
    sent(world, audience=Audience())
    assert Counter(world.messengers.sent_to()) == {"31": 2}


def test_planted_fallback_that_does_not_look_again_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "still_missing", lambda *_: {})
    pair(world, 31)
    sent(world)
    ticked(world, 0.2)
    ticked(world, 4)
    world.plan()
    told(world, 31)
    world.drain()
    assert later(world) == ["31"]


def test_planted_second_that_is_not_kept_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two second identities on two accounts: without the kept turn both of them would get it."""
    other = replace(worlds.TELEGRAM, name="other", credentials=dict(worlds.TELEGRAM.credentials))
    world.accounts.put(other)
    pair(world, 31)
    identity = Identity("telegram", "other", "31")
    held = Contact(world.contacts.id_of(identity), identity, Consent())
    world.newcomers.enter(held, [Fact(Action.IMPORTED, NOW - DAY, ("news",), source="desk")])
    world.services.persons.tie(held.id, "customer-31")
    persons = world.services.persons
    monkeypatch.setattr(persons, "pass_on", lambda broadcast, asked: [True] * len(asked))
    sent(world, fallback=Fallback(4, ("telegram/main", "telegram/other")))
    fell_back(world)
    assert later(world) == ["31", "31"]


# Who is whom.


def test_a_tie_goes_with_either_contact(world: World) -> None:
    there = pair(world, 31)
    tie = there_now(world).tie
    persons = world.services.persons
    assert persons.contacts([tie])[tie] == {there.id, world.held("31").id}
    world.contacts.erase(there.id)
    assert persons.contacts([tie])[tie] == {world.held("31").id}
    world.contacts.erase(world.held("31").id)
    assert persons.contacts([tie]) == {}
    assert persons.tie(there.id, "customer-31") is False


def test_another_word_about_who_it_is_moves_the_contact(world: World) -> None:
    there = pair(world, 31)
    persons = world.services.persons
    before = there_now(world).tie
    assert persons.tie(there.id, "customer-99")
    after = there_now(world)
    assert after.person == "customer-99"
    assert persons.contacts([before, after.tie]) == {
        before: {world.held("31").id},
        after.tie: {there.id},
    }
    assert persons.tie(there.id, "")
    assert (there_now(world).person, there_now(world).tie, there_now(world).tied) == ("", "", 0)


def test_an_id_that_stands_at_everybody_is_refused(world: World) -> None:
    persons = world.services.persons
    for number in range(16):
        assert persons.tie(world.person(31 + number).id, "n/a")
    with pytest.raises(TooMany):
        persons.tie(world.person(77).id, "n/a")
    assert persons.tie(world.held("31").id, "n/a")


def test_a_number_that_changed_hands_is_nobody_any_more(world: World) -> None:
    pair(world, 31)
    item = world.says("31", kind=EventKind.MOVED, payload="99")
    world.queues.items.append(item)
    world.drain()
    assert world.held("31").tie == ""


def test_turns_are_kept_for_whoever_asked_first(world: World) -> None:
    persons = world.services.persons
    assert persons.take("b1", [("t1", "a"), ("t2", "b"), ("t1", "c")]) == [True, True, False]
    assert persons.pass_on(
        "b1", [("t1", Turn("c", "d")), ("t1", Turn("a", "d")), ("t1", Turn("a", "e"))]
    ) == [
        False,
        True,
        False,
    ]
    assert persons.turns("b1", ["t1", "t2", "t3"]) == {"t1": Turn("a", "d"), "t2": Turn("b")}
