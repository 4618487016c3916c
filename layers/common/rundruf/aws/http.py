"""HTTP to messengers and AWS: many conversations at once over libcurl's multi interface, connections kept."""

import time
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from io import BytesIO
from typing import Any, TypeVar

import certifi
import pycurl

from rundruf.core.chunk import REQUEST_TIMEOUT
from rundruf.flows.services import Steps, answered
from rundruf.messengers.contract import Answer, Failure, Request

CONNECT_TIMEOUT = 4_000
KEPT_CONNECTIONS = 128
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
_CONSTANT = (
    (pycurl.CONNECTTIMEOUT_MS, CONNECT_TIMEOUT),
    (pycurl.NOSIGNAL, 1),
    (pycurl.NOPROXY, "*"),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
)

T = TypeVar("T")
Kind = tuple[str, int]  # a call's method, and how many bytes of its answer are taken


class _Line:
    """A handle of libcurl's with what it was last told, so that it is told only what has changed.

    ``body`` and ``head`` take the answer piece by piece; ``work`` is whose request is under way.
    """

    __slots__ = ("body", "handle", "head", "headers", "kind", "url", "work")

    def __init__(self, kind: Kind, authorities: str) -> None:
        self.kind, self.work = kind, 0
        self.url, self.headers = "", dict[str, str]()
        self.body, self.head = list[bytes](), list[bytes]()
        self.handle = handle = pycurl.Curl()
        method, largest = kind
        for option, value in _CONSTANT:
            handle.setopt(option, value)
        handle.setopt(pycurl.CAINFO, authorities)
        handle.setopt(pycurl.MAXFILESIZE, largest)
        handle.setopt(pycurl.WRITEFUNCTION, self.body.append)
        handle.setopt(pycurl.HEADERFUNCTION, self.head.append)
        # libcurl says a request again by itself when a kept connection ends without an answer, though it may
        # have been taken. It cannot where it would have to read the body once more; without a body there is
        # nothing to stop it but a new connection.
        if method == "GET":
            handle.setopt(pycurl.FRESH_CONNECT, 1)
            handle.setopt(pycurl.FORBID_REUSE, 1)
        else:
            handle.setopt(pycurl.POST, 1)
            handle.setopt(pycurl.CUSTOMREQUEST, method)

    def load(self, request: Request, timeout: float) -> None:
        """Make ready to be sent; ``timeout`` in ms."""
        tell = self.handle.setopt
        if request.url != self.url:
            tell(pycurl.URL, request.url)
            self.url = request.url
        if request.headers != self.headers or not self.headers:
            self.headers = dict(request.headers)
            tell(
                pycurl.HTTPHEADER, [*[f"{name}: {value}" for name, value in self.headers.items()], "Expect:"]
            )
        tell(pycurl.TIMEOUT_MS, max(1, int(timeout)))
        if request.method != "GET":
            tell(pycurl.POSTFIELDSIZE, len(request.body))
            tell(pycurl.READFUNCTION, BytesIO(request.body).read)

    def answer(self) -> Answer:
        return Answer(
            self.handle.getinfo(pycurl.RESPONSE_CODE), Headers(self.head.copy()), b"".join(self.body)
        )

    def clear(self) -> None:
        self.body.clear()
        self.head.clear()


class CurlHttp:
    """The Http that flows use. One per thread.

    Every conversation has one deadline in all, not one per read; redirects are not followed; errors come
    back as a Failure that names neither URL nor header. ``authorities`` is the file of those who may vouch
    for a server.
    """

    def __init__(self, authorities: str = AUTHORITIES) -> None:
        self._lines = _Lines(authorities)
        self._free: list[Any] = []

    def window(
        self, requests: Sequence[Request], spacing: float = 0, timeout: float = REQUEST_TIMEOUT
    ) -> list[Answer]:
        return self.run([_one(request) for request in requests], spacing, timeout)

    def run(self, works: Sequence[Steps[T]], spacing: float = 0, timeout: float = REQUEST_TIMEOUT) -> list[T]:
        """A conversation may itself ask something here (its account's token, our keys): that run has
        connections of its own, since libcurl tells what has ended to whoever looks first.
        """
        multi = self._free.pop() if self._free else _multi()
        try:
            return _Run(multi, self._lines, works, spacing, timeout).results()
        finally:
            self._free.append(multi)


def _multi() -> Any:
    made = pycurl.CurlMulti()
    made.setopt(pycurl.M_MAXCONNECTS, KEPT_CONNECTIONS)
    return made


def _one(request: Request) -> Steps[Answer]:
    return answered((yield request))


class _Lines:
    """Lines that no transfer uses, by the kind of call that they were made for."""

    def __init__(self, authorities: str) -> None:
        self._authorities = authorities
        self._idle: dict[Kind, list[_Line]] = {}

    def taken(self, kind: Kind) -> _Line:
        idle = self._idle.get(kind)
        return idle.pop() if idle else _Line(kind, self._authorities)

    def given_back(self, line: _Line) -> None:
        line.clear()
        self._idle.setdefault(line.kind, []).append(line)


class _Run:
    """Conversations that go on side by side until each has come to its end."""

    def __init__(
        self,
        multi: Any,
        lines: _Lines,
        works: Sequence[Steps[Any]],
        spacing: float,
        timeout: float,
    ) -> None:
        self.multi, self.lines, self.works, self.spacing = multi, lines, works, spacing
        self.began = time.monotonic()
        self.timeout = timeout
        self.running: dict[Any, _Line] = {}
        self.paused: list[tuple[float, int]] = []
        self.found: list[Any] = [None] * len(works)
        self.begun = self.ended = 0

    def results(self) -> list[Any]:
        try:
            while self.ended < len(self.works):
                self._turn()
        finally:
            for handle in list(self.running):
                self._release(handle)
            for work in self.works:
                work.close()
        return self.found

    def _turn(self) -> None:
        if self.begun < len(self.works) or self.paused:
            self._start()
        self.multi.perform()
        if not self._collected() and self.ended < len(self.works):
            self._wait()

    def _start(self) -> None:
        """Begin, or go on after a pause, with what is due."""
        elapsed = self._elapsed()
        while self.begun < len(self.works) and self.begun * self.spacing <= elapsed:
            self.begun += 1
            self._go_on(self.begun - 1, None)
        while self.paused and self.paused[0][0] <= elapsed:
            self._go_on(heappop(self.paused)[1], None)

    def _go_on(self, work: int, answer: Answer | None) -> None:
        """Let one conversation say what comes next: a request, a pause in ms, or its end."""
        try:
            wish = self.works[work].send(answer)
            while isinstance(wish, Request):
                left = self.timeout - self._elapsed()
                if left > 0:
                    return self._begin(work, wish, min(left, wish.within or left))
                wish = self.works[work].send(Answer(0, failure=Failure.NOT_SENT))
            heappush(self.paused, (self._elapsed() + wish, work))
        except StopIteration as end:
            self.found[work] = end.value
            self.ended += 1

    def _begin(self, work: int, request: Request, timeout: float) -> None:
        line = self.lines.taken((request.method, request.largest))
        line.load(request, timeout)
        line.work = work
        self.running[line.handle] = line
        self.multi.add_handle(line.handle)

    def _collected(self) -> bool:
        """Whether a transfer has ended; each goes on with its answer."""
        any_ended = False
        while True:
            left, good, bad = self.multi.info_read()
            for handle in good:
                line = self.running[handle]
                self._ended(line, line.answer())
            for handle, code, _ in bad:
                self._ended(self.running[handle], Answer(0, failure=_failure(handle, code)))
            any_ended = any_ended or bool(good or bad)
            if not left:
                return any_ended

    def _ended(self, line: _Line, answer: Answer) -> None:
        self._release(line.handle)
        self._go_on(line.work, answer)

    def _release(self, handle: Any) -> None:
        self.multi.remove_handle(handle)
        self.lines.given_back(self.running.pop(handle))

    def _wait(self) -> None:
        """Until something happens, or a start or the end of a pause is due."""
        elapsed, wait = self._elapsed(), _POLL
        if self.begun < len(self.works):
            wait = min(wait, (self.begun * self.spacing - elapsed) / 1000)
        if self.paused:
            wait = min(wait, (self.paused[0][0] - elapsed) / 1000)
        if wait <= 0:
            return
        if self.running:
            self.multi.select(wait)
        else:
            time.sleep(wait)

    def _elapsed(self) -> float:
        return (time.monotonic() - self.began) * 1000


class Headers(Mapping[str, str]):
    """The headers of the last answer in what came, names in lower case; read only when somebody asks."""

    __slots__ = ("_head", "_read")

    def __init__(self, head: list[bytes]) -> None:
        self._head, self._read = head, dict[str, str]()

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, str]:
        if self._head:
            last = b"".join(self._head).rstrip(b"\r\n").rpartition(b"\r\n\r\n")[2]
            for line in last.decode("latin-1").split("\r\n")[1:]:
                name, found, value = line.partition(":")
                if found:
                    self._read[name.strip().lower()] = value.strip()
            self._head.clear()
        return self._read


def _failure(handle: Any, code: int) -> Failure:
    """Not sent only where no byte of the request can have left."""
    if code in _NOT_SENT:
        return Failure.NOT_SENT
    if code == pycurl.E_OPERATION_TIMEDOUT and not handle.getinfo(pycurl.PRETRANSFER_TIME):
        return Failure.NOT_SENT
    return Failure.AMBIGUOUS
