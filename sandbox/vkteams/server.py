"""The bot API of VK Teams and, under its old name, ICQ: long polling, everything in the query."""

import hashlib
import itertools
import random
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from sandbox.fake import Fake, Impossible, Link, Said, Stage, give
from sandbox.times import now_ms
from sandbox.vkteams import requests as wire
from sandbox.vkteams.config import VkAccount, VkBehaviour
from sandbox.vkteams.errors import NO_CHAT, RATE, TOKEN, Refused, bad, missing, ordered
from sandbox.vkteams.events import Mailbox, muddled
from sandbox.world import Bubble, Chat, Key, Person, arrived

BODY_LIMIT = 60 * 2**20
PREFIX = "/bot/v1"
MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
UIN = re.compile(r"[1-9]\d{4,11}")
KINDS_OF_FILES = {"image": "0", "video": "8", "audio": "G"}
HOSTS = {"icq": "icq.im"}
HOST = "myteam.mail.ru"
CROWD_FIRST = 700_000_000
QUERIES_KEPT = 10_000

Parameters = Mapping[str, list[str]]
Call = Callable[["Bot", Parameters], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a bot: the stage's picture it stands for, and how it is called."""

    picture: str
    type: str
    filename: str


@dataclass(slots=True)
class Bot:
    """A bot at work; ``queries``: taps that wait for their answer, and who tapped."""

    config: VkAccount
    behaviour: VkBehaviour
    mail: Mailbox = field(default_factory=Mailbox)
    files: dict[str, File] = field(default_factory=dict)
    queries: dict[str, Person] = field(default_factory=dict)


class VkTeams(Fake):
    """The fake bot API for all configured bots of one name."""

    BEHAVIOUR = VkBehaviour

    def __init__(self, name: str, accounts: Iterable[VkAccount], stage: Stage) -> None:
        configs = tuple(accounts)
        super().__init__(name, configs, stage)
        self.numbers = itertools.count(time.time_ns() // 10**6 << 22)
        self.bots: dict[str, Bot] = {}
        for one in configs:
            behaviour = self.behaviours[one.account]
            assert isinstance(behaviour, VkBehaviour)  # noqa: S101 - BEHAVIOUR says so
            self.bots[one.account] = Bot(one, behaviour)
            stage.addresses[name, one.account] = ""  # nobody is called: bots ask

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        calls: dict[str, Call] = {
            "/self/get": self._self,
            "/events/get": self._events,
            "/messages/answerCallbackQuery": self._answer_callback,
            "/messages/editText": self._edit,
            "/messages/deleteMessages": self._delete,
            "/chats/sendActions": self._actions,
            "/chats/getInfo": self._chat_info,
            "/files/getInfo": self._file_info,
        }
        # A base URL may be given with or without the part that all installations share.
        for prefix in (PREFIX, ""):
            for path, call in calls.items():
                app.router.add_get(prefix + path, self._for_bot(call))
            app.router.add_get(prefix + "/messages/sendText", self._send_text)
            for path in ("/messages/sendFile", "/messages/sendVoice"):
                app.router.add_get(prefix + path, self._send_file)
                app.router.add_post(prefix + path, self._send_file)
        app.router.add_get("/files/get/{file}", self._file)
        return app

    # The API that a bot calls.

    def _bot(self, parameters: Parameters) -> Bot:
        token = parameters.get("token", [""])[-1]
        if not token:
            raise missing("token")
        for bot in self.bots.values():
            if secrets.compare_digest(bot.config.bot_token.encode(), token.encode()):
                return bot
        raise Refused(401, TOKEN)

    def _for_bot(self, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            parameters = _parameters(request)
            try:
                return await call(self._bot(parameters), parameters)
            except Refused as refused:
                return refused.answer()

        return handler

    async def _self(self, bot: Bot, parameters: Parameters) -> web.Response:
        wire.read(parameters, wire.Query)
        return _ok(
            userId=bot.config.bot_user,
            nick=bot.config.nick,
            firstName=bot.config.title or bot.config.nick,
            about="",
            photo=[],
        )

    async def _events(self, bot: Bot, parameters: Parameters) -> web.Response:
        asked = wire.read(parameters, wire.Events)
        events = await bot.mail.fetch(asked.last_event_id, asked.poll_time)
        behaviour = bot.behaviour
        told = muddled(events, twice=behaviour.duplicate_events, shuffled=behaviour.reorder_events)
        return _ok(events=[event.told() for event in told])

    async def _send_text(self, request: web.Request) -> web.Response:
        def content(bot: Bot, parameters: Parameters) -> tuple[wire.Send, Bubble, str]:
            send = wire.read(parameters, wire.SendText)
            keys = send.keys()
            kind = "buttons" if keys else "text"
            return send, arrived("business", "", kind=kind, text=send.words(send.text), keys=keys), ""

        return await self._send(request, _parameters(request), b"", content)

    async def _send_file(self, request: web.Request) -> web.Response:
        upload = await _upload(request) if request.method == "POST" else None

        def content(bot: Bot, parameters: Parameters) -> tuple[wire.Send, Bubble, str]:
            send = wire.read(parameters, wire.SendFile)
            if (upload is None) == (send.file_id is None):
                raise missing("fileId" if upload is None else "file")
            file_id = send.file_id or (self._keep(bot, *upload) if upload else "")
            if file_id not in bot.files:
                raise bad("fileId")
            file = bot.files[file_id]
            text, picture = send.words(send.caption), file.picture
            if file.type != "image":
                text, picture = f"{file.filename}\n{text}".strip(), ""
            bubble = arrived(
                "business", "", kind=file.type or "document", text=text, picture=picture, keys=send.keys()
            )
            return send, bubble, "" if upload is None else file_id

        return await self._send(request, _parameters(request), upload[0] if upload else b"", content)

    async def _send(
        self,
        request: web.Request,
        parameters: Parameters,
        body: bytes,
        content: Callable[[Bot, Parameters], tuple[wire.Send, Bubble, str]],
    ) -> web.Response:
        """A send: read by ``content``, judged here; the oracle's hash is that of query and upload."""
        query = request.query_string.encode() + body
        facts: dict[str, Any] = {
            "messenger": self.name,
            "account": "",
            "at_ms": now_ms(),
            "user": parameters.get("chatId", [""])[-1],
            "delivery": parameters.get("request-id", [""])[-1],
        }
        bot: Bot | None = None
        try:
            bot = self._bot(parameters)
            facts["account"] = bot.config.account
            send, bubble, file_id = content(bot, parameters)
            facts |= {"kind": bubble.kind, "text": bubble.text}
            self._accept(bot, send.chat_id, bubble)
            told = {"fileId": file_id} if file_id else {}
            answer = _ok(msgId=bubble.id, **told)
            facts |= {"accepted": True, "message_id": bubble.id, "lost": bot.behaviour.loses_answer()}
        except Refused as refused:
            answer, facts = refused.answer(), facts | {"accepted": False, "code": refused.code}
        entry = self.stage.oracle.decided(query, **facts)
        if bot is None:
            self.stage.oracle.replied(entry, now_ms())
            return answer
        return await give(request, answer, bot.behaviour, self.stage.oracle, entry)

    def _accept(self, bot: Bot, chat_id: str, bubble: Bubble) -> None:
        """Takes a valid send or raises Refused. Whoever blocked the bot sees nothing, and nobody is told."""
        refusal = bot.behaviour.refusal()
        if refusal is not None:
            raise ordered(refusal.code, refusal.word, refusal.status)
        person = self.stage.world.person(self.name, chat_id)
        chat = person.chats.get(bot.config.account) if person else None
        if person is None or chat is None or not chat.started:
            raise Refused(404, NO_CHAT)
        if not self.throttles[bot.config.account].take():
            raise Refused(429, RATE)
        bubble.id = self._message_id()
        if not chat.blocked:
            self.stage.world.put(person, bot.config.account, bubble)
        if bot.behaviour.echoes:
            bot.mail.put("newMessage", self._own(bot, person, bubble))

    def _keep(self, bot: Bot, data: bytes, media_type: str, filename: str) -> str:
        """Keeps an upload; its id."""
        picture = "vk" + hashlib.sha256(data).hexdigest()[:24]
        self.stage.pictures[picture] = (media_type, data)
        return self._named(bot, picture, filename)

    def _named(self, bot: Bot, picture: str, filename: str) -> str:
        """A file's id; its first character tells the kind."""
        kind = self.stage.pictures[picture][0].partition("/")[0]
        kind = kind if kind in KINDS_OF_FILES else ""
        digest = hashlib.sha256(f"{bot.config.account}/{picture}/{filename}".encode()).hexdigest()
        file_id = KINDS_OF_FILES.get(kind, "Z") + digest[:32]
        bot.files[file_id] = File(picture, kind, filename)
        return file_id

    async def _answer_callback(self, bot: Bot, parameters: Parameters) -> web.Response:
        answer = wire.read(parameters, wire.AnswerCallback)
        person = bot.queries.pop(answer.query_id, None)
        if person is None:
            raise bad("queryId")
        if answer.text:
            toast = {"type": "toast", "phone": person.id, "account": bot.config.account, "text": answer.text}
            self.stage.world.tell(toast)
        return _ok()

    async def _edit(self, bot: Bot, parameters: Parameters) -> web.Response:
        edit = wire.read(parameters, wire.EditText)
        person, _, bubble = self._sent(bot, edit.chat_id, edit.msg_id[-1])
        bubble.text, bubble.keys = edit.words(edit.text), edit.keys()
        self.stage.world.changed(person, bot.config.account, bubble)
        return _ok()

    async def _delete(self, bot: Bot, parameters: Parameters) -> web.Response:
        wanted = wire.read(parameters, wire.DeleteMessages)
        for message in wanted.msg_id:
            person, _, bubble = self._sent(bot, wanted.chat_id, message)
            bubble.kind, bubble.text, bubble.picture, bubble.keys = "deleted", "", "", []
            self.stage.world.changed(person, bot.config.account, bubble)
        return _ok()

    def _sent(self, bot: Bot, chat_id: str, message: str) -> tuple[Person, Chat, Bubble]:
        """A message of the bot that is there; raises Refused."""
        person = self.stage.world.person(self.name, chat_id)
        chat = person.chats.get(bot.config.account) if person else None
        if person is None or chat is None:
            raise Refused(404, NO_CHAT)
        bubble = chat.find(message)
        if bubble is None or bubble.side != "business":
            raise bad("msgId")
        return person, chat, bubble

    async def _actions(self, bot: Bot, parameters: Parameters) -> web.Response:
        wire.read(parameters, wire.Actions)
        return _ok()

    async def _chat_info(self, bot: Bot, parameters: Parameters) -> web.Response:
        person = self.stage.world.person(self.name, wire.read(parameters, wire.ChatInfo).chat_id)
        if person is None or bot.config.account not in person.chats:
            raise Refused(404, NO_CHAT)
        return _ok(type="private", **_names(person), language=person.language, isBot=False)

    async def _file_info(self, bot: Bot, parameters: Parameters) -> web.Response:
        file_id = wire.read(parameters, wire.FileInfo).file_id
        file = bot.files.get(file_id)
        if file is None or file.picture not in self.stage.pictures:
            raise bad("fileId")
        size = len(self.stage.pictures[file.picture][1])
        return _ok(type=file.type, size=size, filename=file.filename, url=self._url(file_id))

    def _url(self, file_id: str) -> str:
        return f"{self.stage.urls[self.name]}/files/get/{file_id}"

    async def _file(self, request: web.Request) -> web.Response:
        """A file's bytes; whoever has the address gets them."""
        for bot in self.bots.values():
            file = bot.files.get(request.match_info["file"])
            if file is not None and file.picture in self.stage.pictures:
                media_type, data = self.stage.pictures[file.picture]
                return web.Response(body=data, content_type=media_type)
        return web.Response(status=404)

    # What people do with their phones.

    def canonical(self, user: str) -> str:
        if not MAIL.fullmatch(user.strip()) and not (self.name in HOSTS and UIN.fullmatch(user.strip())):
            what = "a number or a mail address" if self.name in HOSTS else "a mail address"
            raise Impossible("bad_user", f"a user is {what} here")
        return user.strip()

    def crowd_user(self, number: int) -> str:
        return str(CROWD_FIRST + number) if self.name in HOSTS else f"person{number}@example.com"

    def link(self, link: str) -> Link | None:
        """``https://icq.im/<nick>?start=…`` or ``https://<any host>/profile/<nick>?start=…``."""
        parts = urlsplit(link.strip())
        host = HOSTS.get(self.name)
        pattern = r"/([^/]+)/?" if host else r"/profile/([^/]+)/?"
        found = re.fullmatch(pattern, parts.path)
        if parts.scheme not in ("http", "https") or found is None or (host and parts.netloc.lower() != host):
            return None
        for name, bot in self.bots.items():
            if bot.config.nick.lower() == unquote(found[1]).lower():
                return Link(name, _start(parts.query))
        if host or parts.netloc.lower().endswith(HOST):
            raise Impossible("unknown_account", "no bot of the sandbox belongs to this link")
        return None

    def enter(self, person: Person, account: str, text: str) -> Said:
        """The app shows Start in an empty chat only; elsewhere it drops the link's code."""
        chat = person.chat(account)
        if chat.bubbles:
            self.stage.world.changed(person, account)
            return Said(None, None)
        return self.say(person, account, f"/start {text}".strip())

    def say(self, person: Person, account: str, text: str) -> Said:
        return self._write(person, account, arrived("person", "", text=text), {"text": text})

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        """A picture is a part of the message; its text is the file's address."""
        ending = self.stage.pictures[picture][0].rpartition("/")[2]
        file_id = self._named(self.bots[account], picture, f"{picture}.{ending}")
        part = {"fileId": file_id, "type": "image", **({"caption": caption} if caption else {})}
        content = {"text": self._url(file_id), "parts": [{"type": "file", "payload": part}]}
        bubble = arrived("person", "", kind="image", text=caption, picture=picture)
        return self._write(person, account, bubble, content)

    def _write(self, person: Person, account: str, bubble: Bubble, content: dict[str, Any]) -> Said:
        bot = self.bots[account]
        bubble.id = self._message_id()
        payload = {**_message(person, person, bubble), **content}
        return self.wrote(person, account, bubble, lambda: bot.mail.put("newMessage", payload))

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        bot, chat = self.bots[account], self.open_chat(person, account)
        chat.wrote_ms = now_ms()
        query_id = f"SVR:{person.user}:{bot.config.bot_user}:{time.time_ns()}"
        bot.queries[query_id] = person
        while len(bot.queries) > QUERIES_KEPT:
            del bot.queries[next(iter(bot.queries))]
        message: dict[str, Any] = self._own(bot, person, bubble)
        if random.random() < 0.5:
            # Both forms are seen in the official clients.
            message = {"eventId": next(bot.mail.numbers), "type": "newMessage", "payload": message}
        payload = {
            "queryId": query_id,
            "callbackData": key.payload,
            "chat": _private(person),
            "from": _names(person) | {"userId": person.user},
            "message": message,
        }
        return Said(None, bot.mail.put("callbackQuery", payload))

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """Only the phone knows: no event tells the bot, and its messages are taken as before."""
        chat = person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person never started the bot")
        chat.blocked = blocked
        self.stage.world.changed(person, account)
        return Said(None, None)

    def _own(self, bot: Bot, person: Person, bubble: Bubble) -> dict[str, Any]:
        """A message of the bot as an event tells it."""
        sender = {"userId": bot.config.bot_user, "firstName": bot.config.title, "nick": bot.config.nick}
        told = {**_message(person, person, bubble), "from": sender, "text": bubble.text}
        if bubble.keys:
            rows = [[{"text": key.label, "callbackData": key.payload} for key in bubble.keys if not key.url]]
            told["parts"] = [{"type": "inlineKeyboardMarkup", "payload": rows}]
        return told

    def _message_id(self) -> str:
        return str(next(self.numbers))

    def reset(self) -> None:
        super().reset()
        for bot in self.bots.values():
            bot.mail.forget()
            bot.queries.clear()

    def saved(self) -> list[dict[str, Any]]:
        return [
            {
                "account": name,
                "events": [[event.type, event.payload] for event in bot.mail.events],
                "files": {key: [one.picture, one.type, one.filename] for key, one in bot.files.items()},
            }
            for name, bot in self.bots.items()
        ]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        """Events get new ids, which are greater than all that were told before."""
        for one in saved:
            bot = self.bots.get(one["account"])
            if bot is not None:
                bot.files = {key: File(*values) for key, values in one["files"].items()}
                for kind, payload in one["events"]:
                    bot.mail.put(kind, payload)


def _parameters(request: web.Request) -> dict[str, list[str]]:
    return {name: request.query.getall(name) for name in request.query}


async def _upload(request: web.Request) -> tuple[bytes, str, str] | None:
    """Bytes, media type and name of the multipart field ``file``."""
    file = (await request.post()).get("file")
    if not isinstance(file, web.FileField):
        return None
    return file.file.read(), file.content_type, file.filename


def _start(query: str) -> str:
    """The code of a link; a plus sign stays one."""
    pairs = (part.partition("=") for part in query.split("&"))
    return next((unquote(value) for name, _, value in pairs if name == "start"), "")


def _ok(**told: Any) -> web.Response:
    return web.json_response({"ok": True, **told})


def _private(person: Person) -> dict[str, str]:
    return {"chatId": person.user, "type": "private"}


def _names(person: Person) -> dict[str, str]:
    first, _, last = person.name.partition(" ")
    return {"firstName": first or person.user, **({"lastName": last} if last else {})}


def _message(chat: Person, sender: Person, bubble: Bubble) -> dict[str, Any]:
    return {
        "msgId": bubble.id,
        "chat": _private(chat),
        "from": {"userId": sender.user, **_names(sender)},
        "timestamp": bubble.at_ms // 1000,
    }
