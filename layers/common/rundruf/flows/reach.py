"""Before a broadcast starts: how many people its fallback may reach at most, where, and at what cost."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from rundruf.core import language as tongue
from rundruf.core import price
from rundruf.core.broadcast import Broadcast
from rundruf.core.contact import Contact
from rundruf.core.price import Cost, Price
from rundruf.flows.identities import Sendable, siblings
from rundruf.flows.planning import everybody
from rundruf.flows.preflight import by_version, cost, own_cost
from rundruf.flows.services import Services

AT_ONCE = 100
Sentence = dict[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """At most so many ``people``, ``by_account`` as far as was looked; whoever was not looked at counts as
    somebody without a price if it is not ``complete``.
    """

    people: int = 0
    by_account: Counter[str] = field(default_factory=Counter)
    cost: Cost = field(default_factory=lambda: Cost({}, 0))
    own_cost: Decimal = Decimal()
    complete: bool = True


def reach(
    found: Broadcast,
    counts: dict[str, int],
    rows: Sequence[Price],
    services: Services,
    more: Callable[[], bool] = lambda: True,
) -> Reach | None:
    """How far the fallback may reach if nothing arrives; None without one.

    ``counts`` are the people of the audience by account. Read in pages, as long as there is ``more`` time.
    """
    if found.fallback is None:
        return None
    seconds, rest = {one: Counter[tuple[str, str]]() for one in found.fallback.to}, 0
    for account, count in counts.items():
        looked = 0
        for some in _pages(everybody(found.audience, found.topic, account, services)):
            if not more():
                break
            looked += len(some)
            for one in _seconds(found, some, services):
                account_id = one.identity.account_id
                places = price.countries(rows, account_id, found.kind)
                country = price.country_of(one.identity.user_id, places)
                seconds[account_id][tongue.plain(one.language), country] += 1
        rest += max(0, count - looked)
    parts = [
        part
        for account, people in seconds.items()
        for part in by_version(found.message, services.accounts.settings(account), people, services)
    ]
    told = cost(found, parts, rows, services)
    by_account = Counter({one: people.total() for one, people in seconds.items() if people})
    return Reach(
        by_account.total() + rest,
        by_account,
        Cost(told.amounts, told.unpriced + rest),
        own_cost(parts),
        complete=not rest,
    )


def _pages(people: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(people, AT_ONCE)):
        yield some


def _seconds(found: Broadcast, ids: Sequence[str], services: Services) -> Iterator[Contact]:
    """As which contact each of these people would get it now, should the first message not arrive."""
    tied = [one for one in services.contacts.known(ids).values() if one.tie]
    to, sendable = found.fallback.to if found.fallback else (), Sendable(found, services)
    for others in siblings(tied, services).values():
        fit = [one for one in others if one.identity.account_id in to and sendable(one)]
        if fit:
            yield min(fit, key=lambda one: to.index(one.identity.account_id))
