"""What the fakes of WhatsApp, Messenger and Instagram share: signed webhooks, the handshake, tokens."""

import hmac
import json
import secrets
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.fake import Stage

PREFIX = r"/{version:v\d+\.\d+}"


def signed(app_secret: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers; the bytes are escaped as Meta's are, so that only a hash of the raw body fits."""
    body = json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
    key = app_secret.encode()
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, "sha1").hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, "sha256").hexdigest(),
    }


async def handshake(stage: Stage, messenger: str, account: str, verify_token: str) -> dict[str, Any]:
    """Meta's set-up call to the business's webhook address: {"ok", "status", "echoed"}."""
    url = stage.address(messenger, account)
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    try:
        async with stage.hooks.session.get(url, params=query, allow_redirects=False) as answer:
            echoed = (await answer.read()).decode(errors="replace") == challenge
            return {"ok": answer.status == 200 and echoed, "status": answer.status, "echoed": echoed}
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        return {"ok": False, "status": 0, "echoed": False, "error": type(problem).__name__}


def bearer(request: web.Request) -> str:
    """The token of the Authorization header; "" for none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def trace() -> str:
    """A new ``fbtrace_id``."""
    return "A" + secrets.token_urlsafe(16)


def no_such_object(object_id: str, method: str) -> web.Response:
    """What the Graph API says about an id it does not know or will not show."""
    message = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation."
    )
    error = {
        "message": message,
        "type": "GraphMethodException",
        "code": 100,
        "error_subcode": 33,
        "fbtrace_id": trace(),
    }
    return web.json_response({"error": error}, status=400)
