"""A page taken apart: its elements, and its texts without style."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link", "path", "circle"}


class Html(HTMLParser):
    """The elements of a page in order; raises ValueError where they do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        if self._open:
            raise ValueError(f"not closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._open.pop() != tag:
            raise ValueError(f"{tag} closes something else")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self._texts.append((self._open[-1], data))

    @property
    def language(self) -> str | None:
        return self.all("html")[0]["lang"]

    @property
    def text(self) -> str:
        return "\n".join(text for tag, text in self._texts if tag != "title")

    def texts_in(self, tag: str) -> list[str]:
        return [text for name, text in self._texts if name == tag]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]
