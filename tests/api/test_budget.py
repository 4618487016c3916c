"""Budgets over the API: what costs more does not start, and what stopped goes on with more."""

from typing import Any

import pytest

from rundruf.core.budget import Budget
from rundruf.core.stopping import Stop, Why
from tests.api.client import Client
from tests.api.conftest import person

DRAFT = {"name": "Autumn", "topic": "news", "message": {"text": "Hello"}, "start": False}
BODY = DRAFT | {"start": True}
PRICE = {"messenger": "whatsapp", "amount": "0.09", "currency": "EUR", "since": "2020-01-01"}
FREE = {"messenger": "telegram", "amount": "0"}
LETTER = {"name": "L", "topic": "news", "message": {"text": "Soup"}, "schedule": {"cron": "0 9 * * 1"}}


def budget(amount: str, **more: Any) -> dict[str, Any]:
    return {"budget": {"amount": amount, "currency": "EUR"} | more}


@pytest.fixture
def people(cafe: Client) -> Client:
    """Three people on WhatsApp at nine cents, and one on Telegram for nothing."""
    for number in (4915100000001, 4915100000002, 4366400000003):
        cafe.post("/v1/contacts", person(number, "news", messenger="whatsapp"))
    cafe.post("/v1/contacts", person(4915, "news"))
    priced(cafe, {}, FREE)
    return cafe


def priced(api: Client, *rows: dict[str, Any]) -> None:
    assert api("PUT", "/v1/prices", {"prices": [PRICE | one for one in rows]}).status == 200


def test_what_costs_as_much_as_its_budget_starts(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | budget("0.27"))
    assert made["state"] == "planning"
    assert made["budget"] == {"amount": "0.27", "currency": "EUR", "allow_unpriced": False, "held": "0.00"}


def test_what_costs_more_does_not_start(people: Client) -> None:
    found = people("POST", "/v1/broadcasts", BODY | budget("0.26"))
    assert (found.status, found.problem) == (409, "over-budget")
    assert "would cost 0.27 EUR, and its budget is 0.26 EUR" in found.json["detail"]
    assert people.get("/v1/broadcasts")["broadcasts"] == []


def test_a_draft_is_told_before_and_refused_at_the_start(people: Client) -> None:
    made = people.post("/v1/broadcasts", DRAFT | budget("0.10"))["id"]
    shown = people.post(f"/v1/broadcasts/{made}/preflight")
    assert "more than the budget (0.10 EUR)" in shown["warnings"]["budget"]["en"]
    found = people("POST", f"/v1/broadcasts/{made}/start", {"token": shown["token"]})
    assert (found.status, found.problem) == (409, "over-budget")
    assert people.get(f"/v1/broadcasts/{made}")["state"] == "draft"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([FREE], id="none"),
        pytest.param([FREE, {"country": "49"}], id="not everywhere"),
        pytest.param([FREE, {"currency": "USD"}], id="another currency"),
    ],
)
def test_an_unknown_price_is_refused_unless_that_is_allowed(
    people: Client, rows: list[dict[str, Any]]
) -> None:
    priced(people, *rows)
    found = people("POST", "/v1/broadcasts", BODY | budget("5.00"))
    assert (found.status, found.problem) == (409, "price-unknown")
    assert "allow_unpriced" in found.json["detail"]
    assert people.post("/v1/broadcasts", BODY | budget("5.00", allow_unpriced=True))["state"] == "planning"


def test_the_budget_is_part_of_what_a_token_and_an_approval_are_bound_to(people: Client) -> None:
    made = people.post("/v1/broadcasts", DRAFT | budget("5.00"))["id"]
    shown = people.post(f"/v1/broadcasts/{made}/preflight")
    people.wiring.broadcasts.set_budget(made, Budget("9.00", "EUR"))
    found = people("POST", f"/v1/broadcasts/{made}/start", {"token": shown["token"]})
    assert found.problem == "preflight-stale"


def test_it_is_resumed_with_a_larger_budget(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | budget("5.00"))["id"]
    store = people.wiring.broadcasts
    found = store.get(made)
    assert found is not None
    number = found.number("whatsapp/main")
    store.stop(made, number, Stop(Why.BUDGET, "budget", people.api.context.now()), people.api.context.now())
    (stop,) = people.get(f"/v1/broadcasts/{made}")["stopped"]
    assert (stop["why"], stop["code"]) == ("budget", "budget")
    assert "Resume with a larger budget" in stop["sentence"]["en"]
    told = people.post(f"/v1/broadcasts/{made}/resume", budget("7.50"))
    assert (told["budget"]["amount"], told["stopped"]) == ("7.50", [])


def test_a_budget_is_not_changed_where_resuming_makes_no_sense(people: Client) -> None:
    made = people.post("/v1/broadcasts", DRAFT | budget("5.00"))["id"]
    assert people("POST", f"/v1/broadcasts/{made}/resume", budget("7.50")).status == 409
    assert people.get(f"/v1/broadcasts/{made}")["budget"]["amount"] == "5.00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-1"},
        {"amount": "1,50"},
        {"amount": 5},
        {"amount": "1e3"},
        {"currency": "eur"},
        {"currency": "EURO"},
        {"more": True},
    ],
)
def test_what_is_no_budget_is_refused(cafe: Client, wrong: dict[str, Any]) -> None:
    told = {"amount": "5.00", "currency": "EUR"} | wrong
    assert cafe("POST", "/v1/broadcasts", BODY | {"budget": told}).status == 422


def test_each_issue_of_a_newsletter_has_its_budget(people: Client) -> None:
    made = people.post("/v1/newsletters", LETTER | budget("0.27"))
    assert made["budget"] == {"amount": "0.27", "currency": "EUR", "allow_unpriced": False}
    found = people("PATCH", f"/v1/newsletters/{made['id']}", budget("0.20"))
    assert (found.status, found.problem) == (409, "over-budget")
    changed = people("PATCH", f"/v1/newsletters/{made['id']}", budget("3.00")).json
    assert changed["budget"]["amount"] == "3.00"
    assert people("POST", "/v1/newsletters", LETTER | budget("0.26")).problem == "over-budget"
