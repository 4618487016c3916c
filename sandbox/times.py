"""The wall clock, in the one unit the sandbox speaks."""

import time


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
