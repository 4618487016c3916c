"""bench/RESULTS.md: one section a benchmark, replaced when it runs again."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
HEADING = """# Results

Written by the benchmarks in this folder (`make bench`). Trust ratios and counts, not single times.
"""


def write(name: str, title: str, lines: Sequence[str]) -> None:
    """Put a section in, or in place of the one of that name."""
    text = FILE.read_text() if FILE.exists() else HEADING
    day = datetime.now(UTC).date()
    section = "\n".join(
        [f"<!-- {name} -->", f"## {title}", "", f"{day}. {lines[0]}", *lines[1:], f"<!-- end {name} -->"]
    )
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- end {name} -->", re.DOTALL)
    known = pattern.search(text)
    FILE.write_text(pattern.sub(lambda _: section, text) if known else f"{text}\n{section}\n")
