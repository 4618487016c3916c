"""People on Viber: open, subscribe, write, tap and leave, and what the bot is told of them."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from pydantic import ValidationError

from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values
from sandbox.hooks import Hook
from sandbox.times import now_ms
from sandbox.viber import requests as wire
from sandbox.viber.api import HOST_NAME, Api, Bot
from sandbox.viber.config import ViberAccount, ViberBehaviour
from sandbox.viber.webhooks import Event, Receipts, event, hook, tokens
from sandbox.world import Bubble, Key, Person, arrived

NAME = "viber"
USER = re.compile(r"[A-Za-z0-9+/]{8,64}={0,2}")
LINK = re.compile(r"viber://pa\?(.*)", re.IGNORECASE)
INFO_LINK = re.compile(r"viber://pa/info\?(.*)", re.IGNORECASE)


class Viber(Fake):
    """The fake bot API for all configured bots."""

    BEHAVIOUR = ViberBehaviour

    def __init__(self, accounts: Iterable[ViberAccount], stage: Stage) -> None:
        configs = tuple(accounts)
        super().__init__(NAME, configs, stage)
        self.bots: dict[str, Bot] = {}
        for one in configs:
            behaviour = self.behaviours[one.account]
            assert isinstance(behaviour, ViberBehaviour)  # noqa: S101 - BEHAVIOUR says so
            wanted, shown = partial(self._wanted, one.account), partial(self._receipt, one.account)
            receipts = Receipts(NAME, one, behaviour, stage.hooks, wanted, shown)
            self.bots[one.account] = Bot(one, behaviour, receipts)
        self.api = Api(NAME, self.bots, stage)

    def app(self) -> web.Application:
        return self.api.app()

    def canonical(self, user: str) -> str:
        if not USER.fullmatch(user.strip()):
            raise Impossible("bad_user", "a Viber user id is base64 text")
        return user.strip()

    def crowd_user(self, number: int) -> str:
        return base64.b64encode(hashlib.sha256(f"viber/{number}".encode()).digest()[:16]).decode()

    def link(self, link: str) -> Link | None:
        """``enter`` gets the link's query; Viber keeps a plus sign as it is."""
        found, info = LINK.fullmatch(link.strip()), INFO_LINK.fullmatch(link.strip())
        if found is None and info is None:
            return None
        query = _query(found[1] if found else info[1] if info else "")
        uri = query.get("chatURI" if found else "uri", "")
        for name, bot in self.bots.items():
            if bot.config.uri.lower() == uri.lower():
                return Link(name, found[1] if found else "")
        raise Impossible("unknown_account", "no bot of the sandbox belongs to this link")

    def enter(self, person: Person, account: str, text: str) -> Said:
        """Opening the chat: the bot may answer with one welcome message; a text of the link is then sent."""
        query = _query(text)
        said = self._opened(person, account, query.get("context", ""))
        return self.say(person, account, query["text"]) if query.get("text") else said

    def _opened(self, person: Person, account: str, context: str) -> Said:
        bot, chat = self.bots[account], person.chat(account)
        self.stage.world.changed(person, account)
        if not bot.wants("conversation_started"):
            return Said(None, None)
        content: dict[str, Any] = {"type": "open", "user": self._told(bot, person)}
        if context:
            content["context"] = context
        told = event(
            "conversation_started",
            next(tokens),
            **content,
            subscribed=chat.started and not chat.blocked,
            chat_hostname=HOST_NAME,
        )
        one = self._hook(person, account, told)
        future = self.stage.hooks.post(one)
        if bot.behaviour.duplicate_events:
            self.stage.hooks.post(self._hook(person, account, told))
        shown: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda ended: self._welcome(person, account, one, ended, shown))
        return Said(None, shown)

    def _welcome(
        self,
        person: Person,
        account: str,
        asked: Hook,
        ended: "asyncio.Future[bool]",
        shown: "asyncio.Future[bool]",
    ) -> None:
        """Shows the welcome message, which is the body of the answer to conversation_started."""
        if ended.cancelled() or shown.done():
            return
        if ended.result() and asked.answer.strip():
            self._greet(person, account, asked)
        shown.set_result(ended.result())

    def _greet(self, person: Person, account: str, asked: Hook) -> None:
        bot, token = self.bots[account], next(tokens)
        facts: dict[str, Any] = {
            "messenger": NAME,
            "account": account,
            "user": person.user,
            "at_ms": now_ms(),
        }
        try:
            message: wire.Message = wire.MESSAGE.validate_json(asked.answer)
            if message.receiver is not None or message.broadcast_list is not None:
                raise ValueError("a welcome message names nobody")
            kind, text, _ = wire.shown(message)
            facts |= {"accepted": True, "kind": kind, "text": text, "delivery": message.tracking_data}
            self.api.show(bot, person, message, token)
            bot.receipts.sent(person.user, token)
        except ValueError as problem:
            asked.error = "the welcome message is none: " + _first(problem)
            facts |= {"accepted": False, "code": 3}
        entry = self.stage.oracle.decided(asked.answer, **facts, message_id=str(token))
        self.stage.oracle.replied(entry, now_ms())

    def say(self, person: Person, account: str, text: str) -> Said:
        content = {"type": "text", "text": text}
        return self._write(person, account, arrived("person", "", text=text), content)

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        media_type, data = self.stage.pictures[picture]
        name = f"{picture}.{media_type.rpartition('/')[2]}"
        url = f"{self.stage.urls[NAME]}/dl/{name}"
        content: dict[str, Any] = {"type": "picture", "media": url, "file_name": name, "size": len(data)}
        if caption:
            content["text"] = caption
        bubble = arrived("person", "", kind="image", text=caption, picture=picture)
        return self._write(person, account, bubble, content)

    def _write(self, person: Person, account: str, bubble: Bubble, content: dict[str, Any]) -> Said:
        """A first message subscribes without an event of its own, also of somebody who had left."""
        told = self._message(person, account, content, silent=False)
        bubble.id = str(told["message_token"])
        person.chat(account).blocked = False
        said = self.wrote(person, account, bubble, lambda: self.post(self._hook(person, account, told)))
        self._delivered(person, account, told, said)
        return said

    def _silently(self, person: Person, account: str, content: dict[str, Any]) -> Said:
        """A tap that the chat does not show."""
        told = self._message(person, account, content, silent=True)
        chat = person.chat(account)
        chat.started, chat.blocked, chat.wrote_ms = True, False, now_ms()
        self.stage.world.changed(person, account)
        said = Said(None, self.post(self._hook(person, account, told)))
        self._delivered(person, account, told, said)
        return said

    def _message(self, person: Person, account: str, content: dict[str, Any], *, silent: bool) -> Event:
        """The event of a message; it carries the tracking data of the last one that came from the bot."""
        bot = self.bots[account]
        bot.hourly.pop(person.user, None)
        tracking = person.chat(account).notes.get("tracking", "")
        return event(
            "message",
            next(tokens),
            sender=self._told(bot, person),
            message={**content, "tracking_data": tracking} if tracking else content,
            silent=silent,
            chat_hostname=HOST_NAME,
        )

    def _delivered(self, person: Person, account: str, told: Event, said: Said) -> None:
        """Viber tells of the delivery of people's own messages, too."""
        one = {"event": "delivered", "message_token": told["message_token"], "user_id": person.user}
        receipts = self.bots[account].receipts
        if said.acknowledged is not None:
            said.acknowledged.add_done_callback(lambda _: receipts.plan(0.05, one))

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        """A tap on ``reply`` is a text message like any other."""
        action, _, silent = key.kind.partition(" ")
        match action:
            case "reply":
                content = {"type": "text", "text": key.payload}
                if silent:
                    return self._silently(person, account, content)
                return self._write(person, account, arrived("person", "", text=key.payload), content)
            case "location-picker":
                return self.do(person, account, "location", None, {})
            case "share-phone":
                contact = {"name": person.name, "phone_number": "+491713920088"}
                own = arrived("person", "", kind="contact", text=contact["phone_number"])
                return self._write(person, account, own, {"type": "contact", "contact": contact})
            case _:
                raise Impossible("no_such_thing", f"the simulated phone cannot do {action}")

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        """``location`` and ``sticker``."""
        if deed == "location":
            place = {"lat": values.get("lat", 52.5351), "lon": values.get("lon", 13.4103)}
            own = arrived("person", "", kind="location", text=f"{place['lat']}, {place['lon']}")
            return self._write(person, account, own, {"type": "location", "location": place})
        own = arrived("person", "", kind="sticker", text="[40129]")
        return self._write(person, account, own, {"type": "sticker", "sticker_id": 40129})

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """Leaving, and the button for receiving messages again; Viber forgets the tracking data then."""
        chat = person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person never subscribed")
        if chat.blocked == blocked:
            return Said(None, None)
        return self._subscribe(person, account, subscribed=not blocked)

    def start(self, person: Person, account: str) -> Said:
        """The button "Receive messages"; for a subscriber it only opens the chat."""
        chat = person.chat(account)
        if chat.started and not chat.blocked:
            return self._opened(person, account, "")
        return self._subscribe(person, account, subscribed=True)

    def _subscribe(self, person: Person, account: str, *, subscribed: bool) -> Said:
        bot, chat = self.bots[account], person.chat(account)
        chat.started, chat.blocked = True, not subscribed
        chat.notes.pop("tracking", None)
        self.stage.world.changed(person, account)
        if subscribed:
            told = event("subscribed", next(tokens), user=self._told(bot, person))
        else:
            told = event("unsubscribed", next(tokens), user_id=person.user)
        return Said(None, self.post(self._hook(person, account, told)))

    def _hook(self, person: Person, account: str, told: Event) -> Hook:
        lane = self.lane(account, person)
        return hook(NAME, self.bots[account].config, told, person.user, lane)

    def _told(self, bot: Bot, person: Person) -> dict[str, Any]:
        """A person as the bot sees one; the name only if it asked for names."""
        told = {"id": person.user, "country": "DE", "language": person.language, "api_version": 10}
        return {**told, "name": person.name} if bot.send_name else told

    def _wanted(self, account: str, kind: str) -> bool:
        return self.bots[account].wants(kind)

    def _receipt(self, account: str, told: Event) -> None:
        """Puts a receipt on the phone."""
        status = "read" if told["event"] == "seen" else told["event"]
        self.stage.oracle.heard(NAME, told["user_id"], str(told["message_token"]), status)
        person = self.stage.world.person(NAME, told["user_id"])
        if person is None or person.silent:
            return
        bubble = person.chat(account).find(str(told["message_token"]))
        if bubble is not None and bubble.side == "business":
            bubble.receipts[status] = now_ms()
            self.stage.world.changed(person, account, bubble)

    def settings_changed(self, account: str) -> None:
        super().settings_changed(account)
        bot = self.bots[account]
        if bot.throttle.rate != bot.behaviour.rate:
            bot.throttle = bot.paced()

    def reset(self) -> None:
        super().reset()
        for bot in self.bots.values():
            bot.forget()

    def saved(self) -> list[dict[str, Any]]:
        return [
            {"account": name, "receipts": list(bot.receipts.pending.values())}
            for name, bot in self.bots.items()
        ]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        for one in saved:
            if one["account"] in self.bots:
                for told in one["receipts"]:
                    self.bots[one["account"]].receipts.plan(0.1, told)


def _query(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split("&") if part)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _first(problem: ValueError) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(problem)
