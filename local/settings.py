"""What the local run is asked for: flags first, then the environment, then defaults."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
REGION = "eu-central-1"
STACK = "rundruf-local"
PORT = 8000


class Refused(Exception):
    """The run cannot go on; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Settings:
    """``port`` 0 takes free ones; ``key`` "" makes one; ``once`` is a command to run against the suite."""

    port: int
    data: Path
    key: str
    sandbox: bool
    fresh: bool
    auth: bool
    once: tuple[str, ...]
    engine_port: int = 0
    template: Path = ROOT / "template.yaml"
    functions: Path = ROOT

    @classmethod
    def read(cls, arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises Refused for what cannot be; argparse ends the program for unknown flags."""
        flags = _flags().parse_args(arguments)
        port = flags.port if flags.port is not None else _number(environment, "RUNDRUF_PORT", PORT)
        sandbox = environment.get("RUNDRUF_SANDBOX", "on").lower()
        if sandbox not in ("on", "off"):
            raise Refused(f"RUNDRUF_SANDBOX is {sandbox!r}; it can be on or off")
        return cls(
            port=_port("RUNDRUF_PORT", port),
            data=Path(flags.data or environment.get("RUNDRUF_DATA") or ROOT / ".rundruf").resolve(),
            key=environment.get("RUNDRUF_API_KEY", "").strip(),
            sandbox=sandbox == "on",
            fresh=flags.fresh,
            auth=flags.auth,
            once=tuple(flags.once or ()),
            engine_port=_port("RUNDRUF_ENGINE_PORT", _number(environment, "RUNDRUF_ENGINE_PORT", 0)),
            template=Path(flags.template).resolve(),
            functions=Path(flags.template).resolve().parent,
        )


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Runs the whole suite on this machine until Ctrl-C.",
        epilog="Environment: RUNDRUF_PORT, RUNDRUF_DATA, RUNDRUF_API_KEY, RUNDRUF_SANDBOX=off, "
        "RUNDRUF_ENGINE_PORT.",
    )
    parser.add_argument("--port", type=int, help=f"public port (default {PORT}; 0 takes a free one)")
    parser.add_argument("--data", help="folder of the state (default .rundruf)")
    parser.add_argument("--fresh", action="store_true", help="forget the kept data first")
    parser.add_argument("--auth", action="store_true", help="enforce the template's permissions (IAM)")
    parser.add_argument("--template", default=str(ROOT / "template.yaml"), help=argparse.SUPPRESS)
    parser.add_argument(
        "--once",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="run a command against the suite, then stop with its exit code; takes the rest of the line",
    )
    return parser


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal():
        raise Refused(f"{name} is {value!r}; it must be a port number")
    return int(value)


def _port(name: str, port: int) -> int:
    if not 0 <= port <= 65_535:
        raise Refused(f"{name} is {port}; a port is a number from 0 to 65535")
    return port
