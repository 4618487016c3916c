"""Evaluation -> rows of a table: figures by part, by hour, by link, by reason."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from rundruf.core import explain
from rundruf.core.contest import Rate
from rundruf.core.report import HOUR, Figures, total
from rundruf.core.split import Measure
from rundruf.core.spreadsheet import Cell
from rundruf.flows.comparing import sides
from rundruf.flows.evaluating import Evaluation, reports

FIGURES = (
    "audience",
    "sent",
    "delivered",
    "read",
    "clicked",
    "replied",
    "left",
    "blocked",
    "failed",
    "skipped",
    "unknown",
    "expired",
    "pending",
)
OVER_TIME = ("sent", "delivered", "read", "clicked", "replied", "left", "blocked")
NOT_REPORTED = "not reported"
NOT_COUNTED = "not counted"


class Part(StrEnum):
    """Which table of a report."""

    FIGURES = "figures"
    HOURS = "hours"
    LINKS = "links"
    REASONS = "reasons"
    VARIANTS = "variants"


def rows(told: Evaluation, part: Part) -> Iterator[Sequence[Cell]]:
    """The head and the rows of one table."""
    if part is Part.HOURS:
        return _hours(told)
    if part is Part.LINKS:
        return _links(told)
    if part is Part.VARIANTS:
        return _variants(told)
    return _reasons(told) if part is Part.REASONS else _figures(told)


def count(figures: Figures, figure: str, accounts: Sequence[str]) -> int | None:
    """A figure; None where none of the accounts' messengers tells of it."""
    found = getattr(figures, figure)
    if figure in ("failed", "skipped"):
        return int(found.total())
    if figure in ("delivered", "read", "blocked") and not found and not reports(accounts, figure):
        return None
    return int(found)


def _figures(told: Evaluation) -> Iterator[Sequence[Cell]]:
    yield ("of", "name", "id", *FIGURES)
    yield ("all", "", "", *_cells(told.figures, told.addressed(), told.clicks))
    for one in told.issues:
        found = one.broadcasts[0]
        yield ("issue", found.name, found.id, *_cells(one.figures, one.addressed(), one.clicks))
    for name, figures in told.by_messenger().items():
        yield ("messenger", name, "", *_cells(figures, [name], None))
    for language, each in told.languages.items():
        yield ("language", language, "", *_cells(total(each.values()), list(each), None))
    for account, figures in told.accounts.items():
        yield ("account", account.partition("/")[0], account, *_cells(figures, [account], None))


def _cells(figures: Figures, accounts: Sequence[str], clicks: int | None) -> Iterator[Cell]:
    for figure in FIGURES:
        if figure == "clicked":
            yield NOT_COUNTED if clicks is None else clicks
        else:
            found = count(figures, figure, accounts)
            yield NOT_REPORTED if found is None else found


def _hours(told: Evaluation) -> Iterator[Sequence[Cell]]:
    yield ("hour", *OVER_TIME)
    for hour in sorted({hour for _, hour in told.hours}):
        when = datetime.fromtimestamp(hour * HOUR / 1000, UTC).strftime("%Y-%m-%dT%H:00:00Z")
        yield (when, *(told.hours.get((name, hour), 0) for name in OVER_TIME))


def _links(told: Evaluation) -> Iterator[Sequence[Cell]]:
    yield ("link", "clicks")
    yield from told.links.most_common()


def _variants(told: Evaluation) -> Iterator[Sequence[Cell]]:
    rates = [f"{measure}_{name}" for measure in Measure for name in ("share", "low", "high")]
    yield ("part", "gets", "planned_share", *FIGURES, *rates)
    for side in sides(told):
        cells = _cells(side.figures, list(side.accounts), side.clicks)
        said = [cell for measure in Measure for cell in _rate(side.rates.get(measure), measure)]
        yield (side.part or "all", side.variant, f"{side.share:.4f}", *cells, *said)


def _rate(rate: Rate | None, measure: Measure) -> Sequence[Cell]:
    """Share and interval; what is not of people has none."""
    if rate is None or not rate.of:
        return ("", "", "")
    if measure is Measure.CLICKED:
        return (f"{rate.share:.4f}", "", "")
    return tuple(f"{value:.4f}" for value in (rate.share, *rate.interval))


def _reasons(told: Evaluation) -> Iterator[Sequence[Cell]]:
    yield ("outcome", "reason", "people", "de", "en")
    for outcome in ("failed", "skipped"):
        for reason, people in getattr(told.figures, outcome).most_common():
            said = explain.sentence(outcome, reason)
            yield (outcome, reason, people, said["de"], said["en"])
