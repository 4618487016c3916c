"""The Messaging API: what a channel may call, and what LINE answers."""

import random
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from sandbox.fake import Stage, give
from sandbox.line import requests as wire
from sandbox.line.channel import Channel
from sandbox.line.errors import (
    FAILED,
    NOT_FOUND,
    UNAVAILABLE,
    Refused,
    bad,
    invalid,
    ordered,
    unauthorized,
)
from sandbox.line.shown import Shown, shown
from sandbox.line.statistics import day, today
from sandbox.line.values import LOOPBACK
from sandbox.line.webhooks import signed
from sandbox.oracle import Entry
from sandbox.times import now_ms
from sandbox.world import Chat, Person, arrived

BODY_LIMIT = 2 * 2**20
SECONDS_TO_TEST = 5
WEEK_MS = 7 * 24 * 3600 * 1000
KEYED = frozenset({"push", "multicast", "broadcast", "narrowcast"})
SENDS: dict[str, type[wire.Messages]] = {
    "push": wire.Push,
    "multicast": wire.Multicast,
    "broadcast": wire.Broadcast,
    "reply": wire.Reply,
}
CONTENT = "/v2/bot/message/{id}/content"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Told = Callable[[Channel, web.Request], Awaitable[web.Response]]


class Api:
    """The API of all channels of the sandbox, on one address (LINE has a second for files)."""

    def __init__(self, name: str, channels: dict[str, Channel], stage: Stage) -> None:
        self.name = name
        self.channels = channels
        self.stage = stage

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_numbered])
        routes = app.router
        routes.add_post("/oauth2/v3/token", self._token)
        for kind in SENDS:
            routes.add_post(f"/v2/bot/message/{kind}", self._send)
            routes.add_post(f"/v2/bot/message/validate/{kind}", self._for_channel(self._validate))
        for path, told, bucket in (
            ("/v2/bot/message/quota", self._quota, "other"),
            ("/v2/bot/message/quota/consumption", self._consumption, "other"),
            ("/v2/bot/message/delivery/{kind}", self._delivery, "other"),
            ("/v2/bot/message/aggregation/info", self._units, "other"),
            ("/v2/bot/message/aggregation/list", self._unit_names, "other"),
            ("/v2/bot/insight/message/event/aggregation", self._insight, "insight"),
            ("/v2/bot/insight/followers", self._follower_counts, "insight"),
            ("/v2/bot/followers/ids", self._followers, "other"),
            ("/v2/bot/profile/{user}", self._profile, "other"),
            ("/v2/bot/info", self._info, "other"),
            ("/v2/bot/channel/webhook/endpoint", self._endpoint, "endpoint"),
            (CONTENT, self._content, "other"),
            (CONTENT + "/preview", self._content, "other"),
            (CONTENT + "/transcoding", self._transcoding, "other"),
        ):
            routes.add_get(path, self._for_channel(told, bucket))
        routes.add_post("/v2/bot/message/narrowcast", self._for_channel(self._narrowcast, "broadcast"))
        routes.add_put("/v2/bot/channel/webhook/endpoint", self._for_channel(self._set_endpoint, "endpoint"))
        routes.add_post("/v2/bot/channel/webhook/test", self._for_channel(self._test, "test"))
        routes.add_post("/v2/bot/chat/loading/start", self._for_channel(self._loading, "loading"))
        routes.add_post("/v2/bot/chat/markAsRead", self._for_channel(self._mark))
        return app

    # Who calls.

    def _channel(self, request: web.Request) -> Channel:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(
                401,
                "Authorization header required. "
                "Must follow the scheme, 'Authorization: Bearer <ACCESS TOKEN>'",
            )
        for channel in self.channels.values():
            if channel.opens(token.strip()):
                return channel
        raise unauthorized("invalid token")

    def _for_channel(self, told: Told, bucket: str = "other") -> Handler:
        async def handler(request: web.Request) -> web.Response:
            channel = self._channel(request)
            channel.take(bucket)
            if "X-Line-Retry-Key" in request.headers and request.path.rpartition("/")[2] not in KEYED:
                raise bad("The retry key is not supported on this endpoint")
            return await told(channel, request)

        return handler

    async def _token(self, request: web.Request) -> web.Response:
        """Stateless tokens, by channel id and secret."""
        form = await request.post()
        given = {name: str(value) for name, value in form.items()}
        if request.content_type != "application/x-www-form-urlencoded":
            return _oauth("invalid_request", "content type is not application/x-www-form-urlencoded")
        if given.get("grant_type") != "client_credentials":
            return _oauth("unsupported_grant_type", "grant_type must be client_credentials")
        if "client_id" not in given or "client_secret" not in given:
            return _oauth("invalid_request", "client_id and client_secret are required")
        for channel in self.channels.values():
            if channel.config.channel_id == given["client_id"]:
                if channel.config.channel_secret != given["client_secret"]:
                    return _oauth("invalid_client", "invalid client_secret")
                return web.json_response(channel.issue())
        return _oauth("invalid_client", "invalid client_id")

    # Sends.

    async def _send(self, request: web.Request) -> web.Response:
        at_ms, kind = now_ms(), request.path.rpartition("/")[2]
        body = await request.read()
        key = request.headers.get("X-Line-Retry-Key", "")
        facts: dict[str, Any] = {"messenger": self.name, "account": "", "at_ms": at_ms, "delivery": key}
        users: list[str] = [""]
        channel: Channel | None = None
        try:
            channel = self._channel(request)
            facts["account"] = channel.config.account
            channel.take(kind)
            _json_only(request)
            send = wire.read(body, SENDS[kind])
            bubbles = [shown(one) for one in send.messages]
            users = _users(send)
            facts |= {
                "kind": "+".join(one.kind for one in bubbles),
                "text": "\n".join(one.text for one in bubbles if one.text),
            }
            answer, users, sent = self._accept(channel, kind, send, bubbles, key, body, request["id"])
            facts |= {"accepted": True, "message_id": sent, "lost": channel.behaviour.loses_answer()}
        except Refused as refused:
            answer, facts = refused.answer(), facts | {"accepted": False, "code": refused.code}
        return await self._answered(request, answer, channel, self._decided(body, facts, users))

    def _decided(self, body: bytes, facts: dict[str, Any], users: list[str]) -> list[Entry]:
        """An entry of the oracle for each person that the call named."""
        first = self.stage.oracle.decided(body, **facts, user=users[0])
        more = [self.stage.oracle.decided(body, **facts, user=user, call=first["n"]) for user in users[1:]]
        return [first, *more]

    async def _answered(
        self, request: web.Request, answer: web.Response, channel: Channel | None, entries: list[Entry]
    ) -> web.Response:
        if channel is None:
            for entry in entries:
                self.stage.oracle.replied(entry, now_ms())
            return answer
        return await give(request, answer, channel.behaviour, self.stage.oracle, entries)

    def _accept(
        self,
        channel: Channel,
        kind: str,
        send: wire.Messages,
        bubbles: list[Shown],
        key: str,
        body: bytes,
        request_id: str,
    ) -> tuple[web.Response, list[str], str]:
        """Takes a valid send or raises Refused: the answer, whom it names, the first message's id.

        Nothing here waits, so the order is the oracle's.
        """
        if key and kind not in KEYED:
            raise bad("The retry key is not supported on this endpoint")
        if key:
            channel.known(key, kind, body)
        refusal = channel.behaviour.refusal()
        if refusal is not None:
            raise ordered(refusal.code, refusal.status)
        people = self._named(channel, send)
        reached = [person for person in people if self._reaches(channel, kind, person)]
        if kind != "reply":
            channel.spend(len(reached))
        ids = [channel.message_id() for _ in bubbles]
        units = getattr(send, "custom_aggregation_units", ())
        self._show(channel, reached, bubbles, ids, units[0] if units else "")
        counted = (kind, today().strftime("%Y%m%d"))
        channel.counts[counted] = channel.counts.get(counted, 0) + len(reached)
        told = [{"id": one, "quoteToken": f"q{one}"} for one in ids] if kind in ("push", "reply") else []
        channel.accepted(key, request_id, told)
        users = [person.user for person in people] if kind in ("reply", "broadcast") else _users(send)
        return web.json_response({"sentMessages": told} if told else {}), users or [""], ids[0]

    def _named(self, channel: Channel, send: wire.Messages) -> list[Person]:
        """The people that a send names and that exist; raises Refused."""
        match send:
            case wire.Reply():
                return [channel.replied(send.reply_token)]
            case wire.Push():
                if not wire.USER.fullmatch(send.to):
                    raise invalid("to")
                person = self.stage.world.person(self.name, send.to)
                if person is None or not _met(person, channel):
                    raise bad(FAILED)
                return [person]
            case wire.Multicast():
                for place, user in enumerate(send.to):
                    if not wire.USER.fullmatch(user):
                        raise invalid(f"to[{place}]")
                found = (self.stage.world.person(self.name, user) for user in dict.fromkeys(send.to))
                return [person for person in found if person is not None]
            case _:
                return self._friends(channel)

    def _friends(self, channel: Channel) -> list[Person]:
        return [
            person
            for person in self.stage.world.people.values()
            if person.messenger == self.name and _friend(person, channel)
        ]

    def _reaches(self, channel: Channel, kind: str, person: Person) -> bool:
        """False where LINE answers 200 and shows nothing: blocked, or no friend.

        A push reaches whoever wrote in the last seven days, too.
        """
        if kind not in ("push", "reply"):
            return _friend(person, channel)
        chat = person.chats.get(channel.config.account)
        if chat is None or chat.blocked:
            return False
        return chat.started or chat.wrote_ms > now_ms() - WEEK_MS

    def _show(
        self, channel: Channel, people: list[Person], bubbles: list[Shown], ids: list[str], unit: str
    ) -> None:
        counts = bool(unit) and channel.statistics.known(unit)
        if counts:
            channel.statistics.sent(unit, [one.urls for one in bubbles])
        for person in people:
            for one, message_id in zip(bubbles, ids, strict=True):
                bubble = arrived(
                    "business",
                    message_id,
                    kind=one.kind,
                    text=one.text,
                    picture=one.picture,
                    keys=list(one.keys),
                )
                self.stage.world.put(person, channel.config.account, bubble)
            if counts and random.random() < channel.behaviour.read_share:
                channel.statistics.seen(unit, person.user, len(bubbles))

    async def _validate(self, channel: Channel, request: web.Request) -> web.Response:
        wire.read(await request.read(), wire.Validate)
        return web.json_response({})

    async def _narrowcast(self, channel: Channel, request: web.Request) -> web.Response:
        """Audiences are made in LINE's console; the sandbox's channels have none."""
        raise Refused(403, UNAVAILABLE)

    # Quota and statistics.

    async def _quota(self, channel: Channel, _: web.Request) -> web.Response:
        if channel.quota is None:
            return web.json_response({"type": "none"})
        return web.json_response({"type": "limited", "value": channel.quota})

    async def _consumption(self, channel: Channel, _: web.Request) -> web.Response:
        return web.json_response({"totalUsage": channel.used})

    async def _delivery(self, channel: Channel, request: web.Request) -> web.Response:
        """How many messages of a kind went out on a day; the real numbers come a day late."""
        kind, date = request.match_info["kind"], request.query.get("date", "")
        if kind not in SENDS:
            raise Refused(404, NOT_FOUND)
        if day(date, "date") > today():
            return web.json_response({"status": "unready"})
        return web.json_response({"status": "ready", "success": channel.counts.get((kind, date), 0)})

    async def _units(self, channel: Channel, _: web.Request) -> web.Response:
        return web.json_response({"numOfCustomAggregationUnits": len(channel.statistics.units)})

    async def _unit_names(self, channel: Channel, _: web.Request) -> web.Response:
        return web.json_response({"customAggregationUnits": list(channel.statistics.units)})

    async def _insight(self, channel: Channel, request: web.Request) -> web.Response:
        unit = request.query.get("customAggregationUnit", "")
        if not wire.UNIT.fullmatch(unit):
            wrong = {"message": "must match [a-zA-Z0-9_]{1,30}", "property": "customAggregationUnit"}
            raise bad("The request body has 1 error(s)", wrong)
        told = channel.statistics.told(unit, request.query.get("from", ""), request.query.get("to", ""))
        return web.json_response(told)

    async def _follower_counts(self, channel: Channel, request: web.Request) -> web.Response:
        day(request.query.get("date", ""), "date")
        account = channel.config.account
        chats = [chat for person in self._people() if (chat := person.chats.get(account)) and chat.started]
        blocks = sum(chat.blocked for chat in chats)
        told = {"followers": len(chats), "targetedReaches": len(chats) - blocks, "blocks": blocks}
        return web.json_response({"status": "ready", **told})

    def _people(self) -> list[Person]:
        return [person for person in self.stage.world.people.values() if person.messenger == self.name]

    async def _followers(self, channel: Channel, request: web.Request) -> web.Response:
        limit = min(int(request.query.get("limit", "300")), 1000)
        start = int(request.query.get("start", "0"))
        users = [person.user for person in self._friends(channel)]
        told: dict[str, Any] = {"userIds": users[start : start + limit]}
        if start + limit < len(users):
            told["next"] = str(start + limit)
        return web.json_response(told)

    # The channel itself, and people.

    async def _info(self, channel: Channel, _: web.Request) -> web.Response:
        config = channel.config
        return web.json_response(
            {
                "userId": config.bot_user,
                "basicId": config.basic_id,
                "displayName": config.title or config.basic_id,
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    async def _profile(self, channel: Channel, request: web.Request) -> web.Response:
        person = self.stage.world.person(self.name, request.match_info["user"])
        if person is None or not _friend(person, channel):
            raise Refused(404, NOT_FOUND)
        told = {"userId": person.user, "displayName": person.name, "language": person.language}
        return web.json_response(told)

    async def _content(self, channel: Channel, request: web.Request) -> web.Response:
        picture = channel.content.get(request.match_info["id"])
        if picture == "":
            raise Refused(410, "Gone")
        if picture is None or picture not in self.stage.pictures:
            raise Refused(404, NOT_FOUND)
        media_type, data = self.stage.pictures[picture]
        return web.Response(body=data, content_type=media_type)

    async def _transcoding(self, channel: Channel, request: web.Request) -> web.Response:
        if not channel.content.get(request.match_info["id"]):
            raise Refused(404, NOT_FOUND)
        return web.json_response({"status": "succeeded"})

    async def _loading(self, channel: Channel, request: web.Request) -> web.Response:
        wire.read(await request.read(), wire.Loading)
        return web.json_response({}, status=202)

    async def _mark(self, channel: Channel, request: web.Request) -> web.Response:
        wire.read(await request.read(), wire.MarkAsRead)
        return web.json_response({})

    # The webhook's address.

    async def _endpoint(self, channel: Channel, _: web.Request) -> web.Response:
        address = self.stage.address(self.name, channel.config.account)
        if not address:
            raise Refused(404, NOT_FOUND)
        return web.json_response({"endpoint": address, "active": True})

    async def _set_endpoint(self, channel: Channel, request: web.Request) -> web.Response:
        endpoint = wire.read(await request.read(), wire.Endpoint).endpoint
        _reachable(endpoint)
        self.stage.addresses[self.name, channel.config.account] = endpoint
        return web.json_response({})

    async def _test(self, channel: Channel, request: web.Request) -> web.Response:
        wanted = wire.read(await request.read() or b"{}", wire.TestEndpoint).endpoint
        address = wanted or self.stage.address(self.name, channel.config.account)
        if not address:
            raise Refused(404, NOT_FOUND)
        _reachable(address)
        return web.json_response(await self.ping(channel, address))

    async def ping(self, channel: Channel, address: str) -> dict[str, Any]:
        """A signed webhook without events, and what came of it in the words of ``webhook/test``."""
        body, headers = signed(channel.config, [])
        status, reason, detail = 0, "OK", ""
        try:
            async with self.stage.hooks.session.post(
                address, data=body, headers=headers, timeout=aiohttp.ClientTimeout(total=SECONDS_TO_TEST)
            ) as answer:
                await answer.read()
                status, detail = answer.status, str(answer.status)
        except TimeoutError:
            reason, detail = "REQUEST_TIMEOUT", "Request timeout"
        except aiohttp.ClientConnectionError:
            reason, detail = "COULD_NOT_CONNECT", "Could not connect"
        except (aiohttp.ClientError, ValueError) as problem:
            reason, detail = "UNCLASSIFIED", type(problem).__name__
        if status and status != 200:
            reason = "ERROR_STATUS_CODE"
        return {
            "success": status == 200,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "statusCode": status,
            "reason": reason,
            "detail": detail,
        }


@web.middleware
async def _numbered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives every answer its request id, and every refusal LINE's body."""
    request["id"] = str(uuid.uuid4())
    try:
        answer = await handler(request)
    except Refused as refused:
        answer = refused.answer()
    except web.HTTPRequestEntityTooLarge:
        answer = Refused(413, "Payload Too Large").answer()
    except web.HTTPException as problem:
        answer = Refused(problem.status, NOT_FOUND if problem.status == 404 else problem.reason).answer()
    answer.headers["X-Line-Request-Id"] = request["id"]
    return answer


def _oauth(error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=400)


def _json_only(request: web.Request) -> None:
    if request.content_type != "application/json":
        raise Refused(415, "The content type must be application/json")


def _users(send: wire.Messages) -> list[str]:
    match send:
        case wire.Push():
            return [send.to]
        case wire.Multicast():
            return list(dict.fromkeys(send.to))
        case _:
            return [""]


def _chat(person: Person, channel: Channel) -> Chat | None:
    return person.chats.get(channel.config.account)


def _met(person: Person, channel: Channel) -> bool:
    """True if the channel knows the id: the person was a friend or wrote."""
    chat = _chat(person, channel)
    return chat is not None and (chat.started or chat.wrote_ms > 0)


def _friend(person: Person, channel: Channel) -> bool:
    chat = _chat(person, channel)
    return chat is not None and chat.started and not chat.blocked


def _reachable(address: str) -> None:
    """Only https, but for this machine; raises Refused."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise bad("Invalid webhook endpoint URL") from None
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK)):
        raise bad("Invalid webhook endpoint URL")
