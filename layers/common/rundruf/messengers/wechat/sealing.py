"""WeChat's proof and its encryption.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/guide/Message_Encryption_Decryption.html
(2026-11-22)
"""

import base64
import hashlib
from binascii import Error

_RANDOM, _LENGTH = 16, 4  # bytes before the message
_BLOCK = 16  # bytes of AES
_PADDING = 256  # bits: PKCS#7 to 32 bytes, not to the cipher's 16


def signature(*parts: str) -> str:
    """SHA-1 in hexadecimal over the sorted parts: token, timestamp, nonce, and a ciphertext if any."""
    joined = "".join(sorted(parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def unsealed(sealed: str, encoding_aes_key: str) -> tuple[bytes, bytes]:
    """The message and the id of the app it was sealed for; raises ValueError.

    A ciphertext is base64 of 16 random bytes, 4 bytes of length, the message and the app id.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    key = _decoded(encoding_aes_key + "=")
    secret = _decoded(sealed)
    if len(key) != 32 or not secret or len(secret) % _BLOCK:
        raise ValueError("no ciphertext")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_BLOCK])).decryptor()
    unpadder = PKCS7(_PADDING).unpadder()
    plain = unpadder.update(decryptor.update(secret) + decryptor.finalize()) + unpadder.finalize()
    begin = _RANDOM + _LENGTH
    end = begin + int.from_bytes(plain[_RANDOM:begin], "big")
    if len(plain) < begin or end > len(plain):
        raise ValueError("no message")
    return plain[begin:end], plain[end:]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (Error, ValueError):
        raise ValueError("no base64") from None
