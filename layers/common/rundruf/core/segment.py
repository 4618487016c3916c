"""Segments: conditions on people as JSON, nested with all, any and not, checked before they are kept.

::

    {"all": [{"tags": {"any": ["vegan"]}},
             {"attribute": "age", "gte": 18},
             {"not": {"past": {"did": "clicked", "broadcasts": ["0c3k9f1aq8b7d2e1"]}}},
             {"joined": {"within_days": 30}}]}

What each condition looks at is in ``Facts``. A condition on what nobody knows of a person does not hold.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from rundruf.core.audience import DAY, Facts

DEEPEST = 8
MOST = 100  # conditions in one segment
MOST_BROADCASTS = 10
LONGEST = 200


class Did(StrEnum):
    """What somebody may have done with a broadcast."""

    GOT = "got"  # accepted by the messenger
    DELIVERED = "delivered"
    READ = "read"
    CLICKED = "clicked"
    REPLIED = "replied"
    LEFT = "left"


class BadSegment(Exception):
    """Conditions that cannot be used; ``problems`` are (path, what is wrong there)."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {said}" for path, said in problems))
        self.problems = list(problems)


Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Segment:
    """Conditions ready for use, and the ``fields`` of Facts, attributes and broadcasts they ask about."""

    holds: Test
    fields: frozenset[str]
    attributes: frozenset[str]
    broadcasts: tuple[str, ...]


def segment(where: Mapping[str, Any], now: int) -> Segment:
    """The conditions as of ``now`` (ms), which "within days" counts from; raises BadSegment."""
    reader = _Reader(now)
    test = reader.condition(where, "where", 1)
    if len(reader.broadcasts) > MOST_BROADCASTS:
        reader.wrong("where", f"asks about more than {MOST_BROADCASTS} broadcasts")
    if reader.problems:
        raise BadSegment(reader.problems)
    return Segment(
        test, frozenset(reader.fields), frozenset(reader.attributes), tuple(sorted(reader.broadcasts))
    )


def issues_asked(where: Any) -> set[tuple[str, int]]:
    """(newsletter, last n) of every condition about issues of a newsletter."""
    asked: set[tuple[str, int]] = set()
    for past in _pasts(where):
        if "newsletter" in past:
            asked.add((past["newsletter"], past.get("last", 1)))
    return asked


def with_issues(where: Any, issues: Mapping[tuple[str, int], Sequence[str]]) -> Any:
    """The conditions with a newsletter's last issues named one by one."""
    if isinstance(where, list):
        return [with_issues(one, issues) for one in where]
    if not isinstance(where, Mapping):
        return where
    if "newsletter" in where and "did" in where:
        rest = {name: value for name, value in where.items() if name not in ("newsletter", "last")}
        return rest | {"broadcasts": list(issues[where["newsletter"], where.get("last", 1)])}
    return {name: with_issues(value, issues) for name, value in where.items()}


def _pasts(where: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(where, list):
        for one in where:
            yield from _pasts(one)
    elif isinstance(where, Mapping):
        for name, value in where.items():
            if name == "past" and isinstance(value, Mapping):
                yield value
            else:
                yield from _pasts(value)


def _never(_facts: Facts) -> bool:
    return False


def _not_at_all(_held: str) -> bool:
    return False


class _Reader:
    """JSON into tests; notes every problem with its path instead of ending at the first."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.problems: list[tuple[str, str]] = []
        self.fields: set[str] = set()
        self.attributes: set[str] = set()
        self.broadcasts: set[str] = set()
        self.count = 0

    def wrong(self, path: str, said: str) -> Test:
        self.problems.append((path, said))
        return _never

    def condition(self, given: Any, path: str, depth: int) -> Test:
        self.count += 1
        if depth > DEEPEST or self.count > MOST:
            return self.wrong(path, f"too much: at most {DEEPEST} deep and {MOST} conditions")
        if not isinstance(given, Mapping) or not given:
            return self.wrong(path, 'must be an object such as {"tags": {"any": ["vegan"]}}')
        if "attribute" in given:
            return self._attribute(given, path)
        if len(given) > 1:
            return self.wrong(path, f'has {len(given)} conditions; put them into {{"all": [...]}}')
        ((name, value),) = given.items()
        here = f"{path}.{name}"
        match name:
            case "all" | "any":
                return self._several(name, value, here, depth)
            case "not":
                held = self.condition(value, here, depth + 1)
                return lambda facts: not held(facts)
            case "tags":
                return self._tags(value, here)
            case "messenger" | "account" | "language" | "zone":
                return self._among(name, value, here)
            case "joined" | "seen":
                return self._time(name, value, here)
            case "past":
                return self._past(value, here)
        known = "all, any, not, tags, attribute, language, zone, messenger, account, joined, seen, past"
        return self.wrong(path, f"there is no condition {str(name)[:40]!r} (known: {known})")

    def _several(self, name: str, value: Any, path: str, depth: int) -> Test:
        if not isinstance(value, list) or not value:
            return self.wrong(path, "must be a list of conditions")
        tests = [self.condition(one, f"{path}[{at}]", depth + 1) for at, one in enumerate(value)]
        if name == "all":
            return lambda facts: all(test(facts) for test in tests)
        return lambda facts: any(test(facts) for test in tests)

    def _texts(self, value: Any, path: str) -> frozenset[str]:
        if not isinstance(value, list) or not value or not all(_is_text(one) for one in value):
            self.wrong(path, f"must be a list of texts of 1 to {LONGEST} characters")
            return frozenset()
        return frozenset(value)

    def _tags(self, value: Any, path: str) -> Test:
        self.fields.add("tags")
        names = ("any", "all", "none")
        if not isinstance(value, Mapping) or not value or not set(value) <= set(names):
            return self.wrong(path, f"must be an object with {', '.join(names)}")
        given = {name: self._texts(value[name], f"{path}.{name}") for name in names if name in value}
        wanted, needed, barred = (
            given.get("any"),
            given.get("all", frozenset()),
            given.get("none", frozenset()),
        )

        def holds(facts: Facts) -> bool:
            tags = set(facts.tags)
            return (wanted is None or not wanted.isdisjoint(tags)) and needed <= tags and not barred & tags

        return holds

    def _among(self, name: str, value: Any, path: str) -> Test:
        many = self._texts(value, path)
        self.fields.add("account" if name == "messenger" else name)
        if name == "messenger":
            return lambda facts: facts.account.partition("/")[0] in many
        if name == "account":
            return lambda facts: facts.account in many
        if name == "zone":
            return lambda facts: facts.zone in many
        spoken = frozenset(one.lower() for one in many)
        return lambda facts: _speaks(facts.language.lower(), spoken)

    def _time(self, name: str, value: Any, path: str) -> Test:
        self.fields.add(name)
        if not isinstance(value, Mapping) or not value:
            return self.wrong(path, 'must be an object such as {"within_days": 30}')
        if value == {"never": True}:
            return lambda facts: not getattr(facts, name)
        if not set(value) <= {"within_days", "since", "before"}:
            return self.wrong(path, "takes within_days, since, before or never (true)")
        since, before = self._moment(value, "since", path), self._moment(value, "before", path)
        if "within_days" in value:
            days = value["within_days"]
            if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 36_500:
                return self.wrong(f"{path}.within_days", "must be a whole number of days from 1 on")
            since = max(since or 0, self.now - days * DAY)

        def holds(facts: Facts) -> bool:
            at: int = getattr(facts, name)
            return bool(at) and (since is None or at >= since) and (before is None or at < before)

        return holds

    def _moment(self, value: Mapping[str, Any], name: str, path: str) -> int | None:
        if name not in value:
            return None
        try:
            at = datetime.fromisoformat(value[name])
            return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
        except (TypeError, ValueError, OverflowError):
            self.wrong(f"{path}.{name}", "must be a day (2026-01-31) or a time with its zone")
            return None

    def _attribute(self, given: Mapping[str, Any], path: str) -> Test:
        name = given["attribute"]
        if not _is_text(name):
            return self.wrong(f"{path}.attribute", "must be the name of an attribute")
        self.fields.add("attributes")
        self.attributes.add(name)
        asked = [one for one in given if one != "attribute"]
        if not asked:
            return self.wrong(path, f"says nothing about {name!r}; known: {', '.join(_ASKED)}")
        tests = [self._of_attribute(one, given[one], f"{path}.{one}") for one in asked]
        missing = given.get("exists") is False

        def holds(facts: Facts) -> bool:
            value = facts.attributes.get(name)
            return missing if value is None else all(test(value) for test in tests)

        return holds

    def _of_attribute(self, asked: str, value: Any, path: str) -> Callable[[str], bool]:
        if asked not in _ASKED:
            self.wrong(path, f"there is no such comparison (known: {', '.join(_ASKED)})")
            return _not_at_all
        if asked == "exists":
            if not isinstance(value, bool):
                self.wrong(path, "must be true or false")
            return lambda _: value is True
        if asked == "in":
            many = self._texts(value, path)
            return lambda held: held in many
        if asked in _ORDER:
            return self._order(asked, value, path)
        if not _is_text(value) and not _is_number(value):
            self.wrong(path, "must be a text or a number")
            return _not_at_all
        if asked in ("is", "is_not"):
            same = _same(value)
            return same if asked == "is" else lambda held: not same(held)
        text = str(value).casefold()
        if asked == "starts_with":
            return lambda held: held.casefold().startswith(text)
        return lambda held: text in held.casefold()

    def _order(self, asked: str, value: Any, path: str) -> Callable[[str], bool]:
        compare = _ORDER[asked]
        if _is_number(value):
            return lambda held: (number := _number(held)) is not None and compare(number, value)
        day = _day(value)
        if day is None:
            self.wrong(path, "must be a number or a day such as 2026-01-31")
            return _not_at_all
        return lambda held: (other := _day(held)) is not None and compare(other, day)

    def _past(self, value: Any, path: str) -> Test:
        known = {"did", "broadcasts", "newsletter", "last", "at_least", "at_most"}
        if not isinstance(value, Mapping) or not set(value) <= known:
            return self.wrong(path, f"must be an object with {', '.join(sorted(known))}")
        if value.get("did") not in tuple(Did):
            return self.wrong(f"{path}.did", f"must be one of {', '.join(Did)}")
        did = str(value["did"])
        if ("broadcasts" in value) == ("newsletter" in value):
            return self.wrong(path, "names either broadcasts or a newsletter")
        least, most = self._times(value, "at_least", path), self._times(value, "at_most", path)
        if least is None and most is None:
            least = 1
        ids = self._issues(value, path) if "newsletter" in value else self._ids(value["broadcasts"], path)
        self.broadcasts |= ids

        def holds(facts: Facts) -> bool:
            times = sum(did in facts.past.get(one, ()) for one in ids)
            return (least is None or times >= least) and (most is None or times <= most)

        return holds

    def _ids(self, value: Any, path: str) -> frozenset[str]:
        """A newsletter without issues so far comes as an empty list."""
        return frozenset() if value == [] else self._texts(value, f"{path}.broadcasts")

    def _issues(self, value: Mapping[str, Any], path: str) -> frozenset[str]:
        if not _is_text(value["newsletter"]):
            self.wrong(f"{path}.newsletter", "must be the id of a newsletter")
        last = value.get("last", 1)
        if isinstance(last, bool) or not isinstance(last, int) or not 1 <= last <= MOST_BROADCASTS:
            self.wrong(f"{path}.last", f"must be a whole number from 1 to {MOST_BROADCASTS}")
        return frozenset()

    def _times(self, value: Mapping[str, Any], name: str, path: str) -> int | None:
        if name not in value:
            return None
        times = value[name]
        if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= MOST_BROADCASTS:
            self.wrong(f"{path}.{name}", f"must be a whole number from 0 to {MOST_BROADCASTS}")
            return None
        return times


_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
}
_ASKED = ("is", "is_not", "in", "contains", "starts_with", "exists", *_ORDER)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(value: Any) -> Callable[[str], bool]:
    if _is_number(value):
        return lambda held: _number(held) == value
    return lambda held: held == value


def _number(text: str) -> float | None:
    """A number as people write it, with a point or (alone) a comma; None for anything else."""
    try:
        found = float(text.strip().replace(",", ".") if text.count(",") == 1 else text)
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None


def _day(value: Any) -> float | None:
    """A day as a number; None for anything else."""
    if not isinstance(value, str) or not value[:1].isdigit():
        return None
    try:
        return float(datetime.fromisoformat(value).date().toordinal())
    except ValueError:
        return None


def _speaks(language: str, spoken: frozenset[str]) -> bool:
    return language in spoken or language.partition("-")[0] in spoken
