"""File -> rows -> consent with its source -> contacts: each row wholly or not at all."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from rundruf.core.cells import delimiter, unguarded
from rundruf.core.consent import Action, Consent, Fact, WordingRef
from rundruf.core.contact import LONGEST_PERSON, Contact, Identity
from rundruf.core.suppression import Listing, left_all
from rundruf.core.topic import Topic
from rundruf.flows.identifying import contact_of
from rundruf.flows.services import Changed, Contacts, Persons, Profile, TooMany
from rundruf.messengers import UnknownMessenger, messenger

COLUMNS = (
    "messenger", "account", "user_id", "name", "language", "zone", "tags", "topics",
    "consent_source", "consent_at", "consent_wording", "person",
)  # fmt: skip
REQUIRED = ("messenger", "account", "user_id")
LISTS = ("tags", "topics")
LONGEST_CELL = 2_000
LONGEST = {
    "user_id": 200,
    "name": 120,
    "consent_source": 120,
    "consent_wording": 200,
    "person": LONGEST_PERSON,
}
LONGEST_TAG, LONGEST_ATTRIBUTE = 60, 200
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LIST = "suppression list"  # the source of a ledger entry that ends a consent
MOST_ROWS = 5_000
WORKERS = 6
TRIES = 5
ERASED = "This person asked to be erased; an import does not bring them back."
OBJECTED = "This person objected to advertising; only they themselves can join again, in the chat."
LISTED = "This person is on the suppression list; only they themselves can join again, in the chat."
LEFT = "This person left, blocked us or opted out; only they themselves can join again, in the chat."
LEFT_LATER = "This person left later than this consent was given."
SHARED = (
    "This id of a person stands at 16 contacts already, more than one human has; is it a placeholder? "
    "All else was taken."
)
CONTENDED = "Somebody else changed this contact all the while; try this line again."


class BadFile(Exception):
    """The file as a whole cannot be read; nothing of it was taken."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(field)
        self.field, self.detail = field, detail


class BadRow(Exception):
    """One row that is refused: which field, what is wrong and what to do."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(field)
        self.field, self.detail = field, detail


@dataclass(frozen=True, slots=True)
class Row:
    """A checked row; ``consent_at`` in ms, ``person`` the business's own id of the human, if it says one."""

    line: int
    identity: Identity
    profile: Profile
    topics: tuple[str, ...]
    consent_source: str = ""
    consent_at: int = 0
    consent_wording: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one line: imported, updated, refused, or suppressed (the person does not want it)."""

    line: int
    result: str
    contact: str = ""
    field: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a person before their row: the contact, that it was erased, that they are listed."""

    contact: Contact | None
    erased: bool = False
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may name."""

    accounts: frozenset[str]
    topics: Mapping[str, Topic]
    attributes: set[str] = field(default_factory=set)


class ContactStore(Contacts, Protocol):
    def revise(self, contact: Contact, profile: Profile) -> Contact: ...
    def erased(self, contacts: Sequence[str]) -> frozenset[str]: ...


class Suppressions(Protocol):
    def of(self, identities: Sequence[Identity]) -> Mapping[Identity, Listing]:
        """The latest listing of each identity that has one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a CSV may name: ``known`` columns, among them ``required`` ones, and attributes or not."""

    known: Sequence[str]
    required: Sequence[str]
    attributes: bool = False


CONTACTS = Columns(COLUMNS, REQUIRED, attributes=True)


def csv_rows(text: str, columns: Columns = CONTACTS) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of a CSV with a header; raises BadFile, and BadRow is left to ``checked``.

    Cells are separated by commas, or by what the header shows: semicolons (as Excel writes it in German) or
    tabs. A quote that keeps a spreadsheet from taking text for a formula is taken off.
    """
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise BadFile(
            "header", f"The file is empty; the first line names the columns: {', '.join(columns.known)}."
        ) from None
    _check_header(header, columns)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _by_column(header, cells)
    except csv.Error as error:
        raise BadFile("file", f"Line {reader.line_num} is not CSV: {error}.") from None


def jsonl_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of JSON lines with the CSV's names; lists may be JSON lists."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except ValueError:
            cells = None
        if not isinstance(cells, dict):
            yield number, {"": "not a JSON object"}
            continue
        yield number, {name or "(no name)": _cell(value) for name, value in cells.items()}


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(str(one) for one in value)
    return "" if value is None else str(value)


def _check_header(header: Sequence[str], columns: Columns) -> None:
    for name in columns.required:
        if name not in header:
            raise BadFile("header", f"The column {name!r} is missing; the first line must name the columns.")
    if len(set(header)) != len(header):
        raise BadFile("header", "A column is named twice.")
    for name in header:
        if not (name in columns.known or (columns.attributes and _column(name))):
            allowed = ", ".join(columns.known) + (" and attr.<name>" if columns.attributes else "")
            raise BadFile("header", f"The column {name!r} is not known. Known: {allowed}.")


def _column(name: str) -> bool:
    own = name.removeprefix("attr.")
    return name in COLUMNS or (
        name.startswith("attr.")
        and own.isascii()
        and own.isidentifier()
        and own == own.lower()
        and len(own) <= 40
    )


def _by_column(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(header):
        return {"": f"{len(cells)} cells where the header has {len(header)}; are quotes or commas missing?"}
    return {name: unguarded(cell.strip()) for name, cell in zip(header, cells, strict=True)}


def checked(line: int, cells: Mapping[str, str], known: Known, now: int) -> Row:
    """A row that may be stored; raises BadRow for the first thing wrong with it."""
    if "" in cells:
        raise BadRow("row", f"This line has {cells['']}" if "cells" in cells[""] else cells[""])
    for name, value in cells.items():
        if not _column(name):
            raise BadRow(name, "This name is not known.")
        longest = LONGEST.get(name, LONGEST_ATTRIBUTE if name.startswith("attr.") else LONGEST_CELL)
        if len(value) > longest or "\0" in value:
            raise BadRow(name, f"At most {longest} characters without NUL.")
    identity = _identity(cells, known)
    topics = _listed(cells.get("topics", ""))
    for topic in topics:
        if topic not in known.topics:
            raise BadRow("topics", f"There is no topic {topic!r}. Make it first: POST /v1/topics.")
    source, at = cells.get("consent_source", ""), 0
    if topics:
        at = _consent_at(source, cells.get("consent_at", ""), now)
    wording, person = cells.get("consent_wording", ""), cells.get("person", "").strip()
    return Row(line, identity, _profile(cells), topics, source, at, wording, person)


def _identity(cells: Mapping[str, str], known: Known) -> Identity:
    name, account, user_id = (cells.get(one, "") for one in REQUIRED)
    try:
        speaks = messenger(name)
    except UnknownMessenger:
        raise BadRow("messenger", f"There is no messenger {name!r}.") from None
    if f"{name}/{account}" not in known.accounts:
        raise BadRow(
            "account",
            f"There is no account {name}/{account}. Make it first: PUT /v1/accounts/{name}/{account}.",
        )
    try:
        return Identity(name, account, speaks.canonical(user_id))
    except ValueError:
        raise BadRow("user_id", f"This is not a user id of {speaks.title}.") from None


def _consent_at(source: str, written: str, now: int) -> int:
    if not source:
        raise BadRow(
            "consent_source", "Topics without a source of consent are refused: say where it was given."
        )
    if not written:
        raise BadRow(
            "consent_at", "Topics without the time of consent are refused: say when it was given (RFC 3339)."
        )
    try:
        when = datetime.fromisoformat(written)
    except ValueError:
        raise BadRow("consent_at", "Not a time; write it like 2026-05-01T12:00:00Z.") from None
    at = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    if at > now or at <= 0:
        raise BadRow("consent_at", "A consent cannot lie in the future or before 1970.")
    return at


def _profile(cells: Mapping[str, str]) -> Profile:
    language, tags = cells.get("language", ""), _listed(cells.get("tags", ""))
    if language and not LANGUAGE.fullmatch(language):
        raise BadRow("language", f"{language!r} is not a language tag like de or pt-BR.")
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise BadRow("tags", f"A tag has at most {LONGEST_TAG} characters.")
    zone = cells.get("zone", "")
    if zone:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            raise BadRow("zone", f"{zone!r} is not an IANA time zone like Europe/Berlin.") from None
    attributes = {
        name.removeprefix("attr."): value
        for name, value in cells.items()
        if name.startswith("attr.") and value
    }
    return Profile(
        name=cells.get("name") or None,
        language=language or None,
        zone=zone or None,
        tags=frozenset(tags) or None,
        attributes=attributes or None,
    )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in cell.split(";") if one.strip()))


def store(rows: Sequence[Row], contacts: ContactStore, suppressions: Suppressions) -> list[Told]:
    """Store checked rows, each in one transaction; rows of the same contact in their order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(contact_of(row.identity, contacts), []).append(row)
    ids = list(groups)
    known, erased = contacts.known(ids), contacts.erased(ids)
    listed = suppressions.of([row.identity for row in rows])

    def admitted(each: str) -> list[Told]:
        first, *others = groups[each]
        begun = Standing(known.get(each), each in erased, listed.get(first.identity))
        return [
            admit(first, contacts, suppressions, begun),
            *(admit(row, contacts, suppressions) for row in others),
        ]

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        told = [one for each in pool.map(admitted, ids) for one in each]
    late = {one for one in suppressions.of([row.identity for row in rows]) if one not in listed}
    ended = {row.line for row in rows if row.identity in late and _ended(row, contacts)}
    return sorted((_late(one) if one.line in ended else one for one in told), key=lambda one: one.line)


def tied(rows: Sequence[Row], told: Sequence[Told], persons: Persons) -> list[Told]:
    """What became of each line, once it is also kept who is behind each contact, where a line says so."""
    said = {row.line: row.person for row in rows if row.person}

    def one(line: Told) -> Told:
        if line.line not in said or line.result not in ("imported", "updated"):
            return line
        try:
            persons.tie(line.contact, said[line.line])
        except TooMany:
            return replace(line, result="refused", field="person", detail=SHARED)
        except Changed:
            return replace(line, result="refused", field="row", detail=CONTENDED)
        return line

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return list(pool.map(one, told))


def _ended(row: Row, contacts: ContactStore) -> bool:
    """Whether nothing is left of what a row gave to somebody who was listed at that very moment."""
    for _ in range(TRIES):
        held = contacts.get(contact_of(row.identity, contacts))
        topics = tuple(one for one in row.topics if held and one in held.consent.topics)
        if held is None or not topics:
            return bool(row.topics)
        fact = Fact(Action.WITHDRAWN, held.consent.granted_at, topics, source=LIST, reference="import")
        try:
            contacts.enter(held, [fact])
        except Changed:
            continue
    return False


def _late(told: Told) -> Told:
    return Told(told.line, "suppressed", told.contact, "user_id", LISTED)


def admit(
    row: Row, contacts: ContactStore, suppressions: Suppressions, standing: Standing | None = None
) -> Told:
    """Store one row: profile and consent together, or nothing; ``standing`` saves reading it first."""
    contact_id = contact_of(row.identity, contacts)
    standing = standing or _standing(row, contact_id, contacts, suppressions)
    if standing.erased:
        return Told(row.line, "suppressed", "", "user_id", ERASED)
    held = standing.contact
    for _ in range(TRIES):
        contact = held or Contact(contact_id, row.identity, Consent())
        fresh = tuple(one for one in row.topics if one not in contact.consent.topics)
        unwanted = _unwanted(contact.consent, standing.listing) if fresh else ""
        if unwanted:
            return Told(row.line, "suppressed", contact_id if held else "", "user_id", unwanted)
        if fresh and row.consent_at <= contact.consent.stopped_at:
            return Told(row.line, "refused", contact_id, "consent_at", LEFT_LATER)
        facts = [_fact(row, fresh)] if fresh else []
        profile = _merged(row.profile, contact)
        try:
            if held is None or facts:
                contacts.enter(contact, facts, profile)
            else:
                contacts.revise(contact, profile)
        except Changed:
            held = contacts.get(contact_id)
            continue
        return Told(row.line, "updated" if held else "imported", contact_id)
    return Told(row.line, "refused", contact_id, "row", CONTENDED)


def _unwanted(consent: Consent, listing: Listing | None) -> str:
    """Why no list may give this person a topic, "" if one may."""
    if consent.objected:
        return OBJECTED
    if listing and not listing.lifted(consent):
        return LISTED
    if left_all(consent) or consent.platform_stop:
        return LEFT
    return ""


def _standing(row: Row, contact_id: str, contacts: ContactStore, suppressions: Suppressions) -> Standing:
    erased = bool(contacts.erased([contact_id]))
    return Standing(contacts.get(contact_id), erased, suppressions.of([row.identity]).get(row.identity))


def _merged(profile: Profile, contact: Contact) -> Profile:
    """Tags and attributes are added to what is there; other fields replace it."""
    return Profile(
        profile.name,
        profile.language,
        profile.zone,
        profile.tags | contact.tags if profile.tags else None,
        {**contact.attributes, **profile.attributes} if profile.attributes else None,
    )


def _fact(row: Row, topics: tuple[str, ...]) -> Fact:
    wording = WordingRef(row.consent_wording, "", "", "") if row.consent_wording else None
    return Fact(
        Action.IMPORTED,
        row.consent_at,
        topics,
        source=row.consent_source,
        reference=f"import line {row.line}" if row.line else "api",
        wording=wording,
    )
