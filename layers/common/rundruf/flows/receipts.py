"""Receipts -> by chunk -> one update each; what they say about a person outlives the broadcast."""

from collections import defaultdict
from collections.abc import Iterable

from rundruf.core.contact import Identity
from rundruf.core.report import Receipts, hour_of
from rundruf.core.summing import group_of
from rundruf.flows.leaving import refused
from rundruf.flows.services import Services
from rundruf.messengers import messenger
from rundruf.messengers.contract import Receipt, ReceiptStatus

LARGEST = 9_999
OLDEST = 30 * 24 * 3600 * 1000  # of a receipt whose own time is believed
NAMED_WITHIN = 20_000


def take(batch: Iterable[tuple[str, Receipt]], services: Services) -> int:
    """Book (account id, receipt) pairs; setting a mark twice is once, and order does not matter.

    Gives the number of chunks written to. A receipt that is faster than our note of the message's id
    comes again a little later.
    """
    chunks: dict[tuple[str, str], list[tuple[int, Receipt]]] = defaultdict(list)
    early: dict[str, list[Receipt]] = defaultdict(list)
    for account, receipt in batch:
        places = _places(account, receipt, services)
        if not places and _may_come(account, receipt, services):
            early[account].append(receipt)
        for broadcast, chunk, index in places:
            chunks[broadcast, chunk].append((index, receipt))
        if receipt.outcome and receipt.user_id:
            rules = messenger(account.partition("/")[0]).rules
            refused(_contact(account, receipt, services), receipt.outcome, rules, services)
    for (broadcast, chunk), told in chunks.items():
        services.broadcasts.report(broadcast, chunk, gathered(told, services.now()))
    for broadcast, group in {(broadcast, group_of(chunk)) for broadcast, chunk in chunks}:
        services.broadcasts.touched(broadcast, group)
    for account, some in early.items():
        services.queues.receipts(account, some, delay=NAMED_WITHIN / 2000)
    return len(chunks)


def _places(account: str, receipt: Receipt, services: Services) -> list[tuple[str, str, int]]:
    """Which recipients of which chunks a receipt is about."""
    if receipt.delivery:
        place = place_of(receipt.delivery)
        return [place] if place else []
    if receipt.message_id:
        place = _named(account, receipt, services)
        return [place] if place else []
    contact = _contact(account, receipt, services) if receipt.user_id else None
    held = services.contacts.get(contact) if contact else None
    claims = held.claims if held else ()
    return [(one.broadcast, one.chunk, one.index) for one in claims if one.at <= receipt.at]


def _named(account: str, receipt: Receipt, services: Services) -> tuple[str, str, int] | None:
    """By the messenger's id of the message; one that many people share is told apart by the person."""
    found = services.broadcasts.named(account, receipt.message_id)
    if found is None:
        return None
    broadcast, name, index = found
    if index is not None:
        return broadcast, name, index
    chunk = services.broadcasts.chunk(broadcast, name)
    contact = _contact(account, receipt, services)
    if chunk is None or contact not in chunk.recipients:
        return None
    return broadcast, name, chunk.recipients.index(contact)


def _may_come(account: str, receipt: Receipt, services: Services) -> bool:
    """Whether the message id of this receipt may be written down in a moment."""
    rules = messenger(account.partition("/")[0]).rules
    return not rules.echoes and bool(receipt.message_id) and services.now() - receipt.at < NAMED_WITHIN


def place_of(delivery: str) -> tuple[str, str, int] | None:
    """Broadcast, chunk and index behind a delivery id; None for one that is not a broadcast's."""
    parts = delivery.split(":")
    if (
        len(parts) != 3
        or not (parts[2].isascii() and parts[2].isdigit())
        or len(parts[2]) > 5
        or int(parts[2]) > LARGEST
    ):
        return None
    return parts[0], parts[1], int(parts[2])


def gathered(told: Iterable[tuple[int, Receipt]], now: int) -> Receipts:
    """One chunk's receipts as sets, by the hours that the messenger told (now, where that makes no sense)."""
    by_status: dict[ReceiptStatus, set[int]] = defaultdict(set)
    failed: dict[str, set[int]] = defaultdict(set)
    hours: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    loose: set[int] = set()
    for index, receipt in told:
        if not (receipt.delivery or receipt.message_id):
            loose.add(index)
        if receipt.status in (ReceiptStatus.DELIVERED, ReceiptStatus.READ):
            at = receipt.at if now - OLDEST < receipt.at <= now else now
            hours[receipt.status][hour_of(at)].add(index)
        if receipt.status is ReceiptStatus.FAILED:
            failed[receipt.outcome.kind.value if receipt.outcome else "bad"].add(index)
        else:
            by_status[receipt.status].add(index)
    return Receipts(
        sent=frozenset(by_status[ReceiptStatus.SENT]),
        delivered=frozenset(by_status[ReceiptStatus.DELIVERED]),
        read=frozenset(by_status[ReceiptStatus.READ]),
        failed={kind: frozenset(indices) for kind, indices in failed.items()},
        loose=frozenset(loose),
        hours={
            name: {hour: frozenset(indices) for hour, indices in each.items()} for name, each in hours.items()
        },
    )


def _contact(account: str, receipt: Receipt, services: Services) -> str:
    name, _, own = account.partition("/")
    return services.contacts.find(Identity(name, own, receipt.user_id), receipt.aliases)
