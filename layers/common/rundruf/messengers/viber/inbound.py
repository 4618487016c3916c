"""What Viber tells us: one event in each call, signed with the bot's token.

https://developers.viber.com/docs/api/rest-bot-api/#callbacks
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Call,
    Event,
    EventKind,
    MediaIn,
    Reading,
    Receipt,
    ReceiptStatus,
    Reply,
    Unreadable,
)
from rundruf.messengers.shared import Record, identifier, record, text

# What an entry link's context may be; the same goes into our greeting's tracking data and comes back.
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
ENTRY = "entry:"

_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")


def canonical(given: str) -> str:
    """The id that Viber gives a person for this bot; raises ValueError for anything else."""
    stripped = given.strip()
    if not re.fullmatch(r"[A-Za-z0-9+/_-]{1,100}={0,2}", stripped):
        raise ValueError("no Viber id: only Viber tells them, and phone numbers are none")
    return stripped


def handshake(_call: Call, _account: Account) -> Reply | None:
    """Viber tries a webhook with a signed event, which is a call like any other."""
    return None


def verify(call: Call, account: Account) -> None:
    """The signature over the raw body: in the header, or where a proxy lost that, in the address."""
    given = shared.header(call.headers, "x-viber-content-signature") or call.query.get("sig", "")
    tokens = [one for one in account.secrets("auth_token") if one]
    shared.prove(given, [shared.sha256_hmac(one, call.body).hex() for one in tokens])


def read(body: bytes, _account: Account) -> Reading:
    """The one event of a body."""
    told = shared.opened(body)
    if not isinstance(told.get("event"), str):
        raise Unreadable("no event")
    kind = shared.kind(told["event"])
    if kind == "webhook":
        return Reading()
    reader = _KINDS.get(kind)
    found = reader(kind, told) if reader else f"event.{kind}"
    if isinstance(found, str):
        return Reading(parked={found: 1})
    return Reading(events=(found,)) if isinstance(found, Event) else Reading(receipts=(found,))


def _blank(kind: str, told: Record, person: Record) -> Event | str:
    """The event without what is special to its kind, or the name under which it is counted."""
    user_id = _person(person.get("id"))
    if not user_id:
        return "no_sender"
    token = identifier(told.get("message_token")) or identifier(told.get("timestamp"))
    return Event(
        id=f"{kind}.{token}.{user_id}",
        kind=EventKind.MESSAGE,
        user_id=user_id,
        at=shared.milliseconds(told.get("timestamp")),
        name=text(person.get("name")),
        language=_language(person),
        message_id=identifier(told.get("message_token")),
    )


def _person(given: object) -> str:
    """The canonical id; "" where there is none."""
    try:
        return canonical(identifier(given))
    except ValueError:
        return ""


def _language(person: Record) -> str:
    code = person.get("language")
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code) else ""


def _message(kind: str, told: Record) -> Event | str:
    """Viber tells of no subscription where somebody just writes: the message is one."""
    message = record(told.get("message"))
    content = shared.kind(message.get("type"))
    blank = _blank(kind, told, record(told.get("sender")))
    if isinstance(blank, str):
        return blank
    if content not in _CONTENTS:
        return f"message.{content}"
    found = replace(_CONTENTS[content](blank, message), code=_entry_code(message))
    if not (found.text or found.media or found.place or content == "sticker"):
        return "message.empty"
    # Our keyboards ask for silence, which nothing that a person types does.
    if told.get("silent") is True and found.text:
        return replace(found, kind=EventKind.BUTTON, payload=found.text)
    return found


def _entry_code(message: Record) -> str:
    """The code that our greeting carried, which comes back with what the person says to it."""
    code = text(message.get("tracking_data"))
    return code.removeprefix(ENTRY) if code.startswith(ENTRY) and CODE.fullmatch(code[len(ENTRY) :]) else ""


def _text(blank: Event, message: Record) -> Event:
    return replace(blank, text=text(message.get("text")))


def _address(blank: Event, message: Record) -> Event:
    """An address that the person shared."""
    return replace(blank, text=text(message.get("media")) or text(message.get("text")))


def _card(blank: Event, message: Record) -> Event:
    contact = record(message.get("contact"))
    told = (text(contact.get("name")), text(contact.get("phone_number")))
    return replace(blank, text=", ".join(one for one in told if one))


def _spot(blank: Event, message: Record) -> Event:
    location = record(message.get("location"))
    return replace(blank, place=shared.place(location.get("lat"), location.get("lon")))


def _file(kind: MediaKind) -> Callable[[Event, Record], Event]:
    """A file, which lies at an address for some time; Viber has no ids for files."""

    def read_file(blank: Event, message: Record) -> Event:
        address = text(message.get("media"))
        name = text(message.get("file_name"))
        media = (MediaIn(kind, address, name=name),) if _ADDRESS.fullmatch(address) else ()
        return replace(blank, text=text(message.get("text")), media=media)

    return read_file


_CONTENTS: Mapping[str, Callable[[Event, Record], Event]] = {
    "text": _text,
    "picture": _file(MediaKind.IMAGE),
    "video": _file(MediaKind.VIDEO),
    "file": _file(MediaKind.FILE),
    "sticker": lambda blank, _message: blank,
    "contact": _card,
    "url": _address,
    "location": _spot,
}


def _opened(kind: str, told: Record) -> Event | str:
    """Somebody opened the chat. Who has not subscribed can be told something only in the answer to this."""
    blank = _blank(kind, told, record(told.get("user")))
    if isinstance(blank, str):
        return blank
    context = text(told.get("context"))
    return replace(
        blank,
        kind=EventKind.OPENED,
        code=context if CODE.fullmatch(context) else "",
        message_id="",
        window=None if told.get("subscribed") is True else 0,
    )


def _subscribed(kind: str, told: Record) -> Event | str:
    blank = _blank(kind, told, record(told.get("user")))
    return blank if isinstance(blank, str) else replace(blank, kind=EventKind.UNBLOCKED, message_id="")


def _unsubscribed(kind: str, told: Record) -> Event | str:
    blank = _blank(kind, told, {"id": told.get("user_id")})
    return blank if isinstance(blank, str) else replace(blank, kind=EventKind.BLOCKED, message_id="")


_STATUSES: Mapping[str, ReceiptStatus] = {
    "delivered": ReceiptStatus.DELIVERED,
    "seen": ReceiptStatus.READ,
    "failed": ReceiptStatus.FAILED,
}


def _receipt(kind: str, told: Record) -> Receipt | str:
    """Named by Viber's token. Those about what the person wrote look the same and name no message of ours."""
    token, user_id = identifier(told.get("message_token")), _person(told.get("user_id"))
    if not token or not user_id:
        return f"{kind}.unnamed"
    return Receipt(
        delivery="",
        status=_STATUSES[kind],
        at=shared.milliseconds(told.get("timestamp")),
        user_id=user_id,
        message_id=token,
        outcome=Outcome(OutcomeKind.BAD, "failed") if kind == "failed" else None,
    )


_KINDS: Mapping[str, Callable[[str, Record], Event | Receipt | str]] = {
    "message": _message,
    "conversation_started": _opened,
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
    "delivered": _receipt,
    "seen": _receipt,
    "failed": _receipt,
}
