"""Programs that the run starts: tied to its life, with a log each, stopped in order."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local import tied
from local.settings import HOST, Refused

TAIL = 15


@dataclass
class Child:
    """A running program; ``patience`` is how long it may take to end, in seconds."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    patience: float

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        cwd: Path,
        patience: float = 10,
    ) -> "Child":
        """In a session of its own, so that Ctrl-C reaches only us and we stop everything in order."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-I", tied.__file__, *command],
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(name, process, log, patience)

    def died(self) -> str | None:
        """What to tell about an end that nobody asked for; None while it runs."""
        code = self.process.poll()
        if code is None:
            return None
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL:]
        return "\n".join([f"{self.name} ended by itself (exit code {code}); the end of {self.log}:", *lines])

    def stop(self) -> None:
        """SIGTERM, so that state is saved; SIGKILL only when patience is over."""
        self.process.terminate()
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until ``ready()`` is true; raises Refused if the program ends or takes too long."""
        end = time.monotonic() + seconds
        while not ready():
            if problem := self.died():
                raise Refused(problem)
            if time.monotonic() > end:
                raise Refused(f"{self.name} was not ready within {seconds:.0f} seconds; see {self.log}")
            time.sleep(0.05)


def bound(port: int, setting: str) -> socket.socket:
    """A listening socket on loopback; raises Refused for a taken port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise Refused(
            f"port {port} cannot be used ({error.strerror or error}): is a run going on already? "
            f"Another port can be given with {setting}."
        ) from None
    return sock


def free_port(wanted: int = 0) -> int:
    """The wanted port if it is free, else any free one."""
    for port in (wanted, 0):
        with contextlib.suppress(Refused), bound(port, "") as sock:
            return int(sock.getsockname()[1])
    raise Refused("no free port found")
