"""Imports: each line wholly taken, or refused with its reason; an unreadable file changes nothing."""

import json
from typing import Any

import pytest

from rundruf.flows import importing
from tests.api.client import Answered, Client

HEADER = "messenger,account,user_id,name,tags,topics,consent_source,consent_at,attr.city"
PROOF = "desk,2026-05-01T12:00:00Z"
CSV = {"content-type": "text/csv; charset=utf-8"}
JSONL = {"content-type": "application/x-ndjson"}


def row(
    number: int, name: str = "", tags: str = "", topics: str = "news", proof: str = PROOF, city: str = ""
) -> str:
    return f"telegram,main,{number},{name},{tags},{topics},{proof},{city}"


def send(api: Client, body: str | bytes, headers: dict[str, str] = CSV, **more: Any) -> Answered:
    return api("POST", "/v1/contacts/import", body, headers=headers, **more)


def taken(api: Client, *rows: str, header: str = HEADER, ends: str = "\n") -> dict[str, Any]:
    found = send(api, ends.join((header, *rows, "")))
    assert found.status == 200, found.body
    told: dict[str, Any] = found.json
    counted = (told[name] for name in ("imported", "updated", "refused", "suppressed"))
    assert sum(counted) == len(told["lines"])
    return told


def lines(told: dict[str, Any]) -> dict[int, tuple[str, str]]:
    return {one["line"]: (one["result"], one["field"]) for one in told["lines"]}


def people(api: Client) -> dict[str, dict[str, Any]]:
    return {one["user_id"]: one for one in api.get("/v1/contacts")["contacts"]}


def test_rows_are_taken_with_their_proof(cafe: Client) -> None:
    told = taken(cafe, row(1, "Anna", "vegan;regular", "news;recipes", city="Köln"), row(2))
    assert (told["imported"], told["updated"], told["refused"]) == (2, 0, 0)
    anna = people(cafe)["1"]
    assert told["lines"][0] == {
        "line": 2, "result": "imported", "contact": anna["id"], "field": "", "detail": "",
    }  # fmt: skip
    assert (anna["tags"], anna["attributes"]) == (["regular", "vegan"], {"city": "Köln"})
    assert anna["consent"]["topics"] == ["news", "recipes"]
    entry = anna["ledger"][0]["entry"]
    assert (entry["source"], entry["reference"]) == ("desk", "import line 2")


def test_an_import_can_be_repeated(cafe: Client) -> None:
    taken(cafe, row(1, "Anna"))
    told = taken(cafe, row(1, "Anne"), row(2))
    assert (told["imported"], told["updated"]) == (1, 1)
    assert people(cafe)["1"]["name"] == "Anne"
    assert len(people(cafe)["1"]["ledger"]) == 1


def test_good_lines_are_taken_although_others_are_bad(cafe: Client) -> None:
    told = taken(
        cafe,
        row(1),
        row(2, proof=","),
        row(3, proof="desk,"),
        row(4, proof="desk,yesterday"),
        row(5, proof="desk,2999-01-01T00:00:00Z"),
        row(6, topics="nowhere"),
        "pigeon,main,7,,,,,,",
        "telegram,other,8,,,,,,",
        "telegram,main,anna,,,,,,",
        "telegram,main,9",
        row(10, topics="", proof=","),
    )
    assert lines(told) == {
        2: ("imported", ""),
        3: ("refused", "consent_source"),
        4: ("refused", "consent_at"),
        5: ("refused", "consent_at"),
        6: ("refused", "consent_at"),
        7: ("refused", "topics"),
        8: ("refused", "messenger"),
        9: ("refused", "account"),
        10: ("refused", "user_id"),
        11: ("refused", "row"),
        12: ("imported", ""),
    }
    assert all(one["detail"] for one in told["lines"] if one["result"] == "refused")
    assert set(people(cafe)) == {"1", "10"}


def test_quotes_commas_and_newlines_belong_to_the_cell(cafe: Client) -> None:
    told = taken(cafe, row(1, '"Ascheberg, ""Anna"""'), row(2, '"two\nlines"'), "", row(3, proof=","))
    assert lines(told) == {2: ("imported", ""), 4: ("imported", ""), 6: ("refused", "consent_source")}
    assert people(cafe)["1"]["name"] == 'Ascheberg, "Anna"'
    assert people(cafe)["2"]["name"] == "two\nlines"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
def test_files_of_all_systems_are_read(cafe: Client, ends: str, mark: str) -> None:
    assert taken(cafe, row(1), row(2), header=mark + HEADER, ends=ends)["imported"] == 2


def test_columns_may_stand_in_any_order_and_be_left_out(cafe: Client) -> None:
    told = taken(
        cafe,
        "2026-05-01, 1 ,news,telegram, main,desk",
        header="consent_at,user_id,topics,messenger,account,consent_source",
    )
    assert told["imported"] == 1
    assert people(cafe)["1"]["consent"]["granted_at"] == "2026-05-01T00:00:00Z"


def test_somebody_twice_in_a_file_is_one_person(cafe: Client) -> None:
    told = taken(cafe, row(1, "Ann", "a"), row(2), row(1, "Anna", "b", "recipes"))
    assert lines(told) == {2: ("imported", ""), 3: ("imported", ""), 4: ("updated", "")}
    anna = people(cafe)["1"]
    assert (anna["name"], anna["tags"], anna["consent"]["topics"]) == (
        "Anna",
        ["a", "b"],
        ["news", "recipes"],
    )
    assert [one["entry"]["topics"] for one in anna["ledger"]] == [["news"], ["recipes"]]


def test_nobody_who_left_or_was_erased_is_brought_back(cafe: Client) -> None:
    taken(cafe, row(1), row(2))
    held = people(cafe)
    gone = {"action": "withdrawn", "source": "phone", "at": "2026-05-02T00:00:00Z"}
    cafe.post(f"/v1/contacts/{held['1']['id']}/consents", gone)
    cafe("DELETE", f"/v1/contacts/{held['2']['id']}")
    newer = "desk,2026-05-03T00:00:00Z"
    told = taken(cafe, row(1), row(1, proof=newer), row(2))
    assert lines(told) == dict.fromkeys((2, 3, 4), ("suppressed", "user_id"))
    assert [one["consent"]["topics"] for one in people(cafe).values()] == [[]]


def test_who_left_one_topic_only_may_join_it_again_by_a_newer_document(cafe: Client) -> None:
    taken(cafe, row(1, topics="news;recipes"))
    gone = {"action": "withdrawn", "topics": ["recipes"], "source": "phone", "at": "2026-05-02T00:00:00Z"}
    cafe.post(f"/v1/contacts/{people(cafe)['1']['id']}/consents", gone)
    assert lines(taken(cafe, row(1, topics="recipes"))) == {2: ("refused", "consent_at")}
    newer = row(1, topics="recipes", proof="desk,2026-05-03T00:00:00Z")
    assert lines(taken(cafe, newer)) == {2: ("updated", "")}


def test_too_many_rows_are_refused_together(cafe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert importing.MOST_ROWS == 5_000
    monkeypatch.setattr("rundruf.api.imports.MOST_ROWS", 3)
    assert taken(cafe, row(1), row(2), row(3))["imported"] == 3
    found = send(cafe, "\n".join((HEADER, row(4), row(5), row(6), row(7))))
    assert (found.status, found.problem) == (413, "too-large")
    assert set(people(cafe)) == {"1", "2", "3"}


def test_a_body_in_base64_is_the_same_file(cafe: Client) -> None:
    assert send(cafe, f"{HEADER}\n{row(1, 'Änne')}\n".encode()).json["imported"] == 1
    assert people(cafe)["1"]["name"] == "Änne"


def test_cells_with_nul_or_without_end_are_refused(cafe: Client) -> None:
    assert lines(taken(cafe, row(1, "A\0B"), row(2, "x" * 2001), row(3))) == {
        2: ("refused", "name"),
        3: ("refused", "name"),
        4: ("imported", ""),
    }


def test_json_lines_have_the_same_names(cafe: Client) -> None:
    anna = {
        "messenger": "telegram", "account": "main", "user_id": 1, "name": "Anna", "tags": "a;b", "zone": None,
        "topics": ["news", "recipes"], "consent_source": "desk", "consent_at": "2026-05-01T12:00:00Z",
        "attr.city": "Köln",
    }  # fmt: skip
    rows = [anna, anna | {"user_id": 2, "consent_source": None}, anna | {"shoe": "40"}]
    body = "\ufeff" + "\r\n".join(json.dumps(one) for one in rows) + "\n\nno json\n[1]\n5\n"
    found = send(cafe, body, JSONL)
    assert found.status == 200, found.body
    assert lines(found.json) == {
        1: ("imported", ""),
        2: ("refused", "consent_source"),
        3: ("refused", "shoe"),
        5: ("refused", "row"),
        6: ("refused", "row"),
        7: ("refused", "row"),
    }
    assert people(cafe)["1"]["consent"]["topics"] == ["news", "recipes"]
    assert people(cafe)["1"]["attributes"] == {"city": "Köln"}


def test_half_a_surrogate_pair_is_refused(cafe: Client) -> None:
    line = '{"messenger": "telegram", "account": "main", "user_id": "1", "name": "\\ud800"}'
    assert lines(send(cafe, line, JSONL).json) == {1: ("refused", "name")}
    assert people(cafe) == {}


def test_an_import_takes_no_notice_of_a_key(cafe: Client) -> None:
    headers = CSV | {"Idempotency-Key": "one"}
    body = f"{HEADER}\n{row(1)}\n"
    assert [send(cafe, body, headers).json["lines"][0]["result"] for _ in range(2)] == ["imported", "updated"]


def test_attributes_that_were_imported_may_stand_in_messages(cafe: Client) -> None:
    draft = {"name": "x", "topic": "news", "message": {"text": "Hello {{ city }}"}, "start": False}
    assert cafe("POST", "/v1/broadcasts", draft).fields == ["message.text"]
    taken(cafe, row(1, city="Köln"))
    assert cafe("POST", "/v1/broadcasts", draft).status == 202
