"""The whole way of a recipient, from claim to journal: CPU counted, against stand-ins in another process.

    python bench/send.py           prints a table and writes it into bench/RESULTS.md

A chunk of 256 goes through the real flow, stores and transport, against a messenger and
a DynamoDB in another process (bench/mock.py). Counted are this process's CPU seconds for 1,000 recipients.
"""

import cProfile
import os
import platform
import pstats
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.results import write  # noqa: E402
from rundruf.aws.broadcasts import TableBroadcasts  # noqa: E402
from rundruf.aws.catalogue import TableCatalogue  # noqa: E402
from rundruf.aws.contacts import TableContacts  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.aws.pacer import TablePacer  # noqa: E402
from rundruf.aws.renewables import TableRenewables  # noqa: E402
from rundruf.aws.table import Table  # noqa: E402
from rundruf.aws.wire import Credentials, Wire  # noqa: E402
from rundruf.aws.wiring import now, ticks  # noqa: E402
from rundruf.core.account import Account  # noqa: E402
from rundruf.core.tokens import Keys  # noqa: E402
from rundruf.core.wording import Business  # noqa: E402
from rundruf.flows.sending import send  # noqa: E402
from rundruf.flows.services import SendTask, Services, Settings  # noqa: E402

CHUNKS = 8
PEOPLE = 256
TOKEN = "123456789:" + "A" * 35


class Accounts:
    """The one account there is."""

    def __init__(self, url: str) -> None:
        self.account = Account(
            "telegram", "main", "bench_bot", url, 1_000_000, {"bot_token": (TOKEN,), "secret_token": ("s",)}
        )

    def get(self, account_id: str) -> Account:
        return self.account

    def ids(self) -> list[str]:
        return [self.account.id]

    def forget(self, account_id: str) -> None:
        return


def services(url: str) -> Services:
    http: Any = CurlHttp()
    wire = Wire(http, "eu-central-1", lambda: Credentials("AKID", "secret" * 6), lambda _: url)
    table, keys = Table(wire, "bench"), Keys("1", {"1": "k" * 64})
    unused: Any = None
    return Services(
        settings=Settings(
            Business("Café Morgenrot", "https://a.example/i", "https://a.example/p"), "de", "UTC"
        ),
        keys=lambda: keys,
        contacts=TableContacts(table, lambda: keys, now),
        broadcasts=TableBroadcasts(table, now),
        catalogue=TableCatalogue(table, now),
        accounts=Accounts(url),
        pacer=TablePacer(table),
        queues=unused,
        http=http,
        downloads=unused,
        gate=unused,
        renewables=TableRenewables(table),
        polls=unused,
        public_url=lambda: "https://r.example",
        now=now,
        ticks=ticks,
        sleep=time.sleep,
        random=os.urandom,
    )


def chunk(number: int, given: Services) -> float:
    """CPU seconds for one chunk."""
    began = time.process_time()
    send(SendTask("b1", f"0-{number}", "telegram/main"), given, lambda: 900_000.0)
    return time.process_time() - began


def main(arguments: list[str]) -> None:
    mock = subprocess.Popen(
        [sys.executable, str(ROOT / "bench" / "mock.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert mock.stdout is not None
        given = services(f"http://127.0.0.1:{mock.stdout.readline().strip()}")
        chunk(0, given)
        if "--profile" in arguments:
            profile = cProfile.Profile()
            profile.runcall(lambda: [chunk(number, given) for number in range(1, CHUNKS)])
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
            return
        used = [chunk(number, given) for number in range(1, CHUNKS + 1)]
    finally:
        mock.terminate()
        mock.wait()
    thousand = statistics.median(used) / PEOPLE * 1000
    lines = [
        f"CPython {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.",
        "",
        f"{thousand:.3f} CPU s for 1,000 recipients (median of {CHUNKS} warm chunks, "
        f"{min(used) / PEOPLE * 1000:.3f} to {max(used) / PEOPLE * 1000:.3f}).",
    ]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("send", "A recipient's whole way", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
