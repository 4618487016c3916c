"""Whatever happens in whatever order: nobody twice, nobody after a stop, nothing lost.

``STATEFUL_EXAMPLES`` asks for more examples than every run has.
"""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "60"))
ROOT = Path(__file__).parents[2]


def test_whatever_happens() -> None:
    shrink = ["shrink"] if EXAMPLES > 60 else []
    played = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.stateful.play", str(EXAMPLES), *shrink],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "layers/common"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr[-8_000:]
