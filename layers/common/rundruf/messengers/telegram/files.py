"""How a file that a person sent is fetched from Telegram: ask where it lies, then fetch it from there.

https://core.telegram.org/bots/api#getfile
"""

import re

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Download, MediaIn, Request
from rundruf.messengers.telegram.outbound import HOST, method


def _request(medium: MediaIn, account: Account) -> Request:
    return method(account, "getFile", {"file_id": medium.id})


def _located(answer: Answer, account: Account) -> Request | None:
    """The second call. Its address holds the bot's token and is good for an hour, so nobody keeps it."""
    content = shared.content(answer)
    path = shared.text(shared.record(content.get("result")).get("file_path"))
    if content.get("ok") is not True or not path:
        raise ValueError(_reason(content, answer))
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_./-]{0,500}", path) or ".." in path:
        raise ValueError("Telegram tells a place of the file that cannot be asked for")
    host = account.base_url or HOST
    return Request("GET", f"{host}/file/bot{account.secret('bot_token')}/{path}", {}, b"")


def _reason(content: shared.Record, answer: Answer) -> str:
    if "file is too big" in shared.text(content.get("description")):
        return "the file is larger than the 20 MB that Telegram gives bots"
    return f"Telegram gives no file: status {answer.status}"


DOWNLOAD = Download(_request, _located)
