"""Late issues: who has not got an issue gets it, and nobody gets it twice."""

from collections import Counter
from dataclasses import replace

import pytest

from rundruf.core.broadcast import Broadcast, Scope, State, Wish
from rundruf.core.chunk import Mark
from rundruf.core.contact import Claim
from rundruf.core.ids import issue_id, late_id, late_of
from rundruf.core.policy import Refusal
from rundruf.core.report import Receipts
from rundruf.flows import planning
from rundruf.flows.late import NotNow, drafted, kept, waiting
from rundruf.flows.services import ClaimedEarlier, ClaimWish
from rundruf.messengers.contract import Answer
from tests.support.people import HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import World, accepted

REFUSED = Answer(400, body=b'{"ok":false,"error_code":400,"description":"Bad Request: wrong"}')
ISSUE = issue_id("n1", NOW)


@pytest.fixture
def world(stack: Stack) -> World:
    """Three people got the issue; 7 and 8 joined since."""
    made = World(stack)
    made.people(3)
    made.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    made.drain()
    made.person(7)
    made.person(8)
    made.messengers.requests.clear()
    return made


def issue(world: World) -> Broadcast:
    found = world.broadcasts.get(ISSUE)
    assert found is not None
    return found


def late(world: World) -> Broadcast:
    """Asked for as the API does, and started."""
    found = issue(world)
    made = waiting(found, world.services) or kept(found, drafted(found, world.services), world.services)
    return planning.start(made.id, world.services) or made


def got(world: World) -> Counter[str]:
    return Counter(world.messengers.sent_to())


def test_an_id_tells_whose_late_issue_it_is() -> None:
    assert late_of(late_id(ISSUE, 3)) == ISSUE
    assert late_of(ISSUE) == late_of("b1z1") == late_of(f"{ISSUE}z10") == ""


def test_who_joined_since_gets_it_and_nobody_else(world: World) -> None:
    made = late(world)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})
    assert (made.late_of, made.newsletter) == (ISSUE, "n1")
    assert world.state(made.id) is State.FINISHED


def test_the_next_late_issue_is_for_who_joined_since_the_last(world: World) -> None:
    late(world)
    world.drain()
    world.person(9)
    second = late(world)
    world.drain()
    assert (second.id, world.figures(second.id).audience) == (late_id(ISSUE, 2), 1)
    assert got(world) == Counter({"7": 1, "8": 1, "9": 1})


def test_asked_twice_before_it_has_people_is_one(world: World) -> None:
    assert late(world).id == late(world).id == late_id(ISSUE, 1)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})


def test_made_by_two_at_once_is_one(world: World) -> None:
    found = issue(world)
    made = drafted(found, world.services)
    assert kept(found, made, world.services) == kept(found, made, world.services) == made


class Killed(BaseException):
    """The function's death."""


@pytest.mark.parametrize("step", ["add_late", "aim"])
def test_one_that_dies_while_it_is_made_is_made_once(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def dying(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(world.broadcasts, step, dying)
        with pytest.raises(Killed):
            late(world)
    late(world)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})
    assert issue(world).late == 1


def test_unknown_counts_as_got_and_refused_or_skipped_does_not(stack: Stack) -> None:
    world = World(stack)
    world.people(5)
    world.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    world.plan()
    (task,) = world.queues.sends
    chunk = world.broadcasts.chunk(ISSUE, task.chunk)
    begun = world.broadcasts.lease(ISSUE, task.chunk, "me", world.at, world.at + HOUR)
    assert chunk
    assert begun
    marks = bytes((Mark.UNKNOWN, Mark.FAILED_BAD, Mark.SKIPPED_CAP, Mark.FAILED_RETRY, Mark.FAILED_RETRY))
    late_receipts = Receipts(sent=frozenset({3}), failed={"gone": frozenset({4})})
    world.broadcasts.report(ISSUE, task.chunk, late_receipts)
    world.broadcasts.close(ISSUE, task.chunk, replace(begun, owner="me", marks=marks))
    late(world)
    world.drain()
    people = world.contacts.known(chunk.recipients)
    assert sorted(got(world)) == sorted(people[one].identity.user_id for one in chunk.recipients[1:3])


def test_who_was_claimed_and_refused_gets_it(stack: Stack) -> None:
    world = World(stack)
    world.people(3)
    world.messengers.script = lambda number, _: accepted(number) if number else REFUSED
    world.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    world.drain()
    assert (world.figures(ISSUE).sent, world.state(ISSUE)) == (2, State.FINISHED)
    refused = world.messengers.sent_to()[0]
    assert [one.broadcast for one in world.held(refused).claims] == [ISSUE]
    world.messengers.requests.clear()
    world.messengers.script = lambda number, _: accepted(number)
    made = late(world)
    world.drain()
    assert got(world) == Counter({refused: 1})
    assert world.figures(made.id).sent == 1
    late_again = late(world)
    world.drain()
    assert world.figures(late_again.id).audience == 0


def test_what_was_accepted_and_failed_later_may_still_arrive(world: World) -> None:
    world.broadcasts.report(ISSUE, "0-0", Receipts(failed={"gone": frozenset({0})}))
    late(world)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})


def test_while_the_issue_is_still_going_out_its_people_are_left_to_it(stack: Stack) -> None:
    world = World(stack)
    world.people(3)
    world.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    world.plan()
    world.person(7)
    late(world)
    world.plan()
    world.drain()
    assert got(world) == Counter({"1000": 1, "1001": 1, "1002": 1, "7": 1})


def test_before_its_people_are_known_there_is_no_late_issue(stack: Stack) -> None:
    world = World(stack)
    world.people(1)
    world.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    with pytest.raises(NotNow, match="not gone out"):
        late(world)


def test_of_a_cancelled_issue_those_in_an_open_window_may_have_it(stack: Stack) -> None:
    world = World(stack)
    world.people(3)
    world.broadcast(name=ISSUE, newsletter="n1", slot=NOW)
    world.plan()
    (task,) = world.queues.sends
    begun = world.broadcasts.lease(ISSUE, task.chunk, "gone", world.at, world.at + HOUR)
    assert begun
    world.broadcasts.write(ISSUE, task.chunk, replace(begun, owner="gone", window=(1,), opened_at=world.at))
    world.queues.sends.clear()
    planning.wish(ISSUE, Wish.CANCEL, world.services)
    chunk = world.broadcasts.chunk(ISSUE, task.chunk)
    assert chunk
    late(world)
    world.drain()
    doubted = world.contacts.known(chunk.recipients)[chunk.recipients[1]].identity.user_id
    assert got(world) == Counter({"1000": 1, "1001": 1, "1002": 1}) - Counter({doubted: 1})


def test_from_the_first_late_issue_on_the_issue_frees_nobody_again(world: World) -> None:
    late(world)
    world.drain()
    world.messengers.requests.clear()
    for scope in (Scope.FAILED, Scope.UNKNOWN):
        assert planning.wish(ISSUE, Wish.RESUME, world.services, scope) is None
    found = replace(issue(world), late=0)  # read before the late issue was made
    assert world.broadcasts.resume(found, State.PLANNING, (State.FINISHED,), Scope.FAILED) is None


def test_while_people_are_being_freed_there_is_no_late_issue(world: World) -> None:
    progress = world.broadcasts.progress(ISSUE, "0-0")
    assert progress
    planning.wish(ISSUE, Wish.RESUME, world.services, Scope.FAILED)
    with pytest.raises(NotNow, match="being freed"):
        late(world)
    world.drain()
    late(world)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})


def wish(world: World, person: int, broadcast: str, again: bool = False) -> ClaimWish:
    contact = world.held(str(person)).id
    return ClaimWish(contact, Claim(broadcast, "0-0", 0, "a2", world.at), "news", again)


@pytest.mark.parametrize("again", [False, True])
def test_a_claim_of_the_issue_stands_against_one_of_its_late_issue(world: World, again: bool) -> None:
    assert world.contacts.claim([wish(world, 1000, late_id(ISSUE, 1), again)]) == [Refusal.HAD]
    first = [wish(world, 7, late_id(ISSUE, 1), again)]
    assert not isinstance(world.contacts.claim(first)[0], Refusal | ClaimedEarlier)


def test_late_issues_stand_against_each_other(world: World) -> None:
    world.contacts.claim([wish(world, 7, late_id(ISSUE, 1))])
    assert world.contacts.claim([wish(world, 7, late_id(ISSUE, 2))]) == [Refusal.HAD]
    (mine,) = world.contacts.claim(
        [
            replace(
                wish(world, 7, late_id(ISSUE, 1)),
                claim=replace(wish(world, 7, late_id(ISSUE, 1)).claim, attempt="other"),
            )
        ]
    )
    assert isinstance(mine, ClaimedEarlier)


def test_whoever_got_it_meanwhile_is_skipped_and_told_why(world: World) -> None:
    made = late(world)
    world.plan()
    world.contacts.claim([wish(world, 7, ISSUE)])
    world.drain()
    assert got(world) == Counter({"8": 1})
    assert world.figures(made.id).skipped == {"had": 1}


def test_people_who_left_and_came_back_do_not_get_it_again(world: World) -> None:
    for text in ("STOP", "START"):
        world.queues.items.append(world.says("1001", text))
        world.drain()
    world.queues.items.append(world.says("1001", "YES"))
    world.drain()
    assert "news" in world.held("1001").consent.topics
    world.messengers.requests.clear()
    late(world)
    world.drain()
    assert got(world) == Counter({"7": 1, "8": 1})
