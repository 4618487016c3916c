"""Whatever happens in whatever order: nobody twice, nobody after a stop, nothing lost.

``STATEFUL_EXAMPLES`` asks for more examples than every run has.
"""

import os

from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.conftest import exploring
from tests.stateful.machine import Fire

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "60"))


def test_whatever_happens() -> None:
    run_state_machine_as_test(Fire, settings=exploring(EXAMPLES, shrink=EXAMPLES > 60))
