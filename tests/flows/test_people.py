"""A person's ways: in by an entry point and a yes, out by one word, one tap or one click."""

import pytest

from rundruf.core.chunk import LEASE
from rundruf.core.consent import Action
from rundruf.core.ledger import first_altered
from rundruf.core.wording import PAYLOAD_NO, PAYLOAD_STOP, PAYLOAD_YES
from rundruf.flows import inbound, receiving
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.services import Unfinished
from rundruf.messengers.contract import Answer, Event, EventKind, Failure
from tests.support.people import DAY
from tests.support.stack import Stack
from tests.support.world import POINT, World

ME = "4711"


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def hear(world: World, text: str = "", **more: object) -> None:
    """The webhook's part and the inbox's part of one event."""
    item = world.says(ME, text, **more)  # type: ignore[arg-type]
    queued = receiving.at_once(item.account, item.event, world.services)
    inbound.handle(queued, world.services)


def open_chat(world: World) -> None:
    hear(world, f"/start {POINT.code}", kind=EventKind.OPENED, code=POINT.code, name="Anna", language="en")


def join(world: World) -> None:
    open_chat(world)
    hear(world, kind=EventKind.BUTTON, payload=PAYLOAD_YES, callback="cb")


def actions(world: World) -> list[Action]:
    entries, head = world.contacts.ledger(world.held(ME).id)
    assert first_altered(entries, head) is None
    return [entry.fact.action for entry in entries]


def test_an_entry_link_asks_and_a_yes_confirms(world: World) -> None:
    open_chat(world)
    assert world.held(ME).consent.topics == frozenset()
    assert "Café Morgenrot" in world.messengers.texts(ME)[0]
    hear(world, kind=EventKind.BUTTON, payload=PAYLOAD_YES, callback="cb")
    assert world.held(ME).consent.topics == {"news"}
    assert actions(world) == [Action.ASKED, Action.CONFIRMED]
    entries, _ = world.contacts.ledger(world.held(ME).id)
    assert entries[0].fact.reference == POINT.code
    assert entries[0].fact.wording is not None
    assert entries[1].fact.wording == entries[0].fact.wording
    assert entries[0].fact.message_ids


def test_a_typed_yes_counts_and_a_yes_to_nothing_does_not(world: World) -> None:
    hear(world, "yes")
    assert world.held(ME).consent.topics == frozenset()
    open_chat(world)
    hear(world, "Yes!")
    assert world.held(ME).consent.topics == {"news"}


def test_a_no_is_taken_for_a_no(world: World) -> None:
    open_chat(world)
    hear(world, kind=EventKind.BUTTON, payload=PAYLOAD_NO)
    hear(world, "yes")
    assert world.held(ME).consent.topics == frozenset()
    assert actions(world) == [Action.ASKED, Action.DECLINED]


def test_opening_the_link_twice_asks_once(world: World) -> None:
    open_chat(world)
    open_chat(world)
    assert len(world.messengers.requests) == 1
    assert actions(world) == [Action.ASKED]


def test_an_unknown_code_is_nobodys_consent(world: World) -> None:
    hear(world, "/start XXXXXXXX", kind=EventKind.OPENED, code="XXXXXXXX")
    assert world.messengers.requests == []


def test_a_code_in_a_sentence_is_found(world: World) -> None:
    hear(world, f"Hallo! Bitte nehmt mich auf. Code: {POINT.code.lower()}")
    assert world.held(ME).consent.asked == ("news",)


def test_start_asks_for_everything_there_is(world: World) -> None:
    hear(world, "START")
    assert set(world.held(ME).consent.asked) == {"news", "recipes"}


def test_stop_is_in_force_before_the_inbox_hears_of_it(world: World) -> None:
    join(world)
    item = world.says(ME, "STOP")
    receiving.at_once(item.account, item.event, world.services)
    assert world.held(ME).consent.topics == frozenset()


def test_stop_is_confirmed_once_however_often_it_is_delivered(world: World) -> None:
    join(world)
    before = len(world.messengers.requests)
    item = world.says(ME, "STOP")
    for _ in range(3):
        inbound.handle(receiving.at_once(item.account, item.event, world.services), world.services)
    assert len(world.messengers.requests) == before + 1
    assert actions(world)[-1] is Action.WITHDRAWN
    assert actions(world).count(Action.WITHDRAWN) == 1


def test_stop_by_button(world: World) -> None:
    join(world)
    hear(world, kind=EventKind.BUTTON, payload=PAYLOAD_STOP)
    assert world.held(ME).consent.topics == frozenset()


def test_stop_of_one_topic_keeps_the_other(world: World) -> None:
    world.person(int(ME), "news", "recipes")
    hear(world, "STOP recipes")
    assert world.held(ME).consent.topics == {"news"}


def test_stop_all_ends_service_messages_too(world: World) -> None:
    join(world)
    hear(world, "STOP ALL")
    assert not world.held(ME).consent.service


def test_blocking_ends_consent_without_a_reply(world: World) -> None:
    join(world)
    before = len(world.messengers.requests)
    hear(world, kind=EventKind.BLOCKED)
    assert world.held(ME).consent.topics == frozenset()
    assert len(world.messengers.requests) == before
    hear(world, kind=EventKind.UNBLOCKED)
    assert world.held(ME).consent.topics == frozenset()


def test_a_start_older_than_the_stop_changes_nothing(world: World) -> None:
    join(world)
    hear(world, "STOP")
    hear(world, "START", at=world.now() - 5_000, event="late")
    hear(world, "yes")
    assert world.held(ME).consent.topics == frozenset()


def test_a_stop_from_before_the_new_consent_changes_nothing(world: World) -> None:
    join(world)
    hear(world, "STOP", event="stop1")
    said = world.now()
    world.at += 25 * 3_600_000
    open_chat(world)
    hear(world, "yes")
    hear(world, "STOP", at=said, event="stop1-again")
    assert world.held(ME).consent.topics == {"news"}


def test_a_stop_waits_for_the_message_on_its_way(world: World) -> None:
    """The claim came first: while its request may be running there is no 200."""
    join(world)
    world.broadcast()
    world.plan()
    told: list[str] = []
    waited: list[int] = []

    def stopping(number: int, _: object) -> Answer:
        item = world.says(ME, "STOP", event="stop")
        before = world.now()
        try:
            receiving.at_once(item.account, item.event, world.services)
            told.append("200")
        except Unfinished:
            told.append("503")
            waited.append(world.now() - before)
        return Answer(200, body=b'{"ok":true,"result":{"message_id":5}}')

    world.messengers.script = stopping
    world.drain()
    assert told == ["503"]
    assert waited[0] >= 1_500
    assert world.held(ME).consent.topics == frozenset()
    item = world.says(ME, "STOP", event="stop")
    receiving.at_once(item.account, item.event, world.services)


def test_the_platforms_own_stop_waits_for_it_too(world: World) -> None:
    join(world)
    world.broadcast()
    world.plan()
    told: list[str] = []

    def stopping(*_: object) -> Answer:
        item = world.says(ME, kind=EventKind.PLATFORM_STOP)
        try:
            receiving.at_once(item.account, item.event, world.services)
        except Unfinished:
            told.append("503")
        return Answer(200, body=b'{"ok":true,"result":{"message_id":5}}')

    world.messengers.script = stopping
    world.drain()
    assert told == ["503"]
    assert world.held(ME).consent.platform_stop


def test_a_stop_does_not_wait_for_a_dead_worker_longer_than_its_lease(world: World) -> None:
    join(world)
    world.broadcast()
    world.plan()

    class Killed(BaseException): ...

    def killing(*_: object) -> Answer:
        raise Killed

    world.messengers.script = killing
    with pytest.raises(Killed):
        world.send_one()
    contact = world.held(ME)
    with pytest.raises(Unfinished):
        leave(contact.id, Leaving(world.now(), "test"), world.services)
    world.at += LEASE
    assert leave(contact.id, Leaving(world.now(), "test"), world.services) is not None


def test_a_reply_that_was_definitely_not_sent_comes_again(world: World) -> None:
    item = world.says(ME, f"/start {POINT.code}", kind=EventKind.OPENED, code=POINT.code)
    world.messengers.script = lambda *_: Answer(0, failure=Failure.NOT_SENT)
    with pytest.raises(Unfinished):
        inbound.handle(item, world.services)
    world.messengers.script = lambda *_: Answer(200, body=b'{"ok":true,"result":{"message_id":5}}')
    inbound.handle(item, world.services)
    assert world.held(ME).consent.asked == ("news",)


def test_a_reply_that_may_have_arrived_is_not_repeated(world: World) -> None:
    world.messengers.script = lambda *_: Answer(0, failure=Failure.AMBIGUOUS)
    open_chat(world)
    assert len(world.messengers.requests) == 1
    assert world.held(ME).consent.asked == ()


def test_leaving_and_replying_count_for_the_last_broadcast(world: World) -> None:
    join(world)
    world.broadcast()
    world.drain()
    hear(world, "Nice!")
    assert world.figures().replied == 1
    hear(world, "STOP")
    assert (world.figures().left, world.figures().replied) == (1, 1)


def test_what_a_person_does_counts_for_the_last_of_several_broadcasts_and_for_three_days(
    world: World,
) -> None:
    join(world)
    for name in ("b1", "b2"):
        world.broadcast(name=name)
        world.drain()
    hear(world, "Which of them?")
    assert [world.figures(name).replied for name in ("b1", "b2")] == [0, 1]
    world.at += 3 * DAY
    hear(world, "STOP")
    assert [(world.figures(name).left, world.figures(name).replied) for name in ("b1", "b2")] == [
        (0, 0),
        (0, 1),
    ]


def test_a_stop_alone_is_no_reply(world: World) -> None:
    join(world)
    world.broadcast()
    world.drain()
    hear(world, "STOP")
    assert (world.figures().left, world.figures().replied) == (1, 0)


def test_an_event_of_a_stranger_who_only_stops_makes_no_consent(world: World) -> None:
    hear(world, "STOP")
    assert world.held(ME).consent.topics == frozenset()
    assert len(world.messengers.requests) == 1


def test_unknown_events_are_let_go(world: World) -> None:
    event = Event("e1", EventKind.MOVED, ME, world.now(), payload="9")
    item = receiving.at_once("telegram/main", event, world.services)
    inbound.handle(item, world.services)
    assert world.messengers.requests == []


def test_what_was_said_before_an_erasure_brings_nobody_back(world: World) -> None:
    join(world)
    item = world.says(ME, "STOP")
    queued = receiving.at_once(item.account, item.event, world.services)
    me = world.held(ME).id
    assert world.contacts.erase(me)
    inbound.handle(queued, world.services)
    assert world.contacts.get(me) is None


def test_who_writes_after_their_erasure_is_welcome(world: World) -> None:
    join(world)
    me = world.held(ME).id
    world.contacts.erase(me)
    world.at += 1_000
    open_chat(world)
    assert world.contacts.get(me) is not None


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1), (0, 1, 1, 2, 0)])
def test_the_latest_of_the_platforms_stops_and_resumes_holds_in_any_order(
    world: World, order: tuple[int, ...]
) -> None:
    """Stop, resume, stop: told late, out of order and again."""
    join(world)
    kinds = (EventKind.PLATFORM_STOP, EventKind.PLATFORM_RESUME, EventKind.PLATFORM_STOP)
    items = [world.says(ME, kind=kind) for kind in kinds]
    for number in order:
        queued = receiving.at_once(items[number].account, items[number].event, world.services)
        inbound.handle(queued, world.services)
    assert world.held(ME).consent.platform_stop


def test_a_platforms_stop_from_before_the_resume_changes_nothing(world: World) -> None:
    join(world)
    old = world.says(ME, kind=EventKind.PLATFORM_STOP)
    hear(world, kind=EventKind.PLATFORM_STOP)
    hear(world, kind=EventKind.PLATFORM_RESUME)
    receiving.at_once(old.account, old.event, world.services)
    assert not world.held(ME).consent.platform_stop


def test_an_unblocking_from_before_the_block_changes_nothing(world: World) -> None:
    join(world)
    late = world.says(ME, kind=EventKind.UNBLOCKED)
    hear(world, kind=EventKind.BLOCKED)
    inbound.handle(late, world.services)
    assert not world.held(ME).consent.service
    hear(world, kind=EventKind.UNBLOCKED)
    assert world.held(ME).consent.service
