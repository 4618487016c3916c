"""`rundruf explain`: why a person got a message or did not."""

import os
from enum import StrEnum
from typing import Annotated, Any

import typer

from rundruf_cli import completing, ledger, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.words import contact_id

EPILOG = show.examples(
    "rundruf explain whatsapp/main/+4917112345678 0c3k9f1aq8b7d2e1", "rundruf explain ID ID --json"
)


class Language(StrEnum):
    DE = "de"
    EN = "en"


def _own_language() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name):
            return Language.DE if spoken.startswith("de") else Language.EN
    return Language.EN


@connected
def explain(
    client: Client,
    contact: ledger.Person,
    broadcast: Annotated[
        str, typer.Argument(help="A broadcast's id.", show_default=False, autocompletion=completing.broadcast)
    ],
    language: Annotated[
        Language | None, typer.Option(help="Language of the sentence; by default this computer's.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Why did this person get this broadcast, or why not?"""
    told = client.get("v1", "explain", contact=contact_id(client, contact), broadcast=broadcast)
    if as_json:
        show.data(told)
        return
    sentence: dict[str, str] = told["sentence"]
    show.out().print(
        show.plain(sentence.get(language or _own_language()) or next(iter(sentence.values()))), style="bold"
    )
    evidence: dict[str, Any] = told["evidence"]
    show.pairs(
        {
            "outcome": told["outcome"],
            "reason": told["reason"],
            "topic": evidence.get("topic"),
            "broadcast started": show.when(evidence.get("broadcast_started")),
            "asked for consent at": show.when(evidence.get("claimed_at")),
            "delivered": evidence.get("delivered"),
            "read": evidence.get("read"),
            "fallback": _fallback(evidence.get("fallback")),
            "proof then": _proof(evidence.get("proof")),
            "joined now": (evidence.get("consent_now") or {}).get("topics") or "nothing",
        }
    )
    show.table(
        ledger.COLUMNS, ledger.rows(evidence.get("ledger") or ()), "The ledger says nothing of this topic."
    )


def _fallback(told: dict[str, Any] | None) -> str:
    """On which of the person's contacts a broadcast and its fallback were, in one line."""
    if not told:
        return ""
    second = f", then {told['fallback_contact']} ({told['fallback_broadcast']})"
    return f"first {told['contact']}{second if told['fallback_contact'] else ''}"


def _proof(told: dict[str, Any] | None) -> str:
    """The ledger's entry that held when the message was due, in one line."""
    if not told:
        return ""
    wording = f", wording {told['wording']}" if told["wording"] else ""
    return f"entry {told['number']}: {told['action']} {show.when(told['at'])}{wording}, {told['hash'][:12]}…"
