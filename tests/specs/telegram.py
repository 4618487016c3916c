"""The Bot API's methods and types as strict JSON Schema, made from their published tables.

Telegram ignores fields it does not know, so a misspelt one would be lost in silence: here it is a finding.
Lengths are taken from the descriptions ("1-4096 characters"); texts are sent without formatting, so that
what Telegram counts after parsing is what stands there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from tests.specs.findings import Finding, unfolded

NAME = "telegram"
Schema = dict[str, Any]

_PLAIN: Mapping[str, Schema] = {
    "Integer": {"type": "integer"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "Float": {"type": "number"},
    # Never in JSON: a file is uploaded beside it.
    "InputFile": {"not": {}},
}
_LIST = "Array of "
_WORD = re.compile(r"(?:, always|; always|must be) [“\"]?([a-z_]+)[”\"]?")
_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
_COUNT = re.compile(r"must include (\d+)-(\d+) items")


@dataclass(frozen=True)
class BotApi:
    """The tables of api.json."""

    tables: Mapping[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict, init=False, compare=False)

    def parameters(self, method: str, given: object) -> list[Finding]:
        """What is wrong with the parameters of a call."""
        if method not in self.tables["methods"]:
            return [Finding(NAME, method, "no such method")]
        return self._errors(self._record(self.tables["methods"][method]), given, method)

    def update(self, told: object) -> list[Finding]:
        """What is wrong with a webhook's body; an update holds exactly one thing beside its number."""
        found = self._errors({"$ref": "#/$defs/Update"}, told, "")
        if isinstance(told, dict) and len(told) != 2:
            found.append(Finding(NAME, "", "an update tells one thing", ", ".join(told)))
        return found

    def answer(self, method: str, status: int, told: Any) -> list[Finding]:
        """What is wrong with an answer: a result of the method's type, or the three fields of a refusal."""
        if method not in self.tables["methods"]:
            return []
        kinds = self.tables["methods"][method]["returns"]
        good = {"ok": {"const": True}, "result": self._any_of(kinds)}
        refused = {
            "ok": {"const": False},
            "error_code": {"const": status},
            "description": {"type": "string"},
            "parameters": {"$ref": "#/$defs/ResponseParameters"},
        }
        fields, needed = (good, list(good)) if status == 200 else (refused, list(refused)[:3])
        whole = {"type": "object", "required": needed, "properties": fields, "additionalProperties": False}
        return self._errors(whole, told, f"{method} answer")

    def _errors(self, schema: Schema, value: object, before: str) -> list[Finding]:
        key = repr(schema)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "$defs": self._definitions})
        found = (unfolded(NAME, one, before) for one in self._validators[key].iter_errors(value))
        return sorted({one for some in found for one in some})

    @cached_property
    def _definitions(self) -> Mapping[str, Schema]:
        return {name: self._type(name) for name in self.tables["types"]}

    def _type(self, name: str) -> Schema:
        table = self.tables["types"][name]
        if name in _PLAIN:
            return dict(_PLAIN[name])
        if "subtypes" in table:
            return self._any_of(table["subtypes"])
        return self._record(table)

    def _record(self, table: Mapping[str, Any]) -> Schema:
        fields = table.get("fields", [])
        return {
            "type": "object",
            "required": [one["name"] for one in fields if one["required"]],
            "properties": {one["name"]: self._field(one) for one in fields},
            "additionalProperties": False,
        }

    def _field(self, table: Mapping[str, Any]) -> Schema:
        schema, told = self._any_of(table["types"]), table["description"]
        word, length, count = _WORD.search(told), _LENGTH.search(told), _COUNT.search(told)
        if word and table["types"] == ["String"] and table["name"] in ("type", "status", "source"):
            return {"const": word[1]}
        if length and table["types"] == ["String"]:
            return {**schema, "minLength": int(length[1]), "maxLength": int(length[2])}
        if count:
            return {**schema, "minItems": int(count[1]), "maxItems": int(count[2])}
        return schema

    def _any_of(self, kinds: list[str]) -> Schema:
        """One of several types; a list of this or a list of that may also be mixed, as albums are."""
        listed = [one.removeprefix(_LIST) for one in kinds if one.startswith(_LIST)]
        several = [self._kind(one) for one in kinds if not one.startswith(_LIST)]
        if listed:
            several.append({"type": "array", "items": self._any_of(listed)})
        return several[0] if len(several) == 1 else {"anyOf": several}

    def _kind(self, kind: str) -> Schema:
        return dict(_PLAIN[kind]) if kind in _PLAIN else {"$ref": f"#/$defs/{kind}"}
