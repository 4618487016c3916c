"""What a person may have: everything about them, as data and as a page that prints and loads nothing."""

from typing import Any

import pytest

from rundruf.aws import keys
from rundruf.aws.table import Change
from rundruf.core.chunk import Mark
from rundruf.core.consent import Action
from rundruf.core.report import Receipts
from rundruf.core.retention import ABOUT_PEOPLE
from rundruf.flows import history
from rundruf.flows.papers import action_name, data_class
from tests.api.client import Answered, Client
from tests.api.conftest import person
from tests.api.test_broadcasts import BODY, chunked
from tests.support.html import Html
from tests.support.people import an_id

NASTY = "<script>alert('Anna')</script>"
SOON = "2026-06-01T00:00:00Z"


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
