"""WeChat's API for Official Accounts: what a business calls."""

import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.fake import Stage, give
from sandbox.oracle import Entry
from sandbox.times import now_ms
from sandbox.wechat import content as wire
from sandbox.wechat import windows
from sandbox.wechat.config import OfficialAccount
from sandbox.wechat.errors import Refused, ok, told
from sandbox.wechat.official import PREVIEWS_A_DAY, Official
from sandbox.wechat.people import NAME, People
from sandbox.world import Bubble, Chat, Person, arrived

BODY_LIMIT = 12 * 2**20
UPLOADS = {
    "image": (10 * 2**20, {"image/png", "image/jpeg", "image/gif"}),
    "voice": (2 * 2**20, {"audio/amr", "audio/mpeg", "audio/mp3"}),
    "video": (10 * 2**20, {"video/mp4"}),
    "thumb": (64 * 2**10, {"image/jpeg"}),
}
TYPING_MS = 30_000
FOLLOWERS_A_PAGE = 10_000

Said = dict[str, Any]
Facts = dict[str, Any]
# A send that is taken: what is answered beside errcode and errmsg, and the facts of each person.
Taken = tuple[Said, list[Facts]]


class WeChat(People):
    """The fake API for all configured accounts."""

    def __init__(self, accounts: tuple[OfficialAccount, ...], stage: Stage) -> None:
        super().__init__(accounts, stage)
        self._typing: dict[tuple[str, str], int] = {}

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_LIMIT)
        routes = app.router
        routes.add_get("/cgi-bin/token", self._token)
        routes.add_post("/cgi-bin/stable_token", self._stable_token)
        sends: dict[str, Callable[[Official, Said, Facts], Taken]] = {
            "custom/send": self._custom,
            "mass/send": self._mass,
            "mass/preview": self._preview,
            "template/send": self._template,
            "subscribe/bizsend": self._notice,
        }
        for name, judge in sends.items():
            routes.add_route("*", f"/cgi-bin/message/{name}", self._send(judge))
        posts: dict[str, Callable[[Official, Said], web.Response]] = {
            "message/custom/typing": self._type,
            "message/mass/get": self._mass_status,
            "message/mass/delete": lambda official, said: ok(),
            "qrcode/create": lambda official, said: told(official.codes.create(said)),
            "clear_quota": self._clear_quota,
        }
        for name, answer in posts.items():
            routes.add_route("*", f"/cgi-bin/{name}", self._post(answer))
        gets: dict[str, Callable[[Official, web.Request], web.Response]] = {
            "user/info": self._user_info,
            "user/get": self._followers,
            "media/get": self._media,
            "getcallbackip": lambda official, _: told({"ip_list": list(official.config.callback_ips)}),
            "get_api_domain_ip": lambda official, _: told({"ip_list": list(official.config.callback_ips)}),
        }
        for name, show in gets.items():
            routes.add_get(f"/cgi-bin/{name}", self._get(show))
        routes.add_post("/cgi-bin/media/upload", self._upload)
        routes.add_get("/mmbiz_jpg/{picture}/0", self._public_picture)
        routes.add_route("*", "/{rest:.*}", self._nothing)
        return app

    # Tokens.

    async def _token(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            if query.get("grant_type") != "client_credential":
                raise Refused(40002)
            official = self._owner(request, query.get("appid"), query.get("secret"))
            token, seconds = official.tokens.plain()
        except Refused as refused:
            return refused.answer()
        return told({"access_token": token, "expires_in": seconds})

    async def _stable_token(self, request: web.Request) -> web.Response:
        try:
            said = wire.parsed(await request.read())
            if said.get("grant_type") != "client_credential":
                raise Refused(40002)
            official = self._owner(request, said.get("appid"), said.get("secret"))
            token, seconds = official.tokens.stable(force=said.get("force_refresh") is True)
        except Refused as refused:
            return refused.answer()
        return told({"access_token": token, "expires_in": seconds})

    def _owner(self, request: web.Request, app_id: Any, secret: Any) -> Official:
        """The account whose id and secret these are; raises Refused."""
        if not app_id:
            raise Refused(41002)
        if not secret:
            raise Refused(41004)
        official = next((one for one in self.officials.values() if one.config.app_id == app_id), None)
        if official is None:
            raise Refused(40013)
        if official.config.allowed_ips and request.remote not in official.config.allowed_ips:
            raise Refused(40164, f"{request.remote}, not in whitelist")
        if not secrets.compare_digest(official.config.app_secret.encode(), str(secret).encode()):
            raise Refused(40125)
        return official

    def _who(self, request: web.Request) -> Official:
        """The account that the token belongs to; raises Refused."""
        token = request.query.get("access_token", "")
        if not token:
            raise Refused(41001)
        for official in self.officials.values():
            if official.tokens.knows(token):
                official.tokens.check(token)
                return official
        raise Refused(40001)

    # How the calls are taken.

    async def _nothing(self, _: web.Request) -> web.Response:
        return Refused(40066).answer()

    def _post(self, answer: Callable[[Official, Said], web.Response]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            try:
                _need_post(request)
                return answer(self._who(request), wire.parsed(await request.read()))
            except Refused as refused:
                return refused.answer()

        return handler

    def _get(self, show: Callable[[Official, web.Request], web.Response]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            try:
                return show(self._who(request), request)
            except Refused as refused:
                return refused.answer()

        return handler

    def _send(self, judge: Callable[[Official, Said, Facts], Taken]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            at_ms = now_ms()
            return await self._judged(request, judge, await request.read(), at_ms)

        return handler

    async def _judged(
        self,
        request: web.Request,
        judge: Callable[[Official, Said, Facts], Taken],
        body: bytes,
        at_ms: int,
    ) -> web.Response:
        """Takes or refuses a send; between reading and the oracle's entry nothing waits."""
        official: Official | None = None
        facts: Facts = {}
        try:
            _need_post(request)
            official = self._who(request)
            said = wire.parsed(body)
            self._ordered(official)
            more, sends = judge(official, said, facts)
            lost = self.behaviours[official.config.account].loses_answer()
            answer, facts = ok(**more), {**facts, "accepted": True, "lost": lost}
        except Refused as refused:
            answer, sends = refused.answer(), [{}]
            facts |= {"accepted": False, "code": refused.code}
        account = official.config.account if official else ""
        entries = self._entries(body, [{**facts, **one, "account": account, "at_ms": at_ms} for one in sends])
        if official is None:
            self.stage.oracle.replied(entries[0], now_ms())
            return answer
        return await give(request, answer, self.behaviours[account], self.stage.oracle, entries)

    def _entries(self, body: bytes, sends: list[Facts]) -> list[Entry]:
        """A line of the log for each person of one call."""
        first = self.stage.oracle.decided(body, messenger=NAME, **sends[0])
        same = {"call": first["call"], "body_sha256": first["body_sha256"]}
        return [first, *(self.stage.oracle.decided(body, messenger=NAME, **same, **one) for one in sends[1:])]

    def _ordered(self, official: Official) -> None:
        """Raises Refused if the switches say so, or if too much is asked for in a second."""
        ordered = self.behaviours[official.config.account].refusal()
        if ordered is not None:
            raise Refused(ordered.code, status=ordered.status or 200)
        if not self.throttles[official.config.account].take():
            raise Refused(45011)

    # Sends to one person.

    def _custom(self, official: Official, said: Said, facts: Facts) -> Taken:
        facts["user"] = str(said.get("touser", ""))
        content = wire.content(said, wire.CUSTOM)
        facts |= {"kind": content.kind, "text": content.text}
        if content.kind == "buttons" and official.config.account_type != "service":
            raise Refused(40200)
        person, chat = self._recipient(official, said.get("touser"))
        shown = self._shown(official, content)
        if not self.follows(chat):
            raise Refused(45015)
        if chat.marketing_stopped:
            raise Refused(48002)
        windows.take(chat, official.clock.now_ms())
        self.stage.world.put(person, official.config.account, shown)
        return {}, [{}]

    def _preview(self, official: Official, said: Said, facts: Facts) -> Taken:
        facts["user"] = str(said.get("touser", ""))
        content = wire.content(said, wire.MASS)
        facts |= {"kind": content.kind, "text": content.text}
        if "touser" not in said:
            raise Refused(40132)
        person, chat = self._recipient(official, said["touser"])
        shown = self._shown(official, content)
        if not self.follows(chat):
            raise Refused(43004)
        if official.quota.used("preview") >= PREVIEWS_A_DAY:
            raise Refused(45009)
        official.quota.count("preview")
        self.stage.world.put(person, official.config.account, shown)
        return {"msg_id": 3_000_000_000 + secrets.randbelow(10**8)}, [{}]

    def _template(self, official: Official, said: Said, facts: Facts) -> Taken:
        send = wire.template(said)
        facts |= {"user": send.touser, "kind": "template", "delivery": send.client_msg_id}
        official.need_service()
        template = official.template(send.template_id, notice=False)
        facts |= {"template": template.template_id, "category": "UTILITY"}
        facts["text"] = _lines(template.title, template.fields, send.data)
        person, chat = self._recipient(official, send.touser)
        if not self.follows(chat):
            raise Refused(43004)
        known = official.repeated(send.touser, send.client_msg_id) if send.client_msg_id else None
        if known is not None:
            return {"msgid": known}, [{"message_id": str(known)}]
        msgid = self.finish_template(official, person, chat, facts["text"], send.url)
        if send.client_msg_id:
            official.repeats[send.touser, send.client_msg_id] = (msgid, official.clock.now_ms())
        return {"msgid": msgid}, [{"message_id": str(msgid)}]

    def _notice(self, official: Official, said: Said, facts: Facts) -> Taken:
        send = wire.template(said)
        facts |= {"user": send.touser, "kind": "template"}
        template = official.template(send.template_id, notice=True)
        facts |= {"template": template.template_id, "category": "UTILITY"}
        facts["text"] = _lines(template.title, template.fields, send.data)
        wire.check_notice(template.fields, send.data)
        person, chat = self._recipient(official, send.touser)
        grants: dict[str, int] = chat.notes.get("grants", {})
        if not grants.get(template.template_id):
            raise Refused(43101)
        chat.notes["grants"] = grants | {template.template_id: grants[template.template_id] - 1}
        msgid = self.finish_notice(official, person, template.template_id, facts["text"], send.page)
        return {"msgid": msgid}, [{"message_id": str(msgid)}]

    def _recipient(self, official: Official, openid: Any) -> tuple[Person, Chat]:
        """Raises Refused for an openid that is none of this account's."""
        person = self.stage.world.person(NAME, openid) if isinstance(openid, str) else None
        chat = person.chats.get(official.config.account) if person else None
        if person is None or chat is None:
            raise Refused(40003)
        return person, chat

    def _shown(self, official: Official, content: wire.Content) -> Bubble:
        """The message as the phone shows it; raises Refused for media that nobody uploaded."""
        pictures = [official.picture(media_id) for media_id in content.media]
        picture = pictures[0] if content.kind == "image" and pictures else content.picture
        return arrived(
            "business",
            secrets.token_hex(8),
            kind=content.kind,
            text=content.text,
            picture=picture,
            keys=list(content.keys),
        )

    # Sends to many.

    def _mass(self, official: Official, said: Said, facts: Facts) -> Taken:
        facts["delivery"] = str(said.get("clientmsgid", ""))
        wanted = wire.mass(said)
        facts |= {"kind": wanted.content.kind, "text": wanted.content.text, "category": "MARKETING"}
        self._shown(official, wanted.content)
        if not all(map(self.is_openid, wanted.users)):
            raise Refused(40003)
        job = official.begin_mass(wanted, said)
        self.finish_mass(official, job, wanted.users, lambda: self._shown(official, wanted.content))
        sends = [{"user": user, "message_id": str(job.msg_id)} for user in wanted.users]
        return {"msg_id": job.msg_id, "msg_data_id": job.msg_id}, sends

    def _mass_status(self, official: Official, said: Said) -> web.Response:
        job = official.jobs.get(int(said["msg_id"])) if str(said.get("msg_id", "")).isdigit() else None
        if job is None:
            return told({"msg_id": said.get("msg_id"), "msg_status": "DELETE"})
        return told({"msg_id": job.msg_id, "msg_status": "SEND_SUCCESS" if job.done else "SENDING"})

    # Everything else.

    def _type(self, official: Official, said: Said) -> web.Response:
        person, chat = self._recipient(official, said.get("touser"))
        now, key = now_ms(), (official.config.account, person.user)
        if said.get("command") == "CancelTyping":
            self._typing.pop(key, None)
            return ok()
        if now - chat.wrote_ms > TYPING_MS:
            raise Refused(45080)
        if now - self._typing.get(key, 0) < TYPING_MS / 2:
            raise Refused(45081)
        self._typing[key] = now
        return ok()

    def _clear_quota(self, official: Official, said: Said) -> web.Response:
        if said.get("appid") != official.config.app_id:
            raise Refused(40013)
        official.clear_quota()
        return ok()

    def _user_info(self, official: Official, request: web.Request) -> web.Response:
        person, chat = self._recipient(official, request.query.get("openid"))
        if not self.follows(chat):
            return told({"subscribe": 0, "openid": person.user, "tagid_list": []})
        scene = str(chat.notes.get("scene", ""))
        return told(
            {
                "subscribe": 1,
                "openid": person.user,
                "nickname": "",
                "sex": 0,
                "language": person.language,
                "city": "",
                "province": "",
                "country": "",
                "headimgurl": "",
                "subscribe_time": chat.notes.get("followed", 0),
                "unionid": person.alias,
                "remark": "",
                "groupid": 0,
                "tagid_list": [],
                "subscribe_scene": "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
                "qr_scene": int(scene) if scene.isdigit() else 0,
                "qr_scene_str": "" if scene.isdigit() else scene,
            }
        )

    def _followers(self, official: Official, request: web.Request) -> web.Response:
        account, after = official.config.account, request.query.get("next_openid", "")
        everybody = [
            person.user
            for person in self.stage.world.people.values()
            if person.messenger == NAME and account in person.chats and self.follows(person.chats[account])
        ]
        rest = everybody[everybody.index(after) + 1 :] if after in everybody else everybody
        page = rest[:FOLLOWERS_A_PAGE]
        body: Said = {"total": len(everybody), "count": len(page)}
        if page:
            body |= {"data": {"openid": page}}
        return told({**body, "next_openid": page[-1] if page else ""})

    def _media(self, official: Official, request: web.Request) -> web.Response:
        media_type, data = self.stage.pictures[official.picture(request.query.get("media_id", ""))]
        name = "picture." + media_type.partition("/")[2]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=data, content_type=media_type, headers=headers)

    async def _upload(self, request: web.Request) -> web.Response:
        try:
            official = self._who(request)
            kind = request.query.get("type", "")
            if kind not in UPLOADS:
                raise Refused(40004)
            given = (await request.post()).get("media")
            if not isinstance(given, web.FileField) or not given.filename.isascii():
                raise Refused(41005)
            data, (limit, media_types) = given.file.read(), UPLOADS[kind]
            if given.content_type not in media_types:
                raise Refused(40004)
            if not 0 < len(data) <= limit:
                raise Refused(40006)
        except Refused as refused:
            return refused.answer()
        picture = "wechat" + secrets.token_hex(12)
        self.stage.pictures[picture] = (given.content_type, data)
        return told({"type": kind, "media_id": official.keep(picture), "created_at": now_ms() // 1000})

    async def _public_picture(self, request: web.Request) -> web.Response:
        """What ``PicUrl`` of a person's picture points to; needs no token."""
        found = self.stage.pictures.get(request.match_info["picture"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=found[0])


def _need_post(request: web.Request) -> None:
    if request.method != "POST":
        raise Refused(43002)


def _lines(title: str, fields: tuple[str, ...], data: dict[str, wire.TemplateValue]) -> str:
    """A template as the phone shows it: its title, then the values in order."""
    names = [*fields, *(name for name in data if name not in fields)]
    return "\n".join([title, *(data[name].value for name in names if name in data)])
