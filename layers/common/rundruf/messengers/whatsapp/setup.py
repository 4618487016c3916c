"""How a WhatsApp account is checked and set up, and how the files are fetched that people send.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override and
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
(checked 2026-11-22)
"""

from collections.abc import Iterator

from rundruf.core.account import Account
from rundruf.messengers import meta, shared
from rundruf.messengers.contract import Answer, Download, MediaIn, Request, Step, Told
from rundruf.messengers.shared import Record, identifier


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Whose number it is; then, where the business account is known, its messages come to our address."""
    return tuple(_steps(account, webhook))


def _steps(account: Account, webhook: str) -> Iterator[Step]:
    number, business = account.secret("phone_number_id"), next(iter(account.secrets("waba_id")), "")

    def who(content: Record) -> Told:
        shown = meta.shown(content.get("display_phone_number"))
        if identifier(content.get("id")) != number or not shown:
            return Told(
                False, "The answer is about another number. Compare phone_number_id with the dashboard."
            )
        rest = "" if business else " Give waba_id too, so that the webhook can be set from here."
        return Told(True, f"The access token may use the number {shown}.{rest}")

    fields = {"fields": "id,display_phone_number,verified_name,quality_rating"}
    needs = "whatsapp_business_messaging and whatsapp_business_management"
    yield meta.step("who_am_i", meta.get(account, number, fields), who, needs)
    if business:
        yield meta.step(
            "set_webhook",
            meta.post(
                account,
                f"{business}/subscribed_apps",
                {"override_callback_uri": webhook, "verify_token": account.secret("verify_token")},
            ),
            lambda content: meta.done(
                content, "The app gets what people write to the numbers of this business account."
            ),
            needs,
        )


def _request(medium: MediaIn, account: Account) -> Request:
    """Only asks for the address, which is good for five minutes; the number must own the file."""
    return meta.get(account, medium.id, {"phone_number_id": account.secret("phone_number_id")})


def _located(answer: Answer, account: Account) -> Request:
    address = shared.content(answer).get("url") if 200 <= answer.status < 300 else None
    if not isinstance(address, str) or not meta.is_file_address(address, account):
        raise ValueError("WhatsApp gave no address of the file")
    return Request("GET", address, meta.bearer(account), b"")


DOWNLOAD = Download(_request, _located)
