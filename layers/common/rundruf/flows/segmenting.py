"""Stored conditions -> a sieve for the people of one account, in the order of the audience index."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rundruf.core.audience import Audience, Candidate
from rundruf.core.segment import BadSegment, issues_asked, segment, with_issues
from rundruf.flows.past import HAD, Past
from rundruf.flows.services import Services

Where = Mapping[str, Any]


class Sieve:
    """Which candidates a segment lets through, ``without`` those of some broadcasts; ``fields`` of Facts are
    what it looks at.

    People have to be asked about in the order of the index, since what they did with earlier broadcasts is
    read alongside.
    """

    def __init__(
        self,
        where: Where | None,
        account: str,
        now: int,
        services: Services,
        without: Iterable[str] = (),
    ) -> None:
        self._segment = segment(where, now) if where else None
        self.fields = self._segment.fields if self._segment else frozenset[str]()
        asked = self._segment.broadcasts if self._segment else ()
        self._pasts = _pasts(asked, account, services)
        self._without = _pasts(without, account, services)

    def takes(self, candidate: Candidate) -> bool:
        if any(HAD in one.did(candidate.id) for one in self._without):
            return False
        if self._segment is None:
            return True
        facts = candidate.facts
        if facts is None:
            return False
        if self._pasts:
            facts.past = {one.broadcast: one.did(candidate.id) for one in self._pasts}
        return self._segment.holds(facts)


def _pasts(broadcasts: Iterable[str], account: str, services: Services) -> list[Past]:
    held = [found for found in map(services.broadcasts.get, broadcasts) if found]
    return [Past(one, account, services) for one in held]


def frozen(audience: Audience, services: Services) -> Audience:
    """The audience with its stored segment's conditions as they are now, and newsletters' issues by name.

    A broadcast keeps them, so that changing the segment later changes nothing that was made of it. Raises
    LookupError for a segment that does not exist, BadSegment for a newsletter that does not.
    """
    where: Where | None = audience.where
    if audience.segment:
        stored = services.catalogue.segment(audience.segment)
        if stored is None:
            raise LookupError(audience.segment)
        where = stored.where if where is None else {"all": [stored.where, where]}
    if where is None:
        return audience
    asked = issues_asked(where)
    if asked:
        where = with_issues(where, {one: _issues(*one, services) for one in asked})
    return replace(audience, where=where)


def _issues(newsletter: str, last: int, services: Services) -> Sequence[str]:
    if services.catalogue.newsletter(newsletter) is None:
        raise BadSegment([("where.past.newsletter", f"there is no newsletter {newsletter[:40]!r}")])
    return [one.id for one in services.broadcasts.issues(newsletter, last)]


def problems(where: Where, now: int, attributes: frozenset[str], exists: Callable[[str], bool]) -> None:
    """Raises BadSegment for conditions that cannot be used, or ask about unknown attributes or ids."""
    read = segment(where, now)
    wrong = [
        ("where", f"nobody has an attribute {one!r} (known: {', '.join(sorted(attributes)) or 'none yet'})")
        for one in sorted(read.attributes - attributes)
    ]
    wrong += [("where", f"there is no broadcast {one[:40]!r}") for one in read.broadcasts if not exists(one)]
    if wrong:
        raise BadSegment(wrong)
