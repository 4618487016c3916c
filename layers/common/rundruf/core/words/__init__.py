"""The words people use to join, leave and ask, one dated file per language.

Phrases are written in lower case without punctuation or apostrophes. ``(a|b)`` stands for either, ``[a]``
or ``[a|b]`` for maybe; ``§`` in a topic phrase stands for a topic's name. Accents may be typed or left out,
and so may be German umlauts in both ways ("möchte", "moechte", "mochte").
"""

from collections.abc import Mapping
from typing import NamedTuple

LANGUAGES = ("de", "en")


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
    stop_topic: tuple[str, ...]
    start: tuple[str, ...]
    start_topic: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    info: tuple[str, ...]
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
