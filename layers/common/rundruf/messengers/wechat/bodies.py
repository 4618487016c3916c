"""WeChat's bodies, XML or JSON, as one shape: an object of texts, objects and lists.

XML is read without entities, attributes or anything else that WeChat does not write. What could make a
reader work is refused as hostile: a DTD, another encoding (in which a DTD could hide), and depth.
"""

import re
from xml.parsers.expat import ExpatError

from rundruf.messengers import shared
from rundruf.messengers.contract import Hostile, Unreadable
from rundruf.messengers.shared import Record

_DEPTH = 8  # WeChat nests four deep
_ELEMENTS = 5_000
_BLANK = b" \t\r\n"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # how UTF-16 and UTF-32 begin
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([^\"'>]{0,40})")


def opened(body: bytes) -> Record:
    """The fields of a body; raises Unreadable, and Hostile for an attack."""
    if len(body) > shared.BODY_LIMIT:
        raise Unreadable(f"{len(body)} bytes, more than {shared.BODY_LIMIT}")
    if body.startswith(_OTHER_ENCODINGS):
        raise Hostile("not UTF-8")
    bare = body.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
    return _xml(bare) if bare.startswith(b"<") else shared.opened(body)


def _xml(body: bytes) -> Record:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    declared = _DECLARED.match(body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        raise Hostile("not UTF-8")
    reader = _Reader()
    parser = DefusedXMLParser(target=reader, encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(body)
        parser.close()
    except DefusedXmlException:
        raise Hostile("a DTD") from None
    except (SyntaxError, ValueError, ExpatError):
        raise Unreadable("no XML") from None
    return reader.root


class _Reader:
    """Builds the object while the parser reads, so that no tree is built that nobody may walk."""

    def __init__(self) -> None:
        self.root: Record = {}
        self._open: list[tuple[str, dict[str, object], list[str]]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) == _DEPTH:
            raise Hostile("too deep")
        if self._count > _ELEMENTS or attributes:
            raise Unreadable("no message of WeChat's")
        self._open.append((name, {}, []))

    def data(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        text = "".join(texts).strip()
        if children and text:
            raise Unreadable("text between elements")
        if not self._open:
            self.root = children
            if text:
                raise Unreadable("no fields")
        else:
            _add(self._open[-1][1], name, children or text)

    def close(self) -> None:
        """Nothing is left to do: the root was taken when it ended."""


def _add(fields: dict[str, object], name: str, value: object) -> None:
    """A name that comes again makes a list."""
    if name not in fields:
        fields[name] = value
    elif isinstance(held := fields[name], list):
        held.append(value)
    else:
        fields[name] = [held, value]


def word(fields: Record, *names: str) -> str:
    """A text or a number as text without blanks around it, under the first of the names that has one."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        found = shared.text(value).strip()
        if found:
            return found
    return ""


def listed(value: object) -> list[Record]:
    """The objects of a list, or the only one that stands in its place."""
    return [value] if isinstance(value, dict) else shared.records(value)
