"""The one place that puts things together; everything is built at first use."""

import json
import os
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rundruf.aws.accounts import StoredAccounts
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.calls import Aws, AwsError
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.guard import TableGuard
from rundruf.aws.home import TableHome
from rundruf.aws.pacer import TablePacer
from rundruf.aws.persons import TablePersons
from rundruf.aws.polls import TablePolls
from rundruf.aws.queues import SqsQueues
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.settings import Environment, environment
from rundruf.aws.suppressions import TableSuppressions
from rundruf.aws.table import Table
from rundruf.core.tokens import Keys
from rundruf.flows.services import Http, Services, Settings, Steps, T

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from rundruf.aws.archive import LedgerArchive
    from rundruf.aws.dead_letters import SqsDeadLetters
    from rundruf.aws.download import CurlDownloads
    from rundruf.aws.prices import TablePrices
    from rundruf.core.price import Price
    from rundruf.messengers.contract import Answer, Request

SECRET_FRESH = 300_000
SECRET_STALE = 3_600_000
SECRET_AGAIN = 30_000


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def ticks() -> float:
    """A clock that never jumps, in ms."""
    return time.monotonic() * 1000


class LazyHttp(threading.local):
    """Loads libcurl at first need; each thread has its own connections."""

    @cached_property
    def _curl(self) -> Http:
        from rundruf.aws.http import CurlHttp

        return CurlHttp()

    def window(
        self, requests: "Sequence[Request]", spacing: float = 0, timeout: float = 8_000
    ) -> "list[Answer]":
        return self._curl.window(requests, spacing, timeout)

    def run(self, works: "Sequence[Steps[T]]", spacing: float = 0, timeout: float = 8_000) -> "list[T]":
        return self._curl.run(works, spacing, timeout)


def wire(variables: "Mapping[str, str]", http: Http) -> Aws:
    """AWS with the credentials, region and addresses that a function's environment holds."""
    from rundruf.aws.wire import Credentials, Wire

    def credentials() -> Credentials:
        return Credentials(
            variables["AWS_ACCESS_KEY_ID"],
            variables["AWS_SECRET_ACCESS_KEY"],
            variables.get("AWS_SESSION_TOKEN", ""),
        )

    def endpoint(service: str) -> str:
        own = variables.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        return own or variables.get("AWS_ENDPOINT_URL", "")

    return Wire(http, variables.get("AWS_REGION") or variables["AWS_DEFAULT_REGION"], credentials, endpoint)


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
        self._keys_again = 0
        self._clients: dict[str, Any] = {}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """For the library that keeps answers of API calls; all else goes through ``aws``."""
        return self.client("dynamodb")  # type: ignore[no-any-return]

    @cached_property
    def aws(self) -> Aws:
        """Our own caller inside Lambda; boto3 where somebody's credentials have to be looked for."""
        if "AWS_LAMBDA_FUNCTION_NAME" in self.environment.variables:
            return wire(self.environment.variables, self.http)
        from rundruf.aws.boto import Boto

        return Boto(self.client)

    @cached_property
    def table(self) -> Table:
        return Table(self.aws, self.environment["TABLE"])

    @cached_property
    def contacts(self) -> TableContacts:
        return TableContacts(self.table, self.keys, now)

    @cached_property
    def suppressions(self) -> TableSuppressions:
        return TableSuppressions(self.table, self.keys)

    @cached_property
    def broadcasts(self) -> TableBroadcasts:
        return TableBroadcasts(self.table, now)

    @cached_property
    def home(self) -> TableHome:
        return TableHome(self.table)

    @cached_property
    def archive(self) -> "LedgerArchive":
        from rundruf.aws.archive import LedgerArchive

        return LedgerArchive(lambda: self.client("s3"), self.environment["ARCHIVE"])

    @cached_property
    def catalogue(self) -> TableCatalogue:
        return TableCatalogue(self.table, now)

    @cached_property
    def accounts(self) -> StoredAccounts:
        return StoredAccounts(self.table, self.environment.variables.get("ACCOUNTS_PATH", ""), now)

    @cached_property
    def prices(self) -> "TablePrices":
        from rundruf.aws.prices import TablePrices

        return TablePrices(self.table)

    def _charged(self) -> "Sequence[Price]":
        return self.prices.all()

    @cached_property
    def queues(self) -> SqsQueues:
        return SqsQueues(self.aws, self.environment.queues())

    @cached_property
    def dead_letters(self) -> "SqsDeadLetters":
        from rundruf.aws.dead_letters import SqsDeadLetters

        return SqsDeadLetters(self.aws, self.environment.queues(), self.environment.dead_letters())

    @cached_property
    def http(self) -> Http:
        return LazyHttp()

    @cached_property
    def public_url_read(self) -> str:
        found = self.aws.call("ssm", "GetParameter", {"Name": self.environment["PUBLIC_URL_PARAMETER"]})
        return str(found["Parameter"]["Value"]).rstrip("/")

    def keys(self) -> Keys:
        """The deployment's secrets, read again every five minutes.

        While that fails, the old ones serve for an hour, and it is tried again twice a minute.
        """
        held = self._keys
        if held is None or now() >= self._keys_again:
            try:
                read = self._read_keys()
            except AwsError:
                if held is None or now() - held[0] > SECRET_STALE:
                    raise
                self._keys_again = now() + SECRET_AGAIN
                return held[1]
            held = self._keys = (now(), read)
            self._keys_again = now() + SECRET_FRESH
        return held[1]

    def _read_keys(self) -> Keys:
        found = self.aws.call(
            "secretsmanager", "GetSecretValue", {"SecretId": self.environment["SECRET_ARN"]}
        )
        return Keys.of(json.loads(found["SecretString"]))

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
            guard=TableGuard(self.table),
            renewables=TableRenewables(self.table),
            polls=TablePolls(self.table),
            persons=TablePersons(self.table, self.keys, now),
            public_url=lambda: self.public_url_read,
            now=now,
            ticks=ticks,
            sleep=time.sleep,
            random=os.urandom,
            log=log,
            prices=self._charged,
            webhooks=lambda: self.environment.variables.get("WEBHOOKS_URL", "").rstrip("/"),
        )

    def client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        retries: Any = {"mode": "standard", "max_attempts": 5}
        config = Config(
            retries=retries,
            connect_timeout=2,
            read_timeout=10,
            max_pool_connections=32,
        )
        if service not in self._clients:
            self._clients[service] = boto3.client(service, config=config)  # type: ignore[call-overload]
        return self._clients[service]
