"""The authorizer door: a key that is known, with its scopes, or nothing."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from moto import mock_aws

from rundruf.aws import keys
from rundruf.flows.services import Unfinished
from tests.functions.doors import Doors
from tests.support.stack import stack as made_stack

KEY = "rundruf_0123456789abcdefghijklmnopqrstuv"


def asked(authorization: str | None, name: str = "authorization") -> dict[str, Any]:
    headers = {} if authorization is None else {name: authorization}
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/$default/GET/v1/contacts",
        "identitySource": [authorization] if authorization else [],
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": "/v1/contacts",
        "headers": headers,
        "requestContext": {"http": {"method": "GET", "path": "/v1/contacts"}},
    }


@pytest.fixture(scope="module")
def doors(aws: None) -> Iterator[Doors]:
    """A stack on which one key is known."""
    mock_aws().reset()
    stack = made_stack()
    with pytest.MonkeyPatch.context() as patch:
        made = Doors(stack, patch)
        digest = sha256(KEY.encode()).hexdigest()
        made.module("authorizer").wiring.table.put(
            keys.api_key(digest), {"name": "x", "scopes": {"send", "reports"}}
        )
        yield made


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_known_key_brings_its_scopes(doors: Doors, scheme: str, name: str) -> None:
    answer = doors("authorizer", asked(f"{scheme} {KEY}", name))
    digest = sha256(KEY.encode()).hexdigest()
    told = {"key": digest[:12], "name": "x", "scopes": "reports send"}
    assert answer == {"isAuthorized": True, "context": told}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        KEY,
        f"Basic {KEY}",
        f"Token {KEY}",
        f"Bearer{KEY}",
        f"Bearer {KEY}x",
        f"Bearer {KEY[:-1]}",
        f"Bearer {KEY.upper()}",
        f"Bearer {KEY} {KEY}",
        f"Bearer,{KEY}",
        f"Bearer {sha256(KEY.encode()).hexdigest()}",
        "Bearer ü",
        "Bearer \0",
        "Bearer " + "x" * 9_000,
    ],
    ids=lambda value: str(value)[:24],
)
def test_anything_else_is_nobody(doors: Doors, authorization: str | None) -> None:
    assert doors("authorizer", asked(authorization)) == {"isAuthorized": False}


def test_without_headers_there_is_nobody(doors: Doors) -> None:
    assert doors("authorizer", asked(None) | {"headers": None}) == {"isAuthorized": False}


def test_a_table_that_is_gone_lets_nobody_in(doors: Doors) -> None:
    doors.stack.client("dynamodb").delete_table(TableName=doors.stack.table)
    with pytest.raises(Unfinished):
        doors("authorizer", asked(f"Bearer {KEY}"))
