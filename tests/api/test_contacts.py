"""Contacts: one person after the other, with a ledger that shows every change to it."""

from typing import Any

from tests.api.client import Client
from tests.api.conftest import person, quickly

NOBODY = "0" * 26


def add(api: Client, number: int, *topics: str, **more: Any) -> dict[str, Any]:
    added: dict[str, Any] = api.post("/v1/contacts", person(number, *topics, **more))
    return added


def actions(api: Client, contact: str) -> list[str]:
    ledger = api.get(f"/v1/contacts/{contact}/consents")
    assert ledger["intact"]
    return [one["entry"]["action"] for one in ledger["entries"]]


def test_a_person_is_added_with_consent_and_its_proof(cafe: Client) -> None:
    added = add(
        cafe, 4711, "news", name="Anna", language="de", zone="Europe/Berlin", tags=["vegan"],
        attributes={"city": "Köln"},
    )  # fmt: skip
    assert added["consent"]["topics"] == ["news"]
    assert added["consent"]["granted_at"] == "2026-05-01T12:00:00Z"
    entry = added["ledger"][0]["entry"]
    assert (entry["action"], entry["source"], entry["wording"]["id"]) == ("imported", "desk", "opt-in-1")
    assert (added["name"], added["tags"], added["attributes"]) == ("Anna", ["vegan"], {"city": "Köln"})
    assert cafe.get(f"/v1/contacts/{added['id']}") == added


def test_a_person_without_topics_needs_no_consent(cafe: Client) -> None:
    added = add(cafe, 4711)
    assert (added["consent"]["topics"], added["ledger"]) == ([], [])


def test_adding_again_updates_and_does_not_consent_twice(cafe: Client) -> None:
    add(cafe, 4711, "news", name="Ann", tags=["a"], attributes={"city": "Köln"})
    again = add(cafe, 4711, "news", name="Anna", tags=["b"], attributes={"shoe": "40"})
    assert (again["name"], again["tags"]) == ("Anna", ["a", "b"])
    assert again["attributes"] == {"city": "Köln", "shoe": "40"}
    assert len(again["ledger"]) == 1
    assert len(cafe.get("/v1/contacts")["contacts"]) == 1


def test_one_number_in_three_spellings_is_one_person(cafe: Client) -> None:
    spellings = ["+49 151 2345678", "0049151 2345678", "491512345678"]
    bodies = [person(0, "news", messenger="whatsapp") | {"user_id": one} for one in spellings]
    assert len({cafe.post("/v1/contacts", body)["id"] for body in bodies}) == 1


def test_pages_give_everybody_once(cafe: Client) -> None:
    added = {*quickly(cafe, 10), add(cafe, 4711)["id"]}
    added |= {add(cafe, 4915100000001, "news", messenger="whatsapp")["id"]}
    for limit in (1, 3, 5, 12):
        seen, cursor, pages = [], None, 0
        while True:
            page = cafe.get("/v1/contacts", limit=limit, **({"cursor": cursor} if cursor else {}))
            assert len(page["contacts"]) <= limit
            seen += [one["id"] for one in page["contacts"]]
            pages, cursor = pages + 1, page["cursor"]
            if cursor is None:
                break
        assert (len(seen), set(seen)) == (12, added)
        assert pages <= 12 // limit + 1


def test_a_list_can_be_of_one_messenger_or_account(cafe: Client) -> None:
    mine = add(cafe, 4915100000001, "news", messenger="whatsapp")["id"]
    add(cafe, 4711, "news")
    for query in ({"messenger": "whatsapp"}, {"messenger": "whatsapp", "account": "main"}):
        assert [one["id"] for one in cafe.get("/v1/contacts", **query)["contacts"]] == [mine]
    assert cafe.get("/v1/contacts", account="other")["contacts"] == []


def test_one_person_is_found_by_number(cafe: Client) -> None:
    mine = add(cafe, 4915100000001, "news", messenger="whatsapp")["id"]
    query = {"messenger": "whatsapp", "account": "main", "user_id": "+49 15100000001"}
    assert [one["id"] for one in cafe.get("/v1/contacts", **query)["contacts"]] == [mine]
    for nobody in ("+49 15100000002", "no number", "\0"):
        assert cafe.get("/v1/contacts", **query | {"user_id": nobody})["contacts"] == []
    assert cafe("GET", "/v1/contacts?user_id=4711").fields == ["messenger"]


def test_a_cursor_does_not_serve_another_list(cafe: Client) -> None:
    add(cafe, 4711, "news")
    add(cafe, 4712, "news")
    cursor = cafe.get("/v1/contacts", limit=1)["cursor"]
    assert cafe("GET", f"/v1/contacts?messenger=whatsapp&cursor={cursor}").problem == "bad-request"
    assert cafe("GET", f"/v1/broadcasts?cursor={cursor}").problem == "bad-request"


def test_a_patch_changes_what_it_names(cafe: Client) -> None:
    mine = add(cafe, 4711, "news", name="Ann", tags=["a"], attributes={"city": "Köln"})
    path = f"/v1/contacts/{mine['id']}"
    changed = cafe("PATCH", path, {"name": "Anna", "zone": "Europe/Berlin"}).json
    assert (changed["name"], changed["zone"], changed["tags"]) == ("Anna", "Europe/Berlin", ["a"])
    cafe("PATCH", path, {"tags": [], "attributes": {}, "name": ""})
    now = cafe.get(path)
    assert (now["name"], now["tags"], now["attributes"]) == ("", [], {})
    assert now["consent"] == mine["consent"]
    assert cafe("PATCH", path, {}).status == 200


def test_an_erased_person_leaves_only_a_keyed_hash_and_stays_away(cafe: Client) -> None:
    mine = add(cafe, 4711, "news", name="Anna Ascheberg", attributes={"city": "Castrop"})
    assert cafe("DELETE", f"/v1/contacts/{mine['id']}").status == 204
    assert cafe("DELETE", f"/v1/contacts/{mine['id']}").problem == "not-found"
    left = str(cafe.stack.items())
    assert not [trace for trace in ("Ascheberg", "Castrop", "4711") if trace in left]
    found = cafe("POST", "/v1/contacts", person(4711, "news"))
    assert (found.status, found.fields) == (422, ["user_id"])
    assert cafe.get("/v1/contacts")["contacts"] == []


def test_a_consent_given_elsewhere_is_entered(cafe: Client) -> None:
    mine = add(cafe, 4711)["id"]
    given = {
        "action": "imported", "topics": ["news"], "source": "paper form", "at": "2026-06-01T00:00:00Z",
        "wording": "opt-in-2",
    }  # fmt: skip
    shown = cafe.post(f"/v1/contacts/{mine}/consents", given)
    assert shown["consent"]["topics"] == ["news"]
    assert shown["ledger"][0]["entry"]["source"] == "paper form"
    gone = cafe.post(
        f"/v1/contacts/{mine}/consents", given | {"action": "withdrawn", "at": "2026-06-02T00:00:00Z"}
    )
    assert gone["consent"]["topics"] == []
    assert gone["consent"]["stopped_at"] == "2026-06-02T00:00:00Z"
    assert actions(cafe, mine) == ["imported", "withdrawn"]
    late = cafe("POST", f"/v1/contacts/{mine}/consents", given)
    assert (late.status, late.problem) == (409, "conflict")
    assert actions(cafe, mine) == ["imported", "withdrawn"]


def test_a_withdrawal_without_topics_ends_all(cafe: Client) -> None:
    mine = add(cafe, 4711, "news", "recipes")["id"]
    ended = {"action": "withdrawn", "source": "letter", "at": "2026-06-01T00:00:00Z"}
    assert cafe.post(f"/v1/contacts/{mine}/consents", ended)["consent"]["topics"] == []


def test_a_withdrawal_older_than_the_consent_still_ends_it(cafe: Client) -> None:
    """Whoever enters it means it: a wrong date must not keep somebody on the list."""
    mine = add(cafe, 4711, "news")["id"]
    ended = {"action": "withdrawn", "source": "letter", "at": "2020-01-01T00:00:00Z"}
    assert cafe.post(f"/v1/contacts/{mine}/consents", ended)["consent"]["topics"] == []


def test_a_consent_names_its_topics_and_is_not_from_before_1970(cafe: Client) -> None:
    mine = add(cafe, 4711)["id"]
    given = {"action": "imported", "source": "desk", "at": "2026-06-01T00:00:00Z"}
    assert cafe("POST", f"/v1/contacts/{mine}/consents", given).fields == ["topics"]
    old = given | {"topics": ["news"], "at": "1969-01-01T00:00:00Z"}
    assert cafe("POST", f"/v1/contacts/{mine}/consents", old).fields == ["at"]


def test_one_changed_byte_in_the_ledger_is_told(cafe: Client) -> None:
    mine = add(cafe, 4711, "news")["id"]
    given = {"action": "imported", "topics": ["recipes"], "source": "desk", "at": "2026-06-01T00:00:00Z"}
    cafe.post(f"/v1/contacts/{mine}/consents", given)
    path = f"/v1/contacts/{mine}/consents"
    before = cafe.get(path)
    assert (before["intact"], before["altered"], len(before["entries"])) == (True, None, 2)
    assert before["head"] == before["entries"][-1]["hash"]
    key = {"pk": {"S": f"c#{mine}"}, "sk": {"S": "ledger#00000001"}}
    dynamodb = cafe.stack.client("dynamodb")
    dynamodb.update_item(
        TableName=cafe.stack.table,
        Key=key,
        UpdateExpression="SET entry.#s = :s",
        ExpressionAttributeNames={"#s": "source"},
        ExpressionAttributeValues={":s": {"S": "desc"}},
    )
    planted = cafe.get(path)
    assert (planted["intact"], planted["altered"]) == (False, 1)
    dynamodb.delete_item(TableName=cafe.stack.table, Key=key)
    assert cafe.get(path)["altered"] == 1


def test_a_cut_off_ledger_is_told(cafe: Client) -> None:
    mine = add(cafe, 4711, "news")["id"]
    key = {"pk": {"S": f"c#{mine}"}, "sk": {"S": "ledger#00000001"}}
    cafe.stack.client("dynamodb").delete_item(TableName=cafe.stack.table, Key=key)
    ledger = cafe.get(f"/v1/contacts/{mine}/consents")
    assert (ledger["intact"], ledger["altered"], ledger["entries"]) == (False, 1, [])
