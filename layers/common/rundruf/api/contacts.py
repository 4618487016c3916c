"""Contacts: people by messenger identity, with the ledger of their consent."""

from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from rundruf.api.context import LIMIT, MOST, NO_CURSOR, Context, cursor_in, cursor_out
from rundruf.api.convert import checked_contact, checked_topic, contact_out
from rundruf.api.models import (
    ConsentIn,
    ContactIn,
    ContactList,
    ContactOut,
    ContactPatch,
    milliseconds,
)
from rundruf.api.problems import Problem, invalid, not_found
from rundruf.aws import keys
from rundruf.core.consent import Action, Fact, WordingRef
from rundruf.core.contact import SHARDS, Contact, Identity
from rundruf.flows.identifying import contact_of
from rundruf.flows.importing import LISTED, OBJECTED, SHARED, BadRow, Known, Row, admit, checked
from rundruf.flows.leaving import Leaving, forget, leave, object_to
from rundruf.flows.services import Changed, Profile, TooMany, Unfinished
from rundruf.messengers import UnknownMessenger, messenger

PATIENCE = 12_000  # ms that an answer waits for a message that is leaving just now
STILL_LEAVING = "Consent has ended, but a message is still on its way; ask again in 10 seconds."
ERASED: dict[int, OpenAPIResponse] = {HTTPStatus.NO_CONTENT: {"description": "Erased", "content": {}}}


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    contacts = context.wiring.contacts

    @app.get("/v1/contacts", tags=["contacts"], summary="People, page by page")
    def every(
        limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        messenger: Annotated[str | None, Query(max_length=40)] = None,
        account: Annotated[str | None, Query(max_length=40)] = None,
        user_id: Annotated[str | None, Query(max_length=200)] = None,
    ) -> ContactList:
        """With messenger, account and user_id: this one person. The ledger comes with each contact."""
        context.may("contacts")
        if user_id is not None:
            return _one(messenger, account, user_id, context)
        found, position = _page(messenger, account, limit, cursor_in(cursor, list), context)
        return ContactList(
            contacts=[contact_out(one, contacts.ledger(one.id)[0]) for one in found],
            cursor=cursor_out(position),
        )

    @app.post("/v1/contacts", tags=["contacts"], summary="Add or update one person", status_code=201)
    def add(body: ContactIn) -> ContactOut:
        """Topics need a consent with source and time."""
        context.may("contacts")
        told = admit(_row(body, context), contacts, context.wiring.suppressions)
        if told.result in ("refused", "suppressed"):
            raise invalid(told.field, told.detail)
        if body.person is not None:
            _said(told.contact, body.person, context)
        context.wiring.catalogue.add_attributes(frozenset(body.attributes))
        return contact_out(checked_contact(context, told.contact), contacts.ledger(told.contact)[0])

    @app.get("/v1/contacts/<contact>", tags=["contacts"], summary="One person with the ledger")
    def one(contact: Annotated[str, Path()]) -> ContactOut:
        context.may("contacts")
        found = checked_contact(context, contact)
        return contact_out(found, contacts.ledger(contact)[0])

    @app.patch("/v1/contacts/<contact>", tags=["contacts"], summary="Change what is known of a person")
    def patch(contact: Annotated[str, Path()], body: ContactPatch) -> ContactOut:
        """Consent is not changed here; see POST …/consents."""
        context.may("contacts")
        held = checked_contact(context, contact)
        if body.zone and not _is_zone(body.zone):
            raise invalid("zone", f"{body.zone!r} is not an IANA time zone like Europe/Berlin")
        tags = None if body.tags is None else frozenset(body.tags)
        profile = Profile(body.name, body.language, body.zone, tags, body.attributes)
        try:
            revised = contacts.revise(held, profile)
        except Changed:
            raise not_found("contact", contact) from None
        context.wiring.catalogue.add_attributes(frozenset(body.attributes or ()))
        if body.person is not None:
            _said(contact, body.person, context)
            revised = checked_contact(context, contact)
        return contact_out(revised)

    @app.delete("/v1/contacts/<contact>", tags=["contacts"], summary="Erase a person", responses=ERASED)
    def erase(contact: Annotated[str, Path()]) -> Response[None]:
        """Everything but a keyed hash goes; no later import or message brings the person back."""
        context.may("contacts")
        checked_contact(context, contact)
        try:
            forget(contact, Leaving(context.now(), "api", everything=True), context.services, PATIENCE)
        except Unfinished:
            raise Problem("unavailable", STILL_LEAVING) from None
        return Response(HTTPStatus.NO_CONTENT)

    @app.post(
        "/v1/contacts/<contact>/consents",
        tags=["contacts"],
        summary="Enter a consent or its end",
        status_code=201,
    )
    def consent(contact: Annotated[str, Path()], body: ConsentIn) -> ContactOut:
        context.may("contacts")
        held = checked_contact(context, contact)
        for topic in body.topics:
            checked_topic(context, topic, "topics")
        if milliseconds(body.at) > context.now():
            raise invalid("at", "neither a consent nor its end can lie in the future")
        if body.action == "withdrawn":
            _withdrawn(held, body, context)
        elif body.action == "objected":
            _objected(held, body, context)
        else:
            _granted(held, body, context)
        return contact_out(checked_contact(context, contact), contacts.ledger(contact)[0])


def _said(contact: str, person: str, context: Context) -> None:
    """Who is behind a contact; raises Problem."""
    try:
        there = context.services.persons.tie(contact, person)
    except TooMany:
        raise invalid("person", SHARED) from None
    except Changed:
        raise Problem("conflict", "The contact was changed meanwhile; try again.") from None
    if not there:
        raise not_found("contact", contact)


def _withdrawn(held: Contact, body: ConsentIn, context: Context) -> None:
    at = max(milliseconds(body.at), held.consent.granted_at)
    topics: list[str | None] = [*body.topics] or [None]
    for topic in topics:
        _left(held.id, Leaving(at, body.source, topic=topic), context)


def _objected(held: Contact, body: ConsentIn, context: Context) -> None:
    if body.topics:
        raise invalid("topics", "an objection is to all marketing; leave them out")
    at = max(milliseconds(body.at), held.consent.granted_at)
    try:
        object_to(held.id, at, body.source, "api", context.services, patience=PATIENCE)
    except Unfinished:
        raise Problem("unavailable", STILL_LEAVING) from None


def _left(contact: str, wish: Leaving, context: Context) -> None:
    try:
        leave(contact, wish, context.services, patience=PATIENCE)
    except Unfinished:
        raise Problem("unavailable", STILL_LEAVING) from None


def _granted(held: Contact, body: ConsentIn, context: Context) -> None:
    at = milliseconds(body.at)
    if not body.topics:
        raise invalid("topics", "name the topics that were agreed to")
    if at <= 0:
        raise invalid("at", "a consent cannot lie before 1970")
    if held.consent.objected:
        raise Problem("conflict", OBJECTED)
    listing = context.wiring.suppressions.of([held.identity]).get(held.identity)
    if listing and not listing.lifted(held.consent):
        raise Problem("conflict", LISTED)
    if at <= held.consent.stopped_at:
        raise Problem("conflict", "This person left later than this consent was given.")
    wording = WordingRef(body.wording, "", "", "") if body.wording else None
    fact = Fact(Action.IMPORTED, at, tuple(body.topics), source=body.source, reference="api", wording=wording)
    try:
        context.wiring.contacts.enter(held, [fact])
    except Changed:
        raise Problem("conflict", "The contact was changed meanwhile; try again.") from None


def _one(name: str | None, account: str | None, user_id: str, context: Context) -> ContactList:
    try:
        identity = Identity(name or "", account or "", messenger(name or "").canonical(user_id))
    except UnknownMessenger:
        raise invalid("messenger", "give messenger and account with user_id") from None
    except ValueError:
        return ContactList(contacts=[], cursor=None)
    contacts = context.wiring.contacts
    found = contacts.get(contact_of(identity, contacts))
    shown = [contact_out(found, contacts.ledger(found.id)[0])] if found else []
    return ContactList(contacts=shown, cursor=None)


def _page(
    name: str | None, account: str | None, limit: int, position: list[object] | None, context: Context
) -> tuple[list[Contact], list[object] | None]:
    """Contacts in the order of accounts and index partitions, from a position on."""
    partitions = [
        keys.partition(one.id, shard, consenting)
        for one in context.wiring.accounts.all()
        if (name is None or one.messenger == name) and (account is None or one.name == account)
        for consenting in (True, False)
        for shard in range(SHARDS)
    ]
    start, after = _start(position, partitions)
    begin = partitions.index(start) if start else 0
    found: list[Contact] = []
    for partition in partitions[begin:]:
        last = after if partition == start else ""
        while True:
            ids, last = context.wiring.contacts.index_page(partition, last, limit - len(found))
            for one in ids:
                contact = context.wiring.contacts.get(one)
                if contact:
                    found.append(contact)
            if len(found) >= limit:
                ended = partition == partitions[-1] and not last
                return found, None if ended else [partition, last or "~"]
            if not last:
                break
    return found, None


def _start(position: list[object] | None, partitions: list[str]) -> tuple[str, str]:
    """Partition and last id of a position; raises Problem for one that is not of this list."""
    match position:
        case None:
            return "", ""
        case [str(partition), str(after)] if partition in partitions:
            return partition, after
    raise Problem("bad-request", NO_CURSOR)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def _row(body: ContactIn, context: Context) -> Row:
    cells = {
        "messenger": body.messenger,
        "account": body.account,
        "user_id": body.user_id,
        "name": body.name,
        "language": body.language,
        "zone": body.zone,
        "tags": ";".join(body.tags),
        "topics": ";".join(body.topics),
        "consent_source": body.consent.source if body.consent else "",
        "consent_at": body.consent.at.isoformat() if body.consent else "",
        "consent_wording": body.consent.wording if body.consent else "",
        **{f"attr.{name}": value for name, value in body.attributes.items()},
    }
    known = Known(frozenset(context.wiring.accounts.ids()), context.services.catalogue.topics())
    try:
        return checked(0, cells, known, context.now())
    except BadRow as bad:
        raise invalid(bad.field.replace("consent_", "consent."), bad.detail) from None
