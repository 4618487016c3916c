"""Tokens and public keys that run out, in one item each, so that one worker fetches for all."""

from rundruf.aws import keys
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.retention import Keep
from rundruf.flows.services import Held


class TableRenewables:
    """The Renewables that flows use; what this process was told stays in its memory."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._told: dict[str, Held] = {}

    def recalled(self, key: str) -> Held | None:
        return self._told.get(key)

    def get(self, key: str) -> Held:
        item = self.table.get(keys.renewable(key))
        held = self._told[key] = _held(item) if item else Held()
        return held

    def lease(self, key: str, seen: Held, owner: str, until: int, forced: int) -> bool:
        wish = Change().set(owner=owner, lease=until, trouble=None, denied=None)
        wish.set(expires=Keep.RENEWABLE.until(max(until, seen.until)))
        if forced:
            wish.set(forced=forced)
        if seen.at:
            wish.when("#at = :at", at=seen.at)
        else:
            wish.when("attribute_not_exists(#at)")
        if seen.lease:
            wish.when("#lease = :lease", lease=seen.lease)
        else:
            wish.when("attribute_not_exists(#lease)")
        return self._updated(key, wish)

    def put(self, key: str, owner: str, value: str, at: int, until: int) -> bool:
        change = Change().set(value=value, at=at, until=until, owner=None, lease=None)
        change.set(expires=Keep.RENEWABLE.until(until)).when("#owner = :me", me=owner)
        return self._updated(key, change)

    def fail(self, key: str, owner: str, until: int, trouble: str, denied: bool) -> None:
        change = Change().set(lease=until, trouble=trouble, denied=denied)
        self._updated(key, change.when("#owner = :me", me=owner))

    def _updated(self, key: str, change: Change) -> bool:
        try:
            self._told[key] = _held(self.table.update(keys.renewable(key), change))
        except Refused:
            return False
        return True


def _held(item: Item) -> Held:
    return Held(
        value=item.get("value", ""),
        at=item.get("at", 0),
        until=item.get("until", 0),
        forced=item.get("forced", 0),
        lease=item.get("lease", 0),
        trouble=item.get("trouble", ""),
        denied=item.get("denied", False),
    )
