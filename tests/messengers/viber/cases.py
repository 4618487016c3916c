"""Viber: events as its pages and its own libraries show them, with made-up people."""

import hashlib
import hmac
import json
from dataclasses import replace

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
    Receipt,
    ReceiptStatus,
    Reply,
)
from tests.messengers.case import (
    WEBHOOK,
    Answered,
    BatchAnswered,
    Batched,
    Broken,
    Case,
    Downloaded,
    Replied,
    Sent,
    Stepped,
    Told,
)

ANNA = "xy5/5y6O81+/kbWHpLhBoA=="
BEN = "01234567890A="
CEM = "pttm25kSGUo1919sBORWyA=="

ACCOUNT = Account(
    "viber",
    "main",
    address="morgenrot",
    credentials={
        "auth_token": (
            "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3",
            "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9",
        ),
        "sender_name": ("Café Morgenrot",),
    },
)
UNNAMED = replace(ACCOUNT, credentials={"auth_token": ACCOUNT.credentials["auth_token"]})

Json = dict[str, object]


def _signature(body: bytes, token: str) -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def _call(body: bytes, token: str) -> Call:
    return Call("POST", {"x-viber-content-signature": _signature(body, token)}, {}, body)


# The example in the tests of Viber's own library; time and token are swapped in it.
PING = b'{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}'
PING_SIGNATURE = "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef"
PING_CALL = Call("POST", {"x-viber-content-signature": PING_SIGNATURE}, {}, PING)

AT = 1457764197627
TOKEN = 4912661846655238145  # beyond what a float can hold
SENDER: Json = {
    "id": ANNA,
    "name": "Anna Müller",
    "avatar": "https://avatar.example/a",
    "country": "DE",
    "language": "de",
    "api_version": 10,
}


def _told(event: str, **parts: object) -> bytes:
    return json.dumps({"event": event, "timestamp": AT, "message_token": TOKEN, **parts}).encode()


def _message(kind: str, *, silent: object = False, sender: object = SENDER, **parts: object) -> bytes:
    return _told(
        "message",
        chat_hostname="SN-CHAT-03_",
        sender=sender,
        message={"type": kind, **parts},
        silent=silent,
        reply_type="message",
    )


def _event(kind: EventKind = EventKind.MESSAGE, **parts: object) -> Event:
    blank = Event(
        f"message.{TOKEN}.{ANNA}",
        kind,
        ANNA,
        AT,
        name="Anna Müller",
        language="de",
        message_id=str(TOKEN),
    )
    return replace(blank, **parts)  # type: ignore[arg-type]


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(kind: str) -> Reading:
    return Reading(parked={kind: 1})


PICTURE = "https://dl-media.viber.example/5/media/2/short/any/sig/image/0x0/a.jpg?Expires=1"


def _file(kind: str, expected: MediaKind, name: str = "", **parts: object) -> Told:
    event = _event(text=str(parts.get("text", "")), media=(MediaIn(expected, PICTURE, name=name),))
    return Told(kind, _message(kind, media=PICTURE, **parts), _one(event))


MESSAGES = (
    Told(
        "text",
        _message("text", text="Grüße \U0001f372", tracking_data="b1:3:17"),
        _one(_event(text="Grüße \U0001f372")),
    ),
    Told("half a character", _message("text", text="STOP \ud83d\0"), _one(_event(text="STOP \ufffd"))),
    _file("picture", MediaKind.IMAGE, text="STOP", thumbnail="https://dl-media.viber.example/b.jpg"),
    _file("video", MediaKind.VIDEO, size=10000, duration=10),
    _file("file", MediaKind.FILE, "Rechnung.pdf", file_name="Rechnung.pdf", size=10000),
    Told(
        "a picture at an address that is none",
        _message("picture", media="file:///etc/passwd", text="so"),
        _one(_event(text="so")),
    ),
    Told("a sticker", _message("sticker", sticker_id=46105), _one(_event())),
    Told(
        "an address card",
        _message("contact", contact={"name": "Ben Weber", "phone_number": "+4915100000000"}),
        _one(_event(text="Ben Weber, +4915100000000")),
    ),
    Told(
        "an address",
        _message("url", media="https://example.org/menu"),
        _one(_event(text="https://example.org/menu")),
    ),
    Told(
        "a place",
        _message("location", location={"lat": 50.94, "lon": 6.95}),
        _one(_event(place=Place(50.94, 6.95))),
    ),
    Told("a place that is none", _message("location", location={"lat": 191}), _parked("message.empty")),
    Told("a text without words", _message("text"), _parked("message.empty")),
    Told("a picture without picture", _message("picture"), _parked("message.empty")),
    Told("a message of a new kind", _message("hologram"), _parked("message.hologram")),
    Told("a message that is none", _told("message", sender=SENDER, message=[1]), _parked("message.other")),
    Told("no sender", _told("message", message={"type": "text", "text": "Hi"}), _parked("no_sender")),
    Told(
        "an id that is none",
        _message("text", sender={**SENDER, "id": "a b"}, text="Hi"),
        _parked("no_sender"),
    ),
    Told(
        "an account that asks for no names",
        _message("text", sender={"id": BEN, "language": "<b>"}, text="Hi"),
        _one(_event(id=f"message.{TOKEN}.{BEN}", user_id=BEN, text="Hi", name="", language="")),
    ),
    Told(
        "what answers our greeting brings the entry code with it",
        _message("text", text="Hallo", tracking_data="entry:KRTMBXZV"),
        _one(_event(text="Hallo", code="KRTMBXZV")),
    ),
    Told(
        "a code that is none",
        _message("text", text="Hallo", tracking_data="entry:<b>"),
        _one(_event(text="Hallo")),
    ),
)

TAP = _event(EventKind.BUTTON, text="optin:yes", payload="optin:yes")

TAPS = (
    Told("a tap is silent", _message("text", silent=True, text="optin:yes"), _one(TAP)),
    Told(
        "a tap on the greeting",
        _message("text", silent=True, text="KRTMBXZV", tracking_data="entry:KRTMBXZV"),
        _one(_event(EventKind.BUTTON, text="KRTMBXZV", payload="KRTMBXZV", code="KRTMBXZV")),
    ),
    Told(
        "who types the same has not tapped",
        _message("text", silent="true", text="optin:yes"),
        _one(_event(text="optin:yes")),
    ),
)


def _person(event: str, kind: EventKind, **parts: object) -> Event:
    return _event(kind, id=f"{event}.{TOKEN}.{ANNA}", message_id="", **parts)


OPENED = _person("conversation_started", EventKind.OPENED, window=0)
KNOWN = _person("conversation_started", EventKind.OPENED, code="KRTMBXZV")
WITH_CODE = _person("conversation_started", EventKind.OPENED, code="KRTMBXZV", window=0)

PEOPLE = (
    Told(
        "the chat is opened",
        _told("conversation_started", type="open", user=SENDER, subscribed=False),
        _one(OPENED),
    ),
    Told(
        "the chat is opened with a code",
        _told("conversation_started", type="open", context="KRTMBXZV", user=SENDER, subscribed=False),
        _one(WITH_CODE),
    ),
    Told(
        "a subscriber opens the chat with a code",
        _told("conversation_started", type="open", context="KRTMBXZV", user=SENDER, subscribed=True),
        _one(KNOWN),
    ),
    Told(
        "a context that is no code",
        _told("conversation_started", context="<b> & more", user=SENDER),
        _one(OPENED),
    ),
    Told("the chat is opened by nobody", _told("conversation_started"), _parked("no_sender")),
    Told("subscribed", _told("subscribed", user=SENDER), _one(_person("subscribed", EventKind.UNBLOCKED))),
    Told("subscribed by nobody", _told("subscribed", user_id=ANNA), _parked("no_sender")),
    Told(
        "unsubscribed",
        _told("unsubscribed", user_id=ANNA),
        _one(_person("unsubscribed", EventKind.BLOCKED, name="", language="")),
    ),
    Told("unsubscribed by nobody", _told("unsubscribed", user=SENDER), _parked("no_sender")),
    Told(
        "unsubscribed without a token",
        json.dumps({"event": "unsubscribed", "timestamp": AT, "user_id": ANNA}).encode(),
        _one(
            _event(
                EventKind.BLOCKED,
                id=f"unsubscribed.{AT}.{ANNA}",
                name="",
                language="",
                message_id="",
            )
        ),
    ),
)


def _receipt(status: ReceiptStatus, outcome: Outcome | None = None) -> Reading:
    return Reading(receipts=(Receipt("", status, AT, ANNA, str(TOKEN), outcome),))


RECEIPTS = (
    Told("delivered", _told("delivered", user_id=ANNA), _receipt(ReceiptStatus.DELIVERED)),
    Told("seen", _told("seen", user_id=ANNA), _receipt(ReceiptStatus.READ)),
    Told(
        "failed on the phone",
        _told("failed", user_id=ANNA, desc="failure description"),
        _receipt(ReceiptStatus.FAILED, Outcome(OutcomeKind.BAD, "failed")),
    ),
    Told("delivered to nobody", _told("delivered"), _parked("delivered.unnamed")),
    Told(
        "seen without a token",
        json.dumps({"event": "seen", "timestamp": AT, "user_id": ANNA}).encode(),
        _parked("seen.unnamed"),
    ),
)

OTHERS = (
    Told("Viber tries the webhook", PING, Reading()),
    Told(
        "a payment",
        _told("client_status", status={"type": "payment", "code": 0, "tracking_data": "a"}, user=SENDER),
        _parked("event.client_status"),
    ),
    Told("an event of a new kind", _told("telepathy"), _parked("event.telepathy")),
    Told("an event of a strange kind", _told("<script>"), _parked("event.other")),
)


def _status(code: object, words: str = "", *, http: int = 200, **parts: object) -> Answer:
    told = {"status": code, "status_message": words, "chat_hostname": "SN-CHAT-03_", **parts}
    return Answer(http, {}, json.dumps(told).encode())


def _kind(kind: OutcomeKind, code: str, *, wide: bool = False, wait: float | None = None) -> Outcome:
    return Outcome(kind, code, retry_after=wait, account_wide=wide)


def _code(code: int, words: str, kind: OutcomeKind) -> Answered:
    wide = kind is OutcomeKind.PAUSE
    return Answered(f"{code} {words}", _status(code, words), _kind(kind, str(code), wide=wide))


ANSWERS = (
    Answered(
        "accepted",
        _status(0, "ok", message_token=5741311803571721087, billing_status=1),
        Outcome(OutcomeKind.OK, message_id="5741311803571721087"),
    ),
    Answered("accepted without a token", _status(0, "ok"), Outcome(OutcomeKind.OK)),
    _code(1, "invalidUrl", OutcomeKind.PAUSE),
    _code(2, "invalidAuthToken", OutcomeKind.PAUSE),
    _code(3, "badData", OutcomeKind.BAD),
    _code(4, "missingData", OutcomeKind.BAD),
    _code(5, "receiverNotRegistered", OutcomeKind.GONE),
    _code(6, "receiverNotSubscribed", OutcomeKind.WITHDRAW),
    _code(7, "publicAccountBlocked", OutcomeKind.PAUSE),
    _code(8, "publicAccountNotFound", OutcomeKind.PAUSE),
    _code(9, "publicAccountSuspended", OutcomeKind.PAUSE),
    _code(10, "webhookNotSet", OutcomeKind.PAUSE),
    _code(11, "receiverNoSuitableDevice", OutcomeKind.GONE),
    _code(12, "tooManyRequests", OutcomeKind.RETRY),
    _code(13, "apiVersionNotSupported", OutcomeKind.BAD),
    _code(14, "incompatibleWithVersion", OutcomeKind.BAD),
    _code(15, "publicAccountNotAuthorized", OutcomeKind.PAUSE),
    _code(16, "inchatReplyMessageNotAllowed", OutcomeKind.BAD),
    _code(17, "publicAccountIsNotInline", OutcomeKind.BAD),
    _code(18, "noPublicChat", OutcomeKind.BAD),
    _code(19, "cannotSendBroadcast", OutcomeKind.RETRY),
    _code(20, "broadcastNotAllowed", OutcomeKind.PAUSE),
    _code(21, "unsupportedCountry", OutcomeKind.GONE),
    _code(22, "paymentUnsupported", OutcomeKind.BAD),
    _code(23, "freeMessagesExceeded", OutcomeKind.PAUSE),
    _code(24, "noBalance", OutcomeKind.PAUSE),
    _code(99, "generalError", OutcomeKind.RETRY),
    Answered(
        "401 with the status as a string",
        _status("2", "invalidAuthToken", http=401),
        _kind(OutcomeKind.PAUSE, "2", wide=True),
    ),
    Answered(
        "good news with a bad status is none",
        _status(0, "ok", http=403),
        _kind(OutcomeKind.PAUSE, "http_403", wide=True),
    ),
    Answered(
        "429",
        Answer(429, {"retry-after": "9"}, b'{"status":12,"status_message":"tooManyRequests"}'),
        _kind(OutcomeKind.RETRY, "http_429", wide=True, wait=9.0),
    ),
    Answered("500 with a status", _status(99, http=500), _kind(OutcomeKind.UNKNOWN, "http_500")),
    Answered("a bad gateway", Answer(502, {}, b"<html>"), _kind(OutcomeKind.UNKNOWN, "http_502")),
    Answered("cut off", Answer(200, {}, b'{"status":0,"stat'), _kind(OutcomeKind.UNKNOWN, "http_200")),
    Answered("no status", Answer(200, {}, b"{}"), _kind(OutcomeKind.UNKNOWN, "http_200")),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), _kind(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), _kind(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg?v=1", "Suppe")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a.pdf")
MORE, SHOP = (
    Button("Mehr <b> & \U0001f372", reply="MORE"),
    Button("Zum Laden", url="https://shop.example/?a=1&b=2"),
)

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken("only a template", Message(template=Template("a", "de")), ("text",), ("no templates",)),
    Broken("blanks only", Message(" \n"), ("text",), ("0 visible",)),
    Broken(
        "more than four messages full",
        Message("x" * 28_001),
        ("text",),
        ("28001 UTF-16 units", "28000", "Shorten it by 1"),
    ),
    Broken(
        "a text whose sentences need five messages",
        Message(" ".join(["x" * 4000] * 5)),
        ("text",),
        ("5 messages of 7000", "at most 4"),
    ),
    Broken(
        "a call of more than 30 kB",
        Message("漢" * 7000, buttons=(Button("ü", url="https://x.example/".ljust(6000, "a")),)),
        ("text",),
        ("27000", "Shorten"),
    ),
    Broken(
        "a label of 51 units",
        Message("x", buttons=(Button("x" * 51, "a"),)),
        ("buttons.0.label",),
        ("51 UTF-16 units", "50"),
    ),
    Broken(
        "a payload of 251 bytes",
        Message("x", buttons=(Button("a", "x" * 251),)),
        ("buttons.0.reply",),
        ("251 bytes", "250"),
    ),
    Broken("no label", Message("x", buttons=(Button(" ", "a"),)), ("buttons.0.label",), ("at least 1",)),
    Broken("13 buttons", Message("x", buttons=(MORE,) * 13), ("buttons",), ("13 ", "12", "Remove 1")),
    Broken(
        "13 buttons of both sorts",
        Message("x", buttons=(MORE,) * 7 + (SHOP,) * 6),
        ("buttons",),
        ("13 ", "12"),
    ),
    Broken("buttons without text", Message(buttons=(MORE,)), ("text",), ("0 characters",)),
    Broken(
        "a picture whose address does not say so",
        Message("x", (Media(MediaKind.IMAGE, "https://cdn.example/image?id=a.jpg"),)),
        ("media.0",),
        ("4 endings", ".jpg, .jpeg, .png, .gif"),
    ),
    Broken(
        "a picture of another kind",
        Message("x", (Media(MediaKind.IMAGE, "https://cdn.example/a.webp"),)),
        ("media.0",),
        (".png",),
    ),
    Broken(
        "a link of 2001 characters",
        Message("x", (Media(MediaKind.FILE, "https://x.example/".ljust(2001, "a")),)),
        ("media.0",),
        ("2001 characters", "2000"),
    ),
    Broken(
        "a file without address",
        Message("x", (Media(MediaKind.IMAGE, "ftp://x/a.jpg"),)),
        ("media.0",),
        ("https://",),
    ),
)

FINE = (
    Message("x" * 28_000),
    Message("\U0001f372" * 14_000),
    Message("漢" * 7000, buttons=(MORE, SHOP)),
    Message("x", buttons=(MORE,) * 6 + (SHOP,) * 6),
    Message("x", buttons=(Button("<" * 50, "y" * 250),)),
    Message("x", buttons=(Button("Laden", url="{{ link }}"),), template=Template("autumn", "de")),
    Message(media=(PHOTO,), buttons=(MORE,)),
    Message(media=(CLIP, SONG, PAPER, PHOTO)),
    Message(media=(Media(MediaKind.IMAGE, "{{ picture }}"),)),
    Message("x", (Media(MediaKind.FILE, "https://x.example/".ljust(2000, "a")),)),
)

SEND = "https://chatapi.viber.com/pa/send_message"
BROADCAST = "https://chatapi.viber.com/pa/broadcast_message"
HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "x-viber-auth-token": "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3",
}
HEAD: Json = {
    "receiver": ANNA,
    "min_api_version": 1,
    "sender": {"name": "Café Morgenrot"},
    "tracking_data": "b1:3:17",
}


def _keyboard(*keys: Json) -> Json:
    shape = {"Columns": 6, "Rows": 1, "Silent": True}
    return {
        "keyboard": {
            "Type": "keyboard",
            "DefaultHeight": False,
            "Buttons": [{**shape, **one} for one in keys],
        }
    }


ASK: Json = {"ActionType": "reply", "ActionBody": "MORE", "Text": "Mehr &lt;b&gt; &amp; \U0001f372"}
OPEN: Json = {"ActionType": "open-url", "ActionBody": "https://shop.example/?a=1&b=2", "Text": "Zum Laden"}


def _sent(fact: str, message: Message, *calls: Json, marketing: bool = True) -> Sent:
    return Sent(
        fact,
        Delivery("b1:3:17", ANNA, message, window_open=True, marketing=marketing),
        tuple(("POST", SEND, {**HEAD, **fields}) for fields in calls),
        HEADERS,
    )


SENT = (
    _sent(
        "text",
        Message("<b>Grüße</b> \U0001f372"),
        {"type": "text", "text": "<b>Grüße</b> \U0001f372"},
        marketing=False,
    ),
    _sent("half a character", Message("a \ud83d b"), {"type": "text", "text": "a \ud83d b"}),
    Sent(
        "an account without a name to show",
        Delivery("b1:3:17", ANNA, Message("Hi"), window_open=True),
        (("POST", SEND, {**HEAD, "sender": {"name": "main"}, "type": "text", "text": "Hi"}),),
        account=UNNAMED,
    ),
    _sent(
        "labels are HTML, one button in each row",
        Message("Hi", buttons=(MORE, SHOP)),
        {"type": "text", "text": "Hi", **_keyboard(ASK, OPEN)},
    ),
    _sent(
        "a picture with text and buttons is one call",
        Message("Hi", (PHOTO,), (MORE,)),
        {"type": "picture", "text": "Hi", "media": "https://cdn.example/a.jpg?v=1", **_keyboard(ASK)},
    ),
    _sent(
        "a picture alone",
        Message(media=(PHOTO,)),
        {"type": "picture", "text": "", "media": "https://cdn.example/a.jpg?v=1"},
    ),
    _sent(
        "a text too long for a caption follows and takes the buttons",
        Message("x" * 513, (PHOTO,), (MORE,)),
        {"type": "picture", "text": "", "media": "https://cdn.example/a.jpg?v=1"},
        {"type": "text", "text": "x" * 513, **_keyboard(ASK)},
    ),
    _sent(
        "videos, sounds and files are links",
        Message("Hi", (PHOTO, CLIP, SONG, PAPER)),
        {"type": "picture", "text": "", "media": "https://cdn.example/a.jpg?v=1"},
        {"type": "url", "media": "https://cdn.example/a.mp4"},
        {"type": "url", "media": "https://cdn.example/a.mp3"},
        {"type": "url", "media": "https://cdn.example/a.pdf"},
        {"type": "text", "text": "Hi"},
    ),
    _sent(
        "a link takes the buttons where it comes last",
        Message(media=(PAPER,), buttons=(MORE,)),
        {"type": "url", "media": "https://cdn.example/a.pdf", **_keyboard(ASK)},
    ),
    _sent(
        "a long text is several messages, the last with the buttons",
        Message("a" * 6000 + "\n\n" + "b" * 6000, buttons=(SHOP,)),
        {"type": "text", "text": "a" * 6000},
        {"type": "text", "text": "b" * 6000, **_keyboard(OPEN)},
    ),
)


def _deliveries(message: Message, *people: str) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(f"b1:3:{number}", one, message, window_open=True, marketing=True)
        for number, one in enumerate(people)
    )


THREE = _deliveries(Message("Hi", buttons=(SHOP,)), ANNA, BEN, CEM)
MANY: Json = {
    "broadcast_list": [ANNA, BEN, CEM],
    "min_api_version": 1,
    "sender": {"name": "Café Morgenrot"},
    "tracking_data": "b1:3",
}

BATCHES = (
    Batched(
        "many people are one call",
        THREE,
        (("POST", BROADCAST, {**MANY, "type": "text", "text": "Hi", **_keyboard(OPEN)}),),
        HEADERS,
    ),
    Batched(
        "a message of two parts is two calls",
        _deliveries(Message("x" * 513, (PHOTO,)), ANNA, BEN, CEM),
        (
            (
                "POST",
                BROADCAST,
                {**MANY, "type": "picture", "text": "", "media": "https://cdn.example/a.jpg?v=1"},
            ),
            ("POST", BROADCAST, {**MANY, "type": "text", "text": "x" * 513}),
        ),
    ),
)

OK = Outcome(OutcomeKind.OK, message_id="40808912438712")


def _failed(receiver: object, code: object) -> Json:
    return {"receiver": receiver, "status": code, "status_message": "Not subscribed"}


BATCH_ANSWERS = (
    BatchAnswered("accepted", _status(0, "ok", message_token=40808912438712), THREE, (OK,) * 3),
    BatchAnswered(
        "some got nothing",
        _status(
            0,
            "ok",
            message_token=40808912438712,
            failed_list=[_failed(BEN, 6), _failed(CEM, "5"), _failed("stranger==", 6), None],
        ),
        THREE,
        (OK, _kind(OutcomeKind.WITHDRAW, "6"), _kind(OutcomeKind.GONE, "5")),
    ),
    BatchAnswered(
        "a list that says nothing",
        _status(0, "ok", message_token=40808912438712, failed_list=[_failed(BEN, None), _failed(CEM, 0)]),
        THREE,
        (OK,) * 3,
    ),
    BatchAnswered(
        "a code for all ends nobody's consent",
        _status(6, "notSubscribed"),
        THREE,
        (_kind(OutcomeKind.BAD, "6"),) * 3,
    ),
    BatchAnswered(
        "a code for all beside a list",
        _status(19, "cannotSendBroadcast", failed_list=[_failed(ANNA, 6)]),
        THREE,
        (_kind(OutcomeKind.WITHDRAW, "6"), *(_kind(OutcomeKind.RETRY, "19"),) * 2),
    ),
    BatchAnswered(
        "too many requests concern the account",
        _status(12, "tooManyRequests"),
        THREE,
        (_kind(OutcomeKind.RETRY, "12", wide=True),) * 3,
    ),
    BatchAnswered(
        "no broadcasts allowed",
        _status(20, "broadcastNotAllowed"),
        THREE,
        (_kind(OutcomeKind.PAUSE, "20", wide=True),) * 3,
    ),
    BatchAnswered("429", Answer(429), THREE, (_kind(OutcomeKind.RETRY, "http_429", wide=True),) * 3),
)

GREETING = Message("Willkommen \U0001f372", buttons=(Button("Los", reply="KRTMBXZV"),))
_GREETED = (
    '{"min_api_version":1,"sender":{"name":"Café Morgenrot"},"tracking_data":"%s","type":"text",'
    '"text":"Willkommen \U0001f372","keyboard":{"Type":"keyboard","DefaultHeight":false,"Buttons":['
    '{"Columns":6,"Rows":1,"ActionType":"reply","ActionBody":"KRTMBXZV","Text":"Los","Silent":true}]}}'
)


def _greeted(tracking: str) -> Reply:
    return Reply(200, _GREETED % tracking, "application/json")


REPLIES = (
    Replied("who opened the chat is greeted", Reading(events=(OPENED,)), GREETING, _greeted("")),
    Replied(
        "the entry code comes back with the first message",
        Reading(events=(WITH_CODE,)),
        GREETING,
        _greeted("entry:KRTMBXZV"),
    ),
    Replied("a subscriber is written to instead", Reading(events=(KNOWN,)), GREETING, Reply(200)),
    Replied("a message is not greeted", Reading(events=(_event(text="Hi"),)), GREETING, Reply(200)),
    Replied("no greeting", Reading(events=(OPENED,)), Message(), Reply(200)),
    Replied("Viber tries the webhook", Reading(), GREETING, Reply(200)),
)

STEPS = (
    Stepped(
        "who_am_i",
        ("POST", "https://chatapi.viber.com/pa/get_account_info", {}),
        (
            (
                _status(0, "ok", name="Café\nAm Markt", uri="morgenrot", subscribers_count=35),
                True,
                ("Café Am Markt", "URI morgenrot", "35 subscribers"),
            ),
            (_status(2, "invalidAuthToken"), False, ("auth token", "status 2")),
            (_status(99, "generalError"), False, ("status 99",)),
            (Answer(502, {}, b"<html>"), False, ("502",)),
        ),
    ),
    Stepped(
        "set_webhook",
        (
            "POST",
            "https://chatapi.viber.com/pa/set_webhook",
            {
                "url": WEBHOOK,
                "event_types": [
                    "delivered",
                    "seen",
                    "failed",
                    "subscribed",
                    "unsubscribed",
                    "conversation_started",
                ],
                "send_name": False,
                "send_photo": False,
            },
        ),
        (
            (_status(0, "ok", event_types=["delivered"]), True, ("webhook",)),
            (_status(1, "Result [statusCode=ERROR…]"), False, ("no good answer", "certificate")),
            (_status(12, "tooManyRequests"), False, ("minute",)),
        ),
    ),
)

DOWNLOADS = (
    Downloaded(
        "a file lies at an address",
        MediaIn(MediaKind.IMAGE, PICTURE),
        ("GET", PICTURE, {}),
        (
            (Answer(200, {"content-type": "image/jpeg"}, b"\xff\xd8"), None),
            (Answer(403), ValueError),
            (Answer(404), ValueError),
        ),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="auth_token",
    proof="x-viber-content-signature",
    call=_call,
    handshakes=(("Viber tries a webhook with a signed call", PING_CALL, None),),
    genuine=(
        ("the example of Viber's library", PING_CALL),
        ("a proxy lost the header", Call("POST", {}, {"sig": PING_SIGNATURE}, PING)),
    ),
    attacks=(
        (
            "the header wins",
            Call("POST", {"x-viber-content-signature": "0" * 64}, {"sig": PING_SIGNATURE}, PING),
        ),
        ("a wrong signature in the address", Call("POST", {}, {"sig": "0" * 64}, PING)),
        ("upper case in the address", Call("POST", {}, {"sig": PING_SIGNATURE.upper()}, PING)),
    ),
    told=(*MESSAGES, *TAPS, *PEOPLE, *RECEIPTS, *OTHERS),
    unreadable=(b"", b"[]", b"null", b"\xff{", b"{}", b'{"event":1}', b'{"event":"message","a":NaN}'),
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids={
        ANNA: ANNA,
        BEN: BEN,
        f" {CEM}\n": CEM,
        "xy5/5y6O81+/kbWHpLhBoA===": None,
        "+49 151 0000000": None,
        "=": None,
        "a b": None,
        "anna@example.org": None,
        "": None,
    },
    links={
        ("KRTMBXZV", "de"): "viber://pa?chatURI=morgenrot&context=KRTMBXZV",
        ("opt-in_1", "en"): "viber://pa?chatURI=morgenrot&context=opt-in_1",
    },
    credentials={
        "auth_token": (("44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3",), ("", "a b", "a\n", "ü")),
        "broadcasts": (("on", "off"), ("", "OFF", "no")),
        "sender_name": (("Café Morgenrot", "x", "x" * 28), ("", " ", " x", "x ", "a\nb", "x" * 29)),
    },
    taps=((TAP, None), (_event(text="Hi"), None)),
    replies=REPLIES,
    steps=STEPS,
    batches=BATCHES,
    batch_answers=BATCH_ANSWERS,
    downloads=DOWNLOADS,
)
