"""What a bot may send, with Viber's limits (developers.viber.com 7.3.0); lengths in characters."""

import html
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_pascal
from pydantic_core import PydanticCustomError

from sandbox.viber.errors import Refused, bad, missing
from sandbox.world import Key

BODY_BYTES = 30_000
BROADCAST_LIMIT = 300
VIDEO_BYTES = 27_262_976
FILE_BYTES = 50 * 2**20
RICH_VERSION = 2
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PICTURES = (".jpeg", ".jpg", ".png", ".gif")
EXECUTABLE = frozenset({"exe", "bat", "cmd", "com", "msi", "scr", "js", "vbs", "apk", "jar", "sh", "ps1"})


class Part(BaseModel):
    """The fake is strict where Viber may be lenient: an unknown field is most likely a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Capital(Part):
    """Keyboards and rich media write their fields with a capital letter."""

    model_config = ConfigDict(alias_generator=to_pascal)


def address(*endings: str, limit: int = 2000) -> AfterValidator:
    """A web address, encrypted but on this machine; its path has one of the endings, if there are any."""

    def fits(url: str) -> str:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            parts, host = urlsplit(""), ""
        safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
        if not host or not safe or len(url) > limit or re.search(r"\s", url):
            raise PydanticCustomError("viber_url", "this is no https address of at most 2000 characters")
        if endings and not parts.path.lower().endswith(endings):
            raise PydanticCustomError("viber_url", "the path must end with the file's extension")
        return url

    return AfterValidator(fits)


Thumbnail = Annotated[str, address()]


class Sender(Part):
    name: Annotated[str, Field(min_length=1, max_length=28)]
    avatar: Annotated[str, address()] | None = None


class Button(Capital):
    columns: Annotated[int, Field(ge=1, le=6)] = 6
    rows: Annotated[int, Field(ge=1, le=7)] = 1
    action_type: Literal["reply", "open-url", "location-picker", "share-phone", "none"] = "reply"
    action_body: str = ""
    text: Annotated[str, Field(max_length=250)] = ""
    text_size: Literal["small", "medium", "regular", "large"] = "regular"
    text_v_align: Literal["top", "middle", "bottom"] = "middle"
    text_h_align: Literal["left", "center", "right"] = "center"
    text_opacity: Annotated[int, Field(ge=0, le=100)] = 100
    bg_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None
    image: Annotated[str, address()] | None = None
    silent: bool = False
    open_url_type: Annotated[Literal["internal", "external"], Field(alias="OpenURLType")] = "internal"
    open_url_media_type: Annotated[str, Field(alias="OpenURLMediaType")] = "not-media"

    @model_validator(mode="after")
    def _does_something(self) -> "Button":
        if self.action_type != "none" and not self.action_body:
            raise PydanticCustomError("viber_button", "ActionBody is needed")
        if self.action_type == "open-url" and not re.match(r"https?://\S+$", self.action_body):
            raise PydanticCustomError("viber_button", "ActionBody must be a web address")
        return self

    def key(self) -> Key:
        """The button as a phone shows it; its text is HTML."""
        label = html.unescape(re.sub(r"<[^>]*>", "", self.text)) or self.action_body
        if self.action_type == "open-url":
            return Key(label, url=self.action_body, kind="open-url")
        return Key(label, self.action_body, kind=f"{self.action_type}{' silent' if self.silent else ''}")


class Keyboard(Capital):
    type: Literal["keyboard"]
    buttons: Annotated[tuple[Button, ...], Field(min_length=1)]
    default_height: bool = False
    custom_default_height: Annotated[int, Field(ge=40, le=70)] | None = None
    height_scale: Annotated[int, Field(ge=20, le=100)] | None = None
    bg_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None
    buttons_group_columns: Annotated[int, Field(ge=1, le=6)] = 6
    buttons_group_rows: Annotated[int, Field(ge=1, le=2)] = 2
    input_field_state: Literal["regular", "minimized", "hidden"] = "regular"


class RichMedia(Capital):
    type: Literal["rich_media"]
    buttons: Annotated[tuple[Button, ...], Field(min_length=1)]
    buttons_group_columns: Annotated[int, Field(ge=1, le=6)] = 6
    buttons_group_rows: Annotated[int, Field(ge=1, le=7)] = 7
    bg_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None


class Contact(Part):
    name: Annotated[str, Field(min_length=1, max_length=28)]
    phone_number: Annotated[str, Field(min_length=1, max_length=18)]


class Place(Part):
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class Message(Part):
    """What every message has; ``auth_token`` may stand here instead of in the header."""

    sender: Sender
    min_api_version: Annotated[int, Field(ge=1)] = 1
    tracking_data: Annotated[str, Field(max_length=4000)] = ""
    keyboard: Keyboard | None = None
    receiver: Annotated[str, Field(min_length=1)] | None = None
    broadcast_list: Annotated[tuple[str, ...], Field(max_length=BROADCAST_LIMIT)] | None = None
    auth_token: str | None = None


class Text(Message):
    type: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=7000)]


class Picture(Message):
    type: Literal["picture"]
    text: Annotated[str, Field(max_length=768)] = ""
    media: Annotated[str, address(*PICTURES)]
    thumbnail: Thumbnail | None = None


class Video(Message):
    type: Literal["video"]
    media: Annotated[str, address(".mp4")]
    size: Annotated[int, Field(ge=1, le=VIDEO_BYTES)]
    duration: Annotated[int, Field(ge=1, le=180)] | None = None
    thumbnail: Thumbnail | None = None


class File(Message):
    type: Literal["file"]
    media: Annotated[str, address()]
    size: Annotated[int, Field(ge=1, le=FILE_BYTES)]
    file_name: Annotated[str, Field(min_length=3, max_length=256)]

    @model_validator(mode="after")
    def _named(self) -> "File":
        _, dot, ending = self.file_name.rpartition(".")
        if not dot or not ending or ending.lower() in EXECUTABLE:
            raise PydanticCustomError("viber_file", "file_name needs an extension that Viber carries")
        return self


class ContactMessage(Message):
    type: Literal["contact"]
    contact: Contact


class Location(Message):
    type: Literal["location"]
    location: Place


class Url(Message):
    type: Literal["url"]
    media: Annotated[str, address()]


class Sticker(Message):
    type: Literal["sticker"]
    sticker_id: int | Annotated[str, Field(pattern=r"^\d+$")]


class Rich(Message):
    type: Literal["rich_media"]
    rich_media: RichMedia
    alt_text: Annotated[str, Field(max_length=7000)] = ""


def _tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return None if kind is None else f"<{kind}>"


AnyMessage = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[Picture, Tag("<picture>")]
    | Annotated[Video, Tag("<video>")]
    | Annotated[File, Tag("<file>")]
    | Annotated[ContactMessage, Tag("<contact>")]
    | Annotated[Location, Tag("<location>")]
    | Annotated[Url, Tag("<url>")]
    | Annotated[Sticker, Tag("<sticker>")]
    | Annotated[Rich, Tag("<rich_media>")],
    Discriminator(_tag),
]
MESSAGE: TypeAdapter[Message] = TypeAdapter(AnyMessage)


class SetWebhook(Part):
    url: str
    event_types: tuple[str, ...] | None = None
    send_name: bool = False
    send_photo: bool = False
    auth_token: str | None = None


class Details(Part):
    id: Annotated[str, Field(min_length=1)]
    auth_token: str | None = None


class Online(Part):
    ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    auth_token: str | None = None


def read(body: bytes) -> Message:
    """A message to send; raises Refused."""
    if len(body) > BODY_BYTES:
        raise bad(f"the request has {len(body)} bytes, at most {BODY_BYTES} are taken")
    message: Message = checked(body, MESSAGE)
    if isinstance(message, Rich) and message.min_api_version < RICH_VERSION:
        raise Refused(14)
    return message


def checked(body: bytes, adapter: TypeAdapter[Any]) -> Any:
    """A body in its model; raises Refused with 3 or 4 for the first thing that is wrong."""
    try:
        return adapter.validate_json(body or b"")
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"] if not str(step).startswith("<"))
    if first["type"] == "json_invalid":
        raise bad("the body is no JSON")
    if first["type"] in ("missing", "union_tag_not_found"):
        raise missing(where or "type")
    raise bad(f"{where or 'type'}: {first['msg']}")


def keys(message: Message) -> list[Key]:
    """All buttons, those of the card first."""
    buttons = message.rich_media.buttons if isinstance(message, Rich) else ()
    board = message.keyboard.buttons if message.keyboard is not None else ()
    return [one.key() for one in (*buttons, *board) if one.action_type != "none"]


def shown(message: Message) -> tuple[str, str, str]:
    """(kind, text, picture) of the bubble."""
    match message:
        case Text():
            return ("buttons" if message.keyboard else "text"), message.text, ""
        case Picture():
            return "image", message.text, message.media
        case Video():
            return "video", message.media, ""
        case File():
            return "document", f"{message.file_name}\n{message.media}", ""
        case ContactMessage():
            return "contact", f"{message.contact.name}\n{message.contact.phone_number}", ""
        case Location():
            return "location", f"{message.location.lat}, {message.location.lon}", ""
        case Url():
            return "link", message.media, ""
        case Sticker():
            return "sticker", f"[{message.sticker_id}]", ""
        case Rich():
            return "buttons", _words(message.rich_media) or message.alt_text, _picture(message.rich_media)
        case _:
            raise TypeError(type(message).__name__)


def _words(card: RichMedia) -> str:
    plain = (one.key().label for one in card.buttons if one.action_type == "none")
    return "\n".join(label for label in plain if label)


def _picture(card: RichMedia) -> str:
    return next((one.image for one in card.buttons if one.image), "")
