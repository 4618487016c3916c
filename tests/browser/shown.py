"""Every page for people in every state, as the doors would serve it, without the suite behind it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rundruf.core.audience import Audience
from rundruf.core.brand import Brand
from rundruf.core.broadcast import Broadcast, State
from rundruf.core.consent import Action, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.ledger import EMPTY, Head, append, replay
from rundruf.core.message import Button, Media, MediaKind, Message, MessageKind
from rundruf.core.newsletter import Newsletter
from rundruf.core.topic import Topic
from rundruf.core.wording import Business, opt_in
from rundruf.flows.archive_page import Archive, Frame, Issue, archive_headers, archive_page, issue_page, shown
from rundruf.flows.history import History, Written
from rundruf.flows.join_page import Way, join_headers, join_page, snippet
from rundruf.flows.joining import ref
from rundruf.flows.leave_page import NOTICES, TopicChoice, View, leave_page, notice_page, question_page
from rundruf.flows.pages import notice, page_headers
from rundruf.flows.papers import Proof, certificate, export_page, paper_headers
from rundruf.flows.reporting import Line

BUSINESS = Business("Café Morgenrot", "https://cafe.example/imprint", "https://cafe.example/privacy")
BRAND = Brand("Café Morgenrot", "", "#b4532a")
NOW = 1_795_000_000_000
DAY = 24 * 3600 * 1000
TOPICS = {
    "news": Topic(
        "news",
        {"de": "Neuigkeiten", "en": "News"},
        {"de": "etwa einmal pro Woche", "en": "about once a week"},
    ),
    "recipes": Topic("recipes", {"de": "Rezepte", "en": "Recipes"}),
    "offers": Topic("offers", {"de": "Angebote", "en": "Offers"}),
}
PERSON = "gi0j1qa45eillu3bq2g2af6fbo"
STATES = ("choose", "left", "ended", "saved", "paused", "resumed", "linked", "shut", "wait")
JOINED = ("news", "recipes")

Shown = tuple[str, Mapping[str, str]]
Drawn = Callable[[str, Brand], Shown]


def view(language: str, *granted: str) -> View:
    return View(
        "WhatsApp",
        [
            TopicChoice(one.id, one.title(language), one.id in granted, NOW - 90 * DAY, one.id == "offers")
            for one in TOPICS.values()
        ],
        kinds=("name", "language", "tags"),
        entries=4,
        zone="Europe/Berlin",
    )


def views() -> Iterator[tuple[str, str, Callable[[str], View]]]:
    """Name, state and view of each kind of page behind a link."""
    for state in STATES:
        yield state, state, lambda language: view(language, *JOINED)
    yield "left, nothing joined", "left", view
    yield "nothing joined", "choose", view
    yield (
        "paused, with proof",
        "choose",
        lambda language: replace(view(language, *JOINED), proven=True, paused_until=NOW + 30 * DAY),
    )
    yield (
        "asked in the chat",
        "saved",
        lambda language: replace(
            view(language, *JOINED), asked=(TOPICS["offers"].title(language),), chance="asked"
        ),
    )
    yield "link ran out", "choose", lambda language: replace(view(language, *JOINED), expired=True)


WAYS = (
    Way("WhatsApp", "https://wa.me/4930123456?text=KRTMBXZV"),
    Way("Telegram", "https://t.me/morgenrot_bot?start=KRTMBXZW"),
    Way("Viber", "viber://pa?chatURI=morgenrot&context=KRTMBXZC"),
    Way("Microsoft Teams", "https://teams.example/l/chat", "KRTMBXZX"),
    Way("WeChat", "http://weixin.example/q/abc", scan=True),
)


def _behind_link(state: str, made: Callable[[str], View]) -> Drawn:
    return lambda language, brand: (
        leave_page(BUSINESS, made(language), language, "/u/x", state, brand),
        page_headers(brand),
    )


def _joining(*ways: Way) -> Drawn:
    topics = [TOPICS[one] for one in JOINED]
    return lambda language, brand: (
        join_page(topics, ways, language, BUSINESS, brand),
        join_headers(brand),
    )


def _notice(state: str) -> Drawn:
    return lambda language, brand: (notice_page(BUSINESS, language, state, brand), page_headers(brand))


def _embedded(language: str, brand: Brand) -> Shown:
    """The snippet in somebody's own page."""
    piece = snippet([TOPICS["news"]], WAYS, language, BUSINESS, brand)
    html = (
        f'<!doctype html><html lang="{language}"><title>Shop</title><main><h1>Shop</h1>{piece}</main></html>'
    )
    return html, {"content-type": "text/html; charset=utf-8"}


def _question(language: str, brand: Brand) -> Shown:
    asked = question_page(BUSINESS, view(language), language, "/u/x", brand)
    return asked, page_headers(brand)


def _unknown(language: str, brand: Brand) -> Shown:
    return notice(BUSINESS, brand, language, "join", "unknown", name="x"), page_headers(brand)


WEEKLY = Newsletter("n1", "Suppe der Woche", "news", Audience(), Message(), archive=True)
SOUP = Message(
    "Die Kürbissuppe ist wieder da\n\nHallo {{ name | default('zusammen') }}, ab Montag gibt es sie "
    "jeden Tag,\nmit Brot aus dem Holzofen.\n\nDas Rezept steht auf https://cafe.example/rezepte/"
    "kuerbissuppe-mit-ingwer-und-kokosmilch-fuer-vier-personen.",
    (Media(MediaKind.IMAGE, "https://pages.example/soup.svg", "Ein Teller Kürbissuppe"),),
    (Button("Tisch reservieren", url="https://cafe.example/tisch"),),
)


def _archived(drawn: Callable[[Frame], str], pictures: Sequence[str] = ()) -> Drawn:
    return lambda language, brand: (
        drawn(
            Frame(language, "Europe/Berlin", BUSINESS, brand, "/j/KRTMBXZV", TOPICS["news"].often[language])
        ),
        archive_headers(brand, pictures),
    )


def _issue(message: Message, number: int = 0) -> Issue:
    made = Broadcast(
        f"b{number}",
        "Weekly",
        MessageKind.MARKETING,
        "news",
        Audience(),
        message,
        State.FINISHED,
        NOW - number * 7 * DAY,
    )
    return shown(made, "de")


ISSUES = [
    _issue(one, number)
    for number, one in enumerate(
        (SOUP, Message("Am Freitag bleibt das Café zu. " * 6), replace(SOUP, text=""))
    )
]


def proof() -> Proof:
    """Anna's ledger: asked, confirmed, one topic left."""
    identity = Identity("whatsapp", "main", "491719990001")
    asked = ref(opt_in(BUSINESS, ["Neuigkeiten", "Rezepte"], "de"))
    facts = (
        Fact(Action.ASKED, NOW - 90 * DAY, JOINED, source="entry_point", reference="KRTMBXZV", wording=asked),
        Fact(Action.CONFIRMED, NOW - 90 * DAY + 9000, JOINED, source="chat", message_ids=("wamid.A",)),
        Fact(Action.PAUSED, NOW - 40 * DAY, source="page", until=NOW - 10 * DAY),
        Fact(Action.WITHDRAWN, NOW - DAY, ("recipes",), source="page"),
    )
    head, entries = EMPTY, []
    for fact in facts:
        entry = append(head, fact, "whatsapp", "main", fact.at)
        entries.append(entry)
        head = Head(entry.number, entry.hash)
    held = Contact(PERSON, identity, replay(entries), "Anna Ascheberg", "de", head=head)
    return Proof(BUSINESS, TOPICS, held, entries, None, NOW, "Europe/Berlin")


def past() -> History:
    text = Message("Unsere Kürbissuppe ist wieder da, mit Brot aus dem Holzofen. " * 4)
    found = Broadcast(
        "b1",
        "Autumn",
        MessageKind.MARKETING,
        "news",
        Audience(),
        text,
        State.FINISHED,
        NOW - DAY,
        started=NOW - DAY,
    )
    line = Line(PERSON, "whatsapp/main", "sent", "", delivered=True, read=True)
    return History([Written(found, line, NOW - DAY, replied=True)], complete=True)


def _certificate(language: str, _: Brand) -> Shown:
    return certificate(proof(), language), {
        "content-type": "text/html; charset=utf-8",
        **paper_headers("proof.html"),
    }


def _export(language: str, _: Brand) -> Shown:
    page = export_page(proof(), past(), language, NOW - 90 * DAY)
    return page, {"content-type": "text/html; charset=utf-8", **paper_headers("export.html")}


PAGES: dict[str, Drawn] = {
    **{name: _behind_link(state, made) for name, state, made in views()},
    **{name: _notice(name) for name in NOTICES},
    "question": _question,
    "join": _joining(*WAYS),
    "join by one": _joining(WAYS[0]),
    "join by two": _joining(*WAYS[:2]),
    "join, unknown": _unknown,
    "snippet": _embedded,
    "archive": _archived(lambda frame: archive_page(Archive(WEEKLY, ISSUES, "1#b", True), frame)),
    "archive, empty": _archived(lambda frame: archive_page(Archive(WEEKLY, ()), frame)),
    "issue": _archived(lambda frame: issue_page(WEEKLY, ISSUES[0], frame), [SOUP.media[0].url]),
    "issue without text": _archived(lambda frame: issue_page(WEEKLY, ISSUES[2], frame), [SOUP.media[0].url]),
    "export": _export,
    "certificate": _certificate,
}
