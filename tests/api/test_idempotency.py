"""Idempotency-Key: the same POST with the same key is answered, not done, a second time."""

import hashlib
import time
from typing import Any

import pytest

from tests.api.client import Answered, Client
from tests.api.conftest import person

BODY = {"name": "Autumn", "topic": "news", "message": {"text": "Hello"}, "start": False}


def post(
    api: Client, body: Any = BODY, key: str = "one", path: str = "/v1/broadcasts", **more: Any
) -> Answered:
    return api("POST", path, body, headers={"Idempotency-Key": key}, **more)


def records(api: Client) -> list[dict[str, Any]]:
    return [item for item in api.stack.items() if item["pk"]["S"] == "idempotency"]


def count(api: Client) -> int:
    return len(api.get("/v1/broadcasts")["broadcasts"])


def test_the_same_key_gets_the_same_answer_byte_for_byte(cafe: Client) -> None:
    first, second = post(cafe), post(cafe)
    assert first.status == second.status == 202
    assert first.body == second.body
    assert first.headers == second.headers
    assert count(cafe) == 1


def test_without_a_key_each_post_counts(cafe: Client) -> None:
    cafe.post("/v1/broadcasts", BODY)
    cafe.post("/v1/broadcasts", BODY)
    assert count(cafe) == 2


def test_a_key_does_not_serve_another_body(cafe: Client) -> None:
    post(cafe)
    found = post(cafe, BODY | {"name": "Winter"})
    assert (found.status, found.problem) == (422, "idempotency-key-reused")
    assert count(cafe) == 1


def test_a_key_belongs_to_its_caller_and_path(cafe: Client) -> None:
    mine, other = post(cafe), post(cafe, key="one", scopes="send")
    assert mine.body == other.body  # the same API key, whatever it may do
    their = cafe("POST", "/v1/broadcasts", BODY, headers={"Idempotency-Key": "one"}, key="ba9876543210")
    assert their.json["id"] != mine.json["id"]
    assert post(cafe, {"id": "offers", "name": {"de": "x"}}, path="/v1/topics").status == 201


def test_a_refusal_is_repeated_too(cafe: Client) -> None:
    wrong = BODY | {"topic": "nowhere"}
    first = post(cafe, wrong)
    cafe.post("/v1/topics", {"id": "nowhere", "name": {"de": "x"}})
    assert post(cafe, wrong).body == first.body


def test_what_is_still_running_is_a_conflict(cafe: Client) -> None:
    """The record of a call that runs: kept as Powertools keeps it, by a hash of the key and of the body."""
    post(cafe)
    (record,) = records(cafe)
    now = time.time()
    cafe.stack.client("dynamodb").update_item(
        TableName=cafe.stack.table,
        Key={"pk": record["pk"], "sk": record["sk"]},
        UpdateExpression="SET #s = :s, in_progress_expiration = :u REMOVE #d",
        ExpressionAttributeNames={"#s": "status", "#d": "data"},
        ExpressionAttributeValues={":s": {"S": "INPROGRESS"}, ":u": {"N": str(int((now + 20) * 1000))}},
    )
    found = post(cafe)
    assert (found.status, found.problem) == (409, "in-progress")
    assert count(cafe) == 1


def test_our_own_trouble_is_not_kept(cafe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ConnectionError("down")

    with monkeypatch.context() as patch:
        patch.setattr(cafe.wiring.broadcasts, "create", broken)
        assert post(cafe).status == 503
    assert records(cafe) == []
    assert post(cafe).status == 202
    assert count(cafe) == 1


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256, "a\tb"])
def test_a_key_is_visible_ascii(cafe: Client, key: str) -> None:
    assert post(cafe, key=key).problem == "bad-request"


def test_a_get_takes_no_notice_of_a_key(cafe: Client) -> None:
    headers = {"Idempotency-Key": "one"}
    assert cafe("GET", "/v1/broadcasts", headers=headers).json["broadcasts"] == []
    cafe.post("/v1/broadcasts", BODY)
    assert len(cafe("GET", "/v1/broadcasts", headers=headers).json["broadcasts"]) == 1


def test_what_is_kept_tells_nothing_about_a_person(cafe: Client) -> None:
    anna = person(491512345678, "news", messenger="whatsapp", name="Anna Ascheberg")
    first = post(cafe, anna, path="/v1/contacts")
    second = post(cafe, anna, path="/v1/contacts")
    assert (first.status, first.body) == (second.status, second.body)
    assert len(second.json["ledger"]) == 1
    kept = str(records(cafe))
    assert not [trace for trace in ("Ascheberg", "491512345678") if trace in kept]


def test_a_repeated_consent_is_entered_once(cafe: Client) -> None:
    mine = cafe.post("/v1/contacts", person(4711))["id"]
    given = {"action": "imported", "topics": ["news"], "source": "desk", "at": "2026-06-01T00:00:00Z"}
    answers = [post(cafe, given, path=f"/v1/contacts/{mine}/consents") for _ in range(3)]
    assert len({(one.status, one.body) for one in answers}) == 1
    assert len(answers[0].json["ledger"]) == 1


def test_an_erased_person_does_not_come_back_by_a_kept_answer(cafe: Client) -> None:
    first = post(cafe, person(4711, "news", name="Anna"), path="/v1/contacts")
    cafe("DELETE", f"/v1/contacts/{first.json['id']}")
    again = post(cafe, person(4711, "news", name="Anna"), path="/v1/contacts")
    assert (again.status, again.problem) == (404, "not-found")


def test_the_key_itself_is_kept_as_a_hash(cafe: Client) -> None:
    post(cafe, key="order-of-Anna-Ascheberg")
    (record,) = records(cafe)
    assert "Ascheberg" not in str(record)
    assert len(record["sk"]["S"].rpartition("#")[2]) == len(hashlib.md5(b"").hexdigest())  # noqa: S324
