"""LINE's error bodies: ``message``, and ``details`` with the property that is wrong."""

from typing import Any

from aiohttp import web

RATE = "The API rate limit has been exceeded. Try again later."
MONTHLY = "You have reached your monthly limit."
ACCEPTED = "The retry key is already accepted"
NOT_FOUND = "Not found"
FAILED = "Failed to send messages"
REPLY = "Invalid reply token"
UNAVAILABLE = "Access to this API is not available for your account"
UNAUTHORIZED = (
    "Authentication failed due to the following reason: {}. "
    "Confirm that the access token in the authorization header is valid."
)

# What the sandbox's switches may order: code to (HTTP status, text). 4291 is the other 429.
ORDERED = {
    400: (400, "The request body has 1 error(s)"),
    401: (401, UNAUTHORIZED.format("invalid token")),
    403: (403, UNAVAILABLE),
    429: (429, RATE),
    4291: (429, MONTHLY),
    500: (500, "Internal Server Error"),
}


class Refused(Exception):
    """LINE says no. ``code`` is the HTTP status, or 4291 for the monthly limit (it comes as 429, too)."""

    def __init__(
        self,
        status: int,
        message: str,
        details: tuple[dict[str, str], ...] = (),
        *,
        code: int = 0,
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.code = code or status
        self.headers = headers or {}
        self.more = more or {}

    def answer(self) -> web.Response:
        told: dict[str, Any] = {"message": self.message}
        if self.details:
            told["details"] = list(self.details)
        return web.json_response(told | self.more, status=self.status, headers=self.headers)


def bad(message: str, *details: dict[str, str]) -> Refused:
    return Refused(400, message, details)


def invalid(place: str) -> Refused:
    """A recipient that is no id: nothing was sent to anybody.

    LINE's reference (2026-08-07) writes ``to[1]`` of a multicast without quotation marks; answers seen for a
    push quote ``'to'`` (line/line-bot-sdk-java issue 54).
    """
    named = place if "[" in place else f"'{place}'"
    return bad(f"The property, {named}, in the request body is invalid (line: -, column: -)")


def unauthorized(reason: str) -> Refused:
    return Refused(401, UNAUTHORIZED.format(reason))


def too_fast() -> Refused:
    return Refused(429, RATE)


def monthly() -> Refused:
    return Refused(429, MONTHLY, code=4291)


def ordered(code: int, status: int | None) -> Refused:
    """A refusal that the sandbox's switches ask for."""
    known, message = ORDERED.get(code, (code if 400 <= code <= 599 else 500, "Ordered by the sandbox"))
    return Refused(status or known, message, code=code)
