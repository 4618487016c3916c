"""What is wrong is refused with what, where and what to do, and changes nothing."""

import hashlib
import hmac
import json
from typing import Any

import pytest
import requests

from tests.e2e.conftest import Suite

pytestmark = pytest.mark.e2e

GOOD: dict[str, Any] = {"name": "x", "topic": "news", "message": {"text": "Hello"}, "start": False}


def problem(suite: Suite, body: Any, path: str = "/v1/broadcasts", status: int = 422) -> dict[str, Any]:
    answer = requests.post(
        suite.url + path, json=body, headers={"Authorization": f"Bearer {suite.key}"}, timeout=40
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["type"]
    assert told["detail"]
    return told


@pytest.mark.parametrize(
    "path", ["/webhooks/nobody/main", "/webhooks/whatsapp/other", "/webhooks/telegram/x"]
)
def test_an_unknown_messenger_or_account_is_404(suite: Suite, path: str) -> None:
    assert requests.post(suite.url + path, json={}, timeout=40).status_code == 404


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/webhooks/whatsapp/main", {}),
        ("/webhooks/whatsapp/main", {"X-Hub-Signature-256": "sha256=" + "0" * 64}),
        ("/webhooks/whatsapp/main", {"X-Hub-Signature-256": "sha1=x"}),
        ("/webhooks/telegram/main", {}),
        ("/webhooks/telegram/main", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}),
    ],
)
def test_what_is_not_genuine_is_401_with_one_body(suite: Suite, path: str, headers: dict[str, str]) -> None:
    answer = requests.post(suite.url + path, json={"a": 1}, headers=headers, timeout=40)
    assert (answer.status_code, answer.text) == (401, "not genuine")


def test_a_handshake_with_the_wrong_token_is_403(suite: Suite) -> None:
    query = "?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=12345"
    assert requests.get(f"{suite.url}/webhooks/whatsapp/main{query}", timeout=40).status_code == 403


def test_a_genuine_body_that_cannot_be_read_is_acknowledged(suite: Suite) -> None:
    import sandbox

    secret = sandbox.demo_config().accounts["whatsapp"][0].credentials()["app_secret"]
    body = b'{"object": "something new", "entry": 5}'
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    answer = requests.post(
        f"{suite.url}/webhooks/whatsapp/main",
        data=body,
        headers={"X-Hub-Signature-256": signature},
        timeout=40,
    )
    assert answer.status_code == 200


def test_without_a_key_there_is_401_and_without_the_scope_403(suite: Suite) -> None:
    assert requests.get(f"{suite.url}/v1/contacts", timeout=40).status_code == 401
    headers = {"Authorization": "Bearer wrong"}
    assert requests.get(f"{suite.url}/v1/contacts", headers=headers, timeout=40).status_code in (401, 403)


def test_bodies_over_the_size_are_413(suite: Suite) -> None:
    big = {"name": "x", "topic": "news", "message": {"text": "x" * 1_100_000}}
    problem(suite, big, status=413)
    import_url = f"{suite.url}/v1/contacts/import"
    headers = {"Authorization": f"Bearer {suite.key}", "content-type": "text/csv"}
    answer = requests.post(import_url, data=b"x" * 5_300_000, headers=headers, timeout=40)
    assert answer.status_code == 413
    answer = requests.post(f"{suite.url}/webhooks/whatsapp/main", data=b"x" * 4_300_000, timeout=40)
    assert answer.status_code == 413


def test_broken_json_is_400(suite: Suite) -> None:
    headers = {"Authorization": f"Bearer {suite.key}", "content-type": "application/json"}
    answer = requests.post(f"{suite.url}/v1/broadcasts", data=b'{"name": ', headers=headers, timeout=40)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"name": 7}, "name", id="wrong type"),
        pytest.param({"tpoic": "news"}, "tpoic", id="unknown field"),
        pytest.param({"topic": "nowhere"}, "topic", id="unknown topic"),
        pytest.param(
            {"audience": {"messengers": ["carrier-pigeon"]}}, "audience.messengers", id="unknown messenger"
        ),
        pytest.param(
            {"audience": {"accounts": ["whatsapp/other"]}}, "audience.accounts", id="unknown account"
        ),
        pytest.param(
            {"message": {"text": "Hi {{ nickname }}"}}, "message.text", id="placeholder without value"
        ),
        pytest.param({"message": {"text": "{% for x in y %}"}}, "message.text", id="not a placeholder"),
        pytest.param(
            {"message": {"text": "x" * 16_385}, "audience": {"messengers": ["telegram"]}},
            "message.text",
            id="text over the limit",
        ),
        pytest.param(
            {"message": {"text": "x" * 16_380}, "audience": {"messengers": ["telegram"]}},
            "message.text",
            id="over the limit with the footer",
        ),
        pytest.param({"message": {}}, "message.text", id="empty message"),
        pytest.param(
            {"message": {"text": "x", "buttons": [{"label": "x" * 21, "reply": "A"}]}},
            "message.buttons.0.label",
            id="button label over the limit",
        ),
        pytest.param({"send_at": "2020-01-01T00:00:00Z"}, "send_at", id="a moment that is past"),
        pytest.param(
            {"start": True, "audience": {"attributes": {"city": "Atlantis"}}}, "audience", id="empty audience"
        ),
    ],
)
def test_a_wrong_field_is_named(suite: Suite, change: dict[str, Any], field: str) -> None:
    before = suite.get("/v1/broadcasts?limit=200")["broadcasts"]
    told = problem(suite, GOOD | change)
    assert field in [error["field"] for error in told["errors"]], told
    assert suite.get("/v1/broadcasts?limit=200")["broadcasts"] == before


def test_a_limit_is_told_with_its_number(suite: Suite) -> None:
    told = problem(suite, GOOD | {"message": {"text": "x" * 16_385}})
    assert "16384" in json.dumps(told)


def test_what_is_not_there_is_404(suite: Suite) -> None:
    for path in (
        "/v1/broadcasts/none",
        "/v1/contacts/none",
        "/v1/newsletters/none",
        "/v1/accounts/whatsapp/none",
        "/v1/entry-points/NONE",
        "/v1/nothing",
    ):
        suite.get(path, status=404)


def test_the_same_idempotency_key_with_another_body_is_422(suite: Suite) -> None:
    headers = {"Idempotency-Key": f"bad-{id(object())}"}
    first = suite.post("/v1/broadcasts", GOOD, status=202, headers=headers)
    assert suite.post("/v1/broadcasts", GOOD, status=202, headers=headers)["id"] == first["id"]
    suite.post("/v1/broadcasts", GOOD | {"name": "y"}, status=422, headers=headers)


def test_a_missing_or_malformed_credential_is_named(suite: Suite) -> None:
    body = {"address": "+4930111", "credentials": {"app_secret": "two words", "nonsense": "x"}}
    told = suite.call("PUT", "/v1/accounts/whatsapp/second", body, status=422)
    fields = {error["field"] for error in told["errors"]}
    assert {"credentials.app_secret", "credentials.nonsense", "credentials.access_token"} <= fields
    suite.get("/v1/accounts/whatsapp/second", status=404)


@pytest.mark.parametrize(
    "schedule",
    [
        {"cron": "61 * * * *"},
        {"cron": "0 9 * * 1", "zone": "Europe/Atlantis"},
        {},
        {"at": "2020-01-01T00:00:00Z"},
        {"cron": "0 9 * * 1", "at": "2030-01-01T00:00:00Z"},
    ],
)
def test_an_impossible_schedule_is_refused(suite: Suite, schedule: dict[str, str]) -> None:
    body = {"name": "x", "topic": "news", "message": {"text": "x"}, "schedule": schedule}
    told = problem(suite, body, "/v1/newsletters")
    assert told["errors"][0]["field"].startswith("schedule")


def test_an_unknown_column_refuses_the_whole_file(suite: Suite) -> None:
    answer = suite.post(
        "/v1/contacts/import",
        data=b"messenger,account,user_id,nmae\nwhatsapp,main,+491720000009,A\n",
        headers={"content-type": "text/csv"},
        status=422,
    )
    assert "nmae" in answer["detail"]


def test_qr_codes_come_as_svg_and_png(suite: Suite) -> None:
    point = suite.get("/v1/entry-points")["entry_points"][0]
    svg = suite.get(f"/v1/entry-points/{point['id']}/qr.svg")
    png = suite.get(f"/v1/entry-points/{point['id']}/qr.png")
    assert svg.headers["content-type"].startswith("image/svg")
    assert b"<svg" in svg.content
    assert png.content.startswith(b"\x89PNG")


def test_openapi_and_its_page_are_open(suite: Suite) -> None:
    shown = requests.get(f"{suite.url}/v1/openapi.json", timeout=40).json()
    assert shown["openapi"].startswith("3.1")
    assert "/v1/broadcasts" in shown["paths"]
    page = requests.get(f"{suite.url}/v1/docs", timeout=40)
    assert page.status_code == 200
    assert "swagger" in page.text.lower()
