"""What somebody did too often, remembered for a day beside the contact or the account."""

from collections.abc import Sequence

from rundruf.aws import keys
from rundruf.aws.table import Change, Table
from rundruf.core.caps import HOUR
from rundruf.core.retention import Keep


class TableGuard:
    """The Guard that flows use."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def times(self, contact: str, what: str) -> Sequence[int]:
        found = self.table.get(keys.guard(contact, what))
        return tuple(found["times"]) if found else ()

    def keep(self, contact: str, what: str, times: Sequence[int]) -> None:
        expires = Keep.GUARD.until(times[0])
        self.table.put(keys.guard(contact, what), {"times": list(times), "expires": expires})

    def counted(self, account_id: str, what: str, now: int) -> int:
        found = self.table.get(keys.guarded(account_id, what, now // HOUR))
        return int(found["count"]) if found else 0

    def count(self, account_id: str, what: str, now: int, more: int) -> None:
        change = Change().add(count=more).set(expires=Keep.GUARD.until(now))
        self.table.update(keys.guarded(account_id, what, now // HOUR), change, "NONE")
