"""What LINE tells us: a list of events in each call, signed with the channel secret.

https://developers.line.biz/en/reference/messaging-api/#webhooks (2026-08-07)
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Call,
    Event,
    EventKind,
    MediaIn,
    Notice,
    Place,
    Reading,
    Reply,
    Unreadable,
)
from rundruf.messengers.shared import Record, identifier, record, records, text

# The console of former years tried a webhook with two made-up events
# (https://github.com/line/line-bot-sdk-python/issues/80).
_PRETENDED = frozenset({"0" * 32, "f" * 32})
_PRETENDED_PERSON = "Udeadbeefdeadbeefdeadbeefdeadbeef"


def canonical(given: str) -> str:
    """The user id that LINE gives this channel; raises ValueError for anything else, such as a LINE ID."""
    stripped = given.strip()
    if not re.fullmatch(r"U[0-9a-f]{32}", stripped):
        raise ValueError("no LINE user id: U and 32 of 0-9 and a-f; the names people search for are none")
    return stripped


def handshake(_call: Call, _account: Account) -> Reply | None:
    """LINE tries a webhook with a signed call that has no events, which is a call like any other."""
    return None


def verify(call: Call, account: Account) -> None:
    """The signature over the raw body, with a channel secret that is still valid."""
    secrets = [one for one in account.secrets("channel_secret") if one]
    shared.prove(
        shared.header(call.headers, "x-line-signature"),
        [b64encode(shared.sha256_hmac(secret, call.body)).decode("ascii") for secret in secrets],
    )


def read(body: bytes, _account: Account) -> Reading:
    """Everything the events of a body tell; one that is not understood is counted and harms no other."""
    told = shared.opened(body).get("events")
    if not isinstance(told, list):
        raise Unreadable("no events")
    events: list[Event] = []
    notices: list[Notice] = []
    typed = [one for one in records(told) if "type" in one]
    parked = Counter({"event.other": len(told) - len(typed)})
    for one in typed:
        found = _read(one)
        if isinstance(found, Event):
            events.append(found)
        elif isinstance(found, Notice):
            notices.append(found)
        else:
            parked[found] += 1
    return Reading(tuple(events), parked=dict(+parked), notices=tuple(notices))


def _read(one: Record) -> Event | Notice | str:
    """What an event tells, or the name under which it is counted."""
    kind = shared.kind(one.get("type"))
    if kind in _SUSPENSIONS:
        return Notice(shared.milliseconds(one.get("timestamp")), trouble=_SUSPENSIONS[kind])
    source = record(one.get("source"))
    if source.get("type") in ("group", "room"):
        return "group"
    reader = _KINDS.get(kind)
    if reader is None:
        return f"event.{kind}"
    user_id = text(source.get("userId"))
    if text(one.get("replyToken")) in _PRETENDED or user_id == _PRETENDED_PERSON:
        return "pretended"
    if not re.fullmatch(r"U[0-9a-f]{32}", user_id):
        return "no_sender"
    return reader(_blank(one, kind, user_id), one)


def _blank(one: Record, kind: str, user_id: str) -> Event:
    """The event without what is special to its kind.

    In standby another system leads the chat, and we may not answer; what is said there counts all the same.
    """
    at = shared.milliseconds(one.get("timestamp"))
    return Event(
        id=identifier(one.get("webhookEventId")) or f"{kind}.{user_id}.{at}",
        kind=EventKind.MESSAGE,
        user_id=user_id,
        at=at,
        window=0 if one.get("mode") == "standby" else None,
    )


def _message(blank: Event, one: Record) -> Event | str:
    message = record(one.get("message"))
    kind = shared.kind(message.get("type"))
    if kind not in _CONTENTS:
        return f"message.{kind}"
    return replace(
        blank,
        text=text(message.get("text")),
        message_id=identifier(message.get("id")),
        media=_media(kind, message),
        place=_place(message) if kind == "location" else None,
    )


_FILES: Mapping[str, MediaKind] = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.FILE,
}
_CONTENTS = frozenset({"text", "location", "sticker", *_FILES})


def _media(kind: str, message: Record) -> tuple[MediaIn, ...]:
    """The file of a message: by the message's id, or by its address where it does not lie at LINE."""
    if kind not in _FILES:
        return ()
    provider = record(message.get("contentProvider"))
    if provider.get("type") == "external":
        address = text(provider.get("originalContentUrl"))
        found = address if re.fullmatch(r"https://[!-~]{1,2000}", address) else ""
    else:
        found = identifier(message.get("id"))
    return (MediaIn(_FILES[kind], found, name=text(message.get("fileName"))),) if found else ()


def _place(message: Record) -> Place | None:
    name, address = message.get("title"), message.get("address")
    return shared.place(message.get("latitude"), message.get("longitude"), name, address)


def _postback(blank: Event, one: Record) -> Event | str:
    """A tap on one of our buttons; LINE tells neither its label nor the message it was under."""
    payload = text(record(one.get("postback")).get("data"))
    return replace(blank, kind=EventKind.BUTTON, payload=payload) if payload else "postback.empty"


def _follow(blank: Event, one: Record) -> Event:
    again = record(one.get("follow")).get("isUnblocked") is True
    return replace(blank, kind=EventKind.UNBLOCKED if again else EventKind.OPENED)


def _unfollow(blank: Event, _one: Record) -> Event:
    """LINE knows no other way to leave an account than blocking it."""
    return replace(blank, kind=EventKind.BLOCKED)


def _unsend(blank: Event, one: Record) -> Event | str:
    message_id = identifier(record(one.get("unsend")).get("messageId"))
    return replace(blank, kind=EventKind.DELETED, message_id=message_id) if message_id else "unsend.empty"


_KINDS: Mapping[str, Callable[[Event, Record], Event | str]] = {
    "message": _message,
    # So far told of groups only; its id is its own, so that a STOP written by editing is heard.
    "messageEdited": _message,
    "postback": _postback,
    "follow": _follow,
    "unfollow": _unfollow,
    "unsend": _unsend,
}
_SUSPENSIONS: Mapping[str, str] = {"botSuspended": "suspended", "botResumed": ""}
