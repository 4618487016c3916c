"""Entry code -> the page on which people join: what, how, and a button and a QR code for each messenger.

Entry points with the same ``page`` share one. ``snippet`` is the same for the business's own site.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rundruf.core.account import Account
from rundruf.core.brand import Brand
from rundruf.core.colour import VISIBLE, WHITE, Colour
from rundruf.core.topic import EntryPoint, Topic
from rundruf.core.wording import Business
from rundruf.flows.linking import drawing, link_of, picture
from rundruf.flows.pages import environment, listed, page_headers, rendered, texts
from rundruf.flows.services import Catalogue
from rundruf.messengers import UnknownMessenger, messenger

CACHED = 300  # seconds
_PLAIN = Colour.of("#1f2937")


@dataclass(frozen=True, slots=True)
class Way:
    """One messenger of a page; ``code`` where people type it, ``scan`` where only its QR code leads there."""

    title: str
    link: str
    code: str = ""
    scan: bool = False


def together(point: EntryPoint, catalogue: Catalogue) -> Sequence[EntryPoint]:
    """The entry points on this one's page, the oldest first."""
    if not point.page:
        return [point]
    same = [one for one in catalogue.entry_points() if one.page == point.page and one.code != point.code]
    return sorted([point, *same], key=lambda one: (one.created, one.code))


def ways(points: Sequence[EntryPoint], settings: Callable[[str], Account], language: str) -> list[Way]:
    """How each of them is entered; one whose account is gone or has no address is left out.

    ``settings`` gives an account without its credentials, or raises LookupError.
    """
    found = []
    for point in points:
        try:
            speaks = messenger(point.messenger)
            link = link_of(point, settings(f"{point.messenger}/{point.account}"), language)
        except (LookupError, UnknownMessenger, ValueError):
            continue
        typed = point.code if speaks.rules.typed_code else ""
        found.append(Way(speaks.title, link, typed, scan=speaks.links is not None))
    return found


def join_page(
    topics: Sequence[Topic], ways: Sequence[Way], language: str, business: Business, brand: Brand
) -> str:
    """The page as HTML."""
    say = _say(topics, language, business)
    return rendered(
        "join.html",
        language,
        brand,
        business,
        say,
        topics=[_topic(one, language) for one in topics],
        ways=[_way(one, say) | {"qr": drawing(one.link)} for one in ways],
    )


def join_headers(brand: Brand) -> dict[str, str]:
    """The headers that go with the page: everybody gets the same, so it may be kept for some minutes."""
    return page_headers(brand) | {
        "cache-control": f"public, max-age={CACHED}",
        "vary": "accept-language",
    }


def snippet(
    topics: Sequence[Topic], ways: Sequence[Way], language: str, business: Business, brand: Brand
) -> str:
    """The same as a piece of HTML for the business's own site, which loads nothing and runs nothing."""
    say = _say(topics, language, business)
    colour = _colour(brand)
    html: str = environment().render_template(
        "snippet.html",
        say=say,
        language=language,
        topics=say["lead"],
        ways=[_way(one, say) | {"picture": _address(picture(one.link, "svg"))} for one in ways],
        business={"imprint_url": business.imprint_url, "privacy_url": business.privacy_url},
        back=colour.hex,
        ink=colour.text().hex,
        edge=colour.against(WHITE, VISIBLE).hex,
    )
    return f"{html}\n"


def _say(topics: Sequence[Topic], language: str, business: Business) -> dict[str, object]:
    names = listed(language, [one.title(language) for one in topics])
    return texts(language, "join", "shown", name=business.name, topics=names)


def _topic(topic: Topic, language: str) -> dict[str, str]:
    return {"name": topic.title(language), "often": topic.often.get(language, "")}


def _way(way: Way, say: dict[str, object]) -> dict[str, object]:
    return {
        "title": way.title,
        "link": way.link,
        "code": way.code,
        "scan": way.scan,
        "type": say["type"],
        "open": _of(say["open"], way),
        "qr_label": _of(say["qr_label"], way),
        "scan_hint": _of(say["scan_hint"], way),
    }


def _of(text: object, way: Way) -> str:
    return str(text).replace("{messenger}", way.title)


def _address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def _colour(brand: Brand) -> Colour:
    try:
        return Colour.of(brand.colour)
    except ValueError:
        return _PLAIN
