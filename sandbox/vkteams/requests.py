"""The query parameters of the bot API, as the official clients send them (bot-python db4fd93, 2024-04-15)."""

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from sandbox.vkteams.errors import Refused, bad, missing
from sandbox.world import Key

TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "ol", "ul", "li", "blockquote"})
MULTIPLE = frozenset({"msgId", "replyMsgId", "forwardMsgId", "actions"})


class Query(BaseModel):
    """Everything comes as text; an unknown parameter is most likely a slip of the pen and refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    token: str
    request_id: Annotated[str, Field(alias="request-id")] = ""


class Button(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel)

    text: Annotated[str, Field(min_length=1)]
    callback_data: str | None = None
    url: str | None = None
    style: Literal["base", "primary", "attention"] = "base"

    @model_validator(mode="after")
    def _one_use(self) -> "Button":
        if (self.callback_data is None) == (self.url is None):
            raise ValueError("exactly one of callbackData and url is needed")
        if self.url is not None and urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError("url must be a web address")
        return self

    def key(self) -> Key:
        return Key(self.text, self.callback_data or "", self.url or "", "url" if self.url else "callback")


KEYBOARD: TypeAdapter[tuple[tuple[Button, ...], ...]] = TypeAdapter(tuple[tuple[Button, ...], ...])


class Send(Query):
    chat_id: Annotated[str, Field(min_length=1)]
    reply_msg_id: tuple[str, ...] = ()
    forward_chat_id: str | None = None
    forward_msg_id: tuple[str, ...] = ()
    inline_keyboard_markup: str | None = None
    parse_mode: Literal["HTML", "MarkdownV2"] | None = None
    format: str | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> "Send":
        if self.reply_msg_id and self.forward_msg_id:
            raise ValueError("replyMsgId and forwardMsgId exclude each other")
        if self.parse_mode and self.format:
            raise ValueError("parseMode and format exclude each other")
        return self

    def keys(self) -> list[Key]:
        """The buttons; raises Refused for markup that is none."""
        if not self.inline_keyboard_markup:
            return []
        try:
            rows = KEYBOARD.validate_json(self.inline_keyboard_markup)
        except ValidationError:
            raise bad("inlineKeyboardMarkup") from None
        return [button.key() for row in rows for button in row]

    def words(self, text: str) -> str:
        """A text without its marks; only HTML is modelled."""
        if self.format:
            try:
                json.loads(self.format)
            except ValueError:
                raise bad("format") from None
        return _plain(text) if self.parse_mode == "HTML" else text


class SendText(Send):
    text: Annotated[str, Field(min_length=1)]


class SendFile(Send):
    """``fileId`` of a file that is there, or nothing beside an upload."""

    file_id: str | None = None
    caption: str = ""


class Events(Query):
    last_event_id: Annotated[int, Field(ge=0)]
    poll_time: Annotated[float, Field(ge=0)]


class EditText(Send):
    msg_id: tuple[str, ...]
    text: Annotated[str, Field(min_length=1)]


class DeleteMessages(Query):
    chat_id: Annotated[str, Field(min_length=1)]
    msg_id: tuple[str, ...]


class AnswerCallback(Query):
    query_id: Annotated[str, Field(min_length=1)]
    text: str = ""
    show_alert: bool = False
    url: str = ""


class Actions(Query):
    chat_id: Annotated[str, Field(min_length=1)]
    actions: tuple[Literal["typing", "looking", ""], ...] = ()


class ChatInfo(Query):
    chat_id: Annotated[str, Field(min_length=1)]


class FileInfo(Query):
    file_id: Annotated[str, Field(min_length=1)]


Q = TypeVar("Q", bound=Query)


def read(parameters: Mapping[str, list[str]], model: type[Q]) -> Q:
    """A call's parameters (name to all values) in its model; raises Refused with VK's words."""
    given: dict[str, Any] = {
        name: tuple(values) if name in MULTIPLE else values[-1] for name, values in parameters.items()
    }
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    raise _refused(first["type"], name, first["msg"])


def _refused(kind: str, name: str, words: str) -> Refused:
    match kind:
        case "missing" | "string_too_short":
            return missing(name)
        case "extra_forbidden":
            return Refused(400, f"Unknown parameter '{name}'")
        case _ if name:
            return bad(name)
        case _:
            return Refused(400, words)


class _Text(HTMLParser):
    """Collects the text of VK's HTML and notices tags that it does not have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise bad("text")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad("text")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _plain(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise bad("text")
    return "".join(parser.text)
