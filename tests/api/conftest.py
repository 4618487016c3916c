"""An API on a fresh stack in moto, empty or with a small café."""

from typing import Any

import pytest

from rundruf.aws.contacts import TableContacts
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from tests.api.client import Client
from tests.support.stack import Stack
from tests.support.world import QuickTable

WHATSAPP = {
    "app_secret": "a" * 32,
    "access_token": "EAAtoken" + "x" * 40,
    "verify_token": "verify-me-please",
    "phone_number_id": "106540352242922",
}
TELEGRAM = {"bot_token": "123456789:" + "A" * 35, "secret_token": "s" * 32}


@pytest.fixture
def api(stack: Stack) -> Client:
    return Client(stack)


@pytest.fixture
def cafe(api: Client) -> Client:
    return furnished(api)


def furnished(api: Client) -> Client:
    """Two senders and two topics."""
    for account, address, credentials in (
        ("whatsapp/main", "+4930123456", WHATSAPP),
        ("telegram/main", "morgenrot_bot", TELEGRAM),
    ):
        put: Any = {"address": address, "credentials": credentials}
        assert api("PUT", f"/v1/accounts/{account}", put).status == 200
    for topic, german, english in (("news", "Neues", "News"), ("recipes", "Rezepte", "Recipes")):
        api.post("/v1/topics", {"id": topic, "name": {"de": german, "en": english}})
    return api


def person(number: int, *topics: str, messenger: str = "telegram", **more: Any) -> dict[str, Any]:
    """The body that adds a person who agreed to these topics at the desk."""
    consent = {"source": "desk", "at": "2026-05-01T12:00:00Z", "wording": "opt-in-1"} if topics else None
    told = {"messenger": messenger, "account": "main", "user_id": str(number), "topics": list(topics)}
    return told | {"consent": consent} | more


def quickly(api: Client, count: int) -> list[str]:
    """So many people with consent, past moto's slow transactions."""
    store = api.wiring.contacts
    plain = TableContacts(QuickTable(store.table.aws, store.table.name), store.secret, store.now)
    fact = Fact(Action.IMPORTED, 1_777_600_000_000, ("news",), source="desk")
    people = [Identity("telegram", "main", str(number)) for number in range(1, count + 1)]
    return [plain.enter(Contact(store.id_of(one), one, Consent()), [fact]).id for one in people]
