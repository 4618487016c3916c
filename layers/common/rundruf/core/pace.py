"""Pacing: when the next messages of an account may leave (a leaky bucket kept as one time)."""

from dataclasses import dataclass

SAFETY = 0.97
HORIZON = 2_000
# How late (ms) a worker may come back and still make good for it. SAFETY leaves 30 ms of each second free,
# and the net needs some of them.
LATENESS = 20
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 900.0


@dataclass(frozen=True, slots=True)
class Slots:
    """Room for some messages: the first at ``start`` (ms), each ``spacing`` ms after the last."""

    start: float
    spacing: float


def spacing(rate: float) -> float:
    """Milliseconds between two messages at this rate (messages a second), a little on the safe side."""
    return 1000 / (rate * SAFETY)


def slots(due: float, now: float, count: int, gap: float) -> Slots:
    """Room for ``count`` messages from ``due`` on; what was due a moment ago is caught up with evenly."""
    late = now - due
    return Slots(due, gap) if late <= 0 else Slots(now, max(0.0, gap - late / count))


def backoff(attempt: int) -> float:
    """Seconds to wait before the given attempt (1 is the first repetition): 2, 8, 32, 128, 512."""
    return min(LONGEST_WAIT, 2.0 * 4.0 ** max(0, attempt - 1))


def clamped(retry_after: float | None) -> float:
    """Seconds to keep an account still after a refusal; absurd or missing values become sane ones."""
    if retry_after is None or retry_after != retry_after:
        return SHORTEST_WAIT
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, retry_after))
