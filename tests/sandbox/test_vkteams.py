"""The fake bot API of VK Teams and ICQ hands out events, refuses inside a 200 and tells of no block."""

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.harness import CONFIG, PATIENCE, Receiver, Sandbox, eventually, running

ADA = "vkteams/ada%40example.com"
PNG = "data:image/png;base64,iVBORw0KGgo="


class Bot:
    """A client of the fake; it acknowledges what it has fetched with the next call."""

    def __init__(self, sandbox: Sandbox, messenger: str = "vkteams") -> None:
        self.sandbox = sandbox
        self.base = sandbox.urls[messenger] + "/bot/v1"
        self.token = CONFIG[messenger][0]["bot_token"]
        self.cursor = 0

    def get(self, path: str, **parameters: Any) -> requests.Response:
        query = {"token": self.token, **parameters}
        return self.sandbox.http.get(self.base + path, params=query, timeout=PATIENCE)

    def call(self, path: str, **parameters: Any) -> Any:
        return self.get(path, **parameters).json()

    def send(self, text: str = "Guten Tag", chat: str = "ada@example.com", **more: Any) -> Any:
        return self.call("/messages/sendText", chatId=chat, text=text, **more)

    def poll(self, seconds: float = 0, last: int | None = None) -> list[dict[str, Any]]:
        cursor = self.cursor if last is None else last
        told = self.call("/events/get", lastEventId=cursor, pollTime=seconds)
        assert told["ok"] is True
        events: list[dict[str, Any]] = told["events"]
        self.cursor = max([cursor, *(event["eventId"] for event in events)])
        return events


@pytest.fixture
def ada(sandbox: Sandbox) -> Bot:
    """A bot whose chat with Ada was started; the event of that is acknowledged."""
    bot = Bot(sandbox)
    sandbox.phone("vkteams", user="ada@example.com", name="Ada Lenz")
    start(sandbox, ADA)
    bot.poll()
    bot.poll()
    return bot


def start(sandbox: Sandbox, phone: str, link: str = "") -> Any:
    if link:
        return sandbox.api("POST", f"/api/phones/{phone}/open", {"link": link})
    return sandbox.api("POST", f"/api/phones/{phone}/start", {})


def says(sandbox: Sandbox, text: str) -> None:
    sandbox.api("POST", f"/api/phones/{ADA}/text", {"text": text})


def keyboard(*buttons: dict[str, Any]) -> str:
    return json.dumps([list(buttons)])


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"text": ""}, "Missing required parameter 'text'", id="empty text"),
        pytest.param({"chatId": ""}, "Missing required parameter 'chatId'", id="no chat"),
        pytest.param({"chatId": "kim@example.com"}, "Permission denied", id="never started"),
        pytest.param({"parseMode": "Markdown"}, "Invalid parameter 'parseMode'", id="unknown mode"),
        pytest.param(
            {"text": "<h1>x</h1>", "parseMode": "HTML"}, "Invalid parameter 'text'", id="unknown tag"
        ),
        pytest.param({"format": "{"}, "Invalid parameter 'format'", id="format that is no JSON"),
        pytest.param({"inlineKeyboardMarkup": "["}, "Invalid parameter 'inlineKeyboardMarkup'", id="no JSON"),
        pytest.param(
            {"inlineKeyboardMarkup": keyboard({"text": "x"})},
            "Invalid parameter 'inlineKeyboardMarkup'",
            id="button without use",
        ),
        pytest.param(
            {
                "inlineKeyboardMarkup": keyboard(
                    {"text": "x", "callbackData": "a", "url": "https://a.example"}
                )
            },
            "Invalid parameter 'inlineKeyboardMarkup'",
            id="button with two uses",
        ),
        pytest.param({"disableNotification": "1"}, "Unknown parameter 'disableNotification'", id="unknown"),
    ],
)
def test_what_vk_refuses_is_refused_inside_a_200(ada: Bot, parameters: dict[str, Any], expected: str) -> None:
    answer = ada.get("/messages/sendText", **{"chatId": "ada@example.com", "text": "x", **parameters})
    assert answer.status_code == 200
    assert answer.json() == {"ok": False, "description": expected}
    entry = ada.sandbox.log()[-1]
    assert (entry["messenger"], entry["account"], entry["accepted"]) == ("vkteams", "main", False)


def test_a_token_that_is_none(ada: Bot) -> None:
    for path in ("/self/get", "/messages/sendText", "/events/get"):
        answer = ada.get(path, token="001.1.1:1")
        assert (answer.status_code, answer.json()) == (200, {"ok": False, "description": "Invalid token"})
    assert ada.call("/self/get", token="")["description"] == "Missing required parameter 'token'"


@pytest.mark.parametrize("messenger", ["vkteams", "icq"])
def test_a_bot_knows_itself(sandbox: Sandbox, messenger: str) -> None:
    bot = Bot(sandbox, messenger)
    told = bot.call("/self/get")
    assert told["userId"] == bot.token.rpartition(":")[2]
    assert (told["nick"], told["firstName"]) == (CONFIG[messenger][0]["nick"], "Testcafé")
    bare = sandbox.http.get(
        f"{sandbox.urls[messenger]}/self/get", params={"token": bot.token}, timeout=PATIENCE
    )
    assert bare.json() == told


def test_a_message_is_shown_with_its_buttons(ada: Bot) -> None:
    buttons = keyboard({"text": "Ja", "callbackData": "y"}, {"text": "Laden", "url": "https://shop.example"})
    told = ada.send("Hallo <b>Ada</b> &amp; Co", parseMode="HTML", inlineKeyboardMarkup=buttons)
    assert (told["ok"], len(told["msgId"])) == (True, 19)
    shown = ada.sandbox.chat(ADA)["messages"][-1]
    assert (shown["id"], shown["text"], shown["kind"]) == (told["msgId"], "Hallo Ada & Co", "buttons")
    assert [key["label"] for key in shown["keys"]] == ["Ja", "Laden"]
    entry = ada.sandbox.log()[-1]
    assert (entry["user"], entry["accepted"], entry["text"]) == ("ada@example.com", True, "Hallo Ada & Co")


def test_sends_are_queries(ada: Bot) -> None:
    url = f"{ada.base}/messages/sendText"
    body = {"token": ada.token, "chatId": "ada@example.com", "text": "x"}
    assert ada.sandbox.http.post(url, data=body, timeout=PATIENCE).status_code == 405
    assert ada.send(**{"request-id": "r-1"})["ok"] is True
    assert ada.sandbox.log()[-1]["delivery"] == "r-1"


def test_a_text_that_makes_the_address_too_long(ada: Bot) -> None:
    answer = ada.get("/messages/sendText", chatId="ada@example.com", text="я" * 2000)
    assert answer.status_code >= 400
    assert ada.sandbox.log() == []


def test_an_event_waits_until_it_is_acknowledged(ada: Bot) -> None:
    says(ada.sandbox, "Grüße")
    before = ada.cursor
    [event] = ada.poll()
    assert [event] == ada.poll(last=before)
    assert event["eventId"] > before
    assert event["type"] == "newMessage"
    payload = event["payload"]
    assert payload["chat"] == {"chatId": "ada@example.com", "type": "private"}
    assert payload["from"] == {"userId": "ada@example.com", "firstName": "Ada", "lastName": "Lenz"}
    assert payload["text"] == "Grüße"
    assert abs(payload["timestamp"] - time.time()) < PATIENCE
    assert re.fullmatch(r"\d{19}", payload["msgId"])
    assert ada.sandbox.chat(ADA)["messages"][-1]["state"] == "sending"
    assert ada.poll() == []
    assert ada.poll(last=0) == []
    assert ada.sandbox.chat(ADA)["messages"][-1]["state"] == "acknowledged"


def test_a_poll_waits_for_news(ada: Bot) -> None:
    begun = time.monotonic()
    assert ada.poll(0.3) == []
    assert time.monotonic() - begun >= 0.3
    url = f"{ada.sandbox.phones}/api/phones/{ADA}/text"
    later = threading.Timer(0.2, lambda: requests.post(url, json={"text": "Hallo"}, timeout=PATIENCE))
    later.start()
    begun = time.monotonic()
    [event] = ada.poll(8)
    assert event["payload"]["text"] == "Hallo"
    assert 0.1 < time.monotonic() - begun < 5
    later.join()


def test_a_poll_needs_both_numbers(ada: Bot) -> None:
    assert ada.call("/events/get", pollTime=0)["description"] == "Missing required parameter 'lastEventId'"
    assert ada.call("/events/get", lastEventId=0)["description"] == "Missing required parameter 'pollTime'"
    told = ada.call("/events/get", lastEventId="x", pollTime=0)
    assert told["description"] == "Invalid parameter 'lastEventId'"


def test_events_of_one_answer_come_twice_and_shuffled_on_demand(ada: Bot) -> None:
    ada.sandbox.switch("vkteams", duplicate_events=True, reorder_events=True)
    for number in range(8):
        says(ada.sandbox, str(number))
    events = ada.poll()
    ids = [event["eventId"] for event in events]
    assert (len(ids), len(set(ids))) == (16, 8)
    assert ids != sorted(ids)


def test_a_link_starts_an_empty_chat_and_only_that(sandbox: Sandbox) -> None:
    bot = Bot(sandbox)
    phone = sandbox.phone("vkteams", user="kim@example.com", name="Kim")
    assert bot.send(chat="kim@example.com")["ok"] is False
    link = "https://u.internal.myteam.mail.ru/profile/testcafe_bot?start=optin_K7"
    assert start(sandbox, phone, link)["account"] == "main"
    assert [event["payload"]["text"] for event in bot.poll()] == ["/start optin_K7"]
    assert bot.send(chat="kim@example.com")["ok"] is True
    assert start(sandbox, phone, link)["message"] is None
    assert bot.poll() == []
    path = f"/api/phones/{phone}/open"
    nobody = "https://u.internal.myteam.mail.ru/profile/nobody"
    assert sandbox.api("POST", path, {"link": nobody}, 404)["error"] == "unknown_account"
    assert sandbox.api("POST", path, {"link": "https://a.example/profile/x"}, 400)["error"] == "bad_link"


def test_icq_has_links_and_numbers_of_its_own(sandbox: Sandbox) -> None:
    bot = Bot(sandbox, "icq")
    phone = sandbox.phone("icq", user="700000117", name="Sven")
    start(sandbox, phone, "https://icq.im/testcafe_icq_bot?start=K7")
    [event] = bot.poll()
    assert event["payload"]["from"]["userId"] == "700000117"
    assert event["payload"]["text"] == "/start K7"
    assert bot.send(chat="700000117")["ok"] is True
    assert sandbox.log()[-1]["messenger"] == "icq"
    bad = {"messenger": "vkteams", "user": "700000117"}
    assert sandbox.api("POST", "/api/phones", bad, 400)["error"] == "bad_user"
    other = Bot(sandbox)
    assert other.call("/self/get", token=bot.token)["description"] == "Invalid token"


def test_a_tap_waits_for_its_answer(ada: Bot) -> None:
    forms = set()
    for _ in range(12):
        sent = ada.send(inlineKeyboardMarkup=keyboard({"text": "Ja", "callbackData": "c:yes"}))["msgId"]
        ada.sandbox.api("POST", f"/api/phones/{ADA}/press", {"message": sent, "button": "Ja"})
        [event] = ada.poll()
        payload = event["payload"]
        assert (event["type"], payload["callbackData"]) == ("callbackQuery", "c:yes")
        assert payload["from"]["userId"] == "ada@example.com"
        message = payload["message"].get("payload", payload["message"])
        forms.add("payload" in payload["message"])
        assert (message["msgId"], message["from"]["userId"]) == (sent, "700000001")
    assert forms == {True, False}
    assert ada.call("/messages/answerCallbackQuery", queryId=payload["queryId"], text="Danke")["ok"] is True
    again = ada.call("/messages/answerCallbackQuery", queryId=payload["queryId"])
    assert again["description"] == "Invalid parameter 'queryId'"


def test_nobody_is_told_of_a_block(ada: Bot) -> None:
    shown = len(ada.sandbox.chat(ADA)["messages"])
    ada.sandbox.does(ADA, "block")
    assert ada.poll() == []
    assert ada.send()["ok"] is True
    assert len(ada.sandbox.chat(ADA)["messages"]) == shown
    assert ada.sandbox.api("POST", f"/api/phones/{ADA}/text", {"text": "x"}, 409)["error"] == "blocked"
    ada.sandbox.does(ADA, "unblock")
    assert ada.send("Wieder da")["ok"] is True
    assert ada.sandbox.chat(ADA)["messages"][-1]["text"] == "Wieder da"


def test_a_picture_of_a_person_can_be_fetched(ada: Bot) -> None:
    ada.sandbox.api("POST", f"/api/phones/{ADA}/picture", {"data": PNG, "caption": "Suppe"})
    [event] = ada.poll()
    [part] = event["payload"]["parts"]
    assert part["type"] == "file"
    assert (part["payload"]["type"], part["payload"]["caption"]) == ("image", "Suppe")
    file_id = part["payload"]["fileId"]
    assert file_id[0] in "01234567"
    told = ada.call("/files/getInfo", fileId=file_id)
    assert (told["type"], told["size"], told["filename"][-4:]) == ("image", 8, ".png")
    assert ada.sandbox.http.get(told["url"], timeout=PATIENCE).content == b"\x89PNG\r\n\x1a\n"
    assert ada.call("/files/getInfo", fileId="x")["description"] == "Invalid parameter 'fileId'"


def test_a_file_is_uploaded_once_and_sent_again(ada: Bot) -> None:
    def post(media_type: str, name: str) -> Any:
        return ada.sandbox.http.post(
            f"{ada.base}/messages/sendFile",
            params={"token": ada.token, "chatId": "ada@example.com", "caption": "Suppe"},
            files={"file": (name, b"abc", media_type)},
            timeout=PATIENCE,
        ).json()

    first = post("image/png", "suppe.png")
    assert first["ok"] is True
    again = ada.call("/messages/sendFile", chatId="ada@example.com", fileId=first["fileId"])
    assert again["ok"] is True
    pictures = [one["picture"] for one in ada.sandbox.chat(ADA)["messages"][-2:]]
    assert len(set(pictures)) == 1
    assert pictures[0]
    assert post("application/pdf", "karte.pdf")["fileId"][0] not in "0123456789ABCDEFGHIJKLMN"
    assert ada.sandbox.chat(ADA)["messages"][-1]["text"] == "karte.pdf\nSuppe"
    nothing = ada.call("/messages/sendFile", chatId="ada@example.com")
    assert nothing["description"] == "Missing required parameter 'fileId'"
    unknown = ada.call("/messages/sendFile", chatId="ada@example.com", fileId="x")
    assert unknown["description"] == "Invalid parameter 'fileId'"


def test_messages_are_edited_and_deleted(ada: Bot) -> None:
    sent = ada.send()["msgId"]
    assert ada.call("/messages/editText", chatId="ada@example.com", msgId=sent, text="Abend")["ok"] is True
    assert ada.sandbox.chat(ADA)["messages"][-1]["text"] == "Abend"
    assert ada.call("/messages/deleteMessages", chatId="ada@example.com", msgId=sent)["ok"] is True
    assert ada.sandbox.chat(ADA)["messages"][-1]["kind"] == "deleted"
    assert ada.call("/messages/editText", chatId="ada@example.com", msgId="1", text="x")["ok"] is False


def test_the_rate_is_told_inside_a_200(ada: Bot) -> None:
    ada.sandbox.switch("vkteams", rate=3)
    answers = [ada.get("/messages/sendText", chatId="ada@example.com", text="x") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {200}
    refused = [answer.json() for answer in answers if not answer.json()["ok"]]
    assert 3 <= len(refused) <= 5
    assert refused[0] == {"ok": False, "description": "Ratelimit"}
    assert ada.sandbox.log()[-1]["code"] == 429


@pytest.mark.parametrize(
    ("refuse", "status", "words"),
    [
        ({"code": 429}, 200, "Ratelimit"),
        ({"code": 429, "status": 429}, 429, "Ratelimit"),
        ({"code": 403, "word": "Chat is frozen"}, 200, "Chat is frozen"),
        ({"code": 502}, 502, ""),
    ],
)
def test_refusals_come_as_ordered(ada: Bot, refuse: dict[str, Any], status: int, words: str) -> None:
    ada.sandbox.switch("vkteams", refuse={"next": 1, **refuse})
    answer = ada.get("/messages/sendText", chatId="ada@example.com", text="x")
    assert answer.status_code == status
    assert ("json" in answer.headers["Content-Type"]) == bool(words)
    assert not words or answer.json() == {"ok": False, "description": words}
    assert ada.send()["ok"] is True


def test_a_lost_answer_is_a_message_taken(ada: Bot) -> None:
    ada.sandbox.switch("vkteams", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        ada.send("einmal")
    assert ada.sandbox.chat(ADA)["messages"][-1]["text"] == "einmal"
    assert ada.sandbox.log()[-1]["lost"] is True


def test_own_messages_come_back_on_demand(ada: Bot) -> None:
    ada.send()
    assert ada.poll() == []
    ada.sandbox.switch("vkteams", echoes=True)
    sent = ada.send()["msgId"]
    [event] = ada.poll()
    assert (event["payload"]["msgId"], event["payload"]["from"]["userId"]) == (sent, "700000001")


def test_an_act_can_wait_for_the_bot(ada: Bot) -> None:
    done: list[Any] = []

    def act() -> None:
        url = f"{ada.sandbox.phones}/api/phones/{ADA}/text"
        done.append(requests.post(url, json={"text": "x", "wait": True}, timeout=PATIENCE).json())

    thread = threading.Thread(target=act)
    thread.start()
    eventually(ada.poll)
    ada.poll()
    thread.join()
    assert done[0]["acknowledged"] is True


def test_events_wait_over_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    state = str(tmp_path / "state.json")
    with running(tmp_path, receiver.url, "--state", state) as sandbox:
        sandbox.phone("vkteams", user="ada@example.com", name="Ada Lenz")
        start(sandbox, ADA)
        bot = Bot(sandbox)
        [begun] = bot.poll()
        bot.poll()
        says(sandbox, "Hallo")
    with running(tmp_path, receiver.url, "--state", state) as sandbox:
        again = Bot(sandbox)
        [event] = again.poll(last=begun["eventId"])
        assert event["payload"]["text"] == "Hallo"
        assert event["eventId"] > begun["eventId"]
    assert receiver.calls == []
