"""People on LINE: friends, blocks, texts, taps and pictures, and what the channel is told of them."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from aiohttp import web

from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values
from sandbox.line.api import Api
from sandbox.line.channel import Channel
from sandbox.line.config import LineAccount, LineBehaviour
from sandbox.line.requests import USER
from sandbox.line.webhooks import Event, Outbox, event
from sandbox.times import now_ms
from sandbox.world import Bubble, Key, Person, arrived

NAME = "line"
CHAT_LINK = re.compile(r"/R/oaMessage/([^/]+)/?")
FRIEND_LINK = re.compile(r"/R/(?:ti/p|nv/recommendOA)/([^/]+)/?")
QUOTABLE = frozenset({"text", "image", "video", "sticker"})
PLACE = {"title": "Prater", "address": "Kastanienallee 7, Berlin", "latitude": 52.5397, "longitude": 13.4101}
STICKER = {"packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC", "keywords": ["Soup"]}
DATES = {"date": "2027-01-15", "time": "18:30", "datetime": "2027-01-15T18:30"}


class Line(Fake):
    """The fake Messaging API for all configured channels."""

    BEHAVIOUR = LineBehaviour
    ORDERS: ClassVar[tuple[str, ...]] = ("verify",)

    def __init__(self, accounts: Iterable[LineAccount], stage: Stage) -> None:
        configs = tuple(accounts)
        super().__init__(NAME, configs, stage)
        self.channels: dict[str, Channel] = {}
        for one in configs:
            behaviour = self.behaviours[one.account]
            assert isinstance(behaviour, LineBehaviour)  # noqa: S101 - BEHAVIOUR says so
            outbox = Outbox(NAME, one, behaviour, stage.hooks)
            self.channels[one.account] = Channel(one, behaviour, outbox)
        self.api = Api(NAME, self.channels, stage)

    def app(self) -> web.Application:
        return self.api.app()

    def canonical(self, user: str) -> str:
        if not USER.fullmatch(user.strip()):
            raise Impossible("bad_user", "a LINE user id is U and 32 hexadecimal digits")
        return user.strip()

    def crowd_user(self, number: int) -> str:
        return "U" + hashlib.sha256(f"line/{number}".encode()).hexdigest()[:32]

    def link(self, link: str) -> Link | None:
        parts = urlsplit(link.strip())
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != "line.me":
            return None
        chat, friend = CHAT_LINK.fullmatch(parts.path), FRIEND_LINK.fullmatch(parts.path)
        found = chat or friend
        if found is None:
            return None
        for name, channel in self.channels.items():
            if channel.config.basic_id == unquote(found[1]).lower():
                return Link(name, unquote(parts.query) if chat else "")
        raise Impossible("unknown_account", "no account of the sandbox belongs to this link")

    def enter(self, person: Person, account: str, text: str) -> Said:
        """Opens the chat: adds the account as a friend where LINE's app offers it, then sends the text."""
        followed = self._befriend(person, account)
        return self.say(person, account, text) if text else Said(None, followed)

    def _befriend(self, person: Person, account: str) -> Any:
        """A follow event if the person is no friend yet, or blocked the account."""
        channel, chat = self.channels[account], person.chat(account)
        if chat.started and not chat.blocked:
            return None
        unblocked, chat.started, chat.blocked = chat.blocked, True, False
        self.stage.world.changed(person, account)
        told = event(
            "follow", person, replyToken=channel.replyable(person), follow={"isUnblocked": unblocked}
        )
        return channel.outbox.add(told, person.user)

    def say(self, person: Person, account: str, text: str) -> Said:
        content = {"type": "text", "text": text}
        return self._write(person, account, arrived("person", "", text=text), content)

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        """A picture; LINE has no captions, the text comes as a message of its own."""
        content = {"type": "image", "contentProvider": {"type": "line"}}
        bubble = arrived("person", "", kind="image", picture=picture)
        said = self._write(person, account, bubble, content)
        self.channels[account].content[bubble.id] = picture
        return self.say(person, account, caption) if caption else said

    def _write(self, person: Person, account: str, bubble: Bubble, content: dict[str, Any]) -> Said:
        channel, chat = self.channels[account], self.open_chat(person, account)
        if channel.behaviour.befriends:
            self._befriend(person, account)
        friend = chat.started
        bubble.id = channel.message_id()
        message = {**content, "id": bubble.id, "markAsReadToken": f"r{bubble.id}"}
        if content["type"] in QUOTABLE:
            message["quoteToken"] = f"q{bubble.id}"
        told = event("message", person, replyToken=channel.replyable(person), message=message)
        said = self.wrote(person, account, bubble, lambda: channel.outbox.add(told, person.user))
        chat.started = friend
        return said

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        action, _, more = key.kind.partition(" ")
        match action:
            case "message":
                return self.say(person, account, key.payload)
            case "postback":
                return self._postback(person, account, {"data": key.payload}, more)
            case "datetimepicker":
                chosen = {"data": key.payload, "params": {more: DATES[more]}}
                return self._postback(person, account, chosen, "")
            case _:
                raise Impossible("no_such_thing", f"the simulated phone cannot do {action}")

    def _postback(self, person: Person, account: str, content: dict[str, Any], said: str) -> Said:
        """A tap that the channel is told of; what the chat shows for it is no message."""
        channel, chat = self.channels[account], self.open_chat(person, account)
        chat.wrote_ms = now_ms()
        told = event("postback", person, replyToken=channel.replyable(person), postback=content)
        bubble = None
        if said:
            bubble = arrived("person", channel.message_id(), text=said, state="acknowledged")
            self.stage.world.put(person, account, bubble)
        return Said(bubble, channel.outbox.add(told, person.user))

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        channel, chat = self.channels[account], person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person is no friend of the account")
        if chat.blocked == blocked:
            return Said(None, None)
        if not blocked:
            return Said(None, self._befriend(person, account))
        chat.blocked = True
        self.stage.world.changed(person, account)
        told: Event = event("unfollow", person)
        return Said(None, channel.outbox.add(told, person.user))

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        """``location``, ``sticker``; ``unsend`` takes a message of one's own back with its content."""
        if deed == "location":
            place = PLACE | dict(values)
            shown = arrived("person", "", kind="location", text=f"{place['title']}\n{place['address']}")
            return self._write(person, account, shown, {"type": "location", **place})
        if deed == "sticker":
            shown = arrived("person", "", kind="sticker", text="[446/1988]")
            return self._write(person, account, shown, {"type": "sticker", **STICKER, **values})
        return self._unsend(person, account, bubble)

    def _unsend(self, person: Person, account: str, bubble: Bubble | None) -> Said:
        if bubble is None or bubble.side != "person":
            raise Impossible("not_yours", "only a message of one's own can be taken back")
        channel = self.channels[account]
        if bubble.id in channel.content:
            channel.content[bubble.id] = ""
        bubble.kind, bubble.text, bubble.picture = "unsent", "", ""
        self.stage.world.changed(person, account, bubble)
        told = event("unsend", person, unsend={"messageId": bubble.id})
        return Said(None, channel.outbox.add(told, person.user))

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        """``verify``: the console's button that sends a webhook without events."""
        address = self.stage.address(NAME, account)
        if not address:
            raise Impossible("unknown", "there is no webhook address")
        return await self.api.ping(self.channels[account], address)

    def settings_changed(self, account: str) -> None:
        channel = self.channels[account]
        if channel.buckets["push"].rate != channel.behaviour.rate:
            channel.pace()

    def reset(self) -> None:
        super().reset()
        for channel in self.channels.values():
            channel.forget()

    def saved(self) -> list[dict[str, Any]]:
        return [channel.saved() for channel in self.channels.values()]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        for one in saved:
            if one["account"] in self.channels:
                self.channels[one["account"]].restore(one)
