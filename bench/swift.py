"""The whole suite in two processes: every door here, on a table and queues in memory, and the sandbox beside.

For audiences that the local engine takes hours for. The doors are the ones that run on AWS, called with AWS's
events; what plays AWS is tests/support/memory.py, which is held to what the engine answers.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from local import demo
from rundruf.aws.calls import AwsError
from rundruf.aws.wiring import Wiring, now
from rundruf.core.tokens import Keys
from rundruf.flows.services import Steps
from sandbox import demo_config
from tests.api.client import http_event
from tests.support.memory import TABLE, Letter, Memory
from tests.support.template import REGION, ROOT, Template

WORKERS = {"plan": 1, "send": 6, "inbox": 1, "receipts": 1}
DOORS = {"plan": "broadcast"}
BATCH = {"inbox": 10, "receipts": 1_000}
INVOCATION = 60_000
AGAIN = 5_000  # ms after which what failed comes again
TICK = 5.0
KEYS = Keys("1", {"1": "k" * 64})
URLS = {"PLAN_URL": "plan", "SEND_URL": "send", "INBOX_URL": "inbox", "RECEIPTS_URL": "receipts"}


class Shared(Memory):
    """One at a time."""

    def __init__(self) -> None:
        super().__init__(now)
        self.lock = threading.RLock()

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "DescribeTable":
            return {"Table": {"TableId": TABLE}}
        with self.lock:
            return super().call(service, operation, body)

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        return [self._told(service, operation, one) for one in bodies]

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        yield from ()
        return self._told(service, operation, json.loads(body) if isinstance(body, bytes) else body)

    def received(self, queue: str, most: int) -> list[Letter]:
        """Up to so many messages that may be seen now, taken off the queue."""
        with self.lock:
            moment = self.now()
            ready = [one for one in self.letters if one.queue == queue and one.visible <= moment][:most]
            taken = {one.number for one in ready}
            self.letters = [one for one in self.letters if one.number not in taken]
        return ready

    def returned(self, letters: Sequence[Letter]) -> None:
        with self.lock:
            for one in letters:
                one.visible = self.now() + AGAIN
                self.letters.append(one)


@dataclass
class Invocation:
    """What Lambda tells a door of itself."""

    end: float
    function_name: str = "door"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:door"
    aws_request_id: str = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self.end - time.monotonic() * 1000))


class Business:
    """Doors by name, and the threads that call them."""

    def __init__(self) -> None:
        self.aws, self.over = Shared(), threading.Event()
        self.threads: list[threading.Thread] = []
        template = Template.load()
        stood: dict[str, Any] = {"aws": self.aws, "keys": lambda _: KEYS}
        for name, value in stood.items():
            setattr(Wiring, name, value)
        self.doors = {
            name: _door(
                name,
                template.environment(name)
                | URLS
                | {"TABLE": TABLE, "LOG_LEVEL": "WARNING", "POWERTOOLS_LOG_LEVEL": "WARNING"},
            )
            for name in ("api", "webhook", "click", "newsletter", "inbox", "receipts", "send", "broadcast")
        }
        self.address = template.environment("api")["PUBLIC_URL_PARAMETER"]

    def asked(self, door: str, event: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.doors[door].handler(
            event, Invocation(time.monotonic() * 1000 + INVOCATION)
        )
        return answer

    def start(self) -> None:
        for queue, count in WORKERS.items():
            for _ in range(count):
                self._thread(lambda queue=queue: self._work(queue))  # type: ignore[misc]
        self._thread(self._ticks)

    def _thread(self, work: Callable[[], None]) -> None:
        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()

    def _work(self, queue: str) -> None:
        while not self.over.is_set():
            letters = self.aws.received(queue, BATCH.get(queue, 1))
            if not letters:
                self.over.wait(0.1)
                continue
            records = [
                {
                    "messageId": str(one.number),
                    "body": one.body,
                    "attributes": {"MessageGroupId": one.group} if one.group else {},
                }
                for one in letters
            ]
            told = self.asked(DOORS.get(queue, queue), {"Records": records})
            failed = {one["itemIdentifier"] for one in told["batchItemFailures"]}
            self.aws.returned([one for one in letters if str(one.number) in failed])

    def _ticks(self) -> None:
        while not self.over.wait(TICK):
            self.asked("newsletter", {})


def _door(name: str, environment: Mapping[str, str]) -> ModuleType:
    os.environ.update({"AWS_DEFAULT_REGION": REGION, **environment})
    spec = spec_from_file_location(f"functions.{name}.app", ROOT / "functions" / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _handler(business: Business) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = dict(self.headers.items())
            kind, _, rest = self.path.partition("?")[0].strip("/").partition("/")
            door = {"webhooks": "webhook", "r": "click"}.get(kind, "api")
            names = {"webhook": ("messenger", "account"), "click": ("token",)}.get(door, ())
            parameters = dict(zip(names, rest.split("/"), strict=False))
            body = self.rfile.read(size) if size else None
            event = http_event(self.command, self.path, body, headers=headers, parameters=parameters)
            event["requestContext"]["timeEpoch"] = now()
            told = business.asked(door, event)
            sent = (told.get("body") or "").encode()
            self.send_response(told["statusCode"])
            several = (told.get("multiValueHeaders") or {}).items()
            for name, value in [*(told.get("headers") or {}).items(), *((k, v[0]) for k, v in several)]:
                self.send_header(name, str(value))
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Front, f"do_{method}", Front.answer)
    return Front


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """The suite as the environment that tests/e2e want."""
    business = Business()
    with Server(("127.0.0.1", 0), _handler(business)) as server, TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        business.aws.parameters[business.address] = url
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "sandbox", "--webhooks", url, "--with-parent"]
        sandbox = subprocess.Popen(
            [*command, "--ready-file", str(ready)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            while not ready.exists():
                time.sleep(0.1)
            fakes = {name: told for name, told in json.loads(ready.read_text()).items() if name != "pid"}
            business.start()
            demo.load(demo.Api(url, "any"), demo_config(), fakes)
            yield {"RUNDRUF_URL": url, "RUNDRUF_API_KEY": "any", "SANDBOX_URL": fakes["phones"]}
        finally:
            business.over.set()
            sandbox.terminate()
            sandbox.wait()
            server.shutdown()
