"""The pace: how much of a messenger's hard limit workers use together, and how often they run into it.

    python bench/saturation.py     prints a table and writes it into bench/RESULTS.md

The workers share the real pacer on a table in memory and send through the real transport to bench/limited.py,
in another process, which refuses whatever is more than R calls in any second. Each worker reserves a window,
waits for its slots and sends, as flows.sending does; told to come later it waits as its queue would let it.
"""

import json
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.results import write  # noqa: E402
from bench.stand import machine, standing  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.aws.pacer import TablePacer  # noqa: E402
from rundruf.aws.table import Table  # noqa: E402
from rundruf.aws.wiring import now  # noqa: E402
from rundruf.core.chunk import WINDOW  # noqa: E402
from rundruf.messengers import messenger  # noqa: E402
from rundruf.messengers.contract import Request  # noqa: E402
from tests.support.memory import TABLE, Memory  # noqa: E402

SECONDS = 12.0
WORKERS = (1, 4, 16)
RATES = (30, 80, 500)
GROUPED = ("line", "viber")


class Shared(Memory):
    """One table for all threads; each call takes as long as DynamoDB's."""

    lock = threading.Lock()

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        time.sleep(0.004)
        with self.lock:
            return super().call(service, operation, body)


def worker(url: str, pacer: TablePacer, rate: float, calls: int, until: float) -> None:
    """Windows of so many calls, one after the other."""
    http = CurlHttp()
    request = Request("POST", f"{url}/sendMessage", {"content-type": "application/json"}, b"{}")
    while time.monotonic() < until:
        slots = pacer.reserve("telegram/main", calls, rate, now())
        if isinstance(slots, int):
            time.sleep(max(1, round(slots / 1000)))  # a queue delays by whole seconds
            continue
        time.sleep(max(0.0, slots.start - now()) / 1000)
        http.window([request] * calls, slots.spacing)


def measured(rate: float, workers: int, calls: int) -> tuple[float, float]:
    """Shares of the rate that was used and of the calls that were refused."""
    pacer = TablePacer(Table(Shared(now), TABLE))
    with standing(str(rate), script="limited.py") as stand:
        until = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=worker, args=(stand.url, pacer, rate, calls, until))
            for _ in range(workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with urlopen(f"{stand.url}/told", timeout=10) as answer:  # noqa: S310  # our own, on loopback
            told = json.load(answer)
    used = (told["taken"] - 1) / told["seconds"] / rate
    return used, told["refused"] / (told["taken"] + told["refused"])


def main(arguments: list[str]) -> None:
    lines = [
        f"{machine()} {SECONDS:.0f} s each, windows of {WINDOW}, 4 ms for a call of the table.",
        "",
        "| limit | workers | used | refused |",
        "|---|---:|---:|---:|",
    ]
    cases = [(f"{rate} messages a second", float(rate), WINDOW) for rate in RATES]
    cases += [
        (f"{name}: {rules.group_rate:g} calls a second, up to {rules.group} people each", rules.group_rate, 1)
        for name, rules in ((name, messenger(name).rules) for name in GROUPED)
    ]
    for name, rate, calls in cases:
        for workers in WORKERS:
            used, refused = measured(rate, workers, calls)
            lines.append(f"| {name} | {workers} | {used * 100:.1f} % | {refused * 100:.2f} % |")
            print(lines[-1], flush=True)
    if "--dry" not in arguments:
        write("saturation", "Pace against a hard limit", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
