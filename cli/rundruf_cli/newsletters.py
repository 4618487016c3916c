"""`rundruf newsletters`: messages that go out at their time."""

from typing import Annotated, Any

import typer

from rundruf_cli import message, show
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.words import moment, without_empty

app = typer.Typer(name="newsletters", no_args_is_help=True, help="Messages that go out at their time.")

Id = Annotated[str, typer.Argument(help="The newsletter's id.", metavar="ID", show_default=False)]
SCHEDULE_PANEL = "Schedule (--cron, --rrule or --at)"


@app.command("list", epilog=show.examples("rundruf newsletters list"))
@connected
def every(client: Client, as_json: show.AsJson = False) -> None:
    """Every newsletter and when it goes out next."""
    told = client.get("v1", "newsletters")
    if as_json:
        show.data(told)
        return
    rows = (
        (one["id"], one["name"], one["topic"], _schedule(one["schedule"]), _next(one))
        for one in told["newsletters"]
    )
    show.table(
        ("id", "name", "topic", "schedule", "next"),
        rows,
        "No newsletters yet; `rundruf newsletters add` makes one.",
    )


@app.command(
    epilog=show.examples(
        "rundruf newsletters add --name Hi --topic news --text Hello --cron '0 9 * * 1' --zone Europe/Berlin",
        "rundruf newsletters add --name Blog --topic news --cron '0 9 * * *' --feed https://example.org/feed",
        "rundruf newsletters add --name Xmas --topic news --file message.json --at 2026-12-24T18:00",
    )
)
@connected
def add(
    client: Client,
    name: message.Name = None,
    topic: message.Topic = None,
    file: message.File = None,
    cron: Annotated[
        str | None,
        typer.Option(help="Minute, hour, day, month, weekday: '0 9 * * 1'.", rich_help_panel=SCHEDULE_PANEL),
    ] = None,
    rrule: Annotated[
        str | None,
        typer.Option(
            help="Rule of RFC 5545: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18'.", rich_help_panel=SCHEDULE_PANEL
        ),
    ] = None,
    starts: Annotated[
        str | None,
        typer.Option(help="Where the rule begins, like 2026-11-02T09:00.", rich_help_panel=SCHEDULE_PANEL),
    ] = None,
    missed: Annotated[
        str | None,
        typer.Option(
            help="What becomes of missed times: send_latest or skip.", rich_help_panel=SCHEDULE_PANEL
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            help="Time zone of --cron and --rrule, like Europe/Berlin.", rich_help_panel=SCHEDULE_PANEL
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="Once, like 2026-12-24T18:00; without a zone: this computer's.",
            rich_help_panel=SCHEDULE_PANEL,
        ),
    ] = None,
    feed: Annotated[
        str | None, typer.Option(help="RSS, Atom or JSON feed whose new items go out.", metavar="URL")
    ] = None,
    items: Annotated[int | None, typer.Option(help="Most items of a feed at a time.")] = None,
    per: Annotated[
        str | None, typer.Option(help="One issue for each slot or for each item of the feed.")
    ] = None,
    text: message.Text = None,
    image: message.Image = None,
    alt: message.Alt = None,
    button: message.Button = None,
    template: message.Template = None,
    parameter: message.Parameter = None,
    messenger: message.Messenger = None,
    account: message.Account = None,
    language: message.Spoken = None,
    tag: message.AnyTag = None,
    all_tags: message.AllTags = None,
    no_tag: message.NoTag = None,
    attribute: message.Attribute = None,
    segment: message.InSegment = None,
    where: message.Conditions = None,
    as_json: show.AsJson = False,
) -> None:
    """Make a newsletter. Each issue is a broadcast of its own, once for each time of the schedule."""
    options = dict(locals())
    body = message.body_of(options)
    schedule = without_empty(
        {"cron": cron, "rrule": rrule, "starts": starts, "zone": zone, "at": moment(at, "--at")}
    )
    body.update(without_empty({"missed": missed}))
    if feed:
        body["feed"] = without_empty({"url": feed, "items": items, "per": per})
    body["schedule"] = {**body.get("schedule", {}), **schedule}
    _told(client.post("v1", "newsletters", body=body), as_json)


@app.command(epilog=show.examples("rundruf newsletters pause 0c3k9f1aq8b7d2e1"))
@connected
def pause(client: Client, newsletter: Id, as_json: show.AsJson = False) -> None:
    """No issues until resumed."""
    _told(client.post("v1", "newsletters", newsletter, "pause"), as_json)


@app.command(epilog=show.examples("rundruf newsletters resume 0c3k9f1aq8b7d2e1"))
@connected
def resume(client: Client, newsletter: Id, as_json: show.AsJson = False) -> None:
    """Go on with the next time of the schedule; what was missed is left out."""
    _told(client.post("v1", "newsletters", newsletter, "resume"), as_json)


def _told(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.data(told)
        return
    show.pairs(
        {
            "id": told["id"],
            "name": told["name"],
            "topic": told["topic"],
            "schedule": _schedule(told["schedule"]),
            "next": _next(told) if told["paused"] else "\n".join(map(show.when, told["next"])) or "over",
        }
    )


def _schedule(schedule: dict[str, Any]) -> str:
    repeated = schedule.get("cron") or schedule.get("rrule")
    if repeated:
        return f"{repeated} ({schedule['zone']})"
    return f"once, {show.when(schedule.get('at'))}"


def _next(told: dict[str, Any]) -> str:
    return "paused" if told["paused"] else show.when(told["next_at"]) or "over"
