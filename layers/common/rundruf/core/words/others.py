"""What a message asks for in the languages that have a small vocabulary."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rundruf.core.normalise import plain
from rundruf.core.words.meaning import STAY, UNSURE, doubtful, meant
from rundruf.core.words.phrasebook import TOPIC, Phrasebook, everywhere, phrasebook, phrasebooks

QUESTION_MARKS = ("?", "？", "؟", ";")  # the last is the Greek one
_GREEK = ("α", "ω", "ώ")
_TAIL = 200  # characters at the end that may hold the question mark
_MOST_UNKNOWN = 2
_MOST_WORDS = 10  # of a message that may be doubtful
_SHORT = 20  # characters of one in a language without spaces
_STEM = 4  # letters that a name keeps in every case,
_ENDING = 3  # and those that may change


class Name(NamedTuple):
    """One of a topic's names, as it is written and in plain form."""

    plain: str
    topic: str
    written: str


class Said(NamedTuple):
    """The name of a command, UNSURE or STAY, and the topic if just one was named."""

    kind: str
    topic: str | None = None


_LEAVING = ("stop", "stop_all", "delete")
_TOPICAL = ("stop", "start", UNSURE)


def asks(text: str) -> bool:
    """Whether it ends like a question, whatever emoji and quotation marks come after the question mark."""
    end = text[-_TAIL:]
    marks = end[next((at for at in range(len(end), 0, -1) if end[at - 1].isalnum()), 0) :]
    return any(one in marks for one in QUESTION_MARKS[:-1]) or (
        QUESTION_MARKS[-1] in marks and any(one in end.lower() for one in _GREEK)
    )


def said(text: str, words: str, names: tuple[Name, ...]) -> Said | None:
    """What a whole message or sentence asks for; ``words`` is its plain form."""
    question = asks(text)
    verdicts: list[Said] = []
    for form in (words, _nominative(words, names)):
        usual = _named(form, names)
        for book in phrasebooks(text) if form else ():
            verdict = _said(book, book.form(text, form), names, question, usual)
            if verdict:
                verdicts.append(verdict)
    return _weighed(verdicts)


def _weighed(verdicts: list[Said]) -> Said | None:
    """What several languages make of one text: to stay, else to leave, else the first of anything else."""
    for kinds in ((STAY,), _LEAVING):
        for one in verdicts:
            if one.kind in kinds:
                return one
    return verdicts[0] if verdicts else None


def at_home(words: str, language: str) -> str | None:
    """The command for a word that means something else in other languages, if the person speaks this one."""
    book = phrasebook(language)
    if not book:
        return None
    rude = [one for one in words.split() if "polite" not in book.meanings(one)]
    return book.at_home(words) or book.at_home(" ".join(rude))


def idle(text: str, words: str) -> bool:
    """Whether it is politeness and nothing else."""
    cuts = (book.cut(book.form(text, words)) for book in phrasebooks(text))
    return any(not one.unknown and all("polite" in each for each in one.meanings) for one in cuts)


def firm(text: str, words: str) -> bool:
    """Whether a word is in it that means leaving even in a short sentence among others."""
    tokens = frozenset(words.split())
    return not everywhere().isdisjoint(tokens) or any(
        not book.hard.isdisjoint(tokens) for book in phrasebooks(text)
    )


def compound(text: str, word: str) -> bool:
    """Whether a word after STOP makes it a thing ("STOP sign")."""
    return any(word in book.compounds for book in phrasebooks(text))


def taken_back(text: str, words: str, clauses: list[str]) -> bool:
    """Whether a word for leaving follows right after a "not" in a clause."""
    for book in phrasebooks(text):
        if book.hard.isdisjoint(book.form(text, words).split()):
            continue
        for clause in clauses:
            for before, one in pairwise(book.form(clause, plain(clause)).split()):
                if one in book.hard and "negation" in book.meanings(before):
                    return True
    return False


def unsure(text: str, words: str) -> bool:
    """Whether a short message that is not understood may be meant to leave."""
    tokens = words.split()
    if asks(text) or len(tokens) > _MOST_WORDS:
        return False
    return any(_doubtful(book, book.form(text, words)) for book in phrasebooks(text))


def _said(
    book: Phrasebook, form: str, names: tuple[Name, ...], question: bool, usual: tuple[str, dict[str, str]]
) -> Said | None:
    named, topics = usual if book.usual else _named(form, _spelled_names(book.language, names), book.spaced)
    if book.spaced and not book.words.issuperset(named.split()):
        return None
    kind = meant(book.cut(named), question)
    if kind not in _TOPICAL or not topics or _general(book, form, topics):
        return Said(kind) if kind else None
    ids = set(topics.values())
    return Said(kind, ids.pop() if len(ids) == 1 else None)


def _named(form: str, names: tuple[Name, ...], spaced: bool = True) -> tuple[str, dict[str, str]]:
    """The text with § for each topic's name, and the topics by these names."""
    topics: dict[str, str] = {}
    between = " " if spaced else ""
    for name in names:
        if name.plain in form:
            padded = f" {form} "
            form = padded.replace(f"{between}{name.plain}{between}", f"{between}{TOPIC}{between}").strip()
            if TOPIC in form and form != padded.strip():
                topics[name.plain] = name.topic
    return form, topics


@lru_cache(maxsize=64)
def _spelled_names(language: str, names: tuple[Name, ...]) -> tuple[Name, ...]:
    """The names as the language's phrases are written."""
    book = phrasebook(language)
    spelled = [book.form(one.written, one.plain) for one in names] if book else []
    return tuple(
        Name(form, one.topic, one.written) for form, one in zip(spelled, names, strict=False) if form
    )


def _general(book: Phrasebook, form: str, topics: dict[str, str]) -> bool:
    """Whether "messages" is a topic here, but more is said than "stop messages": that means all of them."""
    if not any("messages" in book.meanings(one) for one in topics):
        return False
    pieces = book.cut(form).meanings
    return sum("polite" not in one for one in pieces) > len(("stop", "messages"))


def _nominative(words: str, names: tuple[Name, ...]) -> str:
    """The words with § for names in another case ("от рецептов"); empty if there are none."""
    if not names or TOPIC in words:
        return ""
    tokens = [next(_inflected(one, names), one) for one in words.split()]
    found = " ".join(tokens)
    return found if found != words else ""


def _inflected(token: str, names: tuple[Name, ...]) -> Iterator[str]:
    for name in names:
        if token[:_STEM] == name.plain[:_STEM] and _same_stem(token, name.plain):
            yield name.plain


def _same_stem(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    stem = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    return stem >= max(_STEM, shorter - _ENDING + 1) and max(len(one), len(other)) - stem <= _ENDING


def _doubtful(book: Phrasebook, form: str) -> bool:
    if not book.spaced:
        hard = any(one in form for one in book.hard)
        return hard and len(form) <= _SHORT and not _denies(book, form)
    tokens = form.split()
    unknown = sum(one not in book.words for one in tokens)
    return unknown <= min(_MOST_UNKNOWN, len(tokens) - 1) and doubtful(book.cut(form))


def _denies(book: Phrasebook, form: str) -> bool:
    """Whether a "not" may be in it, or all of it is understood as something else."""
    if not book.cut(form).unknown:
        return True
    places = range(len(form))
    return any("negation" in book.meanings(form[one : one + size]) for one in places for size in (1, 2, 3))
