"""The doors behind queues: what fails comes back, the rest is done, and order is kept where it counts."""

import json
import time
from typing import Any

import pytest
import time_machine

from rundruf.core.broadcast import State
from rundruf.messengers.contract import Answer
from tests.api.client import Client
from tests.functions.doors import Doors, LambdaContext, failed, records
from tests.functions.test_webhook import telegram, update

GOOD = {"name": "Autumn", "topic": "news", "message": {"text": "Hello {{ name | default('you') }}"}}
POISON = ("no json", "null", "[]", "5", "{}", '{"account": 5}', '"x"', "[" * 100_000)


def heard(doors: Doors, *updates: dict[str, Any]) -> list[tuple[str, str]]:
    """(FIFO group, body) of what the webhook queues for these."""
    for one in updates:
        assert doors("webhook", telegram(one))["statusCode"] == 200
    found = doors.stack.client("sqs").receive_message(
        QueueUrl=doors.stack.queue("inbox"), MaxNumberOfMessages=10, AttributeNames=["All"]
    )["Messages"]
    return [(one["Attributes"]["MessageGroupId"], one["Body"]) for one in found]


def texts(doors: Doors) -> list[tuple[str, str]]:
    """(to whom, text) of everything that was sent to Telegram."""
    bodies = [json.loads(request.body) for request in doors.requests]
    return [(str(body["chat_id"]), str(body["text"])) for body in bodies if "text" in body]


def started(api: Client, **more: Any) -> str:
    return str(api.post("/v1/broadcasts", GOOD | more)["id"])


def test_what_people_write_is_answered_once(doors: Doors, api: Client) -> None:
    ((group, body),) = heard(doors, update("HELP"))
    for _ in range(2):
        assert failed(doors("inbox", records(body, groups=(group,)))) == []
    assert [to for to, _ in texts(doors)] == ["4711"]


def test_the_rest_of_a_persons_messages_waits_for_the_one_that_failed(doors: Doors, api: Client) -> None:
    (mine, first), (_, second), (other, third) = heard(
        doors, update("HELP", number=1), update("HELP", number=2), update("HELP", person=4712, number=3)
    )
    batch = records("broken", first, third, second, groups=(mine, mine, other, mine))
    assert failed(doors("inbox", batch)) == ["m0", "m1", "m3"]
    assert [to for to, _ in texts(doors)] == ["4712"]


@pytest.mark.parametrize("door", ["inbox", "broadcast", "send", "receipts"])
def test_what_cannot_be_read_comes_back_for_the_dead_letters(doors: Doors, api: Client, door: str) -> None:
    groups = tuple(str(number) for number in range(len(POISON))) if door == "inbox" else ()
    assert len(failed(doors(door, records(*POISON, groups=groups)))) == len(POISON)


def test_a_broadcast_is_planned_into_the_send_queue(doors: Doors, api: Client, anna: str) -> None:
    made = started(api)
    (message,) = doors.stack.messages("plan")
    assert failed(doors("broadcast", records(message))) == []
    assert doors.stack.messages("send") == [{"broadcast": made, "chunk": "0-0", "account": "telegram/main"}]
    shown = api.get(f"/v1/broadcasts/{made}")
    assert (shown["state"], shown["figures"]["audience"], shown["figures"]["pending"]) == ("sending", 1, 1)


def test_planning_twice_makes_the_same_chunks(doors: Doors, api: Client, anna: str) -> None:
    made = started(api)
    (message,) = doors.stack.messages("plan")
    assert failed(doors("broadcast", records(message, message))) == []
    assert {json.dumps(one) for one in doors.stack.messages("send")} == {
        json.dumps({"broadcast": made, "chunk": "0-0", "account": "telegram/main"})
    }
    assert api.get(f"/v1/broadcasts/{made}")["figures"]["audience"] == 1


def test_an_unknown_broadcast_is_let_go(doors: Doors, api: Client) -> None:
    assert failed(doors("broadcast", records({"broadcast": "none"}))) == []


def sent(doors: Doors, api: Client) -> tuple[str, dict[str, Any]]:
    """A broadcast that is planned and its one task."""
    made = started(api)
    doors("broadcast", records(*doors.stack.messages("plan")))
    (task,) = doors.stack.messages("send")
    return made, task


def test_a_chunk_is_sent_once_however_often_it_is_told(doors: Doors, api: Client, anna: str) -> None:
    made, task = sent(doors, api)
    for _ in range(3):
        assert failed(doors("send", records(task))) == []
    ((to, text),) = texts(doors)
    assert (to, text.startswith("Hello Anna Ascheberg")) == ("4711", True)
    shown = api.get(f"/v1/broadcasts/{made}")
    assert (shown["state"], shown["figures"]["sent"]) == ("finished", 1)


def test_one_task_that_fails_keeps_no_other_back(doors: Doors, api: Client, anna: str) -> None:
    _, task = sent(doors, api)
    assert failed(doors("send", records("broken", task))) == ["m0"]
    assert len(texts(doors)) == 1


def test_without_time_nobody_is_claimed(doors: Doors, api: Client, anna: str) -> None:
    made, task = sent(doors, api)
    doors("send", records(task), LambdaContext(left=5_000))
    assert doors.requests == []
    assert api.get(f"/v1/broadcasts/{made}")["figures"]["pending"] == 1


def test_a_blocked_bot_ends_consent(doors: Doors, api: Client, anna: str) -> None:
    made, task = sent(doors, api)
    said = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    doors.answers.append(Answer(403, body=json.dumps(said).encode()))
    assert failed(doors("send", records(task))) == []
    assert api.get(f"/v1/broadcasts/{made}")["figures"]["failed"] == {"withdraw": 1}
    assert api.get(f"/v1/contacts/{anna}")["consent"]["topics"] == []


def told(delivery: str, status: str) -> dict[str, Any]:
    return {"delivery": delivery, "status": status, "at": 1, "user_id": "", "aliases": [], "outcome": None}


def test_receipts_are_booked_and_broken_ones_come_back(doors: Doors, api: Client, anna: str) -> None:
    made, task = sent(doors, api)
    doors("send", records(task))
    good = {
        "account": "telegram/main",
        "receipts": [told(f"{made}:0-0:0", "delivered"), told(f"{made}:0-0:0", "read")],
    }
    foreign = {
        "account": "telegram/main",
        "receipts": [told("none:0-0:0", "read"), told("x", "read"), told("", "read")],
    }
    for _ in range(2):
        assert failed(doors("receipts", records(good, "broken", foreign))) == ["m1"]
    (line,) = api.get(f"/v1/broadcasts/{made}/recipients")["recipients"]
    assert (line["delivered"], line["read"]) == (True, True)
    assert not [item for item in doors.stack.items() if item["pk"]["S"].startswith("b#none")]


def test_the_tick_starts_what_is_due_once(doors: Doors, api: Client, anna: str) -> None:
    weekly = GOOD | {"schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"}}
    with time_machine.travel("2026-05-06T12:00Z", tick=False) as clock:
        newsletter = api.post("/v1/newsletters", weekly)["id"]
        later = api.post("/v1/broadcasts", GOOD | {"send_at": "2026-05-11T07:00:30Z"})["id"]
        clock.move_to("2026-05-11T06:59:59Z")
        assert doors("newsletter", {}) == {"started": 0}
        clock.move_to("2026-05-11T07:00:40Z")
        assert doors("newsletter", {}) == {"started": 2}
        assert doors("newsletter", {}) == {"started": 0}
        assert {one["broadcast"] for one in doors.stack.messages("plan")} >= {later}
        issues = [one for one in api.get("/v1/broadcasts")["broadcasts"] if one["newsletter"] == newsletter]
        assert [one["state"] for one in issues] == ["planning"]
        assert api.get(f"/v1/newsletters/{newsletter}")["next_at"] == "2026-05-18T07:00:00Z"
        clock.move_to("2026-06-02T06:00Z")
        assert [doors("newsletter", {})["started"] for _ in range(2)] == [1, 0]
        clock.move_to("2026-06-12T12:00Z")
        assert [doors("newsletter", {})["started"] for _ in range(2)] == [0, 0]


def test_a_paused_newsletter_stays_at_home(doors: Doors, api: Client, anna: str) -> None:
    with time_machine.travel("2026-05-06T12:00Z", tick=False) as clock:
        made = api.post("/v1/newsletters", GOOD | {"schedule": {"at": "2026-05-07T07:00:00Z"}})["id"]
        api.post(f"/v1/newsletters/{made}/pause")
        clock.move_to("2026-05-08T12:00Z")
        assert doors("newsletter", {}) == {"started": 0}


def test_a_started_one_is_settled_by_the_tick(doors: Doors, api: Client, anna: str) -> None:
    """The last chunk was closed, and the worker died before it could say so."""
    made, task = sent(doors, api)
    doors("send", records(task))
    store = api.wiring.broadcasts
    assert store.move(made, State.SENDING, (State.FINISHED,)) is not None
    with time_machine.travel(time.time() + 6 * 60):
        doors("newsletter", {})
    found = store.get(made)
    assert found is not None
    assert found.state is State.FINISHED
