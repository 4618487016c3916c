"""A call that is ready to leave -> what the person will see of it: texts, files, buttons, a template.

Read from the call itself, so that what is shown beforehand cannot differ from what is sent. What is looked
for are the words that messengers' APIs have in common; a test holds them to every messenger.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from rundruf.core.message import Button, Media, Message, Template
from rundruf.messengers.contract import Request

_TEXTS = ("text", "caption", "body", "content", "head_content")
_NO_LABEL = ("type", "ActionType", "contentType")

Node = Mapping[str, object]


@dataclass(slots=True)
class Part:
    """One message as it stands in the chat: ``media`` are shown, ``links`` are opened by a tap."""

    texts: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    links: list[Button] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    template: Template | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def parts(request: Request, message: Message) -> list[Part]:
    """What comes of one call that carries this message, in the order of the chat."""
    content = _content(request)
    bubbles = content.get("messages")
    nodes: Sequence[object] = bubbles if isinstance(bubbles, list) else [content]
    made = []
    for node in nodes:
        part = Part()
        _Reader(message, part).walk(node)
        made.append(part)
    return made


def _content(request: Request) -> Node:
    """The fields of a call, whether they stand in its body or its address."""
    if request.body:
        found: Node = json.loads(request.body)
        return found
    return {name: _opened(value) for name, value in parse_qsl(urlsplit(request.url).query)}


def _opened(value: str) -> object:
    """A value that is JSON itself, as some APIs want it in an address."""
    if not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@dataclass(slots=True)
class _Reader:
    message: Message
    part: Part

    def walk(self, node: object) -> None:
        if isinstance(node, list):
            for one in node:
                self.walk(one)
        if not isinstance(node, dict):
            return
        button = self._button(node)
        if button:
            self.part.buttons.append(button)
            return
        if "template_id" in node:
            self.part.template = self.message.template
            return
        shown = self._file(node)
        for name, value in node.items():
            if name == "template" and isinstance(value, dict):
                self.part.template = self.message.template
            elif isinstance(value, str):
                if name in _TEXTS and value.strip() and value != shown:
                    self.part.texts.append(value)
            else:
                self.walk(value)

    def _button(self, node: Node) -> Button | None:
        """The button of the message that stands here, found by its label and what it does."""
        labels = {unescape(value) for value in node.values() if isinstance(value, str)}
        for one in self.message.buttons:
            if one.label in labels and (one.url or one.reply) in _leaves(node):
                return one
        return None

    def _file(self, node: Node) -> str:
        """Note the file that stands here; gives the label under which it can be opened, if it is a link."""
        template = self.message.template
        known = {one.url: one for one in (*self.message.media, *_media_of(template))}
        url = next((value for value in node.values() if isinstance(value, str) and value in known), "")
        if not url:
            return ""
        sort = str(node.get("type", "")).lower()
        if "url" not in sort and "uri" not in sort:
            self.part.media.append(known[url])
            return ""
        named = (
            value
            for name, value in node.items()
            if name not in _NO_LABEL and isinstance(value, str) and value != url
        )
        label = next(named, "")
        self.part.links.append(Button(label, url=url))
        return label


def _media_of(template: Template | None) -> tuple[Media, ...]:
    return (template.media,) if template and template.media else ()


def _leaves(node: object) -> set[str]:
    return set(_strings(node))


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for one in node.values():
            yield from _strings(one)
    elif isinstance(node, list):
        for one in node:
            yield from _strings(one)
