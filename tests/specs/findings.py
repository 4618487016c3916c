"""What a comparison with a spec gives: findings that read the same for every message of their kind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema.exceptions import ValidationError

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that a spec does not know or forbids.

    ``place`` is the field without the numbers of lists (``events[].message.text``), "" for the whole;
    ``detail`` tells more to whoever looks for the cause and is not part of what is compared.
    """

    spec: str
    place: str
    what: str
    detail: str = field(default="", compare=False)

    def __str__(self) -> str:
        more = f" ({self.detail})" if self.detail else ""
        return f"{self.spec}: {self.place or 'all of it'}: {self.what}{more}"


def place(path: Iterable[str | int]) -> str:
    """``events[].message.text`` from the path of a value."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def anywhere(pointer: str) -> str:
    """A place written with numbers, without them."""
    return _INDEX.sub("[]", pointer)


def unfolded(spec: str, error: ValidationError, before: str = "") -> Iterator[Finding]:
    """The findings in one error of jsonschema; of alternatives the one that comes nearest speaks."""
    where = place(error.absolute_path)
    where = ".".join(one for one in (before, where) if one).replace(".[]", "[]")
    if error.validator in ("anyOf", "oneOf") and error.context:
        for nearest in _nearest(error):
            yield from unfolded(spec, nearest, before)
        return
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        for name in sorted(error.instance.keys() - known):
            yield Finding(spec, f"{where}.{name}".removeprefix("."), "no such field")
        return
    if error.validator == "required" and isinstance(error.instance, dict):
        needed = error.schema["required"] if isinstance(error.schema, dict) else ()
        for name in sorted(set(needed) - error.instance.keys()):
            yield Finding(spec, f"{where}.{name}".removeprefix("."), "missing")
        return
    yield Finding(spec, where, f"not {error.validator}: {_shown(error.validator_value)}", error.message[:200])


def _nearest(error: ValidationError) -> list[ValidationError]:
    branches: dict[Any, list[ValidationError]] = {}
    for one in error.context or ():
        branches.setdefault(one.schema_path[0], []).append(one)
    # A branch that fails because of a word or a type at its top is another kind of thing altogether.
    return min(branches.values(), key=lambda found: (_other_kind(found, error), len(found)))


def _other_kind(found: list[ValidationError], error: ValidationError) -> bool:
    depth = len(error.absolute_path)
    return any(one.validator in ("const", "type") and len(one.absolute_path) <= depth + 1 for one in found)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value)) if len(value) <= 6 else f"one of {len(value)} words"
    return str(value)[:80]
