"""What WhatsApp tells us: messages, statuses, preferences.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.messengers import meta, shared
from rundruf.messengers.contract import Event, EventKind, Item, MediaIn, Reading, Receipt, ReceiptStatus
from rundruf.messengers.meta import Found
from rundruf.messengers.shared import Record, identifier, record, records, text
from rundruf.messengers.whatsapp import errors, identity, notices

_CHANGED = re.compile(r"\bchanged from (\S+) to \S+")


def read(body: bytes, account: Account) -> Reading:
    """All events and receipts of one body, which may hold changes of several accounts and numbers."""
    found = meta.Found(frozenset(account.secrets("phone_number_id")))
    owners = frozenset(account.secrets("waba_id"))
    for entry in meta.entries(body, "whatsapp_business_account", found):
        at = shared.milliseconds(entry.get("time"))
        # Without a waba_id we cannot tell whose notice it is; a pause too many harms less than one too few.
        ours = not owners or identifier(entry.get("id")) in owners
        for change in records(entry.get("changes")):
            notice = notices.KINDS.get(shared.kind(change.get("field")))
            if notice is None:
                _change(change, found)
            elif ours:
                notice(record(change.get("value")), at, found)
            else:
                found.parked["foreign"] += 1
    return found.reading()


def _change(change: Record, found: Found) -> None:
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
    if identifier(record(value.get("metadata")).get("phone_number_id")) not in found.ours:
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


def _message(message: Record, contact: Record, found: Found) -> None:
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
        name = text(content.get("filename"))
        media = (MediaIn(kind, file, text(content.get("mime_type")), name),) if file else ()
        return replace(blank, text=text(content.get("caption")), media=media)

    return read_file


def _place(blank: Event, message: Record) -> Event | None:
    told = record(message.get("location"))
    where = (told.get("latitude"), told.get("longitude"))
    return replace(blank, place=shared.place(*where, told.get("name"), told.get("address")))


def _cards(blank: Event, message: Record) -> Event | None:
    """Address cards. The one that answers our question for the number is the person's own: WhatsApp made it.

    Any other may be of somebody else, and nothing of it is kept.
    """
    own = [
        phone.get("wa_id") or phone.get("phone")
        for card in records(message.get("contacts"))
        if card.get("origin") == "contact_request"
        for phone in records(card.get("phones"))
    ]
    known = identity.known(text(one) for one in own)
    added = tuple(one for one in known if one not in (blank.user_id, *blank.aliases))
    return replace(blank, aliases=(*blank.aliases, *added))


def _order(blank: Event, message: Record) -> Event | None:
    order = record(message.get("order"))
    lines = records(order.get("product_items"))
    items = tuple(item for item in map(_item, lines) if item.product)
    return replace(blank, text=text(order.get("text")), order=items)


def _item(line: Record) -> Item:
    """Quantities come as numbers or text; the price is what the person's phone showed."""
    quantity = shared.whole(line.get("quantity"))
    return Item(
        identifier(line.get("product_retailer_id")),
        quantity if quantity is not None and 0 < quantity < 10**6 else 1,
        _price(line.get("item_price")),
        identifier(line.get("currency")),
    )


def _price(value: object) -> str:
    told = f"{value:.12g}" if isinstance(value, float) else identifier(value)
    return told if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", told) else ""


def _revoke(blank: Event, message: Record) -> Event | None:
    """A message taken back within two days; told to numbers that are in the WhatsApp Business app too."""
    original = identifier(record(message.get("revoke")).get("original_message_id"))
    if not original:
        return None
    own = f"{blank.id}:revoke" if blank.id == original else blank.id
    return replace(blank, id=own, kind=EventKind.DELETED, message_id=original)


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
    "location": _place,
    "contacts": _cards,
    "order": _order,
    "reaction": _reaction,
    "button": _template_button,
    "interactive": _interactive,
    "edit": _edit,
    "revoke": _revoke,
}


def _system(message: Record, blank: Event, found: Found) -> None:
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


def _status(told: Record, found: Found) -> None:
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


def _preference(told: Record, contact: Record, found: Found) -> None:
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
    own = meta.derived("preference", people[0], at, value)
    found.events.append(Event(own, kind, people[0], at, aliases=people[1:]))
