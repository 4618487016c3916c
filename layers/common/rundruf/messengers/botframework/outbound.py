"""What we send to Teams and Skype: activities into the conversation that the person opened.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import splitext
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import limits, shared
from rundruf.messengers.botframework import trust
from rundruf.messengers.botframework.inbound import PAYLOAD
from rundruf.messengers.botframework.rules import CARD_BUTTONS, MEDIA_LIMIT, Sheet
from rundruf.messengers.contract import Answer, Delivery, Event, Request, Unreadable
from rundruf.messengers.limits import Problem
from rundruf.messengers.shared import Record, identifier, record, text

HOST = "https://smba.trafficmanager.net"
_CARD = "application/vnd.microsoft.card.hero"

Part = Mapping[str, object]


def problems(sheet: Sheet, message: Message) -> tuple[Problem, ...]:
    """What the channel cannot carry."""
    return (
        *limits.broken(message, sheet.title, sheet.rules),
        *limits.too_many("media", len(message.media), MEDIA_LIMIT, f"files; {sheet.title} gets"),
    )


def build(sheet: Sheet, delivery: Delivery, account: Account) -> tuple[Request, ...]:
    """One activity, or several where the text is long; the last has files and buttons.

    Raises ValueError for an empty message, and where it is not known how to reach the person: only an
    activity of theirs tells that.
    """
    parts = tuple(_parts(sheet, delivery.message))
    if not parts:
        raise ValueError(f"nothing to send: {sheet.title} needs a text or a file")
    where = _reference(sheet, delivery, account)
    envelope = {
        "type": "message",
        "from": {"id": where.bot},
        "recipient": {"id": where.user},
        "conversation": {"id": where.conversation, **({"tenantId": where.tenant} if where.tenant else {})},
    }
    url = f"{where.service}/v3/conversations/{quote(where.conversation, safe='')}/activities"
    bearer = {"authorization": f"Bearer {account.secret('access_token')}"}
    return tuple(shared.post(url, {**envelope, **part}, bearer) for part in parts)


@dataclass(frozen=True, slots=True)
class _Reference:
    service: str
    conversation: str
    user: str
    bot: str
    tenant: str


def _reference(sheet: Sheet, delivery: Delivery, account: Account) -> _Reference:
    """Where the person is, as their activities told; the host is checked again before our token goes."""
    try:
        told = shared.opened(delivery.conversation.encode("utf-8", "surrogatepass"))
    except Unreadable:
        told = {}
    if sheet.direct and not delivery.conversation:
        told = {"service": sheet.service, "conversation": delivery.user_id}
    service = trust.service(text(told.get("service")), account)
    conversation = identifier(told.get("conversation"))
    if not service or not conversation:
        raise ValueError(f"{sheet.title} has told no conversation with this person; they have to write first")
    return _Reference(
        service,
        conversation,
        identifier(told.get("user")) or delivery.user_id,
        identifier(told.get("bot")) or f"28:{account.secret('app_id')}",
        identifier(told.get("tenant")),
    )


def _parts(sheet: Sheet, message: Message) -> Iterator[Part]:
    pieces = limits.parts(message.text, sheet.rules.text_limit, sheet.rules.counted)
    attachments = [*_files(sheet, message.media), *_cards(sheet, message.buttons)]
    for piece in pieces[:-1]:
        yield {"text": piece, "textFormat": "plain"}
    if pieces or attachments:
        last = {"text": pieces[-1], "textFormat": "plain"} if pieces else {}
        yield {**last, **({"attachments": attachments} if attachments else {})}


def _files(sheet: Sheet, media: tuple[Media, ...]) -> Iterator[Part]:
    for one in media:
        yield _attached(one) if one.kind in sheet.attached else _linked(one)


_TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
_USUAL = {MediaKind.IMAGE: "image/png", MediaKind.AUDIO: "audio/mpeg", MediaKind.VIDEO: "video/mp4"}


def _attached(medium: Media) -> Part:
    """A file by its address. The type has to be told: the usual one where the address does not show it."""
    name = limits.file_name(medium.url)
    told = _TYPES.get(splitext(name)[1].lower(), "")
    sort = told if told.startswith(f"{medium.kind}/") else _USUAL[medium.kind]
    label = medium.alt or name
    return {"contentType": sort, "contentUrl": medium.url, **({"name": label} if label else {})}


def _linked(medium: Media) -> Part:
    """A card that opens the file, for what the channel has no attachments for."""
    label = medium.alt or limits.file_name(medium.url) or medium.url
    button = {"type": "openUrl", "title": label, "value": medium.url}
    return {"contentType": _CARD, "content": {"buttons": [button]}}


def _cards(sheet: Sheet, buttons: tuple[Button, ...]) -> Iterator[Part]:
    """Cards, as one holds three buttons only; Teams has no suggested actions."""
    for start in range(0, len(buttons), CARD_BUTTONS):
        row = [_button(sheet, one) for one in buttons[start : start + CARD_BUTTONS]]
        yield {"contentType": _CARD, "content": {"buttons": row}}


def _button(sheet: Sheet, button: Button) -> Part:
    if button.url:
        return {"type": "openUrl", "title": button.label, "value": button.url}
    tap: Part = {"type": sheet.tap, "title": button.label, "value": {PAYLOAD: button.reply}}
    if sheet.tap == "messageBack":  # the label is shown as said by the person, and comes back as text
        return {**tap, "text": button.label, "displayText": button.label}
    return tap


# Codes and sub-codes without case and blanks, https://learn.microsoft.com/microsoftteams/platform/bots/
# build-conversational-capability (status codes), as of 2026-11-22.
_CODES: Mapping[str, OutcomeKind] = {
    "conversationblockedbyuser": OutcomeKind.WITHDRAW,
    "messagewritesblocked": OutcomeKind.WITHDRAW,
    "botnotinconversationroster": OutcomeKind.GONE,
    "botdisabledbyadmin": OutcomeKind.GONE,
    "forbiddenoperationexception": OutcomeKind.GONE,
    "conversationnotfound": OutcomeKind.GONE,
    "activitynotfoundinconversation": OutcomeKind.GONE,
    "notenoughpermissions": OutcomeKind.PAUSE,
    "botnotregistered": OutcomeKind.TOKEN,
    # Wrong host for a government tenant; the person's next message tells the right one.
    "invalidbotapihost": OutcomeKind.RETRY,
    "preconditionfailed": OutcomeKind.RETRY,
    "throttled": OutcomeKind.RETRY,
    "badargument": OutcomeKind.BAD,
    "badsyntax": OutcomeKind.BAD,
    "missingproperty": OutcomeKind.BAD,
    "messagesizetoobig": OutcomeKind.BAD,
    "serviceerror": OutcomeKind.UNKNOWN,  # the vendor's table says not to repeat
}
_STATUSES: Mapping[int, OutcomeKind] = {
    401: OutcomeKind.TOKEN,
    403: OutcomeKind.GONE,  # bodies differ and may be empty; without a code nobody has withdrawn
    405: OutcomeKind.BAD,
    404: OutcomeKind.BAD,
    412: OutcomeKind.RETRY,
    429: OutcomeKind.RETRY,
}
_WIDE = (OutcomeKind.PAUSE, OutcomeKind.TOKEN)


def interpret(answer: Answer) -> Outcome:
    """Decides on the code in the body, which is in one of several places, then on the status."""
    if answer.failure:
        return shared.unanswered(answer.failure)
    if answer.status in (200, 201, 202):
        return _accepted(answer)
    if answer.status in (502, 504):  # from the servers in front: the one behind may have sent the message
        return Outcome(OutcomeKind.UNKNOWN, f"http_{answer.status}")
    content = shared.content(answer)
    for word in _words(content):
        if word in _CODES:
            return _sorted(_CODES[word], word, answer)
    if answer.status == 503 and record(content.get("error")):
        return _sorted(OutcomeKind.RETRY, "http_503", answer)
    if answer.status in _STATUSES:
        return _sorted(_STATUSES[answer.status], f"http_{answer.status}", answer)
    return shared.by_status(answer)


def _accepted(answer: Answer) -> Outcome:
    """The answer holds the id of the activity, or nothing at all."""
    number = identifier(shared.content(answer).get("id"))
    if number or answer.body.strip() in (b"", b"{}"):
        return Outcome(OutcomeKind.OK, message_id=number)
    return Outcome(OutcomeKind.UNKNOWN, f"http_{answer.status}")


def _words(content: Record) -> Iterator[str]:
    """The codes of an error, the most exact first: some are in JSON within the message, as text."""
    error = record(content.get("error"))
    inner = record(record(error.get("innerHttpError")).get("body"))
    for holder in (content, error, inner, record(inner.get("error"))):
        message = holder.get("message")
        yield _word(_within(message).get("subCode"))
        yield _word(_within(message).get("code"))
        yield _word(holder.get("subCode"))
    for holder in (record(inner.get("error")), inner, error, content):
        yield _word(holder.get("code"))


def _within(message: object) -> Record:
    if not isinstance(message, str) or not message.lstrip().startswith("{"):
        return {}
    try:
        return shared.opened(message.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return {}


def _word(value: object) -> str:
    return re.sub(r"\s", "", value).lower() if isinstance(value, str) and len(value) <= 60 else ""


def _sorted(kind: OutcomeKind, code: str, answer: Answer) -> Outcome:
    """A wait that we are told concerns the whole app: which of its limits was reached is not said."""
    throttled = answer.status == 429
    wait = shared.retry_after(answer) if kind is OutcomeKind.RETRY else None
    return Outcome(kind, code, wait, account_wide=kind in _WIDE or (throttled and kind is OutcomeKind.RETRY))


def entry_link(sheet: Sheet, account: Account, _code: str, _language: str) -> str:
    """Opens the chat with the bot. No link can carry a code, so people type it.

    Raises ValueError where the account's address is not the bot's id.
    """
    app = account.address.removeprefix("28:")
    if not re.fullmatch(r"[0-9a-fA-F-]{36}", app):
        raise ValueError("the account's address is the app id of the bot")
    return sheet.link.format(app)


def acknowledge(_event: Event, _account: Account) -> Request | None:
    """Taps want no call; an invoke has its answer in the webhook's body."""
    return None
