"""The poll door: what it counts, what it tells when something fails, and that no token is in it."""

from dataclasses import replace

import pytest

from rundruf.aws.accounts import StoredAccounts
from rundruf.flows.services import Unfinished
from rundruf.messengers.contract import Answer, Failure
from tests.functions.doors import Doors, LambdaContext, listening
from tests.support.pager import ACCOUNT, PAGER, SECRET, registered, said
from tests.support.stack import Stack

TOKEN = "canary-poll-token"


@pytest.fixture
def poll(doors: Doors, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """The door with one account; time in it passes when it sleeps or asks for the time."""
    registered(monkeypatch, replace(PAGER, keys=None))
    module = doors.module("poll")
    module.wiring.accounts.put(ACCOUNT)
    clock = [0.0]

    def ticks() -> float:
        clock[0] += 500
        return clock[0]

    object.__setattr__(module.services, "ticks", ticks)
    object.__setattr__(
        module.services, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds * 1000)
    )
    return doors


def test_it_counts_and_queues_what_it_heard(poll: Doors, stack: Stack) -> None:
    poll.answers = [
        said(token=TOKEN, seconds=600),
        said(events=[{"id": 1, "from": "4711", "text": "hello"}], cursor="1"),
        *[said(events=[], cursor="1")] * 200,
    ]
    with listening() as heard:
        counted = poll("poll", {}, LambdaContext(80_000))
    assert (counted["accounts"], counted["events"], counted["dropped"]) == (1, 1, 0)
    (queued,) = stack.messages("inbox")
    assert "hello" in str(queued)
    assert "poll failed" not in heard.getvalue()
    assert TOKEN not in heard.getvalue()


@pytest.mark.parametrize("answer", [said(401), said(503), Answer(0, failure=Failure.AMBIGUOUS)])
def test_trouble_is_a_line_that_wakes_somebody(poll: Doors, answer: Answer) -> None:
    poll.answers = [said(token=TOKEN, seconds=600), *[answer] * 200]
    with listening() as heard:
        poll("poll", {}, LambdaContext(80_000))
    lines = heard.getvalue()
    assert '"poll failed"' in lines
    assert "pager/main" in lines
    assert TOKEN not in lines
    assert SECRET not in lines


def test_what_fails_altogether_is_told_without_its_text(poll: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> list[str]:
        raise RuntimeError(TOKEN)

    monkeypatch.setattr(StoredAccounts, "ids", broken)
    with listening() as heard, pytest.raises(Unfinished, match=r"^poll$"):
        poll("poll", {}, LambdaContext(80_000))
    assert '"poll failed"' in heard.getvalue()
    assert TOKEN not in heard.getvalue()
