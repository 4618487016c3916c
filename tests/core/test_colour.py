"""Whatever colour a brand has, its page can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.colour import BLACK, READABLE, VISIBLE, WHITE, Colour

COLOURS = st.builds(Colour, *(st.integers(0, 255),) * 3)


@pytest.mark.parametrize(
    ("text", "hexadecimal"),
    [("#0A7d4f", "#0a7d4f"), ("#fff", "#ffffff"), (" 12ab9f ", "#12ab9f"), ("#000", "#000000")],
)
def test_a_colour_is_read(text: str, hexadecimal: str) -> None:
    assert Colour.of(text).hex == hexadecimal


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "#1234567", "#gggggg", "#fff;}body{", "#١٢٣"])
def test_anything_else_is_no_colour(text: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        Colour.of(text)


def test_contrast_is_that_of_the_standard() -> None:
    assert BLACK.contrast(WHITE) == pytest.approx(21)
    assert Colour.of("#767676").contrast(WHITE) == pytest.approx(4.54, abs=0.01)
    assert Colour.of("#ff0000").contrast(WHITE) == pytest.approx(4.0, abs=0.01)
    assert WHITE.contrast(WHITE) == 1


@given(COLOURS)
def test_text_on_any_colour_can_be_read(colour: Colour) -> None:
    assert colour.contrast(colour.text()) >= READABLE


@given(COLOURS, COLOURS, st.sampled_from([READABLE, VISIBLE]))
def test_any_colour_can_be_seen_on_any_ground(colour: Colour, ground: Colour, contrast: float) -> None:
    assert colour.against(ground, contrast).contrast(ground) >= contrast


def test_a_colour_that_can_be_seen_stays_as_it_is() -> None:
    brown = Colour.of("#b45309")
    assert brown.against(WHITE, READABLE) == brown
