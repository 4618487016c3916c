"""A message in several languages through the API: checked in each, told in preflight, sent as it is."""

from typing import Any

import pytest

from rundruf.flows import planning
from tests.api.client import Client
from tests.api.conftest import person

MESSAGE: dict[str, Any] = {
    "text": "Hallo",
    "language": "de",
    "translations": {"en": {"text": "Hello"}, "fr": {"text": "Bonjour"}},
}
DRAFT = {"name": "Autumn", "topic": "news", "message": MESSAGE, "start": False}


@pytest.fixture
def people(cafe: Client) -> Client:
    spoken = ("de", "de-AT", "en", "it", "it", "")
    for number, language in enumerate(spoken):
        told = {"language": language} if language else {}
        cafe.post("/v1/contacts", person(4915 + number, "news", **told))
    return cafe


def refused(api: Client, message: dict[str, Any], **more: Any) -> list[dict[str, str]]:
    found = api("POST", "/v1/broadcasts", DRAFT | {"message": message} | more)
    assert (found.status, found.problem) == (422, "invalid"), found.body
    errors: list[dict[str, str]] = found.json["errors"]
    return errors


def test_it_comes_back_as_it_was_made(cafe: Client) -> None:
    made = cafe.post("/v1/broadcasts", DRAFT)
    shown = cafe.get(f"/v1/broadcasts/{made['id']}")["message"]
    assert shown["language"] == "de"
    assert {tag: one["text"] for tag, one in shown["translations"].items()} == {
        "en": "Hello",
        "fr": "Bonjour",
    }


def test_what_names_no_language_is_in_the_businesss(cafe: Client) -> None:
    message = {name: value for name, value in MESSAGE.items() if name != "language"}
    told = cafe.post("/v1/broadcasts", DRAFT | {"message": message})
    assert told["message"]["language"] == cafe.api.context.services.settings.language
    plain = cafe.post("/v1/broadcasts", DRAFT | {"message": {"text": "Hallo"}})
    assert plain["message"]["language"] is None


def test_preflight_counts_by_language_and_says_whose_is_missing(people: Client) -> None:
    made = people.post("/v1/broadcasts", DRAFT)["id"]
    told = people.post(f"/v1/broadcasts/{made}/preflight")
    assert [(one["language"], one["people"], one["gets"]) for one in told["languages"]] == [
        ("", 1, "de"),
        ("de", 1, "de"),
        ("de-at", 1, "de"),
        ("en", 1, "en"),
        ("it", 2, "de"),
    ]
    assert "missing and who get the message in “de”: 2 (it 2)" in told["warnings"]["translation"]["en"]
    assert "it 2" in told["warnings"]["translation"]["de"]
    whole = MESSAGE | {"translations": MESSAGE["translations"] | {"it": {"text": "Ciao"}}}
    made = people.post("/v1/broadcasts", DRAFT | {"message": whole})["id"]
    assert "translation" not in people.post(f"/v1/broadcasts/{made}/preflight")["warnings"]


def test_each_language_counts_its_own_messages(people: Client) -> None:
    message = MESSAGE | {"translations": {"it": {"text": "Parola e " * 600}}}
    made = people.post("/v1/broadcasts", DRAFT | {"message": message})["id"]
    told = people.post(f"/v1/broadcasts/{made}/preflight")
    assert (told["messages"], told["messages_each"]) == (4 * 1 + 2 * 2, {"telegram/main": 2})


def test_every_translation_is_checked_for_every_messenger(cafe: Client) -> None:
    wrong = {
        "text": "Hello {{ nobody }}",
        "media": [{"kind": "image", "url": "https://x.example/{{a}}.png"}],
    }
    fields = [one["field"] for one in refused(cafe, MESSAGE | {"translations": {"en": wrong}})]
    assert fields == ["message.translations.en.text", "message.translations.en.media.0.url"]
    assert [one["field"] for one in refused(cafe, MESSAGE | {"translations": {"en": {}}})] == [
        "message.translations.en.text"
    ]
    errors = refused(cafe, MESSAGE | {"translations": {"en": {"text": "a" * 20_000}}})
    assert {one["field"] for one in errors} == {"message.translations.en.text"}
    assert any("Telegram" in str(one) for one in errors)


def test_a_translation_cannot_change_what_kind_it_is(cafe: Client) -> None:
    found = cafe(
        "POST", "/v1/broadcasts", DRAFT | {"message": MESSAGE | {"translations": {"en": {"blocks": ["nps"]}}}}
    )
    assert found.status == 422
    nested = MESSAGE | {"translations": {"en": {"text": "x", "translations": {}}}}
    assert cafe("POST", "/v1/broadcasts", DRAFT | {"message": nested}).status == 422


@pytest.mark.parametrize("tags", [("de",), ("DE-at", "de-AT")])
def test_no_language_is_there_twice(cafe: Client, tags: tuple[str, ...]) -> None:
    message = MESSAGE | {"translations": {tag.replace("DE", "de"): {"text": tag} for tag in tags}}
    assert refused(cafe, message)[0]["field"].startswith("message.translations.de")


def test_more_than_can_be_stored_is_refused(cafe: Client) -> None:
    many = {f"e{one}": {"text": "ä" * 6_000} for one in "abcdefghijklmnopqrs"}
    errors = refused(cafe, MESSAGE | {"translations": many})
    assert errors[0]["field"] == "message.translations"


def test_where_one_language_has_a_template_all_have(cafe: Client) -> None:
    cafe.post("/v1/contacts", person(4915100000001, "news", messenger="whatsapp"))
    german = {"name": "herbst", "language": "de"}
    (error,) = refused(cafe, MESSAGE | {"template": german, "translations": {"en": {"text": "Hello"}}})
    assert error["field"] == "message.translations.en.template"
    english = {"text": "Hello", "template": {"name": "autumn", "language": "en"}}
    made = cafe(
        "POST",
        "/v1/broadcasts",
        DRAFT | {"message": MESSAGE | {"template": german, "translations": {"en": english}}},
    )
    assert made.status == 202
    only = {"messengers": ["telegram"]}
    there = DRAFT | {"message": MESSAGE | {"template": german}, "audience": only}
    assert cafe("POST", "/v1/broadcasts", there).status == 202


def test_a_newsletter_has_them_in_each_issue(cafe: Client) -> None:
    body = {
        "name": "Weekly",
        "topic": "news",
        "message": MESSAGE,
        "schedule": {"cron": "0 9 * * 1", "zone": "UTC"},
    }
    made = cafe.post("/v1/newsletters", body)
    assert made["message"]["translations"]["en"]["text"] == "Hello"
    changed = cafe("PATCH", f"/v1/newsletters/{made['id']}", {"name": "Monthly"}).json
    assert changed["message"] == made["message"]


def test_the_report_has_figures_by_language(people: Client) -> None:
    made = people.post("/v1/broadcasts", DRAFT)["id"]
    plan = people.post(f"/v1/broadcasts/{made}/preflight")["token"]
    people.post(f"/v1/broadcasts/{made}/start", {"token": plan})
    planning.plan(made, people.api.context.services, lambda: 10_000_000)
    report = people.get(f"/v1/broadcasts/{made}/report")
    audience = {language: one["audience"] for language, one in report["by_language"].items()}
    assert audience == {"de": 5, "en": 1, "fr": 0}
    table = people("GET", f"/v1/broadcasts/{made}/report?format=csv").body.decode()
    assert "language,en,,1," in table
    page = people("GET", f"/v1/broadcasts/{made}/report?format=html&language=en").body.decode()
    assert "By language of the message" in page
    usual = people.post("/v1/broadcasts", DRAFT | {"message": {"text": "Hi"}})["id"]
    plain = people("GET", f"/v1/broadcasts/{usual}/report?format=html&language=en").body.decode()
    assert "By language" not in plain
