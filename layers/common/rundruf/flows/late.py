"""Issue -> who has not got it -> a late issue: the same message as a broadcast of its own, nobody gets both.

Its audience leaves out who got the issue or an earlier late issue, may have got it or still will. From the
first late issue on, the issue frees nobody again, so nobody changes sides; and its claims heed the issue's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.ids import MOST_LATE, late_id
from rundruf.core.report import Receipts
from rundruf.core.split import Split
from rundruf.flows.past import had
from rundruf.flows.services import Services


class NotNow(Exception):
    """There can be no late issue of this now; the message says why."""


def waiting(issue: Broadcast, services: Services) -> Broadcast | None:
    """The late issue that exists and has no people yet: asking for one again means this one."""
    last = _last(issue, services)
    return last if last and not last.planned and not last.state.ended else None


def drafted(issue: Broadcast, services: Services) -> Broadcast:
    """The next late issue, not stored yet; raises NotNow."""
    if issue.late_of:
        raise NotNow(f"it is itself a late issue of {issue.late_of}; ask for one of that")
    if not issue.planned:
        raise NotNow("it has not gone out, or its people are just being looked for")
    if issue.late >= MOST_LATE:
        raise NotNow(f"there are {MOST_LATE} late issues of it already")
    number = issue.late + 1
    earlier = tuple(late_id(issue.id, each) for each in range(1, number))
    return Broadcast(
        id=late_id(issue.id, number),
        name=f"{issue.name} · late {number}",
        kind=issue.kind,
        topic=issue.topic,
        audience=replace(issue.audience, without=(issue.id, *earlier)),
        message=issue.chosen,
        state=State.SCHEDULED,
        created=services.now(),
        language=issue.language,
        newsletter=issue.newsletter,
        slot=issue.slot,
        canary=issue.canary,
        track=issue.track,
        budget=issue.budget,
        split=_kept_out(issue.split),
    )


def _kept_out(split: Split | None) -> Split | None:
    """Who was kept out of the issue for comparison is kept out of its late issues, too."""
    return Split(split.seed, holdout=split.holdout) if split and split.holdout else None


def kept(issue: Broadcast, made: Broadcast, services: Services) -> Broadcast:
    """The late issue, stored, by us or by whoever was faster; raises NotNow."""
    if services.broadcasts.add_late(issue, _last(issue, services), made):
        return made
    found = services.broadcasts.get(made.id)
    if found is None:
        raise NotNow("people are just being freed to get it once more; ask again in a minute")
    return found


def passed_over(made: Broadcast, recipients: Sequence[str], services: Services) -> frozenset[str]:
    """Who of a late issue's recipients was claimed for the issue, or one after it, and did not get it.

    That is final, since none of these frees anybody again; so their claims do not stand against this one.
    """
    held = {
        one.id: [claim for claim in one.claims if claim.broadcast in made.audience.without]
        for one in services.contacts.known(recipients).values()
    }
    places: dict[str, set[str]] = {}
    for claim in chain.from_iterable(held.values()):
        places.setdefault(claim.broadcast, set()).add(claim.chunk)
    gone: set[tuple[str, str, int]] = set()
    for each, chunks in places.items():
        gone.update(_gone(each, sorted(chunks), services))
    return frozenset(
        contact
        for contact, claims in held.items()
        if claims and all((one.broadcast, one.chunk, one.index) in gone for one in claims)
    )


def _gone(broadcast: str, chunks: Sequence[str], services: Services) -> Iterator[tuple[str, str, int]]:
    """The places in these chunks of whose people it is certain that they did not get it and will not."""
    found = services.broadcasts.get(broadcast)
    told = services.broadcasts.receipts(broadcast, chunks)
    for chunk, (_, progress) in services.broadcasts.progresses(broadcast, chunks).items() if found else ():
        for index in range(len(progress.marks)):
            if found and not had(found, index, progress, told.get(chunk, Receipts())):
                yield broadcast, chunk, index


def _last(issue: Broadcast, services: Services) -> Broadcast | None:
    return services.broadcasts.get(late_id(issue.id, issue.late)) if issue.late else None
