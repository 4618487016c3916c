"""Text in a CSV: never a formula for a spreadsheet, and the same text when it is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.cells import guarded, safe, unguarded

SIGNS = "=+-@\t\r\n \uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", "'", "''", " "])
def test_what_begins_like_a_formula_gets_a_quote(sign: str, before: str) -> None:
    text = f"{before}{sign}cmd|' /C calc'!A0"
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Anna", "'tis", "O'Neil", "49170", "a=b", "ключ"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == safe(text) == text


@given(st.text(alphabet=SIGNS + "'aä1"))
def test_a_guarded_text_is_read_as_what_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple(SIGNS)


@given(st.text(alphabet=SIGNS + "'aä1"))
def test_a_safe_cell_means_the_same_and_is_no_formula(cell: str) -> None:
    assert unguarded(safe(cell)) == unguarded(cell)
    assert safe(safe(cell)) == safe(cell)
    assert safe(cell)[:1] not in tuple(SIGNS)
