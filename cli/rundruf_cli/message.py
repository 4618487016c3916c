"""Message, audience and name of a broadcast or newsletter, from options or a JSON file."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from rundruf_cli import completing
from rundruf_cli.failures import BadUse
from rundruf_cli.words import pairs_of, without_empty

MESSAGE_PANEL, AUDIENCE_PANEL = "Message", "Audience (default: everybody who joined the topic)"
MESSAGE_FIELDS = {"text", "media", "buttons", "template"}
URLS = ("http://", "https://")

Name = Annotated[str | None, typer.Option(help="What you call it; people do not see it.")]
Topic = Annotated[str | None, typer.Option(help="Topic people have joined.", autocompletion=completing.topic)]
File = Annotated[
    str | None,
    typer.Option(
        "--file",
        help="JSON: the whole body as in the API, or the message alone; - for stdin. Options win over it.",
        metavar="FILE",
    ),
]
Text = Annotated[
    str | None,
    typer.Option(
        help="Text; placeholders like {{ name | default('there') }} are filled for each person.",
        rich_help_panel=MESSAGE_PANEL,
    ),
]
Image = Annotated[
    list[str] | None,
    typer.Option("--image", metavar="URL", help="Picture; several times.", rich_help_panel=MESSAGE_PANEL),
]
Alt = Annotated[
    list[str] | None,
    typer.Option("--alt", help="What the picture shows, in the same order.", rich_help_panel=MESSAGE_PANEL),
]
Button = Annotated[
    list[str] | None,
    typer.Option(
        "--button",
        metavar="LABEL=REPLY|URL",
        help="Button that answers or opens an address; several times.",
        rich_help_panel=MESSAGE_PANEL,
    ),
]
Template = Annotated[
    str | None,
    typer.Option(
        metavar="NAME:LANGUAGE",
        help="Approved WhatsApp template, like autumn:de.",
        rich_help_panel=MESSAGE_PANEL,
    ),
]
Parameter = Annotated[
    list[str] | None,
    typer.Option("--parameter", help="The template's parameters in order.", rich_help_panel=MESSAGE_PANEL),
]
WrittenIn = Annotated[
    str | None,
    typer.Option(
        "--written-in",
        metavar="LANGUAGE",
        help="Language of the message itself, like de; who speaks none of the others gets it.",
        rich_help_panel=MESSAGE_PANEL,
    ),
]
Translation = Annotated[
    list[str] | None,
    typer.Option(
        "--translation",
        metavar="LANGUAGE=TEXT|@FILE",
        help="The same in another language: a text, or a JSON file with text, media, buttons and template; "
        "several times.",
        rich_help_panel=MESSAGE_PANEL,
    ),
]
Messenger = Annotated[
    list[str] | None,
    typer.Option(
        "--messenger",
        help="Only on this messenger; several times.",
        rich_help_panel=AUDIENCE_PANEL,
        autocompletion=completing.messenger,
    ),
]
Account = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        help="Only on this account; several times.",
        rich_help_panel=AUDIENCE_PANEL,
        autocompletion=completing.account,
    ),
]
Spoken = Annotated[
    list[str] | None,
    typer.Option("--language", help="Only who speaks this; several times.", rich_help_panel=AUDIENCE_PANEL),
]
AnyTag = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", help="With at least one of these tags; several times.", rich_help_panel=AUDIENCE_PANEL
    ),
]
AllTags = Annotated[
    list[str] | None,
    typer.Option("--all-tag", help="With every one of these; several times.", rich_help_panel=AUDIENCE_PANEL),
]
NoTag = Annotated[
    list[str] | None,
    typer.Option("--no-tag", help="With none of these; several times.", rich_help_panel=AUDIENCE_PANEL),
]
Attribute = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        metavar="NAME=VALUE",
        help="Like city=Köln; several times.",
        rich_help_panel=AUDIENCE_PANEL,
    ),
]
InSegment = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="ID",
        help="Only who is in this segment.",
        rich_help_panel=AUDIENCE_PANEL,
        autocompletion=completing.segment,
    ),
]
Conditions = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="JSON|FILE",
        help="Only who these conditions hold for; - for stdin.",
        rich_help_panel=AUDIENCE_PANEL,
    ),
]


Budget = Annotated[
    str | None,
    typer.Option(help="What messengers may charge at most by your price table, like '50 EUR'."),
]
Unpriced = Annotated[
    bool,
    typer.Option("--allow-unpriced", help="With --budget: also send what has no price; it counts nothing."),
]


def body_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The common part of a body; ``given`` are a command's options by parameter name. Raises BadUse."""
    body = _from_file(given.get("file"))
    for field in ("name", "topic"):
        if given.get(field):
            body[field] = given[field]
    message = {**body.get("message", {}), **without_empty(_message(given))}
    audience = {**body.get("audience", {}), **audience_of(given)}
    if not message and not given.get("feed"):
        raise BadUse("Say what to write: --text, --image, --template or --file.")
    for field in ("name", "topic"):
        if not body.get(field):
            raise BadUse(f"Give --{field}, or {field!r} in the file.")
    return {**body, "message": message, **({"audience": audience} if audience else {})}


def changes_of(given: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What options and file change of a newsletter as it is ``now``: only the parts they name, whole."""
    body = _from_file(given.get("file"))
    for field in ("name", "topic"):
        if given.get(field):
            body[field] = given[field]
    for part, said in (("message", without_empty(_message(given))), ("audience", audience_of(given))):
        if said:
            body[part] = {**now[part], **body.get(part, {}), **said}
    if given.get("translation"):  # those of other languages stay
        kept = now["message"].get("translations") or {}
        body["message"]["translations"] = {**kept, **body["message"]["translations"]}
    return body


def _said(content: Mapping[str, Any]) -> str:
    """A translation's text, or the name of the template in its place."""
    return str(content.get("text") or (content.get("template") or {}).get("name", ""))


def told(body: Mapping[str, Any]) -> dict[str, object]:
    """Message and audience of a body as names and values for a person."""
    message, audience = body["message"], body["audience"]
    pictures = [one["url"] for one in message.get("media") or ()]
    buttons = [
        f"[{one['label']}]" + (f" {one['url']}" if one.get("url") else "")
        for one in message.get("buttons") or ()
    ]
    template = message.get("template")
    tags = {name: "/".join(values) for name, values in (audience.get("tags") or {}).items() if values}
    where = audience.get("where")
    others = message.get("translations") or {}
    return {
        "text": message.get("text"),
        "written in": message.get("language"),
        **{f"text in {tag}": _said(one) for tag, one in others.items()},
        "files": pictures,
        "buttons": " ".join(buttons),
        "template": f"{template['name']} ({template['language']})" if template else "",
        "only on": [*audience.get("messengers", ()), *audience.get("accounts", ())],
        "only who speaks": audience.get("languages"),
        "only with tags": tags,
        "only with": audience.get("attributes"),
        "only in segment": audience.get("segment"),
        "only where": json.dumps(where, ensure_ascii=False) if where else "",
        "only": f"{len(audience['contacts'])} named people" if audience.get("contacts") else "",
    }


def _message(given: Mapping[str, Any]) -> dict[str, Any]:
    images, alts = given.get("image") or [], given.get("alt") or []
    if len(alts) > len(images):
        raise BadUse("There are more --alt than --image.")
    alts = [*alts, *[""] * (len(images) - len(alts))]
    return {
        "text": given.get("text"),
        "media": [{"kind": "image", "url": url, "alt": alt} for url, alt in zip(images, alts, strict=True)],
        "buttons": [_button(one) for one in given.get("button") or ()],
        "template": _template(given.get("template"), given.get("parameter") or []),
        "language": given.get("written_in"),
        "translations": dict(map(_translation, given.get("translation") or ())),
    }


def _translation(written: str) -> tuple[str, dict[str, Any]]:
    language, sign, says = written.partition("=")
    if not (language and sign and says):
        raise BadUse("--translation is written like --translation en=Hello or --translation en=@english.json")
    return language, _from_file(says[1:]).get("message", {}) if says.startswith("@") else {"text": says}


def _button(written: str) -> dict[str, str]:
    label, sign, does = written.partition("=")
    if not (label and sign and does):
        raise BadUse("--button is written like --button More=MORE or --button Shop=https://example.com")
    return {"label": label, "url" if does.startswith(URLS) else "reply": does}


def _template(written: str | None, parameters: Sequence[str]) -> dict[str, Any] | None:
    if not written:
        if parameters:
            raise BadUse("--parameter belongs to a --template.")
        return None
    name, sign, language = written.partition(":")
    if not (name and sign and language):
        raise BadUse("--template is written like --template autumn:de")
    return {"name": name, "language": language, "parameters": list(parameters)}


def audience_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The audience of a body; ``given`` are a command's options by parameter name. Raises BadUse."""
    return without_empty(_audience(given))


def _audience(given: Mapping[str, Any]) -> dict[str, Any]:
    tags = {"any": given.get("tag"), "all": given.get("all_tags"), "none": given.get("no_tag")}
    return {
        "messengers": given.get("messenger"),
        "accounts": given.get("account"),
        "languages": given.get("language"),
        "tags": without_empty(tags),
        "attributes": pairs_of(given.get("attribute"), "--attribute", "city=Köln"),
        "segment": given.get("segment"),
        "where": conditions(given["where"]) if given.get("where") else None,
    }


def conditions(written: str) -> dict[str, Any]:
    """Conditions from JSON on the command line, a file, or stdin; raises BadUse."""
    text = written
    if not written.lstrip().startswith("{"):
        try:
            text = sys.stdin.read() if written == "-" else Path(written).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise BadUse(f"--where: {written} cannot be read: {error.strerror}.") from None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadUse(f"--where is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise BadUse('--where must be a JSON object such as {"tags": {"any": ["vegan"]}}.')
    return found


def _from_file(file: str | None) -> dict[str, Any]:
    """A body; a bare message becomes one."""
    if not file:
        return {}
    read: Callable[[], str] = (
        sys.stdin.read if file == "-" else lambda: Path(file).read_text(encoding="utf-8-sig")
    )
    try:
        found = json.loads(read())
    except OSError as error:
        raise BadUse(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadUse(f"{file} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise BadUse(f"{file} must hold a JSON object.")
    body = {"message": found} if found.keys() & MESSAGE_FIELDS else found
    for part in ("message", "audience"):
        if not isinstance(body.get(part, {}), dict):
            raise BadUse(f"{file}: {part} must be a JSON object.")
    return body
