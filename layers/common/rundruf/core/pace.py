"""Pacing: when the next messages of an account may leave (a leaky bucket kept as one time)."""

from dataclasses import dataclass

SAFETY = 0.97
HORIZON = 2_000
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


def backoff(attempt: int) -> float:
    """Seconds to wait before the given attempt (1 is the first repetition): 2, 8, 32, 128, 512."""
    return min(LONGEST_WAIT, 2.0 * 4.0 ** max(0, attempt - 1))


def clamped(retry_after: float | None) -> float:
    """Seconds to keep an account still after a refusal; absurd or missing values become sane ones."""
    if retry_after is None or retry_after != retry_after:
        return SHORTEST_WAIT
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, retry_after))
