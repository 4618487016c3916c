"""The fake of Messenger and Instagram: takes sends, judges them, and lets people's phones live."""

import asyncio
import base64
import json
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox.fake import Impossible, Link, Said, Stage, Values, give
from sandbox.graph import PREFIX, handshake, signed
from sandbox.hooks import Hook
from sandbox.kind import Model
from sandbox.meta import requests as wire
from sandbox.meta import webhooks
from sandbox.meta.config import MetaAccount
from sandbox.meta.describe import Reading, describe
from sandbox.meta.desk import Desk, MetaBehaviour, Page, profile, signature
from sandbox.meta.errors import WINDOW, Refused, invalid, nobody
from sandbox.meta.flavour import Flavour
from sandbox.receipts import Receipts, Told, drawn, seconds
from sandbox.throttle import Throttle
from sandbox.times import now_ms
from sandbox.world import Bubble, Key, Person, arrived

ANSWER_SECONDS = 5
SUPPORT_DAYS = 7
DAY_MS = 86_400_000
REF_LIMIT = 2083


class Inbox(Model):
    """Somebody of the business answers a person by hand, in Meta's own inbox."""

    user: str
    text: str


class Policy(Model):
    """Meta warns or blocks a page."""

    action: str = "block"
    reason: str = "The page sent messages that people reported."


class Meta(Desk):
    """The fake of one of the two for all its accounts."""

    ORDERS = ("verify", "inbox", "policy")

    def __init__(self, flavour: Flavour, accounts: tuple[MetaAccount, ...], stage: Stage) -> None:
        super().__init__(flavour.name, accounts, stage)
        self.flavour = flavour
        self.pages = {one.account: self._page(one) for one in accounts}

    def _page(self, config: MetaAccount) -> Page:
        behaviour = self.behaviours[config.account]
        receipts = Receipts(
            behaviour, partial(self._post_receipts, config), ripe=_ripe, done=self._acknowledged
        )
        fields = set(self.flavour.fields)
        return Page(config, behaviour, receipts, Throttle(config.media_rate), fields, profile(config))

    def more_routes(self, routes: web.UrlDispatcher) -> None:
        routes.add_post(PREFIX + "/{id}/messages", self._messages)

    # The API that a business calls.

    async def _messages(self, request: web.Request) -> web.Response:
        at_ms = now_ms()
        # An upload is read part by part; its hash in the oracle is that of nothing.
        body = b"" if request.content_type.startswith("multipart/") else await request.read()
        called = await self.called(request)
        if isinstance(called, web.Response):
            return self._strange(request, called, body, at_ms)
        page, parameters = called
        reading = Reading()
        try:
            send = wire.read(parameters, instagram=self.flavour.instagram)
            person = self._recipient(page, send)
            if send.message is None:
                return self._acts(page, person, send)
            answer, facts = self._accept(page, person, send, send.message, reading)
        except Refused as problem:
            answer, facts = problem.answer(), {"accepted": False, "code": problem.code}
            reading.user = _user(parameters)
        oracle, account = self.stage.oracle, page.config.account
        entry = oracle.decided(
            body, messenger=self.name, account=account, at_ms=at_ms, **reading.facts(), **facts
        )
        return await give(request, answer, page.behaviour, oracle, entry)

    def _strange(self, request: web.Request, answer: web.Response, body: bytes, at_ms: int) -> web.Response:
        """A send with a wrong token, or to an id that is not its own."""
        account = next((name for name, one in self.pages.items() if one.id == request.match_info["id"]), "")
        code = json.loads(answer.body)["error"]["code"] if isinstance(answer.body, bytes) else 100
        oracle = self.stage.oracle
        facts = {"messenger": self.name, "account": account, "accepted": False, "code": code}
        oracle.replied(oracle.decided(body, at_ms=at_ms, **facts), now_ms())
        return answer

    def _recipient(self, page: Page, send: wire.Send) -> Person:
        """The person, who has been in contact with this business before; raises Refused."""
        person = self.stage.world.person(self.name, send.recipient.id or "")
        chat = person.chats.get(page.config.account) if person else None
        if person is None or chat is None or not chat.started:
            raise nobody()
        return person

    def _acts(self, page: Page, person: Person, send: wire.Send) -> web.Response:
        """Typing is seen on the phone; the rest leaves no trace."""
        if send.sender_action == "typing_on":
            self.stage.world.typing(person, page.config.account)
        return web.json_response({"recipient_id": person.user})

    def _accept(
        self, page: Page, person: Person, send: wire.Send, message: wire.Message, reading: Reading
    ) -> tuple[web.Response, dict[str, Any]]:
        """Takes a valid request or raises Refused; nothing here waits, so the order is the oracle's."""
        reading.user, reading.delivery = person.user, message.metadata
        describe(message, page.config, self.flavour, page.uploads, reading)
        ordered = page.behaviour.refusal()
        if ordered is not None:
            raise Refused(ordered.code, ordered.word, status=ordered.status)
        if person.chat(page.config.account).blocked:
            raise Refused(551)
        self._in_window(page, person, send)
        self._pace(page, reading)
        bubble = arrived(
            "business",
            self._mid(),
            kind=reading.kind,
            text=reading.text,
            picture=reading.picture,
            keys=reading.keys,
        )
        self.stage.world.put(person, page.config.account, bubble)
        page.receipts.plan(self._course(page, person, bubble, reading))
        answer = web.json_response({"recipient_id": person.user, "message_id": bubble.id})
        lost = page.behaviour.loses_answer()
        return answer, {"accepted": True, "message_id": bubble.id, "lost": lost}

    def _in_window(self, page: Page, person: Person, send: wire.Send) -> None:
        """Raises Refused for what may not be sent so long after the person did something."""
        since = now_ms() - person.chat(page.config.account).wrote_ms
        if send.messaging_type == "UTILITY":
            if self.flavour.instagram:
                raise invalid("Utility messages are not supported on Instagram")
            return
        if send.tag is not None:
            if not send.tag.startswith("HUMAN_"):
                raise invalid("The message tag is not supported any more. Use utility messages instead.")
            if since <= SUPPORT_DAYS * DAY_MS:
                return
        elif since <= page.behaviour.window_seconds * 1000:
            return
        raise Refused(10, WINDOW, self.flavour.window)

    def _pace(self, page: Page, reading: Reading) -> None:
        if not self.throttles[page.config.account].take():
            raise Refused(613)
        if reading.kind in ("audio", "video") and not page.media.take():
            raise Refused(613)

    def _course(
        self, page: Page, person: Person, bubble: Bubble, reading: Reading
    ) -> list[tuple[float, Told]]:
        """What will be told of a message: (seconds from now, receipt)."""
        behaviour = page.behaviour
        told: Told = {"user": person.user, "mid": bubble.id, "sent_ms": bubble.at_ms}
        echo = {**told, "kind": "echo", "message": self._echo(page, bubble, reading)}
        steps: list[tuple[float, Told]] = [(seconds(behaviour.sent_ms), echo)]
        if not drawn(behaviour.delivered_share):
            return steps
        if not self.flavour.instagram:
            mids = drawn(page.behaviour.mids_share) if isinstance(page.behaviour, MetaBehaviour) else True
            delivered = {**told, "kind": "delivered", "mids": mids}
            steps.append((seconds(behaviour.delivered_ms), delivered))
        if drawn(behaviour.read_share):
            steps.append((seconds(behaviour.read_ms), {**told, "kind": "read"}))
        if behaviour.reorder_receipts:
            times = [wait for wait, _ in steps]
            steps = [(wait, one) for wait, (_, one) in zip(reversed(times), steps, strict=True)]
        return steps

    def _echo(self, page: Page, bubble: Bubble, reading: Reading) -> dict[str, Any]:
        """The message as its own sender is told of it; Instagram is not known to give the metadata back."""
        told: dict[str, Any] = {"mid": bubble.id, "is_echo": True, "app_id": int(page.config.app_id)}
        if reading.delivery and not self.flavour.instagram:
            told["metadata"] = reading.delivery
        if reading.attachment:
            told["attachments"] = [reading.attachment]
        elif reading.text:
            told["text"] = reading.text
        return told

    def _mid(self) -> str:
        number = secrets.token_bytes(48)
        if self.flavour.instagram:
            return "aWdfZAG1faXRlbToxOk" + base64.b64encode(number).decode()
        return "m_" + base64.urlsafe_b64encode(number).decode()

    # What Meta does by itself, on demand.

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        page = self.pages[account]
        match what:
            case "inbox":
                return await self._by_hand(page, Inbox.model_validate(values))
            case "policy":
                if self.flavour.instagram:
                    raise Impossible("no_such_thing", "Instagram has no webhook for this")
                told = Policy.model_validate(values).model_dump()
                event = {"recipient": {"id": page.id}, "timestamp": now_ms(), "policy_enforcement": told}
                future = self._tell(page, "messaging_policy_enforcement", event)
                return {"acknowledged": await future}
            case _:
                return await handshake(self.stage, self.name, account, page.config.verify_token)

    async def _by_hand(self, page: Page, wanted: Inbox) -> dict[str, Any]:
        person = self.stage.world.person(self.name, self.canonical(wanted.user))
        if person is None:
            raise Impossible("unknown", "nobody has this phone")
        bubble = arrived("business", self._mid(), text=wanted.text)
        self.stage.world.put(person, page.config.account, bubble)
        message = {"mid": bubble.id, "text": wanted.text, "is_echo": True}
        event = webhooks.event(page.id, person.user, "message", message)
        return {"acknowledged": await self._tell(page, self.flavour.echo, event, person)}

    # What people do with their phones.

    def canonical(self, user: str) -> str:
        wanted = user.strip()
        if not (wanted.isascii() and wanted.isdecimal() and 4 <= len(wanted) <= 20 and wanted[0] != "0"):
            raise Impossible("bad_user", "a person is a number of 4 to 20 digits here")
        return wanted

    def link(self, link: str) -> Link | None:
        parts = urlsplit(link.strip())
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in self.flavour.hosts:
            return None
        wanted = parts.path.strip("/")
        if self.flavour.instagram:
            if not wanted.startswith("m/"):
                return None
            wanted = wanted.removeprefix("m/")
        ref = parse_qs(parts.query).get("ref", [""])[0]
        if len(ref) > REF_LIMIT or not all((one.isalnum() and one.isascii()) or one in "-_=" for one in ref):
            raise Impossible("bad_code", f"a ref is at most {REF_LIMIT} of A-Z a-z 0-9 - _ =")
        for name, page in self.pages.items():
            if wanted.lower() in (page.config.username.lower(), page.id):
                return Link(name, parts.query)
        raise Impossible("unknown_account", f"no account of {self.name} in the sandbox belongs to this link")

    def enter(self, person: Person, account: str, text: str) -> Said:
        """A link's ``ref`` travels with the first tap in a new chat, and alone in one that exists."""
        query = parse_qs(text)
        ref, words = query.get("ref", [""])[0], query.get("text", [""])[0]
        chat = self.open_chat(person, account)
        if words:
            return self.say(person, account, words)
        if not ref:
            return super().enter(person, account, "")
        if not chat.started:
            return self._first_tap(person, account, webhooks.referral(ref, self.flavour.source))
        chat.wrote_ms = now_ms()
        page = self.pages[account]
        event = webhooks.event(person.user, page.id, "referral", webhooks.referral(ref, self.flavour.source))
        return Said(None, self._tell(page, self.flavour.referral, event, person))

    def start(self, person: Person, account: str) -> Said:
        return self._first_tap(person, account, None)

    def _first_tap(self, person: Person, account: str, referral: dict[str, str] | None) -> Said:
        """Get Started, or the first suggested question; without either nobody hears of the person yet."""
        offered = self.pages[account].profile
        if self.flavour.instagram:
            questions = offered.get("ice_breakers") or []
            title, payload = (questions[0]["question"], questions[0]["payload"]) if questions else ("", "")
        else:
            payload = offered.get("get_started", {}).get("payload", "")
            title = "Los geht’s" if person.language == "de" else "Get started"
        if not payload:
            return super().enter(person, account, "")
        return self._postback(person, account, title, payload, referral)

    def _postback(
        self, person: Person, account: str, title: str, payload: str, referral: dict[str, str] | None
    ) -> Said:
        bubble = arrived("person", self._mid(), text=title)
        content: dict[str, Any] = {"mid": bubble.id, "title": title, "payload": payload}
        if referral is not None:
            content["referral"] = referral
        return self._says(person, account, bubble, "messaging_postbacks", "postback", content)

    def say(self, person: Person, account: str, text: str) -> Said:
        bubble = arrived("person", self._mid(), text=text)
        return self._writes(person, account, bubble, {"text": text})

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        """A picture and the words to it are two messages."""
        bubble = arrived("person", self._mid(), kind="image", picture=picture)
        url = (
            f"{self.stage.urls[self.name]}/media/{picture}?asset_id={picture}&signature={signature(picture)}"
        )
        said = self._writes(
            person, account, bubble, {"attachments": [{"type": "image", "payload": {"url": url}}]}
        )
        if caption:
            self.say(person, account, caption)
        return said

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        if key.kind == "quick":
            own = arrived("person", self._mid(), text=key.label)
            content = {"text": key.label, "quick_reply": {"payload": key.payload}}
            return self._writes(person, account, own, content)
        return self._postback(person, account, key.label, key.payload, None)

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """Meta tells a business nothing about a block."""
        person.chat(account).blocked = blocked
        self.stage.world.changed(person, account)
        return Said(None, None)

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        match deed:
            case "like":
                return self._like(person, account)
            case "react" if bubble is not None:
                return self._reacts(person, account, bubble)
            case "unsend" if bubble is not None and bubble.side == "person":
                return self._unsends(person, account, bubble)
            case "icebreaker":
                return self._first_tap(person, account, None)
        raise Impossible("no_such_thing", "this cannot be done with this message")

    def _like(self, person: Person, account: str) -> Said:
        if self.flavour.instagram:
            bubble = arrived("person", self._mid(), text="❤️")
            return self._writes(person, account, bubble, {"attachments": [{"type": "like_heart"}]})
        bubble = arrived("person", self._mid(), text="👍")
        sticker = {"url": f"{self.stage.urls[self.name]}/media/like", "sticker_id": 369239263222822}
        return self._writes(person, account, bubble, {"attachments": [{"type": "image", "payload": sticker}]})

    def _reacts(self, person: Person, account: str, bubble: Bubble) -> Said:
        page, chat = self.pages[account], self.open_chat(person, account)
        chat.wrote_ms = now_ms()
        content = {"mid": bubble.id, "action": "react", "reaction": "love", "emoji": "❤"}
        event = webhooks.event(person.user, page.id, "reaction", content)
        return Said(None, self._tell(page, "message_reactions", event, person))

    def _unsends(self, person: Person, account: str, bubble: Bubble) -> Said:
        """The business has to forget the message too."""
        page = self.pages[account]
        bubble.kind, bubble.text, bubble.picture = "deleted", "", ""
        self.stage.world.changed(person, account, bubble)
        event = webhooks.event(person.user, page.id, "message", {"mid": bubble.id, "is_deleted": True})
        return Said(None, self._tell(page, "messages", event, person))

    def _writes(self, person: Person, account: str, bubble: Bubble, content: dict[str, Any]) -> Said:
        return self._says(person, account, bubble, "messages", "message", {"mid": bubble.id, **content})

    def _says(
        self, person: Person, account: str, bubble: Bubble, field: str, key: str, content: dict[str, Any]
    ) -> Said:
        page = self.pages[account]
        event = webhooks.event(person.user, page.id, key, content, bubble.at_ms)
        return self.wrote(person, account, bubble, partial(self._tell, page, field, event, person))

    def _tell(
        self, page: Page, field: str, event: webhooks.Event, person: Person | None = None
    ) -> "asyncio.Future[bool]":
        """Posts one event; nobody is told of a field that is not subscribed."""
        if field not in page.fields:
            unheard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            unheard.set_result(False)
            return unheard
        account = page.config.account
        payload = webhooks.envelope(self.flavour.product, page.id, [event])
        body, headers = signed(page.config.app_secret, payload)
        kind = next(name for name in event if name not in ("sender", "recipient", "timestamp"))
        content = event[kind]
        return self.post(
            Hook(
                messenger=self.name,
                account=account,
                body=body,
                headers=headers,
                kinds=(kind,),
                ids=(content["mid"],) if "mid" in content else (),
                user=person.user if person else "",
                lane=self.lane(account, person) if person else "",
                timeout=ANSWER_SECONDS,
            )
        )

    # Receipts.

    def _post_receipts(self, config: MetaAccount, box: list[Told]) -> "asyncio.Future[bool]":
        page = self.pages[config.account]
        events = [self._receipt(page, told) for told in box if self._field(told) in page.fields]
        if not events:
            unheard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            unheard.set_result(False)
            return unheard
        payload = webhooks.envelope(self.flavour.product, page.id, events)
        body, headers = signed(config.app_secret, payload)
        return self.stage.hooks.post(
            Hook(
                messenger=self.name,
                account=config.account,
                body=body,
                headers=headers,
                kinds=tuple(sorted({told["kind"] for told in box})),
                ids=tuple(told["mid"] for told in box),
                timeout=ANSWER_SECONDS,
            )
        )

    def _field(self, told: Told) -> str:
        read = "messaging_seen" if self.flavour.instagram else "message_reads"
        return {"echo": self.flavour.echo, "delivered": "message_deliveries", "read": read}[told["kind"]]

    def _receipt(self, page: Page, told: Told) -> webhooks.Event:
        user, at_ms = told["user"], told["at_ms"]
        match told["kind"]:
            case "echo":
                return webhooks.event(page.id, user, "message", told["message"], told["sent_ms"])
            case "delivered":
                content: dict[str, Any] = {"watermark": at_ms}
                if told["mids"]:
                    content = {"mids": [told["mid"]], **content}
                return webhooks.event(user, page.id, "delivery", content, at_ms)
            case _ if self.flavour.instagram:
                return webhooks.event(user, page.id, "read", {"mid": told["mid"]}, at_ms)
            case _:
                return webhooks.event(user, page.id, "read", {"watermark": at_ms}, at_ms)

    def _acknowledged(self, told: Told) -> None:
        """Notes on the phone that the business knows of this receipt."""
        status = "sent" if told["kind"] == "echo" else told["kind"]
        self.stage.oracle.heard(self.name, told["user"], told["mid"], status)
        person = self.stage.world.person(self.name, told["user"])
        if person is None or person.silent:
            return
        for account, chat in person.chats.items():
            bubble = chat.find(told["mid"])
            if bubble is not None:
                bubble.receipts[status] = now_ms()
                self.stage.world.changed(person, account, bubble)

    def reset(self) -> None:
        super().reset()
        for page in self.pages.values():
            page.receipts.forget()
            page.uploads.clear()
            page.media = Throttle(page.config.media_rate)
            page.fields = set(self.flavour.fields)
            page.profile = profile(page.config)

    def saved(self) -> list[dict[str, Any]]:
        """The receipts that the business has not acknowledged yet."""
        return [
            {"account": name, "receipt": told}
            for name, page in self.pages.items()
            for told in page.receipts.pending.values()
        ]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        for one in saved:
            if one["account"] in self.pages:
                self.pages[one["account"]].receipts.plan([(1.0, one["receipt"])])


def _ripe(told: Told) -> None:
    told.setdefault("at_ms", now_ms())


def _user(parameters: Mapping[str, Any]) -> str:
    recipient = parameters.get("recipient")
    return str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
