"""The public archive: what was written, and nothing of anybody; a feed that readers take."""

from dataclasses import replace

import feedparser
import pytest

from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.brand import Brand
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.ids import issue_id, late_id
from rundruf.core.message import Button, Media, MediaKind, Message, MessageKind, Template
from rundruf.core.newsletter import Newsletter
from rundruf.core.topic import EntryPoint
from rundruf.flows import archive_page as public
from rundruf.flows.newsletter import tick
from rundruf.flows.pages import PAGE_LANGUAGES
from tests.support.html import Html
from tests.support.people import DAY, HOUR, NOW
from tests.support.stack import Stack
from tests.support.world import BUSINESS, TELEGRAM, WHATSAPP, World

BRAND = Brand("Café Morgenrot", "https://cdn.example/logo.svg", "#b45309")
TEXT = (
    "Autumn soups\n\nHello {{ name | default('everybody') }}, dear {{ city }}!\n"
    "See https://shop.example/soup?x=1&y=2. Yours: https://shop.example/{{ name }}/basket\n\n<b>Bold</b>"
)
WEEKLY = Newsletter(
    "n1", "Weekly", "news", Audience(), Message(TEXT), cron="0 9 * * *", next_at=NOW + HOUR, archive=True
)
LANGUAGE = pytest.mark.parametrize("language", PAGE_LANGUAGES)


@pytest.fixture
def world(stack: Stack) -> World:
    """The newsletter has gone out once."""
    made = World(stack)
    made.person(1, name="Anna Ascheberg", attributes={"city": "Köln"})
    made.catalogue.add_newsletter(WEEKLY)
    made.at = NOW + HOUR
    tick(made.services)
    made.drain()
    return made


ISSUE = issue_id("n1", NOW + HOUR)


def found(world: World) -> Newsletter:
    held = public.opened("n1", world.services)
    assert held is not None
    return held


def listed(world: World, before: str = "", language: str = "en") -> public.Archive:
    return public.archive(found(world), before, language, world.services)


def frame(language: str, join: str = "") -> public.Frame:
    return public.Frame(language, "Europe/Berlin", BUSINESS, BRAND, join)


def page(world: World, language: str = "en", join: str = "") -> Html:
    one = public.issue(found(world), ISSUE, language, world.services)
    assert one is not None
    return Html(public.issue_page(found(world), one, frame(language, join)))


def feed(world: World, language: str = "en") -> str:
    return public.feed(listed(world), frame(language), "https://r.example")


def more(world: World, slot: int, **changed: object) -> Broadcast:
    """Another issue as the tick leaves it."""
    told: Broadcast | None = world.broadcasts.get(ISSUE)
    assert told
    made = replace(told, id=issue_id("n1", slot), slot=slot, **changed)  # type: ignore[arg-type]
    world.catalogue.archive("n1", slot, made.id)
    world.broadcasts.create(made)
    return made


@LANGUAGE
def test_an_issue_is_what_was_written_and_nothing_of_anybody(world: World, language: str) -> None:
    shown = page(world, language)
    assert "Hello everybody, dear …!" in shown.text
    assert "Anna" not in shown.source
    assert "Köln" not in shown.source
    assert "/u/" not in shown.source
    assert "/r/" not in shown.source
    assert shown.texts_in("h1") == ["Autumn soups"]
    assert shown.text.count("Autumn soups") == 1
    assert ("28. Mai 2026" if language == "de" else "28 May 2026") in shown.text


def test_links_are_plain_and_those_of_a_person_are_gone(world: World) -> None:
    links = [one["href"] for one in page(world).all("a")]
    assert "https://shop.example/soup?x=1&y=2" in links
    assert not any("basket" in str(one) or "…" in str(one) for one in links)


def test_markup_in_a_message_is_text(world: World) -> None:
    assert "<b>Bold</b>" in page(world).text
    assert "&lt;b&gt;Bold" in page(world).source


@LANGUAGE
def test_nothing_is_run(world: World, language: str) -> None:
    pages = (
        page(world, language),
        Html(public.archive_page(listed(world), frame(language))),
    )
    for shown in pages:
        assert not {tag for tag, _ in shown.elements} & {"script", "iframe", "form", "button", "input"}
        for _, attributes in shown.elements:
            assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_pictures_and_buttons_are_shown_and_replies_are_not() -> None:
    message = Message(
        "Soup",
        (
            Media(MediaKind.IMAGE, "https://img.example/a.jpg", "A soup"),
            Media(MediaKind.FILE, "https://f.example/a.pdf"),
        ),
        (
            Button("More", reply="MORE"),
            Button("Shop", url="https://shop.example"),
            Button("Me", url="https://x.example/{{ name }}"),
        ),
    )
    one = public.shown(broadcast(message), "en")
    assert one.pictures == [("https://img.example/a.jpg", "A soup")]
    assert one.links == [("https://f.example/a.pdf", "media.file"), ("https://shop.example", "Shop")]
    headers = public.archive_headers(BRAND, [url for url, _ in one.pictures])
    assert "img-src https://cdn.example https://img.example;" in headers["content-security-policy"]


def broadcast(message: Message) -> Broadcast:
    return Broadcast("b1", "b1", MessageKind.MARKETING, "news", Audience(), message, State.FINISHED, NOW)


@pytest.mark.parametrize("text", ["{{ name", "{% if x %}", "\0\x08x", "x" * 5_000, "https://{{ name }}", ""])
def test_an_odd_text_is_a_page_all_the_same(text: str) -> None:
    one = public.shown(broadcast(Message(text)), "en")
    assert "\0" not in str(one)
    assert len(one.title) <= 80


def test_an_issue_is_in_the_readers_language_where_it_has_it() -> None:
    soup = Message("Suppe", language="de", translations=(Message("Soup", language="en"),))
    told = [public.shown(broadcast(soup), language) for language in ("de", "en", "fr")]
    assert [(one.title, one.language) for one in told] == [("Suppe", "de"), ("Soup", "en"), ("Suppe", "de")]
    page = Html(public.issue_page(WEEKLY, told[1], frame("de")))
    assert page.all("h1")[0]["lang"] == "en"


def test_only_what_goes_out_or_has_gone_out_is_listed(world: World) -> None:
    for number, state in enumerate(State, 1):
        more(world, NOW + number * DAY, state=state, name=state.value)
    world.at += 500 * DAY  # so old that no chunk is left to tell
    ids = {one.id for one in listed(world).issues}
    names = {one.name for one in world.broadcasts.these(sorted(ids - {ISSUE})).values()}
    assert names == {"sending", "finished"}
    hidden = issue_id("n1", NOW + DAY)
    assert public.issue(found(world), hidden, "en", world.services) is None


def test_an_issue_that_nobody_got_is_not_listed(stack: Stack) -> None:
    world = World(stack)
    world.person(1)
    refusing = replace(WEEKLY, message=Message("{{ city }}"))
    world.catalogue.add_newsletter(refusing)
    world.at = NOW + HOUR
    tick(world.services)
    world.drain()
    assert world.state(ISSUE) is State.FINISHED
    assert listed(world).issues == []


def test_a_template_alone_is_told_by_its_messenger_only(world: World) -> None:
    more(world, NOW + DAY, message=Message(template=Template("autumn", "de")))
    world.at += 500 * DAY
    assert [one.id for one in listed(world).issues] == [ISSUE]


def test_late_issues_and_other_newsletters_issues_are_not_there(world: World) -> None:
    assert public.issue(found(world), late_id(ISSUE, 1), "en", world.services) is None
    world.catalogue.add_newsletter(replace(WEEKLY, id="n2"))
    other = public.opened("n2", world.services)
    assert other is not None
    assert public.issue(other, ISSUE, "en", world.services) is None


def test_switched_off_or_unknown_is_nothing(world: World) -> None:
    world.catalogue.add_newsletter(replace(WEEKLY, id="n2", archive=False))
    for name in ("n2", "none", "", "#", "\0"):
        assert public.opened(name, world.services) is None


def test_an_archive_goes_on_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = [NOW + number * DAY for number in range(1, 5)]
    for slot in slots:
        more(world, slot)
    world.at += 500 * DAY  # so old that no chunk is left to tell
    monkeypatch.setattr(public, "A_PAGE", 2)
    seen, before = [], ""
    while True:
        one = listed(world, before)
        seen += [each.id for each in one.issues]
        html = Html(public.archive_page(one, frame("en")))
        assert any("before=" in str(each["href"]) for each in html.all("a")) == bool(one.older)
        if not one.older:
            break
        before = one.older
    assert seen == [*(issue_id("n1", slot) for slot in reversed(slots)), ISSUE]
    assert listed(world, "nonsense").issues == listed(world).issues


@LANGUAGE
def test_the_feed_is_one_for_readers(world: World, language: str) -> None:
    told = feedparser.parse(feed(world, language).encode())
    assert (told.bozo, told.version) == (False, "atom10")
    assert (told.feed.title, told.feed.author) == ("Weekly", "Café Morgenrot")
    (entry,) = told.entries
    assert (entry.title, entry.id.startswith("urn:uuid:")) == ("Autumn soups", True)
    assert entry.link == f"https://r.example/n/n1/{ISSUE}?lang={language}"
    assert "Hello everybody" in entry.content[0].value
    assert "<b>Bold</b>" in Html(entry.content[0].value).text
    assert entry.updated.startswith("2026-")


def test_the_same_issues_are_the_same_feed(world: World) -> None:
    assert feed(world) == feed(world)


def test_a_newsletter_without_issues_has_a_feed_and_a_page(stack: Stack) -> None:
    world = World(stack)
    world.catalogue.add_newsletter(WEEKLY)
    assert feedparser.parse(feed(world).encode()).bozo is False
    assert "No issue has gone out yet." in public.archive_page(listed(world), frame("en"))


def settings(account: str) -> Account:
    return {"telegram/main": TELEGRAM, "whatsapp/main": WHATSAPP}[account]


def test_the_way_in_is_the_one_for_the_archive_then_for_the_topic(world: World) -> None:
    def way() -> str:
        return public.joining("news", settings, "en", world.services)

    assert way() == "/j/KRTMBXZV"
    both = EntryPoint("BBBBBBBB", "Both", "telegram", "main", ("news", "recipes"), created=-1)
    world.catalogue.add_entry_point(both)
    assert way() == "/j/KRTMBXZV"
    world.catalogue.add_entry_point(replace(both, code="CCCCCCCC", page="archive"))
    assert way() == "/j/CCCCCCCC"
    gone = replace(both, code="DDDDDDDD", account="gone", page="archive", created=-2)
    world.catalogue.add_entry_point(gone)
    assert way() == "/j/CCCCCCCC"
    assert public.joining("recipes", settings, "en", world.services) == "/j/CCCCCCCC"
    assert public.joining("none", settings, "en", world.services) == ""
