"""``python -m sandbox``: the messengers on loopback, with simulated phones."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sandbox.config import Config, demo, demo_config
from sandbox.registry import kinds
from sandbox.suite import PHONES, Options, run

PR_SET_PDEATHSIG = 1


def main(
    *,
    port: Annotated[
        list[str] | None,
        typer.Option(
            help="Port of a messenger's server or of the phones' page, as name=number; where none is given, "
            "here or in SANDBOX_<NAME>, a free one.",
        ),
    ] = None,
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
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Prints the demo's configuration, to be changed, and ends.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option(envvar="SANDBOX_WITH_PARENT", help="Ends when the starting process does (Linux).")
    ] = False,
) -> None:
    """Plays messengers on 127.0.0.1 until Ctrl-C, with simulated phones on a page of their own."""
    if show_config:
        print(json.dumps(demo(), ensure_ascii=False, indent=2))
        return
    if with_parent:
        _end_with_parent()
    options = Options(_ports(port or []), webhooks, ready_file, log, state)
    try:
        asyncio.run(run(Config.read(config) if config else demo_config(), options))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SystemExit(f"{config}: {where}: {first['msg']}") from None
    except OSError as problem:
        raise SystemExit(f"sandbox: {problem}") from None


def _ports(given: list[str]) -> dict[str, int]:
    """Ports by name from the environment and from ``--port name=number``, which wins."""
    names = [*kinds(), PHONES]
    variables = {name: os.environ.get(f"SANDBOX_{name.upper()}", "") for name in names}
    wanted = {name: value for name, value in variables.items() if value}
    for one in given:
        name, _, value = one.partition("=")
        if name not in names:
            raise SystemExit(f"sandbox: --port {one}: there is {', '.join(names)}")
        wanted[name] = value
    for name, value in wanted.items():
        if not value.isdecimal() or int(value) > 65535:
            raise SystemExit(f"sandbox: the port of {name} is {value!r}; a number from 0 to 65535 is needed")
    return {name: int(value) for name, value in wanted.items()}


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
