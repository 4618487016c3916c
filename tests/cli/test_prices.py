"""`rundruf prices`: the table from a spreadsheet or JSON, and back."""

import json
from datetime import date
from pathlib import Path

import pytest

from rundruf.api.prices import PriceModel, PricesIn, PricesOut
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Suite, problem, told

ROW = PriceModel(
    messenger="whatsapp", country="49", amount="0.0456", currency="EUR", since=date(2026, 1, 1), source="Meta"
)
SHORT = {"messenger": "whatsapp", "country": "49", "amount": "0.0456", "currency": "EUR"}


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    table = told(PricesOut(prices=[ROW], changed=made.NOON))
    suite.plays("GET /v1/prices", table)
    suite.plays("PUT /v1/prices", table)


def test_prices_are_listed(run: Run, suite: Suite) -> None:
    shown = run("prices", "list").stdout
    assert "0.0456" in shown
    assert "2026-01-01" in shown
    assert json.loads(run("prices", "list", "--json").stdout)["prices"][0]["country"] == "49"
    suite.plays("GET /v1/prices", told(PricesOut(prices=[], changed=None)))
    assert "No prices yet" in run("prices", "list").stderr


@pytest.mark.parametrize(
    "text",
    [
        "messenger,country,amount,currency,since\nwhatsapp,49,0.0456,EUR,2026-01-01\n",
        "\ufeffMessenger;Account;Kind;Country;Amount;Currency;Since\r\n"
        "whatsapp;;;49;0.0456;EUR;2026-01-01\r\n",
        json.dumps({"prices": [SHORT | {"since": "2026-01-01"}]}),
        json.dumps([SHORT | {"since": "2026-01-01"}]),
    ],
    ids=["CSV", "spreadsheet", "JSON as listed", "JSON rows"],
)
def test_a_file_is_the_whole_table(run: Run, suite: Suite, tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices"
    file.write_text(text, encoding="utf-8", newline="")
    result = run("prices", "set", str(file))
    assert result.exit_code == 0
    assert "Rows of the price table: 1" in result.stderr
    sent = PricesIn.model_validate(suite.asked[-1].json).prices
    assert sent == [ROW.model_copy(update={"source": ""})]


def test_what_is_listed_as_csv_can_be_set_again(run: Run, suite: Suite) -> None:
    listed = run("prices", "list", "--csv").stdout
    assert run("prices", "set", "-", input=listed).exit_code == 0
    assert PricesIn.model_validate(suite.asked[-1].json).prices == [ROW]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("messenger,amount\nwhatsapp,1\n", "missing currency, since"),
        ("messenger,amount,currency,since,colour\n", "unknown colour"),
        ("messenger,amount,currency,since\nwhatsapp,1\n", "Line 2"),
        ("messenger,amount,currency,since\nwhatsapp,1,EUR,2026-01-01,x\n", "Line 2"),
        ('messenger,amount,currency,since\n"whatsapp,1,EUR', "cannot be read"),
        ("", "missing messenger"),
        ("{", "is not JSON"),
    ],
)
def test_what_is_no_table_is_wrong_usage(run: Run, suite: Suite, text: str, said: str) -> None:
    result = run("prices", "set", "-", input=text)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert suite.asked == []
    assert run("prices", "set", "nowhere.csv").exit_code == 2


def test_what_the_suite_refuses_is_said_with_its_row(run: Run, suite: Suite) -> None:
    said = "row 2 holds on days on which row 1 holds for the same"
    suite.plays("PUT /v1/prices", problem("invalid", f"prices.1: {said}", [("prices.1", said)]))
    result = run("prices", "set", "-", input="[{}]")
    assert (result.exit_code, said in result.stderr) == (1, True)
