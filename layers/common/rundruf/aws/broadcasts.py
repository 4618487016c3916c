"""Broadcasts in the table: the broadcast, its planner's cursor, its chunks and what became of them."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from struct import Struct
from typing import Any

from rundruf.aws import codec, keys
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.broadcast import ACTIVE, Broadcast, Cursor, Scope, State
from rundruf.core.budget import Budget, Hold
from rundruf.core.canary import Trial, Tried
from rundruf.core.chunk import SIZE, Chunk, Mark, Progress, chunk_id
from rundruf.core.contact import contact_bytes, contact_id
from rundruf.core.contest import Rate
from rundruf.core.plan import Plan
from rundruf.core.report import TIMED, Receipts
from rundruf.core.retention import Keep
from rundruf.core.stopping import Stop
from rundruf.core.summing import KeptSum, Sum, group_of
from rundruf.flows.services import Changed

_ID_BYTES = 16
_SOURCE = Struct(">IH")  # a place in another broadcast: chunk number and index
PAGES_OF_ISSUES, A_PAGE_OF_ISSUES = 10, 100
LINKS_KEPT = 1000
CLICK_SHARDS = 16
HOUR = 3_600_000


class TableBroadcasts:
    """The Broadcasts that flows use."""

    def __init__(self, table: Table, now: Callable[[], int]) -> None:
        self.table, self.now = table, now
        self._linked: dict[tuple[str, str], str] = {}

    def create(self, broadcast: Broadcast) -> bool:
        """False when it exists already."""
        try:
            self.table.put(
                keys.broadcast(broadcast.id), codec.broadcast_out(broadcast), "attribute_not_exists(pk)"
            )
        except Refused:
            return False
        return True

    def add_late(self, issue: Broadcast, last: Broadcast | None, made: Broadcast) -> bool:
        """All or nothing: from then on neither the issue nor the ``last`` frees anybody again."""
        counted = Change().set(late=issue.late + 1)
        if issue.late:
            counted.when("#late = :before", before=issue.late)
        else:
            counted.when("attribute_not_exists(#late)")
        counted.when("#planned = :yes AND attribute_not_exists(#freeing)", yes=True)
        steps = [self.table.step_update(keys.broadcast(issue.id), counted)]
        if last:
            over = Change().set(late=1).when("attribute_not_exists(#freeing)")
            over.when("#planned = :yes OR #state = :cancelled", yes=True, cancelled=State.CANCELLED.value)
            steps.append(self.table.step_update(keys.broadcast(last.id), over))
        put = codec.broadcast_out(made)
        steps.append(self.table.step_put(keys.broadcast(made.id), put, "attribute_not_exists(pk)"))
        try:
            self.table.transact(steps)
        except Refused:
            return False
        return True

    def get(self, broadcast: str) -> Broadcast | None:
        found = self.table.get(keys.broadcast(broadcast))
        return codec.broadcast_in(found) if found else None

    def page(self, after: str, limit: int) -> tuple[list[Broadcast], str]:
        """Newest first, and where to go on ("" at the end)."""
        items, last = self.table.query("broadcast", after=after, limit=limit, backwards=True)
        return [codec.broadcast_in(item) for item in items], last

    def move(
        self, broadcast: str, to: State, sources: Iterable[State], reason: str = "", at: int = 0
    ) -> Broadcast | None:
        """The broadcast in its new state; None where it was in none of the ``sources``."""
        change = Change().set(state=to.value, reason=reason)
        if to.ended:
            change.set(finished=at or self.now())
        return self._if(broadcast, sources, change)

    def aim(self, broadcast: str, accounts: Sequence[str], started: int) -> Broadcast | None:
        """Into planning, with targets and moment fixed."""
        change = Change().set(state=State.PLANNING.value, accounts=list(accounts), started=started, reason="")
        return self._if(broadcast, (State.DRAFT, State.SCHEDULED), change)

    def plan_for(self, broadcast: str, plan: Plan) -> Broadcast | None:
        """Keep what was said of it before it starts."""
        change = Change().set(planned_for=codec.plan_out(plan))
        return self._if(broadcast, (State.DRAFT, State.SCHEDULED), change)

    def approve(self, broadcast: str, key: str, content: str) -> Broadcast | None:
        """This content may start, says this key; None for a broadcast that is no draft any more."""
        return self._if(broadcast, (State.DRAFT,), Change().set(approved_by=key, approved=content))

    def stop(self, broadcast: str, account: int, stop: Stop, since: int) -> Broadcast | None:
        """One account's part waits; None if it does already, or was let go on after ``since`` (ms)."""
        name = codec.stop_name(account)
        change = Change().set(**{name: codec.stop_out(stop)})
        change.when(
            f"attribute_not_exists(#{name}) AND (attribute_not_exists(#resumed) OR #resumed <= :since)",
            since=since,
        )
        return self._if(broadcast, ACTIVE, change)

    def pause_stopped(self, broadcast: str, accounts: Iterable[int], reason: str) -> Broadcast | None:
        """Paused as a whole, as long as these accounts are stopped."""
        change = Change().set(state=State.PAUSED.value, reason=reason)
        for each in accounts:
            change.when(f"attribute_exists(#{codec.stop_name(each)})")
        return self._if(broadcast, ACTIVE, change)

    def resume(
        self, found: Broadcast, to: State, sources: Iterable[State], scope: Scope | None = None
    ) -> Broadcast | None:
        """Every account goes on, and everything that stopped it is over; None in none of the ``sources``."""
        stops = {codec.stop_name(found.number(account)): None for account in found.stopped}
        now = self.now()
        change = Change().set(state=to.value, reason="", finished=0, resumed=now, stalled=0, **stops)
        change.set(requeue=now, requeued=0, seen_at=0)
        if scope:
            change.set(freeing=scope.value, settles=0).when("attribute_not_exists(#late)")
            change.when("attribute_not_exists(#fell_back)")  # or somebody might get it here and there
        if found.trial is Trial.FAILED:
            change.set(trial=Trial.OVERRULED.value)
        return self._if(found.id, sources, change)

    def freed(self, broadcast: str, scope: Scope) -> Broadcast | None:
        """Everybody of this scope is free again."""
        change = Change().set(freeing=None).when("#freeing = :scope", scope=scope.value)
        return self._if(broadcast, State, change)

    def finish(self, broadcast: str) -> Broadcast | None:
        """Finished, if every chunk has come to its end and nobody is being made free again."""
        change = Change().set(state=State.FINISHED.value, reason="", finished=self.now(), stalled=0)
        change.when("#planned = :yes AND #done >= #chunks AND attribute_not_exists(#freeing)", yes=True)
        return self._if(broadcast, (*ACTIVE, State.PAUSED), change)

    def fall_back(self, broadcast: str) -> Broadcast | None:
        """Its fallback begins; None for one that is not finished, has begun it, or whose fallback is off."""
        change = Change().set(fell_back=self.now())
        change.when("attribute_not_exists(#fell_back) AND attribute_not_exists(#fallback_off)")
        return self._if(broadcast, (State.FINISHED,), change)

    def fall_back_off(self, broadcast: str) -> Broadcast | None:
        """Its fallback is called off, whether it has begun or not; None if it was before."""
        change = Change().set(fallback_off=self.now()).when("attribute_not_exists(#fallback_off)")
        return self._if(broadcast, (State.FINISHED,), change)

    def settles(self, broadcast: str, at: int) -> Broadcast | None:
        """The canary's chunk is done and decided upon at this time (ms); None if that was said before."""
        change = Change().set(settles=at)
        change.when("attribute_not_exists(#settles) OR #settles = :zero", zero=0)
        return self._if(broadcast, ACTIVE, change)

    def judged(self, broadcast: str, trial: Trial, tried: Tried, reason: str = "") -> Broadcast | None:
        """The canary's end: the rest goes, or the broadcast waits with this reason."""
        to = State.PAUSED if trial is Trial.FAILED else State.SENDING
        change = Change().set(trial=trial.value, tried=asdict(tried), state=to.value, reason=reason)
        change.set(requeue=self.now(), requeued=0)
        change.when("#trial = :running", running=Trial.RUNNING.value)
        return self._if(broadcast, ACTIVE, change)

    def compares(self, broadcast: str, at: int) -> Broadcast | None:
        """Its variants are on their way since then (ms); None if that was said before."""
        change = Change().set(compared=at).when("attribute_not_exists(#compared)")
        return self._if(broadcast, ACTIVE, change)

    def undecided(self, broadcast: str, why: str) -> Broadcast | None:
        """There is no winner yet, and why."""
        change = Change().set(undecided=why).when("attribute_not_exists(#winner)")
        return self._if(broadcast, ACTIVE, change)

    def win(self, found: Broadcast, winner: str, by: str, on: Mapping[str, Rate]) -> Broadcast | None:
        """The winner, for good; the rest is to be queued. None if there is one already, or it is too early.

        Where nobody was in the test, a canary that is wanted begins with the rest.
        """
        now = self.now()
        change = Change().set(winner=winner, won=now, won_by=by, undecided=None, requeue=now, requeued=0)
        change.set(won_on={name: [rate.count, rate.of] for name, rate in on.items()})
        canary = found.canary
        if not found.tested and found.chunks > 1 and canary and found.people > canary.above:
            change.set(trial=Trial.RUNNING.value)
        early = {"running": Trial.RUNNING.value, "failed": Trial.FAILED.value}
        said = "attribute_not_exists(#winner) AND #planned = :yes AND NOT #trial IN (:running, :failed)"
        return self._if(found.id, (*ACTIVE, State.PAUSED), change.when(said, yes=True, **early))

    def looked(self, broadcast: str, seen: int, stalled: int, requeue: bool = False) -> None:
        """Keep what the last look at its progress saw; ``requeue`` has its open chunks queued again."""
        now = self.now()
        change = Change().set(seen=seen, seen_at=now, stalled=stalled)
        self._if(broadcast, ACTIVE, change.set(requeue=now, requeued=0) if requeue else change)

    def requeued(self, found: Broadcast, chunks: int) -> None:
        """So many chunks were looked through and queued again; all of them, and nothing is left to do."""
        change = Change().when("#requeue = :asked", asked=found.requeue)
        done = chunks >= found.chunks
        self._if(found.id, State, change.set(requeue=0, requeued=0) if done else change.set(requeued=chunks))

    def _if(self, broadcast: str, sources: Iterable[State], change: Change) -> Broadcast | None:
        values = {f"s{number}": state.value for number, state in enumerate(sources)}
        change.when(f"#state IN ({', '.join(':' + name for name in values)})", **values)
        try:
            return codec.broadcast_in(self.table.update(keys.broadcast(broadcast), change))
        except Refused as refused:
            return codec.broadcast_in(refused.item) if refused.item and change.made(refused.item) else None

    def cursor(self, broadcast: str) -> Cursor:
        found = self.table.get(keys.cursor(broadcast))
        if found is None:
            return Cursor()
        known: dict[str, Any] = {name: found[name] for name in asdict(Cursor()) if name in found}
        return Cursor(**known | {name: tuple(found.get(name, ())) for name in ("counts", "tests")})

    def commit(
        self, broadcast: str, cursor: Cursor, chunks: Sequence[Chunk], marks: Mapping[str, bytes] = {}
    ) -> None:
        expires = Keep.DELIVERY.until(self.now())
        change = Change().set(**asdict(cursor), expires=expires)
        if cursor.version == 1:
            change.when("attribute_not_exists(pk)")
        else:
            change.when("#version = :before", before=cursor.version - 1)
        steps = [self.table.step_update(keys.cursor(broadcast), change)]
        for chunk in chunks:
            here = (broadcast, chunk.id)
            begun = Progress(marks.get(chunk.id) or bytes(len(chunk.recipients)))
            steps.append(self.table.step_put(keys.chunk(*here), _chunk_out(chunk) | {"expires": expires}))
            told: Item = {"account": chunk.account, "expires": expires}
            if chunk.languages:
                told["languages"] = chunk.languages
            steps.append(self.table.step_put(keys.progress(*here), _progress_out(begun) | told))
            steps.append(self.table.step_put(keys.receipts(*here), {"expires": expires}))
        try:
            self.table.transact(steps)
        except Refused:
            raise Changed(broadcast) from None

    def planned(self, broadcast: str, cursor: Cursor, trial: Trial = Trial.NONE) -> Broadcast | None:
        """Every chunk exists; said once, since the trial goes on from there."""
        change = Change().set(
            planned=True,
            chunks=cursor.chunks,
            people=cursor.people,
            counts=list(cursor.counts),
            trial=trial.value,
            tests=list(cursor.tests),
        )
        change.when("attribute_exists(pk) AND #planned = :no", no=False)
        try:
            found = self.table.update(keys.broadcast(broadcast), change)
        except Refused:
            return None
        return codec.broadcast_in(found)

    def chunk(self, broadcast: str, chunk: str) -> Chunk | None:
        found = self.table.get(keys.chunk(broadcast, chunk))
        return _chunk_in(broadcast, chunk, found) if found else None

    def chunks(self, broadcast: str, chunks: Sequence[str]) -> list[Chunk]:
        items = self.table.many([keys.chunk(broadcast, chunk) for chunk in chunks])
        return [_chunk_in(broadcast, _chunk_of(item), item) for item in items]

    def issues(self, newsletter: str, last: int) -> list[Broadcast]:
        """Newest first; among the latest thousand broadcasts."""
        found: list[Broadcast] = []
        after = ""
        for _ in range(PAGES_OF_ISSUES):
            page, after = self.page(after, A_PAGE_OF_ISSUES)
            found += [one for one in page if one.newsletter == newsletter]
            if len(found) >= last or not after:
                break
        return found[:last]

    def these(self, broadcasts: Sequence[str]) -> Mapping[str, Broadcast]:
        found = map(codec.broadcast_in, self.table.many([keys.broadcast(one) for one in broadcasts]))
        return {one.id: one for one in found}

    def accepted(self, broadcasts: Sequence[Broadcast]) -> frozenset[str]:
        """Also those that ended so long ago that their chunks are not kept any more."""
        firsts = {
            keys.progress(one.id, chunk_id(number))["pk"]: one.id
            for one in broadcasts
            for number in _firsts(one)
        }
        told = {item["pk"]: item["marks"] for item in self.table.many([_at(pk) for pk in firsts])}
        kept = Keep.DELIVERY.value * 1000
        old = {one.id for one in broadcasts if one.chunks and self.now() - one.started >= kept}
        return frozenset(firsts[pk] for pk, marks in told.items() if Mark.SENT in marks) | old

    def place(self, broadcast: str, chunks: Sequence[str], contact: str) -> tuple[str, int] | None:
        """In which of these chunks a person is, and at which index; None where in none of them."""
        wanted = contact_bytes(contact)
        for item in self.table.many([keys.chunk(broadcast, chunk) for chunk in chunks]):
            raw = item["recipients"]
            at = raw.find(wanted)
            while at % _ID_BYTES and at > 0:
                at = raw.find(wanted, at + 1)
            if at >= 0:
                return _chunk_of(item), at // _ID_BYTES
        return None

    def lease(self, broadcast: str, chunk: str, owner: str, now: int, until: int) -> Progress | None:
        change = Change().set(owner=owner, lease_until=until)
        change.when(
            "attribute_exists(pk) AND #done = :no AND (#lease_until < :now OR #owner = :me)",
            no=False,
            now=now,
            me=owner,
        )
        try:
            return _progress_in(self.table.update(keys.progress(broadcast, chunk), change))
        except Refused as refused:
            if refused.item and refused.item.get("done"):
                return _progress_in(refused.item)
            return None

    def write(self, broadcast: str, chunk: str, progress: Progress) -> None:
        change = Change().set(**_progress_out(progress))
        change.when("#owner = :me AND #done = :no", me=progress.owner, no=False)
        try:
            self.table.update(keys.progress(broadcast, chunk), change, returned="NONE")
        except Refused:
            raise Changed(chunk) from None

    def close(self, broadcast: str, chunk: str, progress: Progress, account: int = 0) -> Broadcast | None:
        """The chunk's end and the count of ended chunks in one; raises Changed if the lease was lost.

        ``account`` is the number of the chunk's account among the targets.
        """
        change = Change().set(**_progress_out(progress) | {"done": True, "lease_until": 0})
        change.set(ended=self.now())
        change.when("#owner = :me AND #done = :no", me=progress.owner, no=False)
        counted = Change().increase("done", 1).add(**{codec.ends_name(account): 1})
        try:
            self.table.transact(
                [
                    self.table.step_update(keys.progress(broadcast, chunk), change),
                    self.table.step_update(keys.broadcast(broadcast), counted),
                ]
            )
        except Refused:
            raise Changed(chunk) from None
        return self.get(broadcast)

    def reopen(self, broadcast: str, chunk: str, held: Progress, marks: bytes, account: int) -> bool:
        """An ended chunk with these marks instead, to be sent again; False if it is not what it was."""
        change = Change().set(marks=marks, done=False, attempts=0, owner="", lease_until=0)
        change.when("#done = :yes AND #marks = :held", yes=True, held=held.marks)
        counted = Change().increase("done", -1).add(**{codec.ends_name(account): -1})
        try:
            self.table.transact(
                [
                    self.table.step_update(keys.progress(broadcast, chunk), change),
                    self.table.step_update(keys.broadcast(broadcast), counted),
                    self.table.step_update(keys.group(broadcast, group_of(chunk)), Change().add(touched=1)),
                ]
            )
        except Refused:
            return False
        return True

    def progress(self, broadcast: str, chunk: str) -> Progress | None:
        found = self.table.get(keys.progress(broadcast, chunk))
        return _progress_in(found) if found else None

    def progresses(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, tuple[str, Progress]]:
        """Account and progress by chunk id."""
        wanted = [keys.progress(broadcast, chunk) for chunk in chunks]
        found = {_chunk_of(item): item for item in self.table.many(wanted)}
        unnamed = [one for one, item in found.items() if "account" not in item]  # an older release's
        named = {one.id: one.account for one in self.chunks(broadcast, unnamed)}
        return {
            one: (item.get("account") or named.get(one, ""), _progress_in(item))
            for one, item in found.items()
        }

    def receipts(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, Receipts]:
        wanted = [keys.receipts(broadcast, chunk) for chunk in chunks]
        return {_chunk_of(item): _receipts_in(item) for item in self.table.many(wanted)}

    def set_budget(self, broadcast: str, budget: Budget) -> Broadcast | None:
        change = Change().set(budget=codec.budget_out(budget)).when("attribute_exists(pk)")
        return self._if(broadcast, State, change)

    def hold(self, broadcast: str, chunk: str) -> Hold | None:
        found = self.table.get(keys.hold(broadcast, chunk))
        return _hold_in(found) if found else None

    def keep_hold(
        self,
        purse: str,
        broadcast: str,
        chunk: str,
        hold: Hold,
        before: Hold | None,
        limit: int | None = None,
    ) -> bool:
        """The chunk's part and the sum of all in one transaction."""
        more = hold.held - (before.held if before else 0)
        capped = limit is not None and more > 0
        if limit is not None and capped and more > limit:
            return False
        expires = Keep.DELIVERY.until(self.now())
        mine = Change().set(**_hold_out(hold), expires=expires)
        if before:
            mine.when("#held = :before AND #day = :day", before=before.held, day=before.day)
        else:
            mine.when("attribute_not_exists(pk)")
        every = Change().add(held=more).set(expires=expires)
        if limit is not None and capped:
            every.when("attribute_not_exists(#held) OR #held <= :room", room=limit - more)
        steps = [
            self.table.step_update(keys.hold(broadcast, chunk), mine),
            self.table.step_update(keys.held(purse), every),
        ]
        try:
            self.table.transact_in_turn(steps)
        except Refused:
            if self.hold(broadcast, chunk) != before:
                raise Changed(chunk) from None
            return False
        return True

    def held(self, purse: str) -> int:
        found = self.table.get(keys.held(purse))
        return int(found["held"]) if found else 0

    def sums(self, broadcast: str) -> Mapping[int, KeptSum]:
        found = self.table.all(f"sum#{broadcast}")
        return {int(item["sk"]): _held_in(item) for item in found}

    def keep_sum(self, broadcast: str, group: int, held: KeptSum) -> None:
        body = json.dumps(held.sum.stored(), separators=(",", ":")) if held.sum else None
        change = Change().set(body=body, seen=held.seen, closed=held.closed, at=held.at)
        change.set(expires=Keep.DELIVERY.until(self.now()))
        self.table.update(keys.group(broadcast, group), change, returned="NONE")

    def touched(self, broadcast: str, group: int) -> None:
        change = Change().add(touched=1).set(expires=Keep.DELIVERY.until(self.now()))
        self.table.update(keys.group(broadcast, group), change, returned="NONE")

    def link(self, broadcast: str, links: Mapping[str, str]) -> None:
        """Where links lead, written before the first message with one of them leaves."""
        fresh = {one: url for one, url in links.items() if (broadcast, one) not in self._linked}
        expires = Keep.DELIVERY.until(self.now())
        for one, url in fresh.items():
            self.table.put(keys.link(broadcast, one), {"url": url, "expires": expires})
        if len(self._linked) > LINKS_KEPT:
            self._linked.clear()
        self._linked |= {(broadcast, one): url for one, url in fresh.items()}

    def leads_to(self, broadcast: str, link: str) -> str:
        """From this process's memory if it was asked before: a link never changes."""
        known = self._linked.get((broadcast, link), "")
        if not known:
            found = self.table.get(keys.link(broadcast, link))
            known = str(found["url"]) if found else ""
            if known:
                if len(self._linked) > LINKS_KEPT:
                    self._linked.clear()
                self._linked[broadcast, link] = known
        return known

    def links(self, broadcast: str) -> Mapping[str, str]:
        return {item["sk"]: item["url"] for item in self.table.all(f"link#{broadcast}")}

    def click(self, broadcast: str, link: str, at: int) -> None:
        shard = os.urandom(1)[0] % CLICK_SHARDS
        change = Change().set(expires=Keep.DELIVERY.until(self.now())).add(**{f"{link}_{at // HOUR}": 1})
        self.table.update(keys.clicks(broadcast, shard), change, returned="NONE")

    def clicks(self, broadcast: str) -> Mapping[tuple[str, int], int]:
        counted: Counter[tuple[str, int]] = Counter()
        for item in self.table.all(f"clicks#{broadcast}"):
            for name, count in item.items():
                link, _, hour = name.partition("_")
                if hour.isdigit():
                    counted[link, int(hour)] += count
        return counted

    def name(self, account_id: str, broadcast: str, chunk: str, ids: Mapping[int, str]) -> None:
        expires = Keep.MESSAGE_ID.until(self.now())
        self.table.put_many(
            keys.message(account_id, one)
            | {"broadcast": broadcast, "chunk": chunk, "expires": expires}
            | ({} if index is None else {"index": index})
            for one, index in _shared(ids).items()
        )

    def named(self, account_id: str, message_id: str) -> tuple[str, str, int | None] | None:
        found = self.table.get(keys.message(account_id, message_id))
        return (found["broadcast"], found["chunk"], found.get("index")) if found else None

    def report(self, broadcast: str, chunk: str, told: Receipts) -> None:
        """Add to a chunk's receipts; what belongs to no chunk of ours is let go."""
        change = Change().add(sent=told.sent, loose=told.loose)
        change.add(**{f"failed_{kind}": indices for kind, indices in told.failed.items()})
        for name in TIMED:
            hours = told.hours.get(name, {})
            at_once = frozenset().union(*hours.values())
            change.add(**{name: getattr(told, name) - at_once})
            change.add(**{f"{name}_{hour}": indices for hour, indices in hours.items()})
        if change.empty:
            return
        try:
            self.table.update(
                keys.receipts(broadcast, chunk), change.when("attribute_exists(pk)"), returned="NONE"
            )
        except Refused:
            return


def _firsts(found: Broadcast) -> list[int]:
    """The number of each account's first chunk."""
    return [sum(found.counts[:at]) for at, count in enumerate(found.counts) if count]


def _at(pk: str) -> dict[str, str]:
    return {"pk": pk, "sk": "progress"}


def _hold_out(hold: Hold) -> Item:
    each = b"".join(place.to_bytes(2, "big") for place in hold.each)
    return {"held": hold.held, "day": hold.day, "rates": list(hold.rates), "each": each}


def _hold_in(item: Item) -> Hold:
    raw = item["each"]
    each = tuple(int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
    return Hold(item["held"], item["day"], tuple(item["rates"]), each)


def _held_in(item: Item) -> KeptSum:
    body = item.get("body")
    return KeptSum(
        touched=item.get("touched", 0),
        seen=item.get("seen", -1),
        closed=item.get("closed", False),
        at=item.get("at", 0),
        sum=Sum.read(json.loads(body)) if body else None,
    )


def _shared(ids: Mapping[int, str]) -> dict[str, int | None]:
    """Message id to index, None for an id that several share."""
    counted = Counter(ids.values())
    return {one: None if counted[one] > 1 else index for index, one in ids.items()}


def _window_out(window: tuple[int, ...], people: int) -> bytes:
    """One byte an index, two in chunks of more than 256 people."""
    width = 1 if people <= SIZE else 2
    return b"".join(index.to_bytes(width, "big") for index in window)


def _window_in(stored: bytes, people: int) -> tuple[int, ...]:
    width = 1 if people <= SIZE else 2
    return tuple(int.from_bytes(stored[at : at + width], "big") for at in range(0, len(stored), width))


def _chunk_of(item: Item) -> str:
    return str(item["pk"].rpartition("#")[2])


def _chunk_out(chunk: Chunk) -> Item:
    made = {"account": chunk.account, "recipients": b"".join(map(contact_bytes, chunk.recipients))}
    if chunk.sources:
        made["sources"] = b"".join(_SOURCE.pack(*one) for one in chunk.sources)
    return made


def _chunk_in(broadcast: str, chunk: str, item: Item) -> Chunk:
    raw = item["recipients"]
    people = tuple(contact_id(raw[at : at + _ID_BYTES]) for at in range(0, len(raw), _ID_BYTES))
    sources = tuple((number, index) for number, index in _SOURCE.iter_unpack(item.get("sources", b"")))
    return Chunk(broadcast, chunk, item["account"], people, sources=sources)


def _progress_out(progress: Progress) -> Item:
    return {
        "marks": progress.marks,
        "window": _window_out(progress.window, len(progress.marks)),
        "opened_at": progress.opened_at,
        "owner": progress.owner,
        "lease_until": progress.lease_until,
        "attempts": progress.attempts,
        "done": progress.done,
        "quiet": progress.quiet_until or None,
    }


def _progress_in(item: Item) -> Progress:
    return Progress(
        marks=item["marks"],
        window=_window_in(item["window"], len(item["marks"])),
        opened_at=item["opened_at"],
        owner=item["owner"],
        lease_until=item["lease_until"],
        attempts=item["attempts"],
        done=item["done"],
        quiet_until=item.get("quiet", 0),
        ended=item.get("ended", 0),
        languages=item.get("languages", b""),
    )


def _receipts_in(item: Item) -> Receipts:
    """An attribute is ``sent``, ``failed_gone``, ``read`` (an older release's) or ``read_495601``."""
    plain: dict[str, frozenset[int]] = {
        name: item[name] for name in ("sent", "loose", *TIMED) if name in item
    }
    failed: dict[str, frozenset[int]] = {}
    hours: dict[str, dict[int, frozenset[int]]] = {}
    for attribute, value in item.items():
        name, _, rest = attribute.partition("_")
        if name == "failed":
            failed[rest] = value
        elif rest.isdigit():
            hours.setdefault(name, {})[int(rest)] = value
    for name, each in hours.items():
        plain[name] = plain.get(name, frozenset()).union(*each.values())
    return Receipts(**plain, failed=failed, hours=hours)
