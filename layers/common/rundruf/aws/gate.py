"""Was this event's effect done already? One conditional record per event; it holds no text."""

from rundruf.aws import keys
from rundruf.aws.table import Change, Refused, Table
from rundruf.core.retention import Keep
from rundruf.flows.services import Unfinished

LEASE = 60_000


class TableGate:
    """The Gate that flows use."""

    def __init__(self, table: Table, owner: str) -> None:
        self.table, self.owner = table, owner

    def open(self, account_id: str, event: str, now: int) -> bool:
        change = Change().set(
            state="open", owner=self.owner, until=now + LEASE, expires=Keep.EVENT.until(now)
        )
        change.when(
            "attribute_not_exists(pk) OR (#state = :open AND (#until < :now OR #owner = :me))",
            open="open",
            now=now,
            me=self.owner,
        )
        try:
            self.table.update(keys.event(account_id, event), change, "NONE")
        except Refused as refused:
            if refused.item and refused.item["state"] == "open":
                raise Unfinished("event in work") from None
            return False
        return True

    def done(self, account_id: str, event: str) -> None:
        self.table.update(keys.event(account_id, event), Change().set(state="done"), "NONE")
