"""What a business may send, in the models of the sandbox; lengths in bytes where WeChat counts bytes."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.wechat.errors import Refused
from sandbox.world import Key

# 2048 bytes is what clients have met; no page of WeChat's tells it (as of 2026-11-22).
TEXT_LIMIT = 2048
MASS_MINIMUM = 2
MASS_LIMIT = 10_000
CLIENT_ID_LIMIT = 64
# A \u escape of anything above ASCII; the backslash before it must not be escaped itself.
ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")


class Part(BaseModel):
    """WeChat ignores what it does not know, and takes no number for a text."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Text(Part):
    content: str


class Media(Part):
    media_id: str


class Pictures(Part):
    media_ids: list[str] = Field(min_length=1, max_length=20)


class Video(Media):
    title: str = ""
    description: str = ""


class Music(Part):
    title: str = ""
    description: str = ""
    musicurl: str
    hqmusicurl: str
    thumb_media_id: str


class Article(Part):
    title: str
    description: str = ""
    url: str = ""
    picurl: str = ""


class News(Part):
    articles: list[Article] = Field(min_length=1)


class MenuItem(Part):
    id: str
    content: str


class Menu(Part):
    head_content: str = ""
    items: list[MenuItem] = Field(alias="list", min_length=1)
    tail_content: str = ""


class ArticleId(Part):
    article_id: str


class Card(Part):
    card_id: str


class MiniProgram(Part):
    title: str = ""
    appid: str
    pagepath: str
    thumb_media_id: str


CUSTOM: dict[str, type[Part]] = {
    "text": Text,
    "image": Media,
    "voice": Media,
    "video": Video,
    "music": Music,
    "news": News,
    "mpnews": Media,
    "mpnewsarticle": ArticleId,
    "msgmenu": Menu,
    "wxcard": Card,
    "miniprogrampage": MiniProgram,
}
MASS: dict[str, type[Part]] = {
    "text": Text,
    "image": Media,
    "voice": Media,
    "mpvideo": Media,
    "mpnews": Media,
    "wxcard": Card,
}


@dataclass(frozen=True, slots=True)
class Content:
    """What the phone will show; ``media`` are the ids that must have been uploaded."""

    kind: str
    text: str = ""
    picture: str = ""
    keys: tuple[Key, ...] = ()
    media: tuple[str, ...] = ()


def parsed(body: bytes) -> dict[str, Any]:
    """The request's JSON, which must be raw UTF-8: an escaped letter would be shown as the escape."""
    if not body:
        raise Refused(44002)
    try:
        told = json.loads(body.decode("utf-8"))
    except ValueError:
        raise Refused(47001) from None
    if not isinstance(told, dict) or ESCAPED.search(body):
        raise Refused(47001)
    return told


def content(message: dict[str, Any], kinds: dict[str, type[Part]]) -> Content:
    """What a customer-service or a mass message says; raises Refused."""
    kind = message.get("msgtype")
    if not isinstance(kind, str) or kind not in kinds:
        raise Refused(40008)
    given = message.get(kind)
    model = kinds[kind]
    if kind == "image" and kinds is MASS and (pictures := message.get("images")) is not None:
        given, model = pictures, Pictures
    try:
        part = model.model_validate(given)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, (kind, *first["loc"])))
        raise Refused(47001, f"{where}: {first['msg']}") from None
    return _shown(kind, part)


def _shown(kind: str, part: Part) -> Content:
    match part:
        case Text():
            return Content("text", _text(part.content))
        case Pictures():
            return Content("image", media=tuple(part.media_ids), picture=part.media_ids[0])
        case Video():
            text = "\n".join(filter(None, (part.title, part.description)))
            return Content("video", text, media=(part.media_id,))
        case Media():
            picture = part.media_id if kind == "image" else ""
            return Content("text" if kind == "mpnews" else kind, picture=picture, media=(part.media_id,))
        case News():
            return _news(part.articles)
        case Menu():
            keys = tuple(Key(one.content, one.id, kind="menu") for one in part.items)
            text = _text("\n".join(filter(None, (part.head_content, part.tail_content))))
            return Content("buttons", text, keys=keys)
        case Music():
            text = "\n".join(filter(None, (part.title, part.description, part.musicurl)))
            return Content("audio", text, media=(part.thumb_media_id,))
        case MiniProgram():
            return Content(kind, part.title, media=(part.thumb_media_id,))
    return Content(kind)


def _text(text: str) -> str:
    if not text.strip():
        raise Refused(44004)
    if len(text.encode()) > TEXT_LIMIT:
        raise Refused(45002)
    return text


def _news(articles: list[Article]) -> Content:
    if len(articles) > 1:
        raise Refused(45008)
    one = articles[0]
    text = "\n".join(filter(None, (one.title, one.description)))
    keys = (Key(one.title, url=one.url, kind="url"),) if one.url else ()
    return Content("link", _text(text), picture=one.picurl, keys=keys)


class TemplateValue(Part):
    value: str


class TemplateSend(Part):
    """``template/send`` and ``subscribe/bizsend``."""

    touser: str
    template_id: str
    data: dict[str, TemplateValue]
    url: str = ""
    page: str = ""
    client_msg_id: str = ""


def template(message: dict[str, Any]) -> TemplateSend:
    try:
        return TemplateSend.model_validate(message)
    except ValidationError as invalid:
        where = ".".join(map(str, invalid.errors(include_url=False, include_input=False)[0]["loc"]))
        raise Refused(47003, f"{where} invalid") from None


# A notice's values by the word before the number of their key.
NOTICE_VALUES = {
    "thing": r".{1,20}",
    "number": r"[\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "time": r".*\d{1,2}[:时].*|.*\d{4}.*",
    "date": r".*\d{4}.*",
    "amount": r".?[\d.,]{1,10}.?",
    "phone_number": r"[\d+-]{1,17}",
    "car_number": r".{1,8}",
    "name": r".{1,20}",
    "phrase": r".{1,5}",
}


def check_notice(fields: tuple[str, ...], data: dict[str, TemplateValue]) -> None:
    """Every field of the notice with a value of its type; raises Refused."""
    for name in fields:
        pattern = NOTICE_VALUES.get(name.rstrip("0123456789"), r".{1,20}")
        value = data[name].value if name in data else ""
        if not re.fullmatch(pattern, value):
            raise Refused(47003, f"data.{name}.value invalid")


@dataclass(frozen=True, slots=True)
class Mass:
    """A mass message; ``client_id`` is the business's key against sending twice ("" : it gave none)."""

    users: tuple[str, ...]
    content: Content
    client_id: str


def mass(message: dict[str, Any]) -> Mass:
    """Raises Refused."""
    users = message.get("touser")
    if not isinstance(users, list) or not all(isinstance(one, str) for one in users):
        raise Refused(40031)
    if len(set(users)) < MASS_MINIMUM:
        raise Refused(40130)
    if len(users) > MASS_LIMIT:
        raise Refused(40032)
    client_id = message.get("clientmsgid", "")
    if not isinstance(client_id, str):
        raise Refused(47001)
    if len(client_id.encode()) > CLIENT_ID_LIMIT:
        raise Refused(45067)
    return Mass(tuple(dict.fromkeys(users)), content(message, MASS), client_id)
