"""The page behind a person's link: what they get, how to end or pause it, what is held about them.

Nothing here decides anything. The forms say ``action=leave`` (all marketing), ``everything`` (service
messages too), ``save`` with the ``topic`` ids to have, ``pause``, ``resume``, ``link``; behind a link of the
person's own also ``view``, ``page``, ``json`` and ``delete``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rundruf.core.brand import Brand
from rundruf.core.consent import FOREVER
from rundruf.core.wording import Business
from rundruf.flows.pages import day, listed, notice, quoted, rendered, texts

NOTICES = ("error", "gone", "deleted")


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic on the page: joined ``since`` (ms), or ``open`` while its question waits for a yes."""

    id: str
    name: str
    granted: bool
    since: int = 0
    open: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of one person.

    ``messenger`` is its title, ``kinds`` what is stored of the profile (keys of "kinds" in the texts),
    ``entries`` how long the ledger is, ``paused_until`` in ms (0: no pause). ``proven`` offers the data
    itself, ``expired`` says that a link to them has run out. ``asked`` are names of topics that were just
    chosen, ``chance`` what became of asking for them ("asked", "open", "shut").
    """

    messenger: str
    topics: Sequence[TopicChoice] = ()
    service: bool = True
    paused_until: int = 0
    kinds: Sequence[str] = ()
    entries: int = 0
    proven: bool = False
    expired: bool = False
    asked: Sequence[str] = ()
    chance: str = ""
    zone: str = "UTC"


def leave_page(business: Business, view: View, language: str, path: str, state: str, brand: Brand) -> str:
    """The page in one of its states, as HTML; any other state raises KeyError.

    ``choose`` asks; ``left``, ``ended``, ``saved``, ``paused``, ``resumed``, ``linked`` confirm, ``shut`` and
    ``wait`` say what is in the way. ``path`` is where the forms post to.
    """
    granted = [one.name for one in view.topics if one.granted]
    endless = view.paused_until >= FOREVER
    state = "choose" if endless and state == "paused" else state
    state = _state(state, granted)
    until = _day(view.paused_until, view, language) if view.paused_until and not endless else ""
    values = {
        "name": business.name,
        "messenger": view.messenger,
        "topics": listed(language, granted),
        "until": until,
        "asked": listed(language, [quoted(language, one) for one in view.asked]),
    }
    say = texts(language, "leave", state, **values)
    return rendered(
        "leave.html",
        language,
        brand,
        business,
        say | {"held": _held(view, language, say)},
        state=state,
        notes=_notes(view, say),
        granted=granted,
        topics=[_choice(one, view, language) for one in view.topics],
        pause=say["paused_forever"] if endless else say["paused_until"] if until else "",
        service=view.service,
        proven=view.proven,
        action=f"{path}?lang={language}",
        ask=f"{path}?lang={language}&ask=delete",
    )


def question_page(business: Business, view: View, language: str, path: str, brand: Brand) -> str:
    """The question before everything is deleted."""
    say = texts(language, "leave", "choose", name=business.name, messenger=view.messenger)
    say["heading"] = say["question"]
    return rendered("question.html", language, brand, business, say, action=f"{path}?lang={language}")


def notice_page(business: Business, language: str, state: str, brand: Brand) -> str:
    """A page without choices.

    ``error`` is the same for every link that does not work and shows nothing of it; ``gone`` and ``deleted``
    are for a person of whom nothing is stored (any more).
    """
    return notice(business, brand, language, "leave", state, name=business.name)


def _state(state: str, granted: Sequence[str]) -> str:
    """What may be said where nothing is left of what the state speaks of."""
    if granted:
        return state
    return {"choose": "none", "saved": "left", "resumed": "none"}.get(state, state)


def _notes(view: View, say: dict[str, str]) -> list[str]:
    notes = [say[f"{view.chance}_note"]] if view.asked else []
    return [*notes, say["expired_note"]] if view.expired else notes


def _choice(topic: TopicChoice, view: View, language: str) -> dict[str, object]:
    said = "since" if topic.granted and topic.since else "open" if topic.open else "off"
    date = _day(topic.since, view, language) if topic.since else ""
    told = texts(language, "leave", "", date=date)[said] if said != "off" or not topic.granted else ""
    return {"id": topic.id, "name": topic.name, "granted": topic.granted, "told": told}


def _held(view: View, language: str, say: dict[str, dict[str, str]]) -> str:
    kinds = "".join(f"{say['kinds'][one]}, " for one in view.kinds)
    entries = texts(language, "leave", "", count=view.entries)[
        "entries_one" if view.entries == 1 else "entries"
    ]
    return str(texts(language, "leave", "", messenger=view.messenger, more=kinds, entries=entries)["held"])


def _day(at: int, view: View, language: str) -> str:
    when = datetime.fromtimestamp(at / 1000, ZoneInfo(view.zone))
    return day(language, when.year, when.month, when.day)
