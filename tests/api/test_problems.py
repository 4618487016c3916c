"""Whatever is sent: a problem that says what is wrong, never a 5xx, never a secret of ours."""

import json
import logging
from typing import Any

import pytest
from moto import mock_aws

from rundruf.api import bodies
from rundruf.api.problems import KINDS
from tests.api.client import PROBLEM, Client, http_event
from tests.api.conftest import furnished, person
from tests.api.test_scopes import GOOD
from tests.support.stack import stack as made_stack

ROUTES = {
    "TopicIn": ("POST", "/v1/topics"),
    "EntryPointIn": ("POST", "/v1/entry-points"),
    "AccountIn": ("PUT", "/v1/accounts/telegram/main"),
    "ContactIn": ("POST", "/v1/contacts"),
    "BroadcastIn": ("POST", "/v1/broadcasts"),
    "NewsletterIn": ("POST", "/v1/newsletters"),
}


@pytest.fixture(scope="module")
def cafe(aws: None) -> Client:
    """One for all: what is asked here does no harm to the next."""
    mock_aws().reset()
    return furnished(Client(made_stack()))


@pytest.fixture(scope="module")
def api(cafe: Client) -> Client:
    return cafe


HOSTILE: dict[str, Any] = {
    "null": None,
    "true": True,
    "number": 7,
    "huge number": 10**400,
    "text": "x",
    "NUL": "a\0b",
    "list": [],
    "list in list": [[[]]],
    "object": {},
    "object with NUL": {"a\0b": 1},
    "long": "x" * 30_000,
}


def raw(api: Client, body: str | bytes, kind: str = "application/json", path: str = "/v1/topics") -> Any:
    return api("POST", path, body, headers={"content-type": kind})


def test_a_problem_has_the_shape_of_one(cafe: Client) -> None:
    found = cafe("POST", "/v1/broadcasts", GOOD["BroadcastIn"] | {"topic": "nowhere"})
    assert found.json == {
        "type": "https://rundruf.example/problems/invalid",
        "title": "Something in the body is wrong",
        "status": 422,
        "detail": "There is no topic 'nowhere' (known: news, recipes).",
        "errors": [{"field": "topic", "detail": found.json["errors"][0]["detail"]}],
    }
    assert "POST /v1/topics" in found.json["errors"][0]["detail"]


def test_every_kind_of_problem_has_its_status_and_title() -> None:
    assert len({title for _, title in KINDS.values()}) == len(KINDS)
    assert all(400 <= status < 600 for status, _ in KINDS.values())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"), ("GET", "/v1"), ("GET", "/v1/nothing"), ("POST", "/v1/health"),
        ("DELETE", "/v1/contacts"),
        ("GET", "/v1/contacts/a/b"), ("GET", "/v1//contacts"), ("GET", "/v1/contacts/import/x"),
        ("OPTIONS", "/v1/contacts"), ("BREW", "/v1/topics"),
    ],
)  # fmt: skip
def test_an_unknown_path_or_method_is_not_found(api: Client, method: str, path: str) -> None:
    found = api(method, path)
    assert (found.status, found.type) == (404, PROBLEM)


@pytest.mark.parametrize("model", ROUTES)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=list(HOSTILE))
def test_no_value_in_any_field_is_a_surprise(cafe: Client, model: str, value: Any) -> None:
    method, path = ROUTES[model]
    schema = cafe.document["components"]["schemas"][model]
    for field in schema["properties"]:
        found = cafe(method, path, GOOD[model] | {field: value})
        assert found.status < 500, (field, found.body)
    found = cafe(method, path, GOOD[model] | {"unknown": value})
    assert (found.status, found.fields[0].partition(".")[0]) == (422, "unknown")
    assert cafe(method, path, json.dumps(value), headers={"content-type": "application/json"}).status < 500


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"id": ', id="cut off"),
        pytest.param("{'id': 'news'}", id="single quotes"),
        pytest.param('{"id": "news"} x', id="more behind it"),
        pytest.param('{"id": NaN}', id="NaN"),
        pytest.param('{"id": -Infinity}', id="infinity"),
        pytest.param('{"id": ' + "9" * 5_000 + "}", id="5,000 digits"),
        pytest.param("[" * 100_000, id="deep and open"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="deep"),
        pytest.param('{"a":' * 500 + "1" + "}" * 500, id="500 deep"),
        pytest.param("\ufeff{}", id="byte order mark"),
        pytest.param(b"\xff\xfe{}", id="UTF-16"),
        pytest.param(b'{"id": "\xe4"}', id="latin-1"),
        pytest.param(b'{"id": "\xed\xa0\x80"}', id="surrogate as bytes"),
    ],
)
def test_what_is_not_json_is_a_bad_request(api: Client, body: str | bytes) -> None:
    found = raw(api, body)
    assert (found.status, found.problem) == (400, "bad-request")


def test_broken_base64_is_a_bad_request(api: Client) -> None:
    event = http_event("POST", "/v1/topics", "x", headers={"content-type": "application/json"})
    event["isBase64Encoded"] = True
    assert api.api.handle(event, None)["statusCode"] == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param('{"id": "news", "name": {"de": "a\\u0000b"}}', "name.de", id="NUL"),
        pytest.param('{"id": "news", "name": {"de": "\\ud83d"}}', "name.de", id="half a pair"),
        pytest.param('{"id": "news", "name": {"\\udc00": "x"}}', "name", id="half a pair as name"),
        pytest.param('{"\\u0000": {"de": "x"}}', "body", id="NUL as name"),
        pytest.param('{"\\ud800": {"de": "\\u0000"}}', "body", id="both"),
    ],
)
def test_what_nothing_can_carry_is_named(api: Client, body: str, field: str) -> None:
    found = raw(api, body)
    assert (found.status, found.fields) == (422, [field])


def test_a_number_beyond_all_bounds_is_out_of_range(api: Client) -> None:
    body = json.dumps(GOOD["AccountIn"])[:-1] + ', "rate": 1e400}'
    found = api("PUT", "/v1/accounts/telegram/main", body, headers={"content-type": "application/json"})
    assert (found.status, found.fields) == (422, ["rate"])


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data",
        "text/plain", "text/csv", "application/jsonp", "Application/JSON", "image/png", "x",
    ],
)  # fmt: skip
def test_only_json_is_taken(api: Client, kind: str) -> None:
    found = raw(api, json.dumps(GOOD["TopicIn"]), kind)
    assert (found.status, found.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", ""])
def test_json_is_taken_under_its_names(api: Client, kind: str) -> None:
    assert raw(api, json.dumps(GOOD["TopicIn"]), kind).status == 201


def test_a_post_without_body_may_say_anything_of_its_kind(cafe: Client) -> None:
    made = cafe.post("/v1/broadcasts", GOOD["BroadcastIn"] | {"start": False})["id"]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert cafe("POST", f"/v1/broadcasts/{made}/cancel", headers=headers).status == 202
    assert cafe("POST", "/v1/topics").status == 422


def test_bodies_have_a_size(api: Client) -> None:
    full = json.dumps(GOOD["TopicIn"])
    fits = full + " " * (bodies.LARGEST - len(full))
    assert raw(api, fits).status == 201
    for body in (fits + " ", (fits + "   ").encode(), "ä" * (bodies.LARGEST // 2 + 1)):
        found = raw(api, body)
        assert (found.status, found.problem) == (413, "too-large")
        assert str(bodies.LARGEST) in found.json["detail"]


def test_imports_have_a_larger_size(api: Client) -> None:
    header = "messenger,account,user_id\n"
    fits = header + "\n" * (bodies.LARGEST_IMPORT - len(header))
    assert raw(api, fits + "\n", "text/csv", "/v1/contacts/import").status == 413
    assert raw(api, fits, "text/csv", "/v1/contacts/import").status == 200


def test_many_wrong_fields_make_no_long_answer(api: Client) -> None:
    found = api("POST", "/v1/topics", {f"{'x' * 500}{number}": 1 for number in range(1_500)})
    assert found.status == 422
    assert len(found.body) < 10_000
    assert all(len(field) <= 120 for field in found.fields)


def test_a_call_without_headers_is_answered(api: Client) -> None:
    event = http_event("GET", "/v1/topics")
    del event["headers"]
    assert api.api.handle(event, None)["statusCode"] == 200


def test_a_surprise_tells_nothing(
    cafe: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret of Anna Ascheberg")

    monkeypatch.setattr(cafe.wiring.contacts, "get", broken)
    found = cafe("POST", "/v1/contacts", person(4711, "news", name="Anna Ascheberg"))
    assert (found.status, found.problem) == (503, "unavailable")
    assert b"Ascheberg" not in found.body
    assert b"RuntimeError" not in found.body
    assert not logging.getLogger("aws_lambda_powertools").propagate  # it would tell, but talks to nobody
    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "Ascheberg" not in logged
    assert "4711" not in logged


def test_an_answer_that_is_not_as_promised_is_our_fault(
    cafe: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rundruf.core.topic import Topic

    monkeypatch.setattr(cafe.wiring.catalogue, "topics", lambda: {"news": Topic("NEWS!", {"de": "x"})})
    assert cafe("GET", "/v1/topics").problem == "unavailable"
