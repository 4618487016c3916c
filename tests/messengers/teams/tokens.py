"""Tokens as the Bot Framework signs them, and as somebody might who would like to be taken for it.

The keys are made anew in each run; nothing is stored that could be mistaken for a secret.
"""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from rundruf.messengers.contract import Call

APP = "11111111-2222-3333-4444-555555555555"
ISSUER = "https://api.botframework.com"
AT = 1_767_261_600_000  # 2026-01-01T10:00:00Z, when the calls come in
SECONDS = AT // 1000

Json = Mapping[str, Any]

_PRIVATE = {
    name: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for name in ("new", "old", "unendorsed", "stranger")
}


def public(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(RSAAlgorithm.to_jwk(_PRIVATE[name].public_key()))
    return {part: found[part] for part in ("kty", "n", "e")}


def published(name: str, *endorsements: str) -> dict[str, object]:
    """A key as it stands in the published set."""
    return {**public(name), "kid": name, "endorsements": list(endorsements)}


def key_set(*channels: str) -> str:
    """The set that an account holds: two keys for the channels, and one for none of them."""
    keys = [published("new", *channels), published("old", *channels), published("unendorsed", "email")]
    return json.dumps({"keys": keys})


def claims(body: bytes, **changed: object) -> dict[str, object]:
    """What a token for this body says; a claim that is changed to None is left out."""
    said = {
        "iss": ISSUER,
        "aud": APP,
        "nbf": SECONDS - 60,
        "exp": SECONDS + 3600,
        "serviceurl": json.loads(body).get("serviceUrl"),
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(said: Json, signer: str = "new", algorithm: str = "RS256", **header: object) -> str:
    return jwt.encode(dict(said), _PRIVATE[signer], algorithm, headers={"kid": signer, **header})


def call(body: bytes, signer: str) -> Call:
    """A genuine call, or one by somebody whose key we do not hold."""
    return sent(body, token(claims(body), signer if signer in _PRIVATE else "stranger"))


def sent(body: bytes, given: str, scheme: str = "Bearer ", at: int = AT) -> Call:
    return Call(
        "POST", {"authorization": f"{scheme}{given}", "content-type": "application/json"}, {}, body, at
    )


def _segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(said: Json, algorithm: object, signature: bytes = b"x" * 256) -> str:
    return f"{header(algorithm, 'new')}.{_segment(said)}.{_segment(signature)}"


def header(algorithm: object, key_id: str) -> str:
    return _segment({"typ": "JWT", "alg": algorithm, "kid": key_id})


def _by_public_key(said: Json, form: PublicFormat) -> str:
    """An HS256 token whose secret is the key that everybody knows."""
    pem = _PRIVATE["new"].public_key().public_bytes(Encoding.PEM, form)
    start = f"{_segment({'typ': 'JWT', 'alg': 'HS256', 'kid': 'new'})}.{_segment(said)}"
    return f"{start}.{_segment(hmac.digest(pem, start.encode(), 'sha256'))}"


def attacks(body: bytes, other_body: bytes) -> tuple[tuple[str, Call], ...]:
    """Calls that must be refused; ``other_body`` has another service URL."""
    good = claims(body)
    genuine = token(good)
    head, said, signature = genuine.split(".")
    stolen = token({**good, "sub": "another"}).split(".")[2]
    tries: dict[str, str] = {
        "no algorithm": unsigned(good, "none"),
        "no algorithm and no signature": unsigned(good, "none", b""),
        "no algorithm in capitals": unsigned(good, "NONE"),
        "an algorithm that is a list": unsigned(good, ["RS256"]),
        "HS256 keyed with the public key": _by_public_key(good, PublicFormat.SubjectPublicKeyInfo),
        "HS256 keyed with the public key in its other form": _by_public_key(good, PublicFormat.PKCS1),
        "another algorithm in the header": token(good, algorithm="RS512"),
        "PS256": token(good, algorithm="PS256"),
        "keys of the sender by jku": token(good, "stranger", kid="new", jku="https://evil.example/keys"),
        "certificate of the sender by x5u": token(good, "stranger", kid="new", x5u="https://evil.example/c"),
        "key in the header": token(good, "stranger", kid="new", jwk=public("stranger")),
        "path as key id": token(good, "stranger", kid="../../../../dev/null"),
        "empty key id": token(good, kid=""),
        "an extension that must be understood": token(good, crit=["exp"]),
        "key id of another key": token(good, "old", kid="new"),
        "signed by somebody else": token(good, "stranger", kid="new"),
        "other issuer": token({**good, "iss": "https://sts.windows.net/evil/"}),
        "issuer with a slash": token({**good, "iss": f"{ISSUER}/"}),
        "other audience": token({**good, "aud": "99999999-2222-3333-4444-555555555555"}),
        "no audience": token(claims(body, aud=None)),
        "no issuer": token(claims(body, iss=None)),
        "no end": token(claims(body, exp=None)),
        "an end in words": token({**good, "exp": f"{SECONDS + 3600}"}),
        "an end that is true": token({**good, "exp": True}),
        "a start in words": token({**good, "nbf": "0"}),
        "ended 6 minutes ago": token({**good, "exp": SECONDS - 360}),
        "ended 5 minutes and a second ago": token({**good, "exp": SECONDS - 301}),
        "begins in 6 minutes": token({**good, "nbf": SECONDS + 360}),
        "begins in 5 minutes and a second": token({**good, "nbf": SECONDS + 301}),
        "other service URL": token({**good, "serviceurl": "https://evil.example/"}),
        "service URL without its slash": token({**good, "serviceurl": str(good["serviceurl"]).rstrip("/")}),
        "two service URLs": token({**good, "serviceUrl": "https://evil.example/"}),
        "service URL as a list": token({**good, "serviceurl": [good["serviceurl"]]}),
        "no service URL": token(claims(body, serviceurl=None)),
        "key does not endorse the channel": token(good, "unendorsed"),
        "two parts": f"{head}.{said}",
        "four parts": f"{genuine}.{signature}",
        "signature of another token": f"{head}.{said}.{stolen}",
        "padding": f"{genuine}==",
        "header 100,000 deep": f"{_segment(b'[' * 9000)}.{said}.{signature}",
        "header of junk": f"{_segment(b'null')}.{said}.{signature}",
        "17 KB": f"{head}.{said}{'A' * 17_000}.{signature}",
    }
    # PyJWT signs no such claims by itself.
    tries["issuer as a list"] = _signed({**good, "iss": [ISSUER]})
    tries["audience as a list"] = _signed({**good, "aud": [APP]})
    tries["audience as a number"] = _signed({**good, "aud": 1})
    calls = {fact: sent(body, given) for fact, given in tries.items()}
    for fact, scheme in {
        "other scheme": "Basic ",
        "scheme in lower case": "bearer ",
        "two blanks": "Bearer  ",
        "no scheme": "",
    }.items():
        calls[fact] = sent(body, genuine, scheme)
    calls["a body for another service URL"] = sent(other_body, genuine)
    calls["a body without channel"] = sent(_without(body, "channelId"), genuine)
    calls["a body without service URL"] = sent(_without(body, "serviceUrl"), genuine)
    calls["a body that is none"] = sent(b"[]", genuine)
    calls["no time"] = sent(body, genuine, at=0)
    return tuple(calls.items())


def _signed(said: Json) -> str:
    """Any claims, signed by the bytes."""
    return jwt.PyJWS().encode(json.dumps(said).encode(), _PRIVATE["new"], "RS256", headers={"kid": "new"})


def _without(body: bytes, part: str) -> bytes:
    return json.dumps({name: value for name, value in json.loads(body).items() if name != part}).encode()


def passing(body: bytes) -> tuple[tuple[str, Call], ...]:
    """Genuine calls of less usual sorts, among them clocks that differ by up to five minutes."""
    good = claims(body)
    spelled = {**claims(body, serviceurl=None), "serviceUrl": good["serviceurl"]}
    return (
        ("the claim as the documentation spells it", sent(body, token(spelled))),
        ("both spellings", sent(body, token({**spelled, "serviceurl": good["serviceurl"]}))),
        ("no start", sent(body, token(claims(body, nbf=None)))),
        ("ended 4:59 ago", sent(body, token({**good, "exp": SECONDS - 299}))),
        ("begins in 4:59", sent(body, token({**good, "nbf": SECONDS + 299}))),
        # What PyJWT itself would take for the present is of no account.
        ("issued in what the machine takes for the future", sent(body, token({**good, "iat": _tomorrow()}))),
        ("further headers", sent(body, token(good, x5t="new", jku="https://evil.example/keys"))),
    )


def _tomorrow() -> int:
    return int(time.time()) + 86_400


def unheld(body: bytes) -> tuple[tuple[str, Call], ...]:
    """Signed with a key that is not in our set; perhaps it is new."""
    return (
        ("a new key", sent(body, token(claims(body), "stranger"))),
        ("a key id nobody has", sent(body, token(claims(body), kid="next"))),
    )
