"""`rundruf report`: figures on the terminal, the page and the tables, and a list of any length."""

import json
from pathlib import Path
from typing import Any

import pytest

from rundruf.api.models import LinkOut, ReportFigures, ReportOut
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import DROP, Answer, Suite, told

ID = made.broadcast().id
PATH = f"/v1/broadcasts/{ID}"
HEAD = b"contact,account,outcome,reason,delivered,read\r\n"


def figures(**more: Any) -> ReportFigures:
    told: dict[str, Any] = {
        "audience": 2_000,
        "sent": 1_900,
        "delivered": 900,
        "read": None,
        "clicked": 12,
        "clickers": 0,
        "replied": 7,
        "left": 3,
        "blocked": 1,
        "failed": {"gone": 40},
        "skipped": {"consent": 60},
        "unknown": 0,
        "expired": 0,
        "pending": 0,
    }
    return ReportFigures.model_validate(told | more)


def report(**more: Any) -> ReportOut:
    told: dict[str, Any] = {
        "id": ID,
        "name": "Autumn",
        "kind": "broadcast",
        "state": "finished",
        "topic": "Recipes",
        "zone": "Europe/Berlin",
        "as_of": made.NOON,
        "started": made.NOON,
        "finished": made.NOON,
        "figures": figures(),
        "bases": {"delivered": 1_000, "read": 0},
        "by_messenger": {},
        "by_account": {"whatsapp/main": figures(), "telegram/main": figures(delivered=None)},
        "links": [LinkOut(url="https://shop.example/a", clicks=12)],
        "hours": [],
        "best_hours": {},
    }
    return ReportOut.model_validate(told | more)


def csv(content: bytes, cursor: str = "") -> Answer:
    headers = {"Content-Type": "text/csv; charset=utf-8"} | ({"X-Next-Cursor": cursor} if cursor else {})
    return Answer(200, content, headers)


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays(f"GET {PATH}/report", told(report()))
    suite.plays(f"GET {PATH}", told(made.broadcast()))


def test_a_report_is_shown_with_shares_and_reasons(run: Run) -> None:
    shown = run("report", ID).stdout
    assert "2,000 = 1,900 sent + 40 failed + 60 skipped  ✓" in shown
    assert "90.0%" in shown  # delivered, of those whose messenger tells
    assert "not reported" in shown
    assert "https://shop.example/a" in shown
    assert "consent" in shown


def test_as_json_it_is_the_apis_answer(run: Run) -> None:
    assert json.loads(run("report", ID, "--json").stdout) == report().model_dump(mode="json")


def test_the_page_goes_into_a_file_of_the_user(run: Run, suite: Suite, tmp_path: Path) -> None:
    page = Answer(200, b"<!doctype html><p>Hi", {"Content-Type": "text/html; charset=utf-8"})
    suite.plays(f"GET {PATH}/report", page)
    file = tmp_path / "report.html"
    run("report", ID, "--html", "--out", str(file), "--language", "de")
    assert file.read_text() == "<!doctype html><p>Hi"
    assert file.stat().st_mode & 0o777 == 0o600
    assert suite.asked[0].query["language"] == "de"


def test_a_table_is_for_spreadsheets(run: Run, suite: Suite) -> None:
    suite.plays(f"GET {PATH}/report", csv(b"of;sent\r\nall;3\r\n"))
    assert run("report", ID, "--csv", "--table", "hours", "--excel").stdout.split() == ["of;sent", "all;3"]
    asked = suite.asked[0].query
    assert (asked["table"], asked["separator"]) == ("hours", ";")


def test_a_newsletters_report_is_asked_of_the_newsletter(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/newsletters/n1/report", told(report(kind="newsletter", name="Weekly")))
    assert "Weekly" in run("report", "--newsletter", "n1").stdout


def test_an_export_puts_pages_together(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(f"GET {PATH}/recipients", csv(HEAD + b"a\r\nb\r\n", "c1"), csv(b"c\r\n"))
    file = tmp_path / "people.csv"
    result = run("report", "export", ID, "--out", str(file))
    assert file.read_bytes() == HEAD + b"a\r\nb\r\nc\r\n"
    assert "3 people" in result.stderr
    assert list(tmp_path.glob("*.part")) == []


def test_an_export_goes_on_where_it_stopped(run: Run, suite: Suite, tmp_path: Path) -> None:
    broken = Answer(500, b"{}", {"Content-Type": "application/json"})
    suite.plays(f"GET {PATH}/recipients", csv(HEAD + b"a\r\n", "c1"), broken)
    file = tmp_path / "people.csv"
    assert run("report", "export", ID, "--out", str(file)).exit_code == 1
    file.write_bytes(file.read_bytes() + b"half a li")
    suite.plays(f"GET {PATH}/recipients", csv(b"b\r\n"))
    run("report", "export", ID, "--out", str(file))
    assert file.read_bytes() == HEAD + b"a\r\nb\r\n"
    assert suite.asked[-1].query["cursor"] == "c1"


def test_an_export_does_not_write_over_another_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mine")
    assert run("report", "export", ID, "--out", str(file)).exit_code == 1
    assert file.read_text() == "mine"


@pytest.mark.parametrize("options", [("--html", "--csv"), ("--csv", "--json"), ("--out", "x.csv")])
def test_options_that_do_not_go_together_are_said(run: Run, options: tuple[str, ...]) -> None:
    assert run("report", ID, *options).exit_code == 2


def test_an_export_that_got_no_page_goes_on_too(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(f"GET {PATH}", told(made.broadcast("finished")))
    suite.plays(f"GET {PATH}/recipients", DROP)
    assert run("report", "export", ID, "--out", "people.csv").exit_code == 3
    page = Answer(body=b"contact\r\n1\r\n", headers={"Content-Type": "text/csv"})
    suite.plays(f"GET {PATH}/recipients", page)
    assert run("report", "export", ID, "--out", "people.csv").exit_code == 0
    assert (tmp_path / "people.csv").read_bytes() == b"contact\r\n1\r\n"
    assert not (tmp_path / "people.csv.part").exists()
