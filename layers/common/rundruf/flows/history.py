"""One person -> the broadcasts of the last months -> what became of each for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rundruf.core.broadcast import Broadcast
from rundruf.core.chunk import chunk_ids, fresh
from rundruf.core.contact import Contact
from rundruf.core.report import Receipts
from rundruf.core.retention import Keep
from rundruf.flows.reporting import Line, line
from rundruf.flows.services import Services

LEAVE_OFF = 8_000  # ms before the end of an invocation
A_PAGE = 50
A_BATCH = 100


class Past(Protocol):
    """What a search through earlier broadcasts asks of the store."""

    def page(self, after: str, limit: int) -> tuple[list[Broadcast], str]: ...
    def place(self, broadcast: str, chunks: Sequence[str], contact: str) -> tuple[str, int] | None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A broadcast whose audience the person was in; ``claimed`` (ms) is when it was about to be sent to them,
    0 where that is not known any more, ``replied`` and ``left`` what they did within three days."""

    broadcast: Broadcast
    line: Line
    claimed: int = 0
    replied: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Newest first; ``complete`` is False where there was no time to look through all broadcasts."""

    written: Sequence[Written]
    complete: bool


def history(
    contact: Contact, since: int, past: Past, services: Services, time_left: Callable[[], float]
) -> History:
    """Every broadcast from ``since`` (ms) on, as long as its chunks are kept, that this person was in.

    The person's own claims come first: they name their place, so they are found however little time there is.
    """
    claimed = {claim.broadcast: claim for claim in contact.claims}
    written: dict[str, Written] = {}
    for one, claim in claimed.items():
        found = services.broadcasts.get(one)
        told = _written(found, claim.chunk, claim.index, services, claim.at) if found else None
        if told:
            written[one] = told
    begin = max(since, services.now() - Keep.DELIVERY.value * 1000)
    for found in _every(past):
        if time_left() < LEAVE_OFF:
            return History(_newest_first(written.values()), complete=False)
        if found.id in written or found.started < begin:
            continue
        place = _place(found, contact, past, services)
        told = _written(found, *place, services) if place else None
        if told:
            written[found.id] = told
    return History(_newest_first(written.values()), complete=True)


def _every(past: Past) -> Iterator[Broadcast]:
    after = ""
    while True:
        page, after = past.page(after, A_PAGE)
        yield from page
        if not after:
            return


def _place(found: Broadcast, contact: Contact, past: Past, services: Services) -> tuple[str, int] | None:
    if contact.identity.account_id not in found.accounts:
        return None
    count = found.chunks if found.planned else services.broadcasts.cursor(found.id).chunks
    for start in range(0, count, A_BATCH):
        place = past.place(found.id, chunk_ids(count)[start : start + A_BATCH], contact.id)
        if place:
            return place
    return None


def _written(
    found: Broadcast, chunk: str, index: int, services: Services, claimed: int = 0
) -> Written | None:
    held = services.broadcasts.chunk(found.id, chunk)
    if held is None or index >= len(held.recipients):
        return None
    progress = services.broadcasts.progress(found.id, chunk) or fresh(len(held.recipients))
    receipts = services.broadcasts.receipts(found.id, [chunk]).get(chunk, Receipts())
    told = line(found, held, index, progress, receipts)
    return Written(found, told, claimed, index in receipts.replied, index in receipts.left)


def _newest_first(written: Iterable[Written]) -> list[Written]:
    return sorted(written, key=lambda one: one.claimed or one.broadcast.started, reverse=True)
