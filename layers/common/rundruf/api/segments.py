"""Segments: conditions on people under a name, and how many they are."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from rundruf.api.context import Context
from rundruf.api.convert import (
    audience_of,
    checked_audience,
    checked_topic,
    checked_where,
    frozen_audience,
)
from rundruf.api.models import CountIn, CountOut, SegmentIn, SegmentList, SegmentOut, moment
from rundruf.api.problems import Problem, not_found
from rundruf.core.audience import Audience, StoredSegment
from rundruf.flows.planning import counted

DELETED: dict[int, OpenAPIResponse] = {HTTPStatus.NO_CONTENT: {"description": "It is gone", "content": {}}}
ENOUGH = 5_000  # ms left for the answer


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    catalogue = context.wiring.catalogue

    @app.get("/v1/segments", tags=["segments"], summary="Stored conditions on people")
    def segments() -> SegmentList:
        context.may("reports", "send", "contacts")
        return SegmentList(segments=[_out(one) for one in catalogue.segments()])

    @app.post("/v1/segments", tags=["segments"], summary="Make or change a segment", status_code=201)
    def put_segment(body: SegmentIn) -> SegmentOut:
        """Broadcasts that were made with it keep the conditions they were made with."""
        context.may("send")
        checked_where(context, body.where, "where")
        made = StoredSegment(body.id, body.name, body.where, context.now())
        catalogue.put_segment(made)
        return _out(made)

    @app.post("/v1/segments/count", tags=["segments"], summary="How many people an audience has now")
    def count(body: CountIn) -> CountOut:
        """Consent is asked of everybody again when they are sent to, so that fewer may get a message."""
        context.may("send", "reports")
        checked_topic(context, body.topic)
        audience = audience_of(body.audience)
        checked_audience(context, audience)
        return _counted(frozen_audience(context, audience), body.topic, context)

    @app.get("/v1/segments/<segment>", tags=["segments"], summary="One segment")
    def segment(segment: Annotated[str, Path()]) -> SegmentOut:
        context.may("reports", "send", "contacts")
        return _out(_found(segment, context))

    @app.delete("/v1/segments/<segment>", tags=["segments"], summary="Delete a segment", responses=DELETED)
    def delete_segment(segment: Annotated[str, Path()]) -> Response[None]:
        """Refused while a newsletter uses it."""
        context.may("send")
        found = _found(segment, context)
        used = [one.name for one in catalogue.newsletters() if one.audience.segment == found.id]
        if used:
            raise Problem("conflict", f"The newsletter {used[0]!r} uses this segment.")
        catalogue.delete_segment(found.id)
        return Response(HTTPStatus.NO_CONTENT)


def _counted(audience: Audience, topic: str, context: Context) -> CountOut:
    by_account: dict[str, int] = {}
    complete = True
    for account in context.wiring.accounts.all():
        if not audience.takes_account(account.id):
            continue
        number, all_of_them = counted(
            audience, topic, account.id, context.services, lambda: context.time_left() > ENOUGH
        )
        by_account[account.id] = number
        complete = complete and all_of_them
    return CountOut(count=sum(by_account.values()), by_account=by_account, complete=complete)


def _found(segment: str, context: Context) -> StoredSegment:
    found = context.wiring.catalogue.segment(segment[:40]) if segment else None
    if found is None:
        raise not_found("segment", segment[:40])
    return found


def _out(segment: StoredSegment) -> SegmentOut:
    return SegmentOut(
        id=segment.id, name=segment.name, where=dict(segment.where), changed=moment(segment.changed)
    )
