"""`rundruf segments`: conditions on people under a name."""

from typing import Annotated

import typer

from rundruf_cli import completing, message, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected

app = typer.Typer(name="segments", no_args_is_help=True, help="Conditions on people under a name.")

Id = Annotated[
    str,
    typer.Argument(
        help="The segment's id.", metavar="ID", show_default=False, autocompletion=completing.segment
    ),
]
Where = Annotated[
    str,
    typer.Option(
        "--where", metavar="JSON|FILE", help="The conditions as JSON, or a file with them; - for stdin."
    ),
]


@app.command("list", epilog=show.examples("rundruf segments list"))
@connected
def every(client: Client, as_json: show.AsJson = False) -> None:
    """Every segment."""
    told = client.get("v1", "segments")
    if as_json:
        show.data(told)
        return
    rows = ((one["id"], one["name"], show.when(one["changed"])) for one in told["segments"])
    show.table(("id", "name", "changed"), rows, "No segments yet; `rundruf segments add` makes one.")


@app.command("show", epilog=show.examples("rundruf segments show grown-ups"))
@connected
def one(client: Client, segment: Id, as_json: show.AsJson = False) -> None:
    """One segment with its conditions; JSON, with --json or without."""
    show.data(client.get("v1", "segments", segment))


@app.command(
    epilog=show.examples(
        'rundruf segments add grown-ups --name Grown-ups --where \'{"attribute": "age", "gte": 18}\'',
        "rundruf segments add sleepers --name Sleepers --where sleepers.json",
    )
)
@connected
def add(
    client: Client,
    segment: Id,
    where: Where,
    name: Annotated[str, typer.Option(help="What you call it.")],
    as_json: show.AsJson = False,
) -> None:
    """Make a segment, or change one; what was made with it before stays as it was."""
    told = client.post(
        "v1", "segments", body={"id": segment, "name": name, "where": message.conditions(where)}
    )
    if as_json:
        show.data(told)
    else:
        show.done(f"Segment {told['id']}: {told['name']}")


@app.command(
    epilog=show.examples(
        "rundruf segments count --topic news --segment grown-ups",
        'rundruf segments count --topic news --where \'{"joined": {"within_days": 30}}\' --messenger line',
    )
)
@connected
def count(
    client: Client,
    topic: Annotated[str, typer.Option(help="Topic people have joined.", autocompletion=completing.topic)],
    segment: message.InSegment = None,
    where: message.Conditions = None,
    messenger: message.Messenger = None,
    account: message.Account = None,
    language: message.Spoken = None,
    tag: message.AnyTag = None,
    all_tags: message.AllTags = None,
    no_tag: message.NoTag = None,
    attribute: message.Attribute = None,
    as_json: show.AsJson = False,
) -> None:
    """How many people an audience has now, before anything is made for it."""
    audience = message.audience_of(dict(locals()))
    with show.waiting("Counting …"):
        told = client.post("v1", "segments", "count", body={"topic": topic, "audience": audience})
    if as_json:
        show.data(told)
        return
    rows = [one for one in sorted(told["by_account"].items()) if one[1]]
    show.table(("account", "#people"), rows, "There is nobody on any account that it could go to.")
    show.pairs({"people": f"{'' if told['complete'] else 'at least '}{told['count']:,}"})


@app.command(epilog=show.examples("rundruf segments delete grown-ups"))
@connected
def delete(client: Client, segment: Id) -> None:
    """Delete a segment that no newsletter uses."""
    client.delete("v1", "segments", segment)
    show.done(f"Segment {segment} is deleted.")
