"""A2, A8: answers of AWS that are lost on their way, and results that are only partly true."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from rundruf.aws.boto import Boto
from rundruf.aws.table import Table
from tests.drill.conftest import Open
from tests.drill.counts import COUNTS
from tests.drill.place import Place, promise
from tests.drill.proxy import failing_entries, lost

pytestmark = pytest.mark.drill
PEOPLE = 40
PARTS = 4


def story(place: Place) -> None:
    """A broadcast goes round, and somebody leaves and somebody writes in its midst."""
    place.sender()
    people = place.people(PEOPLE)
    place.broadcast()
    place.source.deliver(place.source.take("plan")).wait()
    for number, (user, text) in enumerate(((people[0], "STOP"), (people[1], "HELP"), (people[0], "STOP"))):
        answer = place.says(user, text, number + 1).wait()
        promise(answer["statusCode"] == 200, "the webhook answers", status=answer["statusCode"])
    place.source.drain()


def judged(place: Place, what: str) -> None:
    verdict = place.verdict(audience=PEOPLE)
    promise(verdict.figures.sent == PEOPLE - 1, "everybody but one gets it", at=what, figures=verdict.figures)
    promise(verdict.figures.skipped == {"consent": 1}, "the one left", at=what, figures=verdict.figures)
    said = [one for one in place.messenger.log if one.accepted and one.body not in _texts(place)]
    promise(len(said) == 3, "each of the three is answered once", at=what, said=len(said))


def _texts(place: Place) -> set[str]:
    """The broadcast's own text, as the oracle keeps it: the one that most people got."""
    bodies = Counter(one.body for one in place.messenger.log if one.accepted)
    return {bodies.most_common(1)[0][0]}


def sites(place: Place) -> list[tuple[str, str, int]]:
    """Every place that writes, first, in the middle and last: (proxy, site, how many before it)."""
    found = []
    for name in ("proxy", "hooks"):
        counted = Counter(call.site for call in getattr(place, name).calls if call.writes)
        for site, times in counted.items():
            found += [(name, site, at) for at in sorted({0, times // 2, times - 1})]
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a2_the_answer_to_each_write_is_lost_in_turn_and_nobody_notices(opened: Open, part: int) -> None:
    first = opened()
    story(first)
    judged(first, "no fault")
    found = sites(first)
    promise(len({site for _, site, _ in found}) >= 12, "the sites are many", sites=len(found))
    for name, site, at in found[part::PARTS]:
        place = opened()
        fault = lost(lambda call: call.site == site, skip=at)  # noqa: B023
        getattr(place, name).faults.append(fault)
        story(place)
        COUNTS.add("lost answers", fault.fired)
        judged(place, f"{site} {at}")
        place.messenger.stop()


def test_a8_a_queue_that_takes_only_some_of_a_batch_gets_the_rest_once_more(opened: Open) -> None:
    place = opened(plants=("small_chunks",))
    place.sender()
    place.people(PEOPLE * 8)
    fault = failing_entries(3)
    fault.times = 4
    place.proxy.faults.append(fault)
    place.broadcast()
    place.source.drain(workers=2)
    promise(fault.fired == 4, "entries were refused")
    verdict = place.verdict(audience=PEOPLE * 8)
    assert verdict.figures.sent == PEOPLE * 8


def test_a8_items_that_the_table_left_over_are_written_in_the_end(place: Place, dice: random.Random) -> None:
    """BatchWriteItem leaves three in ten for later."""

    class Grudging(Boto):
        def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
            if operation != "BatchWriteItem":
                return super().call(service, operation, body)
            ((table, wanted),) = body["RequestItems"].items()
            now = [one for one in wanted if dice.random() >= 0.3]
            later = [one for one in wanted if one not in now]
            if now:
                super().call(service, operation, {"RequestItems": {table: now}})
            return {"UnprocessedItems": {table: later} if later else {}}

    table = Table(Grudging(place.client), place.table.name)
    table.put_many([{"pk": f"message#{number}", "sk": "message"} for number in range(60)])
    kept = list(table.many([{"pk": f"message#{number}", "sk": "message"} for number in range(60)]))
    assert len(kept) == 60
