"""The sandbox is played once; what went over the wire is kept for the libraries of others too."""

from collections.abc import Mapping

import pytest

from tests.specs.play import PLAYED, Played, play, staged
from tests.specs.specs import Judge, judges
from tests.specs.traffic import keep


@pytest.fixture(scope="session")
def judge() -> Mapping[str, Judge]:
    """The judge of each messenger that has a spec; fails with what to do where the specs are missing."""
    try:
        return judges()
    except FileNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Played]:
    """What each messenger's fake sent and answered."""
    with staged(tmp_path_factory.mktemp("sandbox")) as stage:
        days = {name: play(stage, name) for name in PLAYED}
    keep(days)
    return days
