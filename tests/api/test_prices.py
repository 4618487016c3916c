"""The price table over the API: kept as a whole, and refused with the row that is wrong."""

from typing import Any

import pytest

from tests.api.client import Client

ROW = {"messenger": "whatsapp", "amount": "0.0456", "currency": "EUR", "since": "2026-01-01"}
FULL = ROW | {
    "account": "main",
    "kind": "transactional",
    "country": "49",
    "until": "2026-12-31",
    "source": "invoice of May",
}


def test_the_table_is_empty_at_first(cafe: Client) -> None:
    assert cafe.get("/v1/prices") == {"prices": [], "changed": None}


def test_what_is_put_is_the_whole_table(cafe: Client) -> None:
    usual = {"account": "", "kind": "marketing", "country": "", "until": None, "source": ""}
    told = cafe("PUT", "/v1/prices", {"prices": [ROW, FULL]})
    assert (told.status, told.json["prices"]) == (200, [usual | ROW, FULL])
    assert cafe.get("/v1/prices") == told.json
    assert told.json["changed"]
    assert cafe("PUT", "/v1/prices", {"prices": []}).status == 200
    assert cafe.get("/v1/prices")["prices"] == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        pytest.param({"amount": "-0.01"}, "prices.1.amount", "0 or more", id="negative"),
        pytest.param({"amount": "0,05"}, "prices.1.amount", "0 or more", id="comma"),
        pytest.param({"amount": "1e9"}, "prices.1.amount", "0 or more", id="exponent"),
        pytest.param({"amount": "NaN"}, "prices.1.amount", "0 or more", id="no number"),
        pytest.param({"amount": 0.05}, "prices.1.amount", "string", id="number instead of text"),
        pytest.param({"currency": "eur"}, "prices.1.currency", "ISO 4217", id="small letters"),
        pytest.param({"currency": "€"}, "prices.1.currency", "ISO 4217", id="sign"),
        pytest.param({"country": "+49"}, "prices.1.country", "without", id="plus"),
        pytest.param({"country": "DE"}, "prices.1.country", "telephone", id="letters"),
        pytest.param({"since": "2026-02-30"}, "prices.1.since", "a day that there is", id="no such day"),
        pytest.param({"since": 1_780_000_000}, "prices.1.since", "a day that there is", id="timestamp"),
        pytest.param({"until": "31.12.2026"}, "prices.1.until", "a day that there is", id="German date"),
        pytest.param({"until": "2025-12-31"}, "prices.1", "until lies before", id="ends before it begins"),
        pytest.param({"country": ""}, "prices.1", "row 2 holds on days on which row 1", id="overlap"),
        pytest.param({"kind": "reply"}, "prices.1.kind", "marketing", id="kind"),
        pytest.param({"messenger": "fax"}, "prices.1.messenger", "no messenger", id="messenger"),
        pytest.param({"account": "other"}, "prices.1.account", "no account whatsapp/other", id="account"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_stand_is_named(cafe: Client, change: Any, field: str, said: str) -> None:
    kept = cafe("PUT", "/v1/prices", {"prices": [ROW]}).json
    found = cafe("PUT", "/v1/prices", {"prices": [ROW, ROW | {"country": "49"} | change]})
    assert (found.status, found.problem, found.fields) == (422, "invalid", [field])
    assert said in found.json["errors"][0]["detail"]
    assert cafe.get("/v1/prices") == kept


def test_touching_days_and_other_places_are_no_overlap(cafe: Client) -> None:
    rows = [
        ROW | {"until": "2026-06-30"},
        ROW | {"since": "2026-07-01"},
        ROW | {"country": "49"},
        ROW | {"account": "main"},
        ROW | {"kind": "transactional"},
    ]
    assert cafe("PUT", "/v1/prices", {"prices": rows}).status == 200
    found = cafe("PUT", "/v1/prices", {"prices": [*rows, ROW | {"since": "2026-06-30"}]})
    assert found.fields == ["prices.5", "prices.5"]


def test_five_hundred_rows_fit_and_one_more_is_refused(cafe: Client) -> None:
    rows = [ROW | {"country": str(1000 + number), "source": "x" * 300} for number in range(501)]
    assert cafe("PUT", "/v1/prices", {"prices": rows[:500]}).status == 200
    assert cafe("PUT", "/v1/prices", {"prices": rows}).fields == ["prices"]
