"""Broadcasts: one message for everybody of a topic."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from rundruf.api.budget import budget_out, check_budget
from rundruf.api.context import LIMIT, MOST, Context, cursor_in, cursor_out
from rundruf.api.convert import (
    audience_model,
    audience_of,
    budget_of,
    canary_of,
    canary_out,
    checked_audience,
    checked_contact,
    checked_message,
    checked_topic,
    figures_out,
    frozen_audience,
    line_of,
    message_model,
    message_of,
    sentence_of,
    stopped_out,
)
from rundruf.api.fallback import fallback_of, fallback_out
from rundruf.api.models import (
    TWICE,
    BroadcastIn,
    BroadcastList,
    BroadcastOut,
    FiguresOut,
    PreflightOut,
    PreviewIn,
    PreviewList,
    ResumeIn,
    StartIn,
    TestIn,
    WinnerIn,
    milliseconds,
    moment,
)
from rundruf.api.preflight import approved, at_once, check_approved, granted, planned_out, preflown
from rundruf.api.previews import previewed
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.api.splitting import chosen, split_of, split_out, variant_of
from rundruf.core import local_time
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, Scope, State, Wish, resumable
from rundruf.core.message import MessageKind
from rundruf.core.report import total
from rundruf.flows.evaluating import clicked
from rundruf.flows.fallback import begun_as, call_off
from rundruf.flows.planning import anybody, start, wish
from rundruf.flows.reporting import figures
from rundruf.flows.settling import settle


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    broadcasts, services = context.wiring.broadcasts, context.services

    @app.get("/v1/broadcasts", tags=["broadcasts"], summary="Every broadcast, newest first")
    def every(
        limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
    ) -> BroadcastList:
        context.may("reports", "send")
        found, last = broadcasts.page(cursor_in(cursor, str) or "", limit)
        return BroadcastList(broadcasts=[line_of(one) for one in found], cursor=cursor_out(last))

    @app.post(
        "/v1/broadcasts", tags=["broadcasts"], summary="Make a broadcast, and start it", status_code=202
    )
    def add(body: BroadcastIn) -> BroadcastOut:
        """Starts at once, at ``send_at``, or (``start`` false) when asked."""
        context.may("send")
        return _out(_begun(_made(body, context), context), context)

    @app.get("/v1/broadcasts/<broadcast>", tags=["broadcasts"], summary="One broadcast with live figures")
    def one(broadcast: Annotated[str, Path()]) -> BroadcastOut:
        context.may("reports", "send")
        _found(broadcast, context)
        return _out(settle(broadcast, services) or _found(broadcast, context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/preflight",
        tags=["broadcasts"],
        summary="Who would get it, before it starts",
    )
    def preflight(broadcast: Annotated[str, Path()]) -> PreflightOut:
        context.may("send")
        """Its token starts the broadcast for half an hour, as long as nothing about it changes."""
        return preflown(_found(broadcast, context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/preview",
        tags=["broadcasts"],
        summary="What people will see on each messenger, in each language",
    )
    def preview(
        broadcast: Annotated[str, Path()], body: Annotated[PreviewIn | None, Body()] = None
    ) -> PreviewList:
        """Read from the very calls that would be made. Sends nothing."""
        context.may("send")
        return previewed(_found(broadcast, context), body, context)

    @app.post(
        "/v1/broadcasts/<broadcast>/start",
        tags=["broadcasts"],
        summary="Start a draft or a scheduled broadcast now",
        status_code=202,
    )
    def begin(
        broadcast: Annotated[str, Path()], body: Annotated[StartIn | None, Body()] = None
    ) -> BroadcastOut:
        """A draft starts with the ``token`` of a preflight; what is scheduled starts without."""
        context.may("send")
        return _out(_started(_found(broadcast, context), body, context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/approve",
        tags=["broadcasts"],
        summary="A second key's word for a draft as it is",
    )
    def approve(
        broadcast: Annotated[str, Path()], body: Annotated[StartIn | None, Body()] = None
    ) -> BroadcastOut:
        """Needed above as many people as the deployment says (ApprovalAbove). Another API key than its
        maker's says it, with the ``token`` of a preflight; it counts until anything about it changes."""
        context.may("send")
        return _out(approved(_found(broadcast, context), body, context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/test",
        tags=["broadcasts"],
        summary="Send it to named people first",
        status_code=202,
    )
    def test(broadcast: Annotated[str, Path()], body: TestIn) -> BroadcastOut:
        """A broadcast of its own with the same message; consent is asked of these people, too."""
        context.may("send")
        return _out(_begun(_test(_found(broadcast, context), body, context), context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/resume",
        tags=["broadcasts"],
        summary="Go on with what is paused, stopped or failed",
        status_code=202,
    )
    def resume(
        broadcast: Annotated[str, Path()], body: Annotated[ResumeIn | None, Body()] = None
    ) -> BroadcastOut:
        """Accounts that were stopped go on, and after a canary that failed the rest does, too. A finished
        broadcast may be resumed for those who failed or are unknown, as long as it has not expired."""
        context.may("send")
        return _out(_resumed(_found(broadcast, context), body or ResumeIn(), context), context)

    @app.post(
        "/v1/broadcasts/<broadcast>/winner",
        tags=["broadcasts"],
        summary="Say which variant everybody else gets",
        status_code=202,
    )
    def winner(broadcast: Annotated[str, Path()], body: WinnerIn) -> BroadcastOut:
        """For good, and only after the canary; those who wait for the winner are sent it now."""
        context.may("send")
        return _out(chosen(_found(broadcast, context), body.variant, context), context)

    for asked in Wish:
        if asked not in (Wish.START, Wish.RESUME):
            _wish_route(app, context, asked)


SUMMARIES: Mapping[Wish, str] = {
    Wish.PAUSE: "Stop sending until resumed",
    Wish.CANCEL: "Stop for good; figures stay",
}


def _wish_route(app: APIGatewayHttpResolver, context: Context, asked: Wish) -> None:
    def obey(broadcast: Annotated[str, Path()]) -> BroadcastOut:
        context.may("send")
        _found(broadcast, context)
        moved = wish(broadcast, asked, context.services)
        if moved is None and asked is Wish.CANCEL:
            moved = call_off(broadcast, context.services)
        if moved is None:
            raise _unfit(broadcast, asked, context)
        return _out(moved, context)

    obey.__name__ = asked.value
    app.post(
        f"/v1/broadcasts/<broadcast>/{asked.value}",
        tags=["broadcasts"],
        summary=SUMMARIES[asked],
        status_code=202,
    )(obey)


def _unfit(broadcast: str, asked: Wish, context: Context) -> Problem:
    state = _found(broadcast, context).state
    return Problem("conflict", f"A broadcast that is {state} cannot be asked to {asked}.")


def _started(found: Broadcast, body: StartIn | None, context: Context) -> Broadcast:
    """Started now; a draft as a preflight has said it, which is kept. Raises Problem."""
    if found.state not in (State.DRAFT, State.SCHEDULED):
        raise _unfit(found.id, Wish.START, context)
    _somebody(found, context)
    if found.state is State.DRAFT:
        plan = granted(found, body, context)
        check_approved(found, plan, context)
        check_budget(found.budget, plan)
        context.wiring.broadcasts.plan_for(found.id, plan)
    if found.local_time and found.send_at > context.now():
        return _awaited(found, context)
    return start(found.id, context.services) or found


def _awaited(found: Broadcast, context: Context) -> Broadcast:
    """Scheduled for when its time comes first on earth: before that nobody may get it."""
    context.services.catalogue.remind(found.send_at, "broadcast", found.id)
    if found.state is State.SCHEDULED:
        return found
    return context.wiring.broadcasts.move(found.id, State.SCHEDULED, (State.DRAFT,)) or found


def _resumed(found: Broadcast, body: ResumeIn, context: Context) -> Broadcast:
    if body.scope is Scope.UNKNOWN and found.kind is MessageKind.MARKETING and body.confirm != TWICE:
        raise invalid("confirm", f"these people may get it twice; say so with {TWICE!r}")
    budget = budget_of(body.budget)
    if budget and resumable(found, body.scope, context.now()):
        context.wiring.broadcasts.set_budget(found.id, budget)
    moved = wish(found.id, Wish.RESUME, context.services, body.scope)
    if moved:
        return moved
    found = _found(found.id, context)
    if found.late and body.scope is not Scope.PENDING:
        said = (
            "Who has not got it gets it by a late issue now: there is one already, so nobody is freed here."
        )
        raise Problem("conflict", said)
    if found.fell_back:
        raise Problem("conflict", "Its fallback has begun: whoever it did not reach may have got it there.")
    if resumable(found, body.scope, 0):
        raise Problem("conflict", "This broadcast has expired; make a new one.")
    asked = "resume" if body.scope is Scope.PENDING else f"resume {body.scope}"
    raise Problem("conflict", f"A broadcast that is {found.state} cannot be asked to {asked}.")


def _begun(made: Broadcast, context: Context) -> Broadcast:
    """Store it, unless an earlier try did, and start it at its time."""
    services = context.services
    if not context.wiring.broadcasts.create(made):
        made = context.wiring.broadcasts.get(made.id) or made
    if made.state is State.DRAFT:
        return made
    if made.send_at:
        services.catalogue.remind(made.send_at, "broadcast", made.id)
        return made
    return start(made.id, services) or made


def _test(found: Broadcast, body: TestIn, context: Context) -> Broadcast:
    for contact in body.contacts:
        checked_contact(context, contact)
    made = Broadcast(
        id=context.new_id(),
        name=f"Test: {found.name}",
        kind=found.kind,
        topic=found.topic,
        audience=Audience(contacts=tuple(dict.fromkeys(body.contacts))),
        message=variant_of(found, body.variant),
        state=State.SCHEDULED,
        created=context.now(),
        track=found.track,
        made_by=context.caller.get("key", ""),
    )
    _somebody(made, context)
    return replace(made, planned_for=at_once(made, context))


def _made(body: BroadcastIn, context: Context) -> Broadcast:
    """A broadcast that can be planned; raises Problem before anything is stored."""
    checked_topic(context, body.topic)
    audience = audience_of(body.audience)
    accounts = checked_audience(context, audience)
    audience = frozen_audience(context, audience)
    message = message_of(body.message, context)
    checked_message(context, message, accounts, body.track)
    now = context.now()
    send_at, expires_at = _starts(body, now), milliseconds(body.expires_at)
    if expires_at and expires_at <= max(send_at, now):
        raise invalid("expires_at", "this moment must lie after the start")
    fallback = fallback_of(context, body.fallback, message, body.track, max(send_at, now), expires_at)
    made = Broadcast(
        id=context.new_id(),
        name=body.name,
        kind=MessageKind.MARKETING,
        topic=body.topic,
        audience=audience,
        message=message,
        state=State.SCHEDULED if body.start else State.DRAFT,
        created=now,
        send_at=send_at,
        expires_at=expires_at,
        canary=canary_of(body.canary, context.services.settings.canary_wait),
        track=body.track,
        split=split_of(body, message, accounts, context),
        made_by=context.caller.get("key", ""),
        local_time=body.local_time,
        fallback=fallback,
        budget=budget_of(body.budget),
    )
    if body.start and not send_at:
        _somebody(made, context)
    return replace(made, planned_for=at_once(made, context)) if body.start else made


def _starts(body: BroadcastIn, now: int) -> int:
    """When it starts (ms), 0: at once; raises Problem for a time that is over."""
    send_at = milliseconds(body.send_at)
    if send_at and send_at <= now:
        raise invalid("send_at", "this moment is past; leave it out to send now")
    if not body.local_time:
        return send_at
    if send_at:
        raise invalid("local_time", "give this or send_at, not both")
    if local_time.last(body.local_time) <= now:
        raise invalid("local_time", "this time is over everywhere; leave it out to send now")
    begins = local_time.first(body.local_time)
    return begins if begins > now else 0


def _somebody(made: Broadcast, context: Context) -> None:
    if not anybody(made.audience, made.topic, context.services):
        said = (
            f"nobody in this audience has joined {made.topic!r}; widen it or invite people by an entry point"
        )
        raise Problem("invalid", f"audience: {said}", [("audience", said)])


def _found(broadcast: str, context: Context) -> Broadcast:
    found = context.wiring.broadcasts.get(broadcast[:40]) if broadcast else None
    if found is None:
        raise not_found("broadcast", broadcast[:40])
    return found


def _out(found: Broadcast, context: Context) -> BroadcastOut:
    counted = figures(found, context.services)
    by_messenger: dict[str, list[str]] = {}
    for account in counted:
        by_messenger.setdefault(account.partition("/")[0], []).append(account)
    shown: dict[str, FiguresOut] = {
        name: figures_out(total(counted[one] for one in each), each) for name, each in by_messenger.items()
    }
    addressed = [account for account, each in counted.items() if each.audience]
    return BroadcastOut(
        id=found.id,
        name=found.name,
        kind=found.kind.value,
        topic=found.topic,
        state=found.state.value,
        reason=found.reason,
        created=moment(found.created),
        started=moment(found.started),
        finished=moment(found.finished),
        send_at=moment(found.send_at),
        local_time=found.local_time,
        budget=budget_out(found, context),
        expires_at=moment(found.expires_at),
        newsletter=found.newsletter,
        audience=audience_model(found.audience),
        message=message_model(found.message),
        chunks=found.chunks if found.planned else context.services.broadcasts.cursor(found.id).chunks,
        chunks_done=found.done,
        figures=figures_out(total(counted.values()), addressed, clicked(found, context.services)),
        by_messenger=shown,
        sentence=sentence_of(found),
        stopped=stopped_out(found),
        canary=canary_out(found),
        stalled_since=moment(found.stalled),
        track=found.track,
        planned_for=planned_out(found.planned_for),
        made_by=found.made_by,
        approved_by=found.approved_by,
        late_of=found.late_of,
        fallback=fallback_out(found, begun_as(found, context.services), context.now()),
        fallback_of=found.fallback_of,
        **split_out(found),
    )
