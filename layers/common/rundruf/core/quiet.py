"""Quiet times: hours of the night and whole days in which marketing leaves nobody's phone ringing.

They are meant on the wall clock of the person's own zone: in the hour that comes twice in autumn a quiet time
is quiet twice, and in spring one that would end in the missing hour ends as it is left out.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

MINUTE = 60_000
LONGEST = 40 * 24 * 60  # minutes after which somebody is written to, whatever the days say
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Quiet:
    """From minute ``start`` to minute ``end`` of a day (equal: never), and on whole weekdays and dates.

    ``zone`` is the business's, for people whose own is not known. Weekdays count from Monday, 0.
    """

    zone: str = "UTC"
    start: int = 0
    end: int = 0
    weekdays: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()

    def __bool__(self) -> bool:
        return self.start != self.end or bool(self.weekdays or self.dates)

    def until(self, zone: str, now: int) -> int:
        """When the quiet time that it is now (ms) in this zone ends; 0 where it is none."""
        if not self:
            return 0
        ends = _until(self, zone, now // MINUTE)
        return ends * MINUTE if ends else 0


NEVER = Quiet()


def quiet_of(start: str, end: str, days: str, zone: str) -> Quiet:
    """Quiet times as settings spell them: "22:00", "08:00", "sun,2026-12-25". Raises ValueError."""
    if bool(start) != bool(end):
        raise ValueError("give both ends of the quiet hours, or none")
    words = [one.strip().lower() for one in days.split(",") if one.strip()]
    weekdays = frozenset(WEEKDAYS.index(one) for one in words if one in WEEKDAYS)
    if len(weekdays) == len(WEEKDAYS):
        raise ValueError("somebody must be written to on some day")
    dates = frozenset(date.fromisoformat(one) for one in words if one not in WEEKDAYS)
    made = Quiet(zone, _minutes(start), _minutes(end), weekdays, dates)
    if made:
        _known(zone)
    return made


def _minutes(clock: str) -> int:
    hours, _, minutes = (clock or "0:0").partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise ValueError(f"a time of day is written like 22:00, not {clock!r}")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=4096)
def _until(quiet: Quiet, zone: str, minute: int) -> int:
    """The first minute since 1970 that is not quiet; 0 where this one is none."""
    where = zone_of(zone, quiet.zone)
    if not _is_quiet(quiet, where, minute):
        return 0
    later = range(minute + 1, minute + LONGEST)
    return next((one for one in later if not _is_quiet(quiet, where, one)), minute + LONGEST)


def _is_quiet(quiet: Quiet, where: tzinfo, minute: int) -> bool:
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(where)
    if local.weekday() in quiet.weekdays or local.date() in quiet.dates:
        return True
    clock = local.hour * 60 + local.minute
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


@lru_cache(maxsize=1024)
def zone_of(name: str, fallback: str) -> tzinfo:
    """The person's zone; the business's where theirs is unknown or no zone at all."""
    for one in (name, fallback):
        try:
            return _known(one)
        except ValueError:
            continue
    return UTC


def _known(name: str) -> tzinfo:
    """Raises ValueError for what is no zone."""
    from zoneinfo import ZoneInfo  # no door pays for it where nobody has quiet times

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"{name!r} is no IANA time zone") from None
