"""Topics: reasons to write that a person can join and leave; entry points: ways in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rundruf.core.caps import Cap


@dataclass(frozen=True, slots=True)
class Topic:
    """``name`` by language tag: {"de": "Rezepte", "en": "Recipes"}; so is ``often``: "about once a week".

    ``caps`` are on its messages to one person.
    """

    id: str
    name: Mapping[str, str]
    often: Mapping[str, str] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()

    def title(self, language: str) -> str:
        return self.name.get(language) or next(iter(self.name.values()), self.id)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A QR code, link or keyword that opens the chat of one account with a code.

    ``link`` is kept only where the messenger itself made it; entry points with the same ``page`` share one on
    which people choose their messenger.
    """

    code: str
    name: str
    messenger: str
    account: str
    topics: tuple[str, ...]
    language: str = "de"
    keyword: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)
    created: int = 0
    link: str = ""
    page: str = ""
