"""What a message to us asks for: stop, start, yes, no, info, data, pause, delete, help, or nothing of these.

Neither equality nor substring: a message is folded to its plain form, polite words are set aside, and what is
left must, as a whole, be something people say. A sentence that stands by itself counts too. The phrases are
data, one file per language in ``words``. What may ask to leave, and may not, is told apart: UNSURE.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from rundruf.core.normalise import LONGEST, plain
from rundruf.core.wording import (
    LANGUAGES,
    PAYLOAD_ERASE,
    PAYLOAD_KEEP,
    PAYLOAD_NO,
    PAYLOAD_STOP,
    PAYLOAD_YES,
    erase_label,
    keep_label,
)
from rundruf.core.words import others
from rundruf.core.words.lexicon import TOPIC, compounds, exact, hard, lexicons, negations, requests
from rundruf.core.words.meaning import STAY
from rundruf.core.words.phrasebook import everywhere


class CommandKind(StrEnum):
    """What a person can tell us in a word; the values name the groups of phrases in ``words``."""

    STOP = "stop"  # marketing: all topics, or one
    STOP_ALL = "stop_all"  # service messages as well
    DELETE = "delete"  # the same, and everything about the person is to be erased
    START = "start"
    YES = "yes"
    NO = "no"
    INFO = "info"  # who writes, what is held and since when
    DATA = "data"  # everything that is held, to read
    PAUSE = "pause"
    HELP = "help"
    KEEP = "keep"  # the answer of a button: go on as before
    ERASE = "erase"  # the answer of a button: yes, erase
    UNSURE = "unsure"  # perhaps STOP: marketing must pause until the person has answered one question


@dataclass(frozen=True, slots=True)
class Command:
    """What was asked for; ``topic`` is the id of the one topic that was named."""

    kind: CommandKind
    topic: str | None = None


_PAYLOADS: Mapping[str, CommandKind] = {
    PAYLOAD_YES: CommandKind.YES,
    PAYLOAD_NO: CommandKind.NO,
    PAYLOAD_KEEP: CommandKind.KEEP,
    PAYLOAD_ERASE: CommandKind.ERASE,
}
LEAVING = (CommandKind.STOP, CommandKind.STOP_ALL, CommandKind.DELETE)

_Names = tuple[others.Name, ...]  # longest plain name first

_MOST_SENTENCES = 12
_MOST_WORDS = 30  # different ones in a phrase
_TAIL = 200  # characters of a long message's end that are read for a last sentence
_WORDS_OF_A_PHRASE = 3  # from which on a sentence within a longer message is taken at its word
_LETTERS_OF_A_PHRASE = 4  # in a script that does not divide words
_LAST_DIVIDED = "\u0dff"  # Thai, Chinese, Japanese and Korean come after it
_TOPIC_WORDS = 4
_SIMILAR_NAME = 4  # letters from which on one slip of the finger is forgiven in a topic's name,
_SIMILAR_WORD = 8  # and in a word for leaving: shorter ones are too close to other words
_SHORT = 40  # characters of a message in which digits may stand for letters
_LETTER_FOR: Mapping[str, str] = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "$": "s", "@": "a"}
_SHORT_DOUBT = 80  # characters of a message that may be meant to leave although it is not understood
_BARE_STOP = ("stop", "stopp")  # part of too many other things to be doubtful wherever it stands
_SHOWN_REVERSED = "\u202e"


def understand_payload(payload: str) -> Command | None:
    """What one of our buttons means; ``stop:<topic id>`` leaves one topic."""
    if payload in _PAYLOADS:
        return Command(_PAYLOADS[payload])
    kind, _, topic = payload.partition(":")
    return Command(CommandKind.STOP, topic or None) if kind == PAYLOAD_STOP else None


def understand(text: str, topics: Mapping[str, Collection[str]], language: str = "") -> Command | None:
    """The command in a message, or None; ``topics`` gives every topic's names, in any language, by its id.

    All languages are understood; the person's own (a tag such as ``pl`` or ``pt-BR``) only adds words that
    mean something else in others: "tak" is yes in Polish and thanks in Danish.
    """
    names = _names(topics)
    if text[:_SHORT] in _labels():
        return Command(_labels()[text])
    found = _understood(text, names)
    if found and found.kind in LEAVING:
        return found
    at_home = _at_home(text, language)
    if at_home or (found and found.kind is not CommandKind.UNSURE):
        return at_home or found
    for disguised in _undisguised(text):
        hidden = _understood(disguised, names)
        if hidden and hidden.kind in LEAVING:
            return hidden
    if found:
        return found
    return Command(CommandKind.HELP) if text[:_SHORT].strip() in ("?", "??", "???") else None


@cache
def _labels() -> Mapping[str, CommandKind]:
    """What our buttons say that people would not: some messengers send the label for the tap."""
    return {keep_label(one): CommandKind.KEEP for one in LANGUAGES} | {
        erase_label(one): CommandKind.ERASE for one in LANGUAGES
    }


def _at_home(text: str, language: str) -> Command | None:
    """What it asks for in the person's own language only."""
    primary = language.lower().replace("_", "-").partition("-")[0]
    kind = others.at_home(plain(text), primary) if primary else None
    return Command(CommandKind(kind)) if kind else None


def _undisguised(text: str) -> Iterator[str]:
    """The text as it looks on the screen, where that may differ from how it was typed."""
    if text.startswith("/") and "@" in text[:_SHORT]:
        yield text.partition("@")[0]  # how Telegram writes a command for one of several bots
    if _SHOWN_REVERSED in text[:LONGEST]:
        yield text[:LONGEST][::-1]
    if len(text) <= _SHORT and any(one in text for one in _LETTER_FOR):
        yield "".join(_LETTER_FOR.get(one, one) for one in text)


def _understood(text: str, names: _Names) -> Command | None:
    words = plain(text)
    if not words:
        return None
    found = _said_here(words, names)
    if found and found.kind in LEAVING and _wondering(text, words):
        return None
    said = None if found else _said_elsewhere(text, words, names)
    found = found or _command(said)
    if found and found.kind is not CommandKind.UNSURE:
        return found
    stays = said is not None and said.kind == STAY
    if stays:
        return _leaves(text, words, names)
    return _leaves(text, words, names) or _shout(text, words) or found or _unsure(text, words)


def _wondering(text: str, words: str) -> bool:
    """Whether it is a question, and no polite request ("no messages?", but "can you stop?")."""
    if not others.asks(text):
        return False
    tokens = words.split()
    heads = {one for lexicon in lexicons() for one in lexicon.reduced(words).split()}
    return tokens[0] not in requests() and hard().isdisjoint(heads)


def _said(text: str, words: str, names: _Names) -> Command | None:
    """What a whole message, or a whole sentence, asks for."""
    return _said_here(words, names) or _command(_said_elsewhere(text, words, names))


def _said_elsewhere(text: str, words: str, names: _Names) -> others.Said | None:
    """What it says in a language with a small vocabulary."""
    if len(set(words.split())) > _MOST_WORDS:
        return None
    said = others.said(text, words, names)
    for tidy in () if said else _tidied(words):
        said = said or others.said(text, tidy, names)
    return said


def _command(said: others.Said | None) -> Command | None:
    return Command(CommandKind(said.kind), said.topic) if said and said.kind != STAY else None


def _said_here(words: str, names: _Names) -> Command | None:
    """What it asks for in German or English."""
    if len(set(words.split())) > _MOST_WORDS:
        return None
    found = _phrase(words, names)
    if found:
        return found
    return next((said for tidy in _tidied(words) if (said := _phrase(tidy, names))), None)


def _phrase(words: str, names: _Names) -> Command | None:
    kind = exact().get(words)
    if kind:
        return Command(CommandKind(kind))
    return _about_a_topic(words, names) or _polite(words)


def _about_a_topic(words: str, names: _Names) -> Command | None:
    """A phrase that names a topic; several topics at once are answered as all of them."""
    replaced = f" {words} "
    ids = set()
    everything = False
    for name, topic, _ in names:
        if f" {name} " in replaced:
            replaced = replaced.replace(f" {name} ", f" {TOPIC} ")
            ids.add(topic)
            everything = everything or any(name in lexicon.generic for lexicon in lexicons())
    for lexicon in lexicons() if ids else ():
        for bare in lexicon.bare(replaced):
            said = lexicon.one_topic(bare)
            if everything and said.count(" ") > 1:
                continue  # "no more messages" means all of them, even where a topic is called messages
            kind = lexicon.about_topic.get(lexicon.reduced(said))
            if kind:
                return Command(CommandKind(kind), ids.pop() if len(ids) == 1 else None)
    return None


def _polite(words: str) -> Command | None:
    """A phrase with whatever politeness around it, in the words of one language."""
    for lexicon in lexicons():
        for bare in lexicon.bare(words):
            kind = exact().get(bare) or lexicon.general.get(lexicon.reduced(bare))
            if kind and (kind in LEAVING or not lexicon.signed(words, bare)):
                return Command(CommandKind(kind))
    return None


def _leaves(text: str, words: str, names: _Names) -> Command | None:
    """A wish to leave that is not the whole message: to miss it is worse than to stop too early."""
    if _taken_back(text, words):
        return None
    first, _, rest = words.partition(" ")
    again = _polite(rest) if rest and first in hard() else None
    if again and again.kind in LEAVING:
        return again  # "stop, leave me alone"
    slip = None if _wondering(text, words) else _slip(words, names)
    return slip or _sentence(text, names) or _clause(text, names)


def _taken_back(text: str, words: str) -> bool:
    """Whether a word for leaving follows right after a "not"."""
    tokens = words.split()
    here = any(one in hard() and tokens[place] in negations() for place, one in enumerate(tokens[1:]))
    return here or others.taken_back(text, words, _clauses(text))


def _sentence(text: str, names: _Names) -> Command | None:
    """A sentence that asks to leave: a phrase anywhere, a single hard word as the first or last one."""
    sentences = _sentences(text)
    for place, sentence in enumerate(sentences) if len(sentences) > 1 else ():
        words = plain(sentence)
        at_an_end = place in (0, len(sentences) - 1)
        if words and (_is_a_phrase(words) or (at_an_end and _firm(sentence, words))):
            found = _said(sentence, words, names)
            if found and found.kind in LEAVING:
                return found
    return None


def _clause(text: str, names: _Names) -> Command | None:
    """Words between commas that ask to leave; a single word only if asked politely ("please stop, I …").

    It also counts right after a no.
    """
    clauses = _comma().split(text[:LONGEST])[:_MOST_SENTENCES]
    declined = False
    for clause in clauses if len(clauses) > 1 else ():
        words = plain(clause)
        polite = " " in words and any(
            bare in hard() for lexicon in lexicons() for bare in lexicon.bare(words)
        )
        said = _said(clause, words, names)
        if said and said.kind in LEAVING and (polite or declined or _is_a_phrase(words)):
            return said
        declined = said.kind is CommandKind.NO if said else declined and others.idle(clause, words)
    return None


def _is_a_phrase(words: str) -> bool:
    """Whether it is long enough to be taken at its word; where words are not divided, letters are counted."""
    return words.count(" ") >= _WORDS_OF_A_PHRASE - 1 or (
        words > _LAST_DIVIDED and len(words) >= _LETTERS_OF_A_PHRASE
    )


def _firm(text: str, words: str) -> bool:
    """Whether it has a word that means leaving even in a sentence of its own."""
    return not hard().isdisjoint(words.split()) or others.firm(text, words)


def _clauses(text: str) -> list[str]:
    """The parts between commas and other marks."""
    return _mark().split(text[:LONGEST])[: 2 * _MOST_SENTENCES]


def _sentences(text: str) -> list[str]:
    """Sentences and lines in order, questions left empty; of a long text the first ones and the last."""
    read = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n{text[-_TAIL:]}"
    parts = [one for one in _sentence_pattern().findall(read) if any(map(str.isalnum, one))]
    if len(parts) > _MOST_SENTENCES:
        parts = [*parts[: _MOST_SENTENCES - 1], parts[-1]]
    return ["" if others.asks(one) else one for one in parts]


def _slip(words: str, names: _Names) -> Command | None:
    """One slip of the finger in a long word for leaving, or in the name of the topic to be left."""
    for lexicon in lexicons():
        for bare in lexicon.bare(words, known=False):
            first, _, rest = bare.partition(" ")
            typed = not rest and first not in lexicon.vocabulary
            if typed and any(_similar(first, one, _SIMILAR_WORD) for one in hard()):
                return Command(CommandKind.STOP)
            if first in hard() and rest and rest.count(" ") < _TOPIC_WORDS:
                for name, topic, _ in names:
                    if _similar(rest, name, _SIMILAR_NAME):
                        return Command(CommandKind.STOP, topic)
    return None


def _similar(one: str, other: str, shortest: int) -> bool:
    """Whether two words differ by one letter added, lost, replaced or swapped with its neighbour."""
    if min(len(one), len(other)) < shortest or abs(len(one) - len(other)) > 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return (len(one) <= 1 and len(other) <= 1) or (len(one) == len("xy") and one == other[::-1])


def _shout(text: str, words: str) -> Command | None:
    """A message that begins with STOP in capitals, as our footers say it, whatever follows.

    Where all of it is in capitals we cannot know: "STOP KIDDING".
    """
    first, _, rest = words.partition(" ")
    if not _firm("", first) or _taken_back(text, words) or rest.partition(" ")[0] in compounds():
        return None
    if others.compound(text, rest.partition(" ")[0]):
        return None
    typed = next((one for one in text[:LONGEST].split() if plain(one)), "")
    shouted = plain(typed) == first and typed.isupper() and not typed.endswith(",")
    kind = CommandKind.UNSURE if rest and text[:LONGEST].isupper() else CommandKind.STOP
    return Command(kind) if shouted else None


def _unsure(text: str, words: str) -> Command | None:
    """A short message that may be meant to leave: a word for it, and something we do not understand."""
    if len(text) > _SHORT_DOUBT or others.asks(text) or "://" in text:
        return None  # a link is in what we wrote, quoted
    tokens = words.split()
    place = next((at for at, one in enumerate(tokens) if one in hard() and one not in _BARE_STOP), -1)
    named = place >= 0 and negations().isdisjoint(tokens[:place])
    first, *rest = _comma().split(text)
    cried = bool(rest) and plain(first) in everywhere()
    if named or cried or others.unsure(text, words):
        return None if _taken_back(text, words) else Command(CommandKind.UNSURE)
    return None


def _tidied(words: str) -> Iterator[str]:
    """Drawn-out letters made one or two and repeated words one: "stooop stop stopstop" is "stop"."""
    for letters in (r"\1", r"\1\1"):
        tokens = [_single(_drawn_out().sub(letters, one)) for one in words.split()]
        tidy = " ".join(one for place, one in enumerate(tokens) if not place or tokens[place - 1] != one)
        if tidy != words:
            yield tidy


def _single(word: str) -> str:
    """The part that a word repeats, or the word."""
    period = (word + word).find(word, 1)
    return word[:period] if period >= len("stop") else word


def _names(topics: Mapping[str, Collection[str]]) -> _Names:
    named = {
        _plain_name(one): others.Name(_plain_name(one), topic, one)
        for topic, many in topics.items()
        for one in (topic, *many)
    }
    named.pop("", None)
    return tuple(sorted(named.values(), key=lambda one: -len(one.plain)))


@lru_cache(maxsize=512)
def _plain_name(name: str) -> str:
    return plain(name)


@cache
def _drawn_out() -> re.Pattern[str]:
    return re.compile(r"(.)\1{2,}")


@cache
def _comma() -> re.Pattern[str]:
    return re.compile("[,，、،]")


@cache
def _mark() -> re.Pattern[str]:
    return re.compile("[,，、،.。!！?？؟;؛…\n\r]")


@cache
def _sentence_pattern() -> re.Pattern[str]:
    return re.compile(r"[^.!?;…\n\r．。｡！？；؛؟]+[.!?;…．。｡！？；؛؟]*")
