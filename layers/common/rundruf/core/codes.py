"""Entry codes: eight letters that open a chat with a purpose, easy to type and never a word.

The alphabet has no vowels, so no code spells a command (or anything else) in any language, and no letters
that are taken for each other. 18 letters make 11 thousand million codes; callers limit guessing.
"""

import re
from functools import cache

from rundruf.core.normalise import plain

ALPHABET = "BCDFGHJKMNPRSTVWXZ"
LENGTH = 8
MOST_FOUND = 3
_RANDOM_BYTES = 16  # so that the remainder favours no letter measurably


def code_from(random: bytes) -> str:
    """A code from at least 16 random bytes; ValueError for fewer."""
    if len(random) < _RANDOM_BYTES:
        raise ValueError(f"a code needs {_RANDOM_BYTES} random bytes")
    number = int.from_bytes(random[:_RANDOM_BYTES], "big")
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def find(text: str) -> tuple[str, ...]:
    """What may be a code in free text, upper case, likeliest first, at most three.

    Case, accents, look-alikes, punctuation and words around it do not matter, nor do separators inside
    ("krtm-bxzv", "K R T M B X Z V").
    """
    words = plain(text).split()
    whole = [word for word in words if _code().fullmatch(word)]
    joined = [code for start in range(len(words)) if (code := _joined(words[start:]))]
    return tuple(dict.fromkeys(code.upper() for code in whole + joined))[:MOST_FOUND]


def _joined(words: list[str]) -> str:
    """The code that the first words make together, or an empty string."""
    code = ""
    for word in words:
        code += word
        if len(code) >= LENGTH:
            break
    return code if _code().fullmatch(code) else ""


@cache
def _code() -> re.Pattern[str]:
    return re.compile(f"[{ALPHABET.lower()}]{{{LENGTH}}}")
