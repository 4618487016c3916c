"""Pages for people, rendered on the server: no script, nothing loaded but the brand's own logo.

Nothing here decides anything: the forms say ``action=leave``, ``action=everything`` (service messages too) or
``action=save`` with the ``topic`` ids to keep.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from minijinja import Environment

from rundruf.core.colour import READABLE, VISIBLE, WHITE, Colour
from rundruf.core.wording import LANGUAGES, Business, language_of

_TEMPLATES = Path(__file__).with_name("templates")
_DARK_CARD = Colour.of("#181b21")  # as in leave.css


@dataclass(frozen=True, slots=True)
class Brand:
    """How the business looks: name, logo (https or http, else none) and one colour such as ``#0a7d4f``."""

    name: str
    logo_url: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic on the page; only one that is ``granted`` can be chosen, since a link never grants anything."""

    id: str
    name: str
    granted: bool


def leave_page(
    business: Business,
    topics: Sequence[TopicChoice],
    language: str,
    token_path: str,
    state: str,
    brand: Brand,
) -> str:
    """The page behind a leave link, as HTML.

    ``choose`` asks, ``left`` (marketing), ``ended`` (service too) and ``saved`` confirm, ``error`` is
    the same for every link that does not work and shows nothing of it; any other state raises KeyError.
    ``token_path`` is where the forms post to.
    """
    known = language_of(language, "en")
    granted = [one.name for one in topics if one.granted]
    if state == "saved" and not granted:
        state = "left"
    asks = state in ("choose", "saved")
    html: str = _environment().render_template(
        "leave.html",
        say=_texts(known, state, business.name, granted),
        language=known,
        languages=[{"tag": one, "name": _translation(one)["language"]} for one in LANGUAGES],
        state=state,
        form=state if asks else "",
        topics=[{"id": one.id, "name": one.name, "granted": one.granted} for one in topics],
        action=f"{token_path}?lang={known}",
        business={"imprint_url": business.imprint_url, "privacy_url": business.privacy_url},
        brand={"name": brand.name or business.name, "logo_url": _logo(brand)},
        style=_style(),
        colours=_colours(brand),
    )
    return html


def page_headers(brand: Brand) -> dict[str, str]:
    """The headers that go with the page: only its own styles and the brand's logo may be used."""
    styles = " ".join(f"'sha256-{_digest(one)}'" for one in (_style(), _colours(brand)) if one)
    logo = urlsplit(_logo(brand))
    images = f"{logo.scheme}://{logo.netloc}" if logo.netloc else "'none'"
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


def _texts(language: str, state: str, name: str, granted: Sequence[str]) -> dict[str, str]:
    every = _translation(language)
    texts = {key: value for key, value in every.items() if isinstance(value, str)}
    listed = every["last"].join([", ".join(granted[:-1]), granted[-1]] if len(granted) > 1 else granted)
    return texts | {key: value.format(name=name, topics=listed) for key, value in every[state].items()}


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
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _shades(colour: Colour, card: Colour) -> str:
    return (
        f"--brand:{colour.hex};--on-brand:{colour.text().hex};"
        f"--edge:{colour.against(card, VISIBLE).hex};--accent:{colour.against(card, READABLE).hex}"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        templates={"leave.html": (_TEMPLATES / "leave.html").read_text("utf-8")},
        undefined_behavior="strict",
        auto_escape_callback=lambda _: True,
    )


@cache
def _style() -> str:
    return (_TEMPLATES / "leave.css").read_text("utf-8")


@cache
def _translation(language: str) -> Mapping[str, Any]:
    texts: dict[str, Any] = json.loads((_TEMPLATES / f"leave.{language}.json").read_text("utf-8"))
    return texts


PAGE_HEADERS: Mapping[str, str] = MappingProxyType(page_headers(Brand("")))
"""The headers of a page without logo and colour."""
