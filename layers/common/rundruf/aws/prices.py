"""The price table in the table: one item, since it is read and written as a whole."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from rundruf.aws import keys
from rundruf.aws.table import Table
from rundruf.core.price import Price

Stored = Mapping[str, str]


class TablePrices:
    """What messengers charge, as the business told it."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def all(self) -> list[Price]:
        return self.read()[0]

    def read(self) -> tuple[list[Price], int]:
        """The rows in the order they were told, and when that was (ms, 0: never)."""
        found = self.table.get(keys.setting("prices"))
        return ([_price_in(one) for one in found["rows"]], found["changed"]) if found else ([], 0)

    def put(self, rows: Sequence[Price], now: int) -> None:
        self.table.put(keys.setting("prices"), {"rows": [_price_out(one) for one in rows], "changed": now})


def _price_out(row: Price) -> dict[str, str | None]:
    return {
        "messenger": row.messenger,
        "account": row.account or None,
        "kind": row.kind,
        "country": row.country or None,
        "amount": str(row.amount),
        "currency": row.currency,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "source": row.source or None,
    }


def _price_in(stored: Stored) -> Price:
    until = stored.get("until")
    return Price(
        stored["messenger"],
        stored["kind"],
        Decimal(stored["amount"]),
        stored["currency"],
        date.fromisoformat(stored["since"]),
        date.fromisoformat(until) if until else None,
        stored.get("account", ""),
        stored.get("country", ""),
        stored.get("source", ""),
    )
