"""Why a person got a message or did not."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.context import Context
from rundruf.api.convert import checked_contact, consent_out, entries_out
from rundruf.api.models import ExplainOut, moment
from rundruf.api.problems import not_found
from rundruf.core.explain import sentence
from rundruf.flows.reporting import fate
from rundruf.messengers import messenger

RULED = ("window", "advertising", "retired", "country", "content")


def _rule(name: str) -> dict[str, str]:
    """What the messenger permits, and where and when that was read."""
    speaks = messenger(name)
    rules = speaks.rules
    return {
        "messenger": speaks.title,
        "advertising": rules.advertising.value,
        "note": rules.note,
        "source": rules.source,
        "checked": rules.checked.isoformat(),
        "retired": rules.retired.isoformat() if rules.retired else "",
    }


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get("/v1/explain", tags=["explain"], summary="Why (not)?")
    def explain(
        contact: Annotated[str, Query(max_length=40)], broadcast: Annotated[str, Query(max_length=40)]
    ) -> ExplainOut:
        """One sentence and the evidence behind it."""
        context.may("reports", "contacts")
        person = checked_contact(context, contact)
        found = context.wiring.broadcasts.get(broadcast) if broadcast else None
        if found is None:
            raise not_found("broadcast", broadcast)
        line = fate(found, contact, context.services)
        outcome, reason = (line.outcome, line.reason) if line else ("absent", "")
        entries, _ = context.wiring.contacts.ledger(contact)
        claims = [claim for claim in person.claims if claim.broadcast == broadcast]
        evidence: dict[str, Any] = {
            "topic": found.topic,
            "broadcast_started": moment(found.started),
            "claimed_at": moment(claims[0].at) if claims else None,
            "rule": _rule(person.identity.messenger) if reason in RULED else None,
            "delivered": line.delivered if line else False,
            "read": line.read if line else False,
            "consent_now": consent_out(person.consent).model_dump(mode="json"),
            "ledger": [
                one.model_dump(mode="json")
                for one in entries_out(entries)
                if found.topic in one.entry["topics"] or not one.entry["topics"]
            ],
        }
        return ExplainOut(
            contact=contact,
            broadcast=broadcast,
            outcome=outcome,
            reason=reason,
            sentence=sentence(outcome, reason),
            evidence=evidence,
        )
