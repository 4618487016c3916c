"""The whole way of a recipient, from claim to journal, beside the usual pattern; its wall time and its calls.

    python bench/send.py           prints tables and writes them into bench/RESULTS.md
    python bench/send.py --profile prints where the time goes

A chunk of 256 goes through the real flow, stores and transport, against a messenger and a DynamoDB in another
process (bench/mock.py). The usual pattern is one queue message for each recipient: GetItem, requests.post and
PutItem through boto3. Both take turns against the same stand-in, so that the ratio comes from one run.
"""

import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "common")]

from bench.business import services  # noqa: E402
from bench.counting import Counting  # noqa: E402
from bench.paper import Paper  # noqa: E402
from bench.results import write  # noqa: E402
from bench.stand import Stand, machine, standing  # noqa: E402
from rundruf.aws.http import CurlHttp  # noqa: E402
from rundruf.core.chunk import SIZE, WINDOW  # noqa: E402
from rundruf.flows import attempt  # noqa: E402
from rundruf.flows.sending import send  # noqa: E402
from rundruf.flows.services import SendTask, Services  # noqa: E402

CHUNKS = 10
SHARE = 256 / 1769  # of a core that a Lambda of 256 MB has
PERIOD = 20_000  # µs in which the share is given
WAIT = 150
WIDTHS = (16, WINDOW, 32, 64)
GROUPS = Path("/sys/fs/cgroup/cpu")


def chunk(number: int, given: Services) -> tuple[float, float]:
    """CPU and wall seconds of one chunk."""
    began, clock = time.process_time(), time.perf_counter()
    send(SendTask("b1", f"0-{number}", "telegram/main"), given, lambda: 900_000.0)
    return time.process_time() - began, time.perf_counter() - clock


class Usual:
    """One record of a queue for each recipient, as most guides show it."""

    def __init__(self, stand: Stand) -> None:
        import boto3
        import requests
        from botocore.config import Config

        self.url = f"{stand.url}/bot123456789:{'A' * 35}/sendMessage"
        self.table = boto3.client(
            "dynamodb",
            region_name="eu-central-1",
            endpoint_url=stand.url,
            aws_access_key_id="AKID",
            aws_secret_access_key="secret" * 6,
            config=Config(retries={"mode": "standard"}),
        )
        self.web = requests.Session()

    def chunk(self, people: int) -> float:
        """CPU seconds for so many recipients."""
        began = time.process_time()
        for number in range(people):
            self._one(json.dumps({"to": f"c#{number}", "broadcast": "b1"}))
        return time.process_time() - began

    def _one(self, body: str) -> None:
        record = json.loads(body)
        key = {"pk": {"S": record["to"]}, "sk": {"S": "contact"}}
        self.table.get_item(TableName="bench", Key=key, ConsistentRead=True)
        message = {"chat_id": record["to"], "text": "Hello Erika 🍲 soup today, with bread."}
        told = self.web.post(self.url, json=message, timeout=10).json()
        status = {"status": {"S": "sent"}, "message": {"N": str(told["result"]["message_id"])}}
        self.table.put_item(TableName="bench", Item=key | status)


def beside() -> tuple[list[float], list[float]]:
    """CPU seconds for 1,000 recipients, ours and the usual pattern's, in turns."""
    with standing() as stand:
        given, usual = services(CurlHttp(), stand.url), Usual(stand)
        chunk(0, given)
        usual.chunk(16)
        rounds = [(chunk(at, given)[0], usual.chunk(SIZE // 2)) for at in range(1, CHUNKS + 1)]
    return [one / SIZE * 1000 for one, _ in rounds], [other / SIZE * 2000 for _, other in rounds]


@contextmanager
def windows_of(width: int) -> Iterator[None]:
    vars(attempt)["WINDOW"] = width
    try:
        yield
    finally:
        vars(attempt)["WINDOW"] = WINDOW


def warm(url: str, width: int, group: str) -> float:
    """Wall seconds of the quickest of five warm chunks; in a control group, once it is warm."""
    given = services(CurlHttp(), url)
    with windows_of(width):
        chunk(0, given)
        if group:
            (Path(group) / "cgroup.procs").write_text(str(os.getpid()))
        return min(chunk(number, given)[1] for number in range(1, 6))


@contextmanager
def share_of_a_core() -> Iterator[str]:
    """A control group with the share of a core that 256 MB have; "" where none can be made."""
    group = GROUPS / f"rundruf-bench-{os.getpid()}"
    try:
        group.mkdir()
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(int(PERIOD * SHARE)))
    except OSError:
        yield ""
        return
    try:
        yield str(group)
    finally:
        group.rmdir()


def walls() -> list[str]:
    """Wall seconds of warm chunks by window width, on a whole core and on a share of one."""
    lines = [
        f"| window | floor: ⌈256/W⌉ × {WAIT} ms | whole core | 256 MB share | most unknown after a kill |",
        "|---:|---:|---:|---:|---:|",
    ]
    with standing("--wait", str(WAIT)) as stand, share_of_a_core() as group:
        for width in WIDTHS:
            floor = -(-SIZE // width) * WAIT / 1000
            told = [apart(stand.url, width, one) for one in (("", group) if group else ("",))]
            shown = [f"{one:.2f} s (+{(one / floor - 1) * 100:.0f} %)" for one in told]
            shared = shown[1] if group else "no control group here"
            lines.append(f"| {width} | {floor:.2f} s | {shown[0]} | {shared} | {width} |")
    return lines


def apart(url: str, width: int, group: str) -> float:
    command = [sys.executable, __file__, "--warm", url, str(width), group]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def counted(width: int = WINDOW) -> tuple[Counting, float]:
    """The calls of one chunk and its seconds on paper, at 150 ms a send and 5 ms an AWS call."""
    paper = Paper(messenger=WAIT)
    counting = Counting(paper)
    given = services(counting, "http://paper", clock=paper.now, tick=paper.ticks, sleep=paper.sleep)
    with windows_of(width):
        send(SendTask("b1", "0-1", "telegram/main"), given, lambda: 900_000.0)
    return counting, paper.elapsed / 1000


def calls() -> list[str]:
    lines = [
        "| window | AWS calls a chunk | a 1,000 people | KB out | KB back | write units | read units |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for width in WIDTHS:
        bill = counted(width)[0].bill
        lines.append(
            f"| {width} | {bill.aws_calls} | {bill.aws_calls / SIZE * 1000:.0f} | {bill.out / 1000:.0f} "
            f"| {bill.back / 1000:.0f} | {bill.units['write']:.0f} | {bill.units['read']:.0f} |"
        )
    return lines


def profile() -> None:
    with standing() as stand:
        given, seen = services(CurlHttp(), stand.url), cProfile.Profile()
        chunk(0, given)
        seen.runcall(lambda: [chunk(number, given) for number in range(1, CHUNKS)])
        pstats.Stats(seen).sort_stats("tottime").print_stats(45)


def main(arguments: list[str]) -> None:
    if "--profile" in arguments:
        return profile()
    if "--warm" in arguments:
        url, width, group = arguments[1:]
        return print(warm(url, int(width), group))
    ours, usual = beside()
    ratio = statistics.median(usual) / statistics.median(ours)
    lines = [
        machine(),
        "",
        "| for 1,000 recipients | CPU s | min to max | AWS calls |",
        "|---|---:|---:|---:|",
        _row("ours: claim, policy, build, send, interpret, journal", ours, counted()[0].bill.aws_calls),
        _row("usual: GetItem, requests, PutItem for each queue message", usual, 2 * SIZE),
        "",
        f"The usual pattern takes {ratio:.1f} times our CPU; it claims nothing and has no journal.",
        "",
        "A warm chunk of 256, the quickest of five; what a whole core takes beyond the floor are the calls",
        "of AWS between sends, and our CPU:",
        "",
        *walls(),
        "",
        "Calls of a chunk, counted as they leave:",
        "",
        *calls(),
    ]
    print("\n".join(lines))
    if "--dry" not in arguments:
        write("send", "A recipient's whole way", lines)
    return None


def _row(name: str, used: list[float], chunk_calls: int) -> str:
    span = f"{min(used):.3f} to {max(used):.3f}"
    return f"| {name} | {statistics.median(used):.3f} | {span} | {chunk_calls / SIZE * 1000:,.0f} |"


if __name__ == "__main__":
    main(sys.argv[1:])
