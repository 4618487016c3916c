"""Calls of the bot API: GET, with everything in the query, the token too."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from rundruf.core.account import Account
from rundruf.messengers.contract import Request
from rundruf.messengers.vkteams.rules import Sheet

PATH = "/bot/v1"


def get(sheet: Sheet, account: Account, method: str, fields: Mapping[str, str]) -> Request:
    """One call. Its URL holds the token, so it is shown nowhere."""
    # The Metabot tells installations' addresses with the path, people may leave it out.
    host = (account.base_url or sheet.host).removesuffix(PATH)
    query = urlencode(
        {"token": account.secret("bot_token"), **fields}, safe="", errors="replace", quote_via=quote
    )
    return Request("GET", f"{host}{PATH}/{method}?{query}", {}, b"")
