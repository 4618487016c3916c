"""Why a person got a message or did not."""

from collections.abc import Sequence
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from rundruf.api.context import Context
from rundruf.api.convert import checked_contact, consent_out, entries_out
from rundruf.api.models import ExplainOut, moment
from rundruf.api.problems import Problem, not_found
from rundruf.core.broadcast import Broadcast
from rundruf.core.contact import Contact
from rundruf.core.explain import sentence
from rundruf.core.ledger import Entry
from rundruf.flows.fallback import passed_on
from rundruf.flows.reporting import fate
from rundruf.flows.turns import left_out_of
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


def _person(contact: str, context: Context) -> Contact | None:
    """None for somebody who was erased; raises Problem for nobody we ever knew."""
    try:
        return checked_contact(context, contact)
    except Problem:
        if context.wiring.contacts.erased([contact]):
            return None
        raise


def _elsewhere(found: Broadcast, person: Contact | None) -> tuple[str, str]:
    """Why somebody is in no chunk of a broadcast."""
    if person is None:
        return "absent", "erased"
    planned = found.planned or found.state.ended
    return ("absent" if planned else "not_yet"), ""


def _proof(about: Sequence[Entry], at: int) -> dict[str, Any] | None:
    """The entry that said what held at this time (ms): its number, hash and wording; None for none."""
    before = [one for one in about if one.entered_at <= at]
    if not before:
        return None
    last = before[-1]
    word = last.fact.wording
    return {
        "number": last.number,
        "hash": last.hash,
        "action": last.fact.action.value,
        "at": moment(last.fact.at),
        "wording": f"{word.id} {word.version}".strip() if word else "",
    }


def routes(app: APIGatewayHttpResolver, context: Context) -> None:
    @app.get("/v1/explain", tags=["explain"], summary="Why (not)?")
    def explain(
        contact: Annotated[str, Query(max_length=40)], broadcast: Annotated[str, Query(max_length=40)]
    ) -> ExplainOut:
        """One sentence and the evidence behind it."""
        context.may("reports", "contacts")
        person = _person(contact, context)
        found = context.wiring.broadcasts.get(broadcast) if broadcast else None
        if found is None:
            raise not_found("broadcast", broadcast)
        line = fate(found, contact, context.services)
        outcome, reason = (line.outcome, line.reason) if line else _elsewhere(found, person)
        if not line and left_out_of(found, person, context.services):
            outcome, reason = "skipped", "same_person"
        entries, _ = context.wiring.contacts.ledger(contact)
        held = person.claims if person else ()
        claims = [claim for claim in held if claim.broadcast == broadcast]
        about = [one for one in entries if found.topic in one.fact.topics or not one.fact.topics]
        evidence: dict[str, Any] = {
            "topic": found.topic,
            "broadcast_started": moment(found.started),
            "claimed_at": moment(claims[0].at) if claims else None,
            "rule": _rule(person.identity.messenger) if person and reason in RULED else None,
            "delivered": line.delivered if line else False,
            "read": line.read if line else False,
            "part": line.part if line else "",
            "fallback": passed_on(found, person, context.services),
            "erased": person is None,
            "consent_now": consent_out(person.consent).model_dump(mode="json") if person else None,
            "proof": _proof(about, claims[0].at if claims else found.started or context.now()),
            "ledger": [one.model_dump(mode="json") for one in entries_out(about)],
        }
        return ExplainOut(
            contact=contact,
            broadcast=broadcast,
            outcome=outcome,
            reason=reason,
            sentence=sentence(outcome, reason),
            evidence=evidence,
        )
