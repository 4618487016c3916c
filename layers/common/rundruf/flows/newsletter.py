"""Minute tick -> what is due -> broadcast with the id (newsletter, slot) -> plan."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.canary import USUAL, Trial
from rundruf.core.ids import issue_id
from rundruf.core.local_time import RECIPIENT, local_at
from rundruf.core.message import MessageKind
from rundruf.core.newsletter import Newsletter
from rundruf.core.plan import issues_of
from rundruf.core.segment import BadSegment
from rundruf.flows.fallback import fall_back
from rundruf.flows.feeds import TIMEOUT, issues
from rundruf.flows.planning import expire, start
from rundruf.flows.segmenting import frozen
from rundruf.flows.services import Services
from rundruf.flows.slots import following, slots
from rundruf.flows.watching import look

A_FEED = 10_000  # ms that one feed may take besides the net

Due = tuple[int, str, str]


def tick(services: Services, time_left: Callable[[], float] = lambda: math.inf) -> int:
    """Start everything that is due; gives how many broadcasts were started.

    Fired twice is once: the broadcast's id is derived from newsletter and slot. Of slots that were missed
    the latest goes out, or none, as the newsletter says.
    """
    begun, broken = 0, []
    due = services.catalogue.due(services.now())
    fed = _fed(due, services)
    for at, kind, each in [*(one for one in due if one not in fed), *fed]:
        if (at, kind, each) in fed and time_left() < TIMEOUT + A_FEED:
            break  # the next minute goes on
        try:
            begun += _begun(at, kind, each, services)
        except Exception as error:  # one that fails must not keep the others back
            broken.append(error)
    if broken:
        raise broken[0]
    return begun


def _fed(due: Sequence[Due], services: Services) -> list[Due]:
    """What waits for a feed: after all else, and those last that have failed most often."""
    failures = {one: _failures(one[2], services) for one in due if one[1] == "newsletter"}
    fed = {one: count for one, count in failures.items() if count is not None}
    return sorted(fed, key=lambda one: fed[one])


def _failures(newsletter: str, services: Services) -> int | None:
    """How often its feed has failed; None for a newsletter without one, or that cannot be read now."""
    try:
        found = services.catalogue.newsletter(newsletter)
        return services.catalogue.feed(newsletter).failures if found and found.feed else None
    except Exception as error:  # its own turn tells it once more, and keeps nobody back
        services.log("newsletter not read", newsletter=newsletter, error=type(error).__name__)
        return None


def _begun(at: int, kind: str, each: str, services: Services) -> int:
    """Do what is due; gives 1 if a broadcast was started."""
    if kind == "newsletter":
        return _issue(each, at, services)
    if kind == "broadcast":
        start(each, services)
    elif kind == "unsettled":
        look(each, services)
    elif kind == "expired":
        expire(each, services)
    elif kind == "fallback":
        fall_back(each, services)
    elif kind == "canary":
        found = services.broadcasts.get(each)
        if found and found.trial is Trial.RUNNING:
            services.queues.plan(each)
    elif kind == "winner":
        services.queues.plan(each)
    services.catalogue.not_due(at, kind, each)
    return int(kind == "broadcast")


def _issue(newsletter: str, slot: int, services: Services) -> int:
    found = services.catalogue.newsletter(newsletter)
    if found is None or found.next_at != slot or found.paused:
        services.catalogue.not_due(slot, "newsletter", newsletter)
        return 0
    decided = found.feed is not None and services.catalogue.composed(newsletter, slot) is not None
    if not decided and services.broadcasts.get(issue_id(newsletter, slot)) is None:
        moved = _in_time(found, services)
        if moved is None:
            return 0
        found = moved
        if not approved(found, services):
            return 0
    messages = issues(found, found.next_at, services) if found.feed else (found.message,)
    if messages is None:
        return 0
    tried = replace(USUAL, wait=services.settings.canary_wait)
    try:
        audience = frozen(found.audience, services)
    except (LookupError, BadSegment) as problem:
        services.log("newsletter without its segment", newsletter=newsletter, error=type(problem).__name__)
        services.catalogue.advance(found, following(found, services.now()))
        return 0
    for number, message in enumerate(messages):
        made = issue(replace(found, message=message), found.next_at, services.now(), number)
        if found.archive:
            services.catalogue.archive(found.id, found.next_at, made.id)
        services.broadcasts.create(replace(made, canary=tried, audience=audience))
        start(made.id, services)
    services.catalogue.advance(found, following(found, found.next_at))
    return len(messages)


def approved(found: Newsletter, services: Services) -> bool:
    """Whether its issues may go out: where a second key's word is needed, only with that for what it is now.

    A slot without it waits like one that is missed.
    """
    return not services.settings.approval_above or found.approved == content(found, services)


def content(found: Newsletter, services: Services) -> str:
    """A hash of what its issues are now, the conditions of its segment among it."""
    segment = found.audience.segment
    stored = services.catalogue.segment(segment) if segment else None
    return issues_of(found, stored.where if stored else None)


def _in_time(found: Newsletter, services: Services) -> Newsletter | None:
    """The newsletter at the slot that goes out now; None where there is none.

    Of the slots that were missed it is the latest within the tolerance. The newsletter is moved there before
    anything is made, so that whoever comes after a crash finds the same slot.
    """
    now = services.now()
    slot = latest(found, now)
    if slot == found.next_at:
        return found
    services.log("newsletter slots missed", newsletter=found.id, since=found.next_at, sent=slot is not None)
    if not services.catalogue.advance(found, following(found, now) if slot is None else slot):
        return None
    return None if slot is None else replace(found, next_at=slot)


def latest(found: Newsletter, now: int) -> int | None:
    """The latest slot of all that are due which may still go out."""
    begin = max(found.next_at, now - found.tolerance)
    chosen = found.next_at if found.next_at == begin else None
    for slot in slots(found.schedule, found.created, begin - 1):
        if slot > now:
            break
        chosen = slot
    return chosen


def issue(newsletter: Newsletter, slot: int, now: int, number: int = 0) -> Broadcast:
    """The broadcast that one slot of a newsletter is, or one of the items of a slot by its number."""
    local = local_at(slot) if newsletter.zone == RECIPIENT else ""
    day = datetime.fromtimestamp(slot / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    return Broadcast(
        id=issue_id(f"{newsletter.id}/{number}" if number else newsletter.id, slot),
        name=f"{newsletter.name} · {local.replace('T', ' ') or day}",
        kind=MessageKind.MARKETING,
        topic=newsletter.topic,
        audience=newsletter.audience,
        message=newsletter.message,
        state=State.SCHEDULED,
        created=now,
        language=newsletter.language,
        newsletter=newsletter.id,
        slot=slot,
        local_time=local,
        budget=newsletter.budget,
    )
