"""The door behind counted links: on to where our table says, and one page for everything else."""

from typing import Any

import pytest

from rundruf.core import clicks
from rundruf.core.clicks import Clicked
from tests.api.client import Client, http_event
from tests.functions.conftest import KEYS
from tests.functions.doors import Doors

URL = "https://shop.example/autumn?a=1"
LINK = clicks.link_id(URL)
TOKEN = clicks.token(KEYS, Clicked("b1", LINK))
PERSON = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"


@pytest.fixture
def linked(api: Client) -> Client:
    api.wiring.broadcasts.link("b1", {LINK: URL})
    return api


def visit(
    doors: Doors, token: str, method: str = "GET", query: str = "", agent: str = PERSON
) -> dict[str, Any]:
    return doors(
        "click",
        http_event(
            method,
            f"/r/{token}{query}",
            headers={"user-agent": agent},
            scopes=None,
            parameters={"token": token},
            route="ANY /r/{token}",
        ),
    )


def test_a_click_is_counted_and_led_on(doors: Doors, linked: Client) -> None:
    for _ in range(2):
        answer = visit(doors, TOKEN)
        assert (answer["statusCode"], answer["headers"]["location"], answer["body"]) == (302, URL, "")
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert not [name for name in answer["headers"] if name.lower() == "set-cookie"]
    assert sum(linked.wiring.broadcasts.clicks("b1").values()) == 2


@pytest.mark.parametrize(("method", "agent"), [("HEAD", PERSON), ("GET", "WhatsApp/2.24"), ("GET", "")])
def test_a_look_changes_nothing(doors: Doors, linked: Client, method: str, agent: str) -> None:
    before = linked.stack.items()
    assert visit(doors, TOKEN, method, agent=agent)["statusCode"] == 302
    assert linked.stack.items() == before


def test_everything_else_gets_one_constant_page(doors: Doors, linked: Client) -> None:
    other = clicks.token(KEYS, Clicked("b2", LINK))
    tokens = [TOKEN[:-1], TOKEN.upper(), other, "", "x", "ü", "https://evil.example", "x" * 5_000, "\0"]
    pages = [visit(doors, token, query="?url=https://evil.example") for token in tokens]
    assert {page["statusCode"] for page in pages} == {404}
    assert len({page["body"] for page in pages}) == 1
    assert "evil" not in str(pages)
    assert linked.wiring.broadcasts.clicks("b1") == {}


def test_where_it_leads_does_not_come_from_the_address(doors: Doors, linked: Client) -> None:
    answer = visit(doors, TOKEN, query="?url=https://evil.example&next=//evil.example")
    assert answer["headers"]["location"] == URL


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(doors: Doors, linked: Client, method: str) -> None:
    assert visit(doors, TOKEN, method)["statusCode"] == 405
    assert linked.wiring.broadcasts.clicks("b1") == {}
