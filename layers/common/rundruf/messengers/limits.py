"""What of a message a messenger cannot carry, told from its rules."""

import re
from collections.abc import Iterator
from posixpath import basename
from urllib.parse import unquote, urlsplit

from rundruf.core.message import Button, Media, Message
from rundruf.core.rules import Counted, Rules

Problem = tuple[str, str]

_UNITS = {
    Counted.CHARACTERS: "characters",
    Counted.UTF16: "UTF-16 units",
    Counted.BYTES: "bytes",
    Counted.ENCODED: "bytes in a URL",
}


def broken(message: Message, title: str, rules: Rules) -> Iterator[Problem]:
    """Every limit of the rules that the message breaks: field, and a sentence with limit, value and fix."""
    if not message.text and not message.media and not (message.template and rules.templates):
        yield "text", _empty(message, title)
    elif message.text and not message.text.strip():
        yield "text", f"0 visible characters; {title} needs at least 1. Write a text or leave it out."
    yield from too_long("text", message.text, rules.text_limit * rules.parts, title, rules.counted)
    yield from _media(message, title, rules)
    yield from _buttons(message, title, rules)


def _empty(message: Message, title: str) -> str:
    if message.template:
        return (
            f"{title} has no templates and the text has 0 characters. Write a text of at least 1 character."
        )
    return f"The message has 0 characters and 0 files; {title} needs one of them. Write a text or add a file."


def too_long(field: str, text: str, limit: int, title: str, counted: Counted) -> Iterator[Problem]:
    length = counted.length(text)
    if length > limit:
        unit = _UNITS[counted]
        yield field, f"{length} {unit}; {title} carries at most {limit}. Shorten it by {length - limit}."


def too_many_parts(text: str, room: int, title: str, rules: Rules) -> Iterator[Problem]:
    """A text that is not too long as such and still needs more than ``room`` messages, as it is cut."""
    if rules.counted.length(text) > rules.text_limit * rules.parts:
        return
    needed = len(parts(text, rules.text_limit, rules.counted))
    if needed > room:
        yield (
            "text",
            f"The text needs {needed} messages of {rules.text_limit} {_UNITS[rules.counted]}; "
            f"{title} takes at most {room} here. Shorten it to {room * rules.text_limit // 2}.",
        )


def parts(text: str, limit: int, counted: Counted) -> tuple[str, ...]:
    """The text in pieces of at most ``limit``, cut where it reads best and never inside a visible character.

    Blank lines go first, then lines, sentences, words; an address is cut only where it alone is too long.
    """
    pieces = []
    while counted.length(text) > limit:
        at = _cut(text, limit, counted)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return tuple(one for one in (*pieces, text) if one)


def _cut(text: str, limit: int, counted: Counted) -> int:
    """Where the first piece ends."""
    fits = _fitting(text, limit, counted)
    for border in ("\n\n", "\n", ". ", "! ", "? ", "。"):
        at = text.rfind(border, fits // 2, fits)
        if at > 0:
            return at + len(border)
    at = max(text.rfind(" ", 1, fits), text.rfind("\n", 1, fits))
    return at + 1 if at > 0 and text[:at].strip() else fits


def _fitting(text: str, limit: int, counted: Counted) -> int:
    """How many characters from the start are whole visible ones and within the limit."""
    import regex  # only for the few texts that have to be cut

    end = used = 0
    for found in regex.finditer(r"\X", text):
        used += counted.length(found[0])
        if used > limit:
            break
        end = found.end()
    return end or next(at for at in range(len(text), 0, -1) if at == 1 or counted.length(text[:at]) <= limit)


def _media(message: Message, title: str, rules: Rules) -> Iterator[Problem]:
    for number, medium in enumerate(message.media):
        if medium.kind not in rules.media:
            carried = ", ".join(sorted(rules.media)) or "no files at all"
            yield (
                f"media.{number}",
                f"{title} cannot carry the kind {medium.kind}; it carries {carried}. "
                "Remove the file or put a link to it into the text.",
            )
        elif not opens(medium.url):
            yield f"media.{number}", _needs_address(medium, title)


def _needs_address(medium: Media, title: str) -> str:
    return (
        f"The {medium.kind} has no web address that {title} can fetch ({len(medium.url)} characters given). "
        "Give one that starts with https://."
    )


def opens(url: str) -> bool:
    """Whether a web address can be opened, as far as one sees; a placeholder is believed."""
    if "{{" in url:
        return True
    try:
        return bool(re.fullmatch(r"https?://\S+", url, re.IGNORECASE) and urlsplit(url).hostname)
    except ValueError:
        return False


def file_name(url: str) -> str:
    """The name of the file behind a web address; "" where the address does not tell."""
    if "{{" in url:
        return ""
    try:
        return basename(unquote(urlsplit(url).path))
    except ValueError:
        return ""


def _buttons(message: Message, title: str, rules: Rules) -> Iterator[Problem]:
    links = sum(1 for one in message.buttons if one.url)
    answers = len(message.buttons) - links
    yield from too_many("buttons", answers, rules.buttons, f"buttons that answer; {title} shows")
    yield from too_many("buttons", links, rules.link_buttons, f"buttons that open a page; {title} shows")
    for number, button in enumerate(message.buttons):
        yield from _button(f"buttons.{number}", button, title, rules)


def too_many(field: str, given: int, limit: int, what: str) -> Iterator[Problem]:
    if given > limit:
        yield field, f"{given} {what} at most {limit}. Remove {given - limit}."


def _button(field: str, button: Button, title: str, rules: Rules) -> Iterator[Problem]:
    if not button.label.strip():
        yield f"{field}.label", "The label has 0 characters; it needs at least 1. Write what the button says."
    yield from too_long(f"{field}.label", button.label, rules.button_label_limit, title, rules.counted)
    if bool(button.reply) == bool(button.url):
        given = "both" if button.reply else "neither"
        yield field, f"A button needs exactly 1 of reply and url, this one has {given}. Give one of them."
    elif button.url and not opens(button.url):
        yield f"{field}.url", f"{title} opens only web addresses. Give one that starts with https://."
    yield from too_long(f"{field}.reply", button.reply, rules.button_payload_bytes, title, Counted.BYTES)
