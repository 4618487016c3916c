"""One time on the wall for everybody: the moment that it is for each, on the clocks of their own zone.

A time that a zone's clocks leave out in spring is moved on by the gap (02:30 becomes 03:30), and of one that
comes twice in autumn the first counts.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

from rundruf.core.quiet import zone_of

RECIPIENT = "recipient"  # in place of a zone's name: everybody's own
EARLIEST = "Etc/GMT-14"  # UTC+14, in POSIX's signs: nowhere is any day earlier
AHEAD, BEHIND = 14 * 3_600_000, 12 * 3_600_000
_FORM = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?")


def local_time_of(text: str) -> str:
    """A time on the wall as it is stored, "2026-12-24T18:00"; raises ValueError for what is none."""
    if not _FORM.fullmatch(text):
        raise ValueError("a time on everybody's own clock is written like 2026-12-24T18:00, without a zone")
    try:
        return datetime.fromisoformat(text).isoformat(timespec="minutes")
    except ValueError:
        raise ValueError("there is no such day or hour") from None


def first(local: str) -> int:
    """When (ms) it is this time in the first zone on earth."""
    return _utc(local) - AHEAD


def last(local: str) -> int:
    """When (ms) it is this time in the last zone on earth."""
    return _utc(local) + BEHIND


def local_at(at: int) -> str:
    """The time on the wall that begins at this moment (ms) in the first zone on earth."""
    return datetime.fromtimestamp((at + AHEAD) / 1000, UTC).replace(tzinfo=None).isoformat(timespec="minutes")


@lru_cache(maxsize=4096)
def moment(local: str, zone: str, fallback: str) -> int:
    """When (ms) it is this time in a zone, or in the ``fallback`` where that is unknown or no zone."""
    return int(datetime.fromisoformat(local).replace(tzinfo=zone_of(zone, fallback)).timestamp() * 1000)


def _utc(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp() * 1000)
