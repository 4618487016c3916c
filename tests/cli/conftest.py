"""The command against a played suite, away from the user's own profiles and folders."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rundruf_cli import api
from rundruf_cli.main import app
from tests.cli.suite import Suite

KEY = "rr_the-key-that-nobody-may-see-0123456789"
Run = Callable[..., Result]
PATIENCE = 30
# The command as a process that hears Ctrl-C even where whoever runs the tests ignores it, as background jobs
# do.
HEARING = (
    sys.executable,
    "-c",
    "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('rundruf_cli', run_name='__main__')",
)


@pytest.fixture(scope="session")
def one_suite() -> Iterator[Suite]:
    suite = Suite()
    yield suite
    suite.close()


@pytest.fixture
def suite(one_suite: Suite) -> Suite:
    one_suite.forget()
    return one_suite


@pytest.fixture
def environment(tmp_path: Path, suite: Suite) -> dict[str, str | None]:
    """What the command sees: a suite, its key, an empty config folder, no colours."""
    return {
        "RUNDRUF_URL": suite.url,
        "RUNDRUF_API_KEY": KEY,
        "RUNDRUF_PROFILE": None,
        "RUNDRUF_DATA": str(tmp_path / "data"),
        "RUNDRUF_PORT": None,
        "RUNDRUF_TABLE": None,
        "RUNDRUF_ENGINE_URL": None,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LC_ALL": "en_GB.UTF-8",
        "NO_COLOR": "1",
    }


@pytest.fixture
def run(environment: dict[str, str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in an empty folder; the API key is in nothing that any command prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "WAITS", (0.01, 0.01, 0.01))
    monkeypatch.setattr(api, "RUNNING_WAIT", 0.01)

    def ran(*arguments: str, input: str = "", env: Mapping[str, str | None] | None = None) -> Result:
        result = CliRunner().invoke(app, arguments, input=input, env={**environment, **(env or {})})
        assert KEY not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return ran


@pytest.fixture
def given(environment: dict[str, str | None], tmp_path: Path) -> dict[str, str]:
    """The environment of a process on a colourful terminal."""
    merged = {**os.environ, **environment, "TERM": "xterm-256color", "COLUMNS": "120", "NO_COLOR": None}
    merged["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return {name: value for name, value in merged.items() if value is not None}


class Terminal:
    """A command on a pseudo terminal."""

    def __init__(self, arguments: tuple[str, ...], env: dict[str, str], cwd: Path) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*HEARING, *arguments], stdin=slave, stdout=slave, stderr=slave, env=env, cwd=cwd
        )
        os.close(slave)
        self.shown = ""

    def read(self, until: str | None = None) -> str:
        """All that is shown, up to and with a text; fails where nothing comes for PATIENCE seconds."""
        while until is None or until not in self.shown:
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, f"nothing more came after {self.shown[-200:]!r}"
            try:
                piece = os.read(self.master, 65_536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not piece:
                break
            self.shown += piece.decode(errors="replace")
        return self.shown

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal(given: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    opened: list[Terminal] = []

    def start(*arguments: str, **more: str) -> Terminal:
        opened.append(Terminal(arguments, {**given, **more}, tmp_path))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
