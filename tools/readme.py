"""The README's generated tables: ``python -m tools.readme`` writes them, a test holds them."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers" / "common"))

from rundruf.core.rules import Advertising, Rules  # noqa: E402
from rundruf.messengers import MESSENGERS  # noqa: E402
from tools.costs import table as costs  # noqa: E402

ADVERTISES = {
    Advertising.ALWAYS: "with consent",
    Advertising.WINDOW: "with consent, inside the reply window",
    Advertising.TEMPLATE: "with consent; outside the window with an approved template",
    Advertising.BATCH: "with consent, only by the messenger's own mass send",
    Advertising.NEVER: "never",
}


def messengers() -> str:
    """One row a messenger, from its rules."""
    rows = [
        "| messenger | marketing | who opens | window | text | media | buttons | rate | receipts | checked |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [_row(MESSENGERS[name].title, MESSENGERS[name].rules) for name in sorted(MESSENGERS)]
    return "\n".join(rows)


def _row(title: str, rules: Rules) -> str:
    cells = (
        f"[{title}]({rules.source})",
        ADVERTISES[rules.advertising] if rules.retired is None else f"shut down {rules.retired}",
        "business or person" if rules.business_may_open else "the person",
        f"{rules.window_hours} h" if rules.window_hours else "–",
        f"{rules.text_limit} {rules.counted}",
        ", ".join(sorted(rules.media)),
        f"{rules.buttons} of {rules.button_label_limit}",
        f"{rules.rate:g}/s",
        ", ".join(sorted(rules.receipts)) or "not reported",
        str(rules.checked),
    )
    return f"| {' | '.join(cells)} |"


TABLES = {"messengers": messengers, "costs": costs}


def filled(text: str) -> str:
    """The text with every generated part made anew."""
    for name, made in TABLES.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise LookupError(f"README.md has no place for {name}")
        text = pattern.sub(lambda found, table=made: f"{found[1]}{table()}\n{found[2]}", text)  # type: ignore[misc]
    return text


def main() -> None:
    file = ROOT / "README.md"
    file.write_text(filled(file.read_text()))


if __name__ == "__main__":
    main()
