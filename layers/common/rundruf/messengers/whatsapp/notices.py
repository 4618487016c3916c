"""What WhatsApp says about templates and about the account itself.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
(checked 2026-11-23)
"""

from collections.abc import Callable, Mapping

from rundruf.messengers import meta, shared
from rundruf.messengers.contract import Notice
from rundruf.messengers.meta import Found
from rundruf.messengers.shared import Record, record, records

# Other restrictions (new numbers, new templates …) leave sending as it is.
_NO_SENDING = ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
_ACCOUNT: Mapping[str, str] = {
    "ACCOUNT_DELETED": "deleted",
    "ACCOUNT_OFFBOARDED": "offboarded",
    "ACCOUNT_RECONNECTED": "",
}
_BANS: Mapping[object, str] = {"DISABLE": "disabled", "REINSTATE": ""}


def _account(value: Record, at: int, found: Found) -> None:
    event = shared.kind(value.get("event"))
    trouble = _trouble(event, value)
    if trouble is None:
        found.parked[f"account.{event}"] += 1
    else:
        found.notices.append(Notice(at, trouble=trouble))


def _trouble(event: str, value: Record) -> str | None:
    """Why nothing may be sent, "" where it may again, None where this says nothing about it."""
    if event == "DISABLED_UPDATE":
        return _BANS.get(shared.kind(record(value.get("ban_info")).get("waba_ban_state")))
    if event == "ACCOUNT_RESTRICTION":
        told = records(value.get("restriction_info"))
        stopped = any(one.get("restriction_type") in _NO_SENDING for one in told)
        return "restricted" if stopped else None
    return _ACCOUNT.get(event)


KINDS: Mapping[str, Callable[[Record, int, Found], None]] = {
    "message_template_status_update": meta.template_status,
    "template_category_update": meta.template_category,
    "account_update": _account,
}
