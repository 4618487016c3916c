"""WhatsApp: payloads as Meta's pages and public code show them, with made-up people."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping

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
    Item,
    MediaIn,
    Notice,
    Place,
    Reading,
    Receipt,
    ReceiptStatus,
    Reply,
)
from tests.messengers.case import WEBHOOK, Answered, Broken, Case, Downloaded, Sent, Stepped, Told

PNID = "106540352242922"
WABA = "102290129340398"
ANNA, BSUID, PARENT = "4915112345678", "DE.13491208655302741918", "DE.ENT.11815799212886844830"
WAMID = "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA="
QUOTED = "wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA"
SECONDS = "1749416383"
AT = 1749416383000

ACCOUNT = Account(
    "whatsapp",
    "main",
    address="+49 (0)30 901820",
    credentials={
        "app_secret": ("9f86d081884c7d659a2feaa0c55ad015", "60303ae22b998861bce3b28f33eec1be"),
        "access_token": ("EAAJB-new", "EAAJB-old"),
        "verify_token": ("meatyhamhock", "older-token"),
        "phone_number_id": (PNID,),
        "waba_id": (WABA,),
    },
)

Json = dict[str, object]


def _call(body: bytes, secret: str) -> Call:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"}
    return Call("POST", headers, {}, body)


def _challenge(**query: str) -> Call:
    known = {"mode": "subscribe", "verify_token": "meatyhamhock", "challenge": "1158201444"}
    return Call("GET", {}, {f"hub.{name}": value for name, value in (known | query).items() if value}, b"")


HANDSHAKES = (
    ("right token", _challenge(), Reply(200, "1158201444")),
    ("older token while it rotates", _challenge(verify_token="older-token"), Reply(200, "1158201444")),
    ("wrong token", _challenge(verify_token="meatyhamhocK"), Reply(403)),
    ("no token", _challenge(verify_token=""), Reply(403)),
    ("token that is not ASCII", _challenge(verify_token="märz"), Reply(403)),
    ("other mode", _challenge(mode="unsubscribe"), Reply(403)),
    ("markup as challenge", _challenge(challenge="<script>alert(1)</script>"), Reply(403)),
    ("foreign digits as challenge", _challenge(challenge="١٢٣"), Reply(403)),
    ("challenge with line break", _challenge(challenge="123\n"), Reply(403)),
    ("endless challenge", _challenge(challenge="1" * 65), Reply(403)),
    ("nothing at all", Call("GET", {}, {}, b""), Reply(403)),
    ("a post is no set-up call", Call("POST", {}, {"hub.mode": "subscribe"}, b"{}"), None),
)


def _body(*values: tuple[str, Json]) -> bytes:
    """One entry for each change."""
    entries = [{"id": WABA, "changes": [{"field": name, "value": value}]} for name, value in values]
    # Meta escapes what is not ASCII.
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


def _value(number: str = PNID, **parts: object) -> Json:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": number}
    return {"messaging_product": "whatsapp", "metadata": metadata, **parts}


def _contact(**more: object) -> Json:
    return {"profile": {"name": "Anna Müller"}, "wa_id": ANNA, **more}


def _message(kind: str, **parts: object) -> Json:
    return {"from": ANNA, "id": WAMID, "timestamp": SECONDS, "type": kind, **parts}


def _messages(*messages: Json, contacts: object = None) -> bytes:
    known = [_contact()] if contacts is None else contacts
    return _body(("messages", _value(contacts=known, messages=list(messages))))


def _event(
    kind: EventKind = EventKind.MESSAGE,
    *,
    id: str = WAMID,
    user_id: str = ANNA,
    at: int = AT,
    text: str = "",
    payload: str = "",
    name: str = "Anna Müller",
    message_id: str = WAMID,
    media: tuple[MediaIn, ...] = (),
    aliases: tuple[str, ...] = (),
    place: Place | None = None,
    order: tuple[Item, ...] = (),
) -> Event:
    return Event(
        id,
        kind,
        user_id,
        at,
        text=text,
        payload=payload,
        name=name,
        message_id=message_id,
        media=media,
        aliases=aliases,
        place=place,
        order=order,
    )


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(**kinds: int) -> Reading:
    return Reading(parked={name.replace("__", "."): count for name, count in kinds.items()})


def _file(kind: str, word: MediaKind, mime_type: str, **more: object) -> Told:
    content = {"id": "24230790383178626", "mime_type": mime_type, "sha256": "Y2Nj", **more}
    caption = str(more.get("caption", ""))
    media = (MediaIn(word, "24230790383178626", mime_type, str(more.get("filename", ""))),)
    return Told(kind, _messages(_message(kind, **{kind: content})), _one(_event(text=caption, media=media)))


TEXT = _messages(_message("text", text={"body": "Größe 42 @shop/neu? \U0001f372"}))
HIDDEN = {"profile": {"name": "Bo", "username": "bo"}, "user_id": BSUID}

MESSAGES = (
    Told("text", TEXT, _one(_event(text="Größe 42 @shop/neu? \U0001f372"))),
    _file("image", MediaKind.IMAGE, "image/jpeg", caption="STOP"),
    _file("video", MediaKind.VIDEO, "video/mp4"),
    _file("document", MediaKind.FILE, "application/pdf", filename="a.pdf", caption="Rechnung"),
    _file("audio", MediaKind.AUDIO, "audio/ogg; codecs=opus", voice=True),
    _file("voice", MediaKind.AUDIO, "audio/ogg; codecs=opus"),
    _file("sticker", MediaKind.IMAGE, "image/webp", animated=False),
    Told(
        "a place at zero degrees is a message without words",
        _messages(_message("location", location={"latitude": 0.0, "longitude": 1.0})),
        _one(_event(place=Place(0.0, 1.0))),
    ),
    Told(
        "a place with a name",
        _messages(
            _message(
                "location",
                location={
                    "latitude": 50.9413,
                    "longitude": 6.9583,
                    "name": "Dom",
                    "address": "Domkloster 4, Köln",
                    "url": "https://x.example",
                },
            )
        ),
        _one(_event(place=Place(50.9413, 6.9583, "Dom", "Domkloster 4, Köln"))),
    ),
    Told(
        "a place that is nowhere",
        _messages(_message("location", location={"latitude": 91, "longitude": "7"})),
        _one(_event()),
    ),
    Told(
        "an address card",
        _messages(_message("contacts", contacts=[{"name": {"formatted_name": "B"}, "phones": []}])),
        _one(_event()),
    ),
    Told(
        "the person's own card, which answers our question for the number",
        _messages(
            {
                "from_user_id": BSUID,
                "id": WAMID,
                "timestamp": SECONDS,
                "type": "contacts",
                "contacts": [
                    {
                        "origin": "contact_request",
                        "name": {"formatted_name": "Bo"},
                        "phones": [{"phone": "+49 151 12345678", "wa_id": ANNA}, {"phone": "x"}],
                    },
                    {"origin": "other", "phones": [{"phone": "+49 170 0000001"}]},
                ],
            },
            contacts=[HIDDEN],
        ),
        _one(_event(user_id=BSUID, name="Bo", aliases=(ANNA,))),
    ),
    Told(
        "a template's quick reply",
        _messages(
            _message(
                "button", context={"from": "1555", "id": QUOTED}, button={"payload": "STOP", "text": "Ende"}
            )
        ),
        _one(_event(EventKind.BUTTON, text="Ende", payload="STOP", message_id=QUOTED)),
    ),
    Told(
        "a quick reply without payload carries its label",
        _messages(_message("button", button={"text": "Stop"})),
        _one(_event(EventKind.BUTTON, text="Stop", payload="Stop", message_id="")),
    ),
    Told(
        "a reply button",
        _messages(
            _message(
                "interactive",
                context={"from": "1555", "id": QUOTED},
                interactive={"type": "button_reply", "button_reply": {"id": "MORE", "title": "Mehr"}},
            )
        ),
        _one(_event(EventKind.BUTTON, text="Mehr", payload="MORE", message_id=QUOTED)),
    ),
    Told(
        "a row of a list",
        _messages(
            _message(
                "interactive",
                interactive={
                    "type": "list_reply",
                    "list_reply": {"id": "r1", "title": "Köln", "description": "x"},
                },
            )
        ),
        _one(_event(EventKind.BUTTON, text="Köln", payload="r1", message_id="")),
    ),
    Told(
        "a form whose answer is no object",
        _messages(
            _message(
                "interactive",
                interactive={
                    "type": "nfm_reply",
                    "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "[1"},
                },
            )
        ),
        _one(_event(EventKind.BUTTON, text="Sent", payload="[1", message_id="")),
    ),
    Told(
        "interactive without content",
        _messages(_message("interactive")),
        _parked(message__interactive=1),
    ),
    Told(
        "an emoji on a message",
        _messages(_message("reaction", reaction={"message_id": QUOTED, "emoji": "👍"})),
        _one(_event(text="👍", message_id=QUOTED)),
    ),
    Told(
        "an emoji taken back",
        _messages(
            _message("reaction", reaction={"message_id": QUOTED, "emoji": ""}),
            _message("reaction", reaction={"message_id": QUOTED}),
        ),
        _parked(message__reaction=2),
    ),
    Told(
        "an order",
        _messages(_message("order", order={"catalog_id": "1", "text": "bitte bald", "product_items": []})),
        _one(_event(text="bitte bald")),
    ),
    Told(
        "an order of several lines",
        _messages(
            _message(
                "order",
                order={
                    "catalog_id": "1",
                    "text": "",
                    "product_items": [
                        {"product_retailer_id": "soup", "quantity": 2, "item_price": 7.5, "currency": "EUR"},
                        {
                            "product_retailer_id": "pie",
                            "quantity": "1",
                            "item_price": "12",
                            "currency": "EUR",
                        },
                        {"product_retailer_id": "tea", "quantity": -3, "item_price": "free"},
                        {"quantity": 4},
                    ],
                },
            )
        ),
        _one(
            _event(
                order=(
                    Item("soup", 2, "7.5", "EUR"),
                    Item("pie", 1, "12", "EUR"),
                    Item("tea", 1),
                )
            )
        ),
    ),
    Told(
        "an edited text, which may be a STOP",
        _messages(
            _message(
                "edit",
                edit={
                    "original_message_id": QUOTED,
                    "message": {"type": "text", "text": {"body": "STOP"}, "context": {"id": "M0"}},
                },
            )
        ),
        _one(_event(text="STOP", message_id=QUOTED)),
    ),
    Told(
        "an edit under the id of the message it edits has its own id",
        _messages(
            _message(
                "edit",
                edit={
                    "original_message_id": WAMID,
                    "message": {"type": "image", "image": {"id": "9", "caption": "STOP"}},
                },
            )
        ),
        _one(_event(id=f"{WAMID}:edit:{AT}", text="STOP", media=(MediaIn(MediaKind.IMAGE, "9"),))),
    ),
    Told(
        "a message taken back",
        _messages(_message("revoke", revoke={"original_message_id": QUOTED})),
        _one(_event(EventKind.DELETED, message_id=QUOTED)),
    ),
    Told(
        "a message taken back under its own id has its own id",
        _messages(_message("revoke", revoke={"original_message_id": WAMID})),
        _one(_event(EventKind.DELETED, id=f"{WAMID}:revoke")),
    ),
    Told("nothing taken back", _messages(_message("revoke", revoke={})), _parked(message__revoke=1)),
    Told(
        "what WhatsApp itself cannot show",
        _messages(_message("unsupported", errors=[{"code": 131051, "title": "Message type unknown"}])),
        _parked(message__unsupported=1),
    ),
    Told(
        "a quoted reply is what it says",
        _messages(_message("text", context={"from": "1555", "id": QUOTED}, text={"body": "STOP"})),
        _one(_event(text="STOP")),
    ),
    Told(
        "the first message after an ad",
        _messages(_message("text", text={"body": "Hi"}, referral={"source_type": "ad", "source_id": "1"})),
        _one(_event(text="Hi")),
    ),
    Told(
        "the same message twice: sorting out duplicates is not ours",
        _messages(_message("text", text={"body": "Hi"}), _message("text", text={"body": "Hi"})),
        Reading(events=(_event(text="Hi"), _event(text="Hi"))),
    ),
    Told(
        "a group is none of our business",
        _messages(_message("text", group_id="HBgG", text={"body": "STOP"})),
        _parked(group=1),
    ),
    Told(
        "milliseconds are accepted as time",
        _messages(_message("text", timestamp=str(AT), text={"body": "Hi"})),
        _one(_event(text="Hi")),
    ),
    Told(
        "no time is no time",
        _messages(_message("text", timestamp="gestern", text={"body": "Hi"})),
        _one(_event(text="Hi", at=0)),
    ),
    Told(
        "half a character and a NUL are cleaned away",
        _messages(_message("text", text={"body": "ST\0OP \ud83d"})),
        _one(_event(text="STOP \ufffd")),
    ),
    Told(
        "a message in standby counts",
        _body(
            (
                "standby",
                _value(
                    contacts=[_contact()], standby={"messages": [_message("text", text={"body": "STOP"})]}
                ),
            )
        ),
        _one(_event(text="STOP")),
    ),
)

PEOPLE = (
    Told(
        "somebody who hides the number",
        _messages(
            {
                "from_user_id": BSUID,
                "id": WAMID,
                "timestamp": SECONDS,
                "type": "text",
                "text": {"body": "Hi"},
            },
            contacts=[HIDDEN],
        ),
        _one(_event(text="Hi", user_id=BSUID, name="Bo")),
    ),
    Told(
        "an empty number is no number",
        _messages(
            _message("text", **{"from": "", "from_user_id": BSUID, "text": {"body": "Hi"}}),
            contacts=[HIDDEN | {"wa_id": ""}],
        ),
        _one(_event(text="Hi", user_id=BSUID, name="Bo")),
    ),
    Told(
        "the id in place of the number",
        _messages(_message("text", **{"from": BSUID, "text": {"body": "Hi"}}), contacts=[{"wa_id": BSUID}]),
        _one(_event(text="Hi", user_id=BSUID, name="")),
    ),
    Told(
        "number and ids together: the number is the person, the ids are aliases",
        _messages(
            _message("text", from_user_id=BSUID, from_parent_user_id=PARENT, text={"body": "Hi"}),
            contacts=[_contact(user_id=BSUID, parent_user_id=PARENT)],
        ),
        _one(_event(text="Hi", aliases=(BSUID, PARENT))),
    ),
    Told(
        "an id that cannot be one is left out, the message stays",
        _messages(
            _message("text", from_user_id="foo_bar", text={"body": "Hi"}),
            contacts=[_contact(user_id="foo_bar")],
        ),
        _one(_event(text="Hi")),
    ),
    Told(
        "the number WhatsApp rewrote is an alias",
        _messages(
            _message("text", **{"from": "5511912345678", "text": {"body": "Oi"}}),
            contacts=[{"profile": {"name": "Caê"}, "wa_id": "551112345678"}],
        ),
        _one(_event(text="Oi", user_id="5511912345678", name="Caê", aliases=("551112345678",))),
    ),
    Told(
        "nobody known as the sender",
        _messages({"id": WAMID, "timestamp": SECONDS, "type": "text", "text": {"body": "Hi"}}),
        _parked(no_sender=1),
    ),
    Told(
        "a message without id",
        _messages({"from": ANNA, "timestamp": SECONDS, "type": "text", "text": {"body": "Hi"}}),
        _parked(no_id=1),
    ),
    Told(
        "no contacts, no name",
        _messages(_message("text", text={"body": "Hi"}), contacts=[]),
        _one(_event(text="Hi", name="")),
    ),
    Told(
        "two people in one body keep their names",
        _messages(
            _message("text", text={"body": "A"}),
            _message("text", **{"from": "491700000001", "id": "wamid.2", "text": {"body": "B"}}),
            contacts=[{"profile": {"name": "Ben"}, "wa_id": "491700000001"}, _contact()],
        ),
        Reading(
            events=(
                _event(text="A"),
                _event(text="B", id="wamid.2", message_id="wamid.2", user_id="491700000001", name="Ben"),
            )
        ),
    ),
)


def _system(**system: object) -> bytes:
    sender = {"from": ANNA} if system.pop("sender", True) else {}
    message = {**sender, "id": WAMID, "timestamp": SECONDS, "type": "system", "system": system}
    return _body(("messages", _value(messages=[message])))


def _moved(before: str, after: str) -> Reading:
    return _one(_event(EventKind.MOVED, user_id=before, payload=after, name=""))


SYSTEM = (
    Told(
        "a changed number",
        _system(body="User A changed from x to y", wa_id="12195555358", type="user_changed_number"),
        _moved(ANNA, "12195555358"),
    ),
    Told(
        "a changed number as it was told before",
        _system(sender=False, customer=ANNA, new_wa_id="12195555358", type="customer_changed_number"),
        _moved(ANNA, "12195555358"),
    ),
    Told(
        "a changed user id",
        _system(sender=False, previous_user_id=BSUID, user_id="DE.2", type="user_changed_user_id"),
        _moved(BSUID, "DE.2"),
    ),
    Told(
        "a changed user id told only in words",
        _system(
            sender=False,
            body=f"User A changed from {BSUID} to DE.2",
            user_id="DE.2",
            type="user_changed_user_id",
        ),
        _moved(BSUID, "DE.2"),
    ),
    Told(
        "a changed user id of nobody known",
        _system(sender=False, user_id="DE.2", type="user_changed_user_id"),
        _parked(system__user_changed_user_id=1),
    ),
    Told(
        "a changed device",
        _system(body="x", type="customer_identity_changed"),
        _parked(system__customer_identity_changed=1),
    ),
)


def _statuses(*statuses: Json, number: str = PNID) -> bytes:
    return _body(("messages", _value(number, statuses=list(statuses))))


def _status(word: str, **parts: object) -> Json:
    return {
        "id": WAMID,
        "status": word,
        "timestamp": SECONDS,
        "recipient_id": ANNA,
        "biz_opaque_callback_data": "b1:3:17",
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
        **parts,
    }


def _receipt(
    status: ReceiptStatus,
    *,
    delivery: str = "b1:3:17",
    user_id: str = ANNA,
    outcome: Outcome | None = None,
    aliases: tuple[str, ...] = (),
) -> Reading:
    return Reading(receipts=(Receipt(delivery, status, AT, user_id, WAMID, outcome, aliases),))


def _failed(code: object, **error: object) -> bytes:
    return _statuses(_status("failed", errors=[{"code": code, "title": "t", "message": "m", **error}]))


RECEIPTS = (
    Told("sent", _statuses(_status("sent")), _receipt(ReceiptStatus.SENT)),
    Told(
        "delivered, with the id behind the number",
        _statuses(_status("delivered", recipient_user_id=BSUID)),
        _receipt(ReceiptStatus.DELIVERED, aliases=(BSUID,)),
    ),
    Told("read", _statuses(_status("read")), _receipt(ReceiptStatus.READ)),
    Told("a voice message played is read", _statuses(_status("played")), _receipt(ReceiptStatus.READ)),
    Told(
        "a status of somebody who hides the number, of a message we did not tag",
        _statuses({"id": WAMID, "status": "read", "timestamp": SECONDS, "recipient_user_id": BSUID}),
        _receipt(ReceiptStatus.READ, delivery="", user_id=BSUID),
    ),
    Told(
        "failed: not on WhatsApp",
        _failed(131026, error_data={"details": "d"}),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.GONE, "131026")),
    ),
    Told(
        "failed: opted out of marketing",
        _failed(131050, details="d"),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.WITHDRAW, "131050")),
    ),
    Told(
        "failed: held back by the cap for one person",
        _failed(131049),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.BAD, "131049")),
    ),
    Told(
        "failed: window shut",
        _failed(131047),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.WINDOW, "131047")),
    ),
    Told(
        "failed: unpaid",
        _failed(131042),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.PAUSE, "131042", account_wide=True)),
    ),
    Told(
        "failed: a code nobody knows",
        _failed(987654),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.BAD, "987654")),
    ),
    Told(
        "failed without reason",
        _statuses(_status("failed")),
        _receipt(ReceiptStatus.FAILED, outcome=Outcome(OutcomeKind.BAD, "failed")),
    ),
    Told("a status nobody knows", _statuses(_status("in_orbit")), _parked(status__in_orbit=1)),
    Told("a status that is no word", _statuses(_status("x; DROP")), _parked(status__other=1)),
    Told(
        "a status from a group",
        _statuses(_status("read", recipient_type="group", recipient_participant_id=ANNA)),
        _parked(group=1),
    ),
)


def _preference(value: str, contacts: object = None, **parts: object) -> bytes:
    told = {
        "wa_id": ANNA,
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": 1731705721,
        **parts,
    }
    told = {name: part for name, part in told.items() if part is not None}
    known = [_contact()] if contacts is None else contacts
    return _body(("user_preferences", _value(contacts=known, user_preferences=[told])))


def _preferred(kind: EventKind, value: str, user_id: str = ANNA, aliases: tuple[str, ...] = ()) -> Reading:
    at = 1731705721000
    digest = hashlib.sha256(f"{user_id} {at} {value}".encode()).hexdigest()[:32]
    return _one(
        _event(
            kind, id=f"preference:{digest}", user_id=user_id, at=at, name="", message_id="", aliases=aliases
        )
    )


PREFERENCES = (
    Told("marketing off", _preference("stop"), _preferred(EventKind.PLATFORM_STOP, "stop")),
    Told("marketing on again", _preference("resume"), _preferred(EventKind.PLATFORM_RESUME, "resume")),
    Told(
        "off by somebody who hides the number",
        _preference("stop", [HIDDEN], wa_id=None),
        _preferred(EventKind.PLATFORM_STOP, "stop", BSUID),
    ),
    Told(
        "off in another category is off all the same",
        _preference("stop", category="offers"),
        _preferred(EventKind.PLATFORM_STOP, "stop"),
    ),
    Told(
        "on in another category is not on",
        _preference("resume", category="offers"),
        _parked(preference__resume=1),
    ),
    Told("sign-up is not offered in Europe", _preference("signup"), _parked(preference__signup=1)),
    Told("of nobody", _preference("stop", [], wa_id=None), _parked(preference__stop=1)),
)

ENVELOPES = (
    Told(
        "several entries, changes and numbers: only ours counts",
        _body(
            ("messages", _value(contacts=[_contact()], messages=[_message("text", text={"body": "1"})])),
            ("messages", _value("999", messages=[_message("text", text={"body": "2"})] * 2)),
            ("messages", _value(statuses=[_status("sent")])),
            ("messages", _value("999", statuses=[_status("sent")])),
            ("user_preferences", _value("999", user_preferences=[{"value": "stop", "wa_id": ANNA}])),
            ("messages", _value("999")),
        ),
        Reading(
            events=(_event(text="1"),),
            receipts=_receipt(ReceiptStatus.SENT).receipts,
            parked={"foreign": 5},
        ),
    ),
    Told(
        "several changes in one entry",
        json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "changes": [
                            {"field": "messages", "value": _value(statuses=[_status("sent")])},
                            {"field": "account_alerts", "value": {}},
                            {"field": "messages", "value": _value(statuses=[_status("read")])},
                        ]
                    }
                ],
            }
        ).encode(),
        Reading(
            receipts=_receipt(ReceiptStatus.SENT).receipts + _receipt(ReceiptStatus.READ).receipts,
            parked={"field.account_alerts": 1},
        ),
    ),
    Told(
        "a number without metadata is not ours",
        _body(("messages", {"messages": [_message("text", text={"body": "1"})]})),
        _parked(foreign=1),
    ),
    Told(
        "other fields are counted by name",
        _body(("phone_number_quality_update", {"event": "FLAGGED"}), ("history", {})),
        _parked(field__phone_number_quality_update=1, field__history=1),
    ),
    Told(
        "errors without message",
        _body(("messages", _value(errors=[{"code": 0, "title": "AuthException"}]))),
        _parked(errors=1),
    ),
    Told("nothing in a change", _body(("messages", _value())), _parked(empty=1)),
    Told("another object", b'{"object":"page","entry":[]}', _parked(object=1)),
    Told("no entries", b'{"object":"whatsapp_business_account","entry":null}', Reading()),
    Told(
        "wrong types everywhere",
        json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [7, {"changes": 7}, {"changes": [None, {"field": ["messages"], "value": []}]}],
            }
        ).encode(),
        _parked(field__other=1),
    ),
    Told(
        "a number of 5,000 digits in a field we do not need",
        TEXT.replace(b'"15550783881"', b"1" + b"0" * 5000),
        _one(_event(text="Größe 42 @shop/neu? \U0001f372")),
    ),
)


def _accepted(**more: object) -> bytes:
    return json.dumps(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": f"+{ANNA}", "wa_id": ANNA}],
            "messages": [{"id": WAMID, **more}],
        }
    ).encode()


def _error(code: object, status: int = 400, headers: Mapping[str, str] | None = None) -> Answer:
    error = {"message": f"(#{code}) x", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Answer(status, headers or {}, json.dumps({"error": error}).encode())


_TABLE = (
    (OutcomeKind.RETRY, False, None, (1, 2, 131000, 131016, 133004, 2494100, 131053)),
    (OutcomeKind.RETRY, False, 6.0, (131056,)),
    (OutcomeKind.RETRY, False, 600.0, (134101,)),
    (OutcomeKind.RETRY, True, 60.0, (131057,)),
    (OutcomeKind.RETRY, True, None, (4, 80007, 130429)),
    (OutcomeKind.GONE, False, None, (131026, 131021, 131030, 131062, 130497, 130403)),
    (OutcomeKind.WITHDRAW, False, None, (131050,)),
    (OutcomeKind.WINDOW, False, None, (131047, 470)),
    (OutcomeKind.BAD, False, None, (131049, 130472, 131052)),
    (OutcomeKind.BAD, False, None, (132005, 132018)),
    (OutcomeKind.PAUSE, False, None, (132000, 132001, 132007, 132008, 132012, 132015, 132016)),
    (OutcomeKind.PAUSE, False, None, (132068, 132069, 134100, 134102, 131055, 131063)),
    (OutcomeKind.BAD, False, None, (100, 131008, 131009, 131051, 135000, 424242)),
    (OutcomeKind.PAUSE, True, None, (0, 3, 10, 190, 200, 230, 299, 33, 368, 131005, 131031, 131037, 131042)),
    (OutcomeKind.PAUSE, True, None, (131044, 131045, 133010, 131048, 131064, 134011)),
)


def _by_table() -> Iterator[Answered]:
    for kind, wide, wait, codes in _TABLE:
        for code in codes:
            outcome = Outcome(kind, str(code), retry_after=wait, account_wide=wide)
            yield Answered(f"code {code}", _error(code), outcome)


def _kind(kind: OutcomeKind, code: str, *, wide: bool = False, wait: float | None = None) -> Outcome:
    return Outcome(kind, code, retry_after=wait, account_wide=wide)


ANSWERS = (
    *_by_table(),
    Answered("accepted", Answer(200, {}, _accepted()), Outcome(OutcomeKind.OK, message_id=WAMID)),
    Answered(
        "accepted in so many words",
        Answer(201, {}, _accepted(message_status="accepted")),
        Outcome(OutcomeKind.OK, message_id=WAMID),
    ),
    Answered(
        "held while quality is assessed",
        Answer(200, {}, _accepted(message_status="held_for_quality_assessment")),
        Outcome(OutcomeKind.OK, "held_for_quality_assessment", message_id=WAMID),
    ),
    Answered(
        "paused by pacing",
        Answer(200, {}, _accepted(message_status="paused")),
        Outcome(OutcomeKind.OK, "paused", message_id=WAMID),
    ),
    Answered("an error with status 200", _error(131026, 200), _kind(OutcomeKind.GONE, "131026")),
    Answered("an error with status 500 that is definite", _error(2, 500), _kind(OutcomeKind.RETRY, "2")),
    Answered("a code as text", _error("131047"), _kind(OutcomeKind.WINDOW, "131047")),
    Answered(
        "a header tells the wait",
        _error(130429, 400, {"Retry-After": "17"}),
        _kind(OutcomeKind.RETRY, "130429", wide=True, wait=17.0),
    ),
    Answered(
        "too many requests with another code",
        _error(613, 429, {"retry-after": "3"}),
        _kind(OutcomeKind.RETRY, "613", wide=True, wait=3.0),
    ),
    Answered("an unknown code with status 503", _error(777, 503), _kind(OutcomeKind.UNKNOWN, "777")),
    Answered("an error without code", _error(None, 400), _kind(OutcomeKind.BAD, "error")),
    Answered(
        "an error that is a sentence", Answer(500, {}, b'{"error":"x"}'), _kind(OutcomeKind.UNKNOWN, "error")
    ),
    Answered(
        "accepted without id", Answer(200, {}, b'{"messages":[null]}'), _kind(OutcomeKind.UNKNOWN, "http_200")
    ),
    Answered("accepted in HTML", Answer(200, {}, b"<html>"), _kind(OutcomeKind.UNKNOWN, "http_200")),
    Answered(
        "accepted and cut off", Answer(200, {}, _accepted()[:-9]), _kind(OutcomeKind.UNKNOWN, "http_200")
    ),
    Answered("bad gateway", Answer(502, {}, b"Bad Gateway"), _kind(OutcomeKind.UNKNOWN, "http_502")),
    Answered("gateway timeout", Answer(504), _kind(OutcomeKind.UNKNOWN, "http_504")),
    Answered(
        "an id with a server error is no acceptance",
        Answer(500, {}, _accepted()),
        _kind(OutcomeKind.UNKNOWN, "http_500"),
    ),
    Answered(
        "forbidden without reason", Answer(403, {}, b"no"), _kind(OutcomeKind.PAUSE, "http_403", wide=True)
    ),
    Answered("moved away", Answer(302), _kind(OutcomeKind.PAUSE, "http_302", wide=True)),
    Answered("too large", Answer(413), _kind(OutcomeKind.BAD, "http_413")),
    Answered("the request timed out over there", Answer(408), _kind(OutcomeKind.UNKNOWN, "http_408")),
    Answered(
        "too many requests without reason",
        Answer(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        _kind(OutcomeKind.RETRY, "http_429", wide=True),
    ),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), _kind(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), _kind(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
PAPER = Media(MediaKind.FILE, "https://cdn.example/preise%202027.pdf?v=2")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")
AUTUMN = Template("autumn", "de", ("Anna", "20 %"))

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken("blanks only", Message(" \n"), ("text",), ("0 visible", "at least 1")),
    Broken("buttons alone", Message(buttons=(MORE,)), ("text",), ("0 characters",)),
    Broken("a text that is too long", Message("x" * 16390), ("text",), ("16390", "16384", "Shorten it by 6")),
    Broken(
        "the names of fewer parameters than there are",
        Message(template=Template("a", "de", ("Anna", "20 %"), ("name",))),
        ("template.names",),
        ("1 ", "2 "),
    ),
    Broken(
        "a parameter's name with blanks",
        Message(template=Template("a", "de", ("Anna",), ("first name",))),
        ("template.names.0",),
        ("10 ", "100"),
    ),
    Broken(
        "two headers",
        Message(template=Template("a", "de", header="Herbst", media=PHOTO)),
        ("template.header",),
        ("1 header", "2 given"),
    ),
    Broken(
        "a long header",
        Message(template=Template("a", "de", header="x" * 61)),
        ("template.header",),
        ("61", "60"),
    ),
    Broken(
        "a header that sounds",
        Message(template=Template("a", "de", media=SONG)),
        ("template.media",),
        ("audio",),
    ),
    Broken(
        "a header without address",
        Message(template=Template("a", "de", media=Media(MediaKind.IMAGE, "a.jpg"))),
        ("template.media",),
        ("https://",),
    ),
    Broken(
        "eleven buttons of a template",
        Message(template=Template("a", "de", buttons=(Button("", "A"),) * 11)),
        ("template.buttons",),
        ("11 ", "at most 10"),
    ),
    Broken(
        "a button of a template for two things",
        Message(template=Template("a", "de", buttons=(Button("", "A", "b"),))),
        ("template.buttons.0",),
        ("both",),
    ),
    Broken(
        "four buttons",
        Message("x", buttons=tuple(Button(f"b{n}", f"{n}") for n in range(4))),
        ("buttons",),
        ("4 ", "at most 3"),
    ),
    Broken(
        "two links",
        Message("x", buttons=(SHOP, Button("Karte", url="https://x.example"))),
        ("buttons",),
        ("2 ", "at most 1"),
    ),
    Broken("a link beside a reply", Message("x", buttons=(MORE, SHOP)), ("buttons",), ("1 of 2", "Remove")),
    Broken(
        "a long label", Message("x", buttons=(Button("x" * 21, "a"),)), ("buttons.0.label",), ("21", "20")
    ),
    Broken(
        "the same label twice",
        Message("x", buttons=(MORE, Button("Mehr", "B"))),
        ("buttons.1.label",),
        ("at most once",),
    ),
    Broken(
        "a payload of 257 bytes",
        Message("x", buttons=(Button("a", "ü" * 128 + "x"),)),
        ("buttons.0.reply",),
        ("257 bytes", "256"),
    ),
    Broken(
        "a button for nothing", Message("x", buttons=(Button("a"),)), ("buttons.0",), ("exactly 1", "neither")
    ),
    Broken(
        "a button for two things",
        Message("x", buttons=(Button("a", "b", "https://c.example"),)),
        ("buttons.0",),
        ("both",),
    ),
    Broken(
        "a link to a script",
        Message("x", buttons=(Button("a", url="javascript:alert(1)"),)),
        ("buttons.0.url",),
        ("https://",),
    ),
    Broken(
        "buttons without text",
        Message(media=(PHOTO,), buttons=(MORE,)),
        ("text",),
        ("0 characters", "at least 1"),
    ),
    Broken(
        "a file without address",
        Message("x", media=(Media(MediaKind.IMAGE, "a.jpg"),)),
        ("media.0",),
        ("https://",),
    ),
    Broken("eleven files", Message("x", media=(PHOTO,) * 11), ("media",), ("11 ", "at most 10", "Remove 1")),
    Broken(
        "a template's name with blanks",
        Message("x", template=Template("My Autumn", "de")),
        ("template.name",),
        ("9 ", "512"),
    ),
    Broken(
        "a language nobody knows",
        Message("x", template=Template("a", "deutsch")),
        ("template.language",),
        ("7 ",),
    ),
    Broken(
        "an empty parameter",
        Message("x", template=Template("a", "de", ("a", " "))),
        ("template.parameters.1",),
        ("at least 1",),
    ),
    Broken(
        "two files on a template",
        Message(media=(PHOTO, PHOTO), template=AUTUMN),
        ("media",),
        ("2 ", "at most 1"),
    ),
    Broken("a song on a template", Message(media=(SONG,), template=AUTUMN), ("media.0",), ("audio",)),
)

FINE = (
    Message("x" * 4096 * 4),
    Message("\U0001f372" * 4096 * 4),
    Message("x" * 1030, buttons=(MORE,)),
    Message(template=Template("a", "de", ("Anna",), ("first_name",), "x" * 60)),
    Message("x" * 1024, (PHOTO,), (MORE,), AUTUMN),
    Message("x" * 1025, (PHOTO,)),
    Message("x", buttons=(Button("x" * 20, "y" * 256), Button("b", "b"), Button("c", "c"))),
    Message("Hallo {{ name }}", buttons=(Button("Laden", url="{{ link }}"),)),
    Message(template=AUTUMN),
    Message(template=Template("a", "en_US")),
    Message(media=(PHOTO,) * 10),
    Message(media=(PHOTO,), buttons=(MORE,), template=AUTUMN),
)

URL = f"https://graph.facebook.com/v25.0/{PNID}/messages"


def _sent(fact: str, message: Message, *parts: Json, to: str = ANNA, window_open: bool = True) -> Sent:
    person = {"recipient": to} if to == BSUID else {"to": f"+{to}"}
    envelope = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **person,
        "biz_opaque_callback_data": "b1:3:17",
    }
    return Sent(
        fact,
        Delivery("b1:3:17", to, message, window_open, marketing=True),
        tuple(("POST", URL, {**envelope, **part}) for part in parts),
        {"authorization": "Bearer EAAJB-new", "content-type": "application/json"},
    )


def _text(body: str) -> Json:
    return {"type": "text", "text": {"body": body, "preview_url": False}}


def _template(*components: Json) -> Json:
    content: Json = {"name": "autumn", "language": {"code": "de"}}
    return {
        "type": "template",
        "template": content | ({"components": list(components)} if components else {}),
    }


BODY: Json = {
    "type": "body",
    "parameters": [{"type": "text", "text": "Anna"}, {"type": "text", "text": "20 %"}],
}
REPLY = {"buttons": [{"type": "reply", "reply": {"id": "MORE", "title": "Mehr"}}]}
IMAGE: Json = {"type": "image", "image": {"link": "https://cdn.example/a.jpg"}}

SENT = (
    _sent("text", Message("Grüße \U0001f372"), _text("Grüße \U0001f372")),
    _sent("to somebody who hides the number", Message("Hi"), _text("Hi"), to=BSUID),
    _sent(
        "an image with its text is one call",
        Message("Hi", (PHOTO,)),
        {"type": "image", "image": {"link": "https://cdn.example/a.jpg", "caption": "Hi"}},
    ),
    _sent(
        "a file keeps its name",
        Message("Hi", (PAPER,)),
        {
            "type": "document",
            "document": {
                "link": "https://cdn.example/preise%202027.pdf?v=2",
                "filename": "preise 2027.pdf",
                "caption": "Hi",
            },
        },
    ),
    _sent(
        "sound takes no caption",
        Message("Hi", (SONG,)),
        {"type": "audio", "audio": {"link": "https://cdn.example/a.mp3"}},
        _text("Hi"),
    ),
    _sent("a text too long for a caption follows", Message("x" * 1025, (PHOTO,)), IMAGE, _text("x" * 1025)),
    _sent(
        "two files",
        Message("Hi", (PHOTO, CLIP)),
        IMAGE,
        {"type": "video", "video": {"link": "https://cdn.example/a.mp4", "caption": "Hi"}},
    ),
    _sent("a file alone", Message(media=(PHOTO,)), IMAGE),
    _sent(
        "buttons that answer",
        Message("Hi", buttons=(MORE, Button("Stop", reply="STOP"))),
        {
            "type": "interactive",
            "interactive": {
                "type": "button",
                "body": {"text": "Hi"},
                "action": {
                    "buttons": [
                        *REPLY["buttons"],
                        {"type": "reply", "reply": {"id": "STOP", "title": "Stop"}},
                    ]
                },
            },
        },
    ),
    _sent(
        "an image above buttons is one call",
        Message("Hi", (PHOTO,), (MORE,)),
        {
            "type": "interactive",
            "interactive": {"type": "button", "header": IMAGE, "body": {"text": "Hi"}, "action": REPLY},
        },
    ),
    _sent(
        "a button that opens a page",
        Message("Hi", (PHOTO,), (SHOP,)),
        {
            "type": "interactive",
            "interactive": {
                "type": "cta_url",
                "header": IMAGE,
                "body": {"text": "Hi"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Zum Laden", "url": "https://shop.example/"},
                },
            },
        },
    ),
    _sent("in the window the text wins", Message("Hi", template=AUTUMN), _text("Hi")),
    _sent(
        "outside the window the template",
        Message("Hi", (PHOTO,), (MORE,), AUTUMN),
        _template(BODY),
        window_open=False,
    ),
    _sent("a template without parameters", Message(template=Template("autumn", "de")), _template()),
    _sent(
        "without text, file and payload belong to the template",
        Message(media=(PHOTO,), buttons=(MORE,), template=AUTUMN),
        _template(
            {"type": "header", "parameters": [IMAGE]},
            BODY,
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "MORE"}],
            },
        ),
        window_open=False,
    ),
    _sent(
        "a text for four messages",
        Message("\n\n".join(letter * 4000 for letter in "abcd")),
        *(_text(letter * 4000) for letter in "abcd"),
    ),
    _sent(
        "a long text comes before the buttons, its end heads them, and the picture comes first",
        Message("a" * 4000 + "\n\n" + "b" * 500 + "\n\n" + "c" * 900, (PHOTO,), (MORE,)),
        IMAGE,
        _text("a" * 4000),
        _text("b" * 500),
        {
            "type": "interactive",
            "interactive": {"type": "button", "body": {"text": "c" * 900}, "action": REPLY},
        },
    ),
    _sent(
        "a template that names its parameters, with a picture and buttons, beside a text",
        Message(
            "Hi",
            template=Template(
                "autumn",
                "de",
                ("Anna", "20 %"),
                ("first_name", "discount"),
                media=PHOTO,
                buttons=(Button("", reply="STOP"), Button(""), Button("", url="herbst?wer=Anna")),
            ),
        ),
        _template(
            {"type": "header", "parameters": [IMAGE]},
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "first_name", "text": "Anna"},
                    {"type": "text", "parameter_name": "discount", "text": "20 %"},
                ],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP"}],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": "2",
                "parameters": [{"type": "text", "text": "herbst?wer=Anna"}],
            },
        ),
        window_open=False,
    ),
    _sent(
        "a template with a header of text",
        Message(template=Template("autumn", "de", header="Herbst")),
        _template({"type": "header", "parameters": [{"type": "text", "text": "Herbst"}]}),
        window_open=False,
    ),
    _sent(
        "line breaks do not fit into parameters",
        Message(template=Template("autumn", "de", (" Anna\n\tvon     Arnim ",))),
        _template({"type": "body", "parameters": [{"type": "text", "text": "Anna von Arnim"}]}),
        window_open=False,
    ),
)


def _noted(field: str, value: Json, *, waba: str = WABA) -> bytes:
    entry = {"id": waba, "time": 1749416383, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _of_template(language: str = "en-US", **value: object) -> Json:
    return {
        "message_template_id": 1689556908129832,
        "message_template_name": "autumn",
        "message_template_language": language,
        **value,
    }


def _status_of_template(event: str, trouble: str) -> Told:
    return Told(
        f"a template is {event}",
        _noted(
            "message_template_status_update",
            _of_template("de", event=event, reason="NONE", message_template_category="MARKETING"),
        ),
        Reading(notices=(Notice(AT, "autumn", "de", "marketing", trouble),)),
    )


def _of_account(fact: str, trouble: str | None, **value: object) -> Told:
    parked = Reading(parked={f"account.{value['event']}": 1})
    return Told(
        fact,
        _noted("account_update", value),
        parked if trouble is None else Reading(notices=(Notice(AT, trouble=trouble),)),
    )


NOTICES = (
    _status_of_template("APPROVED", ""),
    _status_of_template("REINSTATED", ""),
    _status_of_template("PAUSED", "paused"),
    _status_of_template("DISABLED", "disabled"),
    _status_of_template("REJECTED", "rejected"),
    _status_of_template("PENDING", "pending"),
    _status_of_template("IN_APPEAL", "in_appeal"),
    _status_of_template("LIMIT_EXCEEDED", "limit_exceeded"),
    _status_of_template("ARCHIVED", "archived"),
    _status_of_template("PENDING_DELETION", "deleted"),
    _status_of_template("DELETED", "deleted"),
    Told(
        "a template at risk may still be sent",
        _noted("message_template_status_update", _of_template(event="FLAGGED")),
        _parked(template__FLAGGED=1),
    ),
    Told(
        "the status of no template",
        _noted("message_template_status_update", {"event": "PAUSED"}),
        _parked(template__PAUSED=1),
    ),
    Told(
        "a template has become marketing",
        _noted(
            "template_category_update",
            _of_template(previous_category="UTILITY", new_category="MARKETING"),
        ),
        Reading(notices=(Notice(AT, "autumn", "en_US", "marketing"),)),
    ),
    Told(
        "a template will become marketing in a day and is not yet",
        _noted(
            "template_category_update",
            _of_template(
                correct_category="MARKETING", new_category="UTILITY", category_update_timestamp=1760711433
            ),
        ),
        _parked(template__category=1),
    ),
    Told(
        "a category nobody knows",
        _noted("template_category_update", _of_template(new_category="POLITICS")),
        _parked(template__category=1),
    ),
    _of_account(
        "the account is disabled",
        "disabled",
        event="DISABLED_UPDATE",
        ban_info={"waba_ban_state": "DISABLE", "waba_ban_date": "October 9, 2026"},
    ),
    _of_account(
        "the account is enabled again",
        "",
        event="DISABLED_UPDATE",
        ban_info={"waba_ban_state": "REINSTATE"},
    ),
    _of_account(
        "the account will be disabled",
        None,
        event="DISABLED_UPDATE",
        ban_info={"waba_ban_state": "SCHEDULE_FOR_DISABLE"},
    ),
    _of_account(
        "the account may not begin chats",
        "restricted",
        event="ACCOUNT_RESTRICTION",
        restriction_info=[
            {"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"},
            {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": "2026-12-12"},
        ],
    ),
    _of_account(
        "the account may not answer",
        "restricted",
        event="ACCOUNT_RESTRICTION",
        restriction_info=[{"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}],
    ),
    _of_account(
        "a restriction of something else",
        None,
        event="ACCOUNT_RESTRICTION",
        restriction_info=[{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}],
    ),
    _of_account("the account is deleted", "deleted", event="ACCOUNT_DELETED"),
    _of_account("the account has left", "offboarded", event="ACCOUNT_OFFBOARDED"),
    _of_account("the account is back", "", event="ACCOUNT_RECONNECTED"),
    _of_account("a violation alone stops nothing", None, event="ACCOUNT_VIOLATION"),
    Told(
        "notices of another business account are not ours",
        _noted("account_update", {"event": "ACCOUNT_DELETED"}, waba="7"),
        _parked(foreign=1),
    ),
)


def _barred(*numbers: str, why: str) -> dict[tuple[str, bool], str]:
    return {(number, True): why for number in numbers}


FILE = MediaIn(MediaKind.IMAGE, "24230790383178626", "image/jpeg")
GRAPH = "https://graph.facebook.com/v25.0"


def _ok(**content: object) -> Answer:
    return Answer(200, {}, json.dumps(content).encode())


STEPS = (
    Stepped(
        "who_am_i",
        (
            "GET",
            f"{GRAPH}/{PNID}?fields=id,display_phone_number,verified_name,quality_rating",
            {},
        ),
        (
            (
                _ok(
                    id=PNID,
                    display_phone_number="+49 30 901820",
                    verified_name="Café",
                    quality_rating="GREEN",
                ),
                True,
                ("+49 30 901820",),
            ),
            (_ok(id="7", display_phone_number="+49 30 901820"), False, ("phone_number_id",)),
            (_error(190, 401), False, ("access token", "Make a new one")),
            (_error(10, 403), False, ("permission", "whatsapp_business_messaging")),
            (_error(100), False, ("no such id",)),
            (_error(80007), False, ("an hour",)),
            (_error(131000, 500), False, ("131000",)),
            (Answer(502, {}, b"<html>"), False, ("502",)),
            (Answer(0, failure=Failure.NOT_SENT), False, ("did not answer",)),
        ),
    ),
    Stepped(
        "set_webhook",
        (
            "POST",
            f"{GRAPH}/{WABA}/subscribed_apps",
            {"override_callback_uri": WEBHOOK, "verify_token": "meatyhamhock"},
        ),
        (
            (_ok(success=True), True, ("gets what people write",)),
            (_ok(success=False), False, ("did not confirm",)),
            (_error(200, 403), False, ("permission", "whatsapp_business_management")),
        ),
    ),
)

DOWNLOADS = (
    Downloaded(
        "a file by its id",
        FILE,
        ("GET", f"{GRAPH}/24230790383178626?phone_number_id={PNID}", {}),
        (
            (
                _ok(url="https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x", id="2"),
                ("GET", "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x", {}),
            ),
            (_ok(url="https://evil.example/?mid=1"), ValueError),
            (_ok(url="https://fbsbx.com.evil.example/"), ValueError),
            (_ok(url="https://evilfbsbx.com/"), ValueError),
            (_ok(url="https://fbsbx.com.evil.example/"), ValueError),
            (_ok(url="https://evilfbsbx.com/"), ValueError),
            (_ok(url="http://lookaside.fbsbx.com/"), ValueError),
            (_ok(url="https://[fbsbx.com"), ValueError),
            (_ok(id="2"), ValueError),
            (_error(100), ValueError),
            (Answer(200, {}, b"\x89PNG"), ValueError),
        ),
    ),
)

CASE = Case(
    account=ACCOUNT,
    secret="app_secret",
    proof="x-hub-signature-256",
    call=_call,
    handshakes=HANDSHAKES,
    told=(*MESSAGES, *PEOPLE, *SYSTEM, *RECEIPTS, *PREFERENCES, *ENVELOPES, *NOTICES),
    unreadable=(b"", b"[]", b"null", b"\xff\xfe{", b'{"object": NaN}', b'{"object":'),
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids={
        "+49 151 12345678": ANNA,
        "0049-151-12345678": ANNA,
        "+49 (0)151 / 123 456-78": ANNA,
        "\u202a+49\u00a0151\u201112345678\u202c": ANNA,
        "4915112345678": ANNA,
        BSUID: BSUID,
        PARENT: PARENT,
        f" {BSUID} ": BSUID,
        "0151 12345678": None,
        "12345": None,
        "+49 151 12345678 ext 3": None,
        "1" * 16: None,
        "٤٩١٥١١٢٣٤٥٦٧٨": None,
        "de.123": None,
        "DE.": None,
        "DE.a_b": None,
        "": None,
        "@anna": None,
    },
    links={
        (
            "ABCD2345",
            "de",
        ): "https://wa.me/4930901820?text=Hallo%21%20Bitte%20nehmt%20mich%20auf.%20Code%3A%20ABCD2345",
        (
            "ABCD2345",
            "de-AT",
        ): "https://wa.me/4930901820?text=Hallo%21%20Bitte%20nehmt%20mich%20auf.%20Code%3A%20ABCD2345",
        (
            "ABCD2345",
            "en",
        ): "https://wa.me/4930901820?text=Hello%21%20Please%20add%20me.%20Code%3A%20ABCD2345",
        (
            "ABCD2345",
            "fr",
        ): "https://wa.me/4930901820?text=Hello%21%20Please%20add%20me.%20Code%3A%20ABCD2345",
    },
    credentials={
        "app_secret": (("9f86d081884c7d659a2feaa0c55ad015",), ("", "two words", "line\n", "x" * 129)),
        "access_token": (("EAAJB" + "x" * 200,), ("", "Bearer x", "tok\r\nx: y", "ü")),
        "verify_token": (("meatyhamhock",), ("", "a b")),
        "phone_number_id": ((PNID,), ("", "+49 30 901820", "../me", "12/34")),
        "waba_id": (("102290129340398",), ("", "waba")),
        "daily_limit": (("250", "100000"), ("", "0", "-1", "2.000", "many")),
    },
    taps=((_event(EventKind.BUTTON, text="Mehr", payload="MORE"), None),),
    spellings={
        ANNA: (),
        BSUID: (),
        "5511912345678": (),
        "5511987654321": ("551187654321",),
        "551187654321": ("5511987654321",),
        "551132345678": (),
        "5215512345678": ("525512345678",),
        "525512345678": ("5215512345678",),
        "5491123456789": ("541123456789",),
        "541123456789": ("5491123456789",),
    },
    barred={
        **_barred("12125550123", "17875550123", "US.1349120865530274", "US.ENT.7", why="country"),
        **_barred(ANNA, BSUID, "14165550123", "18765550123", "18095550123", "CA.7", "441215550123", why=""),
        ("12125550123", False): "",
    },
    steps=STEPS,
    downloads=DOWNLOADS,
)
