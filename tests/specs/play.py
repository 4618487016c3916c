"""A day in the sandbox: people use their phones, our adapters' calls go to the fakes, and all of it is kept.

What is kept is what went over the wire: webhooks with their headers, calls with their answers.
"""

import itertools
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Message
from rundruf.core.outcome import OutcomeKind
from rundruf.messengers import messenger
from rundruf.messengers.contract import (
    Answer,
    Delivery,
    Event,
    EventKind,
    Messenger,
    Reading,
    Renewable,
    Renewed,
    Request,
)
from sandbox import Config
from sandbox.kind import Phone
from sandbox.registry import kinds
from tests.messengers.suite import CASES
from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, running
from tests.specs.calls import Answered, Sent

PLAYED = ("whatsapp", "telegram", "messenger", "instagram", "line", "viber", "teams", "skype")
"""Messengers that a spec or a library of others speaks for."""

QUIET_SECONDS = 0.2
SOON = {"sent_ms": [1, 5], "delivered_ms": [5, 20], "read_ms": [25, 40], "read_share": 1, "rate": 10_000}
GREETING = Message("Willkommen! Dürfen wir schreiben?", buttons=CASES["viber"].fine[0].buttons)
_NUMBERS = itertools.count(1)
SUFFIX = re.compile(r":\d+/")


@dataclass(frozen=True, slots=True)
class Hooked:
    """A webhook as it arrived; ``query`` is what stood behind the address."""

    account: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Played:
    """What one messenger's fake sent and answered; ``account`` is the main one's, with what was renewed;
    ``refused`` are the cases' messages that the fake did not take, with its code."""

    account: Account
    webhooks: list[Hooked] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class Stage:
    """A running sandbox with our adapters as its client."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver, config: Config) -> None:
        self.sandbox = sandbox
        self.receiver = receiver
        self.played = {name: Played(self._account(config, name)) for name in PLAYED}

    def _account(self, config: Config, name: str) -> Account:
        one = config.accounts[name][0]
        credentials = {key: (value,) for key, value in one.credentials().items()}
        return Account(name, one.account, one.address, self.sandbox.urls[name], credentials=credentials)

    def call(self, name: str, request: Request) -> Answer:
        """Makes an adapter's call and keeps it with its answer."""
        given = self.sandbox.http.request(
            request.method, request.url, headers=request.headers, data=request.body, timeout=PATIENCE
        )
        kind = given.headers.get("content-type", "").partition(";")[0]
        body = given.json() if kind == "application/json" and given.content else None
        self.played[name].answers.append(Answered(Sent.of(request), given.status_code, kind, body))
        headers = {key.lower(): value for key, value in given.headers.items()}
        return Answer(given.status_code, headers, given.content)

    def get(self, name: str, path: str, method: str = "GET", body: Any = None) -> Answer:
        """A call that no adapter makes, with the account's bearer."""
        account = self.played[name].account
        headers = {"authorization": f"Bearer {account.secret('access_token')}"}
        if body is not None:
            headers["content-type"] = "application/json"
        content = b"" if body is None else json.dumps(body).encode()
        return self.call(name, Request(method, account.base_url + path, headers, content))

    def take(self, name: str) -> list[Event]:
        """Waits until the fake has no more to tell, keeps its webhooks, and gives the events in them."""
        while self._busy():
            time.sleep(QUIET_SECONDS / 4)
        arrived = list(self.receiver.calls)
        events: list[Event] = []
        self.receiver.calls.clear()
        for call in arrived:
            path, _, query = call.path.partition("?")
            _, _, speaks, account = path.split("/")
            assert speaks == name, f"a webhook of {speaks} came while {name} was played"
            self.played[name].webhooks.append(Hooked(account, query, call.headers, call.body))
            events += messenger(name).read(call.body, self.played[name].account).events
        return events

    def _busy(self) -> bool:
        newest = self.receiver.calls[-1].at if self.receiver.calls else 0.0
        return time.monotonic() - newest < QUIET_SECONDS


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A sandbox of its own with files in ``folder``."""
    receiver = Receiver()
    try:
        with running(folder, receiver.url) as sandbox:
            yield Stage(sandbox, receiver, Config.read(folder / "config.json"))
    finally:
        receiver.close()


def play(stage: Stage, name: str) -> Played:
    """The whole day of one messenger."""
    _open_doors(stage, name)
    _greet(stage, name)
    _write(stage, name)
    _send(stage, name)
    _live(stage, name)
    _ask(stage, name)
    _refuse(stage, name)
    return stage.played[name]


def _open_doors(stage: Stage, name: str) -> None:
    """Tokens and keys, then the account's check."""
    speaks, played = messenger(name), stage.played[name]
    switches = SOON if name != "line" else {"read_share": 1}
    stage.sandbox.switch(name, **switches)
    for renewable in (speaks.token, speaks.keys):
        if renewable:
            played.account = _with(played.account, renewable, stage)
    hook = f"{stage.receiver.url}/webhooks/{name}/main"
    for step in speaks.steps(played.account, hook):
        told = step.read(stage.call(name, step.request))
        assert told.ok or name in ("teams", "skype"), f"{name}: {step.name}: {told.detail}"
    stage.take(name)


def _with(account: Account, renewable: Renewable, stage: Stage) -> Account:
    """The account with a fresh value of something that runs out; one that needs none keeps what it has."""
    without = {key: one for key, one in account.credentials.items() if key != renewable.credential}
    bare = replace(account, credentials=without)
    renewed = renewable.read(stage.call(account.messenger, renewable.request(bare, False)))
    assert isinstance(renewed, Renewed), f"{account.messenger}: {renewed}"
    if not renewable.needed(account):
        return account
    return replace(account, credentials={**without, renewable.credential: (renewed.value,)})


def _phone(stage: Stage, name: str) -> tuple[str, Event]:
    """Somebody who has just written, and the event of it."""
    phone = stage.sandbox.phone(name, name="Anna Berger")
    if _abilities(name).start:
        stage.sandbox.does(phone, "start")
    stage.sandbox.does(phone, "text", text="Grüße 🍲")
    return phone, stage.take(name)[-1]


def _abilities(name: str) -> Phone:
    return kinds()[name].phone


def _greet(stage: Stage, name: str) -> None:
    """Somebody opens the chat by our entry link, and gets what the webhook's answer holds."""
    speaks, account = messenger(name), stage.played[name].account
    phone = stage.sandbox.phone(name, name="Ben")
    opened = Event("e", EventKind.OPENED, phone.partition("/")[2], 0)
    if speaks.rules.greets:
        body = speaks.reply(Reading(events=(opened,)), GREETING, account).body
        stage.receiver.bodies.append(body.encode())
    link = speaks.entry_link(account, "KRTMBXZV", "de")
    stage.sandbox.does(phone, "open", link=link)
    events = stage.take(name)
    assert any("KRTMBXZV" in f"{one.code} {one.text}" for one in events) or name in ("teams", "skype"), link


def _write(stage: Stage, name: str) -> None:
    """Texts of different kinds, a picture, and the file that it is."""
    phone, _ = _phone(stage, name)
    for text in ("STOP", "/start abc", "x" * 4000, "Zeile 1\nZeile 2 😀"):
        stage.sandbox.does(phone, "text", text=text)
    stage.sandbox.does(phone, "picture", caption="Unsere Suppe")
    stage.sandbox.does(phone, "picture")
    download, account = messenger(name).download, stage.played[name].account
    for medium in [one for event in stage.take(name) for one in event.media]:
        assert download
        stage.call(name, download.request(medium, account))


def _send(stage: Stage, name: str) -> None:
    """Every message of the cases to somebody of its own, its buttons pressed; then the batches."""
    speaks, account = messenger(name), stage.played[name].account
    for sent in CASES[name].sent:
        phone, event = _phone(stage, name)
        for request in speaks.build(_for(sent.delivery, event), account):
            outcome = speaks.interpret(stage.call(name, request))
            if outcome.kind is not OutcomeKind.OK:
                stage.played[name].refused[sent.fact] = outcome.code
        stage.take(name)
        _press(stage, speaks, phone)
    for batched in CASES[name].batches:
        assert speaks.batch
        people = [_phone(stage, name)[1] for _ in batched.deliveries]
        deliveries = [_for(one, event) for one, event in zip(batched.deliveries, people, strict=True)]
        for request in speaks.batch.build(deliveries, account):
            stage.call(name, request)
        stage.take(name)


def _for(delivery: Delivery, event: Event) -> Delivery:
    """The delivery of a case for somebody who is there; no two of them are the same delivery."""
    own = f"{delivery.id.rpartition(':')[0]}:{next(_NUMBERS)}"
    return replace(delivery, id=own, user_id=event.user_id, conversation=event.conversation)


def _press(stage: Stage, speaks: Messenger, phone: str) -> None:
    """Every button below the newest messages that tells the business something."""
    account = stage.played[speaks.name].account
    for bubble in stage.sandbox.chat(phone)["messages"]:
        for place, key in enumerate(bubble["keys"]):
            if key["url"]:
                continue
            stage.sandbox.does(phone, "press", message=bubble["id"], button=place)
            for event in stage.take(speaks.name):
                request = speaks.acknowledge(event, account)
                if request:
                    stage.call(speaks.name, request)


def _live(stage: Stage, name: str) -> None:
    """What only people of this messenger do; then they leave and come back."""
    can = _abilities(name)
    for deed in can.deeds:
        phone = _chatting(stage, name)
        sides = {"mine": "person", "theirs": "business"}
        bubbles = stage.sandbox.chat(phone)["messages"]
        found = [one["id"] for one in bubbles if one["side"] == sides.get(deed.of, one["side"])]
        stage.sandbox.does(phone, "deeds", do=deed.name, message=found[-1] if found else "")
        stage.take(name)
    phone, event = _phone(stage, name)
    for value in ("stop", "resume") if can.marketing else ():
        stage.sandbox.does(phone, "marketing", value=value)
    if can.hide:
        hidden = stage.sandbox.phone(name, name="Ben", hidden=True)
        stage.sandbox.does(hidden, "text", text="Hallo")
    stage.sandbox.does(phone, "block")
    stage.take(name)
    _say(stage, name, event)
    stage.sandbox.does(phone, "unblock")
    stage.take(name)


def _chatting(stage: Stage, name: str) -> str:
    """The phone of somebody who wrote and got an answer."""
    phone, event = _phone(stage, name)
    _say(stage, name, event)
    stage.take(name)
    return phone


def _say(stage: Stage, name: str, event: Event) -> None:
    """Sends a short text."""
    delivery = _for(CASES[name].sent[0].delivery, event)
    for request in messenger(name).build(delivery, stage.played[name].account):
        stage.call(name, request)


def _ask(stage: Stage, name: str) -> None:
    """Calls that our adapters do not make yet and the fakes answer."""
    match name:
        case "line":
            _, event = _phone(stage, name)
            for path in (
                "message/quota",
                "message/quota/consumption",
                "message/delivery/push?date=20261122",
                "message/delivery/multicast?date=20991122",
                "message/aggregation/info",
                "message/aggregation/list",
                "followers/ids",
                f"profile/{event.user_id}",
                f"profile/U{'0' * 32}",
                "insight/followers?date=20261122",
                "message/0/content",
            ):
                stage.get(name, f"/v2/bot/{path}")
            insight = "message/event/aggregation?customAggregationUnit=b1&from=20261101&to=20261122"
            stage.get(name, f"/v2/bot/insight/{insight}")
            stage.get(name, "/v2/bot/chat/loading/start", "POST", {"chatId": event.user_id})
            mark = {"markAsReadToken": f"r{event.message_id}"}
            stage.get(name, "/v2/bot/chat/markAsRead", "POST", mark)
        case "telegram":
            account = stage.played[name].account
            for method in ("getMyCommands", "flyToTheMoon"):
                url = f"{account.base_url}/bot{account.secret('bot_token')}/{method}"
                stage.call(name, Request("GET", url, {}, b""))
        case "teams" | "skype":
            _, event = _phone(stage, name)
            where = json.loads(event.conversation)
            chat = next(one for one in where.values() if isinstance(one, str) and one[:2] in ("a:", "29"))
            base = SUFFIX.sub("/", f"/v3/conversations/{quote(chat, safe='')}")
            for path in (
                "/members",
                "/pagedmembers",
                f"/members/{quote(event.user_id, safe='')}",
                "/members/x",
            ):
                stage.get(name, base + path)
            data = {"type": "image/png", "name": "a.png", "originalBase64": "iVBORw0KGgo="}
            kept = json.loads(stage.get(name, f"{base}/attachments", "POST", data).body)
            stage.get(name, f"/v3/attachments/{kept['id']}")
            stage.get(name, f"/v3/attachments/{kept['id']}/views/original")
        case "whatsapp":
            account = stage.played[name].account
            stage.get(name, f"/v25.0/{account.secret('waba_id')}/message_templates")
            for what, values in (
                ("template_status", {"name": "autumn", "language": "de", "status": "PAUSED"}),
                ("template_category", {"name": "table", "language": "de", "category": "MARKETING"}),
                ("account_update", {"event": "ACCOUNT_RESTRICTION"}),
            ):
                path = f"/_sandbox/whatsapp/main/{what}"
                stage.sandbox.http.post(stage.sandbox.phones + path, json=values, timeout=PATIENCE)
            stage.take(name)


def _refuse(stage: Stage, name: str) -> None:
    """Refusals: a strange token, a body that is none, an error on order, twice the same event."""
    account = stage.played[name].account
    phone, event = _phone(stage, name)
    delivery = _for(CASES[name].sent[0].delivery, event)
    request = messenger(name).build(delivery, account)[0]
    stage.call(name, replace(request, body=b"{}"))
    headers = {
        key: one for key, one in request.headers.items() if key not in ("authorization", "x-viber-auth-token")
    }
    stage.call(name, replace(request, headers=headers))
    stage.sandbox.switch(name, refuse={"next": 1, "code": 429 if name in ("line", "telegram") else 500})
    stage.call(name, request)
    stage.sandbox.switch(name, duplicate_events=True)
    stage.sandbox.does(phone, "text", text="zweimal")
    stage.take(name)
