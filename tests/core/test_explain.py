"""Every reason for which somebody gets a message or does not has a sentence of its own in each language."""

import pytest

from rundruf.core.chunk import Mark, skipped
from rundruf.core.explain import sentence
from rundruf.core.policy import Refusal
from rundruf.core.report import Receipts, final_mark

PENDING = sentence("pending", "")
OUTCOMES = ("sent", "pending", "unknown", "expired", "absent", "not_yet")


@pytest.mark.parametrize("mark", Mark, ids=lambda mark: mark.name)
def test_every_mark_is_explained(mark: Mark) -> None:
    outcome, reason = final_mark(0, mark, Receipts())
    told = sentence(outcome, reason)
    assert set(told) == {"de", "en"}
    assert all(one.endswith(".") and one[0].isupper() and "\n" not in one for one in told.values())
    if mark.final or reason:
        assert told != PENDING, f"{mark.name} is explained as not having had its turn"


@pytest.mark.parametrize("refusal", Refusal, ids=lambda refusal: refusal.name)
def test_every_refusal_is_explained(refusal: Refusal) -> None:
    assert sentence("skipped", refusal.value) != PENDING
    if refusal is not Refusal.QUIET:
        assert skipped(refusal).reason == refusal.value


def test_no_two_outcomes_share_a_sentence() -> None:
    told = {sentence(one, "")["en"] for one in OUTCOMES}
    assert len(told) == len(OUTCOMES)
    assert sentence("absent", "erased") == sentence("skipped", "erased") != sentence("absent", "")
