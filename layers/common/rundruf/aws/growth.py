"""Counters of how topics grow, in the table: one item for each day, step and source."""

from collections import Counter
from collections.abc import Mapping

from rundruf.aws import keys
from rundruf.aws.table import Change, Table
from rundruf.core.retention import Keep


class TableGrowth:
    """Counted from the ledger's stream, so that no consent waits for a figure."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def count(self, changes: Mapping[tuple[str, str], int], now: int) -> None:
        """Add to counters, named by (topic, step)."""
        for (topic, name), number in changes.items():
            change = Change().add(people=number).set(expires=Keep.DELIVERY.until(now))
            self.table.update(keys.growth(topic, name), change, returned="NONE")

    def of(self, topic: str) -> Counter[str]:
        """Every counter of a topic."""
        return Counter({item["sk"]: item["people"] for item in self.table.all(f"growth#{topic}")})
