"""Frequency caps: at most so many marketing messages to one person in any day, week or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PERIODS: Mapping[str, int] = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}
MOST = 31  # so many times of messages are kept with a contact, at most


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` messages in any ``period`` (ms), wherever it begins."""

    most: int
    period: int


@dataclass(frozen=True, slots=True)
class Caps:
    """``overall`` counts every marketing message to a person, ``of_topic`` those of the message's topic."""

    overall: tuple[Cap, ...] = ()
    of_topic: tuple[Cap, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.overall or self.of_topic)


NO_CAPS = Caps()


def caps_of(counts: Mapping[str, int]) -> tuple[Cap, ...]:
    """The caps of ``{"day": 1, "week": 3}``; 0 or nothing means none. Raises ValueError."""
    for name, most in counts.items():
        if name not in PERIODS or not 0 <= most <= MOST:
            raise ValueError(f"at most {MOST} a {', '.join(PERIODS)}")
    return tuple(Cap(counts[name], period) for name, period in PERIODS.items() if counts.get(name))


def counts_of(caps: Sequence[Cap]) -> dict[str, int]:
    """The other way round."""
    return {name: cap.most for cap in caps for name, period in PERIODS.items() if cap.period == period}


def kept(caps: Sequence[Cap]) -> int:
    """How many times of messages these caps look back on."""
    return max((cap.most for cap in caps), default=0)


def reached(times: Sequence[int], caps: Sequence[Cap], now: int) -> bool:
    """Whether one more message now (ms) would be too many; ``times`` are the latest ones, newest first."""
    return any(len(times) >= cap.most and times[cap.most - 1] > now - cap.period for cap in caps)
