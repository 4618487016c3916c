"""Audience -> one identity of each human, where a broadcast has a fallback; everybody else as they come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rundruf.core.audience import Candidate
from rundruf.core.broadcast import Broadcast
from rundruf.core.contact import Contact
from rundruf.core.segment import segment
from rundruf.flows.identities import Sendable, siblings
from rundruf.flows.services import Services

AT_ONCE = 100

Seen = tuple[Candidate, int]  # and its shard


def in_turn(found: Broadcast, people: Iterable[Seen], services: Services) -> Iterator[Seen]:
    """Of a human's identities the first that is met; it keeps the turn, however often this is asked.

    Only what the business had said before the start counts, so that nobody changes hands on the way.
    """
    if found.fallback is None:
        yield from people
        return
    coming = iter(people)
    while some := list(islice(coming, AT_ONCE)):
        out = _left_out(found, [one.id for one, _ in some], services)
        yield from (one for one in some if one[0].id not in out)


def _left_out(found: Broadcast, ids: Sequence[str], services: Services) -> frozenset[str]:
    """Which of these people get it on another identity of theirs."""
    known = services.contacts.known(ids)
    tied = [one for one in map(known.get, ids) if one and one.tied_before(found.started)]
    if not tied:
        return frozenset()
    sendable = Sendable(found, services)
    weak = [one for one in tied if not sendable(one)]
    better = _stronger(found, weak, sendable, services)
    asking = [one for one in tied if one.id not in better]
    mine = services.persons.take(found.id, [(one.tie, one.id) for one in asking])
    return better | {one.id for one, yes in zip(asking, mine, strict=True) if not yes}


def _stronger(
    found: Broadcast, weak: Sequence[Contact], sendable: Sendable, services: Services
) -> frozenset[str]:
    """Who could not be written to now, while another identity in this very audience can."""
    if not weak:
        return frozenset()
    families = siblings(weak, services)
    return frozenset(
        one.id
        for one in weak
        if any(sendable(other) and _surely_in(found, other) for other in families.get(one.id, ()))
    )


def _surely_in(found: Broadcast, other: Contact) -> bool:
    """Whether the planner meets this identity, too; one of which that is not certain is not counted on."""
    if other.identity.account_id not in found.accounts or not other.tied_before(found.started):
        return False
    candidate = other.candidate()
    named = found.audience.contacts
    if not found.audience.takes(found.topic, candidate) or (named and other.id not in named):
        return False
    if other.joined > found.started:
        return False
    if found.audience.where is None or candidate.facts is None:
        return True
    asked = segment(found.audience.where, found.started)
    return not asked.broadcasts and asked.holds(replace(candidate.facts))


def left_out_of(found: Broadcast, contact: Contact | None, services: Services) -> bool:
    """Whether somebody is not in a broadcast since it is another identity's turn."""
    if found.fallback is None or contact is None or not contact.tied_before(found.started):
        return False
    turn = services.persons.turns(found.id, [contact.tie]).get(contact.tie)
    return turn is not None and turn.first != contact.id
