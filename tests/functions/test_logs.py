"""Canaries: made-up people, texts and secrets go through every door and failure, and no log names them."""

import io
import json
import traceback
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from rundruf.aws import keys
from rundruf.messengers.contract import Answer, Failure
from tests.api.client import Client, http_event
from tests.functions import test_unsubscribe, test_webhook
from tests.functions.conftest import leave_token
from tests.functions.doors import Doors, listening, records
from tests.functions.test_authorizer import asked
from tests.functions.test_webhook import telegram, update, whatsapp
from tests.support.stack import Stack

PHONE, CHAT = "4917499980017", 99_817_263_541
NAME, TEXT, KEY = "Kanarina Vogelsang", "Zwitscherzeile Nummer eins", "rundruf_Kanarienschluessel0123456789"
WHATSAPP = {
    "app_secret": "canaryAppSecret0123456789abcdef0",
    "access_token": "EAAcanaryAccessToken",
    "verify_token": "canaryVerifyToken",
    "phone_number_id": "106540352242922",
}
TELEGRAM = {"bot_token": "817263541:canaryBotToken", "secret_token": "canarySecretToken"}
CANARIES = (
    PHONE,
    str(CHAT),
    NAME,
    "Vogelsang",
    TEXT,
    "Zwitscher",
    KEY,
    "canary",
    b64encode(PHONE.encode()).decode()[:-2],
)
MESSAGE = {"text": TEXT, "template": {"name": "autumn", "language": "de", "parameters": [TEXT]}}
FAILURES = (
    Answer(400, body=json.dumps({"ok": False, "description": f"Bad Request: {PHONE} {TEXT}"}).encode()),
    Answer(403, body=json.dumps({"ok": False, "description": f"Forbidden: {NAME}"}).encode()),
    Answer(401, body=f"{TELEGRAM['bot_token']}".encode()),
    Answer(500, body=f"<html>{PHONE} {TEXT}".encode()),
    Answer(0, failure=Failure.AMBIGUOUS),
    Answer(0, failure=Failure.NOT_SENT),
)


@pytest.fixture(autouse=True)
def canaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helpers of the other tests sign with these accounts here."""
    monkeypatch.setattr(test_webhook, "WHATSAPP", WHATSAPP)
    monkeypatch.setattr(test_webhook, "TELEGRAM", TELEGRAM)


class Story:
    """Everything that can happen, told to the doors; what they let out is written as Lambda does."""

    def __init__(self, doors: Doors, heard: io.StringIO) -> None:
        self.doors, self.heard = doors, heard

    def tell(self, door: str, event: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.doors(door, event)
        except Exception:
            self.heard.write(traceback.format_exc())
            return {}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.tell("api", http_event(method, path, body, **more))
        return json.loads(answer["body"]) if answer.get("body", "").startswith("{") else {}

    def begin(self) -> None:
        self.ask("PUT", "/v1/accounts/whatsapp/main", {"address": "+49301", "credentials": WHATSAPP})
        self.ask("PUT", "/v1/accounts/telegram/main", {"address": "bot", "credentials": TELEGRAM})
        self.ask("POST", "/v1/topics", {"id": "news", "name": {"de": "Neues"}})
        consent = {"source": NAME, "at": "2026-05-01T00:00:00Z"}
        for messenger, user in (("whatsapp", PHONE), ("telegram", str(CHAT))):
            body = {
                "messenger": messenger,
                "account": "main",
                "user_id": user,
                "name": NAME,
                "topics": ["news"],
                "consent": consent,
            }
            self.ask("POST", "/v1/contacts", body, headers={"Idempotency-Key": NAME.replace(" ", "")})
            self.ask("POST", "/v1/contacts", body | {"user_id": f"{user}x", "name": NAME * 20})
            self.ask("GET", f"/v1/contacts?messenger={messenger}&account=main&user_id={user}")
        header = "messenger,account,user_id,name,topics,consent_source,consent_at"
        csv = f"{header}\ntelegram,main,{CHAT},{NAME},,,\n{NAME},,{PHONE},,,,\n"
        self.ask("POST", "/v1/contacts/import", csv, headers={"content-type": "text/csv"})
        self.ask("POST", "/v1/contacts/import", f'"{NAME}', headers={"content-type": "text/csv"})
        self.ask("GET", f"/v1/contacts/{PHONE}")
        self.ask("POST", "/v1/topics", f'{{"{NAME}": ', headers={"content-type": "application/json"})

    def keys(self) -> None:
        for authorization in (f"Bearer {KEY}", f"Bearer {KEY}x", f"Basic {KEY}", None):
            self.tell("authorizer", asked(authorization))

    def hear(self) -> None:
        text = {
            "from": PHONE,
            "id": f"wamid.{b64encode(PHONE.encode()).decode()}",
            "timestamp": "1780000000",
            "type": "text",
            "text": {"body": TEXT},
        }
        contact = {"profile": {"name": NAME}, "wa_id": PHONE}
        self.tell("webhook", whatsapp({"contacts": [contact], "messages": [text]}))
        self.tell("webhook", whatsapp({"contacts": [contact], "messages": [text | {"type": NAME}]}))
        for said in (TEXT, "HELP", "STOP", f"/start {NAME}"):
            self.tell("webhook", telegram(update(said, CHAT, number=len(said))))
        self.tell("webhook", telegram(f"{NAME} {TEXT}"))
        self.tell("webhook", test_webhook.called("telegram", update(TEXT, CHAT), {}))
        self.tell("webhook", test_webhook.called(NAME, update(TEXT, CHAT)))
        self.tell("webhook", test_webhook.called("telegram", update(TEXT, CHAT), account=PHONE))
        query = f"?hub.mode=subscribe&hub.challenge={PHONE}&hub.verify_token="
        for token in (WHATSAPP["verify_token"], "canaryWrong"):
            self.tell("webhook", test_webhook.called("whatsapp", None, method="GET", query=query + token))
        found = self.doors.stack.messages("inbox")
        groups = tuple(str(one["contact"]) for one in found)
        self.doors.answers += FAILURES
        self.tell("inbox", records(*found, groups=groups))
        self.tell("inbox", records(NAME, {"account": PHONE, "contact": NAME}, groups=(PHONE, NAME)))

    def send(self, failures: tuple[Answer, ...] = FAILURES) -> None:
        for failure in failures:
            body = {"name": NAME, "topic": "news", "message": MESSAGE}
            made = self.ask("POST", "/v1/broadcasts", body).get("id", "")
            self.tell("broadcast", records(*self.doors.stack.messages("plan")))
            tasks = self.doors.stack.messages("send")
            self.doors.answers = [failure]
            self.tell("send", records(*tasks))
            self.ask("GET", f"/v1/broadcasts/{made}")
            told = [test_webhook.status(1, what, f"{made}:0-0:0") for what in ("delivered", "read")]
            refused = told[0] | {
                "status": "failed",
                "recipient_id": PHONE,
                "errors": [{"code": 131026, "title": NAME, "message": PHONE}],
            }
            self.tell("webhook", whatsapp({"statuses": [*told, refused]}))
            self.tell("receipts", records(*self.doors.stack.messages("receipts"), NAME))
        self.tell("broadcast", records(NAME, {"broadcast": NAME}))
        self.tell("send", records(NAME, {"broadcast": NAME, "chunk": PHONE, "account": f"telegram/{NAME}"}))
        newsletter = {"name": NAME, "topic": "news", "message": MESSAGE, "schedule": {"cron": "* * * * *"}}
        self.ask("POST", "/v1/newsletters", newsletter)
        self.tell("newsletter", {"time": NAME})

    def leave(self, token: str) -> None:
        for method, body in (
            ("GET", None),
            ("POST", f"action=save&topic={NAME}"),
            ("POST", "action=leave"),
            ("PUT", None),
        ):
            for one in (token, f"{token}x", NAME):
                self.tell("unsubscribe", leave_event(one, method, body))


def leave_event(token: str, method: str, body: str | None) -> dict[str, Any]:
    return http_event(
        method, f"/u/{token}", body, headers=test_unsubscribe.FORM, scopes=None, parameters={"token": token}
    )


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError(f"{NAME} {PHONE} {CHAT} {TEXT} {KEY} {TELEGRAM} {WHATSAPP}")


def test_no_log_tells_who_what_or_a_secret(
    stack: Stack, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = Client(stack)
    setup.wiring.table.put(keys.api_key(sha256(KEY.encode()).hexdigest()), {"scopes": {"admin"}})
    with listening() as heard:
        story = Story(doors, heard)
        story.begin()
        token = leave_token(setup.get("/v1/contacts")["contacts"][0]["id"])
        story.keys()
        story.send()
        story.hear()
        story.leave(token)
        with monkeypatch.context() as patch:
            for door in (
                "api",
                "webhook",
                "inbox",
                "broadcast",
                "send",
                "receipts",
                "newsletter",
                "unsubscribe",
            ):
                table = doors.module(door).wiring.table
                for name in ("get", "query", "update", "put", "transact", "many"):
                    patch.setattr(table, name, broken)
            in_trouble(story, token)
        stack.client("dynamodb").delete_table(TableName=stack.table)
        in_trouble(story, token)
        story.keys()
    log = heard.getvalue()
    doors_heard = {json.loads(line)["service"] for line in log.splitlines() if line.startswith("{")}
    assert doors_heard >= {
        "api",
        "webhook",
        "inbox",
        "broadcast",
        "send",
        "receipts",
        "newsletter",
        "unsubscribe",
        "authorizer",
    }
    assert "RuntimeError" in log
    for canary in (*CANARIES, token):
        assert canary not in log, [line for line in log.splitlines() if canary in line][:3]


def in_trouble(story: Story, token: str) -> None:
    """The same doors when nothing behind them works."""
    story.hear()
    story.send(FAILURES[:1])
    story.leave(token)
    story.ask("GET", f"/v1/contacts?messenger=telegram&account=main&user_id={CHAT}")
