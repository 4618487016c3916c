"""What Messenger tells us about the page."""

from rundruf.core.account import Account
from rundruf.messengers import meta_inbound
from rundruf.messengers.contract import Reading


def read(body: bytes, account: Account) -> Reading:
    """All events, receipts and notices of one body, which may tell of several pages."""
    return meta_inbound.read(body, "page", account.secrets("page_id"))
