"""The page to join: the same for everybody, open to all, and silent about what it does not know."""

from typing import Any

import pytest

from tests.api.client import Client, http_event
from tests.functions.doors import Doors


def visit(doors: Doors, code: str, method: str = "GET", query: str = "", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    event = http_event(
        method,
        f"/j/{code}{query}",
        headers=named,
        scopes=None,
        parameters={"code": code},
        route="ANY /j/{code}",
    )
    return doors("unsubscribe", event)


def made(api: Client, messenger: str, **more: Any) -> str:
    body = {"name": "Poster", "messenger": messenger, "account": "main", "topics": ["news"]} | more
    return str(api.post("/v1/entry-points", body)["code"])


def test_one_page_for_every_messenger_of_it(doors: Doors, api: Client) -> None:
    codes = [made(api, one, page="shop") for one in ("whatsapp", "telegram")]
    pages = [visit(doors, code, accept_language="en") for code in codes]
    for page in pages:
        assert page["statusCode"] == 200
        assert page["body"].count('class="primary"') == 2
        assert page["headers"]["cache-control"] == "public, max-age=300"
        assert page["headers"]["content-type"] == "text/html; charset=utf-8"
        for code in codes:
            assert code in page["body"]
    assert pages[0]["body"] == pages[1]["body"]


def test_a_code_may_be_written_in_small_letters(doors: Doors, api: Client) -> None:
    assert visit(doors, made(api, "telegram").lower())["statusCode"] == 200


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", "", "de"),
        ("", "en-GB,en;q=0.9", "en"),
        ("?lang=en", "de", "en"),
        ("", "fr", "de"),
        ("?lang=x", "", "de"),
    ],
)
def test_the_page_speaks_the_readers_language(
    doors: Doors, api: Client, query: str, accept: str, expected: str
) -> None:
    page = visit(doors, made(api, "telegram"), query=query, accept_language=accept)
    assert f'<html lang="{expected}"' in page["body"]


def test_the_topic_says_how_often(doors: Doors, api: Client) -> None:
    often = {"de": "einmal im Monat", "en": "once a month"}
    api.post("/v1/topics", {"id": "news", "name": {"de": "Neues", "en": "News"}, "often": often})
    assert "einmal im Monat" in visit(doors, made(api, "telegram"))["body"]


def test_an_unknown_code_gets_one_constant_page(doors: Doors, api: Client) -> None:
    made(api, "telegram")
    pages = [visit(doors, code) for code in ("BBBBBBBB", "x", "ü", "\0", "x" * 5_000, "../u/x", "BBBB BBBB")]
    assert {page["statusCode"] for page in pages} == {404}
    assert len({page["body"] for page in pages}) == 1
    assert pages[0]["headers"]["cache-control"] == "no-store"


def test_an_entry_point_whose_account_is_gone_is_unknown(doors: Doors, api: Client) -> None:
    code = made(api, "telegram")
    api("DELETE", "/v1/accounts/telegram/main")
    assert visit(doors, code)["body"] == visit(doors, "BBBBBBBB")["body"]


def test_looking_changes_nothing(doors: Doors, api: Client) -> None:
    code = made(api, "telegram")
    before = api.stack.items()
    for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
        page = visit(doors, code, method)
        assert page["statusCode"] == status
        assert bool(page["body"]) == (method == "GET")
    assert api.stack.items() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_other_methods_are_not_allowed(doors: Doors, api: Client, method: str) -> None:
    page = visit(doors, made(api, "telegram"), method)
    assert (page["statusCode"], page["headers"]["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_table_that_is_gone_is_a_page_too(doors: Doors, api: Client) -> None:
    code = made(api, "telegram")
    doors.stack.client("dynamodb").delete_table(TableName=doors.stack.table)
    page = visit(doors, code)
    assert page["statusCode"] == 503
    assert page["body"].startswith("<!doctype html>")
    assert page["headers"]["cache-control"] == "no-store"
