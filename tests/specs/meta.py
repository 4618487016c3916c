"""Meta's files: where a call may go and which fields there are, and no more.

Meta's own examples do not validate against its WhatsApp file (``allOf`` with closed objects, one name for
what is sent and what comes in), so only paths and names are taken from it, from all alternatives of a place
together. For pages and Instagram there are lists of edges with their parameters and their words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.specs.calls import Answered, Sent, shown
from tests.specs.findings import Finding
from tests.specs.openapi import Operation, Schema, Spec, loaded, statuses

NAME = "meta"
_FILE = "business-messaging-api_v23.0.yaml"
_NUMBER = re.compile(r"_\d+$")
_VERSION = re.compile(r"/v\d+\.\d+(/.*)?")
# Parameters of every call of the Graph API.
_ALWAYS = frozenset({"fields", "access_token", "limit", "after", "before"})


@dataclass(frozen=True)
class WhatsApp:
    """The WhatsApp file: names of fields, whatever their type."""

    spec: Spec

    @classmethod
    def read(cls, folder: Path) -> "WhatsApp":
        return cls(Spec(NAME, loaded(folder / NAME / _FILE)))

    def request(self, call: Sent) -> list[Finding]:
        """What is wrong with a call; ``/{id}`` may be many things, and the one that fits best counts."""
        every = [self._request(one, call) for one in self.spec.fitting(call.method, call.path)]
        missing = [Finding(NAME, f"{call.method} {shown(call.path)}", "no such call")]
        return min(every, key=len, default=missing)

    def _request(self, operation: Operation, call: Sent) -> list[Finding]:
        name = f"{call.method} {operation.path}"
        found = {
            Finding(NAME, f"{name}?{one}", "no such query value")
            for one in call.query.keys() - operation.queries.keys() - _ALWAYS
        }
        wanted = dict.fromkeys(filter(None, call.query.get("fields", "").split(",")))
        answer = next(statuses(operation, 200), None)
        if wanted and answer is None:
            found.add(Finding(NAME, f"{name}?fields", "no answer is told of"))
        elif answer is not None:
            found |= set(self._unknown([answer], wanted, f"{name}?fields"))
        if call.body and not operation.content:
            found.add(Finding(NAME, name, "no body is told of"))
        return sorted(found | set(self._unknown(list(operation.content.values()), call.content, name)))

    def answer(self, answer: Answered) -> list[Finding]:
        fitting = self.spec.fitting(answer.call.method, answer.call.path)
        if answer.media_type != "application/json":
            return []
        return min((self._answer(one, answer) for one in fitting), key=len, default=[])

    def _answer(self, operation: Operation, answer: Answered) -> list[Finding]:
        """The file tells refusals of few calls; all have one shape."""
        name = f"{answer.call.method} {operation.path} {answer.status}"
        told = next(statuses(operation, answer.status), None)
        schema = self.spec.named("GraphAPIError") if answer.status >= 400 else told
        if schema is None:
            return [Finding(NAME, name, "no answer is told of")]
        return sorted(set(self._unknown([schema], answer.body, name)))

    def webhook(self, body: Any) -> list[Finding]:
        return sorted(set(self._unknown([self.spec.named("WebhookPayload")], body, "")))

    def _unknown(self, schemas: list[Schema], value: Any, place: str) -> Iterator[Finding]:
        """Fields that no alternative of this place names."""
        if isinstance(value, list):
            items = [one["items"] for one in self._all(schemas) if "items" in one]
            for one in value:
                yield from self._unknown(items, one, f"{place}[]")
            return
        every = list(self._all(schemas))
        told = [one["properties"] for one in every if one.get("properties")]
        loose = any(one.get("additionalProperties") not in (None, False) for one in every)
        if not isinstance(value, dict) or not told or loose:
            return
        for name, inner in value.items():
            where = f"{place}.{name}".removeprefix(".")
            holding = [one[name] for one in told if name in one]
            if not holding:
                yield Finding(NAME, where, "no such field")
            yield from self._unknown(holding, inner, where)

    def _all(self, schemas: list[Schema]) -> Iterator[Schema]:
        """The schemas with all their alternatives and all they inherit.

        What is sent and what comes in have the same names in the file, told apart by a number that its
        references lack (TextMessage, TextMessage_2); so a reference means all of them.
        """
        waiting = list(schemas)
        seen: set[str] = set()
        while waiting:
            one = waiting.pop()
            refs = (
                [one["$ref"]]
                if "$ref" in one
                else list(one.get("discriminator", {}).get("mapping", {}).values())
            )
            names = {ref.rpartition("/")[2] for ref in refs} - seen
            seen |= names
            waiting += [schema for name in names for schema in self._alike[_NUMBER.sub("", name)]]
            waiting += [*one.get("allOf", ()), *one.get("anyOf", ()), *one.get("oneOf", ())]
            yield one

    @cached_property
    def _alike(self) -> Mapping[str, list[Schema]]:
        alike: dict[str, list[Schema]] = {}
        for name, schema in self.spec.document["components"]["schemas"].items():
            alike.setdefault(_NUMBER.sub("", name), []).append(schema)
        return alike


@dataclass(frozen=True)
class Node:
    """A page or an Instagram account: its edges with their parameters, and its fields."""

    name: str
    edges: Mapping[tuple[str, str], Mapping[str, str]]
    needed: Mapping[tuple[str, str], frozenset[str]]
    fields: frozenset[str]
    words: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, folder: Path, name: str) -> "Node":
        file = json.loads((folder / NAME / f"graph-{name}.json").read_bytes())
        enums = json.loads((folder / NAME / "graph-enum_types.messaging-subset.json").read_bytes())
        edges = {(one["method"], one.get("endpoint", "")): one["params"] for one in file["apis"]}
        return cls(
            name,
            {edge: {one["name"]: one["type"] for one in params} for edge, params in edges.items()},
            {
                edge: frozenset(one["name"] for one in params if one["required"])
                for edge, params in edges.items()
            },
            frozenset(one["name"] for one in file["fields"]),
            {one["name"]: frozenset(map(str, one["values"])) for one in enums},
        )

    def request(self, call: Sent) -> list[Finding]:
        return sorted({*self._request(call)})

    def _request(self, call: Sent) -> Iterator[Finding]:
        version = _VERSION.fullmatch(call.path)
        parts = (version[1] or "").strip("/").split("/") if version else []
        edge = (call.method, parts[1] if len(parts) > 1 else "")
        name = f"{self.name} {call.method} {edge[1]}".strip()
        if not version or len(parts) > 2 or edge not in self.edges:
            yield Finding(NAME, f"{call.method} {shown(call.path)}", "no such call")
            return
        given = {**call.query, **(call.content or {})}
        for one in given.keys() - self.edges[edge].keys() - _ALWAYS:
            yield Finding(NAME, f"{name}.{one}", "no such parameter")
        for one in self.needed[edge] - given.keys():
            yield Finding(NAME, f"{name}.{one}", "missing")
        for one in set(filter(None, call.query.get("fields", "").split(","))) - self.fields:
            yield Finding(NAME, f"{name}?fields.{one}", "no such field")
        for one, kind in self.edges[edge].items():
            yield from self._word(kind, given.get(one), f"{name}.{one}")

    def _word(self, kind: str, value: Any, place: str) -> Iterator[Finding]:
        known = self.words.get(kind.removeprefix("list<").removesuffix(">"))
        if known is None or value is None:
            return
        for one in value if isinstance(value, list) else str(value).split(","):
            if one not in known:
                yield Finding(NAME, place, f"no such word: {one}")
