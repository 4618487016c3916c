"""What became of a first broadcast -> who gets it on another identity: planned, and looked at once more.

Consent is that of the identity which is written to; what the person said on the first one can only take the
fallback away, never give it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rundruf.core import policy
from rundruf.core.audience import Candidate
from rundruf.core.broadcast import Broadcast, Cursor
from rundruf.core.chunk import Chunk, Mark, Progress, chunk_id, fresh, marked
from rundruf.core.contact import Contact
from rundruf.core.fallback import Turn, missed
from rundruf.core.report import Receipts
from rundruf.flows.identities import Sendable, siblings
from rundruf.flows.services import Services
from rundruf.messengers import messenger

Place = tuple[int, int]  # chunk number and index
# Account, recipients, their languages, and their places in the first broadcast.
Made = tuple[str, tuple[str, ...], bytes, tuple[Place, ...]]
# How far a planner is: account, shard, contact, ended; in a fallback the first's chunk and the index in it.
Position = tuple[int, int, str, bool]


@dataclass(frozen=True, slots=True)
class Making:
    """How many people make a chunk of an account, and the first one; how many make one commit; and of what a
    chunk is made.
    """

    usual: Callable[[str], int]
    first: Callable[[Broadcast, str], int]
    commit: int
    made: Callable[[Broadcast, str, Sequence[Candidate], tuple[Place, ...]], Made]

    def of(self, found: Broadcast, account: str, waiting: Sequence[tuple[Candidate, Place]]) -> Made:
        return self.made(found, account, [one for one, _ in waiting], tuple(place for _, place in waiting))


def chunks(
    found: Broadcast, cursor: Cursor, services: Services, how: Making, hurry: Callable[[], bool]
) -> Iterator[tuple[list[Made], Position]]:
    """As the planner's own: batches of chunks with the position just after the last person of them.

    The first broadcast's chunks are read once for each account to fall back to, in order of preference. When
    time runs short (``hurry``), what there is becomes a short chunk, so that the next planner goes on there.
    """
    first = services.broadcasts.get(found.fallback_of)
    batch: list[Made] = []
    for number in range(cursor.account, len(found.accounts)):
        account, waiting = found.accounts[number], list[tuple[Candidate, Place]]()
        begin = (cursor.shard, int(cursor.after or -1)) if number == cursor.account else (0, -1)
        for at in range(begin[0], first.chunks if first else 0):
            after = begin[1] if at == begin[0] else -1
            for contact, index in _passed_on(first, found, account, at, after, services):
                waiting.append((contact, (at, index)))
                usual = how.usual(account)
                if len(waiting) == (usual if cursor.chunks or batch else how.first(found, account)):
                    batch.append(how.of(found, account, waiting))
                    waiting = []
                    if len(batch) * usual >= how.commit:
                        yield batch, (number, at, str(index), False)
                        batch = []
            if hurry():
                batch += [how.of(found, account, waiting)] if waiting else []
                yield batch, (number, at + 1, "", False)
                batch, waiting = [], []
        batch += [how.of(found, account, waiting)] if waiting else []
        if batch:
            yield batch, (number + 1, 0, "", number + 1 == len(found.accounts))
            batch = []
    yield batch, (len(found.accounts), 0, "", True)


def _passed_on(
    first: Broadcast | None, found: Broadcast, account: str, number: int, after: int, services: Services
) -> Iterator[tuple[Candidate, int]]:
    """(contact, index) of everybody in a chunk of the first broadcast who gets it on this account now."""
    if first is None:
        return
    looked = _Look(first, [number], services)
    people = looked.missing([(number, index) for index in range(after + 1, looked.people(number))])
    held = {place[1]: one for place, one in people.items()}
    turns = services.persons.turns(first.id, (one.tie for one in held.values()))
    mine = {index: one for index, one in held.items() if turns.get(one.tie, Turn("")).first == one.id}
    sendable = Sendable(found, services)
    families = siblings(list(mine.values()), services)
    wishes: list[tuple[int, Contact, Turn]] = []
    for index, one in sorted(mine.items()):
        taken = turns[one.tie].second
        fit = [other for other in families[one.id] if _fits(other, account, first, found) and sendable(other)]
        chosen = next((other for other in fit if other.id == taken or not taken), None)
        if chosen:
            wishes.append((index, chosen, Turn(one.id, chosen.id)))
    given = services.persons.pass_on(first.id, [(mine[index].tie, turn) for index, _, turn in wishes])
    yield from (
        (chosen.candidate(), index) for (index, chosen, _), yes in zip(wishes, given, strict=True) if yes
    )


def _fits(other: Contact, account: str, first: Broadcast, found: Broadcast) -> bool:
    """Whether this identity is of that account, and was known to be this person's before the first began."""
    return (
        other.identity.account_id == account
        and other.tied_before(first.started)
        and other.joined <= found.started
    )


def still_missing(
    found: Broadcast, chunk: Chunk, indices: Sequence[int], services: Services
) -> dict[int, Mark]:
    """Just before they are claimed: whose first message arrived after all, or who says no there by now."""
    first = services.broadcasts.get(found.fallback_of)
    if first is None:
        return dict.fromkeys(indices, Mark.SKIPPED_ELSEWHERE)
    places = {index: chunk.sources[index] for index in indices}
    looked = _Look(first, sorted({number for number, _ in places.values()}), services)
    missing = looked.missing(list(places.values()))
    known = services.contacts.known([chunk.recipients[index] for index in indices])
    marks: dict[int, Mark] = {}
    for index, place in places.items():
        here, there = known.get(chunk.recipients[index]), missing.get(place)
        if looked.arrived(place):
            marks[index] = Mark.SKIPPED_ARRIVED
        elif here and (there is None or here.tie != there.tie):
            marks[index] = Mark.SKIPPED_ELSEWHERE
    return marks


def left(
    found: Broadcast, chunk: Chunk, progress: Progress, indices: Sequence[int], services: Services
) -> Progress:
    """The progress without those of these people whom the fallback is not for any more."""
    return replace(progress, marks=marked(progress.marks, still_missing(found, chunk, indices, services)))


class _Look:
    """Some chunks of the first broadcast, as they are known now."""

    def __init__(self, first: Broadcast, numbers: Sequence[int], services: Services) -> None:
        self._first, self._services = first, services
        ids = [chunk_id(number) for number in numbers]
        broadcasts = services.broadcasts
        held = {one.id: one for one in broadcasts.chunks(first.id, ids)}
        progresses, receipts = broadcasts.progresses(first.id, ids), broadcasts.receipts(first.id, ids)
        self._chunks: dict[int, tuple[Chunk, Progress, Receipts]] = {
            number: (
                held[one],
                progresses[one][1] if one in progresses else fresh(0),
                receipts.get(one, Receipts()),
            )
            for number, one in zip(numbers, ids, strict=True)
            if one in held
        }

    def people(self, number: int) -> int:
        return len(self._chunks[number][0].recipients) if number in self._chunks else 0

    def arrived(self, place: Place) -> bool:
        number, index = place
        return number in self._chunks and index in self._chunks[number][2].arrived

    def missing(self, places: Sequence[Place]) -> Mapping[Place, Contact]:
        """Of these people those whom the first message did not reach, and who have not left there since."""
        found = {
            place: self._chunks[place[0]][0].recipients[place[1]] for place in places if self._missed(place)
        }
        known = self._services.contacts.known(list(found.values()))
        now, topic, started = self._services.now(), self._first.topic, self._first.started
        return {
            place: known[one]
            for place, one in found.items()
            if one in known
            and known[one].tied_before(started)
            and not policy.withheld(known[one], topic, now)
        }

    def _missed(self, place: Place) -> bool:
        number, index = place
        if number not in self._chunks or self._first.fallback is None:
            return False
        chunk, progress, told = self._chunks[number]
        if index >= len(progress.marks):
            return False
        reported = messenger(chunk.account.partition("/")[0]).rules.receipts
        return missed(index, Mark(progress.marks[index]), told, reported, self._first.fallback.when)
