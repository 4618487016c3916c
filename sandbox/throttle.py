"""How many messages a messenger takes in a time."""

import time


class Throttle:
    """A bucket of ``burst`` messages that fills again at ``rate`` a second: over any T seconds no more
    than rate × T + burst messages pass."""

    __slots__ = ("burst", "level", "rate", "seen")

    def __init__(self, rate: float, burst: float | None = None) -> None:
        self.rate = rate
        self.burst = max(1.0, rate if burst is None else burst)
        self.level = self.burst
        self.seen = time.monotonic()

    def take(self) -> bool:
        """True if one more message may pass now (and then it is counted)."""
        now = time.monotonic()
        self.level = min(self.burst, self.level + (now - self.seen) * self.rate)
        self.seen = now
        if self.level < 1:
            return False
        self.level -= 1
        return True

    @property
    def full(self) -> bool:
        """True if nothing was taken for so long that a fresh bucket would be the same."""
        return self.level + (time.monotonic() - self.seen) * self.rate >= self.burst
