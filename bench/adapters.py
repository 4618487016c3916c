"""What a webhook door pays for one messenger: import CPU over the contract alone, and size.

    python bench/adapters.py           prints a table and writes it into bench/RESULTS.md

Each adapter is imported in a fresh process with byte code, as a webhook door does for its own messenger only.
Libraries for XML, JWT and AES are loaded by the first call that needs them and are not in these figures.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYER = ROOT / "layers" / "common"
sys.path[:0] = [str(ROOT), str(LAYER)]

from bench.results import write  # noqa: E402
from bench.stand import machine  # noqa: E402
from rundruf.messengers import MESSENGERS  # noqa: E402

ROUNDS = 9
MEASURE = """
import resource, sys
sys.path[:0] = {paths!r}
import rundruf.messengers.contract
def used():
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime
before, known = used(), set(sys.modules)
{what}
after = used()
loaded = [sys.modules[one] for one in set(sys.modules) - known]
size = sum(len(open(one.__file__, "rb").read()) for one in loaded
           if (one.__name__ + ".").startswith("rundruf.messengers.") and one.__file__)
print((after - before) * 1000, size / 1024)
"""
IMPORT = "from rundruf.messengers import messenger; found = messenger({name!r})"


def main() -> None:
    for _ in range(2):
        for name in MESSENGERS:
            once(name)
    told: dict[str, list[tuple[float, float]]] = {name: [] for name in MESSENGERS}
    for _ in range(ROUNDS):
        for name in MESSENGERS:
            told[name].append(once(name))
    lines = [
        f"{machine()} Byte code kept.",
        "",
        "| adapter | import CPU ms | source KB |",
        "|---|---|---|",
        *(
            f"| {name} | {statistics.median(one for one, _ in told[name]):.1f} | {told[name][0][1]:.0f} |"
            for name in sorted(told)
        ),
    ]
    print("\n".join(lines))
    write("adapters", "Import of the messengers", lines)


def once(name: str) -> tuple[float, float]:
    """CPU ms and KB of source that importing one messenger adds to the contract."""
    script = MEASURE.format(paths=[str(LAYER)], what=IMPORT.format(name=name))
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    used, size = done.stdout.split()
    return float(used), float(size)


if __name__ == "__main__":
    main()
