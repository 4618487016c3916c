"""The stores on moto, with a clock that stands still until it is moved."""

from dataclasses import dataclass

import pytest

from rundruf.aws.boto import Boto
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.pacer import TablePacer
from rundruf.aws.table import Table
from rundruf.core.tokens import Keys
from tests.support.people import NOW
from tests.support.stack import Stack

SECRET = Keys("1", {"1": "k" * 64})


@dataclass
class Clock:
    at: int = NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(stack: Stack) -> Table:
    return Table(Boto(stack.client), stack.table)


@pytest.fixture
def contacts(table: Table, clock: Clock) -> TableContacts:
    return TableContacts(table, lambda: SECRET, clock)


@pytest.fixture
def broadcasts(table: Table, clock: Clock) -> TableBroadcasts:
    return TableBroadcasts(table, clock)


@pytest.fixture
def catalogue(table: Table, clock: Clock) -> TableCatalogue:
    return TableCatalogue(table, clock)


@pytest.fixture
def pacer(table: Table) -> TablePacer:
    return TablePacer(table)


@pytest.fixture
def gate(table: Table) -> TableGate:
    return TableGate(table, lambda: SECRET, "me")
