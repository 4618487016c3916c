"""The bodies of ``POST /{phone_number_id}/messages``, with Meta's limits; lengths in characters."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from sandbox.whatsapp.errors import Refused

Text = Annotated[str, Field(min_length=1, max_length=4096)]
Body = Annotated[str, Field(min_length=1, max_length=1024)]
Short = Annotated[str, Field(min_length=1, max_length=60)]
Label = Annotated[str, Field(min_length=1, max_length=20)]
Address = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(Part):
    body: Text
    preview_url: bool = False


class MediaPart(Part):
    link: Address | None = None
    id: str | None = None
    caption: Annotated[str, Field(max_length=1024)] = ""
    filename: Annotated[str, Field(max_length=240)] = ""

    @model_validator(mode="after")
    def _one_source(self) -> "MediaPart":
        if (self.link is None) == (self.id is None):
            raise ValueError("exactly one of link and id is required")
        return self


class LocationPart(Part):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: str = ""
    address: str = ""


class ReactionPart(Part):
    message_id: str
    emoji: str


class Words(Part):
    text: Body


class Footer(Part):
    text: Short


class Header(Part):
    type: Literal["text", "image", "video", "document"]
    text: Short | None = None
    image: MediaPart | None = None
    video: MediaPart | None = None
    document: MediaPart | None = None

    @model_validator(mode="after")
    def _fits_type(self) -> "Header":
        if getattr(self, self.type) is None:
            raise ValueError(f"a header of type {self.type} needs {self.type}")
        return self

    @property
    def picture(self) -> str:
        return (self.image.link or self.image.id or "") if self.image else ""


class ReplyPart(Part):
    id: Annotated[str, Field(min_length=1, max_length=256)]
    title: Label


class ReplyButton(Part):
    type: Literal["reply"]
    reply: ReplyPart


class ButtonAction(Part):
    buttons: Annotated[tuple[ReplyButton, ...], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _unique(self) -> "ButtonAction":
        for what in ("title", "id"):
            if len({getattr(button.reply, what) for button in self.buttons}) < len(self.buttons):
                raise ValueError(f"duplicated {what} in buttons")
        return self


class Row(Part):
    id: Annotated[str, Field(min_length=1, max_length=200)]
    title: Annotated[str, Field(min_length=1, max_length=24)]
    description: Annotated[str, Field(max_length=72)] = ""


class Section(Part):
    title: Annotated[str, Field(max_length=24)] = ""
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=10)]


class ListAction(Part):
    button: Label
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _within(self) -> "ListAction":
        rows = [row.id for section in self.sections for row in section.rows]
        if len(rows) > 10:
            raise ValueError("at most 10 rows in all sections")
        if len(set(rows)) < len(rows):
            raise ValueError("duplicated id in rows")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("several sections need titles")
        return self


class UrlParameters(Part):
    display_text: Label
    url: Address


class UrlAction(Part):
    name: Literal["cta_url"]
    parameters: UrlParameters


class InteractiveBase(Part):
    header: Header | None = None
    body: Words
    footer: Footer | None = None


class Buttons(InteractiveBase):
    type: Literal["button"]
    action: ButtonAction


class Choices(InteractiveBase):
    type: Literal["list"]
    action: ListAction


class UrlButton(InteractiveBase):
    type: Literal["cta_url"]
    action: UrlAction


Interactive = Annotated[Buttons | Choices | UrlButton, Field(discriminator="type")]


class Parameter(Part):
    type: Literal["text", "payload", "image", "video", "document", "currency", "date_time"]
    text: str | None = None
    payload: Annotated[str, Field(max_length=128)] | None = None
    parameter_name: str | None = None
    image: MediaPart | None = None
    video: MediaPart | None = None
    document: MediaPart | None = None
    currency: dict[str, Any] | None = None
    date_time: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits_type(self) -> "Parameter":
        if getattr(self, self.type) is None:
            raise ValueError(f"a parameter of type {self.type} needs {self.type}")
        return self


class Component(Part):
    type: Literal["header", "body", "button"]
    sub_type: Literal["quick_reply", "url", "catalog", "flow", "copy_code"] | None = None
    index: Annotated[int, Field(ge=0, le=9)] | None = None
    parameters: tuple[Parameter, ...] = ()


class Language(Part):
    code: str
    policy: Literal["deterministic"] = "deterministic"


class TemplatePart(Part):
    name: str
    language: Language
    components: tuple[Component, ...] = ()


class Context(Part):
    message_id: str


class Common(Part):
    """What every send has; one of ``to`` (a number) and ``recipient`` (a BSUID) is needed, ``to`` wins."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: str | None = None
    recipient: str | None = None
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, Field(max_length=512)] = ""
    recipient_identity_key_hash: str | None = None


class TextMessage(Common):
    type: Literal["text"] = "text"
    text: TextPart


class ImageMessage(Common):
    type: Literal["image"]
    image: MediaPart


class VideoMessage(Common):
    type: Literal["video"]
    video: MediaPart


class AudioMessage(Common):
    type: Literal["audio"]
    audio: MediaPart


class DocumentMessage(Common):
    type: Literal["document"]
    document: MediaPart


class StickerMessage(Common):
    type: Literal["sticker"]
    sticker: MediaPart


class LocationMessage(Common):
    type: Literal["location"]
    location: LocationPart


class ReactionMessage(Common):
    type: Literal["reaction"]
    reaction: ReactionPart


class InteractiveMessage(Common):
    type: Literal["interactive"]
    interactive: Interactive


class TemplateMessage(Common):
    type: Literal["template"]
    template: TemplatePart
    product_policy: Literal["CLOUD_API_FALLBACK", "STRICT"] | None = None
    message_activity_sharing: bool | None = None


class ReadMark(Part):
    """Marks a person's message as read (and shows that somebody types)."""

    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: str
    typing_indicator: dict[str, str] | None = None


KINDS = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "reaction",
    "interactive",
    "template",
]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "read" if "status" in value else str(value.get("type", "text"))
    return ""


Send = Annotated[
    Annotated[TextMessage, Tag("text")]
    | Annotated[ImageMessage, Tag("image")]
    | Annotated[VideoMessage, Tag("video")]
    | Annotated[AudioMessage, Tag("audio")]
    | Annotated[DocumentMessage, Tag("document")]
    | Annotated[StickerMessage, Tag("sticker")]
    | Annotated[LocationMessage, Tag("location")]
    | Annotated[ReactionMessage, Tag("reaction")]
    | Annotated[InteractiveMessage, Tag("interactive")]
    | Annotated[TemplateMessage, Tag("template")]
    | Annotated[ReadMark, Tag("read")],
    Discriminator(_kind),
]


class Request(BaseModel):
    """Wraps the union, because only a model or an adapter can be validated."""

    send: Send


def read(body: Any) -> Any:
    """The request as one of the models above; raises Refused with Meta's code for what is wrong."""
    kind = _kind(body)
    if kind not in (*KINDS, "read"):
        raise Refused(131051 if kind else 100, f"Message type {kind!r} is not supported")
    try:
        return Request.model_validate({"send": body}).send
    except ValidationError as problem:
        raise _refused(problem) from None


def _refused(problem: ValidationError) -> Refused:
    """Meta's words for the first thing pydantic found."""
    first = problem.errors(include_url=False, include_input=False)[0]
    path = [str(step) for step in first["loc"][2:]]
    where = path[0] + "".join(f"['{step}']" for step in path[1:]) if path else "messages"
    context = first.get("ctx", {})
    match first["type"]:
        case "missing" if len(path) == 1:
            return Refused(100, f"The parameter {where} is required.")
        case "missing":
            return Refused(131008, f"The parameter {where} is required.")
        case "extra_forbidden":
            parent = "".join(path[-2:-1]) or "messages"
            return Refused(100, f'Unexpected key "{path[-1]}" on param "{parent}".')
        case "string_too_long" if path[0] == "interactive":
            return Refused(131009, f"Param {where} is too long. Max length: {context['max_length']}")
        case "string_too_long":
            return Refused(100, f"Param {where} must be at most {context['max_length']} characters long.")
        case "string_too_short" | "too_long" | "too_short":
            return Refused(131009, f"Param {where}: {first['msg']}")
        case _ if path and path[0] in ("interactive", "template"):
            return Refused(131009, f"Param {where}: {first['msg']}")
        case _:
            return Refused(100, f"Param {where}: {first['msg']}")
