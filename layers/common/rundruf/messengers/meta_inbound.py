"""What Messenger and Instagram tell us: they share one form of events.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
and https://developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks (checked
2026-11-23)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rundruf.core.message import MediaKind
from rundruf.messengers import meta, shared
from rundruf.messengers.contract import (
    Event,
    EventKind,
    MediaIn,
    Notice,
    Place,
    Reading,
    Receipt,
    ReceiptStatus,
)
from rundruf.messengers.meta import Found
from rundruf.messengers.shared import Record, identifier, record, records, text

_ADDRESS_LIMIT = 2048  # characters; signed addresses of files are longer than ids


def canonical(given: str) -> str:
    """The person's id within this page or account, digits only; raises ValueError for anything else."""
    stripped = given.strip()
    if not re.fullmatch(r"[0-9]{1,32}", stripped):
        raise ValueError("no id of a person: 1 to 32 digits, as told when somebody writes")
    return stripped


def read(body: bytes, name: str, ours: tuple[str, ...]) -> Reading:
    """All that one body tells about ``ours`` (page or account); ``name`` is its kind of object."""
    found = Found(frozenset(ours))
    for entry in meta.entries(body, name, found):
        _entry(entry, found)
    return found.reading()


def _entry(entry: Record, found: Found) -> None:
    # In standby another app answers this chat; what the person says to us counts all the same.
    items = [*records(entry.get("messaging")), *records(entry.get("standby"))]
    changes = records(entry.get("changes"))
    if identifier(entry.get("id")) not in found.ours:
        found.parked["foreign"] += len(items) + len(changes) or 1
        return
    for item in items:
        _item(item, found)
    for change in changes:
        _change(change, shared.milliseconds(entry.get("time")), found)
    if not items and not changes:
        found.parked["empty"] += 1


def _change(change: Record, at: int, found: Found) -> None:
    """Instagram accounts without a page get some events in this form, with the same content."""
    name, value = shared.kind(change.get("field")), record(change.get("value"))
    if name == "message_template_status_update":
        meta.template_status(value, at, found)
    elif any(part in value for part in (*_EVENTS, *_RECEIPTS)):
        _item(value, found)
    else:
        found.parked[f"field.{name}"] += 1


def _item(item: Record, found: Found) -> None:
    name = next((one for one in (*_EVENTS, *_RECEIPTS, "policy_enforcement") if one in item), "")
    content, at = record(item.get(name)), shared.milliseconds(item.get("timestamp"))
    sender, recipient = _id(item.get("sender")), _id(item.get("recipient"))
    if content.get("is_echo") is True:
        _echo(content, sender, recipient, at, found)
    elif recipient and recipient not in found.ours:
        found.parked["foreign"] += 1
    elif sender in found.ours:
        found.parked["self"] += 1
    elif name == "policy_enforcement":
        _policy(content, at, found)
    elif not name:
        found.parked[f"messaging.{_other(item)}"] += 1
    elif not re.fullmatch(r"[0-9]{1,32}", sender):
        # A plugin on a web page may tell a reference instead of the person; nobody can be asked under it.
        found.parked["no_sender"] += 1
    elif name in _RECEIPTS:
        _receipts(_RECEIPTS[name], content, sender, at, found)
    else:
        _event(name, Event("", EventKind.MESSAGE, sender, at), content, found)


def _id(holder: object) -> str:
    return identifier(record(holder).get("id"))


def _other(item: Record) -> str:
    """The name of an event that we do not know."""
    known = ("sender", "recipient", "timestamp")
    return next((shared.kind(one) for one in item if one not in known), "other")


def _event(name: str, blank: Event, content: Record, found: Found) -> None:
    event = _EVENTS[name](blank, content, found)
    if isinstance(event, str):
        found.parked[event] += 1
    else:
        found.events.append(event)


def _message(blank: Event, message: Record, found: Found) -> Event | str:
    own = identifier(message.get("mid"))
    if not own:
        return "no_id"
    if message.get("is_deleted") is True:
        return replace(blank, id=f"{own}:deleted", kind=EventKind.DELETED, message_id=own)
    if message.get("is_unsupported") is True:
        found.parked["message.unsupported"] += 1  # the person wrote all the same
    media, place, link = _attached(message, found)
    event = replace(
        blank,
        id=own,
        text=text(message.get("text")) or link,
        code=_ref(message.get("referral")),
        message_id=own,
        media=media,
        place=place,
    )
    payload = text(record(message.get("quick_reply")).get("payload"))
    if not payload:
        return event
    asked = identifier(record(message.get("reply_to")).get("mid"))
    return replace(event, kind=EventKind.BUTTON, payload=payload, message_id=asked)


# ``share`` and stories tell an address, but not whether it is of a picture or a film.
_FILES: Mapping[str, MediaKind] = {
    "image": MediaKind.IMAGE,
    "sticker": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "reel": MediaKind.VIDEO,
    "ig_reel": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.FILE,
    "share": MediaKind.FILE,
    "ig_post": MediaKind.FILE,
    "ig_story": MediaKind.FILE,
    "story_mention": MediaKind.FILE,
}
# A link, a card of a shop, a heart, and pictures that can be seen only once.
_WITHOUT_FILE = ("fallback", "template", "like_heart", "ephemeral", "location", "product", "post")


def _attached(message: Record, found: Found) -> tuple[tuple[MediaIn, ...], Place | None, str]:
    """Files, a place and a link that were sent along; Instagram tells a post twice, as share and as post."""
    told = [(shared.kind(one.get("type")), one) for one in records(message.get("attachments"))]
    kinds = {kind for kind, _ in told}
    files: dict[str, MediaIn] = {}
    place, link = None, ""
    for kind, attachment in told:
        payload = record(attachment.get("payload"))
        if kind not in _FILES and kind not in _WITHOUT_FILE:
            found.parked[f"attachment.{kind}"] += 1
        if kind == "location":
            where = record(payload.get("coordinates"))
            place = shared.place(where.get("lat"), where.get("long"), attachment.get("title"))
        elif kind == "fallback":
            link = _address(payload.get("url")) or _address(attachment.get("url"))
        elif kind not in _WITHOUT_FILE and not (kind == "ig_post" and "share" in kinds):
            address = _address(payload.get("url"))
            files.setdefault(address, MediaIn(_FILES.get(kind, MediaKind.FILE), address))
    files.pop("", None)
    return tuple(files.values()), place, link


def _address(value: object) -> str:
    """A whole web address; those of reels may be only the end of one, those of links anything."""
    if isinstance(value, str) and len(value) <= _ADDRESS_LIMIT and re.fullmatch(r"https?://[!-~]+", value):
        return value
    return ""


def _ref(referral: object) -> str:
    """The code of an entry link (or another marker of ours) that led here."""
    return identifier(record(referral).get("ref"))


def _postback(blank: Event, postback: Record, _found: Found) -> Event | str:
    """A tap on a button that stays, or on Get Started, which tells the entry link that led there.

    In standby only the label is told.
    """
    label, code = text(postback.get("title")), _ref(postback.get("referral"))
    payload = text(postback.get("payload")) or label
    if not payload and not code:
        return "postback"
    own = identifier(postback.get("mid")) or meta.derived("postback", blank.user_id, blank.at, payload)
    kind = EventKind.OPENED if code else EventKind.BUTTON
    return replace(blank, id=own, kind=kind, text=label, payload=payload, code=code)


def _referral(blank: Event, referral: Record, _found: Found) -> Event | str:
    """An entry link or an advertisement led into a chat that was there before."""
    code = _ref(referral)
    own = meta.derived("referral", blank.user_id, blank.at, code or identifier(referral.get("ad_id")))
    return replace(blank, id=own, kind=EventKind.OPENED, code=code)


def _optin(blank: Event, optin: Record, _found: Found) -> Event | str:
    """The switch of Meta's own marketing messages, or a plugin on a web page.

    Their beginning is only counted: those messages do not exist in the EU, and it is no consent to ours.
    """
    sort = shared.kind(optin.get("type")) if "type" in optin else ""
    if sort == "notification_messages":
        word = text(optin.get("notification_messages_status")).upper()
        if "STOP" in word:
            return _switched(blank, EventKind.PLATFORM_STOP)
        return _switched(blank, EventKind.PLATFORM_RESUME) if "RESUME" in word else f"optin.{sort}"
    code = _ref(optin)
    if sort or not code:
        return f"optin.{sort or 'other'}"
    return replace(
        blank, id=meta.derived("optin", blank.user_id, blank.at, code), kind=EventKind.OPENED, code=code
    )


def _optout(blank: Event, _optout: Record, _found: Found) -> Event | str:
    """Nobody has described it (the field is in Meta's list); in doubt it is a stop."""
    return _switched(blank, EventKind.PLATFORM_STOP)


def _switched(blank: Event, kind: EventKind) -> Event:
    return replace(blank, id=meta.derived("preference", blank.user_id, blank.at, kind), kind=kind)


def _reaction(blank: Event, reaction: Record, _found: Found) -> Event | str:
    """An emoji on a message; one that was taken back says nothing."""
    emoji = text(reaction.get("emoji")) or text(reaction.get("reaction"))
    mid = identifier(reaction.get("mid"))
    if reaction.get("action") != "react" or not emoji:
        return "reaction"
    own = meta.derived("reaction", blank.user_id, blank.at, mid, emoji)
    return replace(blank, id=own, text=emoji, message_id=mid)


def _edit(blank: Event, edit: Record, _found: Found) -> Event | str:
    """The new wording of an earlier message, which may be a STOP."""
    mid, changed = identifier(edit.get("mid")), text(edit.get("text"))
    if not mid or not changed:
        return "message_edit"
    times = shared.whole(edit.get("num_edit"))
    own = f"{mid}:edit:{blank.at if times is None else times}"
    return replace(blank, id=own, text=changed, message_id=mid)


_EVENTS: Mapping[str, Callable[[Event, Record, Found], Event | str]] = {
    "message": _message,
    "postback": _postback,
    "referral": _referral,
    "optin": _optin,
    "optout": _optout,
    "reaction": _reaction,
    "message_edit": _edit,
}
_RECEIPTS: Mapping[str, ReceiptStatus] = {"delivery": ReceiptStatus.DELIVERED, "read": ReceiptStatus.READ}


def _receipts(status: ReceiptStatus, told: Record, person: str, at: int, found: Found) -> None:
    """All up to a time (Messenger), or single messages (Instagram, and Messenger where it tells no time)."""
    until = shared.milliseconds(told.get("watermark"))
    listed = told.get("mids")
    named = [identifier(one) for one in (listed if isinstance(listed, list) else [told.get("mid")])]
    if until:
        found.receipts.append(Receipt("", status, until, person))
    elif any(named):
        found.receipts += [Receipt("", status, at, person, mid) for mid in named if mid]
    else:
        found.parked[f"receipt.{status}"] += 1


def _echo(message: Record, sender: str, recipient: str, at: int, found: Found) -> None:
    """Our own message comes back; with our delivery id in it, one whose answer was lost is settled."""
    delivery, own = identifier(message.get("metadata")), identifier(message.get("mid"))
    if sender not in found.ours:
        found.parked["foreign"] += 1
    elif not delivery or message.get("is_deleted") is True:
        found.parked["echo"] += 1
    else:
        person = recipient if re.fullmatch(r"[0-9]{1,32}", recipient) else ""
        found.receipts.append(Receipt(delivery, ReceiptStatus.SENT, at, person, own))


def _policy(told: Record, at: int, found: Found) -> None:
    action = shared.kind(told.get("action"))
    if action in ("block", "unblock"):
        found.notices.append(Notice(at, trouble="policy" if action == "block" else ""))
    else:
        found.parked[f"policy.{action}"] += 1
