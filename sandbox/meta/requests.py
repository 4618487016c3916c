"""The bodies of ``POST /{id}/messages``, with Meta's limits.

Texts of Messenger are counted in characters, those of Instagram in bytes. Top-level names that Meta does not
know are refused here, so that a wrong spelling is seen; Meta ignores them.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from sandbox.meta.errors import Refused, invalid

Payload = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=20)]
Address = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2048)]
TEXT_CHARACTERS = 2000
TEXT_BYTES = 1000


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recipient(Part):
    """Exactly one way to name the person."""

    id: str | None = None
    user_ref: str | None = None
    comment_id: str | None = None
    post_id: str | None = None
    notification_messages_token: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Recipient":
        if sum(value is not None for value in self.model_dump().values()) != 1:
            raise ValueError("must name exactly one recipient")
        return self


class QuickReply(Part):
    content_type: Literal["text", "user_phone_number", "user_email"]
    title: Title | None = None
    payload: Payload | None = None
    image_url: Address | None = None

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> "QuickReply":
        if self.content_type == "text" and (self.title is None or self.payload is None):
            raise ValueError("of type text needs title and payload")
        if self.content_type != "text" and (info.context or {}).get("instagram"):
            raise ValueError("has a content_type that Instagram does not support")
        return self


class FilePayload(Part):
    url: Address | None = None
    attachment_id: str | None = None
    is_reusable: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> "FilePayload":
        if (self.url is None) == (self.attachment_id is None):
            raise ValueError("needs exactly one of url and attachment_id")
        return self


class File(Part):
    type: Literal["image", "video", "audio", "file"]
    payload: FilePayload


class PostbackButton(Part):
    type: Literal["postback"]
    title: Title
    payload: Payload


class UrlButton(Part):
    type: Literal["web_url"]
    title: Title
    url: Address
    webview_height_ratio: Literal["compact", "tall", "full"] | None = None


class CallButton(Part):
    type: Literal["phone_number"]
    title: Title
    payload: Annotated[str, Field(pattern=r"^\+\d{6,15}$")]


Button = Annotated[PostbackButton | UrlButton | CallButton, Field(discriminator="type")]
Buttons = Annotated[tuple[Button, ...], Field(min_length=1, max_length=3)]


class ButtonPayload(Part):
    template_type: Literal["button"]
    text: Annotated[str, Field(min_length=1, max_length=640)]
    buttons: Buttons


class DefaultAction(Part):
    type: Literal["web_url"]
    url: Address
    webview_height_ratio: Literal["compact", "tall", "full"] | None = None


class Card(Part):
    title: Annotated[str, Field(min_length=1, max_length=80)]
    subtitle: Annotated[str, Field(max_length=80)] = ""
    image_url: Address | None = None
    default_action: DefaultAction | None = None
    buttons: Buttons | None = None

    @model_validator(mode="after")
    def _more_than_a_title(self) -> "Card":
        if not (self.subtitle or self.image_url or self.buttons or self.default_action):
            raise ValueError("needs more than a title")
        return self


class GenericPayload(Part):
    template_type: Literal["generic"]
    elements: Annotated[tuple[Card, ...], Field(min_length=1, max_length=10)]
    image_aspect_ratio: Literal["horizontal", "square"] | None = None


class TemplateAttachment(Part):
    type: Literal["template"]
    payload: Annotated[ButtonPayload | GenericPayload, Field(discriminator="template_type")]


Attachment = Annotated[File | TemplateAttachment, Field(discriminator="type")]


class Parameter(Part):
    type: Literal["text", "POSTBACK", "URL"]
    text: Annotated[str, Field(min_length=1)] | None = None
    parameter_name: str | None = None
    payload: Payload | None = None
    url: str | None = None


class Component(Part):
    type: Literal["header", "body", "buttons"]
    parameters: tuple[Parameter, ...] = ()


class Language(Part):
    code: str


class Template(Part):
    name: str
    language: Language
    components: tuple[Component, ...] = ()


class Message(Part):
    text: Annotated[str, Field(min_length=1)] | None = None
    attachment: Attachment | None = None
    template: Template | None = None
    quick_replies: Annotated[tuple[QuickReply, ...], Field(max_length=13)] = ()
    metadata: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> "Message":
        if sum(one is not None for one in (self.text, self.attachment, self.template)) != 1:
            raise ValueError("must have exactly one of text, attachment and template")
        if self.text is None:
            return self
        if (info.context or {}).get("instagram"):
            if len(self.text.encode()) > TEXT_BYTES:
                raise ValueError(f"text must be at most {TEXT_BYTES} bytes long in UTF-8")
        elif len(self.text) > TEXT_CHARACTERS:
            raise ValueError(f"text must be at most {TEXT_CHARACTERS} characters long")
        return self


class ReplyTo(Part):
    mid: str


class Send(Part):
    """A message, or a sender action alone."""

    recipient: Recipient
    message: Message | None = None
    sender_action: Literal["typing_on", "typing_off", "mark_seen"] | None = None
    messaging_type: Literal["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"] = "RESPONSE"
    tag: str | None = None
    notification_type: Literal["REGULAR", "SILENT_PUSH", "NO_PUSH"] = "REGULAR"
    persona_id: str | None = None
    reply_to: ReplyTo | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Send":
        if (self.message is None) == (self.sender_action is None):
            raise ValueError("Cannot send both message and state at the same time, and one is needed.")
        if (self.messaging_type == "MESSAGE_TAG") != (self.tag is not None):
            raise ValueError("Param tag must be given with messaging_type MESSAGE_TAG, and only then.")
        template = self.message is not None and self.message.template is not None
        if (self.messaging_type == "UTILITY") != template:
            raise ValueError("messaging_type UTILITY goes with a template, and only with one.")
        return self


class Upload(Part):
    """The body of ``POST /{id}/message_attachments``."""

    class Message(Part):
        attachment: File

    message: Message


def read(parameters: Mapping[str, Any], *, instagram: bool) -> Send:
    """The send; raises Refused with Meta's code for what is wrong."""
    if "recipient" not in parameters:
        raise invalid("The parameter recipient is required")
    try:
        return Send.model_validate(parameters, context={"instagram": instagram})
    except ValidationError as problem:
        raise refused(problem) from None


def refused(problem: ValidationError) -> Refused:
    """Meta's words for the first thing pydantic found."""
    first = problem.errors(include_url=False, include_input=False)[0]
    path = [str(step) for step in first["loc"] if step not in ("image", "video", "audio", "file", "template")]
    match first["type"]:
        case "extra_forbidden":
            parent = path[-2] if len(path) > 1 else "messages"
            return invalid(f'Invalid keys "{path[-1]}" were found in param "{parent}".')
        case "missing":
            return invalid(f"The parameter {'.'.join(path)} is required")
        case "value_error":
            return invalid(" ".join([*path[-1:], first["msg"].removeprefix("Value error, ")]))
        case _:
            return invalid(f"Param {'.'.join(path)} is not valid: {first['msg']}")
