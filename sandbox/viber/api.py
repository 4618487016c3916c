"""The bot API: what a bot may call, and what Viber answers."""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp import web
from pydantic import TypeAdapter

from sandbox.fake import Stage, give
from sandbox.oracle import Entry
from sandbox.throttle import Throttle
from sandbox.times import now_ms
from sandbox.viber import requests as wire
from sandbox.viber.config import ViberAccount, ViberBehaviour
from sandbox.viber.errors import WORDS, Refused, bad, missing, ok, ordered
from sandbox.viber.webhooks import ALWAYS, TYPES, Receipts, ping, signed, tokens
from sandbox.world import Chat, Person, arrived

BODY_LIMIT = 2**20
HOUR = 3600.0
DAY_MS = 24 * 3600 * 1000
DETAILS_SECONDS = 12 * HOUR
DETAILS_CALLS = 2
SECONDS_AT_ONCE = 10
PLACEHOLDER = "replace_me_with_"
HOST_NAME = "SN-SANDBOX-01_"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Bot:
    """A bot at work; ``types``: the events it asked for, None for all."""

    def __init__(self, config: ViberAccount, behaviour: ViberBehaviour, receipts: Receipts) -> None:
        self.config = config
        self.behaviour = behaviour
        self.receipts = receipts
        self.types: frozenset[str] | None = None
        self.send_name = False
        self.hourly: dict[str, list[float]] = {}
        self.asked: dict[str, list[float]] = {}
        self.throttle = self.paced()

    def paced(self) -> Throttle:
        return Throttle(self.behaviour.rate, SECONDS_AT_ONCE * self.behaviour.rate)

    def wants(self, kind: str) -> bool:
        return self.types is None or kind in self.types or kind in ALWAYS

    def spend(self, user: str) -> None:
        """Counts a message to a person who says nothing; raises Refused beyond the hour's number."""
        now = time.monotonic()
        sent = [one for one in self.hourly.get(user, ()) if one > now - HOUR]
        if len(sent) >= self.behaviour.hourly:
            raise Refused(12)
        self.hourly[user] = [*sent, now]

    def forget(self) -> None:
        self.hourly.clear()
        self.asked.clear()
        self.receipts.forget()
        self.throttle = self.paced()


class Api:
    """The API of all bots of the sandbox."""

    def __init__(self, name: str, bots: dict[str, Bot], stage: Stage) -> None:
        self.name = name
        self.bots = bots
        self.stage = stage
        self._calls = {
            "set_webhook": self._set_webhook,
            "get_account_info": self._info,
            "get_user_details": self._details,
            "get_online": self._online,
        }

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post("/pa/send_message", self._send)
        app.router.add_post("/pa/broadcast_message", self._send)
        app.router.add_post("/pa/{call}", self._call)
        app.router.add_get("/dl/{picture}", self._file)
        return app

    def _bot(self, request: web.Request, body: bytes) -> Bot:
        token = request.headers.get("X-Viber-Auth-Token", "") or _token_within(body)
        if not token:
            raise Refused(2, "missing_auth_token")
        for bot in self.bots.values():
            if secrets.compare_digest(bot.config.auth_token.encode(), token.encode()):
                return bot
        raise Refused(2)

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            bot = self._bot(request, body)
            call = self._calls.get(request.match_info["call"])
            return await call(bot, body) if call else web.Response(status=404)
        except Refused as refused:
            return refused.answer()

    # Sends.

    async def _send(self, request: web.Request) -> web.Response:
        at_ms, body = now_ms(), await request.read()
        several = request.path.endswith("broadcast_message")
        facts: dict[str, Any] = {"messenger": self.name, "account": "", "at_ms": at_ms}
        bot: Bot | None = None
        users: list[str] = [""]
        failed: dict[str, int] = {}
        try:
            bot = self._bot(request, body)
            facts["account"] = bot.config.account
            message = wire.read(body)
            users = _receivers(message, several=several)
            kind, text, _ = wire.shown(message)
            facts |= {"kind": kind, "text": text, "delivery": message.tracking_data}
            token, failed, billing = self._accept(bot, message, users, several=several)
            told: dict[str, Any] = {"message_token": token, "chat_hostname": HOST_NAME}
            if several:
                told["failed_list"] = [
                    {"receiver": user, "status": status, "status_message": WORDS[status]}
                    for user, status in failed.items()
                ]
            answer = ok(**told, billing_status=billing)
            facts |= {"accepted": True, "message_id": str(token), "lost": bot.behaviour.loses_answer()}
        except Refused as refused:
            answer = refused.answer()
            facts |= {"accepted": False, "code": refused.http if refused.http != 200 else refused.status}
        entries = self._decided(body, facts, users, failed)
        if bot is None:
            self.stage.oracle.replied(entries[0], now_ms())
            return answer
        return await give(request, answer, bot.behaviour, self.stage.oracle, entries)

    def _decided(
        self, body: bytes, facts: dict[str, Any], users: list[str], failed: dict[str, int]
    ) -> list[Entry]:
        """An entry of the oracle for each receiver; those of ``failed_list`` were refused."""
        entries: list[Entry] = []
        for user in users:
            more: dict[str, Any] = {"call": entries[0]["n"]} if entries else {}
            if user in failed:
                more |= {"accepted": False, "code": failed[user]}
            entries.append(self.stage.oracle.decided(body, **(facts | more), user=user))
        return entries

    def _accept(
        self, bot: Bot, message: wire.Message, users: list[str], *, several: bool
    ) -> tuple[int, dict[str, int], int]:
        """Takes a valid send or raises Refused: token, who failed with which status, billing status."""
        if not self.stage.address(self.name, bot.config.account):
            raise Refused(10)
        refusal = bot.behaviour.refusal()
        if refusal is not None:
            raise ordered(refusal.code, refusal.status)
        if not bot.throttle.take():
            raise Refused(12, http=429)
        if several and not bot.behaviour.broadcasts:
            raise Refused(20)
        token = next(tokens)
        failed: dict[str, int] = {}
        billing = 0
        for user in users:
            try:
                billing = max(billing, self._deliver(bot, message, user, token))
            except Refused as refused:
                if not several:
                    raise
                failed[user] = refused.status
        return token, failed, billing

    def _deliver(self, bot: Bot, message: wire.Message, user: str, token: int) -> int:
        """Shows a message on a phone, unless it comes back as failed; the billing status."""
        person = self.stage.world.person(self.name, user)
        if person is None:
            raise Refused(5)
        chat = person.chats.get(bot.config.account)
        if chat is None or not chat.started or chat.blocked:
            raise Refused(6)
        bot.spend(user)
        if not bot.behaviour.late_refusals:
            self.show(bot, person, message, token)
        bot.receipts.sent(user, token)
        return 1 if chat.wrote_ms > now_ms() - DAY_MS else 5

    def show(self, bot: Bot, person: Person, message: wire.Message, token: int) -> None:
        """Puts a message into a chat; its tracking data comes back with the person's next word."""
        personal = _personal(message, person)
        kind, text, picture = wire.shown(personal)
        bubble = arrived(
            "business", str(token), kind=kind, text=text, picture=picture, keys=wire.keys(personal)
        )
        chat: Chat = person.chat(bot.config.account)
        chat.notes["tracking"] = personal.tracking_data
        self.stage.world.put(person, bot.config.account, bubble)

    # The other calls.

    async def _set_webhook(self, bot: Bot, body: bytes) -> web.Response:
        """Sets the address after a test call to it; an empty one ends the bot's chats."""
        wanted = wire.checked(body, TypeAdapter(wire.SetWebhook))
        place = (self.name, bot.config.account)
        if not wanted.url:
            self.stage.addresses[place] = ""
            return ok(event_types=[])
        unknown = set(wanted.event_types or ()) - TYPES
        if unknown:
            raise bad(f"event_types: {', '.join(sorted(unknown))}")
        _reachable(wanted.url)
        await self._ping(bot, wanted.url)
        self.stage.addresses[place] = wanted.url
        bot.types = None if wanted.event_types is None else frozenset(wanted.event_types)
        bot.send_name = wanted.send_name
        types = sorted(TYPES if bot.types is None else bot.types | ALWAYS)
        return ok(chat_hostname=HOST_NAME, event_types=types)

    async def _ping(self, bot: Bot, url: str) -> None:
        body, headers, signature = signed(bot.config, ping())
        try:
            async with self.stage.hooks.session.post(
                url,
                data=body,
                headers=headers,
                params={"sig": signature},
                timeout=aiohttp.ClientTimeout(total=bot.config.webhook_seconds),
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise Refused(1, "Result [requestUrl=..., hasError=true, timeout=true]") from None
        if status != 200:
            raise Refused(1, f"Result [requestUrl=..., hasError=true, statusCode={status}]")

    async def _info(self, bot: Bot, _: bytes) -> web.Response:
        account = bot.config.account
        people = (one for one in self.stage.world.people.values() if one.messenger == self.name)
        chats = [person.chats.get(account) for person in people]
        return ok(
            id=f"pa:{int(bot.config.auth_token[:15], 16)}",
            chat_hostname=HOST_NAME,
            name=bot.config.title or bot.config.uri,
            uri=bot.config.uri,
            icon="",
            category="Food",
            subcategory="Cafe",
            webhook=self.stage.address(self.name, account),
            event_types=sorted(TYPES if bot.types is None else bot.types | ALWAYS),
            members=[],
            subscribers_count=sum(bool(chat and chat.started and not chat.blocked) for chat in chats),
        )

    async def _details(self, bot: Bot, body: bytes) -> web.Response:
        user = wire.checked(body, TypeAdapter(wire.Details)).id
        person = self.stage.world.person(self.name, user)
        if person is None:
            raise Refused(5)
        now = time.monotonic()
        asked = [one for one in bot.asked.get(user, ()) if one > now - DETAILS_SECONDS]
        if len(asked) >= DETAILS_CALLS:
            raise Refused(12)
        bot.asked[user] = [*asked, now]
        told = {
            "id": user,
            "name": person.name,
            "language": person.language,
            "country": "DE",
            "api_version": 10,
        }
        return ok(message_token=next(tokens), user=told)

    async def _online(self, bot: Bot, body: bytes) -> web.Response:
        told = []
        for user in wire.checked(body, TypeAdapter(wire.Online)).ids:
            person = self.stage.world.person(self.name, user)
            chat = person.chats.get(bot.config.account) if person else None
            reachable = chat is not None and chat.started and not chat.blocked
            status, words = (0, "online") if reachable else (4, "unavailable")
            told.append({"id": user, "online_status": status, "online_status_message": words})
        return ok(users=told)

    async def _file(self, request: web.Request) -> web.Response:
        """A picture that a person sent; whoever has the address gets it."""
        found = self.stage.pictures.get(request.match_info["picture"].partition(".")[0])
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type=found[0])


def _token_within(body: bytes) -> str:
    """The token of a body that carries it."""
    try:
        given = json.loads(body)
    except ValueError:
        return ""
    return str(given.get("auth_token") or "") if isinstance(given, dict) else ""


def _receivers(message: wire.Message, *, several: bool) -> list[str]:
    """Whom a send names, each once; raises Refused."""
    if several:
        if message.receiver is not None:
            raise bad("receiver: a broadcast has a broadcast_list")
        if not message.broadcast_list:
            raise missing("broadcast_list")
        return list(dict.fromkeys(message.broadcast_list))
    if message.broadcast_list is not None:
        raise bad("broadcast_list: use broadcast_message")
    if message.receiver is None:
        raise missing("receiver")
    return [message.receiver]


def _personal(message: wire.Message, person: Person) -> wire.Message:
    """The message with Viber's placeholders filled in for one person."""
    raw = message.model_dump_json(by_alias=True, exclude_unset=True)
    if PLACEHOLDER not in raw:
        return message
    for name, value in (
        ("receiver_id", person.user),
        ("url_encoded_receiver_id", quote(person.user, safe="")),
        ("user_name", person.name),
    ):
        raw = raw.replace(PLACEHOLDER + name, json.dumps(value, ensure_ascii=False)[1:-1])
    personal: wire.Message = wire.MESSAGE.validate_json(raw)
    return personal


def _reachable(url: str) -> None:
    """Only https, but for this machine; raises Refused."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise Refused(1) from None
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in wire.LOOPBACK)):
        raise Refused(1)
