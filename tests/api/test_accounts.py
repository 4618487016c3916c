"""Accounts: settings that anybody with a key may see, credentials that go in and never come out."""

import json
from typing import Any

import pytest

from tests.api.client import HERE, Client
from tests.api.conftest import TELEGRAM, WHATSAPP

HERE_TOO = "/v1/accounts/telegram/main"


def put(api: Client, body: dict[str, Any], path: str = HERE_TOO) -> dict[str, Any]:
    found = api("PUT", path, body)
    assert found.status == 200, found.body
    shown: dict[str, Any] = found.json
    return shown


def stored(api: Client, account: str) -> dict[str, tuple[str, ...]]:
    return dict(api.wiring.accounts.credentials(account))


def test_credentials_are_taken_and_never_shown(api: Client) -> None:
    shown = put(api, {"address": "bot", "credentials": TELEGRAM})
    assert shown["credentials"] == ["bot_token", "secret_token"]
    assert shown["webhook"] == f"{HERE}/webhooks/telegram/main"
    for found in (shown, api.get(HERE_TOO), api.get("/v1/accounts")):
        assert not any(secret in json.dumps(found) for secret in TELEGRAM.values())
    assert stored(api, "telegram/main") == {name: (value,) for name, value in TELEGRAM.items()}


def test_credentials_live_in_an_encrypted_parameter_only(api: Client) -> None:
    put(api, {"credentials": TELEGRAM})
    held = api.stack.client("ssm").describe_parameters()["Parameters"]
    assert [one["Type"] for one in held if one["Name"].endswith("/telegram/main")] == ["SecureString"]
    assert TELEGRAM["bot_token"] not in json.dumps(api.stack.items(), default=str)


def test_what_is_left_out_stays_and_settings_are_replaced(api: Client) -> None:
    put(api, {"address": "bot", "base_url": "https://bots.example/", "rate": 5.5, "credentials": TELEGRAM})
    shown = put(api, {"address": "other_bot", "credentials": {"secret_token": ["new", "s" * 32]}})
    assert (shown["address"], shown["base_url"], shown["rate"]) == ("other_bot", "", None)
    assert stored(api, "telegram/main") == {
        "bot_token": (TELEGRAM["bot_token"],),
        "secret_token": ("new", "s" * 32),
    }


def test_a_base_url_loses_its_slash(api: Client) -> None:
    assert (
        put(api, {"base_url": "http://127.0.0.1:9/", "credentials": TELEGRAM})["base_url"]
        == "http://127.0.0.1:9"
    )


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
def test_a_wrong_credential_is_named_and_nothing_is_stored(
    api: Client, credentials: dict[str, Any], fields: list[str]
) -> None:
    found = api("PUT", HERE_TOO, {"credentials": credentials})
    assert (found.status, found.problem, found.fields) == (422, "invalid", fields)
    assert b"secret!" not in found.body
    assert api.get("/v1/accounts") == {"accounts": []}


def test_an_optional_credential_may_be_missing(api: Client) -> None:
    shown = put(api, {"credentials": WHATSAPP}, "/v1/accounts/whatsapp/main")
    assert "waba_id" not in shown["credentials"]


def test_only_messengers_that_exist_can_have_accounts(api: Client) -> None:
    assert api("PUT", "/v1/accounts/pigeon/main", {"credentials": TELEGRAM}).problem == "not-found"


@pytest.mark.parametrize("name", ["Main", "-main", "m" * 41, "ma in"])
def test_an_account_has_a_plain_name(api: Client, name: str) -> None:
    found = api("PUT", f"/v1/accounts/telegram/{name}", {"credentials": TELEGRAM})
    assert (found.status, found.fields) == (422, ["account"])


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
def test_wrong_settings_are_named(api: Client, wrong: dict[str, Any]) -> None:
    found = api("PUT", HERE_TOO, {"credentials": TELEGRAM} | wrong)
    assert (found.status, found.fields) == (422, list(wrong))


def test_what_is_deleted_is_gone_with_its_credentials(cafe: Client) -> None:
    assert cafe("DELETE", HERE_TOO).status == 204
    assert cafe("GET", HERE_TOO).problem == "not-found"
    assert cafe("DELETE", HERE_TOO).problem == "not-found"
    assert stored(cafe, "telegram/main") == {}
    assert [one["id"] for one in cafe.get("/v1/accounts")["accounts"]] == ["whatsapp/main"]


def test_a_name_nobody_can_have_is_not_found(api: Client) -> None:
    assert api("GET", f"/v1/accounts/telegram/{'x' * 2000}").problem == "not-found"
