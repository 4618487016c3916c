"""The calls that check a LINE channel and set its webhook.

https://developers.line.biz/en/reference/messaging-api/#webhook-settings (2026-08-07)
"""

import json

from rundruf.core.account import Account
from rundruf.messengers import shared
from rundruf.messengers.contract import Answer, Request, Step, Told
from rundruf.messengers.line.access import api, bearer

# Why LINE could not reach us, as its test of the webhook says it.
_REASONS = {
    "COULD_NOT_CONNECT": (
        "LINE could not connect to the webhook. Its address must be public, and its certificate one of a "
        "public authority."
    ),
    "REQUEST_TIMEOUT": (
        "LINE waited 2 seconds for the webhook in vain. The first call after a pause takes longer, so "
        "try once more."
    ),
    "ERROR_STATUS_CODE": (
        "LINE reached the webhook and got status {status}. 401 says that the channel secret is not that of "
        "this channel, 404 that the account is not known here."
    ),
    "UNCLASSIFIED": "LINE could not reach the webhook and does not say why. Try again in a minute.",
}


def steps(account: Account, webhook: str) -> tuple[Step, ...]:
    """Who is it, where are its events sent, does that work, and is it switched on?"""
    address = {"endpoint": webhook}
    endpoint = "/v2/bot/channel/webhook/endpoint"
    return (
        Step("who_am_i", _request(account, "GET", "/v2/bot/info"), _who),
        Step("set_webhook", _request(account, "PUT", endpoint, address), _set),
        Step("test_webhook", _request(account, "POST", "/v2/bot/channel/webhook/test", address), _tested),
        Step("webhook_in_use", _request(account, "GET", endpoint), _in_use),
    )


def _request(account: Account, method: str, path: str, fields: dict[str, str] | None = None) -> Request:
    if fields is None:
        return Request(method, api(account, path), bearer(account), b"")
    headers = {"content-type": "application/json", **bearer(account)}
    return Request(method, api(account, path), headers, json.dumps(fields).encode("ascii"))


def _who(answer: Answer) -> Told:
    content = shared.content(answer)
    name, line_id = shared.line(content.get("displayName")), shared.line(content.get("basicId"))
    if answer.status != 200 or not line_id:
        return _refused(answer)
    return Told(True, f"The channel is {name} with the LINE ID {line_id}.")


def _set(answer: Answer) -> Told:
    return Told(True, "LINE sends its events to this webhook.") if answer.status == 200 else _refused(answer)


def _tested(answer: Answer) -> Told:
    content = shared.content(answer)
    if answer.status != 200 or not isinstance(content.get("success"), bool):
        return _refused(answer)
    if content["success"]:
        return Told(True, "LINE reached the webhook and got its answer.")
    sentence = _REASONS.get(shared.text(content.get("reason")), _REASONS["UNCLASSIFIED"])
    return Told(False, sentence.format(status=shared.whole(content.get("statusCode")) or "none"))


def _in_use(answer: Answer) -> Told:
    content = shared.content(answer)
    if answer.status != 200 or not isinstance(content.get("active"), bool):
        return _refused(answer)
    if content["active"]:
        return Told(True, "The webhook is switched on.")
    return Told(
        False,
        "The webhook is switched off. Switch on 'Use webhook' and 'Webhook redelivery' in the LINE "
        "Developers Console under Messaging API.",
    )


_STATUSES = {
    401: "LINE refuses the access token (status 401). Copy it, or channel id and secret, again.",
    403: "LINE does not give this account the right to do so (status 403). Look at its plan in the console.",
    404: "LINE knows no webhook of this channel (status 404).",
    429: "LINE was asked too often (status 429). Try again in a minute.",
}


def _refused(answer: Answer) -> Told:
    return Told(
        False, _STATUSES.get(answer.status, f"LINE answers with status {answer.status} and nothing of use.")
    )
