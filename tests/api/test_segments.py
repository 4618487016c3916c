"""Segments over the API: kept, counted, used by a broadcast, refused with what and where."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.api.conftest import person

GROWN_UPS = {"id": "grown-ups", "name": "Grown-ups", "where": {"attribute": "age", "gte": 18}}


@pytest.fixture
def people(cafe: Client) -> Client:
    for number, age in ((1, "17"), (2, "41"), (3, "18")):
        cafe.post("/v1/contacts", person(number, "news", attributes={"age": age}, tags=[f"t{number}"]))
    return cafe


def test_a_segment_is_kept_changed_and_deleted(people: Client) -> None:
    assert people("POST", "/v1/segments", GROWN_UPS).status == 201
    changed = GROWN_UPS | {"where": {"attribute": "age", "gte": 21}}
    assert people("POST", "/v1/segments", changed).json["where"] == changed["where"]
    assert [one["id"] for one in people("GET", "/v1/segments").json["segments"]] == ["grown-ups"]
    assert people("GET", "/v1/segments/grown-ups").json["changed"]
    assert people("DELETE", "/v1/segments/grown-ups").status == 204
    assert people("GET", "/v1/segments/grown-ups").status == 404


def test_people_are_counted_by_account(people: Client) -> None:
    people.post("/v1/segments", GROWN_UPS)
    asked = {"topic": "news", "audience": {"segment": "grown-ups", "where": {"tags": {"none": ["t3"]}}}}
    told = people("POST", "/v1/segments/count", asked).json
    assert told == {"count": 1, "by_account": {"telegram/main": 1, "whatsapp/main": 0}, "complete": True}


def test_a_broadcast_keeps_what_the_segment_said(people: Client) -> None:
    people.post("/v1/segments", GROWN_UPS)
    made = people.post(
        "/v1/broadcasts",
        {
            "name": "Hi",
            "topic": "news",
            "message": {"text": "Hi"},
            "audience": {"segment": "grown-ups"},
            "start": False,
        },
    )
    people.post("/v1/segments", GROWN_UPS | {"where": {"attribute": "age", "gte": 99}})
    audience = people("GET", f"/v1/broadcasts/{made['id']}").json["audience"]
    assert (audience["segment"], audience["where"]) == ("grown-ups", GROWN_UPS["where"])
    assert people("POST", f"/v1/broadcasts/{made['id']}/preflight").json["audience"] == 2


def test_a_newsletter_holds_its_segment(people: Client) -> None:
    people.post("/v1/segments", GROWN_UPS)
    made = people(
        "POST",
        "/v1/newsletters",
        {
            "name": "Weekly",
            "topic": "news",
            "message": {"text": "Hi"},
            "schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"},
            "audience": {"segment": "grown-ups"},
        },
    )
    assert made.status == 201
    refused = people("DELETE", "/v1/segments/grown-ups")
    assert (refused.status, refused.problem) == (409, "conflict")


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"where": {"colour": ["red"]}}, "where", "there is no condition"),
    ({"where": {"attribute": "shoes", "is": "red"}}, "where", "nobody has an attribute 'shoes' (known: age)"),
    ({"where": {"attribute": "age", "gt": "old"}}, "where.gt", "a number or a day"),
    ({"where": {"past": {"did": "got", "broadcasts": ["none"]}}}, "where", "there is no broadcast 'none'"),
]


@pytest.mark.parametrize(("wrong", "field", "said"), REFUSED, ids=str)
def test_what_cannot_be_used_is_refused_with_what_and_where(
    people: Client, wrong: dict[str, Any], field: str, said: str
) -> None:
    refused = people("POST", "/v1/segments", GROWN_UPS | wrong)
    assert refused.status == 422
    assert refused.json["errors"][0]["field"] == field
    assert said in refused.json["errors"][0]["detail"]
    counted = people("POST", "/v1/segments/count", {"topic": "news", "audience": wrong})
    assert counted.json["errors"][0]["field"] == f"audience.{field}"


def test_an_unknown_segment_and_newsletter_are_refused(people: Client) -> None:
    for audience, field in (
        ({"segment": "nobody"}, "audience.segment"),
        ({"where": {"past": {"did": "got", "newsletter": "none"}}}, "audience.where.past.newsletter"),
    ):
        refused = people("POST", "/v1/segments/count", {"topic": "news", "audience": audience})
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
