"""What holds for the parts that only some messengers have: batches, tokens, keys, polls, links and the rest.

A messenger that has a part and no case for it fails; so does a case for a part that is not there.
"""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rundruf.core.message import Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.policy import Refusal
from rundruf.messengers import messenger
from rundruf.messengers.contract import (
    Answer,
    Failure,
    Messenger,
    Polled,
    Reading,
    Renewable,
    Renewed,
    Request,
    Told,
    acknowledged,
)
from tests.messengers import suite
from tests.messengers.case import (
    WEBHOOK,
    Asked,
    BatchAnswered,
    Batched,
    Case,
    Doubted,
    Downloaded,
    Linked,
    Polling,
    Renewal,
    Replied,
    Stepped,
)
from tests.messengers.suite import CASES, TESTED, each, told
from tests.messengers.test_properties import CALM, JUNK

OPTIONAL = (
    "poll",
    "reply",
    "spellings",
    "barred",
    "steps",
    "quotas",
    "batch",
    "token",
    "keys",
    "doubt",
    "download",
    "links",
)
_CASES_OF = {
    "poll": ("polls",),
    "reply": ("replies",),
    "batch": ("batches", "batch_answers"),
    "doubt": ("doubts",),
    "download": ("downloads",),
    "links": ("made_links",),
}
_NOTHING = Messenger.__dataclass_fields__


def _has(speaks: Messenger, part: str) -> bool:
    """Whether a messenger has a part of its own, not the contract's default."""
    return getattr(speaks, part) is not _NOTHING[part].default


def mismatched(speaks: Messenger, case: Case) -> list[str]:
    """The parts that a messenger has without cases, or that cases tell of and it has not."""
    return [
        f"{part}: {cases}"
        for part in OPTIONAL
        for cases in _CASES_OF.get(part, (part,))
        if _has(speaks, part) != bool(getattr(case, cases))
    ]


def _with(part: str) -> list[str]:
    return [name for name in TESTED if _has(messenger(name), part)]


@pytest.mark.parametrize("name", TESTED)
def test_every_part_has_cases_and_every_case_a_part(name: str) -> None:
    assert mismatched(messenger(name), CASES[name]) == []


def test_a_part_without_cases_is_noticed() -> None:
    speaks = replace(messenger("whatsapp"), spellings=lambda user_id: (user_id,))
    case = replace(CASES["whatsapp"], spellings={})
    assert "spellings: spellings" in mismatched(speaks, case)


# Batches


@pytest.mark.parametrize(("name", "batched"), each("batches"))
def test_a_batch_becomes_these_calls(name: str, batched: Batched) -> None:
    batch = messenger(name).batch
    assert batch
    assert len({one.message for one in batched.deliveries}) == 1, "the people of a batch get the same message"
    requests = batch.build(batched.deliveries, batched.account or CASES[name].account)
    assert tuple(map(told, requests)) == batched.calls
    for request in requests:
        assert suite.headers_of(request, batched.headers) == batched.headers


@pytest.mark.parametrize(("name", "answered"), each("batch_answers"))
def test_an_answer_to_a_batch(name: str, answered: BatchAnswered) -> None:
    batch = messenger(name).batch
    assert batch
    assert batch.interpret(answered.answer, answered.deliveries) == answered.outcomes


@pytest.mark.parametrize("name", _with("batch"))
def test_everybody_of_a_batch_is_in_its_calls(name: str) -> None:
    batch, rules = messenger(name).batch, messenger(name).rules
    assert batch
    first = CASES[name].batches[0].deliveries[0]
    # Ids that differ in their last digits; the calls are not sent, so they need not be real ones.
    size = max(rules.group, rules.gather)
    people = [replace(first, id=f"b:1:{at}", user_id=f"{first.user_id[:-5]}{at:05}") for at in range(size)]
    sent = "".join(one.body.decode() for one in batch.build(people, CASES[name].account))
    assert [one.user_id for one in people if one.user_id not in sent] == []


@pytest.mark.parametrize("name", _with("batch"))
def test_a_batch_call_may_be_repeated_only_with_the_same_key(name: str) -> None:
    batch, rules = messenger(name).batch, messenger(name).rules
    assert batch
    deliveries, account = CASES[name].batches[0].deliveries, CASES[name].account
    others = [replace(one, id=f"{one.id}0") for one in deliveries]
    again = [batch.build(some, account) for some in (deliveries, deliveries, others)]
    assert again[0] == again[1]
    assert not rules.retry_key or again[0] != again[2]


@pytest.mark.parametrize("name", _with("batch"))
def test_a_batch_call_without_a_readable_answer_is_unknown_for_everybody(name: str) -> None:
    batch = messenger(name).batch
    assert batch
    deliveries = CASES[name].batches[0].deliveries
    for status in (200, 202, 408, 500, 502, 503, 504, 524):
        for body in (b"", b"<html>", b"{", b"[]", b"\xff", b"[" * 100_000):
            outcomes = batch.interpret(Answer(status, {}, body), deliveries)
            assert [one.kind.value for one in outcomes] == ["unknown"] * len(deliveries), (status, body[:9])
    refused = batch.interpret(Answer(0, failure=Failure.NOT_SENT), deliveries)
    assert [one.kind.value for one in refused] == ["retry"] * len(deliveries)
    lost = batch.interpret(Answer(0, failure=Failure.AMBIGUOUS), deliveries)
    assert [one.kind.value for one in lost] == ["unknown"] * len(deliveries)


def _hostile_answers() -> st.SearchStrategy[Answer]:
    bodies = st.binary(max_size=40) | JUNK.map(lambda value: json.dumps(value).encode())
    deep = st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000, b'{"errcode":1' + b"0" * 10_000 + b"}"])
    return st.builds(
        Answer,
        st.sampled_from([0, 200, 202, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502]),
        st.fixed_dictionaries(
            {"content-type": st.sampled_from(["application/json", "image/jpeg", "", "text/plain"])}
        ),
        bodies | deep,
    )


def _spoiled(answers: list[Answer]) -> st.SearchStrategy[Answer]:
    """A known answer cut off, with another status, or with junk in place of one of its values."""

    def junk(answer: Answer, status: int, cut: int, value: object) -> Answer:
        try:
            content = json.loads(answer.body)
        except ValueError:
            return replace(answer, status=status, body=answer.body[:cut])
        if isinstance(content, dict) and content:
            content[sorted(content)[cut % len(content)]] = value
        return replace(answer, status=status, body=json.dumps(content).encode())

    return st.builds(
        junk, st.sampled_from(answers), st.sampled_from([200, 400, 401, 500]), st.integers(0, 60), JUNK
    )


@pytest.mark.parametrize("name", _with("batch"))
@given(data=st.data())
@CALM
def test_any_answer_to_a_batch_gives_one_sound_outcome_each(name: str, data: st.DataObject) -> None:
    batch = messenger(name).batch
    assert batch
    cases = CASES[name].batch_answers
    case = data.draw(st.sampled_from(cases))
    answer = data.draw(_hostile_answers() | _spoiled([one.answer for one in cases]))
    outcomes = batch.interpret(answer, case.deliveries)
    assert len(outcomes) == len(case.deliveries)
    for outcome in outcomes:
        assert sound_outcome(outcome)


def sound_outcome(outcome: object) -> bool:
    """An outcome whose code is a code and whose wait is a time."""
    return (
        isinstance(outcome, Outcome)
        and re.fullmatch(r"-?[a-z0-9_]{0,40}", outcome.code) is not None
        and (outcome.retry_after is None or 0 <= outcome.retry_after < float("inf"))
        and (outcome.kind in (OutcomeKind.OK, OutcomeKind.DUP) or not outcome.message_id)
    )


# Tokens and keys


def _renewals() -> list[Any]:
    return [
        pytest.param(name, part, id=f"{name}: {part}")
        for name in TESTED
        for part in ("token", "keys")
        if getattr(messenger(name), part) and getattr(CASES[name], part)
    ]


def _renewable(name: str, part: str) -> tuple[Renewable, Renewal]:
    return getattr(messenger(name), part), getattr(CASES[name], part)


def _asked(request: Request, asked: Asked) -> bool:
    return told(request) == asked.call and suite.headers_of(request, asked.headers) == asked.headers


@pytest.mark.parametrize(("name", "part"), _renewals())
def test_a_renewal_is_asked_for_like_this(name: str, part: str) -> None:
    renewable, renewal = _renewable(name, part)
    for asked in renewal.asked:
        account = asked.account or CASES[name].account
        assert renewable.needed(account), asked.fact
        assert _asked(renewable.request(account, asked.refused), asked), asked.fact
    assert [one.id for one in renewal.needless if renewable.needed(one)] == []


@pytest.mark.parametrize(("name", "part"), _renewals())
def test_the_answer_to_a_renewal(name: str, part: str) -> None:
    renewable, renewal = _renewable(name, part)
    for fact, answer, expected in renewal.answers:
        assert renewable.read(answer) == expected, fact
    kinds = {isinstance(expected, Renewed) for _, _, expected in renewal.answers}
    assert kinds == {True, False}, "the cases need a good answer and a refusal"


@pytest.mark.parametrize(("name", "part"), _renewals())
def test_a_renewal_that_failed_may_be_asked_again(name: str, part: str) -> None:
    """Asking twice for a token harms nobody: without an answer the outcome is never unknown."""
    renewable, _ = _renewable(name, part)
    unanswered = [Answer(0, failure=failure) for failure in Failure]
    for answer in (*unanswered, Answer(500), Answer(502, {}, b"<html>"), Answer(200, {}, b"{")):
        outcome = renewable.read(answer)
        assert isinstance(outcome, Outcome)
        assert outcome.kind in (OutcomeKind.RETRY, OutcomeKind.PAUSE), answer


@pytest.mark.parametrize(("name", "part"), _renewals())
def test_a_renewal_shows_no_secret(name: str, part: str) -> None:
    renewable, renewal = _renewable(name, part)
    values = [value for many in CASES[name].account.credentials.values() for value in many]
    for asked in renewal.asked:
        shown = repr(renewable.request(asked.account or CASES[name].account, asked.refused))
        assert [value for value in values if value in shown] == []
    for _, answer, expected in renewal.answers:
        assert not isinstance(expected, Renewed) or expected.value not in repr(renewable.read(answer))


@pytest.mark.parametrize(("name", "part"), _renewals())
@given(data=st.data())
@CALM
def test_any_answer_to_a_renewal_is_a_value_or_an_outcome(name: str, part: str, data: st.DataObject) -> None:
    renewable, renewal = _renewable(name, part)
    known = [answer for _, answer, _ in renewal.answers]
    found = renewable.read(data.draw(_hostile_answers() | _spoiled(known)))
    if isinstance(found, Renewed):
        assert found.value
        assert not re.search(r"[\x00-\x1f\x7f-\uffff]", found.value), "it would end up in a header or address"
        assert 0 < found.seconds <= 7 * 86_400
    else:
        assert sound_outcome(found)


# What a webhook call is answered with


@pytest.mark.parametrize(("name", "replied"), each("replies"))
def test_the_answer_to_a_webhook_call(name: str, replied: Replied) -> None:
    reply = messenger(name).reply(replied.reading, replied.greeting, CASES[name].account)
    assert reply == replied.reply


@pytest.mark.parametrize("name", TESTED)
def test_every_reading_is_answered_with_200(name: str) -> None:
    speaks, account = messenger(name), CASES[name].account
    for one in (Reading(), *(case.reading for case in CASES[name].told)):
        for greeting in (Message(), Message("Hallo!")):
            assert speaks.reply(one, greeting, account).status == 200


@pytest.mark.parametrize("name", TESTED)
def test_only_a_messenger_that_greets_is_answered_with_the_greeting(name: str) -> None:
    speaks, account = messenger(name), CASES[name].account
    readings = [case.reading for case in CASES[name].told]
    greeted = ["Grüezi" in speaks.reply(one, Message("Grüezi"), account).body for one in readings]
    plain = ["Gr\\u00fcezi" in speaks.reply(one, Message("Grüezi"), account).body for one in readings]
    assert any((*greeted, *plain)) == speaks.rules.greets


def test_most_messengers_want_an_empty_answer() -> None:
    assert messenger("telegram").reply is acknowledged


# People


@pytest.mark.parametrize("name", TESTED)
def test_other_spellings_of_an_id(name: str) -> None:
    speaks = messenger(name)
    for user_id, others in CASES[name].spellings.items():
        assert speaks.spellings(user_id) == others
        assert user_id not in others
        assert [one for one in others if speaks.canonical(one) != one] == []


@pytest.mark.parametrize("name", TESTED)
def test_whom_the_messenger_bars(name: str) -> None:
    speaks = messenger(name)
    for (user_id, marketing), why in CASES[name].barred.items():
        assert speaks.barred(user_id, marketing) == why
        assert why in ("", *Refusal), "a word that is met again in the report"


# The account's check


@pytest.mark.parametrize("name", _with("steps"))
def test_the_steps_of_an_accounts_check(name: str) -> None:
    steps = messenger(name).steps(CASES[name].account, WEBHOOK)
    assert [(one.name, told(one.request)) for one in steps] == [
        (one.name, one.call) for one in CASES[name].steps
    ]
    assert all(re.fullmatch(r"[a-z_]{1,40}", one.name) for one in steps)


@pytest.mark.parametrize(("name", "stepped"), each("steps"))
def test_what_a_step_says(name: str, stepped: Stepped) -> None:
    (step,) = [one for one in messenger(name).steps(CASES[name].account, WEBHOOK) if one.name == stepped.name]
    values = [value for many in CASES[name].account.credentials.values() for value in many if len(value) > 9]
    assert {ok for _, ok, _ in stepped.answers} == {True, False}, "a step can go well and fail"
    for answer, ok, says in stepped.answers:
        found = step.read(answer)
        assert found.ok == ok, found.detail
        assert [word for word in says if word not in found.detail] == []
        assert [value for value in values if value in found.detail] == []


@pytest.mark.parametrize("name", _with("steps"))
@given(data=st.data())
@CALM
def test_any_answer_to_a_step_is_a_sentence(name: str, data: st.DataObject) -> None:
    known = [answer for one in CASES[name].steps for answer, _, _ in one.answers]
    answer = data.draw(_hostile_answers() | _spoiled(known) | st.just(Answer(0, failure=Failure.AMBIGUOUS)))
    for step in messenger(name).steps(CASES[name].account, WEBHOOK):
        found = step.read(answer)
        assert isinstance(found, Told)
        assert re.fullmatch(r"[^\n\x00-\x1f]{1,600}", found.detail)


# Quotas


@pytest.mark.parametrize("name", _with("quotas"))
def test_quotas(name: str) -> None:
    for account, expected in CASES[name].quotas:
        assert messenger(name).quotas(account) == expected
        assert all(one.calls > 0 and one.per in ("day", "month") and one.zone for one in expected)


# Doubts


@pytest.mark.parametrize(("name", "doubted"), each("doubts"))
def test_a_refusal_with_two_meanings_is_asked_about(name: str, doubted: Doubted) -> None:
    doubt = messenger(name).doubt
    assert doubt
    request = doubt.ask(doubted.outcome, doubted.delivery, CASES[name].account)
    assert (request and told(request)) == doubted.call
    for answer, expected in doubted.settled:
        assert doubt.settle(doubted.outcome, answer) == expected


@pytest.mark.parametrize("name", _with("doubt"))
def test_a_doubt_is_raised_by_few_outcomes_and_settled_by_few_answers(name: str) -> None:
    """What went well raises none; an answer that cannot be read leaves the first outcome as it was."""
    doubt = messenger(name).doubt
    assert doubt
    delivery = CASES[name].sent[0].delivery
    assert doubt.ask(Outcome(OutcomeKind.OK), delivery, CASES[name].account) is None
    assert doubt.ask(Outcome(OutcomeKind.UNKNOWN, "http_502"), delivery, CASES[name].account) is None
    assert any(one.call for one in CASES[name].doubts)
    for doubted in CASES[name].doubts:
        for body in (b"", b"<html>", b"{", b"[" * 100_000, b'{"errcode":40001}'):
            for answer in (Answer(200, {}, body), Answer(500, {}, body)):
                assert not doubted.call or doubt.settle(doubted.outcome, answer) == doubted.outcome
        for failure in Failure:
            unanswered = Answer(0, failure=failure)
            assert not doubted.call or doubt.settle(doubted.outcome, unanswered) == doubted.outcome


# Files


@pytest.mark.parametrize(("name", "downloaded"), each("downloads"))
def test_a_file_is_fetched_like_this(name: str, downloaded: Downloaded) -> None:
    download, account = messenger(name).download, CASES[name].account
    assert download
    assert told(download.request(downloaded.medium, account)) == downloaded.call
    for answer, expected in downloaded.located:
        if expected is ValueError:
            with pytest.raises(ValueError, match=r".") as refused:
                download.located(answer, account)
            assert downloaded.medium.id not in str(refused.value)
        else:
            request = download.located(answer, account)
            assert (request and told(request)) == expected


@pytest.mark.parametrize("name", _with("download"))
@given(data=st.data())
@CALM
def test_any_answer_is_a_file_an_address_or_a_value_error(name: str, data: st.DataObject) -> None:
    download, account = messenger(name).download, CASES[name].account
    assert download
    known = [answer for one in CASES[name].downloads for answer, _ in one.located]
    answer = data.draw(_hostile_answers() | (_spoiled(known) if known else _hostile_answers()))
    try:
        request = download.located(answer, account)
    except ValueError:
        return
    assert request is None or re.match(r"https?://", request.url)


@pytest.mark.parametrize("name", _with("download"))
def test_every_file_of_the_readings_can_be_asked_for(name: str) -> None:
    download, account = messenger(name).download, CASES[name].account
    assert download
    for one in CASES[name].told:
        for event in one.reading.events:
            for medium in event.media:
                request = download.request(medium, account)
                assert re.match(r"https?://[!-~]+\Z", request.url)
                another = replace(medium, id=f"{medium.id}0")
                assert repr(download.request(another, account)) == repr(request)  # the id is not shown


# Links


@pytest.mark.parametrize(("name", "linked"), each("made_links"))
def test_a_link_is_made_by_the_messenger(name: str, linked: Linked) -> None:
    links = messenger(name).links
    assert links
    assert told(links.request(CASES[name].account, linked.code)) == linked.call
    for answer, expected in linked.links:
        if isinstance(expected, str):
            assert links.read(answer) == expected
        else:
            with pytest.raises(expected, match=r"[a-z]"):
                links.read(answer)


@pytest.mark.parametrize("name", _with("links"))
@given(data=st.data())
@CALM
def test_any_answer_is_a_link_or_a_value_error(name: str, data: st.DataObject) -> None:
    links = messenger(name).links
    assert links
    known = [answer for one in CASES[name].made_links for answer, _ in one.links]
    try:
        link = links.read(data.draw(_hostile_answers() | _spoiled(known)))
    except ValueError:
        return
    assert re.fullmatch(r"https?://[!-~]+", link)


# Polls


@pytest.mark.parametrize(("name", "polling"), each("polls"))
def test_a_poll(name: str, polling: Polling) -> None:
    poll, account = messenger(name).poll, CASES[name].account
    assert poll
    request = poll.request(account, polling.cursor, polling.wait)
    assert told(request) == polling.call
    values = [value for many in account.credentials.values() for value in many]
    assert [value for value in values if value in repr(request)] == []
    for answer, expected in polling.answers:
        assert poll.read(answer, account, polling.cursor) == expected


@pytest.mark.parametrize("name", _with("poll"))
@given(data=st.data(), cursor=st.sampled_from(["", "7", "12345678901"]))
@CALM
def test_any_answer_to_a_poll_is_a_reading_or_an_outcome(name: str, cursor: str, data: st.DataObject) -> None:
    """An answer that cannot be read must not move the cursor: events would be lost."""
    poll = messenger(name).poll
    assert poll
    known = [answer for one in CASES[name].polls for answer, _ in one.answers]
    found = poll.read(data.draw(_hostile_answers() | _spoiled(known)), CASES[name].account, cursor)
    if isinstance(found, Polled):
        assert re.fullmatch(r"[!-~]{0,512}", found.cursor)
        assert found.cursor or not cursor
    else:
        assert sound_outcome(found)


@pytest.mark.parametrize("name", _with("poll"))
def test_a_poll_without_answer_moves_no_cursor(name: str) -> None:
    poll = messenger(name).poll
    assert poll
    for answer in (
        *(Answer(0, failure=failure) for failure in Failure),
        Answer(500),
        Answer(502, {}, b"<html>"),
        Answer(200, {}, b'{"ok":tr'),
    ):
        assert isinstance(poll.read(answer, CASES[name].account, "7"), Outcome)
