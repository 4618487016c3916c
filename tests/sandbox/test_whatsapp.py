"""The fake Cloud API refuses what Meta refuses, and tells what Meta tells."""

import hmac
import json
from typing import Any

import pytest
import requests

from tests.sandbox.harness import PATIENCE, Receiver, Sandbox, eventually

SILENT = "+491713920099"
TEXT: dict[str, Any] = {"type": "text", "text": {"body": "Guten Tag"}}


def template(*values: str, name: str = "autumn", language: str = "de", **more: Any) -> dict[str, Any]:
    components: list[dict[str, Any]] = []
    if values:
        parameters = [{"type": "text", "text": value} for value in values]
        components.append({"type": "body", "parameters": parameters})
    part = {"name": name, "language": {"code": language}, "components": components}
    return {"type": "template", "template": part, **more}


def buttons(*titles: str, body: str = "Wählen Sie") -> dict[str, Any]:
    replies = [
        {"type": "reply", "reply": {"id": f"B{number}", "title": title}}
        for number, title in enumerate(titles)
    ]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}},
    }


def code(answer: requests.Response) -> int:
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    number: int = error["code"]
    return number


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"type": "text", "text": {"body": "x" * 4097}}, 100, id="text too long"),
        pytest.param({"type": "text", "text": {"body": ""}}, 131009, id="text empty"),
        pytest.param({"type": "text", "text": {}}, 131008, id="body missing"),
        pytest.param({"type": "text"}, 100, id="text missing"),
        pytest.param({"type": "text", "text": {"body": "a", "bold": True}}, 100, id="unknown field inside"),
        pytest.param({**TEXT, "priority": 1}, 100, id="unknown field"),
        pytest.param({**TEXT, "to": None}, 100, id="nobody to send to"),
        pytest.param({**TEXT, "to": "Anna"}, 100, id="not a number"),
        pytest.param({**TEXT, "to": "+493023125001"}, 131021, id="to itself"),
        pytest.param({**TEXT, "messaging_product": "sms"}, 100, id="another product"),
        pytest.param({**TEXT, "biz_opaque_callback_data": "x" * 513}, 100, id="opaque data too long"),
        pytest.param({"type": "hologram"}, 131051, id="unknown type"),
        pytest.param({"type": "image", "image": {}}, 100, id="picture without source"),
        pytest.param(
            {"type": "image", "image": {"link": "https://a.example/b.jpg", "caption": "x" * 1025}},
            100,
            id="caption too long",
        ),
        pytest.param(buttons(), 131009, id="no buttons"),
        pytest.param(buttons("a", "b", "c", "d"), 131009, id="four buttons"),
        pytest.param(buttons("x" * 21), 131009, id="title too long"),
        pytest.param(buttons("Ja", "Ja"), 131009, id="same title twice"),
        pytest.param(buttons("Ja", body="x" * 1025), 131009, id="text over buttons too long"),
        pytest.param(template("Anna", name="winter"), 132001, id="unknown template"),
        pytest.param(template("Anna", language="fr"), 132001, id="template in another language"),
        pytest.param(template(), 132000, id="too few parameters"),
        pytest.param(template("Anna", "Berger"), 132000, id="too many parameters"),
        pytest.param(template("Anna\nBerger"), 132018, id="line break in a parameter"),
        pytest.param(template(""), 131008, id="empty parameter"),
        pytest.param(template(name="paused"), 132015, id="paused template"),
        pytest.param(template(name="pictured"), 132012, id="header missing"),
    ],
)
def test_what_meta_refuses_is_refused(
    sandbox: Sandbox, anna: str, body: dict[str, Any], expected: int
) -> None:
    answer = sandbox.send(**body)
    assert code(answer) == expected
    entry = sandbox.log()[-1]
    assert (entry["accepted"], entry["code"]) == (False, expected)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"type": "text", "text": {"body": "ä" * 4096}}, id="longest text"),
        pytest.param(buttons("x" * 20, "Nein", "Später", body="x" * 1024), id="three buttons"),
        pytest.param(template("Anna"), id="template"),
        pytest.param(
            {"type": "image", "image": {"link": "https://a.example/b.jpg", "caption": "x"}}, id="image"
        ),
        pytest.param({"type": "document", "document": {"link": "https://a.example/b.pdf"}}, id="document"),
        pytest.param({"type": "location", "location": {"latitude": 0.0, "longitude": 1.0}}, id="location"),
    ],
)
def test_what_meta_takes_is_taken(sandbox: Sandbox, anna: str, body: dict[str, Any]) -> None:
    answer = sandbox.send(**body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["contacts"] == [{"input": "+491713920001", "wa_id": "491713920001"}]
    assert told["messages"][0]["id"] == sandbox.chat(anna)["messages"][-1]["id"]


@pytest.mark.parametrize("token", ["", "wrong", "main-tokenx"])
def test_a_wrong_token_is_190(sandbox: Sandbox, token: str) -> None:
    answer = sandbox.send(token=token, **TEXT)
    assert (answer.status_code, code(answer)) == (401, 190)


def test_the_token_of_another_number_does_not_help(sandbox: Sandbox) -> None:
    error = sandbox.send(token="second-token", **TEXT).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 33)


def test_an_unknown_number_is_not_there(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer main-token"}
    url = f"{sandbox.whatsapp}/v25.0/999/messages"
    assert sandbox.http.post(url, json=TEXT, headers=headers, timeout=PATIENCE).json()["error"]["code"] == 100


def test_outside_the_window_only_templates_pass(sandbox: Sandbox) -> None:
    assert code(sandbox.send(to=SILENT, **TEXT)) == 131047
    assert sandbox.send(to=SILENT, **template("Anna")).status_code == 200


def test_writing_opens_the_window_until_it_shuts(sandbox: Sandbox, anna: str) -> None:
    assert sandbox.send(**TEXT).status_code == 200
    sandbox.switch("whatsapp", window_seconds=0.01)
    assert eventually(lambda: sandbox.send(**TEXT).status_code == 400)


def test_a_number_that_is_not_on_whatsapp(sandbox: Sandbox) -> None:
    assert code(sandbox.send(to="+4915000123456", **template("Anna"))) == 131026


def test_late_refusals_come_as_a_failed_status(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.switch("whatsapp", late_refusals=True)
    answer = sandbox.send(to="+4915000123456", **template("Anna"), biz_opaque_callback_data="d-1")
    message_id = answer.json()["messages"][0]["id"]
    statuses = eventually(lambda: (found := receiver.statuses(message_id))[1:] and found)
    failed = next(status for status in statuses if status["status"] == "failed")
    assert failed["errors"][0]["code"] == 131026
    assert failed["biz_opaque_callback_data"] == "d-1"


def test_the_rate_of_a_number_is_hard(sandbox: Sandbox) -> None:
    sandbox.switch("whatsapp", rate=5)
    answers = [sandbox.send(to=f"+4917139200{last:02d}", **template("A")) for last in range(10, 30)]
    taken = sum(answer.status_code == 200 for answer in answers)
    assert 5 <= taken <= 8
    assert {code(answer) for answer in answers if answer.status_code != 200} == {130429}
    assert sandbox.api("GET", "/api/log/counts")["whatsapp/main"]["refused"] == {"130429": 20 - taken}


def test_one_person_can_be_written_to_only_so_often(sandbox: Sandbox, anna: str) -> None:
    sandbox.switch("whatsapp", rate=1000)
    answers = [sandbox.send(**TEXT) for _ in range(47)]
    assert sum(answer.status_code == 200 for answer in answers) in (45, 46)
    assert code(answers[-1]) == 131056


def test_receipts_are_signed_and_carry_our_id(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.switch("whatsapp", read_share=1)
    answer = sandbox.send(to=SILENT, **template("Zoë/ß"), biz_opaque_callback_data="über/1")
    message_id = answer.json()["messages"][0]["id"]
    statuses = eventually(lambda: (found := receiver.statuses(message_id))[2:] and found)
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"über/1"}
    assert all(status["timestamp"].isdigit() for status in statuses)
    assert ["pricing" in status for status in statuses] == [True, True, False]
    for call in receiver.calls:
        expected = hmac.new(b"main-secret", call.body, "sha256").hexdigest()
        assert call.headers["x-hub-signature-256"] == f"sha256={expected}"
        assert call.path == "/webhooks/whatsapp/main"
        assert call.body.isascii()


def test_receipts_travel_together(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.switch("whatsapp", read_share=0, rate=1000)
    ids = [
        sandbox.send(to=f"+4917139200{last:02d}", **template("A")).json()["messages"][0]["id"]
        for last in range(10, 40)
    ]
    eventually(lambda: all(len(receiver.statuses(one)) == 2 for one in ids))
    assert len(receiver.calls) < 30
    assert max(len(call.json["entry"][0]["changes"]) for call in receiver.calls) == 2


def test_the_share_of_reads_can_be_set(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.switch("whatsapp", delivered_share=0)
    message_id = sandbox.send(to=SILENT, **template("A")).json()["messages"][0]["id"]
    sandbox.switch("whatsapp", delivered_share=1, read_share=1, open_chat_share=1)
    other = sandbox.send(to=SILENT, **template("A")).json()["messages"][0]["id"]
    eventually(lambda: len(receiver.statuses(other)) == 2)
    assert [status["status"] for status in receiver.statuses(message_id)] == ["sent"]
    assert [status["status"] for status in receiver.statuses(other)] == ["sent", "read"]


def test_receipts_come_twice_and_out_of_order_on_demand(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.switch("whatsapp", read_share=1, duplicate_receipts=True, reorder_receipts=True)
    sandbox.switch("whatsapp", sent_ms=[1, 1], delivered_ms=[150, 150], read_ms=[300, 300])
    message_id = sandbox.send(to=SILENT, **template("A")).json()["messages"][0]["id"]
    statuses = eventually(lambda: (found := receiver.statuses(message_id))[5:] and found)
    assert [status["status"] for status in statuses] == [
        "read",
        "read",
        "delivered",
        "delivered",
        "sent",
        "sent",
    ]


def test_a_webhook_is_repeated_until_200(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.extend([(500, {}), (401, {}), (204, {})])
    done = sandbox.does("whatsapp/491713920001", "text", text="Hallo")
    assert done["acknowledged"] is True
    assert [call.body for call in receiver.calls] == [receiver.calls[0].body] * 4
    assert receiver.calls[3].at - receiver.calls[2].at > receiver.calls[1].at - receiver.calls[0].at
    assert sandbox.api("GET", "/api/hooks")[-1]["tries"] == 4


def test_a_webhook_is_given_up_in_the_end(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers.extend([(500, {})] * 5)
    done = sandbox.does("whatsapp/491713920001", "text", text="Hallo")
    assert done["acknowledged"] is False
    assert sandbox.chat("whatsapp/491713920001")["messages"][-1]["state"] == "lost"


def test_a_text_arrives_as_meta_tells_it(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    value = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]
    assert value["metadata"] == {"display_phone_number": "493023125001", "phone_number_id": "10650001"}
    assert value["contacts"][0]["wa_id"] == "491713920001"
    assert value["contacts"][0]["profile"] == {"name": "Anna Berger"}
    message = value["messages"][0]
    assert (message["from"], message["type"], message["text"]) == ("491713920001", "text", {"body": "Hallo"})
    assert message["timestamp"].isdigit()


def test_a_person_without_a_visible_number(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("whatsapp", name="Kim", hidden=True)
    sandbox.does(phone, "text", text="Hallo")
    value = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]
    alias = value["contacts"][0]["user_id"]
    assert "wa_id" not in value["contacts"][0]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == alias
    answer = sandbox.send(to=None, recipient=alias, **TEXT)
    assert answer.json()["contacts"] == [{"input": alias, "user_id": alias}]
    assert code(sandbox.send(to=None, recipient=alias, **template("123456", name="code"))) == 131062
    assert sandbox.send(**template("123456", name="code")).status_code == 200


def test_a_tap_on_a_button_comes_back(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    message_id = sandbox.send(**buttons("Ja", "Nein")).json()["messages"][0]["id"]
    sandbox.does(anna, "press", message=message_id, button="Nein")
    message = next(call for call in receiver.calls if b"button_reply" in call.body).json["entry"][0][
        "changes"
    ][0]["value"]["messages"][0]
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "B1", "title": "Nein"}}
    assert message["context"] == {"from": "493023125001", "id": message_id}


def test_a_tap_on_a_template_button_comes_back(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    body = template("Anna")
    payload = [{"type": "payload", "payload": "MORE"}]
    suffix = [{"type": "text", "text": "suppe"}]
    body["template"]["components"] += [
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": payload},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": suffix},
    ]
    message_id = sandbox.send(**body).json()["messages"][0]["id"]
    assert sandbox.chat(anna)["messages"][-1]["text"] == "Hallo Anna 🍂"
    sandbox.does(anna, "press", message=message_id, button=0)
    call = next(call for call in receiver.calls if b'"type":"button"' in call.body)
    message = call.json["entry"][0]["changes"][0]["value"]["messages"][0]
    assert message["button"] == {"payload": "MORE", "text": "Mehr"}
    opened = sandbox.does(anna, "press", message=message_id, button=1)
    assert opened["url"] == "https://shop.example/suppe"


def test_an_entry_link_is_sent_as_text(sandbox: Sandbox, receiver: Receiver) -> None:
    link = "https://wa.me/493023125001?text=Ja%20bitte%3A%20K7-M2%20%F0%9F%8D%B2"
    opened = sandbox.does("whatsapp/491713920001", "open", link=link)
    assert opened["account"] == "main"
    assert b"Ja bitte: K7-M2" in receiver.calls[-1].body


def test_a_link_to_nobody_is_told(sandbox: Sandbox) -> None:
    path = "/api/phones/whatsapp/491713920001/open"
    assert sandbox.api("POST", path, {"link": "https://wa.me/4930999"}, 404)["error"] == "unknown_account"
    assert sandbox.api("POST", path, {"link": "https://example.org/"}, 400)["error"] == "bad_link"


def test_a_picture_can_be_fetched_by_the_business(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    sandbox.does(anna, "picture", data="data:image/png;base64,iVBORw0KGgo=", caption="Suppe")
    message = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]["messages"][0]
    assert message["image"]["caption"] == "Suppe"
    headers = {"Authorization": "Bearer main-token"}
    url = f"{sandbox.whatsapp}/v25.0/{message['image']['id']}"
    told = sandbox.http.get(url, headers=headers, timeout=PATIENCE).json()
    assert sandbox.http.get(told["url"], timeout=PATIENCE).status_code == 401
    assert sandbox.http.get(told["url"], headers=headers, timeout=PATIENCE).content == b"\x89PNG\r\n\x1a\n"


def test_a_person_who_blocked_is_not_reached(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    sandbox.does(anna, "block")
    shown = len(sandbox.chat(anna)["messages"])
    message_id = sandbox.send(**template("Anna")).json()["messages"][0]["id"]
    statuses = eventually(lambda: (found := receiver.statuses(message_id))[1:] and found)
    assert {status["status"] for status in statuses} == {"sent", "failed"}
    assert len(sandbox.chat(anna)["messages"]) == shown
    assert sandbox.api("POST", f"/api/phones/{anna}/text", {"text": "Hallo"}, 409)["error"] == "blocked"
    sandbox.does(anna, "unblock")
    assert sandbox.does(anna, "text", text="Hallo")["acknowledged"] is True


def test_the_platforms_own_stop(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    sandbox.does(anna, "marketing", value="stop")
    change = receiver.calls[-1].json["entry"][0]["changes"][0]
    assert change["field"] == "user_preferences"
    assert change["value"]["user_preferences"][0]["value"] == "stop"
    assert code(sandbox.send(**template("Anna"))) == 131050
    assert sandbox.send(**template(name="table")).status_code == 200
    sandbox.does(anna, "marketing", value="resume")
    assert sandbox.send(**template("Anna")).status_code == 200


def test_the_handshake(sandbox: Sandbox, receiver: Receiver) -> None:
    seen: list[str] = []

    def echo(path: str) -> tuple[int, str]:
        seen.append(path)
        return 200, path.rpartition("hub.challenge=")[2]

    receiver.challenge = echo
    path = "/_sandbox/whatsapp/main/verify"
    assert sandbox.api("POST", path) == {"ok": True, "status": 200, "echoed": True}
    assert "hub.mode=subscribe&hub.verify_token=main-verify&hub.challenge=" in seen[0]
    receiver.challenge = lambda path: (200, "something else")
    assert sandbox.http.post(sandbox.whatsapp + path, timeout=PATIENCE).json()["ok"] is False


def test_the_marketing_endpoint_takes_marketing_templates_only(sandbox: Sandbox) -> None:
    def sent(body: dict[str, Any]) -> requests.Response:
        whole = {"messaging_product": "whatsapp", "to": SILENT, **body}
        headers = {"Authorization": "Bearer main-token"}
        url = f"{sandbox.whatsapp}/v25.0/10650001/marketing_messages"
        return sandbox.http.post(url, json=whole, headers=headers, timeout=PATIENCE)

    assert sent(template("Anna")).status_code == 200
    assert code(sent(template(name="table"))) == 134100


def test_templates_are_listed(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer main-token"}
    url = f"{sandbox.whatsapp}/v25.0/777/message_templates"
    names = [one["name"] for one in sandbox.http.get(url, headers=headers, timeout=PATIENCE).json()["data"]]
    assert names == ["autumn", "table", "paused", "code", "pictured"]


def test_an_american_number_gets_no_marketing(sandbox: Sandbox, receiver: Receiver) -> None:
    def became(to: str, **body: Any) -> list[str]:
        message_id = sandbox.send(to=to, **body).json()["messages"][0]["id"]
        sandbox.switch("whatsapp", read_share=0)
        statuses = eventually(lambda: (found := receiver.statuses(message_id))[1:] and found)
        return [str(one.get("errors", [{}])[0].get("code", one["status"])) for one in statuses]

    assert became("+12025550143", **template("Anna")) == ["sent", "131049"]
    assert became("+12025550143", **template(name="table")) == ["sent", "delivered"]
    assert became("+14165550143", **template("Anna")) == ["sent", "delivered"]


def test_a_template_is_moved_to_another_category(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    path = "/_sandbox/whatsapp/main/template_category"
    change = {"name": "table", "language": "de", "category": "MARKETING"}
    assert sandbox.api("POST", path, {**change, "notice": True}) == {"acknowledged": True}
    assert sandbox.api("POST", path, change) == {"acknowledged": True}
    told = [call.json["entry"][0]["changes"][0] for call in receiver.calls[-2:]]
    assert [one["field"] for one in told] == ["template_category_update"] * 2
    assert (told[0]["value"]["correct_category"], told[0]["value"]["new_category"]) == (
        "MARKETING",
        "UTILITY",
    )
    assert (told[1]["value"]["previous_category"], told[1]["value"]["new_category"]) == (
        "UTILITY",
        "MARKETING",
    )
    sandbox.does(anna, "marketing", value="stop")
    assert code(sandbox.send(**template(name="table"))) == 131050
    assert sandbox.api("POST", path, {**change, "name": "none"}, 404)["error"] == "unknown"
    sandbox.api("POST", "/api/reset")
    assert sandbox.send(to=SILENT, **template(name="table")).status_code == 200


def test_a_template_is_paused_and_comes_back(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    path = "/_sandbox/whatsapp/main/template_status"
    sandbox.api("POST", path, {"name": "autumn", "language": "de", "status": "PAUSED"})
    change = receiver.calls[-1].json["entry"][0]["changes"][0]
    assert change["field"] == "message_template_status_update"
    assert (change["value"]["event"], change["value"]["message_template_name"]) == ("PAUSED", "autumn")
    assert code(sandbox.send(**template("Anna"))) == 132015
    sandbox.api("POST", path, {"name": "autumn", "language": "de", "status": "APPROVED"})
    assert sandbox.send(**template("Anna")).status_code == 200


def test_the_account_is_restricted_on_demand(sandbox: Sandbox, receiver: Receiver) -> None:
    update = {
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1}],
    }
    sandbox.api("POST", "/_sandbox/whatsapp/main/account_update", update)
    change = receiver.calls[-1].json["entry"][0]["changes"][0]
    assert (change["field"], change["value"]) == ("account_update", update)
    assert sandbox.api("POST", "/_sandbox/whatsapp/main/dance", {}, 404)["error"] == "unknown"
    assert sandbox.api("POST", "/_sandbox/telegram/main/verify", {}, 404)["error"] == "unknown"


def test_a_new_number_is_told_and_reached(sandbox: Sandbox, receiver: Receiver, anna: str) -> None:
    before = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]["contacts"][0]["user_id"]
    sandbox.does(anna, "deeds", do="number", values={"number": "+491713920066"})
    message = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]["messages"][0]
    assert (message["from"], message["type"]) == ("491713920001", "system")
    assert (message["system"]["type"], message["system"]["wa_id"]) == ("user_changed_number", "491713920066")
    assert sandbox.chat("whatsapp/491713920066")["messages"][0]["text"] == "Hallo"
    sandbox.does("whatsapp/491713920066", "text", text="Ich bin’s")
    contact = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]["contacts"][0]
    assert contact["wa_id"] == "491713920066"
    assert contact["user_id"] != before


def test_a_person_without_a_visible_number_changes_it(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("whatsapp", name="Kim", hidden=True)
    sandbox.does(phone, "deeds", do="number")
    value = receiver.calls[-1].json["entry"][0]["changes"][0]["value"]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["system"]["type"] == "user_changed_user_id"
    assert phone.partition("/")[2] not in json.dumps(value)
