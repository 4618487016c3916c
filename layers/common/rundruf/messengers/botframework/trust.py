"""Who is believed: the token on a call to us, and the hosts that may see ours.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from urllib.parse import urlsplit

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Call, NotGenuine, StaleKeys, Unreadable
from rundruf.messengers.shared import Record, records

ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"
LEEWAY = 300  # seconds that clocks may differ
_LONGEST = 16_384  # characters; real tokens have one to two thousand

# Hosts of the connector service, to which our token may go (allow list of the vendor's own newer kits).
_SERVICES = (
    "botframework.com",
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "teams.microsoft.com",
    "teams.microsoft.us",
)
# Hosts of files, whose addresses hold their own short-lived permission.
_FILES = ("graph.microsoft.com", "sharepoint.com", "svc.ms", "blob.core.windows.net")

_SEGMENT = r"[A-Za-z0-9_-]+"
_BEARER = re.compile(rf"Bearer {_SEGMENT}\.{_SEGMENT}\.{_SEGMENT}")
# No user name, no backslash, nothing that two readers of addresses might read in two ways.
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?(/[!-\[\]-~]*)?")


def verify(call: Call, account: Account) -> None:
    """The token must be signed with a published key, be meant for this app, and fit the activity.

    Nothing of the call is believed before the signature is; then the body may be read, since the token
    covers the service URL in it.
    """
    token = _token(shared.header(call.headers, "authorization"))
    key = _key(token, account)
    claims = _claims(token, key, account)
    if not _in_time(claims, call.at) or not _fits(claims, key, call.body):
        raise NotGenuine


def _token(header: str) -> str:
    if len(header) > _LONGEST or not _BEARER.fullmatch(header):
        raise NotGenuine
    return header.removeprefix("Bearer ")


def _decoded(segment: str) -> bytes:
    try:
        return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise NotGenuine from None


def _key(token: str, account: Account) -> Record:
    """The published key that the token names; of what else its header says nothing is used."""
    try:
        header = shared.opened(_decoded(token.partition(".")[0]))
    except Unreadable:
        raise NotGenuine from None
    name = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(name, str) or not name:
        raise NotGenuine
    for key in _keys(account):
        if key.get("kid") == name:
            return key
    raise StaleKeys


def _keys(account: Account) -> list[Record]:
    found: list[Record] = []
    for value in account.secrets("jwks"):
        try:
            found += records(shared.opened(value.encode("utf-8", "surrogatepass")).get("keys"))
        except Unreadable:
            continue
    return found


def _claims(token: str, key: Record, account: Account) -> Mapping[str, object]:
    """What the token says once it is proven. Its times are not looked at: the clock is the caller's."""
    import jwt

    audience = next(iter(account.secrets("app_id")), "")
    if not audience:
        raise NotGenuine
    try:
        return jwt.decode(
            token,
            jwt.PyJWK({"kty": "RSA", "n": key.get("n"), "e": key.get("e")}, ALGORITHM),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            options={
                "require": ["exp", "iss", "aud"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "enforce_minimum_key_length": True,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotGenuine from None


def _in_time(claims: Mapping[str, object], at: int) -> bool:
    """Whether the token is valid at ``at`` (ms), give or take five minutes."""
    now, end, begin = at / 1000, _number(claims.get("exp")), _number(claims.get("nbf", 0))
    return end is not None and begin is not None and begin - LEEWAY <= now < end + LEEWAY


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _fits(claims: Mapping[str, object], key: Record, body: bytes) -> bool:
    """Whether the key may speak for the activity's channel, and the token for its service URL.

    The claim is ``serviceurl`` on the wire and ``serviceUrl`` in the documentation.
    """
    try:
        activity = shared.opened(body)
    except Unreadable:
        return False
    channel, address = activity.get("channelId"), activity.get("serviceUrl")
    endorsed = key.get("endorsements")
    told = [claims[name] for name in ("serviceurl", "serviceUrl") if name in claims]
    return (
        isinstance(channel, str)
        and isinstance(endorsed, list)
        and channel in endorsed
        and isinstance(address, str)
        and bool(told)
        and all(one == address for one in told)
    )


def service(address: str, account: Account) -> str:
    """The service URL, without slash at its end, if our token may go there; else "".

    An account with a ``base_url`` talks to that host only, whatever Microsoft host the activity named.
    """
    if "?" in address or "#" in address:
        return ""
    return _within(address, account, _SERVICES).rstrip("/")


def file(address: str, account: Account) -> tuple[str, bool]:
    """The address of a file and whether our token belongs on the call; ValueError for a foreign host."""
    found = _within(address, account, _SERVICES)
    if found:
        return found, True
    if _ends(address, _FILES):
        return address, False
    raise ValueError("the file is not on a host of Microsoft's")


def _within(address: str, account: Account, hosts: tuple[str, ...]) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return ""
    if account.base_url and _origin(address) == _origin(account.base_url):
        return address
    if not _ends(address, hosts):
        return ""
    return f"{account.base_url}{found[4] or ''}" if account.base_url else address


def _ends(address: str, hosts: tuple[str, ...]) -> bool:
    """Whether an https address is on one of these hosts or below one."""
    found = _ADDRESS.fullmatch(address)
    if found is None or found[1] != "https" or found[3] not in (None, ":443"):
        return False
    host = found[2].lower()
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
