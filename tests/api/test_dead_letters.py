"""Dead letters over the API: for administrators only, shown without what people wrote."""

import json

import pytest

from tests.api.client import Client

TASK = {"broadcast": "nobody", "chunk": "0-0", "account": "telegram/main"}


def dies(api: Client, queue: str, body: object) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    api.stack.client("sqs").send_message(QueueUrl=api.stack.dead_letters(queue), MessageBody=text)


@pytest.mark.parametrize("scopes", ["send", "reports contacts"])
def test_only_an_administrator(api: Client, scopes: str) -> None:
    assert api("GET", "/v1/dead-letters", scopes=scopes).status == 403
    assert api("POST", "/v1/dead-letters/redrive", {}, scopes=scopes).status == 403


def test_shown_with_a_reason_and_sent_back(api: Client) -> None:
    dies(api, "send", TASK)
    dies(api, "send", "what is this")
    shown = api.get("/v1/dead-letters", queue="send")
    assert shown["more"] is False
    by_fate = {one["fate"]: one for one in shown["letters"]}
    assert set(by_fate) == {"over", "kept"}
    over = by_fate["over"]
    assert (over["broadcast"], over["chunk"], over["account"], over["reason"]) == (*TASK.values(), "gone")
    assert set(over["sentence"]) == {"de", "en"}
    assert "what is this" not in json.dumps(shown)
    done = api.post("/v1/dead-letters/redrive", {"queue": "send"})
    assert [one["id"] for one in done["letters"]] == [over["id"]]
    assert [one["fate"] for one in api.get("/v1/dead-letters")["letters"]] == ["kept"]


def test_a_queue_that_is_none_is_refused(api: Client) -> None:
    assert api("GET", "/v1/dead-letters?queue=post").status == 422
    assert api("POST", "/v1/dead-letters/redrive", {"queue": "post"}).status == 422
