"""HTML as plain text: what a chat shows, without markup, scripts and hidden characters."""

import re
from html.parser import HTMLParser

_HIDDEN = ("script", "style", "template", "iframe", "object", "noscript", "svg", "head")
_LINES = ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table")
_ODD = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_ENDS = ".!?"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _LINES:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _LINES:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def plain(html: str) -> str:
    """The text of a piece of HTML; lines where it has blocks, at most one empty line between them."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in _ODD.sub("", "".join(reader.pieces)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut between sentences or words; "" for fewer than two."""
    if len(text) <= most:
        return text
    if most < 2:
        return ""
    room = text[: most - 1]
    at = max(room.rfind(f"{end} ") for end in _ENDS) + 1
    if at >= most // 2:
        return room[:at].rstrip()
    space = room.rfind(" ")
    return (room[:space] if space > most // 2 else room).rstrip() + "…"
