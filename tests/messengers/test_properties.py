"""What holds for every messenger whatever comes: junk in, a value or the named exception out."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Event, Reading, Receipt, Unreadable
from tests.messengers.test_contract import CASES, TESTED

CALM = settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def _places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The way to every value within a JSON value."""
    yield path
    inner: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in inner:
        yield from _places(part, (*path, key))


def _parts(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, dict):
        yield from value.items()
    if isinstance(value, list):
        yield from enumerate(value)


def _with(value: Any, path: tuple[Any, ...], junk: object) -> object:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], junk)
    return copy


@st.composite
def spoiled(draw: st.DrawFn, bodies: list[object]) -> bytes:
    """A real body with junk in one to three places."""
    value = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(1, 3))):
        value = _with(value, draw(st.sampled_from(list(_places(value)))), draw(JUNK))
    return json.dumps(value).encode()


def _real_bodies(name: str) -> list[object]:
    found = []
    for told in CASES[name].told:
        try:
            found.append(json.loads(told.body))
        except ValueError:
            continue
    return found


def _storable(value: str) -> bool:
    return "\0" not in value and value.encode("utf-8", "surrogatepass") == value.encode("utf-8", "ignore")


def _sound_event(name: str, event: Event) -> None:
    assert event.id
    assert messenger(name).canonical(event.user_id) == event.user_id
    assert event.at >= 0
    texts = (event.id, event.text, event.payload, event.code, event.name, event.language, event.message_id)
    assert all(_storable(one) for one in (*texts, event.callback, *event.aliases))
    assert all(one.id and _storable(one.id + one.mime_type) for one in event.media)


def _sound_receipt(receipt: Receipt) -> None:
    assert receipt.at >= 0
    assert all(_storable(one) for one in (receipt.delivery, receipt.user_id, receipt.message_id))
    assert (receipt.outcome is not None) == (receipt.status == "failed")


def _sound(name: str, body: bytes) -> None:
    try:
        reading = messenger(name).read(body, CASES[name].account)
    except Unreadable:
        return
    assert isinstance(reading, Reading)
    for event in reading.events:
        _sound_event(name, event)
    for receipt in reading.receipts:
        _sound_receipt(receipt)
    for kind, count in reading.parked.items():
        assert re.fullmatch(r"[A-Za-z_.]{1,80}", kind), "a counter has a plain name"
        assert count > 0


@pytest.mark.parametrize("name", TESTED)
@given(data=st.data())
@settings(CALM, max_examples=300)
def test_spoiled_bodies_are_read_or_refused(name: str, data: st.DataObject) -> None:
    _sound(name, data.draw(spoiled(_real_bodies(name))))


@pytest.mark.parametrize("name", TESTED)
@given(body=st.binary(max_size=60) | JUNK.map(lambda value: json.dumps(value).encode()))
@CALM
def test_any_body_is_read_or_refused(name: str, body: bytes) -> None:
    _sound(name, body)


@pytest.mark.parametrize("name", TESTED)
@given(data=st.data())
@settings(CALM, max_examples=200)
def test_any_answer_is_an_outcome_that_holds_nothing_of_it(name: str, data: st.DataObject) -> None:
    answers = [one.answer for one in CASES[name].answers]
    answer = data.draw(st.sampled_from(answers))
    body = data.draw(st.binary(max_size=40) | JUNK.map(lambda value: json.dumps(value).encode()))
    status = data.draw(st.sampled_from([0, 200, 204, 400, 401, 403, 404, 409, 429, 500, 502]))
    wait = data.draw(TEXTS)
    known = [json.loads(one.body) for one in answers if one.body.startswith(b"{") and one.body.endswith(b"}")]
    given_body = data.draw(st.just(body) | spoiled(known))
    outcome = messenger(name).interpret(
        replace(answer, status=status, body=given_body, headers={"retry-after": wait})
    )
    assert isinstance(outcome, Outcome)
    assert re.fullmatch(r"-?[a-z0-9_]{0,40}", outcome.code)
    assert outcome.retry_after is None or 0 <= outcome.retry_after < float("inf")
    assert outcome.kind is OutcomeKind.OK or not outcome.message_id


@pytest.mark.parametrize("name", TESTED)
@given(given_id=TEXTS | st.from_regex(r"\+?[0-9 ()/-]{5,20}", fullmatch=True))
@settings(CALM, max_examples=200)
def test_a_canonical_id_is_its_own_canonical_id(name: str, given_id: str) -> None:
    canonical = messenger(name).canonical
    try:
        found = canonical(given_id)
    except ValueError:
        return
    assert canonical(found) == found
    assert re.fullmatch(r"[!-~]+", found)


URLS = st.sampled_from(
    ["https://x.example/a.jpg", "http://x.example/%2e%2e/b.pdf", "{{ link }}", "ftp://x", "https://[", ""]
)
PARAMETERS = st.lists(TEXTS, max_size=2).map(tuple)
MESSAGES = st.builds(
    Message,
    text=st.sampled_from(["", " ", "Hi", "x" * 1024, "x" * 1025, "\U0001f372" * 4096, "x" * 4097]) | TEXTS,
    media=st.lists(st.builds(Media, st.sampled_from(MediaKind), URLS), max_size=3).map(tuple),
    buttons=st.lists(
        st.builds(
            Button,
            TEXTS | st.just("Mehr"),
            TEXTS | st.sampled_from(["", "A", "B" * 65]),
            st.sampled_from(["", "https://x.example"]),
        ),
        max_size=4,
    ).map(tuple),
    template=st.none() | st.builds(Template, st.just("a"), st.just("de"), PARAMETERS),
)


@pytest.mark.parametrize("name", TESTED)
@given(message=MESSAGES, window_open=st.booleans())
@settings(CALM, max_examples=300)
def test_a_message_without_problems_can_be_built(name: str, message: Message, *, window_open: bool) -> None:
    speaks, case = messenger(name), CASES[name]
    problems = speaks.problems(message)
    assert all(field and sentence for field, sentence in problems)
    if problems or (speaks.rules.templates and not window_open and not message.template):
        return
    requests = speaks.build(
        Delivery("b:1:2", case.sent[0].delivery.user_id, message, window_open), case.account
    )
    assert requests
    for request in requests:
        assert request.url.startswith(f"{speaks.host}/")
        assert isinstance(json.loads(request.body), dict)


@pytest.mark.parametrize("name", TESTED)
@given(message=MESSAGES)
@CALM
def test_whatever_a_message_says_is_in_one_of_its_calls(name: str, message: Message) -> None:
    """Nothing is dropped in silence: text, files and buttons all leave, or a problem is named."""
    speaks, case = messenger(name), CASES[name]
    if speaks.problems(message) or not message.text:
        return
    requests = speaks.build(
        Delivery("b:1:2", case.sent[0].delivery.user_id, message, window_open=True), case.account
    )
    sent = list(_strings([json.loads(request.body) for request in requests]))
    wanted = [message.text, *(one.url for one in message.media), *(one.label for one in message.buttons)]
    assert [one for one in wanted if one not in sent] == []


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for _, part in _parts(value):
        yield from _strings(part)
