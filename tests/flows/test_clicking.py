"""Counted links: they lead where they led, tell nobody's name without consent, and count people only."""

import re
from typing import Any

import pytest

from rundruf.core.clicks import TRACKING, Track
from rundruf.core.message import Message
from rundruf.core.tokens import BadToken
from rundruf.flows.clicking import follow
from rundruf.flows.evaluating import clicked
from tests.support.stack import Stack
from tests.support.world import World

URL = "https://shop.example/autumn?a=1&b=2"
PERSON = {
    "user-agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
}


@pytest.fixture
def world(stack: Stack) -> World:
    return World(stack)


def tokens(world: World) -> list[str]:
    """Of every message, in order."""
    texts = [str(body.get("text", "")) for body in world.messengers.bodies]
    return [found for text in texts for found in re.findall(r"https://r\.example/r/(\S+)", text)]


def sent(world: World, name: str = "b1", **more: Any) -> list[str]:
    world.broadcast(f"Look: {URL} !", name, **more)
    world.drain()
    return tokens(world)


def click(world: World, token: str, method: str = "GET", **headers: str) -> str:
    return follow(token, method, PERSON | headers, world.services)


def test_a_link_leads_over_us_to_where_it_led(world: World) -> None:
    world.people(3)
    made = sent(world)
    assert len(made) == 3
    assert len(set(made)) == 1
    assert URL not in str(world.messengers.bodies)
    assert click(world, made[0]) == URL


def test_clicks_are_counted_by_link_and_hour(world: World) -> None:
    world.people(1)
    (token,) = sent(world)
    began = world.at // 3_600_000
    for _ in range(3):
        click(world, token)
    world.at += 3_600_000
    click(world, token)
    counted = world.broadcasts.clicks("b1")
    assert sorted((hour - began, count) for (_, hour), count in counted.items()) == [(0, 3), (1, 1)]
    found = world.broadcasts.get("b1")
    assert found is not None
    assert clicked(found, world.services) == 4


def test_who_is_no_person_is_led_on_and_not_counted(world: World) -> None:
    world.people(1)
    (token,) = sent(world)
    assert click(world, token, "HEAD") == URL
    assert click(world, token, purpose="prefetch") == URL
    assert follow(token, "GET", {"user-agent": "WhatsApp/2.24"}, world.services) == URL
    assert world.broadcasts.clicks("b1") == {}


def test_a_forged_token_leads_nowhere(world: World) -> None:
    world.people(1)
    (token,) = sent(world)
    with pytest.raises(BadToken):
        click(world, token[:-1] + ("a" if token[-1] != "a" else "b"))
    assert world.broadcasts.clicks("b1") == {}


def test_nothing_is_replaced_where_nothing_is_to_be_counted(world: World) -> None:
    world.people(1)
    assert sent(world, track=Track.NONE) == []
    assert URL in world.messengers.texts("1000")[0]
    found = world.broadcasts.get("b1")
    assert found is not None
    assert clicked(found, world.services) is None


def test_only_who_agreed_is_counted_by_name(world: World) -> None:
    world.person(1, "news")
    agreed = world.person(2, "news", TRACKING)
    made = dict(zip(world.messengers.sent_to(), sent(world, track=Track.PERSONAL), strict=False))
    made = dict(zip(world.messengers.sent_to(), tokens(world), strict=True))
    click(world, made["1"])
    click(world, made["2"])
    click(world, made["2"])
    assert sum(world.broadcasts.clicks("b1").values()) == 3
    chunk = world.broadcasts.chunk("b1", "0-0")
    assert chunk is not None
    clickers = world.broadcasts.receipts("b1", ["0-0"])["0-0"].clicked
    assert [chunk.recipients[index] for index in clickers] == [agreed.id]
    assert world.figures().clickers == 1


def test_nobody_is_counted_by_name_where_the_broadcast_does_not_say_so(world: World) -> None:
    world.person(2, "news", TRACKING)
    (token,) = sent(world)
    click(world, token)
    assert world.figures().clickers == 0


def test_the_page_to_leave_is_no_counted_link(world: World) -> None:
    world.people(1)
    world.broadcast(message=Message("Leave: https://r.example/u/abc"))
    world.drain()
    assert tokens(world) == []


def test_a_click_that_cannot_be_counted_still_leads_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.people(1)
    (token,) = sent(world)

    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(world.broadcasts, "click", broken)
    assert click(world, token) == URL
