"""Pages for people, rendered on the server: no script, nothing loaded but the brand's own logo.

This is what they share: the frame (``templates/page.html``), the brand's colours, the headers, and the texts.
A language is one file, ``templates/page.<tag>.json``; whatever files are there are the languages on offer.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from minijinja import Environment

from rundruf.core.brand import Brand
from rundruf.core.colour import READABLE, VISIBLE, WHITE, Colour
from rundruf.core.wording import Business

TEMPLATES = Path(__file__).with_name("templates")
FALLBACK = "en"
_PAGES = (
    "page.html",
    "notice.html",
    "leave.html",
    "question.html",
    "join.html",
    "snippet.html",
    "archive.html",
    "issue.html",
    "entry.html",
    "feed.xml",
)
_DARK_CARD = Colour.of("#181b21")  # as in page.css
_MOST_TAGS = 10


def spoken(wanted: Iterable[str], default: str) -> str:
    """The first language on offer among tags such as ``de_AT``; else the default's; else English."""
    for tag in (*wanted, default):
        primary = tag.strip().lower().replace("_", "-").partition("-")[0]
        if primary in _translations():
            return primary
    return FALLBACK


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first."""
    weighed = []
    for one in header.split(",")[:_MOST_TAGS]:
        tag, _, weight = one.partition(";")
        try:
            weighed.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if weight > 0]


def texts(language: str, page: str, state: str, /, **values: object) -> dict[str, Any]:
    """The texts of a page in one of its states; KeyError for a state that it does not have."""
    every = _translations()[language]
    shown = {**every[page], **(every[page]["states"][state] if state else {})}
    filled = {name: _filled(text, values) for name, text in shown.items() if name != "states"}
    return {name: text for name, text in every.items() if isinstance(text, str)} | filled


def listed(language: str, names: Sequence[str]) -> str:
    """Names one after the other, the last joined with "and"."""
    last = str(_translations()[language]["last"])
    return last.join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def quoted(language: str, name: str) -> str:
    return str(_translations()[language]["quoted"]).format(name)


def day(language: str, year: int, month: int, number: int) -> str:
    """A date in words."""
    every = _translations()[language]
    return str(every["date"]).format(day=number, month=every["months"][month - 1], year=year)


def rendered(
    template: str, language: str, brand: Brand, business: Business, say: Mapping[str, Any], **values: Any
) -> str:
    """A page as HTML in the business's frame."""
    html: str = environment().render_template(
        template,
        say=say,
        language=language,
        languages=[{"tag": tag, "name": every["language"]} for tag, every in _translations().items()],
        business={
            "name": business.name,
            "imprint_url": business.imprint_url,
            "privacy_url": business.privacy_url,
        },
        brand={"name": brand.name or business.name, "logo_url": _logo(brand)},
        style=_style(),
        colours=_colours(brand),
        **values,
    )
    return html


def notice(
    business: Business, brand: Brand, language: str, page: str, state: str, /, **values: object
) -> str:
    """A page that only tells something."""
    say = texts(language, page, state, **values)
    return rendered("notice.html", language, brand, business, say, good=state not in ("error", "unknown"))


def page_headers(brand: Brand, pictures: Iterable[str] = ()) -> dict[str, str]:
    """The headers that go with a page: it may use its own styles, the brand's logo and these pictures."""
    styles = " ".join(f"'sha256-{_digest(one)}'" for one in (_style(), _colours(brand)) if one)
    places = (urlsplit(one) for one in (_logo(brand), *pictures))
    images = " ".join(sorted({f"{one.scheme}://{one.netloc}" for one in places if one.netloc})) or "'none'"
    return {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": (
            f"default-src 'none'; style-src {styles}; img-src {images}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow",
    }


def _filled(text: Any, values: Mapping[str, object]) -> Any:
    if isinstance(text, list):
        return [_filled(one, values) for one in text]
    if isinstance(text, dict):
        return {name: _filled(one, values) for name, one in text.items()}
    return str(text).format_map(_Known(values))


class _Known(dict[str, object]):
    """Values by name; a text that is not shown may name one that is not given."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _logo(brand: Brand) -> str:
    parts = urlsplit(brand.logo_url)
    return brand.logo_url if parts.scheme in ("https", "http") and parts.netloc else ""


def _colours(brand: Brand) -> str:
    """The brand's colour as CSS for light and dark; empty without one that can be read."""
    try:
        colour = Colour.of(brand.colour)
    except ValueError:
        return ""
    light, dark = (_shades(colour, card) for card in (WHITE, _DARK_CARD))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _shades(colour: Colour, card: Colour) -> str:
    return (
        f"--brand:{colour.hex};--on-brand:{colour.text().hex};"
        f"--edge:{colour.against(card, VISIBLE).hex};--accent:{colour.against(card, READABLE).hex}"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """The templates of all pages; whatever is put into one is escaped."""
    return Environment(
        templates={name: (TEMPLATES / name).read_text("utf-8") for name in _PAGES},
        undefined_behavior="strict",
        auto_escape_callback=lambda _: True,
    )


@cache
def _style() -> str:
    return (TEMPLATES / "page.css").read_text("utf-8")


@cache
def _translations() -> Mapping[str, Mapping[str, Any]]:
    """Every language by its tag."""
    found = sorted(TEMPLATES.glob("page.*.json"))
    return {one.name.split(".")[1]: json.loads(one.read_text("utf-8")) for one in found}


PAGE_LANGUAGES: Sequence[str] = tuple(one.name.split(".")[1] for one in sorted(TEMPLATES.glob("page.*.json")))
"""Tags of the languages on offer."""
