"""Viber's broadcast call needs an approval that not every bot has."""

from dataclasses import replace

import pytest

from rundruf.core.account import Account
from rundruf.messengers.viber.outbound import BATCH
from tests.messengers.viber.cases import ACCOUNT

WITHOUT = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "broadcasts": ("off",)})
WITH = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "broadcasts": ("on",)})


@pytest.mark.parametrize(("account", "allowed"), [(ACCOUNT, True), (WITH, True), (WITHOUT, False)])
def test_an_account_without_the_approval_says_so(account: Account, allowed: bool) -> None:
    assert BATCH.allowed(account) is allowed
