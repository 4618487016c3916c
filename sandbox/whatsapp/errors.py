"""Meta's error bodies: decide on ``code``, as Meta says, never on the HTTP status."""

from typing import Any

from aiohttp import web

from sandbox.graph import trace

# Code to (HTTP status, title). The statuses are those of Meta's table; clients must not rely on them.
TITLES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Business Account is in maintenance mode"),
    131062: (400, "Business-scoped User ID recipients are not supported for this message"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is Paused"),
    132016: (400, "Template is Disabled"),
    132018: (400, "There was an issue with the parameters in your template"),
    134100: (400, "Only MARKETING templates supported with this API"),
    135000: (400, "Generic user error"),
}

# These may also be found out after acceptance and then come as a status.
LATE = frozenset({131026, 131047, 131049, 131050, 130472})


class Refused(Exception):
    """The Graph API says no: ``code`` and the details of it."""

    def __init__(self, code: int, details: str, status: int | None = None) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.status = status if status is not None else TITLES.get(code, (400, ""))[0]

    def error(self) -> dict[str, Any]:
        """The error as a status webhook tells it."""
        title = TITLES.get(self.code, (400, "Unknown error"))[1]
        return {
            "code": self.code,
            "title": title,
            "message": title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }

    def answer(self) -> web.Response:
        """The error as the HTTP answer tells it."""
        title = TITLES.get(self.code, (400, "Unknown error"))[1]
        error: dict[str, Any] = {
            "message": title if self.code in (0, 190) else f"(#{self.code}) {title}",
            "type": "OAuthException",
            "code": self.code,
        }
        if self.code not in (0, 190):
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = trace()
        return web.json_response({"error": error}, status=self.status)
