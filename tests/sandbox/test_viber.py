"""The fake bot API refuses, counts, signs and tells as Viber does."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, eventually, running

TOKEN = "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3"
SENDER = {"name": "Testcafé"}


def user(number: int) -> str:
    """The id of a person of a crowd."""
    return base64.b64encode(hashlib.sha256(f"viber/{number}".encode()).digest()[:16]).decode()


def signature(body: bytes, token: str = TOKEN) -> str:
    return hmac.new(token.encode(), body, "sha256").hexdigest()


class Viber:
    """A client of the fake; every call is the main bot's."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.base = sandbox.urls["viber"]

    def call(self, name: str, body: Any = None, token: str = TOKEN) -> requests.Response:
        headers = {"X-Viber-Auth-Token": token} if token else {}
        return self.sandbox.http.post(
            f"{self.base}/pa/{name}",
            data=json.dumps(body or {}, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", **headers},
            timeout=PATIENCE,
        )

    def send(self, receiver: str, **more: Any) -> Any:
        body = {"receiver": receiver, "sender": SENDER, "type": "text", "text": "Guten Tag", **more}
        return self.call(
            "send_message", {key: value for key, value in body.items() if value is not None}
        ).json()

    def broadcast(self, *receivers: str, **more: Any) -> Any:
        body = {"broadcast_list": list(receivers), "sender": SENDER, "type": "text", "text": "Guten Tag"}
        return self.call("broadcast_message", body | more).json()


@pytest.fixture
def viber(sandbox: Sandbox) -> Viber:
    sandbox.switch("viber", delivered_ms=[10, 20], read_ms=[40, 60], read_share=1, rate=1000)
    return Viber(sandbox)


@pytest.fixture
def olena(sandbox: Sandbox, receiver: Receiver) -> str:
    """The phone of a subscriber of the main bot."""
    phone = sandbox.phone("viber", name="Olena")
    sandbox.does(phone, "start")
    receiver.clear()
    return phone


def of(phone: str) -> str:
    return unquote(phone.removeprefix("viber/"))


def told(receiver: Receiver, kind: str, phone: str = "") -> list[dict[str, Any]]:
    """The events of a kind that arrived; with ``phone`` only those that name this person in ``user_id``."""
    events = [call.json for call in list(receiver.calls) if call.json["event"] == kind]
    return [one for one in events if not phone or one.get("user_id") == of(phone)]


def board(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "keyboard", "Buttons": list(buttons)}


def reply(text: str, body: str = "x", **more: Any) -> dict[str, Any]:
    return {"ActionType": "reply", "ActionBody": body, "Text": text, **more}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param({"text": ""}, 3, "text", id="empty text"),
        pytest.param({"text": None}, 4, "text", id="no text"),
        pytest.param({"type": None}, 4, "type", id="no type"),
        pytest.param({"sender": None}, 4, "sender", id="no sender"),
        pytest.param({"text": "ä" * 7001}, 3, "text", id="long text"),
        pytest.param(
            {"text": "я" * 7000, "tracking_data": "я" * 4000, "alias": 1}, 3, "", id="unknown field"
        ),
        pytest.param({"sender": {"name": "x" * 29}}, 3, "sender.name", id="long sender"),
        pytest.param({"type": "voice"}, 3, "type", id="unknown type"),
        pytest.param(
            {"type": "picture", "text": "x", "media": "http://a.example/b.jpg"}, 3, "media", id="http"
        ),
        pytest.param(
            {"type": "picture", "text": "x", "media": "https://a.example/b"}, 3, "media", id="no extension"
        ),
        pytest.param(
            {"type": "video", "text": None, "media": "https://a.example/b.mp4"},
            4,
            "size",
            id="video without size",
        ),
        pytest.param(
            {
                "type": "file",
                "text": None,
                "media": "https://a.example/b.exe",
                "size": 1,
                "file_name": "b.exe",
            },
            3,
            "extension",
            id="program",
        ),
        pytest.param({"keyboard": board()}, 3, "keyboard.Buttons", id="no button"),
        pytest.param({"keyboard": board({"Text": "x"})}, 3, "ActionBody", id="button without use"),
        pytest.param({"keyboard": board(reply("x", Columns=7))}, 3, "Columns", id="wide button"),
        pytest.param({"keyboard": {"buttons": []}}, 4, "Type", id="small letters"),
        pytest.param({"tracking_data": "x" * 4001}, 3, "tracking_data", id="long tracking data"),
        pytest.param({"broadcast_list": ["x"]}, 3, "broadcast_list", id="a list for one"),
        pytest.param({"receiver": None}, 4, "receiver", id="nobody"),
    ],
)
def test_what_viber_refuses_is_refused(
    viber: Viber, olena: str, body: dict[str, Any], status: int, words: str
) -> None:
    answer = viber.send(**{"receiver": of(olena), **body})
    assert answer["status"] == status
    assert words in answer["status_message"]
    entry = viber.sandbox.log()[-1]
    assert (entry["accepted"], entry["code"], entry["account"]) == (False, status, "main")


def test_null_is_no_tracking_data(viber: Viber, olena: str) -> None:
    body = {"receiver": of(olena), "sender": SENDER, "type": "text", "text": "x", "tracking_data": None}
    assert viber.call("send_message", body).json()["status"] == 3


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        pytest.param({"text": "ä" * 7000}, "text", "ä" * 7000, id="longest text"),
        pytest.param(
            {"type": "picture", "text": "Suppe", "media": "https://a.example/b.jpg?x=1"},
            "image",
            "Suppe",
            id="picture",
        ),
        pytest.param(
            {
                "type": "file",
                "text": None,
                "media": "https://a.example/b.pdf",
                "size": 9,
                "file_name": "b.pdf",
            },
            "document",
            "b.pdf\nhttps://a.example/b.pdf",
            id="file",
        ),
        pytest.param(
            {"type": "location", "text": None, "location": {"lat": 52.5, "lon": 13.4}},
            "location",
            "52.5, 13.4",
            id="place",
        ),
        pytest.param(
            {"keyboard": board(reply("<b>Ja</b> &amp; Amen"))}, "buttons", "Guten Tag", id="keyboard"
        ),
    ],
)
def test_what_viber_takes_is_shown(
    viber: Viber, olena: str, body: dict[str, Any], kind: str, text: str
) -> None:
    answer = viber.send(**{"receiver": of(olena), **body})
    assert (answer["status"], answer["status_message"]) == (0, "ok")
    shown = viber.sandbox.chat(olena)["messages"][-1]
    assert (shown["id"], shown["kind"], shown["text"]) == (str(answer["message_token"]), kind, text)
    assert answer["message_token"] > 2**53
    assert [key["label"] for key in shown["keys"]] == (["Ja & Amen"] if kind == "buttons" else [])


def test_the_whole_request_is_limited(viber: Viber, olena: str) -> None:
    cyrillic = {"text": "я" * 7000, "tracking_data": "x" * 4000}
    assert viber.send(of(olena), **cyrillic)["status"] == 0
    body = {"receiver": of(olena), "sender": SENDER, "type": "text", **cyrillic}
    escaped = viber.sandbox.http.post(
        f"{viber.base}/pa/send_message", json=body, headers={"X-Viber-Auth-Token": TOKEN}, timeout=PATIENCE
    )
    assert "bytes" in escaped.json()["status_message"]


def test_cards_need_a_newer_version(viber: Viber, olena: str) -> None:
    card = {"Type": "rich_media", "Buttons": [reply("Ja")]}
    body: dict[str, Any] = {"type": "rich_media", "text": None, "rich_media": card}
    assert viber.send(of(olena), **body)["status"] == 14
    assert viber.send(of(olena), **body, min_api_version=2)["status"] == 0


def test_tokens_are_told_apart(viber: Viber, olena: str) -> None:
    missing = viber.call("get_account_info", token="").json()
    assert missing == {"status": 2, "status_message": "missing_auth_token"}
    assert viber.call("get_account_info", token="x").json() == {
        "status": 2,
        "status_message": "invalidAuthToken",
    }
    assert viber.call("get_account_info", {"auth_token": TOKEN}, token="").json()["uri"] == "testcafe"
    assert viber.call("fly").status_code == 404


def test_who_is_unknown_and_who_left(viber: Viber, receiver: Receiver, olena: str) -> None:
    assert viber.send(user(1000))["status"] == 5
    stranger = viber.sandbox.phone("viber", name="Kim")
    assert viber.send(of(stranger))["status"] == 6
    viber.sandbox.does(olena, "block")
    assert told(receiver, "unsubscribed")[-1]["user_id"] == of(olena)
    assert viber.send(of(olena))["status"] == 6
    assert viber.sandbox.chat(olena)["messages"] == []
    viber.sandbox.does(olena, "unblock")
    assert told(receiver, "subscribed")[-1]["user"]["id"] == of(olena)
    assert viber.send(of(olena))["status"] == 0


def test_a_first_message_subscribes_without_an_event(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.sandbox.does(olena, "block")
    viber.sandbox.does(olena, "text", text="Doch wieder")
    assert told(receiver, "subscribed") == []
    assert viber.send(of(olena))["status"] == 0


def test_a_broadcast_names_those_it_did_not_reach(viber: Viber, olena: str) -> None:
    viber.sandbox.api("POST", "/api/crowd", {"messenger": "viber", "first": 1000, "count": 2})
    stranger = viber.sandbox.phone("viber", name="Kim")
    people = [of(olena), user(1000), user(9999), of(stranger), user(1001)]
    answer = viber.broadcast(*people)
    assert answer["status"] == 0
    assert answer["failed_list"] == [
        {"receiver": user(9999), "status": 5, "status_message": "receiverNotRegistered"},
        {"receiver": of(stranger), "status": 6, "status_message": "notSubscribed"},
    ]
    log = viber.sandbox.log(messenger="viber")
    assert [(entry["user"], entry["accepted"]) for entry in log] == [
        (people[0], True),
        (people[1], True),
        (people[2], False),
        (people[3], False),
        (people[4], True),
    ]
    assert {entry["message_id"] for entry in log} == {str(answer["message_token"])}
    assert {entry["call"] for entry in log} == {log[0]["n"]}
    assert viber.sandbox.chat(f"viber/{quote(user(1001), safe='')}")["messages"][0]["text"] == "Guten Tag"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({"broadcast_list": []}, 4, id="nobody"),
        pytest.param({"broadcast_list": [user(n) for n in range(1000, 1301)]}, 3, id="301 people"),
        pytest.param({"receiver": "x"}, 3, id="a receiver, too"),
    ],
)
def test_what_a_broadcast_may_not_hold(viber: Viber, more: dict[str, Any], status: int) -> None:
    assert viber.broadcast("x", **more)["status"] == status


def test_broadcasts_need_an_approval(viber: Viber, olena: str) -> None:
    viber.sandbox.switch("viber", broadcasts=False)
    assert viber.broadcast(of(olena))["status"] == 20
    assert viber.send(of(olena))["status"] == 0


def test_placeholders_are_filled_in_for_each_person(viber: Viber, olena: str) -> None:
    url = "https://a.example/?u=replace_me_with_url_encoded_receiver_id"
    keys = board({"ActionType": "open-url", "ActionBody": url, "Text": "Laden"})
    viber.broadcast(of(olena), text="Hallo replace_me_with_user_name", keyboard=keys)
    shown = viber.sandbox.chat(olena)["messages"][-1]
    assert shown["text"] == "Hallo Olena"
    assert shown["keys"][0]["url"] == f"https://a.example/?u={quote(of(olena), safe='')}"


def test_a_person_who_says_nothing_gets_only_so_much(viber: Viber, olena: str) -> None:
    viber.sandbox.switch("viber", hourly=3)
    assert [viber.send(of(olena))["status"] for _ in range(4)] == [0, 0, 0, 12]
    viber.sandbox.does(olena, "text", text="Danke")
    assert viber.send(of(olena))["status"] == 0


def test_calls_that_come_too_fast_are_429(viber: Viber, olena: str) -> None:
    viber.sandbox.switch("viber", rate=1)
    bodies = {"receiver": of(olena), "sender": SENDER, "type": "text", "text": "x"}
    answers = [viber.call("send_message", bodies) for _ in range(13)]
    assert [answer.status_code for answer in answers][:10] == [200] * 10
    assert (answers[-1].status_code, answers[-1].json()["status"]) == (429, 12)
    assert viber.sandbox.log()[-1]["code"] == 429


@pytest.mark.parametrize(
    ("code", "http", "status"), [(19, 200, 19), (99, 200, 99), (429, 429, 12), (502, 502, None)]
)
def test_refusals_come_as_ordered(viber: Viber, olena: str, code: int, http: int, status: int | None) -> None:
    viber.sandbox.switch("viber", refuse={"next": 1, "code": code})
    body = {"receiver": of(olena), "sender": SENDER, "type": "text", "text": "x"}
    answer = viber.call("send_message", body)
    assert answer.status_code == http
    if status is None:
        assert "json" not in answer.headers["Content-Type"]
    else:
        assert answer.json()["status"] == status
    assert viber.send(of(olena))["status"] == 0


def test_a_lost_answer_is_a_message_taken(viber: Viber, olena: str) -> None:
    viber.sandbox.switch("viber", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        viber.broadcast(of(olena))
    assert viber.sandbox.log()[-1]["lost"] is True
    assert len(viber.sandbox.chat(olena)["messages"]) == 1


def test_money_depends_on_the_last_word(viber: Viber, olena: str) -> None:
    assert viber.send(of(olena))["billing_status"] == 5
    viber.sandbox.does(olena, "text", text="Hallo")
    assert viber.send(of(olena))["billing_status"] == 1


def test_receipts_name_the_token_and_the_person(viber: Viber, receiver: Receiver, olena: str) -> None:
    token = viber.send(of(olena))["message_token"]
    eventually(lambda: told(receiver, "seen", olena))
    [delivered], [seen] = told(receiver, "delivered", olena), told(receiver, "seen", olena)
    assert (delivered["message_token"], delivered["user_id"]) == (token, of(olena))
    assert (seen["message_token"], seen["user_id"]) == (token, of(olena))
    assert set(viber.sandbox.chat(olena)["messages"][-1]["receipts"]) == {"delivered", "read"}
    for call in receiver.calls:
        assert call.headers["x-viber-content-signature"] == signature(call.body)
        assert call.path == f"/webhooks/viber/main?sig={signature(call.body)}"


def test_what_lies_before_is_seen_with_the_newest(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.sandbox.switch("viber", read_ms=[300, 300])
    first = viber.send(of(olena))["message_token"]
    viber.sandbox.switch("viber", read_ms=[100, 100])
    second = viber.send(of(olena))["message_token"]
    eventually(lambda: told(receiver, "seen"))
    time.sleep(0.4)
    assert [one["message_token"] for one in told(receiver, "seen")] == [second]
    assert {one["message_token"] for one in told(receiver, "delivered", olena)} == {first, second}


def test_a_failure_can_follow_a_yes(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.sandbox.switch("viber", late_refusals=True)
    token = viber.send(of(olena))["message_token"]
    [failed] = eventually(lambda: told(receiver, "failed"))
    assert (failed["message_token"], failed["user_id"]) == (token, of(olena))
    assert failed["desc"]
    assert viber.sandbox.chat(olena)["messages"] == []


def test_receipts_come_twice_and_out_of_order_on_demand(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.sandbox.switch(
        "viber", duplicate_receipts=True, reorder_receipts=True, delivered_ms=[10, 10], read_ms=[200, 200]
    )
    viber.send(of(olena))
    eventually(lambda: len(told(receiver, "delivered", olena)) == 2)
    mine = [call.json["event"] for call in receiver.calls if call.json.get("user_id") == of(olena)]
    assert mine == ["seen", "seen", "delivered", "delivered"]


def test_a_message_arrives_as_viber_tells_it(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.send(of(olena), tracking_data="c1")
    done = viber.sandbox.does(olena, "text", text="Grüße")
    assert done["acknowledged"] is True
    [message] = told(receiver, "message")
    assert message["message"] == {"type": "text", "text": "Grüße", "tracking_data": "c1"}
    assert message["sender"] == {"id": of(olena), "country": "DE", "language": "de", "api_version": 10}
    assert str(message["message_token"]) == done["message"]["id"]
    assert abs(message["timestamp"] / 1000 - time.time()) < PATIENCE
    eventually(
        lambda: any(one["message_token"] == message["message_token"] for one in told(receiver, "delivered"))
    )


def test_a_repetition_has_the_same_token(viber: Viber, receiver: Receiver, olena: str) -> None:
    receiver.answers.extend([(500, {}), (204, {})])
    assert viber.sandbox.does(olena, "text", text="Hallo")["acknowledged"] is True
    assert len({call.body for call in receiver.calls if call.json["event"] == "message"}) == 1
    assert sum(call.json["event"] == "message" for call in receiver.calls) == 3


def test_opening_by_a_link_may_be_answered_with_a_welcome(viber: Viber, receiver: Receiver) -> None:
    phone = viber.sandbox.phone("viber", name="Kim")
    welcome = {
        "sender": SENDER,
        "type": "text",
        "text": "Willkommen!",
        "tracking_data": "K7-M2",
        "keyboard": board(reply("Ja, gern", "YES")),
    }
    receiver.bodies.append(json.dumps(welcome).encode())
    opened = viber.sandbox.does(phone, "open", link="viber://pa?chatURI=testcafe&context=K7%2DM2%2B1")
    assert opened["account"] == "main"
    [started] = told(receiver, "conversation_started")
    assert (started["type"], started["context"], started["subscribed"]) == ("open", "K7-M2+1", False)
    assert started["user"]["id"] == of(phone)
    [shown] = viber.sandbox.chat(phone)["messages"]
    assert (shown["text"], shown["keys"][0]["label"]) == ("Willkommen!", "Ja, gern")
    assert viber.send(of(phone))["status"] == 6
    viber.sandbox.does(phone, "press", message=shown["id"], button="Ja, gern")
    [message] = told(receiver, "message")
    assert message["message"] == {"type": "text", "text": "YES", "tracking_data": "K7-M2"}
    assert viber.send(of(phone))["status"] == 0
    entry = viber.sandbox.log()[0]
    assert (entry["user"], entry["text"], entry["accepted"]) == (of(phone), "Willkommen!", True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"ok", id="no JSON"),
        pytest.param(b'{"status":0}', id="no message"),
        pytest.param(
            json.dumps({"receiver": "x", "sender": SENDER, "type": "text", "text": "x"}).encode(),
            id="a receiver",
        ),
    ],
)
def test_an_answer_that_is_no_welcome_shows_nothing(viber: Viber, receiver: Receiver, body: bytes) -> None:
    phone = viber.sandbox.phone("viber", name="Kim")
    receiver.bodies.append(body)
    viber.sandbox.does(phone, "open", link="viber://pa?chatURI=testcafe")
    assert viber.sandbox.chat(phone)["messages"] == []
    assert "context" not in told(receiver, "conversation_started")[0]
    assert [entry["code"] for entry in viber.sandbox.log()] == ([3] if body else [])


def test_the_text_of_a_link_is_sent(viber: Viber, receiver: Receiver) -> None:
    phone = viber.sandbox.phone("viber", name="Kim")
    viber.sandbox.does(phone, "open", link="viber://pa?chatURI=secondcafe&text=Ja%20bitte")
    assert [call.json["event"] for call in receiver.calls][:2] == ["conversation_started", "message"]
    assert told(receiver, "message")[0]["message"]["text"] == "Ja bitte"
    path = f"/api/phones/{phone}/open"
    unknown = viber.sandbox.api("POST", path, {"link": "viber://pa?chatURI=nobody"}, 404)
    assert unknown["error"] == "unknown_account"
    assert viber.sandbox.api("POST", path, {"link": "viber://chat?x"}, 400)["error"] == "bad_link"


def test_a_picture_can_be_fetched(viber: Viber, receiver: Receiver, olena: str) -> None:
    viber.sandbox.does(olena, "picture", data="data:image/png;base64,iVBORw0KGgo=", caption="Suppe")
    message = told(receiver, "message")[0]["message"]
    assert (message["type"], message["text"], message["size"]) == ("picture", "Suppe", 8)
    assert viber.sandbox.http.get(message["media"], timeout=PATIENCE).content == b"\x89PNG\r\n\x1a\n"


def test_other_things_people_send(viber: Viber, receiver: Receiver, olena: str) -> None:
    keys = board(
        {"ActionType": "share-phone", "ActionBody": "x", "Text": "Nummer"},
        {"ActionType": "location-picker", "ActionBody": "x", "Text": "Ort"},
        reply("Leise", "quiet", Silent=True),
    )
    token = str(viber.send(of(olena), keyboard=keys)["message_token"])
    for button in ("Nummer", "Ort", "Leise"):
        viber.sandbox.does(olena, "press", message=token, button=button)
    viber.sandbox.does(olena, "deeds", do="sticker")
    told_of = told(receiver, "message")
    assert [one["message"]["type"] for one in told_of] == ["contact", "location", "text", "sticker"]
    assert [one["silent"] for one in told_of] == [False, False, True, False]
    mine = [one["kind"] for one in viber.sandbox.chat(olena)["messages"] if one["side"] == "person"]
    assert mine == ["contact", "location", "sticker"]


def test_the_webhook_is_tried_before_it_is_set(viber: Viber, receiver: Receiver, olena: str) -> None:
    url = f"{receiver.url}/webhooks/viber/elsewhere"
    try:
        receiver.answers.append((500, {}))
        assert viber.call("set_webhook", {"url": url}).json()["status"] == 1
        assert viber.call("set_webhook", {"url": "http://a.example/"}).json()["status"] == 1
        assert viber.call("set_webhook", {"url": url, "event_types": ["fly"]}).json()["status"] == 3
        receiver.clear()
        wanted = {"url": url, "event_types": ["failed", "conversation_started"], "send_name": True}
        answer = viber.call("set_webhook", wanted).json()
        assert answer["status"] == 0
        assert set(answer["event_types"]) == {
            "message",
            "subscribed",
            "unsubscribed",
            "failed",
            "conversation_started",
        }
        [ping] = receiver.calls
        assert ping.json["event"] == "webhook"
        assert ping.json["timestamp"] > ping.json["message_token"] > 10**12
        assert ping.headers["x-viber-content-signature"] == signature(ping.body)
        assert viber.call("get_account_info").json()["webhook"] == url
        viber.send(of(olena))
        viber.sandbox.does(olena, "text", text="Hallo")
        time.sleep(0.2)
        assert told(receiver, "delivered", olena) == []
        assert told(receiver, "message")[0]["sender"]["name"] == "Olena"
        assert viber.call("set_webhook", {"url": ""}).json()["status"] == 0
        assert viber.send(of(olena))["status"] == 10
    finally:
        viber.call("set_webhook", {"url": f"{receiver.url}/webhooks/viber/main"})


def test_the_bot_may_ask_about_people(viber: Viber, olena: str) -> None:
    assert viber.call("get_account_info").json()["subscribers_count"] == 1
    asked = [viber.call("get_user_details", {"id": of(olena)}).json()["status"] for _ in range(3)]
    assert asked == [0, 0, 12]
    online = viber.call("get_online", {"ids": [of(olena), "x"]}).json()["users"]
    assert [one["online_status"] for one in online] == [0, 4]
    assert viber.call("get_online", {"ids": ["x"] * 101}).json()["status"] == 3


def test_receipts_under_way_outlive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    state = str(tmp_path / "state.json")
    with running(tmp_path, receiver.url, "--state", state) as sandbox:
        viber = Viber(sandbox)
        sandbox.switch("viber", delivered_ms=[60_000, 60_000])
        phone = sandbox.phone("viber", name="Olena")
        sandbox.does(phone, "start")
        token = viber.send(of(phone))["message_token"]
    assert told(receiver, "delivered", phone) == []
    with running(tmp_path, receiver.url, "--state", state):
        [delivered] = eventually(lambda: told(receiver, "delivered", phone))
    assert delivered["message_token"] == token


def test_the_signatures_are_checked_with_vibers_own_example() -> None:
    body = b'{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}'
    assert signature(body) == "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef"
