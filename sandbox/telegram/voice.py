"""A voice note as a phone would record it, of somebody who says nothing."""

import struct
from collections.abc import Iterator

# One Opus frame of 20 ms without sound: full band, mono (RFC 6716, section 3.1).
_SILENCE = b"\xf8\xff\xfe"
_FRAMES_A_SECOND = 50
_SAMPLES = 960
_SKIP = 312
_SERIAL = 1
_BEGIN, _END = 2, 4


def silence(seconds: int) -> bytes:
    """An Ogg file with Opus (RFC 7845)."""
    return b"".join(_pages(seconds))


def _pages(seconds: int) -> Iterator[bytes]:
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, _SKIP, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    yield _page(_BEGIN, 0, 0, [head])
    yield _page(0, 0, 1, [tags])
    for second in range(1, seconds + 1):
        at = second * _FRAMES_A_SECOND * _SAMPLES
        flags = _END if second == seconds else 0
        yield _page(flags, at, second + 1, [_SILENCE] * _FRAMES_A_SECOND)


def _page(flags: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    """A page of Ogg; packets are shorter than 255 bytes (RFC 3533, section 6)."""
    start = struct.pack("<4sBBqII", b"OggS", 0, flags, granule, _SERIAL, number)
    rest = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    return start + struct.pack("<I", _checksum(start + bytes(4) + rest)) + rest


def _checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        value &= 0xFFFFFFFF
    return value
