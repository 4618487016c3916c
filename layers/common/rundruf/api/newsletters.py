"""Newsletters: messages that go out at their time."""

from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from rundruf.api.context import Context
from rundruf.api.convert import (
    audience_model,
    audience_of,
    checked_audience,
    checked_message,
    checked_topic,
    frozen_audience,
    line_of,
    message_model,
    message_of,
)
from rundruf.api.models import (
    BroadcastList,
    NewsletterIn,
    NewsletterList,
    NewsletterOut,
    ScheduleModel,
    milliseconds,
    moment,
)
from rundruf.api.problems import invalid, not_found
from rundruf.core.broadcast import Broadcast
from rundruf.core.newsletter import Newsletter
from rundruf.flows.newsletter import next_slot

CRON_FIELDS = 5
MOST_ISSUES = 100
PAGE = 200


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    catalogue = context.wiring.catalogue

    @app.get("/v1/newsletters", tags=["newsletters"], summary="Every newsletter")
    def every() -> NewsletterList:
        context.may("reports", "send")
        return NewsletterList(newsletters=[_out(one) for one in catalogue.newsletters()])

    @app.post("/v1/newsletters", tags=["newsletters"], summary="Make a newsletter", status_code=201)
    def add(body: NewsletterIn) -> NewsletterOut:
        """Each issue is a broadcast of its own, once for each slot of the schedule."""
        context.may("send")
        made = _made(body, context)
        catalogue.add_newsletter(made)
        return _out(catalogue.newsletter(made.id) or made)

    @app.get("/v1/newsletters/<newsletter>", tags=["newsletters"], summary="One newsletter")
    def one(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        context.may("reports", "send")
        return _out(_found(newsletter, context))

    @app.get("/v1/newsletters/<newsletter>/issues", tags=["newsletters"], summary="Its issues, newest first")
    def issues(newsletter: Annotated[str, Path()]) -> BroadcastList:
        """Each is a broadcast; the newest hundred."""
        context.may("reports", "send")
        found = _found(newsletter, context)
        return BroadcastList(broadcasts=[line_of(one) for one in _issues(found, context)], cursor=None)

    @app.post("/v1/newsletters/<newsletter>/pause", tags=["newsletters"], summary="No issues until resumed")
    def pause(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        context.may("send")
        found = _found(newsletter, context)
        return _out(catalogue.pause(found, True, found.next_at))

    @app.post("/v1/newsletters/<newsletter>/resume", tags=["newsletters"], summary="Go on with the next slot")
    def resume(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        """Slots that passed during the pause are left out."""
        context.may("send")
        found = _found(newsletter, context)
        return _out(catalogue.pause(found, False, _next(found, context.now())))


def _issues(found: Newsletter, context: Context) -> list[Broadcast]:
    issues: list[Broadcast] = []
    after = ""
    while len(issues) < MOST_ISSUES:
        page, after = context.wiring.broadcasts.page(after, PAGE)
        issues += [one for one in page if one.newsletter == found.id]
        if not after or (page and page[-1].created < found.created):
            break
    return issues[:MOST_ISSUES]


def _next(found: Newsletter, now: int) -> int:
    if found.cron:
        return next_slot(found.cron, found.zone, now)
    return found.next_at if found.next_at > now else 0


def _made(body: NewsletterIn, context: Context) -> Newsletter:
    checked_topic(context, body.topic)
    audience = audience_of(body.audience)
    frozen_audience(context, audience)  # each issue asks anew; here only whether it can be done
    message = message_of(body.message)
    checked_message(context, message, checked_audience(context, audience))
    now = context.now()
    made = Newsletter(
        id=context.new_id(),
        name=body.name,
        topic=body.topic,
        audience=audience,
        message=message,
        cron=body.schedule.cron,
        zone=body.schedule.zone,
        at=milliseconds(body.schedule.at),
        created=now,
    )
    return replace(made, next_at=_first(body.schedule, now))


def _first(schedule: ScheduleModel, now: int) -> int:
    """The first slot; raises Problem for a schedule that is none."""
    if bool(schedule.cron) == (schedule.at is not None):
        raise invalid("schedule", "give either cron (with zone) or at")
    try:
        ZoneInfo(schedule.zone)
    except (ValueError, OSError, LookupError):
        raise invalid(
            "schedule.zone", f"{schedule.zone!r} is not an IANA time zone like Europe/Berlin"
        ) from None
    if schedule.at is not None:
        at = milliseconds(schedule.at)
        if at <= now:
            raise invalid("schedule.at", "this moment is past")
        return at
    try:
        if len(schedule.cron.split()) != CRON_FIELDS:
            raise ValueError("with seconds or without all of minute, hour, day, month and weekday")
        return next_slot(schedule.cron, schedule.zone, now)
    except ValueError:
        raise invalid(
            "schedule.cron", "this is no cron expression that ever comes; e.g. '0 9 * * 1' is Mondays at nine"
        ) from None


def _found(newsletter: str, context: Context) -> Newsletter:
    found = context.wiring.catalogue.newsletter(newsletter[:40]) if newsletter else None
    if found is None:
        raise not_found("newsletter", newsletter[:40])
    return found


def _out(found: Newsletter) -> NewsletterOut:
    return NewsletterOut(
        id=found.id,
        name=found.name,
        topic=found.topic,
        audience=audience_model(found.audience),
        message=message_model(found.message),
        schedule=ScheduleModel(cron=found.cron, zone=found.zone, at=moment(found.at)),
        paused=found.paused,
        next_at=moment(found.next_at),
        created=moment(found.created),
    )
