"""What VK Teams and ICQ tell us, when asked: there are no webhooks.

https://teams.vk.com/botapi/ (events), field names as in the vendor's own clients of 2024 and 2025.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rundruf.core.account import Account
from rundruf.core.message import MediaKind
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers import shared
from rundruf.messengers.contract import (
    Answer,
    Call,
    Event,
    EventKind,
    MediaIn,
    NotGenuine,
    Polled,
    Reading,
    Reply,
    Request,
    Unreadable,
)
from rundruf.messengers.shared import Record, identifier, record, records, text
from rundruf.messengers.vkteams import calls, errors
from rundruf.messengers.vkteams.rules import Sheet

_ID = re.compile(r"[!-~]{1,256}")
_GROUP = "@chat.agent"
_START = re.compile(r"/start(?:\s+(.*))?", re.DOTALL)
_ENTRY_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_CURSOR = 18  # digits


def canonical(given: str) -> str:
    """An e-mail address, or a number of ICQ, in small letters; raises ValueError for groups and all else."""
    stripped = given.strip().lower()
    if not _ID.fullmatch(stripped) or stripped.endswith(_GROUP):
        raise ValueError("no id of a person: an e-mail address or a number, and no group")
    return stripped


def handshake(_call: Call, _account: Account) -> Reply | None:
    """Nothing calls us."""
    return None


def verify(_call: Call, _account: Account) -> None:
    """Nothing calls us, so whatever does is not genuine."""
    raise NotGenuine


def request(sheet: Sheet, account: Account, cursor: str, seconds: int) -> Request:
    """Asking for events after the cursor; that also says that all up to it have been dealt with."""
    fields = {"lastEventId": str(_number(cursor)), "pollTime": str(seconds)}
    return calls.get(sheet, account, "events/get", fields)


def _number(cursor: str) -> int:
    return int(cursor) if re.fullmatch(rf"[0-9]{{1,{_LONGEST_CURSOR}}}", cursor) else 0


def polled(answer: Answer, account: Account, cursor: str) -> Polled | Outcome:
    """The events and the highest id among them; asking again does no harm, so nothing is unknown."""
    if not answer.failure and 200 <= answer.status < 300:
        try:
            events = _events(answer.body)
        except Unreadable:
            events = None
        if events is not None:
            return Polled(events.reading(account), events.after(cursor))
    found = errors.interpret(answer)
    if found.kind in (OutcomeKind.UNKNOWN, OutcomeKind.OK):
        return Outcome(OutcomeKind.RETRY, found.code or "no_events", found.retry_after, account_wide=True)
    return found


@dataclass(frozen=True, slots=True)
class _Events:
    """The events that have a number, by it, and how many more there are."""

    numbered: tuple[tuple[int, Record], ...]
    malformed: int

    def after(self, cursor: str) -> str:
        """The highest number. Where no event has one, the next: the first of them has at least that."""
        before = _number(cursor)
        if self.numbered:
            return str(max(before, *(number for number, _ in self.numbered)))
        return str(before + 1 if self.malformed else before)

    def reading(self, account: Account) -> Reading:
        found: list[Event] = []
        parked = Counter({"malformed": self.malformed} if self.malformed else {})
        own = frozenset(token.rpartition(":")[2] for token in account.secrets("bot_token"))
        for number, one in self.numbered:
            event = _event(number, one, own)
            if isinstance(event, Event):
                found.append(event)
            else:
                parked[event] += 1
        return Reading(events=tuple(found), parked=dict(parked))


def _events(body: bytes) -> _Events:
    """Raises Unreadable for what is no list of events."""
    found = shared.opened(body)
    events = found.get("events")
    if found.get("ok") is not True or not isinstance(events, list):
        raise Unreadable("no events")
    likely = [one for one in events if isinstance(one, dict) and "eventId" in one]
    numbered = tuple((number, one) for one in likely if (number := _event_number(one)) is not None)
    return _Events(numbered, len(events) - len(numbered))


def _event_number(event: Record) -> int | None:
    number = shared.whole(event["eventId"])
    return number if number is not None and 0 <= number < 10**_LONGEST_CURSOR else None


def read(body: bytes, account: Account) -> Reading:
    """The events of an answer's body."""
    return _events(body).reading(account)


def _event(number: int, event: Record, own: frozenset[str]) -> Event | str:
    """The event, or the name under which it is counted; ``own`` are the ids of the bot itself."""
    payload = event.get("payload")
    if not isinstance(payload, dict):
        return "malformed"
    name = shared.kind(event.get("type"))
    reader = _KINDS.get(name)
    if reader is None:
        return f"event.{name}"
    sender = record(payload.get("from"))
    if identifier(sender.get("userId")) in own:
        return "own"
    chat = _chat(payload)
    if chat.get("type", "private") != "private" or _is_group(chat):
        return "group"
    # In a chat of two the chat has the person's id.
    user_id = _person(sender.get("userId")) or _person(chat.get("chatId"))
    if not user_id:
        return "no_sender"
    blank = Event(
        id=str(number),
        kind=EventKind.MESSAGE,
        user_id=user_id,
        at=shared.milliseconds(payload.get("timestamp")),
        name=_name(sender),
        message_id=identifier(payload.get("msgId")),
    )
    return reader(payload, blank, own)


def _chat(payload: Record) -> Record:
    """The chat of an event; that of a tap is told with the message it was under, which may be wrapped."""
    return record(payload.get("chat")) or record(_below(payload).get("chat"))


def _below(payload: Record) -> Record:
    message = record(payload.get("message"))
    return record(message.get("payload")) or message


def _is_group(chat: Record) -> bool:
    number = chat.get("chatId")
    return isinstance(number, str) and number.endswith(_GROUP)


def _person(value: object) -> str:
    try:
        return canonical(identifier(value))
    except ValueError:
        return ""


def _name(sender: Record) -> str:
    names = [text(sender.get(part)) for part in ("firstName", "lastName")]
    return " ".join(one for one in names if one) or text(sender.get("nick"))


def _message(payload: Record, blank: Event, own: frozenset[str]) -> Event | str:
    parts = records(payload.get("parts"))
    said = replace(blank, text=_words(payload, parts, own), media=_media(parts))
    start = _START.fullmatch(said.text)
    if not start:
        return said
    code = (start[1] or "").strip()
    return replace(said, kind=EventKind.OPENED, code=code if _ENTRY_CODE.fullmatch(code) else "")


def _edited(payload: Record, blank: Event, own: frozenset[str]) -> Event | str:
    """An edited text counts like a new one, so that a STOP written by editing is heard."""
    parts = records(payload.get("parts"))
    at = shared.milliseconds(payload.get("editedTimestamp")) or blank.at
    return replace(blank, text=_words(payload, parts, own), media=_media(parts), at=at)


def _deleted(_payload: Record, blank: Event, _own: frozenset[str]) -> Event | str:
    """Taken back; the time is that of the message, so there is none."""
    return replace(blank, kind=EventKind.DELETED, at=0) if blank.message_id else "malformed"


def _words(payload: Record, parts: list[Record], own: frozenset[str]) -> str:
    """What the person said: text without the file's address, captions, or else what was passed on."""
    said = _unmentioned(text(payload.get("text")), parts, own)
    if _media(parts):
        said = "" if re.fullmatch(r"\s*https?://\S+\s*", said) else said
        captions = [text(record(one.get("payload")).get("caption")) for one in parts]
        said = "\n".join(one for one in dict.fromkeys((*captions, said)) if one)
    if not said:
        passed_on = (record(record(one.get("payload")).get("message")) for one in _of(parts, "forward"))
        said = "\n".join(one for message in passed_on if (one := text(message.get("text"))))
    return said.strip()


def _unmentioned(said: str, parts: list[Record], own: frozenset[str]) -> str:
    """The text without mentions of the bot and with the names of others; on the wire they are ``@[id]``."""
    for one in _of(parts, "mention"):
        person = record(one.get("payload"))
        number = identifier(person.get("userId"))
        if number:
            said = said.replace(f"@[{number}]", "" if number in own else f"@{_name(person) or number}")
    return said.strip()


def _of(parts: list[Record], kind: str) -> list[Record]:
    return [one for one in parts if one.get("type") == kind]


_FILES: Mapping[object, MediaKind] = {
    "image": MediaKind.IMAGE,
    "audio": MediaKind.AUDIO,
    "video": MediaKind.VIDEO,
}


def _media(parts: list[Record]) -> tuple[MediaIn, ...]:
    found = []
    for one in parts:
        payload = record(one.get("payload"))
        number = identifier(payload.get("fileId"))
        kind = _kind_of(one.get("type"), payload.get("type"))
        if number and kind:
            found.append(MediaIn(kind, number))
    return tuple(found)


def _kind_of(part: object, file: object) -> MediaKind | None:
    """A file without a kind is a document."""
    if part == "file":
        return _FILES.get(file, MediaKind.FILE) if isinstance(file, str) else MediaKind.FILE
    return {"voice": MediaKind.AUDIO, "sticker": MediaKind.IMAGE}.get(part) if isinstance(part, str) else None


def _tap(payload: Record, blank: Event, _own: frozenset[str]) -> Event | str:
    """A tap on one of our buttons. When is not told: the time in it is that of our own message."""
    carried = text(payload.get("callbackData"))
    if not carried:
        return "callbackQuery.empty"
    below = _below(payload)
    return replace(
        blank,
        kind=EventKind.BUTTON,
        at=0,
        payload=carried,
        text=_label(below, carried),
        message_id=identifier(below.get("msgId")),
        callback=identifier(payload.get("queryId")),
    )


def _label(message: Record, carried: str) -> str:
    """What stood on the button that was tapped."""
    for part in _of(records(message.get("parts")), "inlineKeyboardMarkup"):
        rows = part.get("payload")
        for row in rows if isinstance(rows, list) else []:
            for button in records(row):
                if button.get("callbackData") == carried:
                    return text(button.get("text"))
    return ""


def download(sheet: Sheet, medium: MediaIn, account: Account) -> Request:
    return calls.get(sheet, account, "files/getInfo", {"fileId": medium.id})


def located(answer: Answer, _account: Account) -> Request | None:
    """Where the file is; the address permits by itself, so the token stays here."""
    address = text(shared.content(answer).get("url"))
    if answer.failure or not re.fullmatch(r"https?://[!-~]{1,2000}", address):
        raise ValueError("the answer tells no address of the file")
    return Request("GET", address, {}, b"")


_KINDS: Mapping[str, Callable[[Record, Event, frozenset[str]], Event | str]] = {
    "newMessage": _message,
    "editedMessage": _edited,
    "deletedMessage": _deleted,
    "callbackQuery": _tap,
}
