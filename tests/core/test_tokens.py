"""Links that let people leave: genuine ones always work, changed ones never."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.tokens import BadToken, Keys, Purpose, Token, keyed_hash, read, read_fresh, sign

OLD = "o" * 64
NEW = "n" * 64
KEYS = Keys("1", {"1": OLD})
ROTATED = Keys("2", {"1": OLD, "2": NEW})
ANNA = bytes(range(16))
BERT = bytes(range(16, 32))


@given(contact=st.binary(min_size=16, max_size=16), extra=st.text(max_size=20))
def test_a_token_says_what_was_signed(contact: bytes, extra: str) -> None:
    assert read(KEYS, sign(KEYS, Purpose.LEAVE, contact, extra), Purpose.LEAVE) == Token(contact, extra, "1")


def test_a_plain_leave_token_is_short_and_survives_link_finders() -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA)
    assert len(token) <= 64
    assert set(token) <= set(string.ascii_lowercase + string.digits + "-")
    assert token[-1].isalnum()


@pytest.mark.parametrize("extra", ["", "recipes"])
def test_every_changed_byte_is_refused(extra: str) -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA, extra)
    others = string.ascii_letters + string.digits + "-_=.é\0 %"
    for place, right in enumerate(token):
        for wrong in others:
            if wrong != right:
                with pytest.raises(BadToken):
                    read(KEYS, token[:place] + wrong + token[place + 1 :], Purpose.LEAVE)


def test_every_cut_or_longer_token_is_refused() -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA, "recipes")
    for length in range(len(token)):
        with pytest.raises(BadToken):
            read(KEYS, token[:length], Purpose.LEAVE)
    for more in ("a", "-", "=", "\n", " ", "-a", "\0"):
        for changed in (token + more, more + token):
            with pytest.raises(BadToken):
                read(KEYS, changed, Purpose.LEAVE)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "-",
        "--",
        "1",
        "1--",
        "1-a-b",
        "9-a-b",
        "current-a-b",
        "ü",
        "1" * 5000,
        "-" * 200,
        "../../1",
        "1-\ud800-a",
    ],
)
def test_nonsense_is_refused_with_one_constant_message(token: str) -> None:
    with pytest.raises(BadToken, match=r"^this link is not valid$"):
        read(KEYS, token, Purpose.LEAVE)


@given(st.text(max_size=300))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(BadToken):
        read(KEYS, text, Purpose.LEAVE)


def test_parts_of_two_tokens_do_not_mix() -> None:
    anna, bert = sign(KEYS, Purpose.LEAVE, ANNA), sign(KEYS, Purpose.LEAVE, BERT)
    with pytest.raises(BadToken):
        read(KEYS, anna.rpartition("-")[0] + "-" + bert.rpartition("-")[2], Purpose.LEAVE)


def test_the_purpose_is_bound_into_the_token() -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA)
    foreign = "confirm"
    with pytest.raises(BadToken):
        read(KEYS, token, foreign)  # type: ignore[arg-type]


def test_a_token_of_an_old_key_is_still_read_after_rotation() -> None:
    assert read(ROTATED, sign(KEYS, Purpose.LEAVE, ANNA), Purpose.LEAVE).key == "1"
    assert read(ROTATED, sign(ROTATED, Purpose.LEAVE, ANNA), Purpose.LEAVE).key == "2"


def test_a_token_of_a_removed_key_is_refused() -> None:
    with pytest.raises(BadToken):
        read(Keys("2", {"2": NEW}), sign(KEYS, Purpose.LEAVE, ANNA), Purpose.LEAVE)


def test_renaming_the_key_in_a_token_is_refused() -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA)
    with pytest.raises(BadToken):
        read(Keys("2", {"1": NEW, "2": OLD}), token, Purpose.LEAVE)
    with pytest.raises(BadToken):
        read(Keys("2", {"1": OLD, "2": OLD}), "2" + token[1:], Purpose.LEAVE)


def test_a_token_shows_neither_contact_id_in_hex_nor_extra() -> None:
    token = sign(KEYS, Purpose.LEAVE, ANNA, "recipes")
    assert ANNA.hex() not in token
    assert "recipes" not in token


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_contact_id_of_another_size_cannot_be_signed(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        sign(KEYS, Purpose.LEAVE, bytes(size))


def test_an_extra_that_makes_the_token_too_long_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="too long"):
        sign(KEYS, Purpose.LEAVE, ANNA, "x" * 200)


@pytest.mark.parametrize(
    ("current", "secrets", "says"),
    [
        ("1", {}, "current key '1'"),
        ("2", {"1": OLD}, "current key '2'"),
        ("1", {"1": "short"}, "fewer than 32"),
        ("1", {"1": OLD, "": OLD}, "key id ''"),
        ("1", {"1": OLD, "a-b": OLD}, "key id 'a-b'"),
        ("1", {"1": OLD, "12345": OLD}, "key id '12345'"),
    ],
)
def test_keys_that_cannot_work_are_refused_by_name(current: str, secrets: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Keys(current, secrets)


def test_keys_are_read_from_their_stored_form_and_never_shown() -> None:
    keys = Keys.of({"current": "2", "1": OLD, "2": NEW})
    assert keys == ROTATED
    assert OLD not in repr(keys)
    assert NEW not in repr(keys)


def test_derived_keys_differ_by_label_and_by_key() -> None:
    derived = [ROTATED.derive("a"), ROTATED.derive("b"), ROTATED.derive("a", "1"), ROTATED.derive("b", "1")]
    assert len(set(derived)) == 4
    assert all(len(one) == 32 for one in derived)


def test_a_keyed_hash_stays_the_same_when_keys_rotate() -> None:
    assert keyed_hash(KEYS, "contact", "whatsapp/491") == keyed_hash(ROTATED, "contact", "whatsapp/491")
    assert keyed_hash(KEYS, "contact", "x") == keyed_hash(OLD, "contact", "x")


def test_a_keyed_hash_differs_by_label_text_and_secret() -> None:
    hashes = {
        keyed_hash(KEYS, "contact", "x"),
        keyed_hash(KEYS, "suppressed", "x"),
        keyed_hash(KEYS, "contact", "y"),
        keyed_hash(NEW, "contact", "x"),
    }
    assert {len(one) for one in hashes} == {16}
    assert len(hashes) == 4
    assert len(keyed_hash(KEYS, "contact", "x", size=32)) == 32


def test_a_keyed_hash_needs_the_first_key() -> None:
    with pytest.raises(KeyError):
        keyed_hash(Keys("2", {"2": NEW}), "contact", "x")


@pytest.mark.parametrize(("signed", "asked"), [(Purpose.LEAVE, Purpose.DATA), (Purpose.DATA, Purpose.LEAVE)])
def test_a_link_serves_no_other_purpose(signed: Purpose, asked: Purpose) -> None:
    with pytest.raises(BadToken):
        read(KEYS, sign(KEYS, signed, ANNA, "2000000000"), asked)


def test_a_link_to_data_ends_at_its_time() -> None:
    token = sign(KEYS, Purpose.DATA, ANNA, "1000")
    assert read_fresh(KEYS, token, Purpose.DATA, 999_999).contact == ANNA
    with pytest.raises(BadToken):
        read_fresh(KEYS, token, Purpose.DATA, 1_000_000)


@pytest.mark.parametrize("extra", ["", "-1", "soon", "1e9", "²"])
def test_a_link_to_data_without_a_time_is_refused(extra: str) -> None:
    with pytest.raises(BadToken):
        read_fresh(KEYS, sign(KEYS, Purpose.DATA, ANNA, extra), Purpose.DATA, 0)
