"""The generated tables of README and docs: ``python -m tools.readme`` writes them, a test holds them."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers" / "common"))

from rundruf.core.message import MediaKind  # noqa: E402
from rundruf.core.retention import CLASSES  # noqa: E402
from rundruf.core.rules import Advertising, Counted, Rules  # noqa: E402
from rundruf.messengers import MESSENGERS  # noqa: E402
from rundruf.messengers.contract import Messenger  # noqa: E402
from tools.costs import table as costs  # noqa: E402

ADVERTISES = {
    Advertising.ALWAYS: "at any time",
    Advertising.WINDOW: "within {hours} h after they wrote",
    Advertising.TEMPLATE: "within {hours} h after they wrote, else by an approved template",
    Advertising.BATCH: "at any time, only by the messenger's own mass send",
    Advertising.NEVER: "never",
}
UNITS = {
    Counted.CHARACTERS: "characters",
    Counted.UTF16: "UTF-16 units",
    Counted.BYTES: "bytes",
    Counted.ENCODED: "bytes in a URL",
}
HEADINGS = (
    "messenger", "marketing", "replies", "way in", "text", "files", "buttons", "speed", "receipts", "a block",
    "checked",
)  # fmt: skip


def messengers() -> str:
    """One row a messenger, from its rules; those that have shut down come last."""
    known = sorted(MESSENGERS.values(), key=lambda one: (one.rules.retired is not None, one.title.lower()))
    rows = [HEADINGS, ("---",) * len(HEADINGS), *map(_row, known)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(one: Messenger) -> tuple[str, ...]:
    rules, hours = one.rules, one.rules.window_hours
    return (
        f"[{one.title}]({rules.source})" + (f", shut down {rules.retired}" if rules.retired else ""),
        ADVERTISES[rules.advertising].format(hours=hours),
        f"for {hours} h" if hours else "at any time",
        _way_in(one),
        (f"{rules.parts} × " if rules.parts > 1 else "") + f"{rules.text_limit:,} {UNITS[rules.counted]}",
        "all" if rules.media == set(MediaKind) else ", ".join(sorted(rules.media)),
        f"{rules.buttons} of {rules.button_label_limit}",
        _speed(rules),
        ", ".join(sorted(rules.receipts)) or "not reported",
        "told" if rules.block_signal else "not told",
        str(rules.checked),
    )


def _way_in(one: Messenger) -> str:
    if one.rules.typed_code:
        return "link, then a typed code"
    if one.links is not None:
        return "QR code that the messenger makes"
    return "link, or the business writes first" if one.rules.business_may_open else "link"


def _speed(rules: Rules) -> str:
    people = max(rules.group, rules.gather)
    return f"{rules.rate:,g} a second" + (f", or {people:,} people a call" if people > 1 else "")


def retention() -> str:
    """Every class of data: how long it is kept, and what erasing a person does with it."""
    lines = ["| data | what | kept | when a person is erased |", "|---|---|---|---|"]
    for one in CLASSES:
        kept = f"{one.days:,} days" if one.days is not None else f"until {one.until}"
        kept = "for good" if one.until == "for good" else kept
        lines.append(f"| {one.name} | {one.about} | {kept} | {one.erased} |")
    return "\n".join(lines)


TABLES = {"messengers": messengers, "costs": costs}


DOCS = {"README.md": TABLES, "docs/rights.md": {"retention": retention}}


def filled(text: str, tables: Mapping[str, Callable[[], str]] = TABLES) -> str:
    """The text with every generated part made anew."""
    for name, made in tables.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise LookupError(f"there is no place for {name}")
        text = pattern.sub(lambda found, table=made: f"{found[1]}{table()}\n{found[2]}", text)  # type: ignore[misc]
    return text


def main() -> None:
    for name, tables in DOCS.items():
        file = ROOT / name
        file.write_text(filled(file.read_text(), tables))


if __name__ == "__main__":
    main()
