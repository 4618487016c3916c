"""How many messages one conversation takes: several windows at once, as Teams publishes them."""

import math
import time
from collections import deque

# (seconds, messages), as of 2026-11-22.
LIMITS = ((1, 7), (2, 8), (30, 60), (3600, 1800))


class Pace:
    """The sends and creations of one conversation."""

    __slots__ = ("taken",)

    def __init__(self) -> None:
        self.taken: deque[float] = deque(maxlen=LIMITS[-1][1])

    def wait(self) -> int:
        """0 if one more may pass now (and then it is counted), else the seconds until one may."""
        now = time.monotonic()
        waits = [
            self.taken[-most] + seconds - now
            for seconds, most in LIMITS
            if len(self.taken) >= most and self.taken[-most] > now - seconds
        ]
        if waits:
            return max(1, math.ceil(max(waits)))
        self.taken.append(now)
        return 0
