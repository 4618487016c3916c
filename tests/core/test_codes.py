"""Entry codes are found however people type them, and are never a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.codes import ALPHABET, LENGTH, code_from, find

RANDOM = st.binary(min_size=16, max_size=16)
CODE = "KRTMBXZW"


@given(RANDOM)
def test_a_code_is_eight_letters_of_the_alphabet(random: bytes) -> None:
    code = code_from(random)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)


@given(RANDOM)
def test_a_code_is_found_in_itself(random: bytes) -> None:
    assert find(code_from(random)) == (code_from(random),)


def test_codes_differ_with_every_part_of_the_random_bytes_that_matters() -> None:
    assert len({code_from(number.to_bytes(16, "big")) for number in range(2000)}) == 2000


def test_the_alphabet_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOUYLQ0123456789")
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        code_from(bytes(15))


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        CODE.capitalize(),
        f"/start {CODE}",
        f"Hallo, mein Code ist {CODE}.",
        f"Join {CODE}!!! 🎉",
        f"«{CODE}»",
        f"Code:{CODE}",
        f"code={CODE.lower()}&x",
        "KRTM-BXZW",
        "KRTM BXZW",
        "krtm_bxzw",
        "KRTM–BXZW",
        "K R T M B X Z W",
        "k.r.t.m.b.x.z.w",
        "KR-TM-BX-ZW bitte",
        "ＫＲＴＭＢＸＺＷ",
        "КRТМВХZW",
        "KRTM\u200bBXZW",
        "\ufeffKRTMBXZW\n\nHallo",
        f"Hi\n{CODE}\nViele Grüße",
    ],
)
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    assert find(text) == (CODE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hallo",
        "STOP",
        "KRTMBXZ",
        "KRTMBXZWW",
        "KRTMBXZA",
        "Wann habt ihr offen?",
        "12345678",
        "xKRTMBXZWx",
        "🎉" * 9,
    ],
)
def test_other_text_holds_no_code(text: str) -> None:
    assert find(text) == ()


def test_several_codes_are_given_once_each_in_order_and_at_most_three() -> None:
    codes = [code_from(bytes([number]) * 16) for number in range(1, 6)]
    assert find(f"{codes[1]} and {codes[0]} and {codes[1]}") == (codes[1], codes[0])
    assert find(" or ".join(codes)) == tuple(codes[:3])


def test_a_long_text_is_read_only_in_part() -> None:
    assert find("bcd " * 20_000) == find("bcd " * 200)
