"""How an Instagram account is checked and set up.

https://developers.facebook.com/documentation/instagram-platform/webhooks (checked 2026-11-22)
"""

from rundruf.core.account import Account
from rundruf.messengers import meta
from rundruf.messengers.contract import Request, Step, Told
from rundruf.messengers.instagram.outbound import HOST, sender
from rundruf.messengers.shared import Record, identifier

# What accounts without a page subscribe to; pages name two of them otherwise.
FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_referral",
    "messaging_seen",
    "message_edit",
    "message_reactions",
    "standby",
)
# A page must subscribe to some field of its own; Instagram's are chosen in the app's dashboard.
_PAGE_FIELDS = ("messages",)


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Whose account it is; then the app gets its events."""
    host, own = sender(account)
    linked = host != HOST
    ig = account.secret("ig_id")
    needs = (
        "instagram_manage_messages and pages_manage_metadata"
        if linked
        else "instagram_business_basic and instagram_business_manage_messages"
    )

    def who(content: Record) -> Told:
        # Without a page the id in webhooks is called user_id; id is another one, known to this app alone.
        if ig not in (identifier(content.get("user_id")), identifier(content.get("id")) if linked else ""):
            return Told(False, "The access token is that of another account. Give its user_id as ig_id.")
        return Told(True, f"The access token may use the account {meta.shown(content.get('username'))}.")

    subscribed = (
        "The app gets what people write to the account. In the app's dashboard, under Webhooks for "
        f"Instagram, the address must be {webhook} with the same verify_token."
    )
    fields = {"subscribed_fields": _PAGE_FIELDS if linked else FIELDS}
    return (
        meta.step("who_am_i", _who(account, ig, linked=linked), who, needs),
        meta.step(
            "set_webhook",
            meta.post(account, f"{own}/subscribed_apps", fields, host),
            lambda content: meta.done(content, subscribed),
            needs,
        ),
    )


def _who(account: Account, ig: str, *, linked: bool) -> Request:
    if linked:
        return meta.get(account, ig, {"fields": "id,username"})
    return meta.get(account, "me", {"fields": "user_id,username"}, HOST)
