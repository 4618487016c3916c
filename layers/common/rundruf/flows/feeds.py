"""Feed -> fetched under the address policy -> items -> a message; what cannot be read is told, never sent.

Feed texts are data: markup becomes plain text, and double braces in them never become placeholders.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from rundruf.core import wording
from rundruf.core.addresses import Barred
from rundruf.core.message import Media, MediaKind, Message
from rundruf.core.newsletter import Feed, FeedState, Newsletter, Per
from rundruf.core.plain import plain, shortened
from rundruf.flows.services import Services, TooLarge
from rundruf.messengers import messenger
from rundruf.messengers.contract import Request

LARGEST = 5_000_000
TIMEOUT = 20_000.0
MOST_ITEMS = 200
MOST_SEEN = 2_000
ITEMS = "{{ items }}"
_DIGEST = 8
_TITLE, _LINK = 200, 1_000
_LENGTHS = (500, 300, 150, 60, 0)
_LEAVE_URL = 110  # characters that the address to leave may take
_FIRST_WAIT, _LONGEST_WAIT = 60_000, 3_600_000
_ASKED = {
    "accept": "application/feed+json, application/atom+xml, application/rss+xml, application/xml, */*;q=0.5",
    "accept-encoding": "gzip",
    "user-agent": "Rundruf",
}


class BadFeed(Exception):
    """A feed that cannot be used; the text says why, without its address."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed as plain text; ``picture`` is an https address or ""."""

    id: str
    title: str
    text: str
    link: str
    picture: str = ""

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.id.encode()).digest()[:_DIGEST]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The items, newest first as feeds list them; None: nothing has changed since the last time."""

    items: tuple[Item, ...] | None
    etag: str = ""
    modified: str = ""


def fetch(url: str, services: Services, state: FeedState | None = None) -> Fetched:
    """Ask for the feed, only for news where we know its last state; raises BadFeed."""
    headers = dict(_ASKED)
    if state and state.etag:
        headers["if-none-match"] = state.etag
    if state and state.modified:
        headers["if-modified-since"] = state.modified
    request = Request("GET", url, headers, b"", largest=LARGEST)
    try:
        answer = services.downloads.get(request, services.settings.feeds_from, LARGEST, TIMEOUT)
    except Barred as barred:
        raise BadFeed(f"this address is not fetched: {barred}") from None
    except TooLarge:
        raise BadFeed(f"it has more than {LARGEST // 1_000_000} MB") from None
    if answer.failure:
        raise BadFeed(f"no answer came within {TIMEOUT / 1000:.0f} seconds, or no connection")
    if state and answer.status == 304:
        return Fetched(None, state.etag, state.modified)
    if answer.status != 200:
        raise BadFeed(f"the server answered {answer.status}")
    body = _unpacked(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    items = tuple({one.digest: one for one in reversed(read(body, url))}.values())[::-1]
    return Fetched(items, answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:100])


def _unpacked(body: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(31)
        found = unpacking.decompress(body, LARGEST + 1)
    except zlib.error:
        raise BadFeed("it cannot be unpacked") from None
    if len(found) > LARGEST:
        raise BadFeed(f"it has more than {LARGEST // 1_000_000} MB unpacked")
    return found


def read(body: bytes, url: str) -> list[Item]:
    """The items of an RSS, Atom or JSON feed; raises BadFeed for what is none."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json(body)
    import feedparser

    # A stream, since feedparser takes bare text for the name of a file.
    found = feedparser.parse(BytesIO(body), response_headers={"content-location": url})
    if not found.get("version"):
        raise BadFeed("it is no RSS, Atom or JSON feed")
    return [_entry(entry) for entry in found.entries[:MOST_ITEMS]]


def _entry(entry: Any) -> Item:
    contents = [one.get("value", "") for one in entry.get("content", ())]
    files = [*entry.get("media_content", ()), *entry.get("media_thumbnail", ()), *entry.get("enclosures", ())]
    pictures = (one.get("url") or one.get("href", "") for one in files if _pictured(one))
    return _item(
        entry.get("id", ""),
        entry.get("title", ""),
        entry.get("summary", "") or next(iter(contents), ""),
        entry.get("link", ""),
        next(pictures, ""),
    )


def _pictured(file: Any) -> bool:
    kind = file.get("type", "") or file.get("medium", "")
    return kind.startswith("image") or (not kind and "width" in file)


def _json(body: bytes) -> list[Item]:
    """https://www.jsonfeed.org/version/1.1/ (2026-11-23)."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadFeed("it is no RSS, Atom or JSON feed") from None
    version, items = found.get("version"), found.get("items")
    if "jsonfeed.org/version/1" not in str(version) or not isinstance(items, list):
        raise BadFeed("it is no RSS, Atom or JSON feed")
    return [_json_item(one) for one in items[:MOST_ITEMS] if isinstance(one, dict)]


def _json_item(one: dict[str, Any]) -> Item:
    def said(*names: str) -> str:
        return next((str(one[name]) for name in names if isinstance(one.get(name), str | int)), "")

    return _item(
        said("id"),
        said("title"),
        said("summary", "content_html", "content_text"),
        said("url", "external_url"),
        said("image", "banner_image"),
    )


def _item(name: str, title: str, html: str, link: str, picture: str) -> Item:
    link = link.strip() if link.strip().startswith(("https://", "http://")) else ""
    link = link if len(link) <= _LINK and len(link.split()) == 1 else ""
    title, text = shortened(plain(title), _TITLE), plain(html)
    picture = picture if picture.startswith("https://") and len(picture) <= _LINK else ""
    return Item(name or link or f"{title}\n{text}", title, text, link, picture)


def fresh(feed: Feed, items: Sequence[Item], state: FeedState) -> tuple[list[Item], list[Item]]:
    """The items of this issue in their order, and the others that count as seen with it.

    The first time it is the newest alone, so that nobody gets an archive. An issue of many items takes the
    newest and leaves out the rest; where each item is an issue, the oldest go first and the rest waits.
    """
    known = {state.seen[at : at + _DIGEST] for at in range(0, len(state.seen), _DIGEST)}
    new = [one for one in items if one.digest not in known]
    if not known:
        return new[:1], new[1:]
    if feed.per is Per.ITEM:
        return new[::-1][: feed.items], []
    return new[: feed.items], new[feed.items :]


def composed(newsletter: Newsletter, items: Sequence[Item], services: Services) -> Message:
    """The newsletter's message with these items in it, as long as every messenger of its audience carries."""
    picture = next((one.picture for one in items if one.picture), "")
    alt = next((one.title for one in items if one.picture), "")
    media = (Media(MediaKind.IMAGE, picture, _safe(alt)),) if picture else ()
    for pictures in (media, ()) if media else ((),):
        for number in range(len(items), 0, -1):
            for most in _LENGTHS:
                made = _filled(newsletter.message, items[:number], most, pictures)
                if _carried(newsletter, made, services):
                    return made
    return _filled(newsletter.message, items[:1], 0, ())


def _filled(message: Message, items: Sequence[Item], most: int, media: tuple[Media, ...]) -> Message:
    listed = "\n\n".join(_lines(one, most) for one in items)
    values = {
        ITEMS: listed,
        "{{ item_title }}": _safe(items[0].title),
        "{{ item_text }}": _safe(shortened(items[0].text, most)),
        "{{ item_link }}": _safe(items[0].link),
    }
    whole = message.text if ITEMS in message.text else f"{message.text}\n\n{ITEMS}".strip()

    def filled(text: str) -> str:
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    bare = replace(message, text="" if message.template and not message.text else whole, translations=())
    others = tuple(_filled(one, items, most, media) for one in message.translations)
    return replace(bare.map(filled), media=message.media or media, translations=others)


def _lines(item: Item, most: int) -> str:
    text = shortened(item.text, most) if item.text != item.title else ""
    return "\n".join(one for one in (_safe(item.title), _safe(text), _safe(item.link)) if one)


def _safe(text: str) -> str:
    """Without anything that could be taken for a placeholder."""
    return text.replace("{{", "{\u2060{").replace("{%", "{\u2060%").replace("{#", "{\u2060#")


def _carried(newsletter: Newsletter, message: Message, services: Services) -> bool:
    """Whether each messenger carries it in one piece, footer and all, in each language."""
    names = list(_messengers(newsletter, services))
    return all(_whole(one, names, services) for one in message.versions())


def _whole(message: Message, names: Iterable[str], services: Services) -> bool:
    """Whether each of these messengers carries this one text in one piece, with its footer."""
    language = wording.language_of(message.language, services.settings.language)
    footer = f"\n\n{wording.footer(services.settings.business, 'x' * _LEAVE_URL, language)}"
    whole = replace(message, text=f"{message.text}{footer}" if message.text else "")
    for name in names:
        speaks = messenger(name)
        rules = speaks.rules
        limit = rules.caption_limit if whole.media and rules.caption_limit else rules.text_limit
        if speaks.problems(whole) or rules.counted.length(whole.text) > limit:
            return False
    return True


def _messengers(newsletter: Newsletter, services: Services) -> Iterable[str]:
    ids = services.accounts.ids()
    return sorted({one.partition("/")[0] for one in ids if newsletter.audience.takes_account(one)})


def issues(newsletter: Newsletter, slot: int, services: Services) -> tuple[Message, ...] | None:
    """The messages of a slot, none where nothing is new; None: the feed is to be asked again later.

    They are stored together with the mark that their items were seen, so that a crash neither repeats nor
    loses an item. A fetch is noted as failed before it begins: one that takes the worker with it counts, too.
    """
    catalogue, now, feed = services.catalogue, services.now(), newsletter.feed
    held = catalogue.composed(newsletter.id, slot)
    if held is not None or feed is None:
        return held
    state = catalogue.feed(newsletter.id)
    if now < state.retry_at:
        return None
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(state.failures, 10))
    tried = replace(state, failures=state.failures + 1, retry_at=now + wait, version=state.version + 1)
    tried = replace(
        tried, trouble=state.trouble or "it could not be read", trouble_at=state.trouble_at or now
    )
    if not catalogue.put_feed(newsletter.id, tried):
        return None
    try:
        fetched = fetch(feed.url, services, state)
    except BadFeed as bad:
        told = replace(tried, trouble=str(bad), version=tried.version + 1)
        catalogue.put_feed(newsletter.id, told)
        services.log("feed failed", newsletter=newsletter.id, failures=told.failures)
        return None
    items = fetched.items or ()
    chosen, passed = fresh(feed, items, state)
    groups = [[one] for one in chosen] if feed.per is Per.ITEM else [chosen] if chosen else []
    messages = tuple(composed(newsletter, group, services) for group in groups)
    seen = b"".join(one.digest for one in (*passed, *chosen)) + state.seen
    known = replace(
        FeedState(),
        etag=fetched.etag,
        modified=fetched.modified,
        seen=seen[: max(MOST_SEEN, 2 * len(items)) * _DIGEST],
        version=tried.version + 1,
    )
    if len(chosen) + len(passed) < len(_unknown(items, state)):
        known = replace(known, etag="", modified="")  # the rest waits, so the whole is wanted again
    return messages if catalogue.compose(newsletter.id, slot, messages, known) else None


def _unknown(items: Sequence[Item], state: FeedState) -> list[Item]:
    known = {state.seen[at : at + _DIGEST] for at in range(0, len(state.seen), _DIGEST)}
    return [one for one in items if one.digest not in known]
