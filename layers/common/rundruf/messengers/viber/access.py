"""How Viber is called: JSON in UTF-8, with the bot's token in a header.

https://developers.viber.com/docs/api/rest-bot-api/#authentication-token
"""

import json
import re
from collections.abc import Mapping

from rundruf.core.account import Account
from rundruf.messengers.contract import Request

HOST = "https://chatapi.viber.com"
_HALVES = re.compile(r"[\ud800-\udfff]")


def post(account: Account, method: str, fields: Mapping[str, object]) -> Request:
    return Request(
        method="POST",
        url=f"{account.base_url or HOST}/pa/{method}",
        headers={
            "content-type": "application/json; charset=utf-8",
            "x-viber-auth-token": account.secret("auth_token"),
        },
        body=written(fields).encode(),
    )


def written(fields: Mapping[str, object]) -> str:
    """JSON that escapes only what it must: Viber counts the bytes of a call."""
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", plain)


def sender(account: Account) -> Mapping[str, str]:
    """The name above our messages: the account's setting of that name, or the account's own."""
    return {"name": next(iter(account.secrets("sender_name")), account.name)[:28]}
