"""Late issues over the API: one for two clicks, nobody twice, and a second key's word where it is needed."""

import pytest

from rundruf.flows import planning
from rundruf.flows.newsletter import issue
from tests.api.client import Client
from tests.api.test_broadcasts import add
from tests.api.test_preflight import OTHER, limited

WEEKLY = {
    "name": "Weekly",
    "topic": "news",
    "message": {"text": "Hello"},
    "schedule": {"cron": "0 9 * * 1", "zone": "Europe/Berlin"},
}
SLOT = 1_780_000_000_000


@pytest.fixture
def late(cafe: Client) -> str:
    """An issue that went to 1 and 2; its late issue's path."""
    add(cafe, 1, 2)
    newsletter = cafe.post("/v1/newsletters", WEEKLY)["id"]
    held = cafe.wiring.catalogue.newsletter(newsletter)
    assert held is not None
    made = issue(held, SLOT, cafe.wiring.broadcasts.now())
    cafe.wiring.broadcasts.create(made)
    planning.start(made.id, cafe.api.context.services)
    plan(cafe, made.id)
    return f"/v1/newsletters/{newsletter}/issues/{made.id}/late"


def plan(api: Client, broadcast: str) -> None:
    planning.plan(broadcast, api.api.context.services, lambda: 100_000)


def test_an_issue_is_sent_to_who_joined_since(cafe: Client, late: str) -> None:
    add(cafe, 3, 4)
    first, again = cafe.post(late), cafe.post(late)
    assert first["id"] == again["id"]
    assert first["late_of"] == late.split("/")[5]
    plan(cafe, first["id"])
    made = cafe.get(f"/v1/broadcasts/{first['id']}")
    assert (made["figures"]["audience"], made["late_of"]) == (2, first["late_of"])
    listed = cafe.get(late.rpartition("/issues/")[0] + "/issues")["broadcasts"]
    assert {one["late_of"] for one in listed} == {"", first["late_of"]}


def test_where_nobody_is_left_none_is_made(cafe: Client, late: str) -> None:
    answer = cafe("POST", late)
    assert answer.problem == "conflict"
    assert "Everybody" in answer.json["detail"]


def test_only_an_issue_of_this_newsletter_has_one(cafe: Client, late: str) -> None:
    other = cafe.post("/v1/newsletters", WEEKLY)["id"]
    issue_id = late.split("/")[5]
    for path in (
        f"{other}/issues/{issue_id}",
        f"{late.split('/')[3]}/issues/none",
        f"none/issues/{issue_id}",
    ):
        assert cafe("POST", f"/v1/newsletters/{path}/late").problem == "not-found"


def test_a_late_issue_has_none_itself_and_is_not_more_than_nine_times(cafe: Client, late: str) -> None:
    for number in range(1, 10):
        add(cafe, 100 + number)
        plan(cafe, made := cafe.post(late)["id"])
    newsletter, issue_id = late.split("/")[3], late.split("/")[5]
    itself = cafe("POST", f"/v1/newsletters/{newsletter}/issues/{made}/late")
    assert itself.problem == "conflict"
    assert issue_id in itself.json["detail"]
    add(cafe, 200)
    assert "9 late issues" in cafe("POST", late).json["detail"]


def test_who_failed_is_not_freed_once_there_is_a_late_issue(cafe: Client, late: str) -> None:
    add(cafe, 3)
    cafe.post(late)
    answer = cafe("POST", f"/v1/broadcasts/{late.split('/')[5]}/resume", {"scope": "failed"})
    assert answer.problem == "conflict"
    assert "late issue" in answer.json["detail"]


def test_as_a_draft_it_starts_by_a_token_and_a_second_keys_word(
    cafe: Client, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(cafe, 3, 4)
    limited(cafe, 1)
    assert cafe("POST", late).problem == "approval-needed"
    made = cafe.post(late, {"start": False})
    assert made["state"] == "draft"
    path = f"/v1/broadcasts/{made['id']}"
    shown = cafe.post(f"{path}/preflight")
    assert shown["audience"] == 2
    token = {"token": shown["token"]}
    assert cafe("POST", f"{path}/start", token).problem == "approval-needed"
    cafe.post(f"{path}/approve", token, key=OTHER)
    assert cafe.post(f"{path}/start", token)["state"] == "planning"
