"""One asyncio loop in a thread: the drill's messengers and fault proxies live in it."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
HOST = "127.0.0.1"
LONGEST_HEAD = 64 * 1024


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Started at first use; ends with the process."""
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="drill", daemon=True).start()
    return made


def done(work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
    """What the work gives, waited for from outside the loop."""
    return asyncio.run_coroutine_threadsafe(work, loop()).result(seconds)


@dataclass(frozen=True, slots=True)
class Asked:
    """One HTTP request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reset(Exception):
    """Cut the connection instead of answering."""


@dataclass
class Server:
    """An HTTP/1.1 server on loopback; ``answer`` gives status, headers and body, or raises Reset."""

    answer: Callable[[Asked], Awaitable[tuple[int, dict[str, str], bytes]]]
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        done(self._start())

    def stop(self) -> None:
        """Nobody answers any more; the port stays ours to come back to."""
        done(self._stop())

    async def _start(self) -> None:
        self._server = await asyncio.start_server(
            self._connected, HOST, self.port, limit=LONGEST_HEAD, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (asked := await read(reader)) is not None:
                status, headers, body = await self.answer(asked)
                writer.write(written(f"HTTP/1.1 {status} Told", headers, body))
                await writer.drain()
        except (Reset, OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def read(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection; None at its end."""
    try:
        first, headers = _head(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = first.split(" ", 2)
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer of a connection."""
    first, headers = _head(await reader.readuntil(b"\r\n\r\n"))
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b"".join([part async for part in _chunks(reader)])
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(first.split(" ", 2)[1]), headers, body


async def _chunks(reader: asyncio.StreamReader) -> Any:
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


def _head(raw: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}


def written(first: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request or an answer as it goes over the line."""
    kept = {
        name: value
        for name, value in headers.items()
        if name not in ("transfer-encoding", "connection", "content-length")
    }
    lines = [first, *(f"{name}: {value}" for name, value in kept.items()), f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
