"""`rundruf newsletters`: messages that go out at their time."""

from datetime import datetime
from typing import Annotated, Any

import typer

from rundruf_cli import completing, message, show, words
from rundruf_cli import preflight as looking
from rundruf_cli import preview as seeing
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse
from rundruf_cli.words import contact_id, moment, without_empty

RECIPIENT = "recipient"  # in place of a zone
FIRST = "Etc/GMT-14"  # where it is any time first on earth

app = typer.Typer(name="newsletters", no_args_is_help=True, help="Messages that go out at their time.")

Id = Annotated[
    str,
    typer.Argument(
        help="The newsletter's id.", metavar="ID", show_default=False, autocompletion=completing.newsletter
    ),
]
SCHEDULE_PANEL, FEED_PANEL = "Schedule (--cron, --rrule or --at)", "Feed"
Cron = Annotated[
    str | None,
    typer.Option(help="Minute, hour, day, month, weekday: '0 9 * * 1'.", rich_help_panel=SCHEDULE_PANEL),
]
Rule = Annotated[
    str | None,
    typer.Option(
        "--rrule",
        help="Rule of RFC 5545: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18'.",
        rich_help_panel=SCHEDULE_PANEL,
    ),
]
Starts = Annotated[
    str | None,
    typer.Option(help="Where the rule begins, like 2026-11-02T09:00.", rich_help_panel=SCHEDULE_PANEL),
]
Zone = Annotated[
    str | None,
    typer.Option(
        help="Time zone of --cron and --rrule, like Europe/Berlin; recipient: everybody's own.",
        rich_help_panel=SCHEDULE_PANEL,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        help="Once, like 2026-12-24T18:00; without a zone: this computer's.", rich_help_panel=SCHEDULE_PANEL
    ),
]
Missed = Annotated[
    str | None,
    typer.Option(help="What becomes of missed times: send_latest or skip.", rich_help_panel=SCHEDULE_PANEL),
]
GraceHours = Annotated[
    float | None,
    typer.Option(help="At most so late is a missed time sent; usual: 24.", rich_help_panel=SCHEDULE_PANEL),
]
FeedUrl = Annotated[
    str | None,
    typer.Option(
        "--feed",
        metavar="URL",
        help="RSS, Atom or JSON feed whose new items go out.",
        rich_help_panel=FEED_PANEL,
    ),
]
Items = Annotated[
    int | None, typer.Option(help="Most items of a feed at a time.", rich_help_panel=FEED_PANEL)
]
Archive = Annotated[
    bool | None,
    typer.Option(
        "--archive/--no-archive", help="Everybody may read its issues on a page.", show_default=False
    ),
]
Per = Annotated[
    str | None,
    typer.Option(help="One issue for each slot or for each item of the feed.", rich_help_panel=FEED_PANEL),
]


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
    cron: Cron = None,
    rrule: Rule = None,
    starts: Starts = None,
    zone: Zone = None,
    at: At = None,
    missed: Missed = None,
    grace_hours: GraceHours = None,
    feed: FeedUrl = None,
    items: Items = None,
    per: Per = None,
    budget: message.Budget = None,
    allow_unpriced: message.Unpriced = False,
    archive: Archive = None,
    text: message.Text = None,
    image: message.Image = None,
    alt: message.Alt = None,
    button: message.Button = None,
    template: message.Template = None,
    parameter: message.Parameter = None,
    written_in: message.WrittenIn = None,
    translation: message.Translation = None,
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
    body.update(without_empty({"missed": missed}) | _said({"grace_hours": grace_hours, "archive": archive}))
    body |= words.budget(budget, allow_unpriced)
    if feed:
        body["feed"] = without_empty({"url": feed, "items": items, "per": per})
    body["schedule"] = {**body.get("schedule", {}), **_given_schedule(options)}
    _told(client.post("v1", "newsletters", body=body), as_json)


@app.command("show", epilog=show.examples("rundruf newsletters show 0c3k9f1aq8b7d2e1"))
@connected
def one(client: Client, newsletter: Id, as_json: show.AsJson = False) -> None:
    """One newsletter: what it says, to whom, and when it comes next."""
    _told(client.get("v1", "newsletters", newsletter), as_json, whole=True)


@app.command(
    epilog=show.examples(
        "rundruf newsletters edit 0c3k9f1aq8b7d2e1 --text 'Hello again'",
        "rundruf newsletters edit 0c3k9f1aq8b7d2e1 --cron '0 18 * * 5'",
        "rundruf newsletters edit 0c3k9f1aq8b7d2e1 --file message.json --segment grown-ups",
    )
)
@connected
def edit(
    client: Client,
    newsletter: Id,
    name: message.Name = None,
    topic: message.Topic = None,
    file: message.File = None,
    cron: Cron = None,
    rrule: Rule = None,
    starts: Starts = None,
    zone: Zone = None,
    at: At = None,
    missed: Missed = None,
    grace_hours: GraceHours = None,
    feed: FeedUrl = None,
    items: Items = None,
    per: Per = None,
    budget: message.Budget = None,
    allow_unpriced: message.Unpriced = False,
    archive: Archive = None,
    text: message.Text = None,
    image: message.Image = None,
    alt: message.Alt = None,
    button: message.Button = None,
    template: message.Template = None,
    parameter: message.Parameter = None,
    written_in: message.WrittenIn = None,
    translation: message.Translation = None,
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
    """Change the issues to come. What you do not name stays as it is; issues that have begun stay, too."""
    options = dict(locals())
    now = client.get("v1", "newsletters", newsletter)
    body = message.changes_of(options, now)
    body.update(without_empty({"missed": missed}) | _said({"grace_hours": grace_hours, "archive": archive}))
    body |= words.budget(budget, allow_unpriced)
    fed = without_empty({"url": feed, "items": items, "per": per})
    if fed:
        body["feed"] = {**(now["feed"] or {}), **fed}
    schedule = _given_schedule(options)
    if schedule:
        again = schedule.keys() & {"cron", "rrule", "at"}
        kept = {"zone": now["schedule"]["zone"]} if again else without_empty(now["schedule"])
        body["schedule"] = {**body.get("schedule", kept), **schedule}
    if not body:
        raise BadUse("Say what to change: --text, --cron, --segment … `--help` lists all.")
    _told(client.patch("v1", "newsletters", newsletter, body=body), as_json, whole=True)


@app.command(
    epilog=show.examples(
        "rundruf newsletters slots --cron '30 2 * * *' --zone Europe/Berlin",
        "rundruf newsletters slots --rrule 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18' --zone Europe/Berlin",
    )
)
@connected
def slots(
    client: Client,
    cron: Cron = None,
    rrule: Rule = None,
    starts: Starts = None,
    zone: Zone = None,
    at: At = None,
    as_json: show.AsJson = False,
) -> None:
    """When a schedule would come next, before anything is made for it."""
    schedule = _given_schedule(dict(locals()))
    told = client.post("v1", "newsletters", "slots", body=schedule)
    if as_json:
        show.data(told)
    else:
        _slots(told["next"], schedule.get("zone", "UTC"))


@app.command(
    "test", epilog=show.examples("rundruf newsletters test 0c3k9f1aq8b7d2e1 whatsapp/main/+4917112345678 ID")
)
@connected
def tried(
    client: Client,
    newsletter: Id,
    contacts: Annotated[
        list[str],
        typer.Argument(
            help="Who gets it: ids, or messenger/account/user.", metavar="CONTACT…", show_default=False
        ),
    ],
    as_json: show.AsJson = False,
) -> None:
    """Send the next issue to up to 20 named people first. They must have joined the topic."""
    body = {"contacts": [contact_id(client, one) for one in contacts]}
    told = client.post("v1", "newsletters", newsletter, "test", body=body)
    if as_json:
        show.data(told)
        return
    show.done(f"On its way as the broadcast {told['id']}")
    show.note(f"Watch it: rundruf broadcast watch {told['id']}", "dim")


@app.command(epilog=show.examples("rundruf newsletters preview 0c3k9f1aq8b7d2e1"))
@connected
def preview(
    client: Client, newsletter: Id, contact: seeing.Person = None, as_json: show.AsJson = False
) -> None:
    """What people will see of the next issue, on each messenger and in each language. Sends nothing."""
    body = {"contact": contact_id(client, contact)} if contact else None
    told = client.post("v1", "newsletters", newsletter, "preview", body=body)
    if as_json:
        show.data(told)
    else:
        seeing.tell(told)


@app.command(epilog=show.examples("rundruf newsletters preflight 0c3k9f1aq8b7d2e1"))
@connected
def preflight(client: Client, newsletter: Id, as_json: show.AsJson = False) -> None:
    """Who would get the next issue, and what it costs. Sends nothing."""
    told = looking.asked(client, "newsletters", newsletter)
    if as_json:
        show.data(told)
    else:
        looking.tell(told)


@app.command(epilog=show.examples("rundruf newsletters approve 0c3k9f1aq8b7d2e1 --profile boss"))
@connected
def approve(client: Client, newsletter: Id, yes: show.Yes = False, as_json: show.AsJson = False) -> None:
    """Say yes to somebody else's newsletter, where the deployment wants a second key's word.

    It counts until message, audience, schedule or feed change; the API key must be another one than that of
    whoever changed it last.
    """
    body = looking.looked_at(client, "newsletters", newsletter, verb="Approve", yes=yes, as_json=as_json)
    _told(client.post("v1", "newsletters", newsletter, "approve", body=body), as_json, whole=True)


@app.command(epilog=show.examples("rundruf newsletters issues 0c3k9f1aq8b7d2e1"))
@connected
def issues(client: Client, newsletter: Id, as_json: show.AsJson = False) -> None:
    """Its issues, newest first. Each is a broadcast; `rundruf report --newsletter ID` adds them up."""
    told = client.get("v1", "newsletters", newsletter, "issues")
    if as_json:
        show.data(told)
        return
    rows = (
        (one["id"], one["name"], show.state(one["state"]), show.when(one["created"]))
        for one in told["broadcasts"]
    )
    show.table(("id", "name", "state", "made"), rows, "No issue has gone out yet.")


@app.command(
    epilog=show.examples(
        "rundruf newsletters late 0c3k9f1aq8b7d2e1 0c3k9f1aq8b7d2e9",
        "rundruf newsletters late 0c3k9f1aq8b7d2e1 0c3k9f1aq8b7d2e9 --draft   # to look first",
    )
)
@connected
def late(
    client: Client,
    newsletter: Id,
    issue: Annotated[
        str, typer.Argument(help="Its id, from `newsletters issues`.", metavar="ISSUE", show_default=False)
    ],
    draft: Annotated[bool, typer.Option("--draft", help="Make it, but do not start it.")] = False,
    yes: show.Yes = False,
    as_json: show.AsJson = False,
) -> None:
    """Send an issue to those who did not get it: who joined since, or was left out. Nobody gets it twice."""
    if not draft:
        show.ask(f"Send the issue {issue} to everybody who did not get it?", yes)
    body = {"start": False} if draft else None
    told = client.post("v1", "newsletters", newsletter, "issues", issue, "late", body=body)
    if as_json:
        show.data(told)
    elif draft:
        show.done(f"Made as the draft {told['id']}")
        show.note(f"Look and start: rundruf broadcast start {told['id']}", "dim")
    else:
        show.done(f"On its way as the broadcast {told['id']}")
        show.note(f"Watch it: rundruf broadcast watch {told['id']}", "dim")


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


def _given_schedule(given: dict[str, Any]) -> dict[str, Any]:
    """The schedule that a command's options name."""
    named = {name: given[name] for name in ("cron", "rrule", "starts", "zone")}
    return without_empty({**named, "at": moment(given["at"], "--at")})


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """What was said; zero hours and no archive are something, too."""
    return {name: value for name, value in given.items() if value is not None}


def _told(told: dict[str, Any], as_json: bool, whole: bool = False) -> None:
    if as_json:
        show.data(told)
        return
    trouble = told.get("trouble")
    show.pairs(
        {
            "id": told["id"],
            "name": told["name"],
            "topic": told["topic"],
            "schedule": _schedule(told["schedule"]),
            "missed times": _missed(told) if whole else "",
            "feed": _feed(told["feed"]),
            **(message.told(told) if whole else {}),
            "archive": told["archive_url"],
            "made": show.when(told["created"]) if whole else "",
            "next": _next(told) if told["paused"] or not told["next"] else "",
        }
    )
    if trouble:
        again = f" It is asked again {show.when(trouble['again'])}." if trouble["again"] else ""
        show.note(
            f"The feed cannot be read since {show.when(trouble['since'])}: {trouble['detail']}.{again}",
            "yellow",
        )
    if told.get("waits_for_approval"):
        show.note("No issue goes out before a second API key says yes.", "yellow")
        show.note(f"rundruf newsletters approve {told['id']} --profile OTHER")
    if told["next"] and not told["paused"]:
        schedule = told["schedule"]
        _slots(told["next"], "" if schedule.get("at") else schedule["zone"])


def _slots(moments: list[str], zone: str) -> None:
    """On this computer's clocks, and on the schedule's where they show something else."""
    rows = [(show.when(one), _elsewhere(one, zone)) for one in moments]
    if all(here == there for here, there in rows):
        show.table(("next",), [row[:1] for row in rows], "")
    else:
        there = "on everybody's own clock" if zone == RECIPIENT else f"in {zone}"
        show.table(("next, here", there), rows, "")


def _elsewhere(told: str, zone: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        there = ZoneInfo(FIRST if zone == RECIPIENT else zone)
        return datetime.fromisoformat(told).astimezone(there).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return show.when(told)


def _missed(told: dict[str, Any]) -> str:
    if told["missed"] == "skip":
        return "left out"
    return f"the latest is sent, at most {told['grace_hours']:g} hours late"


def _feed(told: dict[str, Any] | None) -> str:
    if not told:
        return ""
    return f"{told['url']}, up to {told['items']} items, one issue per {told['per']}"


def _schedule(schedule: dict[str, Any]) -> str:
    repeated = schedule.get("cron") or schedule.get("rrule")
    if repeated:
        return f"{repeated} ({schedule['zone']})"
    return f"once, {show.when(schedule.get('at'))}"


def _next(told: dict[str, Any]) -> str:
    return "paused" if told["paused"] else show.when(told["next_at"]) or "over"
