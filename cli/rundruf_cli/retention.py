"""`rundruf retention`: how long everything is kept, and whether that holds."""

from typing import Any

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import Refused

EPILOG = show.examples("rundruf retention", "rundruf retention --json")


@connected
def retention(client: Client, as_json: show.AsJson = False) -> None:
    """How long every class of data is kept, and what the last daily look found. Needs the scope admin.

    Ends with 1 where something is kept longer than it should be.
    """
    told = client.get("v1", "retention")
    if as_json:
        show.data(told)
    else:
        rows = (
            (one["data"], _kept(one), one["items"], show.when(one["oldest"]), one["overdue"], one["endless"])
            for one in told["classes"]
        )
        show.table(("data", "kept", "#items", "oldest", "#overdue", "#without end"), rows, "")
        looked = show.when(told["checked"])
        show.note(f"Looked through: {looked}" if looked else "It has not been looked through yet.", "dim")
    late = [one["data"] for one in told["classes"] if one["overdue"] or one["endless"]]
    if late:
        raise Refused(f"Kept longer than it should be: {', '.join(late)}.")


def _kept(one: dict[str, Any]) -> str:
    if one["days"] is None:
        return str(one["until"])
    return f"{one['days']} day{'' if one['days'] == 1 else 's'}"
