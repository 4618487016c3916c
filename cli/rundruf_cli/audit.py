"""`rundruf audit`: who did what through the API, and who looked at people."""

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected

EPILOG = show.examples(
    "rundruf audit --limit 20",
    "rundruf audit --from 2026-11-01 --until 2026-12-01 --action 'DELETE /v1/contacts' --json",
)
DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@connected
def audit(
    client: Client,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="From this moment on; else 30 days.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAYS, help="Up to this moment.")] = None,
    by: Annotated[str | None, typer.Option(help="Only by the key with this id.")] = None,
    action: Annotated[
        str | None, typer.Option(help="Only what begins like this, such as 'DELETE /v1/contacts'.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
    as_json: show.AsJson = False,
) -> None:
    """Who did what, newest first. Needs a key with the scope admin.

    A result "unknown" means that the act was begun and its end could not be written down.
    """
    found = client.pages(
        "v1", "audit", of="entries",
        **{"from": _moment(from_)}, until=_moment(until), key=by, action=action, limit=min(limit, 200),
    )  # fmt: skip
    shown = list(islice(found, limit))
    if as_json:
        show.data({"entries": shown})
        return
    rows = (
        (show.when(one["at"]), one["name"] or one["key"], one["action"], one["object"], one["result"])
        for one in shown
    )
    show.table(("when", "key", "action", "what", "result"), rows, "Nothing was done in this time.")


def _moment(given: datetime | None) -> str | None:
    """In this computer's zone."""
    return given.astimezone().isoformat() if given else None
