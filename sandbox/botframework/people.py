"""People of Teams or Skype: what they do with a bot, and what the bot is told of it."""

import asyncio
import base64
import binascii
import html
import json
import re
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.botframework.config import Bot
from sandbox.botframework.keys import Keys
from sandbox.fake import Fake, Impossible, Link, Said, Stage, Values
from sandbox.hooks import Hook
from sandbox.times import now_ms
from sandbox.world import Bubble, Chat, Key, Person, arrived

USER = re.compile(r"29:[A-Za-z0-9_-]{1,120}")
TIMEOUT = 15.0
RETRIES = (0.2, 0.5, 1.0)
LOCALES = {"de": "de-DE", "en": "en-US"}
PEOPLE = uuid.UUID("6b1d2f0e-53a4-4e0c-9d5e-2f6f0a7c1b11")

Fields = dict[str, Any]


class People(Fake):
    """Everything that people's phones do; ``channel`` is what the bot service calls the messenger."""

    ORDERS = ("keys", "endorse", "activity", "block", "expire_tokens", "move")

    def __init__(self, name: str, channel: str, region: str, bots: tuple[Bot, ...], stage: Stage) -> None:
        super().__init__(name, bots, stage)
        self.channel = channel
        self.home = region
        self.region = region
        self.bots = {bot.account: bot for bot in bots}
        self.keys = Keys((channel,))
        self._last_id = 0

    # Ids and links.

    def canonical(self, user: str) -> str:
        """An id as it is, or the id of the person with this number."""
        user = user.strip()
        if user.isascii() and user.isdigit() and len(user) <= 20:
            return f"29:1SANDBOX{user.rjust(20, '0')}"
        if not USER.fullmatch(user):
            raise Impossible("bad_user", "a user of the bot service is 29:… or a number")
        return user

    def newcomer(self, user: str, name: str, language: str, *, hidden: bool, silent: bool) -> Person:
        alias = str(uuid.uuid5(PEOPLE, user))
        return self.stage.world.add(Person(self.name, user, name, language, silent=silent, alias=alias))

    def conversation(self, account: str, user: str) -> str:
        """The id of a personal chat; on Skype it is the person's."""
        if self.channel == "skype":
            return user
        raw = base64.urlsafe_b64encode(f"{account}\n{user}".encode())
        return "a:1" + raw.rstrip(b"=").decode()

    def conversing(self, bot: Bot, conversation: str) -> tuple[Person, Chat] | None:
        """Who is in a conversation with this bot."""
        user = conversation
        if self.channel != "skype":
            try:
                raw = conversation.removeprefix("a:1").encode()
                account, _, user = (
                    base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)).decode().partition("\n")
                )
            except (binascii.Error, ValueError):
                return None
            if account != bot.account or conversation != self.conversation(account, user):
                return None
        person = self.stage.world.person(self.name, user)
        chat = person.chats.get(bot.account) if person else None
        return (person, chat) if person and chat and chat.started else None

    @property
    def service_url(self) -> str:
        return f"{self.stage.urls.get(self.name, '')}/{self.region}/"

    def link(self, link: str) -> Link | None:
        parts = urlsplit(link.strip())
        query = parse_qs(parts.query)
        if parts.netloc.lower() == "teams.microsoft.com" and parts.path.startswith("/l/chat/"):
            if self.channel != "msteams":
                return None
            ids = [one.removeprefix("28:") for one in query.get("users", [""])[0].split(",")]
        elif parts.netloc.lower() == "join.skype.com" and parts.path.startswith("/bot/"):
            if self.channel != "skype":
                return None
            ids = [parts.path.removeprefix("/bot/").strip("/")]
        else:
            return None
        for account, bot in self.bots.items():
            if bot.app_id in ids:
                return Link(account, query.get("message", [""])[0])
        raise Impossible("unknown_account", "no bot of the sandbox belongs to this link")

    # What people do.

    def enter(self, person: Person, account: str, text: str) -> Said:
        """Adds the bot where it is not there yet; a text in the link is sent as it stands there."""
        chat = person.chat(account)
        said = Said(None, None)
        if chat.blocked:
            said = self.block(person, account, blocked=False)
        elif not chat.started:
            said = self._added(person, account)
        return self.say(person, account, text) if text else said

    def say(self, person: Person, account: str, text: str) -> Said:
        return self._write(person, account, arrived("person", "", text=text), _typed(text, self.channel))

    def show(self, person: Person, account: str, picture: str, caption: str) -> Said:
        media_type, _ = self.stage.pictures[picture]
        address = f"{self.service_url}v3/attachments/{picture}/views/original"
        teams = self.channel == "msteams"
        attachments: list[Fields] = [
            {"contentType": "image/*" if teams else media_type, "contentUrl": address}
        ]
        if teams:
            words = f"<p>{html.escape(caption)}</p>" if caption else ""
            attachments.append(
                {"contentType": "text/html", "content": f'{words}<p><img src="{address}"></p>'}
            )
        else:
            attachments[0] |= {"name": f"picture.{media_type.partition('/')[2]}"}
        fields: Fields = {"attachments": attachments}
        if caption:
            fields |= {"text": caption, "textFormat": "plain"}
        bubble = arrived("person", "", kind="image", text=caption, picture=picture)
        return self._write(person, account, bubble, fields)

    def press(self, person: Person, account: str, bubble: Bubble, key: Key) -> Said:
        """imBack and messageBack write for the person; the others tell the bot in silence."""
        carried, reply = json.loads(key.payload), {"replyToId": bubble.id}
        value, text = carried.get("value"), carried.get("text") or ""
        match key.kind:
            case "imBack":
                own = arrived("person", "", text=value)
                return self._write(person, account, own, {**_typed(value, self.channel), **reply})
            case "messageBack":
                fields: Fields = {"text": text, "textFormat": "plain", "value": value, **reply}
                if carried.get("displayText"):
                    own = arrived("person", "", text=carried["displayText"])
                    return self._write(person, account, own, fields)
            case "Action.Execute":
                action = {"type": key.kind, "verb": carried["verb"], "data": value}
                fields = {"name": "adaptiveCard/action", "value": {"action": action}, **reply}
                return self._silent(person, account, "invoke", fields)
            case "Action.Submit":
                fields = {"value": value, **reply}
            case _:
                fields = {"text": value, **reply} if isinstance(value, str) else {"value": value, **reply}
        return self._silent(person, account, "message", fields)

    def block(self, person: Person, account: str, *, blocked: bool) -> Said:
        """Removes the bot, or adds it again; a silent block is only taken back."""
        chat = person.chat(account)
        if not chat.started:
            raise Impossible("not_started", "this person never added the bot")
        if chat.blocked == blocked:
            return Said(None, None)
        if not blocked:
            return self._freed(person, account, chat)
        chat.blocked = True
        chat.notes["refusal"] = "BotNotInConversationRoster"
        self.stage.world.changed(person, account)
        kind = "installationUpdate" if self.channel == "msteams" else "contactRelationUpdate"
        return Said(None, self._tell(person, account, kind, {"action": "remove"}))

    def _freed(self, person: Person, account: str, chat: Chat) -> Said:
        silent = chat.notes.pop("refusal", "") != "BotNotInConversationRoster"
        chat.blocked = False
        self.stage.world.changed(person, account)
        return Said(None, None) if silent else self._added(person, account)

    def _added(self, person: Person, account: str) -> Said:
        """The bot learns that somebody added it."""
        chat, bot = person.chat(account), self.bots[account]
        chat.started = True
        self.stage.world.changed(person, account)
        if self.channel == "skype":
            return Said(None, self._tell(person, account, "contactRelationUpdate", {"action": "add"}))
        self._tell(person, account, "installationUpdate", {"action": "add"})
        members = [{"id": bot.bot_id}, {"id": person.user, "aadObjectId": person.alias}]
        return Said(None, self._tell(person, account, "conversationUpdate", {"membersAdded": members}))

    def do(self, person: Person, account: str, deed: str, bubble: Bubble | None, values: Values) -> Said:
        match deed:
            case "mute":
                self._block_silently(person, account, str(values.get("word", "MessageWritesBlocked")))
                return Said(None, None)
            case "edit" if bubble is not None:
                bubble.text = str(values.get("text", f"{bubble.text} ✏️"))
                self.stage.world.changed(person, account, bubble)
                return self._edited(
                    person, account, bubble, "messageUpdate", _typed(bubble.text, self.channel)
                )
            case "delete" if bubble is not None:
                bubble.text, bubble.picture, bubble.kind = "🗑", "", "text"
                self.stage.world.changed(person, account, bubble)
                return self._edited(person, account, bubble, "messageDelete", {})
            case "like" if bubble is not None:
                liked = {"reactionsAdded": [{"type": "like"}], "replyToId": bubble.id}
                return self._silent(person, account, "messageReaction", liked)
        return super().do(person, account, deed, bubble, values)

    def _edited(self, person: Person, account: str, bubble: Bubble, kind: str, fields: Fields) -> Said:
        word = "editMessage" if kind == "messageUpdate" else "softDeleteMessage"
        data = {"eventType": word, "tenant": {"id": self.bots[account].tenant_id}}
        return self._silent(person, account, kind, {**fields, "id": bubble.id, "channelData": data})

    def _block_silently(self, person: Person, account: str, word: str) -> None:
        """The bot is not told; its next message is refused with this word ("" : without any)."""
        chat = person.chat(account)
        chat.started = chat.blocked = True
        chat.notes["refusal"] = word
        self.stage.world.changed(person, account)

    def _write(self, person: Person, account: str, bubble: Bubble, fields: Fields) -> Said:
        """Sends a message; whoever has not added the bot does so first."""
        if not self.open_chat(person, account).started:
            self._added(person, account)
        bubble.id = self.next_id()
        post = partial(self._tell, person, account, "message", {**fields, "id": bubble.id})
        return self.wrote(person, account, bubble, post)

    def _silent(self, person: Person, account: str, kind: str, fields: Fields) -> Said:
        self.open_chat(person, account)
        return Said(None, self._tell(person, account, kind, fields))

    def next_id(self) -> str:
        """An activity's id: the time in ms, never twice."""
        self._last_id = max(self._last_id + 1, now_ms())
        return str(self._last_id)

    # What the bot is told.

    def _tell(self, person: Person, account: str, kind: str, fields: Fields) -> "asyncio.Future[bool]":
        return self.post(self._hook(person, account, self._activity(person, account, kind, fields), {}))

    def _activity(self, person: Person, account: str, kind: str, fields: Fields) -> Fields:
        bot, locale = self.bots[account], LOCALES.get(person.language, "en-US")
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sender: Fields = {"id": person.user, "name": person.name}
        conversation: Fields = {"id": self.conversation(account, person.user)}
        activity: Fields = {
            "type": kind,
            "id": self.next_id(),
            "timestamp": stamp,
            "localTimestamp": stamp,
            "channelId": self.channel,
            "serviceUrl": self.service_url,
            "from": sender,
            "conversation": conversation,
            "recipient": {"id": bot.bot_id, "name": bot.title or bot.account},
            "locale": locale,
            "entities": [{"type": "clientInfo", "locale": locale, "country": locale[-2:], "platform": "Web"}],
        }
        if self.channel == "msteams":
            sender["aadObjectId"] = person.alias
            conversation |= {"conversationType": "personal", "tenantId": bot.tenant_id}
            activity["channelData"] = {"tenant": {"id": bot.tenant_id}}
        return activity | fields

    def _hook(self, person: Person, account: str, activity: Fields, claims: Fields) -> Hook:
        bot = self.bots[account]
        token = self.keys.signed(bot.app_id, str(activity.get("serviceUrl", "")), claims)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Bearer {token}",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            "x-ms-conversation-id": self.conversation(account, person.user),
        }
        if self.channel == "msteams":
            headers["x-ms-tenant-id"] = bot.tenant_id
        return Hook(
            messenger=self.name,
            account=account,
            body=json.dumps(activity, ensure_ascii=False).encode(),
            headers=headers,
            kinds=(str(activity["type"]),),
            ids=(str(activity["id"]),),
            user=person.user,
            lane=self.lane(account, person),
            any_2xx=True,
            # Somebody waits for the answer to an invoke: it is asked for once.
            retries=() if activity["type"] == "invoke" else RETRIES,
            timeout=TIMEOUT,
        )

    # On demand.

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        match what:
            case "keys":
                steps = {"add": self.keys.add, "rotate": self.keys.rotate, "drop": self.keys.drop}
                if values.get("do") not in steps:
                    raise Impossible("bad_body", "do is add, rotate or drop")
                steps[str(values["do"])]()
                return {"kids": [key["kid"] for key in self.keys.told()["keys"]]}
            case "endorse":
                self.keys.endorse(*map(str, values.get("channels", [])))
                return {"endorsements": list(self.keys.endorsements)}
            case "activity":
                return await self._ordered_activity(account, values)
            case "block":
                person = self._known(str(values.get("user", "")))
                self._block_silently(person, account, str(values.get("word", "MessageWritesBlocked")))
                return {"user": person.user}
            case "move":
                self.region = str(values.get("region", self.home))
                return {"service_url": self.service_url}
        return await super().order(account, what, values)

    async def _ordered_activity(self, account: str, values: Values) -> dict[str, Any]:
        """Any activity of a person, with ``claims`` of the token replaced on demand, and its answer."""
        person, fields = self._known(str(values.get("user", ""))), dict(values.get("activity", {}))
        activity = self._activity(person, account, str(fields.get("type", "message")), fields)
        hook = self._hook(person, account, activity, dict(values.get("claims", {})))
        good = await self.stage.hooks.post(hook)
        return {"acknowledged": good, "status": hook.status, "body": hook.answer.decode(errors="replace")}

    def _known(self, user: str) -> Person:
        person = self.stage.world.person(self.name, self.canonical(user))
        if person is None:
            raise Impossible("unknown", "nobody has this phone")
        return person

    def reset(self) -> None:
        super().reset()
        self.region = self.home
        if self.keys.endorsements != (self.channel,):
            self.keys.endorse(self.channel)


def _typed(text: str, channel: str) -> Fields:
    """A text as the channel tells it; Teams adds a copy in HTML."""
    fields: Fields = {"text": text, "textFormat": "plain"}
    if channel == "msteams":
        fields["attachments"] = [{"contentType": "text/html", "content": f"<p>{html.escape(text)}</p>"}]
    return fields
