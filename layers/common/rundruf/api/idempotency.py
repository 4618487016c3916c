"""Idempotency-Key: the same POST with the same key is answered, not done, a second time.

Answers that tell about a person are not kept, only whom they are about, and the person is read again:
whoever is erased is not found in what is kept.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from rundruf.api.context import Context
from rundruf.api.problems import Problem
from rundruf.core.retention import Keep

Resolve = Callable[[dict[str, Any], Any], dict[str, Any]]
FIRST_SERVER_ERROR = 500
PEOPLE = "/v1/contacts"
# Repeating these changes nothing, and their answers may be long.
NOT_KEPT = re.compile(r"/v1/contacts/import|/v1/suppressions|/v1/accounts/[^/]+/[^/]+/media")
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class _NotKept(Exception):
    """An answer that must not be kept: it tells of our trouble, not of the request."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Once:
    """Calls ``resolve``, at most once for a key of a caller, route and body within a day.

    Running already → 409, other body → 422, both as Problem; answers from 500 on are not kept.
    """

    def __init__(self, context: Context, resolve: Resolve) -> None:
        self.resolve = resolve
        self._fresh: dict[str, Any] | None = None
        store = DynamoDBPersistenceLayer(
            table_name=context.wiring.environment["TABLE"],
            key_attr="pk",
            sort_key_attr="sk",
            static_pk_value="idempotency",
            expiry_attr="expires",
            boto3_client=context.wiring.dynamodb,
        )
        config = IdempotencyConfig(
            event_key_jmespath="idempotency",
            payload_validation_jmespath="[body, rawQueryString]",
            raise_on_no_idempotency_key=True,
            expires_after_seconds=Keep.IDEMPOTENCY.value,
        )

        def strict(event: dict[str, Any], context: Any) -> dict[str, Any]:
            answer = resolve(event, context)
            if answer["statusCode"] >= FIRST_SERVER_ERROR:
                raise _NotKept(answer)
            if event["rawPath"].startswith(PEOPLE) and answer["statusCode"] == HTTPStatus.CREATED:
                self._fresh = answer
                return {"person": json.loads(answer["body"])["id"]}
            return answer

        self._kept = idempotent(persistence_store=store, config=config, key_prefix="api")(strict)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        method = event["requestContext"]["http"]["method"]
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        key = headers.get("idempotency-key")
        if method != "POST" or key is None or NOT_KEPT.fullmatch(event["rawPath"]):
            return self.resolve(event, context)
        if not KEY.fullmatch(key):
            raise Problem("bad-request", "Idempotency-Key: 1 to 255 visible ASCII characters.")
        caller = (event["requestContext"].get("authorizer") or {}).get("lambda", {}).get("key", "")
        known = event | {"idempotency": [key, caller, event["rawPath"]]}
        self._fresh = None
        try:
            answer: dict[str, Any] = self._kept(known, context)
        except _NotKept as kept:
            return kept.answer
        except IdempotencyAlreadyInProgressError:
            raise Problem(
                "in-progress", "A request with this Idempotency-Key is still running; ask again shortly."
            ) from None
        except IdempotencyValidationError:
            raise Problem("idempotency-key-reused", "Use a new Idempotency-Key for another body.") from None
        return self._about(answer["person"], event, context) if "person" in answer else answer

    def _about(self, person: str, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """The answer that was just given, or what it would be now."""
        if self._fresh is not None:
            return self._fresh
        asked = event["requestContext"] | {"http": event["requestContext"]["http"] | {"method": "GET"}}
        changes = {"rawPath": f"{PEOPLE}/{person}", "body": None, "requestContext": asked}
        answer = self.resolve(event | changes, context)
        found = answer["statusCode"] == HTTPStatus.OK
        return answer | {"statusCode": HTTPStatus.CREATED.value} if found else answer
