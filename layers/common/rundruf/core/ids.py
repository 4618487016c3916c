"""Short ids that sort by time."""

import hashlib

_DIGITS = "0123456789abcdefghijklmnopqrstuv"


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
