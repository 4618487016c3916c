"""Every door starts on what Lambda will give it: the layer, boto3, and the environment of the template."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from local import build
from tests.support.stack import template
from tests.support.template import REGION, ROOT

RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
DOORS = sorted(template().doors)
# Libraries that cost a cold start, and the doors that need them; boto3 is used by each.
COSTLY: dict[str, set[str]] = {
    "pydantic": {"api"},
    "requests": set(),
    "segno": set(),
    "pycurl": set(),
    "minijinja": {"api", "inbox", "send"},
    "cronsim": {"api", "newsletter"},
}


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Layer and runtime, and nothing of the tests' own environment."""
    builds = ROOT / "build" / "layers"
    builds.mkdir(parents=True, exist_ok=True)
    layer = tmp_path_factory.mktemp("layer")
    with zipfile.ZipFile(build.layer(ROOT / "layers" / "common", builds).path) as archive:
        archive.extractall(layer)
    runtime = tmp_path_factory.mktemp("runtime")
    installed = Path(sysconfig.get_path("purelib"))
    for name in RUNTIME_HAS:
        (runtime / name).symlink_to(installed / name)
    return [str(layer / "python"), str(runtime)]


def started(door: str, paths: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Imports a door in a new process and prints the names of all modules it has then."""
    code = (
        f"import sys; sys.path[:0] = {[str(ROOT / 'functions' / door), *paths]!r}\n"
        "import app; assert callable(app.handler); print(*sorted(sys.modules))"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": REGION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("door", DOORS)
def test_a_door_starts_and_loads_only_what_it_needs(door: str, paths: list[str]) -> None:
    done = started(door, paths, template().environment(door))
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split())
    needless = {name for name, doors in COSTLY.items() if name in modules and door not in doors}
    assert needless == set()


@pytest.mark.parametrize("door", DOORS)
def test_a_missing_setting_stops_a_door_with_its_name(door: str, paths: list[str]) -> None:
    environment = {**template().environment(door), "TABLE": ""}
    done = started(door, paths, environment)
    assert done.returncode != 0
    assert "TABLE" in done.stderr.splitlines()[-1]
