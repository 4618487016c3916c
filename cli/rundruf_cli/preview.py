"""What people will see of a message, as readable text."""

from typing import Annotated, Any

import typer

from rundruf_cli import show

Person = Annotated[
    str | None,
    typer.Option(
        "--contact", help="As this person would get it: id, or messenger/account/user.", metavar="CONTACT"
    ),
]
WINDOWS = {"any": "", "open": ", while they may be answered", "shut": ", otherwise"}


def tell(told: dict[str, Any]) -> None:
    """One messenger and language after the other."""
    if not told["previews"]:
        show.note("There is no account that it could go to.", "yellow")
    for number, one in enumerate(told["previews"]):
        if number:
            _line("")
        _line(_heading(one), "bold")
        if one["refusal"]:
            _line(f"  Nobody gets it: {one['refusal']}", "yellow")
        for part in one["parts"]:
            _part(part)
        for remark in _remarks(one):
            _line(f"  {remark}", "yellow")


def _line(text: str, style: str = "") -> None:
    from rich.text import Text

    show.out().print(Text(show.plain(text), style=style), soft_wrap=True)


def _heading(one: dict[str, Any]) -> str:
    language = f", {one['language']}" if one["language"] else ""
    messages = f" ({one['calls']} messages)" if one["calls"] > 1 else ""
    language += f", variant {one['variant']}" if one.get("variant") else ""
    return f"{one['messenger']}{language}{WINDOWS[one['window']]}{messages}"


def _part(part: dict[str, Any]) -> None:
    lines = [f"[{one['kind']}] {one['url']}" for one in part["media"]]
    lines += part["text"].splitlines()
    lines += [f"[ {one['label']} ] {one['url'] or 'answers ' + one['reply']}" for one in part["buttons"]]
    lines += [f"[ {one['label'] or 'file'} ] {one['url']}" for one in part["links"]]
    template = part["template"]
    if template:
        values = " · ".join(template["parameters"])
        lines.append(f"template {template['name']} ({template['language']}): {values}".rstrip(": "))
    for line in lines:
        _line(f"  │ {line}")
    if part["text"]:
        _line(f"  {part['length']:,} of {part['limit']:,} {part['unit']}", "dim")


def _remarks(one: dict[str, Any]) -> list[str]:
    said = []
    if one["as_text"]:
        said.append(f"Buttons that become words: {', '.join(one['as_text'])}")
    if one["as_link"]:
        said.append(f"Files that become links: {', '.join(one['as_link'])}")
    if one["left_out"]:
        said.append(f"Left out: {', '.join(one['left_out'])}")
    if one["parts"] and not one["footer"]:
        said.append("No footer of ours: the template says who writes and how to leave.")
    if one["shared"]:
        said.append("Many people share the call, so there is no link of their own to leave by.")
    return said
