"""The same play and the same table on the local engine, each answer held to the memory's."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.drill import engine
from tests.stateful.business import Business
from tests.stateful.conftest import exploring
from tests.stateful.machine import Fire
from tests.stateful.table import Stores, real_table
from tests.stateful.twin import Twin
from tests.support.memory import Memory

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine.running(tmp_path_factory.mktemp("stateful")) as running:
        client = engine.client("dynamodb", running.url, "000000000001")
        yield client
        client.close()


def test_memory_and_engine_answer_alike(dynamodb: Any) -> None:
    class OnEngine(Stores):
        client = dynamodb

    run_state_machine_as_test(OnEngine, settings=exploring(20, shrink=False))


def test_whatever_happens_on_the_engine(dynamodb: Any) -> None:
    class OnEngine(Fire):
        def make(self, cap: int) -> Business:
            def both(memory: Memory) -> Twin:
                return Twin(memory, real_table(dynamodb))

            return Business(cap, both)

    run_state_machine_as_test(OnEngine, settings=exploring(5, shrink=False))
