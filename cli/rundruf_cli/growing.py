"""How a topic grows, on the terminal."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from rundruf_cli import show

STEPS = ("asked", "joined", "left", "blocked")
AFTER = ("after_4_weeks", "after_8_weeks", "after_12_weeks")
BAR = 16


def tell(told: dict[str, Any]) -> None:
    """The answer of ``GET /v1/growth``: weeks, ways in, and how many of each week's joiners stayed."""
    show.pairs({"topic": told["topic"], "days": f"{told['first']} to {told['last']} ({told['zone']})"})
    show.blank()
    show.table(
        ("week from", *(f"#{name}" for name in STEPS), "#net", ""),
        _weeks(told["days"]),
        "Nobody joined or left in this time.",
    )
    if told["sources"]:
        ordered = sorted(told["sources"], key=lambda one: -one["joined"])
        rows = ([one["source"], *(one[name] for name in STEPS)] for one in ordered)
        show.blank()
        show.table(("way in", *(f"#{name}" for name in STEPS)), rows, "")
    joined = [one for one in told["cohorts"] if one["joined"]]
    if joined:
        show.blank()
        columns = (
            "joined in the week from",
            "#people",
            "#there after 4 weeks",
            "#after 8 weeks",
            "#after 12 weeks",
        )
        show.table(columns, ([one["week"], one["joined"], *_stayed(one)] for one in joined), "")


def _weeks(days: list[dict[str, Any]]) -> list[list[object]]:
    """Weeks in which something happened, each with a bar as long as many joined."""
    found: dict[date, Counter[str]] = {}
    for one in days:
        day = date.fromisoformat(one["day"])
        week = found.setdefault(day - timedelta(days=day.weekday()), Counter())
        week.update({name: one[name] for name in STEPS})
    most = max((week["joined"] for week in found.values()), default=0)
    return [
        [
            str(monday),
            *(week[name] for name in STEPS),
            f"{week['joined'] - week['left'] - week['blocked']:+,}",
            "█" * round(week["joined"] / most * BAR) if most else "",
        ]
        for monday, week in sorted(found.items())
        if week.total()
    ]


def _stayed(cohort: dict[str, Any]) -> Iterator[str]:
    """How many, and their share; a dash where it is too early to say."""
    for name in AFTER:
        there = cohort[name]
        yield "–" if there is None else f"{there:,} ({there / cohort['joined']:.0%})"
