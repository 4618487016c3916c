"""Accounts: settings in the table, credentials as an encrypted parameter, both kept for a minute."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rundruf.aws import keys
from rundruf.aws.calls import AwsError
from rundruf.aws.table import Item, Table
from rundruf.core.account import Account

FRESH = 60_000
FRESH_AFTER_DOUBT = 30_000


class UnknownAccount(LookupError):
    """No account of that name."""


class StoredAccounts:
    """The Accounts that flows use; ``path`` is where the parameters with credentials are."""

    def __init__(self, table: Table, path: str, now: Callable[[], int]) -> None:
        self.table, self.path, self.now = table, path.rstrip("/"), now
        self._kept: dict[str, tuple[int, Account]] = {}

    def get(self, account_id: str) -> Account:
        kept = self._kept.get(account_id)
        if kept is None or self.now() - kept[0] > FRESH:
            kept = self._kept[account_id] = (self.now(), self._read(account_id))
        return kept[1]

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
        if kept and self.now() - kept[0] > FRESH_AFTER_DOUBT:
            del self._kept[account_id]

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
