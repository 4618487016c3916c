"""What Teams and Skype tell us: one activity in each call.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from posixpath import splitext

from rundruf.core.account import Account
from rundruf.core.message import MediaKind, Message
from rundruf.messengers import shared
from rundruf.messengers.botframework import trust
from rundruf.messengers.botframework.rules import Sheet
from rundruf.messengers.contract import (
    Answer,
    Call,
    Event,
    EventKind,
    MediaIn,
    Place,
    Reading,
    Reply,
    Request,
    Unreadable,
)
from rundruf.messengers.shared import Record, identifier, record, records, text

PAYLOAD = "rundruf"  # under this name a tap on our button brings back what it carried
_ID = re.compile(r"[!-~]{1,256}")
_GROUPS = ("groupChat", "channel")
_CARD_TAP = "adaptiveCard/action"

# What one activity comes to: events, or the name under which it is counted.
_Found = tuple[Event, ...] | str


def canonical(given: str) -> str:
    """The person's id as it stands, since ids are opaque; raises ValueError for what cannot be one."""
    stripped = given.strip()
    if not _ID.fullmatch(stripped) or stripped.startswith("28:"):
        raise ValueError("no id of a person: as the Bot Framework tells it, such as 29:1a2b3c; 28: is a bot")
    return stripped


def handshake(_call: Call, _account: Account) -> Reply | None:
    """There is no set-up call."""
    return None


def read(sheet: Sheet, body: bytes, account: Account) -> Reading:
    """The one activity of a body; other channels of the bot and groups are counted and left alone."""
    activity = shared.opened(body)
    name = shared.kind(activity.get("type"))
    if "type" not in activity:
        raise Unreadable("no type")
    found = _found(sheet, name, activity, account, body)
    return Reading(parked={found: 1}) if isinstance(found, str) else Reading(events=found)


def _found(sheet: Sheet, name: str, activity: Record, account: Account, body: bytes) -> _Found:
    if activity.get("channelId") != sheet.channel:
        return "foreign"
    if _is_group(record(activity.get("conversation"))):
        return "group"
    reader = _KINDS.get(name)
    if reader is None:
        return f"activity.{name}"
    sender = _sender(activity)
    if not sender:
        return "no_sender"
    return reader(activity, replace(_blank(activity, sender, account), id=_event_id(activity, body)))


def _is_group(conversation: Record) -> bool:
    kind, number = conversation.get("conversationType"), conversation.get("id")
    shared_room = isinstance(number, str) and number.startswith("19:")
    return conversation.get("isGroup") is True or kind in _GROUPS or (shared_room and kind != "personal")


def _sender(activity: Record) -> Record:
    """Who did it; where it is the bot itself that joined or left, the other one in the conversation."""
    bot = record(activity.get("recipient")).get("id")
    members = [
        member for part in ("membersAdded", "membersRemoved") for member in records(activity.get(part))
    ]
    for person in (record(activity.get("from")), *members):
        if person.get("id") != bot and person.get("role") != "bot" and _person(person.get("id")):
            return person
    return {}


def _person(value: object) -> str:
    try:
        return canonical(identifier(value))
    except ValueError:
        return ""


def _blank(activity: Record, sender: Record, account: Account) -> Event:
    """The event with what every kind of it has."""
    alias = _person(sender.get("aadObjectId"))
    return Event(
        id="",
        kind=EventKind.MESSAGE,
        user_id=_person(sender.get("id")),
        at=_time(activity.get("timestamp")),
        name=text(sender.get("name")),
        language=_language(activity.get("locale")),
        message_id=identifier(activity.get("id")),
        aliases=(alias,) if alias else (),
        conversation=_reference(activity, sender, account),
    )


def _event_id(activity: Record, body: bytes) -> str:
    """Activity ids are unique within their conversation only, and some activities have none.

    An edited message keeps the id of the first, so its time counts as well.
    """
    number, kind = identifier(activity.get("id")), text(activity.get("type"))
    told = text(activity.get("timestamp"))
    if not number and not told:
        return sha256(body).hexdigest()[:32]
    when = "" if number and kind == "message" else told
    parts = (kind, text(record(activity.get("conversation")).get("id")), number, when)
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _time(value: object) -> int:
    """RFC 3339, with up to seven digits of a second, in ms since 1970; 0 where it is none."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9T:.Z+-]{19,40}", value, re.ASCII):
        return 0
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return 0
    known = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return max(0, int(known.timestamp() * 1000))
    except (OverflowError, ValueError):
        return 0


def _language(value: object) -> str:
    return (
        value if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value) else ""
    )


def _reference(activity: Record, sender: Record, account: Account) -> str:
    """How to write to this person later; "" where the service is none that may see our token."""
    conversation = record(activity.get("conversation"))
    service = trust.service(text(activity.get("serviceUrl")), account)
    number = identifier(conversation.get("id"))
    if not service or not number:
        return ""
    tenant = conversation.get("tenantId") or record(record(activity.get("channelData")).get("tenant")).get(
        "id"
    )
    told = {
        "service": service,
        "conversation": number,
        "tenant": identifier(tenant),
        "bot": identifier(record(activity.get("recipient")).get("id")),
        "user": identifier(sender.get("id")),
    }
    return json.dumps({name: value for name, value in told.items() if value}, separators=(",", ":"))


def _message(activity: Record, blank: Event) -> _Found:
    words = _words(activity)
    payload = _payload(activity)
    if payload:
        said = "" if _carried(words) else words
        below = identifier(activity.get("replyToId"))
        return (replace(blank, kind=EventKind.BUTTON, payload=payload, text=said, message_id=below),)
    return (replace(blank, text=words, media=_media(activity), place=_place(activity)),)


def _words(activity: Record) -> str:
    """The text without the mention of the bot, which stands before every word said to it in some clients."""
    said, bot = text(activity.get("text")), record(activity.get("recipient")).get("id")
    for entity in records(activity.get("entities")):
        mention = text(entity.get("text"))
        if entity.get("type") == "mention" and mention and record(entity.get("mentioned")).get("id") == bot:
            said = said.replace(mention, "")
    return said.strip()


def _payload(activity: Record) -> str:
    """What our button carried: in the value, or as JSON in the text where a channel has no hidden values."""
    return _carried(activity.get("value")) or _carried(activity.get("text"))


def _carried(value: object) -> str:
    if isinstance(value, str) and value.startswith("{") and PAYLOAD in value:
        try:
            value = shared.opened(value.encode("utf-8", "surrogatepass"))
        except Unreadable:
            return ""
    return text(record(value).get(PAYLOAD))


def _place(activity: Record) -> Place | None:
    for entity in records(activity.get("entities")):
        point = record(entity.get("geo")) if entity.get("type") == "Place" else entity
        if entity.get("type") in ("Place", "GeoCoordinates"):
            north, east = _degrees(point.get("latitude"), 90), _degrees(point.get("longitude"), 180)
            if north is not None and east is not None:
                name = text(entity.get("name")) or text(point.get("name"))
                return Place(north, east, name, text(entity.get("address")))
    return None


def _degrees(value: object, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= most else None


_ENDINGS: Mapping[str, MediaKind] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic"), MediaKind.IMAGE),
    **dict.fromkeys((".mp4", ".mov", ".webm", ".m4v"), MediaKind.VIDEO),
    **dict.fromkeys((".mp3", ".m4a", ".ogg", ".wav", ".aac"), MediaKind.AUDIO),
}
_UPLOAD = "application/vnd.microsoft.teams.file.download.info"


def _media(activity: Record) -> tuple[MediaIn, ...]:
    """The files. Cards, and the copy of the text in HTML that Teams adds, have no address and are none."""
    found = (_file(one) for one in records(activity.get("attachments")))
    return tuple(one for one in found if one)


def _file(attachment: Record) -> MediaIn | None:
    sort, name = text(attachment.get("contentType")), text(attachment.get("name"))
    content = record(attachment.get("content"))
    upload = sort == _UPLOAD
    address = text(content.get("downloadUrl") if upload else attachment.get("contentUrl"))
    if not re.fullmatch(r"https?://[!-~]{1,2000}", address):
        return None
    ending = f".{text(content.get('fileType'))}".lower() if upload else splitext(name)[1].lower()
    known = next((one for one in MediaKind if sort.startswith(f"{one}/")), None)
    exact = "" if upload or sort.endswith("*") else sort
    return MediaIn(known or _ENDINGS.get(ending, MediaKind.FILE), address, exact, name)


def _edited(activity: Record, blank: Event) -> _Found:
    """An edited text counts like a new one, so that a STOP written by editing is heard."""
    if record(activity.get("channelData")).get("eventType") == "undeleteMessage":
        return "messageUpdate.undelete"
    return _message(activity, blank)


def _deleted(_activity: Record, blank: Event) -> _Found:
    return (replace(blank, kind=EventKind.DELETED),)


def _membership(activity: Record, blank: Event) -> _Found:
    """In a conversation of two whoever leaves ends it. A person who is added again is reachable again."""
    if records(activity.get("membersRemoved")):
        return _left(blank)
    return _came(blank) if records(activity.get("membersAdded")) else "conversationUpdate.other"


def _relation(activity: Record, blank: Event) -> _Found:
    """Added to or removed from the contacts, installed or uninstalled; upgrades change nothing."""
    action = shared.kind(activity.get("action"))
    if action == "add":
        return _came(blank)
    return _left(blank) if action == "remove" else f"{shared.kind(activity.get('type'))}.other"


def _came(blank: Event) -> tuple[Event, ...]:
    opened = replace(blank, kind=EventKind.OPENED, message_id="")
    return replace(opened, id=f"{blank.id}.again", kind=EventKind.UNBLOCKED), opened


def _left(blank: Event) -> tuple[Event, ...]:
    return (replace(blank, kind=EventKind.BLOCKED, message_id=""),)


def _forget(_activity: Record, blank: Event) -> _Found:
    return (replace(blank, kind=EventKind.FORGET, message_id=""),)


def _invoke(activity: Record, blank: Event) -> _Found:
    """A question that wants its answer in the body of ours; ``reply`` gives it."""
    name = activity.get("name")
    if name == _CARD_TAP:
        action = record(record(activity.get("value")).get("action"))
        payload = _carried(action.get("data"))
        if not payload:
            return "invoke.card"
        below = identifier(activity.get("replyToId"))
        tap = replace(blank, kind=EventKind.BUTTON, payload=payload, message_id=below, callback=_CARD_TAP)
        return (replace(tap, text=text(action.get("title"))),)
    return "invoke.file" if name == "fileConsent/invoke" else "invoke.unknown"


def reply(reading: Reading, _greeting: Message, _account: Account) -> Reply:
    """An empty 200, but for invokes: a tap on a card wants words, an unknown one 501."""
    if "invoke.unknown" in reading.parked:
        return Reply(501)
    if "invoke.card" in reading.parked or any(one.callback == _CARD_TAP for one in reading.events):
        told = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "OK"}
        return Reply(200, json.dumps(told, separators=(",", ":")), "application/json")
    return Reply(200)


def download(medium: MediaIn, account: Account) -> Request:
    """Pictures are behind our token; what a person uploaded is behind an address that permits by itself."""
    address, ours = trust.file(medium.id, account)
    headers = {"authorization": f"Bearer {account.secret('access_token')}"} if ours else {}
    return Request("GET", address, headers, b"")


def located(_answer: Answer, _account: Account) -> Request | None:
    """The answer is the file."""
    return None


_KINDS: Mapping[str, Callable[[Record, Event], _Found]] = {
    "message": _message,
    "messageUpdate": _edited,
    "messageDelete": _deleted,
    "conversationUpdate": _membership,
    "contactRelationUpdate": _relation,
    "installationUpdate": _relation,
    "deleteUserData": _forget,
    "invoke": _invoke,
}
