"""Previews through the API: by messenger and language, of broadcasts and of a newsletter's next issue."""

from typing import Any

from tests.api.client import Client
from tests.api.conftest import person

MESSAGE: dict[str, Any] = {
    "text": "Hallo {{ name }}",
    "language": "de",
    "buttons": [{"label": "Mehr", "reply": "MORE"}],
    "translations": {"en": {"text": "Hello {{ name }}"}},
}
DRAFT = {"name": "Autumn", "topic": "news", "message": MESSAGE, "start": False}


def by_messenger(told: Any) -> dict[tuple[str, str, str], Any]:
    return {(one["messenger"], one["language"], one["window"]): one for one in told["previews"]}


def test_a_broadcast_is_shown_before_it_starts(cafe: Client) -> None:
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    before = len(cafe.facts())
    told = by_messenger(cafe.post(f"/v1/broadcasts/{made}/preview"))
    german = told["Telegram", "de", "any"]
    (part,) = german["parts"]
    assert part["text"].startswith("Hallo Alexandra\n\n")
    assert (part["length"], part["limit"], part["unit"]) == (len(part["text"]), 4096, "characters")
    assert part["buttons"] == [{"label": "Mehr", "reply": "MORE", "url": ""}]
    assert german["footer"] in part["text"]
    assert german["leave"] in german["footer"]
    assert told["Telegram", "en", "any"]["parts"][0]["buttons"] == []
    assert told["WhatsApp", "de", "shut"]["refusal"] == "window"
    assert len(cafe.facts()) == before


def test_it_is_shown_as_one_person_would_get_it(cafe: Client) -> None:
    anna = cafe.post("/v1/contacts", person(4915, "news", language="en", name="Anna"))["id"]
    made = cafe.post("/v1/broadcasts", DRAFT)["id"]
    (told,) = cafe.post(f"/v1/broadcasts/{made}/preview", {"contact": anna})["previews"]
    assert told["parts"][0]["text"].startswith("Hello Anna")
    only = DRAFT | {"audience": {"messengers": ["whatsapp"]}}
    made = cafe.post("/v1/broadcasts", only)["id"]
    found = cafe("POST", f"/v1/broadcasts/{made}/preview", {"contact": anna})
    assert (found.status, found.fields) == (422, ["contact"])
    assert cafe("POST", f"/v1/broadcasts/{made}/preview", {"contact": "0" * 26}).status == 404
    assert cafe("POST", "/v1/broadcasts/nothing/preview").status == 404


def test_a_newsletters_next_issue_is_shown(cafe: Client) -> None:
    body = {
        "name": "Weekly",
        "topic": "news",
        "message": MESSAGE,
        "schedule": {"cron": "0 9 * * 1", "zone": "UTC"},
    }
    made = cafe.post("/v1/newsletters", body)["id"]
    told = by_messenger(cafe.post(f"/v1/newsletters/{made}/preview"))
    assert told["Telegram", "en", "any"]["parts"][0]["text"].startswith("Hello Alexandra")
    assert cafe("POST", "/v1/newsletters/nothing/preview").status == 404
