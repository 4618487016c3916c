"""A broadcast in the sandbox with its report, and whether every figure is what the messengers saw.

    python bench/rehearsal.py [people]       100,000 unless said; writes into bench/RESULTS.md

Runs tests/e2e/test_report.py with so many people against all doors in one process (bench/swift.py), and
writes down what was compared and how long each part took. The report's pages stay in build/rehearsal/.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench import results  # noqa: E402
from bench.stand import machine  # noqa: E402
from bench.swift import running  # noqa: E402

FOLDER = ROOT / "build" / "rehearsal"
TEST = "tests/e2e/test_report.py"
PEOPLE = 100_000


def rehearsed(people: int) -> dict[str, Any]:
    """What the test compared; ends this process where it failed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = FOLDER / "rehearsal.json"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", TEST]
    wanted = {"REPORT_PEOPLE": str(people), "REPORT_FOLDER": str(FOLDER)}
    with running() as suite:
        ended = subprocess.run(command, cwd=ROOT, env=os.environ | suite | wanted, check=False)
    if ended.returncode or not told.exists():
        raise SystemExit(ended.returncode or 1)
    found: dict[str, Any] = json.loads(told.read_text("utf-8"))
    return found


def lines(told: dict[str, Any]) -> list[str]:
    oracle, each = told["oracle"], told["oracle"]["by_messenger"]
    names = ("sent", "delivered", "read", "unknown")
    table = [
        f"| {name} | " + " | ".join(_said(one[figure]) for figure in names) + f" | {_kinds(one['failed'])} |"
        for name, one in each.items()
    ]
    whole = " | ".join(f"**{oracle[figure]:,}**" for figure in names)
    did = ", ".join(f"{name} {oracle[name]:,}" for name in ("clicked", "replied", "left", "blocked"))
    return [
        f"{machine()}",
        "",
        f"{oracle['audience']:,} people (`python bench/rehearsal.py {told['people']}`): "
        "the report's figures beside the log of the fake messengers, and all of them the same.",
        "",
        "| messenger | sent | delivered | read | unknown | failed |",
        "|---|---:|---:|---:|---:|---|",
        *table,
        f"| **all** | {whole} | {_kinds(oracle['failed'])} |",
        "",
        f"Skipped: {_kinds(oracle['skipped'])}. People: {did}. The report answers in "
        f"{told['answer']:.2f} s. It took: "
        + ", ".join(f"{part} {seconds:,.0f} s" for part, seconds in told["took"].items())
        + ".",
    ]


def _said(figure: int | None) -> str:
    return "not reported" if figure is None else f"{figure:,}"


def _kinds(counted: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in sorted(counted.items())) or "0"


def main(arguments: list[str]) -> None:
    written = lines(rehearsed(int(arguments[0]) if arguments else PEOPLE))
    print("\n".join(written))
    results.write("rehearsal", "A broadcast and its report, in the sandbox", written)


if __name__ == "__main__":
    main(sys.argv[1:])
