"""POST …/media: a person's file as bytes, to be saved; what cannot be had is a problem without addresses."""

from typing import Any

import pytest

from rundruf.core.addresses import Barred
from rundruf.flows.services import TooLarge
from rundruf.messengers.contract import Answer, Failure, Request
from tests.api.client import Client
from tests.support.pager import SECRET, registered, said
from tests.support.world import Messengers

PATH = "/v1/accounts/pager/main/media"
BODY = {"id": "p1", "kind": "image"}
PNG = b"\x89PNG\r\n\x1a\n\0\xff\xfe"


class Files:
    """Plays the file server."""

    def __init__(self) -> None:
        self.limits: list[int] = []
        self.said: Answer | Exception = Answer(200, {"content-type": "image/png"}, PNG)

    def get(self, _request: Request, _own: str, limit: int, _timeout: float) -> Answer:
        self.limits.append(limit)
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@pytest.fixture
def files(api: Client, monkeypatch: pytest.MonkeyPatch) -> Files:
    registered(monkeypatch)
    made = Files()
    services = api.api.context.services
    object.__setattr__(services, "downloads", made)
    object.__setattr__(services, "http", Messengers(script=lambda _, __: said(token="t", seconds=600)))
    api("PUT", "/v1/accounts/pager/main", {"address": "shop", "credentials": {"app_secret": SECRET}})
    return made


def test_the_bytes_come_as_they_are_and_are_never_shown_as_a_page(api: Client, files: Files) -> None:
    found = api("POST", PATH, BODY, scopes="contacts")
    assert (found.status, found.type, found.body) == (200, "image/png", PNG)
    assert found.headers["content-disposition"] == "attachment"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert files.limits == [4_000_000]


def test_the_largest_file_fits_into_an_answer_of_lambda(api: Client, files: Files) -> None:
    files.said = Answer(200, {"content-type": "video/mp4"}, b"\xff" * 4_000_000)
    assert len(api("POST", PATH, BODY).body) == 4_000_000


def test_it_is_not_kept_for_an_idempotency_key(api: Client, files: Files) -> None:
    for _ in range(2):
        assert api("POST", PATH, BODY, headers={"idempotency-key": "k1"}).status == 200
    assert len(files.limits) == 2
    assert not [one for one in api.stack.items() if one["pk"]["S"] == "idempotency"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (said(404), "not-found"),
        (Barred("only https is fetched"), "not-found"),
        (TooLarge(), "too-large"),
        (Answer(0, failure=Failure.AMBIGUOUS), "unavailable"),
    ],
)
def test_what_cannot_be_had_is_a_problem(
    api: Client, files: Files, answer: Answer | Exception, problem: str
) -> None:
    files.said = answer
    assert api("POST", PATH, BODY).problem == problem


def test_refused_credentials_say_where_to_look(api: Client, files: Files) -> None:
    services = api.api.context.services
    object.__setattr__(services, "http", Messengers(script=lambda _, __: said(401)))
    found = api("POST", PATH, BODY)
    assert found.problem == "conflict"
    assert "/v1/accounts/pager/main/verify" in found.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": ""},
        {"id": "a b"},
        {"id": "x" * 4001},
        BODY | {"kind": "virus"},
        BODY | {"url": "https://x"},
    ],
)
def test_a_body_that_names_no_file_is_refused(api: Client, files: Files, body: dict[str, Any]) -> None:
    assert api("POST", PATH, body).problem == "invalid"
    assert files.limits == []


def test_an_unknown_account_has_no_files(api: Client, files: Files) -> None:
    assert api("POST", "/v1/accounts/pager/none/media", BODY).problem == "not-found"
