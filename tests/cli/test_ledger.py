"""`rundruf ledger` trusts nobody: it recomputes the chain."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from rundruf_cli.ledger import first_altered
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Answer, Asked, Suite, told

PATH = f"GET /v1/contacts/{made.ANNA}/consents"


def shown() -> dict[str, Any]:
    body: dict[str, Any] = made.ledger().model_dump(mode="json")
    return body


def test_an_untouched_ledger_is_intact(run: Run, suite: Suite) -> None:
    suite.plays(PATH, told(made.ledger()))
    result = run("ledger", "verify", made.ANNA)
    assert result.exit_code == 0
    assert "3 entries" in result.stderr
    assert "intact" in result.stderr


@pytest.mark.parametrize(
    ("number", "field", "value"),
    [
        (1, "source", "entrx"),
        (2, "at", 1),
        (2, "topics", ["recipes", "offers"]),
        (2, "everything", 0),
        (3, "previous", "0" * 64),
        (3, "note", "added later"),
        (2, "number", "2"),
        (1, "wording", {"id": "opt-in", "version": "1", "language": "de", "hash": "ba" * 32}),
    ],
)
def test_one_altered_value_is_found_though_the_suite_calls_it_intact(
    run: Run, suite: Suite, number: int, field: str, value: object
) -> None:
    body = shown()
    body["entries"][number - 1]["entry"][field] = value
    suite.plays(PATH, Answer(body=body))
    result = run("ledger", "verify", made.ANNA, "--json")
    assert result.exit_code == 1
    verdict = json.loads(result.stdout)
    assert (verdict["intact"], verdict["altered"]) == (False, number)
    assert verdict["here"] == {"intact": False, "altered": number}
    assert verdict["suite"] == {"intact": True, "altered": None}
    assert f"Entry {number} is altered" in result.stderr
    assert "Found by this check." in result.stderr


def test_every_single_byte_of_a_text_counts() -> None:
    for number, one in enumerate(shown()["entries"], 1):
        for name, value in one["entry"].items():
            if not isinstance(value, str):
                continue
            for place in range(len(value)):
                body = shown()
                planted = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
                body["entries"][number - 1]["entry"][name] = planted
                assert first_altered(body["entries"]) == number, (number, name, place)


@pytest.mark.parametrize("gone", [0, 1])
def test_a_missing_entry_is_found(run: Run, suite: Suite, gone: int) -> None:
    body = shown()
    del body["entries"][gone]
    suite.plays(PATH, Answer(body=body))
    result = run("ledger", "verify", made.ANNA)
    assert result.exit_code == 1
    assert f"Entry {gone + 1} is altered, missing" in result.stderr


def test_a_ledger_cut_short_is_found_through_the_suite(run: Run, suite: Suite) -> None:
    suite.plays(PATH, told(made.ledger(made.entries()[:2], intact=False, altered=3)))
    result = run("ledger", "verify", made.ANNA)
    assert result.exit_code == 1
    assert "cut short: entry 3 is missing" in result.stderr


def test_a_ledger_cut_short_is_found_though_the_suite_calls_it_intact(run: Run, suite: Suite) -> None:
    suite.plays(PATH, told(made.ledger(made.entries()[:2], head=made.entries()[-1].hash)))
    result = run("ledger", "verify", made.ANNA)
    assert result.exit_code == 1
    assert "3" in result.stderr


def test_the_earlier_of_two_findings_is_named(run: Run, suite: Suite) -> None:
    body = shown() | {"intact": False, "altered": 1}
    body["entries"][1]["entry"]["source"] = "other"
    suite.plays(PATH, Answer(body=body))
    result = run("ledger", "verify", made.ANNA)
    assert "Entry 1 is altered" in result.stderr
    assert "Found by this check and the suite." in result.stderr


def test_a_verdict_without_a_place_is_not_called_intact(run: Run, suite: Suite) -> None:
    suite.plays(PATH, told(made.ledger(intact=False)))
    assert run("ledger", "verify", made.ANNA).exit_code == 1


def test_an_entry_without_its_fields_is_altered() -> None:
    body = shown()
    del body["entries"][1]["entry"]["action"]
    assert first_altered(body["entries"]) == 2
    body["entries"][0]["entry"]["action"] = "invented"
    assert first_altered(body["entries"]) == 1


def either(asked: Asked) -> Answer:
    """The ledger as page or as data, as the caller wants."""
    if asked.query.get("format") == "html":
        return Answer(200, "<!doctype html><p>Nachweis für Änne".encode(), {"Content-Type": "text/html"})
    return told(made.ledger())


def test_a_certificate_is_written_for_the_user_only(run: Run, suite: Suite, tmp_path: Path) -> None:
    suite.plays(PATH, either)
    result = run("ledger", "certificate", made.ANNA, "--language", "de", "--out", "anna.html")
    assert (result.exit_code, result.stdout) == (0, "")
    written = tmp_path / "anna.html"
    assert written.read_text(encoding="utf-8").endswith("Änne")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert suite.asked[-1].query == {"format": "html", "language": "de"}


def test_a_certificate_of_an_altered_ledger_is_written_and_told(
    run: Run, suite: Suite, tmp_path: Path
) -> None:
    body = shown()
    body["entries"][1]["entry"]["source"] = "other"
    suite.plays(PATH, lambda asked: either(asked) if asked.query else Answer(body=body))
    result = run("ledger", "certificate", made.ANNA, "--out", "anna.html")
    assert result.exit_code == 1
    assert "Entry 2 is altered" in result.stderr
    assert (tmp_path / "anna.html").exists()


def test_entries_are_shown_in_order(run: Run, suite: Suite) -> None:
    suite.plays(PATH, told(made.ledger()))
    result = run("ledger", "show", made.ANNA)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines if line[:4].strip().isdecimal()] == ["1", "2", "3"]
    assert "withdrawn (everything)" in result.stdout
    assert "opt-in 1 de" in result.stdout


def test_a_person_is_found_by_messenger_account_and_number(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/contacts", Answer(body={"contacts": [{"id": made.ANNA}], "cursor": None}))
    suite.plays(PATH, told(made.ledger()))
    assert run("ledger", "verify", f"whatsapp/main/{made.PHONE}").exit_code == 0
    assert suite.asked[0].query == {"messenger": "whatsapp", "account": "main", "user_id": made.PHONE}


def test_an_unknown_person_is_refused(run: Run, suite: Suite) -> None:
    suite.plays("GET /v1/contacts", Answer(body={"contacts": [], "cursor": None}))
    result = run("ledger", "show", "whatsapp/main/+49000")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no contact" in result.stderr


def test_half_a_name_of_a_person_is_wrong_usage(run: Run) -> None:
    assert run("ledger", "show", "whatsapp/main").exit_code == 2
