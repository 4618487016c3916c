"""Our base 32 is that of the standard library, without padding and in small letters."""

from base64 import b32encode, b32hexencode

from hypothesis import given
from hypothesis import strategies as st

from rundruf.core import base32
from rundruf.core.contact import contact_id
from rundruf.core.tokens import Keys, Purpose, sign, sign_for

KEYS = Keys("1", {"1": "k" * 64})


@given(st.binary(max_size=64))
def test_it_encodes_as_the_standard_library_does(raw: bytes) -> None:
    assert base32.encoded(raw) == b32encode(raw).decode().rstrip("=").lower()
    assert base32.encoded(raw, base32.HEX) == b32hexencode(raw).decode().rstrip("=").lower()


@given(st.binary(max_size=64))
def test_one_alphabet_becomes_the_other(raw: bytes) -> None:
    assert base32.plain(base32.encoded(raw, base32.HEX)) == base32.encoded(raw)


@given(st.binary(min_size=16, max_size=16))
def test_a_token_for_an_id_in_text_is_that_for_its_bytes(raw: bytes) -> None:
    assert sign_for(KEYS, Purpose.LEAVE, contact_id(raw)) == sign(KEYS, Purpose.LEAVE, raw)
