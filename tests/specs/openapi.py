"""OpenAPI 3 and Swagger 2 files as strict JSON Schema: objects are closed, discriminators are followed.

A file as published lets unknown fields pass, and generic validators do not follow ``discriminator``; so a
wrong field would go unseen. Everything here makes the file stricter, never more lenient.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tests.specs.findings import Finding, unfolded

Schema = dict[str, Any]

FORMATS = FormatChecker(formats=("date-time", "date"))
_KEPT = ("type", "format", "enum", "const", "pattern")
_NUMBERS = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "uniqueItems")
_LISTS = ("oneOf", "anyOf")
_METHODS = ("get", "post", "put", "delete", "patch")


@FORMATS.checks("uuid", raises=ValueError)
def _uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


@FORMATS.checks("uri", raises=ValueError)
def _uri(value: object) -> bool:
    return not isinstance(value, str) or (value.isascii() and bool(urlsplit(value).scheme))


def loaded(path: Path) -> Any:
    """A YAML or JSON file (JSON is YAML)."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - both are safe, one is fast


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of an API: ``content`` maps media types of the body to schemas, ``answers`` statuses."""

    method: str
    path: str
    servers: tuple[str, ...]
    content: Mapping[str, Schema]
    needed: bool
    queries: Mapping[str, bool]
    headers: Mapping[str, Schema]
    answers: Mapping[str, Schema | None]


@dataclass(frozen=True)
class Spec:
    """One file; the objects named in ``opened`` may hold more than it lists."""

    name: str
    document: Any
    opened: frozenset[str] = frozenset()
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def _components(self) -> Mapping[str, Schema]:
        if "definitions" in self.document:
            return dict(self.document["definitions"])
        return dict(self.document.get("components", {}).get("schemas", {}))

    @cached_property
    def _definitions(self) -> dict[str, Schema]:
        return {name: self._component(name) for name in self._components}

    def named(self, name: str) -> Schema:
        """The schema of a component; raises KeyError where there is none."""
        if name not in self._components:
            raise KeyError(name)
        return {"$ref": f"#/components/schemas/{name}"}

    def errors(self, schema: Schema, value: Any, before: str = "") -> list[Finding]:
        """What of a value a schema of this file refuses; ``before`` stands in front of its places."""
        key = repr(schema)
        if key not in self._validators:
            whole = {**self._strict(schema), "$defs": self._definitions}
            self._validators[key] = Draft202012Validator(whole, format_checker=FORMATS)
        found = (unfolded(self.name, one, before) for one in self._validators[key].iter_errors(value))
        return sorted({one for some in found for one in some})

    def operation(self, method: str, path: str) -> Operation | None:
        """The call with this method and this path."""
        return next(iter(self.fitting(method, path)), None)

    def fitting(self, method: str, path: str) -> list[Operation]:
        """All calls that such a path may mean; a fixed part of a path goes before a placeholder."""
        found = [
            one
            for one in self.operations
            if one.method == method.lower() and re.fullmatch(_pattern(one.path), path)
        ]
        fewest = min((one.path.count("{") for one in found), default=0)
        return [one for one in found if one.path.count("{") == fewest]

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(
            self._operation(method, path, item)
            for path, item in self.document["paths"].items()
            for method in _METHODS
            if method in item
        )

    # From the file's schemas to strict ones.

    def _component(self, name: str) -> Schema:
        raw = self._components[name]
        mapping = raw.get("discriminator", {}).get("mapping") if "discriminator" in raw else None
        if mapping:
            return self._told_apart(raw["discriminator"]["propertyName"], mapping)
        return self._strict(raw, opened=name in self.opened)

    def _told_apart(self, by: str, mapping: Mapping[str, str]) -> Schema:
        """The kinds of a thing: the value of one field says which of them must fit."""
        kinds = [
            {
                "if": {"properties": {by: {"const": word}}, "required": [by]},
                "then": {"$ref": f"#/$defs/{target.rpartition('/')[2]}"},
            }
            for word, target in mapping.items()
        ]
        words = {"type": "string", "enum": sorted(mapping)}
        return {"type": "object", "required": [by], "properties": {by: words}, "allOf": kinds}

    def _strict(self, schema: Schema, *, opened: bool = False) -> Schema:
        if "$ref" in schema:
            return {"$ref": f"#/$defs/{schema['$ref'].rpartition('/')[2]}"}
        whole = self._flat(schema)
        strict: Schema = {name: whole[name] for name in (*_KEPT, *_NUMBERS, "required") if name in whole}
        for name in _LISTS:
            if name in whole:
                strict[name] = [self._strict(one) for one in whole[name]]
        for name in ("items", "not"):
            if name in whole:
                strict[name] = self._strict(whole[name])
        self._objects(whole, strict, opened=opened)
        if whole.get("nullable") or whole.get("x-nullable"):
            return {"anyOf": [{"type": "null"}, strict]}
        return strict

    def _objects(self, whole: Schema, strict: Schema, *, opened: bool) -> None:
        more = whole.get("additionalProperties")
        if isinstance(more, dict):
            strict["additionalProperties"] = self._strict(more)
        if "properties" not in whole:
            return
        strict["properties"] = {name: self._strict(one) for name, one in whole["properties"].items()}
        if more is None or more is False:
            strict["additionalProperties"] = opened

    def _flat(self, schema: Schema) -> Schema:
        """A schema with what it inherits by ``allOf``, as one."""
        if "allOf" not in schema:
            return schema
        whole: Schema = {}
        for part in (*schema["allOf"], {name: one for name, one in schema.items() if name != "allOf"}):
            raw = self._components[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            flat = self._flat(raw)
            joint = {
                "properties": {**whole.get("properties", {}), **flat.get("properties", {})},
                "required": [*whole.get("required", []), *flat.get("required", [])],
            }
            whole = {**whole, **flat, **{name: one for name, one in joint.items() if one}}
        return whole

    # From the file's paths to calls.

    def _operation(self, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        raw = item[method]
        parameters = [
            self._parameter(one) for one in (*item.get("parameters", ()), *raw.get("parameters", ()))
        ]
        body = [one for one in parameters if one["in"] == "body"]
        content = {kind: one.get("schema", {}) for kind, one in _content(raw.get("requestBody")).items()}
        if body:
            content = {"application/json": body[0]["schema"]}
        servers = raw.get("servers") or item.get("servers") or self.document.get("servers") or []
        return Operation(
            method,
            path,
            tuple(one["url"] for one in servers),
            content,
            bool(body) or bool(raw.get("requestBody", {}).get("required")),
            {one["name"]: bool(one.get("required")) for one in parameters if one["in"] == "query"},
            {one["name"].lower(): one.get("schema", {}) for one in parameters if one["in"] == "header"},
            {str(status): _answer(one) for status, one in raw["responses"].items()},
        )

    def _parameter(self, raw: Schema) -> Schema:
        if "$ref" not in raw:
            return raw
        found = self.document["components"]["parameters"][raw["$ref"].rpartition("/")[2]]
        assert isinstance(found, dict)
        return found


def _content(raw: Mapping[str, Any] | None) -> Mapping[str, Any]:
    content = (raw or {}).get("content", {})
    assert isinstance(content, dict)
    return content


def _answer(raw: Mapping[str, Any]) -> Schema | None:
    """The schema of an answer's JSON; None where the file tells none."""
    if "schema" in raw:
        schema = raw["schema"]
        return None if schema.get("type") == "file" else dict(schema)
    return next((dict(one["schema"]) for one in _content(raw).values() if "schema" in one), None)


def _pattern(path: str) -> str:
    return "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path)
    )


def statuses(operation: Operation, status: int) -> Iterator[Schema | None]:
    """The schema for a status: its own, or that for all the rest."""
    for name in (str(status), f"{status // 100}XX", "default"):
        if name in operation.answers:
            yield operation.answers[name]
            return
