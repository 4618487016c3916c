"""The fake bot service refuses what Microsoft's refuses, and signs and tells what that one does."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import requests

from sandbox.botframework.pace import LIMITS, Pace
from tests.sandbox.harness import CONFIG, PATIENCE, Call, Receiver, Sandbox, eventually, running

ADA = "29:1SANDBOX00000000000000000017"
TEAMS, SECOND = CONFIG["teams"]
SKYPE = CONFIG["skype"][0]
SCOPE = "https://api.botframework.com/.default"
TEXT = {"type": "message", "text": "Guten Tag", "textFormat": "plain"}
HERO = "application/vnd.microsoft.card.hero"


def asked_for_token(sandbox: Sandbox, account: dict[str, Any], **more: str) -> requests.Response:
    tenant = more.pop("tenant", account["tenant_id"])
    form = {
        "grant_type": "client_credentials",
        "client_id": account["app_id"],
        "client_secret": account["app_password"],
        "scope": SCOPE,
        **more,
    }
    url = f"{sandbox.urls['teams']}/{tenant}/oauth2/v2.0/token"
    return sandbox.http.post(url, data=form, timeout=PATIENCE)


class Bot:
    """A bot's calls; ``ask`` gives the whole answer."""

    def __init__(self, sandbox: Sandbox, messenger: str, account: dict[str, Any]) -> None:
        self.sandbox = sandbox
        self.messenger = messenger
        self.account = account
        self.service_url = ""
        self.conversation = ""
        form = {
            "grant_type": "client_credentials",
            "client_id": account["app_id"],
            "client_secret": account["app_password"],
            "scope": SCOPE,
        }
        url = f"{sandbox.urls[messenger]}/{account['tenant_id']}/oauth2/v2.0/token"
        self.token = sandbox.http.post(url, data=form, timeout=PATIENCE).json()["access_token"]

    def heard(self, activity: dict[str, Any]) -> None:
        """Keeps the conversation's reference, as a bot does."""
        self.service_url, self.conversation = activity["serviceUrl"], activity["conversation"]["id"]

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.sandbox.http.request(
            method,
            self.service_url + path,
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE,
        )

    @property
    def activities(self) -> str:
        return f"v3/conversations/{quote(self.conversation, safe='')}/activities"

    def send(self, **activity: Any) -> requests.Response:
        return self.ask("POST", self.activities, TEXT | activity)

    def card(self, *buttons: dict[str, Any]) -> requests.Response:
        content = {"title": "Heute", "text": "Suppe?", "buttons": list(buttons)}
        return self.send(text="", attachments=[{"contentType": HERO, "content": content}])

    def order(self, what: str, **values: Any) -> Any:
        path = f"/_sandbox/{self.messenger}/{self.account['account']}/{what}"
        return self.sandbox.api("POST", path, values)


def told(receiver: Receiver, kind: str = "") -> list[dict[str, Any]]:
    activities = [call.json for call in list(receiver.calls)]
    return [one for one in activities if kind in ("", one["type"])]


def met(sandbox: Sandbox, receiver: Receiver, messenger: str, account: dict[str, Any]) -> tuple[Bot, str]:
    """A bot, and the phone of somebody who has written to it."""
    bot = Bot(sandbox, messenger, account)
    phone = sandbox.phone(messenger, user="17", name="Ada Winter")
    sandbox.does(phone, "text", text="Hallo", account=account["account"])
    bot.heard(told(receiver, "message")[-1])
    receiver.clear()
    return bot, phone


@pytest.fixture
def teams(sandbox: Sandbox, receiver: Receiver) -> tuple[Bot, str]:
    return met(sandbox, receiver, "teams", TEAMS)


@pytest.fixture
def skype(sandbox: Sandbox, receiver: Receiver) -> tuple[Bot, str]:
    return met(sandbox, receiver, "skype", SKYPE)


# The directory.


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        pytest.param({"client_secret": "x"}, 401, "invalid_client", id="secret"),
        pytest.param({"client_id": "x"}, 400, "unauthorized_client", id="app"),
        pytest.param({"tenant": SECOND["tenant_id"]}, 400, "unauthorized_client", id="foreign tenant"),
        pytest.param({"tenant": "botframework.com"}, 400, "unauthorized_client", id="single tenant"),
        pytest.param({"tenant": "nobody.example"}, 400, "invalid_request", id="no tenant"),
        pytest.param({"scope": "x"}, 400, "invalid_scope", id="scope"),
        pytest.param({"scope": ""}, 400, "invalid_request", id="no scope"),
        pytest.param({"grant_type": "password"}, 400, "unsupported_grant_type", id="grant"),
    ],
)
def test_wrong_credentials_get_no_token(
    sandbox: Sandbox, wrong: dict[str, str], status: int, error: str
) -> None:
    answer = asked_for_token(sandbox, TEAMS, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].startswith("AADSTS")
    assert "access_token" not in answer.json()


def test_credentials_are_a_form(sandbox: Sandbox) -> None:
    granted = asked_for_token(sandbox, TEAMS).json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3599)
    assert asked_for_token(sandbox, SECOND, tenant="botframework.com").status_code == 200
    url = f"{sandbox.urls['teams']}/{TEAMS['tenant_id']}/oauth2/v2.0/token"
    body = {"grant_type": "client_credentials", "client_id": TEAMS["app_id"]}
    assert sandbox.http.post(url, json=body, timeout=PATIENCE).json()["error"] == "invalid_request"


def test_a_bearer_is_needed_everywhere(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    good, bot.token = bot.token, "nonsense"
    chat = f"v3/conversations/{quote(bot.conversation, safe='')}"
    for method, path in (
        ("POST", bot.activities),
        ("POST", f"{bot.activities}/1"),
        ("PUT", f"{bot.activities}/1"),
        ("DELETE", f"{bot.activities}/1"),
        ("POST", "v3/conversations"),
        ("GET", f"{chat}/members"),
        ("GET", f"{chat}/pagedmembers"),
        ("POST", f"{chat}/attachments"),
        ("GET", "v3/attachments/1"),
        ("GET", "v3/attachments/1/views/original"),
    ):
        assert bot.ask(method, path, TEXT).status_code == 401, path
    assert sandbox.log()[-1]["code"] == 401
    bot.token = good
    assert bot.send().status_code == 201
    basic = {"Authorization": f"Basic {good}"}
    url = bot.service_url + bot.activities
    assert sandbox.http.post(url, json=TEXT, headers=basic, timeout=PATIENCE).status_code == 401
    bot.order("expire_tokens")
    assert bot.send().status_code == 401


def test_a_bearer_opens_only_the_own_conversations(
    sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]
) -> None:
    other, _ = met(sandbox, receiver, "teams", SECOND)
    assert other.send().status_code == 201
    other.service_url, other.conversation = teams[0].service_url, teams[0].conversation
    answer = other.send()
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ConversationNotFound")


# Messages.


def test_a_message_arrives(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    answer = bot.send()
    assert answer.status_code == 201
    shown = sandbox.chat(phone)["messages"][-1]
    assert (shown["id"], shown["text"]) == (answer.json()["id"], "Guten Tag")
    entry = sandbox.log()[-1]
    assert (entry["messenger"], entry["user"], entry["kind"]) == ("teams", ADA, "text")
    assert entry["message_id"] == answer.json()["id"]


def test_a_reply_an_edit_and_a_deletion(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    first = bot.send().json()["id"]
    assert bot.ask("POST", f"{bot.activities}/{first}", TEXT).status_code == 201
    path = f"{bot.activities}/{first}"
    assert bot.ask("PUT", path, TEXT | {"text": "Guten Abend"}).json() == {"id": first}
    assert sandbox.chat(phone)["messages"][-2]["text"] == "Guten Abend"
    assert bot.ask("DELETE", path).status_code == 200
    assert len(sandbox.chat(phone)["messages"]) == 2
    gone = bot.ask("PUT", path, TEXT)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "ActivityNotFoundInConversation")


def test_skype_changes_nothing_that_was_sent(skype: tuple[Bot, str]) -> None:
    bot, _ = skype
    path = f"{bot.activities}/{bot.send().json()['id']}"
    assert bot.ask("PUT", path, TEXT).status_code == 405
    assert bot.ask("DELETE", path).status_code == 405


@pytest.mark.parametrize(
    "activity",
    [
        pytest.param({"text": " "}, id="empty"),
        pytest.param({"type": ""}, id="no type"),
        pytest.param({"text": 7}, id="number for a text"),
        pytest.param({"textFormat": "html"}, id="format"),
        pytest.param({"conversation": {"id": "a:1another"}}, id="another conversation"),
        pytest.param({"attachments": [{"contentType": "image/png", "contentUrl": "soup.png"}]}, id="address"),
        pytest.param({"attachments": [{"content": {}}]}, id="attachment without a type"),
        pytest.param(
            {"attachments": [{"contentType": "application/vnd.microsoft.card.audio", "content": {}}]},
            id="audio card",
        ),
        pytest.param(
            {"attachments": [{"contentType": HERO, "content": {"buttons": [{"type": "imBack"}]}}]},
            id="button without a title",
        ),
        pytest.param({"suggestedActions": {"actions": [{"type": "wink", "title": "x"}]}}, id="action"),
    ],
)
def test_what_the_connector_refuses_is_refused(
    sandbox: Sandbox, teams: tuple[Bot, str], activity: dict[str, Any]
) -> None:
    answer = teams[0].send(**activity)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadArgument")
    assert sandbox.log()[-1]["code"] == 400


def test_too_big_is_counted_in_utf16(teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    assert bot.send(text="x" * 40_000).status_code == 201
    answer = bot.send(text="x" * 52_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "MessageSizeTooBig")


def test_bodies_are_json(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    headers = {"Authorization": f"Bearer {bot.token}"}
    for body in (b"", b"[]", b"{", b"\xff"):
        answer = sandbox.http.post(
            bot.service_url + bot.activities, data=body, headers=headers, timeout=PATIENCE
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadSyntax")


def test_a_conversation_is_begun_with_somebody_who_has_the_bot(
    sandbox: Sandbox, teams: tuple[Bot, str]
) -> None:
    bot, phone = teams

    def create(**more: Any) -> requests.Response:
        body = {
            "bot": {"id": f"28:{TEAMS['app_id']}"},
            "isGroup": False,
            "members": [{"id": ADA}],
            "tenantId": TEAMS["tenant_id"],
            **more,
        }
        return bot.ask("POST", "v3/conversations", body)

    begun = create(activity=TEXT)
    assert begun.status_code == 201
    assert begun.json()["id"] == bot.conversation
    assert sandbox.chat(phone)["messages"][-1]["id"] == begun.json()["activityId"]
    assert create().json()["serviceUrl"] == bot.service_url
    assert create(tenantId=SECOND["tenant_id"]).status_code == 400
    assert create(members=[{"id": "29:1nobody"}]).status_code == 400
    assert create(members=[]).status_code == 400
    stranger = sandbox.phone("teams", user="18", name="Bo")
    assert stranger
    answer = create(members=[{"id": ADA.replace("17", "18")}])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ForbiddenOperationException")


def test_a_conversation_takes_seven_messages_a_second(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    # However slow the machine is: of 61 in half a minute one is too many.
    refused = next(one for _ in range(61) if (one := bot.send()).status_code == 429)
    assert refused.json()["error"]["code"] == "Throttled"
    assert int(refused.headers["Retry-After"]) >= 1
    assert sandbox.log()[-1]["code"] == 429


def test_all_windows_count(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [tick / 10 for tick in range(620)]
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: 1000 + now)
    pace, passed = Pace(), []
    for now in ticks:
        if pace.wait() == 0:
            passed.append(now)
    for seconds, most in LIMITS:
        in_window = [sum(start <= one < start + seconds for one in passed) for start in passed]
        assert max(in_window) <= most
    assert passed[:8] == [*(tick / 10 for tick in range(7)), 1.0]
    assert len(passed) >= 120


def test_the_wait_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    pace = Pace()
    assert [pace.wait() for _ in range(8)] == [0] * 7 + [1]
    pace.taken.extend([980.0] * 60)
    assert pace.wait() == 10


def test_the_whole_bot_has_a_rate(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    sandbox.switch("teams", rate=0.01)
    assert [teams[0].send().status_code for _ in range(2)] == [201, 429]


def test_members_are_told(teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    chat = f"v3/conversations/{quote(bot.conversation, safe='')}"
    (member,) = bot.ask("GET", f"{chat}/members").json()
    assert (member["id"], member["name"]) == (ADA, "Ada Winter")
    assert bot.ask("GET", f"{chat}/members/{quote(ADA, safe='')}").json() == member
    assert bot.ask("GET", f"{chat}/pagedmembers").json() == {"members": [member]}
    assert bot.ask("GET", f"{chat}/members/29:x").status_code == 404


# Leaving.


def test_a_removed_bot_is_told_so_and_refused(
    sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]
) -> None:
    bot, phone = teams
    sandbox.does(phone, "block")
    activity = told(receiver)[-1]
    assert (activity["type"], activity["action"]) == ("installationUpdate", "remove")
    answer = bot.send()
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "BotNotInConversationRoster")
    sandbox.does(phone, "unblock")
    eventually(lambda: told(receiver, "conversationUpdate"))
    assert told(receiver, "installationUpdate")[-1]["action"] == "add"
    assert bot.send().status_code == 201


def test_a_removed_bot_may_be_told_that_all_is_well(sandbox: Sandbox, receiver: Receiver) -> None:
    bot, phone = met(sandbox, receiver, "teams", SECOND)
    sandbox.does(phone, "block", account="second")
    assert bot.send().status_code == 201
    assert sandbox.chat(phone, "second")["messages"][-1]["text"] == "Hallo"


def test_a_silent_block_has_its_error_in_a_string(
    sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]
) -> None:
    bot, phone = teams
    sandbox.does(phone, "deeds", do="mute")
    assert receiver.calls == []
    answer = bot.send()
    assert (answer.status_code, answer.json()["errorCode"]) == (403, 209)
    assert json.loads(answer.json()["message"])["subCode"] == "MessageWritesBlocked"
    bot.order("block", user="17", word="ConversationBlockedByUser")
    assert bot.send().json()["error"]["code"] == "ConversationBlockedByUser"
    bot.order("block", user="17", word="")
    empty = bot.send()
    assert (empty.status_code, empty.content) == (403, b"")
    sandbox.does(phone, "unblock")
    assert bot.send().status_code == 201
    assert receiver.calls == []


def test_an_unknown_conversation_is_not_found(teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    for conversation in ("a:1nobody", "a:1", "19:x@thread.tacv2;messageid=1", "ü"):
        bot.conversation = conversation
        assert bot.send().json()["error"]["code"] == "ConversationNotFound"


# Webhooks.


def keys_of(sandbox: Sandbox, messenger: str = "teams") -> dict[str, dict[str, Any]]:
    """The published keys, found as a bot finds them."""
    metadata = f"{sandbox.urls[messenger]}/v1/.well-known/openidconfiguration"
    found = sandbox.http.get(metadata, timeout=PATIENCE).json()
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]
    keys = sandbox.http.get(found["jwks_uri"], timeout=PATIENCE).json()["keys"]
    return {key["kid"]: key for key in keys}


def claims_of(sandbox: Sandbox, call: Call, app_id: str, messenger: str = "teams") -> dict[str, Any]:
    """The claims of a call's token, checked as a bot must check them."""
    scheme, _, token = call.headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    key = keys_of(sandbox, messenger)[jwt.get_unverified_header(token)["kid"]]
    assert call.json["channelId"] in key["endorsements"]
    claims: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(key),
        algorithms=["RS256"],
        audience=app_id,
        issuer="https://api.botframework.com",
        options={"require": ["exp", "nbf", "iss", "aud"]},
    )
    return claims


@pytest.mark.parametrize("messenger", ["teams", "skype"])
def test_a_message_is_signed_and_told(sandbox: Sandbox, receiver: Receiver, messenger: str) -> None:
    account = CONFIG[messenger][0]
    bot, phone = met(sandbox, receiver, messenger, account)
    said = sandbox.does(phone, "text", text="Größe <b>?")
    assert said["acknowledged"] is True
    call = receiver.calls[-1]
    activity = call.json
    assert call.path == f"/webhooks/{messenger}/main"
    assert claims_of(sandbox, call, account["app_id"], messenger)["serviceurl"] == activity["serviceUrl"]
    assert (activity["type"], activity["text"], activity["id"]) == (
        "message",
        "Größe <b>?",
        said["message"]["id"],
    )
    assert activity["from"] == {"id": ADA, "name": "Ada Winter"} | (
        {"aadObjectId": activity["from"].get("aadObjectId")} if messenger == "teams" else {}
    )
    assert activity["recipient"]["id"] == f"28:{account['app_id']}"
    assert activity["serviceUrl"].startswith(sandbox.urls[messenger])
    assert bot.send().status_code == 201


def test_teams_tells_tenant_and_html(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    sandbox.does(teams[1], "text", text="a < b")
    activity = receiver.calls[-1].json
    assert activity["channelId"] == "msteams"
    assert activity["conversation"]["tenantId"] == TEAMS["tenant_id"]
    assert activity["conversation"]["conversationType"] == "personal"
    assert activity["attachments"] == [{"contentType": "text/html", "content": "<p>a &lt; b</p>"}]


def test_skypes_conversation_is_the_person(receiver: Receiver, skype: tuple[Bot, str]) -> None:
    assert skype[0].conversation == ADA
    assert skype[0].service_url.endswith("/apis/")


def test_keys_are_rotated(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    bot, phone = teams

    def kid() -> str:
        sandbox.does(phone, "text", text="Hallo")
        claims_of(sandbox, receiver.calls[-1], TEAMS["app_id"])
        token = receiver.calls[-1].headers["authorization"].removeprefix("Bearer ")
        return str(jwt.get_unverified_header(token)["kid"])

    first = kid()
    assert len(bot.order("keys", do="add")["kids"]) == 2
    assert kid() == first
    bot.order("keys", do="rotate")
    second = kid()
    assert second != first
    assert first in keys_of(sandbox)
    bot.order("keys", do="drop")
    assert set(keys_of(sandbox)) == {second}
    bot.order("endorse", channels=["skype"])
    assert keys_of(sandbox)[second]["endorsements"] == ["skype"]


def test_tokens_can_be_wrong_on_demand(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    bot, _ = teams
    wrong = {"serviceurl": "https://evil.example/", "aud": [TEAMS["app_id"]], "exp": None}
    bot.order("activity", user="17", activity={"text": "Hallo"}, claims=wrong)
    token = receiver.calls[-1].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["serviceurl"], claims["aud"]) == ("https://evil.example/", [TEAMS["app_id"]])
    assert "exp" not in claims


def test_the_service_address_can_move(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    bot.order("move", region="amer")
    sandbox.does(phone, "text", text="Hallo")
    activity = receiver.calls[-1].json
    assert activity["serviceUrl"].endswith("/amer/")
    bot.heard(activity)
    assert bot.send().status_code == 201


def test_the_chat_link_adds_the_bot(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("teams", user="17", name="Ada")
    link = f"https://teams.microsoft.com/l/chat/0/0?users=28:{TEAMS['app_id']}"
    sandbox.does(phone, "open", link=link)
    assert [(one["type"], one.get("action")) for one in told(receiver)] == [
        ("installationUpdate", "add"),
        ("conversationUpdate", None),
    ]
    members = [one["id"] for one in told(receiver)[-1]["membersAdded"]]
    assert members == [f"28:{TEAMS['app_id']}", ADA]
    sandbox.does(phone, "text", text="FRÜHSTÜCK")
    assert told(receiver)[-1]["text"] == "FRÜHSTÜCK"
    path = f"/api/phones/{phone}/open"
    wrong = link.replace(TEAMS["app_id"], SKYPE["app_id"])
    assert sandbox.api("POST", path, {"link": wrong}, 404)["error"] == "unknown_account"


def test_skypes_link_makes_a_contact(sandbox: Sandbox, receiver: Receiver) -> None:
    phone = sandbox.phone("skype", user="17", name="Ada")
    sandbox.does(phone, "open", link=f"https://join.skype.com/bot/{SKYPE['app_id']}?add")
    sandbox.does(phone, "block")
    assert [(one["type"], one["action"]) for one in told(receiver)] == [
        ("contactRelationUpdate", "add"),
        ("contactRelationUpdate", "remove"),
    ]


@pytest.mark.parametrize(
    ("button", "expected", "shown"),
    [
        pytest.param({"type": "imBack", "value": "ja"}, {"text": "ja"}, "ja", id="imBack"),
        pytest.param({"type": "postBack", "value": "p:1"}, {"text": "p:1"}, None, id="postBack"),
        pytest.param({"type": "postBack", "value": {"p": 1}}, {"value": {"p": 1}}, None, id="postBack value"),
        pytest.param(
            {"type": "messageBack", "value": {"p": 1}, "text": "ja", "displayText": "Ja!"},
            {"text": "ja", "value": {"p": 1}},
            "Ja!",
            id="messageBack",
        ),
        pytest.param(
            {"type": "messageBack", "value": {"p": 1}, "text": "ja"},
            {"text": "ja", "value": {"p": 1}},
            None,
            id="messageBack hidden",
        ),
    ],
)
def test_buttons_of_a_card(
    sandbox: Sandbox,
    receiver: Receiver,
    teams: tuple[Bot, str],
    button: dict[str, Any],
    expected: dict[str, Any],
    shown: str | None,
) -> None:
    bot, phone = teams
    sent = bot.card(
        button | {"title": "Ja"}, {"type": "openUrl", "title": "Web", "value": "https://a.example"}
    )
    message = sandbox.chat(phone)["messages"][-1]
    assert (message["text"], [key["label"] for key in message["keys"]]) == ("Heute\nSuppe?", ["Ja", "Web"])
    count = len(sandbox.chat(phone)["messages"])
    assert sandbox.does(phone, "press", message=message["id"], button=0)["acknowledged"] is True
    activity = receiver.calls[-1].json
    assert expected.items() <= activity.items()
    assert ("text" in activity, "value" in activity) == ("text" in expected, "value" in expected)
    assert activity["replyToId"] == sent.json()["id"]
    new = sandbox.chat(phone)["messages"][count:]
    assert [one["text"] for one in new] == ([] if shown is None else [shown])
    assert sandbox.does(phone, "press", message=message["id"], button=1)["url"] == "https://a.example"


def test_an_adaptive_card_is_submitted(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    card = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": "Wohin?"}],
        "actions": [
            {"type": "Action.Submit", "title": "Hier", "data": {"x": 1}},
            {"type": "Action.Execute", "title": "Dort", "verb": "go", "data": {"x": 2}},
        ],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    sent = bot.send(text="", attachments=[attachment]).json()["id"]
    sandbox.does(phone, "press", message=sent, button="Hier")
    assert (told(receiver)[-1]["value"], "text" in told(receiver)[-1]) == ({"x": 1}, False)
    sandbox.does(phone, "press", message=sent, button="Dort")
    assert (told(receiver)[-1]["type"], told(receiver)[-1]["name"]) == ("invoke", "adaptiveCard/action")


def test_of_suggestions_teams_shows_those_that_write(
    sandbox: Sandbox, teams: tuple[Bot, str], skype: tuple[Bot, str]
) -> None:
    actions = [
        {"type": "imBack", "title": "Ja", "value": "ja"},
        {"type": "postBack", "title": "Nein", "value": "nein"},
    ]
    shown = []
    for bot, phone in (teams, skype):
        assert bot.send(suggestedActions={"to": [ADA], "actions": actions}).status_code == 201
        shown.append([key["label"] for key in sandbox.chat(phone)["messages"][-1]["keys"]])
    assert shown == [["Ja"], ["Ja", "Nein"]]


@pytest.mark.parametrize("messenger", ["teams", "skype"])
def test_a_persons_picture_needs_the_bearer(sandbox: Sandbox, receiver: Receiver, messenger: str) -> None:
    bot, phone = met(sandbox, receiver, messenger, CONFIG[messenger][0])
    sandbox.does(phone, "picture", data="data:image/png;base64,iVBORw0KGgo=", caption="Suppe")
    activity = told(receiver)[-1]
    assert activity["text"] == "Suppe"
    attachment = activity["attachments"][0]
    assert attachment["contentType"] == ("image/*" if messenger == "teams" else "image/png")
    address = attachment["contentUrl"]
    assert address.startswith(bot.service_url)
    assert sandbox.http.get(address, timeout=PATIENCE).status_code == 401
    fetched = bot.ask("GET", address.removeprefix(bot.service_url))
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"\x89PNG\r\n\x1a\n", "image/png")
    info = bot.ask("GET", address.removeprefix(bot.service_url).removesuffix("/views/original"))
    assert info.json()["views"] == [{"viewId": "original", "size": 8}]


def test_an_uploaded_picture_is_sent(sandbox: Sandbox, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    path = f"v3/conversations/{quote(bot.conversation, safe='')}/attachments"
    upload = {"type": "image/png", "name": "a.png", "originalBase64": "iVBORw0KGgo="}
    picture = bot.ask("POST", path, upload).json()["id"]
    address = f"{bot.service_url}v3/attachments/{picture}/views/original"
    attachments = [{"contentType": "image/png", "contentUrl": address, "name": "a.png"}]
    assert bot.send(text="", attachments=attachments).status_code == 201
    shown = sandbox.chat(phone)["messages"][-1]
    assert (shown["kind"], shown["picture"]) == ("image", picture)
    assert bot.ask("POST", path, {"type": "image/png", "originalBase64": "%"}).status_code == 400


def test_a_message_is_edited_and_deleted(
    sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]
) -> None:
    bot, phone = teams
    own = sandbox.does(phone, "text", text="Helo")["message"]["id"]
    sandbox.does(phone, "deeds", do="edit", message=own, values={"text": "Hallo"})
    edited = told(receiver)[-1]
    assert (edited["type"], edited["id"], edited["text"]) == ("messageUpdate", own, "Hallo")
    sandbox.does(phone, "deeds", do="delete", message=own)
    assert (told(receiver)[-1]["type"], told(receiver)[-1]["id"]) == ("messageDelete", own)
    theirs = bot.send().json()["id"]
    sandbox.does(phone, "deeds", do="like", message=theirs)
    assert told(receiver)[-1]["reactionsAdded"] == [{"type": "like"}]


def test_an_invoke_is_asked_for_once(receiver: Receiver, teams: tuple[Bot, str]) -> None:
    receiver.answers.append((501, {}))
    activity = {"type": "invoke", "name": "fileConsent/invoke", "value": {"action": "accept"}}
    answer = teams[0].order("activity", user="17", activity=activity)
    assert (answer["status"], answer["acknowledged"]) == (501, False)
    assert [call.json["name"] for call in receiver.calls] == ["fileConsent/invoke"]


# Faults.


def test_faults_as_ordered(sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]) -> None:
    bot, phone = teams
    sandbox.switch("teams", refuse={"next": 1, "code": 429, "retry_after": 7})
    assert bot.send().headers["Retry-After"] == "7"
    sandbox.switch("teams", refuse={"next": 1, "code": 403, "word": "NotEnoughPermissions"})
    assert bot.send().json()["error"]["code"] == "NotEnoughPermissions"
    sandbox.switch("teams", refuse={"next": 1, "code": 502})
    assert (bot.send().status_code, bot.send().status_code) == (502, 201)
    sandbox.switch("teams", lose_answers=1)
    with pytest.raises(requests.ConnectionError):
        bot.send()
    assert sandbox.log()[-1]["lost"] is True
    sandbox.switch("teams", duplicate_events=True)
    receiver.clear()
    sandbox.does(phone, "text", text="doppelt")
    eventually(lambda: len(receiver.calls) == 2)
    assert len({call.json["id"] for call in receiver.calls}) == 1


def test_a_failing_webhook_is_sent_again(
    sandbox: Sandbox, receiver: Receiver, teams: tuple[Bot, str]
) -> None:
    receiver.answers.extend([(500, {}), (503, {})])
    assert sandbox.does(teams[1], "text", text="Hallo")["acknowledged"] is True
    assert len({call.body for call in receiver.calls}) == 1
    assert len(receiver.calls) == 3


def test_conversations_outlive_a_restart_and_keys_do_not(tmp_path: Path, receiver: Receiver) -> None:
    more = ("--state", str(tmp_path / "state.json"))
    with running(tmp_path, receiver.url, *more) as sandbox:
        bot, phone = met(sandbox, receiver, "teams", TEAMS)
        before = keys_of(sandbox)
        sandbox.does(phone, "deeds", do="mute")
    receiver.clear()
    with running(tmp_path, receiver.url, *more) as sandbox:
        again = Bot(sandbox, "teams", TEAMS)
        again.service_url = f"{sandbox.urls['teams']}/emea/"
        again.conversation = bot.conversation
        assert again.send().json()["errorCode"] == 209
        sandbox.does(phone, "unblock")
        assert again.send().status_code == 201
        assert not before.keys() & keys_of(sandbox).keys()
