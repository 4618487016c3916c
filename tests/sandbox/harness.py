"""A sandbox of its own for the tests, and the business's side of the webhooks."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from sandbox.registry import FOLDERS

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0

CONFIG: dict[str, Any] = {
    "business": "Testcafé",
    "webhooks": {"retries": [0.05, 0.1, 0.2, 0.2], "timeout": 5},
    "whatsapp": [
        {
            "account": "main",
            "phone_number_id": "10650001",
            "number": "+493023125001",
            "app_secret": "main-secret",
            "access_token": "main-token",
            "verify_token": "main-verify",
            "waba_id": "777",
            "title": "Testcafé",
            "templates": [
                {
                    "name": "autumn",
                    "language": "de",
                    "parameters": 1,
                    "body": "Hallo {{1}} 🍂",
                    "buttons": [{"text": "Mehr"}, {"text": "Laden", "url": "https://shop.example/{{1}}"}],
                },
                {"name": "table", "language": "de", "category": "UTILITY", "body": "Ihr Tisch ist frei."},
                {"name": "paused", "language": "de", "status": "PAUSED", "body": "Pause."},
                {
                    "name": "code",
                    "language": "de",
                    "category": "AUTHENTICATION",
                    "parameters": 1,
                    "body": "Ihr Code ist {{1}}.",
                },
                {"name": "pictured", "language": "de", "header": "image", "body": "Schau!"},
            ],
        },
        {
            "account": "second",
            "phone_number_id": "10650002",
            "number": "+493023125002",
            "app_secret": "second-secret",
            "access_token": "second-token",
            "verify_token": "second-verify",
            "waba_id": "778",
        },
    ],
    "telegram": [
        {
            "account": "main",
            "bot_token": "123456:TEST-token-that-opens-nothing",
            "secret_token": "telegram-secret",
            "username": "testcafe_bot",
        }
    ],
    "people": [{"messenger": "whatsapp", "user": "+491713920001", "name": "Anna Berger"}],
}


for _folder in FOLDERS:
    _place = Path(__file__).parent / "configs" / f"{_folder}.json"
    if _place.exists():
        _more = json.loads(_place.read_bytes())
        CONFIG["people"] += _more.pop("people", [])
        CONFIG |= _more


@dataclass(frozen=True)
class Call:
    """One webhook as it arrived; header names in lower case, ``at`` in seconds."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """The business's webhook address; ``answers`` are given first, then 200 for ever.

    ``bodies`` go out with the next answers, one with each; the others are empty.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        self.bodies: deque[bytes] = deque()
        self.challenge: Callable[[str], tuple[int, str]] = lambda path: (403, "")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.calls.append(Call(self.path, headers, body, time.monotonic()))
                status, more = receiver.answers.popleft() if receiver.answers else (200, {})
                self._answer(status, receiver.bodies.popleft() if receiver.bodies else b"", more)

            def do_GET(self) -> None:
                status, text = receiver.challenge(self.path)
                self._answer(status, text.encode(), {})

            def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def clear(self) -> None:
        self.calls.clear()
        self.answers.clear()
        self.bodies.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def statuses(self, message_id: str) -> list[dict[str, Any]]:
        """All receipts of a message that arrived so far, in order."""
        return [
            status
            for call in list(self.calls)
            for entry in call.json.get("entry", [])
            for change in entry["changes"]
            for status in change["value"].get("statuses", [])
            if status["id"] == message_id
        ]


def eventually(condition: Callable[[], Any]) -> Any:
    """The first true value of ``condition``; fails if none comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


class Sandbox:
    """A running sandbox; ``api`` speaks to its phones server."""

    def __init__(self, ready: dict[str, Any], process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.urls: dict[str, str] = {name: told for name, told in ready.items() if name != "pid"}
        self.whatsapp: str = ready["whatsapp"]
        self.telegram: str = ready["telegram"]
        self.phones: str = ready["phones"]
        self.http = requests.Session()

    def api(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        answer = self.http.request(method, self.phones + path, json=body, timeout=PATIENCE)
        if status is None:
            assert answer.ok, answer.text
        else:
            assert answer.status_code == status, answer.text
        return answer.json()

    def phone(self, messenger: str, **wanted: Any) -> str:
        """A new phone; its path below /api/phones."""
        path: str = self.api("POST", "/api/phones", {"messenger": messenger, **wanted})["id"]
        return path

    def does(self, phone: str, act: str, **body: Any) -> Any:
        return self.api("POST", f"/api/phones/{phone}/{act}", {"wait": True, **body})

    def chat(self, phone: str, account: str = "main") -> Any:
        return self.api("GET", f"/api/phones/{phone}/chat?account={account}")

    def switch(self, messenger: str, **switches: Any) -> None:
        self.api("PATCH", f"/api/accounts/{messenger}/main", switches)

    def log(self, **query: Any) -> list[dict[str, Any]]:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        entries: list[dict[str, Any]] = self.api("GET", f"/api/log?{words}")
        return entries

    def send(
        self, to: str | None = "+491713920001", token: str = "main-token", **body: Any
    ) -> requests.Response:
        """A send to the fake WhatsApp from its main number."""
        whole = {"messaging_product": "whatsapp", "to": to, **body}
        return self.http.post(
            f"{self.whatsapp}/v25.0/10650001/messages",
            json={name: value for name, value in whole.items() if value is not None},
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )

    def bot(self, method: str, **parameters: Any) -> requests.Response:
        token = CONFIG["telegram"][0]["bot_token"]
        return self.http.post(f"{self.telegram}/bot{token}/{method}", json=parameters, timeout=PATIENCE)


def environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of another sandbox that may be running."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")} | more


@contextlib.contextmanager
def running(folder: Path, webhooks: str, *more: str, env: dict[str, str] | None = None) -> Iterator[Sandbox]:
    """A sandbox process on free ports with files in ``folder``; stopped with SIGTERM."""
    config, ready = folder / "config.json", folder / "ready.json"
    config.write_text(json.dumps(CONFIG))
    command = [sys.executable, "-m", "sandbox", "--config", str(config), "--ready-file", str(ready)]
    process = subprocess.Popen(
        [*command, "--webhooks", webhooks, "--with-parent", *more], cwd=ROOT, env=environment(**(env or {}))
    )
    try:
        eventually(lambda: ready.exists() or process.poll() is not None)
        sandbox = Sandbox(json.loads(ready.read_text()), process)
        yield sandbox
        sandbox.http.close()
    finally:
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0
