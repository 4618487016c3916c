"""API keys: who calls, and what they may do. Keys are random and stored as their SHA-256."""

from hashlib import sha256
from typing import Any

from rundruf.aws import keys
from rundruf.aws.logs import described, logger
from rundruf.aws.wiring import Wiring
from rundruf.flows.services import Unfinished

SCHEME = "bearer"

log = logger("authorizer")
wiring = Wiring()
wiring.environment.require("TABLE")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A simple response; the context carries the key's id, its name, and its scopes, separated by blanks.

    What fails is told without its text, which Lambda would write down.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme, _, key = headers.get("authorization", "").partition(" ")
    found = None
    if scheme.lower() == SCHEME and key.strip():
        digest = sha256(key.strip().encode()).hexdigest()
        try:
            found = wiring.table.get(keys.api_key(digest))
        except Exception as error:
            log.error("authorizer failed", extra=described(error))
            raise Unfinished("authorizer") from None
    log.info("authorizer", extra={"known": found is not None})
    if found is None:
        return {"isAuthorized": False}
    scopes = " ".join(sorted(found["scopes"]))
    told = {"key": digest[:12], "name": found.get("name", ""), "scopes": scopes}
    return {"isAuthorized": True, "context": told}
