"""One HTTP call and its answer as both sides know them, and what an OpenAPI file says of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from rundruf.messengers.contract import Request
from tests.specs.findings import Finding
from tests.specs.openapi import Operation, Schema, Spec, statuses

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that an adapter makes; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, request: Request) -> "Sent":
        headers = {name.lower(): value for name, value in request.headers.items()}
        return cls(request.method, request.url, headers, request.body)

    @property
    def host(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """The path with its parts decoded, so that an id that needs encoding is one part of it."""
        return "/".join(unquote(one).replace("/", "%2F") for one in urlsplit(self.url).path.split("/"))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def content(self) -> Any:
        """The body's JSON or fields; None without a body."""
        if not self.body:
            return None
        if self.media_type == FORM:
            return dict(parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a fake answered to a call; ``body`` is its JSON, None where it is none."""

    call: Sent
    status: int
    media_type: str
    body: Any = field(default=None, repr=False)


def asked(spec: Spec, call: Sent, path: str, *, host: str = "") -> list[Finding]:
    """What an OpenAPI file has against a call of this path; ``host`` is where it goes ("": anywhere)."""
    operation = spec.operation(call.method, path)
    if operation is None:
        return [Finding(spec.name, f"{call.method} {shown(path)}", "no such call")]
    return sorted({*_asked(spec, operation, call, host)})


def _asked(spec: Spec, operation: Operation, call: Sent, host: str) -> Iterator[Finding]:
    name = f"{call.method} {operation.path}"
    if host and host not in operation.servers:
        yield Finding(spec.name, name, "another host", host)
    for one in call.query.keys() - operation.queries.keys():
        yield Finding(spec.name, f"{name}?{one}", "no such query value")
    for one, needed in operation.queries.items():
        if needed and one not in call.query:
            yield Finding(spec.name, f"{name}?{one}", "missing")
    for one, schema in operation.headers.items():
        if one in call.headers:
            yield from spec.errors(schema, call.headers[one], one)
    yield from _body(spec, operation, call, name)


def _body(spec: Spec, operation: Operation, call: Sent, name: str) -> Iterator[Finding]:
    if not call.body:
        if operation.needed:
            yield Finding(spec.name, name, "no body")
        return
    schema: Schema | None = operation.content.get(call.media_type)
    if schema is None:
        yield Finding(spec.name, name, "no such media type", call.media_type)
        return
    yield from spec.errors(schema, call.content, name)


def told(spec: Spec, answer: Answered, path: str, otherwise: str = "") -> list[Finding]:
    """What an OpenAPI file has against an answer; ``otherwise``: the schema of refusals it does not list."""
    operation = spec.operation(answer.call.method, path)
    if operation is None:
        return []
    name = f"{answer.call.method} {operation.path} {answer.status}"
    found = list(statuses(operation, answer.status))
    if not found and otherwise and answer.status >= 400:
        found = [spec.named(otherwise)]
    if not found:
        return [Finding(spec.name, name, "no such status")]
    schema = found[0]
    if schema is None or answer.media_type != "application/json":
        return []
    return spec.errors(schema, answer.body, name)


def shown(path: str) -> str:
    """A path without ids in it: what is longer than a word or holds digits."""
    parts = path.split("/")
    return "/".join("…" if len(one) > 20 or sum(map(str.isdigit, one)) > 2 else one for one in parts)
