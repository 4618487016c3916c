"""Broadcasts in the table: the broadcast, its planner's cursor, its chunks and what became of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

from rundruf.aws import codec, keys
from rundruf.aws.table import Change, Item, Refused, Table
from rundruf.core.broadcast import Broadcast, Cursor, State
from rundruf.core.chunk import SIZE, Chunk, Progress, fresh
from rundruf.core.contact import contact_bytes, contact_id
from rundruf.core.report import Receipts
from rundruf.core.retention import Keep
from rundruf.flows.services import Changed

_ID_BYTES = 16


class TableBroadcasts:
    """The Broadcasts that flows use."""

    def __init__(self, table: Table, now: Callable[[], int]) -> None:
        self.table, self.now = table, now

    def create(self, broadcast: Broadcast) -> bool:
        """False when it exists already."""
        try:
            self.table.put(
                keys.broadcast(broadcast.id), codec.broadcast_out(broadcast), "attribute_not_exists(pk)"
            )
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

    def _if(self, broadcast: str, sources: Iterable[State], change: Change) -> Broadcast | None:
        values = {f"s{number}": state.value for number, state in enumerate(sources)}
        change.when(f"#state IN ({', '.join(':' + name for name in values)})", **values)
        try:
            return codec.broadcast_in(self.table.update(keys.broadcast(broadcast), change))
        except Refused as refused:
            return codec.broadcast_in(refused.item) if refused.item and change.made(refused.item) else None

    def cursor(self, broadcast: str) -> Cursor:
        found = self.table.get(keys.cursor(broadcast))
        return Cursor(**{name: found[name] for name in asdict(Cursor())}) if found else Cursor()

    def commit(self, broadcast: str, cursor: Cursor, chunks: Sequence[Chunk]) -> None:
        expires = Keep.DELIVERY.until(self.now())
        change = Change().set(**asdict(cursor), expires=expires)
        if cursor.version == 1:
            change.when("attribute_not_exists(pk)")
        else:
            change.when("#version = :before", before=cursor.version - 1)
        steps = [self.table.step_update(keys.cursor(broadcast), change)]
        for chunk in chunks:
            here = (broadcast, chunk.id)
            size = len(chunk.recipients)
            steps.append(self.table.step_put(keys.chunk(*here), _chunk_out(chunk) | {"expires": expires}))
            begun = _progress_out(fresh(size)) | {"account": chunk.account, "expires": expires}
            steps.append(self.table.step_put(keys.progress(*here), begun))
            steps.append(self.table.step_put(keys.receipts(*here), {"expires": expires}))
        try:
            self.table.transact(steps)
        except Refused:
            raise Changed(broadcast) from None

    def planned(self, broadcast: str, chunks: int, people: int) -> Broadcast | None:
        change = Change().set(planned=True, chunks=chunks, people=people)
        try:
            found = self.table.update(keys.broadcast(broadcast), change.when("attribute_exists(pk)"))
        except Refused:
            return None
        return codec.broadcast_in(found)

    def chunk(self, broadcast: str, chunk: str) -> Chunk | None:
        found = self.table.get(keys.chunk(broadcast, chunk))
        return _chunk_in(broadcast, chunk, found) if found else None

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

    def close(self, broadcast: str, chunk: str, progress: Progress) -> Broadcast | None:
        """The chunk's end and the count of ended chunks in one; raises Changed if the lease was lost."""
        change = Change().set(**_progress_out(progress) | {"done": True, "lease_until": 0})
        change.when("#owner = :me AND #done = :no", me=progress.owner, no=False)
        counted = Change().increase("done", 1)
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

    def progress(self, broadcast: str, chunk: str) -> Progress | None:
        found = self.table.get(keys.progress(broadcast, chunk))
        return _progress_in(found) if found else None

    def progresses(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, tuple[str, Progress]]:
        """Account and progress by chunk id."""
        wanted = [keys.progress(broadcast, chunk) for chunk in chunks]
        return {_chunk_of(item): (item["account"], _progress_in(item)) for item in self.table.many(wanted)}

    def receipts(self, broadcast: str, chunks: Sequence[str]) -> Mapping[str, Receipts]:
        wanted = [keys.receipts(broadcast, chunk) for chunk in chunks]
        return {_chunk_of(item): _receipts_in(item) for item in self.table.many(wanted)}

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
        change = Change().add(
            sent=told.sent,
            delivered=told.delivered,
            read=told.read,
            replied=told.replied,
            left=told.left,
            **{f"failed_{kind}": indices for kind, indices in told.failed.items()},
        )
        if change.empty:
            return
        try:
            self.table.update(
                keys.receipts(broadcast, chunk), change.when("attribute_exists(pk)"), returned="NONE"
            )
        except Refused:
            return


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
    return {"account": chunk.account, "recipients": b"".join(map(contact_bytes, chunk.recipients))}


def _chunk_in(broadcast: str, chunk: str, item: Item) -> Chunk:
    raw = item["recipients"]
    people = tuple(contact_id(raw[at : at + _ID_BYTES]) for at in range(0, len(raw), _ID_BYTES))
    return Chunk(broadcast, chunk, item["account"], people)


def _progress_out(progress: Progress) -> Item:
    return {
        "marks": progress.marks,
        "window": _window_out(progress.window, len(progress.marks)),
        "opened_at": progress.opened_at,
        "owner": progress.owner,
        "lease_until": progress.lease_until,
        "attempts": progress.attempts,
        "done": progress.done,
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
    )


def _receipts_in(item: Item) -> Receipts:
    return Receipts(
        **{name: frozenset(item.get(name, ())) for name in ("sent", "delivered", "read", "replied", "left")},
        failed={
            name.removeprefix("failed_"): frozenset(value)
            for name, value in item.items()
            if name.startswith("failed_")
        },
    )
