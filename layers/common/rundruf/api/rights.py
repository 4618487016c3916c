"""What is known and proved of a person, as data or as a paper: a page that prints and loads nothing."""

from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from rundruf.api import exporting
from rundruf.api.context import Context
from rundruf.api.convert import checked_contact
from rundruf.api.exporting import ledger_out, proof_of, spoken
from rundruf.api.models import ExportOut, LedgerOut, Model
from rundruf.flows.papers import certificate, paper_headers

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
        held = checked_contact(context, contact)
        proof = proof_of(held, context.services)
        if _wants_html(format, context):
            shown = certificate(proof, spoken(language, held, context.services))
            return _paper(shown, f"consent-{contact}")
        return _data(ledger_out(proof))

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
        found = exporting.export(held, context.wiring, context.services, context.time_left)
        if _wants_html(format, context):
            return _paper(found.page(spoken(language, held, context.services)), f"export-{contact}")
        return _data(found.data())


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
