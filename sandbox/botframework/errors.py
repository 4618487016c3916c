"""The connector's error bodies, which differ from place to place."""

import json
import uuid
from typing import Any

from aiohttp import web

# Written with the JSON of Teams' own service inside a string.
INNER = frozenset({"MessageWritesBlocked"})
WORDS = {
    400: "BadArgument",
    401: "BotNotRegistered",
    403: "ForbiddenOperationException",
    404: "ConversationNotFound",
    412: "PreconditionFailed",
    413: "MessageSizeTooBig",
    429: "Throttled",
    500: "ServiceError",
}


class Refused(Exception):
    """The connector says no; ``word`` "" stands for an answer without a body."""

    def __init__(self, status: int, word: str, message: str = "", retry_after: int = 0) -> None:
        super().__init__(message or word)
        self.status = status
        self.word = word
        self.message = message or word
        self.retry_after = retry_after

    def answer(self) -> web.Response:
        headers = {"x-ms-correlation-id": str(uuid.uuid4())}
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        if not self.word:
            return web.Response(status=self.status, headers=headers)
        return web.json_response(self._body(), status=self.status, headers=headers)

    def _body(self) -> dict[str, Any]:
        if self.word in INNER:
            inner = {"subCode": self.word, "details": self.message, "errorCode": None, "errorSubCode": None}
            return {"errorCode": 209, "message": json.dumps(inner, indent=2)}
        return {"error": {"code": self.word, "message": self.message}}


def bad(message: str) -> Refused:
    return Refused(400, "BadArgument", message)


def throttled(seconds: int) -> Refused:
    return Refused(429, "Throttled", "Too Many Requests", seconds)


def ordered(status: int, word: str, retry_after: int) -> Refused:
    """A refusal that the sandbox's switches ask for."""
    word = word or WORDS.get(status, "")
    return Refused(status, word, retry_after=retry_after if status == 429 else 0)


def denied() -> web.Response:
    """What a bearer that opens nothing is told."""
    told = {"message": "Authorization has been denied for this request."}
    return web.json_response(told, status=401, headers={"WWW-Authenticate": "Bearer"})
