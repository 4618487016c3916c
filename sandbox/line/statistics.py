"""How people met a message, as LINE counts it: by aggregation unit, nothing below 20 people."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.line.errors import bad

TOKYO = timedelta(hours=9)
PRIVATE_BELOW = 20
SPAN_DAYS = 30
NAMES_A_MONTH = 1000


def today() -> date:
    """The day as LINE's statistics count it, at UTC+9."""
    return (datetime.now(UTC) + TOKYO).date()


def day(text: str, name: str) -> date:
    """A day written yyyyMMdd; raises Refused."""
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise bad(
            "The request body has 1 error(s)", {"message": "must be yyyyMMdd", "property": name}
        ) from None


def _hidden(people: int, number: int | None = None) -> int | None:
    """The number, or None if it comes from fewer than 20 people."""
    if people < PRIVATE_BELOW:
        return None
    return people if number is None else number


@dataclass(slots=True)
class Day:
    """One unit on one day: who looked at which bubble, and the addresses that can be opened in each."""

    opened: dict[int, Counter[str]] = field(default_factory=dict)
    urls: dict[tuple[int, str], None] = field(default_factory=dict)


@dataclass(slots=True)
class Statistics:
    """The aggregation units of one channel, by name and day."""

    units: dict[str, dict[date, Day]] = field(default_factory=dict)

    def known(self, unit: str) -> bool:
        """True if the unit counts; beyond 1,000 names a month messages go out without it."""
        return unit in self.units or len(self.units) < NAMES_A_MONTH

    def sent(self, unit: str, bubbles: list[list[str]]) -> None:
        """A message of so many bubbles went out, each with these addresses."""
        one = self.units.setdefault(unit, {}).setdefault(today(), Day())
        for place, urls in enumerate(bubbles, 1):
            one.opened.setdefault(place, Counter())
            one.urls |= dict.fromkeys((place, url) for url in urls)

    def seen(self, unit: str, user: str, bubbles: int) -> None:
        """Somebody looked at all bubbles of a message."""
        one = self.units[unit][today()]
        for place in range(1, bubbles + 1):
            one.opened[place][user] += 1

    def told(self, unit: str, start: str, end: str) -> dict[str, Any]:
        """What ``insight/message/event/aggregation`` answers; raises Refused."""
        first, last = day(start, "from"), day(end, "to")
        if not first <= last <= first + timedelta(days=SPAN_DAYS):
            raise bad("The request body has 1 error(s)", {"message": "at most 30 days", "property": "to"})
        days = [one for when, one in self.units.get(unit, {}).items() if first <= when <= last]
        people = {user for one in days for counts in one.opened.values() for user in counts}
        places = sorted({place for one in days for place in one.opened})
        urls = dict.fromkeys(pair for one in days for pair in one.urls)
        return {
            "overview": {
                "uniqueImpression": _hidden(len(people)),
                "uniqueClick": None,
                "uniqueMediaPlayed": None,
                "uniqueMediaPlayed100Percent": None,
            },
            "messages": [self._bubble(place, days) for place in places],
            "clicks": [
                {"seq": place, "url": url, "click": None, "uniqueClick": None, "uniqueClickOfRequest": None}
                for place, url in urls
            ],
        }

    def _bubble(self, place: int, days: list[Day]) -> dict[str, Any]:
        counts: Counter[str] = sum((one.opened.get(place, Counter()) for one in days), Counter())
        played = {
            name: None
            for part in ("", "25Percent", "50Percent", "75Percent", "100Percent")
            for name in (f"mediaPlayed{part}", f"uniqueMediaPlayed{part}")
        }
        return {
            "seq": place,
            "impression": _hidden(len(counts), counts.total()),
            "uniqueImpression": _hidden(len(counts)),
            **played,
        }
