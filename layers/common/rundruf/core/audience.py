"""Who a broadcast is for: conditions on what the audience index knows of a contact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

DAY = 24 * 3600 * 1000


@dataclass(slots=True)
class Facts:
    """What is known of a person without reading the contact: times in ms, ``seen`` to the day.

    ``account`` is "messenger/name"; ``past`` is what they did, by broadcast; ``paused`` is until when they
    want no marketing, ``stopped`` that they ended it in the messenger, ``unreachable`` that it says so;
    ``user`` is the id that the messenger has for them, ``part`` that of a split audience that they are in.
    """

    account: str = ""
    language: str = ""
    zone: str = ""
    tags: Collection[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    joined: int = 0
    seen: int = 0
    past: Mapping[str, Collection[str]] = field(default_factory=dict)
    paused: int = 0
    stopped: bool = False
    unreachable: bool = False
    user: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """Conditions under a name, as JSON (``core.segment``); ``changed`` in ms."""

    id: str
    name: str
    where: Mapping[str, Any]
    changed: int = 0


@dataclass(slots=True)
class Candidate:
    """A contact as the audience index shows it (eventually consistent: consent is asked again later).

    ``facts`` is there where a segment asks for them. Not frozen, since a planner makes millions of them and a
    frozen one takes three times as long.
    """

    id: str
    topics: Collection[str] = ()
    tags: Collection[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Conditions that all must hold; an empty one lets everybody with the topic in.

    ``contacts`` names people one by one (a test broadcast); the topic is asked of them all the same.
    ``segment`` is the id of a stored one; ``where`` (JSON, see ``core.segment``) are the conditions that
    count: a broadcast's are fixed when it is made, the segment's among them. Who got one
    of the broadcasts ``without``, may have got it or still will is left out.
    """

    messengers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    any_tag: frozenset[str] = frozenset()
    all_tags: frozenset[str] = frozenset()
    no_tag: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[str, ...] = ()
    segment: str = ""
    where: Mapping[str, Any] | None = None
    without: tuple[str, ...] = ()

    def takes_account(self, account_id: str) -> bool:
        """Whether contacts of this account ("messenger/name") may be in the audience at all."""
        messenger = account_id.partition("/")[0]
        return (not self.messengers or messenger in self.messengers) and (
            not self.accounts or account_id in self.accounts
        )

    def takes(self, topic: str, candidate: Candidate) -> bool:
        if topic not in candidate.topics:
            return False
        if self.languages and candidate.language not in self.languages:
            return False
        if (self.any_tag or self.all_tags or self.no_tag) and not self._tagged(set(candidate.tags)):
            return False
        if not self.attributes:
            return True
        return all(candidate.attributes.get(key) == value for key, value in self.attributes.items())

    def _tagged(self, tags: set[str]) -> bool:
        return (
            (not self.any_tag or bool(self.any_tag & tags))
            and self.all_tags <= tags
            and not self.no_tag & tags
        )
