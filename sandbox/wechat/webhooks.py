"""What WeChat posts to a business: XML or JSON, signed in the query, encrypted in safe mode."""

import json
import secrets
from typing import Any

from sandbox.times import now_ms
from sandbox.wechat.config import OfficialAccount
from sandbox.wechat.crypto import encrypted, signature

# Five seconds; from 5.0 on aiohttp would round up to a full second of its clock.
TIMEOUT = 4.99
# Three attempts in all.
RETRIES = (0.1, 0.1)
FAULT = {
    "de": "Der Dienst dieses Accounts ist gestört. Bitte versuchen Sie es später noch einmal.",
    "en": "The service of this account has a fault. Please try again later.",
}

Fields = dict[str, Any]


def common(account: OfficialAccount, user: str, fields: Fields) -> Fields:
    """A message or an event with the fields that all have."""
    return {
        "ToUserName": account.original_id,
        "FromUserName": user,
        "CreateTime": now_ms() // 1000,
        **fields,
    }


def query(account: OfficialAccount, user: str, encrypt: str = "") -> dict[str, str]:
    """The query of one call, with the signature over the ciphertext where there is one."""
    stamp, nonce = str(now_ms() // 1000), str(secrets.randbelow(10**10))
    told = {
        "signature": signature(account.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": user,
    }
    if encrypt:
        told |= {
            "encrypt_type": "aes",
            "msg_signature": signature(account.token, stamp, nonce, encrypt),
        }
    return told


def posted(account: OfficialAccount, user: str, fields: Fields) -> tuple[bytes, dict[str, str], str]:
    """Body, query and content type of a call."""
    write, media_type = (
        (written_json, "application/json") if account.body_format == "json" else (xml, "text/xml")
    )
    plain = common(account, user, fields)
    if account.mode == "plain":
        return write(plain), query(account, user), media_type
    encrypt = encrypted(write(plain), account.encoding_aes_key, account.app_id)
    outer = {"ToUserName": account.original_id} if account.mode == "safe" else plain
    return write({**outer, "Encrypt": encrypt}), query(account, user, encrypt), media_type


def fine(body: bytes) -> bool:
    """True for an answer that shows the person nothing."""
    return body in (b"", b"success")


def written_json(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def xml(fields: Fields) -> bytes:
    """Texts as CDATA, numbers bare; a list repeats its element."""
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Fields) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    match value:
        case list():
            return "".join(_element(name, one) for one in value)
        case dict():
            return f"<{name}>{_elements(value)}</{name}>"
        case str():
            safe = value.replace("]]>", "]]]]><![CDATA[>")
            return f"<{name}><![CDATA[{safe}]]></{name}>"
    return f"<{name}>{value}</{name}>"
