"""The look at retention through the schedule's door, and its report over the API."""

import json

import pytest

from rundruf.aws import keys
from tests.api.client import Client, LambdaContext
from tests.functions.doors import Doors
from tests.support.stack import Stack
from tests.support.template import ROOT


@pytest.fixture
def doors(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Doors:
    return Doors(stack, monkeypatch)


def test_the_schedules_input_starts_a_look_that_the_report_shows(
    doors: Doors, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    api = Client(stack)
    before = api.get("/v1/retention")
    assert (before["checked"], before["running"]) == (None, None)
    api.wiring.table.put(keys.event("old"), {"expires": 1})
    app = doors.module("newsletter")
    events = stack.template.properties("NewsletterFunction")["Events"]
    given = json.loads(events["Retention"]["Properties"]["Input"])
    assert app.handler(given, LambdaContext()) == {"overdue": 1, "endless": 0}
    assert '"message": "retention overdue"' in capsys.readouterr().out
    told = api.get("/v1/retention")
    assert told["checked"]
    found = {one["data"]: one for one in told["classes"]}
    assert (found["event"]["overdue"], found["event"]["removed"], found["event"]["days"]) == (1, 1, 14)
    assert found["ledger"]["until"] == "erasure"
    assert app.handler({}, LambdaContext()) == {"started": 0}


def test_the_log_line_that_wakes_somebody_is_the_one_that_is_written(stack: Stack) -> None:
    pattern = stack.template.properties("RetentionFindings")["FilterPattern"]
    source = (ROOT / "functions/newsletter/app.py").read_text()
    for said in ("retention overdue", "retention failed"):
        assert said in pattern
        assert f'"{said}"' in source
