"""Errors as application/problem+json: what, where, what to do."""

import json
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response

TYPES = "https://rundruf.example/problems/"
CONTENT_TYPE = "application/problem+json"
LONGEST_FIELD = 120

KINDS = {
    "bad-request": (400, "The request cannot be understood"),
    "forbidden": (403, "This API key may not do that"),
    "not-found": (404, "There is no such thing"),
    "conflict": (409, "That does not fit the present state"),
    "preflight-needed": (409, "It starts with the token of a preflight"),
    "preflight-stale": (409, "That preflight does not count any more"),
    "over-budget": (409, "It would cost more than its budget"),
    "price-unknown": (409, "Nobody can tell whether its budget is enough"),
    "approval-needed": (409, "Somebody else has to approve it first"),
    "too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "That content type is not taken here"),
    "invalid": (422, "Something in the body is wrong"),
    "idempotency-key-reused": (422, "This Idempotency-Key was used for another body"),
    "in-progress": (409, "The same request is still running"),
    "unavailable": (503, "That did not work just now"),
}


class Problem(Exception):
    """An answer that says what is wrong; ``errors`` as (field, what is wrong and what to do)."""

    def __init__(self, kind: str, detail: str, errors: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.errors = kind, detail, tuple(errors)

    @property
    def status(self) -> int:
        return KINDS[self.kind][0]

    def body(self) -> dict[str, Any]:
        status, title = KINDS[self.kind]
        shown: dict[str, Any] = {
            "type": TYPES + self.kind,
            "title": title,
            "status": status,
            "detail": self.detail,
        }
        if self.errors:
            shown["errors"] = [{"field": field, "detail": detail} for field, detail in self.errors]
        return shown

    def response(self) -> Response[str]:
        return Response(self.status, CONTENT_TYPE, json.dumps(self.body(), ensure_ascii=False))


def not_found(what: str, name: str) -> Problem:
    return Problem("not-found", f"There is no {what} {name!r}. GET the list of them to see which exist.")


def invalid(field: str, detail: str) -> Problem:
    return Problem("invalid", f"{field}: {detail}", [(field, detail)])
