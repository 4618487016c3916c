"""The demo business, loaded through the public API as anybody would; loading it again changes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from local.settings import Refused
from sandbox import Config

TOPICS = {
    "news": {"de": "Neuigkeiten", "en": "News"},
    "recipes": {"de": "Rezepte", "en": "Recipes"},
    "offers": {"de": "Angebote", "en": "Offers"},
}
# Names, and what people join through them.
ENTRIES = {"Table card": ["news", "recipes"], "Shop window": ["offers"]}
READY_WITHIN = 60


@dataclass
class Api:
    """The public API with a key; raises Refused with the API's own words."""

    url: str
    key: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {self.key}"}, timeout=40
        )
        if not answer.ok:
            raise Refused(f"{method} {path} was answered with {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    def ready(self) -> None:
        """Waits for health; raises Refused with the last answer."""
        end, told = time.monotonic() + READY_WITHIN, ""
        while time.monotonic() < end:
            try:
                answer = requests.get(f"{self.url}/v1/health", timeout=40)
                if answer.ok:
                    return
                told = f"{answer.status_code} {answer.text[:300]}"
            except requests.RequestException as error:
                told = str(error)
            time.sleep(0.3)
        raise Refused(f"GET /v1/health did not become ready: {told}")


def load(api: Api, config: Config, fakes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Accounts that talk to the fakes and know our webhooks, topics and entry points; gives the latter."""
    for messenger, accounts in config.accounts.items():
        for account in accounts:
            body = {
                "address": account.address,
                "base_url": fakes[messenger],
                "credentials": account.credentials(),
            }
            api.call("PUT", f"/v1/accounts/{messenger}/{account.account}", body)
            _verify(api, f"{messenger}/{account.account}")
    for topic, name in TOPICS.items():
        api.call("POST", "/v1/topics", {"id": topic, "name": name})
    return _entry_points(api, config)


def _verify(api: Api, account: str) -> None:
    """Sets the webhook where the messenger has a call for that; raises Refused with the step that failed."""
    for step in api.call("POST", f"/v1/accounts/{account}/verify")["steps"]:
        if not step["ok"]:
            raise Refused(f"The demo's account {account} does not stand: {step['name']}: {step['detail']}")


def _entry_points(api: Api, config: Config) -> list[dict[str, Any]]:
    standing = {
        (each["name"], each["messenger"]): each
        for each in api.call("GET", "/v1/entry-points")["entry_points"]
    }
    for messenger, accounts in config.accounts.items():
        for name, topics in ENTRIES.items():
            if accounts and (name, messenger) not in standing:
                body = {
                    "name": name,
                    "messenger": messenger,
                    "account": accounts[0].account,
                    "topics": topics,
                }
                standing[name, messenger] = api.call("POST", "/v1/entry-points", body)
    return [
        standing[name, messenger]
        for messenger, accounts in config.accounts.items()
        for name in ENTRIES
        if accounts
    ]
