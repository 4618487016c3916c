"""What the VK Teams adapter does beyond the contract: addresses, and how much goes into one."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.rules import Counted
from rundruf.messengers import messenger
from rundruf.messengers.contract import Answer, Delivery, Polled
from rundruf.messengers.limits import parts
from tests.messengers.vkteams.cases import IN_URL, NEW, VKTEAMS, account

OURS = account(VKTEAMS)
SPEAKS = messenger("vkteams")


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("@rundruf_bot", "https://u.internal.myteam.mail.ru/profile/rundruf_bot?start=A"),
        ("u.im.example/profile/bot", "https://u.im.example/profile/bot?start=A"),
        ("https://u.im.example/bot", "https://u.im.example/bot?start=A"),
    ],
)
def test_an_installation_has_links_of_its_own(address: str, link: str) -> None:
    assert SPEAKS.entry_link(replace(OURS, address=address), "A", "de") == link


@pytest.mark.parametrize(
    "address",
    ["a b", "http://u.im.example/bot", "u.im.example/bot?x=", "u.im.example/", "a@b/c", "//x/y", "ü"],
)
def test_an_address_that_opens_no_chat_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="nick"):
        SPEAKS.entry_link(replace(OURS, address=address), "A", "de")


@pytest.mark.parametrize("letter", ["x", " ", "ж", "漢", "\U0001f372", "&", "ä"])
def test_no_address_is_longer_than_servers_take(letter: str) -> None:
    message = Message(
        (letter * 3 + "y") * 80,
        (Media(MediaKind.IMAGE, "https://cdn.example/a.jpg"),),
        tuple(Button(letter * 19 + "y", url=f"https://shop.example/{number}") for number in range(8)),
    )
    assert SPEAKS.problems(message) == ()
    delivery = Delivery("d", "ada@example.com", message, window_open=True)
    addresses = [request.url for request in SPEAKS.build(delivery, OURS)]
    assert max(map(len, addresses)) < 8_000
    texts = [parse_qs(urlsplit(one).query)["text"][0] for one in addresses]
    assert all(Counted.ENCODED.length(one) <= 1_000 for one in texts)


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("a-_.~", 5), ("a b", 5), ("&/", 6), ("ж", 6), ("漢", 9), ("\U0001f372", 12), ("\ud83d", 9)],
)
def test_a_text_is_counted_as_it_stands_in_a_url(text: str, length: int) -> None:
    assert Counted.ENCODED.length(text) == length


def test_a_text_is_cut_by_what_it_takes_in_a_url() -> None:
    assert parts("ж" * 5, 18, Counted.ENCODED) == ("жжж", "жж")


def test_an_older_token_of_the_bot_tells_its_own_words_as_well() -> None:
    body = (
        b'{"ok":true,"events":[{"eventId":1,"type":"newMessage","payload":{"from":{"userId":"700000009"}}}]}'
    )
    two = replace(OURS, credentials={"bot_token": (NEW, "001.2.3:700000009")})
    assert SPEAKS.read(body, two).parked == {"own": 1}


def test_the_token_is_in_the_address_and_shown_nowhere() -> None:
    poll = SPEAKS.poll
    assert poll
    request = poll.request(OURS, "", 20)
    assert IN_URL in request.url
    assert NEW not in repr(request)
    assert IN_URL not in repr(request)


def test_a_batch_of_nothing_readable_is_passed_by_one_step_at_a_time() -> None:
    """Nothing readable can be lost by it: the first of these events has at least the next number."""
    poll = SPEAKS.poll
    assert poll
    cursor = "7"
    for expected in ("8", "9"):
        found = poll.read(Answer(200, {}, b'{"ok":true,"events":[1,2,3]}'), OURS, cursor)
        assert isinstance(found, Polled)
        assert (found.cursor, found.reading.parked) == (expected, {"malformed": 3})
        cursor = found.cursor
