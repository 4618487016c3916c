"""What holds for every messenger. A new one joins with a folder of cases beside this file."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from rundruf import messengers
from rundruf.core.account import Account
from rundruf.messengers import MESSENGERS, UnknownMessenger, messenger
from rundruf.messengers.contract import (
    Answer,
    Call,
    Delivery,
    Messenger,
    NotGenuine,
    Reading,
    Request,
    Unreadable,
)
from tests.messengers.case import Answered, Broken, Case, Sent, Told

HERE = Path(__file__).parent


def _cases() -> dict[str, Case]:
    found = {}
    for folder in sorted(HERE.glob("*/cases.py")):
        case = import_module(f"tests.messengers.{folder.parent.name}.cases").CASE
        assert isinstance(case, Case)
        found[folder.parent.name] = case
    return found


CASES = _cases()
TESTED = sorted(CASES.keys() & set(MESSENGERS))
WITH_WEBHOOK = [name for name in TESTED if CASES[name].call]


def _each(part: str) -> list[Any]:
    """Every item of one part of the cases, as (messenger, item)."""
    return [
        pytest.param(name, item, id=f"{name}: {getattr(item, 'fact', number)}")
        for name in TESTED
        for number, item in enumerate(getattr(CASES[name], part))
    ]


def _genuine(name: str, body: bytes | None = None, secret: str | None = None) -> Call:
    case = CASES[name]
    assert case.call
    sent = case.told[0].body if body is None else body
    return case.call(sent, case.account.secret(case.secret) if secret is None else secret)


def _with_proof(call: Call, name: str, value: str | None) -> Call:
    """The call with another proof, or none."""
    proof, changed = CASES[name].proof, {} if value is None else {CASES[name].proof: value}
    if proof in call.headers:
        rest = {key: old for key, old in call.headers.items() if key != proof}
        return replace(call, headers=rest | changed)
    rest = {key: old for key, old in call.query.items() if key != proof}
    return replace(call, query=rest | changed)


def _proof(call: Call, name: str) -> str:
    proof = CASES[name].proof
    return call.headers.get(proof) or call.query[proof]


# The registry


def test_every_registered_messenger_has_cases() -> None:
    assert set(MESSENGERS) <= CASES.keys()


def test_every_folder_of_cases_belongs_to_a_registered_messenger() -> None:
    assert CASES.keys() <= set(MESSENGERS)


def test_every_messenger_that_was_written_is_registered() -> None:
    registered = {one.name for one in MESSENGERS.values()}
    for module in iter_modules(messengers.__path__):
        if module.ispkg:
            package = import_module(f"rundruf.messengers.{module.name}")
            written = {one.name for one in vars(package).values() if isinstance(one, Messenger)}
            assert written, f"{module.name} holds no messenger"
            assert written <= registered, f"{module.name} is not registered"


def test_a_messenger_is_registered_under_its_own_name() -> None:
    assert {name: one.name for name, one in MESSENGERS.items()} == {name: name for name in MESSENGERS}


def test_an_unknown_messenger_is_told_apart() -> None:
    with pytest.raises(UnknownMessenger):
        messenger("carrier pigeon")


# Handshake and proof


@pytest.mark.parametrize(("name", "case"), _each("handshakes"))
def test_handshake(name: str, case: tuple[str, Call, object]) -> None:
    fact, call, reply = case
    assert messenger(name).handshake(call, CASES[name].account) == reply, fact


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_a_genuine_call_passes_with_every_valid_secret(name: str) -> None:
    case = CASES[name]
    secrets = case.account.secrets(case.secret)
    assert len(secrets) == 2, "the cases need a rotating secret"
    for secret in secrets:
        messenger(name).verify(_genuine(name, secret=secret), case.account)


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_a_header_in_any_case_is_found(name: str) -> None:
    call = _genuine(name)
    titled = replace(call, headers={key.title(): value for key, value in call.headers.items()})
    messenger(name).verify(titled, CASES[name].account)


def _forged(name: str) -> Iterator[tuple[str, Call]]:
    call = _genuine(name)
    good = _proof(call, name)
    old = _proof(_genuine(name, secret="a secret that was never ours"), name)
    wrong = {
        "missing": None,
        "empty": "",
        "blank": " ",
        "twice": f"{good},{good}",
        "twice with a blank": f"{good}, {good}",
        "wrong case": good.swapcase(),
        "leading blank": f" {good}",
        "trailing line break": f"{good}\n",
        "quoted": f'"{good}"',
        "not ASCII": "ä" * len(good),
        "half a character": "\ud83d" * len(good),
        "9 KB": "a" * 9216,
        "9 KB that start well": good + "a" * 9216,
        "NUL": "\0" * len(good),
        "cut": good[:-1],
        "other secret": old,
    }
    for fact, value in wrong.items():
        yield fact, _with_proof(call, name, value)
    for position in range(len(good)):
        for flip in (0x01, 0x10, 0x20, 0x80):
            changed = good[:position] + chr(ord(good[position]) ^ flip) + good[position + 1 :]
            yield f"header {position} {flip}", _with_proof(call, name, changed)
    if CASES[name].signs_body:
        yield from _changed_bodies(call)


def _changed_bodies(call: Call) -> Iterator[tuple[str, Call]]:
    body = call.body
    for position in range(len(body)):
        for flip in (0x01, 0x20, 0x80):
            changed = body[:position] + bytes([body[position] ^ flip]) + body[position + 1 :]
            yield f"body {position} {flip}", replace(call, body=changed)
    for fact, changed in {
        "empty": b"",
        "line break": body + b"\n",
        "byte order mark": b"\xef\xbb\xbf" + body,
        "cut": body[:-1],
        "unescaped": body.decode("unicode_escape").encode(errors="ignore"),
    }.items():
        if changed != body:
            yield f"body {fact}", replace(call, body=changed)


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_no_forged_call_passes(name: str) -> None:
    assert [fact for fact, call in _forged(name) if not _refused(name, call)] == []


def _refused(name: str, call: Call) -> bool:
    """Whether the call is refused as it must be: with NotGenuine, and without a reason."""
    try:
        messenger(name).verify(call, CASES[name].account)
    except NotGenuine as refused:
        return not refused.args
    return False


@pytest.mark.parametrize("name", WITH_WEBHOOK)
@pytest.mark.parametrize("secrets", [(), ("",)], ids=["no secret", "empty secret"])
def test_an_account_without_secret_trusts_nobody(name: str, secrets: tuple[str, ...]) -> None:
    case = CASES[name]
    account = replace(case.account, credentials={**case.account.credentials, case.secret: secrets})
    for call in (_genuine(name), _genuine(name, secret=""), _with_proof(_genuine(name), name, "")):
        with pytest.raises(NotGenuine):
            messenger(name).verify(call, account)


# Reading


@pytest.mark.parametrize(("name", "told"), _each("told"))
def test_reading(name: str, told: Told) -> None:
    assert messenger(name).read(told.body, CASES[name].account) == told.reading


@pytest.mark.parametrize(("name", "body"), _each("unreadable"))
def test_unreadable(name: str, body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        messenger(name).read(body, CASES[name].account)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None, "it would hold the body"


def _hostile() -> dict[str, bytes]:
    return {
        "depth": b"[" * 100_000,
        "closed depth": b"[" * 100_000 + b"]" * 100_000,
        "depth of objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "NaN": b'{"object":NaN,"update_id":-Infinity}',
        "half a character": b'{"object":"\\ud83d","update_id":1,"message":{"text":"\\udc00"}}',
        "half a character in bytes": b'{"object":"\xed\xa0\xbd"}',
        "NUL": b'{"object":"\\u0000\x00"}',
        "NUL alone": b"\0" * 1000,
        "10^400": b'{"update_id":1' + b"0" * 400 + b"}",
        "10^1000000": b'{"update_id":1' + b"0" * 1_000_000 + b"}",
        "1e400": b'{"update_id":1e400}',
        "6 MB": b'{"update_id":1,"object":"' + b"a" * 6_000_000 + b'"}',
        "6 MB of objects": b'{"object":"whatsapp_business_account","entry":[' + b"{}," * 2_000_000 + b"{}]}",
        "4 MB of objects": b'{"object":"whatsapp_business_account","entry":[' + b"{}," * 1_380_000 + b"{}]}",
        "UTF-16": '{"update_id":1}'.encode("utf-16"),
        "gzip": b"\x1f\x8b\x08\x00\x00",
        "XML": b"<xml><!DOCTYPE a [<!ENTITY b 'c'>]></xml>",
        "doubled keys": b'{"object":"page","object":"whatsapp_business_account","entry":[{}],"entry":{}}',
    }


@pytest.mark.parametrize("name", TESTED)
@pytest.mark.parametrize("fact", _hostile())
def test_hostile_bodies_are_read_or_refused_quickly(name: str, fact: str) -> None:
    body = _hostile()[fact]
    started = time.perf_counter()
    with suppress(Unreadable):
        assert isinstance(messenger(name).read(body, CASES[name].account), Reading)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("name", TESTED)
def test_ids_in_readings_are_canonical(name: str) -> None:
    speaks = messenger(name)
    for told in CASES[name].told:
        for event in told.reading.events:
            people = [event.user_id, *event.aliases, *([event.payload] if event.kind == "moved" else [])]
            assert people == [speaks.canonical(one) for one in people]


@pytest.mark.parametrize("name", TESTED)
def test_every_kind_of_event_the_messenger_has_is_in_the_cases(name: str) -> None:
    kinds = {event.kind for told in CASES[name].told for event in told.reading.events}
    assert "message" in kinds
    assert not messenger(name).rules.buttons or "button" in kinds
    statuses = {receipt.status.value for told in CASES[name].told for receipt in told.reading.receipts}
    assert messenger(name).rules.receipts <= statuses
    assert messenger(name).rules.block_signal == ("blocked" in kinds)


# People


@pytest.mark.parametrize("name", TESTED)
def test_canonical_ids(name: str) -> None:
    canonical = messenger(name).canonical
    for given, expected in CASES[name].ids.items():
        if expected is None:
            with pytest.raises(ValueError, match=r".") as refused:
                canonical(given)
            assert not given.strip() or given not in str(refused.value), "an id is personal"
        else:
            assert canonical(given) == expected
            assert canonical(expected) == expected


# What a messenger can carry


@pytest.mark.parametrize(("name", "broken"), _each("broken"))
def test_problems_name_field_limit_value_and_fix(name: str, broken: Broken) -> None:
    problems = messenger(name).problems(broken.message)
    assert tuple(field for field, _ in problems) == broken.fields
    told = " ".join(sentence for _, sentence in problems)
    assert [word for word in broken.says if word not in told] == []
    for _, sentence in problems:
        assert re.fullmatch(r"[^\n]*\. [A-Z][^\n]*\.", sentence), f"what and what to do: {sentence}"


@pytest.mark.parametrize(("name", "message"), _each("fine"))
def test_no_problems_at_the_limit(name: str, message: Any) -> None:
    assert messenger(name).problems(message) == ()


# Sending


def _told(request: Request) -> tuple[str, str, object]:
    return request.method, request.url, json.loads(request.body)


@pytest.mark.parametrize(("name", "sent"), _each("sent"))
def test_build(name: str, sent: Sent) -> None:
    requests = messenger(name).build(sent.delivery, CASES[name].account)
    assert tuple(map(_told, requests)) == sent.calls
    for request in requests:
        headers = {key.lower(): value for key, value in request.headers.items()}
        assert {key: headers.get(key) for key in sent.headers} == sent.headers
    assert messenger(name).problems(sent.delivery.message) == ()


@pytest.mark.parametrize("name", TESTED)
def test_another_host_replaces_the_messengers_own(name: str) -> None:
    speaks, case = messenger(name), CASES[name]
    elsewhere = replace(case.account, base_url="http://127.0.0.1:8101")
    delivery = case.sent[0].delivery
    (own,) = speaks.build(delivery, case.account)
    (other,) = speaks.build(delivery, elsewhere)
    assert own.url.startswith(speaks.host)
    assert other.url == own.url.replace(speaks.host, "http://127.0.0.1:8101")


@pytest.mark.parametrize("name", TESTED)
def test_nothing_to_say_is_not_sent(name: str) -> None:
    case = CASES[name]
    empty = replace(case.sent[0].delivery.message, text="", media=(), buttons=(), template=None)
    with pytest.raises(ValueError, match="nothing to send"):
        messenger(name).build(replace(case.sent[0].delivery, message=empty), case.account)


@pytest.mark.parametrize("name", [name for name in TESTED if messenger(name).rules.templates])
def test_outside_the_window_only_a_template_is_sent(name: str) -> None:
    shut = replace(CASES[name].sent[0].delivery, window_open=False)
    assert shut.message.template is None
    with pytest.raises(ValueError, match="template"):
        messenger(name).build(shut, CASES[name].account)


@pytest.mark.parametrize("name", TESTED)
def test_a_request_shows_no_secrets_and_no_person(name: str) -> None:
    case = CASES[name]
    for request in messenger(name).build(case.sent[0].delivery, case.account):
        shown = repr(request)
        values = [value for many in case.account.credentials.values() for value in many]
        assert [value for value in (*values, case.sent[0].delivery.user_id) if value in shown] == []


@pytest.mark.parametrize(("name", "answered"), _each("answers"))
def test_interpret(name: str, answered: Answered) -> None:
    assert messenger(name).interpret(answered.answer) == answered.outcome


@pytest.mark.parametrize("name", TESTED)
def test_a_call_that_may_have_arrived_is_never_repeated(name: str) -> None:
    for status in (200, 201, 204, 408, 500, 502, 503, 504, 520, 524, 599):
        for body in (b"", b"<html>", b"{", b"[]", b"\xff", b"[" * 100_000):
            outcome = messenger(name).interpret(Answer(status, {}, body))
            assert outcome.kind == "unknown", (status, body[:9])


@pytest.mark.parametrize(("name", "tap"), _each("taps"))
def test_acknowledge(name: str, tap: tuple[Any, object]) -> None:
    event, expected = tap
    request = messenger(name).acknowledge(event, CASES[name].account)
    assert (request and _told(request)) == expected


# Links and credentials


@pytest.mark.parametrize("name", TESTED)
def test_entry_links(name: str) -> None:
    for (code, language), link in CASES[name].links.items():
        assert messenger(name).entry_link(CASES[name].account, code, language) == link


@pytest.mark.parametrize("name", TESTED)
def test_an_account_without_address_has_no_entry_link(name: str) -> None:
    account = replace(CASES[name].account, address="")
    with pytest.raises(ValueError, match=r"."):
        messenger(name).entry_link(account, "ABCD2345", "de")


@pytest.mark.parametrize("name", TESTED)
def test_credentials(name: str) -> None:
    known = {one.name: one for one in messenger(name).credentials}
    assert known.keys() == CASES[name].credentials.keys()
    for credential, (good, bad) in CASES[name].credentials.items():
        pattern = known[credential].pattern
        assert [value for value in good if not re.fullmatch(pattern, value)] == []
        assert [value for value in bad if re.fullmatch(pattern, value)] == []


@pytest.mark.parametrize("name", TESTED)
def test_the_account_of_the_cases_is_complete(name: str) -> None:
    required = {one.name for one in messenger(name).credentials if one.required}
    assert required <= CASES[name].account.credentials.keys()
    for credential in messenger(name).credentials:
        for value in CASES[name].account.secrets(credential.name):
            assert re.fullmatch(credential.pattern, value)


@pytest.mark.parametrize("name", TESTED)
def test_rules_have_a_source_and_hold_together(name: str) -> None:
    rules = messenger(name).rules
    assert rules.source.startswith("https://")
    assert rules.rate > 0
    assert rules.text_limit >= rules.caption_limit >= 0
    assert rules.group >= 1
    assert rules.gather >= 1
    assert rules.receipts <= {"delivered", "read"}


@pytest.mark.parametrize("name", TESTED)
def test_deliveries_need_no_account_setting_but_credentials(name: str) -> None:
    case = CASES[name]
    bare = Account(case.account.messenger, "x", credentials=case.account.credentials)
    delivery: Delivery = case.sent[0].delivery
    assert messenger(name).build(delivery, bare) == messenger(name).build(delivery, case.account)
