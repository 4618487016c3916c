"""Who imports what where the import linter cannot see it: doors, and parts of the standard library."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.template import ROOT

PACKAGE = ROOT / "layers" / "common" / "rundruf"
DOOR_LIBRARIES = {"rundruf", "aws_lambda_powertools", "pydantic", "boto3", "botocore"}
CORE_NEVER = ("http", "socket", "ssl", "subprocess", "urllib.request", "asyncio", "threading", "time", "os")
INNER_NEVER = ("http.client", "socket", "ssl", "subprocess", "urllib.request", "asyncio", "os")
STANDARD = sys.stdlib_module_names


def imports(source: str) -> Iterator[str]:
    """Full names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run_time_imports(source: str) -> Iterator[str]:
    """The same without what only type checkers read."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = [ast.Pass()]
    yield from imports(ast.unparse(ast.fix_missing_locations(tree)))


def is_below(name: str, forbidden: Iterable[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in forbidden)


def foreign(source: str) -> list[str]:
    """What a door must not import: anything but rundruf, the standard library and a few libraries."""
    tops = {name.split(".")[0] for name in imports(source)}
    return sorted(tops - DOOR_LIBRARIES - STANDARD)


@pytest.mark.parametrize(
    "door", sorted((ROOT / "functions").glob("*/*.py")), ids=lambda path: path.parent.name
)
def test_a_door_imports_only_from_rundruf(door: Path) -> None:
    assert foreign(door.read_text()) == []


@pytest.mark.parametrize(
    "source", ["import requests", "from sandbox import x", "def f():\n    import pycurl"]
)
def test_a_foreign_import_of_a_door_is_noticed(source: str) -> None:
    assert foreign(source) != []


@pytest.mark.parametrize(
    ("ring", "never"), [("core", CORE_NEVER), ("messengers", INNER_NEVER), ("flows", INNER_NEVER)]
)
def test_the_inner_rings_do_no_io(ring: str, never: tuple[str, ...]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((PACKAGE / ring).rglob("*.py"))
        for name in imports(path.read_text())
        if is_below(name, never)
    ]
    assert found == []


def test_io_of_an_inner_ring_is_noticed() -> None:
    assert [name for name in imports("from urllib import request") if is_below(name, INNER_NEVER)]
    assert [name for name in imports("import http.client as c") if is_below(name, INNER_NEVER)]
    assert not [name for name in imports("from urllib.parse import quote") if is_below(name, INNER_NEVER)]
