"""Minute tick -> what is due -> broadcast with the id (newsletter, slot) -> plan."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.canary import USUAL, Trial
from rundruf.core.ids import issue_id
from rundruf.core.message import MessageKind
from rundruf.core.newsletter import Newsletter
from rundruf.core.segment import BadSegment
from rundruf.flows.planning import expire, start
from rundruf.flows.segmenting import frozen
from rundruf.flows.services import Services
from rundruf.flows.watching import look


def next_slot(cron: str, zone: str, after: int) -> int:
    """The first moment (ms) later than ``after`` that the cron expression names in the zone.

    Raises ValueError for an expression that is none or never comes, and LookupError for an unknown zone.
    """
    moment = datetime.fromtimestamp(after / 1000, ZoneInfo(zone))
    try:
        return int(next(CronSim(cron, moment)).timestamp() * 1000)
    except (CronSimError, StopIteration):
        raise ValueError("no cron expression that ever comes") from None


def tick(services: Services) -> int:
    """Start everything that is due; gives how many broadcasts were started.

    Fired twice is once: the broadcast's id is derived from newsletter and slot. A slot that was missed
    is made up for once, however many were missed.
    """
    begun, broken = 0, []
    for at, kind, each in services.catalogue.due(services.now()):
        try:
            begun += _begun(at, kind, each, services)
        except Exception as error:  # one that fails must not keep the others back
            broken.append(error)
    if broken:
        raise broken[0]
    return begun


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
    elif kind == "canary":
        found = services.broadcasts.get(each)
        if found and found.trial is Trial.RUNNING:
            services.queues.plan(each)
    services.catalogue.not_due(at, kind, each)
    return int(kind == "broadcast")


def _issue(newsletter: str, slot: int, services: Services) -> int:
    found = services.catalogue.newsletter(newsletter)
    if found is None or found.next_at != slot or found.paused:
        services.catalogue.not_due(slot, "newsletter", newsletter)
        return 0
    tried = replace(USUAL, wait=services.settings.canary_wait)
    made = issue(found, slot, services.now())
    try:
        broadcast = replace(made, canary=tried, audience=frozen(found.audience, services))
    except (LookupError, BadSegment) as problem:
        services.log("newsletter without its segment", newsletter=newsletter, error=type(problem).__name__)
        services.catalogue.advance(found, following(found, services.now()))
        return 0
    services.broadcasts.create(broadcast)
    start(broadcast.id, services)
    services.catalogue.advance(found, following(found, services.now()))
    return 1


def issue(newsletter: Newsletter, slot: int, now: int) -> Broadcast:
    """The broadcast that one slot of a newsletter is."""
    day = datetime.fromtimestamp(slot / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    return Broadcast(
        id=issue_id(newsletter.id, slot),
        name=f"{newsletter.name} · {day}",
        kind=MessageKind.MARKETING,
        topic=newsletter.topic,
        audience=newsletter.audience,
        message=newsletter.message,
        state=State.SCHEDULED,
        created=now,
        language=newsletter.language,
        newsletter=newsletter.id,
        slot=slot,
    )


def following(newsletter: Newsletter, now: int) -> int:
    """The slot after now, or 0 when none is left."""
    return next_slot(newsletter.cron, newsletter.zone, now) if newsletter.cron else 0
