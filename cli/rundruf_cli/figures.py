"""A broadcast's figures on the terminal: bar, sum that balances, reasons, messengers."""

from typing import TYPE_CHECKING, Any

from rundruf_cli import show, splitting

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

ENDED = ("finished", "cancelled", "failed")
BAR_WIDTH = 50
SUM = ("sent", "failed", "skipped", "unknown", "expired", "pending")
REPORTED = ("delivered", "read", "clicked", "replied", "left")
COLOURS = {"sent": "green", "failed": "red", "skipped": "yellow", "unknown": "magenta", "expired": "magenta"}


def count(figures: dict[str, Any], name: str) -> int:
    """One figure as a number; failed and skipped over all their reasons."""
    value = figures[name]
    return sum(value.values()) if isinstance(value, dict) else int(value)


def settled(figures: dict[str, Any]) -> int:
    """People whose outcome is known or given up."""
    return int(figures["audience"]) - int(figures["pending"])


def balanced(figures: dict[str, Any]) -> bool:
    """audience = sent + failed + skipped + unknown + expired + pending."""
    return int(figures["audience"]) == sum(count(figures, name) for name in SUM)


def view(told: dict[str, Any], pace: str = "") -> "RenderableType":
    """A broadcast as shown by `show` and `watch`; ``pace`` is said beside the chunks."""
    from rich.console import Group
    from rich.text import Text

    figures = told["figures"]
    parts: list[RenderableType] = [
        Text("  ·  ").join([Text(show.plain(told["name"]), style="bold"), *_what(told)]),
    ]
    parts += [Text(show.plain(line), style="yellow") for line in troubles(told)]
    if told.get("canary") and told["canary"]["state"]:
        parts.append(Text(canary(told["canary"])))
    if told.get("fallback"):
        parts.append(Text(fallback(told["fallback"])))
    if told.get("budget"):
        parts.append(Text(budget(told["budget"])))
    if told.get("local_time"):
        parts.append(Text(f"at {told['local_time'].replace('T', ' ')} on everybody's own clock"))
    if splitting.line(told):
        parts.append(Text(show.plain(splitting.line(told))))
    parts += [_bar(figures), _sum(figures), _reports(figures)]
    if figures.get("quiet"):
        parts.append(Text(waiting(figures)))
    parts += [_reasons(name, figures[name]) for name in ("failed", "skipped") if figures[name]]
    concerned = {name: one for name, one in told["by_messenger"].items() if one["audience"]}
    if len(concerned) > 1:
        parts.append(_by_messenger(concerned))
    parts.append(_foot(told, pace))
    return Group(*parts)


def troubles(told: dict[str, Any]) -> list[str]:
    """Why it waits as a whole, or accounts of it do, or nothing moves."""
    said = [told["reason"]] if told["reason"] else []
    explained = told.get("sentence", {}).get("en", "")
    stopped = told.get("stopped") or []
    if explained and not stopped:
        said.append(explained)
    said += [f"{one['account']} is stopped: {one['sentence']['en']}" for one in stopped]
    return said


def budget(told: dict[str, Any]) -> str:
    """How much of its budget is used up, or held for what is on its way."""
    return f"budget {told['amount']} {told['currency']} · of it used or held {told['held']}"


def waiting(figures: dict[str, Any]) -> str:
    """How many of those who are pending wait for a time of their own."""
    until = figures.get("quiet_until")
    first = f", the first until {show.when(until)}" if until else ""
    return f"waiting for the end of quiet time, or their own time: {figures['quiet']}{first}"


def canary(told: dict[str, Any]) -> str:
    """How the trial with the first chunk stands."""
    parts = [f"canary {told['state']}"]
    if told["decides"]:
        parts.append(f"decided {show.when(told['decides'])}")
    if told["asked"] is not None:
        parts.append(
            f"of {told['asked']} asked {told['people_failed']} failed, {told['people_blocked']} had blocked, "
            f"{told['people_left']} left"
        )
    return " · ".join(parts)


def fallback(told: dict[str, Any]) -> str:
    """How it stands with what people get on their second messenger."""
    parts = [f"fallback to {', '.join(told['to'])}: {told['state']}"]
    if told["begins"]:
        parts.append(f"begins {show.when(told['begins'])}" if not told["broadcast"] else told["broadcast"])
    elif told["state"] == "planned":
        parts.append(f"{told['after_hours']} h after the end")
    return " · ".join(parts)


def _what(told: dict[str, Any]) -> "list[Text]":
    from rich.text import Text

    return [Text(show.plain(told["topic"])), Text(told["id"], style="dim"), show.state(told["state"])]


def one_line(told: dict[str, Any]) -> str:
    """The state and the figures without a terminal."""
    figures = told["figures"]
    parts = " + ".join(f"{count(figures, name)} {name}" for name in SUM)
    return f"{told['state']}  {figures['audience']} = {parts}"


def _bar(figures: dict[str, Any]) -> "RenderableType":
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    audience, behind = figures["audience"], settled(figures)
    share = f"{behind / audience:.0%}" if audience else ""
    made = Table.grid(padding=(0, 1))
    bar = ProgressBar(
        total=audience or 1, completed=behind, width=BAR_WIDTH, complete_style="cyan", finished_style="green"
    )
    made.add_row(bar, share, f"{behind:,} of {audience:,}")
    return made


def _sum(figures: dict[str, Any]) -> "Text":
    from rich.text import Text

    made = Text.assemble((f"{figures['audience']:,}", "bold"), " =")
    for place, name in enumerate(SUM):
        number = count(figures, name)
        made.append(" + " if place else " ")
        made.append(f"{number:,} {name}", style=COLOURS.get(name, "") if number else "dim")
    if balanced(figures):
        made.append("  ✓", style="green")
    else:
        made.append("  these figures do not balance!", style="bold red")
    return made


def _reports(figures: dict[str, Any]) -> "Text":
    from rich.text import Text

    shown = [f"{name} {show.cell(figures[name])}" for name in REPORTED]
    return Text(" · ".join(shown))


def _reasons(name: str, reasons: dict[str, int]) -> "Text":
    from rich.text import Text

    shown = sorted(reasons.items(), key=lambda one: -one[1])
    text = ", ".join(f"{show.plain(reason)} {number:,}" for reason, number in shown)
    return Text.assemble((f"{name}: ", COLOURS[name]), text)


def _by_messenger(by_messenger: dict[str, dict[str, Any]]) -> "Table":
    rare = [name for name in SUM[1:] if any(count(one, name) for one in by_messenger.values())]
    columns = ("audience", "sent", "delivered", "read", *rare)
    rows = [
        [messenger, *(figures[name] if name in REPORTED else count(figures, name) for name in columns)]
        for messenger, figures in sorted(by_messenger.items())
    ]
    return show.fitting(("messenger", *(f"#{name}" for name in columns)), rows)


def _foot(told: dict[str, Any], pace: str) -> "Text":
    from rich.text import Text

    moments = {"starts": told["send_at"], "started": told["started"], "finished": told["finished"]}
    if told["started"]:
        del moments["starts"]
    parts = [f"chunks {told['chunks_done']} of {told['chunks']}", pace]
    parts += [f"{name} {show.when(at)}" for name, at in moments.items() if at]
    return Text(" · ".join(part for part in parts if part), style="dim")
