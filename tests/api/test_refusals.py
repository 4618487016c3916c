"""What is wrong is refused by its field, before anything is changed; all of it on one café."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests.api.client import Answered, Client
from tests.api.conftest import TELEGRAM, furnished, person
from tests.api.test_imports import CSV, HEADER, JSONL, row, send
from tests.api.test_scopes import GOOD
from tests.support.stack import stack as made_stack

LATER = "2999-01-01T00:00:00Z"
NOBODY = "0" * 26


@pytest.fixture(scope="module")
def still(aws: None) -> Iterator[Client]:
    """A café with one person; nothing here may change it."""
    mock_aws().reset()
    client = furnished(Client(made_stack()))
    client.post("/v1/contacts", person(4711, "recipes"))
    before = client.facts()
    yield client
    assert client.facts() == before
    assert client.stack.messages("plan") == []


@pytest.fixture(scope="module")
def mine(still: Client) -> str:
    return str(still.get("/v1/contacts")["contacts"][0]["id"])


def refused(found: Answered, *fields: str) -> None:
    assert (found.status, found.problem, found.fields) == (422, "invalid", list(fields)), found.body


@pytest.mark.parametrize(
    ("credentials", "fields"),
    [
        pytest.param(TELEGRAM | {"acces_token": "x"}, ["credentials.acces_token"], id="unknown"),
        pytest.param(TELEGRAM | {"bot_token": "secret!"}, ["credentials.bot_token"], id="malformed"),
        pytest.param(TELEGRAM | {"bot_token": []}, ["credentials.bot_token"], id="empty list"),
        pytest.param(
            TELEGRAM | {"secret_token": ["ok", ""]}, ["credentials.secret_token"], id="one of a list"
        ),
        pytest.param({"bot_token": TELEGRAM["bot_token"]}, ["credentials.secret_token"], id="missing"),
        pytest.param({}, ["credentials.bot_token", "credentials.secret_token"], id="none"),
    ],
)
def test_a_wrong_credential_is_named(still: Client, credentials: dict[str, Any], fields: list[str]) -> None:
    found = still("PUT", "/v1/accounts/telegram/other", {"credentials": credentials})
    refused(found, *fields)
    assert b"secret!" not in found.body


def test_only_messengers_that_exist_can_have_accounts(still: Client) -> None:
    found = still("PUT", "/v1/accounts/pigeon/main", {"credentials": TELEGRAM})
    assert found.problem == "not-found"


@pytest.mark.parametrize("name", ["Main", "-main", "m" * 41, "ma in"])
def test_an_account_has_a_plain_name(still: Client, name: str) -> None:
    refused(still("PUT", f"/v1/accounts/telegram/{name}", {"credentials": TELEGRAM}), "account")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": 10_001},
        {"rate": "fast"},
        {"base_url": "ftp://x"},
        {"address": 7},
        {"credentials": "x"},
        {"token": "x"},
    ],
    ids=str,
)
def test_wrong_settings_are_named(still: Client, wrong: dict[str, Any]) -> None:
    refused(still("PUT", "/v1/accounts/telegram/main", {"credentials": TELEGRAM} | wrong), *wrong)


@pytest.mark.parametrize(
    ("topic", "field"),
    [
        pytest.param({"id": "News", "name": {"de": "x"}}, "id", id="capital"),
        pytest.param({"id": "n" * 41, "name": {"de": "x"}}, "id", id="long id"),
        pytest.param({"id": "news", "name": {}}, "name", id="no name"),
        pytest.param({"id": "news", "name": {"de": "  "}}, "name.de", id="blank name"),
        pytest.param({"id": "news", "name": {"german": "x"}}, "name.german.[key]", id="no language"),
        pytest.param({"id": "news"}, "name", id="name missing"),
    ],
)
def test_a_wrong_topic_is_refused(still: Client, topic: dict[str, Any], field: str) -> None:
    refused(still("POST", "/v1/topics", topic), field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"account": "other"}, "account", id="unknown account"),
        pytest.param({"messenger": "pigeon"}, "account", id="unknown messenger"),
        pytest.param({"topics": ["nowhere"]}, "topics", id="unknown topic"),
        pytest.param({"topics": []}, "topics", id="no topic"),
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"language": "fr"}, "language", id="other language"),
        pytest.param({"keyword": "k" * 41}, "keyword", id="long keyword"),
        pytest.param({"tags": ["a;b"]}, "tags.0", id="tag with separator"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
    ],
)
def test_a_wrong_entry_point_is_refused(still: Client, change: dict[str, Any], field: str) -> None:
    refused(still("POST", "/v1/entry-points", GOOD["EntryPointIn"] | change), field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"messenger": "pigeon"}, "messenger", id="unknown messenger"),
        pytest.param({"account": "other"}, "account", id="unknown account"),
        pytest.param({"user_id": "anna"}, "user_id", id="no id of the messenger"),
        pytest.param({"user_id": ""}, "user_id", id="empty id"),
        pytest.param({"topics": ["nowhere"]}, "topics", id="unknown topic"),
        pytest.param({"consent": None}, "consent.source", id="topics without consent"),
        pytest.param({"consent": {"source": "desk"}}, "consent.at", id="consent without time"),
        pytest.param(
            {"consent": {"source": "desk", "at": "2026-05-01T12:00:00"}}, "consent.at", id="time without zone"
        ),
        pytest.param(
            {"consent": {"source": "desk", "at": "2999-01-01T00:00:00Z"}}, "consent.at", id="consent to come"
        ),
        pytest.param(
            {"consent": {"source": "desk", "at": "0001-01-01T00:00:00Z"}}, "consent.at", id="consent of old"
        ),
        pytest.param({"zone": "Mars/Olympus"}, "zone", id="unknown zone"),
        pytest.param({"tags": [""]}, "tags.0", id="empty tag"),
        pytest.param({"attributes": {"City": "x"}}, "attributes.City.[key]", id="name of attribute"),
        pytest.param({"attributes": {"city": 5}}, "attributes.city", id="type of attribute"),
        pytest.param({"shoe": "x"}, "shoe", id="unknown field"),
        pytest.param({"consents": True}, "consents", id="smuggled field"),
    ],
)
def test_a_wrong_person_is_refused(still: Client, change: dict[str, Any], field: str) -> None:
    refused(still("POST", "/v1/contacts", person(4712, "news") | change), field)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "===",
        "%C3%A4",
        "bnVsbA",
        "WyJhIiwiYiJd",
        "W10",
        "W251bGwsbnVsbF0",
        "WyJcdWQ4MDAiLCJhIl0",
        "1e999",
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(still: Client, cursor: str) -> None:
    assert still("GET", f"/v1/contacts?cursor={cursor}").problem == "bad-request"


@pytest.mark.parametrize("limit", ["0", "201", "1000000000", "-1", "many", "1.5", "NaN", ""])
def test_a_limit_has_limits(still: Client, limit: str) -> None:
    refused(still("GET", f"/v1/contacts?limit={limit}"), "limit")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"language": "german!"}, "language"),
        ({"name": "x" * 121}, "name"),
        ({"tags": "vegan"}, "tags"),
        ({"topics": ["news"]}, "topics"),
        ({"consent": {}}, "consent"),
    ],
    ids=str,
)
def test_a_wrong_patch_is_refused(still: Client, mine: str, change: dict[str, Any], field: str) -> None:
    refused(still("PATCH", f"/v1/contacts/{mine}", change), field)


@pytest.mark.parametrize("contact", [NOBODY, "none", "x" * 2000, "%00", "ä"])
def test_nobody_is_not_found(still: Client, contact: str) -> None:
    path = f"/v1/contacts/{contact}"
    consent = {"action": "imported", "topics": ["news"], "source": "desk", "at": "2026-05-01T12:00:00Z"}
    for found in (
        still("GET", path), still("PATCH", path, {}), still("DELETE", path), still("GET", f"{path}/consents"),
        still("POST", f"{path}/consents", consent),
    ):  # fmt: skip
        assert (found.status, found.problem) == (404, "not-found")


@pytest.mark.parametrize("action", ["imported", "withdrawn"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"at": "9999-12-31T23:59:59-23:59"}, "at"),
        ({"topics": ["nowhere"]}, "topics"),
        ({"source": ""}, "source"),
        ({"action": "confirmed"}, "action"),
        ({"who": "me"}, "who"),
    ],
    ids=str,
)
def test_a_wrong_consent_is_refused(
    still: Client, mine: str, action: str, change: dict[str, Any], field: str
) -> None:
    given = {"action": action, "topics": ["recipes"], "source": "desk", "at": "2026-06-01T00:00:00Z"}
    refused(still("POST", f"/v1/contacts/{mine}/consents", given | change), field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"topic": "nowhere"}, "topic", id="unknown topic"),
        pytest.param({"kind": "transactional"}, "kind", id="other kind"),
        pytest.param({"name": " "}, "name", id="blank name"),
        pytest.param({"audience": {"messengers": ["pigeon"]}}, "audience.messengers", id="unknown messenger"),
        pytest.param({"audience": {"accounts": ["telegram/x"]}}, "audience.accounts", id="unknown account"),
        pytest.param({"audience": {"tags": {"some": []}}}, "audience.tags.some", id="unknown condition"),
        pytest.param({"message": {}}, "message.text", id="empty message"),
        pytest.param({"message": {"text": "{{ shoe }}"}}, "message.text", id="placeholder without value"),
        pytest.param({"message": {"text": "{% if x %}"}}, "message.text", id="no placeholder"),
        pytest.param({"message": {"text": "x" * 16_385}}, "message.text", id="text over the limit"),
        pytest.param(
            {"message": {"text": "x", "media": [{"kind": "image", "url": "file:///etc/passwd"}]}},
            "message.media.0.url",
            id="no web address",
        ),
        pytest.param({"send_at": "2020-01-01T00:00:00Z"}, "send_at", id="past"),
        pytest.param({"send_at": "2026-11-30T09:00:00"}, "send_at", id="time without zone"),
        pytest.param({"send_at": "9999-12-31T23:59:59-23:59"}, "send_at", id="after the end of time"),
        pytest.param({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at", id="expired before"),
        pytest.param({"send_at": LATER, "expires_at": LATER}, "expires_at", id="expires at once"),
        pytest.param({"expires_at": "9999-12-31T23:59:59-23:59"}, "expires_at", id="expires never"),
        pytest.param({"start": "maybe"}, "start", id="neither true nor false"),
        pytest.param({"start": True}, "audience", id="nobody"),
    ],
)
def test_a_wrong_broadcast_is_refused(still: Client, change: dict[str, Any], field: str) -> None:
    found = still("POST", "/v1/broadcasts", GOOD["BroadcastIn"] | {"start": False} | change)
    refused(found, *[field] * len(found.fields))


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        pytest.param({}, "schedule", id="neither"),
        pytest.param({"cron": "0 9 * * 1", "at": "2030-01-01T00:00:00Z"}, "schedule", id="both"),
        pytest.param({"cron": "0 9 * * 1", "zone": "Mars/Olympus"}, "schedule.zone", id="unknown zone"),
        pytest.param({"cron": "0 9 * * 1", "zone": ""}, "schedule.zone", id="no zone"),
        pytest.param({"cron": "0 9 * * 1", "zone": "Europe"}, "schedule.zone", id="half a zone"),
        pytest.param({"cron": "0 9 * * 1", "zone": "../UTC"}, "schedule.zone", id="path"),
        pytest.param({"cron": "every monday"}, "schedule.cron", id="words"),
        pytest.param({"cron": "61 9 * * 1"}, "schedule.cron", id="minute 61"),
        pytest.param({"cron": "0 9 * *"}, "schedule.cron", id="four fields"),
        pytest.param({"cron": "* * * * * *"}, "schedule.cron", id="seconds"),
        pytest.param({"cron": "0 9 30 2 *"}, "schedule.cron", id="never comes"),
        pytest.param({"cron": "*/0 * * * *"}, "schedule.cron", id="step of nothing"),
        pytest.param({"at": "2020-01-01T00:00:00Z"}, "schedule.at", id="past"),
        pytest.param({"at": "9999-12-31T23:59:59-23:59"}, "schedule.at", id="after the end of time"),
        pytest.param({"at": "soon"}, "schedule.at", id="no time"),
        pytest.param({"every": "day"}, "schedule.every", id="unknown field"),
    ],
)
def test_a_wrong_schedule_is_refused(still: Client, schedule: dict[str, str], field: str) -> None:
    refused(still("POST", "/v1/newsletters", GOOD["NewsletterIn"] | {"schedule": schedule}), field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "nowhere"}, "topic"),
        ({"audience": {"messengers": ["pigeon"]}}, "audience.messengers"),
        ({"message": {"text": "{{ shoe }}"}}, "message.text"),
        ({"name": ""}, "name"),
        ({"paused": True}, "paused"),
    ],
    ids=str,
)
def test_a_wrong_newsletter_is_refused(still: Client, change: dict[str, Any], field: str) -> None:
    found = still("POST", "/v1/newsletters", GOOD["NewsletterIn"] | change)
    refused(found, *[field] * len(found.fields))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param("", "header", id="empty"),
        pytest.param("\n\n", "header", id="blank"),
        pytest.param("messenger,account\n", "header", id="missing column"),
        pytest.param(HEADER + ",shoe\n", "header", id="unknown column"),
        pytest.param(HEADER + ",attr.Shoe\n", "header", id="bad attribute"),
        pytest.param(HEADER + ",name\n", "header", id="column twice"),
        pytest.param(f'{HEADER}\n{row(1)}\n"telegram,main,2', "file", id="quote never closed"),
        pytest.param(f'{HEADER}\n{row(1)}\n"tele"gram,main,2', "file", id="quote inside"),
        pytest.param(f"{HEADER}\n{row(1)}\n{row(2, 'x' * 140_000)}", "file", id="endless cell"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(still: Client, body: str, field: str) -> None:
    found = send(still, body)
    assert (found.status, found.problem, found.fields) == (422, "invalid", [field])
    assert "Nothing was imported" in found.json["detail"]


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/octet-stream", "", "text/plain", "multipart/form-data; boundary=x"],
)
def test_only_csv_and_json_lines_are_taken(still: Client, kind: str) -> None:
    found = send(still, f"{HEADER}\n{row(1)}\n", {"content-type": kind})
    assert (found.status, found.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize("headers", [CSV, JSONL], ids=["csv", "jsonl"])
@pytest.mark.parametrize(
    "body", [b"\xff\xfe", "messenger,account,user_id\nä".encode("latin-1"), b"\xed\xa0\x80"], ids=repr
)
def test_a_file_that_is_not_utf_8_is_refused(still: Client, body: bytes, headers: dict[str, str]) -> None:
    assert send(still, body, headers).problem == "bad-request"


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"user_id": ' + "9" * 5_000 + "}",
        '{"user_id": NaN}',
        '{"name": "\\ud800"}',
        '{"": "x"}',
        "null",
    ],
    ids=lambda line: line[:20],
)
def test_a_hostile_line_is_refused(still: Client, line: str) -> None:
    found = send(still, f"{line}\n", JSONL)
    assert found.status in (200, 400), found.body
    assert [one["result"] for one in found.json.get("lines", ())] in ([], ["refused"])
