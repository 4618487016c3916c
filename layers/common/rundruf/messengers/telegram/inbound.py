"""What Telegram tells us: one update in each call, proven by a shared secret in a header.

https://core.telegram.org/bots/api#update
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.messengers import shared
from rundruf.messengers.contract import Call, Event, EventKind, MediaIn, Place, Reading, Reply, Unreadable
from rundruf.messengers.shared import Record, identifier, record, records, text

# Chat ids have at most 52 significant bits; those of groups are negative.
_ID = re.compile(r"-?[1-9][0-9]{0,15}")
_START = re.compile(r"/start(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_ENTRY_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def canonical(given: str) -> str:
    """The numeric chat id; raises ValueError for anything else, such as a user name."""
    stripped = given.strip()
    if not _ID.fullmatch(stripped) or abs(int(stripped)) >= 2**52:
        raise ValueError("no Telegram id: a whole number; user names cannot be written to")
    return stripped


def handshake(_call: Call, _account: Account) -> Reply | None:
    """Telegram makes no set-up call."""
    return None


def verify(call: Call, account: Account) -> None:
    """The header must be a secret that is still valid. The body is not signed."""
    given = shared.header(call.headers, "x-telegram-bot-api-secret-token")
    shared.prove(given, account.secrets("secret_token"))


def read(body: bytes, _account: Account) -> Reading:
    """The one update of a body; groups and channels are counted and left alone."""
    update = shared.opened(body)
    number = shared.whole(update.get("update_id"))
    if number is None:
        raise Unreadable("no update_id")
    for name, reader in _KINDS.items():
        if name in update:
            found = reader(str(number), record(update[name]))
            return Reading(parked={found: 1}) if isinstance(found, str) else Reading(events=(found,))
    other = next((name for name in update if name != "update_id"), "empty")
    return Reading(parked={f"update.{shared.kind(other)}": 1})


def _message(number: str, message: Record) -> Event | str:
    """The event, or the name under which it is counted."""
    chat = record(message.get("chat"))
    if chat.get("type") != "private":
        return _group(number, message, chat)
    sender = record(message.get("from"))
    if sender.get("is_bot") is True:
        return "bot"
    user_id = _person(chat)
    if not user_id:
        return "no_sender"
    if not _CONTENTS & message.keys():
        return "message.service"
    blank = Event(
        id=number,
        kind=EventKind.MESSAGE,
        user_id=user_id,
        at=shared.milliseconds(message.get("date")),
        text=text(message.get("text")) or text(message.get("caption")),
        name=_name(sender),
        language=_language(sender),
        message_id=identifier(message.get("message_id")),
        media=_media(message),
        place=_place(message),
    )
    return _started(blank if blank.text else replace(blank, text=_card(message)))


def _group(number: str, message: Record, chat: Record) -> Event | str:
    """A group's chat moves to a new id when it becomes a supergroup; nothing else in groups concerns us."""
    before, after = _person(chat), _person({"id": message.get("migrate_to_chat_id")})
    if not before or not after:
        return "group"
    at = shared.milliseconds(message.get("date"))
    return Event(number, EventKind.MOVED, before, at, payload=after)


def _started(event: Event) -> Event:
    """``/start`` opens the chat; what follows it is the code of our entry link, if it can be one."""
    start = _START.fullmatch(event.text)
    if not start:
        return event
    code = (start[1] or "").strip()
    return replace(event, kind=EventKind.OPENED, code=code if _ENTRY_CODE.fullmatch(code) else "")


def _edited(number: str, message: Record) -> Event | str:
    """An edited text counts like a new one, so that a STOP written by editing is heard.

    Somebody who shares where they are while they move edits the place all the time; that says nothing.
    """
    found = _message(number, message)
    if isinstance(found, str) or found.kind is EventKind.MOVED:
        return found if isinstance(found, str) else "group"
    if found.place:
        return "edited_message.place"
    edited = shared.milliseconds(message.get("edit_date")) or found.at
    return replace(found, kind=EventKind.MESSAGE, code="", at=edited)


def _tap(number: str, query: Record) -> Event | str:
    """A tap on one of our buttons. Telegram does not say when: the date in it is that of our own message."""
    message = record(query.get("message"))
    sender = record(query.get("from"))
    if record(message.get("chat")).get("type", "private") != "private":
        return "group"
    user_id = _person(sender)
    payload = text(query.get("data"))
    if not user_id:
        return "no_sender"
    if not payload:
        return "callback_query.other"
    return Event(
        id=number,
        kind=EventKind.BUTTON,
        user_id=user_id,
        at=0,
        text=_label(message, payload),
        payload=payload,
        name=_name(sender),
        language=_language(sender),
        message_id=identifier(message.get("message_id")),
        callback=identifier(query.get("id")),
    )


def _label(message: Record, payload: str) -> str:
    """What stood on the button that was tapped."""
    rows = record(message.get("reply_markup")).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in records(row):
            if button.get("callback_data") == payload:
                return text(button.get("text"))
    return ""


_MEMBERSHIPS: Mapping[object, EventKind] = {
    "kicked": EventKind.BLOCKED,
    "member": EventKind.UNBLOCKED,
}


def _membership(number: str, change: Record) -> Event | str:
    chat = record(change.get("chat"))
    if chat.get("type") != "private":
        return "group"
    status = shared.kind(record(change.get("new_chat_member")).get("status"))
    kind = _MEMBERSHIPS.get(status)
    user_id = _person(chat)
    if kind is None or not user_id:
        return f"my_chat_member.{status}"
    sender = record(change.get("from"))
    at = shared.milliseconds(change.get("date"))
    return Event(number, kind, user_id, at, name=_name(sender), language=_language(sender))


def _person(holder: Record) -> str:
    """The canonical id of a user or chat; "" where there is none."""
    try:
        return canonical(identifier(holder.get("id")))
    except ValueError:
        return ""


def _name(sender: Record) -> str:
    return " ".join(part for part in (text(sender.get("first_name")), text(sender.get("last_name"))) if part)


def _language(sender: Record) -> str:
    code = sender.get("language_code")
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code) else ""


_FILES: Mapping[str, MediaKind] = {
    "video": MediaKind.VIDEO,
    "animation": MediaKind.VIDEO,
    "video_note": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "voice": MediaKind.AUDIO,
    "document": MediaKind.FILE,
    "sticker": MediaKind.IMAGE,
}

# What a person may send. All else in a message is Telegram's own notice, such as a pinned message.
_CONTENTS = frozenset(
    {
        *("text", "rich_message", "photo", "live_photo", "paid_media", "story", "contact", "dice", "game"),
        *("poll", "venue", "location", "checklist", "web_app_data"),
        *_FILES,
    }
)


def _media(message: Record) -> tuple[MediaIn, ...]:
    """The files; a photo comes in several sizes, the largest last; an animation is told as a document too."""
    found = [
        MediaIn(MediaKind.IMAGE, identifier(one.get("file_id"))) for one in records(message.get("photo"))[-1:]
    ]
    for name, kind in _FILES.items():
        if name in message and not (name == "document" and "animation" in message):
            file = record(message[name])
            found.append(MediaIn(kind, identifier(file.get("file_id")), text(file.get("mime_type"))))
    return tuple(one for one in found if one.id)


def _place(message: Record) -> Place | None:
    """A spot on the map; a venue has name and address, and is told as a mere spot beside it."""
    venue, spot = record(message.get("venue")), record(message.get("location"))
    name, address = venue.get("title"), venue.get("address")
    return shared.place(spot.get("latitude"), spot.get("longitude"), name, address)


def _card(message: Record) -> str:
    """An address card in words."""
    contact = record(message.get("contact"))
    return ", ".join(part for part in (_name(contact), text(contact.get("phone_number"))) if part)


_KINDS: Mapping[str, Callable[[str, Record], Event | str]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _tap,
    "my_chat_member": _membership,
}
