"""LINE's hosts, and the tokens that open them.

https://developers.line.biz/en/reference/messaging-api/#issue-stateless-channel-access-token (2026-08-07)
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Renewable, Renewed, Request

HOST = "https://api.line.me"
DATA_HOST = "https://api-data.line.me"
_LONGEST_LIFE = 24 * 3600.0  # seconds; a stateless token lives for 15 minutes


def api(account: Account, path: str) -> str:
    return f"{account.base_url or HOST}{path}"


def bearer(account: Account) -> Mapping[str, str]:
    """Raises KeyError("access_token") for an account that has none and no channel to fetch one for."""
    return {"authorization": f"Bearer {account.secret('access_token')}"}


def _needed(account: Account) -> bool:
    """A long-lived token of the console makes fetching needless."""
    return not account.secrets("access_token")


def _request(account: Account, _refused: bool) -> Request:
    form = {
        "grant_type": "client_credentials",
        "client_id": account.secret("channel_id"),
        "client_secret": account.secret("channel_secret"),
    }
    return Request(
        method="POST",
        url=api(account, "/oauth2/v3/token"),
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode("ascii"),
    )


def _read(answer: Answer) -> Renewed | Outcome:
    content = shared.content(answer)
    if answer.status == 200:
        token, seconds = shared.text(content.get("access_token")), shared.seconds(content.get("expires_in"))
        if seconds and seconds <= _LONGEST_LIFE and re.fullmatch(r"[!-~]{1,4096}", token):
            return Renewed(token, seconds)
    if answer.status in (400, 401, 403):
        return Outcome(OutcomeKind.PAUSE, f"token_{answer.status}", account_wide=True)
    # Asking again for a token harms nobody, so nothing here is unknown.
    code = answer.failure.value if answer.failure else f"token_{answer.status}"
    return Outcome(OutcomeKind.RETRY, code, retry_after=shared.retry_after(answer), account_wide=True)


TOKEN = Renewable("access_token", _request, _read, _needed)
