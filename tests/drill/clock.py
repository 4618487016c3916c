"""The drill's clock: real time and a jump, so that leases, delays and visibility pass without waiting."""

import threading
import time


class Clock:
    """Milliseconds since 1970; ``offset`` only grows."""

    def __init__(self) -> None:
        self.offset = 0
        self._lock = threading.Lock()

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset

    def pass_until(self, at: int) -> None:
        """Jump to a time; one that has passed changes nothing."""
        with self._lock:
            self.offset += max(0, at - self.now())

    def passes(self, seconds: float) -> None:
        self.pass_until(self.now() + round(seconds * 1000))
