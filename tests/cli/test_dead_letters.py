"""`rundruf dead-letters`: listed, looked at, sent back."""

import json
from typing import Any

import pytest

from rundruf.api.models import LetterList, LetterOut
from rundruf.flows.dead_letters import sentence
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, told


def letter(number: int = 1, **more: Any) -> LetterOut:
    usual: dict[str, Any] = {
        "id": f"letter-{number}",
        "queue": "send",
        "at": made.NOON,
        "tries": 6,
        "broadcast": "b1",
        "chunk": "0-3",
        "account": "telegram/main",
        "contact": "",
        "fate": "again",
        "reason": "never_started",
        "sentence": sentence("never_started"),
    }
    return LetterOut(**{**usual, **more})


def listed(*letters: LetterOut, more: bool = False) -> LetterList:
    return LetterList(letters=list(letters), more=more)


def test_none(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/dead-letters", told(listed()))
    assert "There are no dead letters." in run("dead-letters", "list").output


def test_list_says_what_and_why(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/dead-letters", told(listed(letter(), more=True)))
    result = run("dead-letters", "list", "--queue", "send")
    assert "letter-1" in result.stdout
    assert "b1 0-3 telegram/main" in result.stdout
    assert "never began" in result.stdout
    assert "more" in result.stderr
    assert suite.asked[0].query["queue"] == "send"
    assert json.loads(run("dead-letters", "list", "--json").stdout)["more"] is True


def test_show_one(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/dead-letters", told(listed(letter(1), letter(2, chunk="0-9"))))
    assert "0-9" in run("dead-letters", "show", "letter-2").stdout
    assert json.loads(run("dead-letters", "show", "letter-2", "--json").stdout)["chunk"] == "0-9"
    missing = run("dead-letters", "show", "letter-3")
    assert (missing.exit_code, "letter-3" in missing.stderr) == (1, True)


def test_redrive_goes_on_until_nothing_is_left(run: Run, suite: Suite) -> None:
    suite.plays(
        "POST /v1/dead-letters/redrive",
        told(listed(letter(1), letter(2, fate="over"), more=True)),
        told(listed(letter(3))),
    )
    result = run("dead-letters", "redrive")
    assert "2 queued again, 1 thrown away" in result.output
    assert [one.json for one in suite.asked] == [{"ids": []}] * 2


@pytest.mark.parametrize("more", [True, False])
def test_redrive_ends_when_only_others_are_left(run: Run, suite: Suite, more: bool) -> None:
    suite.plays("POST /v1/dead-letters/redrive", told(listed(more=more)))
    result = run("dead-letters", "redrive", "letter-1", "--queue", "send", "--json")
    assert json.loads(result.stdout) == {"letters": []}
    assert suite.asked[0].json == {"ids": ["letter-1"], "queue": "send"}
