"""Accounts: settings that anybody with a key may see, credentials that go in and never come out."""

import json
from typing import Any

from rundruf.aws.settings import Environment
from tests.api.client import HERE, Client
from tests.api.conftest import TELEGRAM, WHATSAPP
from tests.support.template import PARAMETERS, Template

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


def test_webhooks_have_their_own_address_where_the_deployment_gives_them_one(api: Client) -> None:
    own = Template.load(parameters={**PARAMETERS, "WebhooksThroughFunctionUrl": "true"}).environment("api")
    api.wiring.environment = Environment(own)
    shown = put(api, {"credentials": TELEGRAM})
    assert shown["webhook"] == "https://a1b2c3.lambda-url.eu-central-1.on.aws/webhooks/telegram/main"


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


def test_an_optional_credential_may_be_missing(api: Client) -> None:
    shown = put(api, {"credentials": WHATSAPP}, "/v1/accounts/whatsapp/main")
    assert "waba_id" not in shown["credentials"]


def test_what_is_deleted_is_gone_with_its_credentials(cafe: Client) -> None:
    assert cafe("DELETE", HERE_TOO).status == 204
    assert cafe("GET", HERE_TOO).problem == "not-found"
    assert cafe("DELETE", HERE_TOO).problem == "not-found"
    assert stored(cafe, "telegram/main") == {}
    assert [one["id"] for one in cafe.get("/v1/accounts")["accounts"]] == ["whatsapp/main"]


def test_a_name_nobody_can_have_is_not_found(api: Client) -> None:
    assert api("GET", f"/v1/accounts/telegram/{'x' * 2000}").problem == "not-found"
