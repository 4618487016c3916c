"""The words people use to join, leave and ask, one dated file per language.

German and English, in which we write, have large vocabularies (``Words``), all other languages small ones
(``Phrases``), which are read when a message in their script comes.

In ``Words`` phrases are written in lower case without punctuation or apostrophes. ``(a|b)`` stands for
either, ``[a]`` or ``[a|b]`` for maybe; ``§`` in a topic phrase stands for a topic's name. Accents may be
typed or left out, and so may be German umlauts in both ways ("möchte", "moechte", "mochte").
"""

from collections.abc import Mapping
from typing import NamedTuple

LANGUAGES = ("de", "en")
SMALL = {
    "latin": (
        *(
            "cs",
            "da",
            "es",
            "et",
            "fi",
            "fr",
            "ga",
            "hr",
            "hu",
            "id",
            "it",
            "lt",
            "lv",
            "mt",
            "nl",
            "pl",
            "pt",
        ),
        *("ro", "sk", "sl", "sv", "tr", "vi"),
    ),
    "greek": ("el",),
    "cyrillic": ("bg", "ru", "uk"),
    "arabic": ("ar",),
    "thai": ("th",),
    "han": ("ja", "zh"),
    "kana": ("ja",),
    "hangul": ("ko",),
}
EVERYWHERE = "und"  # as in ISO 639: words that are the same in all languages


class Words(NamedTuple):
    """One language's vocabulary.

    ``synonyms`` maps a head word to words that may replace it in the phrases of stop and start (and in
    those only, which are therefore written with head words and without fillers); ``fillers`` may stand
    anywhere without changing the meaning; after a ``sign_offs`` word up to four more may follow (a name).
    ``hard`` words mean leaving even as a sentence of their own or, in capitals, as the first word of
    anything, unless a word of ``compounds`` follows; ``negations`` directly before a hard word take it back.
    A question asks to leave only with a hard word or if it begins with one of ``requests``. ``generic`` words
    mean everything we send, so that a topic of that name is only meant when nothing else is said.
    ``conjunctions`` join names of topics.
    """

    language: str
    checked: str
    stop: tuple[str, ...]
    stop_all: tuple[str, ...]
    delete: tuple[str, ...]
    stop_topic: tuple[str, ...]
    start: tuple[str, ...]
    start_topic: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    info: tuple[str, ...]
    data: tuple[str, ...]
    pause: tuple[str, ...]
    help: tuple[str, ...]
    hard: tuple[str, ...]
    compounds: tuple[str, ...]
    negations: tuple[str, ...]
    requests: tuple[str, ...]
    fillers: tuple[str, ...]
    sign_offs: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    generic: tuple[str, ...]
    conjunctions: tuple[str, ...]


class Phrases(NamedTuple):
    """A small vocabulary: a message is cut into words and phrases of it, and what they are decides.

    Every field is words and phrases in everyday spelling, divided by commas. A message that holds anything
    else is not understood, but the order does not matter, so phrases need listing only where their meaning
    is more than that of their words. The longest phrase counts, and what is also ``polite`` means nothing.
    """

    language: str
    checked: str
    hard: str = ""  # leaves, and names nothing else: makes a short message with unknown words doubtful
    leave: str = ""  # leaves: "stop", "leave me alone"
    leave_all: str = ""  # leaves service messages too: "nothing at all any more"
    delete: str = ""  # the same, and wants to be forgotten: "delete my data"
    negation: str = ""  # with ``send`` or ``messages`` leaves, before ``hard`` and ``leave`` takes them back
    stay: str = ""  # asks us to go on, or only looks like leaving: "do not stop", "got no message"
    doubtful: str = ""  # with ``send`` or ``messages`` may mean leaving, or the opposite
    send: str = ""  # what we do, and what people get: "write", "to receive"
    messages: str = ""  # "messages", "advertising", "list"
    everything: str = ""  # after ``leave`` service messages too
    begin: str = ""  # starts again, if nothing leaves
    yes: str = ""
    no: str = ""
    info: str = ""  # what we know and who we are
    data: str = ""  # all of it, to read
    pause: str = ""
    help: str = ""
    polite: str = ""  # means nothing here: "please", "I", "now", "would like to"
    request: str = ""  # makes a question a request and means nothing else by itself: "could you"
    compounds: str = ""  # after STOP in capitals: "sign"
    yes_at_home: str = ""  # means something else in another language: counts where the person's is known
    stop_at_home: str = ""
    spaced: bool = True  # whether words are divided by spaces
    accents: bool = False  # whether accents make other words
    article: str = ""  # written before a noun and with it as one word
