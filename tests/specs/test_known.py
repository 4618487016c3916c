"""The exceptions are few, explained, and all of them needed."""

import json
import re
from collections.abc import Mapping

import pytest

from tests.specs.built import built
from tests.specs.findings import Finding
from tests.specs.known import KNOWN, Known
from tests.specs.play import Played
from tests.specs.specs import Judge

pytestmark = pytest.mark.specs


@pytest.fixture(scope="module")
def met(judge: Mapping[str, Judge], played: Mapping[str, Played]) -> frozenset[Finding]:
    """Everything that the specs have against us, explained or not."""
    found: set[Finding] = set()
    for name, one in judge.items():
        for call in built(name):
            found.update(one.request(call.call, True))
        for hook in played[name].webhooks:
            found.update(one.webhook(json.loads(hook.body)))
        for answer in played[name].answers:
            found.update(one.answer(answer))
    return frozenset(found)


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: f"{one.spec}: {one.places[0]}")
def test_an_exception_is_needed(met: frozenset[Finding], known: Known) -> None:
    assert sorted(map(str, known.findings() - met)) == [], "the spec has this now: take the exception out"


def test_a_stale_exception_is_noticed(met: frozenset[Finding]) -> None:
    stale = Known("line", "no such field", ("events[].message.text",), "LINE has it")
    assert stale.findings() - met


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: f"{one.spec}: {one.places[0]}")
def test_an_exception_says_why_and_when(known: Known) -> None:
    assert re.search(r"\(.*\b20\d\d-\d\d-\d\d\)\.$", known.reason, re.DOTALL)


def test_nothing_is_explained_twice() -> None:
    every = [finding for one in KNOWN for finding in one.findings()]
    assert len(every) == len(set(every))
