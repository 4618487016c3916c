"""`rundruf dead-letters`: what was given up, why, and back with it."""

from typing import Annotated, Any

import typer

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import Refused

app = typer.Typer(
    name="dead-letters",
    no_args_is_help=True,
    help="What failed five times and was put aside.",
)

Queue = Annotated[
    str | None, typer.Option(help="One queue only: plan, send, inbox, receipts, tick, archive.")
]
MOST = 200


@app.command(
    "list", epilog=show.examples("rundruf dead-letters list", "rundruf dead-letters list --queue send")
)
@connected
def every(
    client: Client,
    queue: Queue = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=MOST)] = 50,
    as_json: show.AsJson = False,
) -> None:
    """What lies there, and what a redrive would do with it. Changes nothing."""
    told = client.get("v1", "dead-letters", queue=queue, limit=limit)
    if as_json:
        show.data(told)
        return
    rows = (
        (one["id"], one["queue"], show.when(one["at"]), _about(one), one["fate"], one["sentence"]["en"])
        for one in told["letters"]
    )
    show.table(("id", "queue", "from", "about", "fate", "why"), rows, "There are no dead letters.")
    if told["more"]:
        show.note("There are more.", "dim")


@app.command("show", epilog=show.examples("rundruf dead-letters show 5f0d4c1e-0d5a-4a52-a5d4-4e8c6a1d9b3f"))
@connected
def one(
    client: Client,
    letter: Annotated[str, typer.Argument(help="Its id.", metavar="ID", show_default=False)],
    queue: Queue = None,
    as_json: show.AsJson = False,
) -> None:
    """One of them. What people wrote is not shown."""
    told = client.get("v1", "dead-letters", queue=queue, limit=MOST)
    found = next((one for one in told["letters"] if one["id"] == letter), None)
    if found is None:
        raise Refused(f"There is no dead letter {letter!r} among the first {MOST}.")
    if as_json:
        show.data(found)
        return
    names = ("id", "queue", "tries", "broadcast", "chunk", "account", "contact", "fate")
    pairs = {name: found[name] for name in names if found[name] not in ("", None)}
    show.pairs({**pairs, "from": show.when(found["at"]), "why": found["sentence"]["en"]})


@app.command(
    epilog=show.examples("rundruf dead-letters redrive", "rundruf dead-letters redrive --queue send ID ID")
)
@connected
def redrive(
    client: Client,
    letters: Annotated[
        list[str] | None, typer.Argument(help="Ids of those meant; without any: all.", metavar="[ID]…")
    ] = None,
    queue: Queue = None,
    as_json: show.AsJson = False,
) -> None:
    """Send them back. Always safe, however old they are: nobody gets anything twice.

    What has ended meanwhile is thrown away; what is none of ours stays.
    """
    body: dict[str, Any] = {"ids": letters or [], **({"queue": queue} if queue else {})}
    done: list[dict[str, Any]] = []
    while True:
        told = client.post("v1", "dead-letters", "redrive", body=body)
        done += told["letters"]
        if not told["more"] or not told["letters"]:
            break
    if as_json:
        show.data({"letters": done})
        return
    again = sum(one["fate"] == "again" for one in done)
    show.done(f"{again} queued again, {len(done) - again} thrown away because they were over")


def _about(one: dict[str, Any]) -> str:
    parts = (one["broadcast"], one["chunk"], one["account"], one["contact"])
    return " ".join(part for part in parts if part)
