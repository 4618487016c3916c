"""The public address: a plain loopback server that hands calls to the engine's API, paths as on AWS.

Bodies, headers and queries pass byte for byte, since messengers sign what they send. The engine's own
addresses (``/_…``: reset, queues) are not reachable from here.
"""

import asyncio
import socket
import threading
from collections.abc import Iterable

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from local.settings import HOST

LARGEST_BODY = 10 * 1024 * 1024  # API Gateway's
LONGEST = 35
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class Front:
    """Serves on a bound socket from a thread of its own until ``stop``."""

    def __init__(self, sock: socket.socket, engine_port: int, api: str) -> None:
        self.sock, self.engine_port = sock, engine_port
        self.host = f"{api}.execute-api.{HOST}"
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="front", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.sock.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()
        self._up.wait(10)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(10)
        self.sock.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        timeout = ClientTimeout(total=LONGEST)
        options = {"timeout": timeout, "auto_decompress": False, "cookie_jar": DummyCookieJar()}
        async with ClientSession(**options) as self.session:  # type: ignore[arg-type]
            runner = web.ServerRunner(web.Server(self._hand_over, access_log=None), shutdown_timeout=2)
            await runner.setup()
            await web.SockSite(runner, self.sock).start()
            self._up.set()
            await self._over.wait()
            await runner.cleanup()

    async def _hand_over(self, request: web.BaseRequest) -> web.Response:
        if request.raw_path.startswith("/_"):
            return _said(404, "Not Found")
        body = bytearray()
        async for part in request.content.iter_any():
            body += part
            if len(body) > LARGEST_BODY:
                return _said(413, "Request Entity Too Large")
        target = URL(f"http://{HOST}:{self.engine_port}{request.raw_path}", encoded=True)
        headers = _passed(request.headers, {"host"})
        headers["Host"] = self.host
        try:
            async with self.session.request(
                request.method,
                target,
                headers=headers,
                data=bytes(body) if request.body_exists else None,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
                passed = _passed(answer.headers, {"content-length", "date", "server"})
                return web.Response(status=answer.status, headers=passed, body=content)
        except (ClientError, TimeoutError):
            return _said(503, "Service Unavailable")


def _passed(headers: CIMultiDictProxy[str], without: Iterable[str]) -> CIMultiDict[str]:
    left_out = HOP_BY_HOP | set(without)
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in left_out)


def _said(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
