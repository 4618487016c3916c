"""`rundruf contacts add|edit` and `ledger add`: one person by hand."""

import json
from typing import Any

import pytest

from rundruf.api.models import ConsentIn, ContactIn, ContactPatch
from tests.cli import made
from tests.cli.conftest import Run
from tests.cli.suite import Answer, Suite, told

PERSON = f"/v1/contacts/{made.ANNA}"
WHO = "whatsapp/main/+491713920001"


@pytest.fixture(autouse=True)
def recorded(suite: Suite) -> None:
    for call in ("POST /v1/contacts", f"PATCH {PERSON}", f"GET {PERSON}", f"POST {PERSON}/consents"):
        suite.plays(call, told(made.contact()))
    found = {"contacts": [made.contact().model_dump(mode="json")], "cursor": None}
    suite.plays("GET /v1/contacts", Answer(body=found))


def body(suite: Suite) -> Any:
    return suite.asked[-1].json


class TestWho:
    def test_a_human_is_named_by_the_business_own_id(self, run: Run, suite: Suite) -> None:
        assert run("contacts", "add", WHO, "--person", "K-4711").exit_code == 0
        assert ContactIn.model_validate(body(suite)).person == "K-4711"
        assert run("contacts", "edit", made.ANNA, "--person", "").exit_code == 0
        assert ContactPatch.model_validate(body(suite)).person == ""


class TestAdd:
    def test_a_person_with_the_proof_of_consent(self, run: Run, suite: Suite) -> None:
        proof = ("--consent-source", "Form", "--consent-at", "2026-05-01T12:00+00:00")
        known = ("--name", "Jörg", "--tag", "vegan", "--attribute", "city=Köln", "--language", "de")
        result = run("contacts", "add", WHO, *known, "--topic", "recipes", *proof)
        assert result.exit_code == 0
        sent = ContactIn.model_validate(body(suite))
        assert (sent.user_id, sent.name, sent.topics) == ("+491713920001", "Jörg", ["recipes"])
        assert sent.consent is not None
        assert sent.consent.source == "Form"
        assert json.loads(run("contacts", "add", WHO, "--json").stdout)["id"] == made.ANNA

    def test_no_topic_without_proof(self, run: Run, suite: Suite) -> None:
        result = run("contacts", "add", WHO, "--topic", "recipes", "--consent-source", "Form")
        assert result.exit_code == 2
        assert "without proof" in result.stderr
        assert suite.asked == []

    @pytest.mark.parametrize("who", ["anna", "whatsapp/main", "whatsapp//+49"])
    def test_a_person_is_named_in_full(self, run: Run, suite: Suite, who: str) -> None:
        assert run("contacts", "add", who).exit_code == 2
        assert suite.asked == []


class TestEdit:
    def test_tags_come_and_go_and_the_others_stay(self, run: Run, suite: Suite) -> None:
        run("contacts", "edit", WHO, "--tag", "regular", "--name", "")
        assert ContactPatch.model_validate(body(suite)).tags == ["regular", "vegan"]
        assert body(suite)["name"] == ""
        run("contacts", "edit", WHO, "--no-tag", "vegan")
        assert body(suite) == {"tags": []}

    def test_one_attribute_of_several(self, run: Run, suite: Suite) -> None:
        run("contacts", "edit", WHO, "--attribute", "street=Domweg")
        assert body(suite) == {"attributes": {"city": "Köln", "street": "Domweg"}}
        run("contacts", "edit", WHO, "--attribute", "city=")
        assert body(suite) == {"attributes": {}}

    def test_a_name_needs_no_look_at_the_rest(self, run: Run, suite: Suite) -> None:
        run("contacts", "edit", made.ANNA, "--name", "Anna Müller")
        assert suite.calls == [f"PATCH {PERSON}"]

    def test_nothing_to_change_is_wrong_usage(self, run: Run) -> None:
        assert run("contacts", "edit", made.ANNA).exit_code == 2


class TestLedgerAdd:
    def test_an_objection_by_letter(self, run: Run, suite: Suite) -> None:
        assert run("ledger", "add", WHO, "objected", "--source", "letter").exit_code == 0
        sent = ConsentIn.model_validate(body(suite))
        assert (sent.action, sent.topics, sent.source) == ("objected", [], "letter")

    def test_a_consent_needs_topic_and_time(self, run: Run, suite: Suite) -> None:
        assert run("ledger", "add", WHO, "imported", "--source", "form").exit_code == 2
        assert suite.asked == []
        told_so = ("--topic", "recipes", "--at", "2026-05-03T10:00+00:00")
        assert run("ledger", "add", WHO, "imported", "--source", "form", *told_so).exit_code == 0
        assert ConsentIn.model_validate(body(suite)).topics == ["recipes"]
