"""lock → front's port → engine → template.yaml → front → key → sandbox → health → demo → until Ctrl-C."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import IO

from local import demo, deploy, engine, keys, show
from local.children import Child, bound, free_port
from local.front import Front
from local.settings import ROOT, Refused, Settings
from sandbox import demo_config
from sandbox.registry import kinds
from sandbox.suite import PHONES

KEPT_WHEN_FRESH = ("builds", "lock")
SANDBOX_READY = 30


class Stopped(BaseException):
    """SIGINT or SIGTERM; ``args[0]`` is which."""


class Suite:
    """Everything that runs; ``environment`` is what a command needs to use it."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self.settings, self.stack = settings, stack
        self.children: list[Child] = []
        self.sandbox: dict[str, str] = {}
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Raises Refused with what to do about it."""
        settings = self.settings
        config = demo_config()
        sock = self.stack.enter_context(bound(settings.port, "RUNDRUF_PORT"))
        url = f"http://{sock.getsockname()[0]}:{sock.getsockname()[1]}"
        with show.step("Engine"):
            aws = engine.start(settings)
            self._stopped_at_the_end(aws.child)
        with show.step("template.yaml on the engine"):
            standing = deploy.deploy(aws, settings, deploy.parameters_of(settings, url, config.business))
        front = Front(sock, aws.port, standing.resources["HttpApi"])
        front.start()
        self.stack.callback(front.stop)
        key = keys.kept(settings.data, settings.key)
        keys.admit(aws.client("dynamodb"), standing.outputs["TableName"], key)
        if settings.sandbox:
            with show.step("Sandbox"):
                self._start_sandbox(url)
        api = demo.Api(url, key)
        with show.step("Health"):
            api.ready()
        entries = []
        if settings.sandbox:
            with show.step(f"Demo business {config.business}"):
                entries = demo.load(api, config, self.sandbox)
        deploy.poll(aws, standing)
        self.environment = {
            "RUNDRUF_URL": url,
            "RUNDRUF_API_KEY": key,
            "RUNDRUF_DATA": str(settings.data),
            "RUNDRUF_ENGINE_URL": aws.url,
            "RUNDRUF_TABLE": standing.outputs["TableName"],
            **{f"SANDBOX_{name.upper()}_URL": address for name, address in self.sandbox.items()},
        }
        if self.sandbox:
            self.environment["SANDBOX_URL"] = self.sandbox[PHONES]
            self.environment["SANDBOX_LOG_FILE"] = str(settings.data / "sandbox.jsonl")
        self._tell_where(url)
        if not settings.once:
            show.ready(url, key, self.sandbox, entries, settings.data)

    def watch(self) -> None:
        """Returns never; raises Refused when something we started ends by itself."""
        while True:
            self._alive()
            time.sleep(0.5)

    def once(self) -> int:
        """The exit code of the command that the suite was started for."""
        command = subprocess.Popen([*self.settings.once], env={**os.environ, **self.environment})
        try:
            while (code := command.poll()) is None:
                self._alive()
                time.sleep(0.1)
            return code
        finally:
            if command.poll() is None:
                command.terminate()
                command.wait()

    def _tell_where(self, url: str) -> None:
        """For the `rundruf` command, while the run goes on; the key lies beside it."""
        told = self.settings.data / "run.json"
        told.write_text(json.dumps({"url": url, **self.sandbox}))
        self.stack.callback(told.unlink, missing_ok=True)

    def _alive(self) -> None:
        for child in self.children:
            if problem := child.died():
                raise Refused(problem)

    def _start_sandbox(self, url: str) -> None:
        data = self.settings.data
        ready = data / "sandbox-ready.json"
        ready.unlink(missing_ok=True)
        ports = self._sandbox_ports()
        command = [sys.executable, "-m", "sandbox", "--webhooks", url, "--with-parent"]
        for name, port in ports.items():
            command += ["--port", f"{name}={port}"]
        for option, file in {
            "--ready-file": ready,
            "--log": data / "sandbox.jsonl",
            "--state": data / "phones.json",
        }.items():
            command += [option, str(file)]
        kept = {name: os.environ[name] for name in engine.KEPT if name in os.environ}
        child = Child.start("sandbox", command, kept, data / "logs" / "sandbox.log", ROOT)
        self._stopped_at_the_end(child)
        child.until(ready.exists, SANDBOX_READY)
        told = json.loads(ready.read_text())
        self.sandbox = {name: told[name] for name in ports}

    def _sandbox_ports(self) -> dict[str, int]:
        """The ones after the public port where they are free, so that addresses stay the same."""
        names = (PHONES, *kinds())
        if not self.settings.port:
            return dict.fromkeys(names, 0)
        return {name: free_port(self.settings.port + 1 + place) for place, name in enumerate(names)}

    def _stopped_at_the_end(self, child: Child) -> None:
        self.children.append(child)
        self.stack.callback(child.stop)


def run(settings: Settings) -> int:
    """The exit code of the whole run; everything it started has ended when it returns."""
    begun = False
    try:
        with _signals(), _locked(settings) as stack:
            suite = Suite(settings, stack)
            suite.start()
            begun = True
            if settings.once:
                return suite.once()
            suite.watch()
    except Refused as refused:
        show.problem(str(refused))
        return 1
    except Stopped as stopped:
        return 0 if begun and not settings.once else 128 + int(stopped.args[0])
    return 0


@contextmanager
def _locked(settings: Settings) -> Iterator[ExitStack]:
    """The data folder for us alone; on leaving, all is stopped in the reverse order of starting."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "lock").open("w") as lock:
        _lock(lock, settings)
        if settings.fresh:
            _forget(settings)
        try:
            with ExitStack() as stack:
                try:
                    yield stack
                finally:
                    _hold_signals()
                    show.note("Stopping; the data is being saved …")
        finally:
            show.note(f"Stopped. The data is in {settings.data}.")


def _lock(lock: IO[str], settings: Settings) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(
            f"a run with the data of {settings.data} is going on already; stop it first, "
            "or give another folder with RUNDRUF_DATA and another port with RUNDRUF_PORT"
        ) from None


def _forget(settings: Settings) -> None:
    for path in settings.data.iterdir():
        if path.name in KEPT_WHEN_FRESH:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _signals() -> Iterator[None]:
    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hold_signals() -> None:
    """Saving takes a moment and must not be cut off by a second Ctrl-C."""

    def patience(_: int, __: FrameType | None) -> None:
        show.note("Still saving; one moment …")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, patience)
