"""What only WeChat has: two ways to prove a call, two languages of bodies, and its own cipher."""

import json
import socket
import tracemalloc
from dataclasses import replace

import pytest

from rundruf.messengers.contract import Call, Event, EventKind, Hostile, NotGenuine, Reading, Unreadable
from rundruf.messengers.wechat import WECHAT, access, bodies, sealing
from tests.messengers.test_contract import xml_attacks
from tests.messengers.wechat.cases import (
    ACCOUNT,
    AES_KEY,
    ANNA,
    APP_ID,
    HELLO,
    MSG,
    SEALED,
    TOKEN,
    call,
    outside,
    query,
    seal,
    xml,
)

PLAIN = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "mode": ("plain",)})
HELLO_READ = Reading(
    events=(Event(str(MSG), EventKind.MESSAGE, ANNA, 1700000000000, text="Hi", message_id=str(MSG)),)
)

# Computed from the description of the cipher, with the key of a public library's tests (2026-11-22).
SHORT = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
LONG_PADDED = "pxDvIKtJjb6ivztGO70jSgtPmc3M1MjuSqZy2dH25b5fJbLxomSj/lhWlSFXvcefsK6rM3LXWEO69kPt4+zW/Q=="


@pytest.mark.parametrize(
    ("sealed", "message", "proof"),
    [
        pytest.param(
            SHORT, b"5927782489442352469", "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", id="7 bytes of padding"
        ),
        pytest.param(
            LONG_PADDED,
            b"<a>1</a>",
            "0ec2de3cdbd85d03a113b25e9659512ad046cdcb",
            id="18, more than the cipher's block",
        ),
    ],
)
def test_known_ciphertexts_open_and_are_signed(sealed: str, message: bytes, proof: str) -> None:
    assert sealing.unsealed(sealed, AES_KEY) == (message, APP_ID.encode())
    assert sealing.signature("123456", "1411443780", "437374425", sealed) == proof


def test_the_tests_seal_as_wechat_does() -> None:
    assert seal(b"<a>1</a>") == LONG_PADDED


@pytest.mark.parametrize("length", range(33))
def test_every_length_of_padding_opens(length: int) -> None:
    assert sealing.unsealed(seal(b"x" * length), AES_KEY) == (b"x" * length, APP_ID.encode())


@pytest.mark.parametrize(
    "sealed", ["", "AAAA", "ä", "A" * 63, SHORT[:-4], SHORT.replace("+", "-"), SHORT + "\n"]
)
def test_what_is_no_ciphertext_does_not_open(sealed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sealing.unsealed(sealed, AES_KEY)


@pytest.mark.parametrize("length", [100, 2**31, 2**32 - 1])
def test_a_length_beyond_the_end_does_not_open(length: int) -> None:
    with pytest.raises(ValueError, match="no message"):
        sealing.unsealed(seal(HELLO[:20], length=length), AES_KEY)


def test_a_length_that_cuts_the_message_is_for_another_app() -> None:
    with pytest.raises(NotGenuine):
        WECHAT.verify(call(outside(seal(HELLO, length=len(HELLO) - 1)), TOKEN), ACCOUNT)


@pytest.mark.parametrize("sealed", [seal(HELLO, app="wx0000000000000000"), "AAAA", ""])
def test_what_was_not_sealed_for_us_is_unreadable(sealed: str) -> None:
    with pytest.raises(Unreadable):
        WECHAT.read(outside(sealed), ACCOUNT)


# Plain mode


def _plain(body: bytes, **told: str) -> Call:
    return Call("POST", {}, query(**told), body)


@pytest.mark.parametrize("told", [{}, {"encrypt_type": "raw"}], ids=["without a word", "raw"])
def test_a_plain_body_is_taken_where_the_account_says_so(told: dict[str, str]) -> None:
    WECHAT.verify(_plain(HELLO, **told), PLAIN)
    assert WECHAT.read(HELLO, PLAIN) == HELLO_READ


@pytest.mark.parametrize("mode", [(), ("safe",), ("compatible",), ("safe", "plain")])
def test_a_plain_body_is_taken_nowhere_else(mode: tuple[str, ...]) -> None:
    account = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "mode": mode})
    with pytest.raises(NotGenuine):
        WECHAT.verify(_plain(HELLO), account)
    with pytest.raises(Unreadable):
        WECHAT.read(HELLO, account)


def test_a_plain_body_needs_a_signed_query() -> None:
    for changed in ({"signature": ""}, {"signature": "0" * 40}, {"timestamp": "1"}, {"nonce": "1"}):
        with pytest.raises(NotGenuine):
            WECHAT.verify(_plain(HELLO, **changed), PLAIN)


def test_an_account_in_plain_mode_takes_a_sealed_body_too() -> None:
    WECHAT.verify(call(outside(SEALED), TOKEN), PLAIN)
    assert WECHAT.read(outside(SEALED), PLAIN) == HELLO_READ


def test_a_forged_sealed_body_is_refused_in_plain_mode_too() -> None:
    with pytest.raises(NotGenuine):
        WECHAT.verify(replace(call(outside(SEALED), TOKEN), body=outside(seal(HELLO, app="wx1"))), PLAIN)


# Bodies


def test_xml_and_json_have_one_shape() -> None:
    told = {"A": "1", "B": {"C": "x"}, "D": ["1", "2"], "E": ""}
    written = b"<xml><A>1</A><B><C><![CDATA[x]]></C></B><D>1</D><D>2</D><E/></xml>"
    assert bodies.opened(written) == bodies.opened(json.dumps(told).encode()) == told


@pytest.mark.parametrize("fact", xml_attacks())
def test_hostile_xml_touches_no_network_and_little_memory(fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object) -> None:
        raise AssertionError("an attack got out")

    monkeypatch.setattr(socket, "socket", touched)
    monkeypatch.setattr("builtins.open", touched)
    body = xml_attacks()[fact]
    tracemalloc.start()
    try:
        with pytest.raises(Hostile):
            bodies.opened(body)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_hostile_xml_within_a_genuine_call_is_genuine_and_hostile() -> None:
    for body in xml_attacks().values():
        genuine = call(outside(seal(body)), TOKEN)
        WECHAT.verify(genuine, ACCOUNT)
        with pytest.raises(Hostile):
            WECHAT.read(genuine.body, ACCOUNT)


# Requests


def test_texts_leave_unescaped() -> None:
    """WeChat shows an escaped letter as its escape."""
    request = access.post("https://x.example", {"text": {"content": "Grüße 漢 \U0001f372 \n"}})
    assert request.body == '{"text":{"content":"Grüße 漢 \U0001f372 \\n"}}'.encode()


def test_half_a_character_can_be_written() -> None:
    request = access.post("https://x.example", {"text": "a\ud83d"})
    assert json.loads(request.body) == {"text": "a\ud83d"}


def test_an_event_that_comes_again_has_the_same_id() -> None:
    body = xml(MsgType="event", Event="CLICK", EventKey="Menü: 1")
    sealed_twice = [outside(seal(body, random=random)) for random in (b"a" * 16, b"b" * 16)]
    first, second = (WECHAT.read(one, ACCOUNT) for one in sealed_twice)
    assert first == second
    (event,) = first.events
    assert event.id.isascii()


def test_an_account_without_a_token_cannot_be_built_for() -> None:
    bare = {name: value for name, value in ACCOUNT.credentials.items() if name != "access_token"}
    with pytest.raises(KeyError, match="access_token"):
        access.address(replace(ACCOUNT, credentials=bare), "message/custom/send")
