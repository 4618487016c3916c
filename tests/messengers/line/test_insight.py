"""What LINE counted itself: asked by the name a broadcast left with, and nothing made up of nothing."""

import json

import pytest

from rundruf.core.account import Account
from rundruf.messengers.contract import Answer
from rundruf.messengers.line.insight import INSIGHT

ACCOUNT = Account("line", "main", "@cafe", credentials={"access_token": ("t" * 40,)})
BEGAN = 1_790_553_600_000 + 16 * 3_600_000  # 2026-09-28 16:00 UTC is the 29th in Japan
DAY = 86_400_000


@pytest.mark.parametrize(("days", "last"), [(0, "20260929"), (3, "20261002"), (300, "20261029")])
def test_it_is_asked_for_at_most_thirty_days_of_japan(days: int, last: str) -> None:
    request = INSIGHT.request(ACCOUNT, "0c3k-9f1a", BEGAN, BEGAN + days * DAY)
    assert request is not None
    assert request.url.endswith(f"customAggregationUnit=0c3k_9f1a&from=20260929&to={last}")


def test_an_account_without_units_is_not_asked() -> None:
    off = Account(
        "line", "main", "@cafe", credentials={"access_token": ("t" * 40,), "aggregation_units": ("off",)}
    )
    assert INSIGHT.request(off, "b1", BEGAN, BEGAN) is None


def test_too_few_people_are_no_zero() -> None:
    body = json.dumps({"overview": {"uniqueImpression": 40, "uniqueClick": None}}).encode()
    assert INSIGHT.read(Answer(200, {}, body)) == (
        ("unique_impressions", 40),
        ("unique_clicks", None),
        ("plays", None),
    )


@pytest.mark.parametrize("answer", [Answer(403), Answer(200, {}, b"[]"), Answer(0), Answer(200, {}, b"{")])
def test_no_answer_is_no_figure(answer: Answer) -> None:
    assert INSIGHT.read(answer) is None
