"""An audience that leaves in one call, where claiming everybody takes longer than one invocation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.broadcast import State
from rundruf.flows import gathering, sending
from rundruf.flows.services import ClaimWish
from tests.flows.test_batches import GATHERED, leaves, pager, people, reached
from tests.support.pager import ACCOUNT, registered, said
from tests.support.stack import Stack
from tests.support.world import World

INVOCATION = 90_000
SLICE = 4


class Slow(World):
    """Claims take their time, four at once; ``claims`` counts who was claimed."""

    def __init__(self, stack: Stack, patch: pytest.MonkeyPatch) -> None:
        super().__init__(stack)
        self.accounts.put(ACCOUNT)
        self.messengers.script = lambda number, request: said(id=f"m{number}")
        self.claims: list[str] = []
        self.invocations = 0
        self.meanwhile: Callable[[], None] = lambda: None
        self._claim = self.contacts.claim
        patch.setattr(gathering, "SIZE", SLICE)
        patch.setattr(self.contacts, "claim", self.claim)

    def claim(self, wishes: Sequence[ClaimWish]) -> Any:
        self.claims += [wish.contact for wish in wishes]
        self.at += 25_000 if wishes else 0
        return self._claim(wishes)

    def name_of(self, contact: str) -> str:
        found = self.contacts.get(contact)
        assert found is not None
        return found.identity.user_id

    def send_one(self, time_left: float = INVOCATION) -> None:
        """One invocation, and what happens before the next."""
        end = self.at + time_left
        self.invocations += 1
        sending.send(self.queues.sends.pop(0), self.services, lambda: end - self.at)
        self.meanwhile()


@pytest.fixture
def slow(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Slow:
    registered(monkeypatch, pager(GATHERED))
    return Slow(stack, monkeypatch)


def test_claims_that_take_several_invocations_go_on_where_they_stopped(slow: Slow) -> None:
    everyone = people(slow, 3 * 2 * SLICE)
    slow.broadcast()
    slow.drain()
    (body,) = slow.messengers.bodies
    assert sorted(body["to"]) == everyone
    assert (len(slow.claims), slow.invocations) == (len(everyone), 3)
    assert (slow.figures().sent, slow.state()) == (len(everyone), State.FINISHED)


def test_who_leaves_between_two_invocations_is_told_so_at_once_and_not_in_the_call(slow: Slow) -> None:
    everyone = people(slow, 3 * SLICE)
    first: list[str] = []

    def left() -> None:
        if not first:
            first.append(slow.name_of(slow.claims[0]))
            leaves(slow, first[0])

    slow.meanwhile = left
    slow.broadcast()
    slow.drain()
    assert sorted(reached(slow)) == sorted({*everyone} - {*first})
    assert dict(slow.figures().skipped) == {"consent": 1}


def test_who_was_claimed_too_often_meanwhile_is_claimed_again_before_any_call(slow: Slow) -> None:
    """A STOP looks for the latest four claims only."""
    everyone = people(slow, 2 * SLICE)
    known = slow.contacts.known
    looks: list[int] = []

    def crowded(contacts: Any) -> Any:
        looks.append(len(contacts))
        return {
            one: replace(held, claims=()) if len(looks) == 1 and one == slow.claims[0] else held
            for one, held in known(contacts).items()
        }

    slow.contacts.known = crowded  # type: ignore[method-assign]
    slow.broadcast()
    slow.drain()
    assert [len(body["to"]) if "to" in body else 1 for body in slow.messengers.bodies] == [7, 1]
    assert sorted(reached(slow)) == everyone


def test_claims_that_never_get_ready_in_time_leave_in_several_calls(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "LATE", 60_000)
    everyone = people(slow, 5 * SLICE)
    slow.broadcast()
    slow.drain()
    assert [len(body["to"]) for body in slow.messengers.bodies] == [12, 8]
    assert sorted(reached(slow)) == everyone
    assert (len(slow.claims), slow.figures().sent) == (len(everyone), len(everyone))
