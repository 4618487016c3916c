"""A newsletter's feed is tried when it is made or changed; a bad one is refused with what and where."""

from typing import Any

import pytest

from rundruf.flows import feeds
from tests.api.client import Client
from tests.api.conftest import furnished
from tests.flows.test_feeds import Server, server
from tests.support.stack import Stack

__all__ = ["server"]

BAD: list[tuple[Any, str]] = [
    ((200, {}, b"<html><body>Hello</body></html>"), "it is no RSS, Atom or JSON feed"),
    ((200, {"content-length": "50000000"}, b""), "it has more than 5 MB"),
    ((302, {"location": "https://10.0.0.1/feed"}, b""), "at an address that is not public"),
    ((302, {"location": "http://localhost:9/feed"}, b""), "only https is fetched"),
    ((404, {}, b""), "the server answered 404"),
    (None, "no answer came within"),
]


@pytest.fixture
def cafe(stack: Stack, server: Server, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A café that may read from the server on loopback."""
    told = stack.environment("api") | {"FEEDS_FROM": server.url}
    monkeypatch.setattr(Stack, "environment", lambda *_: told)
    return furnished(Client(stack))


def body(url: str, **more: Any) -> dict[str, Any]:
    when = {"cron": "0 9 * * 1", "zone": "Europe/Berlin"}
    return {"name": "Blog", "topic": "news", "feed": {"url": url}, "schedule": when} | more


@pytest.mark.parametrize(("answer", "said"), BAD, ids=[said for _, said in BAD])
def test_a_feed_that_cannot_be_used_is_refused_with_what_and_where(
    cafe: Client, server: Server, monkeypatch: pytest.MonkeyPatch, answer: Any, said: str
) -> None:
    server.titles = ["A"]
    good = cafe.post("/v1/newsletters", body(server.url))
    server.plays, server.answer = False, answer
    if answer is None:
        monkeypatch.setattr(feeds, "TIMEOUT", 500.0)
    made = cafe("POST", "/v1/newsletters", body(f"{server.url}?other"))
    changed = cafe("PATCH", f"/v1/newsletters/{good['id']}", {"feed": {"url": f"{server.url}?other"}})
    for refused in (made, changed):
        assert (refused.status, refused.fields) == (422, ["feed.url"])
        assert said in refused.json["errors"][0]["detail"]
        assert server.url not in refused.json["errors"][0]["detail"]
    assert [one["feed"]["url"] for one in cafe.get("/v1/newsletters")["newsletters"]] == [server.url]
