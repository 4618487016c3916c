"""Counted links: which addresses of a message lead over us, and the tokens in them.

A token reads ``key-broadcast-link-mac``: it names the link and nobody. Only for a person who agreed to be
counted by name it reads ``key-broadcast-link-shard-number-index-mac`` and says which recipient it went to.
Where it leads stands in our table and never in the token, so that no link of ours opens somebody else's page.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rundruf.core import base32
from rundruf.core.message import Message
from rundruf.core.tokens import BadToken, Keys

TRACKING = "tracking"  # the consent to be counted by name; given and withdrawn like a topic
TOKEN_LENGTH = 64  # of the longest usual token, for counting a text's length beforehand
_LABEL = "token:click"
_MAC_BYTES = 10  # who guesses one has clicked a link; 80 bits are plenty for that
_LINK_LETTERS = 8
_LINK = re.compile(r"https?://[A-Za-z0-9\[][^\s<>\"]*")
_TRAILING = ".,;:!?)]}'»“”’*_~"
_TOKEN = re.compile(
    r"(?P<key>[A-Za-z0-9]{1,4})-(?P<broadcast>[0-9a-z]{1,40})-(?P<link>[a-z2-7]{8})"
    r"(?:-(?P<shard>[0-9]{1,4})-(?P<number>[0-9]{1,7})-(?P<index>[0-9]{1,5}))?-(?P<mac>[a-z2-7]{16})"
)
_NAME = re.compile(r"[0-9a-z]{1,40}")
_CHUNK = re.compile(r"[0-9]{1,4}-[0-9]{1,7}")


class Track(StrEnum):
    """How the links of a broadcast are counted."""

    NONE = "none"  # not at all: people get the addresses as they were written
    ANONYMOUS = "anonymous"  # how often, and nobody knows who
    PERSONAL = "personal"  # by recipient for those who agreed to that; for all others as above


@dataclass(frozen=True, slots=True)
class Clicked:
    """What a token says; ``chunk`` and ``index`` ("", -1) only of somebody who agreed to it."""

    broadcast: str
    link: str
    chunk: str = ""
    index: int = -1


def link_id(url: str, part: str = "") -> str:
    """The short id of an address, the same wherever it stands in what this part of an audience gets."""
    named = f"{part}\n{url}" if part else url
    return base32.encoded(hashlib.sha256(named.encode()).digest()[:5])[:_LINK_LETTERS]


def links(message: Message, part: str = "") -> dict[str, str]:
    """The addresses of a message that can be counted, in the order of a reader, by their ids.

    ``part`` is the part of the audience that gets it, whose clicks are counted by themselves. An address
    with a placeholder is another one for everybody, so it stays as it is.
    """
    found: dict[str, str] = {}

    def noted(url: str) -> str:
        found.setdefault(link_id(url, part), url)
        return url

    replaced(message, noted)
    return found


def replaced(message: Message, change: Callable[[str], str]) -> Message:
    """The message with every address that can be counted changed.

    What a template's button opens begins as the messenger approved it, so that stays.
    """
    if not any("://" in text for _, text in message.texts()):
        return message
    if message.template is None:
        return message.map(lambda text: _in_text(text, change))
    buttons = message.template.buttons
    bare = replace(message, template=replace(message.template, buttons=()))
    changed = bare.map(lambda text: _in_text(text, change))
    return replace(changed, template=changed.template and replace(changed.template, buttons=buttons))


def _in_text(text: str, change: Callable[[str], str]) -> str:
    if "://" not in text:
        return text

    def changed(found: re.Match[str]) -> str:
        whole = found.group()
        url = whole.rstrip(_TRAILING)
        return whole if "{{" in whole else change(url) + whole[len(url) :]

    return _LINK.sub(changed, text)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """A text in (piece, address): the addresses in it, and what stands between them, with none ("")."""
    last = 0
    for found in _LINK.finditer(text):
        url = found.group().rstrip(_TRAILING)
        if found.start() > last:
            yield text[last : found.start()], ""
        yield url, url
        last = found.start() + len(url)
    if last < len(text):
        yield text[last:], ""


def countable(broadcast: str) -> bool:
    """Whether a broadcast's id can stand in a token."""
    return bool(_NAME.fullmatch(broadcast))


def token(keys: Keys, clicked: Clicked) -> str:
    """A token for one link of one broadcast."""
    parts = [keys.current, clicked.broadcast, clicked.link]
    if _CHUNK.fullmatch(clicked.chunk) and clicked.index >= 0:
        parts += [clicked.chunk, str(clicked.index)]
    signed = "-".join(parts)
    return f"{signed}-{_mac(keys, keys.current, signed)}"


def read(keys: Keys, text: str) -> Clicked:
    """What a token says; raises BadToken for whatever we did not sign."""
    found = _TOKEN.fullmatch(text) if text.isascii() else None
    if found is None or found["key"] not in keys.secrets:
        raise BadToken
    signed = text.rpartition("-")[0]
    if not hmac.compare_digest(_mac(keys, found["key"], signed), found["mac"]):
        raise BadToken
    chunk = f"{found['shard']}-{found['number']}" if found["index"] else ""
    return Clicked(found["broadcast"], found["link"], chunk, int(found["index"] or -1))


def _mac(keys: Keys, key: str, signed: str) -> str:
    return base32.encoded(hmac.digest(keys.derive(_LABEL, key), signed.encode(), "sha256")[:_MAC_BYTES])
