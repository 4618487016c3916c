"""Files over the net, with a limit of bytes and of time, from addresses that were checked.

A name is resolved here, every address of it is checked, and libcurl connects to one of exactly these; the
socket is opened by us, so that no other address can come in between.
"""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from urllib.parse import urljoin

import pycurl

from rundruf.core.addresses import Barred, foreign_host, origin, public
from rundruf.flows.services import TooLarge
from rundruf.messengers.contract import Answer, Failure, Request

CONNECT_TIMEOUT = 4_000
REDIRECTS = 5
SLOWEST = 1_000  # bytes a second over SLOW_FOR seconds
SLOW_FOR = 8
_REDIRECTING = (301, 302, 303, 307, 308)
_BEFORE_SENDING = {
    pycurl.E_COULDNT_RESOLVE_HOST,
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_URL_MALFORMAT,
    pycurl.E_UNSUPPORTED_PROTOCOL,
}

Resolve = Callable[[str], Sequence[str]]


def resolved(host: str) -> Sequence[str]:
    """Every address of a name; empty where it has none."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


@dataclass(slots=True)
class _Incoming:
    """An answer as it comes in."""

    limit: int
    body: BytesIO = field(default_factory=BytesIO)
    headers: dict[str, str] = field(default_factory=dict)
    too_large: bool = False

    def header(self, line: bytes) -> int | None:
        name, found, value = line.decode("latin-1").partition(":")
        if name.startswith("HTTP/"):
            self.headers.clear()
        elif found:
            self.headers[name.strip().lower()] = value.strip()
        told = self.headers.get("content-length", "")
        self.too_large = told.isdecimal() and int(told[:18]) > self.limit
        return -1 if self.too_large else None

    def write(self, piece: bytes) -> int:
        self.too_large = self.body.tell() + len(piece) > self.limit
        return -1 if self.too_large else self.body.write(piece)


class _Sockets:
    """Opens sockets to these addresses and to no other; libcurl works on copies of them."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed, self._opened = frozenset(allowed), list[socket.socket]()

    def open(self, _purpose: int, wanted: tuple[int, int, int, tuple[object, ...]]) -> socket.socket | int:
        family, kind, protocol, address = wanted
        if str(address[0]) not in self.allowed:
            return int(pycurl.SOCKET_BAD)
        self._opened.append(socket.socket(family, kind, protocol))
        return self._opened[-1]

    def close(self) -> None:
        for one in self._opened:
            one.close()


class CurlDownloads:
    """The Downloads that flows use."""

    def __init__(self, resolve: Resolve = resolved) -> None:
        self.resolve = resolve

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        end, trusted = time.monotonic() + timeout / 1000, origin(own)
        for _ in range(REDIRECTS + 1):
            answer = self._fetched(request, trusted, limit, end)
            if origin(request.url) != trusted:
                trusted = ""  # nobody else sends us to where only the account's own messenger may
            target = answer.headers.get("location", "") if answer.status in _REDIRECTING else ""
            if not target or request.method != "GET":
                return answer
            request = _onward(request, target)
        raise Barred("the file has moved too often")

    def _fetched(self, request: Request, own: str, limit: int, end: float) -> Answer:
        left = end - time.monotonic()
        if left <= 0:
            return Answer(0, failure=Failure.NOT_SENT)
        trusted = bool(own) and origin(request.url) == own
        addresses = None if trusted else self._checked(request.url)
        if addresses is not None and not addresses:
            return Answer(0, failure=Failure.NOT_SENT)
        incoming, sockets = _Incoming(limit), None if addresses is None else _Sockets(addresses)
        handle = _handle(request, incoming, left, sockets)
        try:
            handle.perform()
            return Answer(handle.getinfo(pycurl.RESPONSE_CODE), incoming.headers, incoming.body.getvalue())
        except pycurl.error as error:
            if incoming.too_large:
                raise TooLarge from None
            unsent = error.args[0] in _BEFORE_SENDING
            return Answer(0, failure=Failure.NOT_SENT if unsent else Failure.AMBIGUOUS)
        finally:
            handle.close()
            if sockets is not None:
                sockets.close()

    def _checked(self, url: str) -> Sequence[str]:
        """The addresses behind a foreign URL, none of which is ours or private; raises Barred."""
        found = self.resolve(foreign_host(url))
        if not all(public(one) for one in found):
            raise Barred("the file is said to be at an address that is not public")
        return found


def _onward(request: Request, target: str) -> Request:
    """The request for where a redirect leads; what it carries goes along only within one origin."""
    url = urljoin(request.url, target)
    return replace(request, url=url, headers=request.headers if origin(url) == origin(request.url) else {})


def _handle(request: Request, incoming: _Incoming, seconds: float, sockets: _Sockets | None) -> pycurl.Curl:
    """libcurl told to connect to these addresses only; None: wherever the trusted host is."""
    handle = pycurl.Curl()
    headers = [f"{name}: {value}" for name, value in request.headers.items()]
    for option, value in (
        (pycurl.URL, request.url),
        (pycurl.CUSTOMREQUEST, request.method),
        (pycurl.HTTPHEADER, [*headers, "Expect:"]),
        (pycurl.TIMEOUT_MS, max(1, int(seconds * 1000))),
        (pycurl.CONNECTTIMEOUT_MS, CONNECT_TIMEOUT),
        (pycurl.LOW_SPEED_LIMIT, SLOWEST),
        (pycurl.LOW_SPEED_TIME, SLOW_FOR),
        (pycurl.NOSIGNAL, 1),
        (pycurl.NOPROXY, "*"),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
        (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
        (pycurl.WRITEFUNCTION, incoming.write),
        (pycurl.HEADERFUNCTION, incoming.header),
    ):
        handle.setopt(option, value)
    if request.body or request.method != "GET":
        handle.setopt(pycurl.POSTFIELDS, request.body)
    if sockets is not None:
        host = foreign_host(request.url)
        shown = ",".join(f"[{one}]" if ":" in one else one for one in sockets.allowed)
        handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTPS)
        handle.setopt(pycurl.RESOLVE, [f"{host}:443:{shown}"])
        handle.setopt(pycurl.OPENSOCKETFUNCTION, sockets.open)
    return handle
