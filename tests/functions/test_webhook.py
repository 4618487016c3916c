"""The webhook door: genuine or 401, stopped before the 200, everything else queued."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from rundruf.core.consent import Consent
from rundruf.core.contact import Identity
from tests.api.client import Client, http_event
from tests.api.conftest import TELEGRAM, WHATSAPP
from tests.functions.conftest import topics
from tests.functions.doors import Doors
from tests.support.people import NOW

NUMBER = "491700000001"


def update(text: str = "Hi", person: int = 4711, number: int = 1, at: int = NOW // 1000) -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    message = {
        "message_id": number,
        "date": at,
        "chat": {"id": person, "type": "private"},
        "from": sender,
        "text": text,
    }
    return {"update_id": number, "message": message}


def called(
    messenger: str,
    body: Any,
    headers: dict[str, str] | None = None,
    account: str = "main",
    method: str = "POST",
    query: str = "",
) -> dict[str, Any]:
    path = f"/webhooks/{messenger}/{account}"
    return http_event(
        method,
        path + query,
        body,
        headers=headers,
        scopes=None,
        parameters={"messenger": messenger, "account": account},
        route=f"{method} /webhooks/{{messenger}}/{{account}}",
    )


def telegram(body: Any, **more: Any) -> dict[str, Any]:
    return called("telegram", body, {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM["secret_token"]}, **more)


def signed(body: bytes) -> dict[str, str]:
    digest = hmac.new(WHATSAPP["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "content-type": "application/json"}


def whatsapp(content: dict[str, Any], encoded: bool = False) -> dict[str, Any]:
    metadata = {"display_phone_number": "4930123456", "phone_number_id": WHATSAPP["phone_number_id"]}
    value = {"messaging_product": "whatsapp", "metadata": metadata} | content
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False)
    return called("whatsapp", body.encode() if encoded else body, signed(body.encode()))


def status(number: int, what: str, delivery: str) -> dict[str, Any]:
    return {
        "id": f"wamid.{number}",
        "status": what,
        "timestamp": str(NOW // 1000),
        "recipient_id": NUMBER,
        "biz_opaque_callback_data": delivery,
    }


def waiting(doors: Doors, queue: str) -> list[dict[str, Any]]:
    """Messages with their FIFO attributes."""
    found: list[dict[str, Any]] = (
        doors.stack.client("sqs")
        .receive_message(QueueUrl=doors.stack.queue(queue), MaxNumberOfMessages=10, AttributeNames=["All"])
        .get("Messages", [])
    )
    return found


def test_an_event_is_queued_by_its_contact(doors: Doors, api: Client) -> None:
    assert doors("webhook", telegram(update("Grüße 🍲")))["statusCode"] == 200
    (message,) = waiting(doors, "inbox")
    contact = api.wiring.contacts.id_of(Identity("telegram", "main", "4711"))
    assert message["Attributes"]["MessageGroupId"] == contact
    assert (
        message["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"telegram/main\x001").hexdigest()
    )
    body = json.loads(message["Body"])
    assert (body["account"], body["contact"], body["event"]["text"]) == ("telegram/main", contact, "Grüße 🍲")


def test_a_body_in_base64_is_the_same_body(doors: Doors, api: Client) -> None:
    message = {
        "from": NUMBER,
        "id": "wamid.1",
        "timestamp": str(NOW // 1000),
        "type": "text",
        "text": {"body": "Grüße"},
    }
    for encoded in (False, True):
        assert doors("webhook", whatsapp({"messages": [message]}, encoded))["statusCode"] == 200
    assert doors("webhook", telegram(json.dumps(update()).encode()))["statusCode"] == 200
    assert [json.loads(one["Body"])["event"]["text"] for one in waiting(doors, "inbox")] == ["Grüße", "Hi"]


def test_the_same_event_is_queued_once_and_always_answered(doors: Doors, api: Client) -> None:
    assert [doors("webhook", telegram(update()))["statusCode"] for _ in range(5)] == [200] * 5
    assert len(waiting(doors, "inbox")) == 1


@pytest.mark.parametrize("text", ["STOP", "stopp!", "S T O P", "Stop all"])
def test_a_stop_is_in_force_with_the_200(doors: Doors, api: Client, anna: str, text: str) -> None:
    assert doors("webhook", telegram(update(text)))["statusCode"] == 200
    assert topics(api, anna) == []
    (message,) = waiting(doors, "inbox")
    assert json.loads(message["Body"])["applied"] == "stop"


def test_what_is_no_stop_ends_nothing(doors: Doors, api: Client, anna: str) -> None:
    doors("webhook", telegram(update("Don't stop")))
    assert topics(api, anna) == ["news", "recipes"]


def test_a_stop_that_cannot_be_kept_is_not_answered(
    doors: Doors, api: Client, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Consent:
        raise ConnectionError("down")

    with monkeypatch.context() as patch:
        patch.setattr(doors.module("webhook").wiring.contacts, "enter", broken)
        answer = doors("webhook", telegram(update("STOP")))
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")
    assert waiting(doors, "inbox") == []
    assert doors("webhook", telegram(update("STOP")))["statusCode"] == 200
    assert topics(api, anna) == []


@pytest.mark.parametrize(
    ("messenger", "account"),
    [("pigeon", "main"), ("telegram", "other"), ("", ""), ("telegram", "x" * 2000), ("telegram", "../main")],
)
def test_an_unknown_address_is_not_found(doors: Doors, api: Client, messenger: str, account: str) -> None:
    answer = doors("webhook", called(messenger, update(), account=account))
    assert (answer["statusCode"], answer["body"]) == (404, "")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
        {"X-Telegram-Bot-Api-Secret-Token": "ü" * 9_000},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"Authorization": f"Bearer {TELEGRAM['secret_token']}"},
    ],
    ids=lambda headers: str(headers)[:60],
)
def test_what_is_not_genuine_changes_nothing(
    doors: Doors, api: Client, anna: str, headers: dict[str, str]
) -> None:
    answers = [doors("webhook", called(name, update("STOP"), headers)) for name in ("telegram", "whatsapp")]
    assert {(one["statusCode"], one["body"]) for one in answers} == {(401, "not genuine")}
    assert topics(api, anna) == ["news", "recipes"]
    assert waiting(doors, "inbox") == []


def test_a_body_that_is_not_base64_is_not_genuine(doors: Doors, api: Client) -> None:
    event = whatsapp({}) | {"body": "not base64!", "isBase64Encoded": True}
    assert doors("webhook", event)["statusCode"] == 401


def test_a_handshake_echoes_the_challenge_of_those_who_know(doors: Doors, api: Client) -> None:
    query = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    right = doors("webhook", called("whatsapp", None, method="GET", query=query + WHATSAPP["verify_token"]))
    assert (right["statusCode"], right["body"]) == (200, "1158201444")
    assert right["headers"]["content-type"].startswith("text/plain")
    wrong = doors("webhook", called("whatsapp", None, method="GET", query=query + "wrong"))
    assert wrong["statusCode"] == 403
    assert "1158201444" not in wrong["body"]


def test_what_is_genuine_and_not_understood_is_acknowledged(doors: Doors, api: Client) -> None:
    for body in (b"", b"no json", b"[]", b'{"object": 5}', b"\xff\xfe", b"[" * 100_000):
        answer = doors("webhook", called("whatsapp", body, signed(body)))
        assert answer["statusCode"] == 200, body[:20]
        assert doors("webhook", telegram(body))["statusCode"] == 200, body[:20]
    assert waiting(doors, "inbox") == []


def test_receipts_of_a_body_are_one_message(doors: Doors, api: Client) -> None:
    told = [status(number, "delivered", f"b1:0-0:{number}") for number in range(30)]
    assert doors("webhook", whatsapp({"statuses": told}))["statusCode"] == 200
    (message,) = waiting(doors, "receipts")
    body = json.loads(message["Body"])
    assert (body["account"], len(body["receipts"])) == ("whatsapp/main", 30)
    assert NUMBER not in message["Body"]


def test_a_body_has_a_size(doors: Doors, api: Client) -> None:
    large = 4 * 1024 * 1024
    for body in ("x" * (large + 1), b"x" * (large + 1)):
        assert doors("webhook", called("whatsapp", body))["statusCode"] == 413
    assert doors("webhook", called("whatsapp", "x" * large))["statusCode"] == 401


def test_a_table_that_is_gone_is_told_as_come_again(doors: Doors, api: Client) -> None:
    doors.stack.client("dynamodb").delete_table(TableName=doors.stack.table)
    answer = doors("webhook", telegram(update("STOP")))
    assert (answer["statusCode"], answer["body"]) == (503, "")
    assert int(answer["headers"]["retry-after"]) > 0


def test_a_queue_that_is_gone_is_told_as_come_again(doors: Doors, api: Client) -> None:
    doors.stack.client("sqs").delete_queue(QueueUrl=doors.stack.queue("inbox"))
    assert doors("webhook", telegram(update()))["statusCode"] == 503


def through_function_url(event: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The event as a function URL hands it over: it knows no patterns."""
    sent = {name: value for name, value in event.items() if name != "pathParameters"}
    context = event["requestContext"] | {"routeKey": "$default", "stage": "$default"}
    return sent | {
        "routeKey": "$default",
        "rawPath": path or event["rawPath"],
        "requestContext": context,
    }


def test_a_stop_through_a_function_url_counts(doors: Doors, api: Client, anna: str) -> None:
    assert doors("webhook", through_function_url(telegram(update("STOP"))))["statusCode"] == 200
    assert topics(api, anna) == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/webhooks/telegram",
        "/webhooks/telegram/main/more",
        "/hooks/telegram/main",
        "/webhooks/telegram/",
        "//telegram/main",
    ],
)
def test_a_function_url_has_no_other_paths(doors: Doors, api: Client, path: str) -> None:
    assert doors("webhook", through_function_url(telegram(update()), path))["statusCode"] == 404
