"""Newsletter -> the issues that have gone out -> public pages and a feed that everybody may read.

What stands there is the message as it was written, before any person's values, footers and counted links:
placeholders show their own default or an ellipsis.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from rundruf.core.account import Account
from rundruf.core.brand import Brand
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.clicks import pieces
from rundruf.core.message import MediaKind, Message
from rundruf.core.newsletter import Newsletter
from rundruf.core.placeholders import BadPlaceholder, names
from rundruf.core.plain import shortened
from rundruf.core.wording import Business
from rundruf.flows.join_page import ways
from rundruf.flows.pages import day, environment, page_headers, rendered, texts
from rundruf.flows.personalise import Personaliser
from rundruf.flows.services import Services

A_PAGE = 30
CACHED = 300  # seconds
JOIN_PAGE = "archive"  # entry points with this page are for those who come from here
UNSAID = "…"
_TITLE = 80
_ADDRESS = re.compile(r"https?://(?:\{\{.*?\}\}|[^\s<>\"])+")
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CAN_BE_READ = (State.SENDING, State.FINISHED)
_PLACE = re.compile(r"[0-9]{15}#[0-9a-z]{1,40}").fullmatch


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as everybody may read it; ``at`` in ms.

    ``paragraphs`` are lines of pieces, (text, address or ""); ``pictures`` and ``links`` are (address, text).
    ``language`` is the one it is written in ("": nobody said).
    """

    id: str
    at: int
    title: str
    paragraphs: Sequence[Sequence[Sequence[tuple[str, str]]]] = ()
    pictures: Sequence[tuple[str, str]] = ()
    links: Sequence[tuple[str, str]] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """One page of a newsletter's archive; ``older`` is where to go on."""

    newsletter: Newsletter
    issues: Sequence[Issue]
    older: str = ""
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What pages and feed stand in; ``join`` is the path on which people join ("": there is none)."""

    language: str
    zone: str
    business: Business
    brand: Brand
    join: str = ""
    often: str = ""

    def say(self, newsletter: Newsletter, state: str, **values: object) -> dict[str, Any]:
        told = {"newsletter": newsletter.name, "name": self.business.name, **values}
        return texts(self.language, "archive", state, **told)

    def moment(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, ZoneInfo(self.zone))

    def date(self, at: int) -> str:
        """A day in words."""
        moment = self.moment(at)
        return day(self.language, moment.year, moment.month, moment.day)


def opened(newsletter: str, services: Services) -> Newsletter | None:
    """The newsletter, if everybody may read it."""
    found = services.catalogue.newsletter(newsletter) if newsletter.isalnum() else None
    return found if found and found.archive else None


def archive(found: Newsletter, before: str, language: str, services: Services) -> Archive:
    """The newest issues that have gone out, or those ``before`` a place."""
    before = before if _PLACE(before) else ""
    ids, older = services.catalogue.archived(found.id, before, A_PAGE)
    held = services.broadcasts.these(ids)
    readable = _readable([held[one] for one in ids if one in held], services)
    return Archive(found, [shown(one, language) for one in readable], older, bool(before))


def issue(found: Newsletter, broadcast: str, language: str, services: Services) -> Issue | None:
    """One issue; None for what is none of this newsletter, or has not gone out."""
    held = services.broadcasts.get(broadcast) if broadcast.isalnum() else None
    if held is None or held.newsletter != found.id or held.late_of or not _readable([held], services):
        return None
    return shown(held, language)


def _readable(found: Sequence[Broadcast], services: Services) -> list[Broadcast]:
    ready = [one for one in found if one.state in _CAN_BE_READ and _anything(one.chosen)]
    gone_out = services.broadcasts.accepted(ready)
    return [one for one in ready if one.id in gone_out]


def _anything(message: Message) -> bool:
    """A template alone is told only by its messenger."""
    return bool(message.text or message.media)


def joining(topic: str, settings: Callable[[str], Account], language: str, services: Services) -> str:
    """The path of the page on which people join this topic, "" without one.

    Entry points made for the archive go first, then those for this topic alone, then the oldest. ``settings``
    gives an account without its credentials, or raises LookupError.
    """
    points = [one for one in services.catalogue.entry_points() if topic in one.topics]
    points.sort(key=lambda one: (one.page != JOIN_PAGE, len(one.topics) > 1, one.created, one.code))
    open_to_all = (one.code for one in points if ways([one], settings, language))
    return next((f"/j/{code}" for code in open_to_all), "")


def neutral(message: Message) -> Message:
    """The message for nobody in particular: each placeholder's default, or an ellipsis.

    An address that is made for a person leads nowhere here, so none of it is left.
    """

    def unled(text: str) -> str:
        return _ADDRESS.sub(lambda found: UNSAID if "{{" in found.group() else found.group(), text)

    plain = replace(
        message,
        template=None,
        buttons=tuple(one for one in message.buttons if one.url and "{{" not in one.url),
        media=tuple(one for one in message.media if "{{" not in one.url),
    ).map(unled)
    try:
        wanted = {one.name for _, text in plain.texts() for one in names(text) if not one.has_default}
        plain = Personaliser().personalise(plain, dict.fromkeys(wanted, UNSAID))
    except BadPlaceholder:
        plain = replace(plain, text="")
    return plain.map(lambda text: _NO_XML.sub("", text))


def shown(found: Broadcast, language: str) -> Issue:
    """An issue as everybody may read it, in this language if it has it; "" as title where it has no text."""
    message = neutral(found.chosen.spoken(language))
    lines = message.text.strip().split("\n")
    first, rest = lines[0].strip(), "\n".join(lines[1:]).strip()
    whole = len(first) <= _TITLE and "://" not in first
    pictures = [(one.url, one.alt) for one in message.media if _is_picture(one.kind, one.url)]
    files = [(one.url, one.kind.value) for one in message.media if not _is_picture(one.kind, one.url)]
    return Issue(
        found.id,
        found.started or found.created,
        shortened(first, _TITLE),
        _paragraphs(rest if whole else message.text.strip()),
        pictures,
        [
            *((url, f"media.{kind}") for url, kind in files),
            *((one.url, one.label) for one in message.buttons),
        ],
        message.language,
    )


def _is_picture(kind: MediaKind, url: str) -> bool:
    return kind is MediaKind.IMAGE and url.startswith("https://")


def _paragraphs(text: str) -> list[list[list[tuple[str, str]]]]:
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [[list(pieces(line)) for line in block.strip().split("\n")] for block in blocks]


def archive_page(found: Archive, frame: Frame) -> str:
    """The list of issues as HTML."""
    say = frame.say(found.newsletter, "list" if found.issues or found.newer else "empty")
    return rendered(
        "archive.html",
        frame.language,
        frame.brand,
        frame.business,
        say,
        id=found.newsletter.id,
        issues=[_listed(one, say, frame) for one in found.issues],
        older=found.older.replace("#", "%23"),
        newer=found.newer,
        join=frame.join,
        often=frame.often,
    )


def issue_page(newsletter: Newsletter, one: Issue, frame: Frame) -> str:
    """One issue as HTML."""
    title = _listed(one, frame.say(newsletter, "list"), frame)["title"]
    say = frame.say(newsletter, "issue", title=title, date=frame.date(one.at))
    return rendered(
        "issue.html",
        frame.language,
        frame.brand,
        frame.business,
        say,
        id=newsletter.id,
        issue=_listed(one, say, frame) | _body(one, say),
        join=frame.join,
    )


def feed(found: Archive, frame: Frame, public_url: str) -> str:
    """The issues as an Atom feed (RFC 4287)."""
    say = frame.say(found.newsletter, "list")
    newest = max((one.at for one in found.issues), default=found.newsletter.created)
    xml: str = environment().render_template(
        "feed.xml",
        language=frame.language,
        address=f"{public_url}/n/{found.newsletter.id}",
        urn=_urn(found.newsletter.id),
        title=_NO_XML.sub("", found.newsletter.name),
        author=frame.brand.name or frame.business.name,
        updated=_moment(newest),
        entries=[
            _listed(one, say, frame)
            | {"urn": _urn(one.id), "at": _moment(one.at)}
            | {"html": environment().render_template("entry.html", **_body(one, say))}
            for one in found.issues
        ],
    )
    return xml


def archive_headers(brand: Brand, pictures: Iterable[str] = ()) -> dict[str, str]:
    """The headers of what everybody may read, find and keep for some minutes."""
    headers = page_headers(brand, pictures)
    del headers["x-robots-tag"]
    return headers | {"cache-control": f"public, max-age={CACHED}", "vary": "accept-language"}


def feed_headers() -> dict[str, str]:
    return {
        "content-type": "application/atom+xml; charset=utf-8",
        "cache-control": f"public, max-age={CACHED}",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "vary": "accept-language",
        "x-content-type-options": "nosniff",
    }


def _listed(one: Issue, say: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
    date = frame.date(one.at)
    return {
        "id": one.id,
        "title": one.title or str(say["untitled"]).replace("{date}", date),
        "date": date,
        "day": frame.moment(one.at).date().isoformat(),
        "language": one.language if one.title else "",
    }


def _body(one: Issue, say: Mapping[str, Any]) -> dict[str, Any]:
    media = {f"media.{kind}": text for kind, text in say["media"].items()}
    return {
        "paragraphs": [
            [[{"text": text, "url": url} for text, url in line] for line in paragraph]
            for paragraph in one.paragraphs
        ],
        "pictures": [{"url": url, "alt": alt} for url, alt in one.pictures],
        "links": [{"url": url, "text": media.get(text, text)} for url, text in one.links],
    }


def _urn(name: str) -> str:
    """An id for feed readers that never changes."""
    return uuid5(NAMESPACE_URL, f"rundruf:{name}").urn


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
