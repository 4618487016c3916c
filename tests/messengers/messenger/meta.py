"""What the cases of Messenger and Instagram share: calls, envelopes, errors."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping

from rundruf.core.message import Button, Media, MediaKind
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.messengers.contract import Answer, Call, Event, EventKind, Failure, Reading, Reply
from tests.messengers.case import Answered, Told

Json = dict[str, object]

PERSON, OURS = "4815162342108", "17841405822304914"
MID = "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP"
QUOTED = "m_T8nUN7kmzXBKJjGn8rGVXyP6HGQZPuWpMjR2gDFkpVYhbaLvhyjBJYq1Sy1vpNcJ"
AT = 1749416383123

CREDENTIALS = {
    "app_secret": ("9f86d081884c7d659a2feaa0c55ad015", "60303ae22b998861bce3b28f33eec1be"),
    "access_token": ("EAAJB-page-new", "EAAJB-page-old"),
    "verify_token": ("meatyhamhock", "older-token"),
}
PATTERNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "app_secret": (("9f86d081884c7d659a2feaa0c55ad015",), ("", "two words", "line\n", "x" * 129)),
    "access_token": (("EAAJB" + "x" * 200,), ("", "Bearer x", "tok\r\nx: y", "ü")),
    "verify_token": (("meatyhamhock",), ("", "a b")),
}
NUMBER = (("17841405822304914",), ("", "me", "../me", "12/34", "1" * 33))

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.jpg", "Suppe")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
PAPER = Media(MediaKind.FILE, "https://cdn.example/a.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")


def call(body: bytes, secret: str) -> Call:
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
    ("markup as challenge", _challenge(challenge="<script>alert(1)</script>"), Reply(403)),
    ("a post is no set-up call", Call("POST", {}, {"hub.mode": "subscribe"}, b"{}"), None),
)


def body(name: str, *entries: Json) -> bytes:
    # Meta escapes what is not ASCII.
    return json.dumps({"object": name, "entry": list(entries)}).encode()


def entry(*items: Json, ours: str = OURS, **more: object) -> Json:
    return {"id": ours, "time": 1749416384000, **({"messaging": list(items)} if items else {}), **more}


def item(*, sender: object = PERSON, recipient: str = OURS, at: object = AT, **content: object) -> Json:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at, **content}


def message(**content: object) -> Json:
    return item(message={"mid": MID, **content})


def digest(kind: str, *parts: object) -> str:
    told = hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
    return f"{kind}:{told[:32]}"


def event(kind: EventKind = EventKind.MESSAGE, id: str = MID, **parts: object) -> Event:
    known: dict[str, object] = {"message_id": MID, **parts}
    return Event(id, kind, PERSON, **{"at": AT, **known})  # type: ignore[arg-type]


def one(found: Event, **parked: int) -> Reading:
    return Reading(events=(found,), parked={name.replace("__", "."): n for name, n in parked.items()})


def parked(**kinds: int) -> Reading:
    return Reading(parked={name.replace("__", "."): count for name, count in kinds.items()})


class Teller:
    """Makes cases for one kind of object."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, fact: str, *told: Json | Reading) -> Told:
        """A fact, the events of one entry, and last the reading."""
        items = [part for part in told if isinstance(part, dict)]
        reading = told[-1]
        assert isinstance(reading, Reading)
        return Told(fact, body(self.name, entry(*items)), reading)

    def raw(self, fact: str, *told: Json | Reading) -> Told:
        """The same with whole entries."""
        entries = [part for part in told if isinstance(part, dict)]
        reading = told[-1]
        assert isinstance(reading, Reading)
        return Told(fact, body(self.name, *entries), reading)


def error(code: object, subcode: int | None = None, status: int = 400, **more: object) -> Answer:
    told = {"message": f"(#{code}) x", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    if subcode is not None:
        told["error_subcode"] = subcode
    return Answer(status, {}, json.dumps({"error": told}).encode())


def ok(**content: object) -> Answer:
    return Answer(200, {}, json.dumps(content).encode())


_RETRY, _BAD, _GONE = OutcomeKind.RETRY, OutcomeKind.BAD, OutcomeKind.GONE
_WINDOW, _PAUSE, _UNKNOWN = OutcomeKind.WINDOW, OutcomeKind.PAUSE, OutcomeKind.UNKNOWN
_TABLE: tuple[tuple[OutcomeKind, bool, tuple[tuple[int, int | None], ...]], ...] = (
    (_RETRY, False, ((1, None), (2, None), (1200, None))),
    (_UNKNOWN, False, ((1, 1357046),)),
    (_RETRY, True, ((4, None), (17, None), (32, None), (613, None), (80006, None))),
    (_BAD, False, ((4, 2018354), (9, 2018352))),
    (_WINDOW, False, ((10, 2018278), (10, 2018065), (10, 2534022))),
    (_GONE, False, ((551, None), (200, 1545041), (100, 2018001))),
    (_PAUSE, True, ((0, None), (3, None), (10, None), (190, None), (200, None), (230, None), (299, None))),
    (_PAUSE, True, ((368, None),)),
    (_BAD, False, ((100, None), (36000, None), (424242, None))),
)


def _by_table() -> Iterator[Answered]:
    for kind, wide, codes in _TABLE:
        for code, subcode in codes:
            word = str(code) if subcode is None else f"{code}_{subcode}"
            yield Answered(f"code {word}", error(code, subcode), Outcome(kind, word, account_wide=wide))


def _kind(kind: OutcomeKind, code: str, *, wide: bool = False, wait: float | None = None) -> Outcome:
    return Outcome(kind, code, retry_after=wait, account_wide=wide)


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return Answer(answer.status, headers, answer.body)


ANSWERS = (
    *_by_table(),
    Answered("accepted", ok(recipient_id=PERSON, message_id=MID), Outcome(OutcomeKind.OK, message_id=MID)),
    Answered("accepted without the person", ok(message_id=MID), Outcome(OutcomeKind.OK, message_id=MID)),
    Answered("accepted without id", ok(recipient_id=PERSON), _kind(_UNKNOWN, "http_200")),
    Answered("an error with status 200", error(551, 1545041, 200), _kind(_GONE, "551")),
    Answered("a person not available, whatever the subcode", error(551, 7), _kind(_GONE, "551")),
    Answered("a subcode nobody knows below a known code", error(10, 7), _kind(_PAUSE, "10", wide=True)),
    Answered(
        "a block as it was told before",
        error(200, message="(#200) This person isn't receiving messages from you right now."),
        _kind(_GONE, "200_1545041"),
    ),
    Answered("an error beside an id", ok(message_id=MID, error={"code": 2}), _kind(_RETRY, "2")),
    Answered("a code as text", error("551"), _kind(_GONE, "551")),
    Answered("a definite error with status 500", error(2, None, 500), _kind(_RETRY, "2")),
    Answered("an unknown code with status 500", error(777, None, 500), _kind(_UNKNOWN, "777")),
    Answered("too many with an unknown code", error(777, None, 429), _kind(_RETRY, "777", wide=True)),
    Answered(
        "a header tells the wait",
        _with(error(613), {"retry-after": "17"}),
        _kind(_RETRY, "613", wide=True, wait=17.0),
    ),
    Answered("an error without code", error(None), _kind(_BAD, "error")),
    Answered("an error that is a sentence", Answer(500, {}, b'{"error":"x"}'), _kind(_UNKNOWN, "error")),
    Answered("accepted in HTML", Answer(200, {}, b"<html>"), _kind(_UNKNOWN, "http_200")),
    Answered("bad gateway", Answer(502, {}, b"Bad Gateway"), _kind(_UNKNOWN, "http_502")),
    Answered("forbidden without reason", Answer(403, {}, b"no"), _kind(_PAUSE, "http_403", wide=True)),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), _kind(_RETRY, "not_sent")),
    Answered("it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), _kind(_UNKNOWN, "ambiguous")),
)
UNREADABLE = (b"", b"[]", b"null", b"\xff\xfe{", b'{"object": NaN}', b'{"object":')
IDS = {
    PERSON: PERSON,
    f" {PERSON} ": PERSON,
    "anna": None,
    "@anna": None,
    "+49 151 12345678": None,
    "1" * 33: None,
    "٤٩١٥": None,
    "": None,
}
