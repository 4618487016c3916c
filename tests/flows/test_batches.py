"""One call for many people: everyone once, whoever left stays out, and what is not known is said."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.broadcast import State, Wish
from rundruf.core.chunk import LEASE
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Identity
from rundruf.core.message import Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Advertising, Rules
from rundruf.flows import leaving, planning, receipts
from rundruf.flows.leaving import Leaving, leave
from rundruf.flows.services import Unfinished
from rundruf.messengers.contract import (
    Answer,
    Batch,
    Delivery,
    Failure,
    Notice,
    Quota,
    Receipt,
    ReceiptStatus,
    Request,
)
from tests.support.pager import ACCOUNT, PAGER, registered, said
from tests.support.people import HOUR, NOW, wrote
from tests.support.stack import Stack, template
from tests.support.world import World

GROUPED = replace(PAGER.rules, group=64, group_rate=200)
GATHERED = replace(PAGER.rules, advertising=Advertising.BATCH, window_hours=48, gather=10_000, group_rate=1)
LOST = Answer(0, failure=Failure.AMBIGUOUS)


def _built(deliveries: Any, account: Any) -> tuple[Request, ...]:
    body = {"to": [one.user_id for one in deliveries], "text": deliveries[0].message.text}
    return (Request("POST", "https://api.pager.example/batch", {}, json.dumps(body).encode()),)


def _told(answer: Answer, deliveries: Any) -> tuple[Outcome, ...]:
    if answer.failure is not None:
        return (Outcome(OutcomeKind.UNKNOWN, "no_answer"),) * len(deliveries)
    told = json.loads(answer.body)
    if answer.status == 200:
        return (Outcome(OutcomeKind.OK, message_id=told.get("id", "")),) * len(deliveries)
    if answer.status in (401, 402):
        kind = OutcomeKind.TOKEN if answer.status == 401 else OutcomeKind.PAUSE
        return (Outcome(kind, f"http_{answer.status}"),) * len(deliveries)
    again = Outcome(OutcomeKind.RETRY, "batch", retry_after=0)
    gone = Outcome(OutcomeKind.GONE, "unknown_id")
    return tuple(gone if one.user_id in told["bad"] else again for one in deliveries)


def pager(rules: Rules, **more: Any) -> Any:
    return replace(PAGER, rules=rules, token=None, batch=Batch(_built, _told), **more)


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, pager(GROUPED))
    made = World(stack)
    made.accounts.put(ACCOUNT)
    made.messengers.script = lambda number, request: said(id=f"m{number}")
    return made


def people(world: World, count: int, **profile: Any) -> list[str]:
    for number in range(count):
        world.person(5000 + number, messenger="pager", **profile)
    return [str(5000 + number) for number in range(count)]


def reached(world: World) -> list[str]:
    """Everybody that an accepted or unanswered call went to, in order."""
    return [one for body in world.messengers.bodies for one in body.get("to", [body.get("chat_id")])]


def test_people_with_the_same_message_share_calls(world: World) -> None:
    everyone = people(world, 130)
    world.broadcast()
    world.drain()
    assert sorted(reached(world)) == everyone
    assert [len(body["to"]) for body in world.messengers.bodies] == [64, 64, 2]
    assert world.figures().sent == 130


def test_a_template_for_another_messenger_leaves_the_message_shared(world: World) -> None:
    people(world, 3, name="Anna")
    template = Template("autumn", "de", ("{{ name }}",))
    world.broadcast(message=Message("Soup today", template=template))
    world.drain()
    assert [len(body["to"]) for body in world.messengers.bodies] == [3]


def test_a_shared_message_names_the_sender_and_holds_no_personal_link(world: World) -> None:
    people(world, 3)
    world.broadcast("Soup today")
    world.drain()
    (body,) = world.messengers.bodies
    assert body["text"] == "Soup today\n\nCafé Morgenrot · Leave: STOP"


def test_people_of_different_languages_do_not_share_a_call(world: World) -> None:
    for number in range(4):
        world.person(5000 + number, messenger="pager", language="de" if number % 2 else "en")
    world.broadcast()
    world.drain()
    assert sorted(len(body["to"]) for body in world.messengers.bodies) == [2, 2]


def test_a_personal_text_goes_one_by_one_with_its_link(world: World) -> None:
    people(world, 3, name="Anna")
    world.broadcast("Hello {{ name }}")
    world.drain()
    assert [body["text"].startswith("Hello Anna") for body in world.messengers.bodies] == [True] * 3
    assert all("https://r.example/u/" in body["text"] for body in world.messengers.bodies)


def test_an_account_that_may_not_use_the_call_sends_to_one_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, replace(pager(GROUPED), batch=Batch(_built, _told, lambda _account: False)))
    everyone = people(world, 3)
    world.broadcast("Soup today")
    world.drain()
    assert ["to" in body for body in world.messengers.bodies] == [False] * 3
    assert (sorted(reached(world)), world.figures().sent) == (everyone, 3)


def test_a_refused_id_is_dropped_and_the_others_get_it_at_once(world: World) -> None:
    everyone = people(world, 5)

    def script(number: int, request: Request) -> Answer:
        to = json.loads(request.body)["to"]
        bad = [one for one in to if one in everyone[1:3]][:1]
        return said(400, bad=bad) if bad else said(id="m")

    world.messengers.script = script
    world.broadcast()
    world.drain()
    figures = world.figures()
    assert (figures.sent, dict(figures.failed)) == (3, {"gone": 2})
    assert [len(body["to"]) for body in world.messengers.bodies] == [5, 4, 3]
    assert world.held(everyone[1], "pager").unreachable == "unknown_id"


def test_an_unanswered_call_is_unknown_for_its_whole_group(world: World) -> None:
    people(world, 70)
    world.messengers.script = lambda number, request: LOST if number == 0 else said(id="m")
    world.broadcast()
    world.drain()
    figures = world.figures()
    assert (figures.sent, figures.unknown) == (6, 64)
    assert len(world.messengers.requests) == 2


@pytest.fixture
def keyed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, pager(replace(GROUPED, retry_key=True)))
    return world


def test_an_unanswered_call_is_repeated_word_for_word_under_its_key(keyed: World) -> None:
    people(keyed, 3)
    keyed.messengers.script = lambda number, request: LOST if number == 0 else said(id="m")
    keyed.broadcast()
    keyed.drain()
    first, second = keyed.messengers.requests
    assert first.body == second.body
    assert keyed.figures().sent == 3


NOT_SENT = Answer(0, failure=Failure.NOT_SENT)


@pytest.mark.parametrize("second", [NOT_SENT, said(402), LOST])
def test_a_repetition_that_tells_nothing_leaves_the_first_call_unknown(keyed: World, second: Answer) -> None:
    people(keyed, 3)
    keyed.messengers.script = lambda number, request: (LOST, second, said(id="m"))[min(number, 2)]
    keyed.broadcast()
    keyed.drain()
    assert keyed.figures().unknown == 3
    assert len(keyed.messengers.requests) == 2


def test_a_repetition_that_is_refused_for_somebody_tells_that_the_first_call_was_too(keyed: World) -> None:
    everyone = people(keyed, 3)

    def script(number: int, request: Request) -> Answer:
        return (LOST, said(400, bad=everyone[:1]), said(id="m"))[min(number, 2)]

    keyed.messengers.script = script
    keyed.broadcast()
    keyed.drain()
    assert (keyed.figures().sent, dict(keyed.figures().failed)) == (2, {"gone": 1})


def killed_after(world: World, calls: int) -> None:
    """A worker dies when its n-th call has reached the messenger; its task comes again."""
    world.broadcast()
    world.plan()

    def dies(number: int, _: Request) -> Answer:
        if number == calls - 1:
            raise KeyboardInterrupt
        return said(id="m")

    world.messengers.script = dies
    task = world.queues.sends[0]
    with pytest.raises(KeyboardInterrupt):
        world.send_one()
    world.messengers.script = lambda number, request: said(id="m")
    world.at += LEASE + 5_000
    world.queues.sends = [task]


def test_the_call_of_a_dead_worker_is_made_again_word_for_word(keyed: World) -> None:
    people(keyed, 70)
    killed_after(keyed, 1)
    keyed.drain()
    first, second, rest = keyed.messengers.requests
    assert first.body == second.body
    assert len(json.loads(rest.body)["to"]) == 6
    assert keyed.figures().sent == 70


def refuses(world: World, *bad: str) -> None:
    """Calls with one of these people in them are refused for all."""

    def script(number: int, request: Request) -> Answer:
        wrong = [one for one in json.loads(request.body).get("to", ()) if one in bad][:1]
        return said(400, bad=wrong) if wrong else said(id=f"m{number}")

    world.messengers.script = script


def test_with_keys_the_others_of_a_refused_call_get_it_in_a_window_of_their_own(keyed: World) -> None:
    everyone = people(keyed, 70)
    refuses(keyed, everyone[1], everyone[9])
    keyed.broadcast()
    keyed.drain()
    assert (keyed.figures().sent, dict(keyed.figures().failed)) == (68, {"gone": 2})
    assert sorted(set(everyone) - set(everyone[1:10:8])) == sorted(taken(keyed))


def taken(world: World) -> list[str]:
    """Who got it: everybody of the calls that nobody spoiled, repeated ones counted once."""
    calls = {
        request.body: world.messengers.script(0, request).status for request in world.messengers.requests
    }
    return [one for body, status in calls.items() if status == 200 for one in json.loads(body).get("to", ())]


def test_who_got_a_call_of_the_others_is_in_no_call_that_is_made_again(keyed: World) -> None:
    everyone = people(keyed, 5)
    refuses(keyed, everyone[2])
    keyed.broadcast()
    keyed.plan()
    script, task = keyed.messengers.script, keyed.queues.sends[0]

    def dies(number: int, request: Request) -> Answer:
        if number == 1:
            raise KeyboardInterrupt
        return script(number, request)

    keyed.messengers.script = dies
    with pytest.raises(KeyboardInterrupt):
        keyed.send_one()
    keyed.messengers.script = lambda number, request: said(id="m")  # the wrong id is right by now
    keyed.at += LEASE + 5_000
    keyed.queues.sends = [task]
    keyed.drain()
    _, second, third = keyed.messengers.requests
    assert second.body == third.body
    assert everyone[2] not in json.loads(third.body)["to"]
    assert (keyed.figures().sent, dict(keyed.figures().failed)) == (4, {"gone": 1})


def test_the_call_of_a_dead_worker_is_not_made_again_when_somebody_has_left(keyed: World) -> None:
    everyone = people(keyed, 3)
    killed_after(keyed, 1)
    held = keyed.held(everyone[0], "pager")
    keyed.contacts.enter(held, [Fact(Action.WITHDRAWN, keyed.at, ("news",), source="keyword")])
    keyed.drain()
    assert len(keyed.messengers.requests) == 1
    assert keyed.figures().unknown == 3


def test_the_call_of_a_dead_worker_is_not_made_again_when_its_key_may_be_forgotten(keyed: World) -> None:
    people(keyed, 3)
    killed_after(keyed, 1)
    keyed.at += 21 * HOUR
    keyed.drain()
    assert len(keyed.messengers.requests) == 1
    assert keyed.figures().unknown == 3


def test_the_call_of_a_dead_worker_waits_while_the_account_is_in_trouble(keyed: World) -> None:
    people(keyed, 3)
    killed_after(keyed, 1)
    keyed.messengers.script = lambda number, request: said(402) if number == 1 else said(id="m")
    keyed.drain()
    assert keyed.figures().pending == 3
    planning.wish("b1", Wish.RESUME, keyed.services)
    keyed.drain()
    bodies = [one.body for one in keyed.messengers.requests]
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    assert keyed.figures().sent == 3


def test_a_stop_waits_for_the_call_that_is_made_again(keyed: World) -> None:
    everyone = people(keyed, 3)
    killed_after(keyed, 1)
    waits = []

    def during(number: int, _: Request) -> Answer:
        with pytest.raises(Unfinished):
            leave(keyed.held(everyone[1], "pager").id, Leaving(keyed.now(), "test"), keyed.services)
        waits.append(number)
        return said(id="m")

    keyed.messengers.script = during
    keyed.drain()
    assert waits
    leave(keyed.held(everyone[1], "pager").id, Leaving(keyed.now(), "test"), keyed.services)


def test_it_is_not_repeated_once_somebody_in_it_has_left(keyed: World) -> None:
    everyone = people(keyed, 3)

    def script(number: int, request: Request) -> Answer:
        held = keyed.held(everyone[0], "pager")
        keyed.contacts.enter(held, [Fact(Action.WITHDRAWN, keyed.at, ("news",), source="keyword")])
        return LOST

    keyed.messengers.script = script
    keyed.broadcast()
    keyed.drain()
    assert len(keyed.messengers.requests) == 1
    assert keyed.figures().unknown == 3


@pytest.fixture
def gathered(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, pager(GATHERED, quotas=lambda _account: (Quota(1, "day", "Asia/Shanghai"),)))
    return world


def test_a_whole_audience_leaves_in_one_call(gathered: World) -> None:
    everyone = people(gathered, 300)
    gathered.broadcast("Hello {{ name | default('you') }}")
    gathered.drain()
    (body,) = gathered.messengers.bodies
    assert sorted(body["to"]) == everyone
    assert body["text"].startswith("Hello you")
    assert gathered.figures().sent == 300
    assert len(gathered.broadcasts.progresses("b1", ["0-0", "0-1"])) == 1


def test_a_value_that_not_everybody_shares_is_refused_for_all(gathered: World) -> None:
    people(gathered, 2, name="Anna")
    gathered.broadcast("Hello {{ name }}")
    gathered.drain()
    assert dict(gathered.figures().skipped) == {"missing_value": 2}
    assert gathered.messengers.requests == []


def before_the_last_look(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Does something when the window is open and everybody is looked at once more."""
    known = world.contacts.known

    def looked(contacts: Any) -> Any:
        if len(contacts) > 1:
            act()
        return known(contacts)

    monkeypatch.setattr(world.contacts, "known", looked)


def leaves(world: World, person: str, patience: int = 0) -> None:
    contact = world.contacts.id_of(Identity("pager", "main", person))
    leaving.leave(contact, Leaving(world.at, "keyword", "e1"), world.services, patience)


def test_who_leaves_between_claim_and_call_is_not_in_it(
    gathered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(gathered, 4)
    claim = gathered.contacts.claim

    def claimed(wishes: Any) -> Any:
        found = claim(wishes)
        leaves(gathered, everyone[0])
        return found

    monkeypatch.setattr(gathered.contacts, "claim", claimed)
    gathered.broadcast()
    gathered.drain()
    assert sorted(reached(gathered)) == everyone[1:]
    assert dict(gathered.figures().skipped) == {"consent": 1}


def test_a_stop_while_the_call_may_be_leaving_has_to_wait(
    gathered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(gathered, 4)
    waits: list[bool] = []

    def script(number: int, request: Request) -> Answer:
        try:
            leaves(gathered, everyone[0])
            waits.append(False)
        except Unfinished:
            waits.append(True)
        return said(id="m")

    gathered.messengers.script = script
    gathered.broadcast()
    gathered.drain()
    assert waits == [True]
    leaves(gathered, everyone[0])


def test_the_door_has_the_time_to_claim_an_audience_whole_and_call(gathered: World) -> None:
    """30 seconds for 10,000 claims; with less than it needs the chunk waits a moment and begins anew."""
    everyone = people(gathered, 3)
    gathered.broadcast()
    gathered.plan()
    task = gathered.queues.sends[0]
    gathered.send_one(time_left=30_000)
    assert (gathered.queues.sends, gathered.queues.delays[-1]) == ([task], 1.0)
    assert gathered.messengers.requests == []
    timeout = template().properties("SendFunction")["Timeout"] * 1000
    gathered.send_one(time_left=timeout - 30_000)
    assert sorted(reached(gathered)) == everyone


def test_a_gathering_that_dies_before_the_call_is_made_again_whole(
    gathered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(gathered, 300)
    claim, calls = gathered.contacts.claim, []

    def dies(wishes: Any) -> Any:
        calls.append(len(wishes))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return claim(wishes)

    monkeypatch.setattr(gathered.contacts, "claim", dies)
    gathered.broadcast()
    gathered.plan()
    task = gathered.queues.sends[0]
    with pytest.raises(KeyboardInterrupt):
        gathered.send_one()
    gathered.at += 60_000
    gathered.queues.sends.append(task)
    gathered.drain()
    assert sorted(reached(gathered)) == everyone
    assert gathered.figures().sent == 300


def test_a_gathering_that_dies_after_the_opening_is_unknown_and_never_repeated(
    gathered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(gathered, 5)

    def script(number: int, request: Request) -> Answer:
        raise KeyboardInterrupt

    gathered.messengers.script = script
    gathered.broadcast()
    gathered.plan()
    task = gathered.queues.sends[0]
    with pytest.raises(KeyboardInterrupt):
        gathered.send_one()
    gathered.at += 60_000
    gathered.queues.sends.append(task)
    gathered.messengers.script = lambda number, request: said(id="m")
    gathered.drain()
    assert gathered.figures().unknown == 5
    assert len(gathered.messengers.requests) == 1


def test_a_used_up_quota_pauses_with_its_reason_and_counts_only_calls(gathered: World) -> None:
    people(gathered, 3)
    gathered.messengers.script = lambda number, request: said(402) if number == 0 else said(id="m")
    for name in ("b1", "b2", "b3"):
        gathered.broadcast(name=name)
        gathered.drain()
    found = [gathered.broadcasts.get(name) for name in ("b1", "b2", "b3")]
    assert [one.state for one in found if one] == [State.PAUSED, State.FINISHED, State.PAUSED]
    assert [one.reason for one in found if one] == ["pager/main: http_402", "", "pager/main: quota"]
    gathered.at += 24 * 3600 * 1000
    assert gathered.services.pacer.spend("pager/main", Quota(1, "day", "Asia/Shanghai"), gathered.at)


def test_a_notice_of_trouble_pauses_until_somebody_who_knows_resumes(world: World) -> None:
    people(world, 3)
    message = Message(template=Template("autumn", "de"))
    world.catalogue.note("pager/main", Notice(NOW + 1, "other", "de", trouble="is disabled"))
    world.catalogue.note("pager/main", Notice(NOW + 1, "autumn", "de", trouble="is paused"))
    world.catalogue.note("pager/main", Notice(NOW, "autumn", "de"))
    world.broadcast(message=message)
    world.drain()
    found = world.broadcasts.get("b1")
    assert found is not None
    assert (found.state, found.reason) == (State.PAUSED, "pager/main: template autumn is paused")
    assert world.messengers.requests == []
    planning.wish("b1", Wish.RESUME, world.services)
    world.catalogue.note("pager/main", Notice(NOW + 2, "autumn", "de", trouble="is disabled"))
    world.drain()
    again = world.broadcasts.get("b1")
    assert again is not None
    assert again.reason == "pager/main: template autumn is disabled"


def test_a_new_category_stops_a_broadcast_once(world: World) -> None:
    people(world, 3)
    world.broadcast(message=Message(template=Template("autumn", "de")))
    world.catalogue.note("pager/main", Notice(world.at + 5, "autumn", "de", category="marketing"))
    world.drain()
    found = world.broadcasts.get("b1")
    assert found is not None
    assert found.reason == "pager/main: template autumn category is now marketing"
    planning.wish("b1", Wish.RESUME, world.services)
    world.drain()
    assert world.figures().sent == 3


def test_a_country_the_messenger_delivers_no_marketing_to_is_a_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = people(world, 3)

    def barred(user: str, marketing: bool) -> str:
        return "country" if marketing and user == everyone[0] else ""

    registered(monkeypatch, pager(GROUPED, barred=barred))
    world.broadcast()
    world.drain()
    assert dict(world.figures().skipped) == {"country": 1}


def test_how_to_reach_somebody_comes_back_in_the_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Delivery] = []

    def build(delivery: Delivery, account: Any) -> tuple[Request, ...]:
        seen.append(delivery)
        return PAGER.build(delivery, replace(ACCOUNT, credentials={"access_token": ("t",)}))

    registered(monkeypatch, replace(PAGER, token=None, build=build))
    people(world, 1)
    held = world.held("5000", "pager")
    world.contacts.meet(held.id, held.identity, wrote(held.identity, world.at, conversation='{"id": "a:1"}'))
    world.broadcast()
    world.drain()
    assert [one.conversation for one in seen] == ['{"id": "a:1"}']


SILENT = replace(GROUPED, echoes=False, receipts=frozenset({"delivered", "read"}))


@pytest.fixture
def unechoed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, pager(SILENT))
    return world


def test_a_receipt_finds_its_recipient_by_the_messages_id(unechoed: World) -> None:
    people(unechoed, 1)
    unechoed.messengers.script = lambda number, request: Answer(200, body=b"{}")
    unechoed.broadcast()
    unechoed.drain()
    unechoed.broadcasts.name("pager/main", "b1", "0-0", {0: "m7"})
    told = Receipt("", ReceiptStatus.READ, unechoed.at, "5000", "m7")
    receipts.take([("pager/main", told)], unechoed.services)
    assert unechoed.figures().read == 1


def test_an_id_that_many_share_is_told_apart_by_the_person(unechoed: World) -> None:
    everyone = people(unechoed, 5)
    unechoed.broadcast()
    unechoed.drain()
    told = [
        ("pager/main", Receipt("", ReceiptStatus.DELIVERED, unechoed.at, one, "m0")) for one in everyone[:2]
    ]
    stranger = ("pager/main", Receipt("", ReceiptStatus.DELIVERED, unechoed.at, "999", "m0"))
    receipts.take([*told, told[0], stranger], unechoed.services)
    assert unechoed.figures().delivered == 2


def test_a_receipt_that_is_faster_than_our_note_comes_again(unechoed: World) -> None:
    early = Receipt("", ReceiptStatus.DELIVERED, unechoed.at, "5000", "m-early")
    assert receipts.take([("pager/main", early)], unechoed.services) == 0
    assert unechoed.queues.told == [("pager/main", early)]
    unechoed.at += 30_000
    unechoed.queues.told.clear()
    receipts.take([("pager/main", early)], unechoed.services)
    assert unechoed.queues.told == []


def test_a_watermark_concerns_all_that_came_before_it(unechoed: World) -> None:
    people(unechoed, 1)
    for name in ("b1", "b2"):
        unechoed.broadcast(name=name)
        unechoed.drain()
        unechoed.at += 10_000
    first = unechoed.held("5000", "pager").claims[1].at
    receipts.take([("pager/main", Receipt("", ReceiptStatus.READ, first, "5000"))], unechoed.services)
    assert (unechoed.figures("b1").read, unechoed.figures("b2").read) == (1, 0)


@pytest.fixture
def tokened(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    registered(monkeypatch, replace(PAGER, batch=None))
    return world


def token_of(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def test_a_token_that_is_refused_is_renewed_once_and_the_broadcast_goes_on(tokened: World) -> None:
    people(tokened, 20)
    tokens: list[str] = []

    def script(number: int, request: Request) -> Answer:
        if request.url.endswith("/token"):
            tokens.append(f"t{len(tokens) + 1}")
            return said(token=tokens[-1], seconds=3600)
        return said(200 if token_of(request) == "t2" else 401)

    tokened.messengers.script = script
    tokened.broadcast()
    tokened.drain()
    assert tokens == ["t1", "t2"]
    assert tokened.figures().sent == 20


def test_a_token_that_is_refused_whatever_it_is_pauses_the_broadcast(tokened: World) -> None:
    people(tokened, 20)

    def script(number: int, request: Request) -> Answer:
        return said(token=f"t{number}", seconds=3600) if request.url.endswith("/token") else said(401)

    tokened.messengers.script = script
    tokened.broadcast()
    tokened.drain()
    found = tokened.broadcasts.get("b1")
    assert found is not None
    assert found.state is State.PAUSED
    assert tokened.figures().pending == 20
    assert len(tokened.messengers.requests) < 80


def test_credentials_that_get_no_token_pause_with_the_messengers_code(tokened: World) -> None:
    people(tokened, 2)
    tokened.messengers.script = lambda number, request: said(400)
    tokened.broadcast()
    tokened.drain()
    found = tokened.broadcasts.get("b1")
    assert found is not None
    assert (found.state, found.reason) == (State.PAUSED, "pager/main: http_400")
