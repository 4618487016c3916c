"""What a channel may send, with LINE's limits: the objects of the reference of 2026-08-07."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from sandbox.line.errors import Refused, bad
from sandbox.line.flex import Container
from sandbox.line.values import (
    AnyAction,
    Media,
    Part,
    PlainAction,
    TemplateAction,
    clusters,
    label,
    length,
    size,
    tag,
)

USER = re.compile(r"U[0-9a-f]{32}")
UNIT = re.compile(r"[a-zA-Z0-9_]{1,30}")
MULTICAST_LIMIT = 500


class QuickReply(Part):
    type: Literal["action"] = "action"
    action: Annotated[AnyAction, label(20, quick=True)]
    image_url: Media | None = None


class QuickReplies(Part):
    items: Annotated[tuple[QuickReply, ...], size(1, 13)]


class Sender(Part):
    name: Annotated[str, length(0, 20, clusters)] | None = None
    icon_url: Media | None = None


class Message(Part):
    quick_reply: QuickReplies | None = None
    sender: Sender | None = None


class Emoji(Part):
    index: int
    product_id: str
    emoji_id: str


class TextMessage(Message):
    type: Literal["text"]
    text: Annotated[str, length(1, 5000)]
    emojis: tuple[Emoji, ...] = ()
    quote_token: str | None = None


class TextV2Message(Message):
    type: Literal["textV2"]
    text: Annotated[str, length(1, 5000)]
    substitution: dict[str, Any] | None = None
    quote_token: str | None = None


class ImageMessage(Message):
    type: Literal["image"]
    original_content_url: Media
    preview_image_url: Media


class VideoMessage(Message):
    type: Literal["video"]
    original_content_url: Media
    preview_image_url: Media
    tracking_id: Annotated[str, length(1, 100)] | None = None


class AudioMessage(Message):
    type: Literal["audio"]
    original_content_url: Media
    duration: Annotated[int, Field(ge=1)]


class LocationMessage(Message):
    type: Literal["location"]
    title: Annotated[str, length(1, 100)]
    address: Annotated[str, length(1, 100)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class StickerMessage(Message):
    type: Literal["sticker"]
    package_id: Annotated[str, length(1, 20)]
    sticker_id: Annotated[str, length(1, 20)]
    quote_token: str | None = None


class CouponMessage(Message):
    type: Literal["coupon"]
    coupon_id: str
    delivery_tag: Annotated[str, length(0, 30)] | None = None


class BaseSize(Part):
    width: int
    height: int


class ImagemapMessage(Message):
    type: Literal["imagemap"]
    base_url: Media
    alt_text: Annotated[str, length(1, 1500)]
    base_size: BaseSize
    actions: Annotated[tuple[dict[str, Any], ...], size(1, 50)]
    video: dict[str, Any] | None = None


class Card(Part):
    """The head of a buttons template and of a carousel's column."""

    thumbnail_image_url: Media | None = None
    image_background_color: str | None = None
    title: Annotated[str, length(1, 40, clusters)] | None = None
    default_action: PlainAction | None = None

    def short(self, text: str, plain: int, headed: int) -> None:
        limit = headed if self.title or self.thumbnail_image_url else plain
        if clusters(text) > limit:
            raise PydanticCustomError("line_template", f"text: Length must be between 1 and {limit}")


class ButtonsTemplate(Card):
    type: Literal["buttons"]
    text: Annotated[str, length(1, 160, clusters)]
    actions: Annotated[tuple[TemplateAction, ...], size(1, 4)]
    image_aspect_ratio: Literal["rectangle", "square"] | None = None
    image_size: Literal["cover", "contain"] | None = None

    @model_validator(mode="after")
    def _text_fits(self) -> "ButtonsTemplate":
        self.short(self.text, 160, 60)
        return self


class ConfirmTemplate(Part):
    type: Literal["confirm"]
    text: Annotated[str, length(1, 240, clusters)]
    actions: Annotated[tuple[TemplateAction, ...], size(2, 2)]


class Column(Card):
    text: Annotated[str, length(1, 120, clusters)]
    actions: Annotated[tuple[TemplateAction, ...], size(1, 3)]

    @model_validator(mode="after")
    def _text_fits(self) -> "Column":
        self.short(self.text, 120, 60)
        return self


class CarouselTemplate(Part):
    type: Literal["carousel"]
    columns: Annotated[tuple[Column, ...], size(1, 10)]
    image_aspect_ratio: Literal["rectangle", "square"] | None = None
    image_size: Literal["cover", "contain"] | None = None

    @model_validator(mode="after")
    def _alike(self) -> "CarouselTemplate":
        if len({len(column.actions) for column in self.columns}) > 1:
            raise PydanticCustomError("line_columns", "columns must have the same number of actions")
        return self


class ImageColumn(Part):
    image_url: Media
    action: Annotated[AnyAction, label(12, needed=False)]


class ImageCarouselTemplate(Part):
    type: Literal["image_carousel"]
    columns: Annotated[tuple[ImageColumn, ...], size(1, 10)]


Template = Annotated[
    Annotated[ButtonsTemplate, Tag("<buttons>")]
    | Annotated[ConfirmTemplate, Tag("<confirm>")]
    | Annotated[CarouselTemplate, Tag("<carousel>")]
    | Annotated[ImageCarouselTemplate, Tag("<image_carousel>")],
    Discriminator(tag),
]


class TemplateMessage(Message):
    type: Literal["template"]
    alt_text: Annotated[str, length(1, 1500)]
    template: Template


class FlexMessage(Message):
    type: Literal["flex"]
    alt_text: Annotated[str, length(1, 1500)]
    contents: Container


AnyMessage = Annotated[
    Annotated[TextMessage, Tag("<text>")]
    | Annotated[TextV2Message, Tag("<textV2>")]
    | Annotated[ImageMessage, Tag("<image>")]
    | Annotated[VideoMessage, Tag("<video>")]
    | Annotated[AudioMessage, Tag("<audio>")]
    | Annotated[LocationMessage, Tag("<location>")]
    | Annotated[StickerMessage, Tag("<sticker>")]
    | Annotated[ImagemapMessage, Tag("<imagemap>")]
    | Annotated[TemplateMessage, Tag("<template>")]
    | Annotated[FlexMessage, Tag("<flex>")]
    | Annotated[CouponMessage, Tag("<coupon>")],
    Discriminator(tag),
]


def _unit(name: str) -> str:
    if not UNIT.fullmatch(name):
        raise PydanticCustomError("line_unit", "must match [a-zA-Z0-9_]{1,30}")
    return name


Units = Annotated[tuple[Annotated[str, AfterValidator(_unit)], ...], size(0, 1)]


class Messages(Part):
    messages: Annotated[tuple[AnyMessage, ...], size(1, 5)]
    notification_disabled: bool = False


class Push(Messages):
    to: Annotated[str, length(1, 1000)]
    custom_aggregation_units: Units = ()


class Multicast(Messages):
    to: Annotated[tuple[str, ...], size(1, MULTICAST_LIMIT)]
    custom_aggregation_units: Units = ()


class Broadcast(Messages):
    """To every friend."""


class Reply(Messages):
    reply_token: Annotated[str, length(1, 1000)]


class Validate(Part):
    messages: Annotated[tuple[AnyMessage, ...], size(1, 5)]


class Loading(Part):
    chat_id: Annotated[str, length(1, 100)]
    loading_seconds: Annotated[int, Field(ge=5, le=60, multiple_of=5)] = 20


class MarkAsRead(Part):
    mark_as_read_token: Annotated[str, length(1, 1000)]


class Endpoint(Part):
    endpoint: Annotated[str, length(1, 500)]


class TestEndpoint(Part):
    endpoint: Annotated[str, length(1, 500)] | None = None


R = TypeVar("R", bound=Part)


def read(body: bytes, model: type[R]) -> R:
    """A request's body; raises Refused with LINE's words for everything that is wrong in it."""
    try:
        return model.model_validate_json(body or b"")
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False)
        if errors[0]["type"] == "json_invalid":
            raise bad("The request body could not be parsed as JSON (line: 1, column: 1)") from None
        raise _refused(errors) from None


def _refused(errors: list[ErrorDetails]) -> Refused:
    details = [{"message": _words(error), "property": _property(error)} for error in errors]
    return bad(f"The request body has {len(details)} error(s)", *details)


def _property(error: ErrorDetails) -> str:
    """The place as LINE writes it, ``messages[0].text``; the marks of unions are left out."""
    steps = list(error["loc"])
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        steps.append("type")
    if error["type"] == "line_label":
        steps.append("label")
    place = ""
    for step in steps:
        if isinstance(step, int):
            place += f"[{step}]"
        elif not step.startswith("<"):
            place += f".{step}" if place else step
    return place


def _words(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "May not be empty"
        case "extra_forbidden":
            return "Unknown property"
        case "union_tag_invalid" | "union_tag_not_found":
            known = str(context.get("expected_tags", "")).replace("'", "").replace("<", "").replace(">", "")
            return f"Must be one of the following values: [{known}]"
        case kind if kind.startswith("line_"):
            return error["msg"]
        case _:
            return f"Must be valid: {error['msg']}"
