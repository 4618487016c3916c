"""A suite that is played: an HTTP server on loopback with recorded answers, which keeps what it was asked."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel

from rundruf.api.problems import Problem


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is sent back; ``drop`` closes the connection without a word."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


Played = Answer | Callable[[Asked], Answer]
DROP = Answer(drop=True)


def told(model: BaseModel, status: int = 200) -> Answer:
    """An answer in the form that the API's own models give it."""
    return Answer(status, model.model_dump(mode="json"))


def problem(kind: str, detail: str, errors: list[tuple[str, str]] | None = None) -> Answer:
    """An error as the API says it."""
    said = Problem(kind, detail, errors or ())
    return Answer(said.status, said.body(), {"Content-Type": "application/problem+json"})


class Suite:
    """Answers each call by what was recorded for it, one after the other; the last one again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._played: dict[str, list[Played]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def plays(self, call: str, *answers: Played) -> None:
        """``call`` is like ``GET /v1/topics``."""
        self._played[call] = list(answers)

    @property
    def calls(self) -> list[str]:
        return [one.call for one in self.asked]

    def forget(self) -> None:
        self.asked.clear()
        self._played.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        played = self._played.get(asked.call)
        if not played:
            return problem("not-found", f"nothing is recorded for {asked.call}")
        one = played.pop(0) if len(played) > 1 else played[0]
        return one if isinstance(one, Answer) else one(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        suite = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _play(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(parts.query))
                body = self.rfile.read(length)
                answer = suite.answer(Asked(self.command, parts.path, query, headers, body))
                if answer.drop:
                    self.close_connection = True
                    return
                content = b"" if answer.body is None else _bytes(answer.body)
                with suppress(ConnectionError):  # the command may have been stopped meanwhile
                    self._send(answer, content)

            def _send(self, answer: Answer, content: bytes) -> None:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _play  # noqa: N815 - the names that http.server calls

            def log_message(self, format: str, *arguments: object) -> None:
                """Quiet."""

        return Handler


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
