"""What holds for every messenger whatever comes: junk in, a value or the named exception out."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import messenger
from rundruf.messengers.contract import Delivery, Event, Notice, Reading, Receipt, Request, Unreadable
from tests.messengers import suite
from tests.messengers.suite import CASES, TESTED

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
    assert all(_storable(one) for one in (*texts, event.callback, event.conversation, *event.aliases))
    assert all(one.id and _storable(one.id + one.mime_type + one.name) for one in event.media)
    assert event.window is None or event.window >= 0
    _sound_contents(event)


def _sound_contents(event: Event) -> None:
    place = event.place
    assert place is None or (abs(place.latitude) <= 90 and abs(place.longitude) <= 180)
    assert place is None or _storable(place.name + place.address)
    for item in event.order:
        assert _storable(item.product + item.price + item.currency)
        assert 0 < item.quantity < 10**9


def _sound_receipt(receipt: Receipt) -> None:
    assert receipt.at >= 0
    assert all(_storable(one) for one in (receipt.delivery, receipt.user_id, receipt.message_id))
    assert (receipt.outcome is not None) == (receipt.status == "failed")


def _sound_notice(notice: Notice) -> None:
    assert notice.at >= 0
    assert notice.category in ("", "marketing", "utility", "authentication")
    assert re.fullmatch(r"[a-z0-9_]{0,40}", notice.trouble), "a short word of ours"
    assert _storable(notice.template + notice.language)


def _sound(name: str, body: bytes) -> None:
    for sent in (body, suite.arriving(name, body)):
        with suppress(Unreadable):
            _sound_reading(name, suite.read_raw(name, sent))


def _sound_reading(name: str, reading: Reading) -> None:
    assert isinstance(reading, Reading)
    for event in reading.events:
        _sound_event(name, event)
    for receipt in reading.receipts:
        _sound_receipt(receipt)
    for notice in reading.notices:
        _sound_notice(notice)
    for kind, count in reading.parked.items():
        assert re.fullmatch(r"[A-Za-z_.]{1,80}", kind), "a counter has a plain name"
        assert count > 0


@pytest.mark.parametrize("name", TESTED)
@given(data=st.data())
@settings(CALM, max_examples=150)
def test_spoiled_bodies_are_read_or_refused(name: str, data: st.DataObject) -> None:
    _sound(name, data.draw(spoiled(_real_bodies(name))))


@pytest.mark.parametrize("name", TESTED)
@given(body=st.binary(max_size=60) | JUNK.map(lambda value: json.dumps(value).encode()))
@CALM
def test_any_body_is_read_or_refused(name: str, body: bytes) -> None:
    _sound(name, body)


@pytest.mark.parametrize("name", TESTED)
@given(data=st.data())
@settings(CALM, max_examples=100)
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
    assert outcome.kind in (OutcomeKind.OK, OutcomeKind.DUP) or not outcome.message_id


@pytest.mark.parametrize("name", TESTED)
@given(given_id=TEXTS | st.from_regex(r"\+?[0-9 ()/-]{5,20}", fullmatch=True))
@settings(CALM, max_examples=100)
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


def _delivery(name: str, message: Message, *, window_open: bool = True, marketing: bool = False) -> Delivery:
    first = CASES[name].sent[0].delivery
    return replace(first, message=message, window_open=window_open, marketing=marketing)


@pytest.mark.parametrize("name", TESTED)
@given(message=MESSAGES, window_open=st.booleans(), marketing=st.booleans())
@settings(CALM, max_examples=200)
def test_a_message_without_problems_can_be_built(
    name: str, message: Message, *, window_open: bool, marketing: bool
) -> None:
    """Outside of its window a messenger may refuse a message aloud, where no template can stand in."""
    speaks, case = messenger(name), CASES[name]
    problems = speaks.problems(message)
    assert all(field and sentence for field, sentence in problems)
    if problems:
        return
    delivery = _delivery(name, message, window_open=window_open, marketing=marketing)
    may_refuse = speaks.rules.window_hours is not None and not window_open and not message.template
    try:
        requests = speaks.build(delivery, case.account)
    except ValueError:
        assert may_refuse
        return
    assert requests
    for request in requests:
        assert request.url.startswith(f"{speaks.host}/")
        assert re.fullmatch(r"[!-~]+", request.url)
        assert isinstance(suite.content(request), dict)
        assert all(re.fullmatch(r"[ -~]*", value) for value in request.headers.values())


@pytest.mark.parametrize("name", TESTED)
@given(message=MESSAGES, marketing=st.booleans())
@CALM
def test_whatever_a_message_says_is_in_one_of_its_calls(
    name: str, message: Message, *, marketing: bool
) -> None:
    """Nothing is dropped in silence: text, files and buttons all leave, or a problem is named."""
    speaks, case = messenger(name), CASES[name]
    if speaks.problems(message) or not message.text:
        return
    requests = speaks.build(_delivery(name, message, marketing=marketing), case.account)
    sent = [one for request in requests for one in _strings_of(request)]
    sent += [unescape(one) for one in sent]  # where labels are HTML
    wanted = [*(one.url for one in message.media), *(one.label for one in message.buttons)]
    wanted += [one.url for one in message.buttons if one.url]
    assert [one for one in wanted if not any(one in part for part in sent)] == []
    assert _told_by(message.text, sent)


TEXT_PARTS = st.sampled_from(
    [
        "Hallo. ",
        "wort ",
        "\n\n",
        "\n",
        "。",
        "https://x.example/a?b=c ",
        "\U0001f468\u200d\U0001f373",
        "ü",
        "漢",
    ]
)


@pytest.mark.parametrize("name", [name for name in TESTED if messenger(name).rules.parts > 1])
@given(words=st.lists(TEXT_PARTS, min_size=1, max_size=6), share=st.floats(0.1, 1), buttons=st.booleans())
@settings(CALM, max_examples=20)
def test_a_text_that_is_split_leaves_whole_and_in_order(
    name: str, words: list[str], share: float, *, buttons: bool
) -> None:
    speaks, case = messenger(name), CASES[name]
    rules = speaks.rules
    # A little less than all parts hold, since a cut before a word leaves room behind.
    room = int(rules.text_limit * rules.parts * share * 0.8)
    unit = "".join(words)
    text = (unit * (room // max(rules.counted.length(unit), 1) + 1))[: len(unit) * room].strip()
    while rules.counted.length(text) > room:
        text = text[: len(text) * 9 // 10].strip()
    message = Message(text, buttons=(Button("Mehr", reply="MORE"),) if buttons and rules.buttons else ())
    if not text or speaks.problems(message):
        return
    requests = speaks.build(_delivery(name, message), case.account)
    sent = [one for request in requests for one in _strings_of(request)]
    assert _told_by(text, sent)
    whole = [one for one in sent if rules.counted.length(one) > rules.text_limit]
    assert whole == [], "a part is longer than a message can be"


def _told_by(text: str, sent: list[str]) -> bool:
    """Whether the text leaves, whole or in pieces in order; blanks at cuts may go, words may follow it."""
    if any(text in one for one in sent):
        return True
    wanted = "".join(text.split())
    reached = {0}
    for one in ("".join(part.split()) for part in sent):
        if any(one.startswith(wanted[at:]) for at in reached if at):
            return True
        reached |= {at + len(one) for at in reached if one and wanted.startswith(one, at)}
    return len(wanted) in reached


def test_a_text_that_is_not_told_whole_is_noticed() -> None:
    assert _told_by("a b c", ["a b", "text", "c"])
    assert _told_by("a b c", ["a", "b c\n\n1 Mehr"])
    assert not _told_by("a b c", ["a", "c", "b"])
    assert not _told_by("a b c", ["a b"])


def _strings_of(request: Request) -> Iterator[str]:
    """Every string of a call: those of its body, and the values in its address."""
    yield from _strings(suite.content(request))
    for _, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True):
        yield from _strings_within(value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from _strings_within(value)
    for _, part in _parts(value):
        yield from _strings(part)


def _strings_within(value: str) -> Iterator[str]:
    """A string, and those of the JSON that is written in it (a keyboard in a form's field)."""
    yield value
    if value.startswith(("{", "[")):
        with suppress(ValueError):
            yield from _strings(json.loads(value))
