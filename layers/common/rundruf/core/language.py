"""Tags of languages such as ``de-AT``: which of several suits a person."""

from collections.abc import Sequence


def plain(tag: str) -> str:
    """The tag as it is compared: ``de_AT`` and ``DE-at`` are both ``de-at``."""
    return tag.strip().lower().replace("_", "-")


def primary(tag: str) -> str:
    """The language alone, whatever the country or script."""
    return plain(tag).partition("-")[0]


def best(wanted: str, offered: Sequence[str]) -> int | None:
    """Which of the offered tags suits a person best; None where none of them is their language.

    The tag itself comes first, then each of its beginnings (``zh-Hant-TW``, ``zh-Hant``, ``zh``; RFC 4647
    3.4), and then the first offer in the same language, since ``pt-BR`` is better than nothing for ``pt``.
    """
    tags = [plain(one) for one in offered]
    part = plain(wanted)
    while part:
        if part in tags:
            return tags.index(part)
        part = part.rpartition("-")[0]
    mine = primary(wanted)
    return next((number for number, tag in enumerate(tags) if mine and primary(tag) == mine), None)
