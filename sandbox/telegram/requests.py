"""The parameters of the send methods, with the Bot API's limits; lengths in characters, data in bytes."""

import json
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.telegram.errors import Refused, bad
from sandbox.telegram.media import ATTACHED, METHODS, SHOWN
from sandbox.world import Key

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT = 64
BUTTON_LIMIT = 100
ALBUM_LEAST, ALBUM_MOST = 2, 10
COMMAND_LIMIT = 100
# The kinds of an album that go together with no other.
ALONE = ("document", "audio")
SENDS = frozenset({"sendmessage", "sendmediagroup", "sendlocation", *METHODS})
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


class Place(Part):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Command(Part):
    command: str = Field(pattern=r"^/?[a-z0-9_]{1,32}$")
    description: str = Field(min_length=1, max_length=256)


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of a send. ``kind`` is what a phone shows; ``word`` is the kind of ``file``, which is an
    id, an address or an upload ("" for none)."""

    kind: str
    text: str
    word: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """One send as the Bot API understands it; an album has several pieces."""

    kind: str
    user: str
    pieces: tuple[Piece, ...]
    keys: tuple[Key, ...] = ()
    markup: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        return "\n".join(piece.text for piece in self.pieces if piece.text)

    @property
    def album(self) -> bool:
        return self.kind == "album"


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
    if method == "sendmediagroup":
        # Telegram reads no reply_markup here: an album has no buttons.
        return Send("album", user, _album(parameters))
    keys, markup = keyboard(parameters.get("reply_markup"))
    piece = _piece(method, parameters)
    kind = "buttons" if keys and piece.kind == "text" else piece.kind
    return Send(kind, user, (replace(piece, kind=kind),), keys, markup)


def _piece(method: str, parameters: dict[str, Any]) -> Piece:
    if method == "sendlocation":
        return Piece("location", _place(parameters))
    if method == "sendmessage":
        return Piece("text", _text(parameters))
    word = METHODS[method]
    caption = _caption(parameters)
    file = str(parameters.get(word) or "")
    if not file:
        raise bad(f"there is no {word} in the request")
    return Piece(SHOWN.get(word, word), caption, word, file)


def _text(parameters: dict[str, Any]) -> str:
    text = plain(str(parameters.get("text") or ""), str(parameters.get("parse_mode") or ""))
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text


def _caption(parameters: dict[str, Any]) -> str:
    text = plain(str(parameters.get("caption") or ""), str(parameters.get("parse_mode") or ""))
    if len(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return text


def _place(parameters: dict[str, Any]) -> str:
    for name in ("latitude", "longitude"):
        if parameters.get(name) in (None, ""):
            raise bad(f"{name} is empty")
    try:
        place = Place.model_validate(parameters)
    except ValidationError:
        raise bad("invalid location specified") from None
    return f"{place.latitude}, {place.longitude}"


def _album(parameters: dict[str, Any]) -> tuple[Piece, ...]:
    """The pieces of ``media`` (JSON text or list).

    Telegram's page wants two to ten. Its server is said to send a single one as a message of its own; the
    sandbox refuses that.
    """
    if parameters.get("media") in (None, ""):
        raise bad('parameter "media" is required')
    items = listed(parameters["media"], "media")
    if not items:
        raise bad("there are no messages to send")
    if len(items) > ALBUM_MOST:
        raise bad("too many messages to send as an album")
    pieces = tuple(_album_piece(item, parameters) for item in items)
    if len(pieces) < ALBUM_LEAST:
        raise bad("an album has at least 2 messages")
    words = {piece.word for piece in pieces}
    for word in ALONE:
        if word in words and len(words) > 1:
            raise bad(f"{word} can't be mixed with other media types")
    return pieces


def _album_piece(item: Any, parameters: dict[str, Any]) -> Piece:
    if not isinstance(item, dict):
        raise _unparsed("expected an Object")
    word, file = str(item.get("type") or ""), str(item.get("media") or "")
    if word == "voice" or f"send{word}" not in METHODS:
        raise _unparsed(f'type "{word}" can\'t be used in sendMediaGroup')
    if file.startswith(ATTACHED):
        file = str(parameters.get(file.removeprefix(ATTACHED)) or "")
    if not file:
        raise _unparsed("media not found")
    return Piece(SHOWN.get(word, word), _caption(item), word, file)


def _unparsed(why: str) -> Refused:
    return bad(f"can't parse InputMedia: {why}")


def listed(value: Any, name: str) -> list[Any]:
    """A list that came as JSON text or as itself."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    if not isinstance(value, list):
        raise bad(f"expected an Array of {name}")
    return value


def commands(parameters: dict[str, Any]) -> list[dict[str, str]]:
    """The commands of ``setMyCommands``."""
    given = listed(parameters.get("commands"), "commands")
    if len(given) > COMMAND_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    try:
        read = [Command.model_validate(one) for one in given]
    except ValidationError as invalid:
        described = all("description" in error["loc"] for error in invalid.errors())
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID" if described else "BOT_COMMAND_INVALID") from None
    return [{"command": one.command.removeprefix("/"), "description": one.description} for one in read]


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
