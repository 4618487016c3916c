"""A month of newsletters from feeds over HTTP: the clocks change, and ticks come twice and die on their way.

A server on loopback plays good feeds in three forms, whose items appear day by day, and bad ones. Whenever
something is due the tick is fired twice, and the first dies at another write each time. What the person gets
on the phone is held against what was published.
"""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rundruf.aws.calls import AwsError
from rundruf.aws.download import CurlDownloads
from rundruf.core.audience import Audience
from rundruf.core.message import Message
from rundruf.core.newsletter import Feed, Newsletter, Per
from rundruf.flows.newsletter import tick
from rundruf.flows.services import Steps
from rundruf.flows.slots import following
from rundruf.messengers.contract import Answer, Request
from tests.support.memory import Memory
from tests.support.people import HOUR
from tests.support.world import World

MINUTE = 60_000
DAYS = 30
BERLIN = ZoneInfo("Europe/Berlin")
SHOWN = 12  # items that a feed shows
INVOCATION = 60_000
HANG = 150.0  # ms of real time for which we wait for a feed that hangs
PERSON = "1000"
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "SendMessageBatch"}


def at(day: date, hour: int, minute: int = 0) -> int:
    """A time on Berlin's clocks (the first where it comes twice) in ms."""
    return int(datetime.combine(day, time(hour, minute), BERLIN).timestamp() * 1000)


@dataclass
class Feeds:
    """What the server plays; ``items`` are (published, title) by feed, ``down`` when a feed is broken."""

    now: Callable[[], int]
    items: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    down: dict[str, tuple[int, int]] = field(default_factory=dict)
    url: str = ""
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def up(self, name: str, moment: int) -> bool:
        begin, end = self.down.get(name, (0, 0))
        return not begin <= moment < end

    def shown(self, name: str) -> list[str]:
        """Titles, the newest first."""
        return [title for published, title in self.items[name] if published <= self.now()][-SHOWN:][::-1]


def rss(titles: Sequence[str]) -> bytes:
    items = "".join(
        f"<item><title>{one}</title><guid>{one}</guid><link>https://blog.example/{one}</link></item>"
        for one in titles
    )
    return f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'.encode()


def atom(titles: Sequence[str]) -> bytes:
    entries = "".join(
        f'<entry><title>{one}</title><id>urn:x:{one}</id><link href="https://blog.example/{one}"/></entry>'
        for one in titles
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>{entries}</feed>'.encode()


def json_feed(titles: Sequence[str]) -> bytes:
    items = [{"id": one, "title": one, "url": f"https://blog.example/{one}"} for one in titles]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


FORMS = {"rss": rss, "atom": atom, "json": json_feed, "late": rss}


def handler(played: Feeds, released: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name == "hangs":
                released.wait(30)
                self.close_connection = True
            elif name == "large":
                self.endless()
            elif name == "away":
                self.say(302, b"", location="https://10.0.0.1/feed")
            elif name == "page" or not played.up(name, played.now()):
                self.say(200 if name == "page" else 503, b"<html><body>Hello</body></html>")
            else:
                self.fresh(name)

        def fresh(self, name: str) -> None:
            titles = played.shown(name)
            changed = max((one for one, _ in played.items[name] if one <= played.now()), default=0)
            told = {
                "etag": f'"{len(titles)}-{changed}"',
                "last-modified": format_datetime(datetime.fromtimestamp(changed / 1000, UTC), usegmt=True),
            }
            known = [self.headers.get("if-none-match"), self.headers.get("if-modified-since")]
            if name == "atom":
                del told["etag"]
            if any(one and one in told.values() for one in known):
                return self.say(304, b"", **told)
            return self.say(200, FORMS[name](titles), **told)

        def say(self, status: int, body: bytes, **headers: str) -> None:
            played.answers[self.path.strip("/"), status] += 1
            self.send_response(status)
            for header, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def endless(self) -> None:
            """50 MB of a feed that begins well, and does not say how long it is."""
            played.answers["large", 200] += 1
            self.send_response(200)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            piece = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
            try:
                for _ in range(500):
                    self.wfile.write(piece)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    return Handler


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


class Mortal(Memory):
    """A memory that takes the worker with it just before or after a certain write."""

    left = -1  # writes until then; below 0: it lives
    after = False  # the write is done, but nobody hears of it

    def _dies(self, operation: str, then: bool) -> None:
        if operation in WRITES and self.left == 0 and self.after is then:
            self.left = -1
            raise Killed

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._dies(operation, False)
        told = super().call(service, operation, body)
        self._dies(operation, True)
        if operation in WRITES and self.left > 0:
            self.left -= 1
        return told

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        return super().steps(service, operation, body)


class Timed(CurlDownloads):
    """Downloads that take in a worker's life what they would take at their real limit of 20 seconds."""

    spent = 0.0

    def get(self, request: Request, own: str, limit: int, timeout: float) -> Answer:
        hangs = request.url.endswith("/hangs")
        answer = super().get(request, own, limit, HANG if hangs else timeout)
        self.spent += timeout if hangs else 100
        return answer


@dataclass
class Month:
    """A business with newsletters from feeds, and its clock."""

    world: World
    aws: Mortal
    played: Feeds
    downloads: Timed
    begin: date
    newsletters: dict[str, Newsletter] = field(default_factory=dict)
    outage: tuple[int, int] = (0, 0)
    nights: int = 0
    deaths: int = 0

    def live(self, moment: int) -> bool:
        return not self.outage[0] <= moment < self.outage[1]

    def add(self, name: str, feed: str = "", per: Per = Per.SLOT, **schedule: Any) -> None:
        begin = at(self.begin, 12)
        made = Newsletter(
            name,
            name,
            "news",
            Audience(),
            Message("" if feed else f"Plain {name}"),
            zone="Europe/Berlin",
            created=begin,
            feed=Feed(f"{self.played.url}/{feed}", 3 if per is Per.ITEM else 10, per) if feed else None,
            **schedule,
        )
        made = replace(made, next_at=following(made, begin))
        self.world.catalogue.add_newsletter(made)
        self.newsletters[name] = made

    def minute(self, moment: int, number: int) -> None:
        """One minute's tick; where something is due it is fired twice, and the first may die on its way."""
        self.world.at = max(self.world.at, moment)
        due = [at for at, kind, _ in self.world.catalogue.due(moment) if kind == "newsletter"]
        if not due and number % 60:
            return  # a tick of nothing
        if moment in due:
            self.nights += 1
            self.aws.left, self.aws.after = self.nights - 1, self.nights % 2 > 0
        elif due:
            self.aws.left, self.aws.after = number % 4, number % 3 > 0
        for _ in range(2):
            self.downloads.spent = 0
            try:
                tick(self.world.services, lambda: INVOCATION - self.downloads.spent)
            except Killed:
                self.deaths += 1
        self.aws.left = -1
        if self.world.queues.plans or self.world.queues.sends:
            self.world.drain()

    def run(self) -> None:
        for number in range(DAYS * 24 * 60):
            moment = at(self.begin, 12) + number * MINUTE
            if self.live(moment):
                self.minute(moment, number)

    def issues(self, newsletter: str) -> list[Any]:
        found, after = [], ""
        while True:
            page, after = self.world.broadcasts.page(after, 200)
            found += [one for one in page if one.newsletter == newsletter]
            if not after:
                return sorted(found, key=lambda one: one.created)

    def got(self) -> list[str]:
        """Every line of every message that the person got."""
        return [line for text in self.world.messengers.texts(PERSON) for line in text.split("\n")]


@pytest.fixture
def month(request: pytest.FixtureRequest) -> Iterator[Month]:
    aws = Mortal(lambda: 0)
    world = World(None, aws=aws)
    aws.now = world.now
    played, released = Feeds(world.now), threading.Event()
    made = ThreadingHTTPServer(("127.0.0.1", 0), handler(played, released))
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    played.url = f"http://127.0.0.1:{made.server_port}"
    downloads = Timed()
    settings = replace(world.services.settings, feeds_from=played.url, zone="Europe/Berlin")
    world.services = replace(world.services, downloads=downloads, settings=settings)
    world.at = at(request.param, 12)
    world.person(int(PERSON))
    yield Month(world, aws, played, downloads, request.param)
    released.set()
    made.shutdown()
    thread.join()
    made.server_close()


def published(month: Month, feed: str, counts: Sequence[int], hour: int) -> None:
    """So many items a day, in turns, at this hour."""
    days = (month.begin + timedelta(days=one) for one in range(-2, DAYS + 1))
    month.played.items[feed] = [
        (at(day, hour) + number, f"{feed}-{day}-{number}")
        for place, day in enumerate(days)
        for number in range(counts[place % len(counts)])
    ]


def slots_of(month: Month, weekdays: Sequence[int], *, rule: bool = False) -> list[int]:
    """02:30 on these weekdays (0: Monday); in spring as docs/newsletters.md says."""
    days = [month.begin + timedelta(days=one) for one in range(1, DAYS + 1)]
    found = []
    for day in days:
        missing = at(day, 3) == at(day, 2)
        if day.weekday() in weekdays:
            found.append((at(day, 3, 30 if rule else 0)) if missing else at(day, 2, 30))
    return found


def expected(month: Month, feed: str, slots: Sequence[int], most: int, per: Per) -> dict[int, list[str]]:
    """Which items a slot's issues hold, told from the server's side."""
    played, found, seen, handled = month.played, dict[int, list[str]](), set[str](), 0
    for moment in sorted({*slots, month.outage[1], played.down.get(feed, (0, 0))[1]}):
        due = [one for one in slots if handled < one <= moment]
        if not due or not month.live(moment) or not played.up(feed, moment):
            continue
        handled = due[-1]
        known = [title for told, title in played.items[feed] if told <= moment][-SHOWN:]
        new = [title for title in known if title not in seen]
        chosen = new[-1:] if not seen else new[:most] if per is Per.ITEM else new[::-1][:most]
        seen |= set(new if per is Per.SLOT or not seen else chosen)
        if chosen:
            found[handled] = chosen
    return found


def titles(text: str, feed: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith(f"{feed}-")]


DAILY, TWICE, SUNDAYS = range(7), (0, 3), (6,)
BAD = ("hangs", "hangs", "large", "away", "page")


@pytest.mark.parametrize(
    "month", [date(2026, 10, 12), date(2027, 3, 10)], indirect=True, ids=["autumn", "spring"]
)
def test_a_month_is_one_issue_for_each_slot_and_each_item_once_whatever_breaks(month: Month) -> None:
    change = date(2026, 10, 25) if month.begin.month == 10 else date(2027, 3, 28)
    month.outage = at(change - timedelta(days=8), 1), at(change - timedelta(days=7), 14)
    month.played.down["late"] = at(change, 1), at(change, 5)
    published(month, "rss", (1, 0, 2, 4, 0, 0, 3), 12)
    published(month, "atom", (0, 1, 2, 0, 0, 1, 1, *(0,) * 7), 18)
    published(month, "json", (2, 2, 0), 9)
    published(month, "late", (1,), 20)
    month.add("plain", cron="30 2 * * *")
    for number, feed in enumerate(BAD):
        month.add(f"bad{number}", feed, cron="30 2 * * 0", grace=HOUR)
    month.add("rss", "rss", cron="30 2 * * *")
    month.add("atom", "atom", Per.ITEM, rrule="FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30")
    month.add("json", "json", rrule="FREQ=DAILY;BYHOUR=2;BYMINUTE=30")
    month.add("late", "late", cron="30 2 * * *")

    month.run()

    sent = Counter(month.got())
    fed = {
        "rss": expected(month, "rss", slots_of(month, DAILY), 10, Per.SLOT),
        "atom": expected(month, "atom", slots_of(month, TWICE, rule=True), 3, Per.ITEM),
        "json": expected(month, "json", slots_of(month, DAILY, rule=True), 10, Per.SLOT),
        "late": expected(month, "late", slots_of(month, DAILY), 10, Per.SLOT),
    }
    for feed, wanted in fed.items():
        issues = month.issues(feed)
        made = defaultdict[int, list[str]](list)
        for one in issues:
            made[one.slot] += titles(one.message.text, feed)
        assert {slot: sorted(one) for slot, one in made.items()} == {
            slot: sorted(one) for slot, one in wanted.items()
        }
        assert len(issues) == (sum(map(len, made.values())) if feed == "atom" else len(made))
        got = {line: count for line, count in sent.items() if line.startswith(f"{feed}-")}
        assert got == dict.fromkeys((one for held in wanted.values() for one in held), 1)
    every_day(month, sent)
    nobody_waits(month)
    told_of_the_bad_ones(month)


def every_day(month: Month, sent: Counter[str]) -> None:
    """The newsletter without a feed comes in its minute, whatever hangs beside it."""
    slots = slots_of(month, DAILY)
    lost = [one for one in slots if not month.live(one)]
    assert len(lost) == 2
    assert [one.slot for one in month.issues("plain")] == [one for one in slots if one != lost[0]]
    assert sent["Plain plain"] == len(slots) - 1
    for one in month.issues("plain"):
        if one.slot not in lost:
            assert one.started - one.slot < MINUTE


def nobody_waits(month: Month) -> None:
    """Good feeds come some minutes after their time at most, but where they or we were down."""
    for feed in ("rss", "atom", "json"):
        for one in month.issues(feed):
            assert not month.live(one.slot) or one.started - one.slot < 5 * MINUTE
    (night,) = [one for one in month.issues("late") if not month.played.up("late", one.slot)]
    again = month.played.down["late"][1]
    assert again <= night.started < again + 65 * MINUTE


def told_of_the_bad_ones(month: Month) -> None:
    """None of them makes an issue, each says what is wrong with it; the good are asked for news only."""
    said = ("no answer", "no answer", "5 MB", "not public", "no RSS")
    for number, words in enumerate(said):
        state = month.world.catalogue.feed(f"bad{number}")
        assert month.issues(f"bad{number}") == []
        assert words in state.trouble
        assert state.failures >= 3
    answers = month.played.answers
    assert all(answers[feed, 304] for feed in ("rss", "atom", "json"))
    assert answers["away", 302] >= 3
    assert month.deaths > 25
