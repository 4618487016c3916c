"""Broadcast -> start -> plan: who may be asked, cut into chunks of 256, queued."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rundruf.core.audience import Audience, Candidate, Facts
from rundruf.core.broadcast import (
    ACTIVE,
    Broadcast,
    Cursor,
    Scope,
    State,
    Wish,
    resumable,
    sources,
    wished,
)
from rundruf.core.canary import Trial
from rundruf.core.chunk import GUARD, LEASE, SIZE, Chunk, Mark, chunk_id, marked
from rundruf.core.contact import SHARDS
from rundruf.core.split import HOLDOUT, Split
from rundruf.flows.deciding import compare
from rundruf.flows.freeing import free
from rundruf.flows.past import place
from rundruf.flows.second import Made, Making, Place, Position
from rundruf.flows.second import chunks as of_fallback
from rundruf.flows.segmenting import Sieve
from rundruf.flows.services import Seek, SendTask, Services
from rundruf.flows.settling import settle
from rundruf.flows.trying import weigh
from rundruf.flows.turns import in_turn
from rundruf.messengers import messenger

CHUNKS_A_COMMIT = 30
LOOK_AGAIN = 5 * 60 * 1000
AFTER_THE_MOVE = 10
LOOKED_THROUGH = 100
A_LOOK = 1_000


def anybody(audience: Audience, topic: str, services: Services) -> bool:
    """Whether at least one contact is in this audience now (index view: seconds old at most)."""
    seek, targets = Seek(topic, audience), _targets(audience, services)
    return any(True for account in targets for _ in _matching(seek, account, services))


def counted(
    audience: Audience, topic: str, account: str, services: Services, more: Callable[[], bool]
) -> tuple[int, bool]:
    """How many contacts of one account are in this audience, and whether that is all (``more``: go on)."""
    number = 0
    for number, _ in enumerate(_matching(Seek(topic, audience), account, services), 1):
        if number % A_LOOK == 0 and not more():
            return number, False
    return number, True


def everybody(audience: Audience, topic: str, account: str, services: Services) -> Iterator[str]:
    """The ids of an account's contacts who are in this audience now."""
    return (contact for contact, _ in _matching(Seek(topic, audience), account, services))


def known(
    audience: Audience,
    topic: str,
    account: str,
    services: Services,
    fields: frozenset[str],
    split: Split | None = None,
) -> Iterator[Facts]:
    """What the index knows (``fields`` of Facts) of an account's contacts who are in this audience now."""
    for candidate, _ in _candidates(Seek(topic, audience, fields=fields), account, services):
        facts = candidate.facts or Facts(account)
        if split:
            facts.part = split.part(candidate.id)
        yield facts


def members(audience: Audience, topic: str, account: str, services: Services) -> Iterator[str]:
    """The ids of an account's contacts who are in this audience now, in index order."""
    return (contact for contact, _ in _matching(Seek(topic, audience), account, services))


def _matching(
    seek: Seek, account: str, services: Services, shard: int = 0, after: str = ""
) -> Iterator[tuple[str, int]]:
    """(contact, shard) of one account in index order, from a position on."""
    for candidate, each in _candidates(seek, account, services, shard, after):
        yield candidate.id, each


def _candidates(
    seek: Seek, account: str, services: Services, shard: int = 0, after: str = ""
) -> Iterator[tuple[Candidate, int]]:
    audience, topic = seek.audience, seek.topic
    now = services.now() if seek.until is None else seek.until
    sieve = Sieve(audience.where, account, now, services, audience.without)
    seek = replace(seek, fields=seek.fields | sieve.fields)
    if audience.contacts:
        yield from _named(seek, account, sieve, services)
        return
    for each in range(shard, SHARDS):
        last = after if each == shard else ""
        while True:
            page = services.contacts.page(account, each, last, seek)
            for candidate in page.candidates:
                if audience.takes(topic, candidate) and sieve.takes(candidate):
                    yield candidate, each
            last = page.last
            if not last:
                break


def _named(seek: Seek, account: str, sieve: Sieve, services: Services) -> Iterator[tuple[Candidate, int]]:
    """The people an audience names one by one; few, so always from the first on."""
    known = services.contacts.known(seek.audience.contacts)
    for contact in sorted(known.values(), key=lambda one: place(one.id)):
        if contact.identity.account_id != account or (seek.until is not None and contact.joined > seek.until):
            continue
        candidate = contact.candidate()
        if seek.audience.takes(seek.topic, candidate) and sieve.takes(candidate):
            yield candidate, 0


def start(broadcast: str, services: Services) -> Broadcast | None:
    """Fix the targets and the moment, and have the planner called.

    Repeating it changes nothing, and makes good what a crash between the two left out. That somebody looks
    after it is set down first, so that no crash leaves it started and forgotten.
    """
    found = services.broadcasts.get(broadcast)
    if found is None:
        return None
    begins = wished(found.state, Wish.START)
    if begins or (found.state is State.PLANNING and not found.planned):
        services.catalogue.remind(services.now() + LOOK_AGAIN, "unsettled", broadcast)
        if found.expires_at:
            services.catalogue.remind(found.expires_at, "expired", broadcast)
    if begins:
        targets = [one for one in _aims(found, services) if carries(found, one)]
        found = services.broadcasts.aim(broadcast, targets, services.now()) or found
    if found.state is State.PLANNING and not found.planned:
        services.queues.plan(broadcast)
    return found


def wish(broadcast: str, asked: Wish, services: Services, scope: Scope = Scope.PENDING) -> Broadcast | None:
    """Grant a pause, resume or cancel; None where the broadcast's state does not allow it."""
    found = services.broadcasts.get(broadcast)
    if found is None:
        return None
    if asked is Wish.RESUME:
        return _resumed(found, scope, services)
    to = wished(found.state, asked)
    return services.broadcasts.move(broadcast, to, sources(asked), at=services.now()) if to else None


def _resumed(found: Broadcast, scope: Scope, services: Services) -> Broadcast | None:
    """Everybody whose turn has not come goes on; with another scope, those it names do again, too.

    What is asked of others comes before the move and again after it, so that a crash in between cannot leave
    the broadcast waiting for ever.
    """
    if found.state is State.PAUSED and not found.started:
        services.catalogue.remind(max(found.send_at, services.now()), "broadcast", found.id)
        return services.broadcasts.resume(found, State.SCHEDULED, (State.PAUSED,))
    froms = resumable(found, scope, services.now())
    if not froms:
        return None
    if found.state is State.FINISHED:
        services.catalogue.remind(services.now() + LOOK_AGAIN, "unsettled", found.id)
    services.queues.plan(found.id, delay=AFTER_THE_MOVE)
    moved = services.broadcasts.resume(
        found, State.PLANNING, froms, None if scope is Scope.PENDING else scope
    )
    if moved:
        services.queues.plan(found.id)
    return moved


def expire(broadcast: str, services: Services) -> None:
    """Its time is up: what waits for an account, for somebody or for the canary comes to its end, too."""
    found = services.broadcasts.get(broadcast)
    if found is None or found.state.ended or not found.started or not found.expired(services.now()):
        return
    if found.state is State.SENDING and not found.stopped:
        return
    services.queues.plan(found.id, delay=AFTER_THE_MOVE)
    if services.broadcasts.resume(found, State.PLANNING, (*ACTIVE, State.PAUSED)):
        services.queues.plan(found.id)


def plan(broadcast: str, services: Services, time_left: Callable[[], float]) -> None:
    """Make and queue chunks until all exist or the time (``time_left`` in ms) runs short.

    Page and cursor are committed together, the queue follows and may repeat: a planner that dies is
    called again and goes on at the last commit, queueing first what may not have been queued. Once all
    exist it decides about the canary, and queues again what somebody asked to go on.
    """
    found = services.broadcasts.get(broadcast)
    if found is None or found.state not in ACTIVE:
        return
    if found.planned:
        _go_on(found, services, time_left)
    else:
        cursor = _queued(found, services.broadcasts.cursor(broadcast), services)
        for chunks, position in _made_of(found, cursor, services, time_left):
            cursor = _commit(found, cursor, chunks, position, services)
            if time_left() < 20_000 and not cursor.ended:
                services.queues.plan(broadcast)
                return
        alone = _tried_alone(found, cursor)
        done = services.broadcasts.planned(broadcast, cursor, Trial.RUNNING if alone else Trial.NONE)
        if done and done.requeue:
            _go_on(done, services, time_left)
    settle(broadcast, services)


def _go_on(found: Broadcast, services: Services, time_left: Callable[[], float]) -> None:
    if found.freeing:
        if not free(found, found.freeing, services, time_left):
            services.queues.plan(found.id, delay=(LEASE + GUARD) / 1000)
            return
        found = services.broadcasts.freed(found.id, found.freeing) or found
    if found.trial is Trial.RUNNING:
        found = weigh(found, services)
    if found.may_compare():
        found = compare(found, services)
    if found.trial not in (Trial.RUNNING, Trial.FAILED) and (found.requeue or found.state is State.PLANNING):
        _queue_again(found, services, time_left)


def chunk_size(account_id: str) -> int:
    """How many people make a chunk: 256, more where the messenger wants a whole audience in one call."""
    return max(SIZE, messenger(account_id.partition("/")[0]).rules.gather)


def first_size(found: Broadcast, account_id: str) -> int:
    """How many people make the first chunk: what the canary wants, unless all must be in one call."""
    usual = chunk_size(account_id)
    return min(found.canary.size, usual) if found.canary and usual <= SIZE else usual


def carries(found: Broadcast, account_id: str) -> bool:
    """Whether an account can tell variants apart: not where a whole audience gets one text in one call."""
    variants = found.split and found.split.variants
    return not variants or messenger(account_id.partition("/")[0]).rules.gather <= 1


def _targets(audience: Audience, services: Services) -> list[str]:
    return [one for one in sorted(services.accounts.ids()) if audience.takes_account(one)]


def _aims(found: Broadcast, services: Services) -> list[str]:
    """The accounts in the order they are planned: those to fall back to come last, in their own order."""
    targets = _targets(found.audience, services)
    wanted = found.audience.accounts if found.fallback_of else found.fallback.to if found.fallback else ()
    return sorted(targets, key=lambda one: wanted.index(one) + 1 if one in wanted else 0)


def _made_of(
    found: Broadcast, cursor: Cursor, services: Services, time_left: Callable[[], float]
) -> Iterator[tuple[list[Made], Position]]:
    if not found.fallback_of:
        return _chunks(found, cursor, services)
    how = Making(chunk_size, first_size, CHUNKS_A_COMMIT * SIZE, _made)
    return of_fallback(found, cursor, services, how, lambda: time_left() < 20_000)


def _chunks(found: Broadcast, cursor: Cursor, services: Services) -> Iterator[tuple[list[Made], Position]]:
    """Batches of what chunks are made of, with the position just after the last of them.

    The position never runs ahead of what is in a chunk: what is left over is read again after a crash. Where
    some wait for the winner, all accounts come a second time, for chunks with nobody else in them.
    """
    batch: list[Made] = []
    seek = Seek(found.topic, found.audience, found.started)  # who joined after the start is out
    if found.message.translations:
        seek = replace(seek, fields=frozenset({"language"}))
    end = len(found.accounts) * (found.split.rounds if found.split else 1)
    for step in range(cursor.account, end):
        turn, number = divmod(step, len(found.accounts))
        account = found.accounts[number]
        here = step == cursor.account
        usual = chunk_size(account)
        waiting: list[Candidate] = []
        begin = (cursor.shard, cursor.after) if here else (0, "")
        for candidate, shard in in_turn(found, _candidates(seek, account, services, *begin), services):
            if found.split and found.split.turn(found.part_of(candidate.id)) != turn:
                continue
            waiting.append(candidate)
            if len(waiting) == (usual if turn or cursor.chunks or batch else first_size(found, account)):
                batch.append(_made(found, account, waiting))
                waiting = []
                if len(batch) * usual >= CHUNKS_A_COMMIT * SIZE:
                    yield batch, (step, shard, candidate.id, False)
                    batch = []
        if waiting:
            batch.append(_made(found, account, waiting))
        if batch:
            yield batch, (step + 1, 0, "", step + 1 == end)
            batch = []
    yield batch, (end, 0, "", True)


def _made(
    found: Broadcast, account: str, people: Sequence[Candidate], sources: tuple[Place, ...] = ()
) -> Made:
    """What a chunk is made of. Whom one call carries to all get the same, so there languages do not count."""
    ids = tuple(one.id for one in people)
    if not found.message.translations or chunk_size(account) > SIZE:
        return account, ids, b"", sources
    spoken = [one.facts.language if one.facts else one.language for one in people]
    numbers = {language: found.message.number(language) for language in set(spoken)}
    return account, ids, bytes(numbers[language] for language in spoken), sources


def _commit(
    found: Broadcast,
    cursor: Cursor,
    made: Sequence[Made],
    position: Position,
    services: Services,
) -> Cursor:
    chunks = [
        Chunk(found.id, chunk_id(cursor.chunks + number), account, recipients, languages, sources)
        for number, (account, recipients, languages, sources) in enumerate(made)
    ]
    account, shard, after, ended = position
    step = account if after else account - 1  # a batch ends with its account, or in the middle of it
    waiting_for_winner = step >= len(found.accounts)
    counts = [*cursor.counts, *(0,) * (len(found.accounts) - len(cursor.counts))]
    for chunk in chunks:
        counts[found.number(chunk.account)] += 1
    moved = replace(
        cursor,
        account=account,
        shard=shard,
        after=after,
        ended=ended,
        chunks=cursor.chunks + len(chunks),
        people=cursor.people + sum(len(chunk.recipients) for chunk in chunks),
        version=cursor.version + 1,
        counts=tuple(counts),
        tests=cursor.tests if waiting_for_winner or not made else tuple(counts),
    )
    services.broadcasts.commit(found.id, moved, chunks, _left_out(found, chunks))
    waiting = replace(moved, queued=min(cursor.queued, cursor.chunks))
    return _queued(found, waiting, services, {chunk.id: chunk for chunk in chunks})


def _left_out(found: Broadcast, chunks: Sequence[Chunk]) -> dict[str, bytes]:
    """The marks with which chunks begin, by their ids, where somebody in them is kept out for comparison."""
    if found.split is None or not found.split.holdout:
        return {}
    made = {}
    for chunk in chunks:
        out = [at for at, one in enumerate(chunk.recipients) if found.part_of(one) == HOLDOUT]
        blank = bytes(len(chunk.recipients))
        made[chunk.id] = marked(blank, dict.fromkeys(out, Mark.SKIPPED_HOLDOUT))
    return made


def _first_round(found: Broadcast, cursor: Cursor) -> int:
    """How many of the chunks made so far do not wait for the winner."""
    return sum(cursor.tests) if found.comparing else cursor.chunks


def _tried_alone(found: Broadcast, cursor: Cursor) -> bool:
    """Whether the first chunk goes alone; it cannot where it waits for the winner itself."""
    canary = found.canary
    wanted = canary is not None and cursor.people > canary.above
    return wanted and cursor.chunks > 1 and _first_round(found, cursor) > 0


def _may_go(found: Broadcast, cursor: Cursor) -> int:
    """How many of the chunks made so far may be queued: only the first where it is tried alone."""
    ready = _first_round(found, cursor)
    if found.canary is None:
        return ready
    if cursor.people > found.canary.above:
        return min(1, ready)
    return ready if cursor.ended else 0


def _queued(
    found: Broadcast, cursor: Cursor, services: Services, made: Mapping[str, Chunk] | None = None
) -> Cursor:
    """Queue the chunks that were committed but maybe not queued; the same chunk twice does no harm."""
    tasks, may_go = [], _may_go(found, cursor)
    for number in range(cursor.queued, may_go):
        one = chunk_id(number)
        chunk = (made or {}).get(one) or services.broadcasts.chunk(found.id, one)
        if chunk:
            tasks.append(SendTask(found.id, chunk.id, chunk.account))
    services.queues.send(tasks)
    return replace(cursor, queued=max(cursor.queued, may_go))


def _queue_again(found: Broadcast, services: Services, time_left: Callable[[], float]) -> None:
    """Every chunk that has not come to its end goes back into the queue, but for accounts that wait.

    Those that wait for the winner stay where they are, unless the time for all of them is up.
    """
    last = found.tested if found.comparing and not found.expired(services.now()) else found.chunks
    for start in range(found.requeued, last, LOOKED_THROUGH):
        if time_left() < 20_000:
            services.queues.plan(found.id)
            return
        end = min(start + LOOKED_THROUGH, last)
        ids = [chunk_id(number) for number in range(start, end)]
        known = services.broadcasts.progresses(found.id, ids)
        services.queues.send(
            [
                SendTask(found.id, one, account)
                for one, (account, progress) in known.items()
                if not progress.done and account not in found.stopped
            ]
        )
        if found.requeue:
            services.broadcasts.requeued(found, end if end < last else found.chunks)
