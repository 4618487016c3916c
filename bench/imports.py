"""What each door's import costs: CPU milliseconds over an empty interpreter, with byte code and without.

    python bench/imports.py            prints a table and writes it into bench/RESULTS.md

Each door is imported in a fresh process from the built layer and boto3 only, as Lambda would. Medians of
``ROUNDS`` interleaved rounds; ratios hold on a noisy machine, single figures do not.
"""

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.results import write  # noqa: E402
from bench.stand import machine  # noqa: E402
from local import build  # noqa: E402
from tests.support.stack import template  # noqa: E402
from tests.support.template import REGION  # noqa: E402

ROUNDS = 7
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
MEASURE = """
import resource, sys
sys.path[:0] = {paths!r}
{what}
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = {kept: laid_out(Path(folder), kept) for kept in (True, False)}
        rows = measured(paths)
    lines = [
        machine(),
        "",
        "| door | CPU ms with byte code | without | memory MB |",
        "|---|---|---|---|",
        *(
            f"| {door} | {with_code:.0f} | {without:.0f} | {memory:.0f} |"
            for door, with_code, without, memory in rows
        ),
    ]
    print("\n".join(lines))
    write("imports", "Import of the doors", lines)


def laid_out(folder: Path, byte_code: bool) -> list[str]:
    """Layer and runtime libraries in a folder, compiled or not."""
    here = folder / ("compiled" if byte_code else "plain")
    builds = ROOT / "build" / "layers"
    builds.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(build.layer(ROOT / "layers" / "common", builds).path) as archive:
        archive.extractall(here)
    locked = ROOT / "layers" / "common" / "requirements.txt"
    install = ["-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--target", str(here / "python")]
    subprocess.run([sys.executable, *install, "-r", str(locked)], check=True)
    runtime = here / "runtime"
    runtime.mkdir()
    installed = Path(sysconfig.get_path("purelib"))
    for name in RUNTIME_HAS:
        source = installed / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, runtime / name)
    shutil.copytree(ROOT / "functions", here / "functions")
    for cached in sorted(here.rglob("__pycache__")):
        shutil.rmtree(cached)
    if byte_code:
        command = [
            sys.executable,
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
            str(here),
        ]
        subprocess.run(command, check=False)
    return [str(here / "python"), str(runtime), str(here / "functions")]


def measured(paths: dict[bool, list[str]]) -> list[tuple[str, float, float, float]]:
    doors = sorted(template().doors)
    times: dict[tuple[str, bool], list[float]] = {}
    memory: dict[str, float] = {}
    for _ in range(ROUNDS):
        for kept, (layer, runtime, functions) in paths.items():
            empty, _ = once([layer, runtime], "pass", {})
            for door in doors:
                used, resident = once(
                    [f"{functions}/{door}", layer, runtime], "import app", template().environment(door)
                )
                times.setdefault((door, kept), []).append((used - empty) * 1000)
                memory[door] = resident / 1024
    return [
        (door, statistics.median(times[door, True]), statistics.median(times[door, False]), memory[door])
        for door in doors
    ]


def once(paths: list[str], what: str, environment: dict[str, str]) -> tuple[float, float]:
    """CPU seconds and peak memory (KiB) of one fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", MEASURE.format(paths=paths, what=what)],
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": REGION, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    used, resident = done.stdout.split()[-2:]
    return float(used), float(resident)


if __name__ == "__main__":
    main()
