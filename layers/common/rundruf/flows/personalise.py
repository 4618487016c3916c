"""A message as written -> the message for one person."""

from collections.abc import Mapping
from unicodedata import category
from urllib.parse import quote

from minijinja import Environment

from rundruf.core.message import Message
from rundruf.core.placeholders import names

_FUEL = 100_000  # instructions a text may take; a usual one takes under fifty
_UNSEEN = (
    " \u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2800\u3164\ufeff\uffa0"
)
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class MissingValue(Exception):
    """A placeholder without default has no value for this person; carries the placeholder's name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no value for {name}")
        self.name = name


class Personaliser:
    """Fills placeholders; the texts of the message it saw last stay compiled, so use one per broadcast."""

    def __init__(self) -> None:
        self._environment = _environment()
        self._message: Message | None = None
        self._templates: frozenset[str] = frozenset()
        self._links: frozenset[str] = frozenset()
        self._names: tuple[str, ...] = ()
        self._required: tuple[str, ...] = ()

    def personalise(self, message: Message, values: Mapping[str, str]) -> Message:
        """The message with this person's values, which are text and never templates.

        An empty or blank value counts as none: the default stands there. Raises MissingValue where there is
        no default either, and BadPlaceholder for a message that was never checked.
        """
        if message is not self._message:
            self._compile(message)
        if not self._templates:
            return message
        given = {name: value for name in self._names if (value := _clean(values.get(name, "")))}
        for name in self._required:
            if name not in given:
                raise MissingValue(name)
        quoted = {name: quote(value, safe="") for name, value in given.items()} if self._links else given
        return message.map(lambda text: self._filled(text, quoted if text in self._links else given))

    def _filled(self, text: str, values: dict[str, str]) -> str:
        if text not in self._templates:
            return text
        filled: str = self._environment.render_template(text, **values)
        return filled

    def _compile(self, message: Message) -> None:
        self._message = None
        self._environment.clear_templates()
        found = {text: names(text) for _, text in message.texts()}
        self._templates = frozenset(text for text, placeholders in found.items() if placeholders)
        self._links = frozenset(
            text for field, text in message.texts() if field.endswith(".url") and text in self._templates
        )
        every = [one for placeholders in found.values() for one in placeholders]
        self._names = tuple(dict.fromkeys(one.name for one in every))
        self._required = tuple(dict.fromkeys(one.name for one in every if not one.has_default))
        for text in self._templates:
            self._environment.add_template(text, text)
        self._message = message


def _environment() -> Environment:
    """Strict about missing values, without escaping (a chat is no HTML) and without a single global name."""
    environment = Environment(
        undefined_behavior="strict",
        auto_escape_callback=lambda _: False,
        keep_trailing_newline=True,
        fuel=_FUEL,
    )
    for name in environment.globals:
        environment.remove_global(name)
    return environment


def _clean(value: str) -> str:
    """The value on one line, without characters that turn the text around it or break its encoding.

    Empty for a value of which nothing would be seen.
    """
    if not value.isprintable():
        kept = "".join(_shown(one) for one in value if one not in _DIRECTIONS)
        value = " ".join(kept.split())
    return value.strip(_UNSEEN)


def _shown(one: str) -> str:
    kind = category(one)
    if kind == "Cs":
        return ""
    return " " if kind == "Cc" else one
