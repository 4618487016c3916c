"""The two messengers of these tests are known, and chunks are small."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings

from rundruf.core import contact
from rundruf.flows import planning
from tests.stateful.fakes import KEYED, PLAIN
from tests.support import pager

STEPS = 40
SMALL = (
    (planning, "SIZE", 3),
    (planning, "CHUNKS_A_COMMIT", 1),
    (planning, "SHARDS", 2),
    (contact, "SHARDS", 2),
)


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    with on_a_small_stage():
        yield


@contextmanager
def on_a_small_stage() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        pager.registered(patch, more={"plain": PLAIN, "keyed": KEYED})
        for module, name, value in SMALL:
            patch.setattr(module, name, value)
        yield


def exploring(examples: int, shrink: bool = True) -> settings:
    """The same examples in every run; without shrinking the first failure ends it."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
