"""Newsletters: messages that go out at their time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from rundruf.api.budget import check_budget
from rundruf.api.context import Context
from rundruf.api.convert import (
    audience_model,
    audience_of,
    budget_model,
    budget_of,
    checked_audience,
    checked_contact,
    checked_message,
    checked_topic,
    frozen_audience,
    line_of,
    message_model,
    message_of,
)
from rundruf.api.models import (
    BroadcastLine,
    BroadcastList,
    FeedModel,
    LateIn,
    NewsletterIn,
    NewsletterList,
    NewsletterOut,
    NewsletterPatch,
    PreflightOut,
    PreviewIn,
    PreviewList,
    ScheduleModel,
    SlotList,
    StartIn,
    TestIn,
    TroubleOut,
    milliseconds,
    moment,
)
from rundruf.api.preflight import at_once, counted, newsletter_approved, preflown
from rundruf.api.previews import previewed
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.local_time import RECIPIENT
from rundruf.core.newsletter import HOUR, Feed, FeedState, Newsletter, Per, Schedule
from rundruf.flows.feeds import BadFeed, Item, composed, fetch, fresh
from rundruf.flows.late import NotNow, drafted, kept, waiting
from rundruf.flows.newsletter import approved, content, issue
from rundruf.flows.planning import anybody, start
from rundruf.flows.slots import SHOWN, clocks, following, slots, upcoming

TRIES = 3
SAMPLE = Item("sample", "A title", "What it is about.", "https://example.org/item")
MOST_ISSUES = 100
PAGE = 200


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    catalogue = context.wiring.catalogue

    @app.get("/v1/newsletters", tags=["newsletters"], summary="Every newsletter")
    def every() -> NewsletterList:
        context.may("reports", "send")
        return NewsletterList(newsletters=[_out(one, context) for one in catalogue.newsletters()])

    @app.post("/v1/newsletters", tags=["newsletters"], summary="Make a newsletter", status_code=201)
    def add(body: NewsletterIn) -> NewsletterOut:
        """Each issue is a broadcast of its own, once for each slot of the schedule."""
        context.may("send")
        made = _made(body, context)
        catalogue.add_newsletter(made)
        return _out(catalogue.newsletter(made.id) or made, context)

    @app.post("/v1/newsletters/slots", tags=["newsletters"], summary="When a schedule would come next")
    def come(body: ScheduleModel) -> SlotList:
        """To look at before a newsletter is made; nothing is stored."""
        context.may("send")
        now = context.now()
        schedule = _schedule(body)
        first = _first(schedule, now)
        rest = islice(slots(schedule, now, first), SHOWN - 1)
        return SlotList(next=_moments([first, *rest]))

    @app.get("/v1/newsletters/<newsletter>", tags=["newsletters"], summary="One newsletter")
    def one(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        context.may("reports", "send")
        found = _found(newsletter, context)
        return _out(found, context, catalogue.feed(found.id) if found.feed else None)

    @app.patch("/v1/newsletters/<newsletter>", tags=["newsletters"], summary="Change issues to come")
    def edit(newsletter: Annotated[str, Path()], body: NewsletterPatch) -> NewsletterOut:
        context.may("send")
        for _ in range(TRIES):
            found = _found(newsletter, context)
            changed = _changed(found, body, context)
            if catalogue.change(found, changed):
                _archived(changed, found, context)
                return _out(changed, context)
        raise Problem("conflict", "An issue of it has just begun; try again.")

    @app.post(
        "/v1/newsletters/<newsletter>/test",
        tags=["newsletters"],
        summary="Send the next issue to named people first",
        status_code=202,
    )
    def test(newsletter: Annotated[str, Path()], body: TestIn) -> BroadcastLine:
        """A broadcast of its own; consent is asked of these people, too."""
        context.may("send")
        return line_of(_tried(_found(newsletter, context), body, context))

    @app.post(
        "/v1/newsletters/<newsletter>/preview",
        tags=["newsletters"],
        summary="What people will see of the next issue",
    )
    def preview(
        newsletter: Annotated[str, Path()], body: Annotated[PreviewIn | None, Body()] = None
    ) -> PreviewList:
        """On each messenger, in each language; of a feed, what is new in it now. Sends nothing."""
        context.may("send")
        found = _coming(_found(newsletter, context), context)
        return previewed(issue(found, found.next_at or context.now(), context.now()), body, context)

    @app.post(
        "/v1/newsletters/<newsletter>/preflight",
        tags=["newsletters"],
        summary="Who would get the next issue, and at what cost",
    )
    def preflight(newsletter: Annotated[str, Path()]) -> PreflightOut:
        """As of now, at the prices of the slot's day; with what a feed has now, whatever went out already.

        Its token is for a second key's word."""
        context.may("send")
        return _preflown(_found(newsletter, context), context)

    @app.post(
        "/v1/newsletters/<newsletter>/approve",
        tags=["newsletters"],
        summary="A second key's word for a newsletter as it is",
    )
    def approve(
        newsletter: Annotated[str, Path()], body: Annotated[StartIn | None, Body()] = None
    ) -> NewsletterOut:
        """Needed for every newsletter where the deployment asks for approval (ApprovalAbove): no issue goes
        out without. Another API key than that of its maker says it, with the ``token`` of a preflight; it
        counts until message, audience, schedule or feed change."""
        context.may("send")
        return _out(newsletter_approved(_found(newsletter, context), body, context), context)

    @app.get("/v1/newsletters/<newsletter>/issues", tags=["newsletters"], summary="Its issues, newest first")
    def issues(newsletter: Annotated[str, Path()]) -> BroadcastList:
        """Each is a broadcast; the newest hundred."""
        context.may("reports", "send")
        found = _found(newsletter, context)
        return BroadcastList(broadcasts=[line_of(one) for one in _issues(found, context)], cursor=None)

    @app.post(
        "/v1/newsletters/<newsletter>/issues/<broadcast>/late",
        tags=["newsletters"],
        summary="Send an issue to those who did not get it",
        status_code=202,
    )
    def late(
        newsletter: Annotated[str, Path()],
        broadcast: Annotated[str, Path()],
        body: Annotated[LateIn | None, Body()] = None,
    ) -> BroadcastLine:
        """A broadcast to everybody in the issue's audience as of now, without those who got it or an earlier
        late issue of it, may have got it or still will. Asked again before its people are known, it is the
        same one."""
        context.may("send")
        issue = _issue(_found(newsletter, context), broadcast, context)
        return line_of(_late(issue, body or LateIn(), context))

    @app.post("/v1/newsletters/<newsletter>/pause", tags=["newsletters"], summary="No issues until resumed")
    def pause(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        context.may("send")
        found = _found(newsletter, context)
        return _out(catalogue.pause(found, True, found.next_at), context)

    @app.post("/v1/newsletters/<newsletter>/resume", tags=["newsletters"], summary="Go on with the next slot")
    def resume(newsletter: Annotated[str, Path()]) -> NewsletterOut:
        """Slots that passed during the pause are left out."""
        context.may("send")
        found = _found(newsletter, context)
        return _out(catalogue.pause(found, False, _next(found, context.now())), context)


def _issues(found: Newsletter, context: Context) -> list[Broadcast]:
    issues: list[Broadcast] = []
    after = ""
    while len(issues) < MOST_ISSUES:
        page, after = context.wiring.broadcasts.page(after, PAGE)
        issues += [one for one in page if one.newsletter == found.id]
        if not after or (page and page[-1].created < found.created):
            break
    return issues[:MOST_ISSUES]


def _issue(found: Newsletter, broadcast: str, context: Context) -> Broadcast:
    issue = context.wiring.broadcasts.get(broadcast[:40]) if broadcast else None
    if issue is None or issue.newsletter != found.id:
        raise not_found("issue", broadcast[:40])
    return issue


def _late(issue: Broadcast, body: LateIn, context: Context) -> Broadcast:
    services = context.services
    try:
        made = waiting(issue, services)
        if made is None:
            made = kept(issue, _drafted(issue, body, context), services)
    except NotNow as problem:
        raise Problem("conflict", f"There can be no late issue of this one now: {problem}.") from None
    if made.state is State.DRAFT:
        return made
    return start(made.id, services) or made


def _drafted(issue: Broadcast, body: LateIn, context: Context) -> Broadcast:
    made = replace(drafted(issue, context.services), made_by=context.caller.get("key", ""))
    if not anybody(made.audience, made.topic, context.services):
        raise Problem("conflict", "Everybody who could get this issue got it, may have got it or still will.")
    if not body.start:
        return replace(made, state=State.DRAFT)
    return replace(made, planned_for=at_once(made, context))


def _next(found: Newsletter, now: int) -> int:
    return following(found, now)


def _coming(found: Newsletter, context: Context) -> Newsletter:
    """The newsletter with the message of its next issue; of a feed without news, with its newest item."""
    if not found.feed:
        return found
    try:
        items = fetch(found.feed.url, context.services).items or (SAMPLE,)
    except BadFeed as bad:
        raise Problem("conflict", f"The feed cannot be read: {bad}.") from None
    chosen, _ = fresh(found.feed, items, context.wiring.catalogue.feed(found.id))
    count = 1 if found.feed.per is Per.ITEM else found.feed.items
    return replace(found, message=composed(found, (chosen or items)[:count], context.services))


def _tried(found: Newsletter, body: TestIn, context: Context) -> Broadcast:
    for contact in body.contacts:
        checked_contact(context, contact)
    found = _coming(found, context)
    trial = replace(
        issue(found, context.now(), context.now()),
        id=context.new_id(),
        name=f"Test: {found.name}",
        audience=Audience(contacts=tuple(dict.fromkeys(body.contacts))),
        newsletter="",
        slot=0,
        local_time="",
        budget=None,
    )
    if not anybody(trial.audience, trial.topic, context.services):
        raise invalid("contacts", f"none of these people has joined {trial.topic!r}")
    context.wiring.broadcasts.create(trial)
    return start(trial.id, context.services) or trial


def _preflown(found: Newsletter, context: Context) -> PreflightOut:
    """The next issue as it would go out, at its slot."""
    made = issue(_coming(found, context), found.next_at or context.now(), context.now())
    audience = frozen_audience(context, found.audience)
    return preflown(replace(made, audience=audience, send_at=found.next_at), context, found)


def _made(body: NewsletterIn, context: Context) -> Newsletter:
    schedule, now = _schedule(body.schedule), context.now()
    made = _checked(body, schedule, context)
    _affordable(made, context)
    _readable(made, context)
    first, key = _first(schedule, now), context.caller.get("key", "")
    return replace(made, id=context.new_id(), created=now, next_at=first, made_by=key)


def _changed(found: Newsletter, body: NewsletterPatch, context: Context) -> Newsletter:
    """The newsletter as the body wants it; its next slot stays unless the schedule changes."""
    told = {**_in(found).model_dump(), **body.model_dump(exclude_none=True)}
    wanted = NewsletterIn.model_validate(told)
    schedule = _schedule(wanted.schedule)
    made = _checked(wanted, schedule, context)
    if made.budget != found.budget:
        _affordable(made, context)
    if made.feed != found.feed:
        _readable(made, context)
    same = schedule == found.schedule
    changed = replace(
        made,
        id=found.id,
        created=found.created,
        paused=found.paused,
        language=found.language,
        next_at=found.next_at if same else _first(schedule, context.now(), found.created),
    )
    if content(changed, context.services) != content(found, context.services):
        return replace(changed, made_by=context.caller.get("key", ""))
    return replace(changed, made_by=found.made_by, approved_by=found.approved_by, approved=found.approved)


def _archived(changed: Newsletter, before: Newsletter, context: Context) -> None:
    """Issues that have gone out already stand in a new archive, too."""
    if changed.archive and not before.archive:
        for one in context.wiring.broadcasts.issues(changed.id, MOST_ISSUES):
            if not one.late_of:
                context.wiring.catalogue.archive(changed.id, one.slot, one.id)


def _checked(body: NewsletterIn, schedule: Schedule, context: Context) -> Newsletter:
    """Raises Problem before anything is stored."""
    checked_topic(context, body.topic)
    audience = audience_of(body.audience)
    frozen_audience(context, audience)  # each issue asks anew; here only whether it can be done
    message = message_of(body.message, context)
    feed = Feed(body.feed.url, body.feed.items, body.feed.per) if body.feed else None
    made = Newsletter(
        id="",
        name=body.name,
        topic=body.topic,
        audience=audience,
        message=message,
        cron=schedule.cron,
        zone=schedule.zone,
        at=schedule.at,
        rrule=schedule.rrule,
        starts=schedule.starts,
        missed=body.missed,
        grace=round(body.grace_hours * HOUR),
        language=context.services.settings.language,
        feed=feed,
        archive=body.archive,
        budget=budget_of(body.budget),
    )
    accounts = checked_audience(context, audience)
    checked_message(context, composed(made, [SAMPLE], context.services) if feed else message, accounts)
    return made


def _affordable(made: Newsletter, context: Context) -> None:
    """Raises Problem where an issue to those who are there now would already cost more than its budget."""
    if made.budget:
        message = composed(made, [SAMPLE], context.services) if made.feed else made.message
        audience = frozen_audience(context, made.audience)
        sample = replace(issue(made, context.now(), context.now()), message=message, audience=audience)
        at_least = counted(sample, context)
        check_budget(made.budget, replace(at_least, complete=True))


def _readable(made: Newsletter, context: Context) -> None:
    """Asks for the feed once; raises Problem for one that cannot be used."""
    if made.feed:
        try:
            fetch(made.feed.url, context.services)
        except BadFeed as bad:
            raise invalid("feed.url", str(bad)) from None


def _schedule(body: ScheduleModel) -> Schedule:
    """Raises Problem for one that is not exactly one of the three."""
    if sum((bool(body.cron), bool(body.rrule), body.at is not None)) != 1:
        raise invalid("schedule", "give one of cron, rrule (both with zone) and at")
    if body.starts and not body.rrule:
        raise invalid("schedule.starts", "only a rule (rrule) begins somewhere")
    if body.zone == RECIPIENT and body.at is not None:
        said = (
            "once at everybody's own time is a broadcast with local_time, or an rrule with COUNT=1 and starts"
        )
        raise invalid("schedule.zone", said)
    try:
        clocks(body.zone)
    except (ValueError, OSError, LookupError):
        known = f"an IANA time zone like Europe/Berlin nor {RECIPIENT!r}"
        raise invalid("schedule.zone", f"{body.zone!r} is neither {known}") from None
    return Schedule(body.cron, body.zone, milliseconds(body.at), body.rrule, body.starts)


def _first(schedule: Schedule, now: int, created: int = 0) -> int:
    """The first slot; raises Problem for a schedule that has none."""
    if schedule.at and schedule.at <= now:
        raise invalid("schedule.at", "this moment is past")
    field = "schedule.cron" if schedule.cron else "schedule.rrule"
    try:
        return next(slots(schedule, created or now, now))
    except StopIteration:
        raise invalid(field, "this rule never comes, or not any more") from None
    except ValueError as wrong:
        raise invalid(field, str(wrong)) from None


def _found(newsletter: str, context: Context) -> Newsletter:
    found = context.wiring.catalogue.newsletter(newsletter[:40]) if newsletter else None
    if found is None:
        raise not_found("newsletter", newsletter[:40])
    return found


def _in(found: Newsletter) -> NewsletterIn:
    return NewsletterIn(
        name=found.name,
        topic=found.topic,
        audience=audience_model(found.audience),
        message=message_model(found.message),
        schedule=ScheduleModel(
            cron=found.cron, rrule=found.rrule, starts=found.starts, zone=found.zone, at=moment(found.at)
        ),
        missed=found.missed,
        grace_hours=found.grace / HOUR,
        feed=found.feed and FeedModel(url=found.feed.url, items=found.feed.items, per=found.feed.per),
        archive=found.archive,
        budget=budget_model(found.budget),
    )


def _out(found: Newsletter, context: Context, state: FeedState | None = None) -> NewsletterOut:
    told, now = _in(found), context.now()
    return NewsletterOut(
        **{name: getattr(told, name) for name in NewsletterIn.model_fields},
        id=found.id,
        paused=found.paused,
        next_at=moment(found.next_at),
        next=[] if found.paused else _moments(upcoming(found, now)),
        created=moment(found.created),
        trouble=TroubleOut(
            detail=state.trouble,
            since=moment(state.trouble_at),
            again=moment(state.retry_at),
            failures=state.failures,
        )
        if state and state.failures
        else None,
        made_by=found.made_by,
        approved_by=found.approved_by if found.approved == content(found, context.services) else "",
        waits_for_approval=not approved(found, context.services),
        archive_url=f"{context.services.public_url()}/n/{found.id}" if found.archive else "",
    )


def _moments(slots: Iterable[int]) -> list[datetime]:
    return [one for one in map(moment, slots) if one]
