"""How a file that a person sent is fetched from Viber: from the address it told, as soon as possible."""

from rundruf.core.account import Account
from rundruf.messengers.contract import Answer, Download, MediaIn, Request


def _request(medium: MediaIn, _account: Account) -> Request:
    """Without the bot's token: the address may be anywhere."""
    return Request("GET", medium.id, {}, b"")


def _located(answer: Answer, _account: Account) -> Request | None:
    if answer.status == 200:
        return None
    raise ValueError(f"the file is no longer at its address: status {answer.status}")


DOWNLOAD = Download(_request, _located)
