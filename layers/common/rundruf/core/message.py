"""A message as a marketer writes it, and as one person will get it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class MessageKind(StrEnum):
    """Why we write; each kind needs another permission."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    REPLY = "reply"


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Media:
    kind: MediaKind
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A tap that answers (``reply``: the payload that comes back) or opens a page (``url``)."""

    label: str
    reply: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message the messenger approved beforehand; ``parameters`` fill its body in order."""

    name: str
    language: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    text: str = ""
    media: tuple[Media, ...] = ()
    buttons: tuple[Button, ...] = ()
    template: Template | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that may hold placeholders, with the name of its field."""
        if self.text:
            yield "text", self.text
        for number, button in enumerate(self.buttons):
            yield f"buttons.{number}.label", button.label
            if button.url:
                yield f"buttons.{number}.url", button.url
        for number, medium in enumerate(self.media):
            if medium.alt:
                yield f"media.{number}.alt", medium.alt
        for number, value in enumerate(self.template.parameters if self.template else ()):
            yield f"template.parameters.{number}", value

    def map(self, change: Callable[[str], str]) -> "Message":
        """The same message with every such text changed."""
        return Message(
            text=change(self.text) if self.text else "",
            media=tuple(replace(one, alt=change(one.alt)) for one in self.media),
            buttons=tuple(
                replace(one, label=change(one.label), url=change(one.url) if one.url else "")
                for one in self.buttons
            ),
            template=self.template
            and replace(self.template, parameters=tuple(map(change, self.template.parameters))),
        )
