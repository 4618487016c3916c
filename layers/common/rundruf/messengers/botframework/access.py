"""What is fetched and kept for a while: our token, and the keys that calls to us are signed with."""

import json
import re
from urllib.parse import urlencode

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.botframework.rules import Sheet
from rundruf.messengers.contract import Answer, Renewable, Renewed, Request, Step, Told
from rundruf.messengers.shared import Record, identifier, records, text

LOGIN = "https://login.microsoftonline.com"
KEYS = "https://login.botframework.com"
SCOPE = "https://api.botframework.com/.default"
# Bots for all tenants have their tokens from this one; no more of those can be made since 2025-07-31.
EVERY_TENANT = "botframework.com"
_KEYS_LAST = 24 * 3600  # seconds; what the vendor's documentation allows at most
_TOKEN_LASTS = 3600  # where it is not told
_LONGEST = 24 * 3600

# https://learn.microsoft.com/entra/identity-platform/reference-error-codes and RFC 6749, 5.2
_REFUSALS = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "invalid_resource",
        "invalid_grant",
        "unsupported_grant_type",
        "access_denied",
        "interaction_required",
    }
)


def _ask_token(account: Account, _refused: bool) -> Request:
    """Client credentials. The answer to the same question is always a new token."""
    tenant = next(iter(account.secrets("tenant_id")), EVERY_TENANT)
    form = {
        "grant_type": "client_credentials",
        "client_id": account.secret("app_id"),
        "client_secret": account.secret("app_password"),
        "scope": SCOPE,
    }
    return Request(
        "POST",
        f"{account.base_url or LOGIN}/{tenant}/oauth2/v2.0/token",
        {"content-type": "application/x-www-form-urlencoded"},
        urlencode(form).encode("ascii"),
    )


def _read_token(answer: Answer) -> Renewed | Outcome:
    """An answer of status 200 may still hold an error instead of a token."""
    found = shared.content(answer)
    token = _token(found.get("access_token"))
    if token and 200 <= answer.status < 300 and not answer.failure:
        lasts = shared.seconds(found.get("expires_in"))
        return Renewed(token, lasts if lasts and lasts <= _LONGEST else _TOKEN_LASTS)
    told = found.get("error")
    if isinstance(told, str) and told in _REFUSALS:
        return Outcome(OutcomeKind.PAUSE, told, account_wide=True)
    return _later(answer)


def _token(value: object) -> str:
    """Visible ASCII, since it goes into a header; longer than an id may be."""
    return value if isinstance(value, str) and re.fullmatch(r"[!-~]{1,16384}", value) else ""


def _later(answer: Answer) -> Outcome:
    """Why there was nothing; asking again does no harm, so nothing is unknown."""
    if answer.failure:
        return Outcome(OutcomeKind.RETRY, answer.failure.value)
    found = shared.by_status(answer)
    if found.kind is OutcomeKind.UNKNOWN:
        return Outcome(OutcomeKind.RETRY, found.code, shared.retry_after(answer), account_wide=True)
    return found


def _ask_keys(account: Account, _refused: bool) -> Request:
    return Request("GET", f"{account.base_url or KEYS}/v1/.well-known/keys", {}, b"")


def _read_keys(answer: Answer) -> Renewed | Outcome:
    """Of each key what is used: the certificates that come along are ten times as long."""
    found = [_key(one) for one in records(shared.content(answer).get("keys"))]
    keys = [one for one in found if one]
    if not keys or answer.failure or not 200 <= answer.status < 300:
        return _later(answer)
    return Renewed(json.dumps({"keys": keys}, separators=(",", ":")), _KEYS_LAST)


def _key(given: Record) -> Record:
    name, modulus, exponent = (text(given.get(part)) for part in ("kid", "n", "e"))
    if given.get("kty") != "RSA" or not (name and modulus and exponent):
        return {}
    endorsed = given.get("endorsements")
    channels = [one for one in endorsed if identifier(one)] if isinstance(endorsed, list) else []
    return {"kty": "RSA", "kid": name, "n": modulus, "e": exponent, "endorsements": channels}


TOKEN = Renewable("access_token", _ask_token, _read_token)
JWKS = Renewable("jwks", _ask_keys, _read_keys)


def steps(sheet: Sheet, account: Account, webhook: str) -> tuple[Step, ...]:
    """Nothing can be set from here: where the bot's calls go stands in the Azure portal."""
    return (
        Step("token", _ask_token(account, False), _told_of_token),
        Step("keys", _ask_keys(account, False), lambda answer: _told_of_keys(answer, sheet, webhook)),
    )


def _told_of_token(answer: Answer) -> Told:
    found = _read_token(answer)
    if isinstance(found, Renewed):
        return Told(True, "Microsoft gives this app a token.")
    return Told(
        False,
        f"Microsoft gives no token ({found.code or found.kind}). "
        "Check app_id, app_password and tenant_id against the app registration.",
    )


def _told_of_keys(answer: Answer, sheet: Sheet, webhook: str) -> Told:
    found = _read_keys(answer)
    if isinstance(found, Outcome):
        return Told(False, f"The keys that calls are signed with cannot be had ({found.code or found.kind}).")
    count = len(records(shared.opened(found.value.encode("ascii")).get("keys")))
    return Told(
        True,
        f"The keys that calls are signed with are there ({count}). Now set the messaging endpoint of the "
        f"Azure Bot resource in the Azure portal to {webhook} and add the channel {sheet.title} there.",
    )
