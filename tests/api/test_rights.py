"""What a person may have: everything about them, as data and as a page that prints and loads nothing."""

from typing import Any

import pytest

from rundruf.aws import keys
from rundruf.aws.table import Change
from rundruf.core import wording
from rundruf.core.chunk import Mark
from rundruf.core.consent import Action, Consent, Fact
from rundruf.core.contact import Contact, Identity
from rundruf.core.report import Receipts
from rundruf.core.retention import ABOUT_PEOPLE
from rundruf.flows import history
from rundruf.flows.joining import ref
from rundruf.flows.papers import action_name, data_class
from rundruf.flows.services import Profile
from tests.api.client import Answered, Client
from tests.api.conftest import person
from tests.api.test_broadcasts import BODY, chunked
from tests.support.html import Html
from tests.support.people import an_id

NASTY = "<script>alert('Anna')</script>"


def add(api: Client, number: int = 4711, *topics: str, **more: Any) -> str:
    return str(api.post("/v1/contacts", person(number, *topics, **more))["id"])


def page(api: Client, path: str, **more: Any) -> Html:
    """The page behind a path; it must be whole and load nothing."""
    found: Answered = api("GET", path, **more)
    assert (found.status, found.type) == (200, "text/html; charset=utf-8"), found.body
    assert found.headers["cache-control"] == "no-store"
    html = Html(found.body.decode())
    assert not {"script", "img", "link", "iframe", "object", "base"} & {tag for tag, _ in html.elements}
    assert "url(" not in html.source
    assert "@import" not in html.source
    return html


def started(api: Client, *people: dict[str, Mark], name: str = "Autumn", **more: Any) -> str:
    """A broadcast as it is once it was planned and sent to these people."""
    made: str = api.post("/v1/broadcasts", BODY | {"name": name})["id"]
    chunked(api, made, *people, **more)
    store = api.wiring.broadcasts
    store.planned(made, store.cursor(made))
    return made


def claim(api: Client, contact: str, broadcast: str, index: int) -> None:
    change = Change().set(claim0=f"{broadcast}:0-0:{index}:a1:1777636800000", claimed=1_777_636_800_000)
    api.wiring.table.update(keys.contact(contact), change)


def test_an_export_holds_everything_that_is_stored(cafe: Client) -> None:
    mine = add(
        cafe, 4711, "news", name="Anna", language="de", zone="Europe/Berlin", tags=["vegan"],
        attributes={"city": "Köln"},
    )  # fmt: skip
    shown = cafe.get(f"/v1/contacts/{mine}")
    told = cafe.get(f"/v1/contacts/{mine}/export")
    assert told["contact"] | {"ledger": told["consents"]["entries"]} == shown
    assert told["consents"] == cafe.get(f"/v1/contacts/{mine}/consents")
    assert told["identities"] == [
        {"messenger": "telegram", "account": "main", "user_id": "4711", "aliases": []}
    ]
    assert told["created"]
    assert (told["messages"], told["complete"]) == ([], True)
    assert {one["data"]: one["days"] for one in told["kept"]} == {
        name: days or None for name, days in ABOUT_PEOPLE.items()
    }
    assert told["business"]["name"] == "Bäckerei Beispiel"


def test_aliases_are_keyed_hashes_only(cafe: Client) -> None:
    mine = add(cafe, 4711, "news")
    cafe.wiring.table.update(keys.contact(mine), Change().add(aliases={an_id(1)}))
    (identity,) = cafe.get(f"/v1/contacts/{mine}/export")["identities"]
    assert identity["aliases"] == [an_id(1)]


def test_messages_come_with_what_became_of_them(cafe: Client) -> None:
    mine, other = add(cafe, 1, "news"), add(cafe, 2, "news")
    told = Receipts(read=frozenset({1}), replied=frozenset({1}), left=frozenset({0}))
    sent = started(cafe, {other: Mark.SENT, mine: Mark.SENT}, name="Read", receipts=told)
    skipped = started(cafe, {other: Mark.SENT}, {mine: Mark.SKIPPED_CAP}, name="Too soon")
    started(cafe, {other: Mark.SENT}, name="Another's")
    claim(cafe, mine, sent, 1)
    written = {one["broadcast"]: one for one in cafe.get(f"/v1/contacts/{mine}/export")["messages"]}
    assert set(written) == {sent, skipped}
    assert (written[sent]["outcome"], written[sent]["claimed"]) == ("sent", "2026-05-01T12:00:00Z")
    assert (written[sent]["replied"], written[sent]["left"]) == (True, False)
    assert (written[sent]["delivered"], written[sent]["read"]) == ("not reported", "not reported")
    assert written[sent]["message"]["text"] == "Hello"
    assert (written[skipped]["outcome"], written[skipped]["reason"]) == ("skipped", "cap")
    assert written[skipped]["claimed"] is None
    assert "too recently" in written[skipped]["sentence"]["en"]


def test_receipts_are_told_where_the_messenger_reports_them(cafe: Client) -> None:
    mine = add(cafe, 4915100000001, "news", messenger="whatsapp")
    made = str(cafe.post("/v1/broadcasts", BODY)["id"])
    chunked(cafe, made, {mine: Mark.SENT}, receipts=Receipts(delivered=frozenset({0})))
    claim(cafe, mine, made, 0)
    (told,) = cafe.get(f"/v1/contacts/{mine}/export")["messages"]
    assert (told["delivered"], told["read"]) == (True, False)


def test_without_time_the_export_says_that_it_is_not_complete(
    cafe: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = add(cafe, 1, "news")
    known = started(cafe, {mine: Mark.SENT})
    started(cafe, {mine: Mark.SENT}, name="Not looked for")
    claim(cafe, mine, known, 0)
    monkeypatch.setattr(history, "LEAVE_OFF", 1_000_000)
    told = cafe.get(f"/v1/contacts/{mine}/export")
    assert ([one["broadcast"] for one in told["messages"]], told["complete"]) == ([known], False)
    assert "There was no time" in page(cafe, f"/v1/contacts/{mine}/export?format=html&language=en").text


def test_the_page_is_in_the_persons_language(cafe: Client) -> None:
    german, english = add(cafe, 1, "news", language="de"), add(cafe, 2, "news", language="en-GB")
    for contact, heading, news in (
        (german, "Ihre Daten bei Bäckerei Beispiel", "Neues"),
        (english, "Your data at Bäckerei Beispiel", "News"),
    ):
        html = page(cafe, f"/v1/contacts/{contact}/export?format=html")
        assert html.texts_in("h1") == [heading]
        assert news in html.text
    assert page(cafe, f"/v1/contacts/{german}/export?format=html&language=en").language == "en"


@pytest.mark.parametrize(
    ("accept", "query", "html"),
    [
        ("application/json", "", False),
        ("*/*", "", False),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "", True),
        ("application/json, text/html", "", False),
        ("text/html", "?format=json", False),
        ("application/json", "?format=html", True),
    ],
)
def test_page_or_data_as_the_caller_wants(cafe: Client, accept: str, query: str, html: bool) -> None:
    path = f"/v1/contacts/{add(cafe, 1)}/export{query}"
    found = cafe("GET", path, headers={"accept": accept})
    assert found.type.startswith("text/html") == html
    assert cafe("GET", path, headers={"accept": accept}, scopes="reports").problem == "forbidden"


def test_what_people_call_themselves_is_text_on_the_page(cafe: Client) -> None:
    mine = add(cafe, 4711, "news", name=NASTY, tags=[NASTY], attributes={"city": NASTY})
    html = page(cafe, f"/v1/contacts/{mine}/export?format=html")
    assert html.text.count(NASTY) == 3


def test_the_page_tells_the_same_as_the_data(cafe: Client) -> None:
    mine = add(cafe, 4711, "news", name="Anna", attributes={"city": "Köln"})
    sent = started(cafe, {mine: Mark.FAILED_WITHDRAW})
    html = page(cafe, f"/v1/contacts/{mine}/export?format=html&language=de")
    for said in ("Anna", "4711", "city: Köln", mine, sent, "Autumn", "Hello", "Unverändert.", "400 Tage"):
        assert said in html.text, said
    assert "Die Person hat das Unternehmen blockiert" in html.text


def test_nobody_and_the_erased_have_no_export(cafe: Client) -> None:
    mine = add(cafe, 4711, "news")
    assert cafe("GET", f"/v1/contacts/{an_id(3)}/export").problem == "not-found"
    cafe("DELETE", f"/v1/contacts/{mine}")
    assert cafe("GET", f"/v1/contacts/{mine}/export?format=html").problem == "not-found"


def test_another_format_is_refused(cafe: Client) -> None:
    assert cafe("GET", f"/v1/contacts/{add(cafe, 1)}/export?format=pdf").status == 422


def test_every_class_of_data_has_a_name_in_both_languages() -> None:
    for name in ABOUT_PEOPLE:
        assert data_class(name, "de") != data_class(name, "en")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_action_has_a_name(language: str) -> None:
    for action in Action:
        assert action_name(action, language) != action.value


def joined(api: Client, language: str = "de", number: int = 4711) -> str:
    """Somebody who was asked and said yes in the chat."""
    store, business = api.wiring.contacts, api.api.context.services.settings.business
    asked = wording.opt_in(business, ["Neues" if language == "de" else "News"], language)
    who = Identity("telegram", "main", str(number))
    facts = [
        Fact(Action.ASKED, 1_777_636_800_000, ("news",), source="entry_point", reference="KRTMBXZV",
             wording=ref(asked), message_ids=("77",)),
        Fact(Action.CONFIRMED, 1_777_636_860_000, ("news",), source="chat", reference="e1",
             wording=ref(asked), message_ids=("78",)),
    ]  # fmt: skip
    made = Contact(store.id_of(who), who, Consent())
    return store.enter(made, facts, Profile(name="Anna Ascheberg", language=language)).id


@pytest.mark.parametrize(
    ("language", "heading", "confirmed", "question", "chat"),
    [
        ("de", "Nachweis der Einwilligung", "Einwilligung bestätigt", "Möchten Sie", "Antwort im Chat"),
        ("en", "Certificate of consent", "Consent confirmed", "Would you like", "answer in the chat"),
    ],
)
def test_the_certificate_tells_the_whole_story(
    cafe: Client, language: str, heading: str, confirmed: str, question: str, chat: str
) -> None:
    mine = joined(cafe, language)
    told = cafe.get(f"/v1/contacts/{mine}/consents")
    html = page(cafe, f"/v1/contacts/{mine}/consents?format=html")
    assert (html.language, html.texts_in("h1")) == (language, [heading])
    word = told["entries"][0]["entry"]["wording"]
    hashes = [one["hash"] for one in told["entries"]]
    for said in (
        "Bäckerei Beispiel", "Anna Ascheberg", "4711", confirmed, chat, "KRTMBXZV", "77", "78", *hashes,
        *word.values(), "14:01:00 (+02:00)",
    ):  # fmt: skip
        assert said in html.text, said
    assert sum(question in one for one in html.texts_in("p")) == 1
    assert "verdict" in [one.get("class") for one in html.all("p")]


def test_a_certificate_names_the_first_altered_entry(cafe: Client) -> None:
    mine = joined(cafe)
    change = Change().set(hash="0" * 64)
    cafe.wiring.table.update(keys.ledger(mine, 2), change)
    html = page(cafe, f"/v1/contacts/{mine}/consents?format=html")
    assert "Eintrag 2 ist verändert" in html.text
    assert "Unverändert." not in html.text
    assert "verdict bad" in [one.get("class") for one in html.all("p")]
    assert [one.get("class") for one in html.all("tr")].count("altered") == 2


def test_a_cut_off_ledger_is_told_on_the_certificate(cafe: Client) -> None:
    mine = joined(cafe)
    cafe.wiring.table.delete(keys.ledger(mine, 2))
    assert (
        "entry 2 is altered, missing"
        in page(cafe, f"/v1/contacts/{mine}/consents?format=html&language=en").text
    )


def test_the_text_of_an_altered_entry_is_not_vouched_for(cafe: Client) -> None:
    mine = joined(cafe)
    cafe.wiring.table.update(keys.ledger(mine, 1), Change().set(hash="0" * 64))
    html = page(cafe, f"/v1/contacts/{mine}/consents?format=html")
    assert "Möchten Sie" not in html.text


def test_words_that_may_differ_are_not_shown(cafe: Client) -> None:
    mine = joined(cafe)
    cafe.post("/v1/topics", {"id": "news", "name": {"de": "Aktuelles", "en": "News"}})
    html = page(cafe, f"/v1/contacts/{mine}/consents?format=html")
    assert "Möchten Sie" not in html.text
    assert "nicht mehr Zeichen für Zeichen" in html.text


def test_words_from_elsewhere_are_named_only(cafe: Client) -> None:
    mine = add(cafe, 4711, "news")
    html = page(cafe, f"/v1/contacts/{mine}/consents?format=html&language=en")
    assert "opt-in-1" in html.text
    assert "does not come from this system" in html.text


def test_who_never_consented_has_a_certificate_of_that(cafe: Client) -> None:
    html = page(cafe, f"/v1/contacts/{add(cafe)}/consents?format=html&language=en")
    assert "there never was a consent" in html.text
