"""The fakes of Messenger and Instagram refuse what Meta refuses, and tell what Meta tells."""

import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, eventually

MIRA, LENA = "24530001", "17530001"
TOKENS = {"messenger": "page-token", "instagram": "ig-token"}
OWN = {"messenger": "10820001", "instagram": "1784001"}
BOTH = pytest.mark.parametrize("messenger", ["messenger", "instagram"])


@pytest.fixture(autouse=True)
def soon(sandbox: Sandbox) -> None:
    for messenger in TOKENS:
        sandbox.switch(messenger, sent_ms=[1, 5], delivered_ms=[10, 20], read_ms=[30, 40], read_share=1)


@pytest.fixture
def mira(sandbox: Sandbox) -> str:
    """A Messenger phone that has tapped Get Started."""
    phone = sandbox.phone("messenger", user=MIRA, name="Mira Vogel")
    sandbox.does(phone, "start")
    return phone


@pytest.fixture
def lena(sandbox: Sandbox) -> str:
    """An Instagram phone that has written."""
    phone = sandbox.phone("instagram", user=LENA, name="Lena Roth")
    sandbox.does(phone, "text", text="Hallo")
    return phone


@pytest.fixture
def person(messenger: str, mira: str, lena: str) -> str:
    return mira if messenger == "messenger" else lena


def graph(
    sandbox: Sandbox, messenger: str, path: str, method: str = "POST", token: str | None = None, **body: Any
) -> requests.Response:
    return sandbox.http.request(
        method,
        f"{sandbox.urls[messenger]}/v25.0/{path}",
        json=body or None,
        headers={"Authorization": f"Bearer {TOKENS[messenger] if token is None else token}"},
        timeout=PATIENCE,
    )


def send(sandbox: Sandbox, messenger: str, message: Any, user: str = "", **more: Any) -> requests.Response:
    user = user or {"messenger": MIRA, "instagram": LENA}[messenger]
    body = {"recipient": {"id": user}, "message": message, **more}
    return graph(sandbox, messenger, f"{OWN[messenger]}/messages", **body)


def code(answer: requests.Response) -> tuple[int, int]:
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    assert answer.status_code >= 400
    return error["code"], error.get("error_subcode", 0)


def events(receiver: Receiver, key: str) -> Iterator[dict[str, Any]]:
    for call in list(receiver.calls):
        for entry in call.json["entry"]:
            yield from (one for one in entry.get("messaging", []) if key in one)


def echoes(receiver: Receiver) -> list[dict[str, Any]]:
    return [one for one in events(receiver, "message") if one["message"].get("is_echo")]


def button(**one: Any) -> dict[str, Any]:
    payload = {"template_type": "button", "text": "Wählen Sie", "buttons": [one]}
    return {"attachment": {"type": "template", "payload": payload}}


def quick(*titles: str, **more: Any) -> dict[str, Any]:
    replies = [{"content_type": "text", "title": one, "payload": f"P-{one}"} for one in titles]
    return {"text": "Wählen Sie", "quick_replies": replies, **more}


def utility(name: str, *values: str, **named: str) -> dict[str, Any]:
    parameters = [{"type": "text", "text": value} for value in values]
    parameters += [{"type": "text", "text": text, "parameter_name": one} for one, text in named.items()]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {"template": {"name": name, "language": {"code": "de"}, "components": components}}


@BOTH
@pytest.mark.parametrize(
    ("message", "more"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"text": ""}, {}, id="empty text"),
        pytest.param({"text": "x", "bold": True}, {}, id="unknown field"),
        pytest.param({"text": "x"}, {"mesaging_type": "UPDATE"}, id="wrong spelling"),
        pytest.param({"text": "x"}, {"messaging_type": "NEWS"}, id="unknown type"),
        pytest.param({"text": "x"}, {"sender_action": "typing_on"}, id="message and action"),
        pytest.param({"text": "x"}, {"messaging_type": "MESSAGE_TAG"}, id="tag missing"),
        pytest.param({"text": "x"}, {"tag": "HUMAN_x"}, id="tag without its type"),
        pytest.param(
            {"text": "x"},
            {"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"},
            id="tag that is gone",
        ),
        pytest.param(
            {"text": "x", "attachment": {"type": "image", "payload": {"url": "https://a.example/b.jpg"}}},
            {},
            id="text and file",
        ),
        pytest.param({"attachment": {"type": "image", "payload": {}}}, {}, id="file without source"),
        pytest.param(
            {"attachment": {"type": "image", "payload": {"url": "ftp://a.example/b"}}}, {}, id="address"
        ),
        pytest.param(
            {"attachment": {"type": "image", "payload": {"attachment_id": "1"}}}, {}, id="unknown upload"
        ),
        pytest.param(quick(*map(str, range(14))), {}, id="14 quick replies"),
        pytest.param(quick("x" * 21), {}, id="long quick reply"),
        pytest.param(
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "a"}]}, {}, id="payload missing"
        ),
        pytest.param(button(type="postback", title="x" * 21, payload="y"), {}, id="long button"),
        pytest.param(button(type="postback", title="x"), {}, id="button without payload"),
        pytest.param(button(type="web_url", title="x", url="shop"), {}, id="button with a strange address"),
        pytest.param({"text": "x", "metadata": "m" * 1001}, {}, id="metadata too long"),
    ],
)
def test_what_meta_refuses_is_refused(
    sandbox: Sandbox, messenger: str, person: str, message: dict[str, Any], more: dict[str, Any]
) -> None:
    shown = len(sandbox.chat(person)["messages"])
    assert code(send(sandbox, messenger, message, **more)) == (100, 0)
    entry = sandbox.log(messenger=messenger)[-1]
    assert (entry["accepted"], entry["code"]) == (False, 100)
    assert len(sandbox.chat(person)["messages"]) == shown


@pytest.mark.parametrize(
    ("messenger", "most"),
    [("messenger", "ä" * 2000), ("instagram", "ä" * 500)],
)
def test_texts_are_counted_as_each_does(sandbox: Sandbox, messenger: str, person: str, most: str) -> None:
    assert send(sandbox, messenger, {"text": most}).status_code == 200
    assert code(send(sandbox, messenger, {"text": most + "x"})) == (100, 0)


@BOTH
def test_tokens_are_told_apart(sandbox: Sandbox, messenger: str, person: str) -> None:
    body: dict[str, Any] = {"recipient": {"id": MIRA}, "message": {"text": "x"}}
    path = f"{OWN[messenger]}/messages"
    assert code(graph(sandbox, messenger, path, token="nonsense", **body)) == (190, 0)
    assert code(graph(sandbox, messenger, path, token="", **body)) == (190, 0)
    assert sandbox.log(messenger=messenger)[-1]["code"] == 190
    other = graph(sandbox, messenger, "999/messages", **body).json()["error"]
    assert (other["code"], other["error_subcode"]) == (100, 33)


def test_a_token_may_stand_in_the_address_too(sandbox: Sandbox, mira: str) -> None:
    url = f"{sandbox.urls['messenger']}/v25.0/me/messages?access_token=page-token"
    form = {"recipient": json.dumps({"id": MIRA}), "message": json.dumps({"text": "Hallo"})}
    answer = sandbox.http.post(url, data=form, timeout=PATIENCE)
    assert answer.json()["recipient_id"] == MIRA


@BOTH
def test_a_message_arrives_and_is_answered(sandbox: Sandbox, messenger: str, person: str) -> None:
    answer = send(sandbox, messenger, {"text": "Guten Tag", "metadata": "d-1"}).json()
    shown = sandbox.chat(person)["messages"][-1]
    assert (shown["id"], shown["text"]) == (answer["message_id"], "Guten Tag")
    entry = sandbox.log(messenger=messenger)[-1]
    assert (entry["user"], entry["delivery"], entry["kind"]) == (answer["recipient_id"], "d-1", "text")
    assert entry["message_id"] == answer["message_id"]


@BOTH
def test_nobody_can_be_written_to_first(sandbox: Sandbox, messenger: str) -> None:
    assert code(send(sandbox, messenger, {"text": "x"}, user="99990001")) == (100, 2018001)
    sandbox.phone(messenger, user="99990001")
    assert code(send(sandbox, messenger, {"text": "x"}, user="99990001")) == (100, 2018001)


@pytest.mark.parametrize(("messenger", "subcode"), [("messenger", 2018278), ("instagram", 2534022)])
def test_the_window_shuts(sandbox: Sandbox, messenger: str, person: str, subcode: int) -> None:
    assert send(sandbox, messenger, {"text": "x"}, messaging_type="UPDATE").status_code == 200
    sandbox.switch(messenger, window_seconds=0.001)
    assert code(send(sandbox, messenger, {"text": "x"})) == (10, subcode)
    assert code(send(sandbox, messenger, {"text": "x"}, messaging_type="UPDATE")) == (10, subcode)
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_" + "AGENT"}
    assert send(sandbox, messenger, {"text": "x"}, **human).status_code == 200


def test_utility_templates_pass_outside_the_window(sandbox: Sandbox, receiver: Receiver, mira: str) -> None:
    sandbox.switch("messenger", window_seconds=0)
    more = {"messaging_type": "UTILITY"}
    answer = send(sandbox, "messenger", utility("table", "Mira", "Freitag"), **more)
    assert answer.status_code == 200
    shown = sandbox.chat(mira)["messages"][-1]
    assert (shown["text"], shown["keys"][0]["label"]) == ("Hallo Mira, Tisch am Freitag.", "Ändern")
    assert sandbox.log(messenger="messenger")[-1]["template"] == "table/de"
    assert send(sandbox, "messenger", utility("named", first="Mira"), **more).status_code == 200
    for wrong in (
        utility("table", "Mira"),
        utility("table", first="Mira", second="x"),
        utility("named", "Mira"),
        utility("unknown"),
        utility("paused"),
    ):
        assert code(send(sandbox, "messenger", wrong, **more)) == (100, 0)
    assert code(send(sandbox, "messenger", utility("named", first="Mira"))) == (100, 0)
    listed = graph(sandbox, "messenger", "10820001/message_templates", "GET").json()["data"]
    assert [one["name"] for one in listed] == ["table", "named", "paused"]
    assert listed[1]["parameter_format"] == "NAMED"


def test_instagram_has_no_utility_templates(sandbox: Sandbox, lena: str) -> None:
    assert code(send(sandbox, "instagram", utility("table"), messaging_type="UTILITY")) == (100, 0)
    document = {"attachment": {"type": "file", "payload": {"url": "https://a.example/a.pdf"}}}
    assert code(send(sandbox, "instagram", document)) == (100, 0)


@BOTH
def test_who_blocked_is_not_there(sandbox: Sandbox, receiver: Receiver, messenger: str, person: str) -> None:
    receiver.clear()
    sandbox.does(person, "block")
    assert not receiver.calls
    assert code(send(sandbox, messenger, {"text": "x"})) == (551, 1545041)
    sandbox.api("POST", f"/api/phones/{person}/text", {"text": "x"}, 409)
    sandbox.does(person, "unblock")
    assert send(sandbox, messenger, {"text": "x"}).status_code == 200


def test_a_send_is_echoed_delivered_and_read(sandbox: Sandbox, receiver: Receiver, mira: str) -> None:
    sent = send(sandbox, "messenger", {"text": "Grüße/ß", "metadata": "d-1"}).json()["message_id"]
    [read] = eventually(lambda: list(events(receiver, "read")))
    [echo] = echoes(receiver)
    [delivery] = events(receiver, "delivery")
    assert (echo["sender"], echo["recipient"]) == ({"id": "10820001"}, {"id": MIRA})
    assert echo["message"] == {
        "mid": sent,
        "is_echo": True,
        "app_id": 480111,
        "metadata": "d-1",
        "text": "Grüße/ß",
    }
    assert delivery["delivery"]["mids"] == [sent]
    assert delivery["delivery"]["watermark"] >= echo["timestamp"]
    assert read["read"]["watermark"] >= delivery["delivery"]["watermark"]
    assert (read["sender"], read["recipient"]) == ({"id": MIRA}, {"id": "10820001"})
    for call in receiver.calls:
        expected = hmac.new(b"page-secret", call.body, "sha256").hexdigest()
        assert call.headers["x-hub-signature-256"] == f"sha256={expected}"
        assert call.path == "/webhooks/messenger/main"
        assert call.body.isascii()
        assert b"/" not in call.body.replace(b"\\/", b"")
        assert call.json["object"] == "page"
    eventually(lambda: set(sandbox.chat(mira)["messages"][-1]["receipts"]) == {"sent", "delivered", "read"})


def test_a_delivery_may_have_a_watermark_only(sandbox: Sandbox, receiver: Receiver, mira: str) -> None:
    sandbox.switch("messenger", mids_share=0)
    send(sandbox, "messenger", {"text": "x"})
    [delivery] = eventually(lambda: list(events(receiver, "delivery")))
    assert list(delivery["delivery"]) == ["watermark"]


def test_instagram_tells_of_reads_by_message(sandbox: Sandbox, receiver: Receiver, lena: str) -> None:
    sent = send(sandbox, "instagram", {"text": "x", "metadata": "d-1"}).json()["message_id"]
    [read] = eventually(lambda: list(events(receiver, "read")))
    assert read["read"] == {"mid": sent}
    assert list(events(receiver, "delivery")) == []
    [echo] = echoes(receiver)
    assert "metadata" not in echo["message"]
    assert receiver.calls[-1].json["object"] == "instagram"
    assert receiver.calls[-1].json["entry"][0]["id"] == "1784001"


def test_receipts_travel_together_twice_and_out_of_order(
    sandbox: Sandbox, receiver: Receiver, mira: str
) -> None:
    sandbox.switch(
        "messenger", duplicate_receipts=True, read_share=0, sent_ms=[10, 10], delivered_ms=[20, 20]
    )
    for _ in range(4):
        send(sandbox, "messenger", {"text": "x"})
    eventually(lambda: len(list(events(receiver, "delivery"))) == 8)
    assert max(len(call.json["entry"]) for call in receiver.calls) == 2
    receiver.clear()
    sandbox.switch("messenger", duplicate_receipts=False, reorder_receipts=True, delivered_ms=[300, 300])
    send(sandbox, "messenger", {"text": "x"})
    eventually(lambda: echoes(receiver))
    assert len(list(events(receiver, "delivery"))) == 1


@BOTH
def test_a_text_arrives_as_meta_tells_it(
    sandbox: Sandbox, receiver: Receiver, messenger: str, person: str
) -> None:
    done = sandbox.does(person, "text", text="Grüße")
    call = receiver.calls[-1]
    [event] = call.json["entry"][0]["messaging"]
    assert event["message"] == {"mid": done["message"]["id"], "text": "Grüße"}
    assert event["recipient"] == {"id": OWN[messenger]}
    assert event["timestamp"] > 10**12
    assert done["acknowledged"] is True


def test_get_started_and_links_bring_their_code(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("messenger", user=MIRA)
    link = {"link": "https://m.me/testcafe?ref=K7-M2_x"}
    assert sandbox.api("POST", "/api/links", link) == {"messenger": "messenger", "account": "main"}
    sandbox.does(phone, "open", **link)
    [first] = events(receiver, "postback")
    referral = {"ref": "K7-M2_x", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    assert first["postback"]["payload"] == "GET_STARTED"
    assert first["postback"]["referral"] == referral
    sandbox.switch("messenger", window_seconds=1)
    eventually(lambda: send(sandbox, "messenger", {"text": "x"}).status_code == 403)
    sandbox.does(phone, "open", **link)
    [second] = events(receiver, "referral")
    assert second["referral"] == referral
    assert send(sandbox, "messenger", {"text": "x"}).status_code == 200
    for wrong, error in (
        ("https://m.me/testcafe?ref=a%20b", "bad_code"),
        ("https://m.me/nobody", "unknown_account"),
        ("https://ig.me/m/testcafe", "bad_link"),
    ):
        path = f"/api/phones/{phone}/open"
        assert sandbox.http.post(sandbox.phones + path, json={"link": wrong}).json()["error"] == error


def test_without_get_started_a_new_chat_says_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("messenger", user=MIRA)
    sandbox.does(phone, "open", link="https://m.me/other.cafe?ref=K7")
    sandbox.does(phone, "start", account="second")
    assert receiver.calls == []
    button = {"payload": "LOS"}
    graph(sandbox, "messenger", "me/messenger_profile", token="other-token", get_started=button)
    sandbox.does(phone, "start", account="second")
    [event] = events(receiver, "postback")
    assert event["postback"]["payload"] == "LOS"
    assert receiver.calls[-1].path == "/webhooks/messenger/second"


def test_an_instagram_link_brings_its_code_with_the_first_question(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    phone = sandbox.phone("instagram", user=LENA)
    link = "https://ig.me/m/testcafe.ig?ref=K7-M2"
    sandbox.does(phone, "open", link=link)
    [first] = events(receiver, "postback")
    assert (first["postback"]["payload"], first["postback"]["title"]) == ("NEWS", "Was gibt es Neues?")
    assert first["postback"]["referral"] == {"ref": "K7-M2", "source": "SHORTLINKS", "type": "OPEN_THREAD"}
    sandbox.does(phone, "open", link=link)
    [second] = events(receiver, "referral")
    assert second["referral"]["ref"] == "K7-M2"


@BOTH
def test_taps_come_back(sandbox: Sandbox, receiver: Receiver, messenger: str, person: str) -> None:
    receiver.clear()
    asked = send(sandbox, messenger, quick("Ja", "Nein")).json()["message_id"]
    sandbox.does(person, "press", message=asked, button="Nein")
    told = next(one for one in events(receiver, "message") if "quick_reply" in one["message"])
    assert (told["message"]["text"], told["message"]["quick_reply"]) == ("Nein", {"payload": "P-Nein"})
    offered = send(sandbox, messenger, button(type="postback", title="Mehr", payload="MORE"))
    sandbox.does(person, "press", message=offered.json()["message_id"], button=0)
    [tapped] = events(receiver, "postback")
    assert (tapped["postback"]["title"], tapped["postback"]["payload"]) == ("Mehr", "MORE")
    shop = send(sandbox, messenger, button(type="web_url", title="Laden", url="https://shop.example"))
    opened = sandbox.does(person, "press", message=shop.json()["message_id"], button="Laden")
    assert opened["url"] == "https://shop.example"


def test_cards_are_shown(sandbox: Sandbox, mira: str) -> None:
    cards = [
        {"title": "Suppe", "subtitle": "mit Brot", "image_url": "https://a.example/soup.jpg"},
        {"title": "Kuchen", "buttons": [{"type": "postback", "title": "Nehme ich", "payload": "CAKE"}]},
    ]
    payload = {"template_type": "generic", "elements": cards}
    message = {"attachment": {"type": "template", "payload": payload}}
    assert send(sandbox, "messenger", message).status_code == 200
    shown = sandbox.chat(mira)["messages"][-1]
    assert (shown["text"], shown["picture"]) == ("Suppe\nmit Brot\n\nKuchen", "https://a.example/soup.jpg")
    assert code(
        send(
            sandbox,
            "messenger",
            {
                "attachment": {
                    "type": "template",
                    "payload": {"template_type": "generic", "elements": [{"title": "Nur ein Titel"}]},
                }
            },
        )
    ) == (100, 0)


@BOTH
def test_a_persons_picture_can_be_fetched_by_its_address(
    sandbox: Sandbox, receiver: Receiver, messenger: str, person: str
) -> None:
    receiver.clear()
    sandbox.does(person, "picture", data="data:image/png;base64,iVBORw0KGgo=", caption="Suppe")
    eventually(lambda: len(receiver.calls) == 2)
    picture, words = (one["message"] for one in events(receiver, "message"))
    url = picture["attachments"][0]["payload"]["url"]
    assert picture["attachments"][0]["type"] == "image"
    assert words["text"] == "Suppe"
    assert sandbox.http.get(url, timeout=PATIENCE).content == b"\x89PNG\r\n\x1a\n"
    assert sandbox.http.get(url.partition("?")[0], timeout=PATIENCE).status_code == 403


def test_a_file_is_uploaded_once_and_sent_often(sandbox: Sandbox, mira: str) -> None:
    source = {"type": "image", "payload": {"url": "https://a.example/soup.jpg", "is_reusable": True}}
    upload = graph(sandbox, "messenger", "me/message_attachments", message={"attachment": source}).json()
    message = {"attachment": {"type": "image", "payload": {"attachment_id": upload["attachment_id"]}}}
    assert send(sandbox, "messenger", message).status_code == 200
    assert sandbox.chat(mira)["messages"][-1]["picture"] == "https://a.example/soup.jpg"
    data = {"message": json.dumps({"attachment": {"type": "image"}})}
    url = f"{sandbox.urls['messenger']}/v25.0/me/message_attachments?access_token=page-token"
    files = {"filedata": ("a.png", b"\x89PNG", "image/png")}
    told = sandbox.http.post(url, data=data, files=files, timeout=PATIENCE).json()
    message = {"attachment": {"type": "image", "payload": told}}
    assert send(sandbox, "messenger", message).status_code == 200
    picture = sandbox.chat(mira)["messages"][-1]["picture"]
    assert sandbox.http.get(f"{sandbox.phones}/pictures/{picture}", timeout=PATIENCE).content == b"\x89PNG"
    assert code(graph(sandbox, "messenger", "me/message_attachments")) == (100, 0)


def test_an_unsent_message_is_to_be_forgotten(sandbox: Sandbox, receiver: Receiver, lena: str) -> None:
    said = sandbox.does(lena, "text", text="Ups")["message"]["id"]
    sandbox.does(lena, "deeds", do="unsend", message=said)
    assert receiver.calls[-1].json["entry"][0]["messaging"][0]["message"] == {"mid": said, "is_deleted": True}
    shown = sandbox.chat(lena)["messages"][-1]
    assert (shown["kind"], shown["text"]) == ("deleted", "")
    path = f"/api/phones/{lena}/deeds"
    assert sandbox.api("POST", path, {"do": "unsend", "message": "x"}, 404)["error"] == "unknown"
    assert sandbox.api("POST", path, {"do": "dance"}, 404)["error"] == "unknown"


@BOTH
def test_likes_and_reactions(sandbox: Sandbox, receiver: Receiver, messenger: str, person: str) -> None:
    sandbox.does(person, "deeds", do="like")
    [liked] = receiver.calls[-1].json["entry"][0]["messaging"][0]["message"]["attachments"]
    assert liked["type"] == ("image" if messenger == "messenger" else "like_heart")
    sent = send(sandbox, messenger, {"text": "x"}).json()["message_id"]
    sandbox.does(person, "deeds", do="react", message=sent)
    [event] = events(receiver, "reaction")
    assert (event["reaction"]["mid"], event["reaction"]["action"]) == (sent, "react")


@BOTH
def test_typing_is_seen_and_no_message(sandbox: Sandbox, messenger: str, person: str) -> None:
    with sandbox.http.get(f"{sandbox.phones}/api/events", stream=True, timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"retry: 1000"
        user = person.partition("/")[2]
        body = {"id": user}
        answer = graph(sandbox, messenger, "me/messages", recipient=body, sender_action="typing_on")
        assert answer.json() == {"recipient_id": user}
        seen = (json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: "))
        assert next(one for one in seen if one["type"] == "typing")["phone"] == person
    assert sandbox.log(messenger=messenger) == []


@BOTH
def test_rates_are_hard(sandbox: Sandbox, messenger: str, person: str) -> None:
    sandbox.switch(messenger, rate=5)
    answers = [send(sandbox, messenger, {"text": "x"}) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert 5 <= 12 - len(refused) <= 8
    assert {code(answer) for answer in refused} == {(613, 0)}


def test_videos_have_a_rate_of_their_own(sandbox: Sandbox, mira: str) -> None:
    video = {"attachment": {"type": "video", "payload": {"url": "https://a.example/v.mp4"}}}
    answers = [send(sandbox, "messenger", video) for _ in range(14)]
    assert 10 <= sum(answer.status_code == 200 for answer in answers) <= 12
    assert send(sandbox, "messenger", {"text": "x"}).status_code == 200


@BOTH
def test_faults_on_demand(sandbox: Sandbox, receiver: Receiver, messenger: str, person: str) -> None:
    sandbox.switch(messenger, refuse={"next": 1, "code": 1200})
    assert code(send(sandbox, messenger, {"text": "x"})) == (1200, 0)
    sandbox.switch(messenger, refuse={"next": 1, "code": 613, "status": 429})
    assert send(sandbox, messenger, {"text": "x"}).status_code == 429
    sandbox.switch(messenger, lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        send(sandbox, messenger, {"text": "verloren", "metadata": "d-9"})
    assert sandbox.log(messenger=messenger)[-1]["lost"] is True
    [echo] = eventually(lambda: [one for one in echoes(receiver) if one["message"]["text"] == "verloren"])
    assert echo["message"].get("metadata") == ("d-9" if messenger == "messenger" else None)
    receiver.clear()
    sandbox.switch(messenger, duplicate_events=True)
    sandbox.does(person, "text", text="zweimal")
    eventually(lambda: [one["message"]["text"] for one in events(receiver, "message")] == ["zweimal"] * 2)


@BOTH
def test_who_am_i(sandbox: Sandbox, messenger: str, person: str) -> None:
    told = graph(sandbox, messenger, "me?fields=name,username", "GET").json()
    assert (told["name"], told["username"][:8]) == ("Testcafé", "testcafe")
    if messenger == "messenger":
        assert told["id"] == OWN[messenger]
    else:
        assert graph(sandbox, messenger, "me?fields=user_id", "GET").json()["user_id"] == OWN[messenger]
        assert told["id"] != OWN[messenger]
    assert graph(sandbox, messenger, OWN[messenger], "GET").json()["id"] == OWN[messenger]
    assert code(graph(sandbox, messenger, "me?fields=shoe_size", "GET")) == (100, 0)
    assert code(graph(sandbox, messenger, "me", "GET", token="x")) == (190, 0)
    user = person.partition("/")[2]
    assert graph(sandbox, messenger, f"{user}?fields=name", "GET").json()["id"] == user
    assert graph(sandbox, messenger, "4711", "GET").json()["error"]["error_subcode"] == 33


@BOTH
def test_only_subscribed_fields_are_told(
    sandbox: Sandbox, receiver: Receiver, messenger: str, person: str
) -> None:
    path = f"{OWN[messenger]}/subscribed_apps"
    assert graph(sandbox, messenger, path, "DELETE").json() == {"success": True}
    receiver.clear()
    assert sandbox.does(person, "text", text="unerhört")["acknowledged"] is False
    assert receiver.calls == []
    assert code(graph(sandbox, messenger, path, subscribed_fields="messages,gossip")) == (100, 0)
    assert graph(sandbox, messenger, path, subscribed_fields=["messages"]).json() == {"success": True}
    assert graph(sandbox, messenger, path, "GET").json()["data"][0]["subscribed_fields"] == ["messages"]
    assert sandbox.does(person, "text", text="gehört")["acknowledged"] is True


@BOTH
def test_the_handshake(sandbox: Sandbox, receiver: Receiver, messenger: str) -> None:
    seen: list[str] = []

    def echo(path: str) -> tuple[int, str]:
        seen.append(path)
        return 200, path.rpartition("hub.challenge=")[2]

    receiver.challenge = echo
    told = sandbox.api("POST", f"/_sandbox/{messenger}/main/verify")
    assert told == {"ok": True, "status": 200, "echoed": True}
    token = {"messenger": "page-verify", "instagram": "ig-verify"}[messenger]
    assert f"/webhooks/{messenger}/main?hub.mode=subscribe&hub.verify_token={token}" in seen[0]


def test_an_answer_from_metas_own_inbox(sandbox: Sandbox, receiver: Receiver, mira: str) -> None:
    sandbox.api("POST", "/_sandbox/messenger/main/inbox", {"user": MIRA, "text": "Hier ist Eva."})
    [echo] = echoes(receiver)
    assert (echo["message"]["text"], "app_id" in echo["message"]) == ("Hier ist Eva.", False)
    assert sandbox.chat(mira)["messages"][-1]["side"] == "business"
    sandbox.api("POST", "/_sandbox/messenger/main/policy", {"action": "block"})
    [event] = events(receiver, "policy_enforcement")
    assert event["policy_enforcement"]["action"] == "block"


def test_unknown_paths_are_told(sandbox: Sandbox) -> None:
    answer = sandbox.http.get(f"{sandbox.urls['messenger']}/v25.0/me/likes", timeout=PATIENCE)
    assert code(answer) == (2500, 0)


def test_a_crowd_is_in_contact(sandbox: Sandbox) -> None:
    for messenger in TOKENS:
        sandbox.api("POST", "/api/crowd", {"messenger": messenger, "first": 7000001, "count": 3})
        assert send(sandbox, messenger, {"text": "x"}, user="7000003").status_code == 200
