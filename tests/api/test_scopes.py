"""Who may call what: generated over every route, so that a new one without a check is noticed."""

from typing import Any

import pytest

from tests.api.client import Client
from tests.api.conftest import TELEGRAM, person
from tests.api.test_document import OPEN, operations
from tests.support.people import an_id

READ_ANY = {"reports", "send", "contacts"}
SCOPES: dict[str, set[str]] = {
    "GET /v1/accounts": READ_ANY,
    "GET /v1/accounts/{messenger_name}/{account}": READ_ANY,
    "PUT /v1/accounts/{messenger_name}/{account}": set(),
    "DELETE /v1/accounts/{messenger_name}/{account}": set(),
    "POST /v1/accounts/{messenger_name}/{account}/verify": set(),
    "POST /v1/accounts/{messenger_name}/{account}/media": {"contacts"},
    "GET /v1/topics": READ_ANY,
    "POST /v1/topics": set(),
    "GET /v1/entry-points": READ_ANY,
    "POST /v1/entry-points": set(),
    "GET /v1/entry-points/{code}": READ_ANY,
    "GET /v1/entry-points/{code}/qr.svg": READ_ANY,
    "GET /v1/entry-points/{code}/qr.png": READ_ANY,
    "GET /v1/entry-points/{code}/snippet": READ_ANY,
    "GET /v1/contacts": {"contacts"},
    "POST /v1/contacts": {"contacts"},
    "GET /v1/contacts/{contact}": {"contacts"},
    "PATCH /v1/contacts/{contact}": {"contacts"},
    "DELETE /v1/contacts/{contact}": {"contacts"},
    "GET /v1/contacts/{contact}/consents": {"contacts"},
    "GET /v1/contacts/{contact}/export": {"contacts"},
    "POST /v1/contacts/{contact}/consents": {"contacts"},
    "POST /v1/contacts/import": {"contacts"},
    "GET /v1/segments": READ_ANY,
    "POST /v1/segments": {"send"},
    "POST /v1/segments/count": {"send", "reports"},
    "GET /v1/segments/{segment}": READ_ANY,
    "DELETE /v1/segments/{segment}": {"send"},
    "GET /v1/broadcasts": {"reports", "send"},
    "POST /v1/broadcasts": {"send"},
    "GET /v1/broadcasts/{broadcast}": {"reports", "send"},
    "POST /v1/broadcasts/{broadcast}/preflight": {"send"},
    "POST /v1/broadcasts/{broadcast}/preview": {"send"},
    "POST /v1/broadcasts/{broadcast}/start": {"send"},
    "POST /v1/broadcasts/{broadcast}/approve": {"send"},
    "POST /v1/broadcasts/{broadcast}/pause": {"send"},
    "POST /v1/broadcasts/{broadcast}/winner": {"send"},
    "POST /v1/broadcasts/{broadcast}/resume": {"send"},
    "POST /v1/broadcasts/{broadcast}/cancel": {"send"},
    "GET /v1/broadcasts/{broadcast}/recipients": {"reports"},
    "GET /v1/broadcasts/{broadcast}/report": {"reports"},
    "GET /v1/growth": {"reports"},
    "GET /v1/newsletters/{newsletter}/report": {"reports"},
    "POST /v1/broadcasts/{broadcast}/test": {"send"},
    "GET /v1/newsletters": {"reports", "send"},
    "POST /v1/newsletters": {"send"},
    "POST /v1/newsletters/slots": {"send"},
    "GET /v1/newsletters/{newsletter}": {"reports", "send"},
    "PATCH /v1/newsletters/{newsletter}": {"send"},
    "POST /v1/newsletters/{newsletter}/test": {"send"},
    "POST /v1/newsletters/{newsletter}/preview": {"send"},
    "GET /v1/newsletters/{newsletter}/issues": {"reports", "send"},
    "POST /v1/newsletters/{newsletter}/issues/{broadcast}/late": {"send"},
    "POST /v1/newsletters/{newsletter}/preflight": {"send"},
    "POST /v1/newsletters/{newsletter}/approve": {"send"},
    "POST /v1/newsletters/{newsletter}/pause": {"send"},
    "POST /v1/newsletters/{newsletter}/resume": {"send"},
    "GET /v1/prices": {"reports", "send"},
    "PUT /v1/prices": set(),
    "GET /v1/audit": set(),
    "GET /v1/retention": set(),
    "POST /v1/suppressions": {"contacts"},
    "GET /v1/suppressions/check": {"contacts"},
    "GET /v1/explain": {"reports", "contacts"},
    "POST /v1/ledger/replay": set(),
    "GET /v1/dead-letters": set(),
    "POST /v1/dead-letters/redrive": set(),
}
EVERY = {"reports", "send", "contacts", "admin"}
PLACES = {
    "messenger_name": "telegram", "account": "other", "code": "NONE", "contact": an_id(1),
    "broadcast": "none", "newsletter": "none",
}  # fmt: skip
GOOD: dict[str, Any] = {
    "SegmentIn": {"id": "all", "name": "All", "where": {"seen": {"never": True}}},
    "CountIn": {"topic": "news"},
    "PricesIn": {"prices": []},
    "StartIn": {"token": "1.e30.0"},
    "PreviewIn": {},
    "AccountIn": {"credentials": TELEGRAM},
    "ReplayIn": {"cursor": "elsewhere:"},
    "RedriveIn": {"queue": "send"},
    "LateIn": {"start": False},
    "ResumeIn": {"scope": "failed"},
    "FileIn": {"id": "1", "kind": "image"},
    "TopicIn": {"id": "news", "name": {"de": "Neues"}},
    "EntryPointIn": {"name": "x", "messenger": "telegram", "account": "main", "topics": ["news"]},
    "ContactIn": person(1, "news"),
    "ContactPatch": {"name": "x"},
    "WinnerIn": {"variant": "A"},
    "TestIn": {"contacts": [an_id(1)]},
    "ConsentIn": {"action": "withdrawn", "source": "desk", "at": "2026-05-01T12:00:00Z"},
    "BroadcastIn": {"name": "x", "topic": "news", "message": {"text": "x"}},
    "NewsletterPatch": {"name": "x"},
    "ScheduleModel": {"cron": "0 9 * * 1"},
    "NewsletterIn": {
        "name": "x",
        "topic": "news",
        "message": {"text": "x"},
        "schedule": {"cron": "0 9 * * 1"},
    },
}


def asked(api: Client, method: str, path: str, operation: dict[str, Any], scopes: str) -> int:
    """The status for a call that is well formed."""
    content = operation.get("requestBody", {}).get("content", {})
    if "text/csv" in content:
        more: dict[str, Any] = {
            "body": "messenger,account,user_id\n",
            "headers": {"content-type": "text/csv"},
        }
    elif content:
        schema = content["application/json"]["schema"]
        reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]  # the latter may be left out
        more = {"body": GOOD[reference.rpartition("/")[2]]}
    else:
        more = {}
    for name, value in PLACES.items():
        path = path.replace(f"{{{name}}}", value)
    if path == "/v1/explain":
        path += f"?contact={an_id(1)}&broadcast=none"
    if path == "/v1/suppressions/check":
        path += "?messenger=telegram&account=main&user_id=1"
    if path == "/v1/growth":
        path += "?topic=news"
    return api(method, path, scopes=scopes, **more).status


def test_the_table_names_every_route(api: Client) -> None:
    described = {f"{method} {path}" for method, path, _ in operations(api.document) if path not in OPEN}
    assert described == set(SCOPES)


@pytest.mark.parametrize("route", SCOPES)
def test_a_route_wants_one_of_its_scopes(api: Client, route: str) -> None:
    method, path = route.split()
    operation = api.document["paths"][path][method.lower()]
    for scope in EVERY - SCOPES[route] - {"admin"}:
        assert asked(api, method, path, operation, scope) == 403, scope
    others = " ".join(sorted(EVERY - SCOPES[route] - {"admin"}))
    assert asked(api, method, path, operation, others) == 403
    assert asked(api, method, path, operation, "") == 403
    assert asked(api, method, path, operation, "administrator") == 403
    assert api.facts() == []
    for scope in {*SCOPES[route], "admin"}:
        assert asked(api, method, path, operation, scope) not in (401, 403, 503), scope


def test_a_refusal_says_which_scope_is_missing(api: Client) -> None:
    found = api("GET", "/v1/contacts", scopes="send")
    assert found.problem == "forbidden"
    assert "contacts" in found.json["detail"]


def test_without_an_authorizers_word_nothing_is_allowed(api: Client) -> None:
    assert api("GET", "/v1/contacts", scopes=None).status == 403


@pytest.mark.parametrize("path", OPEN)
def test_open_routes_need_no_key(api: Client, path: str) -> None:
    assert api("GET", path, scopes=None).status == 200
