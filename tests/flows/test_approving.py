"""Newsletters and a second key's word: without it nothing goes out, and any change takes it back."""

from dataclasses import replace

import pytest

from rundruf.core.audience import Audience, StoredSegment
from rundruf.core.message import Button, Message
from rundruf.core.newsletter import Feed, Missed, Newsletter
from rundruf.core.plan import issues_of
from rundruf.flows.newsletter import approved, content, tick
from tests.support.people import DAY, HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import World

WEEKLY = Newsletter(
    "n1", "Weekly", "news", Audience(), Message("Soup"), cron="0 9 * * *", next_at=NOW + HOUR, made_by="a"
)


@pytest.fixture
def world(stack: Stack) -> World:
    """Deployed with ApprovalAbove, and a newsletter that nobody approved."""
    made = World(stack)
    settings = replace(made.services.settings, approval_above=1)
    made.services = replace(made.services, settings=settings)
    made.people(2)
    made.catalogue.add_newsletter(WEEKLY)
    made.at = NOW + HOUR
    return made


def held(world: World) -> Newsletter:
    found = world.catalogue.newsletter("n1")
    assert found is not None
    return found


def approve(world: World) -> None:
    world.catalogue.approve("n1", "b", content(held(world), world.services))


def sent(world: World) -> int:
    tick(world.services)
    world.drain()
    return len(world.messengers.requests)


def test_nothing_goes_out_without(world: World) -> None:
    assert sent(world) == 0
    assert held(world).next_at == NOW + HOUR


def test_the_slot_waits_for_it_as_long_as_for_a_missed_one(world: World) -> None:
    assert sent(world) == 0
    world.at += HOUR
    approve(world)
    assert sent(world) == 2
    world.at += 60_000
    assert sent(world) == 2


def test_a_slot_that_waited_too_long_is_left_out(world: World) -> None:
    world.catalogue.change(held(world), replace(held(world), missed=Missed.SKIP))
    world.at += HOUR
    sent(world)
    approve(world)
    assert sent(world) == 0
    assert held(world).next_at > world.at


def test_a_change_takes_it_back(world: World) -> None:
    approve(world)
    changed = replace(held(world), message=Message("Salad"))
    world.catalogue.change(held(world), changed)
    assert sent(world) == 0
    approve(world)
    assert sent(world) == 2


def test_a_word_for_what_it_was_counts_for_nothing_else(world: World) -> None:
    before = content(held(world), world.services)
    world.catalogue.change(held(world), replace(held(world), message=Message("Salad")))
    world.catalogue.approve("n1", "b", before)
    assert not approved(held(world), world.services)
    assert sent(world) == 0


def test_a_changed_segment_takes_it_back(world: World) -> None:
    world.catalogue.put_segment(StoredSegment("s1", "All", {"seen": {"never": True}}))
    world.catalogue.change(held(world), replace(held(world), audience=Audience(segment="s1")))
    approve(world)
    assert approved(held(world), world.services)
    world.catalogue.put_segment(StoredSegment("s1", "All", {"not": {"seen": {"never": True}}}))
    assert not approved(held(world), world.services)


def test_an_issue_that_has_begun_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(world)
    monkeypatch.setattr(world.catalogue, "advance", lambda *_: False)
    tick(world.services)
    monkeypatch.undo()
    world.catalogue.approve("n1", "b", "something else")
    assert sent(world) == 2
    assert held(world).next_at > world.at


def test_where_no_approval_is_asked_for_it_goes_without(stack: Stack) -> None:
    world = World(stack)
    world.people(2)
    world.catalogue.add_newsletter(WEEKLY)
    world.at = NOW + HOUR
    assert sent(world) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "recipes"},
        {"audience": Audience(languages=("de",))},
        {"audience": Audience(any_tag=frozenset({"a", "b"}))},
        {"message": Message("Soup", buttons=(Button("Shop", url="https://shop.example"),))},
        {"cron": "0 10 * * *"},
        {"zone": "Europe/Berlin"},
        {"at": NOW},
        {"rrule": "FREQ=DAILY"},
        {"starts": "2026-11-02T09:00"},
        {"missed": Missed.SKIP},
        {"grace": HOUR},
        {"feed": Feed("https://feeds.example")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_an_issue_is_made_of_counts(change: dict[str, object]) -> None:
    assert issues_of(replace(WEEKLY, **change)) != issues_of(WEEKLY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Daily"},
        {"next_at": NOW + DAY},
        {"paused": True},
        {"archive": True},
        {"approved": "x", "approved_by": "y", "made_by": "z"},
        {"created": NOW, "language": "en", "id": "n2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_names_and_how_far_it_is_do_not(change: dict[str, object]) -> None:
    assert issues_of(replace(WEEKLY, **change)) == issues_of(WEEKLY)  # type: ignore[arg-type]
