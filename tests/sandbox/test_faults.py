"""What can go wrong goes wrong on demand, and the oracle tells it."""

import hashlib
import json
import time
from typing import Any

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox

TEXT: dict[str, Any] = {"type": "text", "text": {"body": "Guten Tag"}}


def test_the_next_sends_are_refused_as_ordered(sandbox: Sandbox, anna: str) -> None:
    sandbox.switch("whatsapp", refuse={"next": 2, "code": 131000})
    assert [sandbox.send(**TEXT).status_code for _ in range(3)] == [500, 500, 200]
    sandbox.switch("whatsapp", refuse={"next": 1, "code": 131048, "status": 403})
    answer = sandbox.send(**TEXT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, 131048)


def test_telegram_refuses_as_ordered(sandbox: Sandbox, jonas: str) -> None:
    sandbox.switch("telegram", refuse={"next": 1, "code": 429, "retry_after": 7})
    answer = sandbox.bot("sendMessage", chat_id=5300000017, text="x")
    assert answer.json()["parameters"] == {"retry_after": 7}
    sandbox.switch("telegram", refuse={"next": 1, "code": 502})
    assert sandbox.bot("sendMessage", chat_id=5300000017, text="x").status_code == 502


def test_a_lost_answer_is_an_accepted_message(sandbox: Sandbox, anna: str) -> None:
    sandbox.switch("whatsapp", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        sandbox.send(**TEXT)
    entry = sandbox.log()[-1]
    assert (entry["accepted"], entry["lost"], entry["replied_ms"]) == (True, True, None)
    assert sandbox.chat(anna)["messages"][-1]["text"] == "Guten Tag"
    assert sandbox.send(**TEXT).status_code == 200


def test_a_lost_answer_of_telegram(sandbox: Sandbox, jonas: str) -> None:
    sandbox.switch("telegram", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        sandbox.bot("sendMessage", chat_id=5300000017, text="x")
    assert sandbox.api("GET", "/api/log/counts")["telegram/main"]["lost"] == 1


def test_a_slow_answer_comes_after_the_message_was_taken(sandbox: Sandbox, anna: str) -> None:
    sandbox.switch("whatsapp", slow_ms=300)
    begun = time.monotonic()
    assert sandbox.send(**TEXT).status_code == 200
    assert time.monotonic() - begun >= 0.3
    entry = sandbox.log()[-1]
    assert entry["replied_ms"] - entry["at_ms"] >= 295


def test_events_come_twice_on_demand(sandbox: Sandbox, receiver: Receiver, jonas: str) -> None:
    receiver.clear()
    sandbox.switch("telegram", duplicate_events=True)
    sandbox.does(jonas, "text", text="Hallo")
    sandbox.does(jonas, "text", text="noch eins")
    assert [call.json["message"]["text"] for call in receiver.calls][:3] == ["Hallo", "Hallo", "noch eins"]


def test_an_unknown_switch_is_refused(sandbox: Sandbox) -> None:
    told = sandbox.api("PATCH", "/api/accounts/whatsapp/main", {"sloww_ms": 1}, 400)
    assert "sloww_ms" in told["detail"]
    assert sandbox.api("PATCH", "/api/accounts/whatsapp/nobody", {}, 404)["error"] == "unknown_account"


def test_the_oracle_tells_every_send(sandbox: Sandbox, anna: str) -> None:
    body = json.dumps({"messaging_product": "whatsapp", "to": "+491713920001", **TEXT}).encode()
    headers = {"Authorization": "Bearer main-token", "Content-Type": "application/json"}
    url = f"{sandbox.whatsapp}/v25.0/10650001/messages"
    assert sandbox.http.post(url, data=body, headers=headers, timeout=PATIENCE).status_code == 200
    sandbox.send(**TEXT, biz_opaque_callback_data="d-2")
    sandbox.send(type="text", text={"body": ""})
    first, second, third = sandbox.log()
    assert first["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert first["at_ms"] <= first["replied_ms"] <= second["at_ms"]
    assert (second["user"], second["kind"], second["text"]) == ("491713920001", "text", "Guten Tag")
    assert (second["delivery"], second["accepted"], second["code"]) == ("d-2", True, 0)
    assert (third["n"], third["accepted"]) == (second["n"] + 1, False)
    assert sandbox.log(since=second["n"]) == [third]
    assert sandbox.log(messenger="telegram") == []
    assert sandbox.log(account="main", limit=1) == [first]
    counts = sandbox.api("GET", "/api/log/counts?messenger=whatsapp")["whatsapp/main"]
    assert (counts["accepted"], counts["users"], counts["kinds"]) == (2, 1, {"text": 2})
