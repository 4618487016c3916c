"""The Bot API's side of Telegram: takes a bot's calls, and lets people's phones live."""

import asyncio
import hashlib
import ipaddress
import itertools
import json
import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox.behaviour import Behaviour
from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values, give
from sandbox.hooks import Hook
from sandbox.telegram import media
from sandbox.telegram import requests as wire
from sandbox.telegram.config import TelegramAccount
from sandbox.telegram.errors import Refused, bad, flood, ordered
from sandbox.telegram.voice import silence
from sandbox.throttle import Throttle
from sandbox.times import now_ms
from sandbox.world import Bubble, Chat, Key, Person, arrived

NAME = "telegram"
BODY_LIMIT = 60 * 2**20
CHAT_BURST = 20
CHATS_KEPT = 20_000
FLOOD_SECONDS = 1
CALLBACK_SECONDS = 150
TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
START = re.compile(r"[A-Za-z0-9_-]{0,64}")
VOICE_SECONDS = 60
HERE = {"latitude": 52.5351, "longitude": 13.4103}


@dataclass(slots=True)
class Bot:
    """A bot at work. ``files`` are what the file ids it was given stand for, ``paths`` where it may fetch
    pictures of the stage; ``commands`` are by scope and language; ``allowed`` are the updates it wants
    (() for all)."""

    config: TelegramAccount
    behaviour: Behaviour
    secret: str
    updates: "itertools.count[int]"
    allowed: tuple[str, ...] = ()
    chats: dict[str, Throttle] = field(default_factory=dict)
    flood_until: float = 0
    files: dict[str, media.Kept] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    callbacks: dict[str, tuple[float, Person]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    connections: int = 40

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": int(self.config.bot_token.partition(":")[0]),
            "is_bot": True,
            "first_name": self.config.title or self.config.username,
            "username": self.config.username,
        }


class Telegram(Fake):
    """The fake Bot API for all configured bots."""

    def __init__(self, accounts: tuple[TelegramAccount, ...], stage: Stage) -> None:
        super().__init__(NAME, accounts, stage)
        # Greater after every restart, and unlike the ids of the other bots.
        first = int(time.time())
        self.bots = {
            one.account: Bot(one, self.behaviours[one.account], one.secret_token, itertools.count(first))
            for one in accounts
        }
        self._methods: dict[str, Callable[[Bot, dict[str, Any]], Any]] = {
            "getme": self._get_me,
            "answercallbackquery": self._answer_callback,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "setmycommands": self._set_commands,
            "getmycommands": lambda bot, parameters: bot.commands.get(_audience(parameters), []),
            "deletemycommands": self._delete_commands,
            "getfile": self._get_file,
        }

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self._call)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.+}", self._file)
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        return app

    # The API that a bot calls.

    async def _nothing(self, _: web.Request) -> web.Response:
        return Refused(404, "Not Found").answer()

    async def _call(self, request: web.Request) -> web.Response:
        at_ms = now_ms()
        method = request.match_info["method"].lower()
        # An upload is read part by part; its hash in the oracle is that of nothing.
        body = b"" if request.content_type.startswith("multipart/") else await request.read()
        try:
            bot = self._bot(request.match_info["token"])
        except Refused as refused:
            self._strange_send(method, body, at_ms, refused)
            return refused.answer()
        parameters = await self._parameters(request, body)
        if method in wire.SENDS:
            return await self._send(request, bot, method, parameters, body, at_ms)
        try:
            if method not in self._methods:
                raise Refused(404, "Not Found: method not found")
            return _ok(self._methods[method](bot, parameters))
        except Refused as refused:
            return refused.answer()

    def _strange_send(self, method: str, body: bytes, at_ms: int, refused: Refused) -> None:
        if method in wire.SENDS:
            oracle = self.stage.oracle
            facts = {"messenger": NAME, "account": "", "accepted": False, "code": refused.code}
            oracle.replied(oracle.decided(body, at_ms=at_ms, **facts), now_ms())

    def _bot(self, token: str) -> Bot:
        if not TOKEN.fullmatch(token):
            raise Refused(404, "Not Found")
        for bot in self.bots.values():
            if secrets.compare_digest(bot.config.bot_token, token):
                return bot
        raise Refused(401, "Unauthorized")

    async def _parameters(self, request: web.Request, body: bytes) -> dict[str, Any]:
        """Query, form, multipart or JSON, as the Bot API takes them; uploads become pictures of the stage."""
        parameters: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            try:
                given = json.loads(body) if body else {}
            except ValueError:
                given = {}
            return parameters | given if isinstance(given, dict) else parameters
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                parameters[name] = media.UPLOAD + self._keep(value.file.read(), value.content_type)
            else:
                parameters[name] = value if isinstance(value, str) else value.decode(errors="replace")
        return parameters

    def _keep(self, data: bytes, media_type: str) -> str:
        picture = "file" + hashlib.sha256(data).hexdigest()[:24]
        self.stage.pictures[picture] = (media_type, data)
        return picture

    async def _send(
        self, request: web.Request, bot: Bot, method: str, parameters: dict[str, Any], body: bytes, at_ms: int
    ) -> web.Response:
        facts: dict[str, Any] = {"user": str(parameters.get("chat_id", ""))}
        try:
            send = wire.read(method, parameters)
            facts |= {"user": send.user, "kind": send.kind, "text": send.text}
            messages = self._accept(bot, send)
            answer = _ok(messages if send.album else messages[0])
            facts |= {"accepted": True, "message_id": str(messages[0]["message_id"])}
            facts["lost"] = bot.behaviour.loses_answer()
        except Refused as refused:
            answer, facts = refused.answer(), facts | {"accepted": False, "code": refused.code}
        account = bot.config.account
        entry = self.stage.oracle.decided(body, messenger=NAME, account=account, at_ms=at_ms, **facts)
        return await give(request, answer, bot.behaviour, self.stage.oracle, entry)

    def _accept(self, bot: Bot, send: wire.Send) -> list[dict[str, Any]]:
        """Takes a valid send or raises Refused; nothing here waits, so the order is the oracle's."""
        refusal = bot.behaviour.refusal()
        if refusal is not None:
            raise ordered(refusal.code, refusal.word, refusal.retry_after, send.user)
        person = self.stage.world.person(NAME, send.user)
        chat = person.chats.get(bot.config.account) if person else None
        if person is None or chat is None or not chat.started:
            raise bad("chat not found")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        sources = self._sources(bot, send)
        self._pace(bot, person)
        bubbles = [
            self._arrive(bot, person, chat, send, *one) for one in zip(send.pieces, sources, strict=True)
        ]
        more: dict[str, Any] = {"media_group_id": str(secrets.randbits(53))} if send.album else {}
        if send.markup is not None:
            more["reply_markup"] = send.markup
        return [{**self._message(bot, person, bubble), **more} for bubble in bubbles]

    def _arrive(
        self, bot: Bot, person: Person, chat: Chat, send: wire.Send, piece: wire.Piece, source: str
    ) -> Bubble:
        chat.counter += 1
        bubble = arrived(
            "business",
            str(chat.counter),
            kind=piece.kind,
            text=piece.text,
            picture=source,
            keys=list(send.keys),
        )
        return self.stage.world.put(person, bot.config.account, bubble)

    def _sources(self, bot: Bot, send: wire.Send) -> list[str]:
        """What the phone shows for each piece: an address, or the id of a picture of the stage, or ""."""
        sources = []
        for place, piece in enumerate(send.pieces, start=1):
            try:
                sources.append(self._source(bot, piece) if piece.file else "")
            except Refused as refused:
                raise media.in_album(place, refused) if send.album else refused from None
        return sources

    def _source(self, bot: Bot, piece: wire.Piece) -> str:
        if media.ADDRESS.match(piece.file):
            return media.fetched(piece.word, piece.file)
        upload = piece.file.removeprefix(media.UPLOAD)
        if upload != piece.file and upload in self.stage.pictures:
            media.uploaded(piece.word, *self.stage.pictures[upload])
            return upload
        if piece.file in bot.files:
            return media.reused(piece.word, bot.files[piece.file])
        raise bad("wrong file identifier/HTTP URL specified")

    def _pace(self, bot: Bot, person: Person) -> None:
        now = time.monotonic()
        if now < bot.flood_until:
            raise flood(math.ceil(bot.flood_until - now))
        if not self.throttles[bot.config.account].take():
            bot.flood_until = now + FLOOD_SECONDS
            raise flood(FLOOD_SECONDS)
        chat = bot.chats.setdefault(person.user, Throttle(bot.config.chat_rate, CHAT_BURST))
        if len(bot.chats) > CHATS_KEPT:
            bot.chats = {user: one for user, one in bot.chats.items() if not one.full}
        if not chat.take():
            raise flood(math.ceil(1 / bot.config.chat_rate))

    def _message(self, bot: Bot, person: Person, bubble: Bubble) -> dict[str, Any]:
        """The Message object of something the bot sent."""
        return {
            "message_id": int(bubble.id),
            "from": bot.user,
            "chat": {"id": int(person.user), **_names(person), "type": "private"},
            "date": bubble.at_ms // 1000,
            **self._content(bot, bubble),
        }

    def _content(self, bot: Bot, bubble: Bubble) -> dict[str, Any]:
        word = media.WORDS.get(bubble.kind, "")
        if word:
            file = self._given(bot, media.Kept(word, bubble.picture))
            caption = {"caption": bubble.text} if bubble.text else {}
            return {word: [file] if word == "photo" else file, **caption}
        if bubble.kind == "location":
            latitude, _, longitude = bubble.text.partition(", ")
            return {"location": {"latitude": float(latitude), "longitude": float(longitude)}}
        return {"text": bubble.text}

    def _given(self, bot: Bot, kept: media.Kept) -> dict[str, Any]:
        """The file as the bot is told of it; the bot knows its id from now on."""
        account = bot.config.account
        bot.files[media.file_id(account, kept)] = kept
        return media.told(account, kept, *self._facts(kept))

    def _facts(self, kept: media.Kept) -> tuple[str, int]:
        """A file's media type, and its size in bytes, which is made up where the file lies elsewhere."""
        if kept.source in self.stage.pictures:
            media_type, data = self.stage.pictures[kept.source]
            return media_type, len(data)
        return media.guessed(kept.source), 65_536

    def _get_me(self, bot: Bot, _: dict[str, Any]) -> dict[str, Any]:
        more = {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        return {**bot.user, **more}

    def _answer_callback(self, bot: Bot, parameters: dict[str, Any]) -> bool:
        until, person = bot.callbacks.pop(str(parameters.get("callback_query_id", "")), (0.0, None))
        if person is None or until < time.monotonic():
            raise bad("query is too old and response timeout expired or query ID is invalid")
        text = str(parameters.get("text") or "")
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if text:
            event = {"type": "toast", "phone": person.id, "account": bot.config.account, "text": text}
            self.stage.world.tell(event)
        return True

    def _set_webhook(self, bot: Bot, parameters: dict[str, Any]) -> bool:
        url, secret = str(parameters.get("url") or ""), str(parameters.get("secret_token") or "")
        if not url:
            return self._delete_webhook(bot, parameters)
        parts = urlsplit(url)
        if parts.scheme != "https" and not _loopback(parts.hostname or ""):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not SECRET.fullmatch(secret):
            raise bad("bad webhook: secret token contains unallowed characters")
        allowed = bot.allowed
        if "allowed_updates" in parameters:
            allowed = tuple(map(str, wire.listed(parameters["allowed_updates"] or [], "allowed_updates")))
        connections = str(parameters.get("max_connections") or bot.connections)
        if not connections.isdecimal() or not 1 <= int(connections) <= 100:
            raise bad("bad webhook: max_connections must be from 1 to 100")
        self.stage.addresses[NAME, bot.config.account] = url
        bot.secret, bot.allowed, bot.connections = secret, allowed, int(connections)
        return True

    def _delete_webhook(self, bot: Bot, _: dict[str, Any]) -> bool:
        self.stage.addresses[NAME, bot.config.account] = ""
        bot.secret, bot.allowed = "", ()
        return True

    def _webhook_info(self, bot: Bot, _: dict[str, Any]) -> dict[str, Any]:
        account = bot.config.account
        told: dict[str, Any] = {
            "url": self.stage.address(NAME, account),
            "has_custom_certificate": False,
            "pending_update_count": self.stage.hooks.pending(NAME, account),
            "max_connections": bot.connections,
        }
        error = self.stage.hooks.last_error(NAME, account)
        if error is not None:
            told |= {"last_error_date": error[0], "last_error_message": error[1]}
        if bot.allowed:
            told["allowed_updates"] = list(bot.allowed)
        return told

    def _set_commands(self, bot: Bot, parameters: dict[str, Any]) -> bool:
        bot.commands[_audience(parameters)] = wire.commands(parameters)
        return True

    def _delete_commands(self, bot: Bot, parameters: dict[str, Any]) -> bool:
        bot.commands.pop(_audience(parameters), None)
        return True

    def _get_file(self, bot: Bot, parameters: dict[str, Any]) -> dict[str, Any]:
        kept = bot.files.get(str(parameters.get("file_id", "")))
        if kept is None:
            raise bad("invalid file_id")
        media_type, size = self._facts(kept)
        if size > media.DOWNLOAD_LIMIT:
            raise bad("file is too big")
        path = media.path(bot.config.account, kept, media_type)
        bot.paths[path] = kept.source
        names = ("file_id", "file_unique_id", "file_size")
        given = self._given(bot, kept)
        return {**{name: given[name] for name in names}, "file_path": path}

    async def _file(self, request: web.Request) -> web.Response:
        try:
            bot = self._bot(request.match_info["token"])
        except Refused as refused:
            return refused.answer()
        picture = bot.paths.get(request.match_info["path"], "")
        if picture not in self.stage.pictures:
            return Refused(404, "Not Found").answer()
        media_type, data = self.stage.pictures[picture]
        return web.Response(body=data, content_type=media_type)

    # What people do with their phones.

    def canonical(self, user: str) -> str:
        if not re.fullmatch(r"[1-9]\d{3,15}", user.strip()):
            raise Impossible("bad_user", "a Telegram user is a number of 4 to 16 digits")
        return user.strip()

    def crowd(self, account: str, person: Person) -> None:
        """This person has started the bot, without anybody being told."""
        person.chat(account).started = True

    def link(self, link: str) -> Link | None:
        parts = urlsplit(link.strip())
        query = parse_qs(parts.query)
        if parts.scheme in ("http", "https") and parts.netloc.lower() in ("t.me", "telegram.me"):
            username = parts.path.strip("/")
        elif parts.scheme == "tg" and parts.netloc == "resolve":
            username = query.get("domain", [""])[0]
        else:
            return None
        code = query.get("start", [""])[0]
        if not START.fullmatch(code):
            raise Impossible("bad_code", "a start code is at most 64 of A-Z a-z 0-9 _ -")
        for name, bot in self.bots.items():
            if bot.config.username.lower() == username.lower():
                return Link(name, f"/start {code}".strip())
        raise Impossible("unknown_account", "no bot of the sandbox belongs to this link")

    def start(self, person: Person, account: str) -> Said:
        return self.enter(person, account, "/start")

    def enter(self, person: Person, account: str, text: str) -> Said:
        """Pressing Start unblocks the bot first, as Telegram's apps do."""
        if person.chat(account).blocked:
            self.block(person, account, blocked=False)
        return self.say(person, account, text)

    def say(self, person: Person, account: str, text: str) -> Said:
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._write(person, account, arrived("person", "", text=text), content)

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        bubble = arrived("person", "", kind="image", text=caption, picture=picture)
        return self._write(person, account, bubble, self._content(self.bots[account], bubble))

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        """``voice`` (``seconds`` of silence) and ``location`` (``latitude``, ``longitude``)."""
        if deed == "voice":
            seconds = min(max(1, int(values.get("seconds", 2))), VOICE_SECONDS)
            own = arrived("person", "", kind="voice", picture=self._keep(silence(seconds), "audio/ogg"))
            content = self._content(self.bots[account], own)
            content["voice"]["duration"] = seconds
            return self._write(person, account, own, content)
        latitude, longitude = (float(values.get(name, usual)) for name, usual in HERE.items())
        own = arrived("person", "", kind="location", text=f"{latitude}, {longitude}")
        return self._write(person, account, own, self._content(self.bots[account], own))

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        if key.kind == "text":
            return self.say(person, account, key.label)
        bot, chat = self.bots[account], self.open_chat(person, account)
        query_id = str(secrets.randbelow(10**18))
        bot.callbacks[query_id] = (time.monotonic() + CALLBACK_SECONDS, person)
        chat.wrote_ms = now_ms()
        query = {
            "id": query_id,
            "from": _user(person),
            "message": self._message(bot, person, bubble),
            "chat_instance": str(int(hashlib.sha256(person.id.encode()).hexdigest()[:15], 16)),
            "data": key.payload,
        }
        return Said(None, self._post(bot, person, "callback_query", query, query_id))

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        bot, chat = self.bots[account], person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person never started the bot")
        if chat.blocked == blocked:
            return Said(None, None)
        chat.blocked = blocked
        self.stage.world.changed(person, account)
        states = [
            {"status": "member", "user": bot.user},
            {"status": "kicked", "user": bot.user, "until_date": 0},
        ]
        before, after = states if blocked else reversed(states)
        member = {
            "chat": {"id": int(person.user), **_names(person), "type": "private"},
            "from": _user(person),
            "date": now_ms() // 1000,
            "old_chat_member": before,
            "new_chat_member": after,
        }
        return Said(None, self._post(bot, person, "my_chat_member", member, ""))

    def _write(self, person: Person, account: str, bubble: Bubble, content: dict[str, Any]) -> Said:
        bot, chat = self.bots[account], self.open_chat(person, account)
        chat.counter += 1
        bubble.id = str(chat.counter)
        message = {
            "message_id": chat.counter,
            "from": _user(person),
            "chat": {"id": int(person.user), **_names(person), "type": "private"},
            "date": bubble.at_ms // 1000,
            **content,
        }
        post = partial(self._post, bot, person, "message", message, bubble.id)
        return self.wrote(person, account, bubble, post)

    def _post(self, bot: Bot, person: Person, kind: str, content: dict[str, Any], message_id: str) -> Any:
        account, behaviour = bot.config.account, bot.behaviour
        if bot.allowed and kind not in bot.allowed:
            unwanted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            unwanted.set_result(False)
            return unwanted
        lane = f"{NAME}/{account}/{person.user}"
        body = json.dumps({"update_id": next(bot.updates), kind: content}, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if bot.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.secret
        return self.post(
            Hook(
                messenger=NAME,
                account=account,
                body=body,
                headers=headers,
                kinds=(kind,),
                ids=(message_id,) if message_id else (),
                user=person.user,
                # Telegram keeps a queue per chat and kind; the order between kinds is not assured.
                lane=f"{lane}/{kind}" if behaviour.reorder_events else lane,
                any_2xx=True,
            )
        )

    def reset(self) -> None:
        super().reset()
        for bot in self.bots.values():
            bot.chats.clear()
            bot.callbacks.clear()
            bot.files.clear()
            bot.paths.clear()
            bot.flood_until = 0


def _audience(parameters: dict[str, Any]) -> tuple[str, str]:
    """For whom commands are: the scope and the language, "" for everybody and for all others."""
    return str(parameters.get("scope") or ""), str(parameters.get("language_code") or "")


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _names(person: Person) -> dict[str, str]:
    first, _, last = person.name.partition(" ")
    return {"first_name": first or person.user, **({"last_name": last} if last else {})}


def _user(person: Person) -> dict[str, Any]:
    return {"id": int(person.user), "is_bot": False, **_names(person), "language_code": person.language}


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
