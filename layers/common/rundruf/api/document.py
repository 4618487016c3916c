"""The OpenAPI document: what the routes say of themselves, and what holds for all of them."""

from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import OpenAPI
from pydantic.json_schema import models_json_schema

from rundruf.api import elsewhere
from rundruf.api.idempotency import NOT_KEPT, PEOPLE
from rundruf.api.models import ProblemOut
from rundruf.api.problems import CONTENT_TYPE, KINDS

SCHEMAS = "#/components/schemas/"
GATEWAY = {401: "No API key", 429: "Too many calls; ask again shortly"}
NOT_OURS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same POST with the same key is done once: for a day it gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
CSV_OR_JSONL = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}
OPEN: dict[str, Any] = {"security": []}


class Resolver(APIGatewayHttpResolver):
    """Powertools' resolver with a document that tells of problems, keys and repeated calls."""

    def get_openapi_schema(self, **given: Any) -> OpenAPI:
        drawn = super().get_openapi_schema(**given).model_dump(mode="json", by_alias=True, exclude_none=True)
        return OpenAPI.model_validate(_completed(drawn))


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for name in NOT_OURS:
        schemas.pop(name, None)
    _, ours = models_json_schema([(ProblemOut, "serialization")], ref_template=SCHEMAS + "{model}")
    schemas |= ours["$defs"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            told = operation["responses"]
            told.pop("422", None)
            told |= {str(status): _answer(status) for status in _problems(path, method, operation)}
            if method == "post" and not NOT_KEPT.fullmatch(path):
                operation["parameters"] = [*operation.get("parameters", ()), IDEMPOTENCY_KEY]
    document["paths"] |= elsewhere.PATHS
    return document


def _problems(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    """The statuses of problems that this operation can answer with."""
    yield 503
    yield 429
    if operation.get("security") == []:
        return
    yield from (401, 403, 413)
    parameters = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    if "{" in path or "contact" in parameters or (method, path) == ("post", PEOPLE):
        yield 404
    if "{" in path or method == "post":
        yield 409
    if "requestBody" in operation or method == "post":
        yield from (400, 415, 422)
    elif parameters:
        yield from (400, 422)


def _answer(status: int) -> dict[str, Any]:
    if status in GATEWAY:
        return {"description": GATEWAY[status]}
    titles = [title for known, title in KINDS.values() if known == status]
    schema = {"$ref": f"{SCHEMAS}ProblemOut"}
    return {"description": "; or ".join(titles), "content": {CONTENT_TYPE: {"schema": schema}}}
