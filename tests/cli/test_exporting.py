"""Everybody in a file: page by page, resumed where it stopped, safe in a spreadsheet, read back unchanged."""

import csv
import stat
from pathlib import Path
from typing import Any

from rundruf.flows.importing import csv_rows, jsonl_rows
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import DROP, Answer, Suite

CALL = "GET /v1/contacts"
NASTY = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\tx", "'=x", 'a,"b"\nc', "＝1", " lead"]


def page(names: list[str], cursor: str | None) -> Answer:
    people: list[Any] = [
        made.contact(name=name, attributes={"city": "Köln"}).model_dump(mode="json") for name in names
    ]
    return Answer(body={"contacts": people, "cursor": cursor})


def test_a_csv_is_safe_and_read_back_unchanged(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(CALL, page(NASTY[:4], "a"), page(NASTY[4:], None))
    assert run("contacts", "export", "--out", "people.csv").exit_code == 0
    file = tmp_path / "people.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_bytes().decode()
    cells = [cell for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "＝")]
    assert [row["name"] for _, row in csv_rows(text)] == NASTY
    assert {row["attr.city"] for _, row in csv_rows(text)} == {"Köln"}
    assert not (tmp_path / "people.csv.part").exists()


def test_json_lines_need_no_quote(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(CALL, page(NASTY, None))
    run("contacts", "export", "--out", "people.jsonl")
    assert [row["name"] for _, row in jsonl_rows((tmp_path / "people.jsonl").read_text())] == NASTY


def test_a_broken_off_export_goes_on_where_it_stopped(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(CALL, page(["A"], "one"), page(["B"], "two"), DROP)
    assert run("contacts", "export", "--out", "people.csv").exit_code == 3
    with (tmp_path / "people.csv.part").open("a") as torn:
        torn.write('{"cursor": "three", "peo')
    suite.asked.clear()
    suite.plays(CALL, page(["C"], None))
    assert run("contacts", "export", "--out", "people.csv").exit_code == 0
    assert [one.query.get("cursor") for one in suite.asked] == ["two"]
    assert [row["name"] for _, row in csv_rows((tmp_path / "people.csv").read_text())] == ["A", "B", "C"]


def test_everybody_needs_a_file(run: Run) -> None:
    assert run("contacts", "export").exit_code == 2
