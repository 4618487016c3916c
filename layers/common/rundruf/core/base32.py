"""Base 32 without padding in small letters (RFC 4648), several times faster than the standard library's."""

PLAIN = "abcdefghijklmnopqrstuvwxyz234567"
HEX = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = {
    alphabet: tuple(first + second for first in alphabet for second in alphabet) for alphabet in (PLAIN, HEX)
}
_FROM_HEX = str.maketrans(HEX, PLAIN)


def encoded(raw: bytes, alphabet: str = PLAIN) -> str:
    """Five bits a letter; the last letter is filled up with zero bits."""
    pairs, bits = _PAIRS[alphabet], len(raw) * 8
    letters = -(-bits // 5)
    room = -(-letters // 2) * 10
    number = int.from_bytes(raw, "big") << (room - bits)
    return "".join([pairs[(number >> shift) & 1023] for shift in range(room - 10, -1, -10)])[:letters]


def plain(text: str) -> str:
    """What ``encoded`` gives with PLAIN for the bytes that ``text`` stands for in HEX."""
    return text.translate(_FROM_HEX)
