"""A message as written -> the message for one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import category
from urllib.parse import quote

from minijinja import Environment

from rundruf.core.message import Message
from rundruf.core.placeholders import names

_KEPT = 32  # messages: all the languages of one
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A message whose texts the environment knows; ``templates`` are those with placeholders, ``links`` those
    of them that are addresses, ``required`` the names that have no default somewhere.
    """

    message: Message
    templates: frozenset[str]
    links: frozenset[str]
    names: tuple[str, ...]
    required: tuple[str, ...]


class Personaliser:
    """Fills placeholders; the texts of the latest messages stay compiled, so use one per broadcast."""

    def __init__(self) -> None:
        self._environment = _environment()
        self._known: dict[int, _Compiled] = {}

    def personalise(self, message: Message, values: Mapping[str, str]) -> Message:
        """The message with this person's values, which are text and never templates.

        An empty or blank value counts as none: the default stands there. Raises MissingValue where there is
        no default either, and BadPlaceholder for a message that was never checked.
        """
        known = self._known.get(id(message)) or self._compiled(message)
        if not known.templates:
            return message
        given = {name: value for name in known.names if (value := _clean(values.get(name, "")))}
        for name in known.required:
            if name not in given:
                raise MissingValue(name)
        quoted = {name: quote(value, safe="") for name, value in given.items()} if known.links else given

        def filled(text: str) -> str:
            if text not in known.templates:
                return text
            made: str = self._environment.render_template(text, **(quoted if text in known.links else given))
            return made

        return message.map(filled)

    def _compiled(self, message: Message) -> _Compiled:
        """Found again by the very object, which is kept so that no other can take its place."""
        if len(self._known) >= _KEPT:
            self._known.clear()
            self._environment.clear_templates()
        found = {text: names(text) for _, text in message.texts()}
        templates = frozenset(text for text, placeholders in found.items() if placeholders)
        every = [one for placeholders in found.values() for one in placeholders]
        made = _Compiled(
            message,
            templates,
            frozenset(
                text for field, text in message.texts() if field.endswith(".url") and text in templates
            ),
            tuple(dict.fromkeys(one.name for one in every)),
            tuple(dict.fromkeys(one.name for one in every if not one.has_default)),
        )
        for text in templates:
            self._environment.add_template(text, text)
        self._known[id(message)] = made
        return made


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
