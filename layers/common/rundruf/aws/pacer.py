"""The limiter of an account, shared by all workers: one conditional write reserves a window's slots."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rundruf.aws import keys
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.pace import HORIZON, LATENESS, Slots, slots, spacing
from rundruf.core.retention import Keep
from rundruf.messengers.contract import Quota

TRIES = 4
DAY = 24 * 3600
HOUR = 3600 * 1000


def period(quota: Quota, now: int) -> str:
    """The day or month of ``now`` (ms) where the messenger counts."""
    local = datetime.fromtimestamp(now / 1000, ZoneInfo(quota.zone))
    return local.strftime("%Y-%m-%d" if quota.per == "day" else "%Y-%m")


def _hour(now: int) -> str:
    return str(now // HOUR)


def _recent(hours: Mapping[str, int], now: int) -> dict[str, int]:
    """The counts of this hour and the 24 before it."""
    return {hour: count for hour, count in hours.items() if int(hour) >= now // HOUR - 24}


class TablePacer:
    """The Pacer that flows use; ``next`` is the time (ms) at which the account's next message may leave.

    Whoever left an account's ``next`` behind and comes back later than it tries first whether it still
    stands: a worker that is alone with an account needs one write a window and not two.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._left: dict[str, float] = {}

    def reserve(self, account_id: str, count: int, rate: float, now: int) -> Slots | int:
        gap = spacing(rate)
        cost = round(gap * count, 3)
        left = self._left.get(account_id)
        if left is not None and left < now - LATENESS and self._begun(account_id, left, now, cost):
            return Slots(float(now), gap)
        for _ in range(TRIES):
            busy = Change().increase("next", cost)
            busy.when("#next >= :late AND #next <= :horizon", late=now - LATENESS, horizon=now + HORIZON)
            try:
                told = self.table.update(keys.pace(account_id), busy, "UPDATED_OLD")
            except Refused as refused:
                held = refused.item["next"] if refused.item else None
            else:
                due = float(told["next"])
                self._left[account_id] = round(due + cost, 3)
                return slots(due, now, count, gap)
            if held is not None and held > now + HORIZON:
                return int(held - now)
            if self._begun(account_id, held, now, cost):
                return Slots(float(now), gap)
        return HORIZON

    def _begun(self, account_id: str, held: float | None, now: int, cost: float) -> bool:
        """Whether slots begin now, ``next`` being ``held`` (None: there is none) and in the past."""
        idle = Change().set(next=round(now + cost, 3))
        if held is None:
            idle.when("attribute_not_exists(pk)")
        else:
            idle.when("#next = :held", held=held)
        try:
            self.table.update(keys.pace(account_id), idle, "NONE")
        except Refused:
            self._left.pop(account_id, None)
            return False
        self._left[account_id] = round(now + cost, 3)
        return True

    def spend(self, account_id: str, quota: Quota, now: int) -> bool:
        """Count one call against the quota; False when none is left."""
        used = Change().add(used=1).set(expires=Keep.QUOTA.until(now))
        used.when("attribute_not_exists(#used) OR #used < :calls", calls=quota.calls)
        try:
            self.table.update(keys.quota(account_id, period(quota, now)), used, "NONE")
        except Refused:
            return False
        return True

    def unspend(self, account_id: str, quota: Quota, now: int) -> None:
        """A counted call that was refused costs nothing."""
        self.table.update(keys.quota(account_id, period(quota, now)), Change().add(used=-1), "NONE")

    def used(self, account_id: str, quota: Quota, now: int) -> int:
        """How many calls of this period are counted."""
        found = self.table.get(keys.quota(account_id, period(quota, now)))
        return int(found["used"]) if found else 0

    def admit(self, account_id: str, count: int, limit: int, now: int) -> int | None:
        """For how many of so many people there is room in 24 hours, counted at once; None: ask again.

        Hours are counted whole, so it is never more than the limit in any 24 hours.
        """
        for _ in range(TRIES):
            found = self.table.get(keys.people(account_id)) or {}
            hours = _recent(found.get("hours", {}), now)
            room = max(0, min(count, limit - sum(hours.values())))
            if not room:
                return 0
            if self._counted(account_id, hours, found, room, now):
                return room
        return None

    def dismiss(self, account_id: str, count: int, now: int) -> None:
        """So many of those let in at ``now`` were not written to."""
        for _ in range(TRIES):
            found = self.table.get(keys.people(account_id)) or {}
            hours = _recent(found.get("hours", {}), now)
            if self._counted(account_id, hours, found, -min(count, hours.get(_hour(now), 0)), now):
                return

    def admitted(self, account_id: str, now: int) -> int:
        """How many people were counted in the last 24 hours."""
        found = self.table.get(keys.people(account_id)) or {}
        return sum(_recent(found.get("hours", {}), now).values())

    def _counted(self, account_id: str, hours: Mapping[str, int], found: Item, more: int, now: int) -> bool:
        changed = {**hours, _hour(now): hours.get(_hour(now), 0) + more}
        version = found.get("version", 0)
        change = Change().set(hours=changed, version=version + 1, expires=now // 1000 + 2 * DAY)
        change.when("attribute_not_exists(#version) OR #version = :held", held=version)
        try:
            self.table.update(keys.people(account_id), change, "NONE")
        except Refused:
            return False
        return True

    def hold(self, account_id: str, until: int) -> None:
        """Nothing of this account leaves before ``until`` (ms)."""
        change = Change().set(next=until).when("attribute_not_exists(#next) OR #next < :until", until=until)
        try:
            self.table.update(keys.pace(account_id), change, "NONE")
        except Refused:
            return
