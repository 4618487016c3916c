"""Newsletters: a first slot that is right in every zone, stopped and gone on with."""

from typing import Any

import pytest
import time_machine

from tests.api.client import Client

UTC, BERLIN = "UTC", "Europe/Berlin"
MESSAGE = {"name": "Weekly", "topic": "news", "message": {"text": "Hello"}}


def body(**schedule: str) -> dict[str, Any]:
    return MESSAGE | {"schedule": schedule}


def due(api: Client) -> list[str]:
    return [item["sk"]["S"] for item in api.stack.items() if item["pk"]["S"] == "due"]


@pytest.mark.parametrize(
    ("now", "cron", "zone", "slot"),
    [
        pytest.param("2026-05-06T12:00Z", "0 9 * * 1", UTC, "2026-05-11T09:00:00Z", id="Mondays at nine"),
        pytest.param("2026-05-06T12:00Z", "0 9 * * 1", BERLIN, "2026-05-11T07:00:00Z", id="in summer"),
        pytest.param("2026-11-06T12:00Z", "0 9 * * 1", BERLIN, "2026-11-09T08:00:00Z", id="in winter"),
        pytest.param("2026-10-24T12:00Z", "0 9 * * *", BERLIN, "2026-10-25T08:00:00Z", id="clocks go back"),
        pytest.param("2027-03-27T12:00Z", "0 9 * * *", BERLIN, "2027-03-28T07:00:00Z", id="clocks go on"),
        pytest.param(
            "2026-10-24T12:00Z", "30 2 * * *", BERLIN, "2026-10-25T00:30:00Z", id="hour twice: first"
        ),
        pytest.param(
            "2026-10-25T00:30Z", "30 2 * * *", BERLIN, "2026-10-26T01:30:00Z", id="hour twice: once"
        ),
        pytest.param("2027-03-27T12:00Z", "30 2 * * *", BERLIN, "2027-03-28T01:00:00Z", id="hour left out"),
        pytest.param("2027-03-28T01:00Z", "30 2 * * *", BERLIN, "2027-03-29T00:30:00Z", id="day after it"),
        pytest.param("2026-02-28T12:00Z", "0 9 29 2 *", UTC, "2028-02-29T09:00:00Z", id="leap day"),
    ],
)
def test_the_first_slot_is_in_its_zone(cafe: Client, now: str, cron: str, zone: str, slot: str) -> None:
    with time_machine.travel(now, tick=False):
        made = cafe.post("/v1/newsletters", body(cron=cron, zone=zone))
    assert made["next_at"] == slot
    assert made["schedule"] == {"cron": cron, "rrule": "", "starts": "", "zone": zone, "at": None}
    assert (made["next"][0], len(made["next"])) == (slot, 4 if "29 2" in cron else 5)
    assert len(due(cafe)) == 1


def test_a_newsletter_can_go_out_once(cafe: Client) -> None:
    made = cafe.post("/v1/newsletters", body(at="2030-05-01T09:00:00+02:00"))
    assert made["next_at"] == made["schedule"]["at"] == "2030-05-01T07:00:00Z"
    assert due(cafe) == [f"001903849200000#newsletter#{made['id']}"]


def test_newsletters_are_listed_and_found(cafe: Client) -> None:
    made = [
        cafe.post("/v1/newsletters", body(cron="0 9 * * 1") | {"name": str(number)}) for number in range(3)
    ]
    assert {one["id"] for one in cafe.get("/v1/newsletters")["newsletters"]} == {one["id"] for one in made}
    assert cafe.get(f"/v1/newsletters/{made[0]['id']}") == made[0]
    assert cafe("GET", "/v1/newsletters/none").problem == "not-found"
    assert cafe("GET", f"/v1/newsletters/{'x' * 2000}").problem == "not-found"


def test_a_pause_skips_slots_and_a_resume_takes_the_next(cafe: Client) -> None:
    with time_machine.travel("2026-05-06T12:00Z", tick=False):
        made = cafe.post("/v1/newsletters", body(cron="0 9 * * 1"))
        paused = cafe.post(f"/v1/newsletters/{made['id']}/pause")
    assert paused["paused"]
    with time_machine.travel("2026-06-03T12:00Z", tick=False):
        resumed = cafe.post(f"/v1/newsletters/{made['id']}/resume")
        assert cafe.get(f"/v1/newsletters/{made['id']}") == resumed
    assert (resumed["paused"], resumed["next_at"]) == (False, "2026-06-08T09:00:00Z")


def test_a_single_issue_that_passed_in_a_pause_is_left_out(cafe: Client) -> None:
    with time_machine.travel("2026-05-06T12:00Z", tick=False):
        made = cafe.post("/v1/newsletters", body(at="2026-05-07T12:00:00Z"))
        cafe.post(f"/v1/newsletters/{made['id']}/pause")
        assert cafe.post(f"/v1/newsletters/{made['id']}/resume")["next_at"] == "2026-05-07T12:00:00Z"
        cafe.post(f"/v1/newsletters/{made['id']}/pause")
    with time_machine.travel("2026-06-03T12:00Z", tick=False):
        assert cafe.post(f"/v1/newsletters/{made['id']}/resume")["next_at"] is None


def test_an_unknown_newsletter_is_not_found(cafe: Client) -> None:
    for asked in ("pause", "resume"):
        assert cafe("POST", f"/v1/newsletters/none/{asked}").problem == "not-found"


def test_slots_are_shown_before_anything_is_made(cafe: Client) -> None:
    with time_machine.travel("2026-10-24T12:00Z", tick=False):
        rule = {"rrule": "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "zone": BERLIN}
        assert cafe.post("/v1/newsletters/slots", rule)["next"][:3] == [
            "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z",
            "2026-10-27T01:30:00Z",
        ]
    assert cafe.get("/v1/newsletters")["newsletters"] == []
    assert due(cafe) == []


@pytest.mark.parametrize(
    ("schedule", "field", "said"),
    [
        ({"cron": "0 9 31 2 *"}, "schedule.cron", "cron expression"),
        ({"cron": "0 0 9 * * 1"}, "schedule.cron", "cron expression"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=9"}, "schedule.rrule", "never comes"),
        ({"rrule": "FREQ=DAILY"}, "schedule.rrule", "at what hour"),
        ({"rrule": "FREQ=DAILY;BYHOUR=9", "starts": "noon"}, "schedule.rrule", "starts"),
        ({"cron": "0 9 * * 1", "starts": "2026-01-01T09:00"}, "schedule.starts", "rule"),
        ({"cron": "0 9 * * 1", "zone": "Europe/Atlantis"}, "schedule.zone", "IANA"),
        ({"cron": "0 9 * * 1", "rrule": "FREQ=DAILY;BYHOUR=9"}, "schedule", "one of"),
        ({"at": "2020-01-01T00:00:00Z"}, "schedule.at", "past"),
        ({}, "schedule", "one of"),
    ],
)
def test_a_schedule_that_is_none_is_refused_with_what_and_where(
    cafe: Client, schedule: dict[str, str], field: str, said: str
) -> None:
    for path, sent in (("/v1/newsletters", body(**schedule)), ("/v1/newsletters/slots", schedule)):
        answer = cafe("POST", path, sent)
        assert answer.status == 422
        assert answer.json["errors"][0]["field"] == field
        assert said in answer.json["errors"][0]["detail"]


def test_an_edit_changes_issues_to_come(cafe: Client) -> None:
    with time_machine.travel("2026-05-06T12:00Z", tick=False):
        made = cafe.post("/v1/newsletters", body(cron="0 9 * * 1"))
        path = f"/v1/newsletters/{made['id']}"
        text = cafe("PATCH", path, {"message": {"text": "Other"}, "missed": "skip"}).json
        assert text == made | {"message": made["message"] | {"text": "Other"}, "missed": "skip"}
        moved = cafe("PATCH", path, {"schedule": {"cron": "0 18 * * *"}}).json
    assert moved["next_at"] == "2026-05-06T18:00:00Z"
    assert moved["message"]["text"] == "Other"
    assert cafe.get(path)["schedule"]["cron"] == "0 18 * * *"
    assert len(due(cafe)) == 2  # the old one is let go when it comes
    assert cafe("PATCH", path, {"topic": "unheard"}).problem == "invalid"
    assert cafe("PATCH", path, {"schedule": {"cron": "x"}}).problem == "invalid"
    assert cafe("PATCH", "/v1/newsletters/none", {}).problem == "not-found"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://127.0.0.1/feed", "not public"),
        ("http://blog.example/feed", "https"),
        ("https://blog.example:8443/feed", "port"),
    ],
)
def test_a_feed_is_tried_before_anything_is_stored(cafe: Client, url: str, said: str) -> None:
    sent = {"name": "Blog", "topic": "news", "feed": {"url": url}, "schedule": {"cron": "0 9 * * 1"}}
    answer = cafe("POST", "/v1/newsletters", sent)
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "feed.url"
    assert said in answer.json["errors"][0]["detail"]
    assert cafe.get("/v1/newsletters")["newsletters"] == []


def test_without_a_feed_a_newsletter_needs_a_message(cafe: Client) -> None:
    answer = cafe(
        "POST", "/v1/newsletters", {"name": "x", "topic": "news", "schedule": {"cron": "0 9 * * 1"}}
    )
    assert answer.fields == ["message.text"]
