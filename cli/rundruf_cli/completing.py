"""What the Tab key offers besides commands and options: names that the suite knows, if it answers at once.

People are not offered: they are many, and their names belong on no screen by accident.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import typer

from rundruf_cli.api import Client
from rundruf_cli.connection import Given, connection
from rundruf_cli.failures import Failure

Offer = tuple[str, str]
"""A value and what is said beside it, in shells that show that."""
NEWEST = 30
OBEYED = re.compile(r"[^\w .,:@/+-]")


def account(ctx: typer.Context, incomplete: str) -> list[Offer]:
    return _offered(ctx, incomplete, lambda ask: ((one["id"], one["address"]) for one in ask("accounts")))


def topic(ctx: typer.Context, incomplete: str) -> list[Offer]:
    return _offered(
        ctx, incomplete, lambda ask: ((one["id"], ", ".join(one["name"].values())) for one in ask("topics"))
    )


def segment(ctx: typer.Context, incomplete: str) -> list[Offer]:
    return _offered(ctx, incomplete, lambda ask: ((one["id"], one["name"]) for one in ask("segments")))


def newsletter(ctx: typer.Context, incomplete: str) -> list[Offer]:
    return _offered(ctx, incomplete, lambda ask: ((one["id"], one["name"]) for one in ask("newsletters")))


def broadcast(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """The newest ones."""
    return _offered(
        ctx,
        incomplete,
        lambda ask: (
            (one["id"], f"{one['name']}, {one['state']}") for one in ask("broadcasts", limit=NEWEST)
        ),
    )


def messenger(incomplete: str) -> list[Offer]:
    from rundruf.messengers import MESSENGERS

    return _fitting(((name, "") for name in MESSENGERS), incomplete)


def _offered(
    ctx: typer.Context, incomplete: str, read: Callable[[Callable[..., Any]], Iterable[Offer]]
) -> list[Offer]:
    """What ``read`` finds in lists of the suite; nothing where it does not answer at once."""
    try:
        found = connection(_given(ctx).over(_given(ctx.find_root())))
        with Client(found.url, found.key, hurry=True) as client:
            return _fitting(read(lambda name, **more: client.get("v1", name, **more)[name]), incomplete)
    except (Failure, KeyError, TypeError):
        return []


def _given(ctx: Any) -> Given:
    return Given(*(ctx.params.get(name) for name in ("url", "key", "profile")))


def _fitting(offers: Iterable[Offer], incomplete: str) -> list[Offer]:
    """Those that begin so, without anything that a shell could obey: some evaluate what they are offered."""
    return [
        (value, OBEYED.sub("", said))
        for value, said in offers
        if value.startswith(incomplete) and not OBEYED.search(value)
    ]
