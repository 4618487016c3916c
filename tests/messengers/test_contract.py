"""What holds for every messenger. A new one joins with a folder of cases beside this file."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
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
    Hostile,
    Messenger,
    NotGenuine,
    Reading,
    StaleKeys,
    Unreadable,
)
from tests.messengers import suite
from tests.messengers.case import JWT_ATTACKS, Answered, Broken, Case, Sent, Told
from tests.messengers.suite import CASES, TESTED, WITH_WEBHOOK, each, genuine, told


def _with_proof(call: Call, proof: str, value: str | None) -> Call:
    """The call with another proof, or none."""
    changed = {} if value is None else {proof: value}
    if proof in call.headers:
        rest = {key: old for key, old in call.headers.items() if key != proof}
        return replace(call, headers=rest | changed)
    rest = {key: old for key, old in call.query.items() if key != proof}
    return replace(call, query=rest | changed)


def _proof(call: Call, proof: str) -> str:
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
            assert written <= registered, f"{module.name} is not registered"


def test_every_folder_holds_a_messenger_or_helps_one() -> None:
    """A folder without a messenger of its own holds what several share, and is imported by one of them."""
    for module in iter_modules(messengers.__path__):
        if module.ispkg:
            package = import_module(f"rundruf.messengers.{module.name}")
            written = [one for one in vars(package).values() if isinstance(one, Messenger)]
            users = [one.name for one in MESSENGERS.values() if f".{module.name}." in one.build.__module__]
            assert written or users, f"{module.name} holds no messenger"


def test_a_messenger_is_registered_under_its_own_name() -> None:
    assert {name: one.name for name, one in MESSENGERS.items()} == {name: name for name in MESSENGERS}


def test_an_unknown_messenger_is_told_apart() -> None:
    with pytest.raises(UnknownMessenger):
        messenger("carrier pigeon")


@pytest.mark.parametrize("name", TESTED)
def test_the_cases_are_complete(name: str) -> None:
    assert missing(messenger(name), CASES[name]) == []


def missing(speaks: Messenger, case: Case) -> list[str]:
    """The parts of the cases that a messenger needs and that are empty."""
    needed = ["account", "told", "unreadable", "answers", "broken", "fine", "sent", "ids", "credentials"]
    needed += ["polls"] if speaks.poll else ["call", "secret", "proof", "handshakes"]
    needed += [] if speaks.links else ["links"]
    needed += ["genuine", "attacks", "stale"] if speaks.keys else []
    return [part for part in needed if not getattr(case, part)]


def test_a_messenger_without_its_cases_is_noticed() -> None:
    whole = CASES["telegram"]
    for part in ("told", "unreadable", "answers", "broken", "fine", "sent", "handshakes"):
        without: dict[str, Any] = {part: ()}
        assert missing(messenger("telegram"), replace(whole, **without)) == [part]
    assert missing(messenger("telegram"), replace(whole, call=None)) == ["call"]


# Handshake and proof


@pytest.mark.parametrize(("name", "case"), each("handshakes"))
def test_handshake(name: str, case: tuple[str, Call, object]) -> None:
    fact, call, reply = case
    assert messenger(name).handshake(call, CASES[name].account) == reply, fact


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_a_genuine_call_passes_with_every_valid_secret(name: str) -> None:
    case = CASES[name]
    assert len(suite.signers(name)) == 2, "the cases need a rotating secret"
    for signer in suite.signers(name):
        messenger(name).verify(genuine(name, signer=signer), case.account)


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_every_told_body_can_be_proven(name: str) -> None:
    for one in CASES[name].told:
        messenger(name).verify(genuine(name, one.body), CASES[name].account)


@pytest.mark.parametrize(("name", "case"), each("genuine"))
def test_a_genuine_call_of_another_sort_passes(name: str, case: tuple[str, Call]) -> None:
    messenger(name).verify(case[1], CASES[name].account)


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_a_header_in_any_case_is_found(name: str) -> None:
    call = genuine(name)
    titled = replace(call, headers={key.title(): value for key, value in call.headers.items()})
    messenger(name).verify(titled, CASES[name].account)


def _forged(name: str, proof: str) -> Iterator[tuple[str, Call]]:
    call = genuine(name)
    good = _proof(call, proof)
    old = _proof(genuine(name, signer="a secret that was never ours"), proof)
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
        yield fact, _with_proof(call, proof, value)
    yield from _changed(call, proof)


def _changed(call: Call, name: str) -> Iterator[tuple[str, Call]]:
    """The call with each byte of a header or query value changed."""
    good = _proof(call, name)
    for position in range(len(good)):
        for flip in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80):
            changed = good[:position] + chr(ord(good[position]) ^ flip) + good[position + 1 :]
            yield f"{name} {position} {flip}", _with_proof(call, name, changed)


def _changed_bodies(name: str) -> Iterator[tuple[str, Call]]:
    call = genuine(name)
    body = call.body
    for position in range(len(body)):
        for flip in (0x01, 0x20, 0x80):
            changed = body[:position] + bytes([body[position] ^ flip]) + body[position + 1 :]
            yield f"body {position} {flip}", replace(call, body=changed)
    around = {"line break": body + b"\n", "byte order mark": b"\xef\xbb\xbf" + body}
    for fact, changed in {
        **({} if CASES[name].blanks else around),
        "empty": b"",
        "cut": body[:-1],
        "twice": body + body,
        "unescaped": body.decode("unicode_escape").encode(errors="ignore"),
    }.items():
        if changed != body:
            yield f"body {fact}", replace(call, body=changed)


@pytest.mark.parametrize("name", WITH_WEBHOOK)
def test_no_forged_call_passes(name: str) -> None:
    case = CASES[name]
    for proof in (case.proof, *case.proofs):
        assert [fact for fact, call in _forged(name, proof) if not _refused(name, call)] == []


@pytest.mark.parametrize("name", [name for name in WITH_WEBHOOK if CASES[name].signs_body])
def test_no_changed_body_passes(name: str) -> None:
    assert [fact for fact, call in _changed_bodies(name) if not _refused(name, call)] == []


@pytest.mark.parametrize("name", [name for name in WITH_WEBHOOK if CASES[name].covered])
def test_nothing_that_the_proof_covers_can_be_changed(name: str) -> None:
    call = genuine(name)
    for part in CASES[name].covered:
        assert [fact for fact, changed in _changed(call, part) if not _refused(name, changed)] == []
        for value in (None, "", "\ud83d", "a" * 9216):
            assert _refused(name, _with_proof(call, part, value)), part


def _refused(name: str, call: Call) -> bool:
    """Whether the call is refused as it must be: with NotGenuine, and without a reason."""
    try:
        messenger(name).verify(call, CASES[name].account)
    except NotGenuine as refused:
        return not refused.args and (refused.__cause__ is None or refused.__suppress_context__)
    return False


@pytest.mark.parametrize(("name", "attack"), each("attacks"))
def test_an_attack_is_refused(name: str, attack: tuple[str, Call]) -> None:
    assert _refused(name, attack[1]), attack[0]


@pytest.mark.parametrize(("name", "stale"), each("stale"))
def test_a_key_we_do_not_hold_is_told_apart(name: str, stale: tuple[str, Call]) -> None:
    with pytest.raises(StaleKeys) as refused:
        messenger(name).verify(stale[1], CASES[name].account)
    assert not refused.value.args, stale[0]


@pytest.mark.parametrize("name", [name for name in TESTED if messenger(name).keys])
def test_every_known_attack_on_a_signed_token_is_tried(name: str) -> None:
    assert set(JWT_ATTACKS) - {fact for fact, _ in CASES[name].attacks} == set()


@pytest.mark.parametrize("name", WITH_WEBHOOK)
@pytest.mark.parametrize("secrets", [(), ("",)], ids=["no secret", "empty secret"])
def test_an_account_without_secret_trusts_nobody(name: str, secrets: tuple[str, ...]) -> None:
    case = CASES[name]
    account = replace(case.account, credentials={**case.account.credentials, case.secret: secrets})
    for call in (genuine(name), genuine(name, signer=""), _with_proof(genuine(name), case.proof, "")):
        with pytest.raises(NotGenuine):
            messenger(name).verify(call, account)


@pytest.mark.parametrize("name", [name for name in TESTED if messenger(name).poll])
def test_a_messenger_that_is_polled_trusts_no_webhook_call(name: str) -> None:
    for body in (b"", b"{}", CASES[name].told[0].body):
        assert _refused(name, Call("POST", {"content-type": "application/json"}, {}, body))


# Reading


@pytest.mark.parametrize(("name", "one"), each("told"))
def test_reading(name: str, one: Told) -> None:
    assert suite.read(name, one.body) == one.reading


@pytest.mark.parametrize(("name", "body"), each("unreadable"))
def test_unreadable(name: str, body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        suite.read(name, body)
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
        "4 MB of events": b'{"ok":true,"events":[' + b"{}," * 1_380_000 + b"{}]}",
        "UTF-16": '{"update_id":1}'.encode("utf-16"),
        "gzip": b"\x1f\x8b\x08\x00\x00",
        "doubled keys": b'{"object":"page","object":"whatsapp_business_account","entry":[{}],"entry":{}}',
        "XML": b"<xml><!DOCTYPE a [<!ENTITY b 'c'>]></xml>",
        **xml_attacks(),
    }


def xml_attacks() -> dict[str, bytes]:
    """What somebody may try with XML. Each is refused as hostile by a messenger that reads XML."""
    lol = b"".join(b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12))
    text = (
        "<?xml version='1.0' encoding='{}'?><!DOCTYPE x [<!ENTITY a 'b'>]><xml><Content>&a;</Content></xml>"
    )
    return {
        "billion laughs": b'<!DOCTYPE x [<!ENTITY a0 "lol">' + lol + b"]><xml><Content>&a11;</Content></xml>",
        "quadratic": b'<!DOCTYPE x [<!ENTITY a "'
        + b"a" * 100_000
        + b'">]><xml>'
        + b"&a;" * 10_000
        + b"</xml>",
        "external file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
        "external address": b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]><xml><Content>&a;</Content></xml>',
        "external subset": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><Content>a</Content></xml>',
        "parameter entity": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><xml></xml>',
        "bare DTD": b"<!DOCTYPE xml><xml><Content>STOP</Content></xml>",
        "DTD after a byte order mark": b"\xef\xbb\xbf<!DOCTYPE xml><xml><Content>STOP</Content></xml>",
        "DTD in UTF-16": text.format("utf-16").encode("utf-16"),
        "DTD in UTF-16 without mark": text.format("utf-16le").encode("utf-16-le"),
        "DTD in UTF-7": text.format("utf-7").replace("<!", "+ADwAIQ-").encode(),
        "XML 100,000 deep": b"<xml>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xml>",
        "XML 100,000 deep and open": b"<xml>" + b"<a>" * 100_000,
    }


@pytest.mark.parametrize("name", TESTED)
@pytest.mark.parametrize("fact", _hostile())
def test_hostile_bodies_are_read_or_refused_quickly(name: str, fact: str) -> None:
    body = _hostile()[fact]
    for sent in (body, suite.arriving(name, body)):
        started = time.process_time()
        with suppress(Unreadable):
            assert isinstance(suite.read_raw(name, sent), Reading)
        assert time.process_time() - started < 2


@pytest.mark.parametrize("name", [name for name in TESTED if CASES[name].xml])
@pytest.mark.parametrize("fact", xml_attacks())
def test_hostile_xml_is_refused_before_it_costs_anything(name: str, fact: str) -> None:
    body = xml_attacks()[fact]
    for sent in (body, suite.arriving(name, body)):
        started = time.process_time()
        with pytest.raises(Hostile) as refused:
            suite.read_raw(name, sent)
        assert time.process_time() - started < 0.5
        assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("name", WITH_WEBHOOK)
@pytest.mark.parametrize("fact", _hostile())
def test_a_hostile_body_is_proven_or_refused_quickly(name: str, fact: str) -> None:
    """A proof that needs to look into the body gives no other exception than that of a wrong proof."""
    call = genuine(name)
    started = time.process_time()
    with suppress(NotGenuine):
        messenger(name).verify(replace(call, body=_hostile()[fact]), CASES[name].account)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", TESTED)
def test_ids_in_readings_are_canonical(name: str) -> None:
    speaks = messenger(name)
    for one in CASES[name].told:
        for event in one.reading.events:
            people = [event.user_id, *event.aliases, *([event.payload] if event.kind == "moved" else [])]
            assert people == [speaks.canonical(person) for person in people]


@pytest.mark.parametrize("name", TESTED)
def test_every_kind_of_event_the_messenger_has_is_in_the_cases(name: str) -> None:
    rules = messenger(name).rules
    kinds = {event.kind for one in CASES[name].told for event in one.reading.events}
    assert "message" in kinds
    assert not rules.buttons or "button" in kinds
    receipts = [receipt for one in CASES[name].told for receipt in one.reading.receipts]
    assert rules.receipts <= {receipt.status.value for receipt in receipts}
    # An echo of our message carries our id where what becomes of it later does not.
    later = [receipt for receipt in receipts if receipt.status.value in rules.receipts]
    assert not rules.receipts or rules.echoes == any(receipt.delivery for receipt in later)
    assert rules.block_signal == ("blocked" in kinds)


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


@pytest.mark.parametrize(("name", "broken"), each("broken"))
def test_problems_name_field_limit_value_and_fix(name: str, broken: Broken) -> None:
    problems = messenger(name).problems(broken.message)
    assert tuple(field for field, _ in problems) == broken.fields
    sentences = " ".join(sentence for _, sentence in problems)
    assert [word for word in broken.says if word not in sentences] == []
    for _, sentence in problems:
        assert re.fullmatch(r"[^\n]*\. [A-Z][^\n]*\.", sentence), f"what and what to do: {sentence}"


@pytest.mark.parametrize(("name", "message"), each("fine"))
def test_no_problems_at_the_limit(name: str, message: Any) -> None:
    assert messenger(name).problems(message) == ()


@pytest.mark.parametrize("name", TESTED)
def test_a_text_is_carried_up_to_all_its_parts_and_no_further(name: str) -> None:
    rules, message = messenger(name).rules, CASES[name].sent[0].delivery.message
    limit = rules.text_limit * rules.parts
    assert messenger(name).problems(replace(message, text="x" * limit)) == ()
    assert [field for field, _ in messenger(name).problems(replace(message, text="x" * (limit + 1)))] == [
        "text"
    ]


# Sending


@pytest.mark.parametrize(("name", "sent"), each("sent"))
def test_build(name: str, sent: Sent) -> None:
    requests = messenger(name).build(sent.delivery, sent.account or CASES[name].account)
    assert tuple(map(told, requests)) == sent.calls
    for request in requests:
        assert suite.headers_of(request, sent.headers) == sent.headers
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


@pytest.mark.parametrize("name", TESTED)
def test_the_delivery_id_travels_where_the_messenger_echoes_it(name: str) -> None:
    speaks, case = messenger(name), CASES[name]
    (request,) = speaks.build(case.sent[0].delivery, case.account)
    echoed = speaks.rules.receipts and speaks.rules.echoes
    assert not echoed or case.sent[0].delivery.id.encode() in request.body


@pytest.mark.parametrize(("name", "answered"), each("answers"))
def test_interpret(name: str, answered: Answered) -> None:
    assert messenger(name).interpret(answered.answer) == answered.outcome


@pytest.mark.parametrize("name", TESTED)
def test_a_call_that_may_have_arrived_is_never_repeated(name: str) -> None:
    for status in (200, 201, 204, 408, 500, 502, 503, 504, 520, 524, 599):
        for body in (b"", b"<html>", b"{", b"[]", b"\xff", b"[" * 100_000):
            outcome = messenger(name).interpret(Answer(status, {}, body))
            silent = CASES[name].silent and status in (200, 201) and not body
            assert outcome.kind == ("ok" if silent else "unknown"), (status, body[:9])


@pytest.mark.parametrize(("name", "tap"), each("taps"))
def test_acknowledge(name: str, tap: tuple[Any, object]) -> None:
    event, expected = tap
    request = messenger(name).acknowledge(event, CASES[name].account)
    assert (request and told(request)) == expected


# Links and credentials


@pytest.mark.parametrize("name", TESTED)
def test_entry_links(name: str) -> None:
    speaks = messenger(name)
    for (code, language), link in CASES[name].links.items():
        assert speaks.entry_link(CASES[name].account, code, language) == link
        assert (code in link) != speaks.rules.typed_code


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
    assert rules.parts >= 1
    assert rules.group >= 1
    assert rules.gather >= 1
    assert (rules.group > 1 or rules.gather > 1) == (messenger(name).batch is not None)
    assert (rules.group_rate > 0) == (messenger(name).batch is not None)
    assert rules.receipts <= {"delivered", "read"}


@pytest.mark.parametrize("name", TESTED)
def test_deliveries_need_no_account_setting_but_credentials(name: str) -> None:
    case = CASES[name]
    bare = Account(case.account.messenger, "x", credentials=case.account.credentials)
    delivery: Delivery = case.sent[0].delivery
    assert messenger(name).build(delivery, bare) == messenger(name).build(delivery, case.account)
