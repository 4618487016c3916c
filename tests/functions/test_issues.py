"""The door of the public archive: the same for everybody, open to all, silent about what it does not show."""

from dataclasses import replace
from typing import Any

import pytest

from rundruf.core.broadcast import Cursor
from rundruf.core.chunk import Mark
from rundruf.core.ids import late_of
from rundruf.flows.newsletter import issue
from rundruf.flows.planning import start
from tests.api.client import Client, http_event
from tests.api.test_broadcasts import add, chunked
from tests.functions.doors import Doors
from tests.support.html import Html

BODY = {
    "name": "Weekly",
    "topic": "news",
    "message": {"text": "Autumn soups\n\nHello {{ name | default('everybody') }}"},
    "schedule": {"cron": "0 9 * * 1"},
    "archive": True,
}


def visit(doors: Doors, path: str, method: str = "GET", query: str = "", **headers: str) -> dict[str, Any]:
    newsletter, _, what = path.partition("/")
    parameters = {"newsletter": newsletter} | ({"issue": what} if what else {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    route = "ANY /n/{newsletter}/{issue}" if what else "ANY /n/{newsletter}"
    event = http_event(
        method, f"/n/{path}{query}", headers=named, scopes=None, parameters=parameters, route=route
    )
    return doors("issues", event)


@pytest.fixture
def weekly(api: Client) -> str:
    """A newsletter with one issue that one person got; its id."""
    made = str(api.post("/v1/newsletters", BODY)["id"])
    people = add(api, 1)
    held = api.wiring.catalogue.newsletter(made)
    assert held is not None
    one = issue(held, 1_780_000_000_000, api.wiring.broadcasts.now())
    api.wiring.catalogue.archive(made, one.slot, one.id)
    api.wiring.broadcasts.create(one)
    start(one.id, api.api.context.services)
    chunked(api, one.id, dict.fromkeys(people, Mark.SENT))
    finished(api, one.id)
    return made


def finished(api: Client, broadcast: str) -> None:
    store = api.wiring.broadcasts
    held = store.lease(broadcast, "0-0", "you", 10**15, 10**15 + 1)
    assert held is not None
    store.planned(broadcast, Cursor(chunks=1, people=1, counts=(1,)))
    store.close(broadcast, "0-0", replace(held, owner="you"))
    store.finish(broadcast)


def of(api: Client, newsletter: str) -> str:
    return str(api.get(f"/v1/newsletters/{newsletter}/issues")["broadcasts"][0]["id"])


def test_everybody_may_read_it(doors: Doors, api: Client, weekly: str) -> None:
    one = of(api, weekly)
    for path, kind in (
        (weekly, "text/html"),
        (f"{weekly}/{one}", "text/html"),
        (f"{weekly}/feed", "application/atom+xml"),
    ):
        page = visit(doors, path, accept_language="en")
        assert page["statusCode"] == 200
        assert page["headers"]["content-type"] == f"{kind}; charset=utf-8"
        assert page["headers"]["cache-control"] == "public, max-age=300"
        assert "Autumn soups" in page["body"]
        assert "x-robots-tag" not in page["headers"]
    assert "Hello everybody" in visit(doors, f"{weekly}/{one}")["body"]


def test_who_has_it_is_not_sent_it_again(doors: Doors, api: Client, weekly: str) -> None:
    for path in (weekly, f"{weekly}/{of(api, weekly)}", f"{weekly}/feed"):
        tag = visit(doors, path)["headers"]["etag"]
        for held in (tag, f"W/{tag}", f'"x", {tag}'):
            again = visit(doors, path, if_none_match=held)
            assert (again["statusCode"], again["body"], again["headers"]["etag"]) == (304, "", tag)
        assert visit(doors, path, if_none_match='"x"')["statusCode"] == 200


def test_what_is_not_public_gets_one_constant_page(doors: Doors, api: Client, weekly: str) -> None:
    one = of(api, weekly)
    closed = api.post("/v1/newsletters", BODY | {"archive": False})["id"]
    paths = (
        closed,
        f"{closed}/feed",
        f"{closed}/{one}",
        "none",
        "none/feed",
        f"{weekly}/none",
        "x" * 3_000,
        f"{weekly}/{'x' * 3_000}",
        "ü",
        "\0",
    )
    pages = [visit(doors, path) for path in paths]
    assert {page["statusCode"] for page in pages} == {404}
    assert len({page["body"] for page in pages}) == 1
    assert {page["headers"]["cache-control"] for page in pages} == {"no-store"}


def test_it_is_off_until_it_is_switched_on_and_then_shows_what_has_gone_out(
    doors: Doors, api: Client, weekly: str
) -> None:
    path = f"/v1/newsletters/{weekly}"
    off = api("PATCH", path, {"archive": False}).json
    assert (off["archive"], off["archive_url"]) == (False, "")
    assert visit(doors, weekly)["statusCode"] == 404
    api.wiring.catalogue.table.delete(
        {"pk": f"issues#{weekly}", "sk": f"{1_780_000_000_000:015}#{of(api, weekly)}"}
    )
    on = api("PATCH", path, {"archive": True}).json
    assert on["archive_url"].endswith(f"/n/{weekly}")
    assert "Autumn soups" in visit(doors, weekly)["body"]
    assert (
        api.post("/v1/newsletters", {name: value for name, value in BODY.items() if name != "archive"})[
            "archive"
        ]
        is False
    )


def test_a_way_in_is_shown_where_there_is_one(doors: Doors, api: Client, weekly: str) -> None:
    assert "/j/" not in visit(doors, weekly)["body"]
    doors.made.clear()
    code = api.post(
        "/v1/entry-points", {"name": "x", "messenger": "telegram", "account": "main", "topics": ["news"]}
    )["code"]
    links = [one["href"] for one in Html(visit(doors, weekly)["body"]).all("a")]
    assert f"/j/{code}" in links


def test_looking_changes_nothing(doors: Doors, api: Client, weekly: str) -> None:
    before = api.stack.items()
    for path in (weekly, f"{weekly}/{of(api, weekly)}", f"{weekly}/feed"):
        for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
            page = visit(doors, path, method)
            assert page["statusCode"] == status
            assert bool(page["body"]) == (method == "GET")
    assert api.stack.items() == before
    assert not late_of(of(api, weekly))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_other_methods_are_not_allowed(doors: Doors, api: Client, weekly: str, method: str) -> None:
    page = visit(doors, weekly, method)
    assert (page["statusCode"], page["headers"]["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_table_that_is_gone_is_a_page_too(doors: Doors, api: Client, weekly: str) -> None:
    doors.stack.client("dynamodb").delete_table(TableName=doors.stack.table)
    page = visit(doors, weekly)
    assert (page["statusCode"], page["headers"]["cache-control"]) == (503, "no-store")
