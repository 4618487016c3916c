"""viberbot, Viber's own library, takes our sandbox's webhooks for Viber's, and our messages for messages.

Its newest release is 1.0.12 (2026-11-23); where that is behind the API, the tests say so with the date.
"""

import hashlib
import hmac
import json
from types import SimpleNamespace
from typing import Any

import pytest
from viberbot import Api, BotConfiguration
from viberbot.api import api_request_sender
from viberbot.api.messages import get_message
from viberbot.api.viber_requests import EVENT_TYPE_TO_CLASS

from tests.specs.oracles.recorded import Answer, Webhook, answers, calls, changed, credential, lost, webhooks

TOKEN = credential("viber", "auth_token")
API = Api(BotConfiguration(auth_token=TOKEN, name="Testcafé", avatar=""))
WEBHOOKS = webhooks("viber")
SENDS = ("/pa/send_message", "/pa/broadcast_message")

# What Viber tells of a person's file (developers.viber.com, REST bot API, 2026-11-22) and 1.0.12 leaves out.
NOT_READ = {".size", ".file_name"}
# The library reads what a message is about; whom it goes to and who sends it, it adds itself.
ADDED = {".receiver", ".sender", ".broadcast_list"}


def _signature(hook: Webhook) -> str:
    return hook.headers["x-viber-content-signature"]


@pytest.mark.parametrize("hook", WEBHOOKS)
def test_a_webhook_is_signed(hook: Webhook) -> None:
    assert API.verify_signature(hook.body, _signature(hook))
    assert hook.query == f"sig={_signature(hook)}"


def test_a_changed_signature_or_body_is_refused() -> None:
    hook = WEBHOOKS[0]
    for other in changed(_signature(hook)):
        assert not API.verify_signature(hook.body, other)
    for body in changed(hook.body.decode()):
        assert not API.verify_signature(body.encode(), _signature(hook))


@pytest.mark.parametrize("hook", WEBHOOKS)
def test_an_event_is_read_as_it_was_told(hook: Webhook) -> None:
    told, read = hook.json, API.parse_request(hook.body)
    assert type(read) is EVENT_TYPE_TO_CLASS[told["event"]]
    assert (read.event_type, read.timestamp) == (told["event"], told["timestamp"])
    for name in ("message_token", "user_id", "context", "subscribed", "type", "silent"):
        if name in told and hasattr(read, name):
            assert getattr(read, name) == told[name], name
    for name, person in (("sender", "sender"), ("user", "user")):
        if name in told:
            profile = getattr(read, person)
            kept = {
                one: getattr(profile, one) for one in ("id", "name", "country", "language", "api_version")
            }
            assert lost(told[name], kept) == []


def test_peoples_messages_are_read_as_they_were_told() -> None:
    messages = [hook for hook in WEBHOOKS if hook.json["event"] == "message"]
    missing = [lost(one.json["message"], API.parse_request(one.body).message.to_dict()) for one in messages]
    assert set().union(*missing) == NOT_READ


def test_every_event_that_our_sandbox_tells_was_among_them() -> None:
    told = {hook.json["event"] for hook in WEBHOOKS}
    assert told == {
        *("message", "subscribed", "unsubscribed", "conversation_started"),
        *("delivered", "seen", "webhook"),
    }


def test_our_messages_are_messages() -> None:
    bodies = [one.json for one in calls("viber") if one.path in SENDS]
    messages = [get_message(body) for body in bodies]
    assert all(one.validate() for one in messages)
    missing = [lost(body, one.to_dict()) for body, one in zip(bodies, messages, strict=True)]
    assert set().union(*missing) == ADDED
    assert {body["type"] for body in bodies} >= {"text", "picture", "url"}


def _answering(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """Has the library get this answer to its next call."""

    def post(url: str, **_: Any) -> Any:
        return SimpleNamespace(text=json.dumps(answer.json), raise_for_status=lambda: None)

    monkeypatch.setattr(api_request_sender.requests, "post", post)


def _answered(path: str, *, accepted: bool) -> list[Answer]:
    found = [one for one in answers("viber") if one.call.path == path and one.status == 200]
    return [one for one in found if (one.json["status"] == 0) == accepted]


@pytest.mark.parametrize("answer", _answered("/pa/send_message", accepted=True))
def test_an_accepted_send_gives_its_token(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    _answering(monkeypatch, answer)
    message = get_message({"type": "text", "text": "x"})
    assert API.send_messages("x", [message]) == [answer.json["message_token"]]


@pytest.mark.parametrize("answer", _answered("/pa/send_message", accepted=False))
def test_a_refused_send_is_an_error(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    _answering(monkeypatch, answer)
    message = get_message({"type": "text", "text": "x"})
    with pytest.raises(Exception, match=f"failed with status: {answer.json['status']}"):
        API.send_messages("x", [message])


def test_the_account_and_its_webhook_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    [info] = _answered("/pa/get_account_info", accepted=True)
    _answering(monkeypatch, info)
    assert API.get_account_info()["uri"] == "testcafe"
    [webhook] = _answered("/pa/set_webhook", accepted=True)
    _answering(monkeypatch, webhook)
    assert set(API.set_webhook("https://api.example.org/x")) >= {"delivered", "seen", "message"}


@pytest.mark.parametrize("event", ["client_status"])
def test_an_event_that_the_library_does_not_know(event: str) -> None:
    """client_status is documented, and the library raises on it (1.0.12, 2026-11-23): it cannot judge it."""
    body = json.dumps({"event": event, "timestamp": 1, "status": {"code": 0}}).encode()
    assert API.verify_signature(body, hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest())
    with pytest.raises(Exception, match="event type 'client_status' is not supported"):
        API.parse_request(body)
