"""The doors of a small café on a fresh stack in moto."""

import pytest

from rundruf.core import tokens
from rundruf.core.contact import contact_bytes
from rundruf.core.tokens import Keys
from tests.api.client import Client
from tests.api.conftest import furnished, person
from tests.functions.doors import Doors
from tests.support.stack import Stack

KEYS = Keys("1", {"1": "k" * 64})


@pytest.fixture
def doors(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Doors:
    return Doors(stack, monkeypatch)


@pytest.fixture
def api(stack: Stack) -> Client:
    return furnished(Client(stack))


@pytest.fixture
def anna(api: Client) -> str:
    """Anna, who reads news and recipes on Telegram; her contact id."""
    added = api.post("/v1/contacts", person(4711, "news", "recipes", name="Anna Ascheberg", language="en"))
    return str(added["id"])


def leave_token(contact: str) -> str:
    return tokens.sign(KEYS, tokens.Purpose.LEAVE, contact_bytes(contact))


def topics(api: Client, contact: str) -> list[str]:
    """What this person agrees to now."""
    return list(api.get(f"/v1/contacts/{contact}")["consent"]["topics"])
