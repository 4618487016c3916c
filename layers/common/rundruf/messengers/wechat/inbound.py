"""What WeChat tells us: set-up call, proof, messages and events.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind, Message
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Call,
    Event,
    EventKind,
    MediaIn,
    NotGenuine,
    Notice,
    Place,
    Reading,
    Receipt,
    ReceiptStatus,
    Reply,
    Unreadable,
)
from rundruf.messengers.shared import Record, record
from rundruf.messengers.wechat import bodies, errors
from rundruf.messengers.wechat.bodies import listed, word
from rundruf.messengers.wechat.rules import TAP_WINDOW
from rundruf.messengers.wechat.sealing import signature, unsealed

# The documentation says 28 characters; nothing depends on it.
_OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SCENE = "qrscene_"
_SEALED = "Encrypt"


def canonical(given: str) -> str:
    """The openid; raises ValueError for anything else."""
    stripped = given.strip()
    if not _OPENID.fullmatch(stripped):
        raise ValueError("no WeChat id: an openid of 28 letters, digits, _ and -")
    return stripped


def handshake(call: Call, account: Account) -> Reply | None:
    """Echoes the text of a set-up call that knows the token; it is plain in encrypted mode too."""
    if call.method != "GET":
        return None
    try:
        _prove_query(call, account)
    except NotGenuine:
        return Reply(403)
    echo = call.query.get("echostr", "")
    return Reply(200, echo) if re.fullmatch(r"[A-Za-z0-9_+/=.-]{1,256}", echo) else Reply(403)


def verify(call: Call, account: Account) -> None:
    """The signature covers the query; in encrypted mode a second one covers the ciphertext in the body.

    A plain body is proven by nothing and taken only where the account's ``mode`` says so.
    """
    _prove_query(call, account)
    if "msg_signature" in call.query or call.query.get("encrypt_type") == "aes":
        _prove_body(call, account)
    elif not _plain(account):
        raise NotGenuine


def _prove_query(call: Call, account: Account) -> None:
    _prove(call, account, call.query.get("signature", ""))


def _prove(call: Call, account: Account, given: str, *sealed: str) -> None:
    stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
    if not stamp or not nonce:
        raise NotGenuine
    tokens = [one for one in account.secrets("token") if one]
    shared.prove(given, [signature(token, stamp, nonce, *sealed) for token in tokens])


def _prove_body(call: Call, account: Account) -> None:
    """The ciphertext is signed and made for our app, and what stands beside it agrees with what is in it."""
    try:
        outside = bodies.opened(call.body)
    except Unreadable:
        raise NotGenuine from None
    sealed = word(outside, _SEALED)
    _prove(call, account, call.query.get("msg_signature", ""), sealed)
    message = _unsealed(sealed, account)
    if message is None:
        raise NotGenuine
    try:
        inside = bodies.opened(message)
    except Unreadable:
        return  # genuine, and for ``read`` to refuse
    if any(outside[name] != inside.get(name) for name in outside.keys() - {_SEALED}):
        raise NotGenuine


def _unsealed(sealed: str, account: Account) -> bytes | None:
    """The message, with the first key that opens it for our app."""
    ours = {one.encode() for one in account.secrets("app_id") if one}
    for key in account.secrets("encoding_aes_key"):
        try:
            message, app = unsealed(sealed, key)
        except ValueError:
            continue
        if app in ours:
            return message
    return None


def _plain(account: Account) -> bool:
    return "plain" in account.secrets("mode")[:1]


def reply(_reading: Reading, _greeting: Message, _account: Account) -> Reply:
    """Any other body is shown to the person as a fault of ours, and no answer too."""
    return Reply(200, "success")


def read(body: bytes, account: Account) -> Reading:
    """The one message or event of a body."""
    fields, message = bodies.opened(body), body
    if _SEALED in fields:
        opened = _unsealed(word(fields, _SEALED), account)
        if opened is None:
            raise Unreadable("not for us")
        fields, message = bodies.opened(opened), opened
    elif not _plain(account):
        raise Unreadable("not encrypted")
    found = _Found(message)
    kind = word(fields, "MsgType").lower()
    if kind == "event":
        _event(fields, found)
    elif kind:
        _message(kind, fields, found)
    else:
        found.parked["no_type"] += 1
    return found.reading()


@dataclass(slots=True)
class _Found:
    """What was read so far of a message."""

    message: bytes
    events: list[Event] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    parked: Counter[str] = field(default_factory=Counter)

    def reading(self) -> Reading:
        return Reading(tuple(self.events), tuple(self.receipts), dict(self.parked), tuple(self.notices))


def _person(fields: Record) -> str:
    try:
        return canonical(word(fields, "FromUserName"))
    except ValueError:
        return ""


def _at(fields: Record) -> int:
    return shared.milliseconds(word(fields, "CreateTime"))


def _digest(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()[:16]


# Messages


def _message(kind: str, fields: Record, found: _Found) -> None:
    user_id, at = _person(fields), _at(fields)
    read_content = _CONTENTS.get(kind)
    if not user_id:
        found.parked["no_sender"] += 1
    elif read_content is None:
        found.parked[f"message.{shared.kind(kind)}"] += 1
    else:
        own = shared.identifier(word(fields, "MsgId", "MsgID"))
        # WeChat gives every message an id; without one it is known by what does not change.
        event_id = own or f"{user_id}:{at}:{_digest(found.message)}"
        blank = Event(event_id, EventKind.MESSAGE, user_id, at, message_id=own)
        found.events.append(read_content(blank, fields))


def _text(blank: Event, fields: Record) -> Event:
    """What was typed, or a tap on one of our menus: its entry's words come with the entry's id."""
    said, tapped = word(fields, "Content"), word(fields, "bizmsgmenuid")
    if not tapped:
        return replace(blank, text=said)
    return replace(blank, kind=EventKind.BUTTON, text=said, payload=tapped, message_id="", window=TAP_WINDOW)


def _file(kind: MediaKind, mime_type: str = "") -> Callable[[Event, Record], Event]:
    def read_file(blank: Event, fields: Record) -> Event:
        file = shared.identifier(word(fields, "MediaId"))
        return replace(blank, media=(MediaIn(kind, file, mime_type),) if file else ())

    return read_file


def _voice(blank: Event, fields: Record) -> Event:
    """With the words that WeChat heard, where it is told to listen."""
    spoken = word(fields, "Format").lower()
    mime_type = f"audio/{spoken}" if spoken in ("amr", "speex", "mp3") else ""
    return replace(_file(MediaKind.AUDIO, mime_type)(blank, fields), text=word(fields, "Recognition"))


def _location(blank: Event, fields: Record) -> Event:
    return replace(blank, place=_place(fields))


def _place(fields: Record) -> Place | None:
    """``Location_X`` is the latitude."""
    x, y = _degrees(word(fields, "Location_X")), _degrees(word(fields, "Location_Y"))
    return shared.place(x, y, address=word(fields, "Label"))


def _degrees(told: str) -> float | None:
    return float(told) if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", told) else None


def _link(blank: Event, fields: Record) -> Event:
    said = (word(fields, name) for name in ("Title", "Description", "Url"))
    return replace(blank, text="\n".join(one for one in said if one))


def _mini_program(blank: Event, fields: Record) -> Event:
    return replace(blank, text=word(fields, "Title"))


_CONTENTS: Mapping[str, Callable[[Event, Record], Event]] = {
    "text": _text,
    "image": _file(MediaKind.IMAGE),
    "voice": _voice,
    "video": _file(MediaKind.VIDEO),
    "shortvideo": _file(MediaKind.VIDEO),
    "location": _location,
    "link": _link,
    "miniprogrampage": _mini_program,
}


# Events


def _event(fields: Record, found: _Found) -> None:
    name, user_id = word(fields, "Event").lower(), _person(fields)
    account_wide = _ACCOUNT_EVENTS.get(name)
    read_event = _PERSONAL_EVENTS.get(name)
    if account_wide:
        account_wide(fields, found)
    elif read_event is None:
        found.parked[f"event.{shared.kind(name)}"] += 1
    elif not user_id:
        found.parked["no_sender"] += 1
    else:
        key, at = word(fields, "EventKey"), _at(fields)
        # Events have no id; these fields are the same whenever one comes again.
        event_id = f"{user_id}:{at}:{name}" + (f":{_digest(key.encode())}" if key else "")
        found.events.append(read_event(Event(event_id, EventKind.OPENED, user_id, at, payload=key), fields))


def _subscribed(blank: Event, _fields: Record) -> Event:
    """The prefix is taken off once: a code may contain it too."""
    return _opened(blank, blank.payload.removeprefix(_SCENE) if blank.payload.startswith(_SCENE) else "")


def _scanned(blank: Event, _fields: Record) -> Event:
    return _opened(blank, blank.payload)


def _opened(blank: Event, scene: str) -> Event:
    code = scene if _CODE.fullmatch(scene) else ""
    return replace(blank, payload="", code=code, window=TAP_WINDOW)


def _unsubscribed(blank: Event, _fields: Record) -> Event:
    return replace(blank, kind=EventKind.BLOCKED, payload="")


def _tapped(blank: Event, fields: Record) -> Event:
    """A tap in the account's menu. Its label is not told, so that its key stands for what was said."""
    result = word(record(fields.get("ScanCodeInfo")), "ScanResult")
    return replace(blank, kind=EventKind.BUTTON, text=result or blank.payload, window=TAP_WINDOW)


def _picked(blank: Event, fields: Record) -> Event:
    """A picture or place was chosen from the menu, which opens no window; it comes as a message too."""
    place = _place(record(fields.get("SendLocationInfo")))
    return replace(blank, kind=EventKind.BUTTON, text=blank.payload, place=place, window=0)


_PERSONAL_EVENTS: Mapping[str, Callable[[Event, Record], Event]] = {
    "subscribe": _subscribed,
    "scan": _scanned,
    "unsubscribe": _unsubscribed,
    "click": _tapped,
    "scancode_push": _tapped,
    "scancode_waitmsg": _tapped,
    "pic_sysphoto": _picked,
    "pic_photo_or_album": _picked,
    "pic_weixin": _picked,
    "location_select": _picked,
}


def _mass_ended(fields: Record, found: _Found) -> None:
    """How a mass message ended: ``err(n)`` is the judgement of WeChat's review."""
    status = word(fields, "Status").lower()
    found.parked["event.masssendjobfinish"] += 1
    judged = re.fullmatch(r"err\(([0-9]{1,6})\)", status)
    if judged:
        found.notices.append(Notice(_at(fields), trouble=f"mass_err_{judged[1]}"))
    elif status == "send success":
        found.notices.append(Notice(_at(fields)))
    else:
        found.notices.append(Notice(_at(fields), trouble="mass_failed"))


def _template_ended(fields: Record, found: _Found) -> None:
    """``failed:user block`` says that the person shut off this account's messages."""
    status = word(fields, "Status").lower()
    if status == "success":
        outcome = None
    elif "user block" in status:
        outcome = Outcome(OutcomeKind.WITHDRAW, "user_block")
    else:
        outcome = Outcome(OutcomeKind.BAD, "system_failed")
    _receipt(fields, word(fields, "MsgID", "MsgId"), outcome, found)


def _receipt(fields: Record, message_id: str, outcome: Outcome | None, found: _Found) -> None:
    status = ReceiptStatus.FAILED if outcome else ReceiptStatus.DELIVERED
    own, user_id = shared.identifier(message_id), _person(fields)
    if not own or not user_id:
        found.parked["no_id" if user_id else "no_sender"] += 1
        return
    found.receipts.append(Receipt("", status, _at(fields), user_id, own, outcome))


def _notices_sent(fields: Record, found: _Found) -> None:
    for one in _items(fields, "SubscribeMsgSentEvent"):
        code = shared.whole(word(one, "ErrorCode"))
        failed = None if code == 0 else Outcome(OutcomeKind.BAD, "failed" if code is None else str(code))
        if code is not None and errors.outcome(code).kind in (OutcomeKind.GONE, OutcomeKind.WITHDRAW):
            failed = errors.outcome(code)
        _receipt(fields, word(one, "MsgID", "MsgId"), failed, found)


def _notices_wanted(name: str) -> Callable[[Record, _Found], None]:
    """Leave given or taken for single notices, which WeChat itself heeds (43101); about nothing else."""

    def count(fields: Record, found: _Found) -> None:
        for one in _items(fields, name) or [{}]:
            found.parked[f"notice.{shared.kind(word(one, 'SubscribeStatusString'))}"] += 1

    return count


def _items(fields: Record, name: str) -> list[Record]:
    """The list of an event, which stands in an element of its own or not, and may be a single item."""
    return listed(record(fields.get(name)).get("List")) or listed(fields.get("List"))


_ACCOUNT_EVENTS: Mapping[str, Callable[[Record, _Found], None]] = {
    "masssendjobfinish": _mass_ended,
    "templatesendjobfinish": _template_ended,
    "subscribe_msg_sent_event": _notices_sent,
    "subscribe_msg_popup_event": _notices_wanted("SubscribeMsgPopupEvent"),
    "subscribe_msg_change_event": _notices_wanted("SubscribeMsgChangeEvent"),
}
