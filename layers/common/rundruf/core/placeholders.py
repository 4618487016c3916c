"""Placeholders in a message, ``{{ name | default('there') }}``: a small part of Jinja and nothing beyond it.

Checked when a message is written, so that everything wrong is said before anybody gets it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from rundruf.core.message import Message

_PLAIN_FILTERS = ("upper", "lower", "title", "capitalize", "trim")
_RESERVED = frozenset(
    (
        "and",
        "else",
        "false",
        "False",
        "if",
        "in",
        "is",
        "loop",
        "none",
        "None",
        "not",
        "or",
        "self",
        "true",
        "True",
    )
)
_EXAMPLE = "{{ name | default('there') }}"
_LONGEST_SHOWN = 40


class BadPlaceholder(Exception):
    """Something in double braces that is no placeholder: what is wrong, and what to do about it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what = what
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str
    has_default: bool


def names(text: str) -> tuple[Placeholder, ...]:
    """The placeholders of a text in order; raises BadPlaceholder for anything else in double braces."""
    _refuse_statements(text)
    return tuple(_placeholder(content) for content in _contents(text))


def used(message: Message) -> bool:
    """Whether anything in the message depends on the person."""
    return any("{{" in text for _, text in message.texts())


def problems(message: Message, known: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What is wrong with a message's placeholders, as (field, sentence); ``known`` are names with values."""
    found: list[tuple[str, str]] = []
    for field, text in message.texts():
        try:
            placeholders = names(text)
        except BadPlaceholder as bad:
            found.append((field, str(bad)))
            continue
        missing = dict.fromkeys(
            one.name for one in placeholders if not one.has_default and one.name not in known
        )
        found += [(field, _unknown(name, known)) for name in missing]
        if placeholders and field.endswith(".url") and not _link_with_host().match(text):
            found.append(
                (field, "A link must begin with https:// and its host, with placeholders only after that.")
            )
    found += [
        (f"media.{number}.url", "The address of a picture or file cannot hold placeholders.")
        for number, medium in enumerate(message.media)
        if "{{" in medium.url
    ]
    return tuple(found)


def _unknown(name: str, known: Collection[str]) -> str:
    listed = ", ".join(sorted(known)) or "no names"
    return (
        f"There is no value for {{{{ {name} }}}}; known are {listed}. "
        f"Correct the name or give a default: {{{{ {name} | default('…') }}}}."
    )


def _refuse_statements(text: str) -> None:
    for opening, closing in (("{%", "%}"), ("{#", "#}")):
        if opening in text:
            raise BadPlaceholder(
                f"{opening} … {closing} is not possible in a message.",
                f"Use placeholders such as {_EXAMPLE}.",
            )


def _contents(text: str) -> Iterator[str]:
    """What stands between double braces."""
    _, *rest = text.split("{{")
    for part in rest:
        content, closing, _ = part.partition("}}")
        if not closing:
            raise BadPlaceholder(
                f"A placeholder is not closed: {{{{{_shown(content)}", f"Write it like {_EXAMPLE}."
            )
        yield content


def _placeholder(content: str) -> Placeholder:
    found = _pattern().fullmatch(content)
    if not found:
        raise _bad(content)
    name, has_default = found["name"], found["default"] is not None
    if name in _RESERVED:
        raise BadPlaceholder(f"{name} cannot be the name of a placeholder.", "Choose another name.")
    if has_default and not (found["single"] or found["double"] or "").strip():
        raise BadPlaceholder(
            f"The default of {{{{ {name} }}}} is empty.", f"Say what stands there instead, like {_EXAMPLE}."
        )
    return Placeholder(name, has_default)


def _bad(content: str) -> BadPlaceholder:
    shown = f"{{{{{_shown(content)}}}}}"
    if any(quote in content for quote in "“”„‘’‚«»"):
        return BadPlaceholder(
            f"{shown} has typographic quotation marks.", f"Use straight ones, like {_EXAMPLE}."
        )
    return BadPlaceholder(
        f"{shown} is not a placeholder.",
        f"Write a name of letters, digits and _, then if needed default and {', '.join(_PLAIN_FILTERS)}, "
        f"like {_EXAMPLE}.",
    )


def _shown(content: str) -> str:
    return content if len(content) <= _LONGEST_SHOWN else f"{content[:_LONGEST_SHOWN]}…"


_SINGLE = r"'(?P<single>[^'\\{}\n]*)'"
_DOUBLE = r'"(?P<double>[^"\\{}\n]*)"'


@cache
def _pattern() -> re.Pattern[str]:
    default = rf"[ ]*\|[ ]*default[ ]*\([ ]*(?:{_SINGLE}|{_DOUBLE})[ ]*\)"
    others = rf"(?:[ ]*\|[ ]*(?:{'|'.join(_PLAIN_FILTERS)}))*"
    return re.compile(rf"[ ]*(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>{default})?{others}[ ]*")


@cache
def _link_with_host() -> re.Pattern[str]:
    return re.compile(r"https?://[^\s/?#{}]+[/?#]")
