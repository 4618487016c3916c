"""Several messages to compare, from options, and what came of the lot on the terminal."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rundruf_cli import show
from rundruf_cli.failures import BadUse

if TYPE_CHECKING:
    from rich.console import RenderableType

PANEL = "Comparing several messages"
OWN = "A"
SHOWN = ("read", "clicked", "replied", "left")
Variant = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        metavar="NAME[=TEXT|=@FILE]",
        help="Another text, or another message as JSON; several times. NAME alone names the broadcast's own "
        "message, else A.",
        rich_help_panel=PANEL,
    ),
]
Holdout = Annotated[
    float | None,
    typer.Option(help="So many per cent get nothing, to compare.", rich_help_panel=PANEL, min=0, max=50),
]
Trial = Annotated[
    float | None,
    typer.Option(
        "--test",
        help="So many per cent get the variants first; all others wait for the winner.",
        rich_help_panel=PANEL,
        min=0,
        max=100,
    ),
]
WinnerBy = Annotated[
    str | None,
    typer.Option(
        help="What decides: clicked, replied, read or left. Without: you do, by `broadcast winner`.",
        rich_help_panel=PANEL,
    ),
]
WinnerAfter = Annotated[
    float | None, typer.Option(help="So many hours after the variants went; usual: 4.", rich_help_panel=PANEL)
]


def split_of(given: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """What a command's options say of the lot; raises BadUse."""
    body: dict[str, Any] = {name: given[name] for name in ("holdout", "test") if given[name] is not None}
    if given["variant"]:
        body["variants"] = _variants(given["variant"], message)
    if given["winner_by"]:
        after = given["winner_after"]
        body["winner"] = {"by": given["winner_by"], **({"decide_after": after} if after is not None else {})}
    elif given["winner_after"] is not None:
        raise BadUse("--winner-after goes with --winner-by.")
    return body


def _variants(given: Sequence[str], message: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in given:
        name, sign, said = one.partition("=")
        found.append({"name": name, "message": _message(said, message)} if sign else {"name": name})
    if all("message" in one for one in found):
        found.insert(0, {"name": OWN})
    return found


def _message(said: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """The broadcast's own with another text, or what a file says."""
    if not said.startswith("@"):
        if message.get("translations"):
            raise BadUse("--variant: where there are translations, each variant needs a file with its own.")
        return {**message, "text": said}
    try:
        found = json.loads(Path(said[1:]).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadUse(f"--variant: {said[1:]} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadUse(f"--variant: {said[1:]} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise BadUse(f"--variant: {said[1:]} must hold a JSON object.")
    return found


def line(told: Mapping[str, Any]) -> str:
    """How it is split and whether there is a winner; "" for a broadcast that is not."""
    parts = [f"{one['name']} ({one['weight']})" for one in told.get("variants") or ()]
    said = [f"variants {', '.join(parts)}"] if parts else []
    if told.get("holdout"):
        said.append(f"{told['holdout']:g} % get nothing")
    if told.get("test"):
        said.append(f"{told['test']:g} % get them first")
    winner = told.get("winner")
    if winner:
        said.append(_winner(winner))
    return " · ".join(said)


def _winner(told: Mapping[str, Any]) -> str:
    if told["variant"]:
        return f"winner {told['variant']} (by {told['by']}, {show.when(told['at'])})"
    if told["undecided"]:
        return f"no winner ({told['undecided']}): say it with `rundruf broadcast winner`"
    return f"decided {show.when(told['decides'])}" if told["decides"] else "you say the winner"


def table(told: Mapping[str, Any]) -> "list[RenderableType]":
    """The parts of a split audience side by side, and what may be said of them."""
    from rich.text import Text

    rows = []
    for one in told.get("variants") or []:
        name = one["part"] or "everybody else"
        gets = f" (gets {one['variant']})" if one["part"] == "rest" and one["variant"] else ""
        figures = one["figures"]
        rates = [_rate(one["part"], one["rates"].get(measure)) for measure in SHOWN]
        rows.append((f"{name}{gets}", figures["audience"], figures["sent"], *rates))
    if not rows:
        return []
    head = ("part", "#audience", "#sent", *(f"#{name}" for name in SHOWN))
    said = [Text(f"{one['measure']}: {one['sentence']['en']}") for one in told.get("comparisons") or []]
    return [Text(""), show.fitting(head, rows), *said]


def _rate(part: str, rate: Mapping[str, Any] | None) -> str:
    if part == "holdout":
        return "–"
    if rate is None:
        return "not reported"
    between = f" ({rate['low']:.1%} to {rate['high']:.1%})" if rate["low"] is not None and rate["of"] else ""
    return f"{rate['count']:,} · {rate['share']:.1%}{between}"
