"""`rundruf ledger`: the proof of consent, and whether somebody changed it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse, Refused
from rundruf_cli.words import contact_id, moment, without_empty

app = typer.Typer(
    name="ledger", no_args_is_help=True, help="The proof of consent, and whether it was altered."
)

Person = Annotated[
    str,
    typer.Argument(help="A contact's id, or messenger/account/user.", metavar="CONTACT", show_default=False),
]
HASH_SHOWN = 12


@app.command("show", epilog=show.examples("rundruf ledger show whatsapp/main/+4917112345678"))
@connected
def every(client: Client, contact: Person, as_json: show.AsJson = False) -> None:
    """Every entry of a contact's ledger, oldest first."""
    told = _ledger(client, contact)
    if as_json:
        show.data(told)
        return
    show.table(COLUMNS, rows(told["entries"]), "The ledger is empty: there never was a consent.")
    show.pairs({"joined now": told["consent"]["topics"] or "nothing"})


@app.command(
    epilog=show.examples(
        "rundruf ledger verify whatsapp/main/+4917112345678", "rundruf ledger verify ID --json"
    )
)
@connected
def verify(client: Client, contact: Person, as_json: show.AsJson = False) -> None:
    """Recompute the chain of hashes here, without trusting the suite.

    Ends with 1, naming the first altered entry, if the chain is broken here or in the suite's own view. The
    contact holds the hash of the last entry, so a ledger that was cut short is found too.
    """
    told = _ledger(client, contact)
    verdict = _verdict(told)
    if as_json:
        show.data(verdict)
    if not verdict["intact"]:
        raise Refused(_broken(verdict))
    if not as_json:
        entries = f"{verdict['entries']} {'entry' if verdict['entries'] == 1 else 'entries'}"
        show.done(f"{entries}; the chain is intact, recomputed here and by the suite.")


@app.command(
    epilog=show.examples(
        "rundruf ledger certificate whatsapp/main/+4917112345678 --out anna.html",
        "rundruf ledger certificate ID --language de --out anna.html",
    )
)
@connected
def certificate(
    client: Client, contact: Person, out: show.Out = None, language: show.PaperLanguage = None
) -> None:
    """The proof of consent as one page to print: every entry, its wording as sent, and whether all is intact.

    The chain is recomputed here first. Ends with 1 if it is broken; the page is written all the same and says
    so. The file is for you only (mode 0600); without --out it goes to stdout.
    """
    path = ("v1", "contacts", contact_id(client, contact), "consents")
    told = client.get(*path)
    html = client.page(*path, format="html", language=language and language.value)
    show.write(html, out)
    verdict = _verdict(told)
    if not verdict["intact"]:
        raise Refused(_broken(verdict))


@app.command(epilog=show.examples("rundruf ledger replay", "rundruf ledger replay --cursor entries:ledger/…"))
@connected
def replay(
    client: Client,
    cursor: Annotated[str, typer.Option(help="Where an earlier replay came to.", show_default=False)] = "",
    as_json: show.AsJson = False,
) -> None:
    """After a restore: bring back what people said since the backup. Sending is off until this is done.

    May be stopped and begun again at any time; the cursor that is shown saves the way up to there.
    """
    total = {"entries": 0, "erased": 0, "broken": 0}
    while True:
        told = client.post("v1", "ledger", "replay", body={"cursor": cursor})
        total = {name: count + told[name] for name, count in total.items()}
        cursor = told["cursor"]
        if told["done"]:
            break
        show.note(f"{total['entries']} entries back, {total['erased']} people erased again; cursor {cursor}")
    if as_json:
        show.data({"done": True, **total})
        return
    show.pairs(
        {
            "entries back": total["entries"],
            "erased again": total["erased"],
            "ledgers that did not fit": total["broken"],
        }
    )
    show.done("Everything said since the backup is back; sending is on.")


class Act(StrEnum):
    """What a person said outside the chat: objected ends everything, withdrawn a topic or all."""

    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    IMPORTED = "imported"


@app.command(
    epilog=show.examples(
        "rundruf ledger add whatsapp/main/+4917112345678 objected --source 'letter of 3 May'",
        "rundruf ledger add ID withdrawn --topic recipes --source 'phone call' --at 2026-05-03T10:00",
        "rundruf ledger add ID imported --topic recipes --source 'form no. 17' --at 2026-05-03",
    )
)
@connected
def add(
    client: Client,
    contact: Person,
    action: Annotated[
        Act,
        typer.Argument(
            help="objected: no advertising any more; withdrawn: left; imported: agreed.", show_default=False
        ),
    ],
    source: Annotated[str, typer.Option(help="What proves it: a letter, a form, a call.")],
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Which topics; several times. None: all.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="When they said so; else now.")] = None,
    wording: Annotated[str | None, typer.Option(help="The words they agreed to.")] = None,
    as_json: show.AsJson = False,
) -> None:
    """Enter what a person said by letter, telephone or form: an objection, the end of a consent, or one."""
    if action is Act.IMPORTED and not (topic and at):
        raise BadUse("A consent needs --topic and --at: it must be provable.")
    said = moment(at, "--at") or datetime.now(UTC).isoformat()
    body = {"action": action.value, "topics": topic, "source": source, "at": said, "wording": wording}
    path = ("v1", "contacts", contact_id(client, contact), "consents")
    told = client.post(*path, body=without_empty(body))
    if as_json:
        show.data(told)
    else:
        show.done(f"Entered. Joined now: {', '.join(told['consent']['topics']) or 'nothing'}")


def first_altered(told: Sequence[dict[str, Any]], head: str | None = None) -> int | None:
    """The number of the first entry that is not what its hash says, or is missing; None if all is well.

    An entry counts as altered too if it says more, or otherwise, than the ledger's own form can. With
    ``head``, the hash that the contact holds of the last entry, a ledger cut short is found as well.
    """
    from rundruf.core.ledger import EMPTY, Entry, content, entry_from
    from rundruf.core.ledger import first_altered as first_broken

    read: list[Entry] = []
    for one in told:
        try:
            entry = entry_from(one["entry"], one["hash"])
        except (KeyError, ValueError, TypeError):
            return first_broken(read) or len(read) + 1
        if _canonical(content(entry)) != _canonical(one["entry"]):
            return first_broken(read) or len(read) + 1
        read.append(entry)
    broken = first_broken(read)
    if broken is None and head is not None and head != (read[-1].hash if read else EMPTY.hash):
        return len(read) + 1
    return broken


def _canonical(entry: object) -> str:
    return json.dumps(entry, sort_keys=True)


COLUMNS = ("#no.", "when", "action", "topics", "source", "reference", "wording", "hash")


def rows(told: Sequence[dict[str, Any]]) -> list[tuple[object, ...]]:
    """Ledger entries as rows under COLUMNS."""
    return [
        (
            entry["number"],
            show.when(entry["at"]),
            entry["action"] + (" (everything)" if entry.get("everything") else ""),
            entry["topics"],
            entry["source"],
            entry["reference"],
            _wording(entry.get("wording")),
            one["hash"][:HASH_SHOWN],
        )
        for one in told
        for entry in [one["entry"]]
    ]


def _wording(told: dict[str, str] | None) -> str:
    if not told:
        return ""
    return " ".join(part for part in (told["id"], told["version"], told["language"]) if part)


def _verdict(told: dict[str, Any]) -> dict[str, Any]:
    """What this check and the suite's own found."""
    here, there = first_altered(told["entries"], told["head"]), told["altered"]
    broken = [one for one in (here, there) if one is not None]
    altered = min(broken) if broken else None
    return {
        "contact": told["contact"],
        "entries": len(told["entries"]),
        "intact": altered is None and told["intact"],
        "altered": altered,
        "here": {"intact": here is None, "altered": here},
        "suite": {"intact": told["intact"], "altered": there},
    }


def _broken(verdict: dict[str, Any]) -> str:
    number, count = verdict["altered"], verdict["entries"]
    if number is None:
        return "The suite says that this ledger is not intact."
    if number > count:
        return f"The ledger is cut short: entry {number} is missing. Found by the suite."
    words = {"here": "this check", "suite": "the suite"}
    finders = " and ".join(said for name, said in words.items() if verdict[name]["altered"] is not None)
    return f"Entry {number} is altered, missing or out of place. Found by {finders}."


def _ledger(client: Client, contact: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get("v1", "contacts", contact_id(client, contact), "consents")
    return told
