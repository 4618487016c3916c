"""When a newsletter goes out: cron expressions and RFC 5545 rules on the clocks of a zone, as moments.

Two libraries do the calendar (cronsim, dateutil), both without a zone's changes of the clock; these rules
hold for both. A time that the clocks leave out in spring is moved to after the gap, so that no issue is lost
(RFC 5545 3.3.10 would leave it out); a time that comes twice in autumn counts the first time only. Hours that
are not fixed ("every hour") follow the clock on the wall in a rule and real time in a cron expression.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rundruf.core.local_time import EARLIEST, RECIPIENT
from rundruf.core.newsletter import Newsletter, Schedule

if TYPE_CHECKING:
    from dateutil.rrule import rrule

SHOWN = 5
FARTHEST = timedelta(days=366 * 12)  # a leap day is eight years away at most
_CRON_FIELDS = 5
_CHANGE = timedelta(hours=3)  # more than any zone's clocks are moved by
_RULE = re.compile(r"[A-Z]+=[-+A-Z0-9,]+(;[A-Z]+=[-+A-Z0-9,]+)*")
_PARTS = frozenset(
    (
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSETPOS",
    )
)
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# dateutil looks for a date that never comes until the year 9999. The calendar repeats every 400 years, so a
# rule is asked as late as possible, which leaves it 20 times fewer years to look through.
_CYCLE, _LAST_YEAR = 400, 9_580


def clocks(zone: str) -> ZoneInfo:
    """The clocks that a schedule follows; where it is everybody's own zone, those that come first.

    Raises LookupError or ValueError for an unknown zone.
    """
    return ZoneInfo(EARLIEST if zone == RECIPIENT else zone)


def next_slot(cron: str, zone: str, after: int) -> int:
    """The first moment (ms) later than ``after`` that the cron expression names in the zone.

    Raises ValueError for an expression that is none or never comes, and LookupError for an unknown zone.
    """
    return next(_cron(cron, zone, after))


def following(newsletter: Newsletter, after: int) -> int:
    """The slot after this moment (ms), or 0 when none is left."""
    return next(slots(newsletter.schedule, newsletter.created, after), 0)


def upcoming(newsletter: Newsletter, now: int, count: int = SHOWN) -> list[int]:
    """The next slots (ms), the one that is due among them."""
    if not newsletter.next_at:
        return []
    after = max(newsletter.next_at, now)
    rest = islice(slots(newsletter.schedule, newsletter.created, after), count - 1)
    return [newsletter.next_at, *rest]


def slots(schedule: Schedule, created: int, after: int) -> Iterator[int]:
    """Every moment (ms) of a schedule later than ``after``, each once.

    Raises ValueError, with what is wrong, for a cron expression or rule that is none, and for a cron
    expression that never comes; LookupError for an unknown zone.
    """
    if schedule.cron:
        return _cron(schedule.cron, schedule.zone, after)
    if schedule.rrule:
        return _ruled(schedule, created, after)
    return iter([schedule.at] if schedule.at > after else [])


def _cron(cron: str, zone: str, after: int) -> Iterator[int]:
    from cronsim import CronSim, CronSimError

    last, none = datetime.fromtimestamp(after / 1000, UTC) + FARTHEST, True
    try:
        if len(cron.split()) != _CRON_FIELDS:
            raise ValueError
        for found in CronSim(cron, datetime.fromtimestamp(after / 1000, clocks(zone))):
            if found > last:
                break
            none = False
            yield _ms(found)
    except (CronSimError, ValueError):
        raise ValueError("this is no cron expression; '0 9 * * 1' is Mondays at nine") from None
    if none:
        raise ValueError("this cron expression never comes; '0 9 * * 1' is Mondays at nine")


def _ruled(schedule: Schedule, created: int, after: int) -> Iterator[int]:
    """The moments of a rule in order; none left is no error, since a rule may end."""
    zone = clocks(schedule.zone)
    rule, shift = _rule(schedule, created)
    last = max(after, created) + FARTHEST // timedelta(milliseconds=1)
    begin = datetime.fromtimestamp(after / 1000, zone).replace(tzinfo=None) - _CHANGE
    waiting: list[int] = []
    for found in rule.xafter(begin.replace(year=begin.year + shift), inc=True):
        local = found.replace(year=found.year - shift)
        moment = _ms(local.replace(tzinfo=zone))
        # What the clocks left out is moved on, maybe beyond what comes next on the wall.
        while waiting and waiting[0] <= moment - _CHANGE // timedelta(milliseconds=1):
            yield waiting.pop(0)
        if moment > last:
            break
        if moment > after and moment not in waiting:
            waiting = sorted([*waiting, moment])
    yield from waiting


def _rule(schedule: Schedule, created: int) -> "tuple[rrule, int]":
    """dateutil's rule, by how many years it lies too late; raises ValueError with what is wrong."""
    from dateutil.rrule import rrule, rrulestr

    given = _given(schedule.rrule)
    zone = clocks(schedule.zone)
    if schedule.starts:
        try:
            begin = datetime.fromisoformat(schedule.starts)
        except ValueError:
            raise ValueError("starts: write the time on the zone's clocks, 2026-11-02T09:00") from None
        if begin.tzinfo is not None:
            raise ValueError("starts: leave the offset out; it is the time on the zone's clocks")
    elif given["FREQ"] != "HOURLY" and "BYHOUR" not in given:
        raise ValueError("say at what hour: BYHOUR=9;BYMINUTE=0, or give starts")
    else:
        begin = datetime.fromtimestamp(created / 1000, zone).replace(tzinfo=None, hour=0)
        begin = begin.replace(minute=0, second=0, microsecond=0)
    shift = (_LAST_YEAR - begin.year) // _CYCLE * _CYCLE
    if "UNTIL" in given:
        given["UNTIL"] = _until(given["UNTIL"], zone, shift)
    text = ";".join(f"{name}={value}" for name, value in given.items())
    try:
        made = rrulestr(text, dtstart=begin.replace(year=begin.year + shift, second=0, microsecond=0))
    except (ValueError, TypeError, KeyError, IndexError):
        raise ValueError("this is no rule of RFC 5545; 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9' is") from None
    if not isinstance(made, rrule):
        raise ValueError("give one rule")
    return made, shift


def _given(text: str) -> dict[str, str]:
    """The parts of a rule by name, as far as they can be told to be wrong without a calendar."""
    text = text.strip().upper().removeprefix("RRULE:")
    if not _RULE.fullmatch(text):
        raise ValueError("this is no rule of RFC 5545; 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=9' is")
    parts = [part.partition("=") for part in text.split(";")]
    given = {name: value for name, _, value in parts}
    unknown = sorted(set(given) - _PARTS)
    if unknown or len(given) != len(parts):
        raise ValueError(f"{unknown[0] if unknown else 'a part given twice'} is not possible in a rule")
    if given.get("FREQ") not in _FREQUENCIES:
        raise ValueError(f"FREQ must be one of {', '.join(_FREQUENCIES)}")
    for name in ("INTERVAL", "COUNT"):
        if name in given and not re.fullmatch(r"[1-9][0-9]{0,3}", given[name]):
            raise ValueError(f"{name} is a number from 1 to 9999")
    return given


def _until(text: str, zone: ZoneInfo, shift: int) -> str:
    """UNTIL as time on the zone's clocks, so many years later; a day counts to its end."""
    try:
        if len(text) == len("20261231"):
            until = datetime.strptime(text, "%Y%m%d").replace(hour=23, minute=59)
        else:
            until = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")
        if text.endswith("Z"):
            until = until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return until.replace(year=min(until.year + shift, 9999)).strftime("%Y%m%dT%H%M%S")
    except (ValueError, OverflowError):
        raise ValueError("UNTIL is a day like 20261231 or a time like 20261231T080000Z") from None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
