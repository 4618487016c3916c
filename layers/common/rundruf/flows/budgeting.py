"""Chunk -> what its messages may cost -> held of the broadcast's budget before the first of them leaves.

Whatever may leave is held before it does, so that any number of workers together never spend more. What
turns out not to leave is given back at the chunk's end.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rundruf.core import price
from rundruf.core.budget import NO_PRICE, PLACES, SPENT, Budget, Hold, hold_of, paid
from rundruf.core.chunk import Mark
from rundruf.core.contact import Contact
from rundruf.core.split import messages
from rundruf.core.stopping import Why
from rundruf.flows.attempt import Run, Trouble, troubled
from rundruf.flows.preflight import messages_each


def covered(run: Run, budget: Budget) -> bool:
    """Whether the chunk holds of the budget what it may come to; else its account has stopped."""
    store, task = run.services.broadcasts, run.task
    held = store.hold(task.broadcast, task.chunk)
    day = _day(run)
    if held is None or held.day != day:
        rated = _rated(run, budget, held, day)
        if rated is None:
            troubled(run, Trouble(stop=NO_PRICE, why=Why.BUDGET))
            return False
    else:
        rated = held.holding(run.progress.marks)
    if rated == held:
        return True
    leaves = any(rated.rate(at) for at in run.progress.leftover())
    limit = budget.limit if leaves else None
    if store.keep_hold(run.broadcast.purse, task.broadcast, task.chunk, rated, held, limit):
        return True
    troubled(run, Trouble(stop=SPENT, why=Why.BUDGET))
    return False


def _day(run: Run) -> str:
    """Today in the business's own zone, as preflight reckons."""
    at, zone = run.services.now() / 1000, ZoneInfo(run.services.settings.zone)
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date().isoformat()


def _rated(run: Run, budget: Budget, held: Hold | None, day: str) -> Hold | None:
    """The chunk at today's prices, but for what was sent before; None where one is not known and must be."""
    prices = _Prices(run, budget, day)
    marks = run.progress.marks
    open_now = frozenset(run.progress.leftover())
    wanted = [at for at, mark in enumerate(marks) if at in open_now or (held is None and paid(Mark(mark)))]
    ids = [run.chunk.recipients[at] for at in wanted]
    known = run.services.contacts.known(ids) if prices.differ else {}
    rates = [held.rate(at) if held else 0 for at in range(len(marks))]
    for at, one in zip(wanted, ids, strict=True):
        rate = prices.of(known.get(one))
        if rate is None:
            return None
        rates[at] = rate
    return hold_of(day, rates, marks)


class _Prices:
    """What one person's message costs on this account today, by country and by the version they get."""

    def __init__(self, run: Run, budget: Budget, day: str) -> None:
        self.run, self.budget = run, budget
        self.rows, self.day = run.services.prices(), date.fromisoformat(day)
        self.account, self.kind = run.task.account, run.broadcast.kind
        self.places = price.countries(self.rows, self.account, self.kind)
        one_for_all = run.messenger.rules.gather > 1
        self.versions = run.broadcast.message.versions()[: 1 if one_for_all else None]
        self.differ = bool(self.places) or len(self.versions) > 1
        self._amounts: dict[str, int | None] = {}
        self._each: dict[int, int] = {}

    def of(self, contact: Contact | None) -> int | None:
        """In billionths; None for a price that is not known and must be."""
        country = price.country_of(contact.identity.user_id, self.places) if contact else price.ANY
        if country not in self._amounts:
            self._amounts[country] = self._amount(country)
        amount = self._amounts[country]
        return amount * self._messages(contact) if amount else amount

    def _amount(self, country: str) -> int | None:
        row = price.price(self.rows, self.account, self.kind, country, self.day)
        if row is not None and not row.amount:
            return 0
        if row is None or row.currency != self.budget.currency:
            return 0 if self.budget.unpriced else None
        return int(row.amount * Decimal(10) ** PLACES)

    def _messages(self, contact: Contact | None) -> int:
        """How many messages the person's version is; of several variants the longest counts."""
        several = contact and len(self.versions) > 1
        number = self.run.broadcast.message.number(contact.language) if contact and several else 0
        if number not in self._each:
            found, account = self.run.broadcast, self.run.account
            variants = [one.versions()[number] for _, one in messages(found.message, found.split)]
            self._each[number] = max(messages_each(one, account, self.run.services) for one in variants)
        return self._each[number]
