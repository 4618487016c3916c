"""What a broadcast may cost at most, and what its chunks hold of that.

Amounts are counted in billionths of the currency's unit, which is as exact as the price table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rundruf.core.chunk import Mark

PLACES = 9
NO_PRICE = "no price"  # codes of an account that stops
SPENT = "budget"
_PAID = (Mark.SENT, Mark.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Budget:
    """``amount`` is text such as "50.00", ``currency`` as in ISO 4217. With ``unpriced`` messages leave, too,
    that have no price in this currency; they count nothing.
    """

    amount: str
    currency: str
    unpriced: bool = False

    @property
    def limit(self) -> int:
        """The amount in billionths."""
        whole, _, part = self.amount.partition(".")
        return int(whole + part.ljust(PLACES, "0"))


def text_of(billionths: int) -> str:
    """An amount as text, to the cent where it has no smaller part."""
    whole, part = divmod(billionths, 10**PLACES)
    return f"{whole}.{f'{part:0{PLACES}}'.rstrip('0').ljust(2, '0')}"


@dataclass(frozen=True, slots=True)
class Hold:
    """What a chunk holds of the budget: for messages sent or unknown, and for those that may still leave.

    ``rates`` are what a message costs that was priced on the ``day`` (ISO), ``each`` which of them counts for
    each recipient, in order.
    """

    held: int
    day: str
    rates: tuple[int, ...]
    each: tuple[int, ...]

    def rate(self, index: int) -> int:
        return self.rates[self.each[index]]

    def holding(self, marks: bytes) -> "Hold":
        """The same for these marks."""
        return replace(self, held=sum(self.rate(at) for at, mark in enumerate(marks) if _counts(Mark(mark))))


def hold_of(day: str, rates: Sequence[int], marks: bytes) -> Hold:
    """``rates`` are what a message to each recipient costs, in order."""
    known = tuple(sorted(set(rates)))
    places: Mapping[int, int] = {rate: place for place, rate in enumerate(known)}
    return Hold(0, day, known, tuple(places[rate] for rate in rates)).holding(marks)


def paid(mark: Mark) -> bool:
    """Whether the messenger may charge for it."""
    return mark in _PAID


def _counts(mark: Mark) -> bool:
    return paid(mark) or not mark.final
