"""The ledger: append-only consent entries, each holding the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from rundruf.core.consent import Action, Consent, Fact, WordingRef

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's number and hash; (0, START) for an empty ledger."""

    number: int = 0
    hash: str = START


EMPTY = Head()


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as entered: ``entered_at`` is our own time in ms, ``fact.at`` the messenger's."""

    number: int
    entered_at: int
    messenger: str
    account: str
    fact: Fact
    previous: str
    hash: str = ""


def content(entry: Entry) -> dict[str, object]:
    """Everything the hash covers, in the shape that API and exports show (times in ms)."""
    fact = entry.fact
    shown: dict[str, object] = {
        "number": entry.number,
        "action": fact.action.value,
        "topics": list(fact.topics),
        "everything": fact.everything,
        "at": fact.at,
        "entered_at": entry.entered_at,
        "messenger": entry.messenger,
        "account": entry.account,
        "source": fact.source,
        "reference": fact.reference,
        "message_ids": list(fact.message_ids),
        "previous": entry.previous,
    }
    if fact.until:  # only where there is one: the hashes of entries from before it are as they were
        shown["until"] = fact.until
    if fact.wording:
        word = fact.wording
        shown["wording"] = {
            "id": word.id,
            "version": word.version,
            "language": word.language,
            "hash": word.hash,
        }
    return shown


def entry_from(shown: dict[str, object], digest: str) -> Entry:
    """The entry behind ``content``'s shape and its stored hash; raises KeyError, ValueError."""
    word = shown.get("wording")
    return Entry(
        number=int(str(shown["number"])),
        entered_at=int(str(shown["entered_at"])),
        messenger=str(shown["messenger"]),
        account=str(shown["account"]),
        fact=Fact(
            action=Action(str(shown["action"])),
            at=int(str(shown["at"])),
            topics=_texts(shown["topics"]),
            everything=bool(shown["everything"]),
            source=str(shown["source"]),
            reference=str(shown["reference"]),
            wording=WordingRef(**{str(k): str(v) for k, v in word.items()})
            if isinstance(word, dict)
            else None,
            message_ids=_texts(shown["message_ids"]),
            until=int(str(shown.get("until", 0))),
        ),
        previous=str(shown["previous"]),
        hash=digest,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def digest(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of all but the hash itself."""
    text = json.dumps(content(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def append(head: Head, fact: Fact, messenger: str, account: str, now: int) -> Entry:
    """The next entry of a ledger that ends at ``head``."""
    bare = Entry(head.number + 1, now, messenger, account, fact, head.hash)
    return Entry(head.number + 1, now, messenger, account, fact, head.hash, digest(bare))


def first_altered(entries: Iterable[Entry], head: Head | None = None) -> int | None:
    """The number of the first entry that is altered, missing or out of place; None if all is well.

    With ``head`` (kept on the contact) a cut-off end is found too.
    """
    last = Head()
    for entry in entries:
        if entry.number != last.number + 1 or entry.previous != last.hash or digest(entry) != entry.hash:
            return last.number + 1
        last = Head(entry.number, entry.hash)
    if head is not None and head != last:
        return last.number + 1
    return None


def replay(entries: Iterable[Entry]) -> Consent:
    """The consent that these entries add up to."""
    consent = Consent()
    for entry in entries:
        consent = consent.after(entry.fact)
    return consent
