"""The connector's API and the directory's token endpoint: what a bot calls."""

import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.botframework import activities as wire
from sandbox.botframework.config import Bot
from sandbox.botframework.errors import Refused, bad, denied, ordered, throttled
from sandbox.botframework.keys import ISSUER
from sandbox.botframework.pace import Pace
from sandbox.botframework.people import People
from sandbox.botframework.tokens import NotGranted, Tokens
from sandbox.fake import Stage, Values, give
from sandbox.times import now_ms
from sandbox.world import Bubble, Chat, Person, arrived

BODY_LIMIT = 16 * 2**20
PACES_KEPT = 20_000
REGIONS = "emea|amer|apac|in|teams|apis"
CHANNELS = {"teams": ("msteams", "emea"), "skype": ("skype", "apis")}

Facts = dict[str, Any]
Handler = Callable[[web.Request, Bot], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A send as it came."""

    bot: Bot
    conversation: str
    activity_id: str
    told: Facts


class Connector(People):
    """The fake for all bots on one channel: ``teams`` or ``skype``."""

    def __init__(self, name: str, bots: tuple[Bot, ...], stage: Stage) -> None:
        channel, region = CHANNELS[name]
        super().__init__(name, channel, region, bots, stage)
        self.tokens = Tokens(bots)
        self._paces: dict[tuple[str, str], Pace] = {}

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        routes = app.router
        routes.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        routes.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        routes.add_get("/v1/.well-known/keys", self._jwks)
        for prefix in ("", f"/{{region:{REGIONS}}}"):
            base = prefix + "/v3/conversations"
            chat = base + "/{conversation}"
            routes.add_post(base, self._judging(self._create))
            routes.add_post(chat + "/activities", self._judging(self._send))
            routes.add_post(chat + "/activities/{activity}", self._judging(self._send))
            routes.add_put(chat + "/activities/{activity}", self._judging(self._edit))
            routes.add_delete(chat + "/activities/{activity}", self._allowed(self._delete))
            routes.add_get(chat + "/members", self._allowed(self._members))
            routes.add_get(chat + "/members/{member}", self._allowed(self._member))
            routes.add_get(chat + "/pagedmembers", self._allowed(self._paged_members))
            routes.add_post(chat + "/attachments", self._allowed(self._upload))
            routes.add_get(prefix + "/v3/attachments/{id}", self._allowed(self._attachment))
            routes.add_get(prefix + "/v3/attachments/{id}/views/{view}", self._allowed(self._view))
        return app

    # The directory and the keys.

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post() if request.content_type == "application/x-www-form-urlencoded" else {}
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            return web.json_response(self.tokens.grant(request.match_info["tenant"], given))
        except NotGranted as refused:
            return refused.answer()

    async def _metadata(self, request: web.Request) -> web.Response:
        told = {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{request.scheme}://{request.host}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
        return web.json_response(told)

    async def _jwks(self, _: web.Request) -> web.Response:
        return web.json_response(self.keys.told())

    # How calls are taken.

    def _owner(self, request: web.Request) -> Bot | None:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        return self.tokens.owner(bearer) if scheme.lower() == "bearer" else None

    def _allowed(self, handler: Handler) -> Any:
        """A call that sends nothing."""

        async def answer(request: web.Request) -> web.StreamResponse:
            bot = self._owner(request)
            if bot is None:
                return denied()
            try:
                return await handler(request, bot)
            except Refused as refused:
                return refused.answer()

        return answer

    def _judging(self, judge: Callable[[Asked, Facts], web.Response]) -> Any:
        """A call that sends something: the oracle writes it down, the switches apply."""

        async def answer(request: web.Request) -> web.StreamResponse:
            at_ms = now_ms()
            body = await request.read()
            return await self._judged(request, judge, body, at_ms)

        return answer

    async def _judged(
        self, request: web.Request, judge: Callable[[Asked, Facts], web.Response], body: bytes, at_ms: int
    ) -> web.StreamResponse:
        oracle, bot = self.stage.oracle, self._owner(request)
        facts: Facts = {"messenger": self.name, "account": bot.account if bot else "", "at_ms": at_ms}
        if bot is None:
            entry = oracle.decided(body, **facts, accepted=False, code=401)
            oracle.replied(entry, now_ms())
            return denied()
        behaviour, match = self.behaviours[bot.account], request.match_info
        try:
            told = wire.parsed(body)
            asked = Asked(bot, match.get("conversation", ""), match.get("activity", ""), told)
            answer = judge(asked, facts)
            facts |= {"accepted": True, "lost": behaviour.loses_answer()}
        except Refused as refused:
            answer = refused.answer()
            facts |= {"accepted": False, "code": refused.status}
        return await give(request, answer, behaviour, oracle, oracle.decided(body, **facts))

    def _ordered(self, bot: Bot, conversation: str) -> None:
        """Raises Refused if the switches say so, or if too much is sent."""
        refusal = self.behaviours[bot.account].refusal()
        if refusal is not None:
            raise ordered(refusal.code, refusal.word, refusal.retry_after)
        if len(self._paces) > PACES_KEPT:
            self._paces.clear()
        seconds = self._paces.setdefault((bot.account, conversation), Pace()).wait()
        if seconds:
            raise throttled(seconds)
        if not self.throttles[bot.account].take():
            raise throttled(1)

    # Sends.

    def _send(self, asked: Asked, facts: Facts) -> web.Response:
        """A message into a conversation, or a reply in one."""
        activity: wire.Activity = wire.modelled(wire.Activity, asked.told)
        view = wire.shown(activity, self.channel)
        facts |= {"kind": view.kind if view else activity.type, "text": view.text if view else ""}
        if activity.conversation.id not in ("", asked.conversation):
            raise bad("The activity names another conversation than the address.")
        person, chat = self._there(asked)
        facts["user"] = person.user
        self._ordered(asked.bot, asked.conversation)
        self._check_reachable(asked.bot, chat)
        activity_id = self.next_id()
        facts["message_id"] = activity_id
        if view is not None and not chat.blocked:
            self.stage.world.put(person, asked.bot.account, self._bubble(activity_id, view))
        return web.json_response({"id": activity_id}, status=201)

    def _create(self, asked: Asked, facts: Facts) -> web.Response:
        """A personal conversation with somebody who has the bot, perhaps with its first message."""
        wanted: wire.NewConversation = wire.modelled(wire.NewConversation, asked.told)
        bot = asked.bot
        if len(wanted.members) != 1 or wanted.is_group:
            raise bad("A conversation of a bot with one member is needed.")
        if wanted.bot.id not in ("", bot.bot_id):
            raise bad("The bot is not the one of the token.")
        tenant = wanted.tenant_id or wanted.channel_data.get("tenant", {}).get("id", "")
        if self.channel == "msteams" and tenant != bot.tenant_id:
            raise Refused(400, "BadSyntax", "Tenant id is missing or not that of the member.")
        user = wanted.members[0].id
        facts |= {"user": user, "kind": "conversation"}
        person = self.stage.world.person(self.name, user)
        if person is None:
            raise bad("Failed to decrypt pairwise id.")
        chat = person.chats.get(bot.account)
        if chat is None or not chat.started:
            raise Refused(403, "ForbiddenOperationException", "The bot is not installed in this scope.")
        conversation = self.conversation(bot.account, user)
        told: Facts = {"id": conversation, "serviceUrl": self.service_url}
        if wanted.activity is None:
            self._ordered(bot, conversation)
            self._check_reachable(bot, chat)
            return web.json_response(told, status=201)
        self._send(Asked(bot, conversation, "", wanted.activity), facts)
        return web.json_response({**told, "activityId": facts["message_id"]}, status=201)

    def _edit(self, asked: Asked, facts: Facts) -> web.Response:
        activity: wire.Activity = wire.modelled(wire.Activity, asked.told)
        view = wire.shown(activity, self.channel)
        facts |= {"kind": "edit", "text": view.text if view else "", "message_id": asked.activity_id}
        person, chat = self._there(asked)
        facts["user"] = person.user
        bubble = self._own(chat, asked.activity_id)
        self._ordered(asked.bot, asked.conversation)
        if view is not None:
            bubble.text, bubble.picture, bubble.keys = view.text, view.picture, list(view.keys)
            self.stage.world.changed(person, asked.bot.account, bubble)
        return web.json_response({"id": bubble.id})

    def _there(self, asked: Asked) -> tuple[Person, Chat]:
        """Who is in the conversation; raises Refused."""
        found = self.conversing(asked.bot, asked.conversation)
        if found is None:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        return found

    def _check_reachable(self, bot: Bot, chat: Chat) -> None:
        word = str(chat.notes.get("refusal", ""))
        if not chat.blocked or (word == "BotNotInConversationRoster" and bot.accepts_after_removal):
            return
        raise Refused(403, word, "The bot cannot write in this conversation.")

    def _own(self, chat: Chat, activity_id: str) -> Bubble:
        """A message of the bot's that can be changed; raises Refused."""
        if self.channel != "msteams":
            raise Refused(405, "")
        bubble = chat.find(activity_id)
        if bubble is None or bubble.side != "business":
            raise Refused(404, "ActivityNotFoundInConversation", "Activity not found.")
        return bubble

    def _bubble(self, activity_id: str, view: wire.Shown) -> Bubble:
        own = f"{self.stage.urls.get(self.name, '')}/"
        picture = view.picture
        if picture.startswith(own) and "/v3/attachments/" in picture:
            # A picture that the bot uploaded before: the phone shows it without a bearer.
            picture = picture.partition("/v3/attachments/")[2].partition("/")[0]
        return arrived(
            "business", activity_id, kind=view.kind, text=view.text, picture=picture, keys=list(view.keys)
        )

    # Everything else.

    def _asked(self, request: web.Request, bot: Bot) -> Asked:
        match = request.match_info
        return Asked(bot, match.get("conversation", ""), match.get("activity", ""), {})

    async def _delete(self, request: web.Request, bot: Bot) -> web.Response:
        asked = self._asked(request, bot)
        person, chat = self._there(asked)
        chat.bubbles.remove(self._own(chat, asked.activity_id))
        self.stage.world.changed(person, bot.account)
        return web.Response(status=200)

    async def _members(self, request: web.Request, bot: Bot) -> web.Response:
        return web.json_response([self._account_of(self._there(self._asked(request, bot))[0], bot)])

    async def _member(self, request: web.Request, bot: Bot) -> web.Response:
        person, _ = self._there(self._asked(request, bot))
        if request.match_info["member"] not in (person.user, person.alias):
            raise Refused(404, "MemberNotFoundInConversation", "The member is not in this conversation.")
        return web.json_response(self._account_of(person, bot))

    async def _paged_members(self, request: web.Request, bot: Bot) -> web.Response:
        person, _ = self._there(self._asked(request, bot))
        return web.json_response({"members": [self._account_of(person, bot)]})

    def _account_of(self, person: Person, bot: Bot) -> Facts:
        told: Facts = {"id": person.user, "name": person.name}
        if self.channel == "msteams":
            told |= {"aadObjectId": person.alias, "tenantId": bot.tenant_id, "userRole": "user"}
        return told

    async def _upload(self, request: web.Request, bot: Bot) -> web.Response:
        self._there(self._asked(request, bot))
        try:
            upload: wire.Upload = wire.modelled(wire.Upload, await request.json())
            data = base64.b64decode(upload.original, validate=True)
        except (ValueError, binascii.Error):
            raise Refused(400, "BadSyntax", "Invalid attachment in request body.") from None
        picture = "0-weu-d1-" + secrets.token_hex(16)
        self.stage.pictures[picture] = (upload.type, data)
        return web.json_response({"id": picture}, status=201)

    def _found(self, request: web.Request) -> tuple[str, bytes]:
        found = self.stage.pictures.get(request.match_info["id"])
        if found is None:
            raise Refused(404, "AttachmentNotFound", "Attachment not found.")
        return found

    async def _attachment(self, request: web.Request, _: Bot) -> web.Response:
        media_type, data = self._found(request)
        views = [{"viewId": "original", "size": len(data)}]
        name = f"picture.{media_type.partition('/')[2]}"
        return web.json_response({"name": name, "type": media_type, "views": views})

    async def _view(self, request: web.Request, _: Bot) -> web.Response:
        media_type, data = self._found(request)
        if request.match_info["view"] != "original":
            raise Refused(404, "AttachmentNotFound", "There is no such view.")
        return web.Response(body=data, content_type=media_type)

    async def order(self, account: str, what: str, values: Values) -> dict[str, Any]:
        if what == "expire_tokens":
            self.tokens.forget()
            return {}
        return await super().order(account, what, values)

    def reset(self) -> None:
        super().reset()
        self._paces.clear()
