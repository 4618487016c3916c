"""Viber's refusals: a ``status`` in the body, mostly with HTTP 200."""

from typing import Any

from aiohttp import web

# developers.viber.com, "error codes", as kept in Viber/creators-hub (2023-05-18).
WORDS = {
    0: "ok",
    1: "invalidUrl",
    2: "invalidAuthToken",
    3: "badData",
    4: "missingData",
    5: "receiverNotRegistered",
    6: "notSubscribed",
    7: "publicAccountBlocked",
    8: "publicAccountNotFound",
    9: "publicAccountSuspended",
    10: "webhookNotSet",
    11: "receiverNoSuitableDevice",
    12: "tooManyRequests",
    13: "apiVersionNotSupported",
    14: "incompatibleWithVersion",
    15: "publicAccountNotAuthorized",
    16: "inchatReplyMessageNotAllowed",
    17: "publicAccountIsNotInline",
    18: "noPublicChat",
    19: "cannotSendBroadcast",
    20: "broadcastNotAllowed",
    21: "unsupportedCountry",
    22: "paymentUnsupported",
    23: "freeMessagesExceeded",
    24: "noBalance",
}


class Refused(Exception):
    """Viber says no; ``http`` is 200 but for calls that come too fast and for a server that is down."""

    def __init__(self, status: int, why: str = "", http: int = 200) -> None:
        super().__init__(why or WORDS.get(status, "generalError"))
        self.status = status
        self.http = http

    def answer(self) -> web.Response:
        if self.http >= 500:
            # What stands before Viber's servers answers without JSON then.
            return web.Response(status=self.http, text=f"<html>{self.http}</html>", content_type="text/html")
        return web.json_response({"status": self.status, "status_message": str(self)}, status=self.http)


def bad(why: str) -> Refused:
    return Refused(3, f"badData: {why}")


def missing(what: str) -> Refused:
    return Refused(4, f"missingData: {what}")


def ordered(code: int, http: int | None) -> Refused:
    """A refusal that the sandbox's switches ask for: a status, or from 400 on an HTTP status."""
    if code >= 400:
        return Refused(12 if code == 429 else 99, http=http or code)
    return Refused(code, http=http or 200)


def ok(**more: Any) -> web.Response:
    return web.json_response({"status": 0, "status_message": "ok", **more})
