"""Known mistakes, planted: the machine finds every one of them."""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.conftest import exploring
from tests.stateful.machine import Sending
from tests.stateful.plants import PLANTS, Plant

ENOUGH = 400  # examples


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_mistake_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Sending, settings=exploring(ENOUGH, shrink=False))
