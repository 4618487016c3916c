"""`rundruf broadcast`: one message for everybody of a topic."""

from typing import Annotated, Any

import typer

from rundruf_cli import completing, figures, message, show, splitting, watching, words
from rundruf_cli import preflight as looking
from rundruf_cli import preview as seeing
from rundruf_cli.api import Client
from rundruf_cli.connection import connected
from rundruf_cli.failures import BadUse
from rundruf_cli.words import contact_id, moment

app = typer.Typer(name="broadcast", no_args_is_help=True, help="One message for everybody of a topic.")

Id = Annotated[
    str,
    typer.Argument(
        help="The broadcast's id.", metavar="ID", show_default=False, autocompletion=completing.broadcast
    ),
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Stay and watch until it ends.")]
Every = Annotated[float, typer.Option(help="Seconds between looks.", min=0.2, max=60)]
EVERY = 1.0
SCOPES = ("pending", "failed", "unknown")
TWICE = "some may get it twice"
FALLBACK_AFTER = 4  # hours


@app.command("list", epilog=show.examples("rundruf broadcast list", "rundruf broadcast list --all --json"))
@connected
def every(
    client: Client,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=200)] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """Broadcasts, newest first."""
    if everything:
        told: dict[str, Any] = {
            "broadcasts": list(client.pages("v1", "broadcasts", of="broadcasts", limit=200)),
            "cursor": None,
        }
    else:
        told = client.get("v1", "broadcasts", limit=limit)
    if as_json:
        show.data(told)
        return
    rows = (
        (one["id"], one["name"], one["topic"], show.state(one["state"]), show.when(one["created"]))
        for one in told["broadcasts"]
    )
    show.table(
        ("id", "name", "topic", "state", "made"),
        rows,
        "No broadcasts yet; `rundruf broadcast new` makes one.",
    )
    if told["cursor"]:
        show.note("There are more: --all shows them.", "dim")


@app.command(
    epilog=show.examples(
        "rundruf broadcast new --name Hi --topic recipes --text 'Hello {{ name | default(\"there\") }} 🍲'",
        "rundruf broadcast new --name Sale --topic offers --text Now --button Shop=https://example.com -w",
        "rundruf broadcast new --name Hi --topic news --template autumn:de --parameter '{{ name }}' --draft",
        "rundruf broadcast new --name Hi --topic news --text Hallo --written-in de --translation en=Hello",
        "rundruf broadcast new --file message.json --name Autumn --topic recipes --send-at 2026-10-01T18:00",
        "rundruf broadcast new --name Hi --topic news --text 'Good morning' --local-time 2027-03-01T09:00",
        "rundruf broadcast new --name X --topic news --text Soup --variant B=Stew --test 20 --winner-by left",
    )
)
@connected
def new(
    client: Client,
    name: message.Name = None,
    topic: message.Topic = None,
    file: message.File = None,
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
    send_at: Annotated[
        str | None, typer.Option(help="Start then, like 2026-12-24T18:00; without a zone: this computer's.")
    ] = None,
    local_time: Annotated[
        str | None,
        typer.Option(help="Everybody gets it at that time in their own zone, like 2026-12-24T18:00."),
    ] = None,
    expires_at: Annotated[str | None, typer.Option(help="Who was not reached by then is left out.")] = None,
    canary: Annotated[
        int | None,
        typer.Option(help="Try it with so many people first, 0: none. Usual: 256 of over 1,000.", min=0),
    ] = None,
    track: Annotated[
        str | None, typer.Option(help="Clicks on links: anonymous (usual), personal or none.")
    ] = None,
    fallback_to: Annotated[
        list[str] | None,
        typer.Option(help="Who was not reached gets it on this account of theirs, like telegram/main."),
    ] = None,
    fallback_after: Annotated[
        int, typer.Option(help="So many hours after the broadcast's end.", min=1, max=168)
    ] = FALLBACK_AFTER,
    fallback_when: Annotated[
        list[str] | None,
        typer.Option(help="undelivered and failed (usual), or unknown: some may get it twice then."),
    ] = None,
    budget: message.Budget = None,
    allow_unpriced: message.Unpriced = False,
    variant: splitting.Variant = None,
    holdout: splitting.Holdout = None,
    test: splitting.Trial = None,
    winner_by: splitting.WinnerBy = None,
    winner_after: splitting.WinnerAfter = None,
    draft: Annotated[bool, typer.Option("--draft", help="Make it, but do not start it.")] = False,
    watch: Watch = False,
    as_json: show.AsJson = False,
) -> None:
    """Make a broadcast. It starts at once, unless you say --draft or --send-at."""
    options = dict(locals())
    if draft and watch:
        raise BadUse("A draft does not start, so there is nothing to watch.")
    body = message.body_of(options)
    moments = {"send_at": moment(send_at, "--send-at"), "expires_at": moment(expires_at, "--expires-at")}
    body |= {field: at for field, at in moments.items() if at}
    body |= words.budget(budget, allow_unpriced)
    body |= splitting.split_of(options, body["message"])
    if local_time is not None:
        body["local_time"] = local_time
    if canary is not None:
        body["canary"] = {"size": canary} if canary else False
    if track is not None:
        body["track"] = track
    if fallback_to:
        when = {"when": fallback_when} if fallback_when else {}
        body["fallback"] = {"after_hours": fallback_after, "to": fallback_to, **when}
    if draft:
        body["start"] = False
    _told(client, client.post("v1", "broadcasts", body=body), watch, as_json)


@app.command("show", epilog=show.examples("rundruf broadcast show 0c3k9f1aq8b7d2e1"))
@connected
def one(client: Client, broadcast: Id, as_json: show.AsJson = False) -> None:
    """One broadcast with its figures as they are now."""
    told = client.get("v1", "broadcasts", broadcast)
    if as_json:
        show.data(told)
    else:
        show.out().print(figures.view(told))


@app.command(
    epilog=show.examples(
        "rundruf broadcast watch 0c3k9f1aq8b7d2e1", "rundruf broadcast watch ID --json | jq .figures.sent"
    )
)
@connected
def watch(client: Client, broadcast: Id, every: Every = EVERY, as_json: show.AsJson = False) -> None:
    """Watch a broadcast live until it ends. With --json one line for each look.

    Ends with 0 when it has finished, with 1 when it was cancelled or failed.
    """
    watching.watch(client, broadcast, as_json, every)


@app.command(epilog=show.examples("rundruf broadcast preflight 0c3k9f1aq8b7d2e1"))
@connected
def preflight(client: Client, broadcast: Id, as_json: show.AsJson = False) -> None:
    """Who would get it if it started now, what it costs, and how long it takes. Sends nothing."""
    told = looking.asked(client, "broadcasts", broadcast)
    if as_json:
        show.data(told)
    else:
        looking.tell(told)


@app.command(
    epilog=show.examples(
        "rundruf broadcast preview 0c3k9f1aq8b7d2e1",
        "rundruf broadcast preview 0c3k9f1aq8b7d2e1 --contact telegram/main/4711",
    )
)
@connected
def preview(
    client: Client, broadcast: Id, contact: seeing.Person = None, as_json: show.AsJson = False
) -> None:
    """What people will see on each messenger, in each language. Sends nothing."""
    body = {"contact": contact_id(client, contact)} if contact else None
    told = client.post("v1", "broadcasts", broadcast, "preview", body=body)
    if as_json:
        show.data(told)
    else:
        seeing.tell(told)


@app.command(
    "test", epilog=show.examples("rundruf broadcast test 0c3k9f1aq8b7d2e1 whatsapp/main/+4917112345678 ID")
)
@connected
def tried(
    client: Client,
    broadcast: Id,
    contacts: Annotated[
        list[str],
        typer.Argument(
            help="Who gets it: ids, or messenger/account/user.", metavar="CONTACT…", show_default=False
        ),
    ],
    variant: Annotated[
        str | None, typer.Option(help="Which of several messages; else the broadcast's own.")
    ] = None,
    watch: Watch = False,
    as_json: show.AsJson = False,
) -> None:
    """Send it to up to 20 named people first. They must have joined the topic."""
    body: dict[str, Any] = {"contacts": [contact_id(client, one) for one in contacts]}
    if variant:
        body["variant"] = variant
    _told(client, client.post("v1", "broadcasts", broadcast, "test", body=body), watch, as_json)


@app.command(
    epilog=show.examples(
        "rundruf broadcast start 0c3k9f1aq8b7d2e1 --watch", "rundruf broadcast start 0c3k9f1aq8b7d2e1 --yes"
    )
)
@connected
def start(
    client: Client, broadcast: Id, yes: show.Yes = False, watch: Watch = False, as_json: show.AsJson = False
) -> None:
    """Start a draft or a scheduled broadcast now.

    Shows first whom a draft would reach and what that costs, and asks.
    """
    body = None
    if client.get("v1", "broadcasts", broadcast)["state"] == "draft":
        body = looking.looked_at(client, "broadcasts", broadcast, verb="Start", yes=yes, as_json=as_json)
    _told(client, client.post("v1", "broadcasts", broadcast, "start", body=body), watch, as_json)


@app.command(epilog=show.examples("rundruf broadcast approve 0c3k9f1aq8b7d2e1 --profile boss"))
@connected
def approve(client: Client, broadcast: Id, yes: show.Yes = False, as_json: show.AsJson = False) -> None:
    """Say yes to somebody else's draft, where large broadcasts need that.

    It counts until anything about the draft changes; the API key must be another one than its maker's.
    """
    body = looking.looked_at(client, "broadcasts", broadcast, verb="Approve", yes=yes, as_json=as_json)
    _told(client, client.post("v1", "broadcasts", broadcast, "approve", body=body), False, as_json)


@app.command(epilog=show.examples("rundruf broadcast winner 0c3k9f1aq8b7d2e1 B"))
@connected
def winner(
    client: Client,
    broadcast: Id,
    variant: Annotated[str, typer.Argument(help="The variant's name.", show_default=False)],
    as_json: show.AsJson = False,
) -> None:
    """Say which variant everybody gets who waits for the winner."""
    told = client.post("v1", "broadcasts", broadcast, "winner", body={"variant": variant})
    _told(client, told, False, as_json)


@app.command(epilog=show.examples("rundruf broadcast pause 0c3k9f1aq8b7d2e1"))
@connected
def pause(client: Client, broadcast: Id, as_json: show.AsJson = False) -> None:
    """Stop sending until resumed. What is under way at this moment still arrives."""
    _told(client, client.post("v1", "broadcasts", broadcast, "pause"), False, as_json)


@app.command(
    epilog=show.examples(
        "rundruf broadcast resume 0c3k9f1aq8b7d2e1 --watch",
        "rundruf broadcast resume 0c3k9f1aq8b7d2e1 --scope failed",
        "rundruf broadcast resume 0c3k9f1aq8b7d2e1 --budget '80 EUR'",
    )
)
@connected
def resume(
    client: Client,
    broadcast: Id,
    scope: Annotated[
        str, typer.Option(help="pending: who is left; failed, unknown: these people again, too.")
    ] = "pending",
    twice: Annotated[
        bool, typer.Option("--twice", help="For unknown: yes, some of them may get it twice.")
    ] = False,
    budget: message.Budget = None,
    allow_unpriced: message.Unpriced = False,
    watch: Watch = False,
    as_json: show.AsJson = False,
) -> None:
    """Go on with what is paused, stopped or failed.

    After a canary that failed, everybody else gets it. --scope failed works for finished broadcasts, too.
    """
    if scope not in SCOPES:
        raise BadUse(f"--scope is one of {', '.join(SCOPES)}")
    asked = {"scope": scope, **({"confirm": TWICE} if twice else {})} if scope != "pending" else {}
    body = asked | words.budget(budget, allow_unpriced) or None
    _told(client, client.post("v1", "broadcasts", broadcast, "resume", body=body), watch, as_json)


@app.command(epilog=show.examples("rundruf broadcast cancel 0c3k9f1aq8b7d2e1"))
@connected
def cancel(client: Client, broadcast: Id, as_json: show.AsJson = False) -> None:
    """Stop for good. The figures stay."""
    _told(client, client.post("v1", "broadcasts", broadcast, "cancel"), False, as_json)


def _told(client: Client, told: dict[str, Any], watch: bool, as_json: bool) -> None:
    """The suite's answer; and then, if asked, the watching."""
    if watch:
        watching.watch(client, told["id"], as_json, EVERY)
    elif as_json:
        show.data(told)
    else:
        show.out().print(figures.view(told))
        if told["state"] not in (*figures.ENDED, "draft"):
            show.note(f"Watch it: rundruf broadcast watch {told['id']}", "dim")
