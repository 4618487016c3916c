"""WeChat: payloads as its pages and public code show them, sealed as it seals them, with made-up people."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

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
    Quota,
    Reading,
    Receipt,
    ReceiptStatus,
    Renewed,
    Reply,
)
from tests.messengers.case import (
    WEBHOOK,
    Answered,
    Asked,
    BatchAnswered,
    Batched,
    Broken,
    Case,
    Doubted,
    Downloaded,
    Linked,
    Renewal,
    Replied,
    Sent,
    Stepped,
    Told,
)

GH, ANNA, BERND = "gh_0123456789ab", "oAbCdEfGhIjKlMnOpQrStUvWxYz0", "oAbCdEfGhIjKlMnOpQrStUvWxYz1"
APP_ID = "wx49f0ab532d5d035a"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
OLD_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TOKEN, OLD_TOKEN = "123456", "AAAAA"
STAMP, NONCE = "1411443780", "437374425"
AT = 1700000000000

ACCOUNT = Account(
    "wechat",
    "main",
    credentials={
        "app_id": (APP_ID,),
        "app_secret": ("c0ffee11c0ffee22c0ffee33c0ffee44",),
        "token": (TOKEN, OLD_TOKEN),
        "encoding_aes_key": (AES_KEY, OLD_AES_KEY),
        "account_type": ("service",),
        "access_token": ("81_new+token/==",),
    },
)
SUBSCRIPTION = Account(
    "wechat",
    "paper",
    credentials={**ACCOUNT.credentials, "account_type": ("subscription",)},
)
UNSAID = Account(
    "wechat",
    "new",
    credentials={name: value for name, value in ACCOUNT.credentials.items() if name != "account_type"},
)


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's own choice


def seal(
    message: bytes,
    key: str = AES_KEY,
    app: str = APP_ID,
    random: bytes = b"0123456789abcdef",
    length: int | None = None,
) -> str:
    """As WeChat does it: random, length, message, app, padded to 32 bytes; ``length`` to tell a wrong one."""
    told = len(message) if length is None else length
    plain = random + told.to_bytes(4, "big") + message + app.encode()
    padding = 32 - len(plain) % 32
    secret = base64.b64decode(key + "=")
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def outside(sealed: str) -> bytes:
    return _element("xml", {"ToUserName": GH, "Encrypt": sealed}).encode()


def wrap(message: bytes) -> bytes:
    """What really arrives in encrypted mode."""
    if message.lstrip().startswith(b"{"):
        return json.dumps({"ToUserName": GH, "Encrypt": seal(message)}).encode()
    return outside(seal(message))


def sealed_in(body: bytes) -> str:
    if body.startswith(b"{"):
        found = json.loads(body)["Encrypt"]
        assert isinstance(found, str)
        return found
    return body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode()


def query(token: str = TOKEN, sealed: str = "", **more: str) -> dict[str, str]:
    told = {"signature": sign(token, STAMP, NONCE), "timestamp": STAMP, "nonce": NONCE, "openid": ANNA}
    if sealed:
        told |= {"encrypt_type": "aes", "msg_signature": sign(token, STAMP, NONCE, sealed)}
    return told | more


def call(body: bytes, token: str) -> Call:
    return Call("POST", {"content-type": "text/xml"}, query(token, sealed_in(body)), body)


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(*one) for one in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"


def xml(**fields: object) -> bytes:
    common = {"ToUserName": GH, "FromUserName": ANNA, "CreateTime": 1700000000}
    return _element("xml", common | fields).encode()


def _json(**fields: object) -> bytes:
    common = {"ToUserName": GH, "FromUserName": ANNA, "CreateTime": 1700000000}
    return json.dumps(common | fields, ensure_ascii=False).encode()


MSG = 24300000000000001


def _tail(key: str) -> str:
    return f":{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _event(kind: EventKind = EventKind.MESSAGE, **parts: object) -> Event:
    known: dict[str, object] = {"id": str(MSG), "kind": kind, "user_id": ANNA, "at": AT}
    if kind is EventKind.MESSAGE:
        known["message_id"] = str(MSG)
    return Event(**(known | parts))  # type: ignore[arg-type]


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(**kinds: int) -> Reading:
    return Reading(parked={name.replace("__", "."): count for name, count in kinds.items()})


def _message(fact: str, event: Event, **fields: object) -> Told:
    return Told(fact, xml(**fields, MsgId=MSG), _one(event))


MESSAGES = (
    Told(
        "text as the documentation shows it",
        (
            b"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName>"
            b"<![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName><CreateTime>1700000000</CreateTime>"
            b"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[STOP]]></Content>"
            b"<MsgId>24300000000000001</MsgId></xml>"
        ),
        _one(_event(text="STOP")),
    ),
    Told(
        "text as JSON",
        _json(MsgType="text", Content="Grüße \U0001f372", MsgId=MSG),
        _one(_event(text="Grüße \U0001f372")),
    ),
    _message("blanks around", _event(text="STOP"), MsgType=" text ", Content=" STOP\n"),
    Told(
        "blanks around the sections",
        xml(MsgType="event").replace(b"</xml>", b"<Event>\n <![CDATA[subscribe]]> </Event>\n</xml>\n"),
        _one(_event(EventKind.OPENED, id=f"{ANNA}:{AT}:subscribe", window=60)),
    ),
    _message(
        "markup is text",
        _event(text="<!DOCTYPE html> & <b>"),
        MsgType="text",
        Content="<!DOCTYPE html> & <b>",
    ),
    _message("other case", _event(text="Hallo"), MsgType="TEXT", Content="Hallo"),
    _message("nothing written", _event(), MsgType="text", Content=""),
    _message(
        "a child that nobody knows",
        _event(text="Hi"),
        MsgType="text",
        Content="Hi",
        New={"A": "b"},
        Other="1",
    ),
    Told(
        "a message without id is known by its contents",
        xml(MsgType="text", Content="Hi"),
        _one(
            _event(
                id=f"{ANNA}:{AT}{_tail(xml(MsgType='text', Content='Hi').decode())}", text="Hi", message_id=""
            )
        ),
    ),
    _message(
        "a tap on our menu",
        _event(EventKind.BUTTON, text="Mehr", payload="MORE", window=60),
        MsgType="text",
        Content="Mehr",
        bizmsgmenuid="MORE",
    ),
    _message(
        "a picture",
        _event(media=(MediaIn(MediaKind.IMAGE, "Med_ia-1"),)),
        MsgType="image",
        PicUrl="http://mmbiz.qpic.cn/mmbiz_jpg/x/0",
        MediaId="Med_ia-1",
    ),
    _message("a picture without id", _event(), MsgType="image", PicUrl="http://mmbiz.qpic.cn/x"),
    _message(
        "a voice and what was heard",
        _event(text="Stopp", media=(MediaIn(MediaKind.AUDIO, "V1", "audio/amr"),)),
        MsgType="voice",
        MediaId="V1",
        Format="amr",
        Recognition="Stopp",
    ),
    _message(
        "an old voice",
        _event(media=(MediaIn(MediaKind.AUDIO, "V1", "audio/speex"),)),
        MsgType="voice",
        MediaId="V1",
        Format="Speex",
    ),
    _message(
        "a video",
        _event(media=(MediaIn(MediaKind.VIDEO, "M1"),)),
        MsgType="video",
        MediaId="M1",
        ThumbMediaId="T",
    ),
    _message(
        "a short video", _event(media=(MediaIn(MediaKind.VIDEO, "M1"),)), MsgType="shortvideo", MediaId="M1"
    ),
    _message(
        "a place: X is the latitude",
        _event(place=Place(52.520008, 13.404954, address="Alexanderplatz, Berlin")),
        MsgType="location",
        Location_X="52.520008",
        Location_Y="13.404954",
        Scale="15",
        Label="Alexanderplatz, Berlin",
    ),
    _message(
        "a place beyond the globe", _event(), MsgType="location", Location_X="99", Location_Y="13.4", Label=""
    ),
    _message(
        "a link",
        _event(text="Suppe\nhttps://soup.example/"),
        MsgType="link",
        Title="Suppe",
        Description="",
        Url="https://soup.example/",
    ),
    _message(
        "a mini program",
        _event(text="Tischbuchung"),
        MsgType="miniprogrampage",
        Title="Tischbuchung",
        AppId="wx1",
        PagePath="pages/index",
    ),
    Told("a kind to come", xml(MsgType="hologram", MsgId=MSG), _parked(message__hologram=1)),
    Told("a kind that is none", xml(MsgType="<a b>", MsgId=MSG), _parked(message__other=1)),
    Told("no sender", xml(FromUserName="", MsgType="text", Content="Hi", MsgId=MSG), _parked(no_sender=1)),
    Told(
        "a ticket for a platform that hosts accounts",
        b"<xml><ToUserName>gh_0123456789ab</ToUserName><AppId>wx1</AppId><InfoType>component_verify_ticket</InfoType></xml>",
        _parked(no_type=1),
    ),
    Told("no kind", xml(Content="Hi"), _parked(no_type=1)),
)


def _said(fact: str, kind: EventKind, name: str, /, key: str = "", tail: str = "", **parts: object) -> Told:
    """An event of a person, as XML."""
    fields = parts.pop("fields", {})
    assert isinstance(fields, dict)
    told = {"MsgType": "event", "Event": name, **({"EventKey": key} if key else {}), **fields}
    event_id = f"{ANNA}:{AT}:{name.lower()}{tail}"
    return Told(fact, xml(**told), _one(_event(kind, id=event_id, **parts)))


EVENTS = (
    _said("subscribed", EventKind.OPENED, "subscribe", window=60),
    _said(
        "subscribed by our code",
        EventKind.OPENED,
        "subscribe",
        "qrscene_ABCD2345",
        _tail("qrscene_ABCD2345"),
        fields={"Ticket": "gQH"},
        code="ABCD2345",
        window=60,
    ),
    _said(
        "a code that looks like the prefix",
        EventKind.OPENED,
        "subscribe",
        "qrscene_qrscene_1",
        _tail("qrscene_qrscene_1"),
        code="qrscene_1",
        window=60,
    ),
    _said(
        "subscribed by something else's key",
        EventKind.OPENED,
        "subscribe",
        "last_trade_no_1",
        _tail("last_trade_no_1"),
        window=60,
    ),
    _said(
        "scanned again", EventKind.OPENED, "SCAN", "ABCD2345", _tail("ABCD2345"), code="ABCD2345", window=60
    ),
    _said(
        "scanned a code that begins like the prefix",
        EventKind.OPENED,
        "SCAN",
        "qrscene_1",
        _tail("qrscene_1"),
        code="qrscene_1",
        window=60,
    ),
    _said("scanned what is no code", EventKind.OPENED, "SCAN", "Köln 1", _tail("Köln 1"), window=60),
    _said("unsubscribed", EventKind.BLOCKED, "unsubscribe"),
    _said("unsubscribed with a key", EventKind.BLOCKED, "unsubscribe", "x", _tail("x")),
    _said(
        "a tap in the menu",
        EventKind.BUTTON,
        "CLICK",
        "SPEISEKARTE",
        _tail("SPEISEKARTE"),
        payload="SPEISEKARTE",
        text="SPEISEKARTE",
        window=60,
    ),
    _said(
        "STOP in the menu",
        EventKind.BUTTON,
        "CLICK",
        "STOP",
        _tail("STOP"),
        payload="STOP",
        text="STOP",
        window=60,
    ),
    *(
        _said(
            f"{name} from the menu",
            EventKind.BUTTON,
            name,
            "SCAN_IT",
            _tail("SCAN_IT"),
            fields={"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "https://x.example/1"}},
            payload="SCAN_IT",
            text="https://x.example/1",
            window=60,
        )
        for name in ("scancode_push", "scancode_waitmsg")
    ),
    *(
        _said(
            f"{name} from the menu",
            EventKind.BUTTON,
            name,
            "PIC",
            _tail("PIC"),
            fields={
                "SendPicsInfo": {
                    "Count": 1,
                    "PicList": {"item": {"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}},
                }
            },
            payload="PIC",
            text="PIC",
            window=0,
        )
        for name in ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")
    ),
    _said(
        "a place from the menu",
        EventKind.BUTTON,
        "location_select",
        "HERE",
        _tail("HERE"),
        fields={
            "SendLocationInfo": {
                "Location_X": "23",
                "Location_Y": "113",
                "Scale": "15",
                "Label": "Guangzhou",
                "Poiname": "",
            }
        },
        payload="HERE",
        text="HERE",
        place=Place(23.0, 113.0, address="Guangzhou"),
        window=0,
    ),
    *(
        Told(
            f"{name} is counted",
            xml(MsgType="event", Event=name, EventKey="https://x.example/"),
            _parked(**{f"event__{name.lower()}": 1}),
        )
        for name in ("VIEW", "view_miniprogram", "LOCATION", "kf_create_session", "user_get_card")
    ),
    Told("an event without name", xml(MsgType="event"), _parked(event__other=1)),
    Told(
        "unsubscribed by nobody",
        xml(FromUserName="", MsgType="event", Event="unsubscribe"),
        _parked(no_sender=1),
    ),
    Told(
        "an event as JSON",
        _json(MsgType="event", Event="unsubscribe"),
        _one(_event(EventKind.BLOCKED, id=f"{ANNA}:{AT}:unsubscribe")),
    ),
)


def _mass_end(status: str, name: str = "MsgID", **more: object) -> bytes:
    sums = {"TotalCount": 2, "FilterCount": 2, "SentCount": 1, "ErrorCount": 1}
    return xml(
        MsgType="event", Event="MASSSENDJOBFINISH", **{name: 1000001625}, Status=status, **sums, **more
    )


def _judged(trouble: str) -> Reading:
    return Reading(parked={"event.masssendjobfinish": 1}, notices=(Notice(AT, trouble=trouble),))


def _template_end(status: str, name: str = "MsgID") -> bytes:
    return xml(MsgType="event", Event="TEMPLATESENDJOBFINISH", **{name: 200163836}, Status=status)


def _receipt(status: ReceiptStatus, message_id: str, outcome: Outcome | None = None) -> Receipt:
    return Receipt("", status, AT, ANNA, message_id, outcome)


def _got(*receipts: Receipt) -> Reading:
    return Reading(receipts=receipts)


def _sent_notice(message_id: str, code: str, status: str = "success") -> dict[str, object]:
    return {
        "TemplateId": "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
        "MsgID": message_id,
        "ErrorCode": code,
        "ErrorStatus": status,
    }


def _wish(status: str) -> dict[str, object]:
    return {
        "TemplateId": "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
        "SubscribeStatusString": status,
        "PopupScene": "2",
    }


ENDS = (
    Told(
        "a mass message was sent",
        _mass_end("send success", CopyrightCheckResult={"Count": 0, "ResultList": "", "CheckState": 0}),
        _judged(""),
    ),
    Told("its id is spelled in two ways", _mass_end("send success", "MsgId"), _judged("")),
    Told("a mass message failed", _mass_end("send fail"), _judged("mass_failed")),
    *(
        Told(f"a mass message was judged {code}", _mass_end(f"err({code})"), _judged(f"mass_err_{code}"))
        for code in (
            10001,
            20001,
            20002,
            20004,
            20006,
            20008,
            20013,
            21000,
            22000,
            30001,
            30002,
            30003,
            40001,
            40002,
        )
    ),
    Told("a mass message ended in a new way", _mass_end("err(<script>)"), _judged("mass_failed")),
    Told(
        "a mass message of somebody else",
        _mass_end("send success").replace(ANNA.encode(), b"system"),
        _judged(""),
    ),
    Told(
        "a template arrived", _template_end("success"), _got(_receipt(ReceiptStatus.DELIVERED, "200163836"))
    ),
    Told(
        "a template arrived, other spelling",
        _template_end("success", "MsgId"),
        _got(_receipt(ReceiptStatus.DELIVERED, "200163836")),
    ),
    Told(
        "a template met a person who shut us off",
        _template_end("failed:user block"),
        _got(_receipt(ReceiptStatus.FAILED, "200163836", Outcome(OutcomeKind.WITHDRAW, "user_block"))),
    ),
    Told(
        "a template was lost",
        _template_end("failed: system failed"),
        _got(_receipt(ReceiptStatus.FAILED, "200163836", Outcome(OutcomeKind.BAD, "system_failed"))),
    ),
    Told(
        "a template without id",
        xml(MsgType="event", Event="TEMPLATESENDJOBFINISH", Status="success"),
        _parked(no_id=1),
    ),
    Told(
        "a template to nobody",
        _template_end("success").replace(ANNA.encode(), b""),
        _parked(no_sender=1),
    ),
    Told(
        "one notice was sent",
        xml(
            MsgType="event",
            Event="subscribe_msg_sent_event",
            SubscribeMsgSentEvent={"List": _sent_notice("1864323726461255680", "0")},
        ),
        _got(_receipt(ReceiptStatus.DELIVERED, "1864323726461255680")),
    ),
    Told(
        "three notices, of which two failed",
        xml(
            MsgType="event",
            Event="subscribe_msg_sent_event",
            SubscribeMsgSentEvent={
                "List": [
                    _sent_notice("1", "0"),
                    _sent_notice("2", "43101", "failed"),
                    _sent_notice("3", "43004", "failed"),
                ]
            },
        ),
        _got(
            _receipt(ReceiptStatus.DELIVERED, "1"),
            _receipt(ReceiptStatus.FAILED, "2", Outcome(OutcomeKind.BAD, "43101")),
            _receipt(ReceiptStatus.FAILED, "3", Outcome(OutcomeKind.WITHDRAW, "43004")),
        ),
    ),
    Told(
        "a notice that failed without a number",
        xml(
            MsgType="event",
            Event="subscribe_msg_sent_event",
            SubscribeMsgSentEvent={"List": _sent_notice("4", "", "failed")},
        ),
        _got(_receipt(ReceiptStatus.FAILED, "4", Outcome(OutcomeKind.BAD, "failed"))),
    ),
    Told(
        "a notice was allowed",
        xml(
            MsgType="event",
            Event="subscribe_msg_popup_event",
            SubscribeMsgPopupEvent={"List": _wish("accept")},
        ),
        _parked(notice__accept=1),
    ),
    Told(
        "notices allowed and refused, as JSON",
        _json(
            MsgType="event",
            Event="subscribe_msg_popup_event",
            List=[_wish("accept"), _wish("reject"), _wish("reject")],
        ),
        _parked(notice__accept=1, notice__reject=2),
    ),
    Told(
        "a notice is not wanted any more",
        xml(
            MsgType="event",
            Event="subscribe_msg_change_event",
            SubscribeMsgChangeEvent={"List": [_wish("reject"), _wish("reject")]},
        ),
        _parked(notice__reject=2),
    ),
    Told(
        "a wish about nothing",
        xml(MsgType="event", Event="subscribe_msg_change_event"),
        _parked(notice__other=1),
    ),
)

UNREADABLE = (
    b"",
    b"hello",
    b"[]",
    b"\xff\xfe<\0x\0m\0l\0>\0",
    b"<xml><MsgType>text</MsgType>",
    b"<xml><MsgType>text</xml></MsgType>",
    b"<xml>text</xml>",
    b"<xml a='b'><MsgType>text</MsgType></xml>",
    b"<xml>a<MsgType>text</MsgType></xml>",
    b"<xml><Content>&nbsp;</Content></xml>",
    b"<xml>" + b"<a>1</a>" * 6000 + b"</xml>",
    b"<xml><MsgType>\xff</MsgType></xml>",
)


def _json_answer(**fields: object) -> Answer:
    return Answer(200, {}, json.dumps(fields).encode())


def _said_no(code: int, errmsg: str = "rid: 1", status: int = 200, **more: object) -> Answer:
    return replace(_json_answer(errcode=code, errmsg=errmsg, **more), status=status)


def _ok(**more: object) -> Answer:
    return _json_answer(errcode=0, errmsg="ok", **more)


K = OutcomeKind

# Code by code from the fact sheet of 2026-11-22: kind, whole account, seconds to wait.
TABLE: tuple[tuple[OutcomeKind, bool, float | None, tuple[int, ...]], ...] = (
    (K.TOKEN, True, None, (40001, 40014, 41001, 42001)),
    (K.RETRY, True, None, (-1, 43108, 46007)),
    (K.RETRY, True, 60.0, (45011,)),
    (K.RETRY, False, None, (45061, 45085)),
    (K.RETRY, False, 60.0, (45066,)),
    (K.DUP, False, None, (45065,)),
    (K.GONE, False, None, (40003, 46004, 43019, 45036)),
    (K.WITHDRAW, False, None, (43004, 43005, 50005, 48002)),
    (K.WINDOW, False, None, (45015, 45047, 43101)),
    (K.PAUSE, True, None, (45009, 45028, 45040, 45093, 45104, 45026, 43100)),
    (K.PAUSE, True, None, (40013, 40125, 40164, 89501, 89502, 89503, 89504, 89505, 89506, 89507)),
    (K.PAUSE, True, None, (48001, 48003, 48004, 48008, 48009, 50001, 50002, 50004, 43104, 43107)),
    (K.PAUSE, True, None, (45087, 45094, 45102, 61003, 61007)),
    (K.BAD, False, None, (40004, 40005, 40006, 40007, 40008, 40009, 40010, 40011, 40012, 40031, 40032)),
    (K.BAD, False, None, (40033, 40037, 40038, 40130, 40200, 44002, 44003, 44004, 45001, 45002, 45003)),
    (K.BAD, False, None, (45004, 45005, 45006, 45007, 45008, 45067, 45083, 45159, 45166, 45168)),
    (K.BAD, False, None, (47001, 47002, 47003, 87014, 99999)),
)

ANSWERS = (
    Answered("a reply was taken", _ok(), Outcome(K.OK)),
    Answered(
        "a template was taken",
        _ok(msgid=2401234567890123456),
        Outcome(K.OK, message_id="2401234567890123456"),
    ),
    Answered(
        "a mass message was taken",
        _ok(msg_id=3147483655, msg_data_id=2247483657),
        Outcome(K.OK, message_id="3147483655"),
    ),
    Answered("taken without a code", Answer(200, {}, b'{"msgid":7}'), Outcome(K.OK, message_id="7")),
    *(
        Answered(f"{code}", _said_no(code), Outcome(kind, str(code), retry_after=wait, account_wide=wide))
        for kind, wide, wait, codes in TABLE
        for code in codes
    ),
    Answered(
        "sent already",
        _said_no(45065, "clientmsgid exist", msg_id=1000001625),
        Outcome(K.DUP, "45065", message_id="1000001625"),
    ),
    Answered(
        "the day's quota with status 429",
        _said_no(45009, status=429),
        Outcome(K.PAUSE, "45009", account_wide=True),
    ),
    Answered("a code with status 500", _said_no(45015, status=500), Outcome(K.WINDOW, "45015")),
    Answered("a code as text", Answer(200, {}, b'{"errcode":"45047"}'), Outcome(K.WINDOW, "45047")),
    Answered("ok with status 500", _said_no(0, "ok", 500), Outcome(K.UNKNOWN, "http_500")),
    Answered(
        "a code that is none",
        Answer(200, {}, b'{"errcode":"x","errmsg":"ok"}'),
        Outcome(K.UNKNOWN, "http_200"),
    ),
    Answered("an empty object", Answer(200, {}, b"{}"), Outcome(K.UNKNOWN, "http_200")),
    Answered("cut off", Answer(200, {}, b'{"errcode":0,"err'), Outcome(K.UNKNOWN, "http_200")),
    Answered("a page of an error", Answer(502, {}, b"<html>"), Outcome(K.UNKNOWN, "http_502")),
    Answered(
        "too many calls in words",
        Answer(429, {"Retry-After": "7"}, b"slow"),
        Outcome(K.RETRY, "http_429", retry_after=7.0, account_wide=True),
    ),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), Outcome(K.RETRY, "not_sent")),
    Answered("it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), Outcome(K.UNKNOWN, "ambiguous")),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")
READY = Template(
    "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY", "de", ("Anna", "Suppe"), names=("first", "keyword1")
)
NOTICE = Template(
    "notice-VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "de", ("Tisch am Fenster",), names=("thing1",)
)

BROKEN = (
    Broken("nothing at all", Message(), ("text",), ("0 characters",)),
    Broken("blanks only", Message(" "), ("text",), ("0 visible",)),
    Broken(
        "a text of 2049 bytes",
        Message("ü" * 1024 + "x"),
        ("text",),
        ("2049 bytes", "2048", "Shorten it by 1"),
    ),
    Broken(
        "a text that is too long with its links",
        Message("x" * 2030, (PAPER,)),
        ("text",),
        ("2057 bytes", "with links and buttons", "2048", "Shorten it by 9"),
    ),
    Broken("only a template", Message(template=READY), ("text",), ("0 characters", "at least 1")),
    Broken(
        "a file without address",
        Message("x", (Media(MediaKind.IMAGE, "a.jpg"),)),
        ("media.0",),
        ("https://",),
    ),
    Broken(
        "eleven buttons",
        Message("x", buttons=(MORE,) * 6 + (SHOP,) * 5),
        ("buttons",),
        ("11", "10", "Remove 1"),
    ),
    Broken(
        "a payload of 65 bytes",
        Message("x", buttons=(Button("a", "b" * 65),)),
        ("buttons.0.reply",),
        ("65", "64"),
    ),
    Broken(
        "a label of 61 bytes",
        Message("x", buttons=(Button("a" * 61, "b"),)),
        ("buttons.0.label",),
        ("61", "60"),
    ),
    Broken(
        "a template's strange name",
        Message("x", template=Template("herbst 1", "de")),
        ("template.name",),
        ("8 characters", "1 to 64"),
    ),
    Broken(
        "values without names",
        Message("x", template=Template("a", "de", ("b",))),
        ("template.names",),
        ("0 names for 1 values",),
    ),
    Broken(
        "a strange name of a value",
        Message("x", template=Template("a", "de", ("b",), names=("a b",))),
        ("template.names.0",),
        ("3 characters", "1 to 32"),
    ),
    Broken(
        "a notice's value of 21 characters",
        Message("x", template=Template("notice-a", "de", ("ü" * 21,), names=("thing1",))),
        ("template.parameters.0",),
        ("21 characters", "20", "Shorten it by 1"),
    ),
    Broken(
        "a template with a header",
        Message("x", template=Template("a", "de", header="b")),
        ("template",),
        ("header",),
    ),
    Broken(
        "31 values",
        Message("x", template=Template("a", "de", ("b",) * 31, names=("c",) * 31)),
        ("template.parameters",),
        ("31", "30"),
    ),
)

FINE = (
    Message("x" * 2048),
    Message("ü" * 1024),
    Message("x" * 2021, (PAPER,)),
    Message(media=(PHOTO,)),
    Message("x", buttons=(MORE,) * 5 + (SHOP,) * 5),
    Message("x", buttons=(Button("a" * 60, "b" * 64),)),
    Message("x", template=READY),
    Message(
        "x",
        template=Template(
            "notice-a",
            "de",
            ("ü" * 20, "{{ name | default('there') }} {{ city }}"),
            names=("thing1", "thing2"),
        ),
    ),
    Message("x", template=Template("a", "de", ("x" * 100,), names=("thing1",))),
)


def url(path: str) -> str:
    return f"https://api.weixin.qq.com/cgi-bin/{path}?access_token=81_new%2Btoken%2F%3D%3D"


def _delivery(
    message: Message,
    *,
    window_open: bool = True,
    marketing: bool = False,
    to: str = ANNA,
    id: str = "b1:3:17",
) -> Delivery:
    return Delivery(id, to, message, window_open, marketing)


def _text(content: str) -> dict[str, object]:
    return {"touser": ANNA, "msgtype": "text", "text": {"content": content}}


JSON = {"content-type": "application/json; charset=utf-8"}
CUSTOM = url("message/custom/send")
# uuid5 of 5f0c6f3e-6f0e-4a57-9a35-6d1f0a1a7c11 and "b1:3:17".
KEY = "a0389d46-a5e7-5d7e-9fd4-9320a78a1281"
MASS_KEY = "0ff5cdd3-3a6e-5e7e-b3d1-9b13523eadf7"

SENT = (
    Sent(
        "a reply",
        _delivery(Message("Grüße \U0001f372")),
        (("POST", CUSTOM, _text("Grüße \U0001f372")),),
        JSON,
    ),
    Sent(
        "a reply with a template at hand",
        _delivery(Message("Hi", template=READY)),
        (("POST", CUSTOM, _text("Hi")),),
    ),
    Sent(
        "files leave as links",
        _delivery(Message("Hi", (PHOTO, PAPER))),
        (("POST", CUSTOM, _text("Hi\n\nSuppe: https://cdn.example/a.jpg\nhttps://cdn.example/a.pdf")),),
    ),
    Sent(
        "a file alone",
        _delivery(Message(media=(PAPER,))),
        (("POST", CUSTOM, _text("https://cdn.example/a.pdf")),),
    ),
    Sent(
        "answers are a menu on a service account",
        _delivery(Message("Hi", buttons=(MORE, SHOP, Button("Nein", "NO")))),
        (
            (
                "POST",
                CUSTOM,
                {
                    "touser": ANNA,
                    "msgtype": "msgmenu",
                    "msgmenu": {
                        "head_content": "Hi\n\nZum Laden: https://shop.example/",
                        "list": [{"id": "MORE", "content": "Mehr"}, {"id": "NO", "content": "Nein"}],
                        "tail_content": "",
                    },
                },
            ),
        ),
    ),
    *(
        Sent(
            f"answers are words to type on {name}",
            _delivery(Message("Hi", buttons=(MORE, SHOP))),
            (("POST", CUSTOM, _text("Hi\n\nZum Laden: https://shop.example/\n\n» Mehr")),),
            account=account,
        )
        for name, account in (
            ("a subscription account", SUBSCRIPTION),
            ("an account of unknown kind", UNSAID),
        )
    ),
    Sent(
        "only pages to open need no menu",
        _delivery(Message("Hi", buttons=(SHOP,))),
        (("POST", CUSTOM, _text("Hi\n\nZum Laden: https://shop.example/")),),
    ),
    Sent(
        "a template outside the window",
        _delivery(Message("Hi", buttons=(MORE, SHOP), template=READY), window_open=False),
        (
            (
                "POST",
                url("message/template/send"),
                {
                    "touser": ANNA,
                    "template_id": "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY",
                    "data": {"first": {"value": "Anna"}, "keyword1": {"value": "Suppe"}},
                    "client_msg_id": KEY,
                    "url": "https://shop.example/",
                },
            ),
        ),
        JSON,
    ),
    Sent(
        "a notice outside the window",
        _delivery(Message("Hi", template=NOTICE), window_open=False),
        (
            (
                "POST",
                url("message/subscribe/bizsend"),
                {
                    "touser": ANNA,
                    "template_id": "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc",
                    "data": {"thing1": {"value": "Tisch am Fenster"}},
                },
            ),
        ),
    ),
    *(
        Sent(
            f"one person's newsletter is a preview, window {'open' if window_open else 'shut'}",
            _delivery(
                Message("Neu!", buttons=(MORE,), template=READY), window_open=window_open, marketing=True
            ),
            (("POST", url("message/mass/preview"), _text("Neu!\n\n» Mehr")),),
            JSON,
        )
        for window_open in (True, False)
    ),
)

NEWS = Message("Neu!", (PAPER,), (MORE, SHOP))
MANY = tuple(
    _delivery(NEWS, window_open=False, marketing=True, to=user, id=f"b1:3:{at}")
    for at, user in enumerate((ANNA, BERND))
)
NEWS_TEXT = "Neu!\n\nhttps://cdn.example/a.pdf\n\nZum Laden: https://shop.example/\n\n» Mehr"
BATCHES = (
    Batched(
        "a newsletter",
        MANY,
        (
            (
                "POST",
                url("message/mass/send"),
                {
                    "touser": [ANNA, BERND],
                    "msgtype": "text",
                    "text": {"content": NEWS_TEXT},
                    "clientmsgid": MASS_KEY,
                },
            ),
        ),
        JSON,
    ),
    Batched(
        "a newsletter with one reader", MANY[:1], (("POST", url("message/mass/preview"), _text(NEWS_TEXT)),)
    ),
)


def _both(fact: str, answer: Answer, outcome: Outcome) -> BatchAnswered:
    return BatchAnswered(fact, answer, MANY, (outcome, outcome))


BATCH_ANSWERS = (
    _both("taken", _ok(msg_id=3147483655, msg_data_id=2247483657), Outcome(K.OK, message_id="3147483655")),
    _both(
        "taken earlier", _said_no(45065, msg_id=3147483655), Outcome(K.DUP, "45065", message_id="3147483655")
    ),
    _both("too soon again", _said_no(45066), Outcome(K.RETRY, "45066", retry_after=60.0)),
    _both("no mass message left today", _said_no(45028), Outcome(K.PAUSE, "45028", account_wide=True)),
    _both("the token has run out", _said_no(42001), Outcome(K.TOKEN, "42001", account_wide=True)),
    _both("too few people", _said_no(40130), Outcome(K.BAD, "40130")),
    _both("an id that is none says not whose", _said_no(40003), Outcome(K.BAD, "40003")),
    _both("somebody unsubscribed, and it is not said who", _said_no(43004), Outcome(K.BAD, "43004")),
    _both("a page of an error", Answer(502, {}, b"<html>"), Outcome(K.UNKNOWN, "http_502")),
    BatchAnswered("one person who unsubscribed", _said_no(43004), MANY[:1], (Outcome(K.WITHDRAW, "43004"),)),
)

STABLE = "https://api.weixin.qq.com/cgi-bin/stable_token"


def _grant(*, force: bool) -> dict[str, object]:
    return {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": "c0ffee11c0ffee22c0ffee33c0ffee44",
        "force_refresh": force,
    }


RENEWAL = Renewal(
    asked=(
        Asked("at first", ("POST", STABLE, _grant(force=False)), headers=JSON),
        Asked("refused too early", ("POST", STABLE, _grant(force=True)), refused=True),
        Asked(
            "elsewhere",
            ("POST", "http://127.0.0.1:1/cgi-bin/stable_token", _grant(force=False)),
            account=Account("wechat", "x", base_url="http://127.0.0.1:1", credentials=ACCOUNT.credentials),
        ),
    ),
    answers=(
        ("a token", _json_answer(access_token="82_x", expires_in=7200), Renewed("82_x", 7200.0)),
        (
            "a token with some life left",
            _json_answer(access_token="82_x", expires_in=345),
            Renewed("82_x", 345.0),
        ),
        ("a wrong secret", _said_no(40125), Outcome(K.PAUSE, "40125", account_wide=True)),
        ("a wrong secret, told as a token", _said_no(40001), Outcome(K.PAUSE, "40001", account_wide=True)),
        ("a wrong app", _said_no(40013), Outcome(K.PAUSE, "40013", account_wide=True)),
        ("an address that is not allowed", _said_no(40164), Outcome(K.PAUSE, "40164", account_wide=True)),
        ("an administrator must agree", _said_no(89503), Outcome(K.PAUSE, "89503", account_wide=True)),
        ("used up for today", _said_no(45009), Outcome(K.PAUSE, "45009", account_wide=True)),
        (
            "too many a minute",
            _said_no(45011),
            Outcome(K.RETRY, "45011", retry_after=60.0, account_wide=True),
        ),
        ("busy", _said_no(-1), Outcome(K.RETRY, "-1", account_wide=True)),
        (
            "a token for a year",
            _json_answer(access_token="82_x", expires_in=31536000),
            Outcome(K.RETRY, "token_200", account_wide=True),
        ),
        (
            "a token with a line break",
            _json_answer(access_token="82\nx", expires_in=7200),
            Outcome(K.RETRY, "token_200", account_wide=True),
        ),
        (
            "a token that is none",
            _json_answer(access_token=["82"], expires_in=7200),
            Outcome(K.RETRY, "token_200", account_wide=True),
        ),
        (
            "a life of nothing",
            _json_answer(access_token="82_x", expires_in=0),
            Outcome(K.RETRY, "token_200", account_wide=True),
        ),
        ("a page", Answer(200, {}, b"<html>"), Outcome(K.RETRY, "token_200", account_wide=True)),
    ),
)


def _signed(token: str, stamp: str, nonce: str, **more: str) -> Call:
    return Call(
        "GET", {}, {"signature": sign(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, **more}, b""
    )


HANDSHAKES = (
    (
        "the documented one",
        Call(
            "GET",
            {},
            {
                "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
                "timestamp": "1714036504",
                "nonce": "1514711492",
                "echostr": "4375120948345356249",
            },
            b"",
        ),
        Reply(200, "4375120948345356249"),
    ),
    (
        "the other documented one",
        Call(
            "GET",
            {},
            {
                "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
                "timestamp": "1714037059",
                "nonce": "486452656",
                "echostr": "1",
            },
            b"",
        ),
        Reply(200, "1"),
    ),
    ("the newer token", _signed(TOKEN, STAMP, NONCE, echostr="77"), Reply(200, "77")),
    ("a foreign token", _signed("nobody", STAMP, NONCE, echostr="77"), Reply(403)),
    ("no echo", _signed(TOKEN, STAMP, NONCE), Reply(403)),
    ("markup as echo", _signed(TOKEN, STAMP, NONCE, echostr="<script>alert(1)</script>"), Reply(403)),
    ("a line break in the echo", _signed(TOKEN, STAMP, NONCE, echostr="77\n"), Reply(403)),
    ("an endless echo", _signed(TOKEN, STAMP, NONCE, echostr="7" * 257), Reply(403)),
    ("no time", _signed(TOKEN, "", NONCE, echostr="77"), Reply(403)),
    ("no nonce", _signed(TOKEN, STAMP, "", echostr="77"), Reply(403)),
    ("nothing at all", Call("GET", {}, {}, b""), Reply(403)),
    (
        "a signature that is not ASCII",
        Call("GET", {}, {"signature": "ä", "timestamp": STAMP, "nonce": NONCE, "echostr": "1"}, b""),
        Reply(403),
    ),
    ("a post is no set-up call", Call("POST", {}, query(), b""), None),
)

HELLO = xml(MsgType="text", Content="Hi", MsgId=MSG)
SEALED = seal(HELLO)


def _post(body: bytes, **told: str) -> Call:
    return Call("POST", {"content-type": "text/xml"}, told, body)


def _compatible(**changes: str) -> bytes:
    """Plain fields beside the ciphertext."""
    fields: dict[str, object] = {"MsgType": "text", "Content": "Hi", "MsgId": MSG, **changes}
    return xml(**fields).replace(b"</xml>", f"<Encrypt>{SEALED}</Encrypt></xml>".encode())


GENUINE = (
    ("an older AES key", call(outside(seal(HELLO, OLD_AES_KEY)), TOKEN)),
    (
        "blanks around the ciphertext",
        _post(
            f"<xml>\n<Encrypt>\n <![CDATA[{SEALED}]]>\n</Encrypt>\n</xml>\n".encode(), **query(sealed=SEALED)
        ),
    ),
    ("plain fields beside the ciphertext", _post(_compatible(), **query(sealed=SEALED))),
    ("JSON", call(json.dumps({"ToUserName": GH, "Encrypt": seal(_json(MsgType="text"))}).encode(), TOKEN)),
    (
        "without the sort of encryption",
        _post(
            outside(SEALED),
            **{name: value for name, value in query(sealed=SEALED).items() if name != "encrypt_type"},
        ),
    ),
    (
        "a vector of 7 bytes of padding",
        call(
            outside(
                "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
            ),
            TOKEN,
        ),
    ),
    (
        "a vector of 18 bytes of padding",
        call(
            outside(
                "pxDvIKtJjb6ivztGO70jSgtPmc3M1MjuSqZy2dH25b5fJbLxomSj/lhWlSFXvcefsK6rM3LXWEO69kPt4+zW/Q=="
            ).replace(b"<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>", b""),
            TOKEN,
        ),
    ),
)

ATTACKS = (
    ("a plain body", _post(HELLO, **query())),
    ("a plain body that says it is raw", _post(HELLO, **query(encrypt_type="raw"))),
    ("a plain body that says it is sealed", _post(HELLO, **query(encrypt_type="aes"))),
    (
        "the wrong one of the two signatures",
        _post(outside(SEALED), **query(sealed=SEALED, msg_signature=sign(TOKEN, STAMP, NONCE))),
    ),
    (
        "the second signature in place of the first",
        _post(outside(SEALED), **query(sealed=SEALED, signature=sign(TOKEN, STAMP, NONCE, SEALED))),
    ),
    ("only the second signature", _post(outside(SEALED), **query(sealed=SEALED, signature=""))),
    ("sealed for another app", call(outside(seal(HELLO, app="wx0000000000000000")), TOKEN)),
    ("sealed for an app that begins like ours", call(outside(seal(HELLO, app=APP_ID + "0")), TOKEN)),
    ("sealed for no app", call(outside(seal(HELLO, app="")), TOKEN)),
    ("sealed with another key", call(outside(seal(HELLO, "Z" * 42 + "A")), TOKEN)),
    ("another message in the plain fields", _post(_compatible(Content="START"), **query(sealed=SEALED))),
    ("a plain field that is not sealed", _post(_compatible(Event="unsubscribe"), **query(sealed=SEALED))),
    (
        "another account outside",
        _post(outside(SEALED).replace(GH.encode(), b"gh_0123456789ac"), **query(sealed=SEALED)),
    ),
    (
        "two ciphertexts",
        _post(
            outside(SEALED).replace(b"</xml>", f"<Encrypt>{SEALED}</Encrypt></xml>".encode()),
            **query(sealed=SEALED),
        ),
    ),
    ("a ciphertext of nothing", call(outside(""), TOKEN)),
    ("a ciphertext of half a block", call(outside(base64.b64encode(b"x" * 24).decode()), TOKEN)),
    ("a ciphertext that is no base64", call(outside("ä*" * 8), TOKEN)),
    ("a ciphertext of one block", call(outside(base64.b64encode(b"x" * 16).decode()), TOKEN)),
    ("a DTD around the ciphertext", _post(b"<!DOCTYPE xml>" + outside(SEALED), **query(sealed=SEALED))),
)

REFUSED_WINDOW = Outcome(K.WINDOW, "45015")
TAP = _event(EventKind.BUTTON, text="Mehr", payload="MORE")

CASE = Case(
    account=ACCOUNT,
    secret="token",
    proof="msg_signature",
    proofs=("signature",),
    covered=("timestamp", "nonce"),
    blanks=True,
    wrap=wrap,
    xml=True,
    call=call,
    handshakes=HANDSHAKES,
    genuine=GENUINE,
    attacks=ATTACKS,
    told=(*MESSAGES, *EVENTS, *ENDS),
    unreadable=UNREADABLE,
    answers=ANSWERS,
    broken=BROKEN,
    fine=FINE,
    sent=SENT,
    ids={
        ANNA: ANNA,
        f" {ANNA}\n": ANNA,
        "o-_cdEfGhIjKlMnOpQrStUvWxYz0": "o-_cdEfGhIjKlMnOpQrStUvWxYz0",
        "+4915112345678": None,
        "gh_0123456789ab": None,
        "anna": None,
        "oAbCdEfGhIjKlMnOpQrStUvWxYzä": None,
        "o" * 41: None,
        "": None,
    },
    links={},
    credentials={
        "app_id": ((APP_ID,), ("", "wx 1", "wx/1")),
        "app_secret": (("c0ffee11c0ffee22c0ffee33c0ffee44",), ("", "a b", "a\n")),
        "token": (("123456", "A" * 32), ("", "ab", "A" * 33, "a-b", "abc\n")),
        "encoding_aes_key": ((AES_KEY,), ("", AES_KEY + "=", AES_KEY[1:])),
        "account_type": (("service", "subscription"), ("", "verified")),
        "mode": (("safe", "compatible", "plain"), ("", "raw")),
    },
    taps=((TAP, None),),
    replies=(
        Replied("nothing was read", Reading(), Message(), Reply(200, "success")),
        Replied("somebody subscribed", EVENTS[0].reading, Message("Hallo"), Reply(200, "success")),
    ),
    steps=(
        Stepped(
            "who_am_i",
            ("GET", url("get_api_domain_ip"), {}),
            (
                (_json_answer(ip_list=["1.2.3.4", "1.2.3.5"]), True, ("2 addresses",)),
                (_json_answer(ip_list=["1.2.3.4"]), True, ("1 address.",)),
                (_said_no(40001), False, ("40001", "app secret")),
                (_said_no(40164), False, ("40164", "allowed addresses")),
                (Answer(502, {}, b"<html>"), False, ("502",)),
                (Answer(200, {}, b'{"ip_list":"x"}'), False, ("200",)),
            ),
        ),
        Stepped(
            "set_webhook",
            ("GET", url("getcallbackip"), {}),
            (
                (
                    _json_answer(ip_list=["101.226.62.77"]),
                    True,
                    ("no call that sets a webhook", WEBHOOK, "a service account"),
                ),
                (_said_no(48001), False, ("48001", "verified")),
                (_said_no(99999), False, ("99999",)),
            ),
        ),
    ),
    quotas=(
        (ACCOUNT, (Quota(100, "day", "Asia/Shanghai"),)),
        (SUBSCRIPTION, (Quota(1, "day", "Asia/Shanghai"),)),
        (UNSAID, (Quota(1, "day", "Asia/Shanghai"),)),
    ),
    batches=BATCHES,
    batch_answers=BATCH_ANSWERS,
    token=RENEWAL,
    doubts=(
        Doubted(
            "too late, or gone",
            REFUSED_WINDOW,
            SENT[0].delivery,
            ("GET", url("user/info") + f"&openid={ANNA}&lang=en", {}),
            (
                (_json_answer(subscribe=0, openid=ANNA), Outcome(K.WITHDRAW, "unsubscribed")),
                (_json_answer(subscribe=1, openid=ANNA), REFUSED_WINDOW),
                (_json_answer(openid=ANNA), REFUSED_WINDOW),
                (_json_answer(subscribe=False), REFUSED_WINDOW),
                (_said_no(42001), REFUSED_WINDOW),
                (Answer(500, {}, b'{"subscribe":0}'), REFUSED_WINDOW),
            ),
        ),
        Doubted("the replies are used up", Outcome(K.WINDOW, "45047"), SENT[0].delivery, None),
        Doubted("unsubscribed for certain", Outcome(K.WITHDRAW, "43004"), SENT[0].delivery, None),
    ),
    downloads=(
        Downloaded(
            "a picture",
            MediaIn(MediaKind.IMAGE, "Med_ia-1"),
            ("GET", url("media/get") + "&media_id=Med_ia-1", {}),
            (
                (Answer(200, {"Content-Type": "image/jpeg"}, b"\xff\xd8\xff"), None),
                (Answer(200, {"content-type": "audio/amr"}, b"#!AMR"), None),
                (Answer(200, {"content-type": "image/jpeg"}, b'{"errcode":40007,"errmsg":"x"}'), ValueError),
                (Answer(200, {"content-type": "application/json"}, b'{"errcode":42001}'), ValueError),
                (Answer(200, {"content-type": "text/plain"}, b"invalid media_id"), ValueError),
                (Answer(404, {}, b""), ValueError),
                (Answer(0, failure=Failure.AMBIGUOUS), ValueError),
            ),
        ),
        Downloaded(
            "a video",
            MediaIn(MediaKind.VIDEO, "a/b+c"),
            ("GET", url("media/get") + "&media_id=a%2Fb%2Bc", {}),
            (
                (_json_answer(video_url="http://mp.example/v.mp4"), ("GET", "http://mp.example/v.mp4", {})),
                (_json_answer(video_url="file:///etc/passwd"), ValueError),
                (_json_answer(video_url="http://a b"), ValueError),
                (_json_answer(video_url=7), ValueError),
            ),
        ),
    ),
    made_links=(
        Linked(
            "ABCD2345",
            (
                "POST",
                url("qrcode/create"),
                {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "ABCD2345"}}},
            ),
            (
                (
                    _json_answer(
                        ticket="gQH47joAAAAAAAAAASxodHRw", url="http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"
                    ),
                    "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI",
                ),
                (_said_no(45009), ValueError),
                (_json_answer(ticket="x", url="javascript:alert(1)"), ValueError),
                (Answer(500, {}, b'{"url":"http://weixin.qq.com/q/x"}'), ValueError),
            ),
        ),
    ),
)
