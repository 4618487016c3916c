"""VK Teams, and what it shares with ICQ: events as the vendor's own clients and public code read them.

The API has no published examples that could be had; everybody in these is made up.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from rundruf.core.account import Account
from rundruf.core.message import Button, Media, MediaKind, Message, Template
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers.contract import (
    Answer,
    Delivery,
    Event,
    EventKind,
    Failure,
    MediaIn,
    Polled,
    Reading,
)
from tests.messengers.case import Answered, Broken, Case, Downloaded, Polling, Sending, Sent, Stepped, Told

Json = dict[str, object]

NEW = "001.1234567890.1234567890:700000001"
OLD = "001.0987654321.0987654321:700000001"
IN_URL = "001.1234567890.1234567890%3A700000001"
PERSON = {"userId": "ada@example.com", "firstName": "Ada", "lastName": "Müller", "nick": "ada"}
CHAT = {"chatId": "ada@example.com", "type": "private"}
GROUP = {"chatId": "681869378@chat.agent", "type": "group", "title": "Kochen"}
NUMBER = "6720509406122810312"


@dataclass(frozen=True, slots=True)
class Service:
    """What is told differently for the two messengers."""

    messenger: str
    title: str
    host: str
    profile: str


VKTEAMS = Service(
    "vkteams", "VK Teams", "https://myteam.mail.ru", "https://u.internal.myteam.mail.ru/profile/"
)


def account(service: Service) -> Account:
    return Account(service.messenger, "main", address="rundruf_bot", credentials={"bot_token": (NEW, OLD)})


def _events(*events: object) -> bytes:
    return json.dumps({"ok": True, "events": list(events)}).encode()


def _raw(kind: str, payload: object, number: object = 12) -> Json:
    return {"eventId": number, "type": kind, "payload": payload}


def _body(kind: str, **parts: object) -> bytes:
    return _events(_raw(kind, _payload(**parts)))


def _payload(**parts: object) -> Json:
    """A message; what is given as None is not told."""
    whole = {
        "msgId": NUMBER,
        "chat": CHAT,
        "from": parts.pop("sender", PERSON),
        "timestamp": 1546290000,
        **parts,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _message(**parts: object) -> bytes:
    return _body("newMessage", **parts)


def _event(**parts: object) -> Event:
    blank = Event(
        "12", EventKind.MESSAGE, "ada@example.com", 1546290000000, name="Ada Müller", message_id=NUMBER
    )
    return replace(blank, **parts)  # type: ignore[arg-type] # the names are those of Event


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(**kinds: int) -> Reading:
    return Reading(parked={kind.replace("__", "."): count for kind, count in kinds.items()})


def _part(kind: str, **payload: object) -> Json:
    return {"type": kind, "payload": payload}


def _file(fact: str, kind: MediaKind, part: Json, **parts: object) -> Told:
    link = {"text": "https://files.example/get/0dC76vcKS1Y9IGbAc"}
    said = str(parts.pop("said", ""))
    body = _message(parts=[part], **{**link, **parts})
    return Told(fact, body, _one(_event(text=said, media=(MediaIn(kind, "0dC76vcKS1Y9IGbAc"),))))


FILE = {"fileId": "0dC76vcKS1Y9IGbAc"}

MESSAGES = (
    Told("text", _message(text="Grüße \U0001f372"), _one(_event(text="Grüße \U0001f372"))),
    Told("nothing came", _events(), Reading()),
    Told(
        "several at once, each by itself",
        _events(
            _raw("newMessage", _payload(text="a"), 13),
            _raw("newMessage", _payload(text="b", sender={"userId": "bea@example.com"}), 14),
            "junk",
            _raw("newMessage", "junk", 15),
            {"type": "newMessage", "payload": _payload(text="c")},
        ),
        Reading(
            events=(
                _event(id="13", text="a"),
                _event(id="14", text="b", user_id="bea@example.com", name=""),
            ),
            parked={"malformed": 3},
        ),
    ),
    Told(
        "an id in another case is the same person",
        _message(text="STOP", sender={**PERSON, "userId": "Ada@Example.com"}),
        _one(_event(text="STOP")),
    ),
    Told(
        "a number of ICQ",
        _message(text="Hi", sender={"userId": "123456789", "nick": "ada"}, chat={"chatId": "123456789"}),
        _one(_event(text="Hi", user_id="123456789", name="ada")),
    ),
    Told(
        "the sender is that of the chat where none is told",
        _message(text="STOP", sender=None),
        _one(_event(text="STOP", name="")),
    ),
    Told("half a character", _message(text="STOP \ud83d\0"), _one(_event(text="STOP \ufffd"))),
    Told(
        "start with a code",
        _message(text="/start abc-9"),
        _one(_event(kind=EventKind.OPENED, text="/start abc-9", code="abc-9")),
    ),
    Told("start alone", _message(text="/start"), _one(_event(kind=EventKind.OPENED, text="/start"))),
    Told(
        "start with words has no code",
        _message(text="/start bitte mich"),
        _one(_event(kind=EventKind.OPENED, text="/start bitte mich")),
    ),
    Told("stop is a message", _message(text="/stop"), _one(_event(text="/stop"))),
    Told(
        "a mention of the bot is no part of the text, one of somebody else has the name",
        _message(
            text="@[700000001] STOP @[bea@example.com]",
            parts=[
                _part("mention", userId="700000001", firstName="Rundruf"),
                _part("mention", userId="bea@example.com", firstName="Bea", lastName="B"),
            ],
        ),
        _one(_event(text="STOP @Bea B")),
    ),
    Told(
        "a mention of the bot at the end",
        _message(text="STOP @[700000001]", parts=[_part("mention", userId="700000001")]),
        _one(_event(text="STOP")),
    ),
    _file("image", MediaKind.IMAGE, _part("file", type="image", **FILE)),
    _file(
        "video with words below",
        MediaKind.VIDEO,
        _part("file", type="video", caption="STOP", **FILE),
        said="STOP",
    ),
    _file("audio", MediaKind.AUDIO, _part("file", type="audio", **FILE)),
    _file("a file without a kind is a document", MediaKind.FILE, _part("file", **FILE)),
    _file("a file of a new kind", MediaKind.FILE, _part("file", type="hologram", **FILE)),
    _file("voice", MediaKind.AUDIO, _part("voice", **FILE)),
    _file("sticker", MediaKind.IMAGE, _part("sticker", **FILE)),
    _file(
        "words beside a file", MediaKind.IMAGE, _part("file", type="image", **FILE), text="STOP", said="STOP"
    ),
    _file(
        "words that are told twice",
        MediaKind.IMAGE,
        _part("file", type="image", caption="STOP", **FILE),
        text="STOP",
        said="STOP",
    ),
    Told(
        "an address that was typed is text",
        _message(text="https://a.example/b"),
        _one(_event(text="https://a.example/b")),
    ),
    Told(
        "what was passed on",
        _message(
            parts=[
                _part(
                    "forward", message={"from": {"userId": "bea@example.com"}, "msgId": "5", "text": "Suppe?"}
                )
            ]
        ),
        _one(_event(text="Suppe?")),
    ),
    Told(
        "own words above what was passed on",
        _message(text="STOP", parts=[_part("forward", message={"text": "Suppe?"})]),
        _one(_event(text="STOP")),
    ),
    Told(
        "a reply says only what is new",
        _message(text="STOP", parts=[_part("reply", message={"text": "Suppe?", "msgId": "5"})]),
        _one(_event(text="STOP")),
    ),
    Told(
        "parts that are none",
        _message(text="x", parts=["junk", _part("file"), {"type": "file"}]),
        _one(_event(text="x")),
    ),
    Told("our own words", _message(text="x", sender={"userId": "700000001"}), _parked(own=1)),
    Told("a group", _message(text="STOP", chat=GROUP), _parked(group=1)),
    Told(
        "a channel, where nobody is the sender",
        _message(text="x", sender=None, chat={**GROUP, "type": "channel"}),
        _parked(group=1),
    ),
    Told(
        "a group that says it is none",
        _message(text="x", chat={**GROUP, "type": "private"}),
        _parked(group=1),
    ),
    Told("nobody", _message(text="x", sender=None, chat={"type": "private"}), _parked(no_sender=1)),
)

EDITED = (
    Told(
        "an edited text counts at the time of the edit",
        _body("editedMessage", text="STOP", editedTimestamp=1546290099),
        _one(_event(text="STOP", at=1546290099000)),
    ),
    Told("an edit without a time of its own", _body("editedMessage", text="STOP"), _one(_event(text="STOP"))),
    Told(
        "an edited start opens nothing",
        _body("editedMessage", text="/start a"),
        _one(_event(text="/start a")),
    ),
    Told(
        "taken back",
        _body("deletedMessage", sender=None),
        _one(_event(kind=EventKind.DELETED, at=0, name="")),
    ),
    Told("nothing was taken back", _body("deletedMessage", msgId=None), _parked(malformed=1)),
)

KEYS = [[{"text": "Mehr", "callbackData": "MORE"}], [{"text": "Ende", "callbackData": "STOP"}]]
OURS = {
    "msgId": NUMBER,
    "chat": CHAT,
    "from": {"userId": "700000001"},
    "timestamp": 1546280000,
    "text": "x",
    "parts": [{"type": "inlineKeyboardMarkup", "payload": KEYS}],
}
QUERY = "SVR:ada@example.com:700000001:1546290000:6720509406122810312"


def _tap(**parts: object) -> bytes:
    whole = {"queryId": QUERY, "callbackData": "STOP", "from": PERSON, "message": OURS, **parts}
    told = {name: value for name, value in whole.items() if value is not None}
    return _events(_raw("callbackQuery", told))


TAP = _event(kind=EventKind.BUTTON, at=0, payload="STOP", text="Ende", callback=QUERY)

TAPS = (
    Told("a tap has no time of its own", _tap(), _one(TAP)),
    Told("a tap under a message that is wrapped", _tap(message=_raw("newMessage", OURS)), _one(TAP)),
    Told(
        "a tap under a message that is not told",
        _tap(message=None, chat=CHAT),
        _one(replace(TAP, text="", message_id="")),
    ),
    Told("a tap of the person whose chat it is", _tap(**{"from": None}), _one(replace(TAP, name=""))),
    Told("a tap in a group", _tap(message={**OURS, "chat": GROUP}), _parked(group=1)),
    Told("a tap that carries nothing", _tap(callbackData=None), _parked(callbackQuery__empty=1)),
)

OTHERS = (
    *(
        Told(kind, _body(kind), _parked(**{f"event__{kind}": 1}))
        for kind in (
            *("pinnedMessage", "unpinnedMessage", "newChatMembers", "leftChatMembers", "changedChatInfo"),
            "somethingNew",
        )
    ),
    Told("a strange kind", _body("<script>"), _parked(event__other=1)),
    Told("an id in words", _events(_raw("newMessage", _payload(text="x"), "zwölf")), _parked(malformed=1)),
    Told("an id as text", _events(_raw("newMessage", _payload(text="x"), "12")), _one(_event(text="x"))),
    Told("an id beyond all", _events(_raw("newMessage", _payload(text="x"), 10**18)), _parked(malformed=1)),
)


def _ok(**parts: object) -> Answer:
    return Answer(200, {}, json.dumps({"ok": True, **parts}).encode())


def _no(description: str, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps({"ok": False, "description": description}).encode())


INVALID = Outcome(OutcomeKind.PAUSE, "invalid_token", account_wide=True)
LIMITED = Outcome(OutcomeKind.RETRY, "rate_limit", account_wide=True)

ANSWERS = (
    Answered("accepted", _ok(msgId=NUMBER), Outcome(OutcomeKind.OK, message_id=NUMBER)),
    Answered("accepted without a number", _ok(), Outcome(OutcomeKind.OK)),
    Answered("a file", _ok(msgId=NUMBER, fileId="0dC"), Outcome(OutcomeKind.OK, message_id=NUMBER)),
    Answered("wrong token", _no("Invalid token"), INVALID),
    Answered("wrong token with its status", _no("Invalid token", 401), INVALID),
    Answered(
        "a field is missing",
        _no("Missing required parameter 'chatId'"),
        Outcome(OutcomeKind.BAD, "missing_parameter"),
    ),
    Answered("too fast", _no("Ratelimit"), LIMITED),
    Answered(
        "too fast, with a wait",
        _no("Ratelimit", 429, **{"Retry-After": "5"}),
        replace(LIMITED, retry_after=5.0),
    ),
    Answered(
        "429 without words",
        Answer(429, {"retry-after": "5"}),
        Outcome(OutcomeKind.RETRY, "http_429", 5.0, account_wide=True),
    ),
    Answered(
        "429 in other words", _no("slow down", 429), Outcome(OutcomeKind.RETRY, "http_429", account_wide=True)
    ),
    Answered("whatever else ends no consent", _no("Permission denied"), Outcome(OutcomeKind.BAD, "refused")),
    Answered("no reason at all", _no(""), Outcome(OutcomeKind.BAD, "refused")),
    Answered(
        "no such path", Answer(404, {}, b"<html>"), Outcome(OutcomeKind.PAUSE, "http_404", account_wide=True)
    ),
    Answered(
        "an error of the server in words", _no("internal", 500), Outcome(OutcomeKind.UNKNOWN, "http_500")
    ),
    Answered("a gateway", Answer(502, {}, b"<html>"), Outcome(OutcomeKind.UNKNOWN, "http_502")),
    Answered(
        "accepted and cut off", Answer(200, {}, b'{"ok":true,"ms'), Outcome(OutcomeKind.UNKNOWN, "http_200")
    ),
    Answered("a page", Answer(200, {}, b"<html>"), Outcome(OutcomeKind.UNKNOWN, "http_200")),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), Outcome(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), Outcome(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")


def broken(service: Service) -> tuple[Broken, ...]:
    return (
        Broken("nothing at all", Message(), ("text",), ("0 characters", service.title)),
        Broken("only a template", Message(template=Template("a", "de")), ("text",), ("no templates",)),
        Broken("blanks only", Message(" \n"), ("text",), ("0 visible",)),
        Broken(
            "a Cyrillic letter is six bytes of an address",
            Message("ж" * 667),
            ("text",),
            ("4002", "4000", "bytes in a URL", "Shorten it by 2"),
        ),
        Broken(
            "a text that is too long with its links",
            Message("x" * 3990, (PAPER,)),
            ("text",),
            ("with links", "4000", "Shorten it by"),
        ),
        Broken("half a character", Message("x \ud83d"), ("text",), ("1 half", "carries 0")),
        Broken(
            "half a character on a button",
            Message("x", buttons=(Button("\ud83d", "a"),)),
            ("buttons.0.label",),
            ("1 half",),
        ),
        Broken(
            "an address longer than a message",
            Message("x", (Media(MediaKind.FILE, "https://cdn.example/" + "a" * 1000),)),
            ("media.0",),
            ("1000",),
        ),
        Broken(
            "nine buttons",
            Message("x", buttons=(MORE,) * 5 + (SHOP,) * 4),
            ("buttons",),
            ("9 ", "8", "Remove 1"),
        ),
        Broken(
            "a keyboard too large for an address",
            Message("x", buttons=(Button("a", url="https://shop.example/" + "a" * 1500),) * 3),
            ("buttons",),
            ("4000", "bytes in a URL"),
        ),
        Broken(
            "a long label",
            Message("x", buttons=(Button("ж" * 41, "a"),)),
            ("buttons.0.label",),
            ("246", "240"),
        ),
        Broken(
            "a long payload",
            Message("x", buttons=(Button("a", "x" * 65),)),
            ("buttons.0.reply",),
            ("65", "64"),
        ),
        Broken("buttons without text", Message(buttons=(MORE,)), ("text",), ("0 characters",)),
        Broken("eleven files", Message("x", (PAPER,) * 11), ("media",), ("11 ", "10", "Remove 1")),
    )


FINE = (
    Message("x" * 4000),
    Message("ж" * 666),
    Message("\U0001f372" * 333),
    Message("x", buttons=(Button("ж" * 40, "y" * 64),) * 8),
    Message("x", (PHOTO,) * 10, (SHOP,) * 8),
    Message(media=(PAPER,), buttons=(MORE,), template=Template("a", "de")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The calls of one messenger: everything is in the address."""

    of: Service

    def get(self, method: str, **fields: str) -> Sending:
        query = "".join(f"&{name}={quote(value, safe='')}" for name, value in fields.items())
        return "GET", f"{self.of.host}/bot/v1/{method}?token={IN_URL}{query}", {}

    def sent(
        self, fact: str, message: Message, *texts: str, keys: str = "", account: Account | None = None
    ) -> Sent:
        given = Delivery("b1:3:17", "ada@example.com", message, window_open=True)
        calls = [{"chatId": "ada@example.com", "text": text} for text in texts]
        if keys:
            calls[-1]["inlineKeyboardMarkup"] = keys
        told = tuple(self.get("messages/sendText", **one) for one in calls)
        return Sent(fact, given, told, account=account)

    def all(self) -> tuple[Sent, ...]:
        more = '[{"text":"Mehr","callbackData":"MORE"}]'
        shop = '[{"text":"Zum Laden","url":"https://shop.example/"}]'
        return (
            self.sent("text", Message("<b>Grüße</b> & + \U0001f372"), "<b>Grüße</b> & + \U0001f372"),
            self.sent(
                "buttons stand below each other",
                Message("Hi", buttons=(MORE, SHOP)),
                "Hi",
                keys=f"[{more},{shop}]",
            ),
            self.sent(
                "files are links",
                Message("Hi", (PHOTO, PAPER)),
                "Hi\n\nSuppe: https://cdn.example/a.jpg\nhttps://cdn.example/a.pdf",
            ),
            self.sent("a file alone", Message(media=(PAPER,)), "https://cdn.example/a.pdf"),
            self.sent(
                "a long text is several messages, the last with the buttons",
                Message("ж" * 100 + " " + "ш" * 100, buttons=(MORE,)),
                "ж" * 100,
                "ш" * 100,
                keys=f"[{more}]",
            ),
        )


def _poll(service: Service, cursor: str, seconds: int) -> Sending:
    return Asked(service).get("events/get", lastEventId=cursor, pollTime=str(seconds))


def _later(code: str, *, wide: bool = True) -> Outcome:
    return Outcome(OutcomeKind.RETRY, code, account_wide=wide)


def polls(service: Service) -> tuple[Polling, ...]:
    two = _events(_raw("newMessage", _payload(text="x"), 14), _raw("newMessage", _payload(text="x"), 13))
    spoiled = _events(_raw("newMessage", _payload(text="x"), 13), {"eventId": 15}, "junk")
    both = Reading(events=(_event(id="14", text="x"), _event(id="13", text="x")))
    return (
        Polling(
            "the first",
            "",
            20,
            _poll(service, "0", 20),
            (
                (Answer(200, {}, _events()), Polled(Reading(), "0")),
                (Answer(200, {}, two), Polled(both, "14")),
            ),
        ),
        Polling(
            "the next",
            "12",
            1,
            _poll(service, "12", 1),
            (
                (Answer(200, {}, _events()), Polled(Reading(), "12")),
                (Answer(200, {}, two), Polled(both, "14")),
                (
                    Answer(200, {}, spoiled),
                    Polled(Reading(events=(_event(id="13", text="x"),), parked={"malformed": 2}), "15"),
                ),
                (Answer(200, {}, _events("junk")), Polled(_parked(malformed=1), "13")),
                (_no("Invalid token"), INVALID),
                (_no("Ratelimit"), LIMITED),
                (Answer(200, {}, b'{"ok":true}'), _later("no_events")),
                (Answer(200, {}, b'{"ok":true,"events":{}}'), _later("no_events")),
                (Answer(200, {}, b"<html>"), _later("http_200")),
                (Answer(429, {}, b""), _later("http_429")),
                (Answer(502, {}, b"<html>"), _later("http_502")),
                (Answer(0, failure=Failure.NOT_SENT), _later("not_sent", wide=False)),
                (Answer(0, failure=Failure.AMBIGUOUS), _later("ambiguous")),
            ),
        ),
        Polling(
            "an older event does not turn it back",
            "99",
            0,
            _poll(service, "99", 0),
            ((Answer(200, {}, two), Polled(both, "99")),),
        ),
        Polling("a cursor that is none", "../x", 0, _poll(service, "0", 0), ()),
    )


def steps(service: Service) -> tuple[Stepped, ...]:
    good = _ok(userId="700000001", nick="rundruf_bot", firstName="Rundruf", about="", photo=[])
    return (
        Stepped(
            "who_am_i",
            Asked(service).get("self/get"),
            (
                (good, True, ("rundruf_bot",)),
                (_no("Invalid token"), False, ("bot_token", "Metabot")),
                (Answer(404, {}, b"<html>"), False, ("base_url", "http_404")),
                (_ok(), False, ("base_url",)),
                (Answer(0, failure=Failure.NOT_SENT), False, ("not_sent",)),
            ),
        ),
    )


def downloads(service: Service) -> tuple[Downloaded, ...]:
    found = _ok(type="image", size=1, filename="a.jpg", url="https://files.example/get/0dC?a=1")
    return (
        Downloaded(
            "by its address, which is asked for",
            MediaIn(MediaKind.IMAGE, "0dC76vcKS1Y9IGbAc"),
            Asked(service).get("files/getInfo", fileId="0dC76vcKS1Y9IGbAc"),
            (
                (found, ("GET", "https://files.example/get/0dC?a=1", {})),
                (_no("No such file"), ValueError),
                (_ok(url="file:///etc/passwd"), ValueError),
                (_ok(url="https://a b"), ValueError),
                (Answer(200, {}, b"<html>"), ValueError),
            ),
        ),
    )


def case(service: Service, more: Callable[[Account], tuple[Sent, ...]]) -> Case:
    given = account(service)
    return Case(
        account=given,
        told=(*MESSAGES, *EDITED, *TAPS, *OTHERS),
        unreadable=(
            b"",
            b"[]",
            b"null",
            b"\xff{",
            b'{"ok":NaN}',
            b'{"ok":true}',
            b'{"ok":false,"events":[]}',
        ),
        answers=ANSWERS,
        broken=broken(service),
        fine=FINE,
        sent=(*Asked(service).all(), *more(given)),
        ids={
            "ada@example.com": "ada@example.com",
            " Ada@Example.com\n": "ada@example.com",
            "123456789": "123456789",
            "681869378@chat.agent": None,
            "ada @example.com": None,
            "ädä@example.com": None,
            "x" * 257: None,
            "": None,
        },
        links={
            ("ABCD2345", "de"): f"{service.profile}rundruf_bot?start=ABCD2345",
            ("opt-in_1", "en"): f"{service.profile}rundruf_bot?start=opt-in_1",
        },
        credentials={
            "bot_token": (
                (NEW, "001.1.1:main-bot"),
                ("", "001.1.1", "001.1.1:", f"{NEW}\n", "001 1:1", "a/b:1", "a&b=c:1", "ü:1"),
            )
        },
        taps=(
            (TAP, Asked(service).get("messages/answerCallbackQuery", queryId=QUERY)),
            (_event(text="Hi"), None),
        ),
        polls=polls(service),
        steps=steps(service),
        downloads=downloads(service),
    )


def _installations(given: Account) -> tuple[Sent, ...]:
    """Companies run servers of their own; the Metabot tells their address with the path."""
    told = Asked(replace(VKTEAMS, host="https://api.im.example"))
    return tuple(
        told.sent(f"on {host}", Message("Hi"), "Hi", account=replace(given, base_url=host))
        for host in ("https://api.im.example", "https://api.im.example/bot/v1")
    )


CASE = case(VKTEAMS, _installations)
