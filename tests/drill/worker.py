"""The drill's worker: a process that has loaded the doors and forks one child for each invocation.

Commands and answers are JSON over a socket (``python worker.py FD LOG``). A command names a door of
functions/ with its event, or a flow; it brings its environment, how far the clock is ahead, and what is
planted. The child dies of SIGKILL as a Lambda process would: nothing is cleaned up.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
LOADED = (
    "rundruf.aws.wire",
    "rundruf.aws.http",
    "rundruf.aws.events",
    "rundruf.aws.logs",
    "rundruf.aws.wiring",
    "rundruf.flows.inbound",
    "rundruf.flows.newsletter",
    "rundruf.flows.planning",
    "rundruf.flows.receipts",
    "rundruf.flows.receiving",
    "rundruf.flows.sending",
    "rundruf.flows.pages",
    "rundruf.flows.unsubscribe",
    "rundruf.messengers.line",
    "rundruf.messengers.telegram",
    "rundruf.messengers.whatsapp",
    "tests.drill.plants",
)


class Context:
    """What a door may ask of Lambda."""

    function_name = "drill"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:drill"
    aws_request_id = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def __init__(self, left: float) -> None:
        self.end = time.monotonic() * 1000 + left

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self.end - time.monotonic() * 1000))


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    log = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for name in LOADED:
        importlib.import_module(name)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    children: dict[int, int] = {}
    line.send(b'{"ready": true}')
    while True:
        wanted: list[Any] = [line, woken]
        ready = select.select(wanted, [], [])[0]
        if woken in ready:
            os.read(woken, 512)
            _buried(line, children)
        if line in ready:
            raw = line.recv(1_000_000)
            if not raw:
                break
            command = json.loads(raw)
            child = os.fork()
            if child == 0:
                _born(line, log, command)
            children[child] = command["id"]
            line.send(json.dumps({"id": command["id"], "pid": child}).encode())
    for child in children:
        os.kill(child, signal.SIGKILL)


def _buried(line: socket.socket, children: dict[int, int]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        line.send(json.dumps({"id": children.pop(child), "ended": status}).encode())


def _born(line: socket.socket, log: int, command: dict[str, Any]) -> None:
    """One invocation, in a child of its own."""
    signal.set_wakeup_fd(-1)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    status = 1
    try:
        began = time.monotonic()
        answer = told(command)
        line.send(
            json.dumps(
                {"id": command["id"], "answer": answer, "began": began, "at": time.monotonic()}
            ).encode()
        )
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def told(command: dict[str, Any]) -> Any:
    """What the door or the flow gives."""
    from rundruf.aws import wiring
    from tests.drill import plants

    os.environ.clear()
    os.environ.update(command["env"])
    ahead = command["ahead"]
    wiring.now = lambda: time.time_ns() // 1_000_000 + ahead
    for name in command["plants"]:
        getattr(plants, name)(**command.get("with", {}))
    if "door" in command:
        return door(command["door"]).handler(command["event"], Context(command["left"]))
    made = wiring.Wiring()
    services = made.services(made.environment.business(), lambda *_, **__: None)
    return str(getattr(plants, command["flow"])(services, *command["given"]))


def door(name: str) -> ModuleType:
    path = ROOT / "functions" / name / "app.py"
    spec = spec_from_file_location(f"functions.{name}.app", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
