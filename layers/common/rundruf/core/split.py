"""Variants and holdout: which part of a broadcast's audience a person is in, drawn by a seed.

The draw is a pure function of seed and contact, so it is the same in the planner, at the moment of sending,
after a crash and in the report, and nothing has to be written down for anybody.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rundruf.core.message import Message

HOLDOUT = "holdout"  # gets nothing, for comparison
REST = "rest"  # waits for the winner
MOST = 5
ENOUGH = 100  # people
DECIDED_AFTER = 4 * 3_600_000  # ms
SEED_BYTES = 16
_HALF = 8


class Measure(StrEnum):
    """By what the variants are compared."""

    CLICKED = "clicked"  # clicks, not people, for each person who was sent it
    REPLIED = "replied"
    READ = "read"
    LEFT = "left"  # the fewest win


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several messages; without one of its own it is the broadcast's."""

    name: str
    weight: int = 1
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How the winner is found without anybody's word; times in ms from the moment on which the variants go.

    Each variant must have reached ``at_least`` people of whom the measure can be told. After ``after`` it is
    looked at; where nothing can be said then, it is looked at again, and from ``otherwise`` on the first
    variant goes (0: only somebody's word helps).
    """

    by: Measure
    at_least: int = ENOUGH
    after: int = DECIDED_AFTER
    otherwise: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """How an audience is split; ``holdout`` and ``test`` are shares of it, 0 to 1.

    Those in neither of them wait for the winner; without ``test`` everybody gets one of the variants at once.
    ``seed`` is hexadecimal.
    """

    seed: str
    variants: tuple[Variant, ...] = ()
    holdout: float = 0.0
    test: float = 0.0
    rule: Rule | None = None

    def part(self, contact: str) -> str:
        """The part a contact is in: a variant's name, ``HOLDOUT`` or ``REST``; "" where there is no other."""
        place, variant = lots(self.seed, contact)
        if place < self.holdout:
            return HOLDOUT
        if self.test and place >= self.holdout + self.test:
            return REST
        return self.drawn(variant)

    def drawn(self, lot: float) -> str:
        """The variant at this place (0 to 1) of all weights laid end to end; "" where there are none."""
        whole = sum(one.weight for one in self.variants)
        below = 0
        for one in self.variants:
            below += one.weight
            if lot * whole < below:
                return one.name
        return self.variants[-1].name if self.variants else ""

    @property
    def rounds(self) -> int:
        """How often the audience is planned: those who wait for the winner have chunks of their own."""
        return 2 if self.test else 1

    def turn(self, part: str) -> int:
        """In which round people of this part are planned."""
        return int(bool(self.test) and part in (HOLDOUT, REST))

    def parts(self) -> list[str]:
        """Every part there is, variants first."""
        names = [one.name for one in self.variants] or [""]
        return names + [REST] * bool(self.test) + [HOLDOUT] * bool(self.holdout)

    def share(self, part: str) -> float:
        """How much of the audience a part is, 0 to 1."""
        if part == HOLDOUT:
            return self.holdout
        if part == REST:
            return 1 - self.holdout - self.test
        among = self.test or 1 - self.holdout
        whole = sum(one.weight for one in self.variants)
        mine = sum(one.weight for one in self.variants if one.name == part)
        return among * mine / whole if whole else among


def lots(seed: str, contact: str) -> tuple[float, float]:
    """Two independent numbers from 0 to below 1, always the same for a contact and a seed."""
    digest = hmac.digest(bytes.fromhex(seed), contact.encode(), "sha256")
    halves = (digest[:_HALF], digest[_HALF : 2 * _HALF])
    first, second = (int.from_bytes(half, "big") >> 11 for half in halves)  # as many bits as a float has
    return first / 2**53, second / 2**53


def messages(own: Message, split: Split | None) -> Iterable[tuple[str, Message]]:
    """Every message of a broadcast by the variant's name; its ``own`` alone ("") where there is no other."""
    if split is None or not split.variants:
        return [("", own)]
    return [(one.name, one.message or own) for one in split.variants]
