"""Access tokens: the old kind that every call replaces, and the stable kind."""

import secrets

from sandbox.wechat.clock import Clock, Quota
from sandbox.wechat.errors import Refused

OVERLAP_MS = 300_000
FORCE_PAUSE_MS = 30_000
PLAIN_PER_DAY = 2_000
STABLE_PER_DAY = 500_000
FORCED_PER_DAY = 20
KEPT = 1000


class Tokens:
    """The tokens of one account; the two kinds do not touch each other."""

    def __init__(self, clock: Clock, quota: Quota, seconds: int) -> None:
        self.clock = clock
        self.quota = quota
        self.life_ms = seconds * 1000
        # Token to (good until, a newer one took its place); in ms of the clock.
        self._until: dict[str, tuple[int, bool]] = {}
        self._plain = ""
        self._stable = ""
        self._forced_ms: int | None = None

    def plain(self) -> tuple[str, int]:
        """A new token and its seconds; the one before is good for five minutes more."""
        self._count("token", PLAIN_PER_DAY)
        self._shorten(self._plain, OVERLAP_MS)
        self._plain = self._made()
        return self._plain, self._left(self._plain)

    def stable(self, *, force: bool) -> tuple[str, int]:
        """The token of now and its seconds; a forced one makes the one before worthless at once."""
        self._count("stable_token", STABLE_PER_DAY)
        now = self.clock.now_ms()
        # "Keep 30 seconds between two forced ones, or nothing is renewed": the current one is answered.
        if force and (self._forced_ms is None or now - self._forced_ms >= FORCE_PAUSE_MS):
            self._count("forced_token", FORCED_PER_DAY)
            self._forced_ms = now
            self._shorten(self._stable, 0)
            self._stable = self._made()
        elif self._until.get(self._stable, (0, False))[0] - now <= min(OVERLAP_MS, self.life_ms // 2):
            self._stable = self._made()
        return self._stable, self._left(self._stable)

    def knows(self, token: str) -> bool:
        return token in self._until

    def check(self, token: str) -> None:
        """Raises Refused for a token that is no longer good."""
        until, replaced = self._until.get(token, (0, True))
        if self.clock.now_ms() >= until:
            raise Refused(40001 if replaced else 42001)

    def forget(self) -> None:
        self._until.clear()
        self._plain = self._stable = ""
        self._forced_ms = None

    def _count(self, name: str, limit: int) -> None:
        if self.quota.used(name) >= limit:
            raise Refused(45009)
        self.quota.count(name)

    def _made(self) -> str:
        while len(self._until) >= KEPT:
            del self._until[next(iter(self._until))]
        token = "100_" + secrets.token_urlsafe(120)
        self._until[token] = (self.clock.now_ms() + self.life_ms, False)
        return token

    def _shorten(self, token: str, left_ms: int) -> None:
        if token in self._until:
            until = min(self._until[token][0], self.clock.now_ms() + left_ms)
            self._until[token] = (until, True)

    def _left(self, token: str) -> int:
        return max(1, (self._until[token][0] - self.clock.now_ms()) // 1000)
