"""The drill's fixtures: one engine and one process of workers for all cases, a place for each."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drill import engine
from tests.drill.counts import COUNTS, SEED
from tests.drill.engine import Engine
from tests.drill.place import Place, told_too_much
from tests.drill.workers import Workers

Open = Callable[..., Place]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine.running(tmp_path_factory.mktemp("drill")) as made:
        yield made


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """All that they write in the whole run is read in the end: nobody and nothing secret is named."""
    log = Path(tmp_path_factory.mktemp("workers")) / "workers.log"
    made = Workers(log)
    yield made
    made.stop()
    written = log.read_text(errors="replace")
    COUNTS.add("log lines read", written.count("\n"))
    assert told_too_much(written) == []


@pytest.fixture
def opened(running: Engine, workers: Workers) -> Iterator[Open]:
    """Makes places, as many as a case wants; they are closed after it."""
    places: list[Place] = []

    def made(**more: Any) -> Place:
        place = Place(running, workers, SEED, **more)
        places.append(place)
        return place

    yield made
    for place in places:
        place.close()


@pytest.fixture
def place(opened: Open) -> Place:
    return opened()


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance that is the same for the same case and DRILL_SEED."""
    return random.Random(f"{SEED}{request.node.name}")


@pytest.fixture(autouse=True)
def timed(request: pytest.FixtureRequest) -> Iterator[None]:
    began = time.monotonic()
    yield
    COUNTS.most("seconds of one case", round(time.monotonic() - began, 1))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes hands its counts on."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["drill"] = (dict(COUNTS.sums), dict(COUNTS.largest))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {}).get("drill")
    if told:
        COUNTS.merge(*told)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The counts of the whole run."""
    if COUNTS.sums.get("broadcasts judged"):
        terminalreporter.section(f"fire drill, DRILL_SEED={SEED}")
        for line in COUNTS.lines():
            terminalreporter.write_line(line)
