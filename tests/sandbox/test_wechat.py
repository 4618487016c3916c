"""The fake WeChat refuses what WeChat refuses, and signs, encrypts and tells what WeChat tells."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from defusedxml import ElementTree

from sandbox.throttle import Throttle
from sandbox.wechat.clock import Clock, Quota
from sandbox.wechat.config import OfficialAccount
from sandbox.wechat.content import Content, Mass
from sandbox.wechat.crypto import encrypted, signature
from sandbox.wechat.errors import Refused
from sandbox.wechat.official import Official
from sandbox.wechat.webhooks import xml
from tests.sandbox.harness import CONFIG, PATIENCE, Receiver, Sandbox, eventually, running

LI = "oSANDBOX00000000000000000017"
MEI = "oSANDBOX00000000000000000042"
MAIN, PLAIN, JSON = CONFIG["wechat"]
TEXT = {"msgtype": "text", "text": {"content": "Grüß Gott 早上好"}}


def decrypted(encrypt: str, account: dict[str, Any]) -> bytes:
    key = base64.b64decode(account["encoding_aes_key"] + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    unpadder = PKCS7(256).unpadder()
    padded = decryptor.update(base64.b64decode(encrypt)) + decryptor.finalize()
    plain = unpadder.update(padded) + unpadder.finalize()
    length = int.from_bytes(plain[16:20], "big")
    assert plain[20 + length :].decode() == account["app_id"]
    return plain[20 : 20 + length]


def signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def elements(body: bytes) -> dict[str, str]:
    return {one.tag: one.text or "" for one in ElementTree.fromstring(body)}


def opened(path: str, body: bytes, account: dict[str, Any]) -> dict[str, str]:
    """What a webhook of an account in safe mode says, its signatures checked."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    encrypt = elements(body)["Encrypt"]
    token, stamp, nonce = account["token"], query["timestamp"], query["nonce"]
    assert query["signature"] == signed(token, stamp, nonce)
    assert query["msg_signature"] == signed(token, stamp, nonce, encrypt)
    assert query["encrypt_type"] == "aes"
    return elements(decrypted(encrypt, account))


def told(receiver: Receiver) -> list[dict[str, str]]:
    """All that the main account was told."""
    return [opened(call.path, call.body, MAIN) for call in list(receiver.calls)]


class Api:
    """A business's calls with a stable token; ``ask`` gives the code and the whole answer."""

    def __init__(self, sandbox: Sandbox, account: dict[str, Any] = MAIN) -> None:
        self.sandbox = sandbox
        self.account = account
        self.url = sandbox.urls["wechat"] + "/cgi-bin/"
        self.token = self.stable()["access_token"]

    def stable(self, **more: Any) -> Any:
        ids = {"appid": self.account["app_id"], "secret": self.account["app_secret"]}
        body = {"grant_type": "client_credential", **ids, **more}
        return self.sandbox.http.post(self.url + "stable_token", json=body, timeout=PATIENCE).json()

    def raw(self, path: str, body: bytes) -> requests.Response:
        return self.sandbox.http.post(
            f"{self.url}{path}?access_token={self.token}", data=body, timeout=PATIENCE
        )

    def ask(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = self.raw(path, json.dumps(body, ensure_ascii=False).encode())
        assert answer.status_code == 200
        whole: dict[str, Any] = json.loads(answer.content.decode())
        return whole.get("errcode", 0), whole

    def get(self, path: str, **query: str) -> requests.Response:
        return self.sandbox.http.get(
            self.url + path, params={"access_token": self.token, **query}, timeout=PATIENCE
        )

    def custom(self, user: str = LI, **more: Any) -> int:
        return self.ask("message/custom/send", **{"touser": user, **TEXT, **more})[0]

    def order(self, what: str, **values: Any) -> Any:
        path = f"/_sandbox/wechat/{self.account['account']}/{what}"
        return self.sandbox.api("POST", path, values)


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    sandbox.switch("wechat", delivered_ms=[1, 5])
    return Api(sandbox)


@pytest.fixture
def li(sandbox: Sandbox, receiver: Receiver) -> str:
    """A phone that follows the main account and has written to it."""
    phone = sandbox.phone("wechat", user="17", name="Li Wei")
    sandbox.does(phone, "text", text="Hallo")
    receiver.clear()
    return phone


@pytest.fixture
def mei(sandbox: Sandbox, li: str) -> str:
    """A second follower; a mass message needs two."""
    phone = sandbox.phone("wechat", user="42", name="Mei Lindner")
    sandbox.does(phone, "text", text="Hallo")
    return phone


class Business:
    """A webhook address that answers as it is told: (seconds to wait, status, body)."""

    def __init__(self) -> None:
        self.answers: list[tuple[float, int, bytes]] = []
        self.calls = 0
        business = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                business.calls += 1
                wait, status, body = business.answers.pop(0) if business.answers else (0, 200, b"success")
                time.sleep(wait)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to say."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def business(sandbox: Sandbox, receiver: Receiver, li: str) -> Iterator[Business]:
    one = Business()
    base = f"http://127.0.0.1:{one.server.server_address[1]}"
    sandbox.api("PUT", "/api/webhooks", {"base": base})
    yield one
    sandbox.api("PUT", "/api/webhooks", {"base": receiver.url})
    one.server.shutdown()
    one.server.server_close()


def test_the_signature_is_that_of_wechats_own_examples() -> None:
    assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_encryption_pads_to_32_bytes() -> None:
    encrypt = encrypted(
        b"<a>1</a>", MAIN["encoding_aes_key"], "wx49f0ab532d5d035a", random=b"0123456789abcdef"
    )
    assert encrypt == (
        "pxDvIKtJjb6ivztGO70jSgtPmc3M1MjuSqZy2dH25b5fJbLxomSj/lhWlSFXvcefsK6rM3LXWEO69kPt4+zW/Q=="
    )
    assert signature("123456", "1411443780", "437374425", encrypt) == (
        "0ec2de3cdbd85d03a113b25e9659512ad046cdcb"
    )


@pytest.mark.parametrize("length", range(33))
def test_every_length_can_be_decrypted(length: int) -> None:
    message = b"x" * length
    assert decrypted(encrypted(message, MAIN["encoding_aes_key"], MAIN["app_id"]), MAIN) == message


def test_a_text_cannot_end_its_own_cdata() -> None:
    assert elements(xml({"Content": "a]]></Content><x/>"}))["Content"] == "a]]></Content><x/>"


def test_days_and_months_are_chinas() -> None:
    clock = Clock()
    clock.ahead_ms = 1_704_067_199_000 - 8 * 3_600_000 - clock.now_ms()
    quota = Quota(clock)
    assert (clock.day(), clock.month()) == ("2023-12-31", "2023-12")
    quota.count("mass")
    quota.count("li", monthly=True)
    clock.ahead_ms += 60_000
    assert (clock.day(), quota.used("mass"), quota.used("li", monthly=True)) == ("2024-01-01", 0, 0)


# Tokens.


def test_the_stable_token_stays_the_same_until_five_minutes_before_its_end(api: Api) -> None:
    again = api.stable()
    assert again["access_token"] == api.token
    assert 7195 <= again["expires_in"] <= 7200
    api.order("clock", ahead_seconds=6901)
    fresh = api.stable()
    assert fresh["access_token"] != api.token
    assert api.custom() == 40003
    api.order("clock", ahead_seconds=300)
    assert api.custom() == 42001
    api.token = fresh["access_token"]
    assert api.custom() == 40003


def test_a_forced_token_ends_the_one_before_at_once(api: Api) -> None:
    forced = api.stable(force_refresh=True)["access_token"]
    assert forced != api.token
    assert api.custom() == 40001
    assert api.stable(force_refresh=True)["access_token"] == forced
    for _ in range(19):
        api.order("clock", ahead_seconds=30)
        last = api.stable(force_refresh=True)["access_token"]
        assert last != forced
    api.order("clock", ahead_seconds=30)
    assert api.stable(force_refresh=True)["errcode"] == 45009
    assert api.stable()["access_token"] == last


def test_every_call_of_the_old_kind_makes_a_token(api: Api, sandbox: Sandbox) -> None:
    def token(**more: str) -> Any:
        ids = {"appid": MAIN["app_id"], "secret": MAIN["app_secret"]}
        query = {"grant_type": "client_credential", **ids, **more}
        return sandbox.http.get(api.url + "token", params=query, timeout=PATIENCE).json()

    first, second = token(), token()
    stable, api.token = api.token, first["access_token"]
    assert first["access_token"] != second["access_token"]
    assert api.custom() == 40003
    api.order("clock", ahead_seconds=301)
    assert api.custom() == 40001
    api.token = stable
    assert api.custom() == 40003
    assert token(secret="x" * 32)["errcode"] == 40125
    assert token(appid="wx0000000000000000")["errcode"] == 40013
    assert token(grant_type="x")["errcode"] == 40002


def test_strange_tokens_are_told_apart(api: Api, sandbox: Sandbox) -> None:
    api.token = "nonsense"
    assert api.custom() == 40001
    assert sandbox.log()[-1]["code"] == 40001
    api.token = ""
    assert api.custom() == 41001


def test_a_token_is_given_to_listed_addresses_only(api: Api) -> None:
    api.account = JSON
    assert api.stable()["errcode"] == 40164


# Customer-service messages.


def test_a_message_arrives(api: Api, sandbox: Sandbox, li: str) -> None:
    code, answer = api.ask("message/custom/send", touser=LI, **TEXT)
    assert (code, answer) == (0, {"errcode": 0, "errmsg": "ok"})
    assert sandbox.chat(li)["messages"][-1]["text"] == "Grüß Gott 早上好"
    entry = sandbox.log()[-1]
    assert (entry["user"], entry["kind"], entry["accepted"]) == (LI, "text", True)


def test_five_messages_in_48_hours_after_a_message(api: Api, sandbox: Sandbox, li: str) -> None:
    assert [api.custom() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    sandbox.does(li, "text", text="noch da")
    assert api.custom() == 0
    api.order("clock", ahead_seconds=48 * 3600)
    api.token = api.stable()["access_token"]
    assert api.custom() == 45015


@pytest.mark.parametrize("act", ["start", "menu", "scan"])
def test_three_messages_in_a_minute_after_an_action(api: Api, sandbox: Sandbox, act: str) -> None:
    phone = sandbox.phone("wechat", user="17", name="Li")
    sandbox.does(phone, "start")
    api.order("clock", ahead_seconds=60)
    assert api.custom() == (45015)
    if act == "scan":
        sandbox.does(phone, "open", link=code_of(api, "again")["url"])
    elif act == "menu":
        sandbox.does(phone, "deeds", do="menu", values={"key": "news"})
    else:
        sandbox.does(phone, "block")
        sandbox.does(phone, "unblock")
    assert [api.custom() for _ in range(4)] == [0, 0, 0, 45047]
    api.order("clock", ahead_seconds=60)
    assert api.custom() == 45015


def test_a_tap_does_not_take_the_days_of_a_message_away(api: Api, sandbox: Sandbox, li: str) -> None:
    sandbox.does(li, "deeds", do="menu")
    api.order("clock", ahead_seconds=3600)
    assert api.custom() == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"msgtype": "text", "text": {"content": "ä" * 1025}}, 45002, id="too long"),
        pytest.param({"msgtype": "text", "text": {"content": " "}}, 44004, id="empty"),
        pytest.param({"msgtype": "poem", "poem": {}}, 40008, id="strange kind"),
        pytest.param({"msgtype": "text", "text": {"content": 7}}, 47001, id="number for a text"),
        pytest.param({"msgtype": "image", "image": {"media_id": "nothing"}}, 40007, id="no such media"),
        pytest.param({"touser": "oNOBODY000000000000000000000"}, 40003, id="nobody"),
        pytest.param({"touser": [LI]}, 40003, id="a list"),
        pytest.param(
            {"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008, id="articles"
        ),
    ],
)
def test_what_wechat_refuses_is_refused(
    api: Api, sandbox: Sandbox, li: str, body: dict[str, Any], code: int
) -> None:
    assert api.custom(**body) == code
    assert sandbox.log()[-1]["code"] == code


def test_bodies_are_raw_utf8(api: Api, li: str) -> None:
    def code(body: bytes) -> int:
        return int(api.raw("message/custom/send", body).json()["errcode"])

    message = {"touser": LI, "msgtype": "text", "text": {"content": "früh"}}
    assert code(json.dumps(message).encode()) == 47001
    assert code(json.dumps(message, ensure_ascii=False).encode("latin-1")) == 47001
    assert code(json.dumps({**message, "text": {"content": "a\\u00fc\n"}}).encode()) == 0
    assert code(b"") == 44002
    assert code(b"[]") == 47001
    assert api.get("message/custom/send").json()["errcode"] == 43002
    assert api.get("flyToTheMoon").json()["errcode"] == 40066


def test_a_menu_message_is_tapped(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    menu = {"head_content": "Zufrieden?", "list": [{"id": "y", "content": "Ja"}], "tail_content": "Danke"}
    assert api.custom(msgtype="msgmenu", msgmenu=menu) == 0
    shown = sandbox.chat(li)["messages"][-1]
    assert (shown["text"], shown["keys"][0]["label"]) == ("Zufrieden?\nDanke", "Ja")
    sandbox.does(li, "press", message=shown["id"], button=0)
    message = told(receiver)[-1]
    assert (message["Content"], message["bizmsgmenuid"]) == ("Ja", "y")


def test_a_subscription_account_has_less(api: Api, sandbox: Sandbox) -> None:
    phone = sandbox.phone("wechat", user="17", name="Li")
    sandbox.does(phone, "text", text="Hallo", account="plain")
    api = Api(sandbox, PLAIN)
    menu = {"list": [{"id": "y", "content": "Ja"}], "head_content": "?"}
    assert api.custom(msgtype="msgmenu", msgmenu=menu) == 40200
    template = {"touser": LI, "template_id": "ORDER_READY", "data": {}}
    assert api.ask("message/template/send", **template)[0] == 48001


def test_whoever_unfollows_is_out_of_reach(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "block")
    event = told(receiver)[-1]
    assert (event["MsgType"], event["Event"], event["FromUserName"]) == ("event", "unsubscribe", LI)
    assert api.custom() == 45015
    assert api.get("user/info", openid=LI).json()["subscribe"] == 0
    sandbox.does(li, "unblock")
    assert told(receiver)[-1]["Event"] == "subscribe"
    info = api.get("user/info", openid=LI).json()
    assert (info["subscribe"], info["openid"]) == (1, LI)
    assert api.get("user/info", openid="oNOBODY000000000000000000000").json()["errcode"] == 40003


def test_whoever_shuts_messages_off_gets_none(api: Api, sandbox: Sandbox, li: str) -> None:
    sandbox.does(li, "marketing", value="stop")
    assert api.custom() == 48002


# Mass messages.


def test_a_mass_message_is_told_in_the_end(
    api: Api, sandbox: Sandbox, receiver: Receiver, li: str, mei: str
) -> None:
    receiver.clear()
    code, answer = api.ask("message/mass/send", touser=[LI, MEI], clientmsgid="d-1", **TEXT)
    assert code == 0
    assert {sandbox.chat(one)["messages"][-1]["text"] for one in (li, mei)} == {"Grüß Gott 早上好"}
    eventually(lambda: receiver.calls)
    event = told(receiver)[-1]
    assert (event["Event"], event["MsgID"], event["Status"]) == (
        "MASSSENDJOBFINISH",
        str(answer["msg_id"]),
        "send success",
    )
    assert [event[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")] == [
        "2",
        "2",
        "2",
        "0",
    ]
    status = api.ask("message/mass/get", msg_id=answer["msg_id"])[1]
    assert status["msg_status"] == "SEND_SUCCESS"
    first, second = sandbox.log()[-2:]
    assert (first["user"], second["user"]) == (LI, MEI)
    assert first["call"] == second["call"] == first["n"]
    assert first["delivery"] == "d-1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"touser": [LI]}, 40130, id="one"),
        pytest.param({"touser": [LI, LI]}, 40130, id="one twice"),
        pytest.param({"touser": [f"o{n:027}" for n in range(10_001)]}, 40032, id="too many"),
        pytest.param({"touser": LI}, 40031, id="no list"),
        pytest.param({"touser": [LI, "nobody"]}, 40003, id="strange openid"),
        pytest.param({"clientmsgid": "x" * 65}, 45067, id="key too long"),
        pytest.param({"msgtype": "news", "news": {"articles": [{"title": "a"}]}}, 40008, id="kind"),
    ],
)
def test_what_no_mass_message_may_be(api: Api, li: str, mei: str, body: dict[str, Any], code: int) -> None:
    assert api.ask("message/mass/send", **{"touser": [LI, MEI], **TEXT, **body})[0] == code


def test_a_repeated_mass_message_is_known(api: Api, sandbox: Sandbox, li: str, mei: str) -> None:
    first = api.ask("message/mass/send", touser=[LI, MEI], clientmsgid="k", **TEXT)[1]
    code, again = api.ask("message/mass/send", touser=[LI, MEI], clientmsgid="k", **TEXT)
    assert (code, again["msg_id"]) == (45065, first["msg_id"])
    assert api.ask("message/mass/send", touser=[LI, MEI], **TEXT)[0] == 0
    assert api.ask("message/mass/send", touser=[LI, MEI], **TEXT)[0] == 45065
    assert len(sandbox.chat(li)["messages"]) == 3


def test_a_subscription_account_has_one_mass_message_a_day(api: Api, sandbox: Sandbox) -> None:
    sandbox.api("POST", "/api/crowd", {"messenger": "wechat", "account": "plain", "first": 2000, "count": 3})
    users = [f"oSANDBOX{n:020}" for n in (2000, 2001, 2002)]
    api = Api(sandbox, PLAIN)
    assert api.ask("message/mass/send", touser=users[:1], **TEXT)[0] == 40130
    assert api.ask("message/mass/send", touser=users, clientmsgid="a", **TEXT)[0] == 0
    assert api.ask("message/mass/send", touser=users, clientmsgid="b", **TEXT)[0] == 45028
    api.order("clock", ahead_seconds=86_400)
    api.token = api.stable()["access_token"]
    assert api.ask("message/mass/send", touser=users, clientmsgid="b", **TEXT)[0] == 0


def test_the_fifth_mass_message_of_a_month_is_dropped_in_silence(
    api: Api, sandbox: Sandbox, receiver: Receiver, li: str, mei: str
) -> None:
    receiver.clear()
    for number in range(5):
        assert api.ask("message/mass/send", touser=[LI, MEI], clientmsgid=f"m{number}", **TEXT)[0] == 0
    eventually(lambda: len(receiver.calls) == 5)
    counts = sorted(int(event["FilterCount"]) for event in told(receiver))
    assert counts == [0, 2, 2, 2, 2]
    assert len(sandbox.chat(li)["messages"]) == 5


def mass_codes(official: Official, count: int) -> list[int]:
    """What so many different mass messages at once come to."""

    def code(key: str) -> int:
        try:
            official.begin_mass(Mass((LI, MEI), Content("text"), key), {})
        except Refused as refused:
            return refused.code
        return 0

    return [code(str(number)) for number in range(count)]


def test_sixty_mass_messages_in_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    assert mass_codes(Official.of(OfficialAccount.model_validate(MAIN)), 61) == [0] * 60 + [45011]


def test_a_service_account_has_a_hundred_mass_messages_a_day() -> None:
    official = Official.of(OfficialAccount.model_validate(MAIN))
    official.minute = Throttle(1000, 1000)
    assert mass_codes(official, 101) == [0] * 100 + [45028]


def test_a_refused_mass_message_reaches_nobody(
    api: Api, sandbox: Sandbox, receiver: Receiver, li: str, mei: str
) -> None:
    receiver.clear()
    api.order("verdict", status="err(10001)")
    before = len(sandbox.chat(li)["messages"])
    assert api.ask("message/mass/send", touser=[LI, MEI], **TEXT)[0] == 0
    eventually(lambda: receiver.calls)
    event = told(receiver)[-1]
    assert (event["Status"], event["SentCount"], event["ErrorCount"]) == ("err(10001)", "0", "2")
    assert len(sandbox.chat(li)["messages"]) == before


def test_a_preview_goes_to_one(api: Api, sandbox: Sandbox, li: str) -> None:
    assert api.ask("message/mass/preview", touser=LI, **TEXT)[0] == 0
    assert sandbox.chat(li)["messages"][-1]["text"] == "Grüß Gott 早上好"
    assert api.ask("message/mass/preview", towxname="li", **TEXT)[0] == 40132


# Templates and notices.


def test_a_template_and_what_became_of_it(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    send = {
        "touser": LI,
        "template_id": "ORDER_READY",
        "client_msg_id": "d-7",
        "data": {"first": {"value": "Suppe"}, "remark": {"value": "warm"}},
        "url": "https://a.example",
    }
    code, answer = api.ask("message/template/send", **send)
    assert code == 0
    assert api.ask("message/template/send", **send)[1]["msgid"] == answer["msgid"]
    texts = [one["text"] for one in sandbox.chat(li)["messages"]]
    assert texts.count("Bestellung fertig\nSuppe\nwarm") == 1
    eventually(lambda: receiver.calls)
    event = told(receiver)[-1]
    assert (event["Event"], event["Status"]) == ("TEMPLATESENDJOBFINISH", "success")
    assert event["MsgID"] == str(answer["msgid"])
    assert api.ask("message/template/send", **{**send, "template_id": "NONE"})[0] == 40037
    assert api.ask("message/template/send", **{**send, "data": {"first": "x"}})[0] == 47003


def test_a_template_for_whoever_shut_messages_off(
    api: Api, sandbox: Sandbox, receiver: Receiver, li: str
) -> None:
    sandbox.does(li, "marketing", value="stop")
    assert api.ask("message/template/send", touser=LI, template_id="ORDER_READY", data={})[0] == 0
    eventually(lambda: receiver.calls)
    assert told(receiver)[-1]["Status"] == "failed:user block"
    sandbox.does(li, "block")
    assert api.ask("message/template/send", touser=LI, template_id="ORDER_READY", data={})[0] == 43004


def test_one_yes_is_one_notice(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    data = {"thing1": {"value": "Tisch 4"}, "number2": {"value": "2"}}
    send = {"touser": LI, "template_id": "TABLE_NOTICE", "data": data}
    assert api.ask("message/subscribe/bizsend", **send)[0] == 43101
    sandbox.does(li, "deeds", do="allow")
    listed = ElementTree.fromstring(decrypted(elements(receiver.calls[-1].body)["Encrypt"], MAIN)).find(
        "SubscribeMsgPopupEvent/List"
    )
    assert listed is not None
    assert {one.tag: one.text for one in listed} == {
        "TemplateId": "TABLE_NOTICE",
        "SubscribeStatusString": "accept",
        "PopupScene": "1",
    }
    wrong = {**send, "data": {"thing1": {"value": "x" * 21}, "number2": {"value": "2"}}}
    assert api.ask("message/subscribe/bizsend", **wrong)[0] == 47003
    assert api.ask("message/subscribe/bizsend", **send)[0] == 0
    assert api.ask("message/subscribe/bizsend", **send)[0] == 43101
    assert sandbox.chat(li)["messages"][-1]["text"] == "Ihr Tisch\nTisch 4\n2"


def test_a_yes_can_be_taken_back(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "deeds", do="refuse")
    sandbox.does(li, "deeds", do="allow")
    sandbox.does(li, "deeds", do="refuse")
    assert [message["Event"] for message in told(receiver)] == [
        "subscribe_msg_popup_event",
        "subscribe_msg_popup_event",
        "subscribe_msg_change_event",
    ]
    send = {"touser": LI, "template_id": "TABLE_NOTICE", "data": {"thing1": {"value": "x"}}}
    assert api.ask("message/subscribe/bizsend", **send)[0] == 47003
    send["data"] = {"thing1": {"value": "x"}, "number2": {"value": "2"}}
    assert api.ask("message/subscribe/bizsend", **send)[0] == 43101


# Codes and media.


def code_of(api: Api, scene: str, **more: Any) -> dict[str, Any]:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}, **more}
    return api.ask("qrcode/create", **body)[1]


def test_a_scan_follows_first_and_is_told_again_later(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    code = code_of(api, "qrscene_table7", expire_seconds=600)
    phone = sandbox.phone("wechat", user="17", name="Li")
    sandbox.does(phone, "open", link=code["url"])
    first = told(receiver)[-1]
    assert (first["Event"], first["EventKey"]) == ("subscribe", "qrscene_qrscene_table7")
    assert first["Ticket"] == code["ticket"]
    picture = f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={code['ticket']}"
    sandbox.does(phone, "open", link=picture)
    again = told(receiver)[-1]
    assert (again["Event"], again["EventKey"]) == ("SCAN", "qrscene_table7")
    assert api.get("user/info", openid=LI).json()["qr_scene_str"] == "qrscene_table7"
    api.order("clock", ahead_seconds=601)
    path = f"/api/phones/{phone}/open"
    assert sandbox.api("POST", path, {"link": code["url"]}, 404)["error"] == "unknown_account"


def test_a_code_lives_a_minute_if_nothing_is_said(api: Api) -> None:
    assert code_of(api, "x")["expire_seconds"] == 60
    permanent = {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_000}}}
    assert "expire_seconds" not in api.ask("qrcode/create", **permanent)[1]


@pytest.mark.parametrize(
    ("action", "scene", "seconds"),
    [
        pytest.param("QR_STR_SCENE", {"scene_str": ""}, 60, id="empty"),
        pytest.param("QR_STR_SCENE", {"scene_str": "x" * 65}, 60, id="too long"),
        pytest.param("QR_SCENE", {"scene_id": 0}, 60, id="zero"),
        pytest.param("QR_SCENE", {"scene_id": 2**32}, 60, id="too great"),
        pytest.param("QR_LIMIT_SCENE", {"scene_id": 100_001}, 60, id="permanent too great"),
        pytest.param("QR_STR_SCENE", {"scene_str": "x"}, 2_592_001, id="longer than 30 days"),
        pytest.param("QR_WHATEVER", {"scene_str": "x"}, 60, id="action"),
    ],
)
def test_codes_that_wechat_does_not_make(api: Api, action: str, scene: dict[str, Any], seconds: int) -> None:
    body = {"action_name": action, "action_info": {"scene": scene}, "expire_seconds": seconds}
    assert api.ask("qrcode/create", **body)[0] == 40053


def test_a_persons_picture_can_be_fetched(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "picture", data="data:image/png;base64,iVBORw0KGgo=")
    message = told(receiver)[-1]
    fetched = api.get("media/get", media_id=message["MediaId"])
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"\x89PNG\r\n\x1a\n", "image/png")
    assert sandbox.http.get(message["PicUrl"], timeout=PATIENCE).content == fetched.content
    gone = api.get("media/get", media_id="nothing")
    assert (gone.status_code, gone.json()["errcode"]) == (200, 40007)
    api.order("clock", ahead_seconds=3 * 86_400)
    api.token = api.stable()["access_token"]
    assert api.get("media/get", media_id=message["MediaId"]).json()["errcode"] == 40007


def test_an_uploaded_picture_is_sent(api: Api, sandbox: Sandbox, li: str) -> None:
    def upload(name: str, data: bytes, media_type: str) -> Any:
        url = f"{api.url}media/upload?access_token={api.token}&type=image"
        files = {"media": (name, data, media_type)}
        return sandbox.http.post(url, files=files, timeout=PATIENCE).json()

    media_id = upload("a.png", b"\x89PNG", "image/png")["media_id"]
    assert api.custom(msgtype="image", image={"media_id": media_id}) == 0
    picture = sandbox.chat(li)["messages"][-1]["picture"]
    assert sandbox.http.get(f"{sandbox.phones}/pictures/{picture}", timeout=PATIENCE).content == b"\x89PNG"
    assert upload("a.txt", b"x", "text/plain")["errcode"] == 40004
    assert upload("a.png", b"x" * (10 * 2**20 + 1), "image/png")["errcode"] == 40006
    assert "127.0.0.1" in api.get("getcallbackip").json()["ip_list"]


# Webhooks.


def test_a_message_is_told_as_wechat_tells_it(sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    said = sandbox.does(li, "text", text="Größe <b>?")
    assert said["acknowledged"] is True
    call = receiver.calls[-1]
    assert urlsplit(call.path).path == "/webhooks/wechat/main"
    assert call.headers["content-type"] == "text/xml"
    assert set(elements(call.body)) == {"ToUserName", "Encrypt"}
    message = told(receiver)[-1]
    assert (message["MsgType"], message["Content"]) == ("text", "Größe <b>?")
    assert (message["ToUserName"], message["FromUserName"]) == ("gh_0123456789ab", LI)
    assert message["MsgId"] == said["message"]["id"]
    assert len(message["CreateTime"]) == 10


def test_plain_mode_is_signed_without_the_body(sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "text", text="Hallo", account="plain")
    call = receiver.calls[-1]
    query = {name: values[0] for name, values in parse_qs(urlsplit(call.path).query).items()}
    assert set(query) == {"signature", "timestamp", "nonce", "openid"}
    assert query["signature"] == signed("plaintoken", query["timestamp"], query["nonce"])
    assert elements(call.body)["Content"] == "Hallo"


def test_compatible_mode_tells_everything_twice(sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "text", text="Hallo", account="json")
    body = receiver.calls[-1].json
    assert body["Content"] == "Hallo"
    assert json.loads(decrypted(body["Encrypt"], JSON))["MsgId"] == body["MsgId"]
    assert isinstance(body["CreateTime"], int)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"MsgType": "voice", "MediaId": "m", "Format": "amr"}, id="voice"),
        pytest.param({"MsgType": "event", "Event": "VIEW", "EventKey": "https://a.example"}, id="view"),
        pytest.param({"MsgType": "event", "Event": "LOCATION", "Latitude": "52.5"}, id="location"),
    ],
)
def test_anything_can_be_told(api: Api, receiver: Receiver, li: str, fields: dict[str, Any]) -> None:
    assert api.order("push", user="17", fields=fields)["acknowledged"] is True
    assert fields.items() <= told(receiver)[-1].items()


def test_a_place_and_a_menu_entry(sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.does(li, "deeds", do="place")
    place = told(receiver)[-1]
    assert (place["MsgType"], place["Location_X"]) == ("location", "52.520008")
    sandbox.does(li, "deeds", do="menu", values={"key": "news"})
    click = told(receiver)[-1]
    assert (click["Event"], click["EventKey"]) == ("CLICK", "news")
    assert "MsgId" not in click


def test_the_handshake(api: Api, receiver: Receiver) -> None:
    def echo(path: str) -> tuple[int, str]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        good = query["signature"] == signed("testcafetoken", query["timestamp"], query["nonce"])
        return (200, query["echostr"]) if good else (403, "")

    refused, receiver.challenge = receiver.challenge, echo
    try:
        assert api.order("verify") == {"ok": True, "status": 200, "echoed": True}
    finally:
        receiver.challenge = refused
    assert api.order("verify")["ok"] is False


def notices(sandbox: Sandbox, phone: str) -> int:
    return sum(one["kind"] == "notice" for one in sandbox.chat(phone)["messages"])


@pytest.mark.parametrize("body", [b"", b"success"])
def test_two_answers_are_good(sandbox: Sandbox, business: Business, li: str, body: bytes) -> None:
    business.answers = [(0, 200, body)]
    assert sandbox.does(li, "text", text="Hallo")["acknowledged"] is True
    assert (business.calls, notices(sandbox, li)) == (1, 0)


@pytest.mark.parametrize("body", [b'{"ok": true}', b"<html>", b"success\n", b"Event Accepted"])
def test_any_other_answer_shows_the_person_a_fault(
    sandbox: Sandbox, business: Business, li: str, body: bytes
) -> None:
    business.answers = [(0, 200, body)]
    assert sandbox.does(li, "text", text="Hallo")["acknowledged"] is False
    assert (business.calls, notices(sandbox, li)) == (1, 1)


def test_three_attempts_are_made_in_all(sandbox: Sandbox, business: Business, li: str) -> None:
    business.answers = [(0, 500, b"")] * 3
    assert sandbox.does(li, "text", text="Hallo")["acknowledged"] is False
    assert (business.calls, notices(sandbox, li)) == (3, 1)
    business.answers = [(0, 500, b""), (0, 502, b"")]
    assert sandbox.does(li, "text", text="Hallo")["acknowledged"] is True


def test_after_five_seconds_the_same_is_sent_again(sandbox: Sandbox, business: Business, li: str) -> None:
    business.answers = [(5.5, 200, b"success")]
    begun = time.monotonic()
    assert sandbox.does(li, "text", text="Hallo")["acknowledged"] is True
    assert time.monotonic() - begun >= 4.9
    assert (business.calls, notices(sandbox, li)) == (2, 0)


# Faults.


def test_faults_as_ordered(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.switch("wechat", refuse={"next": 1, "code": -1})
    assert [api.custom(), api.custom()] == [-1, 0]
    sandbox.switch("wechat", refuse={"next": 1, "code": 45009, "status": 429})
    answer = api.raw("message/custom/send", json.dumps({"touser": LI, **TEXT}, ensure_ascii=False).encode())
    assert (answer.status_code, answer.json()["errcode"]) == (429, 45009)
    sandbox.switch("wechat", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        api.custom()
    assert sandbox.log()[-1]["lost"] is True
    receiver.clear()
    sandbox.switch("wechat", duplicate_events=True)
    sandbox.does(li, "text", text="doppelt")
    eventually(lambda: len(receiver.calls) == 2)
    assert len({message["MsgId"] for message in told(receiver)}) == 1


def test_job_events_come_twice_on_demand(api: Api, sandbox: Sandbox, receiver: Receiver, li: str) -> None:
    sandbox.switch("wechat", duplicate_receipts=True)
    assert api.ask("message/template/send", touser=LI, template_id="ORDER_READY", data={})[0] == 0
    eventually(lambda: len(receiver.calls) == 2)


def test_a_mass_message_to_ten_thousand(api: Api, sandbox: Sandbox) -> None:
    sandbox.api("POST", "/api/crowd", {"messenger": "wechat", "first": 2000, "count": 10_000})
    users = [f"oSANDBOX{n:020}" for n in range(2000, 12_000)]
    assert api.ask("message/mass/send", touser=users, clientmsgid="all", **TEXT)[0] == 0
    assert sandbox.api("GET", "/api/log/counts")["wechat/main"]["users"] == 10_000


def test_codes_windows_and_what_is_under_way_outlive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    more = ("--state", str(tmp_path / "state.json"))
    with running(tmp_path, receiver.url, *more) as sandbox:
        api = Api(sandbox)
        phone = sandbox.phone("wechat", user="17", name="Li")
        sandbox.does(phone, "text", text="Hallo")
        assert [api.custom() for _ in range(3)] == [0, 0, 0]
        code = code_of(api, "table7", expire_seconds=600)
        sandbox.switch("wechat", delivered_ms=[60_000, 60_000])
        assert api.ask("message/template/send", touser=LI, template_id="ORDER_READY", data={})[0] == 0
    receiver.clear()
    with running(tmp_path, receiver.url, *more) as sandbox:
        assert [Api(sandbox).custom() for _ in range(3)] == [0, 0, 45047]
        eventually(lambda: receiver.calls)
        assert told(receiver)[-1]["Event"] == "TEMPLATESENDJOBFINISH"
        sandbox.does(phone, "open", link=code["url"])
        assert told(receiver)[-1]["EventKey"] == "table7"
        later = Api(sandbox)
        assert [later.custom() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
