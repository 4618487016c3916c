"""Chunks -> marks and receipts -> figures that balance; and what became of one person."""

from collections.abc import Mapping
from dataclasses import dataclass

from rundruf.core.broadcast import Broadcast, State
from rundruf.core.chunk import Chunk, Mark, Progress, chunk_ids, fresh, never_closed
from rundruf.core.report import Figures, Receipts, final_mark
from rundruf.flows.services import Services
from rundruf.flows.summing import CANCELLED, added, chunks


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient's fate: ``outcome`` is sent, unknown, failed, skipped, expired or pending.

    ``language`` is that of the message they get ("": nobody said which it is in), ``part`` that of a split
    audience they are in (see ``core.split``).
    """

    contact: str
    account: str
    outcome: str
    reason: str
    delivered: bool
    read: bool
    language: str = ""
    part: str = ""


def figures(found: Broadcast, services: Services) -> Mapping[str, Figures]:
    """Figures of a broadcast by account; people not yet planned are not in them.

    What a cancelled broadcast did not send to counts as skipped.
    """
    known = added(found, services).sum.accounts
    return {account: known.get(account, Figures()) for account in dict.fromkeys((*found.accounts, *known))}


def lines(found: Broadcast, chunk: int, services: Services) -> tuple[list[Line], int | None]:
    """The recipients of one chunk by its number, and the number of the next chunk (None: the last)."""
    count = chunks(found, services)
    if chunk >= count:
        return [], None
    one = chunk_ids(count)[chunk]
    held = services.broadcasts.chunk(found.id, one)
    if held is None:
        return [], None
    progress = services.broadcasts.progress(found.id, one) or fresh(len(held.recipients))
    if found.state is State.CANCELLED:
        progress = never_closed(progress)
    receipts = services.broadcasts.receipts(found.id, [one]).get(one, Receipts())
    told = [line(found, held, index, progress, receipts) for index in range(len(held.recipients))]
    return told, chunk + 1 if chunk + 1 < count else None


def fate(found: Broadcast, contact: str, services: Services) -> Line | None:
    """What became of one person in a broadcast; None for somebody who was not in its audience."""
    next_chunk: int | None = 0
    while next_chunk is not None:
        told, next_chunk = lines(found, next_chunk, services)
        for one in told:
            if one.contact == contact:
                return one
    return None


def line(found: Broadcast, chunk: Chunk, index: int, progress: Progress, receipts: Receipts) -> Line:
    """What became of the recipient at this place of a chunk."""
    outcome, reason = final_mark(index, Mark(progress.marks[index]), receipts)
    if outcome == "pending" and found.state is State.CANCELLED:
        outcome, reason = "skipped", CANCELLED
    sent = outcome == "sent"
    return Line(
        chunk.recipients[index],
        chunk.account,
        outcome,
        reason,
        sent and index in receipts.arrived,
        sent and index in receipts.read,
        found.message.versions()[progress.languages[index] if progress.languages else 0].language,
        found.part_of(chunk.recipients[index]),
    )
