"""AWS through boto3: where it is loaded anyway, and in tests against moto."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rundruf.aws.calls import AwsError
from rundruf.flows.services import Steps

AT_ONCE = 16


class Boto:
    """The Aws that stores use; ``client`` gives a service's boto3 client."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.client = client

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        method = getattr(self.client(service), re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower())
        try:
            told: dict[str, Any] = method(**body)
        except ClientError as error:
            raise AwsError(error.response["Error"]["Code"], error.response) from None
        except BotoCoreError as error:
            raise AwsError(type(error).__name__, {}) from None
        return told

    def calls(
        self, service: str, operation: str, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any] | AwsError]:
        def told(body: Mapping[str, Any]) -> dict[str, Any] | AwsError:
            try:
                return self.call(service, operation, body)
            except AwsError as error:
                return error

        return list(self._pool.map(told, bodies))

    def steps(
        self, service: str, operation: str, body: Mapping[str, Any] | bytes
    ) -> Steps[dict[str, Any] | AwsError]:
        """Asks at once: boto3 has connections of its own."""
        yield from ()
        try:
            return self.call(service, operation, json.loads(body) if isinstance(body, bytes) else body)
        except AwsError as error:
            return error

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=AT_ONCE)
