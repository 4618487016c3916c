"""What is known and proved of a person, as data or as a paper: a page that prints and loads nothing."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from rundruf.api.context import Context
from rundruf.api.convert import checked_contact, consent_out, contact_out, entries_out, message_model
from rundruf.api.models import (
    NOT_REPORTED,
    BusinessOut,
    ExportOut,
    IdentityOut,
    KeptOut,
    LedgerOut,
    Model,
    WrittenOut,
    moment,
)
from rundruf.aws import keys
from rundruf.core import explain
from rundruf.core.contact import Contact
from rundruf.core.ledger import first_altered, replay
from rundruf.core.retention import ABOUT_PEOPLE
from rundruf.core.wording import LANGUAGES, language_of
from rundruf.flows.history import Written, history
from rundruf.flows.papers import Proof, certificate, data_class, export_page, paper_headers
from rundruf.messengers import messenger

HTML, JSON = "text/html", "application/json"
Format = Annotated[Literal["json", "html"] | None, Query(description="Left out: as the header Accept says")]
Language = Annotated[Literal["de", "en"] | None, Query(description="Of the page; left out: the person's")]


def _either(model: type[Model], description: str) -> dict[int, OpenAPIResponse]:
    content = {JSON: {"model": model}, HTML: {"schema": {"type": "string"}}}
    return {HTTPStatus.OK: {"description": description, "content": content}}  # type: ignore[typeddict-item]


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get(
        "/v1/contacts/<contact>/consents",
        tags=["contacts"],
        summary="The ledger, verified",
        responses=_either(LedgerOut, "Every entry, and whether the chain is intact"),
    )
    def ledger(
        contact: Annotated[str, Path()], format: Format = None, language: Language = None
    ) -> Response[str]:
        """As JSON, or as a certificate that prints on A4 and loads nothing."""
        context.may("contacts")
        proof = _proof(checked_contact(context, contact), context)
        if _wants_html(format, context):
            return _paper(certificate(proof, _spoken(language, proof, context)), f"consent-{contact}")
        return _data(_ledger(proof))

    @app.get(
        "/v1/contacts/<contact>/export",
        tags=["contacts"],
        summary="Everything about a person",
        responses=_either(ExportOut, "Profile, consent with its proof, messages and how long all is kept"),
    )
    def export(
        contact: Annotated[str, Path()], format: Format = None, language: Language = None
    ) -> Response[str]:
        """As JSON, or as one page in the person's language that prints and loads nothing."""
        context.may("contacts")
        held = checked_contact(context, contact)
        proof = _proof(held, context)
        stored = context.wiring.table.get(keys.contact(contact)) or {}
        created, aliases = int(stored.get("created", 0)), sorted(stored.get("aliases", ()))
        past = history(held, created, context.wiring.broadcasts, context.services, context.time_left)
        if _wants_html(format, context):
            shown = export_page(proof, past, _spoken(language, proof, context), created, aliases)
            return _paper(shown, f"export-{contact}")
        business, identity = proof.business, held.identity
        return _data(
            ExportOut(
                exported=datetime.fromtimestamp(proof.at / 1000, UTC),
                business=BusinessOut(
                    name=business.name, imprint_url=business.imprint_url, privacy_url=business.privacy_url
                ),
                contact=contact_out(held),
                created=moment(created),
                conversation=held.conversation,
                identities=[
                    IdentityOut(
                        messenger=identity.messenger,
                        account=identity.account,
                        user_id=identity.user_id,
                        aliases=aliases,
                    )
                ],
                consents=_ledger(proof),
                messages=[_written(one, held) for one in past.written],
                complete=past.complete,
                kept=[_kept(name, days) for name, days in ABOUT_PEOPLE.items()],
            )
        )


def _proof(held: Contact, context: Context) -> Proof:
    """The person's ledger, checked now."""
    entries, head = context.wiring.contacts.ledger(held.id)
    settings = context.services.settings
    return Proof(
        business=settings.business,
        topics=context.services.catalogue.topics(),
        contact=held,
        entries=entries,
        altered=first_altered(entries, head),
        at=context.now(),
        zone=settings.zone,
    )


def _spoken(language: str | None, proof: Proof, context: Context) -> str:
    """What was asked for; else the person's language, or the business's where they have none of ours."""
    return language or language_of(proof.contact.language, context.services.settings.language)


def _ledger(proof: Proof) -> LedgerOut:
    return LedgerOut(
        contact=proof.contact.id,
        entries=entries_out(proof.entries),
        intact=proof.altered is None,
        altered=proof.altered,
        head=proof.contact.head.hash,
        consent=consent_out(replay(proof.entries)),
    )


def _written(one: Written, held: Contact) -> WrittenOut:
    found, line = one.broadcast, one.line
    told = messenger(held.identity.messenger).rules.receipts
    return WrittenOut(
        broadcast=found.id,
        name=found.name,
        topic=found.topic,
        started=moment(found.started),
        claimed=moment(one.claimed),
        outcome=line.outcome,
        reason=line.reason,
        sentence=explain.sentence(line.outcome, line.reason),
        delivered=line.delivered if "delivered" in told else NOT_REPORTED,
        read=line.read if "read" in told else NOT_REPORTED,
        replied=one.replied,
        left=one.left,
        message=message_model(found.message),
    )


def _kept(name: str, days: int | None) -> KeptOut:
    return KeptOut(
        data=name,
        until="for good" if days is None else "days" if days else "erasure",
        days=days or None,
        text={language: data_class(name, language) for language in LANGUAGES},
    )


def _wants_html(format: str | None, context: Context) -> bool:
    """What ``format`` says; else whether the caller names HTML before JSON among what it accepts."""
    if format is not None:
        return format == "html"
    accept = (context.app.current_event.headers or {}).get("accept", "").lower()
    named = [one.partition(";")[0].strip() for one in accept.split(",")]
    return HTML in named and (JSON not in named or named.index(HTML) < named.index(JSON))


def _data(model: Model) -> Response[str]:
    return Response(HTTPStatus.OK, JSON, model.model_dump_json(), {"cache-control": "no-store"})


def _paper(html: str, name: str) -> Response[str]:
    return Response(HTTPStatus.OK, f"{HTML}; charset=utf-8", html, paper_headers(f"{name}.html"))
