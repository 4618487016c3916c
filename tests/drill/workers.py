"""The harness's side of tests/drill/worker.py: invocations that can be watched, waited for and killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.drill.worker import ROOT

PATIENCE = 120


@dataclass
class Job:
    """One invocation; ``status`` is waitpid's, ``answer`` what the door gave, ``at`` when (monotonic)."""

    id: int
    answer: Any = None
    began: float = 0
    at: float = 0
    status: int | None = None
    _pid: int = 0
    _born: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def pid(self) -> int:
        if not self._born.wait(PATIENCE):
            raise TimeoutError("no worker")
        return self._pid

    @property
    def over(self) -> bool:
        return self._ended.is_set()

    @property
    def killed(self) -> bool:
        return self.status == signal.SIGKILL

    def signal(self, what: int = signal.SIGKILL) -> None:
        with contextlib.suppress(ProcessLookupError):
            if not self.over:
                os.kill(self.pid, what)

    def wait(self, seconds: float = PATIENCE) -> Any:
        """The door's answer; None for a worker that died."""
        if not self._ended.wait(seconds):
            self.signal()
            raise TimeoutError(f"a worker took more than {seconds} s")
        return self.answer


class Workers:
    """The process that forks invocations; ``log`` gathers what all of them write."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.any_ended = threading.Condition()
        self._jobs: dict[int, Job] = {}
        self._numbers = count(1)
        self._ready = threading.Event()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for one in (ours, theirs):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
        path = os.pathsep.join(str(ROOT / part) for part in ("layers/common", "cli", "."))
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "tests/drill/worker.py"), str(theirs.fileno()), str(log)],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
            )
        theirs.close()
        self._line = ours
        threading.Thread(target=self._listen, name="workers", daemon=True).start()
        if not self._ready.wait(30):
            raise TimeoutError(f"the worker did not start; see {log}")

    def begin(self, command: dict[str, Any]) -> Job:
        job = Job(next(self._numbers))
        self._jobs[job.id] = job
        self._line.send(json.dumps(command | {"id": job.id}).encode())
        return job

    def stop(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        while True:
            try:
                raw = self._line.recv(1_000_000)
            except OSError:
                return
            if not raw:
                return
            self._heard(json.loads(raw))

    def _heard(self, said: dict[str, Any]) -> None:
        if "ready" in said:
            self._ready.set()
            return
        job = self._jobs[said["id"]]
        if "pid" in said:
            job._pid = said["pid"]
            job._born.set()
        elif "ended" in said:
            job.status = said["ended"]
            del self._jobs[job.id]
            job._ended.set()
            with self.any_ended:
                self.any_ended.notify_all()
        else:
            job.answer, job.began, job.at = said["answer"], said["began"], said["at"]
