"""How many people joined and left a topic, by day and by where they came from, and how long they stay."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rundruf.core.consent import Action
from rundruf.core.ledger import Entry

JOINED = (Action.CONFIRMED, Action.IMPORTED)
WHAT = {
    Action.ASKED: "asked",
    Action.CONFIRMED: "joined",
    Action.IMPORTED: "joined",
    Action.WITHDRAWN: "left",
    Action.OBJECTED: "left",
    Action.LAPSED: "left",
    Action.BLOCKED: "blocked",
}
GONE = ("left", "blocked")
AFTER = (4, 8, 12)  # weeks
COHORT = "cohort"


def steps(entry: Entry, earlier: Sequence[Entry], zone: str) -> Iterator[tuple[str, str]]:
    """(topic, name of a counter) of everything that one ledger entry changes.

    ``earlier`` are the person's entries before it, newest first: they tell through which entry point somebody
    joined, and when somebody joined who leaves.
    """
    what = WHAT.get(entry.fact.action)
    if what is None:
        return
    day = _day(entry.entered_at, zone)
    source = _source(entry, earlier)
    for topic in entry.fact.topics:
        if what in GONE:
            since = next((one for one in earlier if _joins(one, topic)), None)
            if since is None:
                continue
            begun = _day(since.entered_at, zone)
            yield topic, f"{COHORT}|{_week(begun)}|{(day - _week(begun)).days // 7}"
        yield topic, f"{day}|{what}|{source}"


def _source(entry: Entry, earlier: Sequence[Entry]) -> str:
    """The entry point's code where there was one, else how it came about."""
    told = entry
    if entry.fact.action is Action.CONFIRMED:
        told = next((one for one in earlier if one.fact.action is Action.ASKED), entry)
    return told.fact.reference if told.fact.source == "entry_point" else told.fact.source


def _joins(entry: Entry, topic: str) -> bool:
    return entry.fact.action in JOINED and topic in entry.fact.topics


def _day(at: int, zone: str) -> date:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).date()


def _week(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who joined in the week of a Monday; ``after`` says how many still were there after so many weeks.

    Only for weeks that have passed for all of them.
    """

    week: date
    joined: int
    after: Mapping[int, int]


@dataclass(slots=True)
class Growth:
    """A topic's counters from one day to another, both included: by day, by source, by week of joining."""

    days: dict[date, Counter[str]] = field(default_factory=dict)
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    cohorts: list[Cohort] = field(default_factory=list)


def growth(counters: Iterable[tuple[str, int]], first: date, last: date, today: date) -> Growth:
    """What counters, named as ``steps`` names them, tell of some days."""
    found = Growth()
    joined: Counter[date] = Counter()
    gone: dict[date, Counter[int]] = {}
    for name, count in counters:
        head, middle, tail = name.split("|", 2)
        if head == COHORT:
            gone.setdefault(date.fromisoformat(middle), Counter())[int(tail)] += count
            continue
        day = date.fromisoformat(head)
        if middle == "joined":
            joined[_week(day)] += count
        if first <= day <= last:
            found.days.setdefault(day, Counter())[middle] += count
            found.sources.setdefault(tail, Counter())[middle] += count
    found.days = dict(sorted(found.days.items()))
    for week, count in sorted(joined.items()):
        if _week(first) <= week <= last:
            left = gone.get(week, Counter())
            after = {
                weeks: count - sum(number for age, number in left.items() if age < weeks)
                for weeks in AFTER
                if week + timedelta(weeks=weeks + 1) <= today
            }
            found.cohorts.append(Cohort(week, count, after))
    return found
