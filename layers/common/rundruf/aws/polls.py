"""How far each account without webhooks has been read: a lease and a cursor in one item."""

from rundruf.aws import keys
from rundruf.aws.table import Change, Refused, Table
from rundruf.core.retention import Keep


class TablePolls:
    """The Polls that flows use."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def lease(self, key: str, owner: str, now: int, until: int) -> str | None:
        change = Change().set(owner=owner, lease=until, expires=Keep.CURSOR.until(now))
        change.when("attribute_not_exists(#lease) OR #lease <= :now", now=now)
        try:
            return str(self.table.update(keys.poll(key), change).get("cursor", ""))
        except Refused:
            return None

    def move(self, key: str, owner: str, before: str, cursor: str) -> bool:
        change = Change().set(cursor=cursor).when("#owner = :me", me=owner)
        if before:
            change.when("#cursor = :before", before=before)
        else:
            change.when("attribute_not_exists(#cursor)")
        return self._updated(key, change)

    def release(self, key: str, owner: str) -> None:
        self._updated(key, Change().set(lease=None, owner=None).when("#owner = :me", me=owner))

    def _updated(self, key: str, change: Change) -> bool:
        try:
            self.table.update(keys.poll(key), change, "NONE")
        except Refused:
            return False
        return True
