"""Which text stands behind a ledger entry: shown only where it is, to the last byte, what was sent."""

from collections.abc import Iterable, Mapping

from rundruf.core import wording
from rundruf.core.consent import Fact, WordingRef
from rundruf.core.ledger import Entry
from rundruf.core.topic import Topic
from rundruf.core.wording import Business, Wording


def texts(
    entries: Iterable[Entry], business: Business, topics: Mapping[str, Topic]
) -> dict[WordingRef, str | None]:
    """Every wording that the entries name, in their order, with its text.

    None where the text cannot be made again (an older version, a business or topic with another name by now,
    a text from elsewhere): then only the reference is proved, and a text that may differ must not be shown.
    """
    found: dict[WordingRef, str | None] = {}
    for entry in entries:
        ref = entry.fact.wording
        if ref is not None and found.get(ref) is None:
            found[ref] = _text(ref, entry.fact, business, topics)
    return found


def _text(ref: WordingRef, fact: Fact, business: Business, topics: Mapping[str, Topic]) -> str | None:
    if not ref.hash:
        return None
    names = [topics[one].title(ref.language) if one in topics else one for one in fact.topics]
    made = wording.remade(ref.id, business, names, ref.language)
    return made.text if made is not None and _is(ref, made) else None


def _is(ref: WordingRef, made: Wording) -> bool:
    return ref == WordingRef(made.id, made.version, made.language, made.hash)
