"""`rundruf segments`, and conditions on the command line."""

import json
from pathlib import Path

from rundruf.api.models import CountOut, SegmentIn, SegmentList, SegmentOut
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite, problem, told

WHERE = {"attribute": "age", "gte": 18}
GROWN_UPS = SegmentOut(id="grown-ups", name="Grown-ups", where=WHERE, changed=made.NOON)


def test_segments_are_listed_and_shown(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/segments", told(SegmentList(segments=[GROWN_UPS])))
    assert "Grown-ups" in run("segments", "list").stdout
    assert json.loads(run("segments", "list", "--json").stdout)["segments"][0]["where"] == WHERE
    suite.plays("GET /v1/segments/grown-ups", told(GROWN_UPS))
    assert json.loads(run("segments", "show", "grown-ups").stdout)["where"] == WHERE
    suite.plays("GET /v1/segments", told(SegmentList(segments=[])))
    assert "No segments yet" in run("segments", "list").stderr


def test_conditions_come_from_the_line_a_file_or_stdin(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays("POST /v1/segments", told(GROWN_UPS, 201))
    file = tmp_path / "where.json"
    file.write_text(json.dumps(WHERE))
    for where, typed in ((json.dumps(WHERE), None), (str(file), None), ("-", json.dumps(WHERE))):
        result = run("segments", "add", "grown-ups", "--name", "Grown-ups", "--where", where, input=typed)
        assert result.exit_code == 0
        assert SegmentIn.model_validate(suite.asked[-1].json).where == WHERE


def test_conditions_that_are_none_are_wrong_usage(run: Run, suite: Suite) -> None:
    wrong = {"{": "is not JSON", "nowhere.json": "cannot be read", "-": "must be a JSON object"}
    for where, said in wrong.items():
        result = run("segments", "add", "a", "--name", "A", "--where", where, input="[]")
        assert (result.exit_code, said in result.stderr) == (2, True)
    assert suite.asked == []


def test_what_the_suite_refuses_is_said_with_its_place(run: Run, suite: Suite) -> None:
    refused = problem("invalid", "where: there is no condition 'x'", [("where", "there is no condition 'x'")])
    suite.plays("POST /v1/segments", refused)
    result = run("segments", "add", "a", "--name", "A", "--where", '{"x": 1}')
    assert result.exit_code == 1
    assert "there is no condition 'x'" in result.stderr


def test_people_are_counted_before_use(run: Run, suite: Suite) -> None:
    counted = CountOut(count=1_234, by_account={"line/main": 1_234}, complete=False)
    suite.plays("POST /v1/segments/count", told(counted))
    given = ("--topic", "news", "--segment", "grown-ups", "--where", json.dumps(WHERE), "--messenger", "line")
    result = run("segments", "count", *given)
    assert "at least 1,234" in result.stdout
    audience = {"segment": "grown-ups", "where": WHERE, "messengers": ["line"]}
    assert suite.asked[-1].json == {"topic": "news", "audience": audience}


def test_a_broadcast_takes_a_segment_and_conditions(run: Run, suite: Suite) -> None:
    suite.plays("POST /v1/broadcasts", told(made.broadcast(), 202))
    given = ("--name", "Hi", "--topic", "recipes", "--text", "Hi", "--segment", "grown-ups")
    assert run("broadcast", "new", *given, "--where", json.dumps(WHERE)).exit_code == 0
    assert suite.asked[-1].json["audience"] == {"segment": "grown-ups", "where": WHERE}


def test_one_is_deleted(run: Run, suite: Suite) -> None:
    suite.plays("DELETE /v1/segments/grown-ups", Answer(204))
    assert "is deleted" in run("segments", "delete", "grown-ups").stderr
    used = problem("conflict", "The newsletter 'Weekly' uses this segment.")
    suite.plays("DELETE /v1/segments/grown-ups", used)
    assert run("segments", "delete", "grown-ups").exit_code == 1
