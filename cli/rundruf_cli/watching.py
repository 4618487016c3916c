"""Watching a broadcast until it ends: live on a terminal, line by line elsewhere."""

import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from rundruf_cli import figures, show
from rundruf_cli.api import Client
from rundruf_cli.failures import Refused, Stopped

RATE_OVER = 15.0
MINUTE, HOUR = 60, 3600


class Pace:
    """How fast a broadcast goes, from the polls of the last RATE_OVER seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, at: float, behind: int) -> None:
        """``behind`` people were done at ``at`` (seconds)."""
        self._seen.append((at, behind))
        while at - self._seen[0][0] > RATE_OVER:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """People per second; None while it is not known."""
        (began, first), (at, last) = self._seen[0], self._seen[-1]
        return (last - first) / (at - began) if at > began and last > first else None

    def said(self, pending: int) -> str:
        if self.rate is None or not pending:
            return ""
        return f"{self.rate:,.1f}/s · {duration(pending / self.rate)} left"


def duration(seconds: float) -> str:
    """Like 0:42, 12:05 or 1:02:03."""
    whole = max(0, round(seconds))
    hours, minutes = whole // HOUR, whole % HOUR // MINUTE
    return f"{hours}:{minutes:02}:{whole % MINUTE:02}" if hours else f"{minutes}:{whole % MINUTE:02}"


def watch(client: Client, broadcast: str, as_json: bool, every: float) -> None:
    """Polls every ``every`` seconds; raises Refused unless it finishes, Stopped on Ctrl-C."""
    told: dict[str, Any] = {}
    try:
        if as_json:
            for told in polls(client, broadcast, every):
                show.line(told)
        elif sys.stdout.isatty():
            told = _live(client, broadcast, every)
        else:
            told = _lines(client, broadcast, every)
    except KeyboardInterrupt:
        raise Stopped(
            "You stopped watching; the broadcast goes on.", [f"rundruf broadcast watch {broadcast}"]
        ) from None
    if told["state"] == "draft":
        raise Refused(
            "This is a draft: nothing happens until it starts.", [f"rundruf broadcast start {broadcast}"]
        )
    if told["state"] != "finished":
        raise Refused(f"The broadcast is {told['state']}." + (f" {told['reason']}" if told["reason"] else ""))


def polls(client: Client, broadcast: str, every: float) -> Iterator[dict[str, Any]]:
    """The broadcast again and again, until it has ended (or is a draft, which never will)."""
    while True:
        told = client.get("v1", "broadcasts", broadcast)
        yield told
        if told["state"] in (*figures.ENDED, "draft"):
            return
        time.sleep(every)


def _live(client: Client, broadcast: str, every: float) -> dict[str, Any]:
    from rich.live import Live

    pace, told = Pace(), {}
    with Live(console=show.out(), auto_refresh=False) as live:
        for told in polls(client, broadcast, every):
            counted = told["figures"]
            pace.saw(time.monotonic(), figures.settled(counted))
            live.update(figures.view(told, pace.said(counted["pending"])), refresh=True)
    return told


def _lines(client: Client, broadcast: str, every: float) -> dict[str, Any]:
    """A line whenever something has changed."""
    told, last = {}, ""
    for told in polls(client, broadcast, every):
        line = figures.one_line(told)
        if line != last:
            print(line, flush=True)
        last = line
    return told
