"""Before a broadcast starts: what it costs, what to know, the token, and a second key's word."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.plan import FRESH
from rundruf.messengers.contract import Notice
from tests.api.client import Client
from tests.api.conftest import person

DRAFT = {"name": "Autumn", "topic": "news", "message": {"text": "Hello"}, "start": False}
BODY = DRAFT | {"start": True}
OTHER = "ba9876543210"
PRICE = {"messenger": "whatsapp", "amount": "0.09", "currency": "EUR", "since": "2020-01-01"}


@pytest.fixture
def people(cafe: Client) -> Client:
    """Two Germans and an Austrian on WhatsApp, one person on Telegram."""
    for number, language in ((4915100000001, "de"), (4915100000002, "en"), (4366400000003, "de")):
        cafe.post("/v1/contacts", person(number, "news", messenger="whatsapp", language=language))
    cafe.post("/v1/contacts", person(4915, "news"))
    return cafe


def drafted(api: Client, **more: Any) -> tuple[str, Any]:
    """A draft and its preflight."""
    made = api.post("/v1/broadcasts", DRAFT | more)["id"]
    return made, api.post(f"/v1/broadcasts/{made}/preflight")


def priced(api: Client, *rows: dict[str, Any]) -> None:
    assert api("PUT", "/v1/prices", {"prices": [PRICE | one for one in rows]}).status == 200


def test_an_unknown_price_is_said_and_never_nothing(people: Client) -> None:
    _, shown = drafted(people)
    assert (shown["cost"], shown["unpriced"]) == ([], 4)
    assert "in the price table: 4." in shown["warnings"]["price"]["en"]
    assert shown["own_cost"]["currency"] == "USD"
    assert 0 < float(shown["own_cost"]["amount"]) < 0.001


def test_the_cost_is_by_country_and_currency(people: Client) -> None:
    free = {"messenger": "telegram", "amount": "0", "currency": "USD"}
    priced(people, {"amount": "0.1131", "country": "49"}, {}, free)
    _, shown = drafted(people)
    assert shown["cost"] == [
        {"amount": "0.3162", "currency": "EUR"},
        {"amount": "0.00", "currency": "USD"},
    ]
    assert shown["unpriced"] == 0
    assert "price" not in shown["warnings"]


def test_a_price_counts_on_the_day_of_sending(people: Client) -> None:
    priced(people, {"until": "2030-12-31"}, {"since": "2031-01-01", "amount": "1"})
    _, now = drafted(people)
    _, later = drafted(people, send_at="2031-06-01T12:00:00Z")
    assert [one["cost"][0]["amount"] for one in (now, later)] == ["0.27", "3.00"]
    assert later["finishes"].startswith("2031-06-01T12:00:00")


def test_messages_are_counted_as_they_leave(people: Client) -> None:
    priced(people, {})
    _, short = drafted(people)
    assert (short["messages"], short["messages_each"]) == (4, {"telegram/main": 1, "whatsapp/main": 1})
    _, long = drafted(people, message={"text": "Wort und " * 600})
    assert long["messages_each"] == {"telegram/main": 2, "whatsapp/main": 2}
    assert long["cost"][0]["amount"] == "0.54"


def test_a_template_is_looked_at(people: Client) -> None:
    template = {"name": "autumn", "language": "de"}
    _, shown = drafted(people, message={"template": template}, audience={"messengers": ["whatsapp"]})
    assert "which category the template autumn has" in shown["warnings"]["template whatsapp/main"]["en"]
    assert shown["warnings"]["language whatsapp/main"]["en"].endswith("the template (de): en 1.")
    note = people.wiring.catalogue.note
    for at, category, trouble, said in (
        (1, "UTILITY", "", "has the category UTILITY"),
        (2, "MARKETING", "paused", "be used (paused)"),
    ):
        note("whatsapp/main", Notice(at, "autumn", "de", category, trouble))
        _, shown = drafted(people, message={"template": template}, audience={"messengers": ["whatsapp"]})
        assert said in shown["warnings"]["template whatsapp/main"]["en"]
    note("whatsapp/main", Notice(3, "autumn", "de", "MARKETING"))
    _, shown = drafted(people, message={"template": template}, audience={"messengers": ["whatsapp"]})
    assert "template whatsapp/main" not in shown["warnings"]


def test_a_draft_starts_with_the_token_of_its_preflight_only(people: Client) -> None:
    made, shown = drafted(people)
    begin = f"/v1/broadcasts/{made}/start"
    for body in (None, {}, {"token": ""}):
        found = people("POST", begin, body)
        assert (found.status, found.problem) == (409, "preflight-needed")
        assert f"/v1/broadcasts/{made}/preflight" in found.json["detail"]
    other, _ = drafted(people)
    for token in (shown["token"][:-1], "x", people.post(f"/v1/broadcasts/{other}/preflight")["token"]):
        found = people("POST", begin, {"token": token})
        assert (found.status, found.problem) == (409, "preflight-stale")
    assert people.get(f"/v1/broadcasts/{made}")["state"] == "draft"
    told = people.post(begin, {"token": shown["token"]})
    assert (told["state"], told["planned_for"]["people"]) == ("planning", 4)
    assert people("POST", begin, {"token": shown["token"]}).problem == "conflict"


def test_a_token_ends_after_half_an_hour(people: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made, shown = drafted(people)
    now = people.api.context.now()
    monkeypatch.setattr(type(people.api.context), "now", lambda _: now + FRESH + 60_000)
    found = people("POST", f"/v1/broadcasts/{made}/start", {"token": shown["token"]})
    assert found.problem == "preflight-stale"
    assert "30 minutes" in found.json["detail"]


def test_what_was_said_is_kept(people: Client) -> None:
    priced(people, {})
    made, shown = drafted(people)
    people.post(f"/v1/broadcasts/{made}/start", {"token": shown["token"]})
    kept = people.get(f"/v1/broadcasts/{made}")["planned_for"]
    assert kept["people"] == shown["audience"]
    assert (kept["cost"], kept["unpriced"], kept["finishes"]) == (shown["cost"], 1, shown["finishes"])
    assert kept["key"] == "0123456789ab"


def test_what_is_made_to_start_needs_no_token(people: Client) -> None:
    told = people.post("/v1/broadcasts", BODY)
    assert (told["state"], told["planned_for"]["people"]) == ("planning", 4)
    later = people.post("/v1/broadcasts", BODY | {"send_at": "2031-06-01T12:00:00Z"})
    assert later["planned_for"]["people"] == 4
    assert people.post(f"/v1/broadcasts/{later['id']}/start")["state"] == "planning"


def limited(api: Client, most: int) -> None:
    """As if deployed with ApprovalAbove."""
    services = api.api.context.services
    api.api.context.services = replace(services, settings=replace(services.settings, approval_above=most))


def test_a_large_broadcast_needs_a_second_key(people: Client) -> None:
    limited(people, 3)
    found = people("POST", "/v1/broadcasts", BODY)
    assert (found.status, found.problem) == (409, "approval-needed")
    made, shown = drafted(people)
    begin, approve = (f"/v1/broadcasts/{made}/{one}" for one in ("start", "approve"))
    token = {"token": shown["token"]}
    found = people("POST", begin, token)
    assert (found.problem, approve in found.json["detail"]) == ("approval-needed", True)
    assert people("POST", approve, token).status == 403
    assert people("POST", approve, key=OTHER).problem == "preflight-needed"
    assert people("POST", approve, {"token": "x"}, key=OTHER).problem == "preflight-stale"
    told = people("POST", approve, token, key=OTHER)
    assert (told.status, told.json["approved_by"], told.json["made_by"]) == (200, OTHER, "0123456789ab")
    assert people.post(begin, token)["state"] == "planning"
    assert people("POST", approve, token, key=OTHER).problem == "conflict"
    acts = {(one["key"], one["action"].rpartition("/")[2]) for one in people.get("/v1/audit")["entries"]}
    assert {(OTHER, "approve"), ("0123456789ab", "start")} <= acts


def test_a_word_counts_for_what_was_looked_at_only(people: Client) -> None:
    limited(people, 3)
    made, shown = drafted(people)
    token = {"token": shown["token"]}
    assert people("POST", f"/v1/broadcasts/{made}/approve", token, key=OTHER).status == 200
    people.wiring.broadcasts.approve(made, OTHER, "another content")
    assert people("POST", f"/v1/broadcasts/{made}/start", token).problem == "approval-needed"


def test_as_many_as_the_deployment_allows_go_without(people: Client) -> None:
    limited(people, 4)
    assert people.post("/v1/broadcasts", BODY)["state"] == "planning"


def test_what_only_a_look_at_people_tells_is_told_as_such(people: Client) -> None:
    _, shown = drafted(people)
    assert shown["sampled"] == {"read": 4, "found": {"window": 3}, "about": {"window": 3}}
