"""Receipts -> by chunk -> one update each; what they say about a person outlives the broadcast."""

from collections import defaultdict
from collections.abc import Iterable

from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.report import Receipts
from rundruf.flows.leaving import note
from rundruf.flows.services import Services
from rundruf.messengers import messenger
from rundruf.messengers.contract import Receipt, ReceiptStatus


def take(batch: Iterable[tuple[str, Receipt]], services: Services) -> int:
    """Book (account id, receipt) pairs; setting a mark twice is once, and order does not matter.

    Gives the number of chunks written to.
    """
    chunks: dict[tuple[str, str], list[tuple[int, Receipt]]] = defaultdict(list)
    for account, receipt in batch:
        place = place_of(receipt.delivery)
        if place:
            broadcast, chunk, index = place
            chunks[broadcast, chunk].append((index, receipt))
        if receipt.outcome:
            _remember(account, receipt, receipt.outcome, services)
    for (broadcast, chunk), told in chunks.items():
        services.broadcasts.report(broadcast, chunk, gathered(told))
    return len(chunks)


def place_of(delivery: str) -> tuple[str, str, int] | None:
    """Broadcast, chunk and index behind a delivery id; None for one that is not a broadcast's."""
    parts = delivery.split(":")
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdigit()) or int(parts[2]) > 255:
        return None
    return parts[0], parts[1], int(parts[2])


def gathered(told: Iterable[tuple[int, Receipt]]) -> Receipts:
    """One chunk's receipts as sets."""
    by_status: dict[ReceiptStatus, set[int]] = defaultdict(set)
    failed: dict[str, set[int]] = defaultdict(set)
    for index, receipt in told:
        if receipt.status is ReceiptStatus.FAILED:
            failed[receipt.outcome.kind.value if receipt.outcome else "bad"].add(index)
        else:
            by_status[receipt.status].add(index)
    return Receipts(
        sent=frozenset(by_status[ReceiptStatus.SENT]),
        delivered=frozenset(by_status[ReceiptStatus.DELIVERED]),
        read=frozenset(by_status[ReceiptStatus.READ]),
        failed={kind: frozenset(indices) for kind, indices in failed.items()},
    )


def _remember(account: str, receipt: Receipt, outcome: Outcome, services: Services) -> None:
    if not receipt.user_id or outcome.kind not in (OutcomeKind.GONE, OutcomeKind.WITHDRAW):
        return
    name, _, own = account.partition("/")
    contact = services.contacts.find(Identity(name, own, receipt.user_id), receipt.aliases)
    if outcome.kind is OutcomeKind.GONE:
        services.contacts.unreachable(contact, outcome.code or "gone")
        return
    platform = outcome.code in messenger(name).rules.platform_stop_codes
    note(contact, services, lambda held: refused(held, outcome.code, platform, services.now()))


def refused(held: Contact, code: str, platform: bool, now: int) -> Fact | None:
    """What the messenger's refusal on behalf of the person means for consent."""
    if platform:
        return (
            None
            if held.consent.platform_stop
            else Fact(Action.PLATFORM_STOP, now, source="messenger", reference=code)
        )
    topics = tuple(sorted(held.consent.topics | set(held.consent.asked)))
    return Fact(Action.BLOCKED, now, topics, source="messenger", reference=code) if topics else None
