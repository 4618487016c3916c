"""A message as a marketer writes it, in one or more languages, and as one person will get it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rundruf.core import language as tongue


class MessageKind(StrEnum):
    """Why we write; each kind needs another permission."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    REPLY = "reply"


class Block(StrEnum):
    """What a part of a message is that makes the whole of it marketing, wherever it is put.

    BGH VI ZR 225/17: asking for satisfaction or a review is advertising, even attached to an invoice.
    """

    REVIEW = "review"
    NPS = "nps"
    COUPON = "coupon"
    REORDER = "reorder"


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
    """A message the messenger approved beforehand.

    ``parameters`` fill its body in order, or under ``names`` (one for each) where it names its placeholders.
    ``header`` fills the placeholder of a header that is text, ``media`` is the file of one that shows a file.
    ``buttons`` say in order what those of the template carry: ``reply`` is what a tap sends, ``url`` the end
    of the address that a tap opens; their labels belong to the template.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    header: str = ""
    media: Media | None = None
    buttons: tuple[Button, ...] = ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that may hold placeholders, with the name of its field."""
        for number, value in enumerate(self.parameters):
            yield f"parameters.{number}", value
        if self.header:
            yield "header", self.header
        for number, button in enumerate(self.buttons):
            if button.url:
                yield f"buttons.{number}.url", button.url

    def map(self, change: Callable[[str], str]) -> "Template":
        """The same template with every such text changed."""
        return replace(
            self,
            parameters=tuple(map(change, self.parameters)),
            header=change(self.header) if self.header else "",
            buttons=tuple(replace(one, url=change(one.url) if one.url else "") for one in self.buttons),
        )


@dataclass(frozen=True, slots=True)
class Message:
    """``language`` is the tag of the language it is written in ("": nobody said).

    ``translations`` say the same in other languages, each complete in itself, with a language and without
    translations of its own. ``blocks`` hold for all of them.
    """

    text: str = ""
    media: tuple[Media, ...] = ()
    buttons: tuple[Button, ...] = ()
    template: Template | None = None
    blocks: tuple[Block, ...] = ()
    language: str = ""
    translations: tuple["Message", ...] = ()

    def versions(self) -> tuple["Message", ...]:
        """The message in each of its languages: as it was written first, then its translations."""
        if not self.translations:
            return (self,)
        return (
            replace(self, translations=()),
            *(replace(one, blocks=self.blocks) for one in self.translations),
        )

    def number(self, language: str) -> int:
        """Which of its versions somebody gets who speaks this; 0, as it was written, where none fits."""
        offered = [self.language, *(one.language for one in self.translations)]
        return tongue.best(language, offered) or 0

    def spoken(self, language: str) -> "Message":
        """The message for a person who speaks this language."""
        return self.versions()[self.number(language)] if self.translations else self

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
        for field, value in self.template.texts() if self.template else ():
            yield f"template.{field}", value
        for one in self.translations:
            for field, value in one.texts():
                yield f"translations.{one.language}.{field}", value

    def map(self, change: Callable[[str], str]) -> "Message":
        """The same message with every such text changed."""
        return Message(
            text=change(self.text) if self.text else "",
            media=tuple(replace(one, alt=change(one.alt)) if one.alt else one for one in self.media),
            buttons=tuple(
                replace(one, label=change(one.label), url=change(one.url) if one.url else "")
                for one in self.buttons
            ),
            template=self.template and self.template.map(change),
            blocks=self.blocks,
            language=self.language,
            translations=tuple(one.map(change) for one in self.translations),
        )
