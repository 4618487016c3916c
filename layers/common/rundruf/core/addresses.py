"""Which addresses on the net we fetch files from: public ones, told by a list of our own.

``ipaddress.is_global`` is not asked: some Python versions call translated forms of private addresses global
(``64:ff9b::7f00:1``, ``2002:7f00:1::`` in 3.11.7 and 3.12.1).
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

# https://www.iana.org/assignments/iana-ipv4-special-registry (2026-11-23)
_NOT_PUBLIC_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # metadata of one cloud, in public space
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# https://www.iana.org/assignments/iana-ipv6-special-registry (2026-11-23); only 2000::/3 is public at all.
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_HTTPS = 443
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9-]{1,63})*\.?", re.IGNORECASE)


class Barred(Exception):
    """An address that nothing is fetched from; the text says why, without the address."""


def public(address: str) -> bool:
    """Whether this is the written form of an IP address that belongs to the public net."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.version == 4:
        return not any(found in one for one in _NOT_PUBLIC_4)
    return found in _PUBLIC_6 and not any(found in one for one in _NOT_PUBLIC_6)


def foreign_host(url: str) -> str:
    """The host of an address that may be asked, as far as its words tell; raises Barred."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise Barred("this is no address") from None
    if parts.scheme != "https":
        raise Barred("only https is fetched")
    if parts.username is not None or parts.password is not None:
        raise Barred("an address with a user in it is not fetched")
    if port not in (None, _HTTPS):
        raise Barred("only port 443 is asked")
    if not _NAME.fullmatch(host):
        raise Barred("the host has no name")
    return host.rstrip(".").lower()


def origin(url: str) -> str:
    """Scheme, host and port, in one spelling; "" for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": _HTTPS}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and not parts.username else ""
