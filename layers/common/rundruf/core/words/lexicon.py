"""The vocabularies made ready for looking up, once and on first use."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import chain, product
from typing import NamedTuple

from rundruf.core.normalise import without_accents
from rundruf.core.words import LANGUAGES, Words

TOPIC = "§"
_AFTER_SIGN_OFF = 4
_SAFEST_FIRST = ("delete", "stop_all", "no", "help", "info", "data", "pause", "yes")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Swap(NamedTuple):
    """Words and phrases with what stands for them; ``several`` by the first word, longest phrase first."""

    single: Mapping[str, str]
    several: Mapping[str, list[tuple[list[str], str]]]

    def __call__(self, tokens: list[str]) -> list[str]:
        """The words with each replaced, from left to right; what is swapped for nothing is left out."""
        found: list[str] = []
        place = 0
        while place < len(tokens):
            length, swapped = self._at(tokens, place)
            place += length
            if swapped:
                found.append(swapped)
        return found

    def words(self) -> Iterator[str]:
        """Every word that may be swapped, or comes out of it."""
        yield from self.single
        yield from self.single.values()
        for first, phrases in self.several.items():
            yield first
            for rest, swapped in phrases:
                yield from rest
                yield from swapped.split()

    def _at(self, tokens: list[str], place: int) -> tuple[int, str]:
        token = tokens[place]
        for rest, swapped in self.several.get(token, ()):
            if tokens[place + 1 : place + 1 + len(rest)] == rest:
                return 1 + len(rest), swapped
        return 1, self.single.get(token, token)


class Lexicon(NamedTuple):
    """One language's words in plain form; ``general`` and ``about_topic`` lead from phrases to commands."""

    general: Mapping[str, str]
    about_topic: Mapping[str, str]
    vocabulary: frozenset[str]
    fillers: Swap
    heads: Swap
    sign_offs: frozenset[str]
    hard: frozenset[str]
    generic: frozenset[str]
    conjunctions: frozenset[str]

    def bare(self, words: str, known: bool = True) -> list[str]:
        """The words without politeness, and also without a name after a farewell.

        With ``known`` only if all of them are words of this language; empty if all was politeness.
        """
        tokens = words.split()
        parts = [tokens, self._unsigned(tokens)] if not self.sign_offs.isdisjoint(tokens) else [tokens]
        forms = [
            " ".join(self.fillers(part)) for part in parts if not known or self.vocabulary.issuperset(part)
        ]
        return [one for one in dict.fromkeys(forms) if one]

    def signed(self, words: str, bare: str) -> bool:
        """Whether ``bare`` leaves out a name after a farewell ("ja danke aber nur …" is no yes)."""
        return bare != " ".join(self.fillers(words.split()))

    def reduced(self, words: str) -> str:
        """Every word replaced by its head word, repetitions made one."""
        return " ".join(_once_each(self.heads(words.split())))

    def one_topic(self, words: str) -> str:
        """The words with "§ and §" made one topic."""
        tokens: list[str] = []
        for token in words.split():
            if token == TOPIC:
                while tokens and (tokens[-1] in self.conjunctions or tokens[-1] == TOPIC):
                    tokens.pop()
            tokens.append(token)
        return " ".join(tokens)

    def _unsigned(self, tokens: list[str]) -> list[str]:
        for place, token in enumerate(tokens):
            if place and token in self.sign_offs and len(tokens) - place <= _AFTER_SIGN_OFF + 1:
                return tokens[:place]
        return tokens


@cache
def lexicons() -> tuple[Lexicon, ...]:
    return tuple(_lexicon(one) for one in _vocabularies())


@cache
def exact() -> Mapping[str, str]:
    """Every language's phrases that have no synonyms, polite or not, with the name of their command.

    Where languages disagree, the more cautious command wins.
    """
    found: dict[str, str] = {}
    for name in _SAFEST_FIRST:
        for words in _vocabularies():
            fillers = _fillers(words.language)
            for phrase in _phrases(getattr(words, name)):
                found.setdefault(phrase, name)
                bare = fillers(phrase.split())
                if len(bare) > 1:
                    found.setdefault(" ".join(bare), name)
    return found


@cache
def hard() -> frozenset[str]:
    """Words that mean leaving even where they are not the whole message."""
    return _all("hard")


@cache
def negations() -> frozenset[str]:
    return _all("negations")


@cache
def requests() -> frozenset[str]:
    return _all("requests")


@cache
def compounds() -> frozenset[str]:
    return _all("compounds")


@cache
def _vocabularies() -> tuple[Words, ...]:
    return tuple(_vocabulary(language) for language in LANGUAGES)


@cache
def _vocabulary(language: str) -> Words:
    found: Words = import_module(f"rundruf.core.words.{language}").WORDS
    return found


@cache
def _fillers(language: str) -> Swap:
    return _swap({"": _vocabulary(language).fillers})


def _lexicon(words: Words) -> Lexicon:
    fillers, heads = _fillers(words.language), _swap(words.synonyms)
    general = _table(start=words.start, stop=words.stop)
    about_topic = _table(start=words.start_topic, stop=words.stop_topic)
    phrases = chain(general, about_topic, exact())
    return Lexicon(
        general=general,
        about_topic=about_topic,
        vocabulary=frozenset(
            chain(fillers.words(), heads.words(), words.conjunctions, *map(str.split, phrases))
        ),
        fillers=fillers,
        heads=heads,
        sign_offs=frozenset(_phrases(words.sign_offs)),
        hard=frozenset(_phrases(words.hard)),
        generic=frozenset(_phrases(words.generic)),
        conjunctions=frozenset(_phrases(words.conjunctions)),
    )


def _table(**patterns: Iterable[str]) -> dict[str, str]:
    return {phrase: name for name, many in patterns.items() for phrase in _phrases(many)}


def _swap(meanings: Mapping[str, Iterable[str]]) -> Swap:
    """Each word and phrase swapped for the one it belongs to."""
    single: dict[str, str] = {}
    several: dict[str, list[tuple[list[str], str]]] = {}
    for head, others in meanings.items():
        swapped = _plain_phrase(head)
        for other in _phrases(others):
            first, *rest = other.split()
            if rest:
                several.setdefault(first, []).append((rest, swapped))
            else:
                single[first] = swapped
    for phrases in several.values():
        phrases.sort(key=lambda one: -len(one[0]))
    return Swap(single, several)


def _once_each(tokens: list[str]) -> list[str]:
    return [one for place, one in enumerate(tokens) if not place or tokens[place - 1] != one]


def _all(name: str) -> frozenset[str]:
    return frozenset(one for words in _vocabularies() for one in _phrases(getattr(words, name)))


def _phrases(patterns: Iterable[str]) -> Iterator[str]:
    """Every phrase the patterns stand for, plain, in every spelling."""
    for pattern in patterns:
        for phrase in _expanded(pattern):
            if phrase.isascii():
                yield phrase
            else:
                yield from dict.fromkeys((_plain_phrase(phrase), _plain_phrase(phrase.translate(_UMLAUTS))))


def _plain_phrase(phrase: str) -> str:
    return " ".join(one if one == TOPIC or one.isascii() else _plain_word(one) for one in phrase.split())


@cache
def _plain_word(word: str) -> str:
    return without_accents(word)


def _expanded(pattern: str) -> Iterator[str]:
    """``(a|b)`` spelled out as either, ``[a|b]`` as either or nothing."""
    if "(" not in pattern and "[" not in pattern:
        yield pattern
        return
    parts = [
        [*one.strip("[]()").split("|"), *([""] if one.startswith("[") else [])]
        for one in _choice().split(pattern)
        if one and not one.isspace()
    ]
    for chosen in product(*parts):
        yield " ".join(" ".join(chosen).split())


@cache
def _choice() -> re.Pattern[str]:
    return re.compile(r"(\([^)]*\)|\[[^]]*\])")
