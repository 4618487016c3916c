"""Saved connections: ``profiles.json`` in the user's config folder, readable by the user only."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import typer

from rundruf_cli.failures import BadUse, Refused

DEFAULT = "default"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Profile:
    """An address and its API key."""

    url: str
    key: str = field(repr=False)


def place() -> Path:
    """Where the profiles are kept."""
    return Path(typer.get_app_dir("rundruf")) / "profiles.json"


def every() -> dict[str, Profile]:
    """All saved profiles by name; raises Refused for a file that cannot be read."""
    try:
        stored = json.loads(place().read_text(encoding="utf-8"))
        return {name: Profile(one["url"], one["key"]) for name, one in stored.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused(f"{place()} cannot be read; remove it and run `rundruf login URL` again.") from None


def named(name: str) -> Profile:
    """One profile; raises BadUse."""
    known = every()
    if name not in known:
        said = ", ".join(sorted(known)) or "none yet"
        raise BadUse(
            f"There is no profile {name!r} (known: {said}). `rundruf login URL --profile {name}` makes it."
        )
    return known[name]


def offered(incomplete: str) -> list[tuple[str, str]]:
    """What the Tab key offers: names with their addresses."""
    try:
        return [(name, one.url) for name, one in every().items() if name.startswith(incomplete)]
    except Refused:
        return []


def save(name: str, profile: Profile) -> None:
    """Keep a profile under a name, in place of the one that had it."""
    _write({**every(), name: profile})


def forget(name: str) -> None:
    """Remove a profile; raises BadUse."""
    named(name)
    _write({other: profile for other, profile in every().items() if other != name})


def _write(profiles: dict[str, Profile]) -> None:
    """Written beside and moved into place, so that a crash leaves the old file; 0600 from the first byte."""
    file = place()
    stored = {name: {"url": one.url, "key": one.key} for name, one in profiles.items()}
    file.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(stored, out, indent=2)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
