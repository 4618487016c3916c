"""`rundruf ledger replay`: goes on until the suite says that it is done."""

import json

from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite

PATH = "POST /v1/ledger/replay"


def test_it_asks_until_it_is_done_and_adds_up(run: Run, suite: Suite) -> None:
    suite.plays(
        PATH,
        Answer(body={"done": False, "cursor": "entries:ledger/a", "entries": 3, "erased": 1, "broken": 0}),
        Answer(body={"done": True, "cursor": "", "entries": 2, "erased": 0, "broken": 1}),
    )
    result = run("ledger", "replay", "--json")
    assert json.loads(result.stdout) == {"done": True, "entries": 5, "erased": 1, "broken": 1}
    assert "entries:ledger/a" in result.stderr
