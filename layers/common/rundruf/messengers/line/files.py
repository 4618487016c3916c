"""How a file that a person sent is fetched from LINE.

https://developers.line.biz/en/reference/messaging-api/#get-content (2026-08-07)
"""

from rundruf.core.account import Account
from rundruf.messengers.contract import Answer, Download, MediaIn, Request
from rundruf.messengers.line.access import DATA_HOST, bearer


def _request(medium: MediaIn, account: Account) -> Request:
    """From LINE by the message's id; a file that lies elsewhere from there, without our token."""
    if medium.id.startswith("https://"):
        return Request("GET", medium.id, {}, b"")
    url = f"{account.base_url or DATA_HOST}/v2/bot/message/{medium.id}/content"
    return Request("GET", url, bearer(account), b"")


def _located(answer: Answer, _account: Account) -> Request | None:
    """The answer is the file itself, unless LINE still prepares it or has it no more."""
    if answer.status == 200:
        return None
    raise ValueError(_REASONS.get(answer.status, f"LINE gives no file: status {answer.status}"))


_REASONS = {
    202: "LINE still prepares the file; try again in a few seconds",
    404: "LINE has no such file any more",
    410: "the person took the file back",
}
DOWNLOAD = Download(_request, _located)
