"""A link takes away and pauses at once; what needs the person themselves goes through their chat."""

import re
from dataclasses import replace

import pytest

from rundruf.core import tokens
from rundruf.core.chunk import LEASE
from rundruf.core.consent import Action
from rundruf.core.contact import Contact, contact_bytes
from rundruf.core.tokens import BadToken, Keys, Purpose
from rundruf.flows import inbound
from rundruf.flows.leaving import data_url, leave_url
from rundruf.flows.services import Unfinished
from rundruf.flows.unsubscribe import DAY, PROVEN, Act, Choice, Done, Visitor, act, joined, view, visitor
from rundruf.messengers.contract import Answer, EventKind
from tests.flows.test_people import ME, hear, join
from tests.support.stack import Stack
from tests.support.world import KEYS, World

HOUR = 3600 * 1000


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


@pytest.fixture
def anna(world: World) -> Contact:
    """Anna, who reads news."""
    return world.person(int(ME), "news", language="en")


def token(world: World, data: bool = False) -> str:
    url = (data_url if data else leave_url)(world.held(ME).id, world.services)
    return url.rpartition("/")[2]


def come(world: World, data: bool = False) -> Visitor:
    return visitor(token(world, data), world.services)


def do(world: World, what: Act, *keep: str, data: bool = False) -> Done:
    return act(come(world, data), Choice(what, frozenset(keep)), world.services)


def actions(world: World) -> list[Action]:
    return [entry.fact.action for entry in world.contacts.ledger(world.held(ME).id)[0]]


def test_looking_changes_nothing_and_the_button_leaves(world: World, anna: Contact) -> None:
    assert come(world).contact == world.held(ME)
    assert world.held(ME).consent.topics == {"news"}
    for _ in range(2):
        assert do(world, Act.LEAVE) == Done("left")
        assert world.held(ME).consent.topics == frozenset()
    assert world.held(ME).consent.service


def test_the_page_can_end_service_messages_too(world: World, anna: Contact) -> None:
    assert do(world, Act.EVERYTHING) == Done("ended")
    assert not world.held(ME).consent.service
    assert world.held(ME).consent.topics == frozenset()


def test_a_topic_is_left_at_once(world: World) -> None:
    world.person(int(ME), "news", "recipes")
    assert do(world, Act.SAVE, "recipes") == Done("saved")
    assert world.held(ME).consent.topics == {"recipes"}


def test_a_new_topic_is_asked_about_in_the_chat_and_begins_with_the_yes(world: World, anna: Contact) -> None:
    assert do(world, Act.SAVE, "news", "recipes") == Done("saved", ("recipes",), "asked")
    assert world.held(ME).consent.topics == {"news"}
    world.drain()
    assert "Recipes" in world.messengers.texts(ME)[-1]
    assert world.held(ME).consent.topics == {"news"}
    hear(world, "yes")
    assert world.held(ME).consent.topics == {"news", "recipes"}
    asked = world.contacts.ledger(anna.id)[0][-2].fact
    assert (asked.action, asked.source, asked.topics) == (Action.ASKED, "page", ("recipes",))


def test_leaving_one_topic_and_choosing_another_are_one_click(world: World, anna: Contact) -> None:
    assert do(world, Act.SAVE, "recipes").chance == "asked"
    assert world.held(ME).consent.topics == frozenset()
    world.drain()
    hear(world, "yes")
    assert world.held(ME).consent.topics == {"recipes"}


def test_the_question_is_put_once_a_day_however_often_the_button_is_pressed(
    world: World, anna: Contact
) -> None:
    for _ in range(3):
        assert do(world, Act.SAVE, "news", "recipes").chance == "asked"
    world.drain()
    assert len(world.messengers.requests) == 1
    assert do(world, Act.SAVE, "news", "recipes").chance == "open"
    world.drain()
    assert len(world.messengers.requests) == 1
    world.at += DAY
    assert do(world, Act.SAVE, "news", "recipes").chance == "asked"
    world.drain()
    assert len(world.messengers.requests) == 2


def test_a_topic_that_there_is_not_is_no_topic(world: World, anna: Contact) -> None:
    assert do(world, Act.SAVE, "news", "weather") == Done("saved")
    assert world.queues.items == []


def test_a_shut_window_is_told_and_nothing_is_tried(world: World) -> None:
    """WhatsApp lets nobody write freely who was not written to within a day."""
    anna = world.person(4930, "news", messenger="whatsapp")
    came = visitor(leave_url(anna.id, world.services).rpartition("/")[2], world.services)
    wanted = Choice(Act.SAVE, frozenset({"news", "recipes"}))
    assert act(came, wanted, world.services) == Done("saved", ("recipes",), "shut")
    assert act(came, Choice(Act.LINK), world.services) == Done("shut")
    assert world.queues.items == []


def test_who_blocked_us_is_not_asked(world: World, anna: Contact) -> None:
    world.contacts.unreachable(anna.id, "gone")
    assert do(world, Act.SAVE, "news", "recipes").chance == "shut"


def test_a_pause_lasts_thirty_days_and_can_be_ended(world: World, anna: Contact) -> None:
    for _ in range(2):
        assert do(world, Act.PAUSE) == Done("paused")
    assert world.held(ME).consent.paused_until == world.at + 30 * DAY
    assert world.held(ME).consent.topics == {"news"}
    assert do(world, Act.RESUME) == Done("resumed")
    assert do(world, Act.RESUME) == Done("resumed")
    assert not world.held(ME).consent.paused(world.at)
    assert actions(world) == [Action.IMPORTED, Action.PAUSED, Action.RESUMED]


@pytest.mark.parametrize("what", [Act.LINK, *PROVEN])
def test_a_link_to_leave_never_shows_or_deletes_data_but_sends_the_link_that_does(
    world: World, anna: Contact, what: Act
) -> None:
    assert do(world, what) == Done("linked")
    assert world.held(ME).consent.topics == {"news"}
    world.drain()
    (text,) = world.messengers.texts(ME)
    found = re.search(r"https://r.example/u/([a-z0-9-]+)", text)
    assert found is not None
    assert visitor(found[1], world.services).proven


def test_the_link_to_the_data_is_sent_once_an_hour(world: World, anna: Contact) -> None:
    world.at += HOUR - world.at % HOUR
    for _ in range(3):
        do(world, Act.LINK)
        world.drain()
    assert len(world.messengers.requests) == 1
    world.at += HOUR
    do(world, Act.LINK)
    world.drain()
    assert len(world.messengers.requests) == 2


def test_a_link_to_the_data_is_one_to_leave_after_a_day(world: World, anna: Contact) -> None:
    data = token(world, data=True)
    assert visitor(data, world.services).proven
    world.at += DAY
    came = visitor(data, world.services)
    assert (came.proven, came.expired) == (False, True)
    assert act(came, Choice(Act.DELETE), world.services) == Done("linked")
    assert act(came, Choice(), world.services) == Done("left")


def test_a_replaced_key_lets_people_leave_and_nothing_more(world: World, anna: Contact) -> None:
    leave, data = token(world), token(world, data=True)
    rotated = replace(world.services, keys=lambda: Keys("2", {"1": "k" * 64, "2": "n" * 64}))
    assert visitor(data, world.services).proven
    assert not visitor(data, rotated).proven
    world.at += 3 * 365 * DAY
    assert act(visitor(leave, rotated), Choice(), rotated) == Done("left")
    assert world.held(ME).consent.topics == frozenset()


def test_a_token_of_another_purpose_is_none(world: World, anna: Contact) -> None:
    for purpose in set(Purpose) - {Purpose.LEAVE, Purpose.DATA}:
        with pytest.raises(BadToken):
            visitor(tokens.sign(KEYS, purpose, contact_bytes(anna.id)), world.services)


def test_a_forged_link_is_none(world: World, anna: Contact) -> None:
    for each in (token(world), token(world, data=True)):
        for place in (0, 5, len(each) - 1):
            forged = each[:place] + ("a" if each[place] != "a" else "b") + each[place + 1 :]
            with pytest.raises(BadToken):
                visitor(forged, world.services)


def test_deleting_ends_everything_at_once_and_then_removes_it(world: World, anna: Contact) -> None:
    assert do(world, Act.DELETE, data=True) == Done("deleted")
    assert not world.held(ME).consent.topics
    assert not world.held(ME).consent.service
    assert [item.event.kind for item in world.queues.items] == [EventKind.FORGET]
    world.drain()
    assert world.contacts.get(anna.id) is None
    assert world.contacts.erased([anna.id])
    assert world.messengers.requests == []


def test_who_came_back_can_be_deleted_again(world: World, anna: Contact) -> None:
    for _ in range(2):
        do(world, Act.DELETE, data=True)
        world.drain()
        assert world.contacts.get(anna.id) is None
        join(world)


def test_the_link_of_somebody_erased_still_answers(world: World, anna: Contact) -> None:
    came = token(world)
    world.contacts.erase(anna.id)
    for what in Act:
        assert act(visitor(came, world.services), Choice(what), world.services) == Done("gone")
    assert world.queues.items == []


@pytest.mark.parametrize("choice", [Choice(), Choice(Act.SAVE), Choice(Act.PAUSE), Choice(Act.DELETE)])
def test_no_yes_is_given_while_a_message_may_still_leave(world: World, anna: Contact, choice: Choice) -> None:
    refused: list[str] = []

    def leaves_meanwhile(_number: int, _request: object) -> Answer:
        try:
            act(visitor(token(world, data=True), world.services), choice, world.services)
        except Unfinished:
            refused.append("wait")
        return Answer(200, body=b'{"ok":true,"result":{"message_id":1}}')

    world.messengers.script = leaves_meanwhile
    world.broadcast()
    world.drain()
    assert refused == ["wait"]
    world.messengers.script = lambda *_: Answer(200, body=b'{"ok":true,"result":{"message_id":2}}')
    world.at += LEASE
    act(visitor(token(world, data=True), world.services), choice, world.services)


def test_the_page_shows_since_when_a_topic_is_joined(world: World, anna: Contact) -> None:
    world.at += DAY
    do(world, Act.SAVE, "news", "recipes")
    world.drain()
    hear(world, "yes")
    began = world.at
    world.at += DAY
    shown = view(come(world), None, "en", world.services)
    since = {one.id: one.since for one in shown.topics}
    assert since == {"news": anna.consent.granted_at, "recipes": began}
    assert (shown.messenger, shown.entries, shown.paused_until) == ("Telegram", 3, 0)
    assert "language" in shown.kinds


def test_a_question_waits_a_week_for_its_answer(world: World, anna: Contact) -> None:
    do(world, Act.SAVE, "news", "recipes")
    world.drain()
    for later, waiting in ((0, ["recipes"]), (8 * DAY, [])):
        world.at += later
        shown = view(come(world), None, "en", world.services)
        assert [one.id for one in shown.topics if one.open] == waiting


def test_who_left_and_joined_again_has_joined_since_then(world: World) -> None:
    join(world)
    hear(world, "STOP")
    hear(world, "START")
    hear(world, "yes")
    entries, _ = world.contacts.ledger(world.held(ME).id)
    assert set(joined(entries).values()) == {world.at}


def test_an_unknown_wish_is_let_go(world: World, anna: Contact) -> None:
    item = world.says(ME, kind=EventKind.WISH, payload="wealth")
    inbound.handle(item, world.services)
    gone = replace(item, contact=world.person(9).id, event=replace(item.event, id="e2", payload="data"))
    world.contacts.erase(gone.contact)
    inbound.handle(gone, world.services)
    assert world.messengers.requests == []


def test_acting_by_a_stale_form_is_harmless(world: World, anna: Contact) -> None:
    """Left in another tab: the old form's boxes are asked about, not granted."""
    do(world, Act.LEAVE)
    assert do(world, Act.SAVE, "news").chance == "asked"
    assert world.held(ME).consent.topics == frozenset()
