"""Parts of a broadcast's audience side by side: how often people did what, and what of that may be chance."""

from collections.abc import Mapping
from dataclasses import dataclass

from rundruf.core.broadcast import Broadcast
from rundruf.core.chunk import Mark, chunk_id
from rundruf.core.contest import Rate, compared, more_than_chance
from rundruf.core.report import Figures, total
from rundruf.core.split import HOLDOUT, REST, Measure
from rundruf.flows.evaluating import Evaluation
from rundruf.flows.parts import measured
from rundruf.flows.services import Services

LOOKED_AT = 8  # chunks, spread over all of them
ASKED = 500  # people who got nothing, and as many who got it
OF_PEOPLE = (Measure.READ, Measure.REPLIED, Measure.LEFT)
HELD_OUT = "left_since"


@dataclass(frozen=True, slots=True)
class Side:
    """One part: what it got (``variant``, "": nothing), its share of the audience (0 to 1) and its figures.

    ``rates`` are None for what nobody tells of these people.
    """

    part: str
    variant: str
    share: float
    accounts: Mapping[str, Figures]
    clicks: int | None
    rates: Mapping[Measure, Rate | None]

    @property
    def figures(self) -> Figures:
        return total(self.accounts.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two shares of people side by side: by what, in words by language, whether it is more than chance."""

    measure: str
    sentence: Mapping[str, str]
    sure: bool


def sides(told: Evaluation) -> list[Side]:
    """Every part of a split audience; none where it is not split."""
    found = told.broadcasts[0] if len(told.broadcasts) == 1 else None
    if found is None or found.split is None:
        return []
    made = []
    for part in found.split.parts():
        accounts, clicks = told.parts.get(part, {}), told.part_clicks.get(part)
        rates = {one: measured(one, accounts, clicks) for one in Measure} if part != HOLDOUT else {}
        variant = "" if part == HOLDOUT else found.winner if part == REST else part
        made.append(Side(part, variant, found.split.share(part), accounts, clicks, rates))
    return made


def comparisons(told: list[Side]) -> list[Comparison]:
    """For what people did, the best variant beside the next; only those who got it at the same time."""
    made = []
    variants = [one for one in told if one.part not in (REST, HOLDOUT)]
    for measure in OF_PEOPLE:
        known = [(one.part, rate) for one in variants if (rate := one.rates.get(measure)) and rate.of]
        if len(known) < 2 or not any(rate.count for _, rate in known):
            continue
        ordered = sorted(known, key=lambda one: one[1].share, reverse=measure is not Measure.LEFT)
        (first, one), (second, other) = ordered[:2]
        said = compared((first, second), one, other)
        made.append(Comparison(measure.value, said, more_than_chance(one, other)))
    return made


def left_since(found: Broadcast, services: Services) -> Comparison | None:
    """Who has left the topic by now, among those who got it and among those kept out; asked of some of them.

    The same is asked of both in the same way, since nobody leaves "after" what they did not get.
    """
    if found.split is None or not found.split.holdout or not found.planned:
        return None
    got, out = _asked(found, services)
    if not got or not out:
        return None
    names = {"de": ("Wer es bekam", "wer es nicht bekam"), "en": ("Who got it", "who did not")}
    one, other = _left(got, found, services), _left(out, found, services)
    said = {language: compared(each, one, other)[language] for language, each in names.items()}
    return Comparison(HELD_OUT, said, more_than_chance(one, other))


def _asked(found: Broadcast, services: Services) -> tuple[list[str], list[str]]:
    """Some who were sent it, and some who were kept out, from chunks all over the broadcast."""
    numbers = sorted({at * found.chunks // LOOKED_AT for at in range(LOOKED_AT)})
    ids = [chunk_id(number) for number in numbers if number < found.chunks]
    progresses = services.broadcasts.progresses(found.id, ids)
    got, out = list[str](), list[str]()
    for chunk in services.broadcasts.chunks(found.id, ids):
        marks = progresses[chunk.id][1].marks
        for contact, mark in zip(chunk.recipients, marks, strict=True):
            if mark == Mark.SENT:
                got.append(contact)
            elif mark == Mark.SKIPPED_HOLDOUT:
                out.append(contact)
    return _spread(got), _spread(out)


def _spread(people: list[str]) -> list[str]:
    step = max(1, -(-len(people) // ASKED))
    return people[::step]


def _left(people: list[str], found: Broadcast, services: Services) -> Rate:
    known = services.contacts.known(people)
    stayed = sum(found.topic in held.consent.topics for held in known.values())
    return Rate(len(people) - stayed, len(people))
