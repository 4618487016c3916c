"""`rundruf audit`: asked for in this computer's time, shown page by page."""

import json

from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite

CALL = "GET /v1/audit"
ENTRY = {
    "id": "x", "at": "2026-11-23T12:00:00Z", "key": "0123456789ab", "name": "shop",
    "action": "DELETE /v1/contacts/{contact}", "object": "c" * 26, "status": 204, "result": "done",
}  # fmt: skip


def test_entries_are_shown_with_the_keys_name(run: Run, suite: Suite) -> None:
    suite.plays(CALL, Answer(body={"entries": [ENTRY], "cursor": None}))
    out = run("audit").stdout
    assert "shop" in out
    assert "DELETE /v1/contacts/{contact}" in out
    assert suite.asked[0].query == {"limit": "50"}


def test_pages_go_on_although_one_is_empty(run: Run, suite: Suite) -> None:
    counts = ((0, "a"), (1, "b"), (2, None))
    suite.plays(
        CALL, *(Answer(body={"entries": [ENTRY] * count, "cursor": cursor}) for count, cursor in counts)
    )
    result = run("audit", "--limit", "2", "--from", "2026-11-01", "--action", "DELETE", "--json")
    assert len(json.loads(result.stdout)["entries"]) == 2
    assert suite.asked[1].query["cursor"] == "a"
    assert suite.asked[0].query["from"].startswith("2026-11-01T00:00:00")
    assert suite.asked[0].query["action"] == "DELETE"


def test_nothing_is_said(run: Run, suite: Suite) -> None:
    suite.plays(CALL, Answer(body={"entries": [], "cursor": None}))
    assert "Nothing was done" in run("audit").output
