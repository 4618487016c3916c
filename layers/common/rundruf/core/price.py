"""What messengers charge: a table with the days its rows hold, and what it says of one message.

Messengers change their prices and tell some to business partners only: so the table is the user's own, and a
price that it does not know is said to be unknown, never 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

ANY = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What a message costs on these days, the last one included (None: until further notice).

    ``account`` and ``country`` (the beginning of a telephone number, such as "49") are "" where the row is
    for all of them; ``kind`` is "marketing" or "transactional"; ``currency`` as in ISO 4217; ``source`` says
    where the price is from.
    """

    messenger: str
    kind: str
    amount: Decimal
    currency: str
    since: date
    until: date | None = None
    account: str = ANY
    country: str = ANY
    source: str = ""

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is for: two rows for the same may not hold on the same day."""
        return self.messenger, self.account, self.kind, self.country

    def overlaps(self, other: "Price") -> bool:
        begins_before = other.until is None or self.since <= other.until
        ends_after = self.until is None or other.since <= self.until
        return self.place == other.place and begins_before and ends_after


def problems(rows: Sequence[Price]) -> list[tuple[int, str]]:
    """(row, what is wrong with it), counted from 0."""
    wrong = [
        (at, "until lies before since") for at, row in enumerate(rows) if row.until and row.until < row.since
    ]
    by_place: dict[tuple[str, str, str, str], list[int]] = {}
    for at, row in enumerate(rows):
        by_place.setdefault(row.place, []).append(at)
    for many in by_place.values():
        for one, other in combinations(many, 2):
            if rows[one].overlaps(rows[other]):
                wrong.append((other, f"holds on days on which row {one + 1} holds for the same"))
    return sorted(wrong)


def countries(rows: Iterable[Price], account: str, kind: str) -> tuple[str, ...]:
    """The countries that the table tells apart for an account ("messenger/name"), longest first."""
    found = {row.country for row in rows if _for(row, account, kind) and row.country}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def country_of(user_id: str, known: Sequence[str]) -> str:
    """Which of these countries (longest first) a telephone number belongs to; "" for none of them."""
    digits = user_id.removeprefix("+")
    return next((one for one in known if digits.startswith(one)), ANY) if digits.isdecimal() else ANY


def price(rows: Iterable[Price], account: str, kind: str, country: str, day: date) -> Price | None:
    """The row that counts: one for this account before one for all, then one for the country."""
    held = [
        row
        for row in rows
        if _for(row, account, kind) and row.country in (country, ANY) and row.holds_on(day)
    ]
    return max(held, key=lambda row: (bool(row.account), bool(row.country)), default=None)


def _for(row: Price, account: str, kind: str) -> bool:
    messenger, _, name = account.partition("/")
    return row.messenger == messenger and row.kind == kind and row.account in (name, ANY)


@dataclass(frozen=True, slots=True)
class Cost:
    """What messages would cost, by currency; ``unpriced`` is how many have no price in the table."""

    amounts: Mapping[str, Decimal]
    unpriced: int


def cost(rows: Sequence[Price], messages: Mapping[tuple[str, str], int], kind: str, day: date) -> Cost:
    """``messages`` are counted by account and country."""
    amounts: dict[str, Decimal] = {}
    unpriced = 0
    for (account, country), count in messages.items():
        row = price(rows, account, kind, country, day)
        if row is None:
            unpriced += count
        else:
            amounts[row.currency] = amounts.get(row.currency, Decimal()) + row.amount * count
    return Cost(amounts, unpriced)
