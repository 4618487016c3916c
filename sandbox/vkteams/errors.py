"""Refusals of the bot API: ``ok`` false and a description, with HTTP 200."""

from aiohttp import web

TOKEN = "Invalid token"  # noqa: S105 - the words of an error
RATE = "Ratelimit"
# VK publishes no words for a chat that the bot may not write to; these are the sandbox's.
NO_CHAT = "Permission denied"
WORDS = {400: "Missing required parameter 'text'", 401: TOKEN, 404: NO_CHAT, 429: RATE}


class Refused(Exception):
    """``code`` names the kind of refusal in the oracle's log; VK itself has no codes."""

    def __init__(self, code: int, description: str, http: int = 200) -> None:
        super().__init__(description)
        self.code = code
        self.http = http

    def answer(self) -> web.Response:
        if self.http >= 500:
            return web.Response(status=self.http, text=f"<html>{self.http}</html>", content_type="text/html")
        return web.json_response({"ok": False, "description": str(self)}, status=self.http)


def missing(name: str) -> Refused:
    return Refused(400, f"Missing required parameter '{name}'")


def bad(name: str) -> Refused:
    return Refused(400, f"Invalid parameter '{name}'")


def ordered(code: int, word: str, http: int | None) -> Refused:
    """A refusal that the sandbox's switches ask for; from 500 on it is the HTTP status."""
    return Refused(code, word or WORDS.get(code, "Internal error"), http or (code if code >= 500 else 200))
