"""Was this event's effect done already? One conditional record per event; it holds no text."""

from collections.abc import Callable

from rundruf.aws import keys
from rundruf.aws.table import Change, Refused, Table
from rundruf.core.retention import Keep
from rundruf.core.tokens import Keys, keyed_hash
from rundruf.flows.services import Unfinished

LEASE = 60_000


class TableGate:
    """The Gate that flows use."""

    def __init__(self, table: Table, secret: Callable[[], Keys], owner: str) -> None:
        self.table, self.secret, self.owner = table, secret, owner

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
            self.table.update(self._key(account_id, event), change, "NONE")
        except Refused as refused:
            if refused.item and refused.item["state"] == "open":
                raise Unfinished("event in work") from None
            return False
        return True

    def done(self, account_id: str, event: str) -> None:
        self.table.update(self._key(account_id, event), Change().set(state="done"), "NONE")

    def _key(self, account_id: str, event: str) -> keys.Key:
        """An event id can reveal a number (WhatsApp's holds it in base64), so it is hashed with our key."""
        return keys.event(keyed_hash(self.secret(), "event", f"{account_id}\0{event}").hex())
