"""The fake Messaging API refuses, counts, signs and repeats as LINE does."""

import base64
import hashlib
import hmac
import re
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, eventually, running

TEXT: dict[str, Any] = {"type": "text", "text": "Guten Tag"}
SECRET = b"8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "line-long-lived-token"


def user(number: int) -> str:
    """The id of a person of a crowd."""
    return "U" + hashlib.sha256(f"line/{number}".encode()).hexdigest()[:32]


class Line:
    """A client of the fake; every call is the main channel's."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.base = sandbox.urls["line"]

    def call(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> requests.Response:
        return self.sandbox.http.request(
            method,
            self.base + path,
            json=body,
            headers={"Authorization": f"Bearer {token}", **headers},
            timeout=PATIENCE,
        )

    def send(self, kind: str, token: str = TOKEN, key: str = "", **body: Any) -> requests.Response:
        headers = {"X-Line-Retry-Key": key} if key else {}
        return self.call("POST", f"/v2/bot/message/{kind}", body, token, **headers)

    def push(self, to: str, *messages: dict[str, Any], **more: Any) -> requests.Response:
        return self.send("push", to=to, messages=list(messages or (TEXT,)), **more)

    def multicast(self, *to: str, **more: Any) -> requests.Response:
        return self.send("multicast", **{"to": list(to), "messages": [TEXT], **more})


@pytest.fixture
def line(sandbox: Sandbox) -> Line:
    return Line(sandbox)


@pytest.fixture
def yuki(sandbox: Sandbox, receiver: Receiver) -> str:
    """A friend of the main channel; the user id."""
    phone = sandbox.phone("line", name="Yuki Sato", language="en")
    sandbox.does(phone, "start")
    receiver.clear()
    return phone.removeprefix("line/")


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return base64.b64encode(hmac.new(secret, body, "sha256").digest()).decode()


def events(receiver: Receiver) -> list[dict[str, Any]]:
    return [one for call in list(receiver.calls) for one in call.json["events"]]


def template(actions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    body = {"type": "buttons", "text": "Suppe?", "actions": actions, **more}
    return {"type": "template", "altText": "Suppe?", "template": body}


def flex(*contents: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": "Karte", "contents": {"type": "bubble", "body": body}}


def postback(label: str, data: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "postback", "label": label, "data": data, **more}


def quick(*labels: str) -> dict[str, Any]:
    items = [{"type": "action", "action": postback(label)} for label in labels]
    return {**TEXT, "quickReply": {"items": items}}


PLACE: dict[str, Any] = {"type": "location", "title": "Café", "latitude": 1, "longitude": 2}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        pytest.param({"type": "text", "text": ""}, "messages[0].text", id="empty text"),
        pytest.param({"type": "text"}, "messages[0].text", id="no text"),
        pytest.param({"type": "text", "text": "ä" * 5001}, "messages[0].text", id="long text"),
        pytest.param({"type": "text", "text": "🍲" * 2501}, "messages[0].text", id="counted in UTF-16"),
        pytest.param({"type": "file", "url": "x"}, "messages[0].type", id="there are no files"),
        pytest.param({**TEXT, "body": "x"}, "messages[0].body", id="unknown property"),
        pytest.param(
            {"type": "image", "originalContentUrl": "https://a.example/b.jpg"},
            "messages[0].previewImageUrl",
            id="picture without preview",
        ),
        pytest.param(
            {"type": "audio", "originalContentUrl": "http://a.example/b.m4a", "duration": 1},
            "messages[0].originalContentUrl",
            id="only https",
        ),
        pytest.param(PLACE, "messages[0].address", id="place without address"),
        pytest.param(quick(*"abcdefghijklmn"), "messages[0].quickReply.items", id="14 quick replies"),
        pytest.param(quick("x" * 21), "messages[0].quickReply.items[0].action.label", id="long quick reply"),
        pytest.param(template([postback("x")] * 5), "messages[0].template.actions", id="five buttons"),
        pytest.param(
            template([postback("x", "d" * 301)]), "messages[0].template.actions[0].data", id="long data"
        ),
        pytest.param(
            template([{"type": "uri", "label": "x", "uri": "ftp://a.example"}]),
            "messages[0].template.actions[0].uri",
            id="strange address",
        ),
        pytest.param(
            flex({"type": "button", "action": postback("x" * 41)}),
            "messages[0].contents.body.contents[0].action.label",
            id="long label on a card",
        ),
        pytest.param(flex({"type": "knob"}), "messages[0].contents.body.contents[0].type", id="strange part"),
    ],
)
def test_what_line_refuses_is_refused(line: Line, yuki: str, message: dict[str, Any], place: str) -> None:
    answer = line.push(yuki, message)
    told = answer.json()
    assert (answer.status_code, told["message"]) == (400, "The request body has 1 error(s)")
    assert [one["property"] for one in told["details"]] == [place]
    entry = line.sandbox.log()[-1]
    assert (entry["accepted"], entry["code"], entry["account"]) == (False, 400, "main")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param({"messages": []}, "messages", id="no message"),
        pytest.param({"messages": [TEXT] * 6}, "messages", id="six messages"),
        pytest.param({"to": [user(1000)] * 501}, "to", id="501 people"),
        pytest.param({"to": []}, "to", id="nobody"),
        pytest.param({"customAggregationUnits": ["a-b"]}, "customAggregationUnits[0]", id="hyphen in a unit"),
        pytest.param({"customAggregationUnits": ["a", "b"]}, "customAggregationUnits", id="two units"),
    ],
)
def test_what_a_multicast_may_not_hold(line: Line, body: dict[str, Any], place: str) -> None:
    answer = line.send("multicast", **{"to": [user(1000)], "messages": [TEXT], **body})
    assert (answer.status_code, answer.json()["details"][0]["property"]) == (400, place)


def test_every_error_is_told_with_its_place(line: Line, yuki: str) -> None:
    told = line.push(yuki, {"type": "text", "text": ""}, {"type": "audio", "duration": 0}).json()
    assert told["message"] == "The request body has 3 error(s)"
    assert {one["property"] for one in told["details"]} == {
        "messages[0].text",
        "messages[1].originalContentUrl",
        "messages[1].duration",
    }


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        pytest.param({"type": "text", "text": "🍲" * 2500}, "text", "🍲" * 2500, id="longest text"),
        pytest.param(
            template([postback("👨‍👩‍👧‍👦" * 20)]), "buttons", "Suppe?", id="a family is one cluster"
        ),
        pytest.param(
            {**PLACE, "address": "Kastanienallee 1"}, "location", "Café\nKastanienallee 1", id="place"
        ),
        pytest.param(
            flex({"type": "text", "text": "Suppe"}, {"type": "button", "action": postback("Ja")}),
            "buttons",
            "Suppe",
            id="card",
        ),
        pytest.param(
            {
                "type": "video",
                "originalContentUrl": "https://a.example/b.mp4",
                "previewImageUrl": "https://a.example/b.jpg",
            },
            "video",
            "https://a.example/b.mp4",
            id="video",
        ),
    ],
)
def test_what_line_takes_is_shown(
    line: Line, yuki: str, message: dict[str, Any], kind: str, text: str
) -> None:
    answer = line.push(yuki, message)
    assert answer.status_code == 200, answer.text
    shown = line.sandbox.chat(f"line/{yuki}")["messages"][-1]
    assert (shown["id"], shown["kind"], shown["text"]) == (answer.json()["sentMessages"][0]["id"], kind, text)
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Line-Request-Id"])


@pytest.mark.parametrize("token", ["wrong", "eyJ.abc", "ü"])
def test_a_wrong_token_is_401(line: Line, yuki: str, token: str) -> None:
    answer = line.call("GET", "/v2/bot/info", token=token.encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.json()["message"].startswith(
        "Authentication failed due to the following reason: invalid token"
    )


def test_without_a_token_nothing_is_told(line: Line) -> None:
    answer = line.sandbox.http.get(f"{line.base}/v2/bot/info", timeout=PATIENCE)
    assert answer.status_code == 401


def test_a_stateless_token_is_issued_and_ends(line: Line, yuki: str) -> None:
    def issue(**more: str) -> requests.Response:
        secret = SECRET.decode()
        form = {"grant_type": "client_credentials", "client_id": "1653000001", "client_secret": secret}
        return line.sandbox.http.post(f"{line.base}/oauth2/v3/token", data=form | more, timeout=PATIENCE)

    told = issue().json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 1)
    token = told["access_token"]
    assert line.send("push", token=token, to=yuki, messages=[TEXT]).status_code == 200
    fresh = issue().json()["access_token"]
    assert fresh != token
    eventually(lambda: line.call("GET", "/v2/bot/info", token=token).status_code == 401)
    assert "expired" in line.call("GET", "/v2/bot/info", token=token).json()["message"]
    assert line.call("GET", "/v2/bot/info", token=token[:-1] + "x").status_code == 401
    assert issue(client_secret="wrong").json()["error"] == "invalid_client"
    assert issue(client_id="99").json()["error"] == "invalid_client"
    assert issue(grant_type="password").status_code == 400


def test_the_channel_tells_of_itself(line: Line) -> None:
    told = line.call("GET", "/v2/bot/info").json()
    assert (told["basicId"], told["displayName"], told["chatMode"]) == ("@testcafe", "Testcafé", "bot")
    assert re.fullmatch(r"U[0-9a-f]{32}", told["userId"])


def test_an_id_that_is_none_stops_the_whole_multicast(line: Line, yuki: str) -> None:
    answer = line.multicast(yuki, "U123", user(1000))
    assert answer.status_code == 400
    assert answer.json() == {
        "message": "The property, to[1], in the request body is invalid (line: -, column: -)"
    }
    assert line.sandbox.chat(f"line/{yuki}")["messages"] == []
    assert [entry["accepted"] for entry in line.sandbox.log()] == [False] * 3


def test_a_push_to_nobody_says_so(line: Line) -> None:
    assert line.push("U123").json()["message"].startswith("The property, 'to', in the request body")
    stranger = line.sandbox.phone("line", name="Kim")
    for to in (user(4711), stranger.removeprefix("line/")):
        answer = line.push(to)
        assert (answer.status_code, answer.json()) == (400, {"message": "Failed to send messages"})


def test_a_multicast_reaches_friends_and_is_silent_about_the_others(line: Line, yuki: str) -> None:
    line.sandbox.api("POST", "/api/crowd", {"messenger": "line", "first": 1000, "count": 3})
    blocked = line.sandbox.phone("line", name="Kim")
    line.sandbox.does(blocked, "start")
    line.sandbox.does(blocked, "block")
    people = [yuki, user(1000), user(1002), user(9999), blocked.removeprefix("line/")]
    answer = line.multicast(*people)
    assert (answer.status_code, answer.json()) == (200, {})
    assert line.sandbox.chat(blocked)["messages"] == []
    assert line.sandbox.chat(f"line/{user(1002)}")["messages"][0]["text"] == "Guten Tag"
    log = line.sandbox.log(messenger="line")
    assert [(entry["user"], entry["accepted"]) for entry in log] == [(one, True) for one in people]
    assert {entry["call"] for entry in log} == {log[0]["n"]}
    assert line.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 3}


def test_a_blocked_push_is_accepted_and_shown_to_nobody(line: Line, receiver: Receiver, yuki: str) -> None:
    line.sandbox.does(f"line/{yuki}", "block")
    assert [one["type"] for one in events(receiver)] == ["unfollow"]
    assert "replyToken" not in events(receiver)[0]
    assert line.push(yuki).status_code == 200
    assert line.sandbox.chat(f"line/{yuki}")["messages"] == []
    assert line.call("GET", f"/v2/bot/profile/{yuki}").status_code == 404
    assert line.sandbox.api("POST", f"/api/phones/line/{yuki}/text", {"text": "x"}, 409)["error"] == "blocked"
    line.sandbox.does(f"line/{yuki}", "unblock")
    assert events(receiver)[-1]["follow"] == {"isUnblocked": True}
    assert line.call("GET", f"/v2/bot/profile/{yuki}").json()["displayName"] == "Yuki Sato"


def test_who_writes_without_becoming_a_friend_gets_no_multicast(line: Line, receiver: Receiver) -> None:
    line.sandbox.switch("line", befriends=False)
    phone = line.sandbox.phone("line", name="Sam")
    line.sandbox.does(phone, "text", text="Hallo")
    assert [one["type"] for one in events(receiver)] == ["message"]
    assert line.multicast(phone.removeprefix("line/")).status_code == 200
    assert line.push(phone.removeprefix("line/"), {"type": "text", "text": "push"}).status_code == 200
    assert [one["text"] for one in line.sandbox.chat(phone)["messages"]] == ["Hallo", "push"]


def test_a_retry_key_is_taken_once(line: Line, yuki: str) -> None:
    key = str(uuid.uuid4())
    first = line.push(yuki, key=key)
    again = line.push(yuki, key=key)
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.headers["X-Line-Accepted-Request-Id"] == first.headers["X-Line-Request-Id"]
    assert again.json()["message"] == "The retry key is already accepted"
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert len(line.sandbox.chat(f"line/{yuki}")["messages"]) == 1
    assert [entry["delivery"] for entry in line.sandbox.log()] == [key, key]


def test_a_retry_key_belongs_to_one_body(line: Line, yuki: str) -> None:
    key = str(uuid.uuid4())
    assert line.multicast(yuki, "U1", key=key).status_code == 400
    assert line.multicast(yuki, key=key).json()["message"] == "The retry key belongs to another request"
    other = str(uuid.uuid4())
    assert line.multicast(yuki, key=other).status_code == 200
    assert line.multicast(yuki, key=other).status_code == 409
    assert line.push(yuki, key=other).status_code == 400
    assert line.push(yuki, key="not-a-uuid").status_code == 400


def test_a_retry_key_outlives_a_refusal_and_a_lost_answer(line: Line, yuki: str) -> None:
    key = str(uuid.uuid4())
    line.sandbox.switch("line", refuse={"next": 1, "code": 500})
    assert line.push(yuki, key=key).status_code == 500
    line.sandbox.switch("line", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        line.push(yuki, key=key)
    assert line.push(yuki, key=key).status_code == 409
    assert len(line.sandbox.chat(f"line/{yuki}")["messages"]) == 1


def test_a_retry_key_is_for_sends_only(line: Line, yuki: str) -> None:
    assert line.call("GET", "/v2/bot/info", **{"X-Line-Retry-Key": str(uuid.uuid4())}).status_code == 400
    answer = line.send("reply", key=str(uuid.uuid4()), replyToken="x", messages=[TEXT])
    assert "retry key" in answer.json()["message"]


def test_the_rates_are_those_of_the_endpoint(line: Line, yuki: str) -> None:
    line.sandbox.switch("line", rate=50)
    answers = [line.multicast(yuki) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 4 <= len(refused) <= 7
    assert refused[0].json() == {"message": "The API rate limit has been exceeded. Try again later."}
    assert "Retry-After" not in refused[0].headers
    assert line.push(yuki).status_code == 200
    assert line.sandbox.log()[-2]["code"] == 429


def test_the_monthly_limit_is_the_other_429(line: Line, yuki: str) -> None:
    line.sandbox.api("POST", "/api/crowd", {"messenger": "line", "first": 1000, "count": 5})
    assert line.call("GET", "/v2/bot/message/quota").json() == {"type": "none"}
    line.sandbox.switch("line", quota=4)
    assert line.call("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 4}
    assert line.multicast(user(1000), user(1001), user(1002), user(8888)).status_code == 200
    answer = line.multicast(user(1003), user(1004))
    assert (answer.status_code, answer.json()) == (429, {"message": "You have reached your monthly limit."})
    assert line.push(user(1003)).status_code == 200
    assert line.push(user(1004)).status_code == 429
    assert line.sandbox.log()[-1]["code"] == 4291
    assert line.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 4}


def test_a_reply_is_free_and_possible_once(line: Line, receiver: Receiver, yuki: str) -> None:
    line.sandbox.switch("line", quota=0)
    line.sandbox.does(f"line/{yuki}", "text", text="Hallo")
    token = events(receiver)[-1]["replyToken"]
    assert line.send("reply", replyToken=token, messages=[TEXT]).status_code == 200
    assert line.sandbox.chat(f"line/{yuki}")["messages"][-1]["text"] == "Guten Tag"
    answer = line.send("reply", replyToken=token, messages=[TEXT])
    assert (answer.status_code, answer.json()) == (400, {"message": "Invalid reply token"})


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [(401, 401, "invalid token"), (403, 403, "not available"), (4291, 429, "monthly"), (503, 503, "")],
)
def test_refusals_come_as_ordered(line: Line, yuki: str, code: int, status: int, words: str) -> None:
    line.sandbox.switch("line", refuse={"next": 1, "code": code})
    answer = line.push(yuki)
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert line.push(yuki).status_code == 200


def test_a_body_that_is_no_json_and_one_that_is_too_large(line: Line, yuki: str) -> None:
    def post(data: bytes, media_type: str = "application/json") -> requests.Response:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": media_type}
        return line.sandbox.http.post(
            f"{line.base}/v2/bot/message/push", data=data, headers=headers, timeout=PATIENCE
        )

    assert "JSON" in post(b"{").json()["message"]
    assert post(b"[]").status_code == 400
    assert post(b"{}", "text/plain").status_code == 415
    assert post(b" " * (2 * 2**20 + 1)).status_code == 413
    assert line.call("GET", "/v2/bot/nothing").json() == {"message": "Not found"}


def test_validation_sends_nothing(line: Line, yuki: str) -> None:
    assert line.send("validate/multicast", messages=[TEXT]).json() == {}
    assert line.send("validate/push", messages=[{"type": "text", "text": ""}]).status_code == 400
    assert line.sandbox.log() == []


def test_statistics_are_hidden_below_20_people(line: Line) -> None:
    line.sandbox.switch("line", read_share=1)
    line.sandbox.api("POST", "/api/crowd", {"messenger": "line", "first": 1000, "count": 20})
    day = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y%m%d")
    link = template([{"type": "uri", "label": "Laden", "uri": "https://shop.example/"}])
    people = [user(number) for number in range(1000, 1020)]

    def told(unit: str, end: str = day, start: str = day) -> requests.Response:
        query = f"customAggregationUnit={unit}&from={start}&to={end}"
        return line.call("GET", f"/v2/bot/insight/message/event/aggregation?{query}")

    line.multicast(*people[:19], customAggregationUnits=["few"], messages=[TEXT])
    line.multicast(*people, customAggregationUnits=["many"], messages=[TEXT, link])
    assert told("few").json()["overview"]["uniqueImpression"] is None
    many = told("many").json()
    assert many["overview"]["uniqueImpression"] == 20
    assert [(one["seq"], one["impression"]) for one in many["messages"]] == [(1, 20), (2, 20)]
    assert many["clicks"] == [
        {
            "seq": 2,
            "url": "https://shop.example/",
            "click": None,
            "uniqueClick": None,
            "uniqueClickOfRequest": None,
        }
    ]
    assert told("Many").json()["messages"] == []
    assert told("a-b").status_code == 400
    assert told("many", end="20270301", start="20270101").status_code == 400
    assert told("many", end="tomorrow").status_code == 400
    counted = line.call("GET", f"/v2/bot/message/delivery/multicast?date={day}").json()
    assert counted == {"status": "ready", "success": 39}


def test_a_message_arrives_signed_and_as_line_tells_it(line: Line, receiver: Receiver, yuki: str) -> None:
    done = line.sandbox.does(f"line/{yuki}", "text", text="Grüße 🍲")
    assert done["acknowledged"] is True
    [call] = receiver.calls
    assert call.path == "/webhooks/line/main"
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert call.headers["x-line-signature"] == signature(call.body)
    told = call.json
    assert told["destination"] == line.call("GET", "/v2/bot/info").json()["userId"]
    [event] = told["events"]
    assert (event["type"], event["mode"]) == ("message", "active")
    assert event["source"] == {"type": "user", "userId": yuki}
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event["webhookEventId"])
    assert abs(event["timestamp"] / 1000 - time.time()) < PATIENCE
    assert event["message"]["text"] == "Grüße 🍲"
    assert event["message"]["id"] == done["message"]["id"]


def test_what_happens_together_travels_together(sandbox: Sandbox, receiver: Receiver, yuki: str) -> None:
    other = sandbox.phone("line", name="Kim")

    def act(phone: str, act: str, **body: Any) -> None:
        url = f"{sandbox.phones}/api/phones/{phone}/{act}"
        requests.post(url, json=body, timeout=PATIENCE)

    def both() -> list[Callable[[], None]]:
        return [lambda: act(f"line/{yuki}", "text", text="Hallo"), lambda: act(other, "start")]

    threads = [threading.Thread(target=one) for one in both()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: len(events(receiver)) == 2)
    assert sorted(one["type"] for one in events(receiver)) == ["follow", "message"]
    receiver.clear()
    third = sandbox.phone("line", name="Ari")
    sandbox.does(third, "open", link="https://line.me/R/oaMessage/%40testcafe/?Ja%20bitte%3A%20K7-M2")
    [call] = receiver.calls
    assert [one["type"] for one in call.json["events"]] == ["follow", "message"]
    assert call.json["events"][1]["message"]["text"] == "Ja bitte: K7-M2"


def test_entry_links_of_line(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("line", name="Kim")
    opened = sandbox.does(phone, "open", link="https://line.me/R/ti/p/%40second.cafe")
    assert (opened["account"], opened["message"]) == ("second", None)
    assert [one["type"] for one in events(receiver)] == ["follow"]
    path = f"/api/phones/{phone}/open"
    assert sandbox.api("POST", path, {"link": "https://line.me/R/ti/p/%40nobody"}, 404)
    assert sandbox.api("POST", path, {"link": "https://line.me/somewhere"}, 400)["error"] == "bad_link"
    assert sandbox.api("POST", "/api/phones", {"messenger": "line", "user": "12"}, 400)["error"] == "bad_user"


def test_a_webhook_is_lost_without_redelivery(sandbox: Sandbox, receiver: Receiver, yuki: str) -> None:
    receiver.answers.append((500, {}))
    assert sandbox.does(f"line/{yuki}", "text", text="Hallo")["acknowledged"] is False
    assert len(receiver.calls) == 1


def test_a_redelivered_webhook_says_so(sandbox: Sandbox, receiver: Receiver, yuki: str) -> None:
    receiver.answers.extend([(500, {}), (503, {})])
    done = sandbox.does(f"line/{yuki}", "text", text="Hallo", account="second")
    assert done["acknowledged"] is True
    told = [call.json["events"] for call in receiver.calls]
    assert [one[-1]["deliveryContext"]["isRedelivery"] for one in told] == [False, True, True]
    assert len({one[-1]["webhookEventId"] for one in told}) == 1
    secret = b"00000000000000000000000000000002"
    for call in receiver.calls:
        assert call.headers["x-line-signature"] == signature(call.body, secret)


def test_events_come_twice_on_demand(sandbox: Sandbox, receiver: Receiver, yuki: str) -> None:
    sandbox.switch("line", duplicate_events=True)
    sandbox.does(f"line/{yuki}", "text", text="Hallo")
    eventually(lambda: len(receiver.calls) == 2)
    assert len({one["webhookEventId"] for one in events(receiver)}) == 1


def test_taps_come_back_as_what_they_carry(line: Line, receiver: Receiver, yuki: str) -> None:
    phone = f"line/{yuki}"
    actions = [
        postback("Mehr", "more", displayText="Mehr, bitte"),
        {"type": "message", "label": "Stop", "text": "STOP"},
        {"type": "uri", "label": "Laden", "uri": "https://shop.example/"},
        {"type": "datetimepicker", "label": "Wann?", "data": "when", "mode": "date"},
    ]
    sent = line.push(yuki, template(actions)).json()["sentMessages"][0]["id"]
    line.sandbox.does(phone, "press", message=sent, button="Mehr")
    assert events(receiver)[-1]["postback"] == {"data": "more"}
    assert line.sandbox.chat(phone)["messages"][-1]["text"] == "Mehr, bitte"
    line.sandbox.does(phone, "press", message=sent, button="Stop")
    assert events(receiver)[-1]["message"]["text"] == "STOP"
    assert line.sandbox.does(phone, "press", message=sent, button=2)["url"] == "https://shop.example/"
    line.sandbox.does(phone, "press", message=sent, button="Wann?")
    assert events(receiver)[-1]["postback"] == {"data": "when", "params": {"date": "2027-01-15"}}
    quickly = line.push(yuki, quick("Ja", "Nein")).json()["sentMessages"][0]["id"]
    line.sandbox.does(phone, "press", message=quickly, button="Ja")
    assert events(receiver)[-1]["type"] == "postback"


def test_a_picture_can_be_fetched_until_it_is_taken_back(line: Line, receiver: Receiver, yuki: str) -> None:
    phone = f"line/{yuki}"
    done = line.sandbox.does(phone, "picture", data="data:image/png;base64,iVBORw0KGgo=")
    message = events(receiver)[-1]["message"]
    assert (message["type"], message["contentProvider"]) == ("image", {"type": "line"})
    content = f"/v2/bot/message/{message['id']}/content"
    assert line.call("GET", content).content == b"\x89PNG\r\n\x1a\n"
    assert line.call("GET", content, token="x").status_code == 401
    assert line.call("GET", content, token="line-second-token").status_code == 404
    assert line.call("GET", f"{content}/transcoding").json() == {"status": "succeeded"}
    line.sandbox.does(phone, "deeds", do="unsend", message=done["message"]["id"])
    assert events(receiver)[-1]["unsend"] == {"messageId": message["id"]}
    assert line.call("GET", content).status_code == 410


def test_places_and_stickers_arrive(line: Line, receiver: Receiver, yuki: str) -> None:
    line.sandbox.does(f"line/{yuki}", "deeds", do="location", values={"title": "Café"})
    line.sandbox.does(f"line/{yuki}", "deeds", do="sticker")
    place, sticker = (one["message"] for one in events(receiver))
    assert (place["type"], place["title"], place["latitude"]) == ("location", "Café", 52.5397)
    assert (sticker["type"], sticker["packageId"]) == ("sticker", "446")


def test_the_webhook_can_be_set_and_tried(line: Line, receiver: Receiver) -> None:
    path, test = "/v2/bot/channel/webhook/endpoint", "/v2/bot/channel/webhook/test"
    assert line.call("GET", path).json() == {"endpoint": f"{receiver.url}/webhooks/line/main", "active": True}
    assert line.call("PUT", path, {"endpoint": "http://a.example/hook"}).status_code == 400
    endpoint = f"{receiver.url}/webhooks/line/elsewhere"
    try:
        assert line.call("PUT", path, {"endpoint": endpoint}).status_code == 200
        assert line.call("GET", path).json()["endpoint"] == endpoint
        told = line.call("POST", test).json()
        assert (told["success"], told["statusCode"], told["reason"]) == (True, 200, "OK")
        call = receiver.calls[-1]
        assert (call.path, call.json["events"]) == ("/webhooks/line/elsewhere", [])
        assert call.headers["x-line-signature"] == signature(call.body)
        receiver.answers.append((500, {}))
        assert line.call("POST", test, {}).json()["reason"] == "ERROR_STATUS_CODE"
        closed = line.call("POST", test, {"endpoint": "http://127.0.0.1:9/"}).json()
        assert (closed["success"], closed["reason"]) == (False, "COULD_NOT_CONNECT")
        assert line.sandbox.api("POST", "/_sandbox/line/main/verify", {})["success"] is True
    finally:
        line.call("PUT", path, {"endpoint": f"{receiver.url}/webhooks/line/main"})


def test_retry_keys_and_the_quota_outlive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    key, state = str(uuid.uuid4()), str(tmp_path / "state.json")
    with running(tmp_path, receiver.url, "--state", state) as sandbox:
        phone = sandbox.phone("line", name="Yuki")
        sandbox.api("POST", f"/api/phones/{phone}/start", {})
        to = phone.removeprefix("line/")
        assert Line(sandbox).push(to, key=key).status_code == 200
    with running(tmp_path, receiver.url, "--state", state) as sandbox:
        assert Line(sandbox).push(to, key=key).status_code == 409
        used = Line(sandbox).call("GET", "/v2/bot/message/quota/consumption").json()
        assert used == {"totalUsage": 1}


def test_the_signatures_are_checked_with_lines_own_example() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert signature(body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
