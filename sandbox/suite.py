"""Starts and stops everything the sandbox plays."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.config import Config
from sandbox.control import Control
from sandbox.fake import Fake, Stage, picture_id
from sandbox.hooks import Hooks
from sandbox.oracle import Oracle
from sandbox.registry import kinds
from sandbox.world import World, write_state

HOST = "127.0.0.1"
PHONES = "phones"
STATS_SECONDS = 0.5
SAVE_SECONDS = 5
SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a run was asked for; ``ports`` by messenger and for "phones", where none is given a free one."""

    ports: Mapping[str, int] = field(default_factory=dict)
    webhooks: str = ""
    ready_file: Path | None = None
    log: Path | None = None
    state: Path | None = None


class Suite:
    """One run of the sandbox: a server for each messenger and one for the phones."""

    def __init__(self, config: Config, options: Options) -> None:
        self.options = options
        self.stage = Stage(World(), Oracle(options.log), Hooks(config.webhooks), _pictures())
        self.stage.base = options.webhooks.rstrip("/")
        self.stage.hooks.address = self.stage.address
        self.fakes: dict[str, Fake] = {
            name: kind.make(config.accounts[name], self.stage) for name, kind in kinds().items()
        }
        self.control = Control(config.business, config.people, self.stage, self.fakes)
        self.urls = self.stage.urls
        self._runners: list[web.AppRunner] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listens on every port; raises OSError if one is taken."""
        await self.stage.hooks.start()
        self._load()
        self.control.settle()
        apps = {name: fake.app() for name, fake in self.fakes.items()}
        for name, app in {**apps, PHONES: self.control.app()}.items():
            self.urls[name] = await self._listen(app, self.options.ports.get(name, 0))
        self._tasks = [asyncio.create_task(self._tell_stats()), asyncio.create_task(self._save_often())]
        if self.options.ready_file is not None:
            write_state(self.options.ready_file, {**self.urls, "pid": os.getpid()})

    async def _listen(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, HOST, port, backlog=1024).start()
        return f"http://{HOST}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stops listening, keeps the state, drops what is still on its way."""
        for task in self._tasks:
            task.cancel()
        for queue in self.stage.world.listeners:
            queue.put_nowait(None)
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))
        self._save()
        await self.stage.hooks.stop()
        self.stage.oracle.close()
        if self.options.ready_file is not None:
            self.options.ready_file.unlink(missing_ok=True)

    async def _tell_stats(self) -> None:
        told: dict[str, Any] = {}
        while True:
            await asyncio.sleep(STATS_SECONDS)
            if self.stage.world.listeners and (fresh := self.control.stats()) != told:
                told = fresh
                self.stage.world.tell(told)

    async def _save_often(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if self.stage.world.dirty:
                self._save()

    def _save(self) -> None:
        if self.options.state is None:
            return
        self.stage.world.dirty = False
        kept = {name: fake.saved() for name, fake in self.fakes.items()}
        write_state(self.options.state, {**self.stage.world.saved(), "under_way": kept})

    def _load(self) -> None:
        if self.options.state is None or not self.options.state.exists():
            return
        state = json.loads(self.options.state.read_bytes())
        self.stage.world.restore(state)
        for name, fake in self.fakes.items():
            fake.restore(state.get("under_way", {}).get(name, []))


async def run(config: Config, options: Options) -> dict[str, str]:
    """Plays until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    suite = Suite(config, options)
    try:
        await suite.start()
        for name, url in suite.urls.items():
            print(f"{name:10} {url}", flush=True)
        await ended.wait()
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await suite.stop()
    return suite.urls


def _pictures() -> dict[str, tuple[str, bytes]]:
    """The built-in pictures, by file name for a message's address and by id for a person's upload."""
    pictures: dict[str, tuple[str, bytes]] = {}
    for one in (files("sandbox") / "pictures").iterdir():
        if one.name.endswith(".jpg"):
            pictures[one.name] = pictures[picture_id(one.name)] = ("image/jpeg", one.read_bytes())
    return pictures
