"""Broadcasts: one message for everybody of a topic."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from rundruf.api.context import LIMIT, MOST, Context, cursor_in, cursor_out
from rundruf.api.convert import (
    audience_model,
    audience_of,
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
from rundruf.api.models import (
    TWICE,
    BroadcastIn,
    BroadcastList,
    BroadcastOut,
    FiguresOut,
    PreflightOut,
    QuotaOut,
    ResumeIn,
    TestIn,
    milliseconds,
    moment,
)
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, Scope, State, Wish, resumable
from rundruf.core.message import MessageKind
from rundruf.core.report import total
from rundruf.core.rules import Advertising
from rundruf.flows import allowing
from rundruf.flows.evaluating import clicked
from rundruf.flows.forecast import forecast
from rundruf.flows.planning import anybody, chunk_size, start, wish
from rundruf.flows.reporting import figures
from rundruf.flows.settling import settle
from rundruf.messengers import messenger


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
        return _preflight(_found(broadcast, context), context)

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

    for asked in Wish:
        if asked is not Wish.RESUME:
            _wish_route(app, context, asked)


SUMMARIES: Mapping[Wish, str] = {
    Wish.START: "Start a draft or a scheduled broadcast now",
    Wish.PAUSE: "Stop sending until resumed",
    Wish.CANCEL: "Stop for good; figures stay",
}


def _wish_route(app: APIGatewayHttpResolver, context: Context, asked: Wish) -> None:
    def obey(broadcast: Annotated[str, Path()]) -> BroadcastOut:
        context.may("send")
        before = _found(broadcast, context)
        if asked is Wish.START:
            _somebody(before, context)
            moved = (
                start(broadcast, context.services) if before.state in (State.DRAFT, State.SCHEDULED) else None
            )
        else:
            moved = wish(broadcast, asked, context.services)
        if moved is None:
            state = _found(broadcast, context).state
            raise Problem("conflict", f"A broadcast that is {state} cannot be asked to {asked}.")
        return _out(moved, context)

    obey.__name__ = asked.value
    app.post(
        f"/v1/broadcasts/<broadcast>/{asked.value}",
        tags=["broadcasts"],
        summary=SUMMARIES[asked],
        status_code=202,
    )(obey)


def _resumed(found: Broadcast, body: ResumeIn, context: Context) -> Broadcast:
    if body.scope is Scope.UNKNOWN and found.kind is MessageKind.MARKETING and body.confirm != TWICE:
        raise invalid("confirm", f"these people may get it twice; say so with {TWICE!r}")
    moved = wish(found.id, Wish.RESUME, context.services, body.scope)
    if moved:
        return moved
    found = _found(found.id, context)
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
        message=found.message,
        state=State.SCHEDULED,
        created=context.now(),
        track=found.track,
    )
    _somebody(made, context)
    return made


def _made(body: BroadcastIn, context: Context) -> Broadcast:
    """A broadcast that can be planned; raises Problem before anything is stored."""
    checked_topic(context, body.topic)
    audience = audience_of(body.audience)
    accounts = checked_audience(context, audience)
    audience = frozen_audience(context, audience)
    message = message_of(body.message)
    checked_message(context, message, accounts, body.track)
    now = context.now()
    send_at, expires_at = milliseconds(body.send_at), milliseconds(body.expires_at)
    if send_at and send_at <= now:
        raise invalid("send_at", "this moment is past; leave it out to send now")
    if expires_at and expires_at <= max(send_at, now):
        raise invalid("expires_at", "this moment must lie after the start")
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
    )
    if body.start and not send_at:
        _somebody(made, context)
    return made


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
    )


def _preflight(found: Broadcast, context: Context) -> PreflightOut:
    by_account: dict[str, int] = {}
    seconds: dict[str, float] = {}
    notes: dict[str, str] = {}
    quota: dict[str, QuotaOut] = {}
    warnings: dict[str, dict[str, str]] = {}
    skipped = Counter[str]()
    chunks = quiet = quiet_until = 0
    for account in context.wiring.accounts.all():
        if not found.audience.takes_account(account.id):
            continue
        told = forecast(found.audience, found.topic, account, context.services)
        count = by_account[account.id] = told.people
        skipped.update(told.skipped)
        quiet, quiet_until = quiet + told.quiet, max(quiet_until, told.quiet_until)
        rules = messenger(account.messenger).rules
        seconds[account.id] = round(count / (account.rate or rules.rate), 1)
        chunks += -(-count // chunk_size(account.id))
        standing = allowing.standing(account.id, context.services) if count else None
        if standing:
            quota[account.id] = _quota_out(standing)
            said = allowing.warning(standing, count)
            warnings |= {account.id: said} if said else {}
        if rules.note and rules.advertising is not Advertising.ALWAYS:
            notes[account.id] = f"{rules.note} ({rules.source}, checked {rules.checked})"
    return PreflightOut(
        audience=sum(by_account.values()),
        chunks=chunks,
        by_account=by_account,
        seconds_at_limit=seconds,
        notes=notes,
        quota=quota,
        warnings=warnings,
        skipped_now=dict(skipped),
        quiet=quiet,
        quiet_until=moment(quiet_until),
    )


def _quota_out(standing: allowing.Standing) -> QuotaOut:
    if standing.left is None:
        return QuotaOut(remaining="unknown", per=standing.per)
    people = standing.left.people
    return QuotaOut(remaining="unlimited" if people is None else people, per=standing.per)
