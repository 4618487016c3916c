"""WeChat's answers: nearly always HTTP 200, with the truth in ``errcode``."""

import json
import secrets
from typing import Any

from aiohttp import web

WORDS = {
    -1: "system error",
    0: "ok",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40006: "invalid meida size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40031: "invalid openid list",
    40032: "invalid openid list size",
    40037: "invalid template_id",
    40053: "invalid action info",
    40066: "invalid url",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40164: "invalid ip not in whitelist",
    40200: "invalid account type",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit must slower retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    45067: "clientmsgid too long",
    45080: "typing without recent interaction",
    45081: "already typing",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    40132: "invalid username",
    48002: "user block receive message",
    48006: "forbid to clear quota because of reaching the limit",
}


class Refused(Exception):
    """WeChat says no; ``more`` goes into the body beside ``errcode`` and ``errmsg``."""

    def __init__(self, code: int, hint: str = "", status: int = 200, **more: Any) -> None:
        super().__init__(hint or str(code))
        self.code = code
        self.hint = hint
        self.status = status
        self.more = more

    def answer(self) -> web.Response:
        words = WORDS.get(self.code, "refused as the sandbox's switches say")
        said = " ".join(part for part in (words, self.hint, f"rid: {_rid()}") if part)
        return told({"errcode": self.code, "errmsg": said, **self.more}, self.status)


def told(body: dict[str, Any], status: int = 200) -> web.Response:
    """JSON as WeChat writes it: raw UTF-8, never escaped."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json; encoding=utf-8"}
    return web.Response(body=raw, status=status, headers=headers)


def ok(**more: Any) -> web.Response:
    return told({"errcode": 0, "errmsg": "ok", **more})


def _rid() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))
