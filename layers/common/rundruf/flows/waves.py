"""Broadcast by local time -> people by zone -> when each of them gets it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rundruf.core.local_time import first, moment
from rundruf.flows.services import Services


@dataclass(frozen=True, slots=True)
class Waves:
    """When (ms) how many people get a broadcast by local time; ``passed`` of them at its start, since their
    time is over by then, and ``quiet`` later than its time, since they have quiet time then.
    """

    people: Mapping[int, int]
    passed: int = 0
    quiet: int = 0
    quiet_until: int = 0

    @property
    def last(self) -> int:
        return max(self.people, default=0)


def begins(local: str, now: int) -> int:
    """When (ms) a broadcast by local time starts: where it is that time first, or now where that is over."""
    return max(first(local), now)


def waves(local: str, zones: Mapping[str, int], services: Services) -> Waves:
    """``zones`` are people by the name of their zone, as their contacts tell it."""
    settings, start = services.settings, begins(local, services.now())
    people, passed, quiet, quiet_until = Counter[int](), 0, 0, 0
    for zone, count in zones.items():
        comes = moment(local, zone, settings.zone)
        at = max(comes, start)
        passed += count if comes < start else 0
        until = settings.quiet.until(zone, at)
        quiet += count if until else 0
        quiet_until = max(quiet_until, until)
        people[until or at] += count
    return Waves(dict(sorted(people.items())), passed, quiet, quiet_until)
