"""Variants compared: rates, what chance allows, and the winner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.contest import (
    FEW,
    SILENT,
    TIE,
    Rate,
    Verdict,
    compared,
    difference,
    more_than_chance,
    verdict,
    waiting,
)
from rundruf.core.split import Measure, Rule

CLICKED, LEFT = Rule(Measure.CLICKED, 100), Rule(Measure.LEFT, 100)


@st.composite
def people(draw: st.DrawFn) -> Rate:
    of = draw(st.integers(1, 100_000))
    return Rate(draw(st.integers(0, of)), of)


@given(people())
def test_the_interval_holds_the_share_and_stays_within_0_and_1(rate: Rate) -> None:
    low, high = rate.interval
    assert 0 <= low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3
        pytest.param(Rate(81, 263), 0.2553, 0.3662, id="81 of 263"),
        pytest.param(Rate(15, 148), 0.0624, 0.1605, id="15 of 148"),
        pytest.param(Rate(0, 20), 0.0, 0.1611, id="none of 20"),
        pytest.param(Rate(1, 29), 0.0061, 0.1718, id="1 of 29"),
        pytest.param(Rate(0, 0), 0.0, 1.0, id="nobody was asked"),
    ],
)
def test_the_interval_is_wilsons(rate: Rate, low: float, high: float) -> None:
    assert rate.interval == pytest.approx((low, high), abs=1e-4)


def test_the_difference_is_newcombes() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10: 56/70 - 48/80
    assert difference(Rate(56, 70), Rate(48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert more_than_chance(Rate(56, 70), Rate(48, 80))
    assert not more_than_chance(Rate(9, 10), Rate(7, 10))
    assert not more_than_chance(Rate(9, 10), Rate(0, 0))


@given(people(), people())
def test_what_one_has_more_the_other_has_less(one: Rate, other: Rate) -> None:
    low, high = difference(one, other)
    assert difference(other, one) == pytest.approx((-high, -low))


@pytest.mark.parametrize(
    ("rule", "rates", "expected"),
    [
        pytest.param(CLICKED, {"A": Rate(9, 100), "B": Rate(10, 100)}, Verdict("B"), id="most clicks"),
        pytest.param(LEFT, {"A": Rate(9, 100), "B": Rate(10, 100)}, Verdict("A"), id="fewest left"),
        pytest.param(CLICKED, {"A": Rate(10, 200), "B": Rate(9, 100)}, Verdict("B"), id="by share"),
        pytest.param(CLICKED, {"A": Rate(5, 100), "B": Rate(10, 200)}, Verdict(why=TIE), id="a tie"),
        pytest.param(CLICKED, {"A": Rate(5, 99), "B": Rate(10, 200)}, Verdict(why=FEW), id="too few"),
        pytest.param(CLICKED, {"A": None, "B": Rate(10, 200)}, Verdict(why=SILENT), id="nobody tells"),
        pytest.param(
            LEFT,
            {"A": Rate(3, 100), "B": Rate(1, 100), "C": Rate(1, 100)},
            Verdict(why=TIE),
            id="tie",
        ),
    ],
)
def test_the_winner_is_who_the_rule_says_or_there_is_none(
    rule: Rule, rates: dict[str, Rate | None], expected: Verdict
) -> None:
    assert verdict(rule, rates) == expected


def test_what_may_be_chance_is_called_so() -> None:
    said = compared(("B", "A"), Rate(12, 100), Rate(10, 100))
    assert "may be chance" in said["en"]
    assert "12.0% against A: 10.0%" in said["en"]
    assert "Zufall sein" in said["de"]
    assert "12,0 %" in said["de"]
    assert "more than chance" in compared(("B", "A"), Rate(120, 1000), Rate(60, 1000))["en"]


@pytest.mark.parametrize("why", ["", FEW, TIE, SILENT])
def test_why_the_rest_waits_is_said_in_both_languages(why: str) -> None:
    rule = Rule(Measure.READ, otherwise=24 * 3_600_000)
    assert set(waiting(rule, why)) == {"de", "en"}
    assert ("24" in waiting(rule, why)["en"]) == bool(why)
    assert "by hand" in waiting(Rule(Measure.READ), TIE)["en"]
    assert "somebody says" in waiting(None, why)["en"]
