"""Messenger: payloads as Meta's pages and public code show them, with made-up people."""

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.messengers.contract import (
    Answer,
    Delivery,
    Event,
    EventKind,
    Failure,
    MediaIn,
    Notice,
    Place,
    Reading,
    Receipt,
    ReceiptStatus,
)
from tests.messengers.case import WEBHOOK, Broken, Case, Downloaded, Sent, Stepped, Told
from tests.messengers.messenger.meta import (
    ANSWERS,
    AT,
    CLIP,
    CREDENTIALS,
    HANDSHAKES,
    IDS,
    MID,
    MORE,
    NUMBER,
    OURS,
    PAPER,
    PATTERNS,
    PERSON,
    PHOTO,
    QUOTED,
    SHOP,
    SONG,
    UNREADABLE,
    Json,
    Teller,
    body,
    call,
    digest,
    entry,
    error,
    event,
    item,
    message,
    ok,
    one,
    parked,
)

ACCOUNT = Account(
    "messenger", "main", address="cafe.example", credentials={**CREDENTIALS, "page_id": (OURS,)}
)
FILE = "https://scontent.xx.fbcdn.net/v/t1.15752-9/a.jpg?_nc_cat=1&oh=" + "a" * 900
tell = Teller("page")


def _attached(fact: str, kind: str, word: MediaKind, **payload: object) -> Told:
    content = {"type": kind, "payload": {"url": FILE, **payload}}
    return tell(fact, message(attachments=[content]), one(event(media=(MediaIn(word, FILE),))))


MESSAGES = (
    tell(
        "text",
        message(text="Größe 42 @shop/neu? \U0001f372"),
        one(event(text="Größe 42 @shop/neu? \U0001f372")),
    ),
    _attached("image", "image", MediaKind.IMAGE),
    _attached("thumbs up", "image", MediaKind.IMAGE, sticker_id=369239263222822),
    _attached("sticker", "sticker", MediaKind.IMAGE, sticker_id=369239263222822),
    _attached("video", "video", MediaKind.VIDEO),
    _attached("audio", "audio", MediaKind.AUDIO),
    _attached("file", "file", MediaKind.FILE),
    _attached("reel", "reel", MediaKind.VIDEO, reel_video_id=1),
    tell(
        "two pictures with a STOP",
        message(
            text="STOP",
            attachments=[{"type": "image", "payload": {"url": f"https://x.example/{n}"}} for n in (1, 2)],
        ),
        one(
            event(
                text="STOP",
                media=(
                    MediaIn(MediaKind.IMAGE, "https://x.example/1"),
                    MediaIn(MediaKind.IMAGE, "https://x.example/2"),
                ),
            )
        ),
    ),
    tell(
        "a place",
        message(
            attachments=[
                {"type": "location", "title": "Dom", "payload": {"coordinates": {"lat": 0.0, "long": 6.9583}}}
            ]
        ),
        one(event(place=Place(0.0, 6.9583, "Dom"))),
    ),
    tell(
        "a shared link",
        message(
            attachments=[{"type": "fallback", "title": "x", "url": "https://shop.example/", "payload": None}]
        ),
        one(event(text="https://shop.example/")),
    ),
    tell(
        "a shared link of another sort, with words",
        message(text="schau", attachments=[{"type": "fallback", "payload": {"url": "fb://profile/1"}}]),
        one(event(text="schau")),
    ),
    tell(
        "a card and a heart",
        message(attachments=[{"type": "template", "payload": {"product": {}}}, {"type": "like_heart"}]),
        one(event()),
    ),
    tell(
        "a file without a whole address",
        message(attachments=[{"type": "reel", "payload": {"url": "/reel/1"}}]),
        one(event()),
    ),
    tell(
        "an attachment nobody knows is kept as a file and counted",
        message(attachments=[{"type": "hologram", "payload": {"url": "https://x.example/h"}}, {"type": 7}]),
        one(
            event(media=(MediaIn(MediaKind.FILE, "https://x.example/h"),)),
            attachment__hologram=1,
            attachment__other=1,
        ),
    ),
    tell(
        "a quick reply",
        message(text="Mehr", quick_reply={"payload": "MORE"}),
        one(event(EventKind.BUTTON, text="Mehr", payload="MORE", message_id="")),
    ),
    tell(
        "a quick reply that quotes",
        message(text="Mehr", quick_reply={"payload": "MORE"}, reply_to={"mid": QUOTED}),
        one(event(EventKind.BUTTON, text="Mehr", payload="MORE", message_id=QUOTED)),
    ),
    tell(
        "a quoted reply is what it says",
        message(text="STOP", reply_to={"mid": QUOTED}),
        one(event(text="STOP")),
    ),
    tell(
        "the first message after an entry link",
        message(text="Hallo", referral={"ref": "BCDFGHJK", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
        one(event(text="Hallo", code="BCDFGHJK")),
    ),
    tell(
        "an edited text, which may be a STOP",
        item(message_edit={"mid": MID, "text": "STOP", "num_edit": 2}),
        one(event(id=f"{MID}:edit:2", text="STOP")),
    ),
    tell(
        "an edited text whose number is missing",
        item(message_edit={"mid": MID, "text": "STOP"}),
        one(event(id=f"{MID}:edit:{AT}", text="STOP")),
    ),
    tell("an edit without words", item(message_edit={"mid": MID, "num_edit": 0}), parked(message_edit=1)),
    tell(
        "a message taken back",
        message(is_deleted=True),
        one(event(EventKind.DELETED, id=f"{MID}:deleted")),
    ),
    tell(
        "an emoji on a message",
        item(reaction={"reaction": "love", "emoji": "❤️", "action": "react", "mid": QUOTED}),
        one(event(id=digest("reaction", PERSON, AT, QUOTED, "❤️"), text="❤️", message_id=QUOTED)),
    ),
    tell(
        "an emoji taken back",
        item(reaction={"reaction": "love", "emoji": "❤️", "action": "unreact", "mid": QUOTED}),
        parked(reaction=1),
    ),
    tell("a message without id", item(message={"text": "Hi"}), parked(no_id=1)),
    tell(
        "nobody as the sender", item(sender="anna", message={"mid": MID, "text": "Hi"}), parked(no_sender=1)
    ),
    tell(
        "seconds are accepted as time",
        item(at=1749416383, message={"mid": MID}),
        one(event(at=1749416383000)),
    ),
    tell("a number as the id of the person", item(sender=int(PERSON), message={"mid": MID}), one(event())),
    tell(
        "half a character and a NUL are cleaned away",
        message(text="ST\0OP \ud83d"),
        one(event(text="STOP \ufffd")),
    ),
)

TAPS = (
    tell(
        "a tap on a button that stays",
        item(postback={"mid": MID, "title": "Mehr", "payload": "MORE"}),
        one(event(EventKind.BUTTON, text="Mehr", payload="MORE", message_id="")),
    ),
    tell(
        "a tap without id, as it was told before",
        item(postback={"title": "Ende", "payload": "STOP"}),
        one(
            event(
                EventKind.BUTTON,
                id=digest("postback", PERSON, AT, "STOP"),
                text="Ende",
                payload="STOP",
                message_id="",
            )
        ),
    ),
    tell(
        "Get Started after an entry link",
        item(
            postback={
                "mid": MID,
                "title": "Get Started",
                "payload": "START",
                "referral": {"ref": "BCDFGHJK", "source": "SHORTLINK", "type": "OPEN_THREAD"},
            }
        ),
        one(event(EventKind.OPENED, text="Get Started", payload="START", code="BCDFGHJK", message_id="")),
    ),
    tell("a tap on nothing", item(postback={"mid": MID}), parked(postback=1)),
    tell(
        "an entry link into a chat that was there before",
        item(referral={"ref": "BCDFGHJK", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
        one(
            event(
                EventKind.OPENED,
                id=digest("referral", PERSON, AT, "BCDFGHJK"),
                code="BCDFGHJK",
                message_id="",
            )
        ),
    ),
    tell(
        "an advertisement without a code",
        item(at=1749416383, referral={"source": "ADS", "type": "OPEN_THREAD", "ad_id": "6045"}),
        one(
            event(
                EventKind.OPENED,
                id=digest("referral", PERSON, 1749416383000, "6045"),
                at=1749416383000,
                message_id="",
            )
        ),
    ),
    tell(
        "a plugin on a web page",
        item(optin={"ref": "BCDFGHJK"}),
        one(
            event(
                EventKind.OPENED, id=digest("optin", PERSON, AT, "BCDFGHJK"), code="BCDFGHJK", message_id=""
            )
        ),
    ),
    tell(
        "a plugin that does not tell the person",
        {"recipient": {"id": OURS}, "timestamp": AT, "optin": {"ref": "BCDFGHJK", "user_ref": "u"}},
        parked(no_sender=1),
    ),
    tell("a plugin without code", item(optin={}), parked(optin__other=1)),
)


def _optin(status: str) -> Json:
    return item(
        optin={
            "type": "notification_messages",
            "payload": "news",
            "notification_messages_token": "1234",
            "user_token_status": "NOT_REFRESHED",
            **({"notification_messages_status": status} if status else {}),
        }
    )


def _switched(kind: EventKind) -> Event:
    return event(kind, id=digest("preference", PERSON, AT, kind), message_id="")


SWITCHES = (
    tell("marketing off", _optin("STOP_NOTIFICATIONS"), one(_switched(EventKind.PLATFORM_STOP))),
    tell(
        "marketing off, spelled otherwise",
        _optin("Stop Notifications"),
        one(_switched(EventKind.PLATFORM_STOP)),
    ),
    tell("marketing on again", _optin("RESUME_NOTIFICATIONS"), one(_switched(EventKind.PLATFORM_RESUME))),
    tell("Meta's own opt-in is none for us", _optin(""), parked(optin__notification_messages=1)),
    tell(
        "a request for one notice",
        item(optin={"type": "one_time_notif_req"}),
        parked(optin__one_time_notif_req=1),
    ),
    tell(
        "an opt-out nobody has described", item(optout={"type": "x"}), one(_switched(EventKind.PLATFORM_STOP))
    ),
)

RECEIPTS = (
    tell(
        "all delivered up to a time",
        item(delivery={"mids": [MID], "watermark": AT - 5, "seq": 37}),
        Reading(receipts=(Receipt("", ReceiptStatus.DELIVERED, AT - 5, PERSON),)),
    ),
    tell(
        "delivered by name only",
        item(delivery={"mids": [MID, None, QUOTED]}),
        Reading(
            receipts=(
                Receipt("", ReceiptStatus.DELIVERED, AT, PERSON, MID),
                Receipt("", ReceiptStatus.DELIVERED, AT, PERSON, QUOTED),
            )
        ),
    ),
    tell(
        "all read up to a time",
        item(read={"watermark": AT - 5}),
        Reading(receipts=(Receipt("", ReceiptStatus.READ, AT - 5, PERSON),)),
    ),
    tell("read without anything", item(read={}), parked(receipt__read=1)),
    tell(
        "our message comes back with our delivery id",
        item(
            sender=OURS,
            recipient=PERSON,
            message={
                "mid": MID,
                "is_echo": True,
                "app_id": 1517776481860111,
                "metadata": "b1:3:17",
                "text": "Hi",
            },
        ),
        Reading(receipts=(Receipt("b1:3:17", ReceiptStatus.SENT, AT, PERSON, MID),)),
    ),
    tell(
        "what a human wrote in the inbox",
        item(sender=OURS, recipient=PERSON, message={"mid": MID, "is_echo": True, "text": "STOP"}),
        parked(echo=1),
    ),
    tell(
        "a message of ours taken back",
        item(
            sender=OURS,
            recipient=PERSON,
            message={"mid": MID, "is_echo": True, "is_deleted": True, "metadata": "x"},
        ),
        parked(echo=1),
    ),
    tell(
        "the echo of another page",
        item(sender="7", recipient=PERSON, message={"mid": MID, "is_echo": True, "metadata": "b1:3:17"}),
        parked(foreign=1),
    ),
)


def _policy(action: str) -> Json:
    return {
        "recipient": {"id": OURS},
        "timestamp": AT,
        "policy_enforcement": {"action": action, "reason": "The bot violated our Platform Policies"},
    }


def _template_status(event: str) -> Json:
    return entry(
        changes=[
            {
                "field": "message_template_status_update",
                "value": {
                    "event": event,
                    "message_template_name": "pickup",
                    "message_template_language": "de",
                    "message_template_category": "UTILITY",
                },
            }
        ]
    )


NOTICES = (
    tell("the page is blocked", _policy("block"), Reading(notices=(Notice(AT, trouble="policy"),))),
    tell("the page is free again", _policy("unblock"), Reading(notices=(Notice(AT),))),
    tell("a warning stops nothing", _policy("warning"), parked(policy__warning=1)),
    tell.raw(
        "a template is paused",
        _template_status("PAUSED"),
        Reading(notices=(Notice(1749416384000, "pickup", "de", "utility", "paused"),)),
    ),
)

ENVELOPES = (
    tell.raw(
        "several pages, entries and people: only ours counts",
        entry(message(text="1"), item(sender="42", message={"mid": "m2", "text": "2"})),
        entry(message(text="3"), item(read={"watermark": AT}), ours="999"),
        entry(item(read={"watermark": AT})),
        entry(ours="999"),
        Reading(
            events=(event(text="1"), Event("m2", EventKind.MESSAGE, "42", AT, text="2", message_id="m2")),
            receipts=(Receipt("", ReceiptStatus.READ, AT, PERSON),),
            parked={"foreign": 3},
        ),
    ),
    tell.raw(
        "a message in standby counts, and so does a tap, which tells only its label",
        entry(standby=[message(text="STOP"), item(postback={"mid": QUOTED, "title": "Stop"})]),
        Reading(
            events=(
                event(text="STOP"),
                event(EventKind.BUTTON, id=QUOTED, text="Stop", payload="Stop", message_id=""),
            )
        ),
    ),
    tell(
        "the same message twice: sorting out is not ours",
        message(),
        message(),
        Reading(events=(event(), event())),
    ),
    tell("another page in our entry", item(recipient="7", message={"mid": MID}), parked(foreign=1)),
    tell("our own message without a mark", item(sender=OURS, message={"mid": MID}), parked(self=1)),
    tell("an event nobody knows", item(teleport={"to": "x"}), parked(messaging__teleport=1)),
    tell(
        "handovers are counted by name",
        item(pass_thread_control={"new_owner_app_id": "1"}),
        parked(messaging__pass_thread_control=1),
    ),
    tell("an event of nothing", item(), parked(messaging__other=1)),
    tell.raw(
        "other fields are counted by name",
        entry(changes=[{"field": "feed", "value": {}}]),
        parked(field__feed=1),
    ),
    tell.raw("nothing in an entry", entry(), parked(empty=1)),
    Told("another object", body("instagram", entry(message())), parked(object=1)),
    Told("no entries", b'{"object":"page","entry":null}', Reading()),
    tell.raw(
        "wrong types everywhere",
        {"id": OURS, "messaging": [7, None, {"sender": 1, "recipient": [], "message": "x"}], "changes": 7},
        parked(no_sender=1),
    ),
)

URL = f"https://graph.facebook.com/v25.0/{OURS}/messages"
PICKUP = Template("pickup", "de", ("Anna", "17 Uhr"))


def _sent(
    fact: str,
    told: Message,
    *parts: Json,
    kind: str = "RESPONSE",
    window_open: bool = True,
    marketing: bool = False,
) -> Sent:
    head: Json = {"recipient": {"id": PERSON}, "messaging_type": kind}
    return Sent(
        fact,
        Delivery("b1:3:17", PERSON, told, window_open, marketing),
        tuple(("POST", URL, {**head, "message": {**part, "metadata": "b1:3:17"}}) for part in parts),
        {"authorization": "Bearer EAAJB-page-new", "content-type": "application/json"},
    )


def _file(kind: str, ending: str) -> Json:
    payload = {"url": f"https://cdn.example/a.{ending}", "is_reusable": False}
    return {"attachment": {"type": kind, "payload": payload}}


def _buttons(text: str, *buttons: Json) -> Json:
    payload = {"template_type": "button", "text": text, "buttons": list(buttons)}
    return {"attachment": {"type": "template", "payload": payload}}


def _template(*components: Json, name: str = "pickup") -> Json:
    content: Json = {"name": name, "language": {"code": "de"}}
    return {"template": content | ({"components": list(components)} if components else {})}


POSTBACK: Json = {"type": "postback", "title": "Mehr", "payload": "MORE"}
PAGE: Json = {"type": "web_url", "url": "https://shop.example/", "title": "Zum Laden"}
VALUES: Json = {
    "type": "body",
    "parameters": [{"type": "text", "text": "Anna"}, {"type": "text", "text": "17 Uhr"}],
}

SENT = (
    _sent("text", Message("Grüße \U0001f372"), {"text": "Grüße \U0001f372"}),
    _sent("marketing inside the window", Message("Hi"), {"text": "Hi"}, marketing=True),
    _sent(
        "files come before the text",
        Message("Hi", (PHOTO, CLIP, SONG, PAPER)),
        _file("image", "jpg"),
        _file("video", "mp4"),
        _file("audio", "mp3"),
        _file("file", "pdf"),
        {"text": "Hi"},
    ),
    _sent("a file alone", Message(media=(PHOTO,)), _file("image", "jpg")),
    _sent(
        "up to three buttons stay under the text",
        Message("Hi", buttons=(MORE, SHOP)),
        _buttons("Hi", POSTBACK, PAGE),
    ),
    _sent(
        "more are quick replies",
        Message("Hi", buttons=tuple(Button(f"b{n}", f"{n}") for n in range(4))),
        {
            "text": "Hi",
            "quick_replies": [
                {"content_type": "text", "title": f"b{n}", "payload": f"{n}"} for n in range(4)
            ],
        },
    ),
    _sent(
        "a text for two messages",
        Message("a" * 1500 + "\n\n" + "b" * 1500),
        {"text": "a" * 1500},
        {"text": "b" * 1500},
    ),
    _sent(
        "the end of a long text is above the buttons",
        Message("a" * 600 + "\n\n" + "b" * 600, buttons=(MORE,)),
        {"text": "a" * 600},
        _buttons("b" * 600, POSTBACK),
    ),
    _sent("in the window the text wins", Message("Hi", template=PICKUP), {"text": "Hi"}),
    _sent(
        "outside the window the template",
        Message("Hi", (PHOTO,), (MORE,), PICKUP),
        _template(VALUES),
        kind="UTILITY",
        window_open=False,
    ),
    _sent("a template alone", Message(template=Template("pickup", "de")), _template(), kind="UTILITY"),
    _sent(
        "without text, the buttons are those of the template",
        Message(buttons=(MORE, SHOP), template=PICKUP),
        _template(VALUES, {"type": "buttons", "parameters": [{"type": "POSTBACK", "payload": "MORE"}]}),
        kind="UTILITY",
    ),
    _sent(
        "a template with names and buttons",
        Message(
            template=Template(
                "pickup",
                "de",
                ("Anna\nBerger",),
                ("first_name",),
                buttons=(Button("", reply="STOP"), Button("", url="abholung/7")),
            )
        ),
        _template(
            {
                "type": "body",
                "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Anna Berger"}],
            },
            {
                "type": "buttons",
                "parameters": [{"type": "POSTBACK", "payload": "STOP"}, {"type": "URL", "url": "abholung/7"}],
            },
        ),
        kind="UTILITY",
        window_open=False,
    ),
)

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken("blanks only", Message(" \n"), ("text",), ("0 visible",)),
    Broken("a text that is too long", Message("x" * 8005), ("text",), ("8005", "8000", "Shorten it by 5")),
    Broken(
        "fourteen buttons",
        Message("x", buttons=tuple(Button(f"b{n}", f"{n}") for n in range(14))),
        ("buttons",),
        ("14 ", "at most 13"),
    ),
    Broken(
        "four buttons of which one opens a page",
        Message("x", buttons=(SHOP, *(Button(f"b{n}", f"{n}") for n in range(3)))),
        ("buttons",),
        ("4 ", "at most 3", "Remove 1"),
    ),
    Broken(
        "a long label", Message("x", buttons=(Button("x" * 21, "a"),)), ("buttons.0.label",), ("21", "20")
    ),
    Broken(
        "a payload of 1001 bytes",
        Message("x", buttons=(Button("a", "ü" * 500 + "x"),)),
        ("buttons.0.reply",),
        ("1001 bytes", "1000"),
    ),
    Broken("buttons without text", Message(media=(PHOTO,), buttons=(MORE,)), ("text",), ("0 characters",)),
    Broken("eleven files", Message("x", media=(PHOTO,) * 11), ("media",), ("11 ", "at most 10")),
    Broken(
        "a file without address", Message(media=(Media(MediaKind.IMAGE, "a"),)), ("media.0",), ("https://",)
    ),
    Broken(
        "a template's name", Message("x", template=Template("My", "de")), ("template.name",), ("2 ", "512")
    ),
    Broken("a language", Message("x", template=Template("a", "deutsch")), ("template.language",), ("7 ",)),
    Broken(
        "a template with a header",
        Message("x", template=Template("a", "de", header="Hi")),
        ("template.header",),
        ("0 headers",),
    ),
    Broken(
        "a template with a picture",
        Message("x", template=Template("a", "de", media=PHOTO)),
        ("template.media",),
        ("0 headers",),
    ),
    Broken("a file for a template", Message(media=(PHOTO,), template=PICKUP), ("media",), ("1 ", "takes 0")),
    Broken(
        "four buttons of a template",
        Message("x", template=Template("a", "de", buttons=(Button("", "A"),) * 4)),
        ("template.buttons",),
        ("4 ", "at most 3"),
    ),
)

FINE = (
    Message("x" * 8000),
    Message("\U0001f372" * 8000),
    Message("x" * 2000, (PHOTO,), (MORE, SHOP, Button("Karte", url="https://x.example"))),
    Message("x", buttons=tuple(Button("x" * 20, "y" * 1000) for _ in range(13))),
    Message(template=PICKUP),
    Message(media=(PHOTO,) * 10),
)

GRAPH = "https://graph.facebook.com/v25.0"
FIELDS = [
    *("messages", "messaging_postbacks", "messaging_optins", "messaging_optouts", "messaging_referrals"),
    *("messaging_policy_enforcement", "message_deliveries", "message_echoes", "message_edits"),
    *("message_reactions", "message_reads", "message_template_status_update", "standby"),
]
STEPS = (
    Stepped(
        "who_am_i",
        ("GET", f"{GRAPH}/{OURS}?fields=id,name", {}),
        (
            (ok(id=OURS, name="Café\nExample"), True, ("CaféExample",)),
            (ok(id="7", name="x"), False, ("page_id",)),
            (error(190, 463, 401), False, ("access token",)),
            (error(200, None, 403), False, ("permission", "pages_messaging")),
            (error(803, None, 404), False, ("no such id",)),
            (Answer(0, failure=Failure.AMBIGUOUS), False, ("did not answer",)),
        ),
    ),
    Stepped(
        "set_webhook",
        ("POST", f"{GRAPH}/{OURS}/subscribed_apps", {"subscribed_fields": FIELDS}),
        (
            (ok(success=True), True, (WEBHOOK,)),
            (ok(success=False), False, ("did not confirm",)),
            (error(4), False, ("an hour",)),
        ),
    ),
    Stepped(
        "set_begin_button",
        ("POST", f"{GRAPH}/{OURS}/messenger_profile", {"get_started": {"payload": "START"}}),
        ((ok(result="success"), True, ("entry links",)), (error(100), False, ("no such id",))),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="app_secret",
    proof="x-hub-signature-256",
    call=call,
    handshakes=HANDSHAKES,
    told=(*MESSAGES, *TAPS, *SWITCHES, *RECEIPTS, *NOTICES, *ENVELOPES),
    unreadable=UNREADABLE,
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids=IDS,
    links={
        ("BCDFGHJK", "de"): "https://m.me/cafe.example?ref=BCDFGHJK",
        ("BCDFGHJK", "en"): "https://m.me/cafe.example?ref=BCDFGHJK",
    },
    credentials={**PATTERNS, "page_id": NUMBER},
    taps=((event(EventKind.BUTTON, payload="MORE"), None),),
    steps=STEPS,
    downloads=(
        Downloaded(
            "a file by its address",
            MediaIn(MediaKind.IMAGE, FILE),
            ("GET", FILE, {}),
            ((Answer(200, {"content-type": "image/jpeg"}, b"\xff\xd8"), None),),
        ),
    ),
)
