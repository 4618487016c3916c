"""The one place that puts things together; everything is built at first use."""

import json
import os
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rundruf.aws.accounts import StoredAccounts
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.pacer import TablePacer
from rundruf.aws.polls import TablePolls
from rundruf.aws.queues import SqsQueues
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.settings import Environment, environment
from rundruf.aws.table import Table
from rundruf.core.tokens import Keys
from rundruf.flows.services import Http, Services, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from rundruf.aws.download import CurlDownloads
    from rundruf.messengers.contract import Answer, Request

SECRET_FRESH = 300_000


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def ticks() -> float:
    """A clock that never jumps, in ms."""
    return time.monotonic() * 1000


class LazyHttp:
    """Loads libcurl only in functions that talk to messengers."""

    @cached_property
    def _curl(self) -> Http:
        from rundruf.aws.http import CurlHttp

        return CurlHttp()

    def window(
        self, requests: "Sequence[Request]", spacing: float = 0, timeout: float = 8_000
    ) -> "list[Answer]":
        return self._curl.window(requests, spacing, timeout)


class LazyDownloads:
    """Loads libcurl only when a file is fetched."""

    @cached_property
    def _curl(self) -> "CurlDownloads":
        from rundruf.aws.download import CurlDownloads

        return CurlDownloads()

    def get(self, request: "Request", own: str, limit: int, timeout: float) -> "Answer":
        return self._curl.get(request, own, limit, timeout)


class Wiring:
    """Everything of one function's process; a door makes one and keeps it."""

    def __init__(self, variables: Environment | None = None) -> None:
        self.environment = variables or environment()
        self._keys: tuple[int, Keys] | None = None

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self._client("dynamodb")  # type: ignore[no-any-return]

    @cached_property
    def sqs(self) -> "SQSClient":
        return self._client("sqs")  # type: ignore[no-any-return]

    @cached_property
    def ssm(self) -> "SSMClient":
        return self._client("ssm")  # type: ignore[no-any-return]

    @cached_property
    def table(self) -> Table:
        return Table(self.dynamodb, self.environment["TABLE"])

    @cached_property
    def contacts(self) -> TableContacts:
        return TableContacts(self.table, self.keys, now)

    @cached_property
    def broadcasts(self) -> TableBroadcasts:
        return TableBroadcasts(self.table, now)

    @cached_property
    def catalogue(self) -> TableCatalogue:
        return TableCatalogue(self.table, now)

    @cached_property
    def accounts(self) -> StoredAccounts:
        return StoredAccounts(
            self.table, lambda: self.ssm, self.environment.variables.get("ACCOUNTS_PATH", ""), now
        )

    @cached_property
    def queues(self) -> SqsQueues:
        return SqsQueues(lambda: self.sqs, self.environment.queues())

    @cached_property
    def http(self) -> Http:
        return LazyHttp()

    @cached_property
    def public_url_read(self) -> str:
        found = self.ssm.get_parameter(Name=self.environment["PUBLIC_URL_PARAMETER"])
        return found["Parameter"]["Value"].rstrip("/")

    def keys(self) -> Keys:
        """The deployment's secrets, read again every five minutes."""
        if self._keys is None or now() - self._keys[0] > SECRET_FRESH:
            client = self._client("secretsmanager")
            found = client.get_secret_value(SecretId=self.environment["SECRET_ARN"])
            self._keys = (now(), Keys.of(json.loads(found["SecretString"])))
        return self._keys[1]

    def services(self, settings: Settings, log: "Callable[..., None]") -> Services:
        """The record that flows are given."""
        return Services(
            settings=settings,
            keys=self.keys,
            contacts=self.contacts,
            broadcasts=self.broadcasts,
            catalogue=self.catalogue,
            accounts=self.accounts,
            pacer=TablePacer(self.table),
            queues=self.queues,
            http=self.http,
            downloads=LazyDownloads(),
            gate=TableGate(self.table, self.keys, os.urandom(6).hex()),
            renewables=TableRenewables(self.table),
            polls=TablePolls(self.table),
            public_url=lambda: self.public_url_read,
            now=now,
            ticks=ticks,
            sleep=time.sleep,
            random=os.urandom,
            log=log,
        )

    def _client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        retries: Any = {"mode": "standard", "max_attempts": 5}
        config = Config(
            retries=retries,
            connect_timeout=2,
            read_timeout=10,
            max_pool_connections=32,
        )
        return boto3.client(service, config=config)  # type: ignore[call-overload]
