"""The keys by which the bot service signs what it posts to bots."""

import base64
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
BITS = 2048
LIFE_SECONDS = 3600


@dataclass
class SigningKey:
    """A key pair; ``endorsements`` are the channels whose activities it may sign."""

    endorsements: tuple[str, ...]
    kid: str = field(default_factory=lambda: secrets.token_urlsafe(20))

    @cached_property
    def pair(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, BITS)

    def jwk(self) -> dict[str, Any]:
        """The public half as it is published."""
        numbers = self.pair.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": _base64(numbers.n),
            "e": _base64(numbers.e),
            "endorsements": list(self.endorsements),
        }


class Keys:
    """The published keys; the last one signs unless it was only added."""

    def __init__(self, endorsements: tuple[str, ...]) -> None:
        self.endorsements = endorsements
        self._keys = [SigningKey(endorsements)]
        self._signing = 0

    def add(self) -> None:
        """Publishes one more key, which does not sign yet."""
        self._keys.append(SigningKey(self.endorsements))

    def rotate(self) -> None:
        """The newest key signs from now on; the others stay published."""
        if self._signing == len(self._keys) - 1:
            self.add()
        self._signing = len(self._keys) - 1

    def drop(self) -> None:
        """Only the key that signs stays published."""
        self._keys, self._signing = [self._keys[self._signing]], 0

    def endorse(self, *channels: str) -> None:
        """All keys stand for these channels only."""
        self.endorsements = channels
        for key in self._keys:
            key.endorsements = channels

    def told(self) -> dict[str, Any]:
        """The key set as JSON."""
        return {"keys": [key.jwk() for key in self._keys]}

    def signed(self, app_id: str, service_url: str, claims: dict[str, Any]) -> str:
        """A token for one activity; ``claims`` replace those that belong there (None: leave out)."""
        key, now = self._keys[self._signing], int(time.time())
        usual = {
            "serviceurl": service_url,
            "nbf": now - 10,
            "exp": now + LIFE_SECONDS,
            "iss": ISSUER,
            "aud": app_id,
        }
        whole = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(whole, key.pair, algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
