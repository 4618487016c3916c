"""A messenger's own counts: asked where there are any, shown apart, and never waited for."""

import json

import pytest

from rundruf.core.account import Account
from rundruf.flows.insights import insights
from rundruf.messengers.contract import Answer, Failure
from tests.support.stack import Stack
from tests.support.world import World

LINE = Account(
    "line", "main", "@cafe", credentials={"channel_secret": ("s" * 32,), "access_token": ("t" * 40,)}
)
SEEN = json.dumps({"overview": {"uniqueImpression": 40}}).encode()


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack)
    made.accounts.put(LINE)
    made.people(1)
    made.broadcast()
    return made


def told(world: World, answer: Answer) -> list[tuple[str, dict[str, int | None]]]:
    world.messengers.script = lambda _number, _request: answer
    found = world.broadcasts.get("b1")
    assert found is not None
    said = insights(found, ["line/main", "telegram/main", "line/gone"], world.services)
    return [(one.account, dict(one.rows)) for one in said]


def test_only_who_counts_is_asked(world: World) -> None:
    expected = {"unique_impressions": 40, "unique_clicks": None, "plays": None}
    assert told(world, Answer(200, {}, SEEN)) == [("line/main", expected)]
    assert len(world.messengers.requests) == 1


@pytest.mark.parametrize("answer", [Answer(403), Answer(0, failure=Failure.AMBIGUOUS), Answer(200)])
def test_who_does_not_answer_is_left_out(world: World, answer: Answer) -> None:
    assert told(world, answer) == []
