"""The suppression list over the API: taken in every form, checked, and in force at once."""

import json
from typing import Any

import pytest

from tests.api.client import Answered, Client
from tests.api.conftest import person
from tests.api.test_imports import CSV, JSONL, lines, row, taken

ANNA = {"messenger": "telegram", "account": "main", "user_id": "4711"}
SEMICOLONS = "\ufeffmessenger;account;user_id;at\r\ntelegram;main;4711;2026-05-01T12:00:00Z\r\n"


def check(api: Client, user_id: str = "4711", **more: str) -> Any:
    return api.get("/v1/suppressions/check", **(ANNA | {"user_id": user_id} | more))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ANNA, {}),
        ([ANNA | {"account": "*"}], {}),
        ([ANNA | {"user_id": 4711}], {}),
        ("messenger,account,user_id\ntelegram,main,4711\n", CSV),
        (SEMICOLONS, CSV),
        (json.dumps(ANNA) + "\n", JSONL),
    ],
    ids=["one", "list, all accounts", "number", "csv", "excel in German", "jsonl"],
)
def test_whoever_unsubscribed_elsewhere_is_kept_out(cafe: Client, body: Any, headers: dict[str, str]) -> None:
    told = cafe.post("/v1/suppressions", body, headers=headers)
    assert told == {"listed": 1, "already": 0, "ended": 0, "refused": 0, "lines": []}
    assert check(cafe)["suppressed"]
    assert lines(taken(cafe, row(4711), row(4712))) == {2: ("suppressed", "user_id"), 3: ("imported", "")}
    assert cafe("POST", "/v1/contacts", person(4711, "news")).fields == ["user_id"]
    assert "4711" not in json.dumps([one for one in cafe.stack.items() if "listed#" in one["pk"]["S"]])


def test_wrong_lines_are_told_and_the_others_taken(cafe: Client) -> None:
    body = [ANNA, ANNA | {"user_id": "anna"}, 5, ANNA | {"shoe": "40"}, ANNA | {"user_id": "1\0"}]
    told = cafe.post("/v1/suppressions", body)
    assert (told["listed"], told["refused"]) == (1, 4)
    assert [(one["line"], one["field"]) for one in told["lines"]] == [
        (2, "user_id"), (3, "row"), (4, "shoe"), (5, "user_id"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        ("{", {}, "bad-request"),
        ("[" * 50_000, {}, "bad-request"),
        ("account,user_id\nmain,1\n", CSV, "invalid"),
        ("<xml/>", {"content-type": "text/xml"}, "unsupported-media-type"),
        (b"\xff\xfe", CSV, "bad-request"),
        ("x" * (5 * 1024 * 1024 + 1), CSV, "too-large"),
    ],
    ids=["cut", "deep", "no messenger", "xml", "not UTF-8", "too large"],
)
def test_what_cannot_be_read_changes_nothing(
    cafe: Client, body: Any, headers: dict[str, str], problem: str
) -> None:
    found: Answered = cafe("POST", "/v1/suppressions", body, headers=headers)
    assert found.problem == problem
    assert not [one for one in cafe.stack.items() if one["pk"]["S"].startswith("listed#")]


def test_a_known_persons_consent_ends(cafe: Client) -> None:
    made = cafe.post("/v1/contacts", person(4711, "news"))["id"]
    told = cafe.post("/v1/suppressions?document=klaviyo.csv", ANNA)
    assert (told["listed"], told["ended"]) == (1, 1)
    held = cafe.get(f"/v1/contacts/{made}")
    assert held["consent"]["topics"] == []
    entry = held["ledger"][-1]["entry"]
    assert (entry["source"], entry["reference"]) == ("suppression list", "klaviyo.csv, line 1")
    consent = {"action": "imported", "topics": ["news"], "source": "desk", "at": "2026-05-01T12:00:00Z"}
    assert cafe("POST", f"/v1/contacts/{made}/consents", consent).problem == "conflict"


def test_a_check_says_why_and_since_when(cafe: Client) -> None:
    assert check(cafe) == {"suppressed": False, "since": None, "why": "", "reference": ""}
    cafe.post("/v1/suppressions?document=old", ANNA | {"at": "2026-05-01T12:00:00Z"})
    assert check(cafe) == {
        "suppressed": True, "since": "2026-05-01T12:00:00Z", "why": "listed", "reference": "old, line 1",
    }  # fmt: skip
    made = cafe.post("/v1/contacts", person(1, "news"))["id"]
    gone = {"action": "withdrawn", "source": "phone", "at": "2026-05-02T00:00:00Z"}
    cafe.post(f"/v1/contacts/{made}/consents", gone)
    assert check(cafe, "1")["why"] == "left"
    cafe("DELETE", f"/v1/contacts/{made}")
    assert check(cafe, "1")["why"] == "erased"
    assert cafe("GET", "/v1/suppressions/check?messenger=pigeon&account=a&user_id=1").fields == ["messenger"]


def test_an_objection_ends_everything_and_no_list_undoes_it(cafe: Client) -> None:
    made = cafe.post("/v1/contacts", person(1, "news", "recipes"))["id"]
    objection = {"action": "objected", "source": "letter", "at": "2026-05-02T00:00:00Z"}
    told = cafe.post(f"/v1/contacts/{made}/consents", objection)
    assert (told["consent"]["topics"], told["consent"]["objected"]) == ([], True)
    assert told["ledger"][-1]["entry"]["action"] == "objected"
    assert check(cafe, "1")["why"] == "objected"
    later = row(1, proof="desk,2026-05-03T00:00:00Z")
    assert lines(taken(cafe, later)) == {2: ("suppressed", "user_id")}
    consent = {"action": "imported", "topics": ["news"], "source": "desk", "at": "2026-05-03T00:00:00Z"}
    assert cafe("POST", f"/v1/contacts/{made}/consents", consent).problem == "conflict"
    partly = objection | {"topics": ["news"]}
    assert cafe("POST", f"/v1/contacts/{made}/consents", partly).fields == ["topics"]
