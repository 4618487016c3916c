"""The OpenAPI document says what the code does; every other test here holds its answers against it."""

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.client import PROBLEM, Client, answered, http_event, operation_of
from tests.support.template import Template

# design: accounts, topics, entry points, contacts, import, broadcasts, newsletters, explain, health
EXPECTED = """
GET /v1/accounts                         GET PUT DELETE /v1/accounts/{}/{}
POST /v1/accounts/{}/{}/verify           POST /v1/accounts/{}/{}/media
GET POST /v1/topics
GET POST /v1/entry-points                GET /v1/entry-points/{}
GET /v1/entry-points/{}/qr.svg           GET /v1/entry-points/{}/qr.png
GET /v1/entry-points/{}/snippet
GET POST /v1/contacts                    GET PATCH DELETE /v1/contacts/{}
GET POST /v1/contacts/{}/consents        POST /v1/contacts/import
GET /v1/contacts/{}/export
GET POST /v1/segments                    GET DELETE /v1/segments/{}
POST /v1/segments/count
GET POST /v1/broadcasts                  GET /v1/broadcasts/{}
POST /v1/broadcasts/{}/preflight         POST /v1/broadcasts/{}/start
POST /v1/broadcasts/{}/pause             POST /v1/broadcasts/{}/resume
POST /v1/broadcasts/{}/approve            POST /v1/broadcasts/{}/preview
POST /v1/broadcasts/{}/winner
POST /v1/newsletters/{}/preview
POST /v1/broadcasts/{}/cancel            GET /v1/broadcasts/{}/recipients
POST /v1/broadcasts/{}/test              GET /v1/newsletters/{}/issues
GET POST /v1/newsletters                 GET PATCH /v1/newsletters/{}
POST /v1/newsletters/slots               POST /v1/newsletters/{}/test
POST /v1/newsletters/{}/issues/{}/late
POST /v1/newsletters/{}/preflight       POST /v1/newsletters/{}/approve
POST /v1/newsletters/{}/pause            POST /v1/newsletters/{}/resume
GET /v1/explain                          GET /v1/health
POST /v1/suppressions                    GET /v1/suppressions/check
GET /v1/audit                            GET /v1/retention
POST /v1/ledger/replay                   GET /v1/dead-letters
POST /v1/dead-letters/redrive
GET /v1/broadcasts/{}/report             GET /v1/newsletters/{}/report
GET /v1/growth
GET PUT /v1/prices
"""
OPEN = ("/v1/health",)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """The API's own; what other functions answer is described beside them."""
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path.startswith("/v1/")
    ]


def expected() -> set[tuple[str, str]]:
    found = re.findall(r"((?:[A-Z]+ )+)(/\S+)", EXPECTED)
    return {(method, path) for methods, path in found for method in methods.split()}


def test_the_document_is_valid(api: Client) -> None:
    assert api.document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(api.document).iter_errors()) == []


def test_the_paths_are_those_of_the_design(api: Client) -> None:
    described = {(method, re.sub(r"{\w+}", "{}", path)) for method, path, _ in operations(api.document)}
    assert described == expected()


def test_every_public_route_of_other_functions_is_described(api: Client) -> None:
    events = [
        event["Properties"]
        for function in Template.load().of_type("AWS::Serverless::Function").values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi" and not event["Properties"]["Path"].startswith("/v1/")
    ]
    described = {
        path: set(item) for path, item in api.document["paths"].items() if not path.startswith("/v1/")
    }
    feed = "/n/{newsletter}/feed"  # comes in by the route of an issue
    assert described.keys() == {feed, *(event["Path"] for event in events)}
    for event in events:
        wanted = {event["Method"].lower()} - {"any"} or {"get"}
        assert wanted <= described[event["Path"]]


def test_every_route_is_described(api: Client) -> None:
    app = api.api.app
    registered = {(route.method, route.openapi_path) for route in app._static_routes + app._dynamic_routes}
    described = {(method, path) for method, path, _ in operations(api.document)}
    assert registered - described == {("GET", "/v1/openapi.json"), ("GET", "/v1/docs")}
    assert described <= registered


def test_every_operation_says_what_it_is_and_takes(api: Client) -> None:
    for method, path, operation in operations(api.document):
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)
        named = set(re.findall(r"{(\w+)}", path))
        assert named == {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        if method in ("PUT", "PATCH") or (method == "POST" and not re.search(r"}/(?!consents)", path)):
            assert operation["requestBody"]["content"], (method, path)
    ids = [operation["operationId"] for _, _, operation in operations(api.document)]
    assert len(ids) == len(set(ids))


def test_every_operation_says_what_it_answers(api: Client) -> None:
    for method, path, operation in operations(api.document):
        answers = operation["responses"]
        assert [status for status in answers if status < "300"], (method, path)
        for status, answer in answers.items():
            if status >= "400" and status not in ("401", "429"):
                assert list(answer["content"]) == [PROBLEM], (method, path, status)
        if path in OPEN:
            assert operation["security"] == []
        else:
            assert {"401", "403", "413", "429", "503"} <= set(answers), (method, path)
            assert "security" not in operation
        if "{" in path:
            assert "404" in answers
        keyed = [one for one in operation.get("parameters", ()) if one["name"] == "Idempotency-Key"]
        repeatable = path.endswith(("import", "media", "suppressions"))
        assert bool(keyed) == (method == "POST" and not repeatable), (method, path)
    assert api.document["security"] == [{"key": []}]


def test_bodies_and_answers_are_models_that_know_their_fields(api: Client) -> None:
    for name, schema in api.document["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name
    assert not [name for name in api.document["components"]["schemas"] if "ValidationError" in name]


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Powertools reads its page so
def test_the_document_and_its_page_are_open(api: Client) -> None:
    for path, kind in (("/v1/openapi.json", "application/json"), ("/v1/docs", "text/html")):
        found = answered(api.api.handle(http_event("GET", path, scopes=None), None))
        assert (found.status, found.type) == (200, kind)
    assert b'src="http' not in found.body
    assert b"/v1/contacts/import" in found.body


@pytest.mark.parametrize(
    "path", ["/v1/contacts", "/v1/contacts/import", "/v1/contacts/x", "/v1/contacts/x/consents"]
)
def test_a_path_finds_its_own_operation(api: Client, path: str) -> None:
    operation = operation_of(api.document, "POST", path) or operation_of(api.document, "GET", path)
    assert operation is not None
    assert path.replace("/x", "/{contact}").count("/") == path.count("/")
