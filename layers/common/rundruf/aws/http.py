"""HTTP to messengers: a window of requests at once over libcurl's multi interface, connections kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import certifi
import pycurl

from rundruf.core.chunk import REQUEST_TIMEOUT
from rundruf.messengers.contract import Answer, Failure, Request

CONNECT_TIMEOUT = 4_000
LONGEST_ANSWER = 1_000_000
# The wheel's own libcurl looks where its build machine had them.
AUTHORITIES = certifi.where()
_POLL = 0.25
_NOT_SENT = {
    pycurl.E_UNSUPPORTED_PROTOCOL,
    pycurl.E_URL_MALFORMAT,
    pycurl.E_COULDNT_RESOLVE_PROXY,
    pycurl.E_COULDNT_RESOLVE_HOST,
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
}


@dataclass(slots=True)
class _Transfer:
    """One request under way."""

    number: int
    handle: pycurl.Curl
    body: BytesIO = field(default_factory=BytesIO)
    headers: dict[str, str] = field(default_factory=dict)

    def header(self, line: bytes) -> None:
        name, found, value = line.decode("latin-1").partition(":")
        if found:
            self.headers[name.strip().lower()] = value.strip()
        elif name.startswith("HTTP/"):
            self.headers.clear()

    def write(self, piece: bytes) -> int:
        if self.body.tell() + len(piece) > LONGEST_ANSWER:
            return -1
        return self.body.write(piece)


class CurlHttp:
    """The Http that flows use. One per process; not for several threads at once.

    Every request has one deadline in all, not one per read; redirects are not followed; errors come back as
    a Failure that names neither URL nor header.
    """

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._idle: list[pycurl.Curl] = []

    def window(
        self, requests: Sequence[Request], spacing: float = 0, timeout: float = REQUEST_TIMEOUT
    ) -> list[Answer]:
        answers: list[Answer] = [Answer(0, failure=Failure.NOT_SENT)] * len(requests)
        began, going = time.monotonic(), 0
        running: dict[pycurl.Curl, _Transfer] = {}
        while going < len(requests) or running:
            elapsed = (time.monotonic() - began) * 1000
            while going < len(requests) and going * spacing <= elapsed < timeout:
                transfer = self._begin(going, requests[going], timeout - elapsed)
                running[transfer.handle] = transfer
                going += 1
            if elapsed >= timeout and not running:
                break
            self._multi.perform()
            for transfer, answer in self._ended(running):
                answers[transfer.number] = answer
            if running or going < len(requests):
                self._multi.select(self._pause(going, len(requests), spacing, elapsed))
        return answers

    @staticmethod
    def _pause(going: int, count: int, spacing: float, elapsed: float) -> float:
        if going >= count:
            return _POLL
        return min(_POLL, max(0.001, (going * spacing - elapsed) / 1000))

    def _begin(self, number: int, request: Request, timeout: float) -> _Transfer:
        handle = self._idle.pop() if self._idle else pycurl.Curl()
        transfer = _Transfer(number, handle)
        for option, value in (
            (pycurl.URL, request.url),
            (pycurl.CUSTOMREQUEST, request.method),
            (
                pycurl.HTTPHEADER,
                [f"{name}: {value}" for name, value in request.headers.items()] + ["Expect:"],
            ),
            (pycurl.TIMEOUT_MS, max(1, int(timeout))),
            (pycurl.CONNECTTIMEOUT_MS, CONNECT_TIMEOUT),
            (pycurl.NOSIGNAL, 1),
            (pycurl.CAINFO, AUTHORITIES),
            (pycurl.NOPROXY, "*"),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.WRITEFUNCTION, transfer.write),
            (pycurl.HEADERFUNCTION, transfer.header),
        ):
            handle.setopt(option, value)
        if request.body or request.method != "GET":
            handle.setopt(pycurl.POSTFIELDS, request.body)
        self._multi.add_handle(handle)
        return transfer

    def _ended(self, running: dict[pycurl.Curl, _Transfer]) -> list[tuple[_Transfer, Answer]]:
        ended = []
        while True:
            left, good, bad = self._multi.info_read()
            for handle in good:
                ended.append((running[handle], _answer(running[handle])))
            for handle, code, _ in bad:
                ended.append((running[handle], Answer(0, failure=_failure(handle, code))))
            for handle in [*good, *(handle for handle, _, _ in bad)]:
                self._multi.remove_handle(handle)
                del running[handle]
                handle.reset()
                self._idle.append(handle)
            if not left:
                return ended


def _answer(transfer: _Transfer) -> Answer:
    return Answer(transfer.handle.getinfo(pycurl.RESPONSE_CODE), transfer.headers, transfer.body.getvalue())


def _failure(handle: pycurl.Curl, code: int) -> Failure:
    """Not sent only where no byte of the request can have left."""
    if code in _NOT_SENT:
        return Failure.NOT_SENT
    if code == pycurl.E_OPERATION_TIMEDOUT and not handle.getinfo(pycurl.PRETRANSFER_TIME):
        return Failure.NOT_SENT
    return Failure.AMBIGUOUS
