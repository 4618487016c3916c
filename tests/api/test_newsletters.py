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
    assert made["schedule"] == {"cron": cron, "zone": zone, "at": None}
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
    assert (resumed["paused"], resumed["next_at"]) == (False, "2026-06-08T09:00:00Z")
    assert cafe.get(f"/v1/newsletters/{made['id']}") == resumed


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
