"""Broadcasts and newsletters at the same time on everybody's own clock, over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rundruf.core.plan import content_of
from tests.api.client import Client
from tests.api.conftest import person

BODY = {"name": "Xmas", "topic": "news", "message": {"text": "Hello"}, "local_time": "2031-12-24T18:00"}
BEGINS = "2031-12-24T04:00:00Z"
LETTER = {"name": "Weekly", "topic": "news", "message": {"text": "Soup"}}


@pytest.fixture
def people(cafe: Client) -> Client:
    for number, zone in enumerate(("Asia/Tokyo", "Europe/Berlin", "America/New_York", None), 1):
        cafe.post("/v1/contacts", person(number, "news", **({"zone": zone} if zone else {})))
    return cafe


def test_it_is_scheduled_for_when_its_time_comes_first(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY)
    assert (made["state"], made["send_at"], made["local_time"]) == ("scheduled", BEGINS, "2031-12-24T18:00")


def test_a_preflight_tells_when_the_first_and_the_last_get_it(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | {"start": False, "expires_at": "2031-12-24T22:00:00Z"})
    shown = people.post(f"/v1/broadcasts/{made['id']}/preflight")
    assert shown["local"] == {
        "first": "2031-12-24T09:00:00Z",
        "last": "2031-12-24T23:00:00Z",
        "passed": 0,
        "waves": [
            {"at": "2031-12-24T09:00:00Z", "people": 1},
            {"at": "2031-12-24T17:00:00Z", "people": 2},
            {"at": "2031-12-24T23:00:00Z", "people": 1},
        ],
    }
    assert shown["finishes"] >= shown["local"]["last"]
    assert "after it has expired: 1." in shown["warnings"]["expires_at"]["en"]


def test_a_preflight_tells_whose_time_is_over(people: Client) -> None:
    """The day on which it is made is over in Tokyo before it is in New York."""
    today = datetime.now(UTC).replace(tzinfo=None)
    local = today.isoformat(timespec="minutes")
    made = people.post("/v1/broadcasts", BODY | {"local_time": local, "start": False})
    shown = people.post(f"/v1/broadcasts/{made['id']}/preflight")
    assert shown["local"]["passed"] == 3
    assert "They get it at once." in shown["warnings"]["local_time"]["en"]


def test_a_preflight_tells_that_wechat_wants_a_call_for_each_zone(people: Client) -> None:
    credentials = {"app_id": "wx1", "app_secret": "a", "token": "abc", "encoding_aes_key": "A" * 43}
    assert people("PUT", "/v1/accounts/wechat/main", {"credentials": credentials}).status == 200
    for number, zone in enumerate(("Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul")):
        who = person(number, "news", messenger="wechat", zone=zone) | {"user_id": f"o{number:027}"}
        people.post("/v1/contacts", who)
    made = people.post("/v1/broadcasts", BODY | {"start": False})
    warned = people.post(f"/v1/broadcasts/{made['id']}/preflight")["warnings"]
    assert warned["local_time wechat/main"]["en"].endswith("out of the quota: 2.")
    assert "local_time telegram/main" not in warned


def test_a_draft_that_is_started_waits_for_its_time(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | {"start": False})["id"]
    token = people.post(f"/v1/broadcasts/{made}/preflight")["token"]
    for body in ({"token": token}, None):
        assert people.post(f"/v1/broadcasts/{made}/start", body)["state"] == "scheduled"
    due = people.wiring.catalogue.due(int(datetime.fromisoformat(BEGINS).timestamp() * 1000))
    assert ("broadcast", made) in [(kind, each) for _, kind, each in due]


def test_a_time_that_is_under_way_starts_at_once(people: Client) -> None:
    local = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="minutes")
    made = people.post("/v1/broadcasts", BODY | {"local_time": local})
    assert (made["state"], made["send_at"]) == ("planning", None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"local_time": "2020-12-24T18:00"}, "over everywhere", id="over"),
        pytest.param({"local_time": "2031-12-24T18:00Z"}, "without a zone", id="a moment"),
        pytest.param({"local_time": "2031-02-30T18:00"}, "no such day", id="no day"),
        pytest.param({"local_time": 5}, "string", id="a number"),
        pytest.param({"send_at": "2031-12-24T18:00:00Z"}, "not both", id="both"),
        pytest.param({"expires_at": "2031-12-24T03:00:00Z"}, "after the start", id="ends before it begins"),
    ],
)
def test_what_cannot_be_is_refused(cafe: Client, wrong: dict[str, Any], said: str) -> None:
    found = cafe("POST", "/v1/broadcasts", BODY | wrong)
    assert (found.status, found.problem) == (422, "invalid")
    assert said in str(found.json)


def test_another_time_is_another_content(people: Client) -> None:
    first, second = (
        people.wiring.broadcasts.get(people.post("/v1/broadcasts", BODY | {"local_time": one})["id"])
        for one in ("2031-12-24T18:00", "2031-12-24T19:00")
    )
    assert first is not None
    assert second is not None
    assert content_of(first) != content_of(second)


def test_a_schedule_in_everybodys_zone_shows_when_it_begins(cafe: Client) -> None:
    slots = cafe.post("/v1/newsletters/slots", {"cron": "30 2 * * *", "zone": "recipient"})["next"]
    assert len(slots) == 5
    assert {one[11:] for one in slots} == {"12:30:00Z"}, "without the gaps of anybody's clocks"


def test_a_newsletter_in_everybodys_zone(people: Client) -> None:
    schedule = {"rrule": "FREQ=WEEKLY;BYDAY=SA;BYHOUR=18", "zone": "recipient"}
    made = people.post("/v1/newsletters", LETTER | {"schedule": schedule})
    assert made["schedule"]["zone"] == "recipient"
    assert made["next_at"].endswith("T04:00:00Z")
    tried = people.post(
        f"/v1/newsletters/{made['id']}/test", {"contacts": [people.get("/v1/contacts")["contacts"][0]["id"]]}
    )
    assert people.get(f"/v1/broadcasts/{tried['id']}")["local_time"] == "", "a test goes at once"


def test_once_in_everybodys_zone_is_a_broadcast(cafe: Client) -> None:
    schedule = {"at": "2031-12-24T18:00:00+01:00", "zone": "recipient"}
    found = cafe("POST", "/v1/newsletters", LETTER | {"schedule": schedule})
    assert (found.status, found.problem) == (422, "invalid")
    assert "local_time" in found.json["detail"]
