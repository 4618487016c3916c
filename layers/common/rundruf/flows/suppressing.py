"""Foreign unsubscribes -> keyed hashes that no import gets past -> consent that ends, with its proof."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from rundruf.core.consent import Fact, withdrawal
from rundruf.core.contact import Contact, Identity
from rundruf.core.suppression import ANY_ACCOUNT, Listing
from rundruf.flows.identifying import contact_of
from rundruf.flows.importing import LIST, WORKERS, BadRow, Columns
from rundruf.flows.leaving import await_claims, note
from rundruf.flows.services import Services
from rundruf.messengers import UnknownMessenger, messenger

NAMES = ("messenger", "account", "user_id", "at")
COLUMNS = Columns(NAMES, NAMES[:3])
LONGEST_ID = 200
LONGEST_REFERENCE = 200
PATIENCE = 12_000  # ms that the answer waits for messages that are leaving just now


@dataclass(frozen=True, slots=True)
class Unwanted:
    """One checked line: who unsubscribed (``identity.account`` may be ``*``), and when in ms, 0 if untold."""

    line: int
    identity: Identity
    at: int = 0


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many people were new on the list, stood there ``already``, and whose consent has ``ended``."""

    listed: int
    already: int
    ended: int


class Suppressions(Protocol):
    """The list as this flow uses it."""

    def key(self, identity: Identity) -> str: ...
    def found(self, listed: Sequence[str]) -> Mapping[str, Listing]: ...
    def put(self, listings: Sequence[Listing]) -> None: ...


def checked(line: int, cells: Mapping[str, str], accounts: frozenset[str], now: int) -> Unwanted:
    """A line that can be kept; raises BadRow for the first thing wrong with it."""
    if "" in cells:
        raise BadRow("row", f"This line has {cells['']}" if "cells" in cells[""] else cells[""])
    for name in cells:
        if name not in NAMES:
            raise BadRow(name, f"This name is not known; known are {', '.join(NAMES)}.")
    name, account, user_id = (cells.get(one, "").strip() for one in COLUMNS.required)
    try:
        speaks = messenger(name)
    except UnknownMessenger:
        raise BadRow("messenger", f"There is no messenger {name!r}.") from None
    if account != ANY_ACCOUNT and f"{name}/{account}" not in accounts:
        raise BadRow(
            "account", f"There is no account {name}/{account}; {ANY_ACCOUNT!r} means all accounts of {name}."
        )
    try:
        canonical = speaks.canonical(user_id) if len(user_id) <= LONGEST_ID else ""
    except ValueError:
        canonical = ""
    if not canonical:
        raise BadRow("user_id", f"This is not a user id of {speaks.title}.")
    return Unwanted(line, Identity(name, account, canonical), _at(cells.get("at", "").strip(), now))


def _at(written: str, now: int) -> int:
    if not written:
        return 0
    try:
        when = datetime.fromisoformat(written)
        at = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadRow("at", "Not a time; write it like 2026-05-01T12:00:00Z.") from None
    if not 0 < at <= now:
        raise BadRow("at", "Nobody can unsubscribe in the future or before 1970.")
    return at


def suppress(
    unwanted: Sequence[Unwanted],
    document: str,
    suppressions: Suppressions,
    accounts: Sequence[str],
    services: Services,
) -> Suppressed:
    """Keep everybody out first, then end what they had agreed to; repeating it changes nothing.

    A line without a time counts as told at its first listing: sending the same file again does not end what
    somebody has said yes to since. Raises Unfinished while a message is still on its way to one of them.
    """
    now = services.now()
    latest: dict[str, Unwanted] = {}
    for one in unwanted:
        key = suppressions.key(one.identity)
        if key not in latest or latest[key].at < one.at:
            latest[key] = one
    before = suppressions.found(list(latest))
    listings = {
        key: _listing(key, one, before.get(key), now, _reference(document, one))
        for key, one in latest.items()
    }
    suppressions.put([one for key, one in listings.items() if one != before.get(key)])
    works = [(one, listings[key]) for key, one in latest.items()]

    def ended(work: tuple[Unwanted, Listing]) -> list[Contact]:
        one, listing = work
        known = services.contacts.known(_contacts(one.identity, accounts, services))
        found = (_end(contact, listing, services) for contact in known.values())
        return [contact for contact in found if contact]

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        gone = [contact for each in pool.map(ended, works) for contact in each]
    began = services.ticks()
    for contact in gone:
        await_claims(contact, services, max(0, round(PATIENCE - (services.ticks() - began))))
    return Suppressed(len(listings) - len(before), len(before), len(gone))


def _listing(key: str, one: Unwanted, before: Listing | None, now: int, reference: str) -> Listing:
    if before is None:
        return Listing(key, one.at or now, one.at or now, reference)
    if one.at <= before.at:
        return before
    return replace(before, at=one.at, reference=reference)


def _reference(document: str, one: Unwanted) -> str:
    return f"{document}, line {one.line}"[-LONGEST_REFERENCE:] if one.line else document


def _contacts(identity: Identity, accounts: Sequence[str], services: Services) -> list[str]:
    """The contacts that an identity may be; one for each account where it is listed for all."""
    names = [identity.account]
    if identity.account == ANY_ACCOUNT:
        pairs = (one.partition("/") for one in accounts)
        names = [account for name, _, account in pairs if name == identity.messenger]
    return [contact_of(replace(identity, account=one), services.contacts) for one in names]


def _end(contact: Contact, listing: Listing, services: Services) -> Contact | None:
    """The contact as it was when its consent ended; None where there was nothing to end."""
    if not (contact.consent.topics or contact.consent.asked):
        return None

    def fact(now_held: Contact) -> Fact | None:
        if listing.lifted(now_held.consent):
            return None
        made = withdrawal(now_held.consent, None, False, listing.at)
        return replace(made, source=LIST, reference=listing.reference) if made and made.topics else None

    left = note(contact.id, services, fact)
    return left if left and not left.consent.topics else None
