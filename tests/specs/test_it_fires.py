"""Each spec refuses what is wrong: a field planted anywhere, a value of another type, something left out."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tests.specs.built import built
from tests.specs.calls import Answered, Sent
from tests.specs.findings import Finding, place
from tests.specs.known import unknown
from tests.specs.play import Played
from tests.specs.specs import WITHOUT, Judge
from tests.specs.test_fakes import DESCRIBED

pytestmark = pytest.mark.specs

PLANTED = "surprise"
SPOKEN_FOR = ["instagram", "line", "messenger", "skype", "teams", "telegram", "whatsapp"]

OPEN = {
    "teams": {"channelData", "entities[]", "value", "attachments[].content.buttons[].value"},
    "skype": {"entities[]", "value", "attachments[].content.buttons[].value"},
    # What stands in these, the specs leave open: a page's message is of the type Object, and no more.
    "messenger": {"message", "recipient", "get_started"},
    "instagram": {"message", "recipient"},
    # Nothing in it is known (known.py).
    "whatsapp": {
        "entry[].changes[].value.user_preferences[]",
        "entry[].changes[].value.other_info",
    },
    "telegram": set(),
    "line": set(),
}
"""Objects that may hold anything, and what lies in them."""


def _objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where objects are in a value."""
    if isinstance(value, dict):
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _objects(inner, (*path, step))


def _planted(value: Any, path: tuple[str | int, ...]) -> Any:
    """The value with a field that nobody knows in the object at this path."""
    whole = deepcopy(value)
    held = whole
    for step in path:
        held = held[step]
    held[PLANTED] = 1
    return whole


def _unseen(name: str, value: Any, judged: Callable[[Any], list[Finding]]) -> set[str]:
    """Objects in which a planted field is not found, without those that are open."""
    unseen = set()
    for path in _objects(value):
        found = judged(_planted(value, path))
        if not any(PLANTED in one.place or PLANTED in one.detail for one in found):
            unseen.add(place(path))
    return {one for one in unseen if not any(f"{one}.".startswith(f"{each}.") for each in OPEN[name])}


def _with(call: Sent, content: Any) -> Sent:
    return replace(call, body=json.dumps(content).encode())


@pytest.mark.parametrize("name", SPOKEN_FOR)
def test_a_field_planted_in_a_call_is_found(judge: Mapping[str, Judge], name: str) -> None:
    calls = [one.call for one in built(name) if one.call.media_type == "application/json"]
    assert calls
    for call in calls:

        def judged(told: Any, call: Sent = call) -> list[Finding]:
            return judge[name].request(_with(call, told), True)

        assert _unseen(name, call.content, judged) == set()


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_field_planted_in_a_webhook_is_found(
    judge: Mapping[str, Judge], played: Mapping[str, Played], name: str
) -> None:
    bodies = [json.loads(hook.body) for hook in played[name].webhooks]
    # One of each shape is enough.
    shapes = {json.dumps(sorted(place(path) for path in _objects(body))): body for body in bodies}
    for body in shapes.values():
        assert _unseen(name, body, judge[name].webhook) == set()


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_field_planted_in_an_answer_is_found(
    judge: Mapping[str, Judge], played: Mapping[str, Played], name: str
) -> None:
    tried = 0
    for answer in played[name].answers:
        before = judge[name].answer(answer)
        if isinstance(answer.body, dict) and answer.body and not before and _told_of(judge[name], answer):
            found = judge[name].answer(replace(answer, body={**answer.body, PLANTED: 1}))
            assert any(PLANTED in one.place for one in found), f"{answer.call.method} {answer.call.url}"
            tried += 1
    assert tried >= 3


def _told_of(judge: Judge, answer: Answered) -> bool:
    """Whether the spec describes this answer at all: it has no word against any answer to an unknown call."""
    return bool(judge.answer(replace(answer, body={PLANTED: 1})))


@pytest.mark.parametrize(
    ("name", "wrong", "says"),
    [
        pytest.param(
            "line", {"to": 7}, "line: POST /v2/bot/message/push.to: not type: string", id="line: number"
        ),
        pytest.param("line", {"to": None}, "push.to: missing", id="line: nobody"),
        pytest.param("line", {"messages": [{"type": "file"}]}, "messages[].type: not enum", id="line: word"),
        pytest.param(
            "line",
            {"messages": [{"type": "text", "text": "x"}] * 6},
            "messages: not maxItems: 5",
            id="line: six",
        ),
        pytest.param(
            "line",
            {
                "messages": [
                    {"type": "image", "originalContentUrl": "soup", "previewImageUrl": "https://a.example"}
                ]
            },
            "originalContentUrl: not format: uri",
            id="line: address",
        ),
        pytest.param("telegram", {"chat_id": None}, "sendMessage.chat_id: missing", id="telegram: nobody"),
        pytest.param(
            "telegram", {"text": "x" * 4097}, "sendMessage.text: not maxLength: 4096", id="telegram: long"
        ),
        pytest.param(
            "telegram",
            {"reply_markup": {"inline_keyboard": [{"text": "a"}]}},
            "sendMessage.reply_markup",
            id="telegram: keyboard without rows",
        ),
        pytest.param("teams", {"type": "note"}, "activities.type: not enum", id="teams: word"),
        pytest.param("teams", {"text": 7}, "activities.text: not type: string", id="teams: number"),
        pytest.param(
            "teams",
            {"attachments": [{"contentType": "application/vnd.microsoft.card.hero", "content": {"body": 1}}]},
            "HeroCard.body: no such field",
            id="teams: card",
        ),
        pytest.param(
            "messenger", {"messaging_type": "NEWS"}, "messaging_type: no such word", id="messenger: word"
        ),
        pytest.param("messenger", {"recipient": None}, "recipient: missing", id="messenger: nobody"),
    ],
)
def test_a_wrong_value_in_a_call_is_found(
    judge: Mapping[str, Judge], name: str, wrong: Mapping[str, Any], says: str
) -> None:
    call = built(name)[0].call
    content = {key: one for key, one in {**call.content, **wrong}.items() if one is not None}
    assert unknown(judge[name].request(call, True)) == []
    assert any(says in one for one in unknown(judge[name].request(_with(call, content), True)))


@pytest.mark.parametrize("name", [one for one in SPOKEN_FOR if one not in WITHOUT])
def test_a_call_that_the_spec_does_not_know_is_found(judge: Mapping[str, Judge], name: str) -> None:
    call = built(name)[0].call
    elsewhere = replace(call, url=f"{call.url}/elsewhere/now")
    assert unknown(judge[name].request(elsewhere, True))


def test_another_host_query_key_or_form_is_found(judge: Mapping[str, Judge]) -> None:
    line = judge["line"].request
    call = built("line")[0].call
    token = next(one.call for one in built("line") if "/oauth2/" in one.call.url)
    wrong = {
        "another host": replace(call, url=call.url.replace("api.line.me", "api-data.line.me")),
        "no such query value": replace(call, url=f"{call.url}?silent=1"),
        "not format: uuid": replace(call, headers={**call.headers, "x-line-retry-key": "1"}),
        "no such media type": replace(call, headers={"content-type": "text/plain"}),
        "no body": replace(call, body=b""),
        "not enum: client_credentials": replace(
            token, body=token.body.replace(b"client_cred", b"other_cred")
        ),
    }
    for says, each in wrong.items():
        assert any(says in one for one in unknown(line(each, True))), says


def test_the_fields_asked_for_are_compared_too(judge: Mapping[str, Judge]) -> None:
    for name in ("messenger", "instagram", "whatsapp"):
        call = next(one.call for one in built(name) if "fields=" in one.call.url)
        assert unknown(judge[name].request(call, True)) == []
        wrong = replace(call, url=call.url.replace("fields=", f"fields={PLANTED},"))
        assert any(PLANTED in one for one in unknown(judge[name].request(wrong, True)))


def test_a_webhook_with_a_wrong_value_is_found(
    judge: Mapping[str, Judge], played: Mapping[str, Played]
) -> None:
    line = json.loads(next(one.body for one in played["line"].webhooks if b'"text"' in one.body))
    line["events"][0]["timestamp"] = "now"
    assert "events[].timestamp: not type: integer" in " ".join(map(str, judge["line"].webhook(line)))
    update = json.loads(played["telegram"].webhooks[0].body)
    assert any("one thing" in one.what for one in judge["telegram"].webhook({**update, "poll_answer": {}}))
    activity = json.loads(played["teams"].webhooks[0].body)
    del activity["conversation"]
    assert [one.what for one in judge["teams"].webhook(activity) if one.place == "conversation"] == [
        "missing"
    ]


def test_an_answer_with_a_wrong_value_is_found(
    judge: Mapping[str, Judge], played: Mapping[str, Played]
) -> None:
    def first(name: str, status: int) -> Answered:
        return next(one for one in played[name].answers if one.status == status and one.call.method == "POST")

    assert judge["line"].answer(replace(first("line", 400), body={"error": "x"}))
    assert judge["line"].answer(replace(first("line", 200), status=418, body={"error": "x"}))
    assert judge["telegram"].answer(replace(first("telegram", 200), body={"ok": True, "result": 7}))
    assert judge["telegram"].answer(replace(first("telegram", 403), body={"ok": False}))
    assert judge["teams"].answer(replace(first("teams", 201), body={"id": 7}))
