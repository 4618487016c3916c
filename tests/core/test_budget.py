"""Budgets: exact amounts, and what a chunk holds for which marks."""

import pytest

from rundruf.core.budget import Budget, hold_of, text_of
from rundruf.core.chunk import Mark


@pytest.mark.parametrize(
    ("amount", "billionths", "text"),
    [
        ("0", 0, "0.00"),
        ("50", 50_000_000_000, "50.00"),
        ("50.5", 50_500_000_000, "50.50"),
        ("0.1131", 113_100_000, "0.1131"),
        ("999999999.999999999", 999_999_999_999_999_999, "999999999.999999999"),
        ("0.000000001", 1, "0.000000001"),
    ],
)
def test_amounts_are_exact(amount: str, billionths: int, text: str) -> None:
    assert Budget(amount, "EUR").limit == billionths
    assert text_of(billionths) == text


@pytest.mark.parametrize("mark", list(Mark))
def test_what_is_sent_unknown_or_open_is_held_and_nothing_else(mark: Mark) -> None:
    counts = mark in (Mark.SENT, Mark.UNKNOWN) or not mark.final
    assert hold_of("2026-11-23", (7,), bytes([mark])).held == (7 if counts else 0)


def test_each_recipient_counts_at_their_own_rate() -> None:
    held = hold_of("2026-11-23", (5, 9, 5, 0), bytes(4))
    assert (held.held, held.rates) == (19, (0, 5, 9))
    assert [held.rate(at) for at in range(4)] == [5, 9, 5, 0]
    assert held.holding(bytes([Mark.SENT, Mark.FAILED_GONE, Mark.SKIPPED_CAP, Mark.UNKNOWN])).held == 5
