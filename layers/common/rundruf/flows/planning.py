"""Broadcast -> start -> plan: who may be asked, cut into chunks of 256, queued."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rundruf.core.audience import Audience, Candidate
from rundruf.core.broadcast import Broadcast, Cursor, State, Wish, sources, wished
from rundruf.core.chunk import SIZE, Chunk
from rundruf.core.contact import SHARDS
from rundruf.flows.services import SendTask, Services
from rundruf.messengers import messenger

CHUNKS_A_COMMIT = 30
LOOK_AGAIN = 5 * 60 * 1000
AFTER_THE_MOVE = 10


def anybody(audience: Audience, topic: str, services: Services) -> bool:
    """Whether at least one contact is in this audience now (index view: seconds old at most)."""
    targets = _targets(audience, services)
    return any(True for account in targets for _ in _matching(audience, topic, account, services))


def members(audience: Audience, topic: str, account: str, services: Services) -> int:
    """How many contacts of one account are in this audience now."""
    return sum(1 for _ in _matching(audience, topic, account, services))


def _matching(
    audience: Audience, topic: str, account: str, services: Services, shard: int = 0, after: str = ""
) -> Iterator[tuple[Candidate, int, int]]:
    """(candidate, when they joined, shard) of one account in index order, from a position on."""
    if audience.contacts:
        yield from _named(audience, topic, account, services)
        return
    for each in range(shard, SHARDS):
        last = after if each == shard else ""
        while True:
            page = services.contacts.page(account, each, last)
            for candidate in page.candidates:
                if audience.takes(topic, candidate):
                    yield candidate, page.joined.get(candidate.id, 0), each
            last = page.last
            if not last:
                break


def _named(
    audience: Audience, topic: str, account: str, services: Services
) -> Iterator[tuple[Candidate, int, int]]:
    """The people an audience names one by one; few, so always from the first on."""
    known = services.contacts.known(audience.contacts)
    for contact in sorted(known.values(), key=lambda one: one.id):
        if contact.identity.account_id == account and audience.takes(topic, contact.candidate()):
            yield contact.candidate(), contact.joined, 0


def start(broadcast: str, services: Services) -> Broadcast | None:
    """Fix the targets and the moment, and have the planner called.

    Repeating it changes nothing, and makes good what a crash between the two left out.
    """
    found = services.broadcasts.get(broadcast)
    if found is None:
        return None
    if wished(found.state, Wish.START):
        targets = _targets(found.audience, services)
        found = services.broadcasts.aim(broadcast, targets, services.now()) or found
    if found.state is State.PLANNING and not found.planned:
        services.catalogue.remind(services.now() + LOOK_AGAIN, "unsettled", broadcast)
        services.queues.plan(broadcast)
    return found


def wish(broadcast: str, asked: Wish, services: Services) -> Broadcast | None:
    """Grant a pause, resume or cancel; None where the broadcast's state does not allow it."""
    found = services.broadcasts.get(broadcast)
    to = wished(found.state, asked) if found else None
    if found is None or to is None:
        return None
    if asked is Wish.RESUME and not found.started:
        to = State.SCHEDULED
    if to is State.PLANNING:  # before and after, so that a crash in between cannot leave it waiting for ever
        services.queues.plan(broadcast, delay=AFTER_THE_MOVE)
    moved = services.broadcasts.move(broadcast, to, sources(asked), at=services.now())
    if moved and to is State.PLANNING:
        services.queues.plan(broadcast)
    return moved


def plan(broadcast: str, services: Services, time_left: Callable[[], float]) -> None:
    """Make and queue chunks until all exist or the time (``time_left`` in ms) runs short.

    Page and cursor are committed together, the queue follows and may repeat: a planner that dies is
    called again and goes on at the last commit, queueing first what may not have been queued.
    """
    found = services.broadcasts.get(broadcast)
    if found is None or found.state not in (State.PLANNING, State.SENDING):
        return
    cursor = services.broadcasts.cursor(broadcast)
    if found.planned:
        _queue_again(found, services)
    else:
        cursor = _queued(found, cursor, services)
        for chunks, position in _chunks(found, cursor, services):
            cursor = _commit(found, cursor, chunks, position, services)
            if time_left() < 20_000 and not cursor.ended:
                services.queues.plan(broadcast)
                return
        services.broadcasts.planned(broadcast, cursor.chunks, cursor.people)
    settle(broadcast, services)


def settle(broadcast: str, services: Services) -> Broadcast | None:
    """Say *finished* once every chunk has come to its end, and *sending* once all are planned."""
    found = services.broadcasts.get(broadcast)
    if found is None or not found.planned:
        return found
    if found.complete:
        moved = services.broadcasts.move(
            broadcast, State.FINISHED, (State.PLANNING, State.SENDING), at=services.now()
        )
        return moved or found
    if found.state is State.PLANNING:
        return services.broadcasts.move(broadcast, State.SENDING, (State.PLANNING,)) or found
    return found


def chunk_size(account_id: str) -> int:
    """How many people make a chunk: 256, more where the messenger wants a whole audience in one call."""
    return max(SIZE, messenger(account_id.partition("/")[0]).rules.gather)


def chunk_ids(count: int) -> list[str]:
    """Derived, so that a planner that runs again makes the same ones."""
    return [f"0-{number}" for number in range(count)]


def _targets(audience: Audience, services: Services) -> list[str]:
    return [one for one in sorted(services.accounts.ids()) if audience.takes_account(one)]


Position = tuple[int, int, str, bool]  # account, shard, after, ended


def _chunks(
    found: Broadcast, cursor: Cursor, services: Services
) -> Iterator[tuple[list[tuple[str, tuple[str, ...]]], Position]]:
    """Batches of (account, recipients) with the position just after the last of them.

    The position never runs ahead of what is in a chunk: what is left over is read again after a crash.
    """
    batch: list[tuple[str, tuple[str, ...]]] = []
    for number in range(cursor.account, len(found.accounts)):
        account = found.accounts[number]
        here = number == cursor.account
        size = chunk_size(account)
        waiting: list[tuple[str, int]] = []
        for contact, shard in _members(
            found, account, cursor.shard if here else 0, cursor.after if here else "", services
        ):
            waiting.append((contact, shard))
            if len(waiting) == size:
                batch.append((account, tuple(one for one, _ in waiting)))
                waiting = []
                if len(batch) * size >= CHUNKS_A_COMMIT * SIZE:
                    yield batch, (number, shard, contact, False)
                    batch = []
        if waiting:
            batch.append((account, tuple(one for one, _ in waiting)))
        if batch:
            yield batch, (number + 1, 0, "", number + 1 == len(found.accounts))
            batch = []
    yield batch, (len(found.accounts), 0, "", True)


def _members(
    found: Broadcast, account: str, shard: int, after: str, services: Services
) -> Iterator[tuple[str, int]]:
    """Contacts of one account to be asked, from a position on; who joined after the start is out."""
    for candidate, joined, each in _matching(found.audience, found.topic, account, services, shard, after):
        if joined <= found.started:
            yield candidate.id, each


def _commit(
    found: Broadcast,
    cursor: Cursor,
    made: Sequence[tuple[str, tuple[str, ...]]],
    position: Position,
    services: Services,
) -> Cursor:
    chunks = [
        Chunk(found.id, f"0-{cursor.chunks + number}", account, recipients)
        for number, (account, recipients) in enumerate(made)
    ]
    account, shard, after, ended = position
    moved = replace(
        cursor,
        account=account,
        shard=shard,
        after=after,
        ended=ended,
        chunks=cursor.chunks + len(chunks),
        people=cursor.people + sum(len(chunk.recipients) for chunk in chunks),
        version=cursor.version + 1,
    )
    services.broadcasts.commit(found.id, moved, chunks)
    services.queues.send([SendTask(found.id, chunk.id, chunk.account) for chunk in chunks])
    return replace(moved, queued=moved.chunks)


def _queued(found: Broadcast, cursor: Cursor, services: Services) -> Cursor:
    """Queue the chunks that were committed but maybe not queued; the same chunk twice does no harm."""
    tasks = []
    for number in range(cursor.queued, cursor.chunks):
        chunk = services.broadcasts.chunk(found.id, f"0-{number}")
        if chunk:
            tasks.append(SendTask(found.id, chunk.id, chunk.account))
    services.queues.send(tasks)
    return replace(cursor, queued=cursor.chunks)


def _queue_again(found: Broadcast, services: Services) -> None:
    """After a pause: every chunk that has not come to its end goes back into the queue."""
    known = services.broadcasts.progresses(found.id, chunk_ids(found.chunks))
    services.queues.send(
        [SendTask(found.id, one, account) for one, (account, progress) in known.items() if not progress.done]
    )
