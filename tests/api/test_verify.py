"""POST …/verify, accounts with messengers that are gone, and links that a messenger makes itself."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rundruf.messengers.contract import Answer, Failure, Messenger, Request
from tests.api.client import HERE, Client
from tests.support.pager import LINKS, PAGER, SECRET, registered, said
from tests.support.world import Messengers

PAGER_MAIN = "/v1/accounts/pager/main"
BODY = {"address": "shop", "credentials": {"app_secret": SECRET}}
POINT = {"name": "Poster", "messenger": "pager", "account": "main", "topics": ["news"]}


@pytest.fixture
def messengers(api: Client) -> Messengers:
    """Plays the messengers: a yes with a token in it to everything."""
    played = Messengers(
        script=lambda _number, _request: said(token="t-o-k-e-n", seconds=600, link="https://q/1")
    )
    object.__setattr__(api.api.context.services, "http", played)
    return played


@pytest.fixture
def pager(api: Client, messengers: Messengers, monkeypatch: pytest.MonkeyPatch) -> Client:
    registered(monkeypatch, replace(PAGER, links=LINKS))
    assert api("PUT", PAGER_MAIN, BODY).status == 200
    api.post("/v1/topics", {"id": "news", "name": {"de": "Neues"}})
    return api


def test_every_step_is_reported(pager: Client) -> None:
    told = pager.post(f"{PAGER_MAIN}/verify")
    assert told["ok"]
    assert [one["name"] for one in told["steps"]] == [
        "access_token",
        "public_keys",
        "who_am_i",
        "set_webhook",
        "test_webhook",
    ]
    assert all(one["ok"] and one["detail"] for one in told["steps"])


def test_the_webhooks_address_is_told_to_the_messenger(pager: Client, messengers: Messengers) -> None:
    pager.post(f"{PAGER_MAIN}/verify")
    assert f"{HERE}/webhooks/pager/main".encode() in [one.body for one in messengers.requests]


def test_a_failed_check_is_an_answer_and_no_problem(pager: Client, messengers: Messengers) -> None:
    messengers.script = lambda _number, _request: Answer(0, failure=Failure.NOT_SENT)
    told = pager.post(f"{PAGER_MAIN}/verify")
    assert not told["ok"]
    assert [one["detail"] for one in told["steps"]][1:] == ["not tried"] * 4


def test_what_was_put_last_is_what_is_checked(pager: Client, messengers: Messengers) -> None:
    pager.api.context.services.accounts.get("pager/main")
    pager.wiring.accounts.table.update(
        {"pk": "account", "sk": "pager/main"}, change(base_url="https://elsewhere.example"), "NONE"
    )
    pager.post(f"{PAGER_MAIN}/verify")
    assert {one.url.rpartition("/")[0] for one in messengers.requests} == {"https://elsewhere.example"}


def change(**values: Any) -> Any:
    from rundruf.aws.table import Change

    return Change().set(**values)


def test_an_account_that_is_not_there_cannot_be_checked(api: Client) -> None:
    assert api("POST", f"{PAGER_MAIN}/verify").problem == "not-found"
    assert api("POST", "/v1/accounts/telegram/main/verify").problem == "not-found"


def gone(**more: Any) -> Messenger:
    return replace(PAGER, title="Pager", rules=replace(PAGER.rules, **more))


def test_a_messenger_that_was_shut_down_is_refused_with_its_day(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, gone(retired=date(2025, 5, 5)))
    refused = api("PUT", PAGER_MAIN, BODY)
    assert (refused.status, refused.fields) == (422, ["base_url"])
    for part in ("Pager", "2025-05-05", "https://pager.example/docs", "sandbox"):
        assert part in refused.json["detail"]
    assert api("GET", PAGER_MAIN).problem == "not-found"


def test_its_protocol_still_runs_on_other_servers(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, gone(retired=date(2025, 5, 5)))
    assert api("PUT", PAGER_MAIN, BODY | {"base_url": "http://127.0.0.1:9"}).status == 200


def test_a_messenger_with_a_last_day_ahead_is_taken(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, gone(retired=date(2999, 1, 1)))
    assert api("PUT", PAGER_MAIN, BODY).status == 200


def test_a_link_that_the_messenger_makes_is_made_once_and_kept(pager: Client, messengers: Messengers) -> None:
    point = pager.post("/v1/entry-points", POINT)
    assert point["link"] == "https://q/1"
    asked = [one for one in messengers.requests if one.url.endswith("/links")]
    assert [one.body for one in asked] == [point["code"].encode()]
    assert asked[0].headers["authorization"] == "Bearer t-o-k-e-n"
    assert pager.get(f"/v1/entry-points/{point['code']}") == point
    assert pager("GET", f"/v1/entry-points/{point['code']}/qr.svg").status == 200
    assert len([one for one in messengers.requests if one.url.endswith("/links")]) == 1


def test_a_refused_link_is_a_problem_and_no_entry_point(pager: Client, messengers: Messengers) -> None:
    def full(_number: int, request: Request) -> Answer:
        return said(400) if request.url.endswith("/links") else said(token="t", seconds=600)

    messengers.script = full
    refused = pager("POST", "/v1/entry-points", POINT)
    assert refused.problem == "conflict"
    assert "no more links this month" in refused.json["detail"]
    assert pager.get("/v1/entry-points") == {"entry_points": []}


def test_refused_credentials_make_no_link_and_say_where_to_look(
    pager: Client, messengers: Messengers
) -> None:
    messengers.script = lambda _number, _request: said(401)
    refused = pager("POST", "/v1/entry-points", POINT)
    assert refused.problem == "conflict"
    assert f"{PAGER_MAIN}/verify" in refused.json["detail"]


def test_a_silent_messenger_makes_no_link_for_now(pager: Client, messengers: Messengers) -> None:
    messengers.script = lambda _number, _request: Answer(0, failure=Failure.AMBIGUOUS)
    assert pager("POST", "/v1/entry-points", POINT).problem == "unavailable"


def test_a_token_that_was_refused_is_renewed_for_the_link(pager: Client, messengers: Messengers) -> None:
    tokens = iter("ab")

    def picky(_number: int, request: Request) -> Answer:
        if request.url.endswith("/token"):
            return said(token=next(tokens), seconds=600)
        good = request.headers["authorization"] == "Bearer b"
        return said(link="https://q/2") if good else said(401)

    messengers.script = picky
    assert pager.post("/v1/entry-points", POINT)["link"] == "https://q/2"


def test_where_people_type_the_code_the_answer_says_so(
    api: Client, messengers: Messengers, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, gone(typed_code=True))
    api("PUT", PAGER_MAIN, BODY)
    api.post("/v1/topics", {"id": "news", "name": {"de": "Neues"}})
    point = api.post("/v1/entry-points", POINT)
    assert point["typed_code"]
    assert point["code"] in point["hint"]
    assert messengers.requests == []


def test_elsewhere_the_link_carries_the_code(cafe: Client) -> None:
    point = cafe.post("/v1/entry-points", POINT | {"messenger": "telegram"})
    assert (point["typed_code"], point["hint"]) == (False, "")
