"""`rundruf topics`: reasons to write that people can join and leave."""

from typing import Annotated, Any

import typer

from rundruf_cli import show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.words import pairs_of

app = typer.Typer(
    name="topics", no_args_is_help=True, help="Reasons to write that people can join and leave."
)
Cap = Annotated[
    int | None,
    typer.Option(help="At most so many of its messages to a person in that time; 0: no limit.", min=0),
]


@app.command("list", epilog=show.examples("rundruf topics list"))
@connected
def every(client: Client, as_json: show.AsJson = False) -> None:
    """Every topic with its names."""
    told = client.get("v1", "topics")
    if as_json:
        show.data(told)
        return
    rows = ((one["id"], one["name"]) for one in told["topics"])
    show.table(("topic", "names"), rows, "No topics yet; `rundruf topics add` makes one.")


@app.command(epilog=show.examples("rundruf topics add recipes --name de=Rezepte --name en=Recipes"))
@connected
def add(
    client: Client,
    topic: Annotated[
        str, typer.Argument(help="Short id: small letters, digits, - and _.", show_default=False)
    ],
    name: Annotated[
        list[str],
        typer.Option(
            "--name", help="What people read, as language=name; several times.", metavar="LANGUAGE=NAME"
        ),
    ],
    often: Annotated[
        list[str] | None,
        typer.Option(
            "--often",
            help="How often people are written to, told before they join; several times.",
            metavar="LANGUAGE=TEXT",
        ),
    ] = None,
    day: Cap = None,
    week: Cap = None,
    month: Cap = None,
    as_json: show.AsJson = False,
) -> None:
    """Make a topic, or change it. Caps that you do not name stay, unless you name another one."""
    names = pairs_of(name, "--name", "de=Rezepte")
    told_often = pairs_of(often or [], "--often", "de=wöchentlich")
    body: dict[str, Any] = {"id": topic, "name": names, "often": told_often}
    caps = {"day": day, "week": week, "month": month}
    if any(most is not None for most in caps.values()):
        body["caps"] = {period: most or 0 for period, most in caps.items()}
    told = client.post("v1", "topics", body=body)
    if as_json:
        show.data(told)
    else:
        show.done(f"Topic {told['id']}: {', '.join(told['name'].values())}")
