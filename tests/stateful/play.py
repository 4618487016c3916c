"""The machine played in a process of its own: `python -m tests.stateful.play 60` with so many examples.

Hypothesis also tries numbers that it finds in the modules that are loaded, so what it plays would depend on
which tests run before; alone it is the same in every run.
"""

import sys

from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.conftest import exploring, on_a_small_stage
from tests.stateful.machine import Fire


def main(examples: int, shrink: bool) -> None:
    with on_a_small_stage():
        run_state_machine_as_test(Fire, settings=exploring(examples, shrink=shrink))


if __name__ == "__main__":
    main(int(sys.argv[1]), "shrink" in sys.argv)
