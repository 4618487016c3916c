"""Newsletters from feeds: each item once, under the address policy, and a broken feed bothers nobody else."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rundruf.aws.download import CurlDownloads
from rundruf.core.audience import Audience
from rundruf.core.message import MediaKind, Message
from rundruf.core.newsletter import Feed, FeedState, Newsletter, Per
from rundruf.core.plain import plain, shortened
from rundruf.flows import feeds
from rundruf.flows.feeds import BadFeed, Item, composed, fetch, fresh, read
from rundruf.flows.newsletter import tick
from rundruf.flows.services import Services
from rundruf.flows.slots import following
from tests.support.people import HOUR
from tests.support.stack import Stack
from tests.support.world import World

MINUTE = 60_000


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass
class Server:
    """A feed on loopback; ``answer`` is (status, headers, body), or None: it hangs."""

    url: str = ""
    titles: list[str] = field(default_factory=list)
    answer: tuple[int, dict[str, str], bytes] | None = (200, {}, b"")
    plays: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)

    def rss(self) -> bytes:
        items = "".join(
            f"<item><title>{title}</title><guid>{title}</guid><link>https://x.example/{title}</link>"
            f"<description>&lt;p&gt;About {title}&lt;/p&gt;</description></item>"
            for title in reversed(self.titles)
        )
        return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append({name.lower(): value for name, value in self.headers.items()})
            if state.plays:
                tag = f'"{len(state.titles)}"'
                same = self.headers.get("if-none-match") == tag
                status, headers, body = 304 if same else 200, {"etag": tag}, b"" if same else state.rss()
            elif state.answer is None:
                time.sleep(2)
                return
            else:
                status, headers, body = state.answer
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    state.url = f"http://127.0.0.1:{made.server_port}/feed"
    yield state
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def world(stack: Stack, server: Server) -> World:
    made = World(stack)
    settings = replace(made.services.settings, feeds_from=server.url)
    made.services = replace(made.services, downloads=CurlDownloads(), settings=settings)
    return made


def daily(server: Server, world: World, begin: str, per: Per = Per.SLOT, **more: Any) -> Newsletter:
    made = Newsletter(
        more.pop("id", "n1"),
        "Blog",
        "news",
        Audience(),
        Message(),
        cron="30 2 * * *",
        zone="Europe/Berlin",
        created=ms(begin),
        feed=Feed(more.pop("url", server.url), per=per),
        **more,
    )
    made = replace(made, next_at=following(made, ms(begin)))
    world.catalogue.add_newsletter(made)
    return made


@pytest.mark.parametrize("per", Per)
@pytest.mark.parametrize("begin", ["2026-10-10T12:00+00:00", "2027-03-12T12:00+00:00"])
def test_a_month_over_a_change_of_the_clock_is_one_issue_for_each_slot_and_item(
    world: World, server: Server, begin: str, per: Per
) -> None:
    daily(server, world, begin, per)
    server.titles = ["old", "T0"]
    for step in range(60):
        world.at = ms(begin) + step * 12 * HOUR
        if step % 6 == 1:
            server.titles += [f"T{step}a", f"T{step}b"]
        tick(world.services)
        tick(world.services)
    issues = [one for one in world.broadcasts.page("", 200)[0] if one.newsletter]
    titles = Counter(line for one in issues for line in one.message.text.split("\n") if line in server.titles)
    assert set(titles.values()) == {1}
    assert set(titles) == set(server.titles) - {"old", "T0", "T1a"}  # the first issue is the newest alone
    slots = Counter(one.slot for one in issues)
    assert max(slots.values()) == (2 if per is Per.ITEM else 1)
    days = [datetime.fromtimestamp(one / 1000, UTC).date() for one in slots]
    assert len(days) == len(set(days)) == 10
    assert any("if-none-match" in one for one in server.asked)


def test_a_worker_that_dies_after_the_issue_was_decided_loses_and_repeats_no_item(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = daily(server, world, "2026-10-10T12:00+00:00")
    server.titles = ["A"]
    world.at = made.next_at

    class Killed(BaseException):
        pass

    def dying(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(world.broadcasts, "create", dying)
        with pytest.raises(Killed):
            tick(world.services)
    server.titles = ["A", "B"]
    world.at += MINUTE
    assert tick(world.services) == 1
    (issue,) = world.broadcasts.page("", 10)[0]
    assert issue.message.text == "A\nAbout A\nhttps://x.example/A"
    world.at += 24 * HOUR
    assert tick(world.services) == 1
    assert world.broadcasts.page("", 10)[0][0].message.text.startswith("B\n")


def test_a_broken_feed_is_told_backs_off_and_keeps_nobody_back(world: World, server: Server) -> None:
    broken = daily(server, world, "2026-10-10T12:00+00:00", id="broken", url="https://127.0.0.1/feed")
    daily(server, world, "2026-10-10T12:00+00:00")
    server.titles = ["A"]
    world.at = broken.next_at
    assert tick(world.services) == 1
    state = world.catalogue.feed("broken")
    assert (state.failures, state.retry_at) == (1, world.at + MINUTE)
    assert "not public" in state.trouble
    world.at += 30_000
    tick(world.services)
    assert world.catalogue.feed("broken") == state
    for expected in (2, 3):
        world.at = world.catalogue.feed("broken").retry_at
        tick(world.services)
        assert world.catalogue.feed("broken").failures == expected
    world.at += 48 * HOUR
    tick(world.services)
    moved = world.catalogue.newsletter("broken")
    assert moved is not None
    assert moved.next_at > broken.next_at


def test_feeds_wait_for_the_next_minute_when_time_runs_short(world: World, server: Server) -> None:
    made = daily(server, world, "2026-10-10T12:00+00:00")
    server.titles = ["A"]
    world.at = made.next_at
    assert tick(world.services, lambda: 20_000) == 0
    assert server.asked == []
    assert tick(world.services) == 1


BOMB = gzip.compress(b" " * (feeds.LARGEST + 10))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param((200, {}, b"<html><body>Hello</body></html>"), "no RSS", id="a page"),
        pytest.param((200, {}, b"/etc/hostname"), "no RSS", id="the name of a file"),
        pytest.param((200, {}, b'{"items": []}'), "no RSS", id="JSON"),
        pytest.param((200, {}, b"[" * 100_000), "no RSS", id="brackets"),
        pytest.param((200, {}, b'{"a":' * 100_000), "no RSS", id="depth"),
        pytest.param((200, {}, b""), "no RSS", id="nothing"),
        pytest.param((500, {}, b""), "500", id="an error"),
        pytest.param((200, {"content-length": "50000000"}, b""), "5 MB", id="50 MB"),
        pytest.param((200, {}, b"x" * (feeds.LARGEST + 1)), "5 MB", id="too much"),
        pytest.param((200, {}, BOMB), "unpacked", id="a bomb"),
        pytest.param((302, {"location": "http://127.0.0.1:9/feed"}, b""), "https", id="to loopback"),
        pytest.param(
            (302, {"location": "https://169.254.169.254/"}, b""), "not public", id="to a private one"
        ),
        pytest.param((302, {"location": "/feed"}, b""), "too often", id="round and round"),
        pytest.param(None, "no answer", id="it hangs"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_is_wrong(
    world: World,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, str], bytes] | None,
    said: str,
) -> None:
    monkeypatch.setattr(feeds, "TIMEOUT", 1_000.0 if answer is None else 5_000.0)
    server.plays, server.answer = False, answer
    with pytest.raises(BadFeed, match=said):
        fetch(server.url, world.services)


def test_loopback_is_not_asked_where_nobody_allowed_it(server: Server, world: World) -> None:
    strict: Services = replace(world.services, settings=replace(world.services.settings, feeds_from=""))
    with pytest.raises(BadFeed, match="https"):
        fetch(server.url, strict)
    assert server.asked == []


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
<entry><id>urn:1</id><title>One &amp; all</title>
<link href="https://x.example/1"/>
<summary type="html">&lt;b&gt;Bold&lt;/b&gt;&lt;script&gt;no&lt;/script&gt;</summary>
<link rel="enclosure" type="image/png" href="https://x.example/1.png"/></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [
        {
            "id": "urn:1",
            "title": "One & all",
            "url": "https://x.example/1",
            "content_html": "<b>Bold</b>",
            "image": "https://x.example/1.png",
        }
    ],
}


@pytest.mark.parametrize("body", [ATOM, json.dumps(JSON_FEED).encode()], ids=["Atom", "JSON Feed"])
def test_items_are_read_as_plain_text(body: bytes) -> None:
    expected = Item("urn:1", "One & all", "Bold", "https://x.example/1", "https://x.example/1.png")
    assert read(body, "https://x.example/feed") == [expected]


def test_an_item_without_a_name_is_known_by_its_link() -> None:
    body = (
        b'<rss version="2.0"><channel><item><title>A</title>'
        b"<link>https://x.example/a</link></item></channel></rss>"
    )
    assert [one.id for one in read(body, "https://x.example/feed")] == ["https://x.example/a"]


def named(*names: str) -> list[Item]:
    return [Item(one, one, "", "") for one in names]


@pytest.mark.parametrize(
    ("per", "chosen", "passed"), [(Per.SLOT, ["5", "4"], ["3"]), (Per.ITEM, ["3", "4"], [])]
)
def test_more_news_than_an_issue_takes(per: Per, chosen: list[str], passed: list[str]) -> None:
    state = FeedState(seen=b"".join(one.digest for one in named("2", "1")))
    found = fresh(Feed("x", 2, per), named("5", "4", "3", "2", "1"), state)
    assert [[one.id for one in part] for part in found] == [chosen, passed]


def test_an_issue_fits_every_messenger_and_keeps_its_link(world: World) -> None:
    made = Newsletter(
        "n1", "Blog", "news", Audience(), Message("Hi {{ name | default('you') }}!"), feed=Feed("x")
    )
    items = [Item(str(one), f"Title {one}", "Word " * 900, f"https://x.example/{one}") for one in range(3)]
    message = composed(
        made, [replace(items[0], picture="https://x.example/p.png"), *items[1:]], world.services
    )
    assert message.text.startswith("Hi {{ name | default('you') }}!\n\nTitle 0\nWord Word")
    assert all(one.link in message.text for one in items)
    assert len(message.text) < 1024  # with a picture it is a caption
    assert [(one.kind, one.alt) for one in message.media] == [(MediaKind.IMAGE, "Title 0")]


def test_a_feed_writes_no_placeholders(world: World) -> None:
    made = Newsletter("n1", "Blog", "news", Audience(), Message("{{ items }}"), feed=Feed("x"))
    text = composed(
        made, [Item("1", "{{ name }}", "{% x %}", "https://x.example/{{name}}")], world.services
    ).text
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<style>x</style><b>Kept</b><script>gone</script>", "Kept"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("no\u202etxt\u200b", "notxt"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("most", "text"), [(50, "First one. Second one."), (20, "First one."), (9, "First…"), (0, "")]
)
def test_texts_are_cut_between_sentences_or_words(most: int, text: str) -> None:
    assert shortened("First one. Second one.", most) == text


def test_the_words_around_the_items_are_in_each_language_and_all_of_it_fits(world: World) -> None:
    words = Message(
        "Neu:", language="de", translations=(Message("New:\n\n{{ items }}\n\nBye", language="en"),)
    )
    letter = Newsletter("n1", "x", "news", Audience(), words, feed=Feed("https://x.example"))
    long = Item("1", "Soup", "A word. " * 2_000, "https://x.example/1", "https://x.example/1.jpg")
    made = composed(letter, [long], world.services)
    german, english = made.versions()
    assert german.text.startswith("Neu:\n\nSoup\nA word.")
    assert english.text.startswith("New:\n\nSoup\nA word.")
    assert english.text.endswith("\n\nBye")
    assert all("https://x.example/1" in one.text and len(one.text) < 1024 for one in (german, english))
    assert german.media == english.media != ()
    much = replace(words, translations=(Message("x" * 900, language="en"),))
    cut = composed(replace(letter, message=much), [long], world.services)
    assert not cut.media  # no caption in English would hold that, so no language has the picture
