"""A line of JSON for each fact, under Powertools' names: filters and alarms need not know who wrote it."""

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from rundruf.aws.logs import Lines, api_logger, described, said


def told(say: Any) -> list[dict[str, Any]]:
    with redirect_stdout(io.StringIO()) as heard:
        say()
    return [json.loads(line) for line in heard.getvalue().splitlines()]


def test_a_fact_is_one_line_with_its_figures() -> None:
    (line,) = told(lambda: Lines("webhook").info("webhook", extra={"status": 200, "kinds": {"é": 1}}))
    assert line.pop("timestamp").endswith("Z")
    expected = {"level": "INFO", "message": "webhook", "service": "webhook", "status": 200, "kinds": {"é": 1}}
    assert line == expected


def test_the_names_are_those_of_powertools(capsys: pytest.CaptureFixture[str]) -> None:
    api_logger("api").info("api", extra={"status": 200})
    theirs = json.loads(capsys.readouterr().out)
    (ours,) = told(lambda: Lines("api").info("api", extra={"status": 200}))
    assert set(ours) == set(theirs) - {"location"}
    assert {name: theirs[name] for name in ("level", "message", "service")} == {
        name: ours[name] for name in ("level", "message", "service")
    }


def test_no_figure_takes_the_place_of_the_fact() -> None:
    (line,) = told(lambda: Lines("send").error("batch", extra={"message": "else", "level": "INFO"}))
    assert (line["message"], line["level"]) == ("batch", "ERROR")


@pytest.mark.parametrize(("level", "heard"), [("INFO", 3), ("WARNING", 2), ("ERROR", 1), ("", 3), ("odd", 3)])
def test_less_than_the_level_is_not_said(level: str, heard: int) -> None:
    log = Lines("send", level)

    def say() -> None:
        log.info("a")
        log.warning("b")
        log.error("c")

    assert len(told(say)) == heard


def test_flows_speak_through_it_and_errors_are_told_without_their_text() -> None:
    try:
        raise ValueError("4917012345678")
    except ValueError as error:
        facts = described(error)
    (line,) = told(lambda: said(Lines("poll"))("failed", **facts))
    assert (line["message"], line["error"]) == ("failed", "ValueError")
    assert "4917" not in json.dumps(line)
