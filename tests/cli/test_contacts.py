"""`rundruf contacts`: people, and files of any size in parts."""

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from rundruf.api.models import ImportLine, ImportOut
from rundruf.flows.importing import BadFile, csv_rows, jsonl_rows
from rundruf_cli import importing, resuming
from tests.cli import made
from tests.cli.conftest import HEARING, KEY, Run
from tests.cli.suite import DROP, Answer, Asked, Suite, problem, told

EXPORT = f"GET /v1/contacts/{made.ANNA}/export"
PAGE = Answer(200, "<!doctype html><p>Größe".encode(), {"Content-Type": "text/html; charset=utf-8"})
CALL = "POST /v1/contacts/import"
HEADER = "messenger,account,user_id,name,topics,consent_source,consent_at\n"
COUNTED = ("imported", "updated", "refused", "suppressed")
RESULTS: dict[str, Any] = {"old": "updated", "unwanted": "suppressed"}
REFUSED = "There is no topic 'nonsense'."


def takes(asked: Asked) -> Answer:
    """Reads a part as the API does; refuses the topic nonsense."""
    text, offset = asked.body.decode(), int(asked.query.get("line_offset", 0))
    try:
        rows = list((csv_rows if asked.headers["content-type"] == "text/csv" else jsonl_rows)(text))
    except BadFile as bad:
        return problem("invalid", f"{bad.detail} Nothing was imported.", [(bad.field, bad.detail)])
    lines = [
        ImportLine(line=line + offset, result="refused", field="topics", detail=REFUSED)
        if cells.get("topics") == "nonsense" or "" in cells
        else ImportLine(line=line + offset, result=RESULTS.get(cells.get("name", ""), "imported"))
        for line, cells in rows
    ]
    counts = {what: sum(one.result == what for one in lines) for what in COUNTED}
    return told(ImportOut(**counts, lines=lines))


def row(number: int, topic: str = "recipes", name: str = "Anna") -> str:
    return f"whatsapp,main,+49171{number:07},{name},{topic},shop,2026-05-01T12:00:00Z\n"


def rows_sent(suite: Suite) -> list[int]:
    return [len(list(csv_rows(one.body.decode()))) for one in suite.asked if one.call == CALL]


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    suite.plays(CALL, takes)


class TestPeople:
    def test_list_goes_over_pages(self, run: Run, suite: Suite) -> None:
        pages = [
            Answer(body={"contacts": [made.contact().model_dump(mode="json")], "cursor": "more"}),
            Answer(body={"contacts": [made.contact(name="Ben").model_dump(mode="json")], "cursor": None}),
        ]
        suite.plays("GET /v1/contacts", *pages)
        result = run("contacts", "list", "--messenger", "whatsapp")
        assert "Anna" in result.stdout
        assert "Ben" in result.stdout
        assert [one.query for one in suite.asked] == [
            {"messenger": "whatsapp", "limit": "50"},
            {"messenger": "whatsapp", "limit": "50", "cursor": "more"},
        ]
        suite.plays("GET /v1/contacts", *pages)
        assert len(json.loads(run("contacts", "list", "--all", "--json").stdout)["contacts"]) == 2

    def test_a_limit_stops_asking(self, run: Run, suite: Suite) -> None:
        page = {"contacts": [made.contact().model_dump(mode="json")] * 3, "cursor": "more"}
        suite.plays("GET /v1/contacts", Answer(body=page))
        assert len(json.loads(run("contacts", "list", "--limit", "3", "--json").stdout)["contacts"]) == 3
        assert len(suite.asked) == 1

    def test_show(self, run: Run, suite: Suite) -> None:
        suite.plays(f"GET /v1/contacts/{made.ANNA}", told(made.contact()))
        shown = run("contacts", "show", made.ANNA).stdout
        assert "city=Köln" in shown
        assert "withdrawn (everything)" in shown
        assert json.loads(run("contacts", "show", made.ANNA, "--json").stdout)["user_id"] == made.PHONE

    def test_erase_asks_first(self, run: Run, suite: Suite) -> None:
        suite.plays(f"DELETE /v1/contacts/{made.ANNA}", Answer(204))
        assert run("contacts", "erase", made.ANNA).exit_code == 2
        assert suite.asked == []
        assert run("contacts", "erase", made.ANNA, "--yes").exit_code == 0
        assert suite.calls == [f"DELETE /v1/contacts/{made.ANNA}"]

    def test_an_id_cannot_leave_its_place_in_the_path(self, run: Run, suite: Suite) -> None:
        assert run("contacts", "show", "..?x#y").exit_code == 1
        assert suite.calls == ["GET /v1/contacts/..%3Fx%23y"]


class TestExport:
    def test_the_data_goes_to_a_file_for_the_user_only(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        suite.plays(EXPORT, Answer(body={"contact": {"name": "Änne"}}))
        (tmp_path / "anna.json").touch(mode=0o644)
        result = run("contacts", "export", made.ANNA, "--out", "anna.json")
        assert (result.exit_code, result.stdout) == (0, "")
        written = tmp_path / "anna.json"
        assert json.loads(written.read_text(encoding="utf-8")) == {"contact": {"name": "Änne"}}
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert suite.asked[0].query == {}

    def test_without_a_file_it_goes_to_stdout(self, run: Run, suite: Suite) -> None:
        suite.plays(EXPORT, Answer(body={"contact": {}}))
        assert json.loads(run("contacts", "export", made.ANNA).stdout) == {"contact": {}}

    def test_a_page_is_asked_for_and_written_as_it_came(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        suite.plays(EXPORT, PAGE)
        result = run("contacts", "export", made.ANNA, "--html", "--language", "en", "--out", "anna.html")
        assert result.exit_code == 0
        assert (tmp_path / "anna.html").read_bytes() == PAGE.body
        (asked,) = suite.asked
        assert asked.query == {"format": "html", "language": "en"}
        assert asked.headers["accept"] == "text/html"

    def test_something_else_than_a_page_is_refused(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        for answer in (Answer(200, b"%PDF", {"Content-Type": "application/pdf"}), Answer(body={})):
            suite.plays(EXPORT, answer)
            assert run("contacts", "export", made.ANNA, "--html", "--out", "anna.html").exit_code == 1
            assert not (tmp_path / "anna.html").exists()

    def test_a_file_that_cannot_be_written_is_told(self, run: Run, suite: Suite) -> None:
        suite.plays(EXPORT, PAGE)
        result = run("contacts", "export", made.ANNA, "--html", "--out", "no/such/place.html")
        assert result.exit_code == 1
        assert "cannot be written" in result.stderr


class TestImport:
    def test_a_small_file_is_one_part(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + row(1) + row(2, name="old"))
        result = run("contacts", "import", "people.csv", "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout) == {
            "imported": 1,
            "updated": 1,
            "refused": 0,
            "suppressed": 0,
            "lines": [],
            "lines_left_off": 0,
            "next_line": None,
        }
        assert suite.asked[0].headers["content-type"] == "text/csv"
        assert suite.asked[0].body.decode() == HEADER + row(1) + row(2, name="old")

    def test_a_large_file_goes_in_parts_with_the_header_each(
        self, run: Run, suite: Suite, tmp_path: Path
    ) -> None:
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(one) for one in range(2_345)))
        result = run("contacts", "import", "people.csv")
        assert result.exit_code == 0
        assert rows_sent(suite) == [1_000, 1_000, 345]
        assert all(one.body.decode().startswith(HEADER) for one in suite.asked)
        assert len({one.headers["idempotency-key"] for one in suite.asked}) == 3
        assert "2,345" in result.stdout

    def test_refused_lines_have_the_numbers_of_the_file(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        wanted = {2, 1_001, 1_002, 2_346}
        lines = [row(one, "nonsense" if one in wanted else "recipes") for one in range(2, 2_347)]
        (tmp_path / "people.csv").write_text(HEADER + "".join(lines))
        result = run("contacts", "import", "people.csv", "--json")
        assert result.exit_code == 1
        told = json.loads(result.stdout)
        assert {one["line"] for one in told["lines"]} == wanted
        assert told["lines"][0] == {"line": 2, "field": "topics", "detail": REFUSED}
        assert "4 of 2,345 lines were refused" in result.stderr

    def test_blank_lines_and_cells_of_several_lines_do_not_shift_the_numbers(
        self, run: Run, tmp_path: Path
    ) -> None:
        text = (
            HEADER.replace("\n", "\r\n")
            + row(1, name='"Anna\nMaria\r\nSophie"')
            + "\n,,,,,,\n"
            + row(2, "nonsense", name='"two\nlines"')
            + row(3, "nonsense")
        )
        (tmp_path / "people.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
        result = run("contacts", "import", "people.csv", "--json")
        lines = [one["line"] for one in json.loads(result.stdout)["lines"]]
        physical = text.replace("\r\n", "\n").split("\n")
        assert [physical[line - 1].split(",")[2] for line in lines] == ["+491710000002", "+491710000003"]

    def test_json_lines(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        people = [{"messenger": "whatsapp", "user_id": str(one), "name": "a\u2028b\x85c"} for one in range(3)]
        people[2]["topics"] = "nonsense"
        text = "\n\n".join(json.dumps(one, ensure_ascii=False) for one in people) + "\nno json\n"
        (tmp_path / "people.jsonl").write_text(text)
        result = run("contacts", "import", "people.jsonl", "--errors", "refused.jsonl", "--json")
        assert [one["line"] for one in json.loads(result.stdout)["lines"]] == [5, 6]
        assert suite.asked[0].headers["content-type"] == "application/x-ndjson"
        assert json.loads(suite.asked[0].body.splitlines()[0]) == people[0]
        refused = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]
        assert refused[0] == people[2] | {"error_line": 5, "error_field": "topics", "error_detail": REFUSED}
        assert refused[1]["error_text"] == "no json"

    def test_the_file_of_refused_lines_can_be_corrected_and_imported(
        self, run: Run, suite: Suite, tmp_path: Path
    ) -> None:
        (tmp_path / "people.csv").write_text(HEADER + row(1) + row(2, "nonsense", name='"A, B"'))
        assert run("contacts", "import", "people.csv", "--errors", "refused.csv").exit_code == 1
        file = tmp_path / "refused.csv"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        (refused,) = csv.DictReader(io.StringIO(file.read_text()))
        assert refused["name"] == "A, B"
        assert (refused["error_line"], refused["error_detail"]) == ("3", REFUSED)
        file.write_text(file.read_text().replace("nonsense,", "recipes,"))
        assert run("contacts", "import", "refused.csv", "--errors", "again.csv").exit_code == 0
        sent = csv_rows(suite.asked[-1].body.decode())
        assert list(sent) == list(csv_rows(HEADER + row(2, name='"A, B"')))
        assert not (tmp_path / "again.csv").exists()

    def test_the_imported_file_is_not_overwritten(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + row(1))
        assert run("contacts", "import", "people.csv", "--errors", "./people.csv").exit_code == 2
        assert suite.asked == []

    def test_from_line_leaves_out_what_is_done(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(one) for one in range(2, 12)))
        (tmp_path / "refused.csv").write_text("kept\n")
        result = run("contacts", "import", "people.csv", "--from-line", "9", "--errors", "refused.csv")
        assert result.exit_code == 0
        assert suite.asked[0].body.decode() == HEADER + row(9) + row(10) + row(11)
        assert suite.asked[0].query == {"line_offset": "7"}
        assert (tmp_path / "refused.csv").read_text() == "kept\n"

    def test_a_failure_says_where_to_go_on(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(one) for one in range(1_500)))
        suite.plays(CALL, takes, DROP)
        result = run("contacts", "import", "people.csv", "--json")
        assert result.exit_code == 3
        told = json.loads(result.stdout)
        assert (told["imported"], told["next_line"]) == (1_000, 1_002)
        assert "All before line 1002 is done. The same command goes on there." in result.stderr

    def test_a_refusal_of_the_header_is_said(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text("messenger,account,user_id,colour\nwhatsapp,main,1,red\n")
        result = run("contacts", "import", "people.csv")
        assert result.exit_code == 1
        assert "The column 'colour' is not known" in result.stderr

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "first line must name the columns"),
            (HEADER.encode() + row(1).encode() + b'whatsapp,main,"+49\n', "Line 3 is not CSV"),
            (HEADER.encode() + row(1, name="Jörg").encode("latin-1"), "not UTF-8"),
        ],
    )
    def test_a_file_that_cannot_be_read_to_its_end_is_not_begun(
        self, run: Run, suite: Suite, tmp_path: Path, content: bytes, said: str
    ) -> None:
        (tmp_path / "people.csv").write_bytes(content)
        result = run("contacts", "import", "people.csv", "--json")
        assert (result.exit_code, result.stdout) == (1, "")
        assert said in result.stderr
        assert suite.asked == []

    def test_people_who_do_not_want_it_are_told_apart_from_mistakes(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + row(1) + row(2, name="unwanted"))
        result = run("contacts", "import", "people.csv", "--errors", "left-out.csv", "--json")
        assert result.exit_code == 0
        told = json.loads(result.stdout)
        assert (told["imported"], told["refused"], told["suppressed"]) == (1, 0, 1)
        assert "unwanted" in (tmp_path / "left-out.csv").read_text()

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("between", [";", "\t"])
    def test_files_as_excel_writes_them_are_read(
        self, run: Run, suite: Suite, tmp_path: Path, encoding: str, between: str
    ) -> None:
        text = (HEADER + row(1, name="Jörg") + row(2, name='"A B"')).replace(",", between)
        (tmp_path / "people.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
        assert run("contacts", "import", "people.csv").exit_code == 0
        assert suite.asked[0].body.decode() == HEADER + row(1, name="Jörg") + row(2, name="A B")

    def test_refused_lines_are_safe_in_a_spreadsheet_and_the_same_when_sent_again(
        self, run: Run, suite: Suite, tmp_path: Path
    ) -> None:
        (tmp_path / "people.csv").write_text(HEADER + row(2, "nonsense", name="=cmd()"))
        run("contacts", "import", "people.csv", "--errors", "refused.csv")
        (refused,) = csv.DictReader(io.StringIO((tmp_path / "refused.csv").read_text()))
        assert (refused["name"], refused["user_id"]) == ("'=cmd()", "'+491710000002")
        run("contacts", "import", "refused.csv")
        first, again = (next(iter(csv_rows(one.body.decode())))[1] for one in suite.asked)
        assert first == again

    def test_a_json_list_is_no_json_lines(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        (tmp_path / "people").write_text('[{"messenger": "whatsapp"}]')
        result = run("contacts", "import", "people")
        assert result.exit_code == 1
        assert "JSON list" in result.stderr
        assert suite.asked == []

    def test_a_file_that_is_not_there_is_wrong_usage(self, run: Run) -> None:
        assert run("contacts", "import", "people.csv").exit_code == 2

    def test_many_refused_lines_are_shown_in_part(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(one, "nonsense") for one in range(1_010)))
        result = run("contacts", "import", "people.csv")
        assert result.stdout.count(REFUSED) == 20
        assert "… and 990 more; --errors FILE" in result.stderr
        told = json.loads(run("contacts", "import", "people.csv", "--json").stdout)
        assert (len(told["lines"]), told["lines_left_off"]) == (1_000, 10)

    def test_ctrl_c_says_where_it_stopped(
        self, suite: Suite, tmp_path: Path, environment: dict[str, str | None]
    ) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def hangs(asked: Asked) -> Answer:
            begun.set()
            go_on.wait(10)
            return takes(asked)

        suite.plays(CALL, takes, hangs)
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(one) for one in range(1_500)))
        command = [*HEARING, "contacts", "import", "people.csv", "--json"]
        given = {name: value for name, value in (os.environ | environment).items() if value is not None}
        given["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        importer = subprocess.Popen(
            command, cwd=tmp_path, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert begun.wait(20)
            importer.send_signal(signal.SIGINT)
            out, err = importer.communicate(timeout=20)
        finally:
            go_on.set()
            importer.kill()
        assert importer.returncode == 130
        assert json.loads(out)["next_line"] == 1_002
        assert "Stopped after 1,000 of 1,500 lines." in err
        assert "All before line 1002 is done. The same command goes on there." in err


class TestGoingOn:
    """An import that was stopped goes on by the same command, and only where that is right."""

    LINES = 2_500

    @pytest.fixture
    def stopped(self, run: Run, suite: Suite, tmp_path: Path) -> Path:
        """The imported file, after a run that lost its suite behind the first part."""
        file = tmp_path / "people.csv"
        wrong = {3, 1_003, 2_003}
        file.write_text(
            HEADER + "".join(row(at, "nonsense" if at in wrong else "recipes") for at in range(self.LINES))
        )
        suite.plays(CALL, takes, DROP)
        assert run("contacts", "import", "people.csv", "--errors", "refused.csv").exit_code == 3
        suite.forget()
        suite.plays(CALL, takes)
        return file

    def lines(self, file: Path) -> list[int]:
        return [int(one["error_line"]) for one in csv.DictReader(io.StringIO(file.read_text()))]

    def test_the_same_command_goes_on_and_counts_all(
        self, run: Run, suite: Suite, stopped: Path, tmp_path: Path
    ) -> None:
        result = run("contacts", "import", "people.csv", "--errors", "refused.csv", "--json")
        assert rows_sent(suite) == [1_000, 500]
        told = json.loads(result.stdout)
        assert (told["imported"], told["refused"], told["next_line"]) == (2_497, 3, None)
        assert "Going on at line 1002; 1,000 lines were done before." in result.stderr
        assert "3 of 2,500 lines were refused" in result.stderr
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]

    def test_the_mark_is_for_the_user_only_and_gone_at_the_end(
        self, run: Run, stopped: Path, tmp_path: Path
    ) -> None:
        (mark,) = tmp_path.glob("people.csv.*")
        assert stat.S_IMODE(mark.stat().st_mode) == 0o600
        assert KEY not in mark.read_text()
        run("contacts", "import", "people.csv")
        assert list(tmp_path.glob("people.csv.*")) == []

    def test_the_file_of_refused_lines_need_not_be_named_again(
        self, run: Run, stopped: Path, tmp_path: Path
    ) -> None:
        run("contacts", "import", "people.csv")
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]

    def test_what_a_killed_run_wrote_after_its_mark_is_not_there_twice(
        self, run: Run, stopped: Path, tmp_path: Path
    ) -> None:
        with (tmp_path / "refused.csv").open("a") as file:
            file.write('whatsapp,main,+491,"torn off in the mid')
        run("contacts", "import", "people.csv")
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]

    def test_a_file_of_refused_lines_that_was_edited_keeps_what_it_says(
        self, run: Run, stopped: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "refused.csv"
        file.write_text(file.read_text().replace("Anna", "Anna Sophie Charlotte"))
        run("contacts", "import", "people.csv")
        assert "Anna Sophie Charlotte" in file.read_text()
        assert self.lines(file) == [5, 1_005, 2_005]

    def test_another_file_begins_anew(self, run: Run, suite: Suite, stopped: Path, tmp_path: Path) -> None:
        stopped.write_text(stopped.read_text() + row(9_999))
        result = run("contacts", "import", "people.csv", "--errors", "refused.csv")
        assert rows_sent(suite) == [1_000, 1_000, 501]
        assert "is not what it was when its import stopped: it begins anew" in result.stderr
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]

    def test_another_suite_begins_anew_and_leaves_the_mark(
        self, run: Run, suite: Suite, stopped: Path, tmp_path: Path
    ) -> None:
        other = suite.url.replace("127.0.0.1", "localhost")
        run("contacts", "import", "people.csv", "--url", other)
        assert rows_sent(suite) == [1_000, 1_000, 500]
        assert len(list(tmp_path.glob("people.csv.*"))) == 1
        suite.forget()
        suite.plays(CALL, takes)
        run("contacts", "import", "people.csv")
        assert rows_sent(suite) == [1_000, 500]

    def test_again_begins_at_the_first_line(
        self, run: Run, suite: Suite, stopped: Path, tmp_path: Path
    ) -> None:
        run("contacts", "import", "people.csv", "--again", "--errors", "refused.csv")
        assert rows_sent(suite) == [1_000, 1_000, 500]
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]
        assert list(tmp_path.glob("people.csv.*")) == []

    def test_stopped_twice_it_goes_on_twice(
        self, run: Run, suite: Suite, stopped: Path, tmp_path: Path
    ) -> None:
        suite.plays(CALL, takes, DROP)
        assert run("contacts", "import", "people.csv").exit_code == 3
        suite.forget()
        suite.plays(CALL, takes)
        run("contacts", "import", "people.csv")
        assert rows_sent(suite) == [500]
        assert self.lines(tmp_path / "refused.csv") == [5, 1_005, 2_005]

    def test_a_mark_that_makes_no_sense_is_none(
        self, run: Run, suite: Suite, stopped: Path, tmp_path: Path
    ) -> None:
        (mark,) = tmp_path.glob("people.csv.*")
        mark.write_text('{"of": {}, "begun": 7}')
        run("contacts", "import", "people.csv")
        assert rows_sent(suite) == [1_000, 1_000, 500]

    def test_where_no_mark_can_be_written_the_line_is_told(
        self, run: Run, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(resuming.Mark, "write", full)
        suite.plays(CALL, takes, DROP)
        (tmp_path / "people.csv").write_text(HEADER + "".join(row(at) for at in range(1_500)))
        result = run("contacts", "import", "people.csv")
        assert "All before line 1002 is done. Go on with --from-line 1002" in result.stderr

    def test_what_never_began_has_no_place_to_go_on(self, run: Run, suite: Suite, tmp_path: Path) -> None:
        suite.plays(CALL, DROP)
        (tmp_path / "people.csv").write_text(HEADER + row(1))
        result = run("contacts", "import", "people.csv")
        assert result.exit_code == 3
        assert "goes on" not in result.stderr
        assert list(tmp_path.glob("people.csv.*")) == []


class TestParts:
    def parts(self, path: Path, **sizes: int) -> list[importing.Part]:
        return list(importing.parts(importing.opened(path, None), 1, **sizes))

    def test_bytes_limit_a_part_too(self, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text(HEADER + "".join(row(one) for one in range(100)))
        made_parts = self.parts(file, largest=1_000)
        assert len(made_parts) > 5
        assert all(len(part.content.replace(b"\n", b"")) <= 1_000 + len(HEADER) for part in made_parts)
        assert sum(len(part.rows) for part in made_parts) == 100

    @pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
    def test_every_row_is_sent_once_and_knows_its_line(self, tmp_path: Path, most: int) -> None:
        file = tmp_path / "people.csv"
        names = ["A", '"a\nb"', '"a\r\nb\rc"', '""""', '"x,y"', "Ü🍲"]
        file.write_text(
            HEADER + "".join(row(at, name=names[at % 6]) + "\n" * (at % 3) for at in range(40)), newline=""
        )
        whole = [cells for _, cells in csv_rows(file.read_bytes().decode())]
        sent = []
        for part in self.parts(file, most=most):
            for line, cells in csv_rows(part.content.decode()):
                sent.append(cells)
                assert part.rows[line + part.offset].cells[2] == cells["user_id"]
        assert sent == whole

    @pytest.mark.parametrize("suffix", ["csv", "jsonl"])
    def test_the_suite_sees_the_lines_of_the_file_which_the_ledger_keeps(
        self, tmp_path: Path, suffix: str
    ) -> None:
        file = tmp_path / f"people.{suffix}"
        lines = [row(at, name=f"line {at + 2}") for at in range(50)]
        if suffix == "jsonl":
            lines = [json.dumps({"name": f"line {at + 1}"}) + "\n" for at in range(50)]
        file.write_text((HEADER if suffix == "csv" else "") + "".join(lines))
        read = csv_rows if suffix == "csv" else jsonl_rows
        seen = [
            (line + part.offset, cells["name"])
            for part in self.parts(file, most=7)
            for line, cells in read(part.content.decode())
        ]
        assert len(seen) == 50
        assert all(name == f"line {line}" for line, name in seen)

    def test_a_part_carries_no_line_but_its_own(self, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text(HEADER + "".join(row(at) for at in range(2, 42)))
        for part in self.parts(file, most=7):
            assert len(part.content) < 12 * len(row(1)) + 20
            for line, cells in csv_rows(part.content.decode()):
                assert part.rows[line + part.offset].cells[2] == cells["user_id"]

    def test_sizes_stay_below_what_the_suite_takes(self) -> None:
        assert importing.PART_ROWS <= 20_000
        assert importing.PART_BYTES * 2 < 5_000_000

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("a.csv", "user_id\n", "text/csv"),
            ("a.CSV", "user_id\n", "text/csv"),
            ("a.ndjson", "{}\n", "application/x-ndjson"),
            ("a.txt", "user_id\n", "text/csv"),
            ("a.txt", '\ufeff {"user_id": "1"}\n', "application/x-ndjson"),
        ],
    )
    def test_the_name_or_the_first_byte_tells_the_format(
        self, tmp_path: Path, name: str, content: str, kind: str
    ) -> None:
        (tmp_path / name).write_text(content)
        assert importing.opened(tmp_path / name, None).kind == kind


def test_a_stream_of_rows_is_never_held_whole(tmp_path: Path) -> None:
    import tracemalloc

    file = tmp_path / "people.csv"
    with file.open("w") as out:
        out.write(HEADER)
        out.writelines(row(one) for one in range(30_000))
    tracemalloc.start()
    source = importing.opened(file, None)
    assert importing.count(source, 1) == 30_000
    assert sum(len(part.rows) for part in importing.parts(source, 1)) == 30_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < file.stat().st_size
