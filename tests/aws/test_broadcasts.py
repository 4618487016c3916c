"""Broadcasts in the table: states, the planner's transaction, leases, progress, receipts."""

from dataclasses import replace

import pytest

from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.core.audience import Audience
from rundruf.core.broadcast import Broadcast, Cursor, State
from rundruf.core.chunk import SIZE, Chunk, Mark, marked
from rundruf.core.message import Button, Media, MediaKind, Message, MessageKind, Template
from rundruf.core.report import Receipts
from rundruf.flows.services import Changed
from tests.support.people import NOW, an_id
from tests.support.stack import Stack

MESSAGE = Message(
    "Hello {{ name }}",
    (Media(MediaKind.IMAGE, "https://shop.example/a.png", "Soup"),),
    (Button("More", reply="MORE"), Button("Shop", url="https://shop.example")),
    Template("autumn", "de", ("{{ name }}",)),
)
BROADCAST = Broadcast(
    "b1",
    "Autumn",
    MessageKind.MARKETING,
    "news",
    Audience(messengers=("whatsapp",), any_tag=frozenset({"vegan"}), attributes={"city": "Köln"}),
    MESSAGE,
    State.SCHEDULED,
    NOW,
)
PEOPLE = tuple(an_id(number) for number in range(SIZE))
CHUNK = Chunk("b1", "0-0", "whatsapp/main", PEOPLE)
PLANNED = Cursor(account=1, chunks=1, people=SIZE, ended=True, version=1)


@pytest.fixture
def planned(broadcasts: TableBroadcasts) -> TableBroadcasts:
    broadcasts.create(BROADCAST)
    broadcasts.commit("b1", PLANNED, [CHUNK])
    broadcasts.planned("b1", Cursor(chunks=1, people=SIZE, counts=(1,)))
    return broadcasts


def test_a_broadcast_comes_back_as_it_was_stored(broadcasts: TableBroadcasts) -> None:
    assert broadcasts.create(BROADCAST)
    assert not broadcasts.create(replace(BROADCAST, name="other"))
    assert broadcasts.get("b1") == BROADCAST
    assert broadcasts.get("b2") is None


def test_states_move_only_from_where_they_may(broadcasts: TableBroadcasts) -> None:
    broadcasts.create(BROADCAST)
    assert broadcasts.move("b1", State.FINISHED, (State.SENDING,)) is None
    aimed = broadcasts.aim("b1", ["whatsapp/main"], NOW)
    assert aimed is not None
    assert (aimed.state, aimed.accounts, aimed.started) == (State.PLANNING, ("whatsapp/main",), NOW)
    assert broadcasts.aim("b1", [], NOW) is None
    paused = broadcasts.move("b1", State.PAUSED, (State.PLANNING,), reason="quota")
    assert paused is not None
    assert paused.reason == "quota"


def test_a_move_whose_answer_was_lost_is_known_as_ones_own(broadcasts: TableBroadcasts) -> None:
    """The wire says it again, and the state is no longer what the move starts from."""
    broadcasts.create(BROADCAST)
    for _ in range(2):
        aimed = broadcasts.aim("b1", ["whatsapp/main"], NOW)
        assert aimed is not None
        assert aimed.state is State.PLANNING
    for _ in range(2):
        moved = broadcasts.move("b1", State.FINISHED, (State.PLANNING,), at=NOW)
        assert moved is not None
    assert broadcasts.move("b1", State.FINISHED, (State.PLANNING,), at=NOW + 1) is None


def test_chunks_and_cursor_are_one(planned: TableBroadcasts) -> None:
    assert planned.chunk("b1", "0-0") == CHUNK
    assert planned.cursor("b1") == PLANNED
    with pytest.raises(Changed):
        planned.commit("b1", PLANNED, [replace(CHUNK, id="0-9")])
    assert planned.chunk("b1", "0-9") is None


def test_a_chunk_has_one_owner_at_a_time(planned: TableBroadcasts) -> None:
    assert planned.lease("b1", "0-0", "me", NOW, NOW + 10_000) is not None
    assert planned.lease("b1", "0-0", "you", NOW + 9_999, NOW + 20_000) is None
    taken = planned.lease("b1", "0-0", "you", NOW + 10_001, NOW + 20_000)
    assert taken is not None
    with pytest.raises(Changed):
        planned.write("b1", "0-0", replace(taken, owner="me"))


def test_a_lost_answer_to_the_lease_is_no_loss(planned: TableBroadcasts) -> None:
    planned.lease("b1", "0-0", "me", NOW, NOW + 10_000)
    assert planned.lease("b1", "0-0", "me", NOW, NOW + 10_000) is not None


def test_progress_is_kept_and_small(planned: TableBroadcasts, stack: Stack) -> None:
    progress = planned.lease("b1", "0-0", "me", NOW, NOW + 10_000)
    assert progress is not None
    marks = marked(progress.marks, {0: Mark.SENT, 255: Mark.SKIPPED_WINDOW})
    planned.write("b1", "0-0", replace(progress, marks=marks, window=(1, 2, 3), opened_at=NOW, owner="me"))
    held = planned.progress("b1", "0-0")
    assert held is not None
    assert (held.marks, held.window, held.opened_at) == (marks, (1, 2, 3), NOW)
    item = next(one for one in stack.items() if one["sk"]["S"] == "progress")
    assert (
        sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
        < 1024 + 3 * SIZE
    )


def test_a_chunk_ends_once(planned: TableBroadcasts) -> None:
    progress = planned.lease("b1", "0-0", "me", NOW, NOW + 10_000)
    assert progress is not None
    ended = planned.close("b1", "0-0", replace(progress, owner="me"))
    assert ended is not None
    assert ended.complete
    with pytest.raises(Changed):
        planned.close("b1", "0-0", replace(progress, owner="me"))
    after = planned.get("b1")
    assert after is not None
    assert after.done == 1
    again = planned.lease("b1", "0-0", "you", NOW + 99_000, NOW + 199_000)
    assert again is not None
    assert again.done


def test_receipts_add_up_and_repeat_without_harm(planned: TableBroadcasts) -> None:
    told = Receipts(sent=frozenset({1, 2}), delivered=frozenset({2}), failed={"gone": frozenset({3})})
    for _ in range(2):
        planned.report("b1", "0-0", told)
    planned.report("b1", "0-0", Receipts(delivered=frozenset({5}), left=frozenset({1})))
    held = planned.receipts("b1", ["0-0"])["0-0"]
    assert held == Receipts(
        frozenset({1, 2}), frozenset({2, 5}), left=frozenset({1}), failed={"gone": frozenset({3})}
    )


def test_receipts_of_foreign_chunks_make_nothing(planned: TableBroadcasts, stack: Stack) -> None:
    before = len(stack.items())
    planned.report("b1", "0-7", Receipts(sent=frozenset({1})))
    planned.report("nobody", "0-0", Receipts(read=frozenset({1})))
    assert len(stack.items()) == before


def test_a_list_is_newest_first_and_goes_on(broadcasts: TableBroadcasts) -> None:
    for number in range(5):
        broadcasts.create(replace(BROADCAST, id=f"b{number}"))
    first, last = broadcasts.page("", 3)
    second, end = broadcasts.page(last, 3)
    assert [one.id for one in first + second] == ["b4", "b3", "b2", "b1", "b0"]
    assert end == ""
