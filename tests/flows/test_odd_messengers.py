"""What some messengers do differently: ids that move, greetings in the answer, keys that roll, doubts."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws import queues
from rundruf.aws.boto import Boto
from rundruf.aws.queues import SqsQueues
from rundruf.aws.suppressions import TableSuppressions
from rundruf.core.consent import Action
from rundruf.core.contact import Contact, Identity
from rundruf.core.message import MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.flows import importing, inbound, receiving
from rundruf.flows.importing import Known, Row, checked
from rundruf.flows.services import InboxItem
from rundruf.messengers.contract import (
    Answer,
    Call,
    Doubt,
    Event,
    EventKind,
    Hostile,
    Item,
    MediaIn,
    NotGenuine,
    Notice,
    Place,
    Reading,
    Receipt,
    ReceiptStatus,
    Reply,
    Request,
    StaleKeys,
    Unreadable,
)
from tests.support.pager import ACCOUNT, PAGER, registered, said
from tests.support.people import NOW, wrote
from tests.support.stack import Stack
from tests.support.world import KEYS, POINT, World

ME = "4711"
CALL = Call("POST", {}, {}, b"{}", NOW)


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    made.accounts.put(ACCOUNT)
    made.messengers.script = lambda number, request: said(id="m")
    return made


def reads(reading: Reading | type[Exception], **more: Any) -> Any:
    """The pager, whose every call says this."""

    def read(_body: bytes, _account: Any) -> Reading:
        if isinstance(reading, Reading):
            return reading
        raise reading

    return replace(
        PAGER, token=None, **{"keys": None, "verify": lambda _call, _account: None, "read": read, **more}
    )


def came(kind: EventKind = EventKind.MESSAGE, **more: Any) -> Event:
    return Event(more.pop("id", "e1"), kind, ME, NOW, **more)


def receive(world: World) -> Reply:
    return receiving.receive("pager", "main", CALL, world.services)


def drained(world: World) -> None:
    while world.queues.items:
        inbound.handle(world.queues.items.pop(0), world.services)


def me(world: World) -> Contact:
    return world.held(ME, "pager")


@pytest.mark.parametrize(("content", "status"), [(Hostile, 400), (Unreadable, 200)])
def test_only_an_attack_on_the_reader_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, content: type[Exception], status: int
) -> None:
    registered(monkeypatch, reads(content, reply=lambda *_: Reply(200, "success")))
    assert receive(world).status == status


def test_the_messengers_own_answer_goes_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, reads(Reading(events=(came(),)), reply=lambda *_: Reply(200, "success")))
    assert receive(world).body == "success"


def greeting_for(world: World, monkeypatch: pytest.MonkeyPatch, event: Event) -> Message:
    given: list[Message] = []

    def reply(_reading: Reading, greeting: Message, _account: Any) -> Reply:
        given.append(greeting)
        return Reply(200)

    registered(
        monkeypatch, reads(Reading(events=(event,)), reply=reply, rules=replace(PAGER.rules, greets=True))
    )
    receive(world)
    return given[0]


@pytest.mark.parametrize(("code", "said_by_tap"), [("KRTMBXZV", "KRTMBXZV"), ("", "START")])
def test_a_greeting_says_who_we_are_and_its_tap_says_the_code(
    world: World, monkeypatch: pytest.MonkeyPatch, code: str, said_by_tap: str
) -> None:
    greeting = greeting_for(world, monkeypatch, came(EventKind.OPENED, code=code, window=0, language="de"))
    assert "Café Morgenrot" in greeting.text
    assert "https://morgenrot.example/privacy" in greeting.text
    assert [button.reply for button in greeting.buttons] == [said_by_tap]
    drained(world)
    assert world.messengers.requests == []
    assert world.contacts.get(world.contacts.id_of(Identity("pager", "main", ME))) is None


def test_a_tap_on_the_greeting_asks_for_what_the_code_stands_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.catalogue.add_entry_point(replace(POINT, code="TTTTBBBB", messenger="pager"))
    registered(monkeypatch, reads(Reading(events=(came(text="TTTTBBBB"),))))
    receive(world)
    drained(world)
    assert me(world).consent.asked == ("news",)


@pytest.mark.parametrize("kind", [EventKind.MOVED, EventKind.FORGET])
def test_consent_stays_with_the_id_it_was_given_by(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: EventKind
) -> None:
    world.person(int(ME), messenger="pager")
    registered(monkeypatch, reads(Reading(events=(came(kind, payload="5000"),))))
    receive(world)
    assert not me(world).consent.topics
    drained(world)
    if kind is EventKind.MOVED:
        assert me(world).unreachable == "moved"
        assert not me(world).consent.service
    else:
        assert world.contacts.get(world.contacts.id_of(Identity("pager", "main", ME))) is None
    assert world.contacts.get(world.contacts.id_of(Identity("pager", "main", "5000"))) is None


def test_whoever_gets_an_old_number_inherits_no_consent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person(int(ME), messenger="pager")
    registered(monkeypatch, reads(Reading(events=(came(EventKind.MOVED, payload="5000"),))))
    receive(world)
    drained(world)
    registered(monkeypatch, reads(Reading(events=(came(id="e2", text="hello"),))))
    receive(world)
    drained(world)
    assert me(world).unreachable == ""
    assert not me(world).consent.topics


def test_another_spelling_is_the_same_person_when_they_write_and_when_they_are_imported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spelled(user: str) -> tuple[str, ...]:
        return ("55114711",) if user == ME else (ME,) if user == "55114711" else ()

    registered(monkeypatch, reads(Reading(events=(came(text="STOP"),)), spellings=spelled))
    world.person(55114711, messenger="pager")
    receive(world)
    assert not world.held("55114711", "pager").consent.topics
    known = Known(frozenset({"pager/main"}), dict(world.catalogue.topics()))
    cells = {
        "messenger": "pager",
        "account": "main",
        "user_id": ME,
        "topics": "news",
        "consent_source": "desk",
        "consent_at": "2026-01-01T00:00:00Z",
    }
    row = checked(1, cells, known, NOW)
    assert isinstance(row, Row)
    (told,) = importing.store([row], world.contacts, TableSuppressions(world.contacts.table, lambda: KEYS))
    assert told.result == "suppressed"


def test_keys_that_roll_are_fetched_and_the_call_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = ["k1"]

    def verify(_call: Call, account: Any) -> None:
        if signed[0] not in account.secrets("jwks"):
            raise StaleKeys

    issued = iter(("k1", "k2", "k3"))
    world.messengers.script = lambda number, request: said(token=next(issued), seconds=3600)
    registered(monkeypatch, reads(Reading(), keys=PAGER.keys, verify=verify))
    assert receive(world).status == 200
    world.at += 61_000
    signed[0] = "k2"
    assert receive(world).status == 200
    assert len(world.messengers.requests) == 2


def test_a_forged_key_id_does_not_make_us_fetch_again_and_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(_call: Call, _account: Any) -> None:
        raise StaleKeys

    world.messengers.script = lambda number, request: said(token="k1", seconds=3600)
    registered(monkeypatch, reads(Reading(), keys=PAGER.keys, verify=verify))
    for _ in range(20):
        with pytest.raises(NotGenuine):
            receive(world)
    assert len(world.messengers.requests) <= 2


def ask(outcome: Outcome, _delivery: Any, _account: Any) -> Request | None:
    return Request("GET", "https://api.pager.example/asked", {}, b"") if outcome.code == "45015" else None


def settle(outcome: Outcome, answer: Answer) -> Outcome:
    left = json.loads(answer.body).get("subscribe") == 0
    return replace(outcome, kind=OutcomeKind.WITHDRAW) if left else outcome


@pytest.mark.parametrize(("subscribed", "ends"), [(0, True), (1, False)])
def test_a_refusal_in_doubt_is_asked_about_before_consent_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, subscribed: int, ends: bool
) -> None:
    def interpret(answer: Answer) -> Outcome:
        return Outcome(OutcomeKind.WINDOW, "45015")

    world.messengers.script = lambda number, request: said(subscribe=subscribed)
    registered(
        monkeypatch,
        reads(Reading(events=(came(text="INFO"),)), interpret=interpret, doubt=Doubt(ask, settle)),
    )
    world.person(int(ME), messenger="pager")
    receive(world)
    drained(world)
    assert [request.url.rpartition("/")[2] for request in world.messengers.requests] == ["send", "asked"]
    assert bool(me(world).consent.topics) is not ends


def test_a_long_reply_leaves_in_order_and_stops_at_a_refusal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(delivery: Any, account: Any) -> tuple[Request, ...]:
        return tuple(
            Request("POST", "https://api.pager.example/send", {}, json.dumps({"n": n}).encode())
            for n in range(3)
        )

    world.messengers.script = lambda number, request: said(200 if number == 0 else 500)
    registered(monkeypatch, reads(Reading(events=(came(text="INFO"),)), build=build))
    receive(world)
    drained(world)
    assert [body["n"] for body in world.messengers.bodies] == [0, 1]


def test_a_short_window_ends_and_a_long_one_does_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = replace(PAGER.rules, window_hours=48)
    registered(
        monkeypatch, reads(Reading(events=(came(EventKind.BUTTON, payload="x", window=60),)), rules=rules)
    )
    receive(world)
    drained(world)
    from rundruf.core.policy import window_open

    assert window_open(me(world), rules, NOW + 59_000)
    assert not window_open(me(world), rules, NOW + 60_000)
    world.contacts.meet(me(world).id, me(world).identity, wrote(me(world).identity, NOW))
    assert window_open(me(world), rules, NOW + 47 * 3_600_000)


def test_notices_are_kept_and_an_older_one_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Reading(
        notices=(
            Notice(20, "autumn", "de", "marketing", ""),
            Notice(30, trouble="account is restricted"),
            Notice(10, "autumn", "de", "utility", "paused"),
        )
    )
    registered(monkeypatch, reads(told))
    receive(world)
    kept = {one.notice.template: one.notice for one in world.catalogue.notices("pager/main")}
    assert kept["autumn"] == Notice(20, "autumn", "de", "marketing")
    assert kept[""].trouble == "account is restricted"


class Sqs:
    """Takes everything; the bodies are what matters."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        self.bodies += [entry["MessageBody"] for entry in asked["Entries"]]
        return {}


def through(put: Callable[[SqsQueues], None]) -> list[str]:
    sqs = Sqs()
    put(SqsQueues(Boto(lambda _: sqs), {"inbox": "i", "receipts": "r"}))
    return sqs.bodies


def test_an_event_comes_out_of_the_queue_as_it_went_in() -> None:
    event = came(
        text="soup",
        media=(MediaIn(MediaKind.IMAGE, "f1", "image/png", "a.png"),),
        place=Place(50.9, 6.9, "Dom", "Köln"),
        order=(Item("sku", 2, "1.50", "EUR"),),
        conversation="{}",
        window=60,
        aliases=("a",),
    )
    item = InboxItem("pager/main", "c1", event)
    (body,) = through(lambda made: made.inbox([item]))
    assert queues.inbox_item(body) == item


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt("b:c:1", ReceiptStatus.READ, NOW),
        Receipt("", ReceiptStatus.DELIVERED, NOW, "4711", "token-1", aliases=("a",)),
        Receipt("", ReceiptStatus.READ, NOW, "4711"),
        Receipt("b:c:1", ReceiptStatus.FAILED, NOW, "4711", outcome=Outcome(OutcomeKind.GONE, "x")),
    ],
)
def test_a_receipt_comes_out_of_the_queue_as_it_went_in(receipt: Receipt) -> None:
    (body,) = through(lambda made: made.receipts("pager/main", [receipt]))
    assert queues.receipts_in(body) == [("pager/main", receipt)]


def test_a_block_that_a_reply_meets_ends_consent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interpret(answer: Answer) -> Outcome:
        return Outcome(OutcomeKind.WITHDRAW, "blocked")

    world.person(int(ME), messenger="pager")
    registered(monkeypatch, reads(Reading(events=(came(text="INFO"),)), interpret=interpret))
    receive(world)
    drained(world)
    entries, _ = world.contacts.ledger(me(world).id)
    assert [entry.fact.action for entry in entries] == [Action.IMPORTED, Action.BLOCKED]


def test_somebody_there_is_no_way_to_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(delivery: Any, account: Any) -> tuple[Request, ...]:
        if delivery.user_id == "5000":
            raise ValueError("no conversation is known")
        return (Request("POST", "https://api.pager.example/send", {}, b"{}"),)

    registered(monkeypatch, reads(Reading(events=(came(text="INFO"),)), build=build))
    for number in (5000, 5001):
        world.person(number, messenger="pager")
    world.broadcast()
    world.drain()
    assert (world.figures().sent, dict(world.figures().failed)) == (1, {"bad": 1})


def test_where_nothing_may_be_said_a_stop_is_heard_in_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person(int(ME), messenger="pager")
    registered(monkeypatch, reads(Reading(events=(came(text="STOP", window=0),))))
    receive(world)
    drained(world)
    assert not me(world).consent.topics
    assert world.messengers.requests == []
