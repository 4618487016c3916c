"""Fallback through the API: who is one human, what it may come to, what is refused, and what is shown."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws import keys
from rundruf.aws.table import Change
from rundruf.core.broadcast import State
from rundruf.core.fallback import fallback_id
from rundruf.flows import importing, planning
from rundruf.flows.fallback import fall_back
from tests.api.client import Client
from tests.api.conftest import person

BODY = {
    "name": "Autumn",
    "topic": "news",
    "message": {"text": "Hello", "template": {"name": "autumn", "language": "de"}},
    "audience": {"messengers": ["whatsapp"]},
    "fallback": {"after_hours": 4, "to": ["telegram/main"]},
    "start": False,
}
PRICE = {"messenger": "telegram", "amount": "0.01", "currency": "EUR", "since": "2020-01-01"}


@pytest.fixture
def people(cafe: Client) -> Client:
    """Two humans with two messengers each; the second joined on one of them only. And somebody else."""
    for number, topics in ((4915100000001, ["news"]), (4915100000002, ["recipes"])):
        who = {"person": f"customer-{number}"}
        cafe.post("/v1/contacts", person(number, "news", messenger="whatsapp", **who))
        cafe.post("/v1/contacts", person(number, *topics, **who))
    cafe.post("/v1/contacts", person(4915100000003, "news", messenger="whatsapp"))
    return cafe


def contact(api: Client, number: int, messenger: str = "telegram") -> dict[str, Any]:
    asked = f"messenger={messenger}&account=main&user_id={number}"
    (found,) = api.get(f"/v1/contacts?{asked}")["contacts"]
    return dict(found)


def imported(api: Client, csv: str) -> dict[str, Any]:
    told = api("POST", "/v1/contacts/import", csv, headers={"content-type": "text/csv"})
    return dict(told.json)


def test_who_is_behind_a_contact_is_said_changed_and_taken_away(people: Client) -> None:
    held = contact(people, 4915100000001)
    assert held["person"] == "customer-4915100000001"
    assert people("PATCH", f"/v1/contacts/{held['id']}", {"name": "Anna"}).json["person"] == held["person"]
    assert people("PATCH", f"/v1/contacts/{held['id']}", {"person": " 4711 "}).json["person"] == "4711"
    assert people("PATCH", f"/v1/contacts/{held['id']}", {"person": ""}).json["person"] == ""
    added = people.post("/v1/contacts", person(4915100000001, "news"))
    assert added["person"] == ""
    assert people("PATCH", f"/v1/contacts/{held['id']}", {"person": "x" * 65}).fields == ["person"]


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto copies every table for a transaction, and stumbles where another thread writes meanwhile."""
    monkeypatch.setattr(importing, "WORKERS", 1)


def test_an_import_says_who_is_behind_a_line(cafe: Client, one_by_one: None) -> None:
    head = "messenger,account,user_id,topics,consent_source,consent_at,person\n"
    line = "{},main,4915100000009,news,shop,2026-05-01T12:00:00Z,{}\n"
    told = imported(cafe, head + line.format("whatsapp", "K-9") + line.format("telegram", "K-9"))
    assert (told["imported"], told["refused"]) == (2, 0)
    both = [contact(cafe, 4915100000009, name) for name in ("whatsapp", "telegram")]
    assert {one["person"] for one in both} == {"K-9"}
    again = imported(cafe, head + line.format("telegram", ""))
    assert again["updated"] == 1
    assert contact(cafe, 4915100000009)["person"] == "K-9"


def test_an_id_that_stands_at_everybody_is_refused_by_line(cafe: Client, one_by_one: None) -> None:
    head = "messenger,account,user_id,person\n"
    lines = "".join(f"telegram,main,{number},n/a\n" for number in range(1, 19))
    told = imported(cafe, head + lines)
    assert (told["imported"], told["refused"]) == (16, 2)
    assert {one["field"] for one in told["lines"] if one["result"] == "refused"} == {"person"}
    refused = cafe("POST", "/v1/contacts", person(99, person="n/a"))
    assert (refused.status, refused.fields) == (422, ["person"])


def test_preflight_says_how_far_it_may_reach_at_most(people: Client) -> None:
    assert people("PUT", "/v1/prices", {"prices": [PRICE]}).status == 200
    made = people.post("/v1/broadcasts", BODY)["id"]
    shown = people.post(f"/v1/broadcasts/{made}/preflight")
    assert shown["fallback"] == {
        "people": 1,
        "by_account": {"telegram/main": 1},
        "cost": [{"amount": "0.01", "currency": "EUR"}],
        "unpriced": 0,
        "complete": True,
        "sentence": {
            "de": "Bis zu 1 bekommen es ersatzweise auf telegram/main, für höchstens 0.01 EUR.",
            "en": "Up to 1 may get it on telegram/main, at most 0.01 EUR.",
        },
    }
    started = people.post(f"/v1/broadcasts/{made}/start", {"token": shown["token"]})
    assert started["planned_for"]["fallback"]["people"] == 1
    assert started["fallback"]["state"] == "planned"


def test_without_time_everybody_may_be_reached(people: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rundruf.api.preflight.ENOUGH", 40_000)
    made = people.post("/v1/broadcasts", BODY)["id"]
    shown = people.post(f"/v1/broadcasts/{made}/preflight")["fallback"]
    assert (shown["people"], shown["unpriced"], shown["complete"]) == (3, 3, False)
    assert shown["sentence"]["en"] == "Up to 3 may get it; of 3 of them no price is known."


def test_a_token_counts_for_this_fallback_only(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY)["id"]
    token = people.post(f"/v1/broadcasts/{made}/preflight")["token"]
    found = people.wiring.broadcasts.get(made)
    assert found is not None
    assert found.fallback is not None
    longer = replace(found, fallback=replace(found.fallback, after_hours=5))
    people.wiring.broadcasts.table.delete({"pk": "broadcast", "sk": made})
    people.wiring.broadcasts.create(longer)
    assert people("POST", f"/v1/broadcasts/{made}/start", {"token": token}).problem == "preflight-stale"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": ["telegram/nobody"]}, "fallback.to"),
        ({"to": ["skype/main"]}, "fallback.to"),
        ({"to": ["telegram/main", "telegram/main"]}, "fallback.to"),
        ({"to": []}, "fallback.to"),
        ({"to": ["telegram"]}, "fallback.to.0"),
        ({"after_hours": 0}, "fallback.after_hours"),
        ({"after_hours": 169}, "fallback.after_hours"),
        ({"when": []}, "fallback.when"),
        ({"when": ["maybe"]}, "fallback.when.0"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(people: Client, wrong: dict[str, Any], field: str) -> None:
    answer = people("POST", "/v1/broadcasts", BODY | {"fallback": BODY["fallback"] | wrong})  # type: ignore[operator]
    assert (answer.status, answer.fields) == (422, [field])


def test_a_fallback_after_the_end_of_its_broadcast_is_refused(people: Client) -> None:
    more = {"send_at": "2031-01-01T12:00:00Z", "expires_at": "2031-01-01T16:00:00Z"}
    answer = people("POST", "/v1/broadcasts", BODY | more)
    assert answer.fields == ["fallback.after_hours"]


def test_a_message_that_the_second_messenger_does_not_carry_is_refused(people: Client) -> None:
    template = {"template": {"name": "autumn", "language": "de"}}
    answer = people("POST", "/v1/broadcasts", BODY | {"message": template})
    assert answer.status == 422
    assert "Telegram" in answer.json["detail"]


@pytest.fixture
def finished(people: Client) -> str:
    """A broadcast that has ended; nobody has a receipt."""
    made = str(people.post("/v1/broadcasts", BODY)["id"])
    store, services = people.wiring.broadcasts, people.api.context.services
    planning.start(made, services)
    planning.plan(made, services, lambda: 600_000)
    assert store.move(made, State.FINISHED, tuple(State), at=services.now() - 5 * 3_600_000)
    return made


def test_it_is_shown_with_its_broadcast_and_in_its_report(people: Client, finished: str) -> None:
    assert people.get(f"/v1/broadcasts/{finished}")["fallback"]["state"] == "waiting"
    fall_back(finished, people.api.context.services)
    second = fallback_id(finished)
    shown = people.get(f"/v1/broadcasts/{finished}")["fallback"]
    assert (shown["broadcast"], shown["state"], shown["to"]) == (second, "planning", ["telegram/main"])
    assert people.get(f"/v1/broadcasts/{second}")["fallback_of"] == finished
    told = people.get(f"/v1/broadcasts/{finished}/report")["fallback"]
    assert (told["figures"]["audience"], told["both_arrived"], told["complete"]) == (0, 0, True)
    page = people("GET", f"/v1/broadcasts/{finished}/report?format=html&language=de").body.decode()
    assert "Auf dem zweiten Messenger" in page
    refused = people("POST", f"/v1/broadcasts/{finished}/resume", {"scope": "failed"})
    assert refused.problem == "conflict"
    assert "fallback has begun" in refused.json["detail"]


def test_cancelling_a_finished_broadcast_calls_its_fallback_off(people: Client, finished: str) -> None:
    told = people.post(f"/v1/broadcasts/{finished}/cancel")
    assert (told["state"], told["fallback"]["state"]) == ("finished", "off")
    fall_back(finished, people.api.context.services)
    assert people.wiring.broadcasts.get(fallback_id(finished)) is None
    assert people("POST", f"/v1/broadcasts/{finished}/cancel").problem == "conflict"
    assert people("POST", f"/v1/broadcasts/{finished}/pause").problem == "conflict"


def test_explain_tells_where_a_human_got_it(people: Client) -> None:
    services = people.api.context.services
    made = str(people.post("/v1/broadcasts", BODY | {"audience": {}})["id"])
    for number in (4915100000001, 4915100000002):
        for name in ("whatsapp", "telegram"):
            aged(people, contact(people, number, name)["id"])
    planning.start(made, services)
    planning.plan(made, services, lambda: 600_000)
    first, other = contact(people, 4915100000001, "whatsapp")["id"], contact(people, 4915100000001)["id"]
    told = people.get(f"/v1/explain?contact={other}&broadcast={made}")
    assert (told["outcome"], told["reason"]) == ("skipped", "same_person")
    assert "another messenger" in told["sentence"]["en"]
    told = people.get(f"/v1/explain?contact={first}&broadcast={made}")
    assert told["evidence"]["fallback"] == {
        "broadcast": made,
        "contact": first,
        "fallback_broadcast": "",
        "fallback_contact": "",
    }


def aged(api: Client, contact: str) -> None:
    """As if it had been said an hour ago who that is."""
    api.wiring.table.update(keys.contact(contact), Change().set(tied=1))
