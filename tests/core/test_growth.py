"""How topics grow: by day and entry point, and how many who joined in a week are still there."""

from collections import Counter
from datetime import date

from rundruf.core.consent import Action, Fact
from rundruf.core.growth import growth, steps
from rundruf.core.ledger import Entry

DAY = 86_400_000
MONDAY = 1_790_553_600_000  # 2026-09-28 00:00 UTC
ZONE = "Europe/Berlin"


def entry(number: int, action: Action, at: int, source: str = "chat", reference: str = "") -> Entry:
    fact = Fact(action, at, ("news",), source=source, reference=reference)
    return Entry(number, at, "telegram", "main", fact, "")


ASKED = entry(1, Action.ASKED, MONDAY, "entry_point", "KRTMBXZV")
CONFIRMED = entry(2, Action.CONFIRMED, MONDAY + 1_000)
LEFT = entry(3, Action.WITHDRAWN, MONDAY + 30 * DAY)


def test_joining_counts_for_the_entry_point() -> None:
    assert list(steps(ASKED, [], ZONE)) == [("news", "2026-09-28|asked|KRTMBXZV")]
    assert list(steps(CONFIRMED, [ASKED], ZONE)) == [("news", "2026-09-28|joined|KRTMBXZV")]


def test_leaving_counts_for_the_week_of_joining() -> None:
    assert list(steps(LEFT, [CONFIRMED, ASKED], ZONE)) == [
        ("news", "cohort|2026-09-28|4"),
        ("news", "2026-10-28|left|chat"),
    ]


def test_who_never_joined_cannot_leave() -> None:
    assert list(steps(LEFT, [ASKED], ZONE)) == []


def test_a_day_ends_at_midnight_of_the_business() -> None:
    late = entry(1, Action.IMPORTED, MONDAY + DAY - 3_600_000, "desk")
    assert list(steps(late, [], ZONE)) == [("news", "2026-09-29|joined|desk")]


def test_what_is_no_joining_or_leaving_is_not_counted() -> None:
    assert list(steps(entry(1, Action.PAUSED, MONDAY), [CONFIRMED], ZONE)) == []


def test_a_cohort_says_who_is_still_there() -> None:
    counters = Counter({"2026-09-28|joined|A": 10, "cohort|2026-09-28|1": 2, "cohort|2026-09-28|5": 1})
    told = growth(counters.items(), date(2026, 9, 1), date(2026, 12, 1), date(2026, 12, 1))
    (cohort,) = told.cohorts
    assert (cohort.joined, cohort.after) == (10, {4: 8, 8: 7})


def test_only_the_days_asked_for_are_told() -> None:
    counters = Counter({"2026-09-28|joined|A": 10, "2026-10-28|left|chat": 2})
    told = growth(counters.items(), date(2026, 10, 1), date(2026, 10, 31), date(2026, 12, 1))
    assert told.days == {date(2026, 10, 28): Counter(left=2)}
    assert told.sources == {"chat": Counter(left=2)}
