"""The page to leave: looking changes nothing, one click leaves, a link that is none tells nothing."""

import json
import re
import time
from html import unescape
from typing import Any

import pytest

from rundruf.core import tokens
from rundruf.core.contact import contact_bytes
from tests.api.client import Client, http_event
from tests.functions.conftest import KEYS, leave_token, topics
from tests.functions.doors import Doors, listening

LOOKERS = (
    "WhatsApp/2.24.1",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1",
    "Slackbot-LinkExpanding 1.0",
    "Twitterbot/1.0",
    "Googlebot/2.1",
    "Mozilla/5.0 (iPhone)",
    "curl/8.5.0",
    "SafeLinks",
    "",
)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def visit(
    doors: Doors, token: str, method: str = "GET", body: Any = None, query: str = "", **headers: str
) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        named = FORM | named
    event = http_event(
        method,
        f"/u/{token}{query}",
        body,
        headers=named,
        scopes=None,
        parameters={"token": token},
        route="ANY /u/{token}",
    )
    return doors("unsubscribe", event)


def language(page: dict[str, Any]) -> str:
    found = re.search(r'<html lang="(\w+)"', page["body"])
    assert found is not None
    return found[1]


def test_looking_changes_nothing_whoever_looks(doors: Doors, api: Client, anna: str) -> None:
    before = api.stack.items()
    for looker in LOOKERS:
        for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
            page = visit(doors, leave_token(anna), method, user_agent=looker)
            assert page["statusCode"] == status
            assert bool(page["body"]) == (method == "GET")
    assert api.stack.items() == before


def test_the_page_asks_with_one_button_and_no_script(doors: Doors, api: Client, anna: str) -> None:
    token = leave_token(anna)
    page = visit(doors, token)
    assert page["body"].count('value="leave"') == 1
    assert 'value="json"' not in page["body"]
    assert f'action="/u/{token}?lang=en"' in unescape(page["body"])
    assert "<script" not in page["body"]
    assert "Ascheberg" not in page["body"]
    headers = page["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        pytest.param("List-Unsubscribe=One-Click", [], id="one click"),
        pytest.param(b"List-Unsubscribe=One-Click", [], id="one click in base64"),
        pytest.param("action=leave", [], id="button"),
        pytest.param("action=everything", [], id="service too"),
        pytest.param("", [], id="empty"),
        pytest.param("x" * 10_000, [], id="anything"),
        pytest.param(b"\xff\xfe", [], id="no text"),
        pytest.param("action=save&topic=news", ["news"], id="keep one"),
        pytest.param("action=save&topic=recipes&topic=news", ["news", "recipes"], id="keep both"),
        pytest.param("action=save", [], id="keep none"),
        pytest.param("action=save&topic=weather", [], id="keep what there is not"),
        pytest.param("action=pause", ["news", "recipes"], id="pause"),
        pytest.param("action=resume", ["news", "recipes"], id="no pause to end"),
        pytest.param("action=link", ["news", "recipes"], id="link"),
        pytest.param("action=delete", ["news", "recipes"], id="delete without proof"),
        pytest.param("action=pause&action=leave", [], id="two acts"),
        pytest.param("action=LEAVE", [], id="unknown act"),
    ],
)
def test_a_post_does_what_it_says(
    doors: Doors, api: Client, anna: str, body: str | bytes, left: list[str]
) -> None:
    pages = [visit(doors, leave_token(anna), "POST", body) for _ in range(2)]
    assert [page["statusCode"] for page in pages] == [200, 200]
    assert pages[0]["body"] == pages[1]["body"]
    assert topics(api, anna) == left
    assert not [name for name in pages[0]["headers"] if name.lower() in ("location", "set-cookie")]


def test_a_one_click_in_a_multipart_form_leaves_too(doors: Doors, api: Client, anna: str) -> None:
    """RFC 8058 names both encodings."""
    body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    headers = {"content_type": "multipart/form-data; boundary=b"}
    assert visit(doors, leave_token(anna), "POST", body, **headers)["statusCode"] == 200
    assert topics(api, anna) == []


def test_a_link_never_brings_anybody_back(doors: Doors, api: Client, anna: str) -> None:
    visit(doors, leave_token(anna), "POST", "action=leave")
    visit(doors, leave_token(anna), "POST", "action=save&topic=news&topic=recipes")
    assert topics(api, anna) == []


def test_leaving_everything_ends_service_messages(doors: Doors, api: Client, anna: str) -> None:
    visit(doors, leave_token(anna), "POST", "action=leave")
    assert api.get(f"/v1/contacts/{anna}")["consent"]["service"]
    visit(doors, leave_token(anna), "POST", "action=everything")
    assert not api.get(f"/v1/contacts/{anna}")["consent"]["service"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_gets_one_constant_page(doors: Doors, api: Client, anna: str, method: str) -> None:
    token = leave_token(anna)
    forged = [token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :] for at in range(len(token))]
    forged += [
        token.upper(),
        token + "a",
        token[:-1],
        "",
        "x",
        "ü",
        "1--",
        "x" * 5_000,
        "\0",
        "../u/" + token,
    ]
    pages = [visit(doors, one, method, "action=leave" if method == "POST" else None) for one in forged]
    assert {page["statusCode"] for page in pages} == {404}
    assert len({page["body"] for page in pages}) == 1
    assert topics(api, anna) == ["news", "recipes"]


def test_a_link_of_somebody_erased_still_answers(doors: Doors, api: Client, anna: str) -> None:
    api("DELETE", f"/v1/contacts/{anna}")
    before = api.stack.items()
    assert visit(doors, leave_token(anna))["statusCode"] == 200
    assert visit(doors, leave_token(anna), "POST", "action=leave")["statusCode"] == 200
    assert api.stack.items() == before


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", "", "en"),  # Anna's own
        ("?lang=de", "", "de"),
        ("?lang=xx", "", "en"),
        ("", "de-DE,de;q=0.9", "en"),
    ],
)
def test_a_person_is_spoken_to_in_their_language(
    doors: Doors, api: Client, anna: str, query: str, accept: str, expected: str
) -> None:
    assert language(visit(doors, leave_token(anna), query=query, accept_language=accept)) == expected


@pytest.mark.parametrize(
    ("accept", "expected"), [("en-GB,en;q=0.9", "en"), ("de", "de"), ("fr", "de"), ("", "de"), ("*", "de")]
)
def test_a_stranger_is_spoken_to_in_the_browsers_language(
    doors: Doors, api: Client, accept: str, expected: str
) -> None:
    assert language(visit(doors, "forged", accept_language=accept)) == expected


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_not_allowed(doors: Doors, api: Client, anna: str, method: str) -> None:
    page = visit(doors, leave_token(anna), method)
    assert (page["statusCode"], page["headers"]["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert topics(api, anna) == ["news", "recipes"]


def test_a_form_has_a_size(doors: Doors, api: Client, anna: str) -> None:
    assert visit(doors, leave_token(anna), "POST", "x" * 10_001)["statusCode"] == 413
    assert topics(api, anna) == ["news", "recipes"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_table_that_is_gone_is_a_page_too(doors: Doors, api: Client, anna: str, method: str) -> None:
    doors.stack.client("dynamodb").delete_table(TableName=doors.stack.table)
    page = visit(doors, leave_token(anna), method, "action=leave" if method == "POST" else None)
    assert page["statusCode"] == 503
    assert page["body"].startswith("<!doctype html>")
    assert page["headers"]["cache-control"] == "no-store"


def test_a_yes_that_has_to_wait_is_not_given(
    doors: Doors, api: Client, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rundruf.flows.services import Unfinished

    def unfinished(*_: object) -> None:
        raise Unfinished("a message is still on its way")

    monkeypatch.setattr(doors.module("unsubscribe"), "act", unfinished)
    assert visit(doors, leave_token(anna), "POST", "action=leave")["statusCode"] == 503


def data_token(contact: str, age: int = 0) -> str:
    """A link to the data, sent so many seconds ago."""
    until = str(int(time.time()) + 24 * 3600 - age)
    return tokens.sign(KEYS, tokens.Purpose.DATA, contact_bytes(contact), until)


def queued(api: Client) -> list[dict[str, Any]]:
    return [body["event"] for body in api.stack.messages("inbox")]


def test_a_new_topic_goes_to_the_chat_and_nothing_is_granted(doors: Doors, api: Client, anna: str) -> None:
    visit(doors, leave_token(anna), "POST", "action=leave")
    page = visit(doors, leave_token(anna), "POST", "action=save&topic=news")
    assert "We have sent a question about “News” to your chat." in page["body"]
    assert topics(api, anna) == []
    assert [(one["kind"], one["payload"]) for one in queued(api)] == [("wish", "join:news")]


def test_a_pause_shows_its_end(doors: Doors, api: Client, anna: str) -> None:
    page = visit(doors, leave_token(anna), "POST", "action=pause")
    assert "Paused until" in page["body"]
    assert 'value="resume"' in visit(doors, leave_token(anna))["body"]
    visit(doors, leave_token(anna), "POST", "action=resume")
    assert 'value="pause"' in visit(doors, leave_token(anna))["body"]


class TestData:
    def test_the_link_offers_everything_and_looking_changes_nothing(
        self, doors: Doors, api: Client, anna: str
    ) -> None:
        before = api.stack.items()
        for query in ("", "?ask=delete"):
            for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
                page = visit(doors, data_token(anna), method, query=query)
                assert page["statusCode"] == status
                assert "Ascheberg" not in page["body"]
        assert 'value="json"' in visit(doors, data_token(anna))["body"]
        assert api.stack.items() == before
        assert queued(api) == []

    def test_the_data_is_what_the_business_would_give(self, doors: Doors, api: Client, anna: str) -> None:
        page = visit(doors, data_token(anna), "POST", "action=json")
        assert page["headers"]["content-type"] == "application/json"
        assert page["headers"]["content-disposition"] == 'attachment; filename="my-data.json"'
        assert page["headers"]["cache-control"] == "no-store"
        mine, theirs = json.loads(page["body"]), api.get(f"/v1/contacts/{anna}/export")
        mine.pop("exported")
        theirs.pop("exported")
        assert mine == theirs
        assert mine["contact"]["name"] == "Anna Ascheberg"

    @pytest.mark.parametrize(("action", "how"), [("view", "inline"), ("page", "attachment")])
    def test_the_data_can_be_read_and_kept(
        self, doors: Doors, api: Client, anna: str, action: str, how: str
    ) -> None:
        page = visit(doors, data_token(anna), "POST", f"action={action}")
        assert page["headers"]["content-disposition"] == f'{how}; filename="my-data.html"'
        assert page["headers"]["content-type"] == "text/html; charset=utf-8"
        assert "style-src" in page["headers"]["content-security-policy"]
        assert "Anna Ascheberg" in page["body"]
        assert language(page) == "en"

    def test_deleting_takes_a_question_and_a_click(self, doors: Doors, api: Client, anna: str) -> None:
        asked = visit(doors, data_token(anna), query="?ask=delete")["body"]
        assert asked.count("<button") == asked.count('value="delete"') == 1
        done = visit(doors, data_token(anna), "POST", "action=delete")
        assert done["statusCode"] == 200
        assert "being deleted" in done["body"]
        assert topics(api, anna) == []
        (event,) = queued(api)
        assert event["kind"] == "forget"

    def test_a_link_to_leave_asks_no_such_question(self, doors: Doors, api: Client, anna: str) -> None:
        assert 'value="delete"' not in visit(doors, leave_token(anna), query="?ask=delete")["body"]
        for action in ("json", "view", "page", "delete"):
            page = visit(doors, leave_token(anna), "POST", f"action={action}")
            assert "Ascheberg" not in page["body"]
            assert "The link comes to your chat" in page["body"]
        assert {(one["kind"], one["payload"]) for one in queued(api)} == {("wish", "data")}

    def test_an_old_link_leaves_and_shows_nothing(self, doors: Doors, api: Client, anna: str) -> None:
        old = data_token(anna, age=24 * 3600 + 1)
        assert "was valid for 24 hours" in visit(doors, old)["body"]
        assert "Ascheberg" not in visit(doors, old, "POST", "action=json")["body"]
        assert topics(api, anna) == ["news", "recipes"]
        visit(doors, old, "POST", "List-Unsubscribe=One-Click")
        assert topics(api, anna) == []

    def test_a_forged_link_gets_the_one_constant_page(self, doors: Doors, api: Client, anna: str) -> None:
        token, constant = data_token(anna), visit(doors, "x", "POST", "action=delete")
        forged = [
            token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :] for at in range(len(token))
        ]
        forged += [
            token[:-1],
            f"{token}a",
            leave_token(anna).rpartition("-")[0] + "-" + token.rpartition("-")[2],
        ]
        for one in forged:
            assert visit(doors, one, "POST", "action=delete") == constant
        assert topics(api, anna) == ["news", "recipes"]
        assert queued(api) == []


def test_neither_token_nor_form_is_logged(doors: Doors, api: Client, anna: str) -> None:
    with listening() as heard:
        for token in (leave_token(anna), data_token(anna)):
            for body in ("action=pause", "action=json", "action=save&topic=news"):
                visit(doors, token, "POST", body)
    assert heard.getvalue().count('"unsubscribe"') >= 6
    for secret in (leave_token(anna), data_token(anna), "Ascheberg", "4711", "topic=news"):
        assert secret not in heard.getvalue()
