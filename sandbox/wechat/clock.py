"""The clock by which an account's tokens, windows and quotas are judged; it can be put ahead."""

from datetime import UTC, datetime, timedelta, timezone

from sandbox.times import now_ms

CHINA = timezone(timedelta(hours=8))


class Clock:
    """``ahead_ms`` is how far this clock runs before the wall's; days and months are China's."""

    __slots__ = ("ahead_ms",)

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return now_ms() + self.ahead_ms

    def day(self) -> str:
        """Today as 2026-11-23."""
        return self._date().isoformat()[:10]

    def month(self) -> str:
        """This month as 2026-11."""
        return self.day()[:7]

    def _date(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC).astimezone(CHINA)


class Quota:
    """How often something was done in a day or a month of ``clock``; a new month begins with nothing."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._counts: dict[tuple[str, str], int] = {}
        self._month = clock.month()

    def used(self, name: str, *, monthly: bool = False) -> int:
        return self._counts.get((name, self._period(monthly=monthly)), 0)

    def count(self, name: str, *, monthly: bool = False) -> None:
        if self._month != self.clock.month():
            self._month = self.clock.month()
            self._counts.clear()
        self._counts[name, self._period(monthly=monthly)] = self.used(name, monthly=monthly) + 1

    def clear(self, *names: str) -> None:
        """Forgets the counts of these names."""
        self._counts = {key: value for key, value in self._counts.items() if key[0] not in names}

    def _period(self, *, monthly: bool) -> str:
        return self.clock.month() if monthly else self.clock.day()
