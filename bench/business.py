"""A business with one account on each of a few messengers, for measurements: real stores, real flows."""

import os
import time
from collections.abc import Callable
from typing import Any

from bench.mock import CREDENTIALS
from rundruf.aws.broadcasts import TableBroadcasts
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.contacts import TableContacts
from rundruf.aws.gate import TableGate
from rundruf.aws.guard import TableGuard
from rundruf.aws.pacer import TablePacer
from rundruf.aws.persons import TablePersons
from rundruf.aws.polls import TablePolls
from rundruf.aws.queues import SqsQueues
from rundruf.aws.renewables import TableRenewables
from rundruf.aws.table import Table
from rundruf.aws.wire import Credentials, Wire
from rundruf.aws.wiring import now, ticks
from rundruf.core.account import Account
from rundruf.core.tokens import Keys
from rundruf.core.wording import Business
from rundruf.flows.services import Http, Services, Settings

UNPACED = 1_000_000
(APP_SECRET,) = CREDENTIALS["whatsapp"]["app_secret"]
KEYS = Keys("1", {"1": "k" * 64})
QUEUES = {name: f"https://sqs.example/1/{name}" for name in ("plan", "send", "inbox", "receipts")}


class Accounts:
    """Accounts called "main", all at one address."""

    def __init__(self, url: str, rate: float) -> None:
        self.known = {
            f"{name}/main": Account(name, "main", "bench", url, rate, _credentials(name))
            for name in CREDENTIALS
        }

    def get(self, account_id: str) -> Account:
        return self.known[account_id]

    settings = get

    def ids(self) -> list[str]:
        return ["telegram/main"]

    def forget(self, account_id: str) -> None:
        return


def _credentials(messenger: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in CREDENTIALS[messenger].items()}


def services(
    http: Http,
    url: str,
    rate: float = UNPACED,
    clock: Callable[[], int] = now,
    tick: Callable[[], float] = ticks,
    sleep: Callable[[float], None] = time.sleep,
    **others: Any,
) -> Services:
    """AWS and messengers at ``url``; ``rate`` is that of each account, ``others`` replace parts."""
    wire = Wire(http, "eu-central-1", lambda: Credentials("AKID", "secret" * 6), lambda _: url, sleep=sleep)
    table = Table(wire, "bench")
    unused: Any = None
    parts: dict[str, Any] = {
        "settings": Settings(
            Business("Café Morgenrot", "https://a.example/i", "https://a.example/p"), "de", "UTC"
        ),
        "keys": lambda: KEYS,
        "contacts": TableContacts(table, lambda: KEYS, clock),
        "broadcasts": TableBroadcasts(table, clock),
        "catalogue": TableCatalogue(table, clock),
        "accounts": Accounts(url, rate),
        "pacer": TablePacer(table),
        "queues": SqsQueues(wire, QUEUES),
        "http": http,
        "downloads": unused,
        "gate": TableGate(table, lambda: KEYS, "bench"),
        "guard": TableGuard(table),
        "renewables": TableRenewables(table),
        "polls": TablePolls(table),
        "persons": TablePersons(table, lambda: KEYS, clock),
        "public_url": lambda: "https://r.example",
        "now": clock,
        "ticks": tick,
        "sleep": sleep,
        "random": os.urandom,
    }
    return Services(**parts | others)
