"""Signed tokens for links, and keyed hashes: everything one deployment secret is used for.

A token reads ``key-contact[-extra]-mac`` in lower-case base32, so that no messenger's link finder cuts it
and no letter of it means formatting anywhere. The purpose is bound into the key of the MAC, and the MAC
covers the encoded form: a changed byte is always refused, even one that decodes to the same value.
Tokens to leave have no age: whoever still holds one may leave. Tokens to read somebody's data end soon.
"""

import hmac
from base64 import b32decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from rundruf.core import base32

FIRST_KEY = "1"
CONTACT_BYTES = 16
SHORTEST_SECRET = 32
_MAC_BYTES = 20
_LONGEST_TOKEN = 256
_LONGEST_KEY_ID = 4


class BadToken(Exception):
    """A token we did not sign for this purpose; the message is always the same."""

    def __init__(self) -> None:
        super().__init__("this link is not valid")


class Purpose(StrEnum):
    """What a token lets its holder do."""

    LEAVE = "leave"  # for ever
    DATA = "data"  # read everything we hold about the person, until the time (in s) that ``extra`` says


@dataclass(frozen=True, slots=True)
class Keys:
    """The deployment's secrets by key id: new tokens use ``current``, the others are still read.

    Raises ValueError for a missing current key, a short secret or a key id that is not 1 to 4 letters or
    digits; never shows a secret.
    """

    current: str
    secrets: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.secrets:
            raise ValueError(f"no secret for the current key {self.current!r}")
        for name, secret in self.secrets.items():
            if not (name.isascii() and name.isalnum() and len(name) <= _LONGEST_KEY_ID):
                raise ValueError(f"key id {name!r} is not 1 to {_LONGEST_KEY_ID} letters or digits")
            if len(secret) < SHORTEST_SECRET:
                raise ValueError(f"the secret of key {name!r} has fewer than {SHORTEST_SECRET} characters")

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> "Keys":
        """From the stored form ``{"current": "2", "1": secret, "2": secret}``."""
        return cls(
            stored.get("current", ""), {name: one for name, one in stored.items() if name != "current"}
        )

    def derive(self, label: str, key: str | None = None) -> bytes:
        """32 bytes for one use of one key (the current one by default); KeyError for an unknown key id."""
        return _derived(self.secrets[self.current if key is None else key], label)


@dataclass(frozen=True, slots=True)
class Token:
    """What a genuine token says; ``key`` is the id of the key that signed it."""

    contact: bytes
    extra: str = field(repr=False)
    key: str


def sign(keys: Keys, purpose: Purpose, contact: bytes, extra: str = "") -> str:
    """A token for a 16-byte contact id: 61 characters without ``extra``; ValueError if it gets too long."""
    if len(contact) != CONTACT_BYTES:
        raise ValueError(f"a contact id has {CONTACT_BYTES} bytes")
    return _signed(keys, purpose, [keys.current, _encoded(contact)], extra)


def sign_for(keys: Keys, purpose: Purpose, contact: str, extra: str = "") -> str:
    """The same for a contact's id in text, without the detour over its bytes."""
    return _signed(keys, purpose, [keys.current, base32.plain(contact)], extra)


def _signed(keys: Keys, purpose: Purpose, parts: list[str], extra: str) -> str:
    if extra:
        parts.append(_encoded(extra.encode()))
    signed = "-".join(parts)
    token = f"{signed}-{_mac(keys, keys.current, purpose, signed)}"
    if len(token) > _LONGEST_TOKEN:
        raise ValueError("extra is too long for a token")
    return token


def read(keys: Keys, token: str, purpose: Purpose) -> Token:
    """What the token says; raises BadToken for whatever we did not sign for this purpose."""
    if not token.isascii() or len(token) > _LONGEST_TOKEN:
        raise BadToken
    signed, _, mac = token.rpartition("-")
    key, _, rest = signed.partition("-")
    if key not in keys.secrets:
        raise BadToken
    if not hmac.compare_digest(_mac(keys, key, purpose, signed), mac):
        raise BadToken
    contact, _, extra = rest.partition("-")
    return Token(_decoded(contact), _decoded(extra).decode(), key)


def read_fresh(keys: Keys, token: str, purpose: Purpose, now: int) -> Token:
    """What a token says whose ``extra`` is the time (in s) until which it holds; ``now`` in ms.

    Raises BadToken afterwards too.
    """
    found = read(keys, token, purpose)
    if not found.extra.isdecimal() or now >= int(found.extra) * 1000:
        raise BadToken
    return found


def keyed_hash(keys: Keys | str, label: str, text: str, size: int = CONTACT_BYTES) -> bytes:
    """A hash that cannot be guessed without the secret, ``size`` <= 32 bytes, different for every label.

    With ``Keys`` it is made from the first key, which never rotates: contact ids and suppression entries have
    to stay the same for as long as the deployment lives.
    """
    secret = keys if isinstance(keys, str) else keys.secrets[FIRST_KEY]
    return hmac.digest(_derived(secret, f"hash:{label}"), text.encode(), "sha256")[:size]


@lru_cache(maxsize=64)
def _derived(secret: str, label: str) -> bytes:
    return hmac.digest(secret.encode(), f"rundruf:{label}".encode(), "sha256")


def _mac(keys: Keys, key: str, purpose: Purpose, signed: str) -> str:
    return _encoded(hmac.digest(keys.derive(f"token:{purpose}", key), signed.encode(), "sha256")[:_MAC_BYTES])


def _encoded(value: bytes) -> str:
    return base32.encoded(value)


def _decoded(text: str) -> bytes:
    return b32decode(text.upper() + "=" * (-len(text) % 8))
