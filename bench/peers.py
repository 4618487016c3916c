"""Other clients and another pattern beside ours, in one run: scripts that lie outside of this project.

    make bench-peers PEERS=folder      prints tables and writes them into bench/RESULTS.md

The folder holds clients.py (``make(name, url, in flight, authority).send_chunk(people)``) and
peers/pattern_aws.py (``--url --aws --rounds``). Only what needs no network and no server of its own is run.
"""

import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import services  # noqa: E402
from bench.results import write  # noqa: E402
from bench.send import chunk  # noqa: E402
from bench.stand import machine, standing  # noqa: E402
from bench.transport import IN_FLIGHT, PEOPLE, ours  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.core.chunk import SIZE  # noqa: E402

CLIENTS = ("requests", "urllib3", "http.client", "pycurl-multi", "raw-asyncio", "raw-epoll", "json-only")
OURS = "ours"
ROUNDS = 7
PATIENCE = 150


def clients(folder: Path) -> list[str]:
    """CPU seconds for 1,000 sends over TLS, each client in turns."""
    sys.path.insert(0, str(folder))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # requests prefers them to what it is told
        os.environ.pop(name, None)
    theirs: Any = importlib.import_module("clients")
    people = [f"4915112{number:06}" for number in range(PEOPLE)]
    with standing(tls=True) as stand:
        made: dict[str, Callable[[list[str]], list[str]]] = {OURS: ours(stand)}
        for name in CLIENTS:
            made[name] = theirs.make(name, stand.url, IN_FLIGHT, stand.authority).send_chunk
        used: dict[str, list[float]] = {name: [] for name in made}
        for number in range(ROUNDS + 1):
            for name, send in made.items():
                began = time.process_time()
                send(people)
                if number:
                    used[name].append((time.process_time() - began) / PEOPLE * 1000)
    middle = {name: statistics.median(values) for name, values in used.items()}
    return [
        f"| client, TLS, {IN_FLIGHT} in flight | CPU s for 1,000 sends | min to max | against ours |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {middle[name]:.4f} | {min(values):.4f} to {max(values):.4f} "
            f"| {middle[name] / middle[OURS]:.1f} |"
            for name, values in used.items()
        ),
    ]


def patterns(folder: Path) -> list[str]:
    """Their handlers for 1,000 recipients, and our whole way before and after them."""
    with standing() as stand:
        before = whole_way(stand.url)
        script = folder / "peers" / "pattern_aws.py"
        command = [sys.executable, "-B", str(script), "--url", stand.url, "--aws", stand.url, "--rounds", "2"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    with standing() as stand:
        after = whole_way(stand.url)
    told = f"{statistics.median(before + after):.4f} | {min(before + after):.4f}..{max(before + after):.4f}"
    rows = done.stdout.strip().splitlines()
    return [*rows[:2], f"| ours, with claims, policy and journal | {told} | | 1,215 |", *rows[2:]]


def whole_way(url: str) -> list[float]:
    given = services(CurlHttp(), url)
    chunk(0, given)
    return [chunk(number, given)[0] / SIZE * 1000 for number in range(1, 6)]


def queues() -> str:
    """Which of the queue workers could be run here, in words."""
    missing = [
        name for name, command in (("redis-server", "redis-server"), ("node", "node")) if not _runs(command)
    ]
    return f"Celery and BullMQ were not run: {', '.join(missing) or 'their packages'} missing here."


def _runs(command: str) -> bool:
    try:
        return subprocess.run([command, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]).resolve() if arguments else ROOT
    if not (folder / "clients.py").is_file():
        print(f"No clients.py in {folder}: make bench-peers PEERS=folder names the folder with the peers.")
        return
    lines = [machine(), "", *clients(folder), "", *patterns(folder), "", queues()]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("peers", "Beside others", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
