"""Files of the Bot API: how each kind may be sent, what ids and paths it gets, how a message tells of it.

https://core.telegram.org/bots/api#sending-files, seen 2026-11-23. The sandbox fetches nothing: what an
address gives is read off its ending, and an address with an unknown ending is taken.
"""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from posixpath import basename, splitext
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.errors import Refused, bad

MEGABYTE = 2**20
DOWNLOAD_LIMIT = 20 * MEGABYTE
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
UPLOAD = "upload:"
ATTACHED = "attach://"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. ``prefix`` begins its ids, ``folder`` and ``ending`` make its path; ``fetched`` are
    the endings of addresses that Telegram takes, ``limit`` is that of an upload in bytes."""

    prefix: str
    folder: str
    ending: str
    fetched: frozenset[str]
    limit: int = 50 * MEGABYTE


FORMATS = {
    "photo": Format(
        "AgACAgIAAx",
        "photos",
        ".jpg",
        frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}),
        10 * MEGABYTE,
    ),
    "video": Format("BAACAgIAAx", "videos", ".mp4", frozenset({".mp4", ".m4v"})),
    "audio": Format("CQACAgIAAx", "music", ".mp3", frozenset({".mp3", ".m4a"})),
    "voice": Format("AwACAgIAAx", "voice", ".oga", frozenset({".ogg", ".oga", ".opus", ".mp3", ".m4a"})),
    "document": Format("BQACAgIAAx", "documents", "", frozenset({".pdf", ".zip", ".gif"})),
}
METHODS = {f"send{word}": word for word in FORMATS}
MUSIC = {".m4a": "audio/mp4", ".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/ogg"}

# What a phone shows: the sandbox's word for a photo is that of the other messengers.
SHOWN = {"photo": "image"}
WORDS = {SHOWN.get(word, word): word for word in FORMATS}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file id stands for; ``source`` is an address or the id of a picture of the stage."""

    word: str
    source: str


def ending(source: str) -> str:
    return splitext(urlsplit(source).path)[1].lower()


def fetched(word: str, address: str) -> str:
    """The address, if Telegram would take a file of this kind from there; raises Refused."""
    parts = urlsplit(address)
    if not parts.netloc or re.search(r"\s", address):
        raise bad("wrong HTTP URL specified")
    known = _type_of(address)
    if known and ending(address) not in FORMATS[word].fetched:
        raise bad("wrong type of the web page content")
    return address


def uploaded(word: str, media_type: str, data: bytes) -> None:
    """Raises Refused for an upload that Telegram would not take as this."""
    if not data:
        raise bad("file must be non-empty")
    if len(data) > FORMATS[word].limit:
        raise bad("file is too big")
    if word == "photo" and not media_type.startswith("image/"):
        raise bad("IMAGE_PROCESS_FAILED")


def reused(word: str, kept: Kept) -> str:
    """The source of a file that is sent again; it stays what it was."""
    if kept.word != word:
        raise bad(f"can't use file of type {kept.word.capitalize()} as {word.capitalize()}")
    return kept.source


# https://github.com/tdlib/telegram-bot-api passes on what went wrong with one message of an album unchanged.
_RAW = {
    "Bad Request: wrong type of the web page content": "WEBPAGE_MEDIA_EMPTY",
    "Bad Request: IMAGE_PROCESS_FAILED": "IMAGE_PROCESS_FAILED",
}


def in_album(place: int, refused: Refused) -> Refused:
    """The refusal of an album for one of its files; ``place`` counts from 1."""
    raw = _RAW.get(refused.description)
    return bad(f'failed to send message #{place} with the error message "{raw}"') if raw else refused


def file_id(account: str, kept: Kept) -> str:
    """Always the same for a file and a bot, and another for every bot."""
    return FORMATS[kept.word].prefix + _digest(account, kept)[:44]


def path(account: str, kept: Kept, media_type: str) -> str:
    """Where a file lies below /file/bot<token>/."""
    format_ = FORMATS[kept.word]
    own = mimetypes.guess_extension(media_type) or "" if kept.word == "document" else format_.ending
    return f"{format_.folder}/file_{_digest(account, kept)[:12]}{own}"


def told(account: str, kept: Kept, media_type: str, size: int) -> dict[str, Any]:
    """The file as a File, PhotoSize, Video, Audio, Voice or Document, as far as the sandbox knows it."""
    unique = hashlib.sha256(kept.source.encode()).hexdigest()[:16]
    one: dict[str, Any] = {"file_id": file_id(account, kept), "file_unique_id": unique, "file_size": size}
    if kept.word in ("photo", "video"):
        one |= {"width": 1280, "height": 960}
    if kept.word in ("video", "audio", "voice"):
        one["duration"] = 1
    if kept.word != "photo":
        one["mime_type"] = media_type
    if kept.word in ("audio", "document"):
        one["file_name"] = basename(urlsplit(kept.source).path)
    return one


def guessed(source: str) -> str:
    """The media type that the ending of an address names."""
    return _type_of(source) or "application/octet-stream"


def _type_of(source: str) -> str:
    return MUSIC.get(ending(source)) or mimetypes.guess_type(urlsplit(source).path)[0] or ""


def _digest(account: str, kept: Kept) -> str:
    return hashlib.sha256(f"{account}:{kept.word}:{kept.source}".encode()).hexdigest()
