"""The API in this process, asked as API Gateway asks; every answer is held against the OpenAPI document.

``Client(stack)`` makes an ``Api`` on the stack in moto; a call gives an ``Answered``. A status, content type
or body that the document does not describe for the route is an ``AssertionError`` in the calling test.
"""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from jsonschema import Draft202012Validator

from rundruf.api.app import Api
from rundruf.aws.logs import logger
from rundruf.aws.settings import Environment
from rundruf.aws.wiring import Wiring
from tests.support.stack import Stack

PROBLEM = "application/problem+json"
HERE = "https://rundruf.example"
UNDESCRIBED = ("/v1/openapi.json", "/v1/docs")


class LambdaContext:
    """What Lambda hands to a handler, as far as anybody looks at it."""

    function_name = "api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:api"
    aws_request_id = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def problem(self) -> str:
        """The last part of a problem's type, such as "not-found"."""
        assert self.type == PROBLEM, (self.status, self.body)
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def fields(self) -> list[str]:
        """The fields that a problem names."""
        return [error["field"] for error in self.json.get("errors", [])]


def http_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    scopes: str | None = "admin",
    key: str = "0123456789ab",
    encoded: bool = False,
    parameters: dict[str, str] | None = None,
    route: str = "ANY /v1/{proxy+}",
) -> dict[str, Any]:
    """An HTTP API event (payload 2.0); what is neither text nor bytes becomes JSON; no ``scopes``, no key."""
    path, _, query = path.partition("?")
    sent = {"host": "rundruf.example", "user-agent": "test"}
    if body is not None and not isinstance(body, str | bytes):
        body = json.dumps(body)
        sent["content-type"] = "application/json"
    if isinstance(body, bytes):
        body, encoded = b64encode(body).decode(), True
    elif encoded and body is not None:
        body = b64encode(body.encode()).decode()
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "a1b2c3",
        "domainName": "rundruf.example",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": route,
        "stage": "$default",
        "timeEpoch": 1_780_000_000_000,
    }
    if scopes is not None:
        context["authorizer"] = {"lambda": {"key": key, "scopes": scopes}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent | {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": context,
        "isBase64Encoded": encoded,
    }
    if query:
        event["queryStringParameters"] = dict(parse_qsl(query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = parameters
    if body is not None:
        event["body"] = body
    return event


def answered(answer: dict[str, Any]) -> Answered:
    """A door's answer as its caller gets it; it must be what Lambda can send on."""
    shown = json.dumps(answer, ensure_ascii=False).encode()
    assert len(shown) < 6_000_000
    headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    raw = answer.get("body", "")
    assert isinstance(raw, str), "a body is text, if only an empty one"
    body = b64decode(raw) if answer.get("isBase64Encoded") else raw.encode()
    return Answered(answer["statusCode"], headers, body)


class Client:
    """Asks the API as a key with ``scopes`` does; ``document`` is the OpenAPI document it serves."""

    document: ClassVar[dict[str, Any]] = {}

    def __init__(self, stack: Stack, scopes: str = "admin") -> None:
        self.stack, self.scopes = stack, scopes
        self.wiring = Wiring(Environment(stack.environment("api")))
        self.wiring.__dict__["client"] = stack.client  # made once for all tests
        self.api = Api(self.wiring, logger("api"))
        if not self.document:
            asked = http_event("GET", "/v1/openapi.json", scopes=None)
            self.document.update(answered(self.api.handle(asked, LambdaContext())).json)

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Answered:
        event = http_event(method, path, body, **{"scopes": self.scopes, **more})
        found = answered(self.api.handle(event, LambdaContext()))
        conforms(self.document, method, path, found)
        return found

    def facts(self) -> list[dict[str, Any]]:
        """Everything in the table but the log of who asked for what."""
        return [item for item in self.stack.items() if not item["pk"]["S"].startswith("audit#")]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a 200."""
        found = self("GET", f"{path}?{urlencode(query)}" if query else path)
        assert found.status == 200, found.body
        return found.json

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of a 2xx."""
        found = self("POST", path, body, **more)
        assert found.status in (200, 201, 202), found.body
        return found.json


def operation_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """What the document says of this call; None where there is no such path and method."""
    path = path.partition("?")[0]
    for template in sorted(document["paths"], key=lambda one: ("{" in one, one)):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            found: dict[str, Any] | None = document["paths"][template].get(method.lower())
            return found
    return None


def conforms(document: dict[str, Any], method: str, path: str, found: Answered) -> None:
    """Status, content type and body are as the document describes them."""
    operation = operation_of(document, method, path)
    if operation is None:
        assert found.problem == "not-found" or path.partition("?")[0] in UNDESCRIBED
        return
    assert str(found.status) in operation["responses"], (method, path, found.status, found.body)
    content = operation["responses"][str(found.status)].get("content", {})
    if not content:
        assert not found.body
        return
    kind = found.type.partition(";")[0]
    if "*/*" in content:
        return
    assert kind in content, (method, path, found.status, kind)
    if "schema" in content[kind] and kind.endswith("json"):
        schema = content[kind]["schema"] | {"components": document["components"]}
        checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        wrong = [f"{error.json_path}: {error.message}"[:200] for error in checker.iter_errors(found.json)]
        assert not wrong, (method, path, wrong)
