"""The small vocabularies made ready, as far as a message in their script needs them."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple

from rundruf.core.normalise import LONGEST, marked, with_accents, without_accents
from rundruf.core.words import EVERYWHERE, SMALL, Phrases

TOPIC = "§"
_BETWEEN = "|"
_LEAST_NOUN = 3  # letters after an article
_LONGEST_UNSPACED = 60  # characters that are cut into phrases
_BLOCK = 8  # bits: scripts lie in blocks of 256 characters
_AFTER_LATIN = "\u02ff"
_SCRIPTS: Mapping[int, tuple[str, ...]] = {
    **dict.fromkeys((0x03, 0x1F), ("greek",)),
    **dict.fromkeys((0x04, 0x05), ("cyrillic",)),
    **dict.fromkeys((0x06, 0xFB, 0xFC, 0xFD, 0xFE), ("arabic",)),
    0x0E: ("thai",),
    **dict.fromkeys((0x30, 0x31), ("kana",)),
    **dict.fromkeys((*range(0x34, 0xA0), 0xF9, 0xFA), ("han",)),
    **dict.fromkeys((0x11, *range(0xAC, 0xD8)), ("hangul",)),
    0xFF: ("kana", "hangul", "latin"),  # half and full width
}
_ELSEWHERE = ("latin",)
_NO_SCRIPT = (*range(0x1F0, 0x200), *range(0x20, 0x2C), *range(0xE00, 0xE10))  # emoji, punctuation, tags
_MEANINGS = (
    *(
        "hard",
        "leave",
        "leave_all",
        "delete",
        "negation",
        "stay",
        "doubtful",
        "send",
        "messages",
        "everything",
    ),
    *("begin", "yes", "no", "info", "data", "pause", "help", "polite", "request"),
)
_MORE = ("compounds", "yes_at_home", "stop_at_home")

Meanings = frozenset[str]  # fields of Phrases that a phrase is in


class Pieces(NamedTuple):
    """A message cut into phrases: what each means, in order; and the words unknown."""

    meanings: list[Meanings]
    unknown: list[str]


class Phrasebook(NamedTuple):
    """What is quickly known of a small vocabulary; all words are in the form that its phrases have."""

    language: str
    words: frozenset[str]  # that occur in a phrase
    hard: frozenset[str]  # the language's own, not those of all languages
    compounds: frozenset[str]
    spaced: bool
    accents: bool
    article: str

    @property
    def usual(self) -> bool:
        """Whether its phrases have the plain form of texts."""
        return self.spaced and not self.accents and not self.article

    def form(self, text: str, words: str) -> str:
        """A text in the form that the phrases have; ``words`` is its plain form."""
        if self.accents and not text.isascii():
            return marked(text)
        if self.article:
            return " ".join(_noun(one, self.article) for one in words.split())
        return words if self.spaced else words.replace(" ", "")

    def cut(self, form: str) -> Pieces:
        """The phrases in a text."""
        return self._cut_words(form.split()) if self.spaced else self._cut_characters(form)

    def meanings(self, phrase: str) -> Meanings:
        return _entries(self.language).meanings.get(phrase, frozenset())

    def at_home(self, phrase: str) -> str | None:
        """What a phrase asks for that other languages would take for something else."""
        return _entries(self.language).at_home.get(phrase)

    def _cut_words(self, tokens: list[str]) -> Pieces:
        """From left to right, the longest phrase first."""
        entries, pieces = _entries(self.language), Pieces([], [])
        place = 0
        while place < len(tokens):
            for length in entries.lengths.get(tokens[place], ()):
                meanings = entries.meanings.get(" ".join(tokens[place : place + length]))
                if meanings and place + length <= len(tokens):
                    pieces.meanings.append(meanings)
                    place += length
                    break
            else:
                pieces.unknown.append(tokens[place])
                place += 1
        return pieces

    def _cut_characters(self, text: str) -> Pieces:
        """Into as few phrases as possible; all is one unknown word if anything is left."""
        if len(text) > _LONGEST_UNSPACED:
            return Pieces([], [text])
        entries = _entries(self.language)
        fewest: dict[int, list[Meanings]] = {0: []}  # phrases up to a place
        for start, first in enumerate(text):
            if start not in fewest:
                continue
            for length in entries.lengths.get(first, ()):
                end = start + length
                meanings = entries.meanings.get(text[start:end])
                more = len(fewest[start]) + 1
                if meanings and end <= len(text) and (end not in fewest or more < len(fewest[end])):
                    fewest[end] = [*fewest[start], meanings]
        whole = fewest.get(len(text))
        return Pieces([], [text]) if whole is None else Pieces(whole, [])


class _Entries(NamedTuple):
    meanings: Mapping[str, Meanings]
    lengths: Mapping[str, tuple[int, ...]]  # of phrases by their first word (or character), longest first
    at_home: Mapping[str, str]


def phrasebooks(text: str) -> tuple[Phrasebook, ...]:
    """The small vocabularies of the scripts in a text."""
    if text.isascii():
        return _books(_ELSEWHERE)
    blocks = {ord(one) >> _BLOCK for one in text[:LONGEST] if one > _AFTER_LATIN}
    scripts = {script for one in blocks.difference(_NO_SCRIPT) for script in _SCRIPTS.get(one, _ELSEWHERE)}
    if any("a" <= one <= _AFTER_LATIN for one in text[:LONGEST].lower()):
        scripts.update(_ELSEWHERE)
    return _books(tuple(sorted(scripts)))


def phrasebook(language: str) -> Phrasebook | None:
    """A language's small vocabulary, if it has one."""
    known = any(language in many for many in SMALL.values())
    return _phrasebook(language) if known else None


@cache
def everywhere() -> frozenset[str]:
    """STOP as it is spelled in every script."""
    return frozenset(_listed(without_accents(_read(EVERYWHERE).leave), " "))


@cache
def _books(scripts: tuple[str, ...]) -> tuple[Phrasebook, ...]:
    languages = dict.fromkeys(language for script in scripts for language in SMALL[script])
    return tuple(_phrasebook(one) for one in languages)


@cache
def _phrasebook(language: str) -> Phrasebook:
    phrases, folded = _read(language), _folded(language)
    between = " " if phrases.spaced else ""
    return Phrasebook(
        language=language,
        words=_words(language) | _words(EVERYWHERE) if phrases.spaced else frozenset(),
        hard=frozenset(_listed(folded["hard"], between)),
        compounds=frozenset(_listed(folded["compounds"], between)),
        spaced=phrases.spaced,
        accents=phrases.accents,
        article=phrases.article,
    )


@cache
def _words(language: str) -> frozenset[str]:
    return frozenset(",".join((*_folded(language).values(), TOPIC)).replace(",", " ").split())


@cache
def _entries(language: str) -> _Entries:
    between = " " if _read(language).spaced else ""
    own, shared = _folded(language), _folded(EVERYWHERE)
    meanings: dict[str, Meanings] = {TOPIC: frozenset(("topic",))}
    for name in _MEANINGS:
        one = frozenset((name,))
        for phrase in (*_listed(own[name], between), *_listed(shared[name], between)):
            meanings[phrase] = meanings[phrase] | one if phrase in meanings else one
    at_home = {"yes": own["yes_at_home"], "stop": own["stop_at_home"]}
    return _Entries(
        meanings=meanings,
        lengths=_lengths(meanings, between),
        at_home={one: kind for kind, field in at_home.items() for one in _listed(field, between)},
    )


def _lengths(phrases: Iterable[str], between: str) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        parts = phrase.split(between) if between else phrase
        lengths.setdefault(parts[0], set()).add(len(parts))
    return {first: tuple(sorted(many, reverse=True)) for first, many in lengths.items()}


@cache
def _folded(language: str) -> dict[str, str]:
    """The fields of phrases by name, in plain letters, still as text."""
    phrases = _read(language)
    names = (*_MEANINGS, *_MORE)
    text = _BETWEEN.join(getattr(phrases, one) for one in names)
    text = with_accents(text) if phrases.accents else without_accents(text)
    if phrases.article:
        text = text.replace(",", " , ").replace(_BETWEEN, f" {_BETWEEN} ")
        text = " ".join(_noun(one, phrases.article) for one in text.split())
    return dict(zip(names, text.split(_BETWEEN), strict=True))


def _read(language: str) -> Phrases:
    found: Phrases = import_module(f"rundruf.core.words.{language}").PHRASES
    return found


def _listed(field: str, between: str) -> list[str]:
    """The phrases of a field, the words in them divided as the language does it."""
    return [between.join(words) for one in field.split(",") if (words := one.split())]


def _noun(word: str, article: str) -> str:
    """The word without the article written before it."""
    return word.removeprefix(article) if len(word) >= len(article) + _LEAST_NOUN else word
