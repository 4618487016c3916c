"""Who somebody is on WhatsApp: a phone number, or the id that stands in for it.

People with a user name may hide their number; then only a business-scoped user id comes, such as
``DE.1A2b3C``, or that of a parent company, ``DE.ENT.1A2b3C``. Numbers are kept as WhatsApp writes them:
digits with country code, no plus.
"""

import re
from collections.abc import Iterable

_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"[1-9][0-9]{6,14}")
_OPTIONAL_ZERO = re.compile(r"(?<=[0-9])\s*\(0\)")
# Blanks, dashes, brackets, dots and slashes people write, and the invisible marks of copied numbers.
_DECORATION = re.compile(r"[\s().\-/\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]+")


def canonical(given: str) -> str:
    """The id as WhatsApp writes it; raises ValueError for what cannot be one.

    ``+49 (0)151 234-567``, ``0049151234567`` and ``49151234567`` are the same number. A number without
    country code is refused: nobody can know which country was meant. Ids are never changed.
    """
    stripped = given.strip()
    if _SCOPED.fullmatch(stripped):
        return stripped
    digits = _DECORATION.sub("", _OPTIONAL_ZERO.sub("", stripped))
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    if not _NUMBER.fullmatch(digits):
        raise ValueError("no WhatsApp id: a phone number with country code, 7 to 15 digits, or a user id")
    return digits


def is_number(user_id: str) -> bool:
    return user_id.isdigit()


def known(candidates: Iterable[str]) -> tuple[str, ...]:
    """Those that can be ids, each once, phone numbers first: they are what most people were asked under."""
    found: dict[str, None] = {}
    for one in candidates:
        try:
            found[canonical(one)] = None
        except ValueError:
            continue
    return tuple(sorted(found, key=lambda one: not is_number(one)))


# Country code, what the old or new form puts in, and the rest. Brazil put a 9 in front of mobile numbers, all
# of which began with 6 to 9; the others kept their landlines, which would become somebody else's number.
_FORMS = (
    (re.compile(r"(55[1-9][0-9])()([6-9][0-9]{7})"), "9"),
    (re.compile(r"(55[1-9][0-9])(9)([6-9][0-9]{7})"), ""),
    (re.compile(r"(52)()([2-9][0-9]{9})"), "1"),
    (re.compile(r"(52)(1)([2-9][0-9]{9})"), ""),
    (re.compile(r"(54)()([1-9][0-9]{9})"), "9"),
    (re.compile(r"(54)(9)([1-9][0-9]{9})"), ""),
)


def spellings(user_id: str) -> tuple[str, ...]:
    """Other forms in which WhatsApp may write this number: with and without the mobile digit.

    Of Brazil (55), Mexico (52) and Argentina (54); WhatsApp rewrites them, so that an answer may come from a
    form that was never written to. They only serve to find a person; no number is ever changed.
    """
    return tuple(
        f"{found[1]}{other}{found[3]}" for form, other in _FORMS if (found := form.fullmatch(user_id))
    )
