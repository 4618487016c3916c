"""Numbers -> the places of bars and columns; what they look like is up to the template."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rundruf.core.report import HOUR

WIDE, HIGH = 1000, 100
FEWEST = 11  # hours after the first, so that one hour alone is no wall
HOURLY, DAILY = 72, 92  # at most so many columns of hours, of days; then weeks


@dataclass(frozen=True, slots=True)
class Column:
    """One moment of a series: when it begins, and how much there was."""

    begins: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Series over the same moments; ``unit`` is hour, day or week."""

    unit: str
    series: Mapping[str, Sequence[Column]]


def share(part: int, whole: int, of: int = WIDE) -> float:
    """How long a bar is; one that stands for anybody at all can be seen."""
    if not part or not whole:
        return 0
    return max(of * part / whole, of * 0.004)


def stacked(parts: Iterable[tuple[str, int]], whole: int) -> list[dict[str, object]]:
    """Pieces of one bar, side by side; ``parts`` are (name, count)."""
    made: list[dict[str, object]] = []
    at = 0.0
    for name, count in parts:
        if count and whole:
            wide = WIDE * count / whole
            made.append({"name": name, "x": round(at, 2), "wide": round(wide, 2)})
            at += wide
    return made


def columns(counts: Sequence[int]) -> list[dict[str, float]]:
    """Columns from the bottom up, a unit wide each; the highest fills the height."""
    top = max(counts, default=0)
    return [
        {"x": number + 0.1, "y": round(HIGH - high, 2), "high": round(high, 2)}
        for number, count in enumerate(counts)
        if (high := share(count, top, HIGH))
    ]


def timeline(hours: Mapping[tuple[str, int], int], names: Iterable[str], zone: str) -> Timeline | None:
    """What happened when, by hour or, over a longer time, by day or week of a zone; None without anything."""
    wanted = set(names)
    told = {key: count for key, count in hours.items() if key[0] in wanted and count}
    if not told:
        return None
    place = ZoneInfo(zone)
    moments = [datetime.fromtimestamp(hour * HOUR / 1000, place) for _, hour in told]
    first, last = min(moments), max(moments)
    span = last - first
    unit = "hour" if span <= timedelta(hours=HOURLY) else "day" if span <= timedelta(days=DAILY) else "week"
    begins = _steps(first, max(last, first + timedelta(hours=FEWEST)) if unit == "hour" else last, unit)
    found = {name: dict.fromkeys(begins, 0) for name in names}
    for (name, hour), count in told.items():
        when = _begin(datetime.fromtimestamp(hour * HOUR / 1000, place), unit)
        found[name][when] = found[name].get(when, 0) + count
    series = {
        name: [Column(when, count) for when, count in sorted(each.items())]
        for name, each in found.items()
        if any(each.values())
    }
    return Timeline(unit, series)


def _begin(when: datetime, unit: str) -> datetime:
    if unit == "hour":
        return when.replace(minute=0, second=0, microsecond=0)
    day = when.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def _steps(first: datetime, last: datetime, unit: str) -> list[datetime]:
    """Every hour, day or week from the first to the last; hours by the clock that never jumps."""
    if unit == "hour":
        begin, zone = _begin(first, unit), first.tzinfo
        count = int((last.timestamp() - begin.timestamp()) // 3600) + 1
        return [datetime.fromtimestamp(begin.timestamp() + 3600 * number, zone) for number in range(count)]
    made, at, step = [], _begin(first, unit), timedelta(days=7 if unit == "week" else 1)
    while at <= last:
        made.append(at)
        at += step
    return made
