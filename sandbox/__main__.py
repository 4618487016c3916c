"""``python -m sandbox``: the messengers on loopback, with simulated phones."""

import asyncio
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sandbox.config import Config, demo_config
from sandbox.suite import Options, run

PR_SET_PDEATHSIG = 1


def main(
    *,
    whatsapp: Annotated[
        int,
        typer.Option(
            envvar="SANDBOX_WHATSAPP", min=0, max=65535, help="Port of WhatsApp; 0 takes a free one."
        ),
    ] = 0,
    telegram: Annotated[
        int,
        typer.Option(
            envvar="SANDBOX_TELEGRAM", min=0, max=65535, help="Port of Telegram; 0 takes a free one."
        ),
    ] = 0,
    phones: Annotated[
        int, typer.Option(envvar="SANDBOX_PHONES", min=0, max=65535, help="Port of the phones' page and API.")
    ] = 0,
    webhooks: Annotated[
        str,
        typer.Option(
            envvar="SANDBOX_WEBHOOKS",
            help="Webhooks go to {this}/webhooks/{messenger}/{account}; without it nobody is told.",
        ),
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option(envvar="SANDBOX_CONFIG", help="Accounts and people (JSON); a demo without it."),
    ] = None,
    ready_file: Annotated[
        Path | None,
        typer.Option(envvar="SANDBOX_READY_FILE", help="Gets the addresses once all servers listen."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(envvar="SANDBOX_LOG", help="The oracle's log, JSON lines, continued.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(envvar="SANDBOX_STATE", help="Keeps people and chats over a restart.")
    ] = None,
    with_parent: Annotated[
        bool, typer.Option(envvar="SANDBOX_WITH_PARENT", help="Ends when the starting process does (Linux).")
    ] = False,
) -> None:
    """Plays messengers on 127.0.0.1 until Ctrl-C, with simulated phones on a page of their own."""
    if with_parent:
        _end_with_parent()
    options = Options(whatsapp, telegram, phones, webhooks, ready_file, log, state)
    try:
        asyncio.run(run(Config.read(config) if config else demo_config(), options))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SystemExit(f"{config}: {where}: {first['msg']}") from None
    except OSError as problem:
        raise SystemExit(f"sandbox: {problem}") from None


def _end_with_parent() -> None:
    """SIGTERM when the parent dies, even if it is killed; elsewhere than on Linux nothing happens."""
    parent = os.getppid()
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


if __name__ == "__main__":
    typer.run(main)
