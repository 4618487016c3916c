"""What a webhook door pays for one messenger."""

import subprocess
import sys

import pytest

from rundruf.messengers import _PLACES as PLACES
from rundruf.messengers import MESSENGERS

SCRIPT = """
import sys
before = set(sys.modules)
from rundruf.messengers import messenger
messenger({name!r})
print(*sorted(set(sys.modules) - before))
"""


def _imported(name: str) -> set[str]:
    path = [part for part in sys.path if part]
    script = f"import sys; sys.path[:0] = {path!r}\n" + SCRIPT.format(name=name)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", MESSENGERS)
def test_a_messenger_imports_no_other_one(name: str) -> None:
    """But for what several share: a folder that holds none of its own, or both."""
    imported = {module.removeprefix("rundruf.messengers.") for module in _imported(name)}
    own = PLACES[name].partition(":")[0]
    assert own in imported
    assert imported & ({place.partition(":")[0] for place in PLACES.values()} - {own}) == set()


@pytest.mark.parametrize("name", MESSENGERS)
def test_a_messenger_needs_the_standard_library_only_until_it_is_used(name: str) -> None:
    roots = {module.split(".")[0] for module in _imported(name)}
    assert roots - sys.stdlib_module_names <= {"rundruf"}
