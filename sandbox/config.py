"""Who the sandbox plays: business accounts on each messenger, and a few people with phones."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model

from sandbox.kind import Account, Model
from sandbox.registry import FOLDERS, kinds


def _played(name: str) -> str:
    if name not in kinds():
        raise ValueError(f"the sandbox plays no messenger of this name; it plays {', '.join(kinds())}")
    return name


MessengerName = Annotated[str, AfterValidator(_played)]


class PersonConfig(Model):
    """Somebody with a phone from the start; ``user`` is a number on WhatsApp, an id elsewhere."""

    messenger: MessengerName
    user: str
    name: str
    language: str = "de"


class Webhooks(Model):
    """How webhooks are sent: pauses in seconds before each repetition, and the longest wait for an answer."""

    retries: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 15, 30, 30, 30)
    timeout: float = Field(default=30, gt=0)


class Config(Model):
    """A business; its JSON has beside these fields a list of accounts by the name of each messenger."""

    business: str = "Café Morgenrot"
    people: tuple[PersonConfig, ...] = ()
    webhooks: Webhooks = Webhooks()

    @property
    def accounts(self) -> dict[str, tuple[Account, ...]]:
        """The accounts by messenger, each in the model of its fake."""
        return {name: getattr(self, name) for name in kinds()}

    @classmethod
    def read(cls, path: Path) -> "Config":
        """The configuration in a JSON file; raises OSError or pydantic.ValidationError."""
        return _whole().model_validate_json(path.read_bytes())


@cache
def _whole() -> type[Config]:
    """Config with a field for every messenger."""
    lists: dict[str, Any] = {}
    for name, kind in kinds().items():
        lists[name] = (GenericAlias(tuple, (kind.account_model, ...)), ())
    return create_model("Config", __base__=Config, **lists)


def demo() -> dict[str, Any]:
    """The configuration of the demo as JSON: what each folder's demo.json adds to sandbox/demo.json."""
    told: dict[str, Any] = json.loads((files("sandbox") / "demo.json").read_bytes())
    people = told.pop("people", [])
    for folder in FOLDERS:
        place = files("sandbox") / folder / "demo.json"
        if place.is_file():
            more = json.loads(place.read_bytes())
            people += more.pop("people", [])
            told |= more
    return {**told, "people": people}


def demo_config() -> Config:
    """The business of the demo: its numbers are kept for fiction in Germany, its keys open nothing."""
    return _whole().model_validate(demo())
