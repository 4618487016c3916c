"""Whom a cancelled broadcast reached, where its worker died."""

import pytest

from rundruf.core.broadcast import Wish
from rundruf.flows import planning, reporting
from rundruf.messengers.contract import Answer, Request
from tests.support.stack import Stack
from tests.support.world import World, accepted


def test_who_may_have_got_it_from_a_dead_worker_is_unknown_and_not_cancelled(stack: Stack) -> None:
    world = World(stack)
    world.people(25)

    def dies(number: int, _: Request) -> Answer:
        if number == 3:
            raise KeyboardInterrupt
        return accepted(number)

    world.messengers.script = dies
    world.broadcast()
    world.plan()
    with pytest.raises(KeyboardInterrupt):
        world.send_one()
    planning.wish("b1", Wish.CANCEL, world.services)
    figures, found = world.figures(), world.broadcasts.get("b1")
    assert (figures.unknown, dict(figures.skipped)) == (20, {"cancelled": 5})
    assert found is not None
    told, _ = reporting.lines(found, 0, world.services)
    assert [one.outcome for one in told].count("unknown") == 20
