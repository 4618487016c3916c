"""What came of broadcasts and newsletters: as data, as a table, as a page to mail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse, OpenAPIResponseContentSchema

from rundruf.api.context import Context, cursor_in, cursor_out
from rundruf.api.convert import checked_topic
from rundruf.api.fallback import fallback_out
from rundruf.api.models import (
    CohortOut,
    ComparisonOut,
    FallbackOut,
    GrowthDay,
    GrowthOut,
    GrowthSource,
    HourOut,
    InsightOut,
    IssueOut,
    LinkOut,
    RecipientList,
    RecipientOut,
    ReportFigures,
    ReportOut,
    SideOut,
    moment,
)
from rundruf.api.problems import invalid, not_found
from rundruf.api.splitting import rate_out, split_out
from rundruf.aws.growth import TableGrowth
from rundruf.core.broadcast import Broadcast
from rundruf.core.growth import growth
from rundruf.core.newsletter import Newsletter
from rundruf.core.report import HOUR, Figures, total
from rundruf.core.split import Measure
from rundruf.core.spreadsheet import Cell, table
from rundruf.core.wording import language_of
from rundruf.flows.comparing import Side, comparisons, left_since, sides
from rundruf.flows.evaluating import Evaluation, base, best_hours, evaluation, tells, together
from rundruf.flows.fallback import second_told
from rundruf.flows.insights import insights
from rundruf.flows.report_page import Subject, report_headers, report_page
from rundruf.flows.report_table import FIGURES, NOT_REPORTED, OVER_TIME, Part, count, rows
from rundruf.flows.reporting import Line, lines
from rundruf.flows.settling import settle

CSV, HTML, JSON = "text/csv", "text/html", "application/json"
MOST_ISSUES = 50
A_PAGE = 2_000  # rows of a table of recipients, at least; whole chunks
CLASSES = ("failed", "skipped")
RECIPIENT: tuple[Cell, ...] = (
    *("contact", "account", "outcome", "reason"),
    *("delivered", "read", "language", "part"),
)
Format = Annotated[
    Literal["json", "csv", "html"] | None, Query(description="Left out: as the header Accept says, or json")
]
Language = Annotated[Literal["de", "en"] | None, Query(description="Of the page; left out: the business's")]
Separator = Annotated[Literal[",", ";"], Query(description="Of csv; ; is what a German Excel expects")]
Excel = Annotated[bool, Query(description="Of csv: begin with the mark by which Excel knows UTF-8")]
Wanted = Annotated[Part, Query(description="Which table csv holds")]
Asked = tuple[str | None, str | None, str, bool, Part]
TEXT: OpenAPIResponseContentSchema = {"schema": {"type": "string"}}
OF_A_REPORT: dict[int, OpenAPIResponse] = {
    HTTPStatus.OK: {
        "description": "What came of it so far",
        "content": {JSON: {"model": ReportOut}, CSV: TEXT, HTML: TEXT},
    }
}
OF_RECIPIENTS: dict[int, OpenAPIResponse] = {
    HTTPStatus.OK: {
        "description": "A page of recipients",
        "content": {JSON: {"model": RecipientList}, CSV: TEXT},
    }
}


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    _growth_route(app, context)

    @app.get(
        "/v1/broadcasts/<broadcast>/report",
        tags=["reports"],
        summary="What came of a broadcast",
        responses=OF_A_REPORT,
    )
    def of_broadcast(
        broadcast: Annotated[str, Path()],
        format: Format = None,
        language: Language = None,
        separator: Separator = ",",
        excel: Excel = False,
        table: Wanted = Part.FIGURES,
    ) -> Response[str]:
        """As JSON, as CSV that is safe in spreadsheets, or as one page that prints and loads nothing.

        What no messenger reports is null in JSON and "not reported" elsewhere, never 0.
        """
        context.may("reports")
        found = _found(broadcast, context)
        found = settle(found.id, context.services) or found
        told = evaluation(found, context.services)
        subject = replace(
            _subject(told, found.topic, "", context, language),
            insights=insights(found, told.addressed(), context.services),
        )
        subject = replace(
            subject,
            fallback=second_told(found, context.services),
            left_since=left_since(found, context.services),
        )
        return _answer(subject, found.id, context, (format, language, separator, excel, table))

    @app.get(
        "/v1/newsletters/<newsletter>/report",
        tags=["reports"],
        summary="What came of a newsletter's issues",
        responses=OF_A_REPORT,
    )
    def of_newsletter(
        newsletter: Annotated[str, Path()],
        format: Format = None,
        language: Language = None,
        separator: Separator = ",",
        excel: Excel = False,
        table: Wanted = Part.FIGURES,
    ) -> Response[str]:
        """The newest fifty issues together, and each of them."""
        context.may("reports")
        found = context.services.catalogue.newsletter(newsletter[:40])
        if found is None:
            raise not_found("newsletter", newsletter[:40])
        told = together(_issues(found, context), context.services)
        subject = _subject(told, found.topic, found.name, context, language)
        return _answer(subject, found.id, context, (format, language, separator, excel, table))

    @app.get(
        "/v1/broadcasts/<broadcast>/recipients",
        tags=["reports"],
        summary="Each recipient with outcome and reason",
        responses=OF_RECIPIENTS,
    )
    def recipients(
        broadcast: Annotated[str, Path()],
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        format: Annotated[Literal["json", "csv"], Query()] = "json",
        separator: Separator = ",",
        excel: Excel = False,
    ) -> Response[str]:
        """A page of JSON is a chunk of up to 256 people, a page of CSV about two thousand people.

        For CSV the header X-Next-Cursor says where to go on (no header: that was all). Only the first page
        has the head of the table, so pages that are put together make one file.
        """
        context.may("reports")
        found, chunk = _found(broadcast, context), max(0, cursor_in(cursor, int) or 0)
        if format == "json":
            told, following = lines(found, chunk, context.services)
            page = RecipientList(recipients=[_recipient(one) for one in told], cursor=cursor_out(following))
            return Response(HTTPStatus.OK, JSON, page.model_dump_json())
        made: list[Sequence[Cell]] = [] if cursor else [RECIPIENT]
        more: int | None = chunk
        while more is not None and len(made) < A_PAGE:
            told, more = lines(found, more, context.services)
            made += [_row(one) for one in told]
        onwards = cursor_out(more)
        headers = {"x-next-cursor": onwards} if onwards else {}
        return _csv(made, f"recipients-{found.id}", separator, excel and not cursor, headers)


def _growth_route(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get("/v1/growth", tags=["reports"], summary="How a topic grows, and how long people stay")
    def how_it_grows(
        topic: Annotated[str, Query(max_length=40)],
        first: Annotated[date | None, Query(alias="from", description="A day; left out: 90 days ago")] = None,
        last: Annotated[date | None, Query(alias="until", description="A day; left out: today")] = None,
    ) -> GrowthOut:
        """By day and by entry point, and of everybody who joined in a week how many are still there.

        Counted from the ledger's stream, some seconds after it. People who were erased stay counted.
        """
        context.may("reports")
        checked_topic(context, topic)
        zone = context.services.settings.zone
        today = datetime.fromtimestamp(context.now() / 1000, ZoneInfo(zone)).date()
        last, first = last or today, first or today - timedelta(days=90)
        if first > last:
            raise invalid("from", "this day is after until")
        counters = TableGrowth(context.wiring.table).of(topic)
        found = growth(counters.items(), first, last, today)
        return GrowthOut(
            topic=topic,
            zone=zone,
            first=first,
            last=last,
            days=[GrowthDay(day=day, **_steps(told)) for day, told in found.days.items()],
            sources=[GrowthSource(source=one, **_steps(told)) for one, told in found.sources.items()],
            cohorts=[
                CohortOut(
                    week=one.week,
                    joined=one.joined,
                    after_4_weeks=one.after.get(4),
                    after_8_weeks=one.after.get(8),
                    after_12_weeks=one.after.get(12),
                )
                for one in found.cohorts
            ],
        )


def _steps(told: Counter[str]) -> dict[str, int]:
    return {name: told[name] for name in ("asked", "joined", "left", "blocked")}


def _recipient(one: Line) -> RecipientOut:
    return RecipientOut(
        contact=one.contact,
        account=one.account,
        outcome=one.outcome,
        reason=one.reason,
        delivered=one.delivered,
        read=one.read,
        language=one.language,
        part=one.part,
    )


def _row(one: Line) -> Sequence[Cell]:
    told = {"delivered": one.delivered, "read": one.read}
    said = [
        "yes" if known else "no" if tells(one.account, what) else NOT_REPORTED for what, known in told.items()
    ]
    return (one.contact, one.account, one.outcome, one.reason, *said, one.language, one.part)


def _found(broadcast: str, context: Context) -> Broadcast:
    found = context.wiring.broadcasts.get(broadcast[:40]) if broadcast else None
    if found is None:
        raise not_found("broadcast", broadcast[:40])
    return found


def _issues(newsletter: Newsletter, context: Context) -> list[Broadcast]:
    """The newest issues that have begun."""
    issues: list[Broadcast] = []
    after = ""
    while len(issues) < MOST_ISSUES:
        page, after = context.wiring.broadcasts.page(after, 200)
        issues += [one for one in page if one.newsletter == newsletter.id and one.started]
        if not after or (page and page[-1].created < newsletter.created):
            break
    return issues[:MOST_ISSUES]


def _subject(
    told: Evaluation, topic: str, newsletter: str, context: Context, language: str | None
) -> Subject:
    settings = context.services.settings
    known = context.services.catalogue.topics()
    spoken = language_of(language or settings.language, settings.language)
    title = known[topic].title(spoken) if topic in known else topic
    return Subject(settings.business, told, title, settings.zone, context.now(), newsletter)


def _answer(subject: Subject, name: str, context: Context, asked: Asked) -> Response[str]:
    wanted, language, separator, excel, part = asked
    accept = (context.app.current_event.headers or {}).get("accept", "")
    if wanted is None:
        wanted = "html" if accept.startswith(HTML) else "csv" if accept.startswith(CSV) else "json"
    if wanted == "html":
        page = report_page(subject, language or context.services.settings.language)
        headers = report_headers(f"report-{name}.html")
        return Response(HTTPStatus.OK, f"{HTML}; charset=utf-8", page, headers=dict(headers))
    if wanted == "csv":
        return _csv(rows(subject.evaluation, part), f"report-{name}-{part}", separator, excel, {})
    return Response(HTTPStatus.OK, JSON, _out(subject, name).model_dump_json())


def _csv(
    made: Iterable[Sequence[Cell]], name: str, separator: str, excel: bool, headers: dict[str, str]
) -> Response[str]:
    sent = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{name}.csv"',
        "x-content-type-options": "nosniff",
    }
    return Response(
        HTTPStatus.OK, f"{CSV}; charset=utf-8", table(made, separator, excel), headers={**sent, **headers}
    )


def _out(subject: Subject, name: str) -> ReportOut:
    told = subject.evaluation
    broadcast = told.broadcasts[0] if told.broadcasts and not subject.newsletter else None
    return ReportOut(
        id=name,
        name=broadcast.name if broadcast else subject.newsletter,
        kind="broadcast" if broadcast else "newsletter",
        state=broadcast.state.value if broadcast else "",
        topic=subject.topic,
        zone=subject.zone,
        as_of=moment(told.at),
        started=moment(min((one.started for one in told.broadcasts if one.started), default=0)),
        finished=moment(broadcast.finished) if broadcast else None,
        figures=_figures(told.figures, told.addressed(), told.clicks),
        bases={what: base(told.accounts, what) for what in ("delivered", "read", "blocked")},
        by_messenger={one: _figures(figures, [one], None) for one, figures in told.by_messenger().items()},
        by_account={one: _figures(figures, [one], None) for one, figures in told.accounts.items()},
        by_language={
            language: _figures(total(each.values()), list(each), None)
            for language, each in told.languages.items()
        },
        links=[LinkOut(url=url, clicks=clicks) for url, clicks in told.links.most_common()],
        hours=[
            HourOut(
                hour=datetime.fromtimestamp(hour * HOUR / 1000, UTC),
                **{each: told.hours.get((each, hour), 0) for each in OVER_TIME},
            )
            for hour in sorted({hour for _, hour in told.hours})
        ],
        best_hours=best_hours(told.hours, subject.zone),
        messengers_say=[
            InsightOut(account=one.account, source=one.source, figures=dict(one.rows))
            for one in subject.insights
        ],
        fallback=_fallback(broadcast, subject) if broadcast else None,
        variants=[_side(one) for one in sides(told)],
        comparisons=_compared(subject),
        winner=split_out(broadcast).get("winner") if broadcast else None,
        issues=[
            IssueOut(
                id=one.broadcasts[0].id,
                name=one.broadcasts[0].name,
                started=moment(one.broadcasts[0].started),
                figures=_figures(one.figures, one.addressed(), one.clicks),
            )
            for one in told.issues
        ],
    )


def _side(one: Side) -> SideOut:
    return SideOut(
        part=one.part,
        variant=one.variant,
        share=round(one.share, 6),
        figures=_figures(one.figures, list(one.accounts), one.clicks),
        rates={
            measure.value: rate and rate_out(rate, measure is not Measure.CLICKED)
            for measure, rate in one.rates.items()
        },
    )


def _compared(subject: Subject) -> list[ComparisonOut]:
    every = comparisons(sides(subject.evaluation))
    every += [subject.left_since] if subject.left_since else []
    return [ComparisonOut(measure=one.measure, sentence=dict(one.sentence), sure=one.sure) for one in every]


def _fallback(found: Broadcast, subject: Subject) -> FallbackOut | None:
    second = subject.fallback
    if second is None:
        return None
    told = fallback_out(found, second.broadcast, subject.at, second.both)
    counted = second.evaluation
    if told and counted:
        told.figures = _figures(counted.figures, counted.addressed(), counted.clicks)
    return told


def _figures(figures: Figures, accounts: Sequence[str], clicks: int | None) -> ReportFigures:
    plain = {each: count(figures, each, accounts) for each in FIGURES if each not in ("clicked", *CLASSES)}
    classes = {each: dict(getattr(figures, each)) for each in CLASSES}
    return ReportFigures.model_validate({**plain, **classes, "clicked": clicks, "clickers": figures.clickers})
