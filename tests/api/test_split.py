"""Variants and holdout through the API: what is refused, what preflight says, and the winner by hand."""

from typing import Any

import pytest

from rundruf.flows import planning
from tests.api.client import Client
from tests.api.conftest import person, quickly

TEXT = {"text": "Hello https://morgenrot.example/a"}
OTHER = {"text": "Hi https://morgenrot.example/b"}
TWO: list[dict[str, Any]] = [{"name": "A"}, {"name": "B", "message": OTHER}]
BODY: dict[str, Any] = {"name": "Autumn", "topic": "news", "message": TEXT, "variants": TWO}
RULE: dict[str, Any] = {"by": "clicked", "at_least": 1, "decide_after": 2, "first_after": 24}


@pytest.fixture
def people(cafe: Client) -> Client:
    """Forty people on Telegram."""
    quickly(cafe, 40)
    return cafe


def planned(api: Client, broadcast: str) -> None:
    """As the planner does with every chunk queued."""
    planning.plan(broadcast, api.api.context.services, lambda: 1e9)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        pytest.param({"variants": TWO[:1]}, "variants", id="one alone"),
        pytest.param({"variants": [*TWO, TWO[1]]}, "variants", id="the same name twice"),
        pytest.param({"variants": [TWO[0], {"name": "B"}]}, "variants", id="two without a message"),
        pytest.param({"variants": [TWO[1], TWO[1] | {"name": "C"}]}, "variants", id="none with its own"),
        pytest.param({"variants": [TWO[0], TWO[1] | {"name": "rest"}]}, "variants", id="a part's name"),
        pytest.param(
            {"fallback": {"after_hours": 2, "to": ["whatsapp/main"]}, "message": {"text": "Hello"}},
            "fallback",
            id="a fallback of variants",
        ),
        pytest.param({"variants": [], "test": 10}, "test", id="a test of nothing"),
        pytest.param({"winner": RULE}, "winner", id="a winner for nobody"),
        pytest.param({"holdout": 50, "test": 50}, "test", id="nobody left"),
        pytest.param(
            {"test": 10, "winner": RULE | {"first_after": 1}}, "winner.first_after", id="times crossed"
        ),
        pytest.param({"test": 10, "winner": RULE, "track": "none"}, "winner.by", id="clicks not counted"),
        pytest.param(
            {"test": 10, "winner": RULE, "message": {"text": "Hello"}}, "winner.by", id="nothing to click"
        ),
        pytest.param(
            {"variants": [TWO[0], {"name": "B", "message": {"text": "Hi {{ nobody_has_it }}"}}]},
            "variants.1.message.text",
            id="a placeholder nobody has",
        ),
        pytest.param(
            {"message": TEXT | {"language": "de", "translations": {"en": OTHER}}},
            "variants.1.message.translations",
            id="one in fewer languages",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_and_where(
    people: Client, more: dict[str, Any], field: str
) -> None:
    refused = people("POST", "/v1/broadcasts", BODY | more)
    assert (refused.status, refused.fields) == (422, [field])


def test_a_messenger_with_one_text_for_all_compares_nothing(people: Client) -> None:
    wechat = {"app_id": "wx0", "app_secret": "s" * 32, "token": "token", "encoding_aes_key": "k" * 43}
    assert people("PUT", "/v1/accounts/wechat/main", {"credentials": wechat}).status == 200
    refused = people("POST", "/v1/broadcasts", BODY)
    assert (refused.status, refused.fields) == (422, ["variants"])
    assert "WeChat" in refused.json["detail"]
    assert people("POST", "/v1/broadcasts", BODY | {"audience": {"messengers": ["telegram"]}}).status == 202


def test_preflight_counts_by_part_and_says_where_that_is_too_few(people: Client) -> None:
    rule = RULE | {"at_least": 30}
    made = people.post("/v1/broadcasts", BODY | {"start": False, "holdout": 20, "test": 50, "winner": rule})
    shown = people.post(f"/v1/broadcasts/{made['id']}/preflight")
    parts = shown["parts"]
    assert set(parts) == {"A", "B", "rest", "holdout"}
    assert sum(parts.values()) == shown["audience"] == 40
    assert shown["skipped_now"] == {"holdout": parts["holdout"]}
    assert shown["messages"] == 40 - parts["holdout"]
    assert f"A {parts['A']}, B {parts['B']}" in shown["warnings"]["variants"]["en"]


def test_a_token_does_not_start_what_is_split_otherwise(people: Client) -> None:
    one, other = (
        people.post("/v1/broadcasts", BODY | {"start": False, "test": test})["id"] for test in (20, 30)
    )
    token = people.post(f"/v1/broadcasts/{one}/preflight")["token"]
    assert people("POST", f"/v1/broadcasts/{other}/start", {"token": token}).problem == "preflight-stale"
    assert people("POST", f"/v1/broadcasts/{one}/start", {"token": token}).status == 202


def test_the_winner_is_said_once_and_for_good(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | {"test": 50, "winner": RULE, "canary": False})["id"]
    path = f"/v1/broadcasts/{made}/winner"
    assert people("POST", path, {"variant": "B"}).problem == "conflict"
    planned(people, made)
    shown = people.get(f"/v1/broadcasts/{made}")
    assert (shown["state"], shown["winner"]["variant"]) == ("comparing", "")
    assert "2 hours after the start" in shown["sentence"]["en"]
    assert people("POST", path, {"variant": "C"}).fields == ["variant"]
    won = people.post(path, {"variant": "B"})
    assert (won["state"], won["winner"]["variant"], won["winner"]["by"]) == ("sending", "B", "hand")
    assert people.post(path, {"variant": "B"})["winner"] == won["winner"]
    assert people("POST", path, {"variant": "A"}).problem == "conflict"


def test_nobody_waits_for_a_winner_where_everybody_got_one(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY)
    assert (made["test"], made["winner"]) == (0, None)
    refused = people("POST", f"/v1/broadcasts/{made['id']}/winner", {"variant": "B"})
    assert (refused.problem, refused.status) == ("conflict", 409)


def test_a_test_to_named_people_shows_the_variant_they_are_to_see(people: Client) -> None:
    anna = people.post("/v1/contacts", person(777, "news"))["id"]
    made = people.post("/v1/broadcasts", BODY | {"start": False})["id"]
    shown = people.post(f"/v1/broadcasts/{made}/test", {"contacts": [anna], "variant": "B"})
    assert shown["message"]["text"] == OTHER["text"]
    assert (shown["variants"], shown["holdout"]) == ([], 0)


def test_what_was_asked_for_is_shown(people: Client) -> None:
    asked = {"holdout": 5, "test": 12.5, "winner": RULE, "start": False}
    shown = people.post("/v1/broadcasts", BODY | asked)
    assert (shown["holdout"], shown["test"], shown["winner"]["rule"]) == (5, 12.5, RULE)
    assert [one["name"] for one in shown["variants"]] == ["A", "B"]
    assert shown["variants"][1]["message"]["text"] == OTHER["text"]


def test_the_report_tells_every_part_and_who_is_in_it(people: Client) -> None:
    made = people.post("/v1/broadcasts", BODY | {"holdout": 30, "test": 40, "canary": False})["id"]
    planned(people, made)
    told = people.get(f"/v1/broadcasts/{made}/report")
    assert [one["part"] for one in told["variants"]] == ["A", "B", "rest", "holdout"]
    assert sum(one["figures"]["audience"] for one in told["variants"]) == told["figures"]["audience"] == 40
    assert (told["winner"]["variant"], told["variants"][3]["variant"]) == ("", "")
    table = people("GET", f"/v1/broadcasts/{made}/report?format=csv&table=variants").body.decode()
    assert [line.partition(",")[0] for line in table.splitlines()[1:]] == ["A", "B", "rest", "holdout"]
    page = people("GET", f"/v1/broadcasts/{made}/report?format=html&language=de").body.decode()
    assert "Varianten im Vergleich" in page
    out = []
    for chunk in (None, 1):
        path = f"/v1/broadcasts/{made}/recipients"
        cursor = people.get(path)["cursor"] if chunk else None
        out += people.get(f"{path}?cursor={cursor}" if cursor else path)["recipients"]
    kept_out = [one for one in out if one["part"] == "holdout"]
    assert {(one["outcome"], one["reason"]) for one in kept_out} == {("skipped", "holdout")}
    assert len(kept_out) == told["figures"]["skipped"]["holdout"]
    why = people.get(f"/v1/explain?contact={kept_out[0]['contact']}&broadcast={made}")
    assert (why["outcome"], why["reason"], why["evidence"]["part"]) == ("skipped", "holdout", "holdout")
    assert "drawn by lot" in why["sentence"]["en"]
