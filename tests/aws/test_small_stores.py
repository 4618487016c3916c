"""Pacer, gate, catalogue and accounts in the table."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rundruf.aws.accounts import StoredAccounts, UnknownAccount
from rundruf.aws.boto import Boto
from rundruf.aws.calls import AwsError
from rundruf.aws.catalogue import TableCatalogue
from rundruf.aws.gate import LEASE, TableGate
from rundruf.aws.pacer import TablePacer
from rundruf.aws.table import Table
from rundruf.core.account import Account
from rundruf.core.audience import Audience
from rundruf.core.message import Message
from rundruf.core.newsletter import Newsletter
from rundruf.core.pace import HORIZON, Slots, spacing
from rundruf.core.topic import EntryPoint, Topic
from rundruf.flows.services import Unfinished
from rundruf.messengers import messenger
from rundruf.messengers.contract import Call, NotGenuine
from tests.aws.conftest import SECRET, Clock
from tests.support.people import HOUR, NOW
from tests.support.stack import Stack

WEEKLY = Newsletter(
    "n1",
    "Weekly",
    "news",
    Audience(),
    Message("Hi"),
    cron="0 9 * * 1",
    zone="Europe/Berlin",
    next_at=NOW + HOUR,
)


def test_windows_follow_each_other_at_the_rate(pacer: TablePacer) -> None:
    starts = []
    for _ in range(3):
        slots = pacer.reserve("whatsapp/main", 16, 80, NOW)
        assert isinstance(slots, Slots)
        starts.append(slots.start)
    gap = spacing(80) * 16
    assert starts == pytest.approx([NOW, NOW + gap, NOW + 2 * gap], abs=0.01)


def test_a_slot_far_away_is_not_taken(pacer: TablePacer) -> None:
    pacer.reserve("whatsapp/main", 16, 1, NOW)
    wait = pacer.reserve("whatsapp/main", 16, 1, NOW)
    assert isinstance(wait, int)
    assert HORIZON < wait <= 16_500
    assert isinstance(pacer.reserve("whatsapp/main", 16, 1, NOW + wait), Slots)


def test_an_idle_account_saves_nothing_up(pacer: TablePacer) -> None:
    pacer.reserve("whatsapp/main", 16, 80, NOW)
    assert pacer.reserve("whatsapp/main", 16, 80, NOW + HOUR) == Slots(NOW + HOUR, spacing(80))


def test_a_held_account_stays_still_and_others_do_not(pacer: TablePacer) -> None:
    pacer.hold("whatsapp/main", NOW + 60_000)
    pacer.hold("whatsapp/main", NOW + 5_000)
    assert pacer.reserve("whatsapp/main", 1, 80, NOW) == 60_000
    assert isinstance(pacer.reserve("telegram/main", 1, 30, NOW), Slots)


def test_an_event_passes_the_gate_once(gate: TableGate, stack: Stack) -> None:
    assert gate.open("whatsapp/main", "e1", NOW)
    gate.done("whatsapp/main", "e1")
    assert not gate.open("whatsapp/main", "e1", NOW + 8 * 24 * HOUR)
    assert gate.open("telegram/main", "e1", NOW)
    assert all("expires" in item for item in stack.items())


def test_an_event_whose_worker_died_is_done_by_the_next(gate: TableGate, table: Table) -> None:
    other = TableGate(table, lambda: SECRET, "other")
    assert other.open("whatsapp/main", "e1", NOW)
    with pytest.raises(Unfinished):
        gate.open("whatsapp/main", "e1", NOW + 1)
    assert gate.open("whatsapp/main", "e1", NOW + LEASE + 1)


def test_topics_and_entry_points_are_kept(catalogue: TableCatalogue) -> None:
    catalogue.put_topic(Topic("news", {"de": "Neues", "en": "News"}))
    point = EntryPoint("KRTMBXZV", "Poster", "whatsapp", "main", ("news",), tags=frozenset({"poster"}))
    assert catalogue.add_entry_point(point)
    assert not catalogue.add_entry_point(replace(point, name="other"))
    assert catalogue.entry_point("KRTMBXZV") == point
    assert list(catalogue.entry_points()) == [point]
    assert catalogue.topics()["news"].title("en") == "News"
    assert catalogue.entry_point("XXXXXXXX") is None


def test_what_is_due_comes_in_order_and_goes(catalogue: TableCatalogue) -> None:
    catalogue.remind(NOW + 5, "broadcast", "b2")
    catalogue.remind(NOW, "broadcast", "b1")
    catalogue.add_newsletter(WEEKLY)
    assert catalogue.due(NOW - 1) == []
    assert catalogue.due(NOW + 5) == [(NOW, "broadcast", "b1"), (NOW + 5, "broadcast", "b2")]
    catalogue.not_due(NOW, "broadcast", "b1")
    assert catalogue.due(NOW + HOUR)[-1] == (NOW + HOUR, "newsletter", "n1")


def test_a_newsletter_advances_once(catalogue: TableCatalogue) -> None:
    catalogue.add_newsletter(WEEKLY)
    assert catalogue.advance(WEEKLY, NOW + 9 * HOUR)
    assert not catalogue.advance(WEEKLY, NOW + 9 * HOUR)
    assert catalogue.newsletter("n1") == replace(WEEKLY, next_at=NOW + 9 * HOUR)
    assert catalogue.due(NOW + 9 * HOUR) == [(NOW + 9 * HOUR, "newsletter", "n1")]
    assert catalogue.due(NOW + 8 * HOUR) == []


def test_credentials_are_kept_apart_and_encrypted(table: Table, stack: Stack, clock: Clock) -> None:
    accounts = StoredAccounts(table, "/t/accounts", clock)
    account = Account("telegram", "main", "shop_bot", rate=5.0, credentials={"bot_token": ("new", "old")})
    accounts.put(account)
    assert accounts.get("telegram/main") == account
    assert "new" not in str(stack.items())
    assert "new" not in repr(accounts.get("telegram/main"))
    stored = stack.client("ssm").get_parameter(Name="/t/accounts/telegram/main", WithDecryption=True)
    assert stored["Parameter"]["Type"] == "SecureString"
    assert json.loads(stored["Parameter"]["Value"]) == {"bot_token": ["new", "old"]}
    accounts.delete("telegram/main")
    with pytest.raises(UnknownAccount):
        accounts.get("telegram/main")


def test_an_account_is_read_anew_after_a_minute_or_a_doubt(table: Table, stack: Stack, clock: Clock) -> None:
    reader = StoredAccounts(table, "/t/accounts", clock)
    writer = StoredAccounts(table, "/t/accounts", clock)
    writer.put(Account("telegram", "main", "one"))
    assert reader.get("telegram/main").address == "one"
    writer.put(Account("telegram", "main", "two"))
    reader.forget("telegram/main")
    assert reader.get("telegram/main").address == "one"
    clock.at += 31_000
    reader.forget("telegram/main")
    assert reader.get("telegram/main").address == "two"


class Trouble(Boto):
    """The parameter store, of whose calls every third fails, or (``down``) all; it counts them."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack.client)
        self.asked, self.down = 0, False

    def call(self, service: str, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "GetParameter":
            self.asked += 1
            if self.down or self.asked % 3 == 0:
                raise AwsError("ThrottlingException", {})
        return super().call(service, operation, body)


@pytest.fixture
def trouble(stack: Stack) -> Trouble:
    return Trouble(stack)


@pytest.fixture
def troubled(trouble: Trouble, stack: Stack, clock: Clock) -> StoredAccounts:
    """An account whose credentials are known, before the trouble begins."""
    accounts = StoredAccounts(Table(trouble, stack.table), "/t/accounts", clock)
    accounts.put(Account("telegram", "main", "one", credentials={"bot_token": ("new",)}))
    accounts.get("telegram/main")
    return accounts


def test_credentials_serve_while_their_store_is_throttled(
    troubled: StoredAccounts, trouble: Trouble, clock: Clock
) -> None:
    for _ in range(30):
        clock.at += 61_000
        assert troubled.get("telegram/main").secret("bot_token") == "new"
    assert trouble.asked == 31


def test_credentials_serve_for_an_hour_while_their_store_is_down(
    troubled: StoredAccounts, trouble: Trouble, clock: Clock
) -> None:
    trouble.down = True
    clock.at += HOUR
    for _ in range(5):
        assert troubled.get("telegram/main").secret("bot_token") == "new"
    assert trouble.asked == 2
    clock.at += 31_000
    with pytest.raises(AwsError):
        troubled.get("telegram/main")
    trouble.down = False
    assert troubled.get("telegram/main").secret("bot_token") == "new"


@pytest.mark.parametrize("down", [False, True])
def test_a_flood_of_forgeries_reads_the_credentials_twice_a_minute(
    troubled: StoredAccounts, trouble: Trouble, clock: Clock, down: bool
) -> None:
    trouble.down, before = down, trouble.asked
    for _ in range(600):
        clock.at += 100
        troubled.forget("telegram/main")
        troubled.get("telegram/main")
    assert trouble.asked - before <= 2


def test_secrets_rotate_under_load_without_a_false_refusal(table: Table, stack: Stack, clock: Clock) -> None:
    """The new one is entered beside the old, a minute later the messenger may sign with either, at the end
    the old one goes, and a minute later nobody gets in with it."""
    reader = StoredAccounts(table, "/t/accounts", clock)
    writer = StoredAccounts(table, "/t/accounts", clock)
    writer.put(_signed_with("old"))
    begin, refused = clock.at, 0
    steps = {300: ("new", "old"), 900: ("new",)}
    for number in range(10_000):
        second = number // 10
        clock.at = begin + number * 100
        if number % 10 == 0 and second in steps:
            writer.put(_signed_with(*steps[second]))
        secrets = ("old",) if second <= 360 else ("new", "old") if second < 900 else ("new",)
        refused += not _let_in(reader, secrets[number % len(secrets)])
    assert refused == 0
    assert not _let_in(reader, "old")


def _signed_with(*secrets: str) -> Account:
    credentials = {"app_secret": tuple(one * 8 for one in secrets)}
    return Account("whatsapp", "main", "+4930123456", credentials=credentials)


def _let_in(accounts: StoredAccounts, secret: str) -> bool:
    """Whether a call signed with this is taken for genuine."""
    digest = hmac.new((secret * 8).encode(), b"{}", hashlib.sha256).hexdigest()
    call = Call("POST", {"x-hub-signature-256": f"sha256={digest}"}, {}, b"{}", NOW)
    try:
        messenger("whatsapp").verify(call, accounts.get("whatsapp/main"))
    except NotGenuine:
        accounts.forget("whatsapp/main")
        return False
    return True
