"""LINE: events as its reference and its published descriptions show them, with made-up people."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
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
    Notice,
    Place,
    Reading,
    Renewed,
)
from tests.messengers.case import (
    WEBHOOK,
    Answered,
    Asked,
    BatchAnswered,
    Batched,
    Broken,
    Case,
    Downloaded,
    Renewal,
    Sent,
    Stepped,
    Told,
)

ANNA = "U4af4980629d1c8a1c6b1f5d3e9a70b21"
BEN = "Ub09952f86d1a4c3e8f7a6b5c4d3e2f10"
CEM = "U206d25c2ea6bd87c17655609a1c37cb8"
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"

ACCOUNT = Account(
    "line",
    "main",
    address="@123abcde",
    credentials={
        "channel_secret": ("8c570fa6dd201bb328f1c1eac23a96d8", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
        "channel_id": ("1234567890",),
        "access_token": ("eyJhbGciOiJIUzI1NiJ9.new-token",),
    },
)
_CHANNEL = {name: ACCOUNT.credentials[name] for name in ("channel_secret", "channel_id")}
WITHOUT_TOKEN = replace(ACCOUNT, credentials=_CHANNEL)

Json = dict[str, object]


def _signature(body: bytes, secret: str) -> str:
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _call(body: bytes, secret: str) -> Call:
    return Call("POST", {"x-line-signature": _signature(body, secret)}, {}, body)


# The official example of a signature.
PING = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
PING_CALL = Call("POST", {"x-line-signature": "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="}, {}, PING)


def _body(*events: object) -> bytes:
    return json.dumps({"destination": BOT, "events": list(events)}, ensure_ascii=False).encode()


def _told(kind: str, **parts: object) -> Json:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1625665242211,
        "source": {"type": "user", "userId": ANNA},
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "757913772c4646b784d4b7ce46d12671",
        **parts,
    }


def _message(kind: str, **parts: object) -> Json:
    return _told("message", message={"type": kind, "id": "14353798921116", **parts})


def _event(kind: EventKind = EventKind.MESSAGE, **parts: object) -> Event:
    blank = Event("01FZ74A0TDDPYRVKNK77XKC3ZR", kind, ANNA, 1625665242211)
    if kind is EventKind.MESSAGE:
        blank = replace(blank, message_id="14353798921116")
    return replace(blank, **parts)  # type: ignore[arg-type]


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(kind: str) -> Reading:
    return Reading(parked={kind: 1})


OWN = {"type": "line"}
ELSEWHERE = {
    "type": "external",
    "originalContentUrl": "https://cdn.example/a.jpg",
    "previewImageUrl": "https://cdn.example/b.jpg",
}


def _file(kind: str, expected: MediaKind, name: str = "", **parts: object) -> Told:
    medium = MediaIn(expected, "14353798921116", name=name)
    return Told(kind, _body(_message(kind, **parts)), _one(_event(media=(medium,))))


MESSAGES = (
    Told(
        "text",
        _body(
            _message(
                "text",
                text="Grüße \U0001f372",
                quoteToken="q3Plxr4AgKd",
                markAsReadToken="30yhdy232",
                emojis=[{"index": 6, "length": 2, "productId": "5ac1b", "emojiId": "001"}],
                mention={"mentionees": []},
            )
        ),
        _one(_event(text="Grüße \U0001f372")),
    ),
    Told(
        "text with escapes is the same",
        _body(_message("text", text="Grüße")).replace("ü".encode(), b"\\u00fc"),
        _one(_event(text="Grüße")),
    ),
    Told(
        "STOP as an answer to a message",
        _body(_message("text", text="STOP", quotedMessageId="14353798921000")),
        _one(_event(text="STOP")),
    ),
    Told("a NUL", _body(_message("text", text="STOP \0")), _one(_event(text="STOP "))),
    _file("image", MediaKind.IMAGE, contentProvider=OWN, imageSet={"id": "E0", "index": 1, "total": 2}),
    _file("video", MediaKind.VIDEO, contentProvider=OWN, duration=60000),
    _file("audio", MediaKind.AUDIO, contentProvider=OWN, duration=60000),
    _file("file", MediaKind.FILE, "Rechnung.pdf", fileName="Rechnung.pdf", fileSize=2138),
    Told(
        "a picture that lies elsewhere",
        _body(_message("image", contentProvider=ELSEWHERE)),
        _one(_event(media=(MediaIn(MediaKind.IMAGE, "https://cdn.example/a.jpg"),))),
    ),
    Told(
        "a picture at an address that is none",
        _body(_message("image", contentProvider={**ELSEWHERE, "originalContentUrl": "file:///etc/passwd"})),
        _one(_event()),
    ),
    Told(
        "a place",
        _body(_message("location", title="Café", address="Weg 1, Köln", latitude=50.94, longitude=6.95)),
        _one(_event(place=Place(50.94, 6.95, "Café", "Weg 1, Köln"))),
    ),
    Told(
        "a place without names",
        _body(_message("location", latitude=0, longitude=-180)),
        _one(_event(place=Place(0.0, -180.0))),
    ),
    Told(
        "a place that is not on the globe",
        _body(_message("location", latitude=91, longitude="6")),
        _one(_event()),
    ),
    Told(
        "a sticker",
        _body(_message("sticker", packageId="446", stickerId="1988", stickerResourceType="STATIC")),
        _one(_event()),
    ),
    Told(
        "a sticker with words",
        _body(_message("sticker", packageId="446", stickerId="1988", text="Stopp")),
        _one(_event(text="Stopp")),
    ),
    Told("a message of a new kind", _body(_message("hologram")), _parked("message.hologram")),
    Told("a message that is none", _body(_told("message", message=[1])), _parked("message.other")),
    Told(
        "an edited text has an id of its own",
        _body(
            _told(
                "messageEdited",
                webhookEventId="01FZEDIT",
                message={"type": "text", "id": "14353798921116", "text": "STOP"},
            )
        ),
        _one(_event(id="01FZEDIT", text="STOP")),
    ),
    Told(
        "in standby another system leads the chat",
        _body({**_message("text", text="STOP"), "mode": "standby"}),
        _one(_event(text="STOP", window=0)),
    ),
    Told(
        "delivered again",
        _body({**_message("text", text="Hi"), "deliveryContext": {"isRedelivery": True}}),
        _one(_event(text="Hi")),
    ),
)

TAP = _event(EventKind.BUTTON, payload="MORE")

OTHERS = (
    Told(
        "a friend",
        _body(_told("follow", follow={"isUnblocked": False})),
        _one(_event(EventKind.OPENED)),
    ),
    Told("a friend, told as years ago", _body(_told("follow")), _one(_event(EventKind.OPENED))),
    Told(
        "unblocked",
        _body(_told("follow", follow={"isUnblocked": True})),
        _one(_event(EventKind.UNBLOCKED)),
    ),
    Told("blocked", _body(_told("unfollow")), _one(_event(EventKind.BLOCKED))),
    Told(
        "blocked without an event id",
        _body({key: value for key, value in _told("unfollow").items() if key != "webhookEventId"}),
        _one(_event(EventKind.BLOCKED, id=f"unfollow.{ANNA}.1625665242211")),
    ),
    Told("a tap", _body(_told("postback", postback={"data": "MORE"})), _one(TAP)),
    Told(
        "a tap on a date",
        _body(_told("postback", postback={"data": "DAY", "params": {"datetime": "2017-12-25T01:00"}})),
        _one(_event(EventKind.BUTTON, payload="DAY")),
    ),
    Told("a tap that says nothing", _body(_told("postback", postback={})), _parked("postback.empty")),
    Told(
        "taken back",
        _body(_told("unsend", unsend={"messageId": "325708"})),
        _one(_event(EventKind.DELETED, message_id="325708")),
    ),
    Told("nothing taken back", _body(_told("unsend", unsend={})), _parked("unsend.empty")),
    Told(
        "an account linked",
        _body(_told("accountLink", link={"result": "ok", "nonce": "xxxxxxxxxxxxxxxx"})),
        _parked("event.accountLink"),
    ),
    Told(
        "an account not linked comes without a sender",
        _body({**_told("accountLink", link={"result": "failed", "nonce": "x"}), "source": None}),
        _parked("event.accountLink"),
    ),
    Told(
        "a video seen",
        _body(_told("videoPlayComplete", videoPlayComplete={"trackingId": "a"})),
        _parked("event.videoPlayComplete"),
    ),
    Told("a beacon", _body(_told("beacon", beacon={"hwid": "d4"})), _parked("event.beacon")),
    Told(
        "a member",
        _body(_told("membership", membership={"type": "joined", "membershipId": 3189})),
        _parked("event.membership"),
    ),
    Told("a module", _body(_told("module", module={"type": "attached"})), _parked("event.module")),
    Told("activated", _body(_told("activated", chatControl={"expireAt": 1})), _parked("event.activated")),
    Told("deactivated", _body(_told("deactivated")), _parked("event.deactivated")),
    Told(
        "delivered to a phone number",
        _body(
            _told(
                "delivery",
                delivery={"data": "15034552939884E28681A7D668CEA94C147C716C0EC9DFE8B80B44EF3B57F6BD"},
            )
        ),
        _parked("event.delivery"),
    ),
    Told("an event of a new kind", _body(_told("telepathy")), _parked("event.telepathy")),
    Told("an event of a strange kind", _body(_told("<script>")), _parked("event.other")),
    Told(
        "LINE suspends the account",
        _body({**_told("botSuspended"), "source": None}),
        Reading(notices=(Notice(1625665242211, trouble="suspended"),)),
    ),
    Told(
        "LINE lets it go on",
        _body({**_told("botResumed"), "source": None}),
        Reading(notices=(Notice(1625665242211),)),
    ),
)


def _in_group(event: Json, kind: str = "group") -> bytes:
    return _body({**event, "source": {"type": kind, f"{kind}Id": "C4af4", "userId": ANNA}})


GROUPS = (
    Told("a group", _in_group(_message("text", text="STOP")), _parked("group")),
    Told("a room", _in_group(_message("text", text="STOP"), "room"), _parked("group")),
    Told("asked into a group", _in_group(_told("join")), _parked("group")),
    Told("thrown out of a group", _in_group(_told("leave")), _parked("group")),
    Told("a tap in a group", _in_group(_told("postback", postback={"data": "a"})), _parked("group")),
    Told(
        "somebody joined a group",
        _in_group(_told("memberJoined", joined={"members": [{"type": "user", "userId": BEN}]})),
        _parked("group"),
    ),
    Told(
        "somebody left a group",
        _in_group(_told("memberLeft", left={"members": [{"type": "user", "userId": BEN}]})),
        _parked("group"),
    ),
)

STRANGE = (
    Told("LINE tries the webhook", PING, Reading()),
    Told("no destination", b'{"events":[]}', Reading()),
    Told(
        "several people in one call",
        _body(
            _message("text", text="STOP"),
            _told("telepathy"),
            {**_told("unfollow"), "source": {"type": "user", "userId": BEN}, "webhookEventId": "2"},
            7,
            None,
            _in_group(_told("join")).decode(),
        ),
        Reading(
            events=(_event(text="STOP"), replace(_event(EventKind.BLOCKED), id="2", user_id=BEN)),
            parked={"event.telepathy": 1, "event.other": 3},
        ),
    ),
    Told(
        "the console of former years",
        _body(
            {**_message("text", text="Hello, world"), "replyToken": "0" * 32},
            {**_message("sticker", packageId="1", stickerId="1"), "replyToken": "f" * 32},
            {
                **_message("text", text="Hello, world"),
                "source": {"type": "user", "userId": "Udeadbeefdeadbeefdeadbeefdeadbeef"},
            },
        ),
        Reading(parked={"pretended": 3}),
    ),
    Told(
        "somebody with LINE on a computer only",
        _body({**_message("text", text="Hi"), "source": {"type": "user"}}),
        _parked("no_sender"),
    ),
    Told(
        "an id that is none",
        _body({**_message("text", text="Hi"), "source": {"type": "user", "userId": ANNA.upper()}}),
        _parked("no_sender"),
    ),
    Told("no source", _body({**_message("text", text="Hi"), "source": None}), _parked("no_sender")),
)


def _answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, json.dumps(content).encode())


def _no(status: int, message: str, *details: Json) -> Answer:
    return _answer(status, {"message": message, **({"details": list(details)} if details else {})})


def _kind(kind: OutcomeKind, code: str, *, wide: bool = False, wait: float | None = None) -> Outcome:
    return Outcome(kind, code, retry_after=wait, account_wide=wide)


def _refused(status: int, message: str, outcome: Outcome) -> Answered:
    return Answered(f"{status} {message}", _no(status, message), outcome)


_PROPERTY = "The property, {}, in the request body is invalid (line: -, column: -)"
RATE = "The API rate limit has been exceeded. Try again later."
MONTHLY = "You have reached your monthly limit."
BAD_UNIT: Json = {"message": "invalid", "property": "customAggregationUnits[0]"}

ANSWERS = (
    Answered(
        "accepted",
        _answer(200, {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}),
        Outcome(OutcomeKind.OK, message_id="461230966842064897"),
    ),
    Answered("accepted without an id", _answer(200, {}), Outcome(OutcomeKind.OK)),
    Answered(
        "accepted earlier",
        _answer(
            409,
            {"message": "The retry key is already accepted", "sentMessages": [{"id": "461230966842064897"}]},
            {"x-line-accepted-request-id": "123e4567-e89b-12d3-a456-426655440002"},
        ),
        _kind(OutcomeKind.DUP, "409"),
    ),
    _refused(400, "Invalid reply token", _kind(OutcomeKind.BAD, "reply_token")),
    _refused(400, "Failed to send messages", _kind(OutcomeKind.GONE, "unknown_user")),
    _refused(400, _PROPERTY.format("to"), _kind(OutcomeKind.GONE, "bad_id")),
    _refused(400, _PROPERTY.format("'to'"), _kind(OutcomeKind.GONE, "bad_id")),
    _refused(400, _PROPERTY.format("'messages[0].text'"), _kind(OutcomeKind.BAD, "400")),
    Answered(
        "a person that is told in the details",
        _no(400, "The request body has 1 error(s)", {"message": "invalid", "property": "to"}),
        _kind(OutcomeKind.GONE, "bad_id"),
    ),
    Answered(
        "our mistake",
        _no(
            400,
            "The request body has 2 error(s)",
            {"message": "May not be empty", "property": "messages[0].text"},
            {"message": "Must be one of the following values", "property": "messages[1].type"},
        ),
        _kind(OutcomeKind.BAD, "request_body"),
    ),
    Answered(
        "statistics that need LINE's leave",
        _no(400, "The request body has 1 error(s)", BAD_UNIT),
        _kind(OutcomeKind.PAUSE, "aggregation_units", wide=True),
    ),
    _refused(
        400,
        "The retry key can't be used with this endpoint",
        _kind(OutcomeKind.BAD, "retry_key"),
    ),
    _refused(
        401,
        "Authentication failed due to the following reason: invalid token",
        _kind(OutcomeKind.TOKEN, "401", wide=True),
    ),
    _refused(
        403,
        "Access to this API is not available for your account",
        _kind(OutcomeKind.PAUSE, "403", wide=True),
    ),
    Answered("403 without a body", Answer(403), _kind(OutcomeKind.PAUSE, "403", wide=True)),
    _refused(404, "Not found", _kind(OutcomeKind.PAUSE, "404", wide=True)),
    _refused(413, "Request entity too large", _kind(OutcomeKind.BAD, "413")),
    _refused(415, "Unsupported media type", _kind(OutcomeKind.BAD, "415")),
    _refused(429, RATE, _kind(OutcomeKind.RETRY, "429", wide=True)),
    _refused(429, MONTHLY, _kind(OutcomeKind.PAUSE, "monthly_limit", wide=True)),
    Answered(
        "429 in HTML with a wait",
        Answer(429, {"retry-after": "7"}, b"<html>"),
        _kind(OutcomeKind.RETRY, "429", wide=True, wait=7.0),
    ),
    _refused(500, "The error occurred.", _kind(OutcomeKind.UNKNOWN, "http_500")),
    Answered("a bad gateway", Answer(502, {}, b"<html>"), _kind(OutcomeKind.UNKNOWN, "http_502")),
    Answered("cut off", Answer(200, {}, b'{"sentMess'), _kind(OutcomeKind.UNKNOWN, "http_200")),
    Answered("another 4xx", Answer(418), _kind(OutcomeKind.BAD, "http_418")),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), _kind(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), _kind(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a%20b.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken("only a template", Message(template=Template("a", "de")), ("text",), ("no templates",)),
    Broken("blanks only", Message(" \n"), ("text",), ("0 visible",)),
    Broken(
        "more than five messages full",
        Message("x" * 25_001),
        ("text",),
        ("25001 UTF-16 units", "25000", "Shorten it by 1"),
    ),
    Broken(
        "more than four beside buttons",
        Message("x" * 20_001, buttons=(MORE,)),
        ("text",),
        ("5 messages of 5000 UTF-16 units", "at most 4"),
    ),
    Broken(
        "more than three beside a picture and buttons",
        Message("\U0001f372" * 7501, (PHOTO,), (MORE,)),
        ("text",),
        ("4 messages", "at most 3"),
    ),
    Broken("six pictures", Message(media=(PHOTO,) * 6), ("media",), ("6 files", "at most 5", "Remove 1")),
    Broken(
        "four pictures, a text and buttons",
        Message("x", (PHOTO,) * 4, (MORE,)),
        ("media",),
        ("4 files", "at most 3"),
    ),
    Broken(
        "a label of 41 units",
        Message("x", buttons=(Button("x" * 41, "a"),)),
        ("buttons.0.label",),
        ("41 UTF-16 units", "40"),
    ),
    Broken(
        "a payload of 301 bytes",
        Message("x", buttons=(Button("a", "x" * 301),)),
        ("buttons.0.reply",),
        ("301 bytes", "300"),
    ),
    Broken("no label", Message("x", buttons=(Button("", "a"),)), ("buttons.0.label",), ("at least 1",)),
    Broken("14 buttons", Message("x", buttons=(MORE,) * 14), ("buttons",), ("14 ", "13", "Remove 1")),
    Broken(
        "14 buttons of both sorts",
        Message("x", buttons=(MORE,) * 7 + (SHOP,) * 7),
        ("buttons",),
        ("14 ", "13"),
    ),
    Broken(
        "13 buttons and a file",
        Message("x", (PAPER,), (MORE,) * 13),
        ("buttons",),
        ("14 buttons and links to files", "13"),
    ),
    Broken(
        "a link of 1001 characters",
        Message("x", buttons=(Button("a", url="https://x.example/".ljust(1001, "a")),)),
        ("buttons.0.url",),
        ("1001 characters", "1000"),
    ),
    Broken(
        "a picture at 2001 characters",
        Message(media=(Media(MediaKind.IMAGE, "https://x.example/".ljust(2001, "a")),)),
        ("media.0",),
        ("2001 characters", "2000"),
    ),
    Broken(
        "a file at 1001 characters",
        Message(media=(Media(MediaKind.FILE, "https://x.example/".ljust(1001, "a")),)),
        ("media.0",),
        ("1001 characters", "1000"),
    ),
    Broken(
        "a picture without TLS",
        Message(media=(Media(MediaKind.IMAGE, "http://cdn.example/a.jpg"),)),
        ("media.0",),
        ("http://", "https://"),
    ),
    Broken(
        "a file without address",
        Message("x", (Media(MediaKind.IMAGE, "ftp://x/a.jpg"),)),
        ("media.0",),
        ("https://",),
    ),
    Broken(
        "an address that is not percent-encoded",
        Message("x", (Media(MediaKind.IMAGE, "https://cdn.example/Süße.jpg"),)),
        ("media.0",),
        ("2 characters beyond ASCII", "Percent-encode"),
    ),
    Broken(
        "a link that is not percent-encoded",
        Message("x", buttons=(Button("a", url="https://shop.example/ü"),)),
        ("buttons.0.url",),
        ("1 characters beyond ASCII",),
    ),
)

FINE = (
    Message("x" * 25_000),
    Message("\U0001f372" * 12_500),
    Message("x" * 20_000, buttons=(MORE,)),
    Message("x" * 15_000, (PHOTO,), (MORE,)),
    Message("x", (PHOTO,) * 3, (MORE,)),
    Message(media=(PHOTO,) * 5),
    Message(media=(PAPER,) * 13),
    Message("x", buttons=(MORE,) * 7 + (SHOP,) * 6),
    Message("x", buttons=(Button("x" * 40, "y" * 300),)),
    Message("x", buttons=(Button("a", url="https://x.example/".ljust(1000, "a")),)),
    Message("x", buttons=(Button("Laden", url="{{ link }}"),), template=Template("autumn", "de")),
    Message(media=(PHOTO,), buttons=(MORE,)),
    Message(media=(Media(MediaKind.IMAGE, "http://127.0.0.1:8100/pictures/soup.jpg"),)),
)

PUSH = "https://api.line.me/v2/bot/message/push"
MULTICAST = "https://api.line.me/v2/bot/message/multicast"
BEARER = {
    "content-type": "application/json",
    "authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.new-token",
}
KEY_B1_3_17 = "b89369c1-57f7-5997-a222-ab44d06b7d9b"


def _bubble(alternative: str, *actions: Json) -> Json:
    return {
        "type": "flex",
        "altText": alternative,
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [{"type": "button", "height": "sm", "action": one} for one in actions],
            },
        },
    }


ASK: Json = {"type": "postback", "label": "Mehr", "data": "MORE", "displayText": "Mehr"}
OPEN: Json = {"type": "uri", "label": "Zum Laden", "uri": "https://shop.example/"}
PICTURE: Json = {
    "type": "image",
    "originalContentUrl": "https://cdn.example/a.jpg",
    "previewImageUrl": "https://cdn.example/a.jpg",
}


def _sent(fact: str, message: Message, *objects: Json) -> Sent:
    return Sent(
        fact,
        Delivery("b1:3:17", ANNA, message, window_open=True, marketing=True),
        (("POST", PUSH, {"to": ANNA, "messages": list(objects), "customAggregationUnits": ["b1"]}),),
        {**BEARER, "x-line-retry-key": KEY_B1_3_17},
    )


SENT = (
    Sent(
        "text",
        Delivery("reply:0a1b2c", ANNA, Message("<b>Grüße</b> \U0001f372"), window_open=True),
        (
            (
                "POST",
                PUSH,
                {"to": ANNA, "messages": [{"type": "text", "text": "<b>Grüße</b> \U0001f372"}]},
            ),
        ),
        {**BEARER, "x-line-retry-key": "18b13d54-b696-5c66-ab72-85d23a4f8103"},
    ),
    _sent("a broadcast is counted by LINE", Message("Hi"), {"type": "text", "text": "Hi"}),
    Sent(
        "a broadcast's id as LINE takes it",
        Delivery("news-2026-11-22 morning edition!:0-1:7", ANNA, Message("Hi"), True, marketing=True),
        (
            (
                "POST",
                PUSH,
                {
                    "to": ANNA,
                    "messages": [{"type": "text", "text": "Hi"}],
                    "customAggregationUnits": ["news_2026_11_22_morning_editio"],
                },
            ),
        ),
    ),
    Sent(
        "an account without statistics",
        Delivery("b1:3:17", ANNA, Message("Hi"), True, marketing=True),
        (("POST", PUSH, {"to": ANNA, "messages": [{"type": "text", "text": "Hi"}]}),),
        {"x-line-retry-key": KEY_B1_3_17},
        replace(ACCOUNT, credentials={**ACCOUNT.credentials, "aggregation_units": ("off",)}),
    ),
    _sent(
        "buttons stay in the chat",
        Message("Hi", buttons=(MORE, SHOP)),
        {"type": "text", "text": "Hi"},
        _bubble("Mehr · Zum Laden", ASK, OPEN),
    ),
    _sent(
        "a picture, a text and buttons are one call",
        Message("Hi", (PHOTO,), (MORE,)),
        PICTURE,
        {"type": "text", "text": "Hi"},
        _bubble("Mehr", ASK),
    ),
    _sent(
        "a picture stands for a video",
        Message("Hi", (CLIP, PHOTO)),
        {
            "type": "video",
            "originalContentUrl": "https://cdn.example/a.mp4",
            "previewImageUrl": "https://cdn.example/a.jpg",
        },
        PICTURE,
        {"type": "text", "text": "Hi"},
    ),
    _sent(
        "a video without a picture is opened by a button",
        Message("Hi", (CLIP,)),
        {"type": "text", "text": "Hi"},
        _bubble("a.mp4", {"type": "uri", "label": "a.mp4", "uri": "https://cdn.example/a.mp4"}),
    ),
    _sent(
        "sound",
        Message(media=(SONG,)),
        {"type": "audio", "originalContentUrl": "https://cdn.example/a.mp3", "duration": 60000},
    ),
    _sent(
        "files are opened by buttons",
        Message(
            "Hi",
            (
                PAPER,
                Media(
                    MediaKind.FILE, "https://cdn.example/", "Unsere Speisekarte für den ganzen Winter 2026"
                ),
            ),
            (MORE,),
        ),
        {"type": "text", "text": "Hi"},
        _bubble(
            "a b.pdf · Unsere Speisekarte für den ganzen · Mehr",
            {"type": "uri", "label": "a b.pdf", "uri": "https://cdn.example/a%20b.pdf"},
            {
                "type": "uri",
                "label": "Unsere Speisekarte für den ganzen",
                "uri": "https://cdn.example/",
            },
            ASK,
        ),
    ),
    _sent(
        "pictures and sounds of other kinds are opened by buttons",
        Message(
            media=(
                Media(MediaKind.IMAGE, "https://cdn.example/a.webp"),
                Media(MediaKind.AUDIO, "https://cdn.example/a.ogg", "Lied"),
                Media(MediaKind.FILE, "https://cdn.example"),
            )
        ),
        _bubble(
            "a.webp · Lied · cdn.example",
            {"type": "uri", "label": "a.webp", "uri": "https://cdn.example/a.webp"},
            {"type": "uri", "label": "Lied", "uri": "https://cdn.example/a.ogg"},
            {"type": "uri", "label": "cdn.example", "uri": "https://cdn.example"},
        ),
    ),
    _sent(
        "a long text is several messages in one call",
        Message("a" * 4000 + "\n\n" + "b" * 4000),
        {"type": "text", "text": "a" * 4000},
        {"type": "text", "text": "b" * 4000},
    ),
)


def _deliveries(*people: str) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(f"b1:3:{number}", one, Message("Hi", buttons=(MORE,)), True, marketing=True)
        for number, one in enumerate(people)
    )


THREE = _deliveries(ANNA, BEN, CEM)
_HI: list[Json] = [{"type": "text", "text": "Hi"}, _bubble("Mehr", ASK)]

BATCHES = (
    Batched(
        "many people are one call",
        THREE,
        (
            (
                "POST",
                MULTICAST,
                {"to": [ANNA, BEN, CEM], "messages": _HI, "customAggregationUnits": ["b1"]},
            ),
        ),
        {**BEARER, "x-line-retry-key": "0958b9f5-39ca-5282-a335-d3fd67997ea2"},
    ),
    Batched(
        "without one of them the key is another",
        (THREE[0], THREE[2]),
        (("POST", MULTICAST, {"to": [ANNA, CEM], "messages": _HI, "customAggregationUnits": ["b1"]}),),
        {"x-line-retry-key": "2b44f2eb-0a81-5803-9f54-70a74d600d3e"},
    ),
)

OK, GONE = Outcome(OutcomeKind.OK), _kind(OutcomeKind.GONE, "bad_id")
AGAIN = _kind(OutcomeKind.RETRY, "other_id", wait=0.0)

BATCH_ANSWERS = (
    BatchAnswered("accepted", _answer(200, {}), THREE, (OK,) * 3),
    BatchAnswered(
        "accepted earlier",
        _no(409, "The retry key is already accepted"),
        THREE,
        (_kind(OutcomeKind.DUP, "409"),) * 3,
    ),
    BatchAnswered(
        "an id of nobody spoils the call for all",
        _no(400, _PROPERTY.format("to[1]")),
        THREE,
        (AGAIN, GONE, AGAIN),
    ),
    BatchAnswered(
        "the same in the details",
        _no(
            400,
            "The request body has 2 error(s)",
            {"message": "invalid", "property": "to[0]"},
            {"message": "invalid", "property": "to[2]"},
        ),
        THREE,
        (GONE, AGAIN, GONE),
    ),
    BatchAnswered(
        "a place that nobody has",
        _no(400, _PROPERTY.format("to[3]")),
        THREE,
        (_kind(OutcomeKind.BAD, "400"),) * 3,
    ),
    BatchAnswered(
        "the list as such",
        _no(400, _PROPERTY.format("to")),
        THREE,
        (_kind(OutcomeKind.BAD, "400"),) * 3,
    ),
    BatchAnswered(
        "our mistake",
        _no(400, "The request body has 1 error(s)", {"message": "Too long", "property": "messages[0].text"}),
        THREE,
        (_kind(OutcomeKind.BAD, "request_body"),) * 3,
    ),
    BatchAnswered(
        "a place is believed with status 400 only",
        _no(500, _PROPERTY.format("to[1]")),
        THREE,
        (_kind(OutcomeKind.UNKNOWN, "http_500"),) * 3,
    ),
    BatchAnswered("too fast", _no(429, RATE), THREE, (_kind(OutcomeKind.RETRY, "429", wide=True),) * 3),
    BatchAnswered(
        "no more this month",
        _no(429, MONTHLY),
        THREE,
        (_kind(OutcomeKind.PAUSE, "monthly_limit", wide=True),) * 3,
    ),
)

TOKEN_CALL = (
    "POST",
    "https://api.line.me/oauth2/v3/token",
    {
        "grant_type": "client_credentials",
        "client_id": "1234567890",
        "client_secret": "8c570fa6dd201bb328f1c1eac23a96d8",
    },
)
TOKEN = Renewal(
    asked=(
        Asked(
            "at first",
            TOKEN_CALL,
            headers={"content-type": "application/x-www-form-urlencoded"},
            account=WITHOUT_TOKEN,
        ),
        Asked("after a refusal", TOKEN_CALL, refused=True, account=WITHOUT_TOKEN),
    ),
    answers=(
        (
            "a token for a quarter of an hour",
            _answer(200, {"token_type": "Bearer", "access_token": "eyJhbGciOiJIUz.a-b_c", "expires_in": 899}),
            Renewed("eyJhbGciOiJIUz.a-b_c", 899.0),
        ),
        (
            "a wrong secret",
            _answer(400, {"error": "invalid_client", "error_description": "invalid client_secret"}),
            _kind(OutcomeKind.PAUSE, "token_400", wide=True),
        ),
        ("too often", Answer(429), _kind(OutcomeKind.RETRY, "token_429", wide=True)),
        (
            "a token that would break a header",
            _answer(200, {"access_token": "a\r\nb", "expires_in": 899}),
            _kind(OutcomeKind.RETRY, "token_200", wide=True),
        ),
        (
            "a token without end",
            _answer(200, {"access_token": "a"}),
            _kind(OutcomeKind.RETRY, "token_200", wide=True),
        ),
        (
            "no answer",
            Answer(0, failure=Failure.AMBIGUOUS),
            _kind(OutcomeKind.RETRY, "ambiguous", wide=True),
        ),
    ),
    needless=(ACCOUNT,),
)

ENDPOINT = "https://api.line.me/v2/bot/channel/webhook/endpoint"
DENIED = _no(401, "Authentication failed due to the following reason: invalid token")


def _tested(reason: str, status: int) -> Answer:
    return _answer(
        200,
        {
            "success": reason == "OK",
            "timestamp": "2020-09-30T05:38:20.031Z",
            "statusCode": status,
            "reason": reason,
            "detail": str(status),
        },
    )


STEPS = (
    Stepped(
        "who_am_i",
        ("GET", "https://api.line.me/v2/bot/info", {}),
        (
            (
                _answer(
                    200,
                    {
                        "userId": BOT,
                        "basicId": "@216ru",
                        "displayName": "Café\nMorgenrot",
                        "chatMode": "chat",
                        "markAsReadMode": "manual",
                    },
                ),
                True,
                ("Café Morgenrot", "@216ru"),
            ),
            (DENIED, False, ("access token", "401")),
            (Answer(403), False, ("right", "403")),
            (Answer(200, {}, b"<html>"), False, ("200",)),
        ),
    ),
    Stepped(
        "set_webhook",
        ("PUT", ENDPOINT, {"endpoint": WEBHOOK}),
        ((_answer(200, {}), True, ("webhook",)), (Answer(429), False, ("too often",))),
    ),
    Stepped(
        "test_webhook",
        ("POST", "https://api.line.me/v2/bot/channel/webhook/test", {"endpoint": WEBHOOK}),
        (
            (_tested("OK", 200), True, ("reached",)),
            (_tested("COULD_NOT_CONNECT", 0), False, ("connect", "certificate")),
            (_tested("REQUEST_TIMEOUT", 0), False, ("2 seconds",)),
            (_tested("ERROR_STATUS_CODE", 401), False, ("status 401", "channel secret")),
            (_tested("UNCLASSIFIED", 0), False, ("does not say why",)),
            (_tested("SOMETHING_NEW", 0), False, ("does not say why",)),
            (Answer(404), False, ("no webhook",)),
        ),
    ),
    Stepped(
        "webhook_in_use",
        ("GET", ENDPOINT, {}),
        (
            (_answer(200, {"endpoint": WEBHOOK, "active": True}), True, ("on",)),
            (_answer(200, {"endpoint": WEBHOOK, "active": False}), False, ("Use webhook", "redelivery")),
            (Answer(500), False, ("500",)),
        ),
    ),
)

CONTENT = "https://api-data.line.me/v2/bot/message/14353798921116/content"
DOWNLOADS = (
    Downloaded(
        "a file at LINE",
        MediaIn(MediaKind.IMAGE, "14353798921116"),
        ("GET", CONTENT, {}),
        (
            (Answer(200, {"content-type": "image/jpeg"}, b"\xff\xd8"), None),
            (Answer(202), ValueError),
            (Answer(404), ValueError),
            (Answer(410), ValueError),
            (Answer(500), ValueError),
        ),
    ),
    Downloaded(
        "a file elsewhere",
        MediaIn(MediaKind.IMAGE, "https://cdn.example/a.jpg"),
        ("GET", "https://cdn.example/a.jpg", {}),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="channel_secret",
    proof="x-line-signature",
    call=_call,
    handshakes=(("LINE tries a webhook with a signed call", PING_CALL, None),),
    genuine=(("the official example", PING_CALL),),
    told=(*MESSAGES, *OTHERS, *GROUPS, *STRANGE),
    unreadable=(
        b"",
        b"[]",
        b"null",
        b"\xff{",
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":[NaN]}',
    ),
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids={
        ANNA: ANNA,
        f" {ANNA}\n": ANNA,
        ANNA.upper(): None,
        ANNA[:-1]: None,
        f"{ANNA}0": None,
        "C4af4980629d1c8a1c6b1f5d3e9a70b21": None,
        "@123abcde": None,
        "anna": None,
        "+49151": None,
        "": None,
    },
    links={
        ("KRTMBXZV", "de"): (
            "https://line.me/R/oaMessage/%40123abcde/"
            "?Hallo%21%20Bitte%20nehmt%20mich%20auf.%20Code%3A%20KRTMBXZV"
        ),
        ("KRTMBXZV", "ja"): (
            "https://line.me/R/oaMessage/%40123abcde/?Hello%21%20Please%20add%20me.%20Code%3A%20KRTMBXZV"
        ),
    },
    credentials={
        "channel_secret": (("8c570fa6dd201bb328f1c1eac23a96d8",), ("", "a b", "a\n", "ü")),
        "channel_id": (("1234567890",), ("", "12 3", "@123abcde", "1" * 21)),
        "access_token": (("eyJhbGciOiJIUzI1NiJ9.new-token", "a+/=" * 43), ("", "a b", "a\r\nb", "ü")),
        "aggregation_units": (("on", "off"), ("", "OFF", "no")),
    },
    taps=((TAP, None), (_event(text="Hi"), None)),
    steps=STEPS,
    batches=BATCHES,
    batch_answers=BATCH_ANSWERS,
    token=TOKEN,
    downloads=DOWNLOADS,
)
