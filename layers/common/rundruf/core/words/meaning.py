"""Phrases of a message -> what it asks for, in whatever order they are."""

from rundruf.core.words.phrasebook import Meanings, Pieces

UNSURE = "unsure"
STAY = "stay"  # asks us not to stop, or only looks like leaving
_ALONE = (
    "no",
    "help",
    "info",
    "data",
    "pause",
    "yes",
)  # commands if nothing else is said; the more cautious first
_SENT = frozenset(("send", "messages", "topic"))
_PAUSING = frozenset(("pause", "send", "messages", "everything", "request"))
_REQUEST = frozenset(("request",))
_LEAVING = frozenset(("hard", "leave"))
_MOST_UNKNOWN = 2  # words, among others that mean leaving


def meant(pieces: Pieces, question: bool) -> str | None:
    """The name of a command, ``UNSURE``, ``STAY``, or None.

    A question leaves only if it is a request ("could you").
    """
    said = [one for one in pieces.meanings if "polite" not in one and one != _REQUEST]
    if not said or pieces.unknown:
        return None
    for kind in _ALONE:
        if all(kind in one for one in said):
            return kind
    has = _united(said)
    if "pause" in has and has <= _PAUSING:
        return "pause"
    if "stay" in has:
        return STAY
    asked = question and not any("request" in one for one in pieces.meanings)
    return _leaves(has, said, asked) or _begins(has)


def _leaves(has: Meanings, said: list[Meanings], asked: bool) -> str | None:
    for kind, name in (("delete", "delete"), ("leave_all", "stop_all")):
        if kind in has:
            return None if asked or "negation" in has else name
    if has & _LEAVING:
        if has & {"negation", "begin"}:
            return STAY if "negation" in has else None
        if asked:
            return UNSURE
        return "stop_all" if "everything" in has and has.isdisjoint(_SENT) else "stop"
    if asked:
        return None
    if has & _SENT and "begin" not in has and has & {"negation", "doubtful"}:
        return "stop" if "negation" in has else UNSURE
    if all("doubtful" in one for one in said):
        return UNSURE
    return "no" if all("negation" in one for one in said) else None  # "I do not want to"


def _begins(has: Meanings) -> str | None:
    against = _LEAVING | {"leave_all", "negation", "doubtful"}
    return "start" if "begin" in has and has.isdisjoint(against) else None


def doubtful(pieces: Pieces) -> bool:
    """Whether a message that is not understood may ask to leave: words for it, and little else."""
    has = _united(pieces.meanings)
    unknown = len(pieces.unknown)
    if "stay" in has:
        return False
    if "negation" in has:
        return unknown == 1 and has >= {"send", "messages"} and has.isdisjoint(_LEAVING)
    return "hard" in has and unknown <= _MOST_UNKNOWN and "begin" not in has


def _united(meanings: list[Meanings]) -> Meanings:
    return frozenset().union(*meanings)
