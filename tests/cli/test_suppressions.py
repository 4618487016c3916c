"""`rundruf suppressions`: lists of any size, one person, and why somebody is left out."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.suite import DROP, Answer, Asked, Suite

CALL, CHECK = "POST /v1/suppressions", "GET /v1/suppressions/check"
HEADER = "messenger,account,user_id\n"


def takes(asked: Asked) -> Answer:
    """Refuses whoever is called anna."""
    offset = int(asked.query["line_offset"])
    lines = asked.body.decode().splitlines()[1:]
    wrong = [number + offset for number, line in enumerate(lines, 2) if "anna" in line]
    refused = [{"line": one, "field": "user_id", "detail": "no id"} for one in wrong]
    counts = {"listed": len(lines) - len(wrong), "already": 0, "ended": 1, "refused": len(wrong)}
    return Answer(body={**counts, "lines": refused})


def test_a_list_goes_in_parts_under_its_name(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(CALL, takes)
    rows = "".join(f"whatsapp,*,{one}\n" for one in range(1_500)) + "whatsapp,*,anna\n"
    (tmp_path / "gone.csv").write_text(HEADER + rows)
    result = run("suppressions", "import", "gone.csv", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["listed"], told["ended"], told["refused"]) == (1_500, 2, 1)
    assert told["lines"] == [{"line": 1_502, "field": "user_id", "detail": "no id"}]
    assert [one.query["document"] for one in suite.asked] == ["gone.csv", "gone.csv"]


def test_a_list_without_mistakes_is_counted(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(CALL, takes)
    (tmp_path / "gone.csv").write_text("messenger;account;user_id\nwhatsapp;*;1\n")
    result = run("suppressions", "import", "gone.csv", "--document", "Mailtool 2026")
    assert result.exit_code == 0
    assert "new on the list" in result.stdout
    assert suite.asked[0].body.decode() == HEADER + "whatsapp,*,1\n"
    assert suite.asked[0].query["document"] == "Mailtool 2026"


def test_one_person_is_added_as_of_now(run: Run, suite: Suite) -> None:
    suite.plays(CALL, Answer(body={"listed": 1, "already": 0, "ended": 1, "refused": 0, "lines": []}))
    result = run("suppressions", "add", "whatsapp", "*", "+491")
    assert result.exit_code == 0
    assert "a consent has ended" in result.stderr
    body = suite.asked[0].json
    assert {name: body[name] for name in ("messenger", "account", "user_id")} == {
        "messenger": "whatsapp", "account": "*", "user_id": "+491",
    }  # fmt: skip
    assert body["at"].endswith("+00:00")


def test_a_wrong_id_is_said(run: Run, suite: Suite) -> None:
    line = {"line": 1, "field": "user_id", "detail": "This is no id."}
    suite.plays(CALL, Answer(body={"listed": 0, "already": 0, "ended": 0, "refused": 1, "lines": [line]}))
    result = run("suppressions", "add", "whatsapp", "*", "anna")
    assert result.exit_code == 1
    assert "user_id: This is no id." in result.stderr


@pytest.mark.parametrize(
    ("why", "said"), [("listed", "on the suppression list"), ("erased", "to be erased"), ("", "may bring")]
)
def test_a_check_says_why(run: Run, suite: Suite, why: str, said: str) -> None:
    since = "2026-05-01T12:00:00Z" if why else None
    suite.plays(
        CHECK, Answer(body={"suppressed": bool(why), "since": since, "why": why, "reference": "old.csv"})
    )
    assert said in run("suppressions", "check", "whatsapp", "main", "+491").stdout
    assert suite.asked[0].query == {"messenger": "whatsapp", "account": "main", "user_id": "+491"}
    assert json.loads(run("suppressions", "check", "a", "b", "c", "--json").stdout)["why"] == why


def test_a_stopped_import_goes_on_by_the_same_command(run: Run, suite: Suite, tmp_path: Path) -> None:
    counted = {"listed": 1_000, "already": 0, "ended": 0, "refused": 0, "lines": []}
    suite.plays("POST /v1/suppressions", Answer(body=counted), DROP)
    lines = [f"whatsapp,main,+4917{at:08}\n" for at in range(1_500)]
    (tmp_path / "list.csv").write_text("messenger,account,user_id\n" + "".join(lines))
    result = run("suppressions", "import", "list.csv")
    assert result.exit_code == 3
    assert "All before line 1002 is done. The same command goes on there." in result.stderr
    suite.forget()
    suite.plays("POST /v1/suppressions", Answer(body={**counted, "listed": 500}))
    again = run("suppressions", "import", "list.csv", "--json")
    assert "Going on at line 1002." in again.stderr
    assert (len(suite.asked), json.loads(again.stdout)["listed"]) == (1, 1_500)
    assert list(tmp_path.glob("list.csv.*")) == []
