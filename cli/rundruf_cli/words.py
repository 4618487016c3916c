"""How options spell pairs, moments and people."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rundruf_cli.api import Client
from rundruf_cli.failures import BadUse, Refused

IDENTITY_PARTS = 3
BUDGET = re.compile(r"(?P<amount>[0-9]{1,9}(\.[0-9]{1,9})?) ?(?P<currency>[A-Za-z]{3})")


def pairs_of(given: Iterable[str] | None, option: str, example: str) -> dict[str, str]:
    """``name=value`` options as a dict; raises BadUse."""
    found = {}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not (name and sign):
            raise BadUse(f"{option} is written like {option} {example}")
        found[name] = value
    return found


def moment(given: str | None, option: str) -> str | None:
    """RFC 3339 of a moment; one without a zone is meant in this computer's. Raises BadUse."""
    if not given:
        return None
    try:
        return datetime.fromisoformat(given).astimezone().isoformat()
    except ValueError:
        raise BadUse(f"{option} is written like 2026-12-24T18:00 or 2026-12-24T18:00:00+01:00") from None


def budget(given: str | None, unpriced: bool = False) -> dict[str, Any]:
    """The part of a body that says what it may cost, of "50 EUR" or "50.00EUR"; raises BadUse."""
    if not given:
        if unpriced:
            raise BadUse("--allow-unpriced says something about a --budget, so give one.")
        return {}
    found = BUDGET.fullmatch(given.strip())
    if not found:
        raise BadUse("--budget is written like '50 EUR' or 19.90EUR")
    told: dict[str, Any] = {"amount": found["amount"], "currency": found["currency"].upper()}
    return {"budget": told | ({"allow_unpriced": True} if unpriced else {})}


def identity_of(given: str) -> tuple[str, str, str]:
    """Messenger, account and user id of messenger/account/user; raises BadUse."""
    parts = given.split("/", IDENTITY_PARTS - 1)
    if len(parts) != IDENTITY_PARTS or not all(parts):
        raise BadUse("A contact is its id, or messenger/account/user like whatsapp/main/+4917112345678")
    messenger, account, user_id = parts
    return messenger, account, user_id


def contact_id(client: Client, given: str) -> str:
    """A contact's id, found by messenger/account/user where that is given; raises Refused."""
    if "/" not in given:
        return given
    messenger, account, user_id = identity_of(given)
    found = client.get("v1", "contacts", messenger=messenger, account=account, user_id=user_id)["contacts"]
    if not found:
        raise Refused(f"There is no contact {given!r}.")
    return str(found[0]["id"])


def split_account(given: str) -> tuple[str, str]:
    """Messenger and name of an account; raises BadUse."""
    messenger, sign, name = given.partition("/")
    if not (messenger and sign and name) or "/" in name:
        raise BadUse("An account is written like whatsapp/main: messenger, slash, name")
    return messenger, name


def without_empty(body: dict[str, Any]) -> dict[str, Any]:
    """A body without what was not said."""
    return {name: value for name, value in body.items() if value not in (None, "", [], {})}
