"""What one process keeps, and for how long."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rundruf.aws import wiring
from rundruf.aws.boto import Boto
from rundruf.aws.calls import AwsError
from rundruf.aws.settings import Environment
from rundruf.aws.wiring import Wiring

MINUTE = 60_000


class Store(Boto):
    """A secret store with one secret, which can be away."""

    def __init__(self) -> None:
        self.asked, self.away, self.current = 0, False, "1"

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise AwsError("ThrottlingException", {})
        held = {"current": self.current, "1": "k" * 64, "2": "q" * 64}
        return {"SecretString": json.dumps(held)}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, to be moved by hand."""
    held = [1_780_000_000_000]
    monkeypatch.setattr(wiring, "now", lambda: held[0])
    return held


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def made(store: Store, at: list[int]) -> Wiring:
    wired = Wiring(Environment({"SECRET_ARN": "arn:secret"}))
    wired.__dict__["aws"] = store
    return wired


def test_keys_are_read_again_after_five_minutes(made: Wiring, store: Store, at: list[int]) -> None:
    made.keys()
    store.current = "2"
    assert made.keys().current == "1"
    at[0] += 5 * MINUTE
    assert made.keys().current == "2"
    assert store.asked == 2


def test_old_keys_serve_for_an_hour_while_the_store_is_away(
    made: Wiring, store: Store, at: list[int]
) -> None:
    made.keys()
    store.away = True
    at[0] += 10 * MINUTE
    for _ in range(5):
        assert made.keys().current == "1"
    assert store.asked == 2
    at[0] += MINUTE // 2
    made.keys()
    assert store.asked == 3
    at[0] += 60 * MINUTE
    with pytest.raises(AwsError):
        made.keys()


def test_without_keys_at_the_start_there_is_no_work(made: Wiring, store: Store) -> None:
    store.away = True
    with pytest.raises(AwsError):
        made.keys()
    store.away = False
    assert made.keys().current == "1"
