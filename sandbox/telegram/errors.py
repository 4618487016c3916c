"""The Bot API's error bodies."""

from typing import Any

from aiohttp import web

WORDS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


class Refused(Exception):
    """The Bot API says no: HTTP status and ``error_code`` are the same number."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def answer(self) -> web.Response:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        headers = {}
        if self.retry_after:
            told["parameters"] = {"retry_after": self.retry_after}
            headers["Retry-After"] = str(self.retry_after)
        return web.json_response(told, status=self.code, headers=headers)


def bad(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def flood(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)


def ordered(code: int, retry_after: int) -> Refused:
    """A refusal that the sandbox's switches ask for."""
    if code == 429:
        return flood(retry_after)
    return Refused(code, WORDS.get(code, "Bad Request: ordered by the sandbox's switches"))
