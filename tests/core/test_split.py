"""The draw: a pure function of seed and contact, in the shares that were asked for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rundruf.core.message import Message
from rundruf.core.split import HOLDOUT, REST, Split, Variant, lots, messages

PEOPLE = [f"{number:026d}" for number in range(2_000)]
NAMES = ("A", "B", "C", "D", "E")

seeds = st.binary(min_size=16, max_size=16).map(bytes.hex)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    weights = draw(st.lists(st.integers(1, 100), min_size=2, max_size=5))
    holdout = draw(st.sampled_from((0.0, 0.05, 0.2, 0.5)))
    test = draw(st.sampled_from((0.0, 0.1, 0.3, 0.5)))
    variants = tuple(Variant(NAMES[number], weight) for number, weight in enumerate(weights))
    return Split(draw(seeds), variants, holdout, test)


@settings(deadline=None, max_examples=40)
@given(splits())
def test_everybody_is_in_exactly_one_part_and_always_in_the_same(split: Split) -> None:
    again = Split(split.seed, split.variants, split.holdout, split.test)
    parts = [split.part(one) for one in PEOPLE]
    assert parts == [again.part(one) for one in reversed(PEOPLE)][::-1]
    assert set(parts) <= set(split.parts())


@settings(deadline=None, max_examples=40)
@given(splits())
def test_parts_are_as_large_as_was_asked_for(split: Split) -> None:
    parts = [split.part(one) for one in PEOPLE]
    assert abs(sum(split.share(part) for part in split.parts()) - 1) < 1e-9
    for part in split.parts():
        share = split.share(part)
        spread = 6 * (share * (1 - share) / len(PEOPLE)) ** 0.5
        assert abs(parts.count(part) / len(PEOPLE) - share) <= spread + 1e-9


@given(splits())
def test_nobody_who_waits_is_planned_with_somebody_who_does_not(split: Split) -> None:
    turns = {part: split.turn(part) for part in split.parts()}
    assert {part for part, turn in turns.items() if turn} <= {REST, HOLDOUT}
    assert set(turns.values()) <= set(range(split.rounds))
    assert (REST in turns) == (split.rounds == 2)


@given(seeds, st.text(min_size=1, max_size=30))
def test_a_lot_is_a_number_from_0_to_below_1(seed: str, contact: str) -> None:
    assert all(0 <= one < 1 for one in lots(seed, contact))


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_which_variant_says_nothing_about_who_is_in_the_test(seed: str) -> None:
    pairs = [lots(seed, one) for one in PEOPLE]
    tested = [second for first, second in pairs if first < 0.3]
    assert abs(sum(one < 0.5 for one in tested) / len(tested) - 0.5) < 0.15


def test_a_lot_never_changes() -> None:
    assert lots("00" * 16, "0" * 26) == (0.9240323487216175, 0.45838269848713076)


def test_another_seed_makes_another_draw() -> None:
    first, second = (Split(seed * 16, (Variant("A"), Variant("B"))) for seed in ("00", "01"))
    same = sum(first.part(one) == second.part(one) for one in PEOPLE)
    assert 0.4 < same / len(PEOPLE) < 0.6


def test_without_variants_there_is_one_message() -> None:
    own, other = Message("A"), Message("B")
    assert list(messages(own, None)) == list(messages(own, Split("00", holdout=0.1))) == [("", own)]
    split = Split("00", (Variant("A"), Variant("B", message=other)))
    assert list(messages(own, split)) == [("A", own), ("B", other)]
