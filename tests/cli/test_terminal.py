"""The command as a process: colours, live view, Ctrl-C, completion, and what starting it costs."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import typer

from rundruf.api.models import AccountList
from rundruf_cli.main import app
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import DROP, Answer, Asked, Suite, told

COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3|4|9)[0-8][;m]")
PATH = f"/v1/broadcasts/{made.broadcast().id}"
COMMAND = (sys.executable, "-m", "rundruf_cli")


def test_a_terminal_gets_colours_and_no_color_is_obeyed(terminal: Any, suite: Suite) -> None:
    suite.plays(f"GET {PATH}", told(made.broadcast()))
    shown = terminal("broadcast", "show", made.broadcast().id).read()
    assert COLOUR.search(shown)
    assert "1,180 sent" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    without = terminal("broadcast", "show", made.broadcast().id, NO_COLOR="1").read()
    assert not COLOUR.search(without)


def test_a_pipe_gets_neither_colours_nor_a_progress_bar(
    given: dict[str, str], suite: Suite, tmp_path: Path
) -> None:
    suite.plays(f"GET {PATH}", told(made.broadcast("finished")))
    for command in ("show", "watch"):
        arguments = [*COMMAND, "broadcast", command, made.broadcast().id]
        done = subprocess.run(arguments, env=given, cwd=tmp_path, capture_output=True, check=True, timeout=30)
        assert b"\x1b" not in done.stdout + done.stderr


def test_the_live_view_goes_on_to_the_end(terminal: Any, suite: Suite) -> None:
    states = [made.broadcast(), made.broadcast(figures=made.figures(sent=1540, pending=400))]
    suite.plays(f"GET {PATH}", *(told(one) for one in states), told(made.broadcast("finished")))
    watching = terminal("broadcast", "watch", made.broadcast().id, "--every", "0.3")
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", watching.read())
    assert "/s · 0:" in shown
    assert "2,000 of 2,000" in shown
    assert watching.process.wait(10) == 0


def test_ctrl_c_ends_the_watching_and_not_the_broadcast(terminal: Any, suite: Suite) -> None:
    suite.plays(f"GET {PATH}", told(made.broadcast()))
    watching = terminal("broadcast", "watch", made.broadcast().id)
    watching.read(until="1,180 sent")
    watching.process.send_signal(signal.SIGINT)
    assert "the broadcast goes on" in watching.read()
    assert watching.process.wait(10) == 130
    assert set(suite.calls) == {f"GET {PATH}"}


def test_a_key_is_asked_for_without_echo(terminal: Any, suite: Suite) -> None:
    suite.plays("GET /v1/topics", Answer(body={"topics": []}))
    suite.plays("GET /v1/accounts", Answer(body={"accounts": []}))
    login = terminal("login", suite.url)
    login.read(until="API key: ")
    time.sleep(0.1)
    os.write(login.master, b"rr_typed-by-hand\n")
    assert "rr_typed" not in login.read()
    assert login.process.wait(10) == 0
    assert suite.asked[0].headers["authorization"] == "Bearer rr_typed-by-hand"


def test_what_a_person_does_not_confirm_is_not_done(terminal: Any, suite: Suite) -> None:
    erasing = terminal("contacts", "erase", made.ANNA)
    erasing.read(until="[y/N]")
    os.write(erasing.master, b"n\n")
    erasing.read()
    assert erasing.process.wait(10) == 1
    assert suite.asked == []


def test_an_import_shows_how_far_it_is(terminal: Any, suite: Suite, tmp_path: Path) -> None:
    counts = {"imported": 1, "updated": 0, "refused": 0, "suppressed": 0, "lines": []}
    suite.plays("POST /v1/contacts/import", Answer(body=counts))
    (tmp_path / "people.csv").write_text("messenger,account,user_id\nwhatsapp,main,1\n")
    shown = terminal("contacts", "import", "people.csv").read()
    assert "1/1" in shown
    assert "1 new" in shown


def commands() -> list[tuple[str, ...]]:
    """Every command and every subject."""
    found: list[tuple[str, ...]] = [()]
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        found.append((name,))
        found += [(name, below) for below in getattr(command, "commands", {})]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_and_an_example(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert result.stderr == ""
    subject = any(other[: len(command)] == command and other != command for other in commands())
    if not subject:
        assert f"$ rundruf {' '.join(command)}" in result.stdout


def test_help_is_for_narrow_terminals_too(run: Run) -> None:
    assert run("contacts", "import", "--help", env={"COLUMNS": "40"}).exit_code == 0


def test_completion_knows_the_commands(given: dict[str, str], tmp_path: Path) -> None:
    asked = {
        "_RUNDRUF_COMPLETE": "complete_bash",
        "COMP_WORDS": "rundruf broad",
        "COMP_CWORD": "1",
    }
    code = "from rundruf_cli.main import app; app(prog_name='rundruf')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**given, **asked},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    assert done.stdout.split() == ["broadcast"]


def test_what_only_some_commands_need_is_not_imported(given: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import json, sys; import rundruf_cli.main;"
        "print(json.dumps([one for one in sys.argv[1:] if one in sys.modules]))"
    )
    unwanted = [
        "boto3",
        "botocore",
        "segno",
        "requests",
        "pydantic",
        "rich.progress",
        "aws_lambda_powertools",
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *unwanted],
        env=given,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert json.loads(done.stdout) == []


def test_help_loads_only_what_draws_it(given: dict[str, str], tmp_path: Path) -> None:
    """What talks to a suite is loaded by the command that does; --help and the Tab key stay quick."""
    code = (
        "import sys; from rundruf_cli.main import app; app(['--help'], standalone_mode=False); "
        "print('loaded', *{one.partition('.')[0] for one in sys.modules}, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=given, cwd=tmp_path, capture_output=True, check=True, text=True, timeout=60
    )
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("loaded ")]
    heavy = {"requests", "urllib3", "ssl", "boto3", "botocore", "pydantic", "pycurl", "jinja2"}
    assert heavy.isdisjoint(told.split())


class TestOffers:
    """What the Tab key offers behind a command."""

    def offered(self, given: dict[str, str], tmp_path: Path, line: str, shell: str = "bash") -> str:
        asked = {"_RUNDRUF_COMPLETE": f"complete_{shell}", "COMP_WORDS": line, "_TYPER_COMPLETE_ARGS": line}
        env = {**given, **asked, "COMP_CWORD": str(len(line.split(" ")) - 1)}
        code = "from rundruf_cli.main import app; app(prog_name='rundruf')"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=env, cwd=tmp_path, capture_output=True, check=False, text=True, timeout=30,
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout

    def test_accounts(self, given: dict[str, str], tmp_path: Path, suite: Suite) -> None:
        listed = [made.account(), made.account(id="line/main")]
        suite.plays("GET /v1/accounts", told(AccountList(accounts=listed)))
        assert self.offered(given, tmp_path, "rundruf accounts show w").split() == ["whatsapp/main"]
        assert self.offered(given, tmp_path, "rundruf broadcast new --account l").split() == ["line/main"]

    def test_broadcasts_by_their_ids(self, given: dict[str, str], tmp_path: Path, suite: Suite) -> None:
        line = {"id": "0c3k9f1aq8b7d2e1", "name": "Autumn", "state": "sending"}
        suite.plays("GET /v1/broadcasts", Answer(body={"broadcasts": [line], "cursor": None}))
        assert self.offered(given, tmp_path, "rundruf broadcast pause ").split() == [line["id"]]
        given = {**given, "RUNDRUF_URL": "http://127.0.0.1:9"}
        behind = f"rundruf --url {suite.url} broadcast pause "
        assert self.offered(given, tmp_path, behind).split() == [line["id"]]

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_no_name_is_obeyed_by_a_shell(
        self, given: dict[str, str], tmp_path: Path, suite: Suite, shell: str
    ) -> None:
        evil = r'\$(touch here)`touch here`"\'; touch here #' + "\x1b["
        lines = [{"id": "a1", "name": evil, "state": "x"}, {"id": "$(touch here)", "name": "", "state": "x"}]
        suite.plays("GET /v1/broadcasts", Answer(body={"broadcasts": lines, "cursor": None}))
        given["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
        shown = self.offered(given, tmp_path, "rundruf broadcast show ", shell)
        assert "a1" in shown
        assert not set("$`\x1b#") & set(shown)

    def test_a_suite_that_does_not_answer_at_once_offers_nothing(
        self, given: dict[str, str], tmp_path: Path, suite: Suite
    ) -> None:
        suite.plays("GET /v1/accounts", DROP)
        assert self.offered(given, tmp_path, "rundruf accounts show ").strip() == ""
        assert suite.calls == ["GET /v1/accounts"]


def test_the_manual_names_every_command() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    named: set[tuple[str, ...]] = set()
    for written in re.findall(r"^\| (`.*?`(?:, `.*?`)*) \|", manual, re.MULTILINE):
        for one in re.findall(r"`([^`]+)`", written):
            subject, _, below = one.replace("\\|", "|").partition(" ")
            named.add((subject,))
            named |= {(subject, each) for each in below.split(" ")[0].split("|") if each.islower()}
    assert [" ".join(one) for one in commands() if one and one not in named] == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("contacts", "export", "--out", "all.csv"), "The same command goes on where it was."),
        (("contacts", "list"), "Stopped."),
    ],
    ids=["export", "list"],
)
def test_ctrl_c_ends_anything_in_words(
    terminal: Any, suite: Suite, command: tuple[str, ...], said: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hangs(asked: Asked) -> Answer:
        begun.set()
        go_on.wait(10)
        return Answer(body={"contacts": [], "cursor": None})

    suite.plays("GET /v1/contacts", hangs)
    started = terminal(*command)
    assert begun.wait(20)
    started.process.send_signal(signal.SIGINT)
    assert said in started.read()
    go_on.set()
    assert started.process.wait(10) == 130
    assert "Traceback" not in started.shown
