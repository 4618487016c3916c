"""What went over the wire in the sandbox, as tests/specs/traffic.py wrote it."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PLACE = Path(__file__).parents[3] / "build" / "specs" / "traffic.json"


@dataclass(frozen=True)
class Webhook:
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Call:
    """A call of one of our adapters, or of the sandbox's day; ``path`` is without the host."""

    fact: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    call: Call
    status: int
    json: Any


@cache
def _all() -> Any:
    if not PLACE.exists():
        raise FileNotFoundError(f"{PLACE} is missing; `make specs` writes it first")
    return json.loads(PLACE.read_bytes())


def credential(messenger: str, name: str) -> str:
    value = _all()[messenger]["credentials"][name]
    assert isinstance(value, str)
    return value


def webhooks(messenger: str) -> list[Webhook]:
    """The webhooks of the main account."""
    return [
        Webhook(one["query"], one["headers"], b64decode(one["body"]))
        for one in _all()[messenger]["webhooks"]
        if one["account"] == "main"
    ]


def calls(messenger: str) -> list[Call]:
    """Every call that our adapter builds from its cases."""
    return [_call(one, one["fact"]) for one in _all()[messenger]["calls"]]


def answers(messenger: str) -> list[Answer]:
    return [
        Answer(_call(one["call"], ""), one["status"], one["body"]) for one in _all()[messenger]["answers"]
    ]


def _call(told: Any, fact: str) -> Call:
    path = urlsplit(told["url"]).path
    return Call(fact, told["method"], path, told["headers"], b64decode(told["body"]))


def changed(text: str) -> Iterator[str]:
    """The text with each of its characters changed in turn."""
    for place, one in enumerate(text):
        yield f"{text[:place]}{'b' if one == 'a' else 'a'}{text[place + 1 :]}"


def lost(given: Any, kept: Any, place: str = "") -> list[str]:
    """Where something given is not in what was kept, or is another there; null is the same as nothing."""
    if isinstance(given, dict) and isinstance(kept, dict):
        pairs = [(f"{place}.{name}", one, kept.get(name)) for name, one in given.items() if one is not None]
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        pairs = [(f"{place}[]", one, other) for one, other in zip(given, kept, strict=True)]
    else:
        return [] if given == kept else [place]
    return sorted({found for where, one, other in pairs for found in lost(one, other, where)})
