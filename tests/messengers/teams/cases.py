"""Teams, and what it shares with Skype: activities as Microsoft's pages and public code show them.

Everybody in them is made up.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

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
    Renewed,
    Reply,
)
from tests.messengers.case import (
    WEBHOOK,
    Answered,
    Asked,
    Broken,
    Case,
    Downloaded,
    Renewal,
    Replied,
    Sent,
    Stepped,
    Told,
)
from tests.messengers.teams import tokens
from tests.messengers.teams.tokens import APP

Json = dict[str, object]

TENANT = "00000000-0000-0000-0000-000000000002"
PERSON = "00000000-0000-0000-0000-000000000001"
AT = "2026-01-01T10:00:00.123Z"
MS = 1767261600123


@dataclass(frozen=True, slots=True)
class Channel:
    """What is told differently on the two channels."""

    messenger: str
    id: str
    title: str
    service: str  # as on the wire
    user: str
    conversation: str
    tenant: str
    text_limit: int


TEAMS = Channel(
    "teams",
    "msteams",
    "Microsoft Teams",
    "https://smba.trafficmanager.net/emea/",
    "29:1abcDEF_-x",
    "a:1cOnV_-eRs",
    TENANT,
    28_000,
)


def account(channel: Channel) -> Account:
    return Account(
        channel.messenger,
        "main",
        address=APP,
        credentials={
            "app_id": (APP,),
            "app_password": ("abc~Def.123-new", "abc~Def.123-old"),
            "tenant_id": (TENANT,),
            "access_token": ("eyJ0.new.token", "eyJ0.old.token"),
            "jwks": (tokens.key_set(channel.id, "webchat"),),
        },
    )


@dataclass(frozen=True, slots=True)
class Wire:
    """Bodies and events of one channel."""

    of: Channel

    def activity(self, kind: str = "message", **parts: object) -> bytes:
        whole = {
            "type": kind,
            "id": "1767261600100",
            "timestamp": AT,
            "localTimestamp": "2026-01-01T11:00:00.123+01:00",
            "channelId": self.of.id,
            "serviceUrl": self.of.service,
            "from": parts.pop("sender", self.person()),
            "conversation": self.conversation(),
            "recipient": {"id": f"28:{APP}", "name": "Rundruf"},
            "locale": "de-DE",
            **parts,
        }
        return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()

    def person(self, **parts: object) -> Json:
        known = {"aadObjectId": PERSON} if self.of.tenant else {}
        return {"id": self.of.user, "name": "Ada Müller", **known, **parts}

    def conversation(self, **parts: object) -> Json:
        personal = {"conversationType": "personal", "tenantId": self.of.tenant} if self.of.tenant else {}
        return {"id": self.of.conversation, **personal, **parts}

    def reference(self) -> str:
        told = {
            "service": self.of.service.rstrip("/"),
            "conversation": self.of.conversation,
            "tenant": self.of.tenant,
            "bot": f"28:{APP}",
            "user": self.of.user,
        }
        return json.dumps({name: value for name, value in told.items() if value}, separators=(",", ":"))

    def number(self, kind: str = "message", number: str = "1767261600100", when: str = "") -> str:
        said = "\0".join((kind, self.of.conversation, number, when))
        return sha256(said.encode()).hexdigest()[:32]

    def event(self, **parts: object) -> Event:
        blank = Event(
            self.number(),
            EventKind.MESSAGE,
            self.of.user,
            MS,
            name="Ada Müller",
            language="de-DE",
            message_id="1767261600100",
            aliases=(PERSON,) if self.of.tenant else (),
            conversation=self.reference(),
        )
        return replace(blank, **parts)  # type: ignore[arg-type] # the names are those of Event

    def acted(self, kind: str, event: EventKind, **parts: object) -> Event:
        """What another activity than a message becomes; its time is part of its id."""
        given = {"id": self.number(kind, when=AT), "kind": event, "message_id": "", **parts}
        return self.event(**given)

    def came(self, kind: str) -> Reading:
        opened = self.acted(kind, EventKind.OPENED)
        return Reading(events=(replace(opened, id=f"{opened.id}.again", kind=EventKind.UNBLOCKED), opened))


def _one(event: Event) -> Reading:
    return Reading(events=(event,))


def _parked(kind: str) -> Reading:
    return Reading(parked={kind: 1})


PICTURE = "https://smba.trafficmanager.net/emea/v3/attachments/0-weu-d1-00/views/original"
UPLOAD = "https://tenant-my.sharepoint.com/personal/ada/_layouts/15/download.aspx?UniqueId=1&tempauth=e.y"


def messages(wire: Wire) -> tuple[Told, ...]:
    return (
        Told(
            "text",
            wire.activity(text="Grüße \U0001f372", textFormat="plain"),
            _one(wire.event(text="Grüße \U0001f372")),
        ),
        Told("a line break at the end", wire.activity(text="STOP\r\n"), _one(wire.event(text="STOP"))),
        Told("no text", wire.activity(), _one(wire.event())),
        Told("half a character", wire.activity(text="STOP \ud83d\0"), _one(wire.event(text="STOP \ufffd"))),
        Told(
            "a mention of the bot is no part of the text",
            wire.activity(
                text="<at>Rundruf</at> STOP",
                entities=[
                    {"type": "mention", "text": "<at>Rundruf</at>", "mentioned": {"id": f"28:{APP}"}},
                    {"type": "clientInfo", "locale": "de-DE", "country": "DE"},
                ],
            ),
            _one(wire.event(text="STOP")),
        ),
        Told(
            "a mention of somebody else is",
            wire.activity(
                text="<at>Bea</at> STOP",
                entities=[{"type": "mention", "text": "<at>Bea</at>", "mentioned": {"id": "29:bea"}}],
            ),
            _one(wire.event(text="<at>Bea</at> STOP")),
        ),
        Told(
            "a picture, and the copy of the text that is none",
            wire.activity(
                text="so?",
                attachments=[
                    {"contentType": "image/*", "contentUrl": PICTURE},
                    {"contentType": "text/html", "content": "<p>so?</p>"},
                ],
            ),
            _one(wire.event(text="so?", media=(MediaIn(MediaKind.IMAGE, PICTURE),))),
        ),
        Told(
            "sound, film and paper",
            wire.activity(
                attachments=[
                    {"contentType": "audio/ogg", "contentUrl": f"{PICTURE}/1", "name": "a.ogg"},
                    {"contentType": "video/mp4", "contentUrl": f"{PICTURE}/2", "name": "b.mp4"},
                    {"contentType": "application/pdf", "contentUrl": f"{PICTURE}/3", "name": "c.pdf"},
                    {"contentType": "application/vnd.microsoft.card.hero", "content": {"text": "no file"}},
                    {"contentType": "image/png", "contentUrl": "data:image/png;base64,AAAA"},
                    {"contentType": "image/png", "contentUrl": "file:///etc/passwd"},
                ]
            ),
            _one(
                wire.event(
                    media=(
                        MediaIn(MediaKind.AUDIO, f"{PICTURE}/1", "audio/ogg", "a.ogg"),
                        MediaIn(MediaKind.VIDEO, f"{PICTURE}/2", "video/mp4", "b.mp4"),
                        MediaIn(MediaKind.FILE, f"{PICTURE}/3", "application/pdf", "c.pdf"),
                    )
                )
            ),
        ),
        Told(
            "a file that was uploaded",
            wire.activity(
                attachments=[
                    {
                        "contentType": "application/vnd.microsoft.teams.file.download.info",
                        "contentUrl": "https://tenant-my.sharepoint.com/personal/ada/Documents/r.PNG",
                        "name": "r.PNG",
                        "content": {"downloadUrl": UPLOAD, "uniqueId": "1", "fileType": "PNG"},
                    }
                ]
            ),
            _one(wire.event(media=(MediaIn(MediaKind.IMAGE, UPLOAD, "", "r.PNG"),))),
        ),
        Told(
            "a place",
            wire.activity(
                entities=[
                    {
                        "type": "Place",
                        "name": "Café",
                        "address": "Domplatz 1",
                        "geo": {"type": "GeoCoordinates", "latitude": 50.9413, "longitude": 6.9583},
                    }
                ]
            ),
            _one(wire.event(place=Place(50.9413, 6.9583, "Café", "Domplatz 1"))),
        ),
        Told(
            "a point",
            wire.activity(entities=[{"type": "GeoCoordinates", "latitude": -33, "longitude": 151.2}]),
            _one(wire.event(place=Place(-33.0, 151.2))),
        ),
        Told(
            "a point that is on no globe",
            wire.activity(entities=[{"type": "GeoCoordinates", "latitude": 91, "longitude": 0}]),
            _one(wire.event()),
        ),
        Told(
            "seven digits of a second",
            wire.activity(text="x", timestamp="2026-01-01T10:00:00.1239876Z"),
            _one(wire.event(text="x")),
        ),
        Told(
            "a time elsewhere",
            wire.activity(text="x", timestamp="2026-01-01T11:00:00.123+01:00"),
            _one(wire.event(text="x")),
        ),
        Told("no time", wire.activity(text="x", timestamp="gestern"), _one(wire.event(text="x", at=0))),
        Told(
            "a language that is none",
            wire.activity(text="x", locale="<b>"),
            _one(wire.event(text="x", language="")),
        ),
        Told(
            "a message without an id has that of its time",
            wire.activity(id=None, text="x"),
            _one(wire.event(text="x", id=wire.number(number="", when=AT), message_id="")),
        ),
        Told(
            "a service that may not see our token is written to no more",
            wire.activity(text="STOP", serviceUrl="https://smba.trafficmanager.net.evil.example/"),
            _one(wire.event(text="STOP", conversation="")),
        ),
        Told(
            "a service without https",
            wire.activity(text="STOP", serviceUrl="http://smba.trafficmanager.net/emea/"),
            _one(wire.event(text="STOP", conversation="")),
        ),
    )


def taps(wire: Wire) -> tuple[Told, ...]:
    below = {"replyToId": "1767261599000"}
    tap = wire.event(kind=EventKind.BUTTON, payload="MORE", text="Mehr", message_id="1767261599000")
    return (
        Told("a tap", wire.activity(text="Mehr", value={"rundruf": "MORE"}, **below), _one(tap)),
        Told(
            "a tap whose value is written as text",
            wire.activity(text='{"rundruf":"MORE"}', **below),
            _one(replace(tap, text="")),
        ),
        Told(
            "a tap under the card of somebody else",
            wire.activity(text="Mehr", value={"other": "MORE"}),
            _one(wire.event(text="Mehr")),
        ),
        Told(
            "words that look like a tap",
            wire.activity(text='{"rundruf":'),
            _one(wire.event(text='{"rundruf":')),
        ),
    )


def others(wire: Wire) -> tuple[Told, ...]:
    bot, person = {"id": f"28:{APP}"}, {"id": wire.of.user}
    update, relation, install = "conversationUpdate", "contactRelationUpdate", "installationUpdate"
    return (
        Told(
            "an edited text counts, under an id of its own",
            wire.activity("messageUpdate", text="STOP", channelData={"eventType": "editMessage"}),
            _one(wire.acted("messageUpdate", EventKind.MESSAGE, text="STOP", message_id="1767261600100")),
        ),
        Told(
            "a deleted text that was restored says nothing new",
            wire.activity("messageUpdate", text="START", channelData={"eventType": "undeleteMessage"}),
            _parked("messageUpdate.undelete"),
        ),
        Told(
            "taken back",
            wire.activity("messageDelete", channelData={"eventType": "softDeleteMessage"}),
            _one(wire.acted("messageDelete", EventKind.DELETED, message_id="1767261600100")),
        ),
        Told("the bot was added", wire.activity(update, membersAdded=[bot, person]), wire.came(update)),
        Told(
            "the bot was added, told by itself",
            wire.activity(update, membersAdded=[bot, wire.person()], sender=bot),
            wire.came(update),
        ),
        Told(
            "the bot was removed",
            wire.activity(update, membersRemoved=[bot]),
            _one(wire.acted(update, EventKind.BLOCKED)),
        ),
        Told(
            "the person left",
            wire.activity(update, membersRemoved=[wire.person()], sender=bot),
            _one(wire.acted(update, EventKind.BLOCKED)),
        ),
        Told(
            "a conversation got a title",
            wire.activity(update, topicName="x"),
            _parked("conversationUpdate.other"),
        ),
        Told(
            "the bot joined alone",
            wire.activity(update, membersAdded=[bot], sender=bot),
            _parked("no_sender"),
        ),
        Told("added to the contacts", wire.activity(relation, action="add"), wire.came(relation)),
        Told(
            "removed from the contacts",
            wire.activity(relation, action="remove"),
            _one(wire.acted(relation, EventKind.BLOCKED)),
        ),
        Told("installed", wire.activity(install, action="add"), wire.came(install)),
        Told(
            "uninstalled",
            wire.activity(install, action="remove"),
            _one(wire.acted(install, EventKind.BLOCKED)),
        ),
        Told("upgraded", wire.activity(install, action="add-upgrade"), _parked("installationUpdate.other")),
        Told(
            "being upgraded",
            wire.activity(install, action="remove-upgrade"),
            _parked("installationUpdate.other"),
        ),
        Told(
            "to be forgotten",
            wire.activity("deleteUserData"),
            _one(wire.acted("deleteUserData", EventKind.FORGET)),
        ),
        Told(
            "a tap on a card that asks",
            wire.activity(
                "invoke",
                name="adaptiveCard/action",
                replyToId="1767261599000",
                value={"action": {"type": "Action.Execute", "title": "Mehr", "data": {"rundruf": "MORE"}}},
            ),
            _one(
                wire.acted(
                    "invoke",
                    EventKind.BUTTON,
                    payload="MORE",
                    text="Mehr",
                    message_id="1767261599000",
                    callback="adaptiveCard/action",
                )
            ),
        ),
        Told(
            "a tap on a card that is not ours",
            wire.activity("invoke", name="adaptiveCard/action", value={"action": {"data": {"x": 1}}}),
            _parked("invoke.card"),
        ),
        Told(
            "leave to send a file, which we never ask",
            wire.activity("invoke", name="fileConsent/invoke", value={"action": "accept"}),
            _parked("invoke.file"),
        ),
        *(
            Told(kind, wire.activity(kind), _parked(f"activity.{kind}"))
            for kind in (
                *("messageReaction", "typing", "endOfConversation", "event", "command", "commandResult"),
                *("suggestion", "trace", "handoff"),
            )
        ),
        Told("a strange kind", wire.activity("<script>"), _parked("activity.other")),
        Told(
            "another channel of the bot", wire.activity(channelId="webchat", text="STOP"), _parked("foreign")
        ),
        Told("our own words", wire.activity(text="x", sender=bot), _parked("no_sender")),
        Told(
            "another bot",
            wire.activity(text="x", sender={"id": "29:x", "role": "bot"}),
            _parked("no_sender"),
        ),
        Told("nobody", wire.activity(text="x", sender=None), _parked("no_sender")),
        *(
            Told(fact, wire.activity(text="STOP", conversation=where), _parked("group"))
            for fact, where in {
                "a channel": {"id": "19:x@thread.tacv2;messageid=1", "conversationType": "channel"},
                "a group": {"id": "19:x@thread.v2", "conversationType": "groupChat", "isGroup": True},
                "a group that does not say so": {"id": "19:x@thread.skype"},
                "a group by its flag": {"id": "a:x", "isGroup": True},
            }.items()
        ),
        Told(
            "the bot was removed from a group",
            wire.activity(
                install, action="remove", conversation={"id": "19:x", "conversationType": "channel"}
            ),
            _parked("group"),
        ),
    )


def _answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, json.dumps(content).encode())


def _coded(status: int, code: str, outcome: OutcomeKind, *, wide: bool = False) -> Answered:
    word = code.replace(" ", "").lower()
    body = {"error": {"code": code, "message": "some words"}}
    return Answered(f"{status} {code}", _answer(status, body), Outcome(outcome, word, account_wide=wide))


def _nested(code: str, outcome: OutcomeKind) -> Answered:
    """As Teams tells it: JSON, as text, in a field."""
    inner = json.dumps({"subCode": code, "details": "some words", "errorCode": "209"})
    body = {"errorCode": 209, "message": inner}
    return Answered(f"403 {code} within a message", _answer(403, body), Outcome(outcome, code.lower()))


def _bare(status: int, outcome: Outcome) -> Answered:
    return Answered(f"{status} without a body", Answer(status), outcome)


ANSWERS = (
    Answered(
        "accepted", _answer(200, {"id": "1767261600200"}), Outcome(OutcomeKind.OK, message_id="1767261600200")
    ),
    Answered("created", _answer(201, {"id": "f:1"}), Outcome(OutcomeKind.OK, message_id="f:1")),
    Answered("accepted for later", _answer(202, {"id": "f:1"}), Outcome(OutcomeKind.OK, message_id="f:1")),
    Answered("created, and an empty object", Answer(201, {}, b"{}"), Outcome(OutcomeKind.OK)),
    _bare(200, Outcome(OutcomeKind.OK)),
    _bare(201, Outcome(OutcomeKind.OK)),
    _bare(202, Outcome(OutcomeKind.OK)),
    Answered("accepted and cut off", Answer(200, {}, b'{"id":"17'), Outcome(OutcomeKind.UNKNOWN, "http_200")),
    Answered("a page", Answer(200, {}, b"<html>"), Outcome(OutcomeKind.UNKNOWN, "http_200")),
    _coded(400, "BadArgument", OutcomeKind.BAD),
    _coded(400, "Bad Argument", OutcomeKind.BAD),
    _coded(400, "BadSyntax", OutcomeKind.BAD),
    _coded(400, "MissingProperty", OutcomeKind.BAD),
    _bare(400, Outcome(OutcomeKind.BAD, "http_400")),
    _coded(401, "BotNotRegistered", OutcomeKind.TOKEN, wide=True),
    _bare(401, Outcome(OutcomeKind.TOKEN, "http_401", account_wide=True)),
    _coded(403, "ConversationBlockedByUser", OutcomeKind.WITHDRAW),
    _coded(403, "MessageWritesBlocked", OutcomeKind.WITHDRAW),
    _nested("ConversationBlockedByUser", OutcomeKind.WITHDRAW),
    _nested("MessageWritesBlocked", OutcomeKind.WITHDRAW),
    Answered(
        "403 with the sub-code in the error's message",
        _answer(403, {"error": {"code": "Forbidden", "message": '{"subCode":"MessageWritesBlocked"}'}}),
        Outcome(OutcomeKind.WITHDRAW, "messagewritesblocked"),
    ),
    Answered(
        "403 with the code in the inner error",
        _answer(
            403,
            {
                "error": {
                    "code": "ServiceError",
                    "innerHttpError": {"statusCode": 403, "body": {"code": "BotDisabledByAdmin"}},
                }
            },
        ),
        Outcome(OutcomeKind.GONE, "botdisabledbyadmin"),
    ),
    _nested("BotNotInConversationRoster", OutcomeKind.GONE),
    _coded(403, "BotNotInConversationRoster", OutcomeKind.GONE),
    _coded(403, "BotDisabledByAdmin", OutcomeKind.GONE),
    _coded(403, "ForbiddenOperationException", OutcomeKind.GONE),
    _coded(403, "NotEnoughPermissions", OutcomeKind.PAUSE, wide=True),
    _coded(403, "InvalidBotApiHost", OutcomeKind.RETRY),
    Answered(
        "403 with a code nobody knows",
        _answer(403, {"error": {"code": "Something", "message": "{"}}),
        Outcome(OutcomeKind.GONE, "http_403"),
    ),
    _bare(403, Outcome(OutcomeKind.GONE, "http_403")),
    _coded(404, "ConversationNotFound", OutcomeKind.GONE),
    _coded(404, "ActivityNotFoundInConversation", OutcomeKind.GONE),
    _bare(404, Outcome(OutcomeKind.BAD, "http_404")),
    _bare(405, Outcome(OutcomeKind.BAD, "http_405")),
    _coded(412, "PreconditionFailed", OutcomeKind.RETRY),
    _bare(412, Outcome(OutcomeKind.RETRY, "http_412")),
    _coded(413, "MessageSizeTooBig", OutcomeKind.BAD),
    _bare(413, Outcome(OutcomeKind.BAD, "http_413")),
    Answered(
        "429 with a wait",
        _answer(429, {"error": {"code": "Throttled"}}, {"Retry-After": "7"}),
        Outcome(OutcomeKind.RETRY, "throttled", 7.0, account_wide=True),
    ),
    Answered(
        "429 without a body",
        Answer(429, {"retry-after": "7"}),
        Outcome(OutcomeKind.RETRY, "http_429", 7.0, account_wide=True),
    ),
    Answered(
        "429 with a date",
        Answer(429, {"retry-after": "Thu, 01 Jan 2026 10:00:07 GMT"}),
        Outcome(OutcomeKind.RETRY, "http_429", account_wide=True),
    ),
    _coded(500, "ServiceError", OutcomeKind.UNKNOWN),
    _bare(500, Outcome(OutcomeKind.UNKNOWN, "http_500")),
    Answered(
        "503 that is told by the service itself",
        _answer(503, {"error": {"code": "ServiceUnavailable"}}, {"retry-after": "3"}),
        Outcome(OutcomeKind.RETRY, "http_503", 3.0),
    ),
    _bare(502, Outcome(OutcomeKind.UNKNOWN, "http_502")),
    _bare(503, Outcome(OutcomeKind.UNKNOWN, "http_503")),
    Answered(
        "504 with a code",
        _answer(504, {"error": {"code": "Throttled"}}),
        Outcome(OutcomeKind.UNKNOWN, "http_504"),
    ),
    Answered("nothing was sent", Answer(0, failure=Failure.NOT_SENT), Outcome(OutcomeKind.RETRY, "not_sent")),
    Answered(
        "it may have arrived", Answer(0, failure=Failure.AMBIGUOUS), Outcome(OutcomeKind.UNKNOWN, "ambiguous")
    ),
)

PHOTO = Media(MediaKind.IMAGE, "https://cdn.example/a.JPG?x=1", "Suppe")
PICTURE_OF_NO_KIND = Media(MediaKind.IMAGE, "https://cdn.example/picture")
CLIP = Media(MediaKind.VIDEO, "https://cdn.example/a.mp4")
SONG = Media(MediaKind.AUDIO, "https://cdn.example/a.mp3")
PAPER = Media(MediaKind.FILE, "https://cdn.example/Karte%20Mai.pdf")
MORE, SHOP = Button("Mehr", reply="MORE"), Button("Zum Laden", url="https://shop.example/")
HERO = "application/vnd.microsoft.card.hero"


def broken(channel: Channel) -> tuple[Broken, ...]:
    limit = channel.text_limit * 4
    return (
        Broken("nothing at all", Message(), ("text",), ("0 characters", channel.title)),
        Broken("only a template", Message(template=Template("a", "de")), ("text",), ("no templates",)),
        Broken("blanks only", Message(" \n"), ("text",), ("0 visible", "at least 1")),
        Broken(
            "a text that is too long even in parts",
            Message("\U0001f372" * (limit // 2) + "xx"),
            ("text",),
            (str(limit + 2), str(limit), "UTF-16", "Shorten it by 2"),
        ),
        Broken(
            "four buttons that answer",
            Message("x", buttons=(MORE,) * 4),
            ("buttons",),
            ("4 ", "3", "Remove 1"),
        ),
        Broken(
            "four that open pages", Message("x", buttons=(SHOP,) * 4), ("buttons",), ("4 ", "3", "Remove 1")
        ),
        Broken(
            "a long label", Message("x", buttons=(Button("x" * 51, "a"),)), ("buttons.0.label",), ("51", "50")
        ),
        Broken(
            "a long payload",
            Message("x", buttons=(Button("a", "ü" * 128 + "x"),)),
            ("buttons.0.reply",),
            ("257 bytes", "256"),
        ),
        Broken("buttons without text", Message(buttons=(MORE,)), ("text",), ("0 characters",)),
        Broken("eleven files", Message("x", (PHOTO,) * 11), ("media",), ("11 ", "10", "Remove 1")),
        Broken(
            "a file without address",
            Message("x", media=(Media(MediaKind.FILE, "ftp://x/a.pdf"),)),
            ("media.0",),
            ("https://",),
        ),
    )


def fine(channel: Channel) -> tuple[Message, ...]:
    return (
        Message("\U0001f372" * (channel.text_limit * 2)),
        Message("x", (PHOTO, CLIP, SONG, PAPER), (MORE,) * 3 + (SHOP,) * 3),
        Message(media=(PAPER,), buttons=(SHOP,)),
        Message("x", buttons=(Button("x" * 50, "y" * 256),), template=Template("a", "de")),
        Message("x", (PHOTO,) * 10),
    )


def _image(url: str, sort: str, name: str) -> Json:
    return {"contentType": sort, "contentUrl": url, "name": name}


def card(*buttons: Json) -> Json:
    return {"contentType": HERO, "content": {"buttons": list(buttons)}}


def opens(label: str, url: str) -> Json:
    return {"type": "openUrl", "title": label, "value": url}


PHOTO_SENT = _image("https://cdn.example/a.JPG?x=1", "image/jpeg", "Suppe")
PAPER_SENT = card(opens("Karte Mai.pdf", "https://cdn.example/Karte%20Mai.pdf"))


def delivery(channel: Channel, message: Message, conversation: str | None = None) -> Delivery:
    told = Wire(channel).reference() if conversation is None else conversation
    return Delivery("b1:3:17", channel.user, message, window_open=True, conversation=told)


@dataclass(frozen=True, slots=True)
class Posted:
    """What one channel's calls look like."""

    of: Channel
    url: str

    def sent(self, fact: str, message: Message, *parts: Json) -> Sent:
        return Sent(
            fact,
            delivery(self.of, message),
            tuple(("POST", self.url, {**self.envelope(), **part}) for part in parts),
            {"content-type": "application/json", "authorization": "Bearer eyJ0.new.token"},
        )

    def envelope(self) -> Json:
        tenant = {"tenantId": self.of.tenant} if self.of.tenant else {}
        return {
            "type": "message",
            "from": {"id": f"28:{APP}"},
            "recipient": {"id": self.of.user},
            "conversation": {"id": self.of.conversation, **tenant},
        }

    def said(self, text: str, *attachments: Json) -> Json:
        more: Json = {"attachments": list(attachments)} if attachments else {}
        return {"text": text, "textFormat": "plain", **more}

    def shared(self, tap: Json) -> tuple[Sent, ...]:
        """What both channels send alike; ``tap`` is the button that answers."""
        shop = opens("Zum Laden", "https://shop.example/")
        long = "x" * self.of.text_limit
        return (
            self.sent(
                "text is no markup",
                Message("<b>Grüße</b> *\U0001f372*"),
                self.said("<b>Grüße</b> *\U0001f372*"),
            ),
            self.sent(
                "buttons are a card", Message("Hi", (), (MORE, SHOP)), self.said("Hi", card(tap, shop))
            ),
            self.sent(
                "more than three buttons are two cards",
                Message("Hi", (), (MORE, MORE, SHOP, SHOP)),
                self.said("Hi", card(tap, tap, shop), card(shop)),
            ),
            self.sent("a picture", Message("Hi", (PHOTO,)), self.said("Hi", PHOTO_SENT)),
            self.sent(
                "a picture alone, whose address tells no type",
                Message(media=(PICTURE_OF_NO_KIND,)),
                {"attachments": [_image("https://cdn.example/picture", "image/png", "picture")]},
            ),
            self.sent("a file is a link", Message("Hi", (PAPER,)), self.said("Hi", PAPER_SENT)),
            self.sent(
                "a long text is several messages, the last with the rest",
                Message(f"{long} y", (PHOTO,), (MORE,)),
                self.said(long),
                self.said("y", PHOTO_SENT, card(tap)),
            ),
        )


TEAMS_URL = "https://smba.trafficmanager.net/emea/v3/conversations/a%3A1cOnV_-eRs/activities"
TEAMS_TAP: Json = {
    "type": "messageBack",
    "title": "Mehr",
    "text": "Mehr",
    "displayText": "Mehr",
    "value": {"rundruf": "MORE"},
}
POSTED = Posted(TEAMS, TEAMS_URL)
SENT = (
    *POSTED.shared(TEAMS_TAP),
    POSTED.sent(
        "sound and film are links",
        Message("Hi", (SONG, CLIP)),
        POSTED.said(
            "Hi",
            card(opens("a.mp3", "https://cdn.example/a.mp3")),
            card(opens("a.mp4", "https://cdn.example/a.mp4")),
        ),
    ),
)

LOGIN = "https://login.microsoftonline.com"
KEYS_URL = "https://login.botframework.com/v1/.well-known/keys"
FORM = {
    "grant_type": "client_credentials",
    "client_id": APP,
    "client_secret": "abc~Def.123-new",
    "scope": "https://api.botframework.com/.default",
}


def _denied(code: str) -> tuple[str, Answer, Outcome]:
    told = {"error": code, "error_description": "AADSTS7000215: some words", "correlation_id": "1"}
    return code, _answer(401, told), Outcome(OutcomeKind.PAUSE, code, account_wide=True)


def _token(**parts: object) -> Answer:
    return _answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ0.a.b", **parts})


def token(given: Account) -> Renewal:
    form = {"content-type": "application/x-www-form-urlencoded"}
    everybody = {name: value for name, value in given.credentials.items() if name != "tenant_id"}
    return Renewal(
        asked=(
            Asked("of the tenant", ("POST", f"{LOGIN}/{TENANT}/oauth2/v2.0/token", FORM), headers=form),
            Asked("once more", ("POST", f"{LOGIN}/{TENANT}/oauth2/v2.0/token", FORM), refused=True),
            Asked(
                "a bot for all tenants",
                ("POST", f"{LOGIN}/botframework.com/oauth2/v2.0/token", FORM),
                account=replace(given, credentials=everybody),
            ),
            Asked(
                "in the sandbox",
                ("POST", f"http://127.0.0.1:8101/{TENANT}/oauth2/v2.0/token", FORM),
                account=replace(given, base_url="http://127.0.0.1:8101"),
            ),
        ),
        answers=(
            ("a token", _token(), Renewed("eyJ0.a.b", 3599.0)),
            ("a token of a day and more", _token(expires_in=10**9), Renewed("eyJ0.a.b", 3600)),
            ("a token that tells no end", _token(expires_in=None), Renewed("eyJ0.a.b", 3600)),
            _denied("invalid_client"),
            _denied("unauthorized_client"),
            (
                "an error with status 200",
                _answer(200, {"error": "invalid_client", "error_description": "x"}),
                Outcome(OutcomeKind.PAUSE, "invalid_client", account_wide=True),
            ),
            (
                "200 without a token",
                _answer(200, {"token_type": "Bearer"}),
                Outcome(OutcomeKind.RETRY, "http_200", account_wide=True),
            ),
            (
                "a token that would end in a header",
                _token(access_token="a\r\nx: y"),
                Outcome(OutcomeKind.RETRY, "http_200", account_wide=True),
            ),
            (
                "too many",
                Answer(429, {"retry-after": "5"}),
                Outcome(OutcomeKind.RETRY, "http_429", 5.0, account_wide=True),
            ),
            ("down", Answer(503), Outcome(OutcomeKind.RETRY, "http_503", account_wide=True)),
            ("nobody there", Answer(0, failure=Failure.NOT_SENT), Outcome(OutcomeKind.RETRY, "not_sent")),
        ),
    )


def _published(channel: Channel) -> Json:
    more = {"use": "sig", "x5t": "new", "x5c": ["MIIC" * 300]}
    return {
        "keys": [
            {**tokens.published("new", channel.id, "webchat"), **more},
            {"kty": "EC", "kid": "curve", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "RSA", "kid": "half", "n": "AA"},
            "junk",
        ]
    }


def keys(given: Account, channel: Channel) -> Renewal:
    kept = json.dumps(
        {"keys": [_in_order(tokens.published("new", channel.id, "webchat"))]}, separators=(",", ":")
    )
    return Renewal(
        asked=(
            Asked("the published ones", ("GET", KEYS_URL, {})),
            Asked(
                "in the sandbox",
                ("GET", "http://127.0.0.1:8101/v1/.well-known/keys", {}),
                account=replace(given, base_url="http://127.0.0.1:8101"),
            ),
        ),
        answers=(
            ("what is used of them", _answer(200, _published(channel)), Renewed(kept, 86_400)),
            (
                "none",
                _answer(200, {"keys": []}),
                Outcome(OutcomeKind.RETRY, "http_200", account_wide=True),
            ),
            ("a page", Answer(200, {}, b"<html>"), Outcome(OutcomeKind.RETRY, "http_200", account_wide=True)),
            ("down", Answer(500), Outcome(OutcomeKind.RETRY, "http_500", account_wide=True)),
        ),
    )


def _in_order(key: Json) -> Json:
    return {part: key[part] for part in ("kty", "kid", "n", "e", "endorsements")}


def steps(channel: Channel) -> tuple[Stepped, ...]:
    return (
        Stepped(
            "token",
            ("POST", f"{LOGIN}/{TENANT}/oauth2/v2.0/token", FORM),
            (
                (_token(), True, ("token",)),
                (_denied("invalid_client")[1], False, ("invalid_client", "app_password", "tenant_id")),
                (Answer(503), False, ("http_503",)),
            ),
        ),
        Stepped(
            "keys",
            ("GET", KEYS_URL, {}),
            (
                (_answer(200, _published(channel)), True, ("(1)", "Azure portal", WEBHOOK, channel.title)),
                (Answer(500), False, ("http_500",)),
            ),
        ),
    )


CARD_REPLY = Reply(
    200,
    '{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"OK"}',
    "application/json",
)


def replies(wire: Wire) -> tuple[Replied, ...]:
    tap = wire.event(kind=EventKind.BUTTON, payload="MORE", callback="adaptiveCard/action")
    return (
        Replied("a message", _one(wire.event(text="Hi")), Message("Hallo"), Reply(200)),
        Replied("a tap on a card that asks", _one(tap), Message(), CARD_REPLY),
        Replied("a tap on another card that asks", _parked("invoke.card"), Message(), CARD_REPLY),
        Replied("a question we know", _parked("invoke.file"), Message(), Reply(200)),
        Replied("a question nobody knows", _parked("invoke.unknown"), Message(), Reply(501)),
    )


DOWNLOADS = (
    Downloaded(
        "a picture is behind our token",
        MediaIn(MediaKind.IMAGE, PICTURE),
        ("GET", PICTURE, {}),
        ((Answer(200, {"content-type": "image/png"}, b"\x89PNG"), None),),
    ),
    Downloaded("an upload is not", MediaIn(MediaKind.FILE, UPLOAD), ("GET", UPLOAD, {})),
)


def case(channel: Channel, sent: tuple[Sent, ...], links: Mapping[tuple[str, str], str]) -> Case:
    wire, given = Wire(channel), account(channel)
    body = wire.activity(text="STOP")
    elsewhere = wire.activity(text="STOP", serviceUrl="https://smba.trafficmanager.net/amer/")
    return Case(
        account=given,
        secret="jwks",
        signers=("new", "old"),
        proof="authorization",
        signs_body=False,
        silent=True,
        call=tokens.call,
        genuine=tokens.passing(body),
        attacks=tokens.attacks(body, elsewhere),
        stale=tokens.unheld(body),
        handshakes=(("there is no set-up call", Call("GET", {}, {"hub.challenge": "1"}, b""), None),),
        told=(*messages(wire), *taps(wire), *others(wire)),
        unreadable=(b"", b"[]", b"null", b"\xff{", b'{"type":NaN}', b"{}", b'{"text":"x"}'),
        answers=ANSWERS,
        broken=broken(channel),
        fine=fine(channel),
        sent=sent,
        ids={
            "29:1abcDEF_-x": "29:1abcDEF_-x",
            " 29:1abcDEF_-x\n": "29:1abcDEF_-x",
            PERSON: PERSON,
            "8:live:ada": "8:live:ada",
            f"28:{APP}": None,
            "29:a b": None,
            "ä": None,
            "x" * 257: None,
            "": None,
        },
        links=links,
        credentials={
            "app_id": ((APP,), ("", "main", APP.upper().replace("1", "A"), f"{APP}\n", f"28:{APP}")),
            "app_password": (("abc~Def.123-new", "x" * 512), ("", "a b", "ü", "a\n", "x" * 513)),
            "tenant_id": ((TENANT, "contoso.onmicrosoft.com"), ("", "a/b", "a b", "../x", "ü")),
        },
        taps=((wire.event(kind=EventKind.BUTTON, payload="MORE", callback="adaptiveCard/action"), None),),
        replies=replies(wire),
        steps=steps(channel),
        token=token(given),
        keys=keys(given, channel),
        downloads=DOWNLOADS,
    )


CASE = case(
    TEAMS,
    SENT,
    {
        ("ABCD2345", "de"): f"https://teams.microsoft.com/l/chat/0/0?users=28:{APP}",
        ("opt-in_1", "en"): f"https://teams.microsoft.com/l/chat/0/0?users=28:{APP}",
    },
)
