"""Counted links: which addresses they are, what their tokens say, and who is no person."""

import pytest

from rundruf.core import clicks
from rundruf.core.clicks import Clicked
from rundruf.core.lookers import is_looker
from rundruf.core.message import Button, Message, Template
from rundruf.core.tokens import BadToken, Keys

KEYS = Keys("1", {"1": "k" * 64})
LINK = clicks.link_id("https://shop.example/autumn")
ANONYMOUS = Clicked("0c3k9f1aq8b7d2e1", LINK)
PERSONAL = Clicked("0c3k9f1aq8b7d2e1", LINK, "0-3906", 255)
PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/120.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 Safari Line/14.9.0",
    "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0 Mobile Safari/537.36 Viber/22.3",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
)
PROGRAMS = (
    "WhatsApp/2.24.20.89 A",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Viber/13.3.0 (Linux)",
    "Mozilla/5.0 (compatible; Linespider/1.1; +https://lin.ee/4dwXkTH)",
    "curl/8.5.0",
    "",
)


def test_a_token_says_what_it_was_made_of_and_nothing_of_a_person() -> None:
    assert clicks.read(KEYS, clicks.token(KEYS, ANONYMOUS)) == ANONYMOUS
    assert clicks.read(KEYS, clicks.token(KEYS, PERSONAL)) == PERSONAL
    assert clicks.token(KEYS, ANONYMOUS).split("-")[:3] == ["1", "0c3k9f1aq8b7d2e1", LINK]
    assert len(clicks.token(KEYS, PERSONAL)) <= clicks.TOKEN_LENGTH


@pytest.mark.parametrize("clicked", [ANONYMOUS, PERSONAL])
def test_a_changed_token_is_refused(clicked: Clicked) -> None:
    token = clicks.token(KEYS, clicked)
    forged = [token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :] for at in range(len(token))]
    forged += [token.upper(), token + "a", token[:-1], f"{token}\n", "", "ü", "-", "1----", token * 20]
    for one in forged:
        with pytest.raises(BadToken):
            clicks.read(KEYS, one)


def test_a_token_of_a_rotated_key_is_read_and_one_of_a_lost_key_is_not() -> None:
    token = clicks.token(KEYS, ANONYMOUS)
    assert clicks.read(Keys("2", {"2": "x" * 64, "1": "k" * 64}), token) == ANONYMOUS
    with pytest.raises(BadToken):
        clicks.read(Keys("2", {"2": "x" * 64}), token)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x)", ["https://a.example/x"]),
        (
            "https://a.example/x?q=1&r=2#top and http://b.example",
            ["https://a.example/x?q=1&r=2#top", "http://b.example"],
        ),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("https://a.example/{{ name }}", []),
        ("https://a.example/?n={{name}}", []),
        ("Leave: {{ leave_url }}", []),
        ("mailto:a@b.example ftp://a.example https://", []),
    ],
)
def test_whole_addresses_are_counted_and_those_with_placeholders_are_not(
    text: str, expected: list[str]
) -> None:
    assert list(clicks.links(Message(text)).values()) == expected


def test_what_stands_around_a_link_stays() -> None:
    changed = clicks.replaced(
        Message("See <https://a.example/x>, {{ name }}!"), lambda _: "https://r.example"
    )
    assert changed.text == "See <https://r.example>, {{ name }}!"


def test_buttons_are_counted_but_not_those_of_a_template() -> None:
    template = Template(
        "t", "de", parameters=("https://c.example",), buttons=(Button("", url="https://b.example"),)
    )
    message = Message(buttons=(Button("Shop", url="https://a.example"),), template=template)
    assert list(clicks.links(message).values()) == ["https://a.example", "https://c.example"]
    changed = clicks.replaced(message, lambda _: "x")
    assert changed.template is not None
    assert changed.template.buttons == template.buttons


@pytest.mark.parametrize("agent", PHONES)
def test_a_browser_is_a_person(agent: str) -> None:
    assert not is_looker("GET", {"user-agent": agent})


@pytest.mark.parametrize("agent", PROGRAMS)
def test_a_preview_is_no_person(agent: str) -> None:
    assert is_looker("GET", {"user-agent": agent})


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"purpose": "prefetch"}),
        ("GET", {"sec-purpose": "prefetch;prerender"}),
        ("GET", {"x-moz": "prefetch"}),
        ("GET", {"x-purpose": "preview"}),
    ],
)
def test_a_call_ahead_is_no_click(method: str, headers: dict[str, str]) -> None:
    assert is_looker(method, {"user-agent": PHONES[0], **headers})
