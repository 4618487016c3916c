"""Instagram: payloads as Meta's pages and public code show them, with made-up people."""

from dataclasses import replace

from rundruf.core.account import Account
from rundruf.core.message import Button, MediaKind, Message, Template
from rundruf.messengers.contract import (
    Answer,
    Delivery,
    Event,
    EventKind,
    Failure,
    MediaIn,
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

ACCOUNT = Account("instagram", "main", address="@cafe_example", credentials={**CREDENTIALS, "ig_id": (OURS,)})
PAGE_ID = "106540352242922"
LINKED = replace(ACCOUNT, credentials={**ACCOUNT.credentials, "page_id": (PAGE_ID,)})
FILE = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=x"
tell = Teller("instagram")


def _attached(kind: str, word: MediaKind | None, **payload: object) -> Told:
    content = {"type": kind, "payload": {"url": FILE, **payload}}
    media = (MediaIn(word, FILE),) if word else ()
    return tell(kind, message(attachments=[content]), one(event(media=media)))


MESSAGES = (
    tell("text", message(text="Größe 42?"), one(event(text="Größe 42?"))),
    _attached("image", MediaKind.IMAGE),
    _attached("video", MediaKind.VIDEO),
    _attached("audio", MediaKind.AUDIO),
    _attached("file", MediaKind.FILE),
    _attached("reel", MediaKind.VIDEO),
    _attached("ig_reel", MediaKind.VIDEO, reel_video_id=1, title="x"),
    _attached("story_mention", MediaKind.FILE),
    _attached("ig_story", MediaKind.FILE),
    _attached("share", MediaKind.FILE),
    _attached("ig_post", MediaKind.FILE),
    _attached("ephemeral", None),
    tell(
        "a post is told twice and kept once",
        message(
            attachments=[
                {"type": "share", "payload": {"url": FILE}},
                {"type": "ig_post", "payload": {"url": "https://x.example/p", "ig_post_media_id": "1"}},
            ]
        ),
        one(event(media=(MediaIn(MediaKind.FILE, FILE),))),
    ),
    tell("a heart", message(attachments=[{"type": "like_heart"}]), one(event())),
    tell(
        "what Instagram cannot show is a message all the same",
        message(is_unsupported=True, attachments=[{"type": "unsupported_type", "payload": {}}]),
        one(event(), message__unsupported=1, attachment__unsupported_type=1),
    ),
    tell(
        "a message taken back",
        message(is_deleted=True),
        one(event(EventKind.DELETED, id=f"{MID}:deleted")),
    ),
    tell(
        "an answer to a story",
        message(text="STOP", reply_to={"story": {"url": FILE, "id": "1"}}),
        one(event(text="STOP")),
    ),
    tell(
        "a quick reply",
        message(text="Mehr", quick_reply={"payload": "MORE"}),
        one(event(EventKind.BUTTON, text="Mehr", payload="MORE", message_id="")),
    ),
    tell(
        "a question about a product",
        message(text="Noch da?", referral={"product": {"id": "7"}}),
        one(event(text="Noch da?")),
    ),
    tell(
        "an edited text, which may be a STOP",
        item(message_edit={"mid": MID, "text": "STOP", "num_edit": 1}),
        one(event(id=f"{MID}:edit:1", text="STOP")),
    ),
    tell(
        "an emoji on a message",
        item(reaction={"mid": QUOTED, "action": "react", "reaction": "love", "emoji": "❤️"}),
        one(event(id=digest("reaction", PERSON, AT, QUOTED, "❤️"), text="❤️", message_id=QUOTED)),
    ),
    tell(
        "an ice breaker",
        item(postback={"mid": MID, "title": "Öffnungszeiten?", "payload": "HOURS"}),
        one(event(EventKind.BUTTON, text="Öffnungszeiten?", payload="HOURS", message_id="")),
    ),
    tell(
        "an entry link into a chat that was there before",
        item(referral={"ref": "BCDFGHJK", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}),
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
        "marketing off",
        item(optin={"type": "notification_messages", "notification_messages_status": "STOP_NOTIFICATIONS"}),
        one(
            event(
                EventKind.PLATFORM_STOP,
                id=digest("preference", PERSON, AT, "platform_stop"),
                message_id="",
            )
        ),
    ),
)

RECEIPTS = (
    tell(
        "a message was read",
        item(read={"mid": MID}),
        Reading(receipts=(Receipt("", ReceiptStatus.READ, AT, PERSON, MID),)),
    ),
    tell(
        "all were read up to a time",
        item(read={"watermark": AT - 1}),
        Reading(receipts=(Receipt("", ReceiptStatus.READ, AT - 1, PERSON),)),
    ),
    tell(
        "our message comes back with our delivery id",
        item(sender=OURS, recipient=PERSON, message={"mid": MID, "is_echo": True, "metadata": "b1:3:17"}),
        Reading(receipts=(Receipt("b1:3:17", ReceiptStatus.SENT, AT, PERSON, MID),)),
    ),
    tell(
        "what a human wrote in the app",
        item(sender=OURS, recipient=PERSON, message={"mid": MID, "is_echo": True, "text": "Hi"}),
        parked(echo=1),
    ),
)

ENVELOPES = (
    tell.raw(
        "events in the form of changes",
        entry(
            changes=[
                {"field": "messages", "value": message(text="Hi")},
                {"field": "messaging_seen", "value": item(at="1749416383", read={"mid": MID})},
                {"field": "comments", "value": {"id": "1", "text": "STOP"}},
            ]
        ),
        Reading(
            events=(event(text="Hi"),),
            receipts=(Receipt("", ReceiptStatus.READ, 1749416383000, PERSON, MID),),
            parked={"field.comments": 1},
        ),
    ),
    tell.raw(
        "several accounts, entries and people: only ours counts",
        entry(message(text="1"), item(sender="42", message={"mid": "m2", "text": "2"})),
        entry(message(text="3"), ours="999"),
        entry(standby=[message(text="STOP")]),
        Reading(
            events=(
                event(text="1"),
                Event("m2", EventKind.MESSAGE, "42", AT, text="2", message_id="m2"),
                event(text="STOP"),
            ),
            parked={"foreign": 1},
        ),
    ),
    Told("another object", body("page", entry(message())), parked(object=1)),
    tell.raw("nothing in an entry", entry(), parked(empty=1)),
)

HOST = "https://graph.instagram.com/v25.0"
GRAPH = "https://graph.facebook.com/v25.0"


def _sent(fact: str, told: Message, *parts: Json, account: Account | None = None) -> Sent:
    url = f"{GRAPH}/{PAGE_ID}/messages" if account else f"{HOST}/{OURS}/messages"
    head: Json = {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE"}
    return Sent(
        fact,
        Delivery("b1:3:17", PERSON, told, window_open=True),
        tuple(("POST", url, {**head, "message": {**part, "metadata": "b1:3:17"}}) for part in parts),
        {"authorization": "Bearer EAAJB-page-new", "content-type": "application/json"},
        account,
    )


def _file(kind: str, ending: str) -> Json:
    payload = {"url": f"https://cdn.example/a.{ending}", "is_reusable": False}
    return {"attachment": {"type": kind, "payload": payload}}


BUTTONS: Json = {
    "attachment": {
        "type": "template",
        "payload": {
            "template_type": "button",
            "text": "Hi",
            "buttons": [
                {"type": "postback", "title": "Mehr", "payload": "MORE"},
                {"type": "web_url", "url": "https://shop.example/", "title": "Zum Laden"},
            ],
        },
    }
}

SENT = (
    _sent("text", Message("Grüße \U0001f372"), {"text": "Grüße \U0001f372"}),
    _sent("through the page it is linked to", Message("Hi"), {"text": "Hi"}, account=LINKED),
    _sent(
        "files come before the text",
        Message("Hi", (PHOTO, CLIP)),
        _file("image", "jpg"),
        _file("video", "mp4"),
        {"text": "Hi"},
    ),
    _sent("up to three buttons stay under the text", Message("Hi", buttons=(MORE, SHOP)), BUTTONS),
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
        "a text for two messages, counted in bytes",
        Message("ü" * 300 + "\n\n" + "ö" * 300),
        {"text": "ü" * 300},
        {"text": "ö" * 300},
    ),
)

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken(
        "a template instead of a text", Message(template=Template("a", "de")), ("text",), ("no templates",)
    ),
    Broken(
        "a text that is too long", Message("ü" * 2001), ("text",), ("4002 bytes", "4000", "Shorten it by 2")
    ),
    Broken("a file", Message("x", (PAPER,)), ("media.0",), ("file", "image")),
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
        ("4 ", "at most 3"),
    ),
    Broken("buttons without text", Message(media=(PHOTO,), buttons=(MORE,)), ("text",), ("0 characters",)),
)

FINE = (
    Message("x" * 4000),
    Message("ü" * 2000),
    Message("x" * 1000, (PHOTO,), (MORE, SHOP)),
    Message("x", buttons=tuple(Button("x" * 20, "y" * 1000) for _ in range(13))),
    Message(media=(PHOTO,) * 10),
)

FIELDS = [
    *("messages", "messaging_postbacks", "messaging_optins", "messaging_referral", "messaging_seen"),
    *("message_edit", "message_reactions", "standby"),
]
STEPS = (
    Stepped(
        "who_am_i",
        ("GET", f"{HOST}/me?fields=user_id,username", {}),
        (
            (ok(user_id=OURS, username="cafe_example", id="7"), True, ("cafe_example",)),
            (ok(user_id="7", id=OURS, username="x"), False, ("user_id", "ig_id")),
            (error(190, None, 401), False, ("access token",)),
            (error(10, None, 403), False, ("permission", "instagram_business_manage_messages")),
            (Answer(0, failure=Failure.NOT_SENT), False, ("did not answer",)),
        ),
    ),
    Stepped(
        "set_webhook",
        ("POST", f"{HOST}/{OURS}/subscribed_apps", {"subscribed_fields": FIELDS}),
        ((ok(success=True), True, (WEBHOOK,)), (error(100), False, ("no such id",))),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="app_secret",
    proof="x-hub-signature-256",
    call=call,
    handshakes=HANDSHAKES,
    told=(*MESSAGES, *RECEIPTS, *ENVELOPES),
    unreadable=UNREADABLE,
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids=IDS,
    links={
        ("BCDFGHJK", "de"): "https://ig.me/m/cafe_example?ref=BCDFGHJK",
        ("BCDFGHJK", "en"): "https://ig.me/m/cafe_example?ref=BCDFGHJK",
    },
    credentials={**PATTERNS, "ig_id": NUMBER, "page_id": NUMBER},
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
