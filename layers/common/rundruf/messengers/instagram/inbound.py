"""What Instagram tells us about the account."""

from rundruf.core.account import Account
from rundruf.messengers import meta_inbound
from rundruf.messengers.contract import Reading


def read(body: bytes, account: Account) -> Reading:
    """All events and receipts of one body, which may tell of several accounts."""
    return meta_inbound.read(body, "instagram", account.secrets("ig_id"))
