"""How a page is checked and set up.

https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps and
https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api (checked 2026-11-22)
"""

from rundruf.core.account import Account
from rundruf.core.wording import PAYLOAD_BEGIN
from rundruf.messengers import meta
from rundruf.messengers.contract import Step, Told
from rundruf.messengers.shared import Record, identifier

FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_optouts",
    "messaging_referrals",
    "messaging_policy_enforcement",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "standby",
)
_NEEDS = "pages_messaging and pages_manage_metadata"


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Whose page it is; then the app gets its events; then the button that tells entry codes of new chats."""
    page = account.secret("page_id")

    def who(content: Record) -> Told:
        if identifier(content.get("id")) != page:
            return Told(
                False, "The access token is that of another page. Compare page_id with the dashboard."
            )
        return Told(True, f"The access token may use the page {meta.shown(content.get('name'))}.")

    subscribed = (
        "The app gets what people write to the page. In the app's dashboard, under Webhooks, the address "
        f"must be {webhook} with the same verify_token."
    )
    begun = "New chats begin with a button, so that entry links tell their codes."
    profile = {"get_started": {"payload": PAYLOAD_BEGIN}}
    return (
        meta.step("who_am_i", meta.get(account, page, {"fields": "id,name"}), who, _NEEDS),
        meta.step(
            "set_webhook",
            meta.post(account, f"{page}/subscribed_apps", {"subscribed_fields": FIELDS}),
            lambda content: meta.done(content, subscribed),
            _NEEDS,
        ),
        meta.step(
            "set_begin_button",
            meta.post(account, f"{page}/messenger_profile", profile),
            lambda content: (
                Told(True, begun) if content.get("result") == "success" else meta.done(content, begun)
            ),
            _NEEDS,
        ),
    )
