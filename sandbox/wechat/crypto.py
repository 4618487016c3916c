"""How WeChat signs and encrypts what it sends to a business."""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, for ``msg_signature``, the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypted(message: bytes, encoding_aes_key: str, app_id: str, random: bytes | None = None) -> str:
    """AES-256-CBC of random ‖ length ‖ message ‖ app id, padded to 32 bytes; ``random`` is 16 bytes."""
    key = base64.b64decode(encoding_aes_key + "=")
    plain = (random or secrets.token_bytes(16)) + len(message).to_bytes(4, "big") + message + app_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
