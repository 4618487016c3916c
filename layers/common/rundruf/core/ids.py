"""Short ids that sort by time."""

import hashlib
import re

_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_LATE = re.compile(f"([{_DIGITS}]{{16}})z[1-9]")
MOST_LATE = 9


def timed_id(at: int, tail: str) -> str:
    """Nine characters of time (ms, good until the year 3084) and the tail."""
    digits = ""
    for _ in range(9):
        at, digit = divmod(at, 32)
        digits = _DIGITS[digit] + digits
    return digits + tail


def issue_id(newsletter: str, slot: int) -> str:
    """The id of the broadcast that a newsletter's slot is: the same however often it is due."""
    tail = hashlib.sha256(f"{newsletter}:{slot}".encode()).hexdigest()[:7]
    return timed_id(slot, tail)


def late_id(issue: str, number: int | str) -> str:
    """The id of an issue's late issue with this number (1 to ``MOST_LATE``); "": how all of them begin."""
    return f"{issue}z{number}"


def late_of(broadcast: str) -> str:
    """The issue whose late issue this is; "" for every other broadcast."""
    found = _LATE.fullmatch(broadcast)
    return found[1] if found else ""
