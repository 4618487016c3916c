"""What a recipient's way is spent on: each part of it by itself, and what of it nobody can save.

    python bench/parts.py          prints a table and writes it into bench/RESULTS.md

The parts are the functions that the sender calls, with what a window of the benchmark gives them; each is run
many times over and the quickest round counts, since the machine's other work only ever adds. The transport is
measured against the stand-in in another process. Floors: the same JSON out and in, the same hashes, and
libcurl driven with nothing around it.
"""

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

import pycurl  # noqa: E402

from bench.business import services  # noqa: E402
from bench.mock import answer  # noqa: E402
from bench.paper import Paper  # noqa: E402
from bench.results import write  # noqa: E402
from bench.send import chunk  # noqa: E402
from bench.stand import Stand, machine, standing  # noqa: E402
from rundruf.aws.contacts import TableContacts, _claimed  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.aws.table import updated  # noqa: E402
from rundruf.aws.wire import Wire, read  # noqa: E402
from rundruf.core.chunk import SIZE, WINDOW, fresh, mark_of  # noqa: E402
from rundruf.flows import claiming  # noqa: E402
from rundruf.flows.attempt import Run, Version  # noqa: E402
from rundruf.flows.personalise import Personaliser  # noqa: E402
from rundruf.flows.sending import Told  # noqa: E402
from rundruf.flows.services import SendTask, Services  # noqa: E402
from rundruf.messengers import messenger  # noqa: E402
from rundruf.messengers.contract import Answer, Request  # noqa: E402

ROUNDS = 40
TIMES = 200
CHUNKS = 20
Part = tuple[str, Callable[[], object], Callable[[], object] | None]


def quickest(part: Callable[[], object]) -> float:
    """µs of CPU that a call takes, at best."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(TIMES):
            part()
        best = min(best, time.thread_time() - began)
    return best / TIMES * 1e6


def a_run(given: Services) -> Run:
    """An attempt as flows.sending makes it, for one of the stand-in's chunks."""
    task = SendTask("b1", "0-1", "telegram/main")
    found, part = given.broadcasts.get(task.broadcast), given.broadcasts.chunk(task.broadcast, task.chunk)
    assert found is not None
    assert part is not None
    account, speaks = given.accounts.get(task.account), messenger("telegram")
    told = {"": Version((found.message,))}
    mine = fresh(SIZE)
    return Run(
        task, found, part, account, speaks, told, Personaliser(), "aabbccdd", mine, given, common=False
    )


def parts(given: Services) -> list[Part]:
    """Name, the part itself, and the least that it could be."""
    run, now = a_run(given), given.now()
    contacts: Any = given.contacts
    assert isinstance(contacts, TableContacts)
    wire: Any = contacts.table.aws
    assert isinstance(wire, Wire)
    wish = claiming.wish(run, 7, again=False, now=now)
    body = contacts._claims.body(wish)
    told = json.dumps(answer("UpdateItem", body, {})).encode()
    claimed = Answer(200, {}, told)
    held = _claimed(wish, updated(read(claimed)))
    found = claiming.prepared(run, 7, held, now)
    assert isinstance(found, tuple)
    contact, delivery = found
    (request,) = run.messenger.build(delivery, run.account)
    said = Answer(200, {}, json.dumps(answer("sendMessage", b"", {})).encode())
    key = hmac.new(b"k" * 32, digestmod="sha256")
    fields = json.loads(request.body)
    return [
        (
            "the claim's body",
            lambda: contacts._claims.body(claiming.wish(run, 7, again=False, now=now)),
            None,
        ),
        ("its signature", lambda: wire.request("dynamodb", "UpdateItem", body), lambda: _hashed(key, body)),
        (
            "its answer, and the contact in it",
            lambda: _claimed(wish, updated(read(claimed))),
            lambda: json.loads(told),
        ),
        ("policy", lambda: claiming.permitted(run, 7, held, now), None),
        (
            "the person's message: values, link to leave, footer, fit",
            lambda: claiming.rendered(run, contact, 7),
            lambda: _hashed(key, b"x" * 40),
        ),
        (
            "the messenger's call",
            lambda: run.messenger.build(
                claiming.delivery_of(run, 7, contact, delivery.message, now), run.account
            ),
            lambda: json.dumps(fields),
        ),
        (
            "its answer, and the outcome",
            lambda: Told(mark_of(run.messenger.interpret(said)), contact.id),
            lambda: json.loads(said.body),
        ),
    ]


def _hashed(key: Any, body: bytes) -> str:
    mac = key.copy()
    mac.update(hashlib.sha256(body).digest())
    return str(mac.hexdigest())


def transport(stand: Stand) -> tuple[float, float]:
    """µs of a kept call through ours, and through libcurl with nothing around it; side by side in windows."""
    http, url = CurlHttp(), f"{stand.url}/sendMessage"
    requests = [Request("POST", url, {"content-type": "application/json"}, b"x" * 300)] * WINDOW
    multi, handles = pycurl.CurlMulti(), [pycurl.Curl() for _ in range(WINDOW)]
    for handle in handles:
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.HTTPHEADER, ["content-type: application/json"])
        handle.setopt(pycurl.POSTFIELDS, b"x" * 300)
    mine, bare = float("inf"), float("inf")
    for _ in range(ROUNDS * 5):
        mine = min(mine, _took(lambda: http.window(requests)))
        bare = min(bare, _took(lambda: _bare(multi, handles)))
    return mine / WINDOW * 1e6, bare / WINDOW * 1e6


def _took(part: Callable[[], object]) -> float:
    began = time.thread_time()
    part()
    return time.thread_time() - began


def _bare(multi: Any, handles: list[Any]) -> None:
    running = len(handles)
    for handle in handles:
        handle.setopt(pycurl.WRITEDATA, BytesIO())
        multi.add_handle(handle)
    while running:
        multi.perform()
        ended = multi.info_read()[1]
        for handle in ended:
            multi.remove_handle(handle)
        running -= len(ended)
        if running and not ended:
            multi.select(1.0)


def table() -> list[str]:
    lines = ["| part of a recipient's way | CPU µs | of it no one saves |", "|---|---:|---:|"]
    paper = Paper()
    given = services(paper, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    alone = [(name, quickest(part), quickest(least) if least else 0.0) for name, part, least in parts(given)]
    with standing() as stand:
        mine, bare = transport(stand)
        sender = services(CurlHttp(), stand.url)
        whole = min(chunk(number, sender)[0] for number in range(CHUNKS)) / SIZE * 1e6
    alone.append(("two calls through the transport", 2 * mine, 2 * bare))
    rest = whole - sum(used for _, used, _ in alone)
    alone.append(
        ("the rest: journal, pace, state, what goes between, and caches colder than in a loop", rest, 0.0)
    )
    lines += [f"| {name} | {used:.1f} | {least:.1f} |" for name, used, least in alone]
    floor = sum(least for _, _, least in alone)
    lines.append(f"| **all of it, in the quickest of {CHUNKS} chunks** | **{whole:.0f}** | **{floor:.0f}** |")
    return lines


def main(arguments: list[str]) -> None:
    lines = [machine(), "", *table()]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("parts", "What a recipient's way is spent on", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
