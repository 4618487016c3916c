"""What we send on Instagram, through the account itself or through the page it is linked to.

https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/messaging-api
(checked 2026-11-23)
"""

from rundruf.core.account import Account
from rundruf.core.message import Message
from rundruf.messengers import meta, meta_outbound
from rundruf.messengers.contract import Delivery, Request
from rundruf.messengers.instagram.rules import RULES, TITLE
from rundruf.messengers.limits import Problem

HOST = "https://graph.instagram.com"


def sender(account: Account) -> tuple[str, str]:
    """Host and id that calls go to: a page has its own token, which the other host does not know."""
    page = next(iter(account.secrets("page_id")), "")
    return (meta.HOST, page) if page else (HOST, account.secret("ig_id"))


def problems(message: Message) -> tuple[Problem, ...]:
    return tuple(meta_outbound.problems(message, TITLE, RULES))


def build(delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """The calls for one person; raises ValueError where there is nothing to say."""
    parts = tuple(meta_outbound.parts(delivery.message, RULES))
    if not parts:
        raise ValueError("nothing to send: Instagram needs a text or a file")
    host, own = sender(account)
    return tuple(
        meta.post(
            account,
            f"{own}/messages",
            meta_outbound.fields(delivery.user_id, delivery.id, "RESPONSE", part),
            host,
        )
        for part in parts
    )


def entry_link(account: Account, code: str, _language: str) -> str:
    return meta_outbound.entry_link("ig.me/m", account.address.removeprefix("@"), code)
