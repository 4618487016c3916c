"""What a bot may send: activities and cards in the models of the sandbox."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.botframework.errors import Refused, bad
from sandbox.world import Key

# The whole activity in UTF-16; what Teams publishes is "about 100 KB" (2026-11-22).
SIZE_LIMIT = 100 * 1024
ATTACHMENT_LIMIT = 10
HERO = "application/vnd.microsoft.card.hero"
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
MEDIA_CARDS = frozenset(f"application/vnd.microsoft.card.{kind}" for kind in ("audio", "video", "animation"))
URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
# What these actions carry is an address.
OPENING = frozenset({"openUrl", "downloadFile", "showImage", "playAudio", "playVideo", "signin"})


class Part(BaseModel):
    """Unknown fields pass; a wrong type does not."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)


class Action(Part):
    type: Literal[
        "openUrl",
        "imBack",
        "postBack",
        "playAudio",
        "playVideo",
        "showImage",
        "downloadFile",
        "signin",
        "call",
        "messageBack",
    ]
    title: str = Field(min_length=1)
    value: Any = None
    text: str = ""
    display_text: str = ""


class Image(Part):
    url: str


class Card(Part):
    """Hero and thumbnail cards."""

    title: str = ""
    subtitle: str = ""
    text: str = ""
    images: list[Image] = Field(default_factory=list)
    buttons: list[Action] = Field(default_factory=list)


class Attachment(Part):
    content_type: str = Field(min_length=1)
    content_url: str = ""
    content: Any = None
    name: str = ""


class Suggested(Part):
    to: list[str] = Field(default_factory=list)
    actions: list[Action] = Field(default_factory=list)


class Who(Part):
    id: str = ""


class Activity(Part):
    type: str = Field(min_length=1)
    conversation: Who = Who()
    recipient: Who = Who()
    text: str = ""
    text_format: Literal["plain", "markdown", "xml"] = "markdown"
    attachment_layout: Literal["list", "carousel"] = "list"
    attachments: list[Attachment] = Field(default_factory=list)
    suggested_actions: Suggested = Suggested()
    reply_to_id: str = ""
    summary: str = ""
    locale: str = ""
    entities: list[dict[str, Any]] = Field(default_factory=list)
    channel_data: dict[str, Any] = Field(default_factory=dict)


class NewConversation(Part):
    """The body of ``POST /v3/conversations``."""

    bot: Who = Who()
    is_group: bool = False
    members: list[Who] = Field(default_factory=list)
    tenant_id: str = ""
    channel_data: dict[str, Any] = Field(default_factory=dict)
    activity: dict[str, Any] | None = None


class Upload(Part):
    """The body of ``POST …/attachments``."""

    type: str
    name: str = ""
    original: str = Field(alias="originalBase64")


@dataclass(slots=True)
class Shown:
    """What the phone will show."""

    kind: str
    text: str
    picture: str = ""
    keys: tuple[Key, ...] = ()


def parsed(body: bytes) -> dict[str, Any]:
    """The request's JSON object; raises Refused, also for one that is too big."""
    try:
        text = body.decode("utf-8")
        told = json.loads(text)
    except ValueError:
        raise Refused(400, "BadSyntax", "Invalid or missing activity in request body.") from None
    if not isinstance(told, dict):
        raise Refused(400, "BadSyntax", "Invalid or missing activity in request body.")
    if len(text.encode("utf-16-le")) > SIZE_LIMIT:
        raise Refused(413, "MessageSizeTooBig", "Message size too large.")
    return told


def modelled(model: type[Part], told: dict[str, Any]) -> Any:
    """Raises Refused."""
    try:
        return model.model_validate(told)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        raise bad(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def shown(activity: Activity, channel: str) -> Shown | None:
    """What a message says; None for other activities; raises Refused."""
    if activity.type != "message":
        return None
    if len(activity.attachments) > ATTACHMENT_LIMIT:
        raise bad("Too many attachments.")
    view = Shown("text", activity.text)
    for attachment in activity.attachments:
        _attach(view, attachment, channel)
    offered = activity.suggested_actions.actions
    if channel == "msteams":
        # Of the suggestions Teams shows only those that write something.
        offered = [one for one in offered if one.type == "imBack"]
    view.keys += tuple(map(_key, offered))
    if not (view.text.strip() or activity.attachments):
        raise bad("Activity must include non empty 'text' field or at least 1 attachment.")
    if view.keys:
        view.kind = "buttons"
    return view


def _attach(view: Shown, attachment: Attachment, channel: str) -> None:
    kind = attachment.content_type
    if kind in (HERO, THUMBNAIL):
        card: Card = modelled(Card, attachment.content if isinstance(attachment.content, dict) else {})
        _say(view, card.title, card.subtitle, card.text)
        view.picture = view.picture or next((_address(one.url) for one in card.images), "")
        view.keys += tuple(map(_key, card.buttons))
    elif kind == ADAPTIVE:
        _adapt(view, attachment.content)
    elif kind in MEDIA_CARDS and channel == "msteams":
        raise bad(f"Unknown attachment type {kind}.")
    elif not attachment.content_url:
        _say(view, attachment.name or kind)
    elif kind.startswith("image/"):
        view.kind, view.picture = "image", _address(attachment.content_url)
    else:
        view.kind = kind.partition("/")[0] if kind.startswith(("audio/", "video/")) else "document"
        _say(view, attachment.name, _address(attachment.content_url))


def _adapt(view: Shown, card: Any) -> None:
    """An adaptive card's texts and actions; its layout is not drawn."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        raise bad("Adaptive card has no type.")
    for block in card.get("body", []):
        _say(view, str(block.get("text", "")))
    for action in card.get("actions", []):
        title, kind = str(action.get("title", "")), str(action.get("type", ""))
        if kind == "Action.OpenUrl":
            view.keys += (Key(title, url=_address(str(action.get("url", ""))), kind="url"),)
        elif kind in ("Action.Submit", "Action.Execute"):
            carried = {"value": action.get("data"), "verb": action.get("verb", "")}
            view.keys += (Key(title, json.dumps(carried), kind=kind),)


def _say(view: Shown, *lines: str) -> None:
    view.text = "\n".join(filter(None, (view.text, *lines)))


def _key(action: Action) -> Key:
    if action.type in OPENING:
        return Key(action.title, url=_address(str(action.value or "")), kind="url")
    if action.type == "imBack" and not isinstance(action.value, str):
        raise bad("The value of an imBack action must be a string.")
    carried = {"value": action.value, "text": action.text, "displayText": action.display_text}
    return Key(action.title, json.dumps(carried, ensure_ascii=False), kind=action.type)


def _address(url: str) -> str:
    if not URL.fullmatch(url) and not url.startswith("data:image/"):
        raise bad("An attachment's or a button's address must be a URL.")
    return url
