"""Retention: how long everything is kept, and the proof that it is not kept longer."""

from datetime import UTC, datetime

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from rundruf.api.context import Context
from rundruf.api.models import Model, moment
from rundruf.aws.sweeper import TableSweeper
from rundruf.core.retention import CLASSES, DAY, OTHER, DataClass
from rundruf.flows.sweeping import Tally


class RetentionLine(Model):
    """A class of data, and what the last whole look found of it.

    ``days`` is how long it is kept from writing, null where ``until`` says what ends it. ``oldest`` is when
    the oldest item was written (null without days). ``overdue`` items were past their end by more than three
    days and ``removed``; ``endless`` ones should have an end and have none.
    """

    data: str
    about: str
    days: int | None
    until: str
    erased: str
    items: int
    oldest: datetime | None
    overdue: int
    removed: int
    endless: int


class RetentionOut(Model):
    """``checked`` is when the last whole look ended, ``running`` since when the next one is under way."""

    checked: datetime | None
    running: datetime | None
    classes: list[RetentionLine]


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get("/v1/retention", tags=["audit"], summary="How long everything is kept, and whether that holds")
    def report() -> RetentionOut:
        """The whole table is looked through once a day, in slices."""
        context.may("admin")
        look, last = TableSweeper(context.wiring.table).looks()
        unknown = (
            [DataClass(OTHER, (), None, "items that no class is known for")] if OTHER in last.found else []
        )
        return RetentionOut(
            checked=moment(last.ended),
            running=moment(look.began) if not look.ended else None,
            classes=[_line(one, last.found.get(one.name, Tally())) for one in (*CLASSES, *unknown)],
        )


def _line(kept: DataClass, found: Tally) -> RetentionLine:
    written = found.first - (kept.days or 0) * DAY if kept.days is not None and found.first else 0
    return RetentionLine(
        data=kept.name,
        about=kept.about,
        days=kept.days,
        until=kept.until,
        erased=kept.erased,
        items=found.items,
        oldest=datetime.fromtimestamp(written, UTC) if written > 0 else None,
        overdue=found.overdue,
        removed=found.removed,
        endless=found.endless,
    )
