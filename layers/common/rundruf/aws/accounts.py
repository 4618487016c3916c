"""Accounts: settings in the table, credentials as an encrypted parameter, both kept for a minute.

While their stores are in trouble, what is kept serves for an hour.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rundruf.aws import keys
from rundruf.aws.calls import AwsError
from rundruf.aws.table import Item, Table
from rundruf.core.account import Account

FRESH = 60_000
FRESH_AFTER_DOUBT = 30_000
STALE = 3600 * 1000


class UnknownAccount(LookupError):
    """No account of that name."""


@dataclass(slots=True)
class Kept:
    """An account as it was ``read``; ``tried`` is the last try, ``again`` when to try next (all ms)."""

    account: Account
    read: int
    tried: int
    again: int


class StoredAccounts:
    """The Accounts that flows use; ``path`` is where the parameters with credentials are."""

    def __init__(self, table: Table, path: str, now: Callable[[], int]) -> None:
        self.table, self.path, self.now = table, path.rstrip("/"), now
        self._kept: dict[str, Kept] = {}

    def get(self, account_id: str) -> Account:
        now, kept = self.now(), self._kept.get(account_id)
        if kept and now <= kept.again:
            return kept.account
        try:
            account = self._read(account_id)
        except UnknownAccount:
            self._kept.pop(account_id, None)
            raise
        except AwsError:
            if kept is None or now - kept.read > STALE:
                raise
            kept.tried, kept.again = now, now + FRESH_AFTER_DOUBT
            return kept.account
        self._kept[account_id] = Kept(account, now, now, now + FRESH)
        return account

    def settings(self, account_id: str) -> Account:
        """The account without its credentials; raises UnknownAccount."""
        item = self.table.get(keys.account(account_id))
        if item is None:
            raise UnknownAccount(account_id)
        return _account_in(item)

    def all(self) -> list[Account]:
        """Every account without its credentials."""
        return [_account_in(item) for item in self.table.all("account")]

    def ids(self) -> Sequence[str]:
        return [account.id for account in self.all()]

    def forget(self, account_id: str) -> None:
        """Read this account anew at the next need, but not more than every half minute."""
        kept = self._kept.get(account_id)
        if kept and self.now() - kept.tried > FRESH_AFTER_DOUBT:
            kept.again = 0

    def put(self, account: Account) -> None:
        """Store credentials first, then what makes the account known."""
        if account.credentials:
            stored = json.dumps({name: list(values) for name, values in account.credentials.items()})
            self._ssm("PutParameter", account.id, Value=stored, Type="SecureString", Overwrite=True)
        self.table.put(keys.account(account.id), _account_out(account))
        self._kept.pop(account.id, None)

    def delete(self, account_id: str) -> None:
        self.table.delete(keys.account(account_id))
        self._kept.pop(account_id, None)
        try:
            self._ssm("DeleteParameter", account_id)
        except AwsError as error:
            if error.code != "ParameterNotFound":
                raise

    def credentials(self, account_id: str) -> Mapping[str, tuple[str, ...]]:
        """Stored credentials; empty where there are none yet."""
        try:
            found = self._ssm("GetParameter", account_id, WithDecryption=True)
        except AwsError as error:
            if error.code != "ParameterNotFound":
                raise
            return {}
        stored: dict[str, list[str]] = json.loads(found["Parameter"]["Value"])
        return {name: tuple(values) for name, values in stored.items()}

    def _ssm(self, operation: str, account_id: str, **more: Any) -> dict[str, Any]:
        return self.table.aws.call("ssm", operation, {"Name": f"{self.path}/{account_id}", **more})

    def _read(self, account_id: str) -> Account:
        return replace(self.settings(account_id), credentials=self.credentials(account_id))


def _account_out(account: Account) -> dict[str, Any]:
    return {
        "messenger": account.messenger,
        "name": account.name,
        "address": account.address,
        "base_url": account.base_url,
        "rate": account.rate,
    }


def _account_in(item: Item) -> Account:
    return Account(
        item["messenger"],
        item["name"],
        item.get("address", ""),
        item.get("base_url", ""),
        item.get("rate"),
    )
