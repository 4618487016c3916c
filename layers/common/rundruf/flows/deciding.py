"""The variants are out -> who did what? -> a winner, by the rule or by somebody's word -> the rest goes.

The winner is written once, by a condition, and with it that everything is to be queued again; a crash after
that leaves a broadcast whose rest the planner queues as soon as it is looked at.
"""

from collections.abc import Mapping

from rundruf.core.broadcast import Broadcast
from rundruf.core.contest import BY_HAND, BY_RULE, BY_TIME, Rate, verdict
from rundruf.core.split import Measure
from rundruf.flows.parts import clicks_of, measured
from rundruf.flows.services import Services
from rundruf.flows.summing import added

ALL_OF_IT = 10_000.0  # ms for adding up what the variants came to


def compare(found: Broadcast, services: Services) -> Broadcast:
    """The broadcast after a look at its variants; asked by the planner as often as anybody likes."""
    split, now = found.split, services.now()
    if not due(found, now) or split is None or split.rule is None:
        return found
    on = rates(found, split.rule.by, services)
    told = verdict(split.rule, on)
    winner, by = told.winner, BY_RULE
    if not winner and split.rule.otherwise and now >= found.compared + split.rule.otherwise:
        winner, by = split.variants[0].name, BY_TIME
    if not winner:
        if told.why != found.undecided:
            services.log("no winner", broadcast=found.id, why=told.why)
            return services.broadcasts.undecided(found.id, told.why) or found
        return found
    return _won(found, winner, by, on, services)


def choose(found: Broadcast, winner: str, key: str, services: Services) -> Broadcast:
    """Somebody (by the id of their API key) says which variant the rest gets; the broadcast after that.

    Nothing changes before all chunks exist, while a canary runs or has failed, or when there is a winner.
    """
    measure = found.split.rule.by if found.split and found.split.rule else Measure.REPLIED
    return _won(found, winner, f"{BY_HAND} {key}".strip(), rates(found, measure, services), services)


def due(found: Broadcast, now: int) -> bool:
    """Whether a rule has something to say about the variants now."""
    rule = found.split.rule if found.split else None
    ready = found.may_compare() and bool(found.compared) and not found.expired(now)
    return ready and rule is not None and now >= found.compared + rule.after


def rates(found: Broadcast, by: Measure, services: Services) -> dict[str, Rate | None]:
    """How often people did it, by variant of the test; None where nobody tells."""
    told = added(found, services, ALL_OF_IT).sum.parts
    clicks = clicks_of(found, services) if by is Measure.CLICKED else {}
    names = [one.name for one in found.split.variants] if found.split else []
    return {name: measured(by, told.get(name, {}), clicks.get(name)) for name in names}


def _won(
    found: Broadcast, winner: str, by: str, on: Mapping[str, Rate | None], services: Services
) -> Broadcast:
    known = {name: rate for name, rate in on.items() if rate}
    won = services.broadcasts.win(found, winner, by, known)
    if won:
        services.log("winner", broadcast=found.id, by=by.partition(" ")[0])
        services.queues.plan(found.id)
    return won or services.broadcasts.get(found.id) or found
