"""A fake is one folder and one line: nothing else knows the messengers' names."""

from pathlib import Path

import pytest

from rundruf.messengers import MESSENGERS
from sandbox import demo_config
from sandbox.kind import Kind
from sandbox.registry import FOLDERS, kinds

SANDBOX = Path(__file__).parents[2] / "sandbox"
SHARED = ("*.py", "page/*.js", "page/*.html", "page/*.css")
EACH = pytest.mark.parametrize("kind", kinds().values(), ids=kinds())


def test_every_folder_of_a_fake_is_registered() -> None:
    found = {place.parent.name for place in SANDBOX.glob("*/__init__.py")}
    assert set(FOLDERS) == found
    assert all((SANDBOX / folder / "demo.json").exists() for folder in FOLDERS)


def test_every_messenger_is_played() -> None:
    assert set(kinds()) == set(MESSENGERS)


@EACH
def test_nothing_shared_branches_on_a_messenger(kind: Kind) -> None:
    for pattern in SHARED:
        for place in SANDBOX.glob(pattern):
            text = place.read_text()
            assert f'= "{kind.name}"' not in text, place.name
            assert f'fakes["{kind.name}"]' not in text, place.name
            assert place.suffix != ".css" or f".{kind.name} " not in text


@EACH
def test_the_demos_account_has_what_a_client_needs(kind: Kind) -> None:
    [account] = demo_config().accounts[kind.name]
    assert account.CREDENTIALS
    assert account.credentials().keys() <= set(account.CREDENTIALS)
    assert account.title == "Café Morgenrot"
    assert account.address
