"""The calls that check a Viber bot and set its webhook.

https://developers.viber.com/docs/api/rest-bot-api/#setting-a-webhook
"""

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Step, Told
from rundruf.messengers.viber import errors
from rundruf.messengers.viber.access import post

_EVENTS = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]
_STATUSES = {
    1: (
        "Viber called the webhook and got no good answer (status 1). It must be public, with the certificate "
        "of a public authority, and the auth token here must be that of this bot."
    ),
    2: "Viber refuses the auth token (status 2). Copy it from the bot's settings again.",
    3: "Viber does not take the webhook's address (status 3). It must start with https://.",
    7: "Viber has blocked the bot (status 7). Ask Viber's support.",
    8: "Viber knows no bot of this auth token (status 8). Copy it from the bot's settings again.",
    9: "Viber has suspended the bot (status 9). Ask Viber's support.",
    12: "Viber was asked too often (status 12). Try again in a minute.",
    15: "Viber has not authorised the bot (status 15). Ask Viber's support.",
}


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Who is it, and where are its events sent? Names and pictures of people stay at Viber."""
    hook = {"url": webhook, "event_types": _EVENTS, "send_name": False, "send_photo": False}
    return (
        Step("who_am_i", post(account, "get_account_info", {}), _who),
        Step("set_webhook", post(account, "set_webhook", hook), _set),
    )


def _who(answer: Answer) -> Told:
    content = shared.content(answer)
    if errors.status(answer) != 0:
        return _refused(answer)
    name, uri = shared.line(content.get("name")), shared.line(content.get("uri"))
    people = shared.whole(content.get("subscribers_count")) or 0
    return Told(True, f"The bot is {name} with the URI {uri} and {people} subscribers.")


def _set(answer: Answer) -> Told:
    if errors.status(answer) != 0:
        return _refused(answer)
    return Told(True, "Viber tried the webhook and sends its events there.")


def _refused(answer: Answer) -> Told:
    code = errors.status(answer)
    if code is None:
        return Told(False, f"Viber answers with status {answer.status} and nothing of use.")
    return Told(False, _STATUSES.get(code, f"Viber refuses with status {code}."))
