"""Telegram: updates as the Bot API's pages and public code show them, with made-up people."""

import json
from collections.abc import Mapping

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers.contract import (
    Answer,
    Call,
    Delivery,
    Event,
    EventKind,
    Failure,
    MediaIn,
    Place,
    Reading,
)
from tests.messengers.case import WEBHOOK, Answered, Broken, Case, Downloaded, Sent, Stepped, Told

ACCOUNT = Account(
    "telegram",
    "main",
    address="@rundruf_bot",
    credentials={
        "bot_token": ("123456789:AAH-new_token", "123456789:AAH-old_token"),
        "secret_token": ("k3Zq-new_secret", "k3Zq-old_secret"),
    },
)

Json = dict[str, object]


def _call(body: bytes, secret: str) -> Call:
    return Call("POST", {"x-telegram-bot-api-secret-token": secret}, {}, body)


ANNA = {"id": 3527065, "is_bot": False, "first_name": "Anna", "last_name": "Müller", "language_code": "de"}
CHAT = {"id": 3527065, "first_name": "Anna", "type": "private"}
GROUP = {"id": -100123, "title": "Kochen", "type": "supergroup"}


def _update(kind: str, content: object, number: object = 880_001) -> bytes:
    return json.dumps({"update_id": number, kind: content}).encode()


def _message(**parts: object) -> bytes:
    return _update("message", _content(**parts))


def _content(**parts: object) -> Json:
    return {"message_id": 41, "from": ANNA, "chat": CHAT, "date": 1454119029, **parts}


def _event(
    kind: EventKind = EventKind.MESSAGE,
    *,
    at: int = 1454119029000,
    text: str = "",
    payload: str = "",
    code: str = "",
    name: str = "Anna Müller",
    language: str = "de",
    message_id: str = "41",
    callback: str = "",
    media: tuple[MediaIn, ...] = (),
    place: Place | None = None,
) -> Event:
    return Event(
        "880001",
        kind,
        "3527065",
        at,
        text=text,
        payload=payload,
        code=code,
        name=name,
        language=language,
        message_id=message_id,
        callback=callback,
        media=media,
        place=place,
    )


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(kind: str) -> Reading:
    return Reading(parked={kind: 1})


def _file(name: str, kind: MediaKind, mime_type: str = "", **parts: object) -> Told:
    file = {
        "file_id": "AgACAgIAAx",
        "file_unique_id": "AQAD",
        **({"mime_type": mime_type} if mime_type else {}),
    }
    event = _event(text=str(parts.get("caption", "")), media=(MediaIn(kind, "AgACAgIAAx", mime_type),))
    return Told(name, _message(**{name: file}, **parts), _one(event))


def _start(text: str) -> bytes:
    return _message(text=text, entities=[{"type": "bot_command", "offset": 0, "length": 6}])


MESSAGES = (
    Told("text", _message(text="Grüße \U0001f372"), _one(_event(text="Grüße \U0001f372"))),
    Told(
        "a photo comes in sizes, the largest last",
        _message(photo=[{"file_id": "small"}, {"file_id": "large"}], caption="STOP", media_group_id="1"),
        _one(_event(text="STOP", media=(MediaIn(MediaKind.IMAGE, "large"),))),
    ),
    _file("video", MediaKind.VIDEO, "video/mp4", caption="so"),
    _file("video_note", MediaKind.VIDEO),
    _file("audio", MediaKind.AUDIO, "audio/mpeg"),
    _file("voice", MediaKind.AUDIO, "audio/ogg"),
    _file("document", MediaKind.FILE, "application/pdf", caption="Rechnung"),
    _file("sticker", MediaKind.IMAGE),
    Told(
        "an animation is told as a document too",
        _message(animation={"file_id": "a", "mime_type": "video/mp4"}, document={"file_id": "a"}),
        _one(_event(media=(MediaIn(MediaKind.VIDEO, "a", "video/mp4"),))),
    ),
    Told(
        "a place",
        _message(location={"latitude": 50.94, "longitude": 0}),
        _one(_event(place=Place(50.94, 0.0))),
    ),
    Told(
        "a venue is told as a place too",
        _message(
            location={"latitude": 50.94, "longitude": 6.95},
            venue={
                "location": {"latitude": 50.94, "longitude": 6.95},
                "title": "Café",
                "address": "Weg 1, Köln",
            },
        ),
        _one(_event(place=Place(50.94, 6.95, "Café", "Weg 1, Köln"))),
    ),
    Told(
        "a place that is not on the globe",
        _message(location={"latitude": 50.94, "longitude": 181}),
        _one(_event()),
    ),
    Told(
        "an address card",
        _message(contact={"phone_number": "+4915100000000", "first_name": "Ben", "last_name": "Weber"}),
        _one(_event(text="Ben Weber, +4915100000000")),
    ),
    Told("dice", _message(dice={"emoji": "🎲", "value": 6}), _one(_event())),
    Told("a pinned message is no message", _message(pinned_message={}), _parked("message.service")),
    Told("leave to write is no message", _message(write_access_allowed={}), _parked("message.service")),
    Told("a bot", _message(**{"from": {**ANNA, "is_bot": True}, "text": "Hi"}), _parked("bot")),
    Told(
        "a language that is none",
        _message(**{"from": {"id": 3527065, "first_name": "A", "language_code": "<b>"}, "text": "Hi"}),
        _one(_event(text="Hi", name="A", language="")),
    ),
    Told("no sender", _message(chat={"type": "private"}, text="Hi"), _parked("no_sender")),
    Told("half a character", _message(text="STOP \ud83d\0"), _one(_event(text="STOP \ufffd"))),
    Told(
        "start with a code",
        _start("/start optin_abc-9"),
        _one(_event(EventKind.OPENED, text="/start optin_abc-9", code="optin_abc-9")),
    ),
    Told("start alone", _start("/start"), _one(_event(EventKind.OPENED, text="/start"))),
    Told(
        "start for a named bot",
        _start("/start@rundruf_bot KRTM"),
        _one(_event(EventKind.OPENED, text="/start@rundruf_bot KRTM", code="KRTM")),
    ),
    Told(
        "start with words has no code",
        _start("/start bitte mich"),
        _one(_event(EventKind.OPENED, text="/start bitte mich")),
    ),
    Told("another command", _start("/starters"), _one(_event(text="/starters"))),
    Told("stop is a message", _start("/stop"), _one(_event(text="/stop"))),
    Told("a group", _message(chat=GROUP, text="STOP"), _parked("group")),
    Told(
        "a group that became a supergroup",
        _message(chat={"id": -42, "type": "group"}, migrate_to_chat_id=-100123),
        Reading(events=(Event("880001", EventKind.MOVED, "-42", 1454119029000, payload="-100123"),)),
    ),
    Told(
        "the other end of that move",
        _message(chat=GROUP, migrate_from_chat_id=-42),
        _parked("group"),
    ),
)

EDITED = (
    Told(
        "an edited text counts at the time of the edit",
        _update("edited_message", _content(text="STOP", edit_date=1454119099)),
        _one(_event(text="STOP", at=1454119099000)),
    ),
    Told(
        "an edited start opens nothing",
        _update("edited_message", _content(text="/start KRTM")),
        _one(_event(text="/start KRTM")),
    ),
    Told(
        "an edited caption counts",
        _update("edited_message", _content(photo=[{"file_id": "a"}], caption="STOP")),
        _one(_event(text="STOP", media=(MediaIn(MediaKind.IMAGE, "a"),))),
    ),
    Told(
        "who shares where they go edits all the time",
        _update("edited_message", _content(location={"latitude": 1, "longitude": 2, "live_period": 900})),
        _parked("edited_message.place"),
    ),
    Told("an edit in a group", _update("edited_message", _content(chat=GROUP, text="x")), _parked("group")),
    Told(
        "an edit cannot move a group",
        _update("edited_message", _content(chat=GROUP, migrate_to_chat_id=-7)),
        _parked("group"),
    ),
)


def _tap(**parts: object) -> bytes:
    keyboard = {
        "inline_keyboard": [
            [{"text": "Mehr", "callback_data": "MORE"}],
            [{"text": "Ende", "callback_data": "STOP"}],
        ]
    }
    ours = {"message_id": 42, "chat": CHAT, "date": 1454110000, "reply_markup": keyboard}
    tap = {"id": "4382bfdwdsb323b2d9", "from": ANNA, "message": ours, "chat_instance": "1", "data": "STOP"}
    return _update("callback_query", {**tap, **parts})


TAP = _event(
    EventKind.BUTTON, at=0, payload="STOP", text="Ende", message_id="42", callback="4382bfdwdsb323b2d9"
)

TAPS = (
    Told("a tap has no time of its own", _tap(), _one(TAP)),
    Told(
        "a tap under a message that is gone",
        _tap(message={"message_id": 42, "chat": {"id": 3527065, "type": "private"}, "date": 0}),
        _one(_event(EventKind.BUTTON, at=0, payload="STOP", message_id="42", callback="4382bfdwdsb323b2d9")),
    ),
    Told("a tap in a group", _tap(message={"message_id": 1, "chat": GROUP}), _parked("group")),
    Told("a game", _tap(data=None, game_short_name="g"), _parked("callback_query.other")),
    Told("a tap of nobody", _tap(**{"from": {}}), _parked("no_sender")),
)


def _membership(status: str, chat: Json = CHAT) -> bytes:
    change = {
        "chat": chat,
        "from": ANNA,
        "date": 1700000000,
        "old_chat_member": {"status": "member", "user": {"id": 99}},
        "new_chat_member": {"status": status, "user": {"id": 99}, "until_date": 0},
    }
    return _update("my_chat_member", change)


MEMBERSHIPS = (
    Told("blocked", _membership("kicked"), _one(_event(EventKind.BLOCKED, at=1700000000000, message_id=""))),
    Told(
        "unblocked", _membership("member"), _one(_event(EventKind.UNBLOCKED, at=1700000000000, message_id=""))
    ),
    Told("some other status", _membership("restricted"), _parked("my_chat_member.restricted")),
    Told("thrown out of a group", _membership("kicked", GROUP), _parked("group")),
)

OTHERS = (
    Told("an update we did not ask for", _update("channel_post", {}), _parked("update.channel_post")),
    Told("an update of a strange kind", _update("<script>", {}), _parked("update.other")),
    Told("an update of nothing", b'{"update_id":880001}', _parked("update.empty")),
    Told("a message that is none", _update("message", [1]), _parked("group")),
    Told(
        "a number of 5,000 digits in a field we do not need",
        _message(text="Hi", forward_date=1).replace(b'"forward_date": 1', b'"forward_date": 1' + b"0" * 5000),
        _one(_event(text="Hi")),
    ),
)


def _ok(result: object) -> Answer:
    return Answer(200, {}, json.dumps({"ok": True, "result": result}).encode())


def _no(
    code: int,
    description: str,
    *,
    status: int = 0,
    parameters: Json | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    told = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Answer(status or code, headers or {}, json.dumps(told).encode())


def _kind(kind: OutcomeKind, code: str, *, wide: bool = False, wait: float | None = None) -> Outcome:
    return Outcome(kind, code, retry_after=wait, account_wide=wide)


def _refused(code: int, description: str, outcome: Outcome) -> Answered:
    return Answered(f"{code} {description}", _no(code, description), outcome)


ANSWERS = (
    Answered("accepted", _ok({"message_id": 77, "date": 1}), Outcome(OutcomeKind.OK, message_id="77")),
    Answered(
        "an album", _ok([{"message_id": 77}, {"message_id": 78}]), Outcome(OutcomeKind.OK, message_id="77")
    ),
    Answered("to be sent later", _ok({"message_id": 0}), Outcome(OutcomeKind.OK)),
    Answered("a tap answered", _ok(True), Outcome(OutcomeKind.OK)),
    _refused(403, "Forbidden: bot was blocked by the user", _kind(OutcomeKind.WITHDRAW, "blocked")),
    _refused(403, "Forbidden: user is deactivated", _kind(OutcomeKind.GONE, "deactivated")),
    _refused(
        403,
        "Forbidden: bot can't initiate conversation with a user",
        _kind(OutcomeKind.GONE, "not_opened"),
    ),
    _refused(403, "Forbidden: bot was kicked from the group chat", _kind(OutcomeKind.GONE, "kicked")),
    _refused(
        403, "Forbidden: bot is not a member of the channel chat", _kind(OutcomeKind.GONE, "not_member")
    ),
    _refused(403, "Forbidden: the group chat was deleted", _kind(OutcomeKind.GONE, "deleted")),
    _refused(403, "Forbidden: something new", _kind(OutcomeKind.BAD, "403")),
    _refused(400, "Bad Request: chat not found", _kind(OutcomeKind.GONE, "chat_not_found")),
    Answered(
        "400 upgraded",
        _no(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            parameters={"migrate_to_chat_id": -100123},
        ),
        _kind(OutcomeKind.GONE, "migrated"),
    ),
    _refused(400, "Bad Request: message text is empty", _kind(OutcomeKind.BAD, "text_empty")),
    _refused(400, "Bad Request: message is too long", _kind(OutcomeKind.BAD, "text_too_long")),
    _refused(400, "Bad Request: can't parse entities: x", _kind(OutcomeKind.BAD, "entities")),
    _refused(400, "Bad Request: reply markup is too long", _kind(OutcomeKind.BAD, "buttons_too_long")),
    _refused(400, "Bad Request: wrong HTTP URL specified", _kind(OutcomeKind.BAD, "media_address")),
    _refused(400, "Bad Request: wrong type of the web page content", _kind(OutcomeKind.BAD, "media_type")),
    _refused(400, "Bad Request: file is too big", _kind(OutcomeKind.BAD, "media_too_big")),
    _refused(
        400,
        "Bad Request: wrong file_id or the file is temporarily unavailable",
        _kind(OutcomeKind.BAD, "media_id"),
    ),
    _refused(400, "Bad Request: failed to get HTTP URL content", _kind(OutcomeKind.RETRY, "media_fetch")),
    _refused(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
        _kind(OutcomeKind.BAD, "tap_too_old"),
    ),
    _refused(400, "Bad Request: FROZEN_METHOD_INVALID", _kind(OutcomeKind.PAUSE, "frozen", wide=True)),
    _refused(400, "Bad Request: something new", _kind(OutcomeKind.BAD, "400")),
    _refused(401, "Unauthorized", _kind(OutcomeKind.PAUSE, "401", wide=True)),
    _refused(404, "Not Found", _kind(OutcomeKind.PAUSE, "404", wide=True)),
    _refused(409, "Conflict: can't use getUpdates method", _kind(OutcomeKind.PAUSE, "409", wide=True)),
    Answered(
        "429 with parameters",
        _no(
            429,
            "Too Many Requests: retry after 35",
            parameters={"retry_after": 35},
            headers={"Retry-After": "9"},
        ),
        _kind(OutcomeKind.RETRY, "429", wide=True, wait=35.0),
    ),
    Answered(
        "429 with a header",
        _no(429, "Too Many Requests", headers={"Retry-After": "9"}),
        _kind(OutcomeKind.RETRY, "429", wide=True, wait=9.0),
    ),
    Answered(
        "429 with nonsense",
        _no(429, "Too Many Requests", parameters={"retry_after": -1}, headers={"retry-after": "NaN"}),
        _kind(OutcomeKind.RETRY, "429", wide=True),
    ),
    Answered(
        "429 with a wait of years is passed on as told",
        _no(429, "Too Many Requests", parameters={"retry_after": 10**9}),
        _kind(OutcomeKind.RETRY, "429", wide=True, wait=1e9),
    ),
    _refused(500, "Internal Server Error: restart", _kind(OutcomeKind.RETRY, "500")),
    _refused(502, "Bad Gateway", _kind(OutcomeKind.UNKNOWN, "http_502")),
    _refused(504, "Gateway Timeout", _kind(OutcomeKind.UNKNOWN, "http_504")),
    Answered(
        "status and code differ",
        _no(400, "Bad Request: chat not found", status=403),
        _kind(OutcomeKind.GONE, "chat_not_found"),
    ),
    Answered("bad gateway in HTML", Answer(502, {}, b"<html>"), _kind(OutcomeKind.UNKNOWN, "http_502")),
    Answered("a server error in HTML", Answer(500, {}, b"<html>"), _kind(OutcomeKind.UNKNOWN, "http_500")),
    Answered(
        "accepted and cut off", Answer(200, {}, b'{"ok":true,"resu'), _kind(OutcomeKind.UNKNOWN, "http_200")
    ),
    Answered("no token, no body", Answer(401), _kind(OutcomeKind.PAUSE, "http_401", wide=True)),
    Answered("too many requests in HTML", Answer(429), _kind(OutcomeKind.RETRY, "http_429", wide=True)),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), _kind(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), _kind(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
VOICE = Media(MediaKind.AUDIO, "https://cdn.example/a.OGG?x=1")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken(
        "only a template",
        Message(template=Template("autumn", "de")),
        ("text",),
        ("no templates", "at least 1"),
    ),
    Broken("blanks only", Message(" \n"), ("text",), ("0 visible", "at least 1")),
    Broken(
        "more than four messages full",
        Message("x" * 16_387),
        ("text",),
        ("16387", "16384", "Shorten it by 3"),
    ),
    Broken(
        "a text whose sentences need five messages",
        Message(" ".join(["x" * 3000] * 5)),
        ("text",),
        ("5 messages of 4096 characters", "at most 4"),
    ),
    Broken(
        "a payload of 65 bytes",
        Message("x", buttons=(Button("a", "ü" * 32 + "x"),)),
        ("buttons.0.reply",),
        ("65 bytes", "64"),
    ),
    Broken(
        "a long label", Message("x", buttons=(Button("x" * 65, "a"),)), ("buttons.0.label",), ("65", "64")
    ),
    Broken("no label", Message("x", buttons=(Button(" ", "a"),)), ("buttons.0.label",), ("at least 1",)),
    Broken(
        "a button for nothing", Message("x", buttons=(Button("a"),)), ("buttons.0",), ("exactly 1", "neither")
    ),
    Broken(
        "a link to nowhere",
        Message("x", buttons=(Button("a", url="shop.example"),)),
        ("buttons.0.url",),
        ("https://",),
    ),
    Broken(
        "101 buttons",
        Message("x", buttons=(MORE,) * 60 + (SHOP,) * 41),
        ("buttons",),
        ("101", "100", "Remove 1"),
    ),
    Broken("buttons without text", Message(buttons=(MORE,)), ("text",), ("0 characters",)),
    Broken(
        "buttons below an album without text",
        Message(media=(PHOTO, CLIP), buttons=(MORE,)),
        ("text",),
        ("at least 1",),
    ),
    Broken("eleven files", Message("x", media=(PHOTO,) * 11), ("media",), ("11 ", "at most 10", "Remove 1")),
    Broken(
        "a file without address",
        Message("x", media=(Media(MediaKind.IMAGE, "ftp://x/a.jpg"),)),
        ("media.0",),
        ("https://",),
    ),
    Broken(
        "a file Telegram does not fetch",
        Message("x", media=(Media(MediaKind.FILE, "https://x.example/a.DOCX"),)),
        ("media.0",),
        (".docx", ".pdf"),
    ),
)

FINE = (
    Message("x" * 16_384),
    Message("\U0001f372" * 16_384),
    Message("x" * 16_384, (PHOTO,), (MORE, SHOP)),
    Message("x", buttons=(Button("x" * 64, "y" * 64),)),
    Message("x", buttons=(Button("Laden", url="{{ link }}"),), template=Template("autumn", "de")),
    Message(media=(PHOTO,), buttons=(MORE,)),
    Message(media=(Media(MediaKind.FILE, "https://x.example/download"),)),
    Message("x", (PHOTO,) * 10),
)

KEYS = {"reply_markup": {"inline_keyboard": [[{"text": "Mehr", "callback_data": "MORE"}]]}}
NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}


def _url(method: str) -> str:
    return f"https://api.telegram.org/bot123456789:AAH-new_token/{method}"


def _sent(fact: str, message: Message, *calls: tuple[str, Json], to: str = "3527065") -> Sent:
    return Sent(
        fact,
        Delivery("b1:3:17", to, message, window_open=True, marketing=True),
        tuple(("POST", _url(method), {"chat_id": int(to), **fields}) for method, fields in calls),
        {"content-type": "application/json"},
    )


SENT = (
    _sent(
        "text",
        Message("<b>Grüße</b> \U0001f372"),
        ("sendMessage", {"text": "<b>Grüße</b> \U0001f372", **NO_PREVIEW}),
    ),
    _sent("a supergroup", Message("Hi"), ("sendMessage", {"text": "Hi", **NO_PREVIEW}), to="-1001234567890"),
    _sent(
        "buttons stand below each other",
        Message("Hi", buttons=(MORE, SHOP)),
        (
            "sendMessage",
            {
                "text": "Hi",
                **NO_PREVIEW,
                "reply_markup": {
                    "inline_keyboard": [
                        [{"text": "Mehr", "callback_data": "MORE"}],
                        [{"text": "Zum Laden", "url": "https://shop.example/"}],
                    ]
                },
            },
        ),
    ),
    _sent(
        "a photo with text and buttons is one call",
        Message("Hi", (PHOTO,), (MORE,)),
        ("sendPhoto", {"photo": "https://cdn.example/a.jpg", "caption": "Hi", **KEYS}),
    ),
    _sent(
        "video",
        Message("Hi", (CLIP,)),
        ("sendVideo", {"video": "https://cdn.example/a.mp4", "caption": "Hi"}),
    ),
    _sent(
        "audio",
        Message("Hi", (SONG,)),
        ("sendAudio", {"audio": "https://cdn.example/a.mp3", "caption": "Hi"}),
    ),
    _sent("voice", Message(media=(VOICE,)), ("sendVoice", {"voice": "https://cdn.example/a.OGG?x=1"})),
    _sent(
        "file",
        Message("Hi", (PAPER,)),
        ("sendDocument", {"document": "https://cdn.example/a.pdf", "caption": "Hi"}),
    ),
    _sent(
        "a text too long for a caption follows and takes the buttons",
        Message("x" * 1025, (PHOTO,), (MORE,)),
        ("sendPhoto", {"photo": "https://cdn.example/a.jpg"}),
        ("sendMessage", {"text": "x" * 1025, **NO_PREVIEW, **KEYS}),
    ),
    _sent(
        "a text too long for a message is several, the last with the buttons",
        Message("a" * 4000 + "\n\n" + "b" * 4000, buttons=(MORE,)),
        ("sendMessage", {"text": "a" * 4000, **NO_PREVIEW}),
        ("sendMessage", {"text": "b" * 4000, **NO_PREVIEW, **KEYS}),
    ),
    _sent(
        "an album is one call",
        Message("Hi", (PHOTO, CLIP)),
        (
            "sendMediaGroup",
            {
                "media": [
                    {"type": "photo", "media": "https://cdn.example/a.jpg", "caption": "Hi"},
                    {"type": "video", "media": "https://cdn.example/a.mp4"},
                ]
            },
        ),
    ),
    _sent(
        "an album has no buttons, the text below it has",
        Message("Hi", (PHOTO, PHOTO), (MORE,)),
        (
            "sendMediaGroup",
            {
                "media": [
                    {"type": "photo", "media": "https://cdn.example/a.jpg"},
                    {"type": "photo", "media": "https://cdn.example/a.jpg"},
                ]
            },
        ),
        ("sendMessage", {"text": "Hi", **NO_PREVIEW, **KEYS}),
    ),
    _sent(
        "files that share no album go one by one, the last with the text",
        Message("Hi", (PHOTO, PAPER), (MORE,)),
        ("sendPhoto", {"photo": "https://cdn.example/a.jpg"}),
        ("sendDocument", {"document": "https://cdn.example/a.pdf", "caption": "Hi", **KEYS}),
    ),
)


def _step(name: str, method: str, fields: Json, *answers: tuple[Answer, bool, tuple[str, ...]]) -> Stepped:
    return Stepped(name, ("POST", _url(method), fields), answers)


def _info(**parts: object) -> Answer:
    return _ok({"url": WEBHOOK, "has_custom_certificate": False, "pending_update_count": 0, **parts})


def _failing(words: str) -> Answer:
    return _info(pending_update_count=7, last_error_date=1454119029, last_error_message=words)


DENIED = _no(401, "Unauthorized")
STEPS = (
    _step(
        "who_am_i",
        "getMe",
        {},
        (
            _ok(
                {"id": 123456789, "is_bot": True, "first_name": "Café\nMorgenrot", "username": "rundruf_bot"}
            ),
            True,
            ("Café Morgenrot", "@rundruf_bot"),
        ),
        (DENIED, False, ("bot token", "@BotFather")),
        (_no(404, "Not Found"), False, ("no bot", "@BotFather")),
        (Answer(502, {}, b"<html>"), False, ("502",)),
        (_ok(True), False, ("200",)),
    ),
    _step(
        "set_webhook",
        "setWebhook",
        {
            "url": WEBHOOK,
            "secret_token": "k3Zq-new_secret",
            "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        },
        (_ok(True), True, ("here",)),
        (
            _no(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"),
            False,
            ("status 400", "HTTPS url must be provided"),
        ),
        (_no(429, "Too Many Requests: retry after 1"), False, ("minute",)),
    ),
    _step(
        "set_commands",
        "setMyCommands",
        {
            "commands": [
                {"command": "start", "description": "Subscribe to messages"},
                {"command": "stop", "description": "Stop all messages"},
                {"command": "privacy", "description": "What you get, and the privacy policy"},
                {"command": "help", "description": "What this chat understands"},
            ]
        },
        (_ok(True), True, ("4 commands",)),
        (DENIED, False, ("401",)),
    ),
    _step(
        "set_commands_de",
        "setMyCommands",
        {
            "commands": [
                {"command": "start", "description": "Nachrichten abonnieren"},
                {"command": "stop", "description": "Alle Nachrichten beenden"},
                {"command": "privacy", "description": "Was Sie erhalten, und der Datenschutz"},
                {"command": "help", "description": "Was dieser Chat versteht"},
            ],
            "language_code": "de",
        },
        (_ok(True), True, ("4 commands",)),
        (DENIED, False, ("401",)),
    ),
    _step(
        "webhook_info",
        "getWebhookInfo",
        {},
        (_info(), True, ("set", "0 events")),
        (_info(last_error_date=1454119029, last_error_message="Connection timed out"), True, ("set",)),
        (_info(pending_update_count=3), True, ("3 events",)),
        (
            _failing("Wrong response from the webhook: 401 Unauthorized"),
            False,
            ("7 events", "401 Unauthorized", "secret token"),
        ),
        (_failing("Wrong response from the webhook: 404 Not Found"), False, ("not known here",)),
        (
            _failing("SSL error {error:0A000086:SSL routines::certificate verify failed}"),
            False,
            ("authority",),
        ),
        (_failing("Connection timed out"), False, ("in time",)),
        (_failing("Failed to resolve host: Name or service not known"), False, ("DNS",)),
        (_failing("Connection refused"), False, ("Nothing listens",)),
        (_failing("Something\nnew"), False, ("Something new", "minute")),
        (_info(url=""), False, ("another address",)),
        (_info(url="https://elsewhere.example/"), False, ("another address",)),
        (DENIED, False, ("401",)),
    ),
)


def _found(path: object) -> Answer:
    return _ok({"file_id": "AgACAgIAAx", "file_unique_id": "AQAD", "file_size": 9, "file_path": path})


DOWNLOADS = (
    Downloaded(
        "Telegram tells where a file lies",
        MediaIn(MediaKind.IMAGE, "AgACAgIAAx"),
        ("POST", _url("getFile"), {"file_id": "AgACAgIAAx"}),
        (
            (
                _found("photos/file_1.jpg"),
                (
                    "GET",
                    "https://api.telegram.org/file/bot123456789:AAH-new_token/photos/file_1.jpg",
                    {},
                ),
            ),
            (_found("../bot123/getMe"), ValueError),
            (_found("photos/../../bot123/getMe"), ValueError),
            (_found("/var/lib/telegram-bot-api/a.jpg"), ValueError),
            (_found("https://elsewhere.example/a.jpg"), ValueError),
            (_found("photos/a b.jpg"), ValueError),
            (_found("@elsewhere.example/a.jpg"), ValueError),
            (_found(None), ValueError),
            (_no(400, "Bad Request: file is too big"), ValueError),
            (_no(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), ValueError),
            (Answer(502, {}, b"<html>"), ValueError),
        ),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="secret_token",
    proof="x-telegram-bot-api-secret-token",
    signs_body=False,
    call=_call,
    handshakes=(("there is no set-up call", Call("GET", {}, {"hub.challenge": "1"}, b""), None),),
    told=(*MESSAGES, *EDITED, *TAPS, *MEMBERSHIPS, *OTHERS),
    unreadable=(b"", b"[]", b"null", b"\xff{", b'{"update_id":NaN}', b'{"message":{}}', b'{"update_id":"x"}'),
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids={
        "3527065": "3527065",
        " 3527065\n": "3527065",
        "-1001234567890": "-1001234567890",
        str(2**52 - 1): str(2**52 - 1),
        str(2**52): None,
        "0": None,
        "007": None,
        "+49151": None,
        "@anna": None,
        "٣": None,
        "": None,
    },
    links={
        ("ABCD2345", "de"): "https://t.me/rundruf_bot?start=ABCD2345",
        ("opt-in_1", "en"): "https://t.me/rundruf_bot?start=opt-in_1",
    },
    credentials={
        "bot_token": (("123456789:AAH-new_token",), ("", "123456789", "123:a/../b", "123:a b", "x:y")),
        "secret_token": (("k3Zq-new_secret", "x" * 256), ("", "a b", "ü", "x" * 257, "a\n")),
    },
    taps=(
        (TAP, ("POST", _url("answerCallbackQuery"), {"callback_query_id": "4382bfdwdsb323b2d9"})),
        (_event(text="Hi"), None),
    ),
    steps=STEPS,
    downloads=DOWNLOADS,
)
