"""What a phone shows of a message, and what the oracle writes down."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.meta import requests as wire
from sandbox.meta.config import MetaAccount, PageAccount, UtilityTemplate
from sandbox.meta.errors import Refused, invalid
from sandbox.meta.flavour import Flavour
from sandbox.world import Key


@dataclass(slots=True)
class Reading:
    """A request as far as it was understood; ``attachment`` is as the echo tells it."""

    user: str = ""
    kind: str = ""
    text: str = ""
    delivery: str = ""
    template: str = ""
    category: str = ""
    picture: str = ""
    keys: list[Key] = field(default_factory=list)
    attachment: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, str]:
        names = ("user", "kind", "text", "delivery", "template", "category")
        return {name: value for name in names if (value := getattr(self, name))}


def describe(
    message: wire.Message, account: MetaAccount, flavour: Flavour, uploads: dict[str, str], reading: Reading
) -> None:
    """Fills in ``reading``; raises Refused for what this account cannot send."""
    if message.text is not None:
        reading.kind, reading.text = "text", message.text
    elif message.template is not None:
        _utility(message.template, account, reading)
    elif isinstance(message.attachment, wire.TemplateAttachment):
        _template(message.attachment, reading)
    elif message.attachment is not None:
        _file(message.attachment, flavour, uploads, reading)
    reading.keys += [_quick(one) for one in message.quick_replies]


def _quick(reply: wire.QuickReply) -> Key:
    match reply.content_type:
        case "text":
            return Key(reply.title or "", reply.payload or "", kind="quick")
        case "user_phone_number":
            return Key("+49 171 3920000", "+491713920000", kind="quick")
        case _:
            return Key("person@example.org", "person@example.org", kind="quick")


def _file(attachment: wire.File, flavour: Flavour, uploads: dict[str, str], reading: Reading) -> None:
    if attachment.type not in flavour.files:
        raise invalid(f"Attachments of type {attachment.type} are not supported on {flavour.name}")
    address = attachment.payload.url
    if address is None:
        address = uploads.get(attachment.payload.attachment_id or "")
        if address is None:
            raise invalid("The attachment_id does not belong to an upload of this account")
    reading.kind, reading.picture = attachment.type, address
    reading.attachment = {"type": attachment.type, "payload": {"url": address}}


def _template(attachment: wire.TemplateAttachment, reading: Reading) -> None:
    payload = attachment.payload
    reading.attachment = {"type": "template", "payload": payload.model_dump(exclude_none=True)}
    if isinstance(payload, wire.ButtonPayload):
        reading.kind, reading.text = "buttons", payload.text
        reading.keys = [_button(one) for one in payload.buttons]
        return
    reading.kind = "cards"
    reading.text = "\n\n".join("\n".join(filter(None, (one.title, one.subtitle))) for one in payload.elements)
    reading.picture = next((one.image_url for one in payload.elements if one.image_url), "")
    reading.keys = [_button(button) for one in payload.elements for button in one.buttons or ()]


def _button(button: wire.PostbackButton | wire.UrlButton | wire.CallButton) -> Key:
    match button:
        case wire.PostbackButton():
            return Key(button.title, button.payload, kind="postback")
        case wire.UrlButton():
            return Key(button.title, url=button.url, kind="url")
        case wire.CallButton():
            return Key(button.title, url=f"tel:{button.payload}", kind="url")


def _utility(part: wire.Template, account: MetaAccount, reading: Reading) -> None:
    """An approved utility template with its parameters; raises Refused."""
    templates = account.templates if isinstance(account, PageAccount) else ()
    found = [one for one in templates if (one.name, one.language) == (part.name, part.language.code)]
    if not found:
        raise invalid(f"Template {part.name} does not exist in {part.language.code}")
    template = found[0]
    if template.status != "APPROVED":
        raise invalid(f"Template {part.name} is {template.status.lower()}")
    values = _values(template, part)
    reading.kind, reading.category = "template", "UTILITY"
    reading.template = f"{template.name}/{template.language}"
    reading.text = re.sub(r"\{\{(\w+)\}\}", lambda place: values[place[1]], template.body)
    payloads = [one.payload or "" for one in _given(part, "buttons") if one.type == "POSTBACK"]
    if len(payloads) > len(template.postbacks):
        raise invalid("More button parameters than the template has buttons")
    filled = payloads + [""] * (len(template.postbacks) - len(payloads))
    reading.keys = [
        Key(label, payload or label, kind="postback")
        for label, payload in zip(template.postbacks, filled, strict=True)
    ]


def _given(part: wire.Template, kind: str) -> list[wire.Parameter]:
    return [one for component in part.components if component.type == kind for one in component.parameters]


def _values(template: UtilityTemplate, part: wire.Template) -> dict[str, str]:
    """The text for each placeholder of the body."""
    given = _given(part, "body")
    places = template.places
    if len(given) != len(places) or any(one.type != "text" or one.text is None for one in given):
        raise Refused(100, f"The template has {len(places)} body parameters; {len(given)} were given")
    if all(place.isdecimal() for place in places):
        if any(one.parameter_name for one in given):
            raise invalid("The template's parameters have no names")
        return {place: one.text or "" for place, one in zip(sorted(places, key=int), given, strict=True)}
    named = {one.parameter_name or "": one.text or "" for one in given}
    if set(named) != set(places):
        raise invalid(f"The template's parameters are {', '.join(places)}")
    return named
