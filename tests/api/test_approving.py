"""A newsletter's preflight, and a second key's word for it."""

from typing import Any

import pytest
import time_machine

from tests.api.client import Client
from tests.api.test_preflight import OTHER, limited, people, priced

__all__ = ("people",)
WEEKLY = {
    "name": "Weekly",
    "topic": "news",
    "message": {"text": "Hello {{ name | default('there') }}"},
    "schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"},
}


@pytest.fixture
def weekly(people: Client) -> str:
    limited(people, 1)
    return f"/v1/newsletters/{people.post('/v1/newsletters', WEEKLY)['id']}"


def looked_at(api: Client, path: str) -> dict[str, Any]:
    return {"token": api.post(f"{path}/preflight")["token"]}


def test_the_next_issue_has_a_preflight(people: Client) -> None:
    made = people.post("/v1/newsletters", WEEKLY)
    priced(people, {})
    shown = people.post(f"/v1/newsletters/{made['id']}/preflight")
    assert (shown["audience"], shown["unpriced"]) == (4, 1)
    assert shown["cost"] == [{"amount": "0.27", "currency": "EUR"}]
    assert shown["finishes"][:16] == made["next_at"][:16]
    assert people.get("/v1/broadcasts")["broadcasts"] == []


def test_a_price_counts_on_the_day_of_the_slot(people: Client) -> None:
    with time_machine.travel("2026-05-06T12:00Z", tick=False):
        made = people.post("/v1/newsletters", WEEKLY)
        priced(people, {"until": "2026-05-10"}, {"amount": "0.10", "since": "2026-05-11"})
        shown = people.post(f"/v1/newsletters/{made['id']}/preflight")
    assert shown["cost"] == [{"amount": "0.30", "currency": "EUR"}]


def test_another_key_says_it_by_a_token(people: Client, weekly: str) -> None:
    assert people.get(weekly)["waits_for_approval"]
    token, approve = looked_at(people, weekly), f"{weekly}/approve"
    assert people("POST", approve, token).status == 403
    assert people("POST", approve, key=OTHER).problem == "preflight-needed"
    assert people("POST", approve, {"token": "x"}, key=OTHER).problem == "preflight-stale"
    told = people.post(approve, token, key=OTHER)
    assert (told["approved_by"], told["made_by"], told["waits_for_approval"]) == (
        OTHER,
        "0123456789ab",
        False,
    )
    acts = {(one["key"], one["action"].rpartition("/")[2]) for one in people.get("/v1/audit")["entries"]}
    assert (OTHER, "approve") in acts


def test_an_edit_takes_it_back_and_its_maker_cannot_say_it(people: Client, weekly: str) -> None:
    people.post(f"{weekly}/approve", looked_at(people, weekly), key=OTHER)
    token = looked_at(people, weekly)
    assert people("PATCH", weekly, {"name": "Daily"}).json["approved_by"] == OTHER
    changed = people("PATCH", weekly, {"message": {"text": "Salad"}}, key=OTHER).json
    assert (changed["approved_by"], changed["made_by"], changed["waits_for_approval"]) == ("", OTHER, True)
    assert people("POST", f"{weekly}/approve", token).problem == "preflight-stale"
    assert people("POST", f"{weekly}/approve", looked_at(people, weekly), key=OTHER).status == 403
    assert people.post(f"{weekly}/approve", looked_at(people, weekly))["approved_by"] == "0123456789ab"


def test_a_token_of_something_else_says_nothing(people: Client, weekly: str) -> None:
    other = f"/v1/newsletters/{people.post('/v1/newsletters', WEEKLY)['id']}"
    assert (
        people("POST", f"{weekly}/approve", looked_at(people, other), key=OTHER).problem == "preflight-stale"
    )


def test_where_nobody_asks_for_it_nothing_waits(people: Client) -> None:
    assert not people.post("/v1/newsletters", WEEKLY)["waits_for_approval"]
