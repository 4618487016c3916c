"""What the suites of all messengers share: the cases, and how a case is read, called and told."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from rundruf.messengers import MESSENGERS, messenger
from rundruf.messengers.contract import Answer, Call, Polled, Reading, Request, Unreadable
from rundruf.messengers.shared import header
from tests.messengers.case import Case, Sending

HERE = Path(__file__).parent


def _cases() -> dict[str, Case]:
    found = {}
    for folder in sorted(HERE.glob("*/cases.py")):
        module = import_module(f"tests.messengers.{folder.parent.name}.cases")
        # One adapter may speak for two messengers: ``CASES`` by name, else ``CASE`` of the folder's name.
        for name, case in getattr(
            module, "CASES", {folder.parent.name: getattr(module, "CASE", None)}
        ).items():
            assert isinstance(case, Case), f"{name} has no case"
            found[name] = case
    return found


CASES = _cases()
TESTED = sorted(CASES.keys() & set(MESSENGERS))
WITH_WEBHOOK = [name for name in TESTED if CASES[name].call]


def each(part: str) -> list[Any]:
    """Every item of one part of the cases, as (messenger, item)."""
    return [
        pytest.param(name, item, id=f"{name}: {getattr(item, 'fact', getattr(item, 'name', number))}")
        for name in TESTED
        for number, item in enumerate(getattr(CASES[name], part))
    ]


def arriving(name: str, body: bytes) -> bytes:
    """A told body as it really comes in."""
    wrap = CASES[name].wrap
    return wrap(body) if wrap else body


def read(name: str, body: bytes) -> Reading:
    """What a told body says, by webhook or in an answer to a poll; raises Unreadable."""
    return read_raw(name, arriving(name, body))


def read_raw(name: str, body: bytes) -> Reading:
    """The same for a body that is taken as it stands."""
    speaks, account = messenger(name), CASES[name].account
    if speaks.poll is None:
        return speaks.read(body, account)
    found = speaks.poll.read(Answer(200, {"content-type": "application/json"}, body), account, "7")
    if not isinstance(found, Polled):
        raise Unreadable(found.code) from None
    return found.reading


def signers(name: str) -> tuple[str, ...]:
    case = CASES[name]
    return case.signers or case.account.secrets(case.secret)


def genuine(name: str, body: bytes | None = None, signer: str | None = None) -> Call:
    case = CASES[name]
    assert case.call
    sent = case.told[0].body if body is None else body
    return case.call(arriving(name, sent), signers(name)[0] if signer is None else signer)


def told(request: Request) -> Sending:
    """A call as cases tell it: method, URL, and the content of its body."""
    return request.method, request.url, content(request)


def content(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    if header(request.headers, "content-type").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    found = json.loads(request.body)
    assert isinstance(found, dict)
    return found


def headers_of(request: Request, names: Any) -> dict[str, str]:
    found = {key.lower(): value for key, value in request.headers.items()}
    return {name: found.get(name, "") for name in names}
