"""What the drill did, told at its end: crash points tried, kills, lost answers, duplicates, lost, unknown."""

import os
from collections import Counter

SEED = int(os.environ.get("DRILL_SEED", "20261123"))


class Counts:
    """Sums and maxima by name."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter({"duplicates": 0, "lost": 0})
        self.largest: dict[str, float] = {}

    def add(self, name: str, by: int = 1) -> None:
        self.sums[name] += by

    def most(self, name: str, value: float) -> None:
        self.largest[name] = max(self.largest.get(name, 0), value)

    def saved(self) -> tuple[Counter[str], dict[str, float]]:
        return self.sums.copy(), dict(self.largest)

    def restore(self, saved: tuple[Counter[str], dict[str, float]]) -> None:
        """As it was: what a planted fault does is not the drill's."""
        self.sums, self.largest = saved

    def merge(self, sums: dict[str, int], largest: dict[str, float]) -> None:
        """What another process of the same run has counted."""
        self.sums.update(sums)
        for name, value in largest.items():
            self.most(name, value)

    def lines(self) -> list[str]:
        told = [f"{name:<36}{number}" for name, number in sorted(self.sums.items())]
        return told + [f"{name + ', at most':<36}{value:g}" for name, value in sorted(self.largest.items())]


COUNTS = Counts()
