"""The audit log: who did what and who looked at people, and nothing of what it was about them."""

import json
from typing import Any

import pytest

from rundruf.api import audit
from rundruf.aws.calls import AwsError
from rundruf.core.ids import timed_id
from rundruf.core.retention import Keep
from tests.api.client import Answered, Client
from tests.api.conftest import person
from tests.api.test_imports import CSV, HEADER, row
from tests.support.people import an_id

NAME, PHONE = "Annegret Zwiebelfisch", "4917012345678"


def log(api: Client, **query: Any) -> list[dict[str, Any]]:
    """The log, oldest first, without the looks at it."""
    entries: list[dict[str, Any]] = api.get("/v1/audit", **query)["entries"]
    return [one for one in reversed(entries) if one["action"] != "GET /v1/audit"]


def said(api: Client) -> list[tuple[str, str, str]]:
    return [(one["action"], one["object"], one["result"]) for one in log(api)]


def test_acts_and_looks_at_people_are_written_down_with_their_result(api: Client) -> None:
    api.post("/v1/topics", {"id": "news", "name": {"de": "Neues"}})
    api.get("/v1/topics")
    assert api("POST", "/v1/topics", {"id": "!"}).status == 422
    assert api("DELETE", f"/v1/contacts/{an_id(1)}").status == 404
    assert api("GET", "/v1/contacts", scopes="send").status == 403
    api.get("/v1/contacts")
    assert said(api) == [
        ("POST /v1/topics", "news", "done"),
        ("POST /v1/topics", "", "refused"),
        ("DELETE /v1/contacts/{contact}", an_id(1), "refused"),
        ("GET /v1/contacts", "", "refused"),
        ("GET /v1/contacts", "", "done"),
    ]
    assert {one["key"] for one in log(api)} == {"0123456789ab"}


@pytest.mark.parametrize("path", ["", "/consents", "/export", "?x=1"])
def test_whoever_looks_at_a_person_is_named(cafe: Client, path: str) -> None:
    made = cafe.post("/v1/contacts", person(1, "news"))["id"]
    cafe("GET", f"/v1/contacts/{made}{path}")
    last = log(cafe)[-1]
    assert (last["object"], last["status"]) == (made, 200)


def test_what_was_made_is_named(cafe: Client) -> None:
    made = cafe.post("/v1/contacts", person(1, "news"))["id"]
    assert said(cafe)[-1] == ("POST /v1/contacts", made, "done")


def test_no_entry_holds_anything_about_a_person(cafe: Client) -> None:
    made = cafe.post("/v1/contacts", person(int(PHONE), "news", name=NAME))["id"]
    cafe("POST", "/v1/contacts/import", f"{HEADER}\n{row(4917, NAME)}\n", headers=CSV)
    cafe("GET", f"/v1/contacts?messenger=telegram&account=main&user_id={PHONE}")
    cafe("GET", f"/v1/suppressions/check?messenger=telegram&account=main&user_id={PHONE}")
    for wrong in (PHONE, f"+{PHONE}", "anna@example.org", NAME, "a%2Fb"):
        cafe("GET", f"/v1/contacts/{wrong}")
        cafe("DELETE", f"/v1/accounts/telegram/{wrong}")
        cafe("PUT", f"/v1/nothing/{wrong}", {})
    cafe("DELETE", f"/v1/contacts/{made}")
    stored = [one for one in cafe.stack.items() if one["pk"]["S"].startswith("audit#")]
    text = json.dumps(stored)
    assert PHONE not in text
    assert "Zwiebelfisch" not in text
    assert "example" not in text
    assert {one["expires"]["N"] for one in stored}


def test_what_cannot_be_written_down_is_not_done(cafe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cafe.post("/v1/contacts", person(1, "news"))["id"]
    put = cafe.wiring.table.put

    def failing(key: dict[str, str], *rest: Any) -> None:
        if key["pk"].startswith("audit#"):
            raise AwsError("ProvisionedThroughputExceededException", {})
        put(key, *rest)

    monkeypatch.setattr(cafe.wiring.table, "put", failing)
    before = cafe.facts()
    assert cafe("DELETE", f"/v1/contacts/{made}").status == 503
    assert cafe("POST", "/v1/topics", {"id": "more", "name": {"de": "Mehr"}}).status == 503
    seen: Answered = cafe("GET", f"/v1/contacts/{made}")
    assert (seen.status, made in str(seen.body)) == (503, False)
    assert cafe.facts() == before


def test_an_act_whose_result_cannot_be_written_is_not_lost(
    cafe: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cafe.post("/v1/contacts", person(1, "news"))["id"]

    update = cafe.wiring.table.update

    def failing(key: dict[str, str], *rest: Any) -> Any:
        if key["pk"].startswith("audit#"):
            raise AwsError("InternalServerError", {})
        return update(key, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(cafe.wiring.table, "update", failing)
        assert cafe("DELETE", f"/v1/contacts/{made}").status == 204
    last = log(cafe)[-1]
    assert (last["action"], last["object"]) == ("DELETE /v1/contacts/{contact}", made)
    assert (last["status"], last["result"]) == (None, "unknown")


def test_an_entry_costs_no_read(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    aws = api.wiring.aws
    call = aws.call

    def counted(service: str, operation: str, body: Any) -> Any:
        calls.append(operation)
        return call(service, operation, body)

    monkeypatch.setattr(aws, "call", counted)
    api("DELETE", "/v1/accounts/telegram/none", scopes="")
    assert calls == ["PutItem", "UpdateItem"]


def test_the_log_is_read_page_by_page_over_months_and_filtered(
    cafe: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = ("2026-11", "2026-12", "2027-01")
    for number, part in enumerate(months * 4):
        at = 1_793_500_000_000 + 2_592_000_000 * months.index(part) + number
        entry = {"at": at, "key": f"k{number % 2}", "name": "shop", "action": "POST /v1/x", "status": 200}
        key = {"pk": f"audit#{audit.month(at)}", "sk": timed_id(at, f"{number:08}")}
        cafe.wiring.table.put(key, entry)
    monkeypatch.setattr(audit, "LOOKED_THROUGH", 5)
    found: list[dict[str, Any]] = []
    query = {"from": "2026-10-01T00:00:00Z", "until": "2027-03-01T00:00:00Z", "limit": "2", "key": "k1"}
    for _ in range(20):
        page = cafe.get("/v1/audit", **query)
        found += page["entries"]
        if not page["cursor"]:
            break
        query["cursor"] = page["cursor"]
    assert [one["key"] for one in found] == ["k1"] * 6
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    shorter = query | {"limit": "50", "cursor": "", "until": "2026-11-15T00:00:00Z"}
    assert len(cafe.get("/v1/audit", **shorter)["entries"]) <= 2
    assert cafe.get("/v1/audit", **(shorter | {"action": "DELETE"}))["entries"] == []
    assert cafe("GET", "/v1/audit?cursor=abc").problem == "bad-request"


def test_entries_are_kept_for_as_long_as_a_consent_must_be_provable() -> None:
    assert Keep.AUDIT.days == 5 * 365


@pytest.mark.parametrize(("part", "before"), [("2026-01", "2025-12"), ("2026-12", "2026-11")])
def test_the_month_before(part: str, before: str) -> None:
    assert audit._earlier(part) == before
