"""After a restore: sending is off until every consent entry that the backup does not know is back.

A backup is older than what people said since. Whoever stopped in between stays stopped, and whoever was
erased stays erased, because both are archived outside of the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Protocol

from rundruf.core.consent import Action
from rundruf.core.contact import Contact
from rundruf.core.ledger import Entry, Head, digest
from rundruf.core.suppression import Listing
from rundruf.flows.leaving import note
from rundruf.flows.services import Changed, Services

LEAVE_OFF = 3_000  # ms before the end of an invocation
PHASES = ("erased", "listed", "entries")
ENDS = (
    Action.WITHDRAWN,
    Action.BLOCKED,
    Action.PLATFORM_STOP,
    Action.OBJECTED,
    Action.LAPSED,
    Action.PAUSED,
)


@dataclass(frozen=True, slots=True)
class Archived:
    """An archived entry by name; ``fork`` says that another entry has its number."""

    key: str
    contact: str
    number: int
    fork: bool = False


class Archive(Protocol):
    def suppressed(self, after: str) -> tuple[list[str], str]: ...
    def listings(self, after: str) -> tuple[Sequence[Listing], str]: ...
    def entries(self, after: str) -> tuple[list[Archived], str]: ...
    def entry(self, archived: Archived) -> Entry: ...


class Replaying(Protocol):
    """What the replay does to the table."""

    def known(self, contacts: Sequence[str]) -> Mapping[str, Contact]: ...
    def erase(self, contact: str) -> bool: ...
    def suppress(self, contact: str) -> None: ...
    def restore(self, contact: Contact, entries: Sequence[Entry]) -> Contact:
        """Append archived entries as they are and move the state with them; raises Changed."""

    def ledger(self, contact: str) -> tuple[list[Entry], Head]: ...


class Listed(Protocol):
    """The suppression list as the replay uses it."""

    def found(self, listed: Sequence[str]) -> Mapping[str, Listing]: ...
    def put(self, listings: Sequence[Listing]) -> None: ...


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far a replay has come; ``cursor`` goes into the next call, "" once it is done.

    ``broken`` counts people whose archived entries do not fit their ledger: they were left as they are,
    except that whatever ended in the archive has ended.
    """

    cursor: str = ""
    entries: int = 0
    erased: int = 0
    broken: int = 0

    @property
    def done(self) -> bool:
        return not self.cursor


def replay(
    cursor: str,
    archive: Archive,
    contacts: Replaying,
    suppressions: Listed,
    services: Services,
    time_left: Callable[[], float],
) -> Replayed:
    """Go on from a cursor ("" begins) until all is replayed or time runs short; safe to repeat."""
    phase, _, after = (cursor or "erased:").partition(":")
    counted = Replayed()
    while time_left() > LEAVE_OFF:
        if phase == "erased":
            ids, after = archive.suppressed(after)
            counted = replace(counted, erased=counted.erased + _erased(ids, contacts))
            phase = phase if after else "listed"
            continue
        if phase == "listed":
            listings, after = archive.listings(after)
            held = suppressions.found([one.id for one in listings])
            suppressions.put([one for one in listings if one.id not in held or held[one.id].at < one.at])
            phase = phase if after else "entries"
            continue
        page, after = archive.entries(after)
        for contact, some in groupby(page, lambda one: one.contact):
            counted = _replayed(contact, list(some), archive, contacts, services, counted)
        if not after:
            return replace(counted, cursor="")
    return replace(counted, cursor=f"{phase}:{after}")


def _erased(ids: Sequence[str], contacts: Replaying) -> int:
    known = contacts.known(ids)
    for one in ids:
        if one in known:
            contacts.erase(one)
        else:
            contacts.suppress(one)
    return len(known)


def _replayed(
    contact: str,
    archived: Sequence[Archived],
    archive: Archive,
    contacts: Replaying,
    services: Services,
    counted: Replayed,
) -> Replayed:
    held = contacts.known([contact]).get(contact)
    if held is None:
        return counted
    fresh = [one for one in archived if one.number > held.head.number and not one.fork]
    missing = [archive.entry(one) for one in fresh]
    fits = not missing or _fits(missing, held.head)
    if missing and fits:
        try:
            held = contacts.restore(held, missing)
        except Changed:
            fits = False
    if fits and not any(one.fork for one in archived):
        return replace(counted, entries=counted.entries + len(missing))
    for entry in _lost(contact, archived, archive, contacts):
        _end_again(contact, entry, services)
    return replace(
        counted, entries=counted.entries + (len(missing) if fits else 0), broken=counted.broken + (not fits)
    )


def _fits(entries: Sequence[Entry], head: Head) -> bool:
    """Whether these entries go on where the ledger ends."""
    first = entries[0]
    if (first.number, first.previous) != (head.number + 1, head.hash):
        return False
    chained = all(
        (after.number, after.previous) == (before.number + 1, before.hash)
        for before, after in pairwise(entries)
    )
    return chained and all(digest(one) == one.hash for one in entries)


def _lost(contact: str, archived: Sequence[Archived], archive: Archive, contacts: Replaying) -> list[Entry]:
    """Archived endings that the table's own ledger does not hold."""
    stored = {entry.hash for entry in contacts.ledger(contact)[0]}
    every = [archive.entry(one) for one in archived]
    return [entry for entry in every if entry.hash not in stored and entry.fact.action in ENDS]


def _end_again(contact: str, entry: Entry, services: Services) -> None:
    note(contact, services, lambda held: entry.fact if _still(held, entry) else None)


def _still(held: Contact, entry: Entry) -> bool:
    """Whether something is left of what this entry ended, and was not granted anew since."""
    fact = entry.fact
    if fact.at < held.consent.granted_at:
        return False
    if fact.action is Action.PLATFORM_STOP:
        return not held.consent.platform_stop
    if fact.action is Action.PAUSED:
        return held.consent.paused_until < fact.until
    if fact.action is Action.OBJECTED and not held.consent.objected:
        return True
    return bool(held.consent.topics & set(fact.topics)) or (fact.everything and held.consent.service)
