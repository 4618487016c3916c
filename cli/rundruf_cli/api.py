"""The suite's API over HTTP: time-outs, careful repeats, and problem+json as errors."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from rundruf import __version__
from rundruf_cli.failures import BadUse, NotReachable, Refused
from rundruf_cli.refusals import refused

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

CONNECT, READ = 5.0, 35.0
HURRIED = 1.0
WAITS = (0.3, 1.0, 2.0)
RUNNING_WAIT = 2.0
LONGEST_WAIT = 15.0
REPEATABLE = ("GET", "PUT", "PATCH", "POST")
PASSING = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
JSON, HTML, CSV = "application/json", "text/html", "text/csv"
NOT_RUNDRUF = "What answers there is not Rundruf: its answer is not JSON. Is the address right?"
NO_KEY = "No API key: `rundruf login URL` saves one, or set RUNDRUF_API_KEY. `rundruf keys create` makes one."


@dataclass(frozen=True)
class Table:
    """A page of CSV, and where to go on (None: that was all)."""

    content: bytes
    cursor: str | None


class Client:
    """Speaks to one suite; every method raises Refused, NotReachable or (without a key) BadUse.

    GET, PUT and PATCH are repeated when the connection fails. So is POST, which carries an Idempotency-Key:
    the suite does a repeated one only once. In a ``hurry`` nothing is repeated or waited for.
    """

    def __init__(self, url: str, key: str = "", hurry: bool = False) -> None:
        import requests

        self.url = url
        self._key, self._hurry = key, hurry
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def get(self, *path: str, open_to_all: bool = False, **parameters: object) -> Any:
        """The answer to a GET; parameters that are None are left out."""
        return self._ask("GET", path, parameters=parameters, keyless=open_to_all)

    def page(self, *path: str, **parameters: object) -> str:
        """The answer to a GET that asks for HTML; raises Refused where it is none."""
        html = self._ask("GET", path, parameters=parameters, headers={"Accept": HTML})
        if not isinstance(html, str):
            raise Refused(NOT_RUNDRUF)
        return html

    def table(self, *path: str, **parameters: object) -> Table:
        """The answer to a GET that asks for CSV, byte for byte; raises Refused where it is none."""
        found = self._ask("GET", path, parameters={**parameters, "format": "csv"}, headers={"Accept": CSV})
        if not isinstance(found, Table):
            raise Refused(NOT_RUNDRUF)
        return found

    def post(self, *path: str, body: object = None, **parameters: object) -> Any:
        content = b"" if body is None else _json(body)
        return self._ask("POST", path, content=content, headers={"Content-Type": JSON}, parameters=parameters)

    def put(self, *path: str, body: object) -> Any:
        return self._ask("PUT", path, content=_json(body), headers={"Content-Type": JSON})

    def patch(self, *path: str, body: object) -> Any:
        return self._ask("PATCH", path, content=_json(body), headers={"Content-Type": JSON})

    def delete(self, *path: str) -> None:
        self._ask("DELETE", path)

    def upload(
        self, *path: str, content: bytes, kind: str, patience: float, key: str = "", **parameters: object
    ) -> Any:
        """POST a file's bytes and wait up to ``patience`` seconds for the answer.

        ``key`` is its Idempotency-Key, for what may be sent again by another run of the command.
        """
        headers = {"Content-Type": kind, **({"Idempotency-Key": key} if key else {})}
        return self._ask(
            "POST", path, content=content, headers=headers, patience=patience, parameters=parameters
        )

    def pages(self, *path: str, of: str, **parameters: object) -> Iterator[dict[str, Any]]:
        """Everything of a list that has cursors; ``of`` names the list in the answer."""
        cursor: str | None = None
        while True:
            page = self._ask("GET", path, parameters={**parameters, "cursor": cursor})
            yield from page[of]
            cursor = page.get("cursor")
            if not cursor:
                return

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        parameters: Mapping[str, object] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = READ,
        keyless: bool = False,
    ) -> Any:
        if not (self._key or keyless):
            raise BadUse(NO_KEY)
        sent = {"Accept": JSON, "User-Agent": f"rundruf/{__version__}", **(headers or {})}
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        request: dict[str, Any] = {
            "method": method,
            "url": "/".join([self.url, *(quote(part, safe="") for part in path)]),
            "params": parameters,
            "data": content,
            "headers": sent,
            "timeout": (HURRIED, HURRIED) if self._hurry else (CONNECT, patience),
            "allow_redirects": False,
            "auth": self._sign,
        }
        left = list(WAITS) if method in REPEATABLE and not self._hurry else []
        until = time.monotonic() + patience
        while True:
            answer = self._tried(request, last=not left)
            if answer is not None and _running(answer) and time.monotonic() < until:
                time.sleep(RUNNING_WAIT)
            elif answer is not None and not (left and answer.status_code in PASSING):
                return _read(answer)
            else:
                time.sleep(max(left.pop(0), _asked_to_wait(answer)))

    def _tried(self, request: Mapping[str, Any], last: bool) -> "Response | None":
        """The answer; None where none came and it may be tried again."""
        import requests

        try:
            return self._session.request(**request)
        except requests.exceptions.SSLError:
            raise NotReachable(f"{self.url}: the certificate is not valid for this address.") from None
        except requests.RequestException as error:
            if last:
                raise self._not_reachable(error) from None
            return None

    def _not_reachable(self, error: Exception) -> NotReachable:
        import requests

        said = "there is no answer"
        if isinstance(error, requests.exceptions.ReadTimeout):
            said = "the answer did not come in time"
        elif isinstance(error, requests.exceptions.ConnectTimeout):
            said = "nothing answers there"
        return NotReachable(
            f"{self.url} is not reachable: {said}.", ["Is it running, and is the address right?"]
        )

    def _sign(self, request: "PreparedRequest") -> "PreparedRequest":
        """The key as requests' ``auth``, which a .netrc cannot replace."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _running(answer: "Response") -> bool:
    """Whether the suite is still busy with the first try of this very request."""
    return answer.status_code == HTTPStatus.CONFLICT and "/in-progress" in answer.text


def _asked_to_wait(answer: "Response | None") -> float:
    """Seconds of a Retry-After header, at most LONGEST_WAIT; 0 where there is none."""
    told = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(float(told), LONGEST_WAIT) if told.isdecimal() else 0.0


def _read(answer: "Response") -> Any:
    """The answer's JSON or HTML, None for an empty one; raises Refused."""
    if not answer.ok or answer.is_redirect:
        raise refused(answer)
    if not answer.content:
        return None
    if answer.request.headers.get("Accept") == CSV and _kind(answer) == CSV:
        return Table(answer.content, answer.headers.get("X-Next-Cursor"))
    try:
        return answer.json()
    except ValueError:
        if answer.request.headers.get("Accept") == HTML and _is_html(answer):
            return answer.content.decode("utf-8", "replace")
        raise Refused(NOT_RUNDRUF) from None


def _is_html(answer: "Response") -> bool:
    return _kind(answer) == HTML


def _kind(answer: "Response") -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
