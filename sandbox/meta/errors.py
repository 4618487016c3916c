"""The error bodies of the Send API: (code, subcode) decide, never the HTTP status."""

from typing import Any

from aiohttp import web

from sandbox.graph import trace

# Code to (HTTP status, message). Meta asks nobody to rely on the statuses.
MESSAGES: dict[int, tuple[int, str]] = {
    1: (500, "An unknown error occurred"),
    2: (500, "An unexpected error has occurred. Please retry your request later."),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    17: (400, "User request limit reached"),
    32: (400, "Page request limit reached"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    200: (403, "Permissions error"),
    230: (403, "Permission required"),
    368: (403, "The action attempted has been deemed abusive or is otherwise disallowed"),
    551: (400, "This person isn't available right now."),
    613: (400, "Calls to this api have exceeded the rate limit."),
    1200: (400, "Temporary send message failure. Please try again later."),
    36000: (400, "Image size too large"),
    80006: (400, "There have been too many calls to this Messenger account."),
}
SUBCODES = {551: 1545041}
WINDOW = "This message is sent outside of allowed window."


class Refused(Exception):
    """The Graph API says no."""

    def __init__(self, code: int, message: str = "", subcode: int = 0, status: int | None = None) -> None:
        usual = MESSAGES.get(code, (400, "Unknown error"))
        super().__init__(message or usual[1])
        self.code = code
        self.subcode = subcode or SUBCODES.get(code, 0)
        self.status = usual[0] if status is None else status

    def answer(self) -> web.Response:
        error: dict[str, Any] = {
            "message": str(self) if self.code == 190 else f"(#{self.code}) {self}",
            "type": "OAuthException",
            "code": self.code,
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = trace()
        return web.json_response({"error": error}, status=self.status)


def invalid(message: str) -> Refused:
    """Something in the request is not as it must be."""
    return Refused(100, message)


def nobody() -> Refused:
    """No such person, or one who never wrote to this business."""
    return Refused(100, "No matching user found", 2018001)
