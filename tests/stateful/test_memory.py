"""The store in memory answers as DynamoDB's other stand-ins do, whatever our stores ask."""

from typing import Any

from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.conftest import exploring
from tests.stateful.table import Stores
from tests.support.stack import client


def test_memory_and_moto_answer_alike(aws: None) -> None:
    class OnMoto(Stores):
        client: Any = client("dynamodb")

    run_state_machine_as_test(OnMoto, settings=exploring(8, shrink=False))
