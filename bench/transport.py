"""Our transport beside requests and http.client: CPU for 1,000 sends over TLS, 32 in flight, warm.

    python bench/transport.py      prints a table and writes it into bench/RESULTS.md

Each client makes the same JSON body for each person, posts it and reads the message id out of the answer. All
of them run in turns in one process against the same stand-in in another, so that ratios come from one run.
"""

import http.client
import json
import ssl
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

import pycurl  # noqa: E402
import requests  # noqa: E402
from requests.adapters import HTTPAdapter  # noqa: E402

from bench.results import write  # noqa: E402
from bench.stand import Stand, machine, standing  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.messengers.contract import Request  # noqa: E402

IN_FLIGHT = 32
PEOPLE = 256
ROUNDS = 15
PATH = "/v25.0/106540352242922/messages"
HEADERS = {"Authorization": f"Bearer EAA{'x' * 60}", "Content-Type": "application/json"}
Client = Callable[[list[str]], list[str]]


def body(to: str) -> bytes:
    parameters = [{"type": "text", "text": "Anna"}]
    template = {
        "name": "weekly_recipes",
        "language": {"code": "de"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    message = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
    return json.dumps(message | {"type": "template", "template": template}).encode()


def message_id(answer: bytes) -> str:
    return str(json.loads(answer)["messages"][0]["id"])


def ours(stand: Stand) -> Client:
    sender = CurlHttp(stand.authority)

    def send(people: list[str]) -> list[str]:
        sent: list[str] = []
        for start in range(0, len(people), IN_FLIGHT):
            window = people[start : start + IN_FLIGHT]
            answers = sender.window([Request("POST", stand.url + PATH, HEADERS, body(to)) for to in window])
            sent += [message_id(answer.body) for answer in answers]
        return sent

    return send


def bare(stand: Stand) -> Client:
    """libcurl with nothing around it: no deadlines, headers, errors or other methods."""
    multi, idle = pycurl.CurlMulti(), [pycurl.Curl() for _ in range(IN_FLIGHT)]
    for handle in idle:
        handle.setopt(pycurl.URL, stand.url + PATH)
        handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
        handle.setopt(pycurl.CAINFO, stand.authority)

    def send(people: list[str]) -> list[str]:
        waiting, running, sent = list(people), dict[Any, BytesIO](), list[str]()
        while waiting or running:
            while waiting and idle:
                handle = idle.pop()
                running[handle] = answer = BytesIO()
                handle.setopt(pycurl.POSTFIELDS, body(waiting.pop()))
                handle.setopt(pycurl.WRITEDATA, answer)
                multi.add_handle(handle)
            multi.perform()
            ended = multi.info_read()[1]
            for handle in ended:
                sent.append(message_id(running.pop(handle).getvalue()))
                multi.remove_handle(handle)
                idle.append(handle)
            if running and not ended:
                multi.select(1.0)
        return sent

    return send


def with_requests(stand: Stand) -> Client:
    session, pool = requests.Session(), ThreadPoolExecutor(IN_FLIGHT)
    session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=IN_FLIGHT))
    session.verify, session.trust_env = stand.authority, False

    def one(to: str) -> str:
        return message_id(session.post(stand.url + PATH, data=body(to), headers=HEADERS, timeout=10).content)

    return lambda people: list(pool.map(one, people))


def with_http_client(stand: Stand) -> Client:
    pool, kept = ThreadPoolExecutor(IN_FLIGHT), threading.local()
    trusted = ssl.create_default_context(cafile=stand.authority)

    def one(to: str) -> str:
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPSConnection(
                urlsplit(stand.url).netloc, timeout=10, context=trusted
            )
        kept.connection.request("POST", PATH, body(to), HEADERS)
        return message_id(kept.connection.getresponse().read())

    return lambda people: list(pool.map(one, people))


def bodies_only(_: Stand) -> Client:
    """The part that no client can save: JSON out and in."""
    answer = b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.HBgLNDkxNzA"}]}'
    return lambda people: [message_id(answer) for to in people if body(to)]


CLIENTS: dict[str, Callable[[Stand], Client]] = {
    "ours (libcurl, windows of 32)": ours,
    "libcurl with nothing around it": bare,
    "http.client, 32 threads": with_http_client,
    "requests, 32 threads": with_requests,
    "(JSON alone)": bodies_only,
}


def measured(stand: Stand) -> dict[str, list[float]]:
    """CPU seconds for 1,000 sends by client and round; the one that opens connections is left out."""
    clients = {name: made(stand) for name, made in CLIENTS.items()}
    people = [f"4915112{number:06}" for number in range(PEOPLE)]
    used: dict[str, list[float]] = {name: [] for name in clients}
    for number in range(ROUNDS + 1):
        for name, client in clients.items():
            began = time.process_time()
            assert len(client(people)) == PEOPLE
            if number:
                used[name].append((time.process_time() - began) / PEOPLE * 1000)
    return used


def main(arguments: list[str]) -> None:
    with standing(tls=True) as stand:
        used = measured(stand)
    middle = {name: statistics.median(values) for name, values in used.items()}
    least = next(iter(middle.values()))
    lines = [
        machine(),
        "",
        "| client, over TLS | CPU s for 1,000 sends | min to max | against ours |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {middle[name]:.4f} | {min(values):.4f} to {max(values):.4f} "
            f"| {middle[name] / least:.1f} |"
            for name, values in used.items()
        ),
    ]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("transport", "The HTTP part of a send", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
