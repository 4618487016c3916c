"""What a broadcast would come to, as a table, before somebody says yes."""

from typing import Any

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.watching import duration

COLUMNS = ("account", "#people", "#messages", "#at its limit", "still allowed")


def asked(client: Client, *path: str) -> dict[str, Any]:
    """The preflight of a broadcast or newsletter."""
    with show.waiting("Counting whom it would reach …"):
        told: dict[str, Any] = client.post("v1", *path, "preflight")
    return told


def looked_at(client: Client, *path: str, verb: str, yes: bool, as_json: bool) -> dict[str, str]:
    """The token of a preflight that somebody has seen, unless they did not want to."""
    told = asked(client, *path)
    if not as_json:
        tell(told)
    show.ask(question(told, verb), yes)
    return {"token": told["token"]}


def tell(told: dict[str, Any]) -> None:
    """The answer of a preflight: who, how long, at what cost, and what to know before."""
    quota, each = told.get("quota", {}), told.get("messages_each", {})
    rows = [
        (
            account,
            people,
            people * each.get(account, 1),
            duration(told["seconds_at_limit"].get(account, 0)),
            f"{quota[account]['remaining']} this {quota[account]['per']}" if account in quota else "",
        )
        for account, people in sorted(told["by_account"].items())
        if people
    ]
    show.table(COLUMNS, rows, "There is nobody on any account that it could go to.")
    nobody = [account for account, people in sorted(told["by_account"].items()) if not people]
    if nobody and rows:
        show.note(f"Nobody on {', '.join(nobody)}.", "dim")
    for about, said in told.get("warnings", {}).items():
        show.note(f"{about}: {said['en']}", "yellow")
    for reason, people in sorted(told.get("skipped_now", {}).items()):
        show.note(f"{people} would not get it ({reason})", "yellow")
    sampled = told.get("sampled") or {}
    for reason, people in sorted(sampled.get("about", {}).items()):
        show.note(
            f"about {people} would not get it ({reason}); people looked at: {sampled['read']}", "yellow"
        )
    show.pairs(_notes(told))
    local = told.get("local")
    if local:
        waves = [(show.when(one["at"]), one["people"]) for one in local["waves"]]
        show.table(("from", "#people then"), waves, "Nobody would get it.")
    if told.get("fallback"):
        show.note(f"fallback: {told['fallback']['sentence']['en']}")
    if told.get("parts"):
        show.table(("drawn by lot", "#people"), told["parts"].items(), "")
    longest = max(told["seconds_at_limit"].values(), default=0)
    show.pairs(
        {
            "people": told["audience"],
            "messages": told.get("messages", 0),
            "chunks": told["chunks"],
            "messengers charge": costs(told),
            "AWS charges": own(told),
            "takes at least": duration(longest),
            "finished": show.when(told["finishes"]) if told.get("finishes") else "not known",
        }
    )


def _notes(told: dict[str, Any]) -> dict[str, str]:
    """What messengers permit, of those whom it concerns: all, where people would be left out."""
    notes: dict[str, str] = told.get("notes", {})
    if told.get("skipped_now") or not told["audience"]:
        return notes
    return {account: said for account, said in notes.items() if told["by_account"].get(account)}


def costs(told: dict[str, Any]) -> str:
    """Amounts by currency, and of whom none is known."""
    known = [f"{one['amount']} {one['currency']}" for one in told.get("cost", [])]
    unpriced = told.get("unpriced", 0)
    if unpriced:
        known.append(f"unknown for {unpriced:,} of them")
    return " + ".join(known) or "nothing"


def own(told: dict[str, Any]) -> str:
    found = told.get("own_cost")
    return f"about {float(found['amount']):.2f} {found['currency']}" if found else ""


def question(told: dict[str, Any], verb: str) -> str:
    return f"{verb} it (people: {told['audience']:,}; messengers charge: {costs(told)})?"
