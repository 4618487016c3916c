"""The sandbox as a process: starting, stopping, keeping what it knows."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sandbox import demo_config
from sandbox.registry import kinds
from tests.sandbox.harness import ROOT, Receiver, environment, eventually, running

TEMPLATE = {"name": "table", "language": {"code": "de"}}


def test_people_log_and_receipts_outlive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    more = ("--log", str(tmp_path / "log.jsonl"), "--state", str(tmp_path / "state.json"))
    with running(tmp_path, receiver.url, *more) as sandbox:
        sandbox.does("whatsapp/491713920001", "text", text="Hallo")
        jonas = sandbox.phone("telegram", name="Jonas")
        sandbox.does(jonas, "open", link="https://t.me/testcafe_bot?start=x")
        sandbox.switch("whatsapp", delivered_ms=[60_000, 60_000])
        answer = sandbox.send(type="template", template=TEMPLATE, biz_opaque_callback_data="d-1")
        message_id = answer.json()["messages"][0]["id"]
        eventually(lambda: len(receiver.statuses(message_id)) == 1)
    assert not (tmp_path / "ready.json").exists()
    assert json.loads((tmp_path / "log.jsonl").read_text())["delivery"] == "d-1"
    with running(tmp_path, receiver.url, *more) as sandbox:
        assert sandbox.chat("whatsapp/491713920001")["messages"][0]["text"] == "Hallo"
        assert sandbox.send(type="text", text={"body": "x"}).status_code == 200
        user = jonas.partition("/")[2]
        assert sandbox.bot("sendMessage", chat_id=user, text="x").json()["ok"] is True
        assert [entry["n"] for entry in sandbox.log()] == [1, 2, 3]
        statuses = eventually(lambda: (found := receiver.statuses(message_id))[1:] and found)
        assert statuses[1]["status"] in ("delivered", "read")


def test_options_come_from_the_environment_too(tmp_path: Path) -> None:
    log = tmp_path / "oracle.jsonl"
    with running(tmp_path, "", env={"SANDBOX_LOG": str(log)}) as sandbox:
        sandbox.send(to="+491713920002", type="template", template=TEMPLATE)
        eventually(log.read_text)


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    sandbox = [sys.executable, "-m", "sandbox", "--ready-file", str(ready), "--with-parent"]
    starter = f"import subprocess, time; subprocess.Popen({sandbox!r}); time.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL
    )
    try:
        eventually(ready.exists)
        pid = json.loads(ready.read_text())["pid"]
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    eventually(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_taken_port_is_said_and_ends_it(tmp_path: Path, receiver: Receiver) -> None:
    port = receiver.url.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox", "--port", f"phones={port}"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 1
    assert "sandbox:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_configuration_is_said_by_field(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"telegram": [{"bot_token": "x", "secret_token": "y", "username": "zzzz"}]}')
    command = [sys.executable, "-m", "sandbox", "--config", str(config)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 1
    assert "telegram.0.bot_token" in ended.stderr


def test_the_demo_is_a_valid_configuration() -> None:
    demo = demo_config()
    assert {accounts[0].account for accounts in demo.accounts.values()} == {"main"}
    people = Counter(person.messenger for person in demo.people)
    assert set(people) == set(demo.accounts) == set(kinds())
    assert min(people.values()) >= 2


def test_it_starts_quickly(tmp_path: Path) -> None:
    begun = time.monotonic()
    with running(tmp_path, ""):
        assert time.monotonic() - begun < 5
