"""Which suite a command talks to: options, then the environment, then a profile, then a local run."""

import functools
import inspect
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

import typer

from rundruf_cli import profiles, show
from rundruf_cli.api import Client
from rundruf_cli.failures import BadUse

PANEL = "Connection"
Url = Annotated[
    str | None,
    typer.Option("--url", help="Address of the suite. [dim]\\[env: RUNDRUF_URL][/]", rich_help_panel=PANEL),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        help="API key; better in the environment or a profile, where other users cannot see it. "
        "[dim]\\[env: RUNDRUF_API_KEY][/]",
        rich_help_panel=PANEL,
    ),
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="A connection saved by `rundruf login`. [dim]\\[env: RUNDRUF_PROFILE][/]",
        rich_help_panel=PANEL,
        autocompletion=profiles.offered,
    ),
]
DATA_FOLDER = ".rundruf"
KEY_FILE = "api-key"
RUN_FILE = "run.json"
ENGINE_FILE = "engine-port"
HOST, PORT = "127.0.0.1", 8000
LOOPBACK = ("127.0.0.1", "localhost", "::1")

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say; None where they are silent."""

    url: str | None = None
    key: str | None = field(default=None, repr=False)
    profile: str | None = None

    def over(self, other: "Given") -> "Given":
        """These options, and the others where these are silent."""
        return Given(self.url or other.url, self.key or other.key, self.profile or other.profile)


@dataclass(frozen=True, slots=True)
class Connection:
    """An address, its key ("" where none is known) and where they come from."""

    url: str
    key: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class LocalRun:
    """A suite of `make run`: address and key, and the address of its engine ("" where not told)."""

    url: str
    key: str = field(repr=False)
    engine: str = ""


def connection(given: Given) -> Connection:
    """Where to go; raises BadUse if nothing says it.

    A saved key goes only to the address it was saved with.
    """
    environment = _environment()
    key = given.key or environment.key or ""
    if given.url:
        return Connection(address(given.url), key or _key_of(address(given.url)), "--url")
    if given.profile:
        return _of_profile(given.profile, given.key or "")
    if environment.url:
        return Connection(address(environment.url), key or _key_of(address(environment.url)), "RUNDRUF_URL")
    if environment.profile:
        return _of_profile(environment.profile, key)
    if profiles.DEFAULT in profiles.every():
        return _of_profile(profiles.DEFAULT, key)
    local = local_run()
    if local is None:
        raise BadUse(
            "No suite is known. Start one here (`make run`), save one (`rundruf login URL`), "
            "or give --url and --key."
        )
    return Connection(local.url, key or local.key, "the local run")


def connected(command: Callable[Concatenate[Client, P], None]) -> Callable[..., None]:
    """A command that gets a client of the suite, and takes --url, --key and --profile for it."""

    @functools.wraps(command)
    def called(
        *arguments: Any,
        ctx: typer.Context,
        url: str | None,
        key: str | None,
        profile: str | None,
        **options: Any,
    ) -> None:
        asked = Given(url, key, profile).over(ctx.find_root().obj or Given())
        found = connection(asked)
        with Client(found.url, found.key) as client:
            command(client, *arguments, **options)

    own = list(inspect.signature(command).parameters.values())[1:]
    named = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter("ctx", named, annotation=typer.Context),
        *(
            inspect.Parameter(name, named, default=None, annotation=kind)
            for name, kind in (("url", Url), ("key", Key), ("profile", ProfileName))
        ),
    ]
    shown = [one.replace(kind=named) for one in own] + shared
    del called.__wrapped__  # else typer reads the command's own signature
    called.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    called.__doc__ = show.flowing(command.__doc__)
    called.__annotations__ = {one.name: one.annotation for one in shown}
    return called


def address(url: str) -> str:
    """An address without its last slash; raises BadUse for what is none."""
    parts = urlsplit(url.strip())
    try:
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.query or parts.fragment:
        raise BadUse("An address looks like https://abc123.execute-api.eu-central-1.amazonaws.com")
    return url.strip().rstrip("/")


def on_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def local_run() -> "LocalRun | None":
    """The suite that `make run` started from this folder or one above it; None where there is none."""
    for folder in _data_folders():
        try:
            key = (folder / KEY_FILE).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            continue
        url = _kept_address(folder) or f"http://{HOST}:{os.environ.get('RUNDRUF_PORT') or PORT}"
        if key and on_loopback(url):
            return LocalRun(url, key, _engine(folder))
    return None


def _kept_address(folder: Path) -> str:
    try:
        told = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        return address(told["url"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadUse):
        return ""


def _engine(folder: Path) -> str:
    try:
        return f"http://{HOST}:{int((folder / ENGINE_FILE).read_text(encoding='utf-8'))}"
    except (OSError, ValueError):
        return ""


def _data_folders() -> Iterator[Path]:
    named = os.environ.get("RUNDRUF_DATA")
    if named:
        yield Path(named)
        return
    here = Path.cwd()
    yield from (folder / DATA_FOLDER for folder in (here, *here.parents))


def _environment() -> Given:
    read = os.environ.get
    return Given(read("RUNDRUF_URL"), read("RUNDRUF_API_KEY"), read("RUNDRUF_PROFILE"))


def _of_profile(name: str, key: str) -> Connection:
    profile = profiles.named(name)
    return Connection(profile.url, key or profile.key, f"profile {name}")


def _key_of(url: str) -> str:
    """The key saved with this very address, or ""."""
    local = local_run()
    if local and local.url == url:
        return local.key
    return next((one.key for one in profiles.every().values() if one.url == url), "")
