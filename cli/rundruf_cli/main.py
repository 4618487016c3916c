"""The `rundruf` command: its subjects, its global options, its exit codes."""

import time
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from rundruf import __version__
from rundruf_cli import (
    accounts,
    audit,
    broadcast,
    contacts,
    dead_letters,
    entry_points,
    explain,
    keys,
    ledger,
    newsletters,
    prices,
    profiles,
    report,
    retention,
    segments,
    show,
    suppressions,
    topics,
)
from rundruf_cli.api import Client
from rundruf_cli.connection import Given, Key, ProfileName, Url, address, connected, on_loopback
from rundruf_cli.failures import STOPPED, Failure

EPILOG = (
    "[bold]Exit codes[/]  0 done · 1 refused, or not as it should be · 2 wrong usage · 3 not reachable · "
    "130 stopped with Ctrl-C"
)


class Root(TyperGroup):
    """Says failures on stderr and ends with their exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Failure as failed:
            show.failure(failed)
            raise typer.Exit(failed.code) from None
        except KeyboardInterrupt:
            show.note("Stopped.")
            raise typer.Exit(STOPPED) from None


app = typer.Typer(
    cls=Root,
    name="rundruf",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    pretty_exceptions_short=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _version(asked: bool) -> None:
    if asked:
        print(f"rundruf {__version__}")
        raise typer.Exit


@app.callback()
@show.reflowed
def root(
    ctx: typer.Context,
    url: Url = None,
    key: Key = None,
    profile: ProfileName = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Talk to people on the messengers they use, only with their consent.

    The suite is found by --url and --key, or RUNDRUF_URL and RUNDRUF_API_KEY, or a profile of `login`,
    or the local run (`make run`) of this folder.
    """
    ctx.obj = Given(url, key, profile)


@app.command(epilog=show.examples("rundruf health", "rundruf health --url http://127.0.0.1:8000 --json"))
@connected
def health(client: Client, as_json: show.AsJson = False) -> None:
    """Is the suite there and ready? Needs no key."""
    began = time.perf_counter()
    told = client.get("v1", "health", open_to_all=True)
    took = round((time.perf_counter() - began) * 1000)
    if as_json:
        show.data({**told, "url": client.url, "ms": took})
    else:
        show.pairs({"address": client.url, "status": told["status"], "version": told["version"], "ms": took})


@app.command(
    epilog=show.examples(
        "rundruf login https://abc123.execute-api.eu-central-1.amazonaws.com",
        "rundruf login http://127.0.0.1:8000 --profile local",
        "rundruf --profile local health",
    )
)
@show.reflowed
def login(
    url: Annotated[str, typer.Argument(help="Address of the suite.", show_default=False)],
    profile: Annotated[str, typer.Option(help="Name to save it under.")] = profiles.DEFAULT,
) -> None:
    """Save a suite's address and API key.

    The key is asked for without echo (or read from a pipe), tried, and kept in your config folder in a file
    that only you can read.
    """
    place = address(url)
    if urlsplit(place).scheme == "http" and not on_loopback(place):
        show.note("This address is not encrypted: everybody on the way can read the key.", "yellow")
    key = show.secret("API key")
    with Client(place, key) as client:
        topics = client.get("v1", "topics")["topics"]
        accounts = client.get("v1", "accounts")["accounts"]
    profiles.save(profile, profiles.Profile(place, key))
    show.done(f"Saved as profile {profile!r} in {profiles.place()}")
    show.note(_there(accounts, topics))


def _there(accounts: list[dict[str, Any]], topics: list[dict[str, Any]]) -> str:
    """What a suite holds, or what to do first where it holds nothing."""
    if not accounts:
        return "No accounts yet: `rundruf accounts add telegram/main` makes the first one."
    if not topics:
        return "No topics yet: `rundruf topics add news --name de=Neues --name en=News` makes the first one."
    names = ", ".join(one["id"] for one in accounts)
    return f"There: accounts {names}; topics {', '.join(one['id'] for one in topics)}."


@app.command(epilog=show.examples("rundruf logout", "rundruf logout --profile local"))
def logout(
    profile: Annotated[str, typer.Option(help="Name of the profile.")] = profiles.DEFAULT,
) -> None:
    """Forget a saved suite. The key stays valid; `rundruf keys delete` ends it."""
    profiles.forget(profile)
    show.done(f"Profile {profile!r} is forgotten")


@app.command("profiles", epilog=show.examples("rundruf profiles", "rundruf profiles --json"))
def saved(as_json: show.AsJson = False) -> None:
    """Which suites are saved. Keys are not shown."""
    known = {name: one.url for name, one in sorted(profiles.every().items())}
    if as_json:
        show.data({"profiles": [{"name": name, "url": url} for name, url in known.items()]})
    else:
        show.table(("profile", "address"), known.items(), "No profiles yet; `rundruf login URL` saves one.")


app.command(epilog=explain.EPILOG)(explain.explain)
app.command(epilog=audit.EPILOG)(audit.audit)
app.command(epilog=retention.EPILOG)(retention.retention)
for subject in (
    accounts,
    topics,
    entry_points,
    contacts,
    segments,
    broadcast,
    newsletters,
    report,
    prices,
    ledger,
    suppressions,
    keys,
    dead_letters,
):
    app.add_typer(subject.app)
