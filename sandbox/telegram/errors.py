"""The Bot API's error bodies."""

from typing import Any

from aiohttp import web

CLASSES = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}
MIGRATED = "group chat was upgraded to a supergroup chat"
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
    """The Bot API says no: HTTP status and ``error_code`` are the same number.

    ``retry_after`` is in seconds; ``migrated_to`` is the id that a group's chat has now.
    """

    def __init__(self, code: int, description: str, retry_after: int = 0, migrated_to: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrated_to = migrated_to

    def answer(self) -> web.Response:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        headers = {}
        if self.retry_after:
            told["parameters"] = {"retry_after": self.retry_after}
            headers["Retry-After"] = str(self.retry_after)
        if self.migrated_to:
            told["parameters"] = {"migrate_to_chat_id": self.migrated_to}
        return web.json_response(told, status=self.code, headers=headers)


def bad(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def flood(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)


def ordered(code: int, word: str, retry_after: int, user: str) -> Refused:
    """A refusal that the sandbox's switches ask for; ``word`` is what follows "Bad Request: "."""
    if code == 429:
        return flood(retry_after)
    if not word:
        return Refused(code, WORDS.get(code, "Bad Request: ordered by the sandbox's switches"))
    description = f"{CLASSES[code]}: {word}" if code in CLASSES else word
    return Refused(code, description, migrated_to=supergroup(user) if word == MIGRATED else 0)


def supergroup(chat: str) -> int:
    """The id that this chat would get as a supergroup: negative, at most 52 significant bits."""
    digits = chat.lstrip("-")
    return -(10**12 + (int(digits) % 10**10 if digits.isdecimal() else 0))
