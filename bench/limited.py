"""A messenger with a hard limit: never more than R calls in any second, 429 for each that is one too many.

    python bench/limited.py R     prints its port

GET /told gives how many calls were taken and refused, and the seconds from the first to the last one taken.
Time is that at which this process reads a call. Refused calls do not count against the limit.
"""

import asyncio
import json
import sys
import time
from collections import deque
from typing import Any

MEASURED_OVER = 1.0


class Limited(asyncio.Protocol):
    """One connection, kept; requests with a Content-Length."""

    rate = 0.0
    recent: deque[float] = deque()  # noqa: RUF012  # one log for all connections
    times: list[float] = []  # noqa: RUF012
    refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            self.transport.write(self._told() if head.startswith(b"get /told") else self._taken())

    def _taken(self) -> bytes:
        kind, now = Limited, time.monotonic()
        while kind.recent and kind.recent[0] <= now - MEASURED_OVER:
            kind.recent.popleft()
        if len(kind.recent) >= kind.rate:
            kind.refused += 1
            return _answer("429 Too Many Requests", {"ok": False, "error_code": 429})
        kind.recent.append(now)
        kind.times.append(now)
        return _answer("200 OK", {"ok": True})

    def _told(self) -> bytes:
        times = Limited.times
        took = times[-1] - times[0] if len(times) > 1 else 0.0
        return _answer("200 OK", {"taken": len(times), "refused": Limited.refused, "seconds": took})


def _answer(status: str, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content


async def main(rate: str) -> None:
    Limited.rate = float(rate)
    server = await asyncio.get_running_loop().create_server(Limited, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
