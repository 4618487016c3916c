"""A messenger of the tests' own that has every optional part of the contract, in the shortest words.

Tokens, keys, steps, links, files and polls of it are JSON over plain addresses; a test scripts the answers.
``registered(monkeypatch)`` makes the product know it as ``pager``.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from rundruf import messengers
from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.rules import Advertising, Counted, Rules
from rundruf.messengers.contract import (
    Answer,
    Call,
    Credential,
    Delivery,
    Download,
    Event,
    EventKind,
    LinkMaker,
    MediaIn,
    Messenger,
    NotGenuine,
    Poll,
    Polled,
    Reading,
    Renewable,
    Renewed,
    Request,
    Step,
    Told,
)

HOST = "https://api.pager.example"
SECRET = "pager-secret-1"
ACCOUNT = Account("pager", "main", "pager-address", credentials={"app_secret": (SECRET,)})

RULES = Rules(
    source="https://pager.example/docs",
    checked=date(2026, 11, 1),
    advertising=Advertising.ALWAYS,
    business_may_open=True,
    window_hours=None,
    templates=False,
    text_limit=100,
    counted=Counted.CHARACTERS,
    caption_limit=0,
    media=frozenset(MediaKind),
    buttons=0,
    button_label_limit=0,
    button_payload_bytes=0,
    link_buttons=0,
    rate=100,
    receipts=frozenset(),
    block_signal=False,
)


def said(status: int = 200, **body: object) -> Answer:
    return Answer(status, body=json.dumps(body).encode())


def _get(account: Account, path: str) -> Request:
    token = (account.secrets("access_token") or ("none",))[0]
    return Request("GET", f"{account.base_url or HOST}{path}", {"authorization": f"Bearer {token}"}, b"")


def _token_request(account: Account, force: bool) -> Request:
    body = {"secret": account.secret("app_secret"), "force": force}
    return Request("POST", f"{account.base_url or HOST}/token", {}, json.dumps(body).encode())


def _renewed(answer: Answer) -> Renewed | Outcome:
    if answer.status != 200:
        kind = OutcomeKind.UNKNOWN if answer.status >= 500 else OutcomeKind.PAUSE
        return Outcome(kind, f"http_{answer.status}")
    told = json.loads(answer.body)
    return Renewed(told["token"], told["seconds"])


def _told(answer: Answer) -> Told:
    if answer.failure is not None:
        return Told(False, "The messenger did not answer.")
    return Told(answer.status == 200, f"The messenger said {answer.status}.")


def _steps(account: Account, webhook: str) -> tuple[Step, ...]:
    hook = replace(_get(account, "/hook"), method="POST", body=webhook.encode())
    return (
        Step("who_am_i", _get(account, "/me"), _told),
        Step("set_webhook", hook, _told),
        Step("test_webhook", _get(account, "/test"), _told),
    )


def _located(answer: Answer, account: Account) -> Request | None:
    if answer.status != 200:
        raise ValueError("no such file")
    if not answer.body.startswith(b'{"url"'):
        return None
    return Request("GET", json.loads(answer.body)["url"], {}, b"")


def _linked(answer: Answer) -> str:
    if answer.status != 200:
        raise ValueError("the messenger makes no more links this month")
    return str(json.loads(answer.body)["link"])


def _polled(answer: Answer, account: Account, cursor: str) -> Polled | Outcome:
    if answer.failure is not None:
        return Outcome(OutcomeKind.RETRY, answer.failure.value)
    if answer.status == 401:
        return Outcome(OutcomeKind.TOKEN, "401")
    if answer.status != 200:
        return Outcome(OutcomeKind.RETRY, f"http_{answer.status}")
    told = json.loads(answer.body)
    events = tuple(
        Event(str(one["id"]), EventKind.MESSAGE, one["from"], one.get("at", 0), text=one["text"])
        for one in told["events"]
        if "from" in one
    )
    broken = len(told["events"]) - len(events)
    return Polled(Reading(events, parked={"broken": broken} if broken else {}), told["cursor"])


def _verify(call: Call, account: Account) -> None:
    if call.headers.get("x-key") not in account.secrets("jwks"):
        raise NotGenuine


def _read(body: bytes, account: Account) -> Reading:
    return Reading()


def _canonical(user_id: str) -> str:
    return user_id


def _build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    body = {"chat_id": delivery.user_id, "text": delivery.message.text}
    return (replace(_get(account, "/send"), method="POST", body=json.dumps(body).encode()),)


def _interpret(answer: Answer) -> Outcome:
    kinds = {200: OutcomeKind.OK, 401: OutcomeKind.TOKEN}
    return Outcome(kinds.get(answer.status, OutcomeKind.UNKNOWN))


def _file(media: MediaIn, account: Account) -> Request:
    return _get(account, f"/files/{media.id}")


PAGER = Messenger(
    name="pager",
    title="Pager",
    rules=RULES,
    credentials=(Credential("app_secret", r"[!-~]{1,100}"),),
    host=HOST,
    handshake=lambda _call, _account: None,
    verify=_verify,
    read=_read,
    canonical=_canonical,
    problems=lambda _message: (),
    build=_build,
    interpret=_interpret,
    entry_link=lambda account, code, _language: f"https://pager.example/{account.address}?code={code}",
    acknowledge=lambda _event, _account: None,
    steps=_steps,
    token=Renewable("access_token", _token_request, _renewed),
    keys=Renewable("jwks", lambda account, _force: _get(account, "/keys"), _renewed),
    download=Download(_file, _located),
    poll=Poll(
        lambda account, cursor, seconds: _get(account, f"/poll?cursor={cursor}&wait={seconds}"), _polled
    ),
)
LINKS = LinkMaker(
    lambda account, code: replace(_get(account, "/links"), method="POST", body=code.encode()), _linked
)


def registered(
    patch: pytest.MonkeyPatch, value: Messenger = PAGER, more: Mapping[str, Messenger] | None = None
) -> None:
    """The product knows this messenger for the length of a test."""
    module = sys.modules[__name__]
    patch.setitem(sys.modules, "rundruf.messengers.pager", module)
    for name, one in {"pager": value, **(more or {})}.items():
        patch.setattr(module, f"REGISTERED_{name}", one, raising=False)
        patch.setitem(messengers._PLACES, name, f"pager:REGISTERED_{name}")
