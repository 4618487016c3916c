"""Every door starts on what Lambda will give it: the layer, boto3, and the environment of the template."""

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.layer import built, runtime
from tests.support.stack import template
from tests.support.template import REGION, ROOT
from tests.template.test_imports import run_time_imports
from tools import bytecode

DOORS = sorted(template().doors)
# Libraries that cost a cold start, and the doors that need them; boto3 is used by each.
COSTLY: dict[str, set[str]] = {
    "pydantic": {"api"},
    "aws_lambda_powertools": {"api"},
    "requests": set(),
    "segno": set(),
    "pycurl": set(),
    "minijinja": {"api", "inbox", "issues", "send", "unsubscribe"},
    "cronsim": {"api", "newsletter"},
}


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Layer and runtime, and nothing of the tests' own environment."""
    layer = built(tmp_path_factory.mktemp("layer"))
    return [str(layer), str(runtime(tmp_path_factory.mktemp("runtime")))]


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


def test_the_layer_has_all_that_our_code_imports_anywhere(paths: list[str]) -> None:
    """Also what is imported only when it is needed, which starting a door does not show."""
    sources = [*(ROOT / "layers" / "common" / "rundruf").rglob("*.py"), *(ROOT / "functions").glob("*/*.py")]
    wanted = {name.split(".")[0] for path in sources for name in run_time_imports(path.read_text())}
    code = (
        f"import sys, importlib; sys.path[:0] = {paths!r}\n"
        f"for name in {sorted(wanted - sys.stdlib_module_names)!r}: importlib.import_module(name)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_layer_carries_byte_code_for_every_module(paths: list[str]) -> None:
    assert bytecode.without(Path(paths[0])) == []
    assert bytecode.versions(Path(paths[0])) == {sys.implementation.cache_tag}


def test_missing_and_checked_byte_code_is_noticed(tmp_path: Path) -> None:
    for name in ("unchecked", "checked", "timed", "missing"):
        (tmp_path / f"{name}.py").write_text("x = 1\n")
    for name, mode in (("unchecked", "UNCHECKED_HASH"), ("checked", "CHECKED_HASH"), ("timed", "TIMESTAMP")):
        py_compile.compile(
            str(tmp_path / f"{name}.py"), invalidation_mode=py_compile.PycInvalidationMode[mode]
        )
    assert bytecode.without(tmp_path) == ["checked.py", "missing.py", "timed.py"]
