"""AWS dollars for a million recipients, from what the code does for one chunk.

List prices of us-east-1 in dollars (arm64 Lambda), without free tier, logs and traffic; secondary
sources of 2025-07 to 2026-09, to be checked against AWS's own pages. Counts follow the code:
planning and sending a chunk of 256 in windows of 16, and three receipts a person.
"""

from dataclasses import dataclass

from rundruf.core.chunk import SIZE, WINDOW

WRITE, READ = 0.625e-6, 0.125e-6  # DynamoDB on demand, a unit of 1 KB written, of 4 KB read strongly
QUEUE, CALL, INVOKE, GB_SECOND = 0.40e-6, 1.00e-6, 0.20e-6, 13.3334e-6
PEOPLE = 1_000_000
RECEIPTS = 3
MEMORY_GB = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    dollars: float


def sending(rate: float) -> list[Line]:
    """The send side at so many messages a second on one account."""
    chunks = PEOPLE / SIZE
    windows = SIZE / WINDOW
    planned = (
        2 * (5 + 1 + 1) + 1
    )  # transaction: recipients of 4 KB, progress, receipts; a share of the cursor
    journal = 1 + windows + 4  # lease, a write a window, the closing transaction of two items
    pace = windows
    reads = windows + 4  # the broadcast's state for each window; chunk, broadcast and account at the start
    seconds = SIZE / rate
    return [
        Line("claims: one conditional write a person", PEOPLE * WRITE),
        Line(
            "planning: recipients, progress and cursor in transactions",
            chunks * planned * WRITE + 25_000 * READ,
        ),
        Line("progress: one write a window of 16", chunks * journal * WRITE),
        Line("pace and state: a write and a read a window", chunks * (pace * WRITE + reads * READ)),
        Line("queues", chunks * 3.1 * QUEUE),
        Line(
            f"Lambda, {rate:.0f} messages a second at 512 MB",
            chunks * (seconds * MEMORY_GB * GB_SECOND + INVOKE),
        ),
    ]


def receiving(a_body: float) -> list[Line]:
    """Three receipts a person, so many in each webhook call."""
    calls = PEOPLE * RECEIPTS / a_body
    return [
        Line("HTTP API", calls * CALL),
        Line("webhook Lambda, 20 ms at 512 MB", calls * (INVOKE + 0.020 * MEMORY_GB * GB_SECOND)),
        Line("queue: in, and out in batches of 100", calls * QUEUE * (1 + 2 / 100)),
        Line("booking: a write a chunk and batch (10 receipts each)", PEOPLE * RECEIPTS / 10 * 2 * WRITE),
    ]


def total(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


def table() -> str:
    """Markdown for the README."""
    parts = [
        ("Sending", sending(60)),
        ("Receipts, one in each webhook call", receiving(1)),
        ("Receipts, ten in each webhook call", receiving(10)),
    ]
    rows = ["| for a million recipients | $ |", "|---|---:|"]
    for title, lines in parts:
        rows.append(f"| **{title}** | **{total(lines):.2f}** |")
        rows += [f"| {line.what} | {line.dollars:.2f} |" for line in lines]
    return "\n".join(rows)
