"""What WhatsApp tells us: set-up call, proof, messages, statuses, preferences.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Call,
    Event,
    EventKind,
    MediaIn,
    NotGenuine,
    Reading,
    Receipt,
    ReceiptStatus,
    Reply,
)
from rundruf.messengers.shared import Record, identifier, record, records, text
from rundruf.messengers.whatsapp import errors, identity

_CHANGED = re.compile(r"\bchanged from (\S+) to \S+")


def handshake(call: Call, account: Account) -> Reply | None:
    """Echoes the challenge of a set-up call that knows the verify token; only digits are ever echoed."""
    if call.method != "GET":
        return None
    challenge = call.query.get("hub.challenge", "")
    try:
        shared.prove(call.query.get("hub.verify_token", ""), account.secrets("verify_token"))
    except NotGenuine:
        return Reply(403)
    if call.query.get("hub.mode") != "subscribe" or not re.fullmatch(r"[0-9]{1,64}", challenge):
        return Reply(403)
    return Reply(200, challenge)


def verify(call: Call, account: Account) -> None:
    """The signature is over the bytes as they came, with any app secret that is still valid."""
    secrets = [one for one in account.secrets("app_secret") if one]
    shared.prove(
        shared.header(call.headers, "x-hub-signature-256"),
        [f"sha256={shared.sha256_hmac(secret, call.body).hex()}" for secret in secrets],
    )


def read(body: bytes, account: Account) -> Reading:
    """All events and receipts of one body, which may hold changes of several accounts and numbers."""
    envelope = shared.opened(body)
    found = _Found(frozenset(account.secrets("phone_number_id")))
    if envelope.get("object") != "whatsapp_business_account":
        found.parked["object"] += 1
        return found.reading()
    for entry in records(envelope.get("entry")):
        for change in records(entry.get("changes")):
            _change(change, found)
    return found.reading()


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    numbers: frozenset[str]
    events: list[Event] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    parked: Counter[str] = field(default_factory=Counter)

    def reading(self) -> Reading:
        return Reading(tuple(self.events), tuple(self.receipts), dict(self.parked))


def _change(change: Record, found: _Found) -> None:
    value = record(change.get("value"))
    name = change.get("field")
    if name not in ("messages", "standby", "user_preferences"):
        found.parked[f"field.{shared.kind(name)}"] += 1
        return
    # In standby another app answers this chat; what the person says to us counts all the same.
    holder = record(value.get("standby")) if name == "standby" else value
    messages, statuses = records(holder.get("messages")), records(holder.get("statuses"))
    preferences = records(value.get("user_preferences"))
    told = len(messages) + len(statuses) + len(preferences)
    if identifier(record(value.get("metadata")).get("phone_number_id")) not in found.numbers:
        found.parked["foreign"] += told or 1
        return
    contacts = records(holder.get("contacts")) or records(value.get("contacts"))
    for message in messages:
        _message(message, _contact(message, contacts, alone=len(messages) == 1), found)
    for status in statuses:
        _status(status, found)
    for number, preference in enumerate(preferences):
        _preference(preference, contacts[number] if number < len(contacts) else {}, found)
    if not told:
        found.parked["errors" if value.get("errors") else "empty"] += 1


def _contact(message: Record, contacts: list[Record], *, alone: bool) -> Record:
    """The contact a message belongs to: the one that shares an id, or the only one there is."""
    sender = set(_ids(message, "from", "from_user_id"))
    for contact in contacts:
        if sender & set(_ids(contact, "wa_id", "user_id")):
            return contact
    return contacts[0] if sender and alone and len(contacts) == 1 else {}


def _ids(holder: Record, *names: str) -> tuple[str, ...]:
    return identity.known(identifier(holder.get(name)) for name in names)


def _message(message: Record, contact: Record, found: _Found) -> None:
    word = shared.kind(message.get("type"))
    people = identity.known(
        (
            *_ids(message, "from", "from_user_id", "from_parent_user_id"),
            *_ids(contact, "wa_id", "user_id", "parent_user_id"),
        )
    )
    own = identifier(message.get("id"))
    at = shared.milliseconds(message.get("timestamp"))
    if message.get("group_id"):
        found.parked["group"] += 1
    elif word == "system":
        _system(message, Event(own, EventKind.MOVED, "", at, message_id=own), found)
    elif not people or not own:
        found.parked["no_sender" if own else "no_id"] += 1
    else:
        name = text(record(contact.get("profile")).get("name"))
        blank = Event(own, EventKind.MESSAGE, people[0], at, name=name, message_id=own, aliases=people[1:])
        event = _KINDS.get(word, _not_understood)(blank, message)
        if event is None:
            found.parked[f"message.{word}"] += 1
        else:
            found.events.append(event)


def _not_understood(_blank: Event, _message: Record) -> Event | None:
    return None


def _text(blank: Event, message: Record) -> Event | None:
    return replace(blank, text=text(record(message.get("text")).get("body")))


def _file(kind: MediaKind) -> Callable[[Event, Record], Event | None]:
    def read_file(blank: Event, message: Record) -> Event | None:
        content = record(message.get(str(message.get("type"))))
        file = identifier(content.get("id"))
        media = (MediaIn(kind, file, text(content.get("mime_type"))),) if file else ()
        return replace(blank, text=text(content.get("caption")), media=media)

    return read_file


def _bare(blank: Event, _message: Record) -> Event | None:
    """A place or an address card: the person wrote, without a word."""
    return blank


def _order(blank: Event, message: Record) -> Event | None:
    return replace(blank, text=text(record(message.get("order")).get("text")))


def _reaction(blank: Event, message: Record) -> Event | None:
    """An emoji on a message; one that was taken back says nothing."""
    reaction = record(message.get("reaction"))
    emoji = text(reaction.get("emoji"))
    return replace(blank, text=emoji, message_id=identifier(reaction.get("message_id"))) if emoji else None


def _template_button(blank: Event, message: Record) -> Event | None:
    button = record(message.get("button"))
    label = text(button.get("text"))
    return _tapped(blank, message, label, text(button.get("payload")) or label)


def _interactive(blank: Event, message: Record) -> Event | None:
    interactive = record(message.get("interactive"))
    word = interactive.get("type")
    if word in ("button_reply", "list_reply"):
        reply = record(interactive.get(str(word)))
        return _tapped(blank, message, text(reply.get("title")), text(reply.get("id")))
    if word == "nfm_reply":
        reply = record(interactive.get("nfm_reply"))
        return _tapped(blank, message, text(reply.get("body")), text(reply.get("response_json")))
    return None


def _tapped(blank: Event, message: Record, label: str, payload: str) -> Event | None:
    if not label and not payload:
        return None
    asked = identifier(record(message.get("context")).get("id"))
    return replace(blank, kind=EventKind.BUTTON, text=label, payload=payload, message_id=asked)


def _edit(blank: Event, message: Record) -> Event | None:
    """The new wording of an earlier message, with an id of its own: it is no duplicate of the earlier one."""
    edit = record(message.get("edit"))
    inner = record(edit.get("message"))
    changed = _CONTENTS.get(shared.kind(inner.get("type")), _not_understood)(blank, inner)
    original = identifier(edit.get("original_message_id"))
    if changed is None:
        return None
    own = f"{blank.id}:edit:{blank.at}" if blank.id == original else blank.id
    return replace(changed, id=own, message_id=original)


_CONTENTS: Mapping[str, Callable[[Event, Record], Event | None]] = {
    "text": _text,
    "image": _file(MediaKind.IMAGE),
    "sticker": _file(MediaKind.IMAGE),
    "video": _file(MediaKind.VIDEO),
    "audio": _file(MediaKind.AUDIO),
    "voice": _file(MediaKind.AUDIO),
    "document": _file(MediaKind.FILE),
}

_KINDS: Mapping[str, Callable[[Event, Record], Event | None]] = {
    **_CONTENTS,
    "location": _bare,
    "contacts": _bare,
    "order": _order,
    "reaction": _reaction,
    "button": _template_button,
    "interactive": _interactive,
    "edit": _edit,
}


def _system(message: Record, blank: Event, found: _Found) -> None:
    """A changed number or id. Names drifted over the years, and all of them are still sent."""
    system = record(message.get("system"))
    word = shared.kind(system.get("type"))
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    if word in ("user_changed_number", "customer_changed_number"):
        before = _ids(message, "from") or _ids(system, "customer")
        after = _ids(system, "wa_id", "new_wa_id")
    elif word == "user_changed_user_id":
        told = _CHANGED.search(text(system.get("body")))
        before = identity.known(
            (
                *_ids(system, "previous_user_id"),
                *(told.groups() if told else ()),
                *_ids(message, "from_user_id"),
            )
        )
        after = _ids(system, "user_id")
    old = next((one for one in before if one not in after[:1]), "")
    if blank.id and old and after:
        found.events.append(replace(blank, user_id=old, payload=after[0]))
    else:
        found.parked[f"system.{word}"] += 1


_STATUSES: Mapping[str, ReceiptStatus] = {
    "sent": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.READ,
    "played": ReceiptStatus.READ,
    "failed": ReceiptStatus.FAILED,
}


def _status(told: Record, found: _Found) -> None:
    word = shared.kind(told.get("status"))
    status = _STATUSES.get(word)
    if told.get("recipient_type") == "group":
        found.parked["group"] += 1
    elif status is None:
        found.parked[f"status.{word}"] += 1
    else:
        people = _ids(told, "recipient_id", "recipient_user_id", "recipient_parent_user_id")
        found.receipts.append(
            Receipt(
                delivery=identifier(told.get("biz_opaque_callback_data")),
                status=status,
                at=shared.milliseconds(told.get("timestamp")),
                user_id=people[0] if people else "",
                message_id=identifier(told.get("id")),
                outcome=errors.failed(told) if status is ReceiptStatus.FAILED else None,
                aliases=people[1:],
            )
        )


_PREFERENCES: Mapping[object, EventKind] = {
    "stop": EventKind.PLATFORM_STOP,
    "resume": EventKind.PLATFORM_RESUME,
}


def _preference(told: Record, contact: Record, found: _Found) -> None:
    """Marketing switched off or on in WhatsApp itself; ``signup``, not offered in Europe, is only counted."""
    value = shared.kind(told.get("value"))
    people = identity.known(
        (*_ids(told, "wa_id", "user_id"), *_ids(contact, "wa_id", "user_id", "parent_user_id"))
    )
    kind = _PREFERENCES.get(value)
    if kind is EventKind.PLATFORM_RESUME and told.get("category") != "marketing_messages":
        kind = None
    if kind is None or not people:
        found.parked[f"preference.{value}"] += 1
        return
    at = shared.milliseconds(told.get("timestamp"))
    # WhatsApp gives these no id. The digest keeps the number out of the keys that outlive an erasure.
    digest = hashlib.sha256(f"{people[0]} {at} {value}".encode()).hexdigest()[:32]
    found.events.append(Event(f"preference:{digest}", kind, people[0], at, aliases=people[1:]))
