"""Figures by the language of the message: counted with the rest, everybody once, the same when kept."""

from collections import Counter

import pytest

from rundruf.core.broadcast import Wish
from rundruf.core.chunk import Mark, Progress
from rundruf.core.message import Message
from rundruf.core.report import Figures, Receipts, total
from rundruf.core.summing import Sum
from rundruf.flows import planning
from rundruf.flows.evaluating import evaluation, together
from tests.flows.test_translations import HELLO, speakers
from tests.support.stack import Stack
from tests.support.world import TELEGRAM, World


@pytest.fixture
def world(stack: Stack) -> World:
    made = World(stack, language="de")
    made.accounts.put(TELEGRAM)
    return made


def by_language(told: dict[str, dict[str, Figures]]) -> dict[str, Figures]:
    return {language: total(each.values()) for language, each in told.items()}


def test_each_language_has_its_figures_and_all_of_them_are_the_whole(world: World) -> None:
    speakers(world)
    made = world.broadcast(message=HELLO)
    world.drain()
    told = evaluation(world.broadcasts.get(made.id) or made, world.services)
    figures = by_language(told.languages)
    assert {language: one.sent for language, one in figures.items()} == {"de": 3, "en": 1, "fr": 1}
    assert total(figures.values()) == told.figures
    assert all(one.balanced for one in figures.values())


def test_receipts_are_told_apart_by_the_place_of_their_person() -> None:
    marks = bytes([Mark.SENT, Mark.UNKNOWN, Mark.SENT, Mark.SKIPPED_CAP, Mark.SENT])
    receipts = Receipts(
        sent=frozenset({1}),
        delivered=frozenset({0, 2}),
        read=frozenset({2}),
        left=frozenset({4}),
        failed={"gone": frozenset({4})},
    )
    told = Sum()
    told.take("telegram/main", Progress(marks, languages=bytes([0, 1, 1, 0, 1])), receipts)
    german, english = (told.languages[number]["telegram/main"] for number in (0, 1))
    assert (german.audience, german.sent, german.delivered, german.read) == (2, 1, 1, 0)
    assert german.skipped == Counter(cap=1)
    assert (english.audience, english.sent, english.delivered, english.read) == (3, 2, 1, 1)
    assert (english.failed, english.left) == (Counter(gone=1), 1)
    assert total([german, english]) == told.accounts["telegram/main"]


def test_a_sum_is_kept_with_its_languages() -> None:
    told = Sum()
    told.take("telegram/main", Progress(bytes([Mark.SENT] * 3), languages=bytes([0, 1, 1])), Receipts())
    assert Sum.read(told.stored()) == told
    twice = Sum()
    twice.add(told)
    twice.add(told)
    assert twice.languages[1]["telegram/main"].sent == 4
    plain = Sum()
    plain.take("telegram/main", Progress(bytes([Mark.SENT] * 3)), Receipts())
    assert "languages" not in plain.stored()
    assert Sum.read(plain.stored()).languages == {}


def test_what_a_cancelled_broadcast_left_out_is_skipped_in_every_language(world: World) -> None:
    speakers(world)
    made = world.broadcast(message=HELLO)
    world.plan()
    planning.wish(made.id, Wish.CANCEL, world.services)
    told = evaluation(world.broadcasts.get(made.id) or made, world.services)
    figures = by_language(told.languages)
    assert total(figures.values()) == told.figures
    assert {one.pending for one in figures.values()} == {0}


def test_a_message_in_one_language_has_no_figures_by_language(world: World) -> None:
    speakers(world)
    made = world.broadcast()
    world.drain()
    assert evaluation(made, world.services).languages == {}


def test_the_issues_of_a_newsletter_are_added_up_by_language(world: World) -> None:
    speakers(world)
    made = [world.broadcast(message=HELLO, name=name) for name in ("b1", "b2")]
    other = world.broadcast(message=Message("Hi"), name="b3")
    world.drain()
    told = together([world.broadcasts.get(one.id) or one for one in (*made, other)], world.services)
    assert {language: one.sent for language, one in by_language(told.languages).items()} == {
        "de": 6,
        "en": 2,
        "fr": 2,
    }
