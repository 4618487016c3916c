"""What preflight says of AWS's own cost is what the calls are counted to."""

from rundruf.flows.preflight import RECEIPTS, SENDING
from tools.costs import receiving, sending, total


def test_the_figures_are_those_that_are_counted() -> None:
    assert abs(float(SENDING) / total(sending()) - 1) < 0.1
    assert abs(float(RECEIPTS) / total(receiving(1, api=True)) - 1) < 0.1
