"""WeChat's people: what they do with an Official Account, and what the account is told of it."""

import asyncio
import random
import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp

from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values
from sandbox.hooks import Hook
from sandbox.times import now_ms
from sandbox.wechat import windows
from sandbox.wechat.config import OfficialAccount
from sandbox.wechat.crypto import signature
from sandbox.wechat.official import Job, Official
from sandbox.wechat.qr import is_link
from sandbox.wechat.webhooks import FAULT, RETRIES, TIMEOUT, fine, posted
from sandbox.world import Bubble, Chat, Key, Person, arrived

NAME = "wechat"
OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
# Menu actions that let the business answer; VIEW and the pictures' ones do not.
ACTIONS = frozenset({"CLICK", "scancode_push", "scancode_waitmsg"})

Fields = dict[str, Any]


class People(Fake):
    """Everything that people's phones do, and everything WeChat tells the business by itself."""

    ORDERS = ("verify", "clock", "verdict", "push")

    def __init__(self, accounts: tuple[OfficialAccount, ...], stage: Stage) -> None:
        super().__init__(NAME, accounts, stage)
        self.officials = {one.account: Official.of(one) for one in accounts}
        self._under_way: dict[int, dict[str, Any]] = {}
        self._numbers = iter(range(1, 2**62))

    # Ids and links.

    def canonical(self, user: str) -> str:
        """An openid as it is, or the openid of the person with this number."""
        user = user.strip()
        if user.isascii() and user.isdigit() and len(user) <= 20:
            return f"oSANDBOX{user.rjust(20, '0')}"
        if not self.is_openid(user):
            raise Impossible("bad_user", "a WeChat user is an openid of 28 characters, or a number")
        return user

    @staticmethod
    def is_openid(user: str) -> bool:
        return OPENID.fullmatch(user) is not None

    def newcomer(self, user: str, name: str, language: str, *, hidden: bool, silent: bool) -> Person:
        person = Person(NAME, user, name, language, silent=silent, alias=f"u{user[1:]}")
        return self.stage.world.add(person)

    def crowd(self, account: str, person: Person) -> None:
        """This person follows the account and has just written."""
        super().crowd(account, person)
        self._opened(person, account, windows.MESSAGE)

    def link(self, link: str) -> Link | None:
        link = link.strip()
        if not is_link(link):
            return None
        for account, official in self.officials.items():
            code = official.codes.find(link)
            if code is not None:
                return Link(account, code.ticket)
        raise Impossible("unknown_account", "this QR code has run out, or no account of the sandbox made it")

    # What people do.

    def enter(self, person: Person, account: str, text: str) -> Said:
        """Scans the code with this ticket; without one the account was found by its name."""
        chat = person.chat(account)
        codes = self.officials[account].codes
        scene = next((one.scene for one in codes if one.ticket == text), "")
        if self.follows(chat):
            if not scene:
                return Said(None, None)
            self._opened(person, account, windows.ACTION)
            return self._event(person, account, "SCAN", {"EventKey": scene, "Ticket": text})
        return self._follow(person, account, scene, text)

    def say(self, person: Person, account: str, text: str) -> Said:
        return self._write(person, account, arrived("person", "", text=text), "text", {"Content": text})

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        """A picture has no caption here: words go as a message of their own, after it."""
        content = {
            "PicUrl": f"{self.stage.urls.get(NAME, '')}/mmbiz_jpg/{picture}/0",
            "MediaId": self.officials[account].keep(picture),
        }
        bubble = arrived("person", "", kind="image", picture=picture)
        said = self._write(person, account, bubble, "image", content)
        if caption:
            self.say(person, account, caption)
        return said

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        """A tap on an option of a msgmenu sends its text."""
        own = arrived("person", "", text=key.label)
        content = {"Content": key.label, "bizmsgmenuid": key.payload}
        return self._write(person, account, own, "text", content, windows.ACTION)

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """Unfollows, or follows again."""
        chat = person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person never followed the account")
        if chat.blocked == blocked:
            return Said(None, None)
        if not blocked:
            return self._follow(person, account, "", "")
        chat.blocked = True
        chat.notes.pop(windows.NOTE, None)
        chat.notes.pop("grants", None)
        self.stage.world.changed(person, account)
        return self._event(person, account, "unsubscribe", {"EventKey": ""}, seen=False)

    def marketing(self, person: Person, account: str, *, stopped: bool) -> Said:
        """The switch "receive messages" of a follower; the business is not told."""
        person.chat(account).marketing_stopped = stopped
        self.stage.world.changed(person, account)
        return Said(None, None)

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        match deed:
            case "menu":
                self._opened(person, account, windows.ACTION)
                key = str(values.get("key", "menu"))
                return self._event(person, account, "CLICK", {"EventKey": key})
            case "place":
                place = {"Location_X": "52.520008", "Location_Y": "13.404954", "Scale": "15"}
                place |= {"Label": "Alexanderplatz, Berlin"} | {
                    name: str(one) for name, one in values.items()
                }
                own = arrived("person", "", kind="location", text=place["Label"])
                return self._write(person, account, own, "location", place)
            case "allow" | "refuse":
                return self._answer_notices(person, account, str(values.get("template", "")), deed == "allow")
        return super().do(person, account, deed, bubble, values)

    def _answer_notices(self, person: Person, account: str, template_id: str, allowed: bool) -> Said:
        """Says yes or no to one notice template, or to all of them."""
        notices = [
            one.template_id
            for one in self.officials[account].config.templates
            if one.notice and template_id in ("", one.template_id)
        ]
        if not notices:
            raise Impossible("unknown", "this account has no such notice")
        chat = self._followed_chat(person, account)
        grants: dict[str, int] = dict(chat.notes.get("grants", {}))
        # Whoever takes back an earlier yes does so in the settings, which is told by another name.
        changed = not allowed and any(grants.get(one) for one in notices)
        for one in notices:
            grants[one] = grants.get(one, 0) + 1 if allowed else 0
        chat.notes["grants"] = grants
        status = {"SubscribeStatusString": "accept" if allowed else "reject"}
        if changed:
            listed = [{"TemplateId": one, **status} for one in notices]
            fields = {"SubscribeMsgChangeEvent": {"List": listed}}
            return self._event(person, account, "subscribe_msg_change_event", fields)
        listed = [{"TemplateId": one, **status, "PopupScene": "1"} for one in notices]
        fields = {"SubscribeMsgPopupEvent": {"List": listed}}
        return self._event(person, account, "subscribe_msg_popup_event", fields)

    @staticmethod
    def follows(chat: Chat) -> bool:
        return chat.started and not chat.blocked

    def _followed_chat(self, person: Person, account: str) -> Chat:
        chat = person.chat(account)
        if not self.follows(chat):
            raise Impossible("not_started", "follow the account first")
        return chat

    def _follow(self, person: Person, account: str, scene: str, ticket: str) -> Said:
        chat, official = person.chat(account), self.officials[account]
        chat.started, chat.blocked = True, False
        chat.notes |= {"followed": official.clock.now_ms() // 1000, "scene": scene}
        self._opened(person, account, windows.ACTION)
        self.stage.world.changed(person, account)
        if not scene:
            return self._event(person, account, "subscribe", {"EventKey": ""})
        return self._event(person, account, "subscribe", {"EventKey": f"qrscene_{scene}", "Ticket": ticket})

    def _opened(self, person: Person, account: str, trigger: tuple[int, int]) -> None:
        windows.opened(person.chat(account), trigger, self.officials[account].clock.now_ms())

    def _write(
        self,
        person: Person,
        account: str,
        bubble: Bubble,
        kind: str,
        content: Fields,
        trigger: tuple[int, int] = windows.MESSAGE,
    ) -> Said:
        """Sends a message; whoever does not follow yet does so first."""
        chat = self.open_chat(person, account)
        if not chat.started:
            self._follow(person, account, "", "")
        bubble.id = str(24_300_000_000_000_000 + secrets.randbelow(10**15))
        self._opened(person, account, trigger)
        fields = {"MsgType": kind, **content, "MsgId": int(bubble.id)}
        post = partial(self._tell, person, account, kind, fields, bubble.id, seen=True)
        return self.wrote(person, account, bubble, post)

    # What the business is told.

    def _event(self, person: Person, account: str, event: str, fields: Fields, *, seen: bool = True) -> Said:
        told = {"MsgType": "event", "Event": event, **fields}
        return Said(None, self._tell(person, account, event, told, "", seen=seen))

    def _tell(
        self, person: Person, account: str, kind: str, fields: Fields, message_id: str, *, seen: bool
    ) -> "asyncio.Future[bool]":
        """Posts a webhook; with ``seen`` the person sees a notice if the answer is not as it should be."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        answers: list[bytes] = []

        def settled(status: int, body: bytes) -> bool:
            answers[:] = [body]
            return status == 200

        def ended(done: "asyncio.Future[bool]") -> None:
            good = not done.cancelled() and done.result() and fine(answers[0])
            if not told.done():
                told.set_result(good)
            if not good and seen and self.stage.address(NAME, account):
                text = FAULT.get(person.language, FAULT["en"])
                notice = arrived("business", secrets.token_hex(8), kind="notice", text=text)
                self.stage.world.put(person, account, notice)

        body, query, media_type = posted(self.officials[account].config, person.user, fields)
        hook = Hook(
            messenger=NAME,
            account=account,
            body=body,
            headers={"Content-Type": media_type, "User-Agent": "Mozilla/4.0", "Pragma": "no-cache"},
            kinds=(kind,),
            ids=(message_id,) if message_id else (),
            user=person.user,
            lane=self.lane(account, person),
            judge=settled,
            query=query,
            retries=RETRIES,
            timeout=TIMEOUT,
        )
        self.post(hook).add_done_callback(ended)
        return told

    # What becomes of a send.

    def finish_template(self, official: Official, person: Person, chat: Chat, text: str, url: str) -> int:
        """Delivers a template unless the person shuts messages off; the business is told which."""
        msgid = 4_000_000_000_000_000_000 + secrets.randbelow(10**17)
        account = official.config.account
        status = "failed:user block" if chat.marketing_stopped else "success"
        if status == "success" and random.random() >= self.behaviours[account].delivered_share:
            status = "failed: system failed"
        if status == "success":
            keys = [Key(url, url=url, kind="url")] if url else []
            bubble = arrived("business", str(msgid), kind="template", text=text, keys=keys)
            self.stage.world.put(person, account, bubble)
        self._later(account, person.user, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status})
        return msgid

    def finish_notice(self, official: Official, person: Person, template: str, text: str, page: str) -> int:
        msgid = 4_100_000_000_000_000_000 + secrets.randbelow(10**17)
        keys = [Key(page, url=page, kind="url")] if page.startswith("http") else []
        bubble = arrived("business", str(msgid), kind="template", text=text, keys=keys)
        self.stage.world.put(person, official.config.account, bubble)
        sent = {"TemplateId": template, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
        fields = {"SubscribeMsgSentEvent": {"List": [sent]}}
        self._later(official.config.account, person.user, "subscribe_msg_sent_event", fields)
        return msgid

    def finish_mass(
        self, official: Official, job: Job, users: tuple[str, ...], shown: Callable[[], Bubble]
    ) -> None:
        """Delivers a mass message to those who may have it, and says how many they were."""
        account = official.config.account
        status = official.verdicts.pop(0) if official.verdicts else "send success"
        reached = [person for user in users if (person := self._reached(official, user)) is not None]
        share = self.behaviours[account].delivered_share if status == "send success" else 0
        sent = 0
        for person in reached:
            if random.random() < share:
                self.stage.world.put(person, account, shown())
                sent += 1
        fields = {
            "MsgID": job.msg_id,
            "Status": status,
            "TotalCount": len(users),
            "FilterCount": len(reached),
            "SentCount": sent,
            "ErrorCount": len(reached) - sent,
            "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
            "ArticleUrlResult": {"Count": 0, "ResultList": ""},
        }
        self._later(account, "", "MASSSENDJOBFINISH", fields, job.msg_id)

    def _reached(self, official: Official, user: str) -> Person | None:
        """The person, if a mass message gets there."""
        person = self.stage.world.person(NAME, user)
        chat = person.chats.get(official.config.account) if person else None
        if chat is None or not self.follows(chat) or chat.marketing_stopped:
            return None
        return person if official.may_have_mass(user) else None

    def _later(self, account: str, user: str, event: str, fields: Fields, job: int = 0) -> None:
        """Tells the business of a finished send after a while, and again if switched on."""
        behaviour = self.behaviours[account]
        seconds = random.uniform(*behaviour.delivered_ms) / 1000
        for _ in range(2 if behaviour.duplicate_receipts else 1):
            self._plan(
                seconds, {"account": account, "user": user, "event": event, "fields": fields, "job": job}
            )

    def _plan(self, seconds: float, told: dict[str, Any]) -> None:
        number = next(self._numbers)
        self._under_way[number] = told
        asyncio.get_running_loop().call_later(seconds, self._due, number)

    def _due(self, number: int) -> None:
        told = self._under_way.get(number)
        if told is None:
            return
        account, job = told["account"], self.officials[told["account"]].jobs.get(told["job"])
        if job is not None:
            job.done = True
        # A mass message's end is told in the name of the account itself.
        sender = self.stage.world.person(NAME, told["user"]) or Person(NAME, "o" + "0" * 27, "")
        fields = {"MsgType": "event", "Event": told["event"], **told["fields"]}
        future = self._tell(sender, account, told["event"], fields, "", seen=False)
        future.add_done_callback(lambda _: self._under_way.pop(number, None))

    # On demand.

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        official = self.officials[account]
        match what:
            case "verify":
                return await self._verify(account)
            case "clock":
                official.clock.ahead_ms += int(float(values.get("ahead_seconds", 0)) * 1000)
                return {"ahead_seconds": official.clock.ahead_ms / 1000}
            case "verdict":
                official.verdicts.append(str(values.get("status", "err(10001)")))
                return {"verdicts": official.verdicts}
            case "push":
                return await self._push(account, dict(values))
        return await super().order(account, what, values)

    async def _push(self, account: str, values: Fields) -> dict[str, Any]:
        """Any message or event of a person: {"user": …, "fields": {"MsgType": …}}."""
        person = self.stage.world.person(NAME, self.canonical(str(values.get("user", ""))))
        fields = values.get("fields")
        if person is None or not isinstance(fields, dict) or "MsgType" not in fields:
            raise Impossible("bad_body", "a known user and fields with a MsgType are needed")
        kind = str(fields.get("Event", fields["MsgType"]))
        if fields["MsgType"] != "event":
            fields = {**fields, "MsgId": 24_400_000_000_000_000 + secrets.randbelow(10**15)}
            self._opened(person, account, windows.MESSAGE)
        elif kind in ACTIONS:
            self._opened(person, account, windows.ACTION)
        return {"acknowledged": await self._tell(person, account, kind, fields, "", seen=True)}

    async def _verify(self, account: str) -> dict[str, Any]:
        """The handshake with the webhook address: {"ok", "status", "echoed"}."""
        stamp, nonce, echo = str(now_ms() // 1000), secrets.token_hex(5), str(secrets.randbelow(10**18))
        sign = signature(self.officials[account].config.token, stamp, nonce)
        query = {"signature": sign, "timestamp": stamp, "nonce": nonce, "echostr": echo}
        url = self.stage.address(NAME, account)
        try:
            async with self.stage.hooks.session.get(url, params=query, allow_redirects=False) as answer:
                echoed = (await answer.read()).decode(errors="replace") == echo
                return {"ok": answer.status == 200 and echoed, "status": answer.status, "echoed": echoed}
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            return {"ok": False, "status": 0, "echoed": False, "error": type(problem).__name__}

    def reset(self) -> None:
        super().reset()
        self._under_way.clear()
        for official in self.officials.values():
            official.reset()

    def saved(self) -> list[dict[str, Any]]:
        """What WeChat still has to tell, and the codes that were made."""
        codes = [
            {"account": name, "codes": one.codes.saved()} for name, one in self.officials.items() if one.codes
        ]
        return [*self._under_way.values(), *codes]

    def restore(self, saved: list[dict[str, Any]]) -> None:
        for one in saved:
            if one["account"] not in self.officials:
                continue
            if "codes" in one:
                self.officials[one["account"]].codes.restore(one["codes"])
            else:
                self._plan(1.0, one)
