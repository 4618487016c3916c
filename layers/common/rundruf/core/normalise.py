"""One plain form for everything people type: the same word looks the same, however it was dressed up.

Full-width and mathematical letters, accents, strike-through, invisible characters, look-alikes of other
scripts, the two kinds of kana, spellings of one Arabic letter, emoji, punctuation and spaced letters are all
folded away, so that words can simply be compared.
"""

import re
import unicodedata
from functools import cache

LONGEST = 1000  # characters of the text that are read, invisible ones not counted, and of the plain form
_SEARCHED = 200 * LONGEST  # at most, for visible ones
_ROUNDS = 4  # two where a look-alike only appears after decomposing, more for adversaries
_SPACED_LETTERS = 3

# Lower case, since they are looked up after folding: "т" is here because "Т" looks like "T".
_LOOK_ALIKES = {
    "a": "аαɑᴀꓮᎪ",
    "b": "вβʙᴃꓐᏴ",
    "c": "сϲᴄꓚᏟ",
    "d": "ԁđðᴅꓓᎠ",
    "e": "еєεɛᴇꓰᎬ",
    "f": "ƒꜰꓝ",
    "g": "ԍɡɢꓖᏀ",
    "h": "нһηħʜꓧᎻ",
    "i": "іıιɩɪꓲᏆ",
    "j": "јϳᴊꓙᎫ",
    "k": "кκᴋꓗᏦ",
    "l": "ӏłʟƖꓡᏞ",
    "m": "мμᴍꓟᎷ",
    "n": "νɴꓠ",
    "o": "оοøσᴏօꓳᎤ",
    "p": "рρᴘꓑᏢ",
    "q": "ԛ",
    "r": "ʀꓣᏒ",
    "s": "ѕꜱꓢᏚ",
    "t": "тτŧᴛꓔᎢ",
    "u": "ʋᴜսꓴ",
    "v": "ѵᴠꓦᏙ",
    "w": "ԝωᴡꓪᎳ",
    "x": "хχꓫ",
    "y": "уυүʏꓬᎩ",
    "z": "ζᴢꓜᏃ",
}
_SPELLINGS = {
    "ه": "ةۀہھ",
    "ي": "ىیے",
    "ك": "ک",
    "": "ـ",
}  # of Arabic letters; the last only makes words longer
_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = 0x60
_LETTER_PICTURES = (0x1F150, 0x1F170)  # 🅐 and 🅰, each with its alphabet
_FLAG_LETTERS = 0x1F1E6  # two make a flag, a message of nothing else is a word
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_INVISIBLE = (
    "[\0-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
_APOSTROPHES = "['`´’‘‛′ʼʹ＇]+"
# Of Latin, Greek, Cyrillic, Hebrew and Arabic, where words are read without them; a Thai vowel is a letter.
_ACCENTS = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]+"
)


def plain(text: str) -> str:
    """Lower-case words divided by single spaces, at most LONGEST characters; ``plain(plain(x)) == plain(x)``.

    Latin look-alikes become Latin, letters typed one by one ("S T O P") become a word. Whatever is neither
    letter nor digit divides words, but apostrophes and invisible characters join them ("don't" is "dont").
    """
    if len(text) > LONGEST:
        text = _gaps().sub(" ", _invisible().sub("", text[:_SEARCHED]))
    text = text[:LONGEST]
    for _ in range(_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def marked(text: str) -> str:
    """Lower-case words divided by single spaces with their accents, where those make other words of them."""
    text = _apostrophes().sub("", _invisible().sub("", text[:LONGEST]))
    return " ".join(_visible(with_accents(text)).split())


def with_accents(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def without_accents(text: str) -> str:
    """What ``plain`` makes of words that are written plainly already, for much text at once; commas stay."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    known = _look_alikes()
    for one in set(text):
        if ord(one) in known:
            text = text.replace(one, known[ord(one)])
        elif _accents().match(one) or _apostrophes().match(one):
            text = text.replace(one, "")
    return unicodedata.normalize("NFC", text)


def _once(text: str) -> str:
    text = _apostrophes().sub("", text)
    if text.isascii():
        text = _ascii_gaps().sub(" ", _invisible().sub("", text).lower())
    else:
        text = _visible(_folded(text))
    return " ".join(_joined(text[:LONGEST].split()))


def _folded(text: str) -> str:
    """Compatible forms, case, accents and look-alikes folded away."""
    text = _invisible().sub("", text).translate(_pictures())
    if not any(map(str.isalnum, text)):
        text = text.translate(_flags())
    return _bare_letters(unicodedata.normalize("NFKD", text)[:LONGEST])[:LONGEST]


def _bare_letters(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _accents().sub("", text).translate(_look_alikes()))


def _visible(text: str) -> str:
    """Letters, digits and marks; format characters dropped, everything else a space."""
    return "".join(one if one.isalnum() else _shown(one) for one in text)


def _shown(one: str) -> str:
    category = unicodedata.category(one)
    if category[0] == "M":
        return one
    return "" if category == "Cf" else " "


def _joined(words: list[str]) -> list[str]:
    """Words, with runs of single letters made into one."""
    joined: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1:
            run.append(word)
            continue
        joined += ["".join(run)] if len(run) >= _SPACED_LETTERS else run
        run = []
        joined.append(word)
    return joined[:-1]


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(_INVISIBLE)


@cache
def _apostrophes() -> re.Pattern[str]:
    return re.compile(_APOSTROPHES)


@cache
def _accents() -> re.Pattern[str]:
    return re.compile(_ACCENTS)


@cache
def _gaps() -> re.Pattern[str]:
    return re.compile(r"\s{2,}")


@cache
def _ascii_gaps() -> re.Pattern[str]:
    return re.compile("[^0-9a-z]+")


@cache
def _look_alikes() -> dict[int, str]:
    folded = {ord(one): letter for letter, many in _LOOK_ALIKES.items() for one in many.casefold() + many}
    folded |= {ord(one): letter for letter, many in _SPELLINGS.items() for one in many}
    return folded | {one: chr(one - _TO_HIRAGANA) for one in _KATAKANA}


@cache
def _pictures() -> dict[int, str]:
    return {start + place: letter for start in _LETTER_PICTURES for place, letter in enumerate(_ALPHABET)}


@cache
def _flags() -> dict[int, str]:
    return {_FLAG_LETTERS + place: letter for place, letter in enumerate(_ALPHABET)}
