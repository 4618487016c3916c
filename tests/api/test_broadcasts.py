"""Broadcasts: checked before anything is planned, started and stopped where it makes sense, explained."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from rundruf.api.convert import checked_message
from rundruf.api.problems import Problem
from rundruf.aws import keys
from rundruf.aws.table import Change
from rundruf.core import canary, explain
from rundruf.core.broadcast import Cursor, State, Wish, sources
from rundruf.core.canary import Trial, Tried
from rundruf.core.chunk import Chunk, Mark
from rundruf.core.message import Block, Message, MessageKind
from rundruf.core.report import Receipts
from rundruf.core.stopping import Stop, Why
from tests.api.client import Client
from tests.api.conftest import person, quickly
from tests.support.people import an_id

BODY: dict[str, Any] = {"name": "Autumn", "topic": "news", "message": {"text": "Hello"}}
DRAFT = BODY | {"start": False}
LATER = "2999-01-01T00:00:00Z"
BALANCED = ("sent", "unknown", "expired", "pending")


def add(api: Client, *numbers: int, topic: str = "news", **more: Any) -> list[str]:
    return [str(api.post("/v1/contacts", person(one, topic, **more))["id"]) for one in numbers]


def queued(api: Client) -> list[dict[str, Any]]:
    return api.stack.messages("plan")


def in_state(api: Client, state: State) -> str:
    """A broadcast in this state, however it came there."""
    made: str = api.post("/v1/broadcasts", DRAFT)["id"]
    if state is not State.DRAFT:
        assert api.wiring.broadcasts.move(made, state, (State.DRAFT,))
    return made


def token_of(api: Client, broadcast: str) -> str:
    return str(api.post(f"/v1/broadcasts/{broadcast}/preflight")["token"])


def chunked(api: Client, broadcast: str, *chunks: dict[str, Mark], receipts: Receipts | None = None) -> None:
    """Chunks of these people with these marks, as planner and sender leave them."""
    store = api.wiring.broadcasts
    for number, marks in enumerate(chunks):
        cursor = replace(
            store.cursor(broadcast), version=number + 1, chunks=number + 1, ended=number + 1 == len(chunks)
        )
        store.commit(broadcast, cursor, [Chunk(broadcast, f"0-{number}", "telegram/main", tuple(marks))])
        held = store.lease(broadcast, f"0-{number}", "me", 1, 2)
        assert held is not None
        store.write(broadcast, f"0-{number}", replace(held, marks=bytes(marks.values())))
        if receipts:
            store.report(broadcast, f"0-{number}", receipts)


def test_a_draft_waits(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", DRAFT)
    assert (made["state"], made["started"], made["chunks"]) == ("draft", None, 0)
    assert queued(cafe) == []
    assert cafe.get(f"/v1/broadcasts/{made['id']}") == made


def test_a_start_calls_the_planner(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)
    assert made["state"] == "planning"
    assert made["started"]
    assert queued(cafe) == [{"broadcast": made["id"]}]


def test_a_scheduled_one_is_reminded_of(cafe: Client) -> None:
    made = cafe.post("/v1/broadcasts", BODY | {"send_at": "2030-05-01T09:00:00+02:00"})
    assert (made["state"], made["send_at"]) == ("scheduled", "2030-05-01T07:00:00Z")
    assert queued(cafe) == []
    due = [item["sk"]["S"] for item in cafe.stack.items() if item["pk"]["S"] == "due"]
    assert due == [f"001903849200000#broadcast#{made['id']}"]


def test_the_message_comes_back_as_it_was_given(cafe: Client) -> None:
    message = {
        "text": "Hello {{ name | default('there') }}",
        "media": [{"kind": "image", "url": "https://cafe.example/soup.jpg", "alt": "Soup"}],
        "buttons": [{"label": "More", "reply": "MORE", "url": ""}],
        "template": {
            "name": "autumn",
            "language": "de",
            "parameters": ["{{ name | default('there') }}"],
            "names": ["first_name"],
            "header": "",
            "media": {"kind": "image", "url": "https://cafe.example/autumn.jpg", "alt": ""},
            "buttons": [{"label": "", "reply": "MORE", "url": ""}],
        },
        "blocks": ["coupon"],
        "language": None,
        "translations": {},
    }
    audience = {
        "messengers": ["whatsapp"], "accounts": ["whatsapp/main"], "languages": ["de"],
        "tags": {"any": ["a"], "all": ["b"], "none": ["c"]}, "attributes": {"city": "Köln"},
    }  # fmt: skip
    made = cafe.post(
        "/v1/broadcasts", DRAFT | {"message": message, "audience": audience, "expires_at": LATER}
    )
    assert (made["message"], made["expires_at"]) == (message, LATER)
    assert made["audience"] | audience == made["audience"]


def test_every_messenger_that_cannot_carry_it_is_named(cafe: Client) -> None:
    found = cafe("POST", "/v1/broadcasts", DRAFT | {"message": {"text": "x" * 16_385}})
    said = " ".join(error["detail"] for error in found.json["errors"])
    assert "Telegram" in said
    assert "WhatsApp" in said
    assert "16384" in said


def test_the_footer_counts_as_part_of_the_text(cafe: Client) -> None:
    found = cafe("POST", "/v1/broadcasts", DRAFT | {"message": {"text": "x" * 16_380}})
    assert (found.status, found.fields) == (422, ["message.text", "message.text"])
    assert "The footer takes" in found.json["errors"][0]["detail"]


def test_a_text_below_a_picture_may_be_longer_than_a_caption(cafe: Client) -> None:
    picture = {"kind": "image", "url": "https://cafe.example/soup.jpg"}
    cafe.post("/v1/broadcasts", DRAFT | {"message": {"text": "x" * 3000, "media": [picture]}})


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        ({"messengers": ["telegram", "teams"]}, "audience.messengers"),
        ({"accounts": ["teams/main"]}, "audience.accounts"),
    ],
)
def test_whoever_forbids_advertising_may_not_be_named(
    cafe: Client, audience: dict[str, Any], field: str
) -> None:
    on_teams(cafe)
    found = cafe("POST", "/v1/broadcasts", DRAFT | {"audience": audience})
    assert (found.status, found.fields) == (422, [field])
    assert "forbids advertising" in found.json["detail"]


def test_a_messenger_that_forbids_advertising_stands_in_nobody_elses_way(cafe: Client) -> None:
    """Its people are skipped for that reason."""
    on_teams(cafe)
    assert cafe.post("/v1/broadcasts", DRAFT)["state"] == "draft"


def test_whatsapps_template_stands_in_nobody_elses_way(cafe: Client) -> None:
    """WeChat's templates want names for their values; its newsletters leave without any template."""
    credentials = {"app_id": "wx1", "app_secret": "a", "token": "abc", "encoding_aes_key": "A" * 43}
    assert cafe("PUT", "/v1/accounts/wechat/main", {"credentials": credentials}).status == 200
    template = {"name": "autumn", "language": "de", "parameters": ["{{ name | default('Gast') }}"]}
    cafe.post("/v1/broadcasts", DRAFT | {"message": {"text": "Suppe", "template": template}})


def on_teams(cafe: Client) -> None:
    credentials = {"app_id": "5a6d0b6f-7264-4e6f-8f6e-6c7931323301", "app_password": "secret"}
    assert cafe("PUT", "/v1/accounts/teams/main", {"credentials": credentials}).status == 200


@pytest.mark.parametrize("state", list(State))
def test_a_wish_is_granted_only_where_it_makes_sense(cafe: Client, state: State) -> None:
    quickly(cafe, 1)
    for asked in Wish:
        check_wish(cafe, state, asked)


def check_wish(cafe: Client, state: State, asked: Wish) -> None:
    made = in_state(cafe, state)
    drafted = asked is Wish.START and state is State.DRAFT
    body = {"token": token_of(cafe, made)} if drafted else None
    found = cafe("POST", f"/v1/broadcasts/{made}/{asked}", body)
    if state in sources(asked):
        leads = {
            Wish.START: "planning",
            Wish.PAUSE: "paused",
            Wish.RESUME: "scheduled",
            Wish.CANCEL: "cancelled",
        }
        assert (found.status, found.json["state"]) == (202, leads[asked])
    else:
        assert (found.status, found.problem) == (409, "conflict")
        assert state.value in found.json["detail"]
        assert cafe.get(f"/v1/broadcasts/{made}")["state"] == state


def test_a_start_for_nobody_is_refused(cafe: Client) -> None:
    made = in_state(cafe, State.DRAFT)
    body = {"token": token_of(cafe, made)}
    assert cafe("POST", f"/v1/broadcasts/{made}/start", body).fields == ["audience"]
    assert cafe.get(f"/v1/broadcasts/{made}")["state"] == "draft"


def test_a_resumed_broadcast_is_planned_on(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    assert cafe.post(f"/v1/broadcasts/{made}/pause")["state"] == "paused"
    queued(cafe)
    assert cafe.post(f"/v1/broadcasts/{made}/resume")["state"] == "planning"
    assert queued(cafe) == [{"broadcast": made}]


def test_pages_give_every_broadcast_once_newest_first(cafe: Client) -> None:
    made = [cafe.post("/v1/broadcasts", DRAFT | {"name": str(number)})["id"] for number in range(7)]
    for limit in (1, 3, 7, 50):
        seen, cursor = [], None
        while True:
            page = cafe.get("/v1/broadcasts", limit=limit, **({"cursor": cursor} if cursor else {}))
            seen += [one["id"] for one in page["broadcasts"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert Counter(seen) == Counter(made)
        assert seen == sorted(seen, reverse=True)


def test_a_test_goes_to_named_people_with_consent(cafe: Client) -> None:
    mine, other = add(cafe, 1, 2)
    (outsider,) = add(cafe, 3, topic="recipes")
    draft = cafe.post("/v1/broadcasts", DRAFT)["id"]
    made = cafe.post(f"/v1/broadcasts/{draft}/test", {"contacts": [mine, outsider]})
    assert made["name"] == "Test: Autumn"
    assert made["audience"]["contacts"] == [mine, outsider]
    assert queued(cafe) == [{"broadcast": made["id"]}]
    assert cafe.get(f"/v1/broadcasts/{draft}")["state"] == "draft"
    assert other not in made["audience"]["contacts"]
    assert cafe("POST", f"/v1/broadcasts/{draft}/test", {"contacts": [outsider]}).problem == "invalid"
    assert cafe("POST", f"/v1/broadcasts/{draft}/test", {"contacts": [an_id(9)]}).problem == "not-found"
    assert cafe("POST", f"/v1/broadcasts/{draft}/test", {"contacts": []}).problem == "invalid"


def test_a_try_that_died_before_its_answer_is_finished_by_the_next(cafe: Client) -> None:
    """Killed after the broadcast was started: nothing is kept of the answer, but the id is the same."""
    add(cafe, 1)
    headers = {"idempotency-key": "k1"}
    first = cafe.post("/v1/broadcasts", BODY, headers=headers)
    for item in cafe.stack.items():
        if item["pk"]["S"] == "idempotency":
            cafe.wiring.table.delete({"pk": "idempotency", "sk": item["sk"]["S"]})
    again = cafe.post("/v1/broadcasts", BODY, headers=headers)
    assert again["id"] == first["id"]
    assert len(cafe.get("/v1/broadcasts")["broadcasts"]) == 1
    other = cafe.post("/v1/broadcasts", BODY | {"name": "other"}, headers={"idempotency-key": "k2"})
    assert other["id"] != first["id"]


def test_a_preflight_counts_by_account(cafe: Client) -> None:
    add(cafe, 1, 2, 3)
    add(cafe, 4915100000001, messenger="whatsapp")
    add(cafe, 5, topic="recipes")
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    shown = cafe.post(f"/v1/broadcasts/{made}/preflight")
    assert (shown["audience"], shown["chunks"]) == (4, 2)
    assert shown["by_account"] == {"telegram/main": 3, "whatsapp/main": 1}
    assert shown["seconds_at_limit"]["telegram/main"] == 0.1
    assert "checked 20" in shown["notes"]["whatsapp/main"]
    assert "telegram/main" not in shown["notes"]
    assert (shown["skipped_now"], shown["quiet"], shown["quiet_until"]) == ({}, 0, None)
    assert cafe.get(f"/v1/broadcasts/{made}")["state"] == "draft"
    assert queued(cafe) == []


def test_what_makes_a_message_marketing_is_said_and_kept(cafe: Client) -> None:
    add(cafe, 1)
    message = DRAFT["message"] | {"blocks": ["review", "coupon"]}
    made = cafe.post("/v1/broadcasts", DRAFT | {"message": message})
    assert made["message"]["blocks"] == ["review", "coupon"]
    unknown = cafe("POST", "/v1/broadcasts", DRAFT | {"message": message | {"blocks": ["quiz"]}})
    assert (unknown.status, unknown.fields) == (422, ["message.blocks.0"])


@pytest.mark.parametrize("kind", [MessageKind.TRANSACTIONAL, MessageKind.REPLY])
def test_no_other_kind_of_message_may_ask_for_a_review(cafe: Client, kind: MessageKind) -> None:
    context = cafe.api.context
    with pytest.raises(Problem) as refused:
        checked_message(context, Message("How was it?", blocks=(Block.REVIEW,)), [], kind=kind)
    ((field, detail),) = refused.value.errors
    assert field == "message.blocks"
    assert "VI ZR 225/17" in detail
    checked_message(context, Message("Your table is free"), [], kind=kind)


def test_every_outcome_is_counted_listed_and_explained(cafe: Client) -> None:
    ids = quickly(cafe, len(Mark))
    marks = dict(zip(ids, Mark, strict=True))
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    chunked(cafe, made, marks, receipts=Receipts(delivered=frozenset({1}), read=frozenset({1})))
    figures = cafe.get(f"/v1/broadcasts/{made}")["figures"]
    assert figures["audience"] == len(Mark)
    assert figures["audience"] == sum(figures[name] for name in BALANCED) + sum(
        sum(figures[name].values()) for name in ("failed", "skipped")
    )
    listed = {one["contact"]: one for one in cafe.get(f"/v1/broadcasts/{made}/recipients")["recipients"]}
    sentences = set()
    for contact, mark in marks.items():
        line = listed[contact]
        assert (line["outcome"], line["reason"]) == (mark.group, mark.reason)
        assert line["delivered"] == line["read"] == (mark is Mark.SENT)
        why = cafe.get("/v1/explain", contact=contact, broadcast=made)
        assert (why["outcome"], why["reason"]) == (line["outcome"], line["reason"])
        assert why["sentence"] == explain.sentence(line["outcome"], line["reason"])
        assert set(why["sentence"]) == {"de", "en"}
        assert why["evidence"]["consent_now"]["topics"] == ["news"]
        assert why["evidence"]["ledger"][0]["entry"]["source"] == "desk"
        sentences.add(why["sentence"]["en"])
    assert (
        len(sentences) == len(Mark) - 2
    )  # a retry is still pending; a shut window is one, skipped or failed


def test_a_stranger_to_a_broadcast_is_explained_too(cafe: Client) -> None:
    (mine,) = add(cafe, 1, topic="recipes")
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    assert cafe.get("/v1/explain", contact=mine, broadcast=made)["outcome"] == "not_yet"
    store = cafe.wiring.broadcasts
    store.aim(made, ["telegram/main"], 1)
    store.planned(made, store.cursor(made))
    told = cafe.get("/v1/explain", contact=mine, broadcast=made)
    assert (told["outcome"], told["evidence"]["proof"]) == ("absent", None)


def test_an_explanation_names_the_proof_that_held_then(cafe: Client) -> None:
    (mine,) = add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    chunked(cafe, made, {mine: Mark.SENT})
    proof = cafe.get("/v1/explain", contact=mine, broadcast=made)["evidence"]["proof"]
    ledger = cafe.get(f"/v1/contacts/{mine}")["ledger"]
    assert (proof["number"], proof["hash"], proof["action"]) == (1, ledger[0]["hash"], "imported")
    assert proof["wording"] == "opt-in-1"


def test_somebody_erased_is_explained_as_that(cafe: Client) -> None:
    (mine,) = add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    chunked(cafe, made, {mine: Mark.SKIPPED_ERASED})
    cafe("DELETE", f"/v1/contacts/{mine}")
    told = cafe.get("/v1/explain", contact=mine, broadcast=made)
    assert (told["outcome"], told["reason"], told["evidence"]["erased"]) == ("skipped", "erased", True)
    other = cafe.post("/v1/broadcasts", DRAFT)["id"]
    assert cafe.get("/v1/explain", contact=mine, broadcast=other)["reason"] == "erased"


def test_an_explanation_needs_both(cafe: Client) -> None:
    (mine,) = add(cafe, 1)
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    assert cafe("GET", f"/v1/explain?contact={mine}").fields == ["broadcast"]
    assert cafe("GET", f"/v1/explain?contact={mine}&broadcast=none").problem == "not-found"
    assert cafe("GET", f"/v1/explain?contact={mine}&broadcast=").problem == "not-found"
    assert cafe("GET", f"/v1/explain?contact={'0' * 26}&broadcast={made}").problem == "not-found"


def test_recipients_come_chunk_by_chunk(cafe: Client) -> None:
    people = [an_id(number) for number in range(6)]
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    parts = [people[:2], people[2:4], people[4:]]
    chunked(cafe, made, *(dict.fromkeys(part, Mark.SENT) for part in parts))
    seen, cursor, pages = [], None, 0
    while True:
        page = cafe.get(f"/v1/broadcasts/{made}/recipients", **({"cursor": cursor} if cursor else {}))
        seen += [one["contact"] for one in page["recipients"]]
        pages, cursor = pages + 1, page["cursor"]
        if cursor is None:
            break
    assert (seen, pages) == (people, 3)


@pytest.mark.parametrize("cursor", ["LTE", "OTk5OTk5OTk5OTk5OTk5"], ids=["-1", "huge"])
def test_a_cursor_beyond_the_chunks_does_no_harm(cafe: Client, cursor: str) -> None:
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    assert cafe.get(f"/v1/broadcasts/{made}/recipients", cursor=cursor)["recipients"] == []


@pytest.mark.parametrize("cursor", ["dHJ1ZQ", "MS41", "InRleHQi"], ids=["true", "1.5", "text"])
def test_a_cursor_of_another_kind_is_refused(cafe: Client, cursor: str) -> None:
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    assert cafe("GET", f"/v1/broadcasts/{made}/recipients?cursor={cursor}").problem == "bad-request"


def test_what_no_messenger_reports_is_not_zero(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    chunked(cafe, made, {one["id"]: Mark.SENT for one in cafe.get("/v1/contacts")["contacts"]})
    shown = cafe.get(f"/v1/broadcasts/{made}")
    assert (shown["figures"]["sent"], shown["figures"]["delivered"]) == (1, "not reported")
    assert shown["by_messenger"]["telegram"]["read"] == "not reported"


@pytest.mark.parametrize("broadcast", ["none", "x" * 2000, "%00", "ä"])
def test_an_unknown_broadcast_is_not_found(cafe: Client, broadcast: str) -> None:
    path = f"/v1/broadcasts/{broadcast}"
    assert cafe("GET", path).problem == "not-found"
    assert cafe("GET", f"{path}/recipients").problem == "not-found"
    for asked in ("preflight", *Wish):
        assert cafe("POST", f"{path}/{asked}").problem == "not-found"


class TestCanary:
    def test_the_usual_one_is_there_by_itself(self, cafe: Client) -> None:
        shown = cafe.post("/v1/broadcasts", DRAFT)["canary"]
        assert (shown["size"], shown["above"], shown["wait_seconds"], shown["state"]) == (256, 1000, 60, "")

    def test_it_can_be_left_out_or_set(self, cafe: Client) -> None:
        assert cafe.post("/v1/broadcasts", DRAFT | {"canary": False})["canary"] is None
        wanted = {"size": 20, "failed": 0.5, "left": 0, "blocked": 0.25, "wait_seconds": 0}
        shown = cafe.post("/v1/broadcasts", DRAFT | {"canary": wanted})["canary"]
        assert shown | wanted | {"above": 0} == shown

    @pytest.mark.parametrize(
        "wrong", [True, 3, {"size": 0}, {"size": 257}, {"failed": 1.1}, {"wait_seconds": -1}, {"soze": 3}]
    )
    def test_what_makes_no_sense_is_refused(self, cafe: Client, wrong: Any) -> None:
        assert cafe("POST", "/v1/broadcasts", DRAFT | {"canary": wrong}).status == 422

    def test_a_failed_one_says_so_with_numbers_and_can_be_overruled(self, cafe: Client) -> None:
        add(cafe, 1, 2)
        made = cafe.post("/v1/broadcasts", BODY | {"canary": {"size": 1}})["id"]
        store = cafe.wiring.broadcasts
        store.planned(made, Cursor(chunks=2, people=2, counts=(2,)), Trial.RUNNING)
        tried = Tried(asked=100, failed=31)
        judged = store.judged(made, Trial.FAILED, tried, canary.reason(canary.Canary(), tried))
        assert judged
        shown = cafe.get(f"/v1/broadcasts/{made}")
        assert (shown["state"], shown["reason"]) == ("paused", "canary: failed 31 of 100 (limit 10.0%)")
        assert (shown["canary"]["state"], shown["canary"]["people_failed"]) == ("failed", 31)
        assert "31" in shown["sentence"]["de"]
        assert "31" in shown["sentence"]["en"]
        again = cafe.post(f"/v1/broadcasts/{made}/resume")
        assert (again["state"], again["canary"]["state"], again["sentence"]) == ("planning", "overruled", {})


class TestResume:
    @pytest.fixture
    def finished(self, cafe: Client) -> str:
        return in_state(cafe, State.FINISHED)

    @pytest.fixture
    def paused(self, cafe: Client) -> str:
        add(cafe, 1)
        made: str = cafe.post("/v1/broadcasts", BODY)["id"]
        cafe.post(f"/v1/broadcasts/{made}/pause")
        return made

    @pytest.mark.parametrize("body", [None, {}, {"scope": "pending"}, {"scope": "failed"}])
    def test_a_paused_one(self, cafe: Client, paused: str, body: Any) -> None:
        assert cafe.post(f"/v1/broadcasts/{paused}/resume", body)["state"] == "planning"

    def test_a_finished_one_only_for_those_who_failed(self, cafe: Client, finished: str) -> None:
        cafe.wiring.broadcasts.table.update(keys.broadcast(finished), Change().set(planned=True))
        assert cafe("POST", f"/v1/broadcasts/{finished}/resume").problem == "conflict"
        assert cafe.post(f"/v1/broadcasts/{finished}/resume", {"scope": "failed"})["state"] == "planning"

    @pytest.mark.parametrize("confirm", ["", "yes", "true"])
    def test_unknown_people_need_a_word_for_what_may_happen(
        self, cafe: Client, paused: str, confirm: str
    ) -> None:
        path, body = f"/v1/broadcasts/{paused}/resume", {"scope": "unknown", "confirm": confirm}
        found = cafe("POST", path, body)
        assert (found.status, found.fields) == (422, ["confirm"])
        assert cafe.post(path, body | {"confirm": "some may get it twice"})["state"] == "planning"

    @pytest.mark.parametrize("wrong", [{"scope": "all"}, {"scpoe": "failed"}, []])
    def test_other_scopes_are_refused(self, cafe: Client, paused: str, wrong: Any) -> None:
        assert cafe("POST", f"/v1/broadcasts/{paused}/resume", wrong).status in (400, 422)

    def test_an_expired_one_is_not_resumed_for_those_who_failed(self, cafe: Client, paused: str) -> None:
        cafe.wiring.broadcasts.table.update(keys.broadcast(paused), Change().set(expires_at=1))
        found = cafe("POST", f"/v1/broadcasts/{paused}/resume", {"scope": "failed"})
        assert found.problem == "conflict"
        assert "expired" in found.json["detail"]


def test_a_stopped_account_is_shown_with_its_reason(cafe: Client) -> None:
    add(cafe, 1)
    made = cafe.post("/v1/broadcasts", BODY)["id"]
    assert cafe.wiring.broadcasts.stop(made, 0, Stop(Why.TOKEN, "401", 1_780_000_000_000), 1)
    shown = cafe.get(f"/v1/broadcasts/{made}")
    assert shown["state"] == "planning"
    (stopped,) = shown["stopped"]
    assert (stopped["account"], stopped["why"], stopped["code"]) == ("telegram/main", "token", "401")
    assert "Telegram" in stopped["sentence"]["de"]
    assert cafe.post(f"/v1/broadcasts/{made}/resume")["stopped"] == []
