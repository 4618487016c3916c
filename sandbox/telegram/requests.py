"""The parameters of the send methods, with the Bot API's limits; lengths in characters, data in bytes."""

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.telegram.errors import bad
from sandbox.world import Key

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT = 64
BUTTON_LIMIT = 100
URL_SCHEMES = frozenset({"http", "https", "tg"})
TAGS = frozenset(
    [
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "span",
        "tg-spoiler",
        "tg-emoji",
        "code",
        "pre",
        "blockquote",
    ]
)


class Part(BaseModel):
    """The Bot API ignores what it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class InlineButton(Part):
    text: str = Field(min_length=1)
    callback_data: str | None = None
    url: str | None = None


class InlineKeyboard(Part):
    inline_keyboard: tuple[tuple[InlineButton, ...], ...]


class KeyButton(Part):
    text: str = Field(min_length=1)


class ReplyKeyboard(Part):
    keyboard: tuple[tuple[KeyButton | str, ...], ...]


class Chat(Part):
    chat_id: int | str


@dataclass(frozen=True, slots=True)
class Send:
    """One send as the Bot API understands it; ``file`` is a file id, an address or an upload."""

    kind: str
    user: str
    text: str
    keys: tuple[Key, ...]
    file: str
    markup: dict[str, Any] | None


MEDIA = {"sendphoto": "photo", "sendvideo": "video", "sendaudio": "audio", "senddocument": "document"}


def user_of(parameters: dict[str, Any]) -> str:
    """The chat as a string; raises Refused."""
    try:
        chat = str(Chat.model_validate(parameters).chat_id).strip()
    except ValidationError:
        raise bad("chat_id is empty") from None
    if not chat:
        raise bad("chat_id is empty")
    return chat


def read(method: str, parameters: dict[str, Any]) -> Send:
    """A send method's parameters; raises Refused with the Bot API's words for what is wrong."""
    user = user_of(parameters)
    kind = MEDIA.get(method, "")
    mode = str(parameters.get("parse_mode") or "")
    text = plain(str(parameters.get("caption" if kind else "text") or ""), mode)
    if not kind and not text.strip():
        raise bad("message text is empty")
    if len(text) > (CAPTION_LIMIT if kind else TEXT_LIMIT):
        raise bad("message caption is too long" if kind else "message is too long")
    file = str(parameters.get(kind) or "") if kind else ""
    if kind and not file:
        raise bad(f"there is no {kind} in the request")
    keys, markup = keyboard(parameters.get("reply_markup"))
    shown = kind or ("buttons" if keys else "text")
    return Send("image" if shown == "photo" else shown, user, text, keys, file, markup)


def keyboard(value: Any) -> tuple[tuple[Key, ...], dict[str, Any] | None]:
    """The buttons of ``reply_markup`` (JSON text or object), and the inline markup to give back."""
    if not value:
        return (), None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    try:
        if "inline_keyboard" in value:
            inline = InlineKeyboard.model_validate(value)
            return _inline(inline), inline.model_dump(exclude_none=True)
        if "keyboard" in value:
            rows = ReplyKeyboard.model_validate(value).keyboard
            texts = (one if isinstance(one, str) else one.text for row in rows for one in row)
            return tuple(Key(text, text, kind="text") for text in texts), None
    except ValidationError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if "remove_keyboard" in value or "force_reply" in value:
        return (), None
    raise bad("object expected as reply markup")


def _inline(markup: InlineKeyboard) -> tuple[Key, ...]:
    buttons = [button for row in markup.inline_keyboard for button in row]
    if len(buttons) > BUTTON_LIMIT:
        raise bad("reply markup is too long")
    return tuple(map(_key, buttons))


def _key(button: InlineButton) -> Key:
    if button.url is not None:
        parts = urlsplit(button.url if "://" in button.url else f"http://{button.url}")
        if parts.scheme not in URL_SCHEMES or not parts.netloc or re.search(r"\s", button.url):
            raise bad(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
        return Key(button.text, url=button.url, kind="url")
    if button.callback_data is None:
        raise bad("Text buttons are unallowed in the inline keyboard")
    if not 1 <= len(button.callback_data.encode()) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    return Key(button.text, button.callback_data, kind="callback")


class _Plain(HTMLParser):
    """Collects the text of Telegram's HTML and notices what Telegram would not take."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise bad(
                f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}'
            )
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def plain(text: str, mode: str) -> str:
    """The text without its marks; only HTML is modelled, the other modes stay as written."""
    if mode.lower() != "html":
        return text
    parser = _Plain()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise bad(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{parser.open[-1]}\""
        )
    return "".join(parser.text)
